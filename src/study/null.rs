//! Null designs and their keys.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::events::default_date_column;
use super::keys::keyed;
use super::{EventsSpec, OffRows, SideSpec};
use crate::load::{FilterValue, SideFile, SideRows};

pub use crate::null::Null;

/// What the null design `labels` does with events of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelDays {
    /// Each has a label of its own.
    Apart,
    /// They keep one label.
    Together,
}

/// What each label keeps as many of as observed where `labels` deals them to events that keep together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Clusters; of clusters of unequal size, the numbers of events then vary from draw to draw.
    Clusters,
    /// Units: events.
    Units,
}

/// What the null design `circular-shift` over all dates does with windows at the sample's ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edge {
    /// A window that leaves the sample continues at its other end.
    Wrap,
    /// Windows are cut at the sample's ends.
    Cut,
}

/// Pools of eligible dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pool {
    /// Sample dates whose whole window lies in the sample.
    #[default]
    FullWindow,
    /// Every sample date; windows are cut at the sample's ends.
    All,
    /// The dates of a file, as far as their whole window lies in the sample.
    List,
}

keyed! {
/// `dates` of a `[[test]]`: a file of dates to draw from.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatesSpec {
    /// CSV file, one row a date.
    #[takes("a file name")]
    pub file: String,
    /// Column of ISO dates; default: date.
    #[takes("a column name")]
    #[serde(default = "default_date_column")]
    pub date: String,
    /// Rows kept: column = value, or column = a list of values.
    #[takes("column = value, or column = [values]")]
    #[serde(default)]
    pub filter: BTreeMap<String, FilterValue>,
    /// A date that is no calendar row is refused, goes to the row before or after, or is left out; default:
    /// error.
    #[takes("\"error\", \"back\", \"forward\" or \"drop\"")]
    #[serde(default = "OffRows::error")]
    pub off_calendar: OffRows,
    /// Calendar rows by which every date is moved; events have their own; default: 0.
    #[takes("a whole number")]
    #[serde(default)]
    pub shift: i32,
}
}

impl DatesSpec {
    /// The file and what its rows are.
    pub fn side(&self) -> SideSpec {
        SideSpec {
            file: SideFile {
                key: "dates",
                rows: SideRows::Dates,
                file: self.file.clone(),
                date: self.date.clone(),
                column: None,
                filter: self.filter.clone(),
            },
            off_calendar: self.off_calendar,
            shift: self.shift,
        }
    }
}

impl fmt::Display for DatesSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.date != default_date_column() {
            write!(f, ", {}", self.date)?;
        }
        for (column, value) in &self.filter {
            write!(f, ", {column} = {value}")?;
        }
        if self.off_calendar != OffRows::Error {
            write!(f, ", {}", self.off_calendar.name())?;
        }
        if self.shift != 0 {
            write!(f, ", shift {}", self.shift)?;
        }
        Ok(())
    }
}

/// `within` or `cluster` of a `[[test]]`: how dates or events are parted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "expected \"day\", \"weekday\", \"month\", \"quarter\", \"year\", or { column = \"NAME\" }"
)]
pub enum Parts {
    /// By the calendar.
    Calendar(CalendarUnit),
    /// By the values of a column.
    Column(ColumnSpec),
}

/// Parts of the calendar; those of different years are different, but weekdays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarUnit {
    /// Each date.
    Day,
    /// Mondays, Tuesdays, and so on.
    Weekday,
    /// Each month of each year.
    Month,
    /// Each quarter of each year.
    Quarter,
    /// Each year.
    Year,
}

keyed! {
/// A column that parts dates or events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSpec {
    /// The column that parts dates or events.
    #[takes("a column name")]
    pub column: String,
    /// CSV file with a row a date; absent: the events' own file.
    #[takes("a file name")]
    pub file: Option<String>,
    /// Column of ISO dates in that file; default: date.
    #[takes("a column name")]
    #[serde(default = "default_date_column")]
    pub date: String,
    /// A date of that file that is no calendar row; default: drop, as a file of every calendar day has many.
    #[takes("\"error\", \"back\", \"forward\" or \"drop\"")]
    #[serde(default = "OffRows::drop")]
    pub off_calendar: OffRows,
}
}

impl Parts {
    /// The file that holds the column, and what its rows are: those of `events`, or dates. `key` is
    /// that of the test.
    pub fn side(&self, key: &'static str, events: &EventsSpec) -> Option<SideSpec> {
        let Parts::Column(spec) = self else {
            return None;
        };
        let column = Some(spec.column.clone());
        Some(match &spec.file {
            Some(file) => SideSpec {
                file: SideFile {
                    key,
                    rows: SideRows::Labels,
                    file: file.clone(),
                    date: spec.date.clone(),
                    column,
                    filter: BTreeMap::new(),
                },
                off_calendar: spec.off_calendar,
                shift: 0,
            },
            None => SideSpec {
                file: SideFile {
                    key,
                    rows: SideRows::Events,
                    file: events.file.clone(),
                    date: events.date.clone(),
                    column,
                    filter: events.filter.clone(),
                },
                off_calendar: OffRows::Drop,
                shift: 0,
            },
        })
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parts::Calendar(unit) => f.write_str(match unit {
                CalendarUnit::Day => "day",
                CalendarUnit::Weekday => "weekday",
                CalendarUnit::Month => "month",
                CalendarUnit::Quarter => "quarter",
                CalendarUnit::Year => "year",
            }),
            Parts::Column(spec) => {
                write!(f, "{}", spec.column)?;
                if let Some(file) = &spec.file {
                    write!(f, " of {file}")?;
                    if spec.date != default_date_column() {
                        write!(f, ", {}", spec.date)?;
                    }
                    if spec.off_calendar != OffRows::Drop {
                        write!(f, ", {}", spec.off_calendar.name())?;
                    }
                }
                Ok(())
            }
        }
    }
}

/// What `gap-shuffle` does with the gaps before the first and after the last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// They stay.
    Fixed,
    /// The whole pattern moves to any place where it fits.
    Free,
}

/// `block` of a `[[test]]`: how many neighbouring rows are resampled, or signed, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "expected a whole number of at least 1 or \"auto\""
)]
pub enum Block {
    /// So many.
    Rows(u32),
    /// As many as the data's autocorrelations ask for.
    Named(BlockName),
}

/// The names that a block goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockName {
    /// Politis and White (2004), with the correction of 2009.
    Auto,
}

/// `effect` of a `[[test]]`: what becomes of the effect in the events' own windows before the changes are
/// resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnEffect {
    /// It stays among the changes.
    Kept,
    /// The overlap regression takes it out.
    Removed,
}

keyed! {
/// `blackout` of a `[[test]]`: dates of a file that no draw may take.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BlackoutSpec {
    /// CSV file, one row a date.
    #[takes("a file name")]
    pub file: String,
    /// Column of ISO dates; default: date.
    #[takes("a column name")]
    #[serde(default = "default_date_column")]
    pub date: String,
    /// Rows kept: column = value, or column = a list of values.
    #[takes("column = value, or column = [values]")]
    #[serde(default)]
    pub filter: BTreeMap<String, FilterValue>,
    /// Rows on either side of each date that are not eligible either; default: 0.
    #[takes("a whole number, not negative")]
    #[serde(default)]
    pub margin: u32,
    /// A date that is no calendar row is refused, goes to the row before or after, or is left out; default:
    /// error.
    #[takes("\"error\", \"back\", \"forward\" or \"drop\"")]
    #[serde(default = "OffRows::error")]
    pub off_calendar: OffRows,
}
}

impl BlackoutSpec {
    /// The file and what its rows are.
    pub fn side(&self) -> SideSpec {
        SideSpec {
            file: SideFile {
                key: "blackout",
                rows: SideRows::Dates,
                file: self.file.clone(),
                date: self.date.clone(),
                column: None,
                filter: self.filter.clone(),
            },
            off_calendar: self.off_calendar,
            shift: 0,
        }
    }
}

impl fmt::Display for BlackoutSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.date != default_date_column() {
            write!(f, ", {}", self.date)?;
        }
        for (column, value) in &self.filter {
            write!(f, ", {column} = {value}")?;
        }
        if self.off_calendar != OffRows::Error {
            write!(f, ", {}", self.off_calendar.name())?;
        }
        if self.margin > 0 {
            write!(f, " +-{}", self.margin)?;
        }
        Ok(())
    }
}

keyed! {
/// `sets` of a `[[test]]`: the placebo sets of `list`, one row a date of a set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SetsSpec {
    /// CSV file, one row a date of a set.
    #[takes("a file name")]
    pub file: String,
    /// Column that names the set; default: set.
    #[takes("a column name")]
    #[serde(default = "default_set_column")]
    pub set: String,
    /// Column of ISO dates; default: date.
    #[takes("a column name")]
    #[serde(default = "default_date_column")]
    pub date: String,
    /// Column of the groups; absent: the events have one group.
    #[takes("a column name")]
    pub group: Option<String>,
    /// A date that is no calendar row is refused, or goes to the row before or after: it cannot be left out of
    /// its set; default: error.
    #[takes("\"error\", \"back\" or \"forward\"")]
    #[serde(default = "OffRows::error")]
    pub off_calendar: OffRows,
}
}

impl fmt::Display for SetsSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        let columns = [
            ("set", &self.set, default_set_column()),
            ("date", &self.date, default_date_column()),
        ];
        for (key, column, usual) in columns {
            if *column != usual {
                write!(f, ", {key} {column}")?;
            }
        }
        if let Some(group) = &self.group {
            write!(f, ", group {group}")?;
        }
        if self.off_calendar != OffRows::Error {
            write!(f, ", {}", self.off_calendar.name())?;
        }
        Ok(())
    }
}

impl SetsSpec {
    fn by(&self, column: Option<String>) -> SideSpec {
        SideSpec {
            file: SideFile {
                key: "sets",
                rows: SideRows::Sets,
                file: self.file.clone(),
                date: self.date.clone(),
                column,
                filter: BTreeMap::new(),
            },
            off_calendar: self.off_calendar,
            shift: 0,
        }
    }

    /// The file with the name of each row's set.
    pub fn as_sets(&self) -> SideSpec {
        self.by(Some(self.set.clone()))
    }

    /// The file with each row's group.
    pub fn as_groups(&self) -> SideSpec {
        self.by(self.group.clone())
    }
}

fn default_set_column() -> String {
    "set".into()
}
