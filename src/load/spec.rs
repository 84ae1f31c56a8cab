//! What is read from files: the keys that tables, lists of events and files beside them are read by.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Data files, and how they are read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// CSV, Parquet or Arrow files, or patterns such as `yields_*.csv`; together one panel.
    pub files: Vec<String>,
    /// Series asked for, by their source's names; empty: every series found.
    pub series: Vec<String>,
    /// Column of dates; default: the one that holds dates.
    pub date_column: Option<String>,
    /// Order of day, month and year in dates that are text; default: what the file leaves no doubt about.
    pub date_format: Option<DateFormat>,
    /// Numbers and words that stand for a missing value, such as -99.99.
    pub missing: Vec<Missing>,
    /// How series stand in the files; default: found.
    pub layout: Option<Layout>,
    /// Of a long table the column that names the series; default: found.
    pub series_column: Option<String>,
    /// Of a long table the column of values; default: every column of numbers.
    pub value_column: Option<String>,
    /// What separates the fields of a text table; default: found.
    pub delimiter: Option<Delimiter>,
    /// The decimal sign of a text table; default: found.
    pub decimal: Option<Decimal>,
}

/// How series stand in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// A row a date, a column a series.
    Wide,
    /// A row a date and series.
    Long,
}

/// What separates the fields of a text table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum Delimiter {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// `;`
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "\t", alias = "tab")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Bar,
}

impl Delimiter {
    pub(super) fn sign(self) -> char {
        match self {
            Delimiter::Comma => ',',
            Delimiter::Semicolon => ';',
            Delimiter::Tab => '\t',
            Delimiter::Bar => '|',
        }
    }
}

/// The decimal sign of a text table; the other of the two may part thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum Decimal {
    /// `.`
    #[serde(rename = ".")]
    Point,
    /// `,`
    #[serde(rename = ",")]
    Comma,
}

impl Decimal {
    pub(super) fn sign(self) -> char {
        match self {
            Decimal::Point => '.',
            Decimal::Comma => ',',
        }
    }
}

/// What stands for a missing value.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected a number or a word")]
pub enum Missing {
    /// A number, such as -99.99.
    Number(f64),
    /// A word, such as `n.v.`.
    Word(String),
}

impl Missing {
    /// The number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Missing::Number(number) => Some(*number),
            Missing::Word(_) => None,
        }
    }
}

/// The order of day, month and year in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateFormat {
    /// `2024-01-31`
    YearFirst,
    /// `01/31/2024`
    MonthFirst,
    /// `31/01/2024`
    DayFirst,
}

impl DateFormat {
    /// The name in the study file.
    pub fn name(self) -> &'static str {
        match self {
            DateFormat::YearFirst => "year-first",
            DateFormat::MonthFirst => "month-first",
            DateFormat::DayFirst => "day-first",
        }
    }
}

/// A file of events.
#[derive(Debug, Clone, PartialEq)]
pub struct EventList {
    /// CSV, Parquet or Arrow file, one row an event; or what stands for it in messages.
    pub file: String,
    /// The dates of the events, in place of the file.
    pub dates: Vec<Date>,
    /// Column of dates.
    pub date: String,
    /// Whether that column was found rather than named: others like it are then said.
    pub date_is_found: bool,
    /// Order of day, month and year in dates that are text; default: what the file leaves no doubt about.
    pub date_format: Option<DateFormat>,
    /// Column of the events' times, or of words such as `bmo` and `amc`; perhaps that of their dates.
    pub time: Option<String>,
    /// Time of day, on the market's clock, from which on events count on the next row.
    pub cut_off: Option<String>,
    /// The market's zone.
    pub zone: Option<String>,
    /// The zone of times that name none; the market's, if absent.
    pub time_zone: Option<String>,
    /// Column that names each event's group; absent: one group, `all`.
    pub group: Option<String>,
    /// The groups that there may be, each with an event; empty: any.
    pub groups: Vec<String>,
    /// Rows kept: column = value, or column = a list of values.
    pub filter: BTreeMap<String, FilterValue>,
}

/// What the rows of a file beside the events are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideRows {
    /// Dates alone.
    Dates,
    /// A value a date, and at most one a calendar row; dates without one may stand in the file.
    Labels,
    /// A value an event, in the events' own file.
    Events,
    /// Dates of sets, each named by the value.
    Sets,
}

/// A file of dates beside the events.
#[derive(Debug, Clone, PartialEq)]
pub struct SideFile {
    /// The key that names it, such as `blackout`.
    pub key: &'static str,
    /// What its rows are about.
    pub rows: SideRows,
    /// CSV, Parquet or Arrow file.
    pub file: String,
    /// Column of dates.
    pub date: String,
    /// Column whose value each row takes.
    pub column: Option<String>,
    /// Rows kept.
    pub filter: BTreeMap<String, FilterValue>,
}

/// A value, or list of values, that a filtered column may take: numbers are compared as numbers, so that 1 is `1` and
/// `1.0`, truths as truths, whatever their letters' case, and text as text.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "expected text, a number, true or false, or a list of them"
)]
pub enum FilterValue {
    /// True or false.
    Truth(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// Any of these.
    Any(Vec<FilterValue>),
}

impl FilterValue {
    /// Whether a cell's text is this value, or one of these.
    pub fn accepts(&self, cell: &str) -> bool {
        match self {
            FilterValue::Truth(truth) => cell.eq_ignore_ascii_case(&truth.to_string()),
            // Whole numbers above 2^53 are told apart.
            FilterValue::Integer(number) => match cell.parse::<i64>() {
                Ok(cell) => cell == *number,
                Err(_) => cell.parse() == Ok(*number as f64),
            },
            FilterValue::Number(number) => cell.parse() == Ok(*number),
            FilterValue::Text(text) => cell == text,
            FilterValue::Any(values) => values.iter().any(|value| value.accepts(cell)),
        }
    }
}

impl fmt::Display for FilterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FilterValue::Truth(truth) => write!(f, "{truth}"),
            FilterValue::Integer(number) => write!(f, "{number}"),
            FilterValue::Number(number) => write!(f, "{number}"),
            FilterValue::Text(text) => write!(f, "{text}"),
            FilterValue::Any(values) => {
                let values: Vec<String> = values.iter().map(FilterValue::to_string).collect();
                write!(f, "[{}]", values.join(", "))
            }
        }
    }
}
