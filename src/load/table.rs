//! What a reader of any format hands to the panel: typed Arrow batches.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Schema};
use jiff::Span;
use jiff::civil::Date;

use super::FileHash;
use crate::error::Cause;
use crate::{Error, Result};

/// Day 0 of Arrow's `Date32`.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// How a file's rows are named in messages.
#[derive(Debug)]
pub(super) enum Rows {
    /// Text: by the line of the file on which each row begins.
    Lines(Vec<u64>),
    /// Anything else: by their number, from 1.
    Numbered,
    /// Rows of the file made into one a date: by that.
    Dates(Vec<i32>),
}

impl Rows {
    /// `line LINE`, `row ROW` or the date for a row counted from 0.
    pub fn name(&self, row: usize) -> String {
        match self {
            Rows::Lines(lines) => format!("line {}", lines[row]),
            Rows::Numbered => format!("row {}", row + 1),
            Rows::Dates(days) => shown(days[row]),
        }
    }
}

/// One file's rows with types.
#[derive(Debug)]
pub(super) struct Table {
    pub file: FileHash,
    /// Every series that the file has, also those that were not read.
    pub names: Vec<String>,
    /// Those of them that are read when none is asked for.
    pub usual: Vec<String>,
    /// Column 0 is `Date32` without nulls; the others are series in `Float64`,
    /// named as in the file, finite where not null.
    pub batches: Vec<RecordBatch>,
    /// What the rows are called, for messages.
    pub rows: Rows,
    /// Rules that fired while reading, as sentences for the report.
    pub rules: Vec<String>,
}

impl Table {
    /// A table of one batch: days with their column's name, and series with theirs.
    pub fn of(
        file: FileHash,
        names: Vec<String>,
        usual: Vec<String>,
        (date, days): (&str, Vec<i32>),
        series: Vec<(String, Float64Array)>,
        rows: Rows,
        rules: Vec<String>,
    ) -> Result<Self> {
        let mut fields = vec![Field::new(date, DataType::Date32, false)];
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(Date32Array::from(days))];
        for (name, values) in series {
            fields.push(Field::new(name, DataType::Float64, true));
            arrays.push(Arc::new(values));
        }
        let batch =
            RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|error| {
                Error::input(&file.file, error.to_string(), "Export the file again.")
            })?;
        Ok(Table {
            file,
            names,
            usual,
            batches: vec![batch],
            rows,
            rules,
        })
    }

    /// Gives a series another name.
    pub fn rename(&mut self, name: &str, new: &str) {
        for known in self.names.iter_mut().chain(&mut self.usual) {
            if known == name {
                *known = new.to_owned();
            }
        }
        for batch in &mut self.batches {
            let fields = batch.schema_ref().fields().iter().enumerate();
            let fields: Vec<Field> = fields
                .map(|(column, field)| match column > 0 && field.name() == name {
                    true => field.as_ref().clone().with_name(new),
                    false => field.as_ref().clone(),
                })
                .collect();
            let columns = batch.columns().to_vec();
            // Other names change neither types nor lengths.
            if let Ok(renamed) = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns) {
                *batch = renamed;
            }
        }
    }

    /// The dates in file order, as days since 1970.
    pub fn days(&self) -> Vec<i32> {
        self.batches
            .iter()
            .flat_map(|batch| batch.column(0).as_primitive::<Date32Type>().values())
            .copied()
            .collect()
    }

    /// The column of every series that the table holds.
    pub fn columns(&self) -> HashMap<&str, usize> {
        let fields = self
            .batches
            .first()
            .map(|batch| batch.schema_ref().fields());
        let fields = fields.into_iter().flatten().enumerate().skip(1);
        fields
            .map(|(column, field)| (field.name().as_str(), column))
            .collect()
    }

    /// A series' values in file order.
    pub fn values(&self, column: usize) -> impl Iterator<Item = Option<f64>> {
        self.batches
            .iter()
            .flat_map(move |batch| batch.column(column).as_primitive::<Float64Type>())
    }

    /// Refuses dates that repeat or run the wrong way.
    pub fn check_order(&self) -> Result<()> {
        let days = self.days();
        // Oldest first or newest first, as the first two have it.
        let descends = matches!(days[..], [first, second, ..] if first > second);
        for (row, pair) in days.windows(2).enumerate() {
            let in_order = match descends {
                false => pair[0] < pair[1],
                true => pair[0] > pair[1],
            };
            if !in_order {
                return Err(self.out_of_order(row, pair[0], pair[1]));
            }
        }
        Ok(())
    }

    fn out_of_order(&self, row: usize, before: i32, after: i32) -> Error {
        let place = format!("{}, {}", self.file.file, self.rows.name(row + 1));
        let earlier = self.rows.name(row);
        let date = shown(after);
        let out_of_order = Cause::DateOutOfOrder {
            file: self.file.file.clone(),
        };
        if before == after {
            return Error::input(
                place,
                format!("the date {date} is on {earlier} already"),
                "Keep one row a date; where a column tells series apart, name it in [data] series_column (--series-column).",
            )
            .because(out_of_order);
        }
        Error::input(
            place,
            format!(
                "the date {date} stands after {} ({earlier}), but dates must run one way, as the rows above do",
                shown(before)
            ),
            "Sort the rows by date.",
        )
        .because(out_of_order)
    }
}

/// A date as days since 1970, Arrow's `Date32`.
pub(super) fn to_days(date: Date) -> i32 {
    // Civil days have 24 hours; the years -9999 to 9999 fit an i32 by far.
    (date.duration_since(EPOCH).as_hours() / 24) as i32
}

/// The date of an Arrow `Date32`; `None` outside the years -9999 to 9999.
pub(super) fn from_days(days: i32) -> Option<Date> {
    let span = Span::new().try_days(i64::from(days)).ok()?;
    EPOCH.checked_add(span).ok()
}

/// Refuses names that are missing, repeated or absurd; `place` is where they stand.
pub(super) fn check_names<'a>(place: &str, names: impl IntoIterator<Item = &'a str>) -> Result<()> {
    // Far beyond any name of a series; what is longer is a file without line
    // ends or with an open quote, and would fill the screen.
    const LONGEST: usize = 1000;
    let refuse = |problem, remedy| Err(Error::input(place, problem, remedy));
    let mut seen = HashMap::new();
    for (column, name) in names.into_iter().enumerate() {
        let number = column + 1;
        if name.is_empty() {
            return refuse(format!("column {number} has no name"), "Name every column.");
        }
        if name.len() > LONGEST {
            return refuse(
                format!("the name of column {number} has {} bytes", name.len()),
                "Shorten it; check for line ends that are missing and quotes that are not closed.",
            );
        }
        if let Some(earlier) = seen.insert(name, number) {
            return refuse(
                format!("columns {earlier} and {number} are both named `{name}`"),
                "Rename or remove one of them.",
            );
        }
    }
    Ok(())
}

fn shown(days: i32) -> String {
    from_days(days).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_the_same() {
        for date in [Date::MIN, EPOCH, jiff::civil::date(2024, 2, 29), Date::MAX] {
            assert_eq!(from_days(to_days(date)), Some(date));
        }
        assert_eq!(to_days(jiff::civil::date(2000, 1, 1)), 10957);
        assert_eq!(from_days(i32::MAX), None);
        assert_eq!(from_days(i32::MIN), None);
    }
}
