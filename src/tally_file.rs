//! Tallies on disk: a range of draws counted here, merged with other ranges elsewhere.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::null::SAMPLER_VERSION;
use crate::question::events::EventPlan;
use crate::report::Context;
use crate::run::{Counted, Merging};

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
        return Err(no_file());
    };
    let fingerprint = first.fingerprint;
    let context = first.context;
    let mut merging = Merging::new(first_name, first.counted);
    for (name, file) in files {
        if file.fingerprint != fingerprint {
            return Err(another_question(
                &name,
                merging.first(),
                difference(&context, &file.context),
            ));
        }
        merging.add(name, file.counted)?;
    }
    let counted = merging.finish(context.draws, |number| format!("[[test]] {number}"))?;
    Ok((context, counted))
}

/// That no file is named.
pub(crate) fn no_file() -> Error {
    Error::input("merge", "no file is named", "name tally files")
}

/// That the file `name` answers another question than `first`, and how it differs.
pub(crate) fn another_question(name: &str, first: &str, difference: String) -> Error {
    Error::input(
        name,
        format!("it answers another question than {first}: {difference}"),
        "merge ranges of one study over the same data, with the same seed and draws",
    )
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
