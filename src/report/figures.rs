//! What a page draws beside its rows.

use crate::picture::{Calendar, EffectP, MeanPath};

/// The numbers of figures that no result row has; series, groups and null designs by the names of rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Paths over the days of a window, those of a series next to each other.
    pub paths: Vec<MeanPath>,
    /// The days that null designs draw from.
    pub calendars: Vec<Calendar>,
    /// p-value functions.
    pub effects: Vec<EffectP>,
    /// Why something is not drawn.
    pub notes: Vec<String>,
}

impl Figures {
    /// Of a report that is read back, of which only the rows are known.
    pub fn of_rows() -> Self {
        Figures {
            notes: vec![
                "paths, p-value functions and calendars are drawn by the command that made the results; this page was made from their file"
                    .to_owned(),
            ],
            ..Figures::default()
        }
    }
}
