//! Tables of any format as text, for lists of events and other files of dates.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};

use super::ceiling::Ceiling;
use super::columnar::{Take, read_with};
use super::csv::TextTable;
use super::dates::{dates, is_date};
use super::kind::{Kind, Opened};
use super::source::name_of;
use super::table::from_days;
use super::{FileHash, Source};
use crate::{Error, Result};

/// Reads a file with a column of dates, whose name is known or not.
pub(super) fn read(source: &Source, file: &str, date: Option<&str>) -> Result<TextTable> {
    of_bytes(name_of(file), source.read(file)?, date)
}

/// The same of the content of a file.
pub(super) fn of_bytes(file: &str, bytes: Vec<u8>, date: Option<&str>) -> Result<TextTable> {
    let opened = Opened::of(file, bytes)?;
    match opened.kind {
        Kind::Csv => TextTable::dated(opened, date, None, true),
        _ => read_with(opened, |schema| Ok(AsText { schema })),
    }
}

/// Every column, as text.
struct AsText {
    schema: SchemaRef,
}

impl Take for AsText {
    type Made = TextTable;

    fn projection(&self) -> Vec<usize> {
        (0..self.schema.fields().len()).collect()
    }

    fn take(
        self,
        file: FileHash,
        ceiling: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<TextTable> {
        let names = self
            .schema
            .fields()
            .iter()
            .map(|field| field.name().clone());
        let mut columns: Vec<(String, Vec<String>)> =
            names.map(|name| (name, Vec::new())).collect();
        let mut rows = 0;
        for batch in batches {
            let batch = batch?;
            rows += batch.num_rows() as u64;
            ceiling.check_cells(&file.file, rows, columns.len())?;
            for ((name, cells), array) in columns.iter_mut().zip(batch.columns()) {
                let read = texts(array).map_err(|problem| {
                    Error::input(
                        format!("{}, column {name}", file.file),
                        problem,
                        "Write the column as text, numbers or dates, or leave it out of the file.",
                    )
                })?;
                cells.extend(read);
            }
        }
        TextTable::of_columns(file, &columns)
    }
}

/// Cells as text: dates in the form of ISO, nothing where there is no value.
fn texts(array: &dyn Array) -> std::result::Result<Vec<String>, String> {
    if is_date(array.data_type())
        && array.null_count() == 0
        && let Ok(days) = dates(array)
    {
        let days = days.values().iter();
        return Ok(days
            .map(|&day| from_days(day).map_or_else(String::new, |day| day.to_string()))
            .collect());
    }
    let cells = cast(array, &DataType::Utf8View).map_err(|error| error.to_string())?;
    let cells = cells.as_string_view().iter();
    Ok(cells
        .map(|cell| cell.unwrap_or_default().to_owned())
        .collect())
}
