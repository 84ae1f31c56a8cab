//! Dates by series.

use jiff::civil::Date;

use super::FileHash;

/// Dates by series, ascending; what the calendar is built from.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Strictly ascending; every date that any file has, also those without a value.
    pub dates: Vec<Date>,
    /// The asked series, in the asked order.
    pub series: Vec<Series>,
    /// The files read, in the study's order.
    pub files: Vec<FileHash>,
    /// Rules that fired while reading, as sentences for the report.
    pub rules: Vec<String>,
}

/// One series of a [`Panel`].
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The source's own name, such as `10 Yr` or `DFII10`.
    pub name: String,
    /// One entry a date of the panel; finite.
    pub values: Vec<Option<f64>>,
}
