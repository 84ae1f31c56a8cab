//! Specification curves, as JSON and CSV.

use serde::Serialize;

use crate::inference::tidy;

use super::grid_table::grid_papers;
use super::{Detail, Device, Flat, Forms, Head, Paper, StudySummary, grid_table};
use crate::question::Key;
use crate::study::{Measure, Transform};

/// Everything that `placebo grid` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// How the results came about.
    pub manifest: GridManifest,
    /// The joint tests.
    pub curves: Vec<Curve>,
    /// The specifications, one row a value.
    pub results: Vec<GridRow>,
}

/// How the specifications were run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridManifest {
    /// As in every report; `draws` are those of a specification.
    #[serde(flatten)]
    pub head: Head,
    /// Placebo sets of the joint tests.
    pub joint_draws: u64,
    /// Specifications asked for, the study's own among them.
    pub specifications: u64,
    /// Where the draws were made.
    pub device: Device,
    /// What the p-values of the study's own tests cannot claim, and what else their levels hang on, as
    /// sentences.
    pub caveats: Vec<String>,
    /// What a daily change is.
    pub transform: Transform,
    /// Specifications that could not be tested, each with its reason.
    pub left_out: Vec<String>,
}

/// The joint test over the specifications of one series and group (Simonsohn, Simmons and Nelson 2020):
/// each placebo set is put through all of them, and what it gives is compared with what the events
/// give. Values are standardised by their moments over the placebo sets and the observed one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Number of the `[[test]]`, from 1.
    pub test: usize,
    /// The series.
    pub series: String,
    /// The group, `all`, or a difference.
    pub group: String,
    /// Whether the specifications are about the sizes of changes.
    pub absolute: bool,
    /// Values of specifications that the same placebo sets can answer, and that these move.
    pub specifications: u64,
    /// Placebo sets.
    pub draws: u64,
    /// Median of the observed standardised values; of an even number, the mean of the middle two.
    pub median_z: f64,
    /// Equal-tailed p-value of it.
    pub p_median: f64,
    /// Largest size of an observed standardised value.
    pub largest_z: f64,
    /// p-value of it: the share of placebo sets with as large a value in some specification.
    pub p_largest: f64,
}

tidy! {
/// A value of one specification.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GridRow {
    /// Number of the `[[test]]` that is varied, from 1.
    pub test: usize,
    /// Number of the specification, from 0.
    pub specification: usize,
    /// What is varied: `own` for the study's own test.
    pub dimension: String,
    /// How: the events left out, or the pool, window, span, statistic, controls or subsample in the place of its own.
    pub choice: String,
    /// Events that the value rests on: those of its group or groups, and all of them in a regression.
    #[in_unit("events")]
    pub events: u64,
    /// The series, as its source names it.
    pub series: String,
    /// A group's name, `all`, or `A - B`.
    pub group: String,
    /// The statistic's name.
    pub statistic: String,
    /// The null design with its parameters.
    pub null: String,
    /// What the window measures.
    pub measure: Measure,
    /// First and last relative day of the event window.
    #[in_unit("days")]
    pub window: [i32; 2],
    /// The relative day of this row.
    #[in_unit("days")]
    pub relative_day: i32,
    /// The statistic of the observed set, in `unit`; empty where the specification is left out, and where
    /// it is infinite or has no value.
    #[in_unit("unit")]
    pub observed: Option<f64>,
    /// Unit of `observed` and all `null_*`.
    pub unit: String,
    /// Mean of the null law.
    #[in_unit("unit")]
    pub null_mean: Option<f64>,
    /// Standard deviation of the null law.
    #[in_unit("unit")]
    pub null_sd: Option<f64>,
    /// 2.5 % quantile of the null law.
    #[in_unit("unit")]
    pub null_q025: Option<f64>,
    /// 97.5 % quantile of the null law.
    #[in_unit("unit")]
    pub null_q975: Option<f64>,
    /// Placebo sets.
    #[in_unit("draws")]
    pub draws: Option<u64>,
    /// p-value of the test's convention.
    #[in_unit("probability")]
    pub p: Option<f64>,
    /// Why there is no p-value, and where there is no value, why the specification is left out.
    pub p_reason: Option<String>,
    /// Lower end of its 95 % Monte Carlo interval.
    #[in_unit("probability")]
    pub p_mc_low: Option<f64>,
    /// Upper end.
    #[in_unit("probability")]
    pub p_mc_high: Option<f64>,
    /// p-value of the exact null law.
    #[in_unit("probability")]
    pub p_exact: Option<f64>,
    /// What answered; `none` where the specification is left out.
    pub engine: String,
    /// Whether p claims no level: no draw can be like the observed set, which p compares with a reference
    /// distribution.
    pub reference: bool,
    /// Whether the joint test counts it.
    pub joint: bool,
}
}

impl GridRow {
    /// The exact p-value where there is one, or else that of the draws.
    pub fn best_p(&self) -> Option<f64> {
        self.p_exact.or(self.p)
    }
}

impl Forms for GridReport {
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
        grid_papers(self)
    }

    fn text(&self, width: Option<u16>, _: bool, _: Detail) -> String {
        grid_table(self, width)
    }
}
