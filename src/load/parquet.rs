//! Parquet files, read by the `parquet` crate.

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use super::FileHash;
use super::Reading;
use super::ceiling::Ceiling;
use super::columnar::{Columns, typed};
use super::contained::{PLAIN_STACK, contained, damaged};
use super::kind::Kind;
use super::table::Table;
use crate::load::source::bad_file;
use crate::{Error, Result};

mod pages;

/// Stack that each byte of a footer may need: the reader descends one call a level of the schema,
/// and a level takes eight bytes of footer and 2.6 KB of stack.
const STACK_A_BYTE: usize = 400;

/// The largest footer read, one whose stack is 1 GiB; a flat table of 17,000 columns has it. A
/// stack that overflows would end the program.
const MOST_FOOTER: usize = (1 << 30) / STACK_A_BYTE;

/// Rows a batch: bounds the memory for wide files.
const BATCH_ROWS: usize = 4096;

/// The file's wanted series; an empty list asks for all of them.
pub(super) fn read(file: &str, bytes: Vec<u8>, data: &Reading) -> Result<Table> {
    let footer = footer_length(&bytes).ok_or_else(|| cut_off(file))?;
    if footer > MOST_FOOTER {
        return Err(Error::input(
            file,
            format!(
                "its footer, which describes the columns, has {footer} bytes; at most {MOST_FOOTER} are read"
            ),
            "Write fewer columns or larger row groups, or give the table as CSV or Arrow.",
        ));
    }
    let hash = FileHash::of(file, &bytes);
    let ceiling = Ceiling::of(bytes.len());
    let bytes = pages::Bounded::new(Bytes::from(bytes), ceiling);
    let refused = |error: ParquetError| damaged(file, Kind::Parquet, error);
    contained(file, Kind::Parquet, stack(footer), || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(refused)?;
        let columns = Columns::of(file, builder.schema().clone(), data)?;
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.projection());
        pages::check(&bytes, builder.metadata(), &mask).map_err(refused)?;
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(refused)?;
        let batches =
            reader.map(|batch| batch.map_err(|error| damaged(file, Kind::Parquet, error)));
        typed(hash, columns, data, ceiling, batches)
    })
}

/// The length of the footer, which holds the schema and stands last.
fn footer_length(bytes: &[u8]) -> Option<usize> {
    let (rest, length) = bytes.strip_suffix(b"PAR1")?.split_last_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    (length <= rest.len()).then_some(length)
}

/// The stack to read a schema in a footer of so many bytes. It is reserved, not used, where columns
/// lie flat.
fn stack(footer: usize) -> usize {
    (footer * STACK_A_BYTE).max(PLAIN_STACK)
}

fn cut_off(file: &str) -> Error {
    Error::input(
        file,
        "this Parquet file is cut off: its last bytes are missing",
        "Download or export it again.",
    )
    .because(bad_file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file without rows whose schema is a group in a group, and so on.
    fn nested(depth: usize) -> Vec<u8> {
        // Thrift: version 1, the list of schema elements, no rows, no row groups.
        let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
        let mut length = depth + 2;
        while length > 0x7f {
            footer.push(length as u8 | 0x80);
            length >>= 7;
        }
        footer.push(length as u8);
        footer.extend(b"\x48\x01r\x15\x02\x00");
        footer.extend(b"\x35\x00\x18\x01a\x15\x02\x00".repeat(depth));
        footer.extend(b"\x15\x02\x25\x00\x18\x01a\x00");
        footer.extend(b"\x16\x00\x19\x0c\x00");
        let length = footer.len() as u32;
        [b"PAR1", footer.as_slice(), &length.to_le_bytes(), b"PAR1"].concat()
    }

    #[test]
    fn deep_schemas_do_not_overflow_the_stack() {
        for depth in [1, 100, 20_000] {
            let text = read("a.parquet", nested(depth), &Reading::default())
                .unwrap_err()
                .to_string();
            assert!(
                text.starts_with(
                    "a.parquet: there is no column of dates: the columns are `a (Struct("
                ),
                "{text}"
            );
            assert!(text.len() < 500);
        }
    }
    #[test]
    fn a_footer_that_no_stack_could_hold_is_refused() {
        let text = read("a.parquet", nested(400_000), &Reading::default())
            .unwrap_err()
            .to_string();
        assert!(text.starts_with("a.parquet: its footer"), "{text}");
        assert!(text.contains("Write fewer columns"), "{text}");
    }
}
