//! The three CSV layouts of daily series, told apart by their headers, and
//! their cells to typed batches.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use jiff::civil::Date;

use super::cell::{self, BadCell};
use super::csv::TextTable;
use super::date_format::{self, Found};
use super::table::{Order, Rows, Table, to_days};
use super::{DateFormat, Reading};
use super::{did_you_mean, quoted_list};
use crate::error::Cause;
use crate::{Error, Result};

/// How a file of daily series is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// `Date` and tenors such as `10 Yr`; MM/DD/YYYY, newest first.
    Treasury,
    /// `observation_date` or `DATE` and series codes; ISO dates, `.` is missing.
    Fred,
    /// A column of ISO dates and one column a series; `NA` is missing.
    Plain,
}

impl Layout {
    /// By the name of the column of dates and those of the others.
    fn of(date: &str, mut others: impl Iterator<Item = impl AsRef<str>>) -> Self {
        match date {
            "Date" if others.any(|name| is_tenor(name.as_ref())) => Layout::Treasury,
            "observation_date" | "DATE" => Layout::Fred,
            _ => Layout::Plain,
        }
    }

    fn order(self) -> Order {
        match self {
            Layout::Treasury => Order::Descending,
            Layout::Fred | Layout::Plain => Order::Ascending,
        }
    }

    fn is_missing(self, cell: &str) -> bool {
        match self {
            Layout::Treasury => cell.is_empty() || cell == "N/A",
            Layout::Fred => cell.is_empty() || cell == ".",
            Layout::Plain => cell.is_empty() || cell == "NA",
        }
    }

    fn date(self, cell: &str) -> std::result::Result<Date, BadCell> {
        match self {
            Layout::Treasury => cell::treasury_date(cell).map_err(|bad| BadCell {
                remedy: match cell::iso_date(cell) {
                    Ok(_) => "The header is that of a Treasury file; for ISO dates (oldest first) name the first column `date`.".to_owned(),
                    Err(_) => bad.remedy,
                },
                ..bad
            }),
            Layout::Fred | Layout::Plain => cell::iso_date(cell),
        }
    }
}

/// A tenor as the Treasury writes it: `1.5 Month`, `2 Mo`, `10 Yr`.
fn is_tenor(name: &str) -> bool {
    name.split_once(' ').is_some_and(|(length, unit)| {
        cell::number(length).is_ok()
            && ["mo", "month", "yr"].contains(&unit.to_lowercase().as_str())
    })
}

/// Whether a series' name is that of a yield in percent: a Treasury tenor, or the code that FRED
/// gives to a Treasury yield, such as `DGS10` or `DFII30`.
pub(crate) fn is_yield(name: &str) -> bool {
    let is_fred_code = |prefix: &str| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    is_tenor(name) || ["DGS", "DFII", "DTB"].into_iter().any(is_fred_code)
}

/// The file's wanted series, typed. An empty list of them asks for all.
pub(super) fn typed(text: &TextTable, data: &Reading) -> Result<Table> {
    let date = date_column(text, data)?;
    let others = || (0..text.header.len()).filter(move |&column| column != date);
    check_filled(text, others().count())?;
    let layout = Layout::of(
        &text.header[date],
        others().map(|column| &text.header[column]),
    );
    let mut rules = Vec::new();
    let more_dates = text.other_dates(date);
    let series: Vec<usize> = others()
        .filter(|&column| !more_dates.contains(&text.header[column].as_str()))
        .collect();
    if !more_dates.is_empty() {
        let name = &text.header[date];
        let others = more_dates.into_iter();
        rules.push(other_dates(&text.file.file, name, data, others));
    }
    if series.is_empty() {
        return Err(no_series(text));
    }
    let wanted: HashSet<&str> = data.series.iter().map(String::as_str).collect();
    let is_wanted =
        |column: &usize| wanted.is_empty() || wanted.contains(text.header[*column].as_str());
    let (days, order) = dates(text, date, layout, data.date_format, &mut rules)?;
    let mut fields = vec![Field::new(&text.header[date], DataType::Date32, false)];
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(days)];
    for &column in series.iter().filter(|column| is_wanted(column)) {
        fields.push(Field::new(&text.header[column], DataType::Float64, true));
        arrays.push(Arc::new(values(text, layout, column)?));
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|error| {
        Error::input(&text.file.file, error.to_string(), "Export the file again.")
    })?;
    Ok(Table {
        file: text.file.clone(),
        names: series
            .iter()
            .map(|&column| text.header[column].clone())
            .collect(),
        batches: vec![batch],
        rows: Rows::Lines(text.lines.clone()),
        order,
        rules,
    })
}

/// The column of dates: the first, unless the study names another.
fn date_column(text: &TextTable, data: &Reading) -> Result<usize> {
    let Some(name) = &data.date_column else {
        return Ok(0);
    };
    let position = text.header.iter().position(|known| known == name);
    position.ok_or_else(|| {
        no_date_column(
            &text.file.file,
            name,
            text.header.iter().map(String::as_str),
        )
    })
}

/// That a file lacks the column of dates that the study names.
pub(super) fn no_date_column<'a>(
    file: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Error {
    Error::input(
        format!("{file}, header"),
        format!("there is no column `{name}` (key data.date_column)"),
        format!(
            "{}The columns are {}.",
            did_you_mean(name, known.clone()),
            quoted_list(known)
        ),
    )
    .because(Cause::NoColumn {
        file: file.to_owned(),
        column: name.to_owned(),
    })
}

/// That a file has more columns of dates than the one that is read.
pub(super) fn other_dates<'a>(
    file: &str,
    date: &str,
    data: &Reading,
    others: impl Iterator<Item = &'a str>,
) -> String {
    let others = quoted_list(others);
    match data.date_column {
        Some(_) => format!("{file}: the dates are those of column `{date}`; {others} left out"),
        None => format!(
            "{file}: the dates are those of column `{date}`, the first such one; {others} left out; [data] date_column (--date-column) names another"
        ),
    }
}

/// Refuses a file without a series or a row.
fn check_filled(text: &TextTable, series: usize) -> Result<()> {
    if series == 0 {
        return Err(no_series(text));
    }
    if text.lines.is_empty() {
        return Err(Error::input(
            &text.file.file,
            "there is a header but no row of data",
            "Download or export it again, or leave it out of `files`.",
        ));
    }
    Ok(())
}

fn no_series(text: &TextTable) -> Error {
    let problem = match text.header.as_slice() {
        [only] => format!("there is one column, `{only}`, and no series"),
        _ => "every column holds dates, and none is a series".to_owned(),
    };
    Error::input(
        format!("{}, header", text.file.file),
        problem,
        "Give a first column of dates and one column a series, separated by commas.",
    )
}

/// The days, and the way in which they have to run.
fn dates(
    text: &TextTable,
    column: usize,
    layout: Layout,
    stated: Option<DateFormat>,
    rules: &mut Vec<String>,
) -> Result<(Date32Array, Order)> {
    let first = text.cells(column).next().unwrap_or_default();
    let is_iso = cell::iso_date(first).is_ok();
    let mut order = layout.order();
    let mut format = stated;
    if stated.is_some() {
        order = Order::Either;
    } else if !is_iso && let Found::Order(found) = date_format::find(text, column)? {
        // The Treasury's own order is no news.
        if (layout, found) != (Layout::Treasury, DateFormat::MonthFirst) {
            rules.push(date_format::rule(text, column, found));
            order = Order::Either;
        }
        format = Some(found);
    }
    let mut days = Vec::with_capacity(text.lines.len());
    for (row, cell) in text.cells(column).enumerate() {
        let date = match format {
            Some(format) => date_format::date(cell, format),
            None => layout.date(cell),
        };
        let date = date.map_err(|bad| refused(text, row, column, bad))?;
        days.push(to_days(date));
    }
    Ok((Date32Array::from(days), order))
}

fn values(text: &TextTable, layout: Layout, column: usize) -> Result<Float64Array> {
    let mut values = Vec::with_capacity(text.lines.len());
    for (row, cell) in text.cells(column).enumerate() {
        values.push(match layout.is_missing(cell) {
            true => None,
            false => Some(cell::number(cell).map_err(|bad| refused(text, row, column, bad))?),
        });
    }
    Ok(Float64Array::from(values))
}

fn refused(text: &TextTable, row: usize, column: usize, bad: BadCell) -> Error {
    text.refuse(row, column, bad.problem, bad.remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(header: &str) -> Layout {
        let mut names = header.split(',');
        Layout::of(names.next().unwrap(), names)
    }

    #[test]
    fn headers_tell_layouts_apart() {
        assert_eq!(layout("Date,1 Mo,1.5 Month,10 Yr"), Layout::Treasury);
        assert_eq!(layout("Date,5 YR"), Layout::Treasury);
        assert_eq!(layout("observation_date,DGS10"), Layout::Fred);
        assert_eq!(layout("DATE,DGS10,DFII10"), Layout::Fred);
        assert_eq!(layout("Date,Open,Close"), Layout::Plain);
        assert_eq!(layout("date,10 Yr"), Layout::Plain);
        assert_eq!(layout("year,flow"), Layout::Plain);
    }

    #[test]
    fn yields_are_known_by_their_names() {
        for (name, expected) in [
            ("10 Yr", true),
            ("1.5 Month", true),
            ("DGS10", true),
            ("DFII30", true),
            ("DGSX", false),
            ("close", false),
        ] {
            assert_eq!(is_yield(name), expected, "{name}");
        }
    }

    #[test]
    fn each_layout_has_its_own_word_for_missing() {
        for (layout, word) in [
            (Layout::Treasury, "N/A"),
            (Layout::Fred, "."),
            (Layout::Plain, "NA"),
        ] {
            for cell in ["", "N/A", ".", "NA"] {
                assert_eq!(layout.is_missing(cell), cell.is_empty() || cell == word);
            }
        }
    }
}
