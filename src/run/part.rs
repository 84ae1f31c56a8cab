//! Ranges of draws on disk: what is asked, over which files, and what was counted. A plan is not in them:
//! it is made again from the question, and a part is of that question alone.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Answer, Counted};
use crate::engine::{FamilyCounts, Tally};
use crate::error::{Error, Result};
use crate::inference::EffectSet;
use crate::load::FileHash;
use crate::null::SAMPLER_VERSION;
use crate::plan::{Centre, Convention};
use crate::question::Labelled;
use crate::question::table::TableSpec;
use crate::report::Device;
use crate::study::StudyFile;

/// What every part begins with.
const FORMAT: &str = "placebo-tally";
/// Version of the format; files of another version are refused.
const FORMAT_VERSION: u32 = 6;

/// A range of a question's draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    format: String,
    format_version: u32,
    /// Version of the samplers that made the draws.
    sampler_version: u32,
    /// What is asked.
    pub question: PartQuestion,
    /// What its files held.
    files: Vec<FileHash>,
    /// SHA-256 of all else, so that a damaged file is found out.
    checksum: String,
    counts: Counts,
}

/// What the draws of a part answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartQuestion {
    /// A study.
    Study(StudyPart),
    /// A test of a table.
    Table(TablePart),
}

/// A study, as text, and where its files are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyPart {
    /// Its name.
    pub name: String,
    /// The study file that says what is asked, without the seed.
    pub text: String,
    /// Seed of the draws, which may be larger than numbers of a study file.
    pub seed: u64,
    /// What was chosen for the user, as sentences.
    pub choices: Vec<String>,
    /// Whether the events' column of dates was found rather than named.
    pub date_is_found: bool,
    /// The folder of its files; `None`: they are bundled.
    pub folder: Option<String>,
    /// The text of the file that it was read from.
    #[serde(default)]
    pub written: StudyFile,
}

/// A test of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TablePart {
    /// What is asked.
    pub spec: TableSpec,
    /// The table, as it was named.
    pub data: String,
    /// Its listed assignments, if there are any.
    pub sets: Option<String>,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Counts {
    /// A plan an answer.
    answers: Vec<AnswerCounts>,
    device: Device,
    threads: usize,
    replayed: u64,
    notes: Vec<String>,
    elapsed_seconds: f64,
}

/// What the draws of a plan say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AnswerCounts {
    tally: Tally,
    family: Option<FamilyCounts>,
    intervals: Option<Vec<EffectSet>>,
    /// Null expectations that the draws had to give first, each with its hypothesis.
    centres: Vec<(usize, Centre)>,
}

/// The beginning of a file that tells what it is.
#[derive(Deserialize)]
struct Head {
    format: String,
    format_version: u32,
}

impl Part {
    /// Of counted draws.
    pub fn new<W>(question: PartQuestion, files: Vec<FileHash>, counted: Counted<W>) -> Self {
        let answers = counted.answers.into_iter().map(|answer| AnswerCounts {
            centres: drawn_centres(&answer.plan),
            tally: answer.tally,
            family: answer.family,
            intervals: answer.intervals,
        });
        let mut part = Part {
            format: FORMAT.into(),
            format_version: FORMAT_VERSION,
            sampler_version: SAMPLER_VERSION,
            question,
            files,
            checksum: String::new(),
            counts: Counts {
                answers: answers.collect(),
                device: counted.device,
                threads: counted.threads,
                replayed: counted.replayed,
                notes: counted.notes,
                elapsed_seconds: counted.elapsed_seconds,
            },
        };
        part.checksum = part.sum();
        part
    }

    /// Draws that it counts, of all plans together.
    pub fn draws(&self) -> u64 {
        let answers = self.counts.answers.iter();
        answers.map(|answer| answer.tally.draws()).sum()
    }

    /// Past which draw it has none, a plan a number.
    pub(crate) fn reaches(&self) -> Vec<u64> {
        let ranges = self.counts.answers.iter().map(|of| of.tally.ranges());
        ranges
            .map(|of| of.as_slice().last().map_or(0, |last| last.end))
            .collect()
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string(self).expect("plain structs become JSON");
        text.push('\n');
        text
    }

    /// Reads a file's text; `place` names the file in messages.
    ///
    /// # Errors
    ///
    /// The text is no tally file, one of another version, or a damaged one.
    pub fn from_text(text: &str, place: &str) -> Result<Self> {
        let no_tally_file = || {
            Error::input(
                place,
                "this is no tally file",
                "name files that `placebo run --tally` or `placebo test --tally` wrote",
            )
        };
        let head: Head = serde_json::from_str(text).map_err(|_| no_tally_file())?;
        if head.format != FORMAT {
            return Err(no_tally_file());
        }
        if head.format_version != FORMAT_VERSION {
            return Err(Error::input(
                place,
                format!(
                    "the tally file has format version {}, this program reads {FORMAT_VERSION}",
                    head.format_version
                ),
                "merge with the version of placebo that wrote it, or run the range again",
            ));
        }
        let part: Part =
            serde_json::from_str(text).map_err(|error| damaged(place, &error.to_string()))?;
        match part.checksum == part.sum() {
            true => Ok(part),
            false => Err(damaged(place, "its checksum does not fit")),
        }
    }

    /// Of all but the checksum itself.
    fn sum(&self) -> String {
        let bare = Part {
            checksum: String::new(),
            ..self.clone()
        };
        let text = serde_json::to_vec(&bare).expect("plain structs become JSON");
        let sum = Sha256::digest(text);
        sum.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What it counts, as answers of `plans`, each of `draws` draws in all, over `files`.
    ///
    /// # Errors
    ///
    /// Draws of other samplers or over other files, or counts that are impossible; `place` names the part.
    pub fn counted<W: Clone>(
        self,
        place: &str,
        plans: &[Labelled<W>],
        draws: u64,
        files: &[FileHash],
    ) -> Result<Counted<W>> {
        let other = |problem: String| {
            Error::input(
                place,
                problem,
                "merge ranges of one question over the same files, with the same seed and draws",
            )
        };
        if self.sampler_version != SAMPLER_VERSION {
            return Err(other(
                "its draws are of another version of the samplers".into(),
            ));
        }
        if let Some(changed) = changed(&self.files, files) {
            return Err(other(format!("it is over other data: {changed}")));
        }
        if self.counts.answers.len() != plans.len() {
            return Err(damaged(place, "it has not a tally for every null design"));
        }
        let mut answers = Vec::new();
        for (plan, counts) in plans.iter().zip(self.counts.answers) {
            let answer = counts.answer(plan, draws);
            answers.push(answer.map_err(|what| damaged(place, what))?);
        }
        Ok(Counted {
            answers,
            complete: false,
            device: self.counts.device,
            threads: self.counts.threads,
            replayed: self.counts.replayed,
            notes: self.counts.notes,
            elapsed_seconds: self.counts.elapsed_seconds,
        })
    }
}

fn damaged(place: &str, what: &str) -> Error {
    Error::input(
        place,
        format!("the tally file is damaged: {what}"),
        "run the range again",
    )
}

/// The first file that is not what it was, in words.
fn changed(had: &[FileHash], now: &[FileHash]) -> Option<String> {
    (0..had.len().max(now.len())).find_map(|at| match (had.get(at), now.get(at)) {
        (Some(had), Some(now)) if had.sha256 == now.sha256 => None,
        (_, Some(now)) if at < had.len() => Some(format!("{} has another SHA-256 now", now.file)),
        (_, Some(now)) => Some(format!("{} is read now, and was not", now.file)),
        (Some(had), None) => Some(format!("{} was read, and is not now", had.file)),
        (None, None) => None,
    })
}

/// The null expectations of a plan that draws gave.
fn drawn_centres<W>(plan: &Labelled<W>) -> Vec<(usize, Centre)> {
    let hypotheses = plan.hypotheses.iter().enumerate();
    let of_draws = hypotheses.filter_map(|(h, of)| Some((h, of.centre?)));
    of_draws.filter(|(_, centre)| centre.from_draws).collect()
}

impl AnswerCounts {
    /// As the answer of a plan.
    fn answer<W: Clone>(
        self,
        plan: &Labelled<W>,
        asked: u64,
    ) -> std::result::Result<Answer<W>, &'static str> {
        let mut plan = plan.clone();
        let symmetric = plan.convention == Convention::Symmetric;
        for (h, centre) in self.centres {
            match plan.hypotheses.get_mut(h) {
                Some(of) if of.mirror.is_none() => of.centre_on(centre, symmetric),
                _ => return Err("it gives an expectation that no test lacks"),
            }
        }
        if plan.lacks_centre() {
            return Err("it lacks an expectation");
        }
        let draws = plan.draws(asked);
        let members = plan.intervals.as_ref().map_or(0, |of| of.members.len());
        if self
            .intervals
            .as_ref()
            .is_some_and(|of| of.len() != members)
        {
            return Err("it has not a set for every interval");
        }
        self.tally.check(&plan, draws)?;
        match (&self.family, &plan.family) {
            (Some(counts), Some(family)) => counts.check(family, plan.convention, draws)?,
            (Some(_), None) => return Err("it counts a family that its plan has not"),
            (None, _) => {}
        }
        Ok(Answer {
            plan,
            tally: self.tally,
            family: self.family,
            intervals: self.intervals,
            stops: None,
            far_tails: None,
        })
    }
}
