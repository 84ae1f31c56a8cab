//! A text column of days: how they are written, and in which order day, month and year stand.

use jiff::civil::Date;

use super::DateFormat;
use super::cell::{BadCell, bad_date, shown};
use super::csv::TextTable;
use super::day::{Form, Written};
use super::table::to_days;
use crate::{Error, Result};

/// What the dates of a column are.
#[derive(Debug)]
pub(super) struct Days {
    /// One a row.
    pub days: Vec<Date>,
    /// How they were read, where that is not plain ISO, for the report.
    pub rules: Vec<String>,
}

/// How a column of days is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The stated order.
    pub order: Option<DateFormat>,
    /// The key, and the flag, that states it; `None`: there is neither.
    pub key: Option<[&'static str; 2]>,
    /// Whether cells may have a time of day, which is read elsewhere.
    pub has_times: bool,
}

impl Asked {
    /// No order, and nothing to state it.
    pub const NOTHING: Asked = Asked {
        order: None,
        key: None,
        has_times: false,
    };

    fn remedy(self) -> String {
        match self.key {
            Some([key, flag]) => format!(
                "State {key} = \"month-first\" or \"day-first\" ({flag} without a study file), or write dates as YYYY-MM-DD."
            ),
            None => "Write dates as YYYY-MM-DD.".to_owned(),
        }
    }

    fn states_it(self) -> String {
        match self.key {
            Some([key, flag]) => format!("; {key} ({flag}) states it"),
            None => String::new(),
        }
    }
}

/// Refuses what is no day, or not in the stated order.
fn check(cell: &str, written: Written, asked: Asked) -> std::result::Result<(), BadCell> {
    let format = asked.order;
    let is_other = match format {
        Some(DateFormat::YearFirst) => written.form == Form::YearLast,
        Some(_) => written.form == Form::YearFirst,
        None => false,
    };
    if is_other {
        return Err(bad(cell, format));
    }
    if !asked.has_times && !written.is_midnight() {
        return Err(BadCell {
            problem: format!("`{}` is not midnight, so its day is unclear", shown(cell)),
            remedy: "Write the dates of the market's own calendar, without a time of day."
                .to_owned(),
        });
    }
    Ok(())
}

fn bad(cell: &str, format: Option<DateFormat>) -> BadCell {
    let (pattern, example) = match format {
        None | Some(DateFormat::YearFirst) => ("YYYY-MM-DD", "2024-01-31"),
        Some(DateFormat::MonthFirst) => ("MM/DD/YYYY", "01/31/2024"),
        Some(DateFormat::DayFirst) => ("DD/MM/YYYY", "31/01/2024"),
    };
    bad_date(cell, pattern, example)
}

/// The days of a column.
///
/// # Errors
///
/// A cell is no day, or not written as those above it; its order of day and month cannot be told.
pub(super) fn days(text: &TextTable, column: usize, asked: Asked) -> Result<Days> {
    let refuse = |row: usize, bad: BadCell| text.refuse(row, column, bad.problem, bad.remedy);
    let mut form = None;
    for (row, cell) in text.cells(column).enumerate() {
        let shown_as = match form {
            Some((Form::YearLast, _)) => asked.order.or(Some(DateFormat::MonthFirst)),
            _ => asked.order,
        };
        let written = Written::of(cell).ok_or_else(|| refuse(row, bad(cell, shown_as)))?;
        check(cell, written, asked).map_err(|bad| refuse(row, bad))?;
        match form {
            Some((known, _)) if known == written.form => {}
            None => form = Some((written.form, row)),
            Some((_, first)) => {
                let other = text.cells(column).nth(first).unwrap_or_default();
                return Err(refuse(
                    row,
                    BadCell {
                        problem: format!(
                            "`{}` is not written as `{}` ({}) is",
                            shown(cell),
                            shown(other),
                            text.row(first)
                        ),
                        remedy: "Write all dates in one way, best as YYYY-MM-DD.".to_owned(),
                    },
                ));
            }
        }
    }
    let Some((form, _)) = form else {
        return Ok(Days {
            days: Vec::new(),
            rules: Vec::new(),
        });
    };
    let mut rules = Vec::new();
    let order = match (form, asked.order) {
        (Form::YearLast, None) => {
            let order = find(text, column, asked)?;
            rules.push(rule(text, column, order, asked));
            Some(order)
        }
        (_, order) => order,
    };
    let mut days = Vec::with_capacity(text.lines.len());
    for (row, cell) in text.cells(column).enumerate() {
        let day = Written::of(cell).and_then(|written| written.day(order));
        days.push(day.ok_or_else(|| refuse(row, bad(cell, order)))?);
    }
    rules.extend(form_rule(text, column, form, &days));
    let timed = |cell: &&str| Written::of(cell).is_some_and(|written| written.time.is_some());
    if !asked.has_times
        && let Some((row, cell)) = text.cells(column).enumerate().find(|(_, cell)| timed(cell))
    {
        rules.push(format!(
            "{}: times of day are midnight on their own clock and left out: `{}` in {} is {}",
            text.file.file,
            shown(cell),
            text.row(row),
            days[row]
        ));
    }
    Ok(Days { days, rules })
}

/// How dates that are not in the form of ISO were read, where they have no order to tell.
fn form_rule(text: &TextTable, column: usize, form: Form, days: &[Date]) -> Option<String> {
    let (cell, day) = (text.cells(column).next()?, days.first()?);
    let file = &text.file.file;
    let (cell, row) = (shown(cell), text.row(0));
    match form {
        Form::YearFirst | Form::YearLast => None,
        Form::Compact => Some(format!(
            "{file}: dates are year, month and day: `{cell}` in {row} is {day}"
        )),
        Form::Worded => Some(format!(
            "{file}: dates name their month: `{cell}` in {row} is {day}"
        )),
        Form::Quarter | Form::Month | Form::CompactMonth | Form::DecimalMonth | Form::Year => {
            let period = form.period()?;
            Some(format!(
                "{file}: each date is a {period} and stands as its last day: `{cell}` in {row} is {day}; windows count {period}s"
            ))
        }
    }
}

/// Finds out the order of a column of dates that end in the year: the one in which every cell is a date,
/// and among two the one in which the dates run one way.
fn find(text: &TextTable, column: usize, asked: Asked) -> Result<DateFormat> {
    let day =
        |cell, format| Written::of(cell).and_then(|written: Written| written.day(Some(format)));
    let days = |format| -> std::result::Result<Vec<i32>, usize> {
        let dates = text.cells(column).enumerate();
        dates
            .map(|(row, cell)| day(cell, format).map(to_days).ok_or(row))
            .collect()
    };
    let runs = |days: &[i32]| {
        let rises = days.windows(2).all(|pair| pair[0] <= pair[1]);
        rises || days.windows(2).all(|pair| pair[0] >= pair[1])
    };
    let (by_month, by_day) = match (days(DateFormat::MonthFirst), days(DateFormat::DayFirst)) {
        (Err(month), Err(day)) => {
            let row = month.max(day);
            let cell = text.cells(column).nth(row).unwrap_or_default();
            let (first, [one, other]) = match month > day {
                true => (day, ["month", "day"]),
                false => (month, ["day", "month"]),
            };
            let because = text.cells(column).nth(first).unwrap_or_default();
            return Err(match first == row {
                true => {
                    let bad = bad_date(cell, "MM/DD/YYYY or DD/MM/YYYY", "01/31/2024");
                    text.refuse(row, column, bad.problem, bad.remedy)
                }
                false => text.refuse(
                    row,
                    column,
                    format!(
                        "`{}` is no date with the {one} first, and `{}` ({}) none with the {other} first",
                        shown(cell),
                        shown(because),
                        text.row(first)
                    ),
                    "Write all dates in one way, best as YYYY-MM-DD.",
                ),
            });
        }
        (Ok(_), Err(_)) => return Ok(DateFormat::MonthFirst),
        (Err(_), Ok(_)) => return Ok(DateFormat::DayFirst),
        (Ok(by_month), Ok(by_day)) => (by_month, by_day),
    };
    if by_month == by_day {
        return Ok(DateFormat::MonthFirst);
    }
    match (runs(&by_month), runs(&by_day)) {
        (true, false) => Ok(DateFormat::MonthFirst),
        (false, true) => Ok(DateFormat::DayFirst),
        _ => {
            let row = (0..by_month.len()).find(|&row| by_month[row] != by_day[row]);
            let row = row.unwrap_or_default();
            let cell = text.cells(column).nth(row).unwrap_or_default();
            let as_date =
                |format| day(cell, format).map_or_else(String::new, |date| date.to_string());
            Err(Error::input(
                text.place(row, column),
                format!(
                    "`{}` is {} with the month first and {} with the day first, and every date of the column can be read both ways",
                    shown(cell),
                    as_date(DateFormat::MonthFirst),
                    as_date(DateFormat::DayFirst)
                ),
                asked.remedy(),
            ))
        }
    }
}

/// That an order was found out, and from what.
fn rule(text: &TextTable, column: usize, format: DateFormat, asked: Asked) -> String {
    let separator = |cell: &str| cell.chars().find(|c| !c.is_ascii_digit()).unwrap_or('/');
    let past_twelve = |(_, cell): &(usize, &str)| {
        Written::of(cell).is_some_and(|written| written.is_past_twelve())
    };
    let first = text.cells(column).next().unwrap_or_default();
    let mark = separator(first);
    let order = match format {
        DateFormat::MonthFirst => format!("month{mark}day{mark}year"),
        _ => format!("day{mark}month{mark}year"),
    };
    let why = match text.cells(column).enumerate().find(past_twelve) {
        Some((row, cell)) => format!("`{}` in {} can be nothing else", shown(cell), text.row(row)),
        None => "only so they run one way".to_owned(),
    };
    format!(
        "{}: dates are {order}: {why}{}",
        text.file.file,
        asked.states_it()
    )
}
