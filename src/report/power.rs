//! Rejection rates, as JSON and CSV.

use serde::Serialize;

use crate::inference::tidy;

use super::power_table::power_papers;
use super::{Detail, Flat, Forms, Head, NullStatement, Paper, StudySummary, power_table};
use crate::question::Key;
use crate::study::Measure;

/// Everything that `placebo power` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// How the results came about.
    pub manifest: PowerManifest,
    /// The results.
    pub results: Vec<PowerRow>,
}

/// How the rates came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerManifest {
    /// As in every report; `draws` are those of a data set.
    #[serde(flatten)]
    pub head: Head,
    /// Where data sets come from: `own`, `iid`, `ar:PHI` or `garch:ALPHA,BETA`.
    pub series: String,
    /// Effects planted, in the reported unit.
    pub effects: Vec<f64>,
    /// The group that has them; empty: all events.
    pub group: String,
    /// Data sets an effect.
    pub sets: u64,
    /// Levels of the tests.
    pub levels: Vec<f64>,
    /// The null designs, one entry a test.
    pub nulls: Vec<NullStatement>,
}

tidy! {
/// How often one test rejects at one effect and level.
///
/// `(test, series, group, statistic, relative_day, effect, level)` is unique in a report. Rows of a
/// family have the correction for `statistic` and no day: at least one member is rejected.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerRow {
    /// The study's name.
    pub study: String,
    /// Number of the `[[test]]` in the study, from 1.
    pub test: usize,
    /// The series, as its source names it.
    pub series: String,
    /// A group's name, `all`, or `A - B` for a difference.
    pub group: String,
    /// The statistic's name, or a family's correction.
    pub statistic: String,
    /// The null design with its parameters.
    pub null: String,
    /// What the window measures.
    pub measure: Measure,
    /// First and last relative day of the event window.
    #[in_unit("days")]
    pub window: [i32; 2],
    /// The relative day of this row; empty for a family.
    #[in_unit("days")]
    pub relative_day: Option<i32>,
    /// The planted effect.
    #[in_unit("unit")]
    pub effect: f64,
    /// Its unit.
    pub unit: String,
    /// Level of the test.
    #[in_unit("probability")]
    pub level: f64,
    /// Data sets.
    pub sets: u64,
    /// Data sets with p at most the level.
    pub rejections: u64,
    /// Their share: the size where no effect is planted, else the power.
    #[in_unit("probability")]
    pub rate: f64,
    /// Lower end of its 95 % Clopper-Pearson interval.
    #[in_unit("probability")]
    pub rate_low: f64,
    /// Upper end.
    #[in_unit("probability")]
    pub rate_high: f64,
    /// p-value of a chi-square test that upper-tail p-values, ties split at random, are uniform, as they
    /// are without an effect where the design's assumption holds; empty for a family.
    #[in_unit("probability")]
    pub uniformity: Option<f64>,
}
}

impl Forms for PowerReport {
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
        power_papers(self)
    }

    fn text(&self, width: Option<u16>, _: bool, _: Detail) -> String {
        power_table(self, width)
    }
}
