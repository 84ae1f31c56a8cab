//! Results as Arrow record batches, in Parquet or IPC files: each column of its type, and what it holds and is
//! measured in among the schema's metadata.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Float64Array, Int64Array, ListArray, ListBuilder,
    RecordBatch, StringArray, StringBuilder, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Float64Type, Schema, UInt64Type};
use arrow::error::ArrowError;
use arrow::ipc::writer::FileWriter;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::Value;

use super::Flat;
use crate::inference::{Kind, ResultColumn};

/// Key of the schema's metadata under which all else that the report says stands, as JSON.
pub const ABOUT: &str = "placebo";

impl Flat {
    /// The rows as a record batch.
    ///
    /// # Errors
    ///
    /// None that is known: columns are as long as each other.
    pub fn to_batch(&self) -> Result<RecordBatch, ArrowError> {
        let arrays = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| self.array(at, column.kind));
        RecordBatch::try_new(Arc::new(self.schema()), arrays.collect())
    }

    /// A Parquet file.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn to_parquet(&self) -> Result<Vec<u8>, ArrowError> {
        let batch = self.to_batch()?;
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties))?;
        writer.write(&batch)?;
        Ok(writer.into_inner()?)
    }

    /// An Arrow IPC file.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn to_arrow(&self) -> Result<Vec<u8>, ArrowError> {
        let batch = self.to_batch()?;
        let mut writer = FileWriter::try_new(Vec::new(), &batch.schema())?;
        writer.write(&batch)?;
        writer.into_inner()
    }

    fn schema(&self) -> Schema {
        let head = &self.about["manifest"];
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut metadata: HashMap<String, String> = [
            (ABOUT.to_owned(), self.about.to_string()),
            (
                "schema_version".to_owned(),
                text(&self.about["schema_version"]),
            ),
        ]
        .into();
        for (key, value) in [
            ("placebo_version", &head["placebo_version"]),
            ("seed", &head["seed"]),
            ("study", &self.about["study"]["name"]),
            ("study_sha256", &head["study"]["sha256"]),
            ("data", &head["data"]),
        ] {
            if !value.is_null() {
                metadata.insert(key.to_owned(), text(value));
            }
        }
        let fields: Vec<Field> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| self.field(at, column))
            .collect();
        Schema::new_with_metadata(fields, metadata)
    }

    fn field(&self, at: usize, column: &ResultColumn) -> Field {
        let mut about: HashMap<String, String> =
            [("description".to_owned(), column.about.clone())].into();
        if let Some(unit) = self.unit(column) {
            about.insert("unit".to_owned(), unit);
        }
        // Which p-value it is.
        if column.unit == Some("probability")
            && let Some(convention) = self.same("convention")
        {
            about.insert("convention".to_owned(), convention);
        }
        let kind = match column.kind {
            Kind::Text => DataType::Utf8,
            Kind::Whole => DataType::Int64,
            Kind::Unsigned => DataType::UInt64,
            Kind::Number => DataType::Float64,
            Kind::Truth => DataType::Boolean,
            Kind::Words => list_of(DataType::Utf8),
            Kind::Numbers => list_of(DataType::Float64),
            Kind::Counts => list_of(DataType::UInt64),
        };
        let is_empty = self.rows.iter().any(|row| row[at].is_null());
        Field::new(&column.name, kind, is_empty || self.rows.is_empty()).with_metadata(about)
    }

    /// What a column is measured in: where the column `unit` says so and says the same in all rows, that.
    fn unit(&self, column: &ResultColumn) -> Option<String> {
        match column.unit? {
            "unit" => Some(
                self.same("unit")
                    .unwrap_or("as the column `unit` says".into()),
            ),
            unit => Some(unit.to_owned()),
        }
    }

    /// What all rows have in a column, if it is one text.
    fn same(&self, column: &str) -> Option<String> {
        let at = self.columns.iter().position(|of| of.name == column)?;
        let mut cells = self.rows.iter().map(|row| row[at].as_str());
        let first = cells.next()??;
        cells
            .all(|cell| cell == Some(first))
            .then(|| first.to_owned())
    }

    fn array(&self, at: usize, kind: Kind) -> ArrayRef {
        let cells = self.rows.iter().map(|row| &row[at]);
        match kind {
            Kind::Text => Arc::new(cells.map(Value::as_str).collect::<StringArray>()),
            Kind::Whole => Arc::new(cells.map(Value::as_i64).collect::<Int64Array>()),
            Kind::Unsigned => Arc::new(cells.map(Value::as_u64).collect::<UInt64Array>()),
            Kind::Number => Arc::new(cells.map(Value::as_f64).collect::<Float64Array>()),
            Kind::Truth => Arc::new(cells.map(Value::as_bool).collect::<BooleanArray>()),
            Kind::Words => {
                let mut lists = ListBuilder::new(StringBuilder::new());
                for cell in cells {
                    match cell.as_array() {
                        Some(names) => lists.append_value(names.iter().map(Value::as_str)),
                        None => lists.append_null(),
                    }
                }
                Arc::new(lists.finish())
            }
            Kind::Numbers => Arc::new(list::<Float64Type>(cells, Value::as_f64)),
            Kind::Counts => Arc::new(list::<UInt64Type>(cells, Value::as_u64)),
        }
    }
}

fn list_of(items: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(items, true)))
}

/// Cells that are lists, or empty.
fn list<'v, T: ArrowPrimitiveType>(
    cells: impl Iterator<Item = &'v Value>,
    item: fn(&Value) -> Option<T::Native>,
) -> ListArray {
    let lists = cells.map(|cell| Some(cell.as_array()?.iter().map(item).collect::<Vec<_>>()));
    ListArray::from_iter_primitive::<T, _, _>(lists)
}
