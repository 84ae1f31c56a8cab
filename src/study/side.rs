//! Files of dates beside the events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FilterValue;

/// What a date of a file beside the events is that is no calendar row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OffRows {
    /// Refused: where a date names one row, a date that names none is a mistake.
    Error,
    /// The row before.
    Back,
    /// The row after.
    Forward,
    /// Left out, and counted.
    Drop,
}

impl OffRows {
    /// Of files whose dates name rows.
    pub(super) fn error() -> Self {
        OffRows::Error
    }

    /// Of files that give each day a value.
    pub(super) fn drop() -> Self {
        OffRows::Drop
    }

    /// The name in the study file.
    pub fn name(self) -> &'static str {
        match self {
            OffRows::Error => "error",
            OffRows::Back => "back",
            OffRows::Forward => "forward",
            OffRows::Drop => "drop",
        }
    }
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

/// A file of dates beside the events, as a key of a test names it.
#[derive(Debug, Clone, PartialEq)]
pub struct SideSpec {
    /// The key of the test, such as `blackout`.
    pub key: &'static str,
    /// What its rows are about.
    pub rows: SideRows,
    /// CSV file.
    pub file: String,
    /// Column of ISO dates.
    pub date: String,
    /// Column whose value each row takes.
    pub column: Option<String>,
    /// Rows kept.
    pub filter: BTreeMap<String, FilterValue>,
    /// A date that is no calendar row.
    pub off_calendar: OffRows,
    /// Calendar rows by which every date is moved.
    pub shift: i32,
}
