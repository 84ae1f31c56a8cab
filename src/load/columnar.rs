//! Arrow batches of any columns to typed ones: which column has the dates, which are
//! series.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::Reading;
use super::ceiling::Ceiling;
use super::dates::{dates, is_date, is_text};
use super::numbers::{BadRow, is_number, numbers};
use super::table::{Order, Rows, Table, check_names};
use super::{FileHash, cell, did_you_mean, layout, quoted_list};
use crate::error::Cause;
use crate::visible::visible;
use crate::{Error, Result};

/// The columns of a file that are read.
#[derive(Debug)]
pub(super) struct Columns {
    schema: SchemaRef,
    /// The first column of dates or timestamps; else the first column, if it is text.
    date: usize,
    /// The asked columns of numbers, in the file's order.
    series: Vec<usize>,
    /// Every column of numbers.
    names: Vec<String>,
    rules: Vec<String>,
}

impl Columns {
    /// Chooses from a file's schema. An empty list of series asks for every one.
    pub fn of(file: &str, schema: SchemaRef, data: &Reading) -> Result<Self> {
        let fields = || schema.fields().iter().enumerate();
        let name = |column: usize| schema.field(column).name().as_str();
        check_names(&format!("{file}, columns"), fields().map(|(c, _)| name(c)))?;
        let wanted = &data.series;
        let date = date_column(file, &schema, data)?;
        let numbers: Vec<usize> = fields()
            .filter(|(_, field)| is_number(field.data_type()))
            .map(|(column, _)| column)
            .collect();
        for wanted in wanted {
            if let Ok(field) = schema.field_with_name(wanted)
                && !is_number(field.data_type())
            {
                return Err(not_a_series(file, field, name(date)));
            }
        }
        if numbers.is_empty() {
            return Err(Error::input(
                file,
                format!("there is no column of numbers: {}", described(&schema)),
                "Give one column of integers, floats or decimals a series.",
            ));
        }

        let mut rules = Vec::new();
        let other_dates: Vec<&str> = fields()
            .filter(|(column, field)| *column != date && is_date(field.data_type()))
            .map(|(column, _)| name(column))
            .collect();
        if !other_dates.is_empty() {
            let others = other_dates.into_iter();
            rules.push(layout::other_dates(file, name(date), data, others));
        }
        let left_out: Vec<&str> = fields()
            .filter(|(column, field)| {
                let kind = field.data_type();
                *column != date && !is_number(kind) && !is_date(kind)
            })
            .map(|(column, _)| name(column))
            .collect();
        if wanted.is_empty() && !left_out.is_empty() {
            let others = quoted_list(left_out);
            rules.push(format!(
                "{file}: columns that hold no numbers are left out: {others}"
            ));
        }

        let asked: HashSet<&str> = wanted.iter().map(String::as_str).collect();
        let is_asked =
            |column: &usize| asked.is_empty() || asked.contains(visible(name(*column)).as_ref());
        Ok(Columns {
            date,
            series: numbers.iter().copied().filter(is_asked).collect(),
            names: numbers
                .iter()
                .map(|&c| visible(name(c)).into_owned())
                .collect(),
            rules,
            schema,
        })
    }

    /// The columns to read, ascending; a reader may pass over all others.
    pub fn projection(&self) -> Vec<usize> {
        let mut columns = self.series.clone();
        columns.push(self.date);
        columns.sort_unstable();
        columns
    }
}

fn date_column(file: &str, schema: &Schema, data: &Reading) -> Result<usize> {
    let fields = schema.fields();
    if let Some(wanted) = &data.date_column {
        let names = fields.iter().map(|field| field.name().as_str());
        let column = names
            .clone()
            .position(|name| visible(name) == wanted.as_str())
            .ok_or_else(|| layout::no_date_column(file, wanted, names))?;
        let kind = fields[column].data_type();
        if is_date(kind) || is_text(kind) {
            return Ok(column);
        }
        return Err(Error::input(
            format!("{file}, column {wanted}"),
            format!("its type is {}, which is no date", type_name(kind)),
            "Name a column of dates (Date32), timestamps or text in [data] date_column.",
        ));
    }
    if let Some(column) = fields.iter().position(|field| is_date(field.data_type())) {
        return Ok(column);
    }
    match fields.first() {
        Some(first) if is_text(first.data_type()) => Ok(0),
        _ => Err(Error::input(
            file,
            format!("there is no column of dates: {}", described(schema)),
            "Give a column of dates (Date32) or timestamps, or a first column of ISO dates as text.",
        )),
    }
}

fn described(schema: &Schema) -> String {
    let columns: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| format!("{} ({})", field.name(), type_name(field.data_type())))
        .collect();
    match columns.is_empty() {
        true => "it has no columns".to_owned(),
        false => format!(
            "the columns are {}",
            quoted_list(columns.iter().map(String::as_str))
        ),
    }
}

fn type_name(kind: &DataType) -> String {
    cell::shown(&kind.to_string())
}

fn not_a_series(file: &str, field: &Field, date: &str) -> Error {
    let place = format!("{file}, column {}", field.name());
    match field.name() == date {
        true => Error::input(
            place,
            "this is the column of dates, not a series",
            "Take it out of `series`.",
        ),
        false => Error::input(
            place,
            format!(
                "its type is {}, which is no number",
                type_name(field.data_type())
            ),
            "Write it as integers, floats or decimals, or take it out of `series`.",
        ),
    }
}

/// What becomes of the record batches of a file.
pub(super) trait Take: Send {
    /// What they become.
    type Made: Send;

    /// The columns to read, ascending; a reader may pass over all others.
    fn projection(&self) -> Vec<usize>;

    /// Takes one batch after the other.
    fn take(
        self,
        file: FileHash,
        ceiling: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<Self::Made>;
}

/// Series by dates.
pub(super) struct Dated<'a> {
    columns: Columns,
    data: &'a Reading,
}

impl<'a> Dated<'a> {
    /// Those of a file that are asked for.
    pub fn of(file: &str, schema: SchemaRef, data: &'a Reading) -> Result<Self> {
        let columns = Columns::of(file, schema, data)?;
        Ok(Dated { columns, data })
    }
}

impl Take for Dated<'_> {
    type Made = Table;

    fn projection(&self) -> Vec<usize> {
        self.columns.projection()
    }

    fn take(
        self,
        file: FileHash,
        ceiling: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<Table> {
        typed(file, self.columns, self.data, ceiling, batches)
    }
}

/// Types one batch after the other, so that only numbers are kept in memory.
pub(super) fn typed(
    file: FileHash,
    columns: Columns,
    data: &Reading,
    ceiling: Ceiling,
    batches: impl Iterator<Item = Result<RecordBatch>>,
) -> Result<Table> {
    let name = &file.file;
    let source = |column: usize| columns.schema.field(column).name();
    let shown = |column: usize| visible(source(column)).into_owned();
    let mut fields = vec![Field::new(shown(columns.date), DataType::Date32, false)];
    for &column in &columns.series {
        fields.push(Field::new(shown(column), DataType::Float64, true));
    }
    let schema = Arc::new(Schema::new(fields));

    let mut typed = Vec::new();
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        if batch.num_rows() == 0 {
            continue;
        }
        let so_far = (rows + batch.num_rows()) as u64;
        ceiling.check(name, so_far, schema.fields().len())?;
        let refused = |column: usize, (row, bad): BadRow| {
            let place = format!("{name}, row {}, column {}", rows + row + 1, source(column));
            Error::input(place, bad.problem, bad.remedy).because(Cause::BadCell {
                file: name.to_owned(),
                line: (rows + row + 1) as u64,
                column: source(column).to_owned(),
            })
        };
        let column = |column: usize| {
            let name = source(column);
            batch
                .column_by_name(name)
                .ok_or_else(|| missing(&file.file, name, &batch))
        };
        let days = dates(column(columns.date)?, data.date_format)
            .map_err(|bad| refused(columns.date, bad))?;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(days)];
        for &series in &columns.series {
            let values = numbers(column(series)?).map_err(|bad| refused(series, bad))?;
            arrays.push(Arc::new(values));
        }
        let batch = RecordBatch::try_new(schema.clone(), arrays)
            .map_err(|error| Error::input(name, error.to_string(), "Export the file again."))?;
        rows += batch.num_rows();
        typed.push(batch);
    }
    if rows == 0 {
        return Err(Error::input(
            name,
            "there are columns but no row of data",
            "Download or export it again, or leave it out of `files`.",
        ));
    }
    Ok(Table {
        names: columns.names,
        batches: typed,
        rows: Rows::Numbered,
        order: Order::Either,
        rules: columns.rules,
        file,
    })
}

fn missing(file: &str, column: &str, batch: &RecordBatch) -> Error {
    let schema = batch.schema();
    let known = || schema.fields().iter().map(|field| field.name().as_str());
    Error::input(
        file,
        format!("a batch of rows lacks the column `{column}`"),
        format!("{}Export the file again.", did_you_mean(column, known())),
    )
}

#[cfg(test)]
mod tests;
