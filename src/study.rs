//! The study file: the question in the user's words.

mod check;
mod grid;
mod measure;
mod null;
mod open;
mod parse;
mod side;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::load::{EventList, Reading, Source};
use crate::null::Key;
use crate::statistic::{Keys, statistics, with_keys};

pub use crate::load::{DateFormat, FilterValue};
pub use crate::plan::{Convention, Standardise};
pub use crate::statistic::StatisticName;
pub use grid::{ControlsSpec, GridSpec};
pub use measure::Measure;
pub use null::{
    BlackoutSpec, CalendarUnit, ColumnSpec, DatesSpec, Edge, Ends, Keep, LabelDays, Null, Parts,
    Pool, SetsSpec,
};
pub use side::{OffRows, SideSpec};

/// A study: data, calendar, events and the tests to run on them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Short name, used as the key in result rows; the file's stem when absent.
    #[serde(default)]
    pub name: String,
    /// One line saying what is asked.
    pub title: Option<String>,
    /// The publication that the study reproduces.
    pub citation: Option<String>,
    /// `[data]`
    pub data: DataSpec,
    /// `[calendar]`
    #[serde(default)]
    pub calendar: CalendarSpec,
    /// `[sample]`
    #[serde(default)]
    pub sample: SampleSpec,
    /// `[events]`
    pub events: EventsSpec,
    /// `[[test]]`
    #[serde(rename = "test", default)]
    pub tests: Vec<TestSpec>,
    /// `[grid]`
    #[serde(default)]
    pub grid: GridSpec,
    /// `[run]`
    #[serde(default)]
    pub run: RunSpec,
    /// What was chosen for the user, as sentences for the report.
    #[serde(skip)]
    pub choices: Vec<String>,
    /// Where the study's relative paths are looked up.
    #[serde(skip)]
    pub source: Source,
}

/// `[data]`: files and series.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// CSV, Parquet or Arrow files, or patterns such as `yields_*.csv`; together one panel.
    pub files: Vec<String>,
    /// Series asked for, by their source's names; empty: every series found.
    #[serde(default)]
    pub series: Vec<String>,
    /// Column of dates; default: the first column, or in Parquet and Arrow the first one of that type.
    pub date_column: Option<String>,
    /// Order of day, month and year in dates that are text; default: ISO dates, or what the file leaves
    /// no doubt about.
    pub date_format: Option<DateFormat>,
    /// Numbers that stand for a missing value, such as -99.99.
    #[serde(default)]
    pub missing: Vec<f64>,
    /// Fixed-point step in the data's unit; default: found from the decimals.
    pub quantum: Option<f64>,
    /// Unit of the data. `percent` is reported in basis points (`bp`).
    pub unit: Option<String>,
    /// What a change is.
    #[serde(default)]
    pub transform: Transform,
    /// How changes that the files hold add up over dates that are no rows; default: additive.
    pub changes: Option<Changes>,
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

/// What a daily change is, from one row of the calendar to the next; [`Measure`] says what a window
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

/// `[calendar]`: which dates are rows.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// Which dates are rows.
    #[serde(default)]
    pub kind: CalendarKind,
    /// What a missing value inside the sample means (observed calendar).
    #[serde(default)]
    pub gap: Gap,
}

impl CalendarSpec {
    /// Whether a row without a value takes the last one.
    pub(crate) fn carries(self) -> bool {
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

/// `[sample]`: the span of calendar rows that is used.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleSpec {
    /// First date, inclusive.
    #[serde(default, deserialize_with = "parse::date")]
    pub from: Option<Date>,
    /// Last date, inclusive.
    #[serde(default, deserialize_with = "parse::date")]
    pub to: Option<Date>,
    /// Rows kept before the first and after the last event; excludes `from` and `to`.
    pub around_events: Option<u32>,
}

/// `[events]`: the event file and how its dates meet the calendar.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsSpec {
    /// CSV file, one row an event.
    pub file: String,
    /// Column of ISO dates.
    #[serde(default = "default_date_column")]
    pub date: String,
    /// Whether that column was found rather than named: others like it are then said.
    #[serde(skip)]
    pub date_is_found: bool,
    /// Column that names each event's group; absent: one group, `all`.
    pub group: Option<String>,
    /// Groups in the order that differences take (`A - B`); default: as they first appear.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Rows kept: column = value, or column = a list of values.
    #[serde(default)]
    pub filter: BTreeMap<String, FilterValue>,
    /// An event on a date that is no calendar row; default: the row after, as news of a Saturday meets
    /// Monday's market.
    #[serde(default = "default_off_calendar")]
    pub off_calendar: OffCalendar,
    /// Two events of one group on one row.
    #[serde(default)]
    pub same_day: SameDay,
    /// An event without a full window in the sample.
    #[serde(default)]
    pub incomplete: Incomplete,
    /// Calendar rows by which every event is moved (1: after-close news).
    #[serde(default)]
    pub shift: i32,
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

    /// One group from the column `date` of a file, all else by default.
    fn of(file: String, date: String) -> Self {
        EventsSpec {
            file,
            date,
            date_is_found: false,
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
            file: self.file.clone(),
            date: self.date.clone(),
            date_is_found: self.date_is_found,
            group: self.group.clone(),
            groups: self.groups.clone(),
            filter: self.filter.clone(),
        }
    }
}

fn default_date_column() -> String {
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

// With the keys that belong to statistics.
statistics! { with_keys
/// `[[test]]`: statistics under one null design.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestSpec {
    /// One statistic's name, or a list.
    pub statistic: OneOrMany,
    /// Null design.
    #[serde(default)]
    pub null: Null,
    /// Dates that the null design draws from.
    #[serde(default)]
    pub pool: Pool,
    /// The dates of the pool `list`.
    pub dates: Option<DatesSpec>,
    /// What `labels` does with events of one day; default: apart.
    pub same_day: Option<LabelDays>,
    /// What `circular-shift` over all dates does with windows at the sample's ends; default: wrap.
    pub edge: Option<Edge>,
    /// Parts within which `uniform` draws dates and `labels` deals labels, events keeping their numbers
    /// there.
    pub within: Option<Parts>,
    /// Events that `labels` gives one label, or `signs` one sign; default: each its own.
    pub cluster: Option<Parts>,
    /// What each label keeps as many of as observed, where `labels` deals them to events that keep
    /// together; default: clusters.
    pub keep: Option<Keep>,
    /// The least number of rows between two dates of `spaced`.
    pub min_gap: Option<u32>,
    /// Whether `gap-shuffle` moves the whole pattern, too; default: fixed.
    pub ends: Option<Ends>,
    /// The placebo sets of `list`.
    pub sets: Option<SetsSpec>,
    /// Dates that are not eligible, with a margin around each.
    pub blackout: Option<BlackoutSpec>,
    /// Rows around each of the test's events that are not eligible, its own row among them; default:
    /// events are dates like others.
    pub avoid_events: Option<u32>,
    /// First and last relative day of the event window.
    #[serde(deserialize_with = "parse::window")]
    pub window: [i32; 2],
    /// What a window measures; the overlap regression knows `cumulative` alone.
    #[serde(default)]
    pub measure: Measure,
    /// Relative days reported; default: the window's last.
    #[serde(default)]
    pub days: Vec<i32>,
    /// Groups of events that the test is about, fitted and drawn without the others; default: all.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Spans of relative days whose average effect is reported (overlap regression).
    #[serde(default, deserialize_with = "parse::spans")]
    pub spans: Vec<[i32; 2]>,
    /// Standard errors of the overlap regression.
    #[serde(default)]
    pub hac: HacSpec,
    /// Relative days from which changes are taken as well, each to those of `days` that the measure reaches
    /// from there.
    #[serde(default)]
    pub starts: Vec<i32>,
    /// Which p-value is reported as `p`.
    #[serde(default, alias = "two_sided")]
    pub convention: Convention,
    /// Which rows are one family, whose p-values are adjusted for each other; default: none.
    pub family: Option<FamilySpec>,
    /// Confidence sets for effects, by inverting the test; default: none.
    pub interval: Option<IntervalSpec>,
}
}

/// `interval` of a `[[test]]`: the effects that the test does not reject.
///
/// An effect `tau`, in the reported unit, adds `tau` times a path to the series at each event.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntervalSpec {
    /// Confidence level: the test is at level `1 - level`.
    #[serde(default = "default_interval_level")]
    pub level: f64,
    /// What an effect of one adds to the series, by relative day.
    #[serde(default)]
    pub path: PathSpec,
    /// Groups and differences of groups, as rows name them; empty: all rows.
    #[serde(default)]
    pub groups: Vec<String>,
}

fn default_interval_level() -> f64 {
    0.95
}

/// What an effect of one adds to the series by each relative day, cumulated.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "expected \"step\" or a list of numbers")]
pub enum PathSpec {
    /// By its name.
    Named(PathName),
    /// One number a relative day of the window: nothing before, and the last one ever after.
    Days(Vec<f64>),
}

impl Default for PathSpec {
    fn default() -> Self {
        PathSpec::Named(PathName::Step)
    }
}

impl fmt::Display for PathSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathSpec::Named(PathName::Step) => write!(f, "step"),
            PathSpec::Days(days) => write!(f, "{days:?}"),
        }
    }
}

/// Paths with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathName {
    /// One from the event's day on, for good.
    Step,
}

/// `family` of a `[[test]]`: the rows that p-values are adjusted over. An empty list names all.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilySpec {
    /// Groups and differences of groups, as rows name them.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Statistics, as rows name them.
    #[serde(default)]
    pub statistics: Vec<String>,
    /// Series.
    #[serde(default)]
    pub series: Vec<String>,
    /// Relative days; an average over a span counts by its last day.
    #[serde(default)]
    pub days: Vec<i32>,
    /// What makes the members' values comparable before the largest is taken.
    #[serde(default)]
    pub standardise: Standardise,
    /// The probability that any simultaneous band misses its member under the null.
    #[serde(default = "default_family_level")]
    pub level: f64,
}

fn default_family_level() -> f64 {
    0.05
}

/// `hac` of a `[[test]]`: Newey-West standard errors with Bartlett weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HacSpec {
    /// Lags; default: the window's days less one.
    pub lags: Option<usize>,
    /// Whether variances are multiplied by n/(n - parameters).
    #[serde(default)]
    pub small_sample: bool,
}

impl Study {
    /// A study of some tests, all else by default: for series and events in memory
    /// (`run::run_on`).
    pub fn of(tests: impl IntoIterator<Item = TestSpec>) -> Self {
        Study {
            name: "study".into(),
            title: None,
            citation: None,
            data: DataSpec {
                files: vec!["data in memory".into()],
                ..DataSpec::default()
            },
            calendar: CalendarSpec::default(),
            sample: SampleSpec::default(),
            events: EventsSpec::of("events in memory".into(), default_date_column()),
            tests: tests.into_iter().collect(),
            grid: GridSpec::default(),
            run: RunSpec::default(),
            choices: Vec::new(),
            source: Source::Bundled,
        }
    }
}

impl TestSpec {
    /// Whether `labels` gives events of one day one label.
    pub fn keeps_days_together(&self) -> bool {
        self.same_day == Some(LabelDays::Together)
    }

    /// Statistics over a window, all else by default.
    pub fn new(statistic: impl Into<OneOrMany>, window: [i32; 2]) -> Self {
        statistics! { with_keys TestSpec {
            statistic: statistic.into(),
            null: Null::default(),
            pool: Pool::default(),
            dates: None,
            same_day: None,
            edge: None,
            within: None,
            cluster: None,
            keep: None,
            min_gap: None,
            ends: None,
            sets: None,
            blackout: None,
            avoid_events: None,
            window,
            measure: Measure::default(),
            days: Vec::new(),
            groups: Vec::new(),
            spans: Vec::new(),
            hac: HacSpec::default(),
            starts: Vec::new(),
            convention: Convention::default(),
            family: None,
            interval: None,
        } }
    }

    /// The statistics asked for; unknown names, which [`Study::check`] refuses, are passed over.
    pub fn statistics(&self) -> Vec<StatisticName> {
        let asked = self.statistic.as_slice().iter();
        asked.filter_map(|name| StatisticName::find(name)).collect()
    }

    /// The keys of statistics that are given.
    pub(crate) fn statistic_keys(&self) -> Vec<&'static str> {
        let spans = (!self.spans.is_empty()).then_some("spans");
        let hac = (self.hac != HacSpec::default()).then_some("hac");
        let own = self.keys().given().into_iter().map(|(key, _)| key);
        spans.into_iter().chain(hac).chain(own).collect()
    }

    /// Whether windows that leave the sample continue at its other end.
    pub fn wraps(&self) -> bool {
        self.null.takes(Key::Edge) && self.pool == Pool::All && self.edge != Some(Edge::Cut)
    }

    /// First and last relative days of the changes: from the window's first day to each of the days
    /// reported, then from each of `starts` to those of them that the measure reaches from there.
    pub fn changes(&self) -> Vec<[i32; 2]> {
        let to_days = |first: i32| {
            let days = self.relative_days().iter().copied();
            let reached =
                move |&day: &i32| first == self.window[0] || self.measure.spans(first, day);
            days.filter(reached).map(move |day| [first, day])
        };
        let starts = self.starts.iter().flat_map(|&start| to_days(start));
        to_days(self.window[0]).chain(starts).collect()
    }

    /// The relative days reported: `days`, or else the window's last.
    pub fn relative_days(&self) -> &[i32] {
        match self.days.as_slice() {
            [] => &self.window[1..],
            days => days,
        }
    }
}

/// A name or a list of names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a name or a list of names")]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl From<&str> for OneOrMany {
    fn from(name: &str) -> Self {
        OneOrMany::One(name.to_owned())
    }
}

impl OneOrMany {
    /// The names, however they were written.
    pub fn as_slice(&self) -> &[String] {
        match self {
            OneOrMany::One(name) => std::slice::from_ref(name),
            OneOrMany::Many(names) => names,
        }
    }
}

/// `[run]`: how many draws, from which seed.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    /// Placebo draws a test.
    #[serde(default = "default_draws")]
    pub draws: u64,
    /// Seed of the counter-based generator.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Report `b/m` instead of `(b+1)/(m+1)`: only to reproduce a publication.
    #[serde(default)]
    pub raw: bool,
    /// A design with at most so many admissible sets makes each of them once; 0: it always draws.
    #[serde(default = "default_enumerate")]
    pub enumerate: u64,
    /// Draws stop, for each tail, at so many as extreme as the observed value; excludes `until`.
    pub stop_at: Option<u64>,
    /// Draws stop once it is clear on which side of this level p lies; excludes `stop_at`.
    pub until: Option<f64>,
    /// Fit a tail where few draws reach the observed value.
    #[serde(default)]
    pub tail_fit: bool,
    /// Whether exact laws are computed beside the draws.
    #[serde(default)]
    pub exact: Exact,
}

/// When exact laws are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exact {
    /// Where they are known, as far as the operations of all rows together reach.
    #[default]
    Auto,
    /// Only where all sets are made anyway.
    Never,
}

impl RunSpec {
    /// The rule by which the draws themselves decide their number, if there is one.
    pub fn stopping(&self) -> Option<Stopping> {
        let exceedances = self.stop_at.map(Stopping::Exceedances);
        exceedances.or(self.until.map(Stopping::Level))
    }
}

/// How draws decide when they are enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stopping {
    /// At so many draws at least as extreme as the observed value (Besag and Clifford 1991).
    Exceedances(u64),
    /// Once it is clear on which side of this level p lies (Gandy 2009).
    Level(f64),
}

impl fmt::Display for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopping::Exceedances(h) => write!(f, "besag-clifford(h = {h})"),
            Stopping::Level(level) => write!(f, "gandy({level})"),
        }
    }
}

fn default_draws() -> u64 {
    1_000_000
}

fn default_seed() -> u64 {
    1
}

fn default_enumerate() -> u64 {
    10_000_000
}

impl Default for RunSpec {
    fn default() -> Self {
        RunSpec {
            draws: default_draws(),
            seed: default_seed(),
            raw: false,
            enumerate: default_enumerate(),
            stop_at: None,
            until: None,
            tail_fit: false,
            exact: Exact::Auto,
        }
    }
}

#[cfg(test)]
mod tests;
