//! What a data file is, told by its first bytes; its name is only a hint.

use std::path::Path;

use super::FileHash;
use super::packed::Packing;
use crate::load::source::bad_file;
use crate::{Error, Result};

/// A format that one of the readers takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Csv,
    Parquet,
    /// The Arrow IPC file format, also called Feather version 2.
    ArrowFile,
    /// The Arrow IPC stream format.
    ArrowStream,
}

/// A file that was read and unpacked.
#[derive(Debug)]
pub(super) struct Opened {
    pub kind: Kind,
    /// Of the bytes as they were read.
    pub hash: FileHash,
    pub bytes: Vec<u8>,
}

impl Opened {
    /// `bytes`, read from `file`.
    pub fn of(file: &str, bytes: Vec<u8>) -> Result<Self> {
        let hash = FileHash::of(file, &bytes);
        let (name, bytes) = match Packing::of(&bytes) {
            None => (file, bytes),
            Some(packing) => {
                let inner = [".gz", ".zst", ".zstd", ".gzip"];
                let inner = inner.iter().find_map(|end| file.strip_suffix(end));
                (inner.unwrap_or(file), packing.unpack(file, &bytes)?)
            }
        };
        if bytes.is_empty() {
            return Err(
                Error::input(file, "the file is empty", "Download or export it again.")
                    .because(bad_file(file)),
            );
        }
        Ok(Opened {
            kind: Kind::of(name, &bytes)?,
            hash,
            bytes,
        })
    }
}

const PARQUET: &[u8] = b"PAR1";
const ARROW_FILE: &[u8] = b"ARROW1";
/// Every message of a stream begins with this.
const ARROW_STREAM: &[u8] = b"\xff\xff\xff\xff";

/// First bytes of what is often given for a table, its name, and what to do with it.
/// None is a likely beginning of a header.
const OTHERS: &[(&[u8], &str, &str)] = &[
    (b"BZh", "bzip2 data", "Unpack it first, with `bunzip2`."),
    (
        b"\xfd7zXZ\0",
        "xz data",
        "Unpack it first, with `xz --decompress`.",
    ),
    (
        b"PK\x03\x04",
        "a ZIP archive or an Excel workbook",
        "Unpack the archive, or save the sheet as `CSV UTF-8`.",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook",
        "Save the sheet as `CSV UTF-8`.",
    ),
    (
        b"FEA1",
        "Feather version 1",
        "Write the file again as Feather version 2 (Arrow IPC) or Parquet.",
    ),
    (b"Obj\x01", "Avro", CONVERT),
    (b"\x89HDF", "HDF5", CONVERT),
    (b"SQLite format 3\0", "an SQLite database", CONVERT),
];

const CONVERT: &str = "Convert it to CSV, Parquet or Arrow IPC.";

impl Kind {
    /// The kind of `bytes`, read from `file`; what no reader takes is refused by name.
    pub fn of(file: &str, bytes: &[u8]) -> Result<Self> {
        if bytes.starts_with(PARQUET) {
            return Ok(Kind::Parquet);
        }
        if bytes.starts_with(ARROW_FILE) {
            return Ok(Kind::ArrowFile);
        }
        if bytes.starts_with(ARROW_STREAM) {
            return Ok(Kind::ArrowStream);
        }
        let other = OTHERS.iter().find(|(start, ..)| bytes.starts_with(start));
        if let Some((_, name, remedy)) = other {
            return Err(
                Error::input(file, format!("this is {name}"), *remedy).because(bad_file(file))
            );
        }
        if is_web_page(bytes) {
            return Err(Error::input(
                file,
                "this is a web page, not a table",
                "Download the data themselves; a page often stands in for an expired link.",
            )
            .because(bad_file(file)));
        }
        match binary_extension(file) {
            None => Ok(Kind::Csv),
            Some((extension, name)) => Err(Error::input(
                file,
                format!("the name ends in `.{extension}`, but the content is not {name}"),
                "Download or export it again; if it is CSV after all, rename it.",
            )),
        }
    }

    /// The format's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Csv => "CSV",
            Kind::Parquet => "Parquet",
            Kind::ArrowFile => "Arrow IPC",
            Kind::ArrowStream => "an Arrow IPC stream",
        }
    }
}

fn is_web_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let begins = |tag: &str| {
        start
            .get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    begins("<!doctype html") || begins("<html")
}

/// The file's extension and format, when it is one that text never has.
fn binary_extension(file: &str) -> Option<(String, &'static str)> {
    let extension = Path::new(file).extension()?.to_str()?.to_lowercase();
    let name = match extension.as_str() {
        "parquet" => "Parquet",
        "arrow" | "arrows" | "feather" | "ipc" => "Arrow IPC",
        _ => return None,
    };
    Some((extension, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_kind_whatever_the_name() {
        for (bytes, kind) in [
            (&b"PAR1..."[..], Kind::Parquet),
            (b"ARROW1\0\0", Kind::ArrowFile),
            (b"\xff\xff\xff\xff\x10", Kind::ArrowStream),
            (b"date,x\n", Kind::Csv),
            (b"\xef\xbb\xbfdate,x\n", Kind::Csv),
        ] {
            assert_eq!(Kind::of("a.csv", bytes).unwrap(), kind);
        }
    }

    #[test]
    fn other_content_is_refused_by_name() {
        for (file, bytes, problem) in [
            ("a.csv.bz2", &b"BZh"[..], "this is bzip2 data"),
            ("a.xlsx", b"PK\x03\x04", "an Excel workbook"),
            ("a.feather", b"FEA1", "Feather version 1"),
            ("a.csv", b"\n<!DOCTYPE HTML>", "this is a web page"),
            (
                "a.parquet",
                b"version https://git-lfs",
                "the name ends in `.parquet`, but the content is not Parquet",
            ),
        ] {
            let text = Kind::of(file, bytes).unwrap_err().to_string();
            assert!(text.contains(problem), "{text}");
        }
    }
}
