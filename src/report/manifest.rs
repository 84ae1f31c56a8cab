//! What a run was: enough to read its results and to repeat it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FamilyStatement, Labels, NullStatement};
use crate::load::FileHash;
use crate::null::SAMPLER_VERSION;
use crate::study::{
    CalendarSpec, Exact, FilterValue, Incomplete, OffCalendar, SameDay, Stopping, Study, Transform,
};
use crate::visible::visible;

/// The study that was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudySummary {
    /// The key of its result rows.
    pub name: String,
    /// One line saying what is asked.
    pub title: Option<String>,
    /// The publication that the study reproduces.
    pub citation: Option<String>,
    /// What names of series and groups are called where people read.
    #[serde(default)]
    pub labels: Labels,
}

impl StudySummary {
    /// Of a study, as it can be shown.
    pub fn of(study: &Study) -> Self {
        let shown = |text: &str| visible(text).into_owned();
        StudySummary {
            name: shown(&study.name),
            title: study.title.as_deref().map(shown),
            citation: study.citation.as_deref().map(shown),
            labels: Labels::new(&study.labels),
        }
    }
}

/// A study as it was read: what a result is the answer to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyText {
    /// The text of the study file; of a study that flags or a program made, one that says the same.
    pub text: String,
    /// SHA-256 of that text.
    pub sha256: String,
    /// What a daily change is.
    pub transform: Transform,
    /// Which dates are rows, and what a missing value means.
    pub calendar: CalendarSpec,
    /// Rows of the event file that are kept.
    pub filter: BTreeMap<String, FilterValue>,
    /// Where an event on a date that is no row goes.
    pub off_calendar: OffCalendar,
    /// What two events of one group on one row are.
    pub same_day: SameDay,
    /// What becomes of an event without a full window.
    pub incomplete: Incomplete,
    /// Rows by which every event is moved.
    pub shift: i32,
}

impl StudyText {
    /// Of a study; `None` where no study file could say what it asks.
    pub fn of(study: &Study) -> Option<Self> {
        let text = match study.text.as_str() {
            "" => study.to_toml().ok()?,
            text => text.to_owned(),
        };
        let FileHash { sha256, .. } = FileHash::of("", text.as_bytes());
        Some(StudyText {
            text,
            sha256,
            transform: study.data.transform,
            calendar: study.calendar.clone(),
            filter: study.events.filter.clone(),
            off_calendar: study.events.off_calendar,
            same_day: study.events.same_day,
            incomplete: study.events.incomplete,
            shift: study.events.shift,
        })
    }
}

/// By what command, where and when results were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The command, as a shell takes it.
    pub command: String,
    /// The machine's name, where it says it.
    pub host: Option<String>,
    /// When the command began, in universal time.
    pub started: String,
    /// When its results were written.
    pub finished: String,
}

/// What a report says beside its counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The study.
    pub study: StudySummary,
    /// As it was read.
    pub text: Option<StudyText>,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// The study as it was read; empty where a table is asked.
    #[serde(default)]
    pub study: Option<StudyText>,
    /// By what command, where and when; empty where a program asked the library.
    #[serde(default)]
    pub made: Option<Made>,
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
            study: None,
            made: None,
        }
    }
}

/// How the results came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
