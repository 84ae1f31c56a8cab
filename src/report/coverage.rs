//! What the coverage of nominal intervals is, as JSON and CSV.

use serde::Serialize;

use crate::inference::tidy;

use super::coverage_table::coverage_papers;
use super::{Detail, Flat, Forms, Head, NullStatement, Paper, StudySummary, coverage_table};
use crate::question::Key;
use crate::study::Measure;

/// How to read a share.
pub const COVERAGE_READING: &str = "A nominal 95 % interval should cover zero in 95 % of placebo sets; where it covers less, HAC p-values are too small.";

/// Everything that `placebo coverage` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// How the results came about.
    pub manifest: CoverageManifest,
    /// The results.
    pub results: Vec<CoverageRow>,
}

/// How the shares came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageManifest {
    /// As in every report.
    #[serde(flatten)]
    pub head: Head,
    /// Nominal levels of the intervals, ascending.
    pub levels: Vec<f64>,
    /// The null designs, one entry a test with the overlap regression.
    pub nulls: Vec<NullStatement>,
    /// How to read a share.
    pub reading: String,
}

tidy! {
/// Intervals of one effect and level.
///
/// `(test, series, group, statistic, relative_day, level)` is unique in a report. An interval is the
/// estimate plus or minus the normal law's quantile times its HAC standard error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageRow {
    /// The study's name.
    pub study: String,
    /// Number of the `[[test]]` in the study, from 1.
    pub test: usize,
    /// The series, as its source names it.
    pub series: String,
    /// A group's name, or `A - B` for their difference.
    pub group: String,
    /// The statistic's name.
    pub statistic: String,
    /// The null design with its parameters.
    pub null: String,
    /// What the window measures: of effects the sum of single days.
    pub measure: Measure,
    /// First and last relative day of the event window.
    #[in_unit("days")]
    pub window: [i32; 2],
    /// The relative day of this row.
    #[in_unit("days")]
    pub relative_day: i32,
    /// Nominal level of the intervals.
    #[in_unit("probability")]
    pub level: f64,
    /// Placebo sets that count.
    #[in_unit("draws")]
    pub draws: u64,
    /// Placebo sets left out, because their regressors are collinear.
    #[in_unit("draws")]
    pub singular: u64,
    /// Intervals that cover zero.
    #[in_unit("draws")]
    pub covers_zero: u64,
    /// Their share.
    #[in_unit("probability")]
    pub zero_share: f64,
    /// Lower end of its 95 % Monte Carlo interval; the share itself for an enumeration.
    #[in_unit("probability")]
    pub zero_low: f64,
    /// Upper end.
    #[in_unit("probability")]
    pub zero_high: f64,
    /// Intervals that cover `null_mean`.
    #[in_unit("draws")]
    pub covers_mean: u64,
    /// Their share.
    #[in_unit("probability")]
    pub mean_share: f64,
    /// Lower end of its 95 % Monte Carlo interval; the share itself for an enumeration.
    #[in_unit("probability")]
    pub mean_low: f64,
    /// Upper end.
    #[in_unit("probability")]
    pub mean_high: f64,
    /// Mean of the effect over the placebo sets, in `unit`; empty where a test asks for the
    /// studentised effect alone.
    #[in_unit("unit")]
    pub null_mean: Option<f64>,
    /// Unit of `null_mean`.
    pub unit: Option<String>,
    /// What answered: `monte-carlo` or `enumeration`.
    pub engine: String,
}
}

impl Forms for CoverageReport {
    fn head(&self) -> &Head {
        &self.manifest.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.manifest.head
    }

    fn flat(&self) -> Flat {
        Flat::new(&self.results, &Key::default(), self.head(), self)
    }

    fn papers(&self) -> Vec<Paper> {
        coverage_papers(self)
    }

    fn text(&self, width: Option<u16>, _: bool, _: Detail) -> String {
        coverage_table(self, width)
    }
}
