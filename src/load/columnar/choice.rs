//! Which columns of a schema are read: the one of dates, the series, and the names of series in a long
//! table.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::load::dates::{is_date, is_text};
use crate::load::heading::is_date_name;
use crate::load::numbers::is_number;
use crate::load::table::check_names;
use crate::load::{Reading, cell, layout, long, prices, quoted_list};
use crate::visible::visible;
use crate::{Error, Result};

/// The columns of a file that are read.
#[derive(Debug)]
pub(in crate::load) struct Columns {
    pub schema: SchemaRef,
    pub date: usize,
    /// Of a long table the column that names the series.
    pub key: Option<usize>,
    /// The columns of numbers that are read, in the file's order.
    pub series: Vec<usize>,
    /// Every column of numbers.
    pub names: Vec<String>,
    /// Those that are read when none is asked for.
    pub usual: Vec<String>,
    pub rules: Vec<String>,
}

impl Columns {
    /// Chooses from a file's schema. An empty list of series asks for every one.
    pub fn of(file: &str, schema: SchemaRef, data: &Reading, is_long: bool) -> Result<Self> {
        let fields = || schema.fields().iter().enumerate();
        let name = |column: usize| schema.field(column).name().as_str();
        check_names(&format!("{file}, columns"), fields().map(|(c, _)| name(c)))?;
        let date = date_column(file, &schema, data)?;
        let key = match is_long {
            true => Some(key_column(file, &schema, data, date)?),
            false => None,
        };
        let numbers: Vec<usize> = fields()
            .filter(|(column, field)| {
                *column != date && Some(*column) != key && is_number(field.data_type())
            })
            .map(|(column, _)| column)
            .collect();
        for wanted in &data.series {
            if let Ok(field) = schema.field_with_name(wanted)
                && !is_long
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
        let numbers =
            match &data.value_column {
                Some(wanted) if is_long => {
                    let found = numbers
                        .iter()
                        .find(|&&c| visible(name(c)) == wanted.as_str());
                    let names = numbers.iter().map(|&c| name(c));
                    vec![*found.ok_or_else(|| {
                        layout::no_column(file, wanted, "data.value_column", names)
                    })?]
                }
                _ => numbers,
            };

        let mut rules = Vec::new();
        if date > 0 && data.date_column.is_none() && !is_date(schema.field(date).data_type()) {
            rules.push(format!(
                "{file}: the dates are those of column `{}`, number {}; [data] date_column (--date-column) names another",
                visible(name(date)),
                date + 1
            ));
        }
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
                *column != date && Some(*column) != key && !is_number(kind) && !is_date(kind)
            })
            .map(|(column, _)| name(column))
            .collect();
        if (is_long || data.series.is_empty()) && !left_out.is_empty() {
            let others = quoted_list(left_out);
            rules.push(format!(
                "{file}: columns that hold no numbers are left out: {others}"
            ));
        }

        let names: Vec<String> = numbers
            .iter()
            .map(|&c| visible(name(c)).into_owned())
            .collect();
        let (usual, rule) = prices::usual(file, &names);
        if data.series.is_empty() && !is_long {
            rules.extend(rule);
        }
        let asks = layout::asks(file, data);
        let is_read = |name: &String| match (data.series.is_empty(), is_long) {
            (true, _) => usual.contains(name),
            (false, true) => names.len() == 1 || long::asks_column(&data.series, name),
            (false, false) => asks(name),
        };
        let read = numbers.iter().zip(&names).filter(|(_, name)| is_read(name));
        let series = read.map(|(&column, _)| column).collect();
        Ok(Columns {
            date,
            key,
            series,
            names,
            usual,
            rules,
            schema,
        })
    }

    /// The columns to read, ascending; a reader may pass over all others.
    pub fn projection(&self) -> Vec<usize> {
        let mut columns = self.series.clone();
        columns.push(self.date);
        columns.extend(self.key);
        columns.sort_unstable();
        columns
    }
}

pub(super) fn date_column(file: &str, schema: &Schema, data: &Reading) -> Result<usize> {
    let fields = schema.fields();
    if let Some(wanted) = &data.date_column {
        let names = fields.iter().map(|field| field.name().as_str());
        let column = names
            .clone()
            .position(|name| visible(name) == wanted.as_str())
            .ok_or_else(|| layout::no_column(file, wanted, "data.date_column", names))?;
        let kind = fields[column].data_type();
        if is_date(kind) || is_text(kind) || kind.is_integer() {
            return Ok(column);
        }
        return Err(Error::input(
            format!("{file}, column {wanted}"),
            format!("its type is {}, which is no date", type_name(kind)),
            "Name a column of dates (Date32), timestamps, text or integers such as 20240131 in [data] date_column.",
        ));
    }
    let position = |is: &dyn Fn(&Field) -> bool| fields.iter().position(|field| is(field));
    // A column of text that is named so is meant to hold them, wherever it stands.
    let found = position(&|field| is_date(field.data_type()))
        .or_else(|| position(&|f| is_text(f.data_type()) && is_date_name(f.name())))
        .or_else(|| position(&|f| f.data_type().is_integer() && is_date_name(f.name())))
        .or_else(|| fields.first().filter(|f| is_text(f.data_type())).map(|_| 0));
    found.ok_or_else(|| {
        Error::input(
            file,
            format!("there is no column of dates: {}", described(schema)),
            "Give a column of dates (Date32) or timestamps, or a first column of ISO dates as text.",
        )
    })
}

/// Columns that may name the series of a long table.
pub(super) fn key_columns(schema: &Schema, date: usize) -> impl Iterator<Item = usize> {
    let may = move |(column, field): &(usize, &Arc<Field>)| {
        let kind = field.data_type();
        *column != date && (is_text(kind) || kind.is_integer() && long::is_key_name(field.name()))
    };
    let fields = schema.fields().iter().enumerate().filter(may);
    fields.map(|(column, _)| column)
}

/// The column that names the series of a long table.
fn key_column(file: &str, schema: &Schema, data: &Reading, date: usize) -> Result<usize> {
    let names = schema.fields().iter().map(|field| field.name().as_str());
    if let Some(wanted) = &data.series_column {
        let column = names
            .clone()
            .position(|name| visible(name) == wanted.as_str());
        return column.ok_or_else(|| layout::no_column(file, wanted, "data.series_column", names));
    }
    let is_named = |column: &usize| long::is_key_name(schema.field(*column).name());
    let named = key_columns(schema, date).find(is_named);
    let found = named.or_else(|| key_columns(schema, date).next());
    found.ok_or_else(|| long::no_key(file, names))
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
