//! What a study will do, before a draw is made.

use serde::Serialize;

use super::json::json_text;
use super::{NullStatement, StudySummary};
use crate::load::FileHash;

/// Everything that `placebo check` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// The files read.
    pub data: Vec<FileHash>,
    /// Rules that fired.
    pub rules: Vec<String>,
    /// The tests, in the study's order.
    pub tests: Vec<TestPreview>,
    /// Placebo draws a test, as asked.
    pub draws: u64,
    /// The rule by which draws stop before that number.
    pub stopping: Option<String>,
    /// CPU threads that the estimates are for.
    pub threads: usize,
    /// Estimated seconds of all draws and exact laws on these threads; right within a factor of two or three.
    pub seconds: f64,
    /// Estimated bytes of working memory, whatever the number of draws.
    pub memory_bytes: u64,
}

/// One test before a draw is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestPreview {
    /// The null design in words and numbers.
    pub null: NullStatement,
    /// Placebo draws of the test: those asked for, or all sets of an enumeration.
    pub draws: u64,
    /// What counts are divided by for p; empty where draws decide their number.
    pub p_denominator: Option<u64>,
    /// The step in which p moves; empty likewise.
    pub p_step: Option<f64>,
    /// Result rows that the test gives.
    pub rows: usize,
    /// Rows of its family; 0 without one.
    pub family: usize,
    /// How each series became integers.
    pub series: Vec<SeriesPreview>,
}

/// A series in fixed point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesPreview {
    /// The series.
    pub series: String,
    /// Unit of its changes.
    pub unit: String,
    /// What one step is worth in that unit.
    pub quantum: f64,
    /// Largest change, in steps.
    pub largest: u32,
    /// How many times larger changes could be before the fixed-point range ends.
    pub headroom: f64,
    /// Largest rounding error in that unit; 0 where steps are exact.
    pub rounding_error: f64,
}

impl Preview {
    /// As one JSON object.
    pub fn to_json(&self) -> String {
        json_text(self)
    }
}
