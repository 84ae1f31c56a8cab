//! Parquet files, read by the `parquet` crate.

use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use super::FileHash;
use super::ceiling::Ceiling;
use super::columnar::Take;
use super::contained::{PLAIN_STACK, contained, damaged};
use super::kind::Kind;
use crate::load::source::bad_file;
use crate::{Error, Result};

mod deltas;
mod depth;
mod int96;
mod pages;

/// Stack that each level of a schema may need: the reader descends one call a level, which takes
/// 2.6 KB.
const STACK_A_LEVEL: usize = 3200;

/// The deepest schema read, one whose stack is 1 GiB. A stack that overflows would end the program.
const MOST_LEVELS: usize = (1 << 30) / STACK_A_LEVEL;

/// The most rows of a batch, and about the most cells: bounds the memory for wide files.
const BATCH_ROWS: usize = 4096;
const BATCH_CELLS: usize = 1 << 22;

/// What `choose` takes of a file.
pub(super) fn read<T: Take>(
    hash: FileHash,
    bytes: Bytes,
    choose: impl FnOnce(SchemaRef) -> Result<T> + Send,
) -> Result<T::Made> {
    let file = &*hash.file.clone();
    let footer = footer(&bytes).ok_or_else(|| cut_off(file))?;
    let levels = depth::of_schema(footer);
    let levels = levels.ok_or_else(|| damaged(file, Kind::Parquet, "its footer has no schema"))?;
    if levels > MOST_LEVELS {
        return Err(Error::input(
            file,
            format!("its columns are {levels} levels deep; at most {MOST_LEVELS} are read"),
            "Write a flat table.",
        ));
    }
    let ceiling = Ceiling::of(bytes.len());
    let bytes = pages::Bounded::new(bytes, ceiling);
    let refused = |error: ParquetError| damaged(file, Kind::Parquet, error);
    contained(file, Kind::Parquet, stack(levels), || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(refused)?;
        let (builder, int96) = int96::read_wider(bytes.clone(), builder).map_err(refused)?;
        let taken = choose(builder.schema().clone())?;
        let columns = taken.projection();
        let rows = (BATCH_CELLS / columns.len().max(1)).clamp(1, BATCH_ROWS);
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns);
        pages::check(&bytes, builder.metadata(), &mask).map_err(refused)?;
        let reader = builder
            .with_projection(mask)
            .with_batch_size(rows)
            .build()
            .map_err(refused)?;
        let mut rows = 0;
        let mut batches = reader.map(|batch| {
            let batch = batch.map_err(|error| damaged(file, Kind::Parquet, error))?;
            int96::check(file, &int96, rows, &batch)?;
            rows += batch.num_rows();
            Ok(batch)
        });
        taken.take(hash, ceiling, &mut batches)
    })
}

/// The footer, which holds the schema and stands last.
fn footer(bytes: &[u8]) -> Option<&[u8]> {
    let (rest, length) = bytes.strip_suffix(b"PAR1")?.split_last_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    rest.get(rest.len().checked_sub(length)?..)
}

/// The stack to read a schema of so many levels.
fn stack(levels: usize) -> usize {
    (levels * STACK_A_LEVEL).max(PLAIN_STACK)
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
    use crate::load::Reading;
    use crate::load::columnar::Dated;

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

    fn refused(bytes: Vec<u8>) -> String {
        let reading = Reading::default();
        let choose = |schema| Dated::of("a.parquet", schema, &reading, false);
        let hash = FileHash::of("a.parquet", &bytes);
        read(hash, bytes.into(), choose).unwrap_err().to_string()
    }

    #[test]
    fn deep_schemas_do_not_overflow_the_stack() {
        for depth in [1, 100, 20_000] {
            let text = refused(nested(depth));
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
    fn a_schema_that_no_stack_could_hold_is_refused() {
        let text = refused(nested(400_000));
        assert!(
            text.starts_with("a.parquet: its columns are 400002 levels deep"),
            "{text}"
        );
        assert!(text.contains("Write a flat table"), "{text}");
    }
}
