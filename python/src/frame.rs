//! Data of Python's as Arrow IPC streams, which the library reads as it reads a file of them.

use std::ffi::CStr;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayReader, ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array,
    Int64Array, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray, make_array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow::ipc::writer::StreamWriter;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyTuple};

use crate::errors::{Raise, Raised, refused};

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";

/// What an object says by `__arrow_c_stream__`, as an Arrow IPC stream; `name` is that of its only column where
/// it is no table.
#[pyfunction]
pub fn stream_to_bytes<'py>(
    py: Python<'py>,
    of: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &of_stream(of, name)?))
}

fn of_stream(of: &Bound<'_, PyAny>, name: &str) -> Raised<Vec<u8>> {
    let (schema, batches) = batches(of, name)?;
    written(&schema, &batches)
}

/// Columns, each a name, a kind and its cells, as an Arrow IPC stream. Kinds: `numbers`, `whole` and `times`
/// (microseconds since 1970, the least number where missing) are bytes of 64-bit floats or integers, `singles` of
/// 32-bit floats, `truths`,
/// `texts` and `days` (since 1970) lists with None where missing, and `arrow` an object with an Arrow interface.
#[pyfunction]
pub fn columns_to_bytes<'py>(
    py: Python<'py>,
    columns: Vec<(String, String, Bound<'py, PyAny>)>,
) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &of_columns(columns)?))
}

fn of_columns(columns: Vec<(String, String, Bound<'_, PyAny>)>) -> Raised<Vec<u8>> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (name, kind, cells) in columns {
        let array: ArrayRef = match kind.as_str() {
            "numbers" => {
                let numbers = words(&cells)?.map(f64::from_le_bytes);
                Arc::new(Float64Array::from_iter_values(numbers))
            }
            "singles" => {
                let numbers = cells.cast::<PyBytes>().map_err(PyErr::from)?.as_bytes();
                let numbers = numbers.as_chunks().0.iter().copied();
                Arc::new(Float32Array::from_iter_values(
                    numbers.map(f32::from_le_bytes),
                ))
            }
            "whole" => {
                let numbers = words(&cells)?.map(i64::from_le_bytes);
                Arc::new(Int64Array::from_iter_values(numbers))
            }
            "times" => {
                let times = words(&cells)?.map(i64::from_le_bytes);
                let times = times.map(|time| Some(time).filter(|&time| time != i64::MIN));
                Arc::new(times.collect::<TimestampMicrosecondArray>())
            }
            "truths" => Arc::new(BooleanArray::from(cells.extract::<Vec<Option<bool>>>()?)),
            "days" => Arc::new(Date32Array::from(cells.extract::<Vec<Option<i32>>>()?)),
            "texts" => Arc::new(StringArray::from(cells.extract::<Vec<Option<String>>>()?)),
            _ => single(&cells, &name)?,
        };
        if let Some(first) = arrays.first()
            && first.len() != array.len()
        {
            return Err(refused(
                format!("column {name}"),
                format!(
                    "it has {} cells, and others have {}",
                    array.len(),
                    first.len()
                ),
                "Give columns of one length.",
            ));
        }
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(unreadable)?;
    written(&schema, &[batch])
}

/// The 64-bit words of some bytes.
fn words<'b>(cells: &'b Bound<'_, PyAny>) -> PyResult<impl Iterator<Item = [u8; 8]> + 'b> {
    let bytes = cells.cast::<PyBytes>()?.as_bytes();
    Ok(bytes.as_chunks().0.iter().copied())
}

/// The one array that an object is.
fn single(of: &Bound<'_, PyAny>, name: &str) -> Raised<ArrayRef> {
    let (_, batches) = batches(of, name)?;
    let columns: Vec<&dyn Array> = batches.iter().map(|batch| &**batch.column(0)).collect();
    match columns.as_slice() {
        [] => Ok(Arc::new(Float64Array::from(Vec::<f64>::new()))),
        columns => arrow::compute::concat(columns).map_err(unreadable),
    }
}

/// The record batches of an object with an Arrow interface.
fn batches(of: &Bound<'_, PyAny>, name: &str) -> Raised<(SchemaRef, Vec<RecordBatch>)> {
    if of.hasattr("__arrow_c_stream__")? {
        let capsule = of.call_method0("__arrow_c_stream__")?;
        return from_stream(capsule.cast::<PyCapsule>().map_err(PyErr::from)?, name);
    }
    let pair = of.call_method0("__arrow_c_array__")?;
    let pair = pair.cast::<PyTuple>().map_err(PyErr::from)?;
    let capsule =
        |at| -> PyResult<Bound<'_, PyCapsule>> { Ok(pair.get_item(at)?.cast_into::<PyCapsule>()?) };
    let (schema, array) = (capsule(0)?, capsule(1)?);
    let schema = schema
        .pointer_checked(Some(SCHEMA))?
        .cast::<FFI_ArrowSchema>();
    let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
    #[expect(
        unsafe_code,
        reason = "capsules of these names hold these structs; the array is moved out, as the interface asks"
    )]
    let data = unsafe {
        let array = FFI_ArrowArray::from_raw(array.as_ptr());
        from_ffi(array, schema.as_ref())
    };
    let batch = in_a_table(make_array(data.map_err(unreadable)?), name)?;
    Ok((batch.schema(), vec![batch]))
}

fn from_stream(
    capsule: &Bound<'_, PyCapsule>,
    name: &str,
) -> Raised<(SchemaRef, Vec<RecordBatch>)> {
    let stream = capsule
        .pointer_checked(Some(STREAM))?
        .cast::<FFI_ArrowArrayStream>();
    #[expect(
        unsafe_code,
        reason = "a capsule of this name holds this struct, which is moved out, as the interface asks"
    )]
    let reader = unsafe { ArrayStreamReader::from_raw(stream.as_ptr()) };
    let reader = reader.map_err(unreadable)?;
    let field = reader.field();
    let schema = match field.data_type() {
        DataType::Struct(fields) => Schema::new(fields.clone()),
        other => Schema::new(vec![Field::new(name, other.clone(), true)]),
    };
    let found: Raised<Vec<RecordBatch>> = reader
        .map(|array| in_a_table(array.map_err(unreadable)?, name))
        .collect();
    Ok((Arc::new(schema), found?))
}

/// An array as a table: a struct is one of its fields.
fn in_a_table(array: ArrayRef, name: &str) -> Raised<RecordBatch> {
    if let Some(of) = array.as_any().downcast_ref::<StructArray>() {
        return match of.null_count() {
            0 => Ok(RecordBatch::from(of)),
            _ => Err(refused(
                "the data frame",
                "there are rows that are missing as a whole",
                "Leave them out.",
            )),
        };
    }
    let field = Field::new(name, array.data_type().clone(), true);
    RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![array]).map_err(unreadable)
}

fn written(schema: &SchemaRef, batches: &[RecordBatch]) -> Raised<Vec<u8>> {
    let mut writer = StreamWriter::try_new(Vec::new(), schema).map_err(unreadable)?;
    for batch in batches {
        writer.write(batch).map_err(unreadable)?;
    }
    writer.into_inner().map_err(unreadable)
}

fn unreadable(error: ArrowError) -> Raise {
    refused(
        "the data frame",
        format!("its Arrow data cannot be read: {error}"),
        "Give a frame of numbers, texts, truth values and dates.",
    )
}

/// A record batch as the capsule of an Arrow stream.
pub fn capsule<'py>(py: Python<'py>, batch: RecordBatch) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = batch.schema();
    let batches = arrow::array::RecordBatchIterator::new([Ok(batch)], schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}
