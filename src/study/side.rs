//! Files of dates beside the events.

use serde::{Deserialize, Serialize};

use crate::load::SideFile;

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

/// A file of dates beside the events, as a key of a test names it.
#[derive(Debug, Clone, PartialEq)]
pub struct SideSpec {
    /// What it is read by.
    pub file: SideFile,
    /// A date that is no calendar row.
    pub off_calendar: OffRows,
    /// Calendar rows by which every date is moved.
    pub shift: i32,
}
