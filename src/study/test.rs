//! `[[test]]`.

use serde::{Deserialize, Serialize};

use super::keys::{Holds, Key as StudyKey, Keyed, keyed, of_statistics};
use super::{
    BlackoutSpec, Block, ColumnSpec, Convention, DatesSpec, Edge, Ends, FamilySpec, IntervalSpec,
    Keep, LabelDays, Measure, Null, OwnEffect, Parts, Pool, SetsSpec, StatisticName, parse,
};
use crate::null::Key;
use crate::statistic::{Keys, statistics, with_keys};

// With the keys that belong to statistics.
statistics! { with_keys keyed
/// `[[test]]`: statistics under one null design.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TestSpec {
    /// One statistic's name, or a list.
    #[takes("a statistic's name or a list of names")]
    pub statistic: OneOrMany,
    /// Null design: how a placebo set is drawn; default: uniform.
    #[takes("a null design's name")]
    #[serde(default)]
    pub null: Null,
    /// Dates that the null design draws from: those with a whole window in the sample, every one, or those
    /// of a file; default: full-window.
    #[takes("\"full-window\", \"all\" or \"list\"")]
    #[serde(default)]
    pub pool: Pool,
    /// The dates of the pool `list`.
    #[takes("a table with at least `file`", Holds::Table(DatesSpec::keys()))]
    pub dates: Option<DatesSpec>,
    /// What `labels` does with events of one day; default: apart.
    #[takes("\"apart\" or \"together\"")]
    pub same_day: Option<LabelDays>,
    /// What `circular-shift` over all dates does with windows at the sample's ends; default: wrap.
    #[takes("\"wrap\" or \"cut\"")]
    pub edge: Option<Edge>,
    /// Parts within which dates are drawn or labels dealt, events keeping their numbers there.
    #[takes("a part of the calendar such as \"month\", or a column", Holds::Table(ColumnSpec::keys()))]
    pub within: Option<Parts>,
    /// Events that get one label or one sign, or, under `wild`, days that get one sign; default: each its own.
    #[takes("a part of the calendar such as \"month\", or a column", Holds::Table(ColumnSpec::keys()))]
    pub cluster: Option<Parts>,
    /// What each label keeps as many of as observed, where labels are dealt to events that keep
    /// together; default: clusters.
    #[takes("\"clusters\" or \"units\"")]
    pub keep: Option<Keep>,
    /// The least number of rows between two dates of a set.
    #[takes("a whole number of at least 1")]
    pub min_gap: Option<u32>,
    /// Whether the whole pattern of gaps moves, too; default: fixed.
    #[takes("\"fixed\" or \"free\"")]
    pub ends: Option<Ends>,
    /// Rows of neighbouring days that are resampled, or get one sign, together. `block-bootstrap` takes at least
    /// the window's days; default there: auto, and never less than these; of `wild`: each day its own sign.
    #[takes("a whole number of at least 1, or \"auto\"")]
    pub block: Option<Block>,
    /// Whether the mean effect in the events' own windows is taken out before changes are resampled; default:
    /// kept.
    #[takes("\"kept\" or \"removed\"")]
    pub effect: Option<OwnEffect>,
    /// The file of placebo sets.
    #[takes("a table with at least `file`", Holds::Table(SetsSpec::keys()))]
    pub sets: Option<SetsSpec>,
    /// Dates that are not eligible, with a margin around each.
    #[takes("a table with at least `file`", Holds::Table(BlackoutSpec::keys()))]
    pub blackout: Option<BlackoutSpec>,
    /// Rows around each of the test's events that are not eligible, its own row among them; default:
    /// events are dates like others.
    #[takes("a whole number, not negative")]
    pub avoid_events: Option<u32>,
    /// First and last relative day of the event window.
    #[takes("two whole numbers such as [-15, 15]")]
    #[serde(deserialize_with = "parse::window")]
    pub window: [i32; 2],
    /// What a window measures: the sum of its daily changes, or the change between its ends, which the
    /// overlap regression does not know; default: cumulative.
    #[takes("\"cumulative\" or \"endpoints\"")]
    #[serde(default)]
    pub measure: Measure,
    /// Relative days reported; default: the window's last.
    #[takes("a list of whole numbers")]
    #[serde(default)]
    pub days: Vec<i32>,
    /// Groups of events that the test is about, fitted and drawn without the others; default: all.
    #[takes("a list of group names")]
    #[serde(default)]
    pub groups: Vec<String>,
    /// Spans of relative days whose average effect is reported.
    #[takes("a list of spans such as [[0, 5], [0, 15]]")]
    #[serde(default, deserialize_with = "parse::spans")]
    pub spans: Vec<[i32; 2]>,
    /// Newey-West standard errors with Bartlett weights.
    #[takes("a table such as { lags = 30 }", Holds::Table(HacSpec::keys()))]
    #[serde(default)]
    pub hac: HacSpec,
    /// Relative days from which changes are taken as well, each to those of `days` that the measure reaches
    /// from there.
    #[takes("a list of whole numbers")]
    #[serde(default)]
    pub starts: Vec<i32>,
    /// Which p-value is reported as `p`; default: equal-tailed.
    #[takes(also "two_sided", "\"equal-tailed\", \"lower\", \"upper\" or \"symmetric\"")]
    #[serde(default, alias = "two_sided")]
    pub convention: Convention,
    /// Which rows are one family, whose p-values are adjusted for each other; default: none.
    #[takes("a table such as { days = [0, 5, 15] }, or {} for all rows", Holds::Table(FamilySpec::keys()))]
    pub family: Option<FamilySpec>,
    /// Confidence sets for effects, by inverting the test; default: none.
    #[takes("a table such as { level = 0.95 }, or {} for 95 %", Holds::Table(IntervalSpec::keys()))]
    pub interval: Option<IntervalSpec>,
}
}

/// The keys of a test, and those that are the statistics' own.
pub(super) fn keys() -> Vec<StudyKey> {
    let mut keys = <TestSpec as Keyed>::keys();
    keys.extend(of_statistics());
    keys
}

keyed! {
/// `hac` of a `[[test]]`: Newey-West standard errors with Bartlett weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HacSpec {
    /// Lags; default: the window's days less one.
    #[takes("a whole number, not negative")]
    pub lags: Option<usize>,
    /// Whether variances are multiplied by n/(n - parameters); default: false.
    #[takes("true or false")]
    #[serde(default)]
    pub small_sample: bool,
}
}

impl TestSpec {
    /// Whether `labels` gives events of one day one label.
    pub fn keeps_days_together(&self) -> bool {
        self.same_day == Some(LabelDays::Together)
    }

    /// Whether its null resamples the series' changes, in blocks.
    pub fn resamples(&self) -> bool {
        self.null.takes(Key::Effect)
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
            block: None,
            effect: None,
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

    /// The statistics asked for; unknown names, which [`Study::check`](super::Study::check) refuses, are passed over.
    pub fn statistics(&self) -> Vec<StatisticName> {
        let asked = self.statistic.as_slice().iter();
        asked.filter_map(|name| StatisticName::find(name)).collect()
    }

    /// The names of the keys that say anything else than a test without them.
    pub(super) fn given(&self) -> Vec<&'static str> {
        let without = TestSpec::new(self.statistic.clone(), self.window);
        let own = self.keys().given().into_iter().map(|(key, _)| key);
        self.differing(&without).into_iter().chain(own).collect()
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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
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

impl<const N: usize> From<[&str; N]> for OneOrMany {
    fn from(names: [&str; N]) -> Self {
        OneOrMany::Many(names.map(str::to_owned).to_vec())
    }
}

impl From<Vec<String>> for OneOrMany {
    fn from(names: Vec<String>) -> Self {
        OneOrMany::Many(names)
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
