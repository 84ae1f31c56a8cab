//! The three CSV layouts of daily series, told apart by their headers, and
//! their cells to typed batches.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use jiff::civil::Date;

use super::cell::{self, BadCell};
use super::csv::TextTable;
use super::table::{Order, Rows, Table, to_days};
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
    fn of(header: &[String]) -> Self {
        let (first, rest) = match header {
            [first, rest @ ..] => (first.as_str(), rest),
            [] => ("", &[] as &[String]),
        };
        match first {
            "Date" if rest.iter().any(|name| is_tenor(name)) => Layout::Treasury,
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

/// The file's wanted series, typed. An empty `wanted` asks for all of them.
pub(super) fn typed(text: &TextTable, wanted: &[String]) -> Result<Table> {
    let names = series_names(text)?;
    let layout = Layout::of(&text.header);
    let wanted: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let columns = (1..text.header.len())
        .filter(|&c| wanted.is_empty() || wanted.contains(text.header[c].as_str()));

    let mut fields = vec![Field::new(&text.header[0], DataType::Date32, false)];
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(dates(text, layout)?)];
    for column in columns {
        fields.push(Field::new(&text.header[column], DataType::Float64, true));
        arrays.push(Arc::new(values(text, layout, column)?));
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|error| {
        Error::input(&text.file.file, error.to_string(), "Export the file again.")
    })?;
    Ok(Table {
        file: text.file.clone(),
        names,
        batches: vec![batch],
        rows: Rows::Lines(text.lines.clone()),
        order: layout.order(),
        rules: Vec::new(),
    })
}

/// Every series of the file; a file that cannot hold a panel column is refused.
fn series_names(text: &TextTable) -> Result<Vec<String>> {
    let names = text.header.get(1..).unwrap_or_default().to_vec();
    let file = &text.file.file;
    if names.is_empty() {
        return Err(Error::input(
            format!("{file}, header"),
            format!("there is one column, `{}`, and no series", text.header[0]),
            "Give a first column of dates and one column a series, separated by commas.",
        ));
    }
    if text.lines.is_empty() {
        return Err(Error::input(
            file,
            "there is a header but no row of data",
            "Download or export it again, or leave it out of `files`.",
        ));
    }
    Ok(names)
}

fn dates(text: &TextTable, layout: Layout) -> Result<Date32Array> {
    let mut days = Vec::with_capacity(text.lines.len());
    for (row, cell) in text.cells(0).enumerate() {
        let date = layout
            .date(cell)
            .map_err(|bad| refused(text, row, 0, bad))?;
        days.push(to_days(date));
    }
    Ok(Date32Array::from(days))
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
    Error::input(text.place(row, column), bad.problem, bad.remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(header: &str) -> Layout {
        Layout::of(&header.split(',').map(str::to_owned).collect::<Vec<_>>())
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
