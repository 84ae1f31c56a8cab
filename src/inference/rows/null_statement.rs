//! A null design in words and numbers.

use serde::{Deserialize, Serialize};

use super::ResultRow;
use crate::statistic::Hac;
use crate::study::{Keep, Measure, Null};

impl NullStatement {
    /// Whether a row's draws are these.
    pub fn is_of(&self, row: &ResultRow) -> bool {
        let regression = row.is_effect() && self.hac.is_some();
        (self.null.as_str(), self.window) == (row.null(), row.window())
            && self.convention == row.convention()
            && (regression || self.measure.name() == row.measure())
    }

    /// `STATISTIC: what it is`, or the name alone of one that is not among them.
    pub fn formula(&self, statistic: &str) -> String {
        let at = self.statistics.iter().position(|name| name == statistic);
        match at.and_then(|at| self.formulas.get(at)) {
            Some(formula) => format!("{statistic}: {formula}"),
            None => statistic.to_owned(),
        }
    }
}

/// A null design in words and numbers: which draws were possible, and what that assumes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NullStatement {
    /// The design with its parameters, as result rows name it.
    pub null: String,
    /// The design alone, by its name in the study file.
    pub design: Null,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// What the windows of changes measure; those of the overlap regression are `cumulative`.
    pub measure: Measure,
    /// Which p-value is reported as p, such as `equal-tailed`.
    pub convention: String,
    /// Statistics computed from these draws.
    pub statistics: Vec<String>,
    /// What each of them is, in a line.
    pub formulas: Vec<String>,
    /// How the standard errors of the overlap regression are made, where it is asked for.
    pub hac: Option<Hac>,
    /// How a draw makes the series anew, as a clause; `null` where it moves events, labels or signs instead.
    pub remade: Option<String>,
    /// What the design assumes, as a clause that can follow "assumes that"; empty where no level is claimed.
    pub assumption: String,
    /// Why no level is claimed: p places the observed set, which no draw can be like, in a reference
    /// distribution.
    pub reference: Option<String>,
    /// That the events choose the sample's ends, and what follows.
    pub sample_ends: Option<String>,
    /// The sample that dates are eligible from.
    pub sample: SampleSpan,
    /// Dates that a draw can pick; under `labels` the events, of which several may share a date.
    pub eligible_dates: u64,
    /// Which other dates of the sample were not eligible, and why; may be empty.
    pub ineligible: String,
    /// Dates a draw takes for each group; the observed events where their number varies.
    pub group_sizes: Vec<GroupSize>,
    /// How labels are dealt to events that keep together, where they are.
    pub clusters: Option<ClusterRule>,
    /// Number of different draws, exact, where it is below 2^128.
    pub admissible_sets: Option<String>,
    /// Its decimal logarithm.
    pub admissible_sets_log10: f64,
    /// The step in which p moves, where the admissible sets are enumerated.
    pub p_step: Option<f64>,
    /// What counts are divided by for p there: the sets, and one more for an observed set that is none of
    /// them.
    pub p_denominator: Option<u64>,
    /// Pairs of events whose windows share a row.
    pub overlapping_pairs: u64,
    /// Whether the observed set is one of them.
    pub observed_admissible: bool,
    /// Why it is not, or what else to know about it.
    pub observed_note: Option<String>,
}

impl NullStatement {
    /// What p cannot claim, and what else its level hangs on, as sentences; empty where there is nothing to
    /// say.
    pub fn caveats(&self) -> String {
        let both = [&self.reference, &self.sample_ends];
        let both: Vec<&str> = both.into_iter().flatten().map(String::as_str).collect();
        both.join(". ")
    }
}

/// The calendar rows in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleSpan {
    /// First date, ISO.
    pub from: String,
    /// Last date, ISO.
    pub to: String,
    /// Rows from the first to the last.
    pub rows: u64,
}

/// How labels are dealt to clusters of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterRule {
    /// What each label keeps as many of as observed.
    pub keep: Keep,
    /// Clusters of all events.
    pub clusters: u64,
    /// One a group, in their order.
    pub groups: Vec<ClusterCounts>,
}

/// What a label has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterCounts {
    /// The group.
    pub group: String,
    /// Its observed clusters.
    pub clusters: u64,
    /// Its observed events, and the fewest and most that it has in a draw.
    pub events: u64,
    /// See `events`.
    pub least_events: u64,
    /// See `events`.
    pub most_events: u64,
}

/// A group and the number of dates that a draw takes for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSize {
    /// The group.
    pub group: String,
    /// Its dates.
    pub size: u64,
}
