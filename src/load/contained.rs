//! Foreign readers, kept from taking the program down with them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::kind::Kind;
use crate::{Error, Result};

/// Runs a reader of another crate over a file's bytes.
///
/// The Parquet and Arrow readers answer damaged files with an error nearly always,
/// and with a panic (an index out of bounds, a failed assertion) now and then. Such a
/// panic is the file's fault, and leaves nothing behind: the reader and all that it
/// built are dropped here. The panic hook still prints its line.
pub(super) fn contained<T>(file: &str, kind: Kind, read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged(file, kind, "its parts contradict each other")))
}

/// The error for a file that its reader does not take.
pub(super) fn damaged(file: &str, kind: Kind, problem: impl std::fmt::Display) -> Error {
    Error::input(
        file,
        format!("it cannot be read as {}: {problem}", kind.name()),
        "The file is damaged, cut off or of a newer kind: download or export it again (uncompressed, or with snappy, zstd, gzip or lz4).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let read = || -> Result<()> { std::panic::panic_any("damaged") };
        let error = contained("a.parquet", Kind::Parquet, read).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let text = error.to_string();
        assert!(
            text.starts_with("a.parquet: it cannot be read as Parquet"),
            "{text}"
        );
    }
}
