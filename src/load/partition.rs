//! Columns that stand in the names of folders, as in `ticker=NVDA/part-0.parquet`: what Hive, Spark, pyarrow
//! and polars write when they part a table by a column.

use std::iter::repeat_n;
use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;

use super::ceiling::Ceiling;
use super::columnar::Take;
use super::{FileHash, Reading};
use crate::visible::visible;
use crate::{Error, Result};

/// What stands for no value.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The columns in the names of a file's folders with their values, as they are written.
fn columns(file: &str) -> impl DoubleEndedIterator<Item = (String, String)> {
    let folders = file
        .rsplit_once(['/', '\\'])
        .map_or("", |(folders, _)| folders);
    let parts = folders.split(['/', '\\']);
    parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((decoded(name), decoded(value)))
    })
}

/// The column of two files' folders that tells them apart, the innermost first.
pub(super) fn differing(one: &str, other: &str) -> Option<String> {
    let others: Vec<(String, String)> = columns(other).collect();
    let differs = |(name, value): &(String, String)| {
        let other = others.iter().find(|(other, _)| other == name);
        other.is_some_and(|(_, other)| other != value)
    };
    columns(one).rev().find(differs).map(|(name, _)| name)
}

/// `%20` to a space, and so on; text that this does not make is left as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let hex = hex.filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(escaped) if byte == b'%' => {
                bytes.push(escaped);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// What `inner` takes of a file, with a column more where its folders hold the one that is asked for.
pub(super) struct WithFolders<T> {
    inner: T,
    column: Option<Column>,
}

/// A column of one value, behind those of the file.
struct Column {
    at: usize,
    field: Arc<Field>,
    value: Option<String>,
}

impl<T> WithFolders<T> {
    /// The file's own columns.
    pub fn alone(inner: T) -> Self {
        let column = None;
        WithFolders { inner, column }
    }

    /// `choose` is given the schema with the column that names the series of a long table.
    pub fn of(
        file: &str,
        schema: SchemaRef,
        data: &Reading,
        choose: impl FnOnce(SchemaRef) -> Result<T>,
    ) -> Result<Self> {
        let is_in_file = |name: &str| {
            schema
                .fields()
                .iter()
                .any(|field| visible(field.name()) == name)
        };
        let wanted = data
            .series_column
            .as_deref()
            .filter(|name| !is_in_file(name));
        let found = wanted.and_then(|wanted| {
            columns(file)
                .rev()
                .find(|(name, _)| visible(name) == wanted)
        });
        let Some((name, value)) = found else {
            return Ok(Self::alone(choose(schema)?));
        };
        let column = Column {
            at: schema.fields().len(),
            field: Arc::new(Field::new(name, DataType::Utf8, true)),
            value: Some(value).filter(|value| value != NULL),
        };
        let fields = schema.fields().iter().chain([&column.field]).cloned();
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(WithFolders {
            inner: choose(schema)?,
            column: Some(column),
        })
    }
}

impl Column {
    fn put(&self, batch: &RecordBatch) -> std::result::Result<RecordBatch, ArrowError> {
        let schema = batch.schema();
        let fields = schema.fields().iter().chain([&self.field]).cloned();
        let values: StringArray = repeat_n(self.value.as_deref(), batch.num_rows()).collect();
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(values));
        RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns)
    }
}

impl<T: Take> Take for WithFolders<T> {
    type Made = T::Made;

    fn projection(&self) -> Vec<usize> {
        let mut columns = self.inner.projection();
        columns.retain(|&column| self.column.as_ref().is_none_or(|added| added.at != column));
        columns
    }

    fn take(
        self,
        file: FileHash,
        ceiling: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<T::Made> {
        let Some(column) = self.column else {
            return self.inner.take(file, ceiling, batches);
        };
        let name = file.file.clone();
        let mut with = batches.map(|batch| {
            let refused = |error: ArrowError| {
                Error::input(&name, error.to_string(), "Export the file again.")
            };
            column.put(&batch?).map_err(refused)
        });
        self.inner.take(file, ceiling, &mut with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_from_the_names_of_folders() {
        let of = |file: &str| columns(file).collect::<Vec<_>>();
        assert_eq!(of("a/b.parquet"), []);
        assert_eq!(of("year=2024.parquet"), [], "a file is no folder");
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = pairs
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()));
            owned.collect()
        };
        assert_eq!(
            of("in/ticker=BRK%2FB/year=2024/part=0.parquet"),
            pairs(&[("ticker", "BRK/B"), ("year", "2024")])
        );
        // Not what was escaped.
        assert_eq!(
            of("a=%zz%4/b=1%F/c=%ff/d"),
            pairs(&[("a", "%zz%4"), ("b", "1%F"), ("c", "%ff")])
        );
        assert_eq!(of("a=b=c%3D/d"), pairs(&[("a", "b=c=")]));
        let tells = |one, other| differing(one, other);
        assert_eq!(tells("t=a/y=1/x", "t=b/y=1/x").as_deref(), Some("t"));
        assert_eq!(tells("t=a/y=1/x", "t=b/y=2/x").as_deref(), Some("y"));
        assert_eq!(tells("t=a/x", "t=a/z"), None);
    }
}
