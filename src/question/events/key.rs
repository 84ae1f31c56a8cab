//! What the rows of an event study are called.

use super::words::EventWords;
use crate::plan::Convention;
use crate::question::{Key, Label};
use crate::study::Measure;

/// Columns of the keys of event studies; [`EventKey`] says what stands in each.
pub const SERIES: &str = "series";
/// See [`EventKey::group`].
pub const GROUP: &str = "group";
/// See [`EventKey::statistic`].
pub const STATISTIC: &str = "statistic";
/// See [`EventKey::null`].
pub const NULL: &str = "null";
/// See [`EventKey::measure`].
pub const MEASURE: &str = "measure";
/// See [`EventKey::convention`].
pub const CONVENTION: &str = "convention";
/// See [`EventKey::window`].
pub const WINDOW: &str = "window";
/// See [`EventKey::relative_day`].
pub const RELATIVE_DAY: &str = "relative_day";

/// What a row of a test is called among its others, and the unit of its values.
pub(super) struct RowName {
    pub series: String,
    pub group: String,
    pub statistic: String,
    pub relative_day: i32,
    pub unit: String,
}

impl EventWords {
    /// The label of a row of the test.
    pub(super) fn label(&self, name: RowName, convention: Convention) -> Label {
        let place = self.statistics.iter().position(|of| *of == name.statistic);
        let measure = self.measure_of(&name.statistic);
        Label {
            place: place.unwrap_or(self.statistics.len()),
            unit: name.unit,
            key: EventKey {
                series: &name.series,
                group: &name.group,
                statistic: &name.statistic,
                null: &self.null,
                measure,
                convention: convention.name(),
                window: self.window,
                relative_day: name.relative_day,
            }
            .into(),
        }
    }
}

/// The key of a row of an event study, by column.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventKey<'a> {
    /// The series, as its source names it.
    pub series: &'a str,
    /// A group's name, `all` for the pooled groups, or `A - B` for their difference.
    pub group: &'a str,
    /// The statistic's name, with what tells it from others of that name.
    pub statistic: &'a str,
    /// The null design with its parameters, such as `uniform(full-window)`.
    pub null: &'a str,
    /// What the window measures.
    pub measure: Measure,
    /// Which p-value `p` is, such as `equal-tailed`; in results also whether it is the raw share.
    pub convention: &'a str,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// The relative day of the row.
    pub relative_day: i32,
}

impl From<EventKey<'_>> for Key {
    fn from(key: EventKey<'_>) -> Self {
        Key::new([
            (SERIES, key.series.into()),
            (GROUP, key.group.into()),
            (STATISTIC, key.statistic.into()),
            (NULL, key.null.into()),
            (MEASURE, key.measure.name().into()),
            (CONVENTION, key.convention.into()),
            (WINDOW, key.window.into()),
            (RELATIVE_DAY, key.relative_day.into()),
        ])
    }
}

impl Key {
    /// The series.
    pub fn series(&self) -> &str {
        self.text(SERIES)
    }

    /// The group.
    pub fn group(&self) -> &str {
        self.text(GROUP)
    }

    /// The statistic's name.
    pub fn statistic(&self) -> &str {
        self.text(STATISTIC)
    }

    /// The relative day.
    pub fn relative_day(&self) -> i32 {
        self.whole(RELATIVE_DAY)
    }
}
