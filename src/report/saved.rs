//! Results read back from their files, whatever program wrote them.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::Value;

use super::bootstrap::named;
use super::{
    ABOUT, BootstrapReport, BootstrapRow, Report, ResultRow, SCHEMA_VERSION, TableReport,
    origin_columns,
};
use crate::error::{Error, Result};

/// A result of `run`, `test` or `bootstrap`, read back.
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// Of an event study.
    Study(Box<Report>),
    /// Of a test of a table.
    Table(Box<TableReport>),
    /// Of a bootstrap.
    Bootstrap(Box<BootstrapReport>),
}

/// Which of them.
#[derive(Debug, Clone, Copy)]
enum Of {
    Study,
    Table,
    Bootstrap,
}

impl Saved {
    /// From the bytes of a JSON, Parquet or Arrow file, which is called `name`.
    ///
    /// # Errors
    ///
    /// It is none of them, of another program or of a later version, or of a command whose results are not read.
    pub fn from_bytes(bytes: Vec<u8>, name: &str) -> Result<Saved> {
        let wrong = |problem: String| {
            Error::input(
                name,
                problem,
                "Name a file that `run`, `test`, `bootstrap` or `merge` wrote with --out, in JSON, Parquet or Arrow.",
            )
        };
        let of_arrow = |error: ArrowError| wrong(format!("it cannot be read: {error}"));
        if bytes.starts_with(b"PAR1") {
            let builder = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes))
                .map_err(|error| of_arrow(error.into()))?;
            // Batches of Parquet lose what the schema says.
            let about = builder.schema().metadata().get(ABOUT).cloned();
            let reader = builder.build().map_err(|error| of_arrow(error.into()))?;
            return from_batches(about, reader).map_err(wrong);
        }
        if bytes.starts_with(b"ARROW1") {
            let reader = FileReader::try_new(std::io::Cursor::new(bytes), None);
            let reader = reader.map_err(of_arrow)?;
            let about = reader.schema().metadata().get(ABOUT).cloned();
            return from_batches(about, reader).map_err(wrong);
        }
        let text = String::from_utf8(bytes).map_err(|_| wrong("it is none of the three".into()))?;
        if !text.trim_start().starts_with('{') {
            let problem = "it is no JSON object; CSV, LaTeX, Markdown and tables for people hold rows without what they rest on";
            return Err(wrong(problem.into()));
        }
        let object: Value = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("it is no JSON: {error}")))?;
        // From the text, in which the columns of keys stand in their order.
        let read = match kind(&object).map_err(wrong)? {
            Of::Study => serde_json::from_str(&text).map(|report| Saved::Study(Box::new(report))),
            Of::Table => serde_json::from_str(&text).map(|report| Saved::Table(Box::new(report))),
            Of::Bootstrap => {
                serde_json::from_str(&text).map(|report| Saved::Bootstrap(Box::new(report)))
            }
        };
        read.map_err(|error| wrong(format!("it is no result of this program: {error}")))
    }

    /// The names of its rows: their keys; of a bootstrap the statistic, what it is of, and the interval.
    pub(super) fn names(&self) -> Vec<String> {
        let keys = |rows: &[ResultRow]| rows.iter().map(|row| row.key.to_string()).collect();
        match self {
            Saved::Study(report) => keys(&report.results),
            Saved::Table(report) => keys(&report.results),
            Saved::Bootstrap(report) => {
                let name = |row: &BootstrapRow| {
                    format!("{}, {}, {}", named(row), row.scheme, row.interval_kind)
                };
                report.results.iter().map(name).collect()
            }
        }
    }
}

/// What a report is of.
fn kind(about: &Value) -> std::result::Result<Of, String> {
    let version = about["schema_version"].as_u64();
    match version {
        None => return Err("it is no result of this program".into()),
        Some(version) if version > u64::from(SCHEMA_VERSION) => {
            return Err(format!(
                "its columns are those of version {version}, and this program knows them up to {SCHEMA_VERSION}"
            ));
        }
        Some(_) => {}
    }
    let has = |name: &str| about.get(name).is_some();
    let manifest = &about["manifest"];
    if has("study") && manifest["families"].is_array() {
        Ok(Of::Study)
    } else if has("formula") && manifest.get("tail_fit").is_some() {
        Ok(Of::Table)
    } else if manifest["schemes"].is_array() {
        Ok(Of::Bootstrap)
    } else {
        Err("it is a result of another command".into())
    }
}

fn from_batches(
    about: Option<String>,
    batches: impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>>,
) -> std::result::Result<Saved, String> {
    let about = about.ok_or("its schema does not say what it rests on, under `placebo`")?;
    let about: std::result::Result<Value, _> = serde_json::from_str(&about);
    let mut about = about.map_err(|error| format!("what it rests on is no JSON: {error}"))?;
    let of = kind(&about)?;
    about["results"] = Value::Array(Vec::new());
    let wrong = |error: serde_json::Error| format!("it is no result of this program: {error}");
    Ok(match of {
        Of::Study => {
            let report: Report = serde_json::from_value(about).map_err(wrong)?;
            Saved::Study(Box::new(Report {
                results: rows_of(batches)?,
                ..report
            }))
        }
        Of::Table => {
            let report: TableReport = serde_json::from_value(about).map_err(wrong)?;
            Saved::Table(Box::new(TableReport {
                results: rows_of(batches)?,
                ..report
            }))
        }
        Of::Bootstrap => {
            let report: BootstrapReport = serde_json::from_value(about).map_err(wrong)?;
            Saved::Bootstrap(Box::new(BootstrapReport {
                results: rows_of(batches)?,
                ..report
            }))
        }
    })
}

/// The rows of batches.
fn rows_of<R: DeserializeOwned>(
    batches: impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>>,
) -> std::result::Result<Vec<R>, String> {
    let mut rows = Vec::new();
    for batch in batches {
        let batch = batch.map_err(|error| format!("it cannot be read: {error}"))?;
        for row in 0..batch.num_rows() {
            rows.push(row_of(&batch, row)?);
        }
    }
    Ok(rows)
}

/// A row of a batch, its columns in their order.
fn row_of<R: DeserializeOwned>(batch: &RecordBatch, row: usize) -> std::result::Result<R, String> {
    let origin = origin_columns();
    let mut cells: Vec<(String, Value)> = Vec::new();
    let mut ends = BTreeMap::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let name = field.name();
        if origin.iter().any(|of| of.name == *name) {
            continue;
        }
        let value = cell(column.as_ref(), row);
        if let Some(window) = name.strip_suffix("_from") {
            ends.insert(window.to_owned(), value);
        } else if let Some((window, from)) = name
            .strip_suffix("_to")
            .and_then(|window| ends.remove_entry(window))
        {
            cells.push((window, Value::Array(vec![from, value])));
        } else {
            cells.push((name.clone(), value));
        }
    }
    let cells = MapDeserializer::new(cells.into_iter());
    R::deserialize(cells).map_err(|error: serde_json::Error| format!("row {}: {error}", row + 1))
}

fn cell(column: &dyn Array, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).into(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).into(),
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            (0..items.len()).map(|at| cell(&items, at)).collect()
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Forms;
    use crate::report::example::{effects, report};

    #[test]
    fn every_form_that_can_be_read_back_gives_the_same_report() {
        for report in [report(), effects()] {
            let flat = report.flat();
            for bytes in [
                report.to_json().into_bytes(),
                flat.to_parquet().unwrap(),
                flat.to_arrow().unwrap(),
            ] {
                let read = Saved::from_bytes(bytes, "r").unwrap();
                assert_eq!(read, Saved::Study(Box::new(report.clone())));
            }
        }
    }

    #[test]
    fn other_files_are_refused() {
        let csv = report().to_csv().into_bytes();
        let later = report()
            .to_json()
            .replace("\"schema_version\": 5", "\"schema_version\": 99");
        let broken = report().flat().to_parquet().unwrap()[..100].to_vec();
        for (bytes, said) in [
            (csv, "no JSON object"),
            (b"{}".to_vec(), "no result of this program"),
            (later.into_bytes(), "version 99"),
            (broken, "cannot be read"),
            (b"{ nonsense".to_vec(), "no JSON"),
            (vec![255, 0], "none of the three"),
        ] {
            let error = Saved::from_bytes(bytes, "r").unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
