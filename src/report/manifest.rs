//! What a run was: enough to read its results and to repeat it.

use serde::{Deserialize, Serialize};

use super::{FamilyStatement, NullStatement};
use crate::load::FileHash;
use crate::null::SAMPLER_VERSION;
use crate::study::{Exact, Stopping};

/// The study that was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudySummary {
    /// The key of its result rows.
    pub name: String,
    /// One line saying what is asked.
    pub title: Option<String>,
    /// The publication that the study reproduces.
    pub citation: Option<String>,
}

/// What a report says beside its counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The study.
    pub study: StudySummary,
    /// Placebo draws a test, as asked.
    pub draws: u64,
    /// Whether p-values are `b/m`.
    pub raw: bool,
    /// How draws decide when they are enough.
    pub stopping: Option<Stopping>,
    /// Whether tails are fitted.
    pub tail_fit: bool,
    /// Whether exact laws are computed beside the draws.
    pub exact: Exact,
    /// The files read.
    pub files: Vec<FileHash>,
    /// Rules that fired.
    pub rules: Vec<String>,
}

/// What the manifest of every report begins with, whatever was asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Head {
    /// Version of this crate.
    pub placebo_version: String,
    /// Version of the samplers; the same seed gives the same draws under the same version.
    pub sampler_version: u32,
    /// Seed of the counter-based generator.
    pub seed: u64,
    /// Placebo draws a test, as asked; an enumeration makes each of its sets once instead, and a
    /// stopping rule fewer.
    pub draws: u64,
    /// CPU threads.
    pub threads: usize,
    /// Every file read, with its hash.
    pub data: Vec<FileHash>,
    /// Rules that fired while reading and placing dates, as sentences.
    pub rules: Vec<String>,
    /// What happened on the way that changed no result: a device that failed, and who took over, or what
    /// was left out.
    pub notes: Vec<String>,
    /// Wall time of the draws.
    pub elapsed_seconds: f64,
}

impl Head {
    /// Of `draws` draws from `seed` by this program, on so many threads; no data, rules or notes yet.
    pub fn new(seed: u64, draws: u64, threads: usize, elapsed_seconds: f64) -> Self {
        Head {
            placebo_version: env!("CARGO_PKG_VERSION").into(),
            sampler_version: SAMPLER_VERSION,
            seed,
            draws,
            threads,
            data: Vec::new(),
            rules: Vec::new(),
            notes: Vec::new(),
            elapsed_seconds,
        }
    }
}

/// How the results came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Manifest {
    /// As in every report.
    #[serde(flatten)]
    pub head: Head,
    /// Whether all of them were made that were needed; else the results are those of the draws that were.
    pub complete: bool,
    /// Whether p-values are `b/m` instead of `(b + 1)/(m + 1)`.
    pub raw: bool,
    /// The rule by which draws stop before that number, such as `besag-clifford(h = 10)`.
    pub stopping: Option<String>,
    /// Whether tails are fitted where few draws reach the observed value.
    pub tail_fit: bool,
    /// What answered: `monte-carlo`, `enumeration`, or both joined by ` and `.
    pub engine: String,
    /// Where the draws were made.
    pub device: Device,
    /// Draws that a GPU's 32-bit floats could not decide, and that were made again in 64 bits.
    pub replayed_draws: u64,
    /// Draws a chunk, where one size was used.
    pub chunk: Option<u64>,
    /// The null designs, one entry a design and window.
    pub nulls: Vec<NullStatement>,
    /// The families of hypotheses, one a test that declares one.
    pub families: Vec<FamilyStatement>,
    /// Placebo sets a second.
    pub draws_per_second: f64,
}

/// The device that made the draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// The device's own name.
    pub name: String,
    /// Kind, such as `cpu` or `discrete GPU`.
    pub kind: String,
    /// Graphics interface; empty for the CPU engine.
    pub backend: Option<String>,
    /// Driver and its version; empty for the CPU engine.
    pub driver: Option<String>,
}
