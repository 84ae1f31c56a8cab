//! Tallies on disk: a range of draws counted here, merged with other ranges elsewhere.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::engine::Tally;
use crate::error::{Error, Result};
use crate::null::SAMPLER_VERSION;
use crate::question::events::EventPlan;
use crate::report::Context;
use crate::run::{Counted, together};

/// What every tally file begins with.
const FORMAT: &str = "placebo-tally";
/// Version of the format; files of another version are refused.
const FORMAT_VERSION: u32 = 5;

/// A tally file: everything that a report needs, so that merging needs no data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TallyFile {
    format: String,
    format_version: u32,
    /// SHA-256 of the question: plans, draws and data. Only tallies of one question merge.
    fingerprint: String,
    /// SHA-256 of the answer, so that a damaged file is found out.
    checksum: String,
    /// What the report says beside the counts.
    pub context: Context,
    /// The counts.
    pub counted: Counted,
}

/// The part of a file that tells what it is.
#[derive(Deserialize)]
struct Head {
    format: String,
    format_version: u32,
}

impl TallyFile {
    /// Of counted draws.
    pub fn new(context: Context, counted: Counted) -> Self {
        TallyFile {
            format: FORMAT.into(),
            format_version: FORMAT_VERSION,
            fingerprint: fingerprint(&context, &counted),
            checksum: hash(&counted),
            context,
            counted,
        }
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
        let no_tally_file =
            |remedy: &str| Error::input(place, "this is no tally file", remedy.to_owned());
        let head: Head = serde_json::from_str(text)
            .map_err(|_| no_tally_file("name files that `placebo run --tally` wrote"))?;
        if head.format != FORMAT {
            return Err(no_tally_file("name files that `placebo run --tally` wrote"));
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
        let damaged = |what: String| {
            Error::input(
                place,
                format!("the tally file is damaged: {what}"),
                "run the range again",
            )
        };
        let file: TallyFile =
            serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        if file.fingerprint != fingerprint(&file.context, &file.counted)
            || file.checksum != hash(&file.counted)
        {
            return Err(damaged("its checksum does not fit".into()));
        }
        if file.counted.answers.is_empty() {
            return Err(damaged("it has no tally".into()));
        }
        for answer in &file.counted.answers {
            let plan = &answer.plan;
            let members = plan.intervals.as_ref().map_or(0, |of| of.members.len());
            let sets = answer.intervals.as_ref();
            if sets.is_some_and(|sets| sets.len() != members) {
                return Err(damaged("it has not a set for every interval".into()));
            }
            let draws = plan.draws(file.context.draws);
            plan.check()
                .and_then(|()| answer.tally.check(plan, draws))
                .and_then(|()| match (&answer.family, &plan.family) {
                    (Some(counts), Some(family)) => counts.check(family, plan.convention, draws),
                    (Some(_), None) => Err("it counts a family that its plan has not"),
                    (None, _) => Ok(()),
                })
                .map_err(|what| damaged(what.into()))?;
        }
        Ok(file)
    }
}

/// Of the question that counts answer: plans, draws, data and the samplers' version.
fn fingerprint(context: &Context, counted: &Counted) -> String {
    let plans: Vec<&EventPlan> = counted.answers.iter().map(|of| &of.plan).collect();
    hash(&(SAMPLER_VERSION, context, plans))
}

fn hash(value: &impl Serialize) -> String {
    let text = serde_json::to_vec(value).expect("plain structs become JSON");
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Merges tally files, each with its name for messages, into the counts of all draws.
///
/// # Errors
///
/// No file, a file of another question, draws counted twice, or draws that no file has.
pub fn merge(files: Vec<(String, TallyFile)>) -> Result<(Context, Counted)> {
    let mut files = files.into_iter();
    let Some((first_name, first)) = files.next() else {
        return Err(Error::input(
            "merge",
            "no file is named",
            "name tally files",
        ));
    };
    let fingerprint = first.fingerprint;
    let (context, mut counted) = (first.context, first.counted);
    let mut merged = vec![first_name];
    let mut devices = vec![counted.device.clone()];
    for (name, file) in files {
        if file.fingerprint != fingerprint {
            return Err(Error::input(
                &name,
                format!(
                    "it answers another question than {}: {}",
                    merged[0],
                    difference(&context, &file.context)
                ),
                "merge ranges of one study over the same data, with the same seed and draws",
            ));
        }
        for (mine, theirs) in counted.answers.iter_mut().zip(&file.counted.answers) {
            mine.tally.merge(&theirs.tally).map_err(|error| {
                let problem = match error {
                    Error::Input { problem, .. } => problem,
                    other => other.to_string(),
                };
                Error::input(
                    &name,
                    format!("{problem} in {}", merged.join(", ")),
                    "merge each range once",
                )
            })?;
        }
        counted.elapsed_seconds += file.counted.elapsed_seconds;
        counted.replayed += file.counted.replayed;
        counted.threads = counted.threads.max(file.counted.threads);
        counted.notes.extend(file.counted.notes);
        devices.push(file.counted.device);
        merged.push(name);
    }
    for (number, answer) in counted.answers.iter().enumerate() {
        let draws = answer.plan.draws(context.draws);
        if let Some(missing) = missing(&answer.tally, draws).first() {
            return Err(Error::input(
                format!("[[test]] {}", number + 1),
                format!("no file has the draws {}..{}", missing.start, missing.end),
                // The last part of an enumeration goes with the last draws asked for.
                format!(
                    "run --range {}..{} and merge it, too",
                    missing.start,
                    missing.end.min(context.draws)
                ),
            ));
        }
    }
    counted.complete = true;
    counted.device = together(devices);
    Ok((context, counted))
}

/// What differs between two questions, as far as their contexts tell.
fn difference(a: &Context, b: &Context) -> String {
    if a.study.name != b.study.name {
        format!("its study is {}", b.study.name)
    } else if a.draws != b.draws {
        format!("it is part of {} draws, not {}", b.draws, a.draws)
    } else if a.files != b.files {
        "its data differ".into()
    } else {
        "its seed or its study differ".into()
    }
}

/// The draws of `0..draws` that a tally lacks.
fn missing(tally: &Tally, draws: u64) -> Vec<Range<u64>> {
    let mut gaps = Vec::new();
    let mut next = 0;
    for range in tally.ranges() {
        if range.start > next {
            gaps.push(next..range.start);
        }
        next = range.end;
    }
    if next < draws {
        gaps.push(next..draws);
    }
    gaps
}
