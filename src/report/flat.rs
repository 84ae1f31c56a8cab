//! Results as tidy rows: the same columns in the same order in every form that programs read.

use serde_json::Value;

use super::Head;
use crate::inference::{Kind, ResultColumn, Tidy};
use crate::load::FileHash;
use crate::question::Key;

/// Rows of results under their columns, and where they are from.
#[derive(Debug, Clone, PartialEq)]
pub struct Flat {
    /// The columns, those of their origin last.
    pub columns: Vec<ResultColumn>,
    /// The rows, a cell a column, `null` where it is empty.
    pub rows: Vec<Vec<Value>>,
    /// All else that the report says, as JSON.
    pub about: Value,
}

impl Flat {
    /// Of rows; `key` tells the columns where there is none of them, and `about` is the whole report.
    pub fn new<R: Tidy>(rows: &[R], key: &Key, head: &Head, about: &impl serde::Serialize) -> Self {
        let key = rows.first().and_then(Tidy::key).unwrap_or(key);
        let mut columns = R::columns(key);
        let of_rows = columns.len();
        let origin = origin(head);
        columns.extend(origin.iter().map(|(column, _)| column.clone()));
        let rows = rows.iter().map(|row| {
            let object = serde_json::to_value(row).expect("plain structs become JSON");
            let cells = columns[..of_rows]
                .iter()
                .map(|column| cell(&object, &column.name));
            cells
                .chain(origin.iter().map(|(_, value)| value.clone()))
                .collect()
        });
        let rows = rows.collect();
        let mut about = serde_json::to_value(about).expect("plain structs become JSON");
        if let Some(report) = about.as_object_mut() {
            report.remove("results");
        }
        Flat {
            columns,
            rows,
            about,
        }
    }

    /// A header and one line a row.
    ///
    /// A name that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
    /// Injection"); numbers stay as they are.
    pub fn to_csv(&self) -> String {
        let names = self.columns.iter().map(|column| column.name.as_str());
        csv_text(names, self.rows.iter().map(|row| row.iter().map(field)))
    }
}

/// A header and lines of fields.
fn csv_text<'n>(
    names: impl IntoIterator<Item = &'n str>,
    rows: impl IntoIterator<Item = impl Iterator<Item = String>>,
) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names).expect("memory can be written");
    for row in rows {
        writer.write_record(row).expect("memory can be written");
    }
    let bytes = writer.into_inner().expect("memory can be written");
    String::from_utf8(bytes).expect("fields are UTF-8")
}

/// Rows of no column list, as of what is no result: their fields by name, as JSON has them.
pub(super) fn named_csv(names: &[&str], rows: &[impl serde::Serialize]) -> String {
    let rows = rows.iter().map(|row| {
        let object = serde_json::to_value(row).expect("plain structs become JSON");
        let cells: Vec<String> = names
            .iter()
            .map(|name| field(&cell(&object, name)))
            .collect();
        cells.into_iter()
    });
    csv_text(names.iter().copied(), rows)
}

/// What a row's JSON form has in a column: a window's ends in two cells.
fn cell(row: &Value, column: &str) -> Value {
    let end = |suffix: &str, end: usize| Some(&row[column.strip_suffix(suffix)?][end]);
    let ends = || end("_from", 0).or_else(|| end("_to", 1));
    row.get(column).or_else(ends).cloned().unwrap_or_default()
}

/// A cell in CSV: names of a list side by side, other lists as JSON has them.
fn field(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::Array(names) if names.iter().all(Value::is_string) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            field(&Value::String(names.join(", ")))
        }
        Value::String(text) => {
            let starts = text.starts_with(['=', '+', '-', '@']);
            match starts && text.parse::<f64>().is_err() {
                true => format!("'{text}"),
                false => text.clone(),
            }
        }
        other => other.to_string(),
    }
}

/// The columns that tell where rows are from, each with its one value.
fn origin(head: &Head) -> Vec<(ResultColumn, Value)> {
    let column = |name: &str, kind, about: &str| ResultColumn {
        name: name.into(),
        kind,
        about: about.into(),
        unit: None,
    };
    let hash = |file: &FileHash| format!("{} {}", file.sha256, file.file);
    let files: Vec<String> = head.data.iter().map(hash).collect();
    let text = |text: &str| match text {
        "" => Value::Null,
        text => text.into(),
    };
    let study = head.study.as_ref().map_or("", |study| &study.sha256);
    vec![
        (
            column("seed", Kind::Unsigned, "Seed of the draws."),
            head.seed.into(),
        ),
        (
            column("placebo_version", Kind::Text, "Version of the program."),
            head.placebo_version.as_str().into(),
        ),
        (
            column(
                "study_sha256",
                Kind::Text,
                "SHA-256 of the study's text; empty where a table is asked.",
            ),
            text(study),
        ),
        (
            column(
                "data_sha256",
                Kind::Text,
                "SHA-256 and name of every file that was read, separated by `; `.",
            ),
            text(&files.join("; ")),
        ),
    ]
}

/// The columns that tell where rows are from.
pub fn origin_columns() -> Vec<ResultColumn> {
    let origin = origin(&Head::new(0, 0, 0, 0.0));
    origin.into_iter().map(|(column, _)| column).collect()
}
