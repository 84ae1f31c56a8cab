//! Files packed with gzip or Zstandard, unpacked within bounds.

use std::io::Read;

use super::ceiling::Ceiling;
use super::source::bad_file;
use crate::{Error, Result};

/// A way of packing one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    /// That of bytes that begin so.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstd => "Zstandard",
        }
    }

    /// What was packed.
    pub fn unpack(self, file: &str, bytes: &[u8]) -> Result<Vec<u8>> {
        let ceiling = Ceiling::of(bytes.len());
        let most = ceiling.bytes();
        let mut unpacked = Vec::new();
        let read = match self {
            // A file may hold several members, one after the other.
            Packing::Gzip => flate2::read::MultiGzDecoder::new(bytes)
                .take(most + 1)
                .read_to_end(&mut unpacked),
            Packing::Zstd => zstd::Decoder::new(bytes)
                .and_then(|decoder| decoder.take(most + 1).read_to_end(&mut unpacked)),
        };
        read.map_err(|error| {
            Error::input(
                file,
                format!("it cannot be unpacked as {} data: {error}", self.name()),
                "The file is damaged or cut off: download or pack it again.",
            )
            .because(bad_file(file))
        })?;
        match unpacked.len() as u64 > most {
            true => Err(ceiling.refusal(file, unpacked.len() as u64)),
            false => Ok(unpacked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_was_packed_comes_back_and_damage_is_told() {
        let text = b"date,x\n2024-01-02,1\n".repeat(50);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&text).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(&text[..], 1).unwrap();
        for (packed, packing) in [(gzip, Packing::Gzip), (zstd, Packing::Zstd)] {
            assert_eq!(Packing::of(&packed), Some(packing));
            assert_eq!(packing.unpack("a.csv", &packed).unwrap(), text);
            let cut = packing.unpack("a.csv", &packed[..packed.len() / 2]);
            let message = cut.unwrap_err().to_string();
            assert!(
                message.contains(&format!("unpacked as {} data", packing.name())),
                "{message}"
            );
        }
        assert_eq!(Packing::of(b"date,x"), None);
    }

    #[test]
    fn a_few_bytes_do_not_unfold_to_gigabytes() {
        let zeros = std::io::repeat(0).take(200 << 20);
        let packed = zstd::encode_all(zeros, 19).unwrap();
        let message = Packing::Zstd
            .unpack("a.csv", &packed)
            .unwrap_err()
            .to_string();
        assert!(message.contains("claims to unfold"), "{message}");
    }
}
