//! How much a packed file may unfold to: a few bytes can claim terabytes.

use crate::{Error, Result};

/// More rows than this cannot have distinct dates: days of the years -9999 to 9999.
const MOST_ROWS: u64 = 20_000 * 366;

/// Unfolded bytes that any file may have, and how many times its size beyond that.
/// Tables of numbers pack to a tenth; only long runs of one value pack further.
const ANY_FILE: u64 = 64 << 20;
const TIMES_ITS_SIZE: u64 = 256;

/// The bounds of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ceiling {
    bytes: u64,
}

impl Ceiling {
    /// The ceiling of a file of so many bytes.
    pub fn of(file_bytes: usize) -> Self {
        let bytes = (file_bytes as u64).saturating_mul(TIMES_ITS_SIZE);
        Ceiling {
            bytes: bytes.saturating_add(ANY_FILE),
        }
    }

    /// The most unfolded bytes.
    pub fn bytes(self) -> u64 {
        self.bytes
    }

    /// Whether so many unfolded bytes are within bounds.
    pub fn allows(self, bytes: u64) -> bool {
        bytes <= self.bytes
    }

    /// Refuses more rows than there are dates, and more values than the file can hold.
    pub fn check(self, file: &str, rows: u64, columns: usize) -> Result<()> {
        if rows > MOST_ROWS {
            return Err(Error::input(
                file,
                format!("it claims {rows} rows, more than there are dates"),
                "Give one row a date; if that is so, the file is damaged: export it again.",
            ));
        }
        self.check_cells(file, rows, columns)
    }

    /// Refuses more values than the file can hold.
    pub fn check_cells(self, file: &str, rows: u64, columns: usize) -> Result<()> {
        let bytes = rows.saturating_mul(columns as u64 * size_of::<f64>() as u64);
        match self.allows(bytes) {
            true => Ok(()),
            false => Err(self.refusal(file, bytes)),
        }
    }

    /// The error for a file that claims so many bytes.
    pub fn refusal(self, file: &str, bytes: u64) -> Error {
        Error::input(
            file,
            format!(
                "it claims to unfold to {bytes} bytes or more, but {} are the most for a file of its size",
                self.bytes
            ),
            "The file is probably damaged: export it again, without compression or in parts.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_files_pass_and_absurd_claims_do_not() {
        let ceiling = Ceiling::of(1000);
        assert!(ceiling.check("a", 10_000, 100).is_ok());
        let text = ceiling.check("a", u64::MAX, 1).unwrap_err().to_string();
        assert!(text.contains("more than there are dates"), "{text}");
        let text = ceiling.check("a", 1_000_000, 100).unwrap_err().to_string();
        assert!(text.starts_with("a: it claims to unfold to 800000000 bytes"));
        assert!(Ceiling::of(usize::MAX).allows(u64::MAX));
    }
}
