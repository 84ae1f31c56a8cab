//! `[events]`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::keys::keyed;
use super::parse;
use crate::load::{DateFormat, EventList, FilterValue};

/// Where events are from whose dates stand in the study.
const INLINE: &str = "[events] dates";

keyed! {
/// `[events]`: the event file and how its dates meet the calendar.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventsSpec {
    /// CSV, Parquet or Arrow file (`-`: standard input), one row an event.
    #[takes("a file name")]
    #[serde(default)]
    pub file: String,
    /// The dates of the events themselves, in place of a file.
    #[takes("a list of dates such as [2025-01-27]")]
    #[serde(default, deserialize_with = "parse::dates")]
    pub dates: Vec<Date>,
    /// Column of dates; default: date.
    #[takes("a column name")]
    #[serde(default = "default_date_column")]
    pub date: String,
    /// Order of day, month and year in the dates; default: what the file leaves no doubt about.
    #[takes("\"year-first\", \"month-first\" or \"day-first\"")]
    pub date_format: Option<DateFormat>,
    /// Column of the events' times (`16:05`, `4:05 pm`, with a zone or without), or of words: `bmo` (before market open),
    /// `dmh` (during market hours) and `amc` (after market close); it may be the column of dates. Events at or after the
    /// cut-off count on the next row, those without a time on their date.
    #[takes("a column name")]
    pub time: Option<String>,
    /// Time of day, on the market's clock, from which on events count on the next row; needed where there are clock times.
    #[takes("a time such as \"16:00\"")]
    pub cut_off: Option<String>,
    /// The market's zone, where times have one or `time_zone` names theirs.
    #[takes("a zone such as \"America/New_York\"")]
    pub zone: Option<String>,
    /// Zone of times that name none; default: the market's.
    #[takes("a zone such as \"UTC\"")]
    pub time_zone: Option<String>,
    /// Column that names each event's group; absent: one group, `all`.
    #[takes("a column name")]
    pub group: Option<String>,
    /// Groups in the order that differences take (`A - B`); default: as they first appear.
    #[takes("a list of group names")]
    #[serde(default)]
    pub groups: Vec<String>,
    /// Rows kept: column = value, or column = a list of values.
    #[takes("column = value, or column = [values]")]
    #[serde(default)]
    pub filter: BTreeMap<String, FilterValue>,
    /// An event on a date that is no calendar row goes to the row before or after, or is refused; default:
    /// forward, as news of a Saturday meets Monday's market.
    #[takes("\"back\", \"forward\" or \"error\"")]
    #[serde(default = "default_off_calendar")]
    pub off_calendar: OffCalendar,
    /// Two events of one group on one row are one event, or two; default: unique.
    #[takes("\"unique\" or \"count\"")]
    #[serde(default)]
    pub same_day: SameDay,
    /// An event without a full window in the sample is left out, or refused; default: error.
    #[takes("\"drop\" or \"error\"")]
    #[serde(default)]
    pub incomplete: Incomplete,
    /// Calendar rows by which every event is moved (1: after-close news); default: 0.
    #[takes("a whole number")]
    #[serde(default)]
    pub shift: i32,
    beside {
        /// Whether the column of dates was found rather than named: others like it are then said.
        #[serde(skip)]
        pub date_is_found: bool,
    }
}
}

impl EventsSpec {
    /// One group from the column `date` of a file, by the rules that refuse the least: events off
    /// the calendar count on the row before, those without a full window are left out.
    pub fn lenient(file: String, date: String) -> Self {
        EventsSpec {
            off_calendar: OffCalendar::Back,
            incomplete: Incomplete::Drop,
            ..Self::of(file, date)
        }
    }

    /// One group on some dates, by the same rules.
    pub fn on(dates: Vec<Date>) -> Self {
        Self::lenient(String::new(), default_date_column()).dates(dates)
    }

    /// Where the events are from, for messages: the file, or the key that holds their dates.
    pub fn place(&self) -> &str {
        match self.dates.is_empty() {
            true => &self.file,
            false => INLINE,
        }
    }

    /// One group from the column `date` of a file, all else by default.
    pub fn of(file: String, date: String) -> Self {
        EventsSpec {
            file,
            dates: Vec::new(),
            date,
            date_format: None,
            date_is_found: false,
            time: None,
            cut_off: None,
            zone: None,
            time_zone: None,
            group: None,
            groups: Vec::new(),
            filter: BTreeMap::new(),
            off_calendar: default_off_calendar(),
            same_day: SameDay::default(),
            incomplete: Incomplete::default(),
            shift: 0,
        }
    }

    /// What the file is read by.
    pub fn list(&self) -> EventList {
        EventList {
            file: self.place().to_owned(),
            dates: self.dates.clone(),
            date: self.date.clone(),
            date_is_found: self.date_is_found,
            date_format: self.date_format,
            time: self.time.clone(),
            cut_off: self.cut_off.clone(),
            zone: self.zone.clone(),
            time_zone: self.time_zone.clone(),
            group: self.group.clone(),
            groups: self.groups.clone(),
            filter: self.filter.clone(),
        }
    }
}

pub(super) fn default_date_column() -> String {
    "date".into()
}

fn default_off_calendar() -> OffCalendar {
    OffCalendar::Forward
}

/// Where an event on a date that is no calendar row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OffCalendar {
    /// To the row before.
    Back,
    /// To the row after.
    Forward,
    /// Refused.
    #[default]
    Error,
}

/// What two events of one group on one calendar row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SameDay {
    /// One event.
    #[default]
    Unique,
    /// Two events.
    Count,
}

/// What happens to an event without a full window in the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incomplete {
    /// It is left out, and the output lists it.
    Drop,
    /// Refused.
    #[default]
    Error,
}
