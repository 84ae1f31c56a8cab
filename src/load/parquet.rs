//! Parquet files, read by the `parquet` crate.

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use super::FileHash;
use super::ceiling::Ceiling;
use super::columnar::{Columns, typed};
use super::contained::{contained, damaged};
use super::kind::Kind;
use super::table::Table;
use crate::{Error, Result};

mod pages;

/// Rows a batch: bounds the memory for wide files.
const BATCH_ROWS: usize = 4096;

/// The file's wanted series; an empty `wanted` asks for all of them.
pub(super) fn read(file: &str, bytes: Vec<u8>, wanted: &[String]) -> Result<Table> {
    if !bytes.ends_with(b"PAR1") {
        return Err(Error::input(
            file,
            "this Parquet file is cut off: its last bytes are missing",
            "Download or export it again.",
        ));
    }
    let hash = FileHash::of(file, &bytes);
    let ceiling = Ceiling::of(bytes.len());
    let bytes = pages::Bounded::new(Bytes::from(bytes), ceiling);
    let refused = |error: ParquetError| damaged(file, Kind::Parquet, error);
    contained(file, Kind::Parquet, || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(refused)?;
        let columns = Columns::of(file, builder.schema().clone(), wanted)?;
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.projection());
        pages::check(&bytes, builder.metadata(), &mask).map_err(refused)?;
        let reader = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(refused)?;
        let batches =
            reader.map(|batch| batch.map_err(|error| damaged(file, Kind::Parquet, error)));
        typed(hash, columns, ceiling, batches)
    })
}
