//! Event dates and their groups.

use jiff::civil::Date;

use super::FileHash;

/// The event rows that the filter kept, in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    /// The rows.
    pub rows: Vec<Event>,
    /// The file read.
    pub file: FileHash,
    /// Rules that fired while reading (rows left out by a filter), for the report.
    pub rules: Vec<String>,
}

/// One event as its file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The date as announced; may be no trading day.
    pub date: Date,
    /// The group column's value; `all` when the study names no group column.
    pub group: String,
    /// Line in the file, for error messages.
    pub line: u64,
}
