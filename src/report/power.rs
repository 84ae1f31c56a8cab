//! Rejection rates, as JSON and CSV.

use serde::Serialize;

use super::output::{csv_text, json_text};
use super::{Head, NullStatement, StudySummary};
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
    pub window: [i32; 2],
    /// The relative day of this row; empty for a family.
    pub relative_day: Option<i32>,
    /// The planted effect.
    pub effect: f64,
    /// Its unit.
    pub unit: String,
    /// Level of the test.
    pub level: f64,
    /// Data sets.
    pub sets: u64,
    /// Data sets with p at most the level.
    pub rejections: u64,
    /// Their share: the size where no effect is planted, else the power.
    pub rate: f64,
    /// Lower end of its 95 % Clopper-Pearson interval.
    pub rate_low: f64,
    /// Upper end.
    pub rate_high: f64,
    /// p-value of a chi-square test that upper-tail p-values, ties split at random, are uniform, as they
    /// are without an effect where the design's assumption holds; empty for a family.
    pub uniformity: Option<f64>,
}

/// Columns of the CSV, in the order of the fields.
const COLUMNS: [&str; 19] = [
    "study",
    "test",
    "series",
    "group",
    "statistic",
    "null",
    "measure",
    "window_from",
    "window_to",
    "relative_day",
    "effect",
    "unit",
    "level",
    "sets",
    "rejections",
    "rate",
    "rate_low",
    "rate_high",
    "uniformity",
];

impl PowerReport {
    /// The whole report.
    pub fn to_json(&self) -> String {
        json_text(self)
    }

    /// A header and one line a row.
    pub fn to_csv(&self) -> String {
        csv_text(&COLUMNS, &self.results)
    }
}
