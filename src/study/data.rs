//! `[data]`, `[calendar]` and `[sample]`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::events::default_date_column;
use super::keys::{Holds, keyed};
use super::parse;
use crate::load::{DateFormat, Decimal, Delimiter, Layout, Missing, Reading, SideFile, SideRows};

keyed! {
/// `[data]`: files and series.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// CSV, Parquet or Arrow files (`-`: standard input), or patterns such as `yields_*.csv`; together one panel.
    #[takes("a list of file names")]
    pub files: Vec<String>,
    /// Series asked for, by their source's names; empty: every series found.
    #[takes("a list of series names")]
    #[serde(default)]
    pub series: Vec<String>,
    /// Column of dates; default: the first one that holds dates.
    #[takes("a column name")]
    pub date_column: Option<String>,
    /// Order of day, month and year in dates that are text; default: what the file leaves no doubt about.
    #[takes("\"year-first\", \"month-first\" or \"day-first\"")]
    pub date_format: Option<DateFormat>,
    /// Numbers and words that stand for a missing value, such as -99.99; an empty field, NA, N/A, NaN, null,
    /// ND, `.` and `-` always do.
    #[takes("a list of numbers and words such as [-99.99, \"n.v.\"]")]
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// A column a series, or a row a date and series; default: long where dates repeat and a column of names
    /// tells the rows of a date apart.
    #[takes("\"wide\" or \"long\"")]
    pub layout: Option<Layout>,
    /// Of a long table the column that names the series; default: found.
    #[takes("a column name")]
    pub series_column: Option<String>,
    /// Of a long table the column of values; default: every column of numbers.
    #[takes("a column name")]
    pub value_column: Option<String>,
    /// What separates the fields of text files; default: found.
    #[takes("\",\", \";\", \"\\t\", \"tab\" or \"|\"")]
    pub delimiter: Option<Delimiter>,
    /// The decimal sign of text files; default: found.
    #[takes("\".\" or \",\"")]
    pub decimal: Option<Decimal>,
    /// Fixed-point step in the data's unit; default: found from the decimals.
    #[takes("a positive number")]
    pub quantum: Option<f64>,
    /// Unit of the data. `percent` is reported in basis points (`bp`).
    #[takes("text")]
    pub unit: Option<String>,
    /// What a daily change is; default: level-change.
    #[takes("\"level-change\", \"log-change\", \"percent-change\" or \"none\"")]
    #[serde(default)]
    pub transform: Transform,
    /// How changes that the files hold add up over dates that are no rows; default: additive.
    #[takes("\"additive\" or \"simple\"")]
    pub changes: Option<Changes>,
}
}

impl DataSpec {
    /// What the files are read by.
    pub fn reading(&self) -> Reading {
        Reading {
            files: self.files.clone(),
            series: self.series.clone(),
            date_column: self.date_column.clone(),
            date_format: self.date_format,
            missing: self.missing.clone(),
            layout: self.layout,
            series_column: self.series_column.clone(),
            value_column: self.value_column.clone(),
            delimiter: self.delimiter,
            decimal: self.decimal,
        }
    }
}

/// How changes of neighbouring dates make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changes {
    /// They add: log changes, differences of levels.
    #[default]
    Additive,
    /// They compound: returns on the value before, as fractions of one, or in the data's unit where
    /// that is `percent` or `bp`.
    Simple,
}

/// What a daily change is, from one row of the calendar to the next; [`Measure`](super::Measure) says what a window
/// makes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// `y(t) - y(t-1)`.
    #[default]
    LevelChange,
    /// `ln y(t) - ln y(t-1)`.
    LogChange,
    /// `100 (y(t) / y(t-1) - 1)`.
    PercentChange,
    /// The series holds changes already.
    None,
}

impl Transform {
    /// The name in the study file.
    pub fn name(self) -> &'static str {
        match self {
            Transform::LevelChange => "level-change",
            Transform::LogChange => "log-change",
            Transform::PercentChange => "percent-change",
            Transform::None => "none",
        }
    }
}

keyed! {
/// `[calendar]`: which dates are rows.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// Which dates are rows: those on which any asked series has a value, or every Monday to Friday;
    /// default: observed.
    #[takes("\"observed\" or \"weekdays\"")]
    #[serde(default)]
    pub kind: CalendarKind,
    /// What a missing value inside the sample means, on the observed calendar; default: error.
    #[takes("\"error\", \"carry-forward\" or \"drop\"")]
    #[serde(default)]
    pub gap: Gap,
    /// A market whose open days the data's dates are compared with, which is said and changes nothing: XNYS, SIFMA_US,
    /// XLON or TARGET, or a file of the weekdays on which it is closed.
    #[takes("a name such as \"XNYS\", or { file = \"holidays.csv\" }", Holds::Table(ClosedSpec::keys()))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<MarketSpec>,
}
}

/// A market's calendar.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "expected a calendar's name such as \"XNYS\", or { file = \"holidays.csv\" }"
)]
pub enum MarketSpec {
    /// One that is known, by its name.
    Name(String),
    /// Closed days in a file.
    File(ClosedSpec),
}

keyed! {
/// A file of the weekdays on which a market is closed.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedSpec {
    /// File with a row a day on which the market is closed.
    #[takes("a file name")]
    pub file: String,
    /// Column of dates in that file; default: date.
    #[takes("a column name")]
    #[serde(default = "default_date_column")]
    pub date: String,
}
}

impl MarketSpec {
    /// The file of closed days, if that is what it is.
    pub(crate) fn side(&self) -> Option<SideFile> {
        match self {
            MarketSpec::Name(_) => None,
            MarketSpec::File(spec) => Some(SideFile {
                key: "calendar.check",
                rows: SideRows::Dates,
                file: spec.file.clone(),
                date: spec.date.clone(),
                column: None,
                filter: BTreeMap::new(),
            }),
        }
    }
}

impl CalendarSpec {
    /// Whether a row without a value takes the last one.
    pub(crate) fn carries(&self) -> bool {
        self.kind == CalendarKind::Weekdays || self.gap == Gap::CarryForward
    }
}

/// Which dates are rows of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarKind {
    /// A date is a row when any asked series has a value on it.
    #[default]
    Observed,
    /// Every Monday to Friday; values are carried forward over holidays.
    Weekdays,
}

/// What a row without a value of some asked series means, on the observed calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// Refuse the data.
    #[default]
    Error,
    /// Carry the last value forward.
    CarryForward,
    /// Leave the date out for every series.
    Drop,
}

keyed! {
/// `[sample]`: the span of calendar rows that is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SampleSpec {
    /// First date, inclusive; default: the data's first row, for the overlap regression the first on which
    /// every series has a change.
    #[takes("a date such as 2023-01-31")]
    #[serde(default, deserialize_with = "parse::date")]
    pub from: Option<Date>,
    /// Last date, inclusive; default: the data's last row.
    #[takes("a date such as 2024-12-31")]
    #[serde(default, deserialize_with = "parse::date")]
    pub to: Option<Date>,
    /// Rows kept before the first and after the last event; excludes `from` and `to`.
    #[takes("a whole number, not negative")]
    pub around_events: Option<u32>,
}
}
