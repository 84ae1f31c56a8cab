//! In which order the dates of a CSV column have their day, month and year.

use jiff::civil::Date;

use super::DateFormat;
use super::cell::{BadCell, bad_date, parts_of_date, shown};
use super::csv::TextTable;
use super::table::to_days;
use crate::{Error, Result};

/// Dates whose order nobody stated.
pub(super) enum Found {
    /// They can be read in one order only.
    Order(DateFormat),
    /// Neither order fits all of them, or they are no dates of this kind.
    Neither,
}

/// A date in a known order; separated by `-`, `/` or `.`.
pub(super) fn date(cell: &str, format: DateFormat) -> std::result::Result<Date, BadCell> {
    read(cell, format).ok_or_else(|| {
        let (pattern, example) = match format {
            DateFormat::YearFirst => ("YYYY-MM-DD", "2024-01-31"),
            DateFormat::MonthFirst => ("MM/DD/YYYY", "01/31/2024"),
            DateFormat::DayFirst => ("DD/MM/YYYY", "31/01/2024"),
        };
        bad_date(cell, pattern, example)
    })
}

fn read(cell: &str, format: DateFormat) -> Option<Date> {
    let [a, b, c] = parts_of_date(cell, &['-', '/', '.'])?;
    let year_first = cell.find(|c: char| !c.is_ascii_digit()) == Some(4);
    let (year, month, day) = match format {
        DateFormat::YearFirst => (a, b, c),
        DateFormat::MonthFirst => (c, a, b),
        DateFormat::DayFirst => (c, b, a),
    };
    if year_first != (format == DateFormat::YearFirst) {
        return None;
    }
    let small = |number: u16| i8::try_from(number).ok();
    Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()
}

/// Finds out the order of a column of dates that end in the year: the one in which every cell is a date,
/// and among two the one in which the dates run one way.
///
/// # Errors
///
/// Two orders fit, and mean different dates.
pub(super) fn find(text: &TextTable, column: usize) -> Result<Found> {
    let days = |format| -> Option<Vec<i32>> {
        let dates = text.cells(column).map(|cell| read(cell, format));
        dates.map(|date| date.map(to_days)).collect()
    };
    let runs = |days: &[i32]| {
        let rises = days.windows(2).all(|pair| pair[0] < pair[1]);
        rises || days.windows(2).all(|pair| pair[0] > pair[1])
    };
    let (by_month, by_day) = match (days(DateFormat::MonthFirst), days(DateFormat::DayFirst)) {
        (None, None) => return Ok(Found::Neither),
        (Some(_), None) => return Ok(Found::Order(DateFormat::MonthFirst)),
        (None, Some(_)) => return Ok(Found::Order(DateFormat::DayFirst)),
        (Some(by_month), Some(by_day)) => (by_month, by_day),
    };
    if by_month == by_day {
        return Ok(Found::Order(DateFormat::MonthFirst));
    }
    match (runs(&by_month), runs(&by_day)) {
        (true, false) => Ok(Found::Order(DateFormat::MonthFirst)),
        (false, true) => Ok(Found::Order(DateFormat::DayFirst)),
        (false, false) => Ok(Found::Neither),
        (true, true) => {
            let row = (0..by_month.len()).find(|&row| by_month[row] != by_day[row]);
            let row = row.unwrap_or_default();
            let cell = text.cells(column).nth(row).unwrap_or_default();
            let as_date =
                |format| read(cell, format).map_or_else(String::new, |date| date.to_string());
            Err(Error::input(
                text.place(row, column),
                format!(
                    "`{}` is {} with the month first and {} with the day first, and every date of the column can be read both ways",
                    shown(cell),
                    as_date(DateFormat::MonthFirst),
                    as_date(DateFormat::DayFirst)
                ),
                "State [data] date_format = \"month-first\" or \"day-first\" (--date-format without a study file), or write dates as YYYY-MM-DD.",
            ))
        }
    }
}

/// That an order was found out, and from what.
pub(super) fn rule(text: &TextTable, column: usize, format: DateFormat) -> String {
    let (name, pattern) = match format {
        DateFormat::MonthFirst => ("month", "MM/DD/YYYY"),
        _ => ("day", "DD/MM/YYYY"),
    };
    let past_twelve = |cell: &&str| {
        parts_of_date(cell, &['-', '/', '.']).is_some_and(|[a, b, _]| a > 12 || b > 12)
    };
    let why = match text.cells(column).find(past_twelve) {
        Some(cell) => format!("as `{}` can be nothing else", shown(cell)),
        None => "as only so they run one way".to_owned(),
    };
    format!(
        "{}: dates are read with the {name} first ({pattern}), {why}; [data] date_format (--date-format) states it",
        text.file.file
    )
}
