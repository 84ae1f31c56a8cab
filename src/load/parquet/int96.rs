//! Timestamps of 96 bits, as Impala and Spark write them, which nanoseconds in 64 bits cannot hold: those
//! beyond would come back as other days.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Type;
use parquet::errors::Result;

use super::pages::Bounded;
use crate::load::table::from_days;
use crate::{Error, Result as OwnResult};

type Builder = ParquetRecordBatchReaderBuilder<Bounded>;

/// A reader that gives such columns in microseconds, and their names.
pub(super) fn read_wider(bytes: Bounded, builder: Builder) -> Result<(Builder, Vec<String>)> {
    let is_int96 = |column: usize| {
        let mut leaves = builder.parquet_schema().columns().iter().enumerate();
        leaves.any(|(leaf, of)| {
            let root = builder.parquet_schema().get_column_root_idx(leaf);
            root == column && of.physical_type() == Type::INT96
        })
    };
    let mut names = Vec::new();
    let fields = builder.schema().fields().iter().enumerate();
    let fields: Vec<Arc<Field>> = fields
        .map(|(column, field)| match field.data_type() {
            DataType::Timestamp(TimeUnit::Nanosecond, zone) if is_int96(column) => {
                names.push(field.name().clone());
                let kind = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
                Arc::new(field.as_ref().clone().with_data_type(kind))
            }
            _ => field.clone(),
        })
        .collect();
    if names.is_empty() {
        return Ok((builder, names));
    }
    let metadata = builder.schema().metadata().clone();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    let options = ArrowReaderOptions::new().with_schema(schema);
    Ok((Builder::try_new_with_options(bytes, options)?, names))
}

/// Refuses times beyond those that 64 bits of nanoseconds hold: they stand for no value, or are wrong.
pub(super) fn check(
    file: &str,
    int96: &[String],
    rows: usize,
    batch: &RecordBatch,
) -> OwnResult<()> {
    const MOST: i64 = i64::MAX / 1000;
    for name in int96 {
        let Some(column) = batch.column_by_name(name) else {
            continue;
        };
        let Some(times) = column.as_primitive_opt::<TimestampMicrosecondType>() else {
            continue;
        };
        let beyond = |time: i64| !(-MOST..=MOST).contains(&time);
        let row = (0..times.len()).find(|&row| times.is_valid(row) && beyond(times.value(row)));
        if let Some(row) = row {
            let day = times.value(row).div_euclid(86_400_000_000);
            let day = i32::try_from(day).ok().and_then(from_days);
            return Err(Error::input(
                format!("{file}, row {}, column {name}", rows + row + 1),
                format!(
                    "the date{} is out of the range of int96 timestamps, 1677-09-22 to 2262-04-11",
                    day.map_or_else(String::new, |day| format!(" {day}"))
                ),
                "Remove the row if the date stands for none; otherwise write the column as dates (Date32).",
            ));
        }
    }
    Ok(())
}
