//! What a page draws beside its rows.

use crate::inference::Bars;
use crate::picture::{Calendar, EffectP, MeanPath};
use crate::question::Key;

/// The numbers of figures that no result row has; series, groups and null designs by the names of rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Null distributions, by the key of their row.
    pub laws: Vec<(Key, Bars)>,
    /// Paths over the days of a window, those of a series next to each other.
    pub paths: Vec<MeanPath>,
    /// The days that null designs draw from.
    pub calendars: Vec<Calendar>,
    /// p-value functions.
    pub effects: Vec<EffectP>,
    /// Why something is not drawn.
    pub notes: Vec<String>,
}
