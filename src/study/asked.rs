//! What a `[[test]]` asks for beside p: families and confidence sets.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Standardise;
use super::keys::keyed;

keyed! {
/// `interval` of a `[[test]]`: the effects that the test does not reject.
///
/// An effect `tau`, in the reported unit, adds `tau` times a path to the series at each event.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntervalSpec {
    /// Confidence level: the test is at level `1 - level`; default: 0.95.
    #[takes("a number such as 0.95")]
    pub level: f64,
    /// What an effect of one adds to the series, by relative day; default: step.
    #[takes("\"step\", or a list of numbers, one a relative day of the window")]
    pub path: PathSpec,
    /// Groups and differences of groups; empty: all rows.
    #[takes("a list of groups, as rows name them")]
    pub groups: Vec<String>,
}
}

impl Default for IntervalSpec {
    fn default() -> Self {
        IntervalSpec {
            level: 0.95,
            path: PathSpec::default(),
            groups: Vec::new(),
        }
    }
}

/// What an effect of one adds to the series by each relative day, cumulated.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathName {
    /// One from the event's day on, for good.
    Step,
}

keyed! {
/// `family` of a `[[test]]`: the rows that p-values are adjusted over. An empty list names all.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct FamilySpec {
    /// Groups and differences of groups; default: all.
    #[takes("a list of groups, as rows name them")]
    pub groups: Vec<String>,
    /// Statistics; default: all.
    #[takes("a list of statistics, as rows name them")]
    pub statistics: Vec<String>,
    /// Series; default: all.
    #[takes("a list of series names")]
    pub series: Vec<String>,
    /// Relative days, an average over a span counting by its last day; default: all.
    #[takes("a list of whole numbers")]
    pub days: Vec<i32>,
    /// What makes the members' values comparable before the largest is taken: distances from each member's
    /// null mean in its null standard deviations, or none; default: placebo.
    #[takes("\"placebo\" or \"none\"")]
    pub standardise: Standardise,
    /// The probability that any simultaneous band misses its member under the null; default: 0.05.
    #[takes("a number such as 0.05")]
    pub level: f64,
}
}

impl Default for FamilySpec {
    fn default() -> Self {
        FamilySpec {
            groups: Vec::new(),
            statistics: Vec::new(),
            series: Vec::new(),
            days: Vec::new(),
            standardise: Standardise::default(),
            level: 0.05,
        }
    }
}
