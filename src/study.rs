//! The study file: the question in the user's words.
//!
//! Each table of the file is a struct, whose fields say what their keys take: from them `keys.rs` makes
//! the table of keys that parsing, checks, the reference page and the schema read.

mod asked;
mod check;
mod data;
mod events;
mod form;
mod grid;
mod keys;
mod measure;
mod null;
mod open;
mod parse;
mod reference;
mod run;
mod schema;
mod side;
mod test;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::load::Source;
use keys::{Holds, keyed};

pub use crate::load::{DateFormat, Decimal, Delimiter, FilterValue, Layout, Missing};
pub use crate::plan::{Convention, Standardise};
pub use crate::statistic::StatisticName;
pub use asked::{FamilySpec, IntervalSpec, PathName, PathSpec};
pub use data::{
    CalendarKind, CalendarSpec, Changes, ClosedSpec, DataSpec, Gap, MarketSpec, SampleSpec,
    Transform,
};
pub use events::{EventsSpec, Incomplete, OffCalendar, SameDay};
pub use grid::{ControlsSpec, GridSpec};
pub use keys::tables_of;
pub use measure::Measure;
pub use null::{
    BlackoutSpec, Block, BlockName, CalendarUnit, ColumnSpec, DatesSpec, Edge, Ends, Keep,
    LabelDays, Null, OwnEffect, Parts, Pool, SetsSpec,
};
pub use reference::reference;
pub use run::{Exact, RunSpec, Stopping};
pub use schema::schema;
pub use side::{OffRows, SideSpec};
pub use test::{HacSpec, OneOrMany, TestSpec};

keyed! {
/// A study: data, calendar, events and the tests to run on them.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Short name, used as the key in result rows; default: the file's stem.
    #[takes("text")]
    #[serde(default)]
    pub name: String,
    /// One line saying what is asked.
    #[takes("text")]
    pub title: Option<String>,
    /// The publication that the study reproduces.
    #[takes("text")]
    pub citation: Option<String>,
    /// What series and groups are called in what people read, by their names; keys and columns of results keep the
    /// names.
    #[takes("a table [labels] such as DFII10 = \"10-year TIPS\"")]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Files and series.
    #[takes("a table [data] with at least `files`", Holds::Table(DataSpec::keys()))]
    pub data: DataSpec,
    /// Which dates are rows.
    #[takes("a table [calendar]", Holds::Table(CalendarSpec::keys()))]
    #[serde(default)]
    pub calendar: CalendarSpec,
    /// The span of calendar rows that is used.
    #[takes("a table [sample]", Holds::Table(SampleSpec::keys()))]
    #[serde(default)]
    pub sample: SampleSpec,
    /// The event file and how its dates meet the calendar.
    #[takes("a table [events] with at least `file`", Holds::Table(EventsSpec::keys()))]
    pub events: EventsSpec,
    /// Statistics under one null design.
    #[takes(named "test", "tables [[test]] with at least `statistic` and `window`", Holds::Tables(test::keys()))]
    #[serde(rename = "test", default)]
    pub tests: Vec<TestSpec>,
    /// What `placebo grid` varies, one thing at a time, about each test.
    #[takes("a table [grid]", Holds::Table(GridSpec::keys()))]
    #[serde(default)]
    pub grid: GridSpec,
    /// How many draws, from which seed.
    #[takes("a table [run]", Holds::Table(RunSpec::keys()))]
    #[serde(default)]
    pub run: RunSpec,
    beside {
        /// What was chosen for the user, as sentences for the report.
        #[serde(skip)]
        pub choices: Vec<String>,
        /// Where the study's relative paths are looked up.
        #[serde(skip)]
        pub source: Source,
        /// The text that it was read from.
        #[serde(skip)]
        pub text: StudyFile,
    }
}
}

impl Study {
    /// A study of some tests, all else by default: for series and events in memory
    /// (`run::run_on`).
    pub fn of(tests: impl IntoIterator<Item = TestSpec>) -> Self {
        let data = DataSpec::default().files(["data in memory".to_owned()]);
        Study {
            tests: tests.into_iter().collect(),
            ..Study::on(
                data,
                EventsSpec::of("events in memory".into(), "date".into()),
            )
        }
        .name("study")
    }

    /// A study of data and events without a test yet, all else by default.
    pub fn on(data: DataSpec, events: EventsSpec) -> Self {
        Study {
            name: String::new(),
            title: None,
            citation: None,
            labels: BTreeMap::new(),
            data,
            calendar: CalendarSpec::default(),
            sample: SampleSpec::default(),
            events,
            tests: Vec::new(),
            grid: GridSpec::default(),
            run: RunSpec::default(),
            choices: Vec::new(),
            source: Source::Bundled,
            text: StudyFile::default(),
        }
    }
}

/// The text of a study file. Studies that say the same are equal whatever their files' texts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StudyFile(String);

impl StudyFile {
    /// The text; empty where no file was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for StudyFile {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
