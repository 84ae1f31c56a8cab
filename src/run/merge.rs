//! Counts of ranges, merged to those of one shot.

use std::path::Path;

use super::count::together;
use super::part::{Part, PartQuestion, StudyPart};
use super::{Counted, Prepared, prepare};
use crate::error::{Error, Result};
use crate::load::Source;
use crate::report::{Context, Device};
use crate::study::Study;

/// Counts of ranges of one question's draws, as they come.
#[derive(Debug)]
pub(crate) struct Merging<W> {
    counted: Counted<W>,
    devices: Vec<Device>,
    /// What the merged ones are called in messages.
    names: Vec<String>,
}

impl<W> Merging<W> {
    /// From the first of them, called `name` in messages.
    pub fn new(name: String, counted: Counted<W>) -> Self {
        Merging {
            devices: vec![counted.device.clone()],
            counted,
            names: vec![name],
        }
    }

    /// What the first one is called.
    pub fn first(&self) -> &str {
        &self.names[0]
    }

    /// Adds those of another range.
    ///
    /// # Errors
    ///
    /// Draws that are there already.
    pub fn add(&mut self, name: String, other: Counted<W>) -> Result<()> {
        let counted = &mut self.counted;
        for (mine, theirs) in counted.answers.iter_mut().zip(&other.answers) {
            mine.tally.merge(&theirs.tally).map_err(|error| {
                let problem = match error {
                    Error::Input { problem, .. } => problem,
                    other => other.to_string(),
                };
                Error::input(
                    &name,
                    format!("{problem} in {}", self.names.join(", ")),
                    "merge each range once",
                )
            })?;
        }
        counted.elapsed_seconds += other.elapsed_seconds;
        counted.replayed += other.replayed;
        counted.threads = counted.threads.max(other.threads);
        counted.notes.extend(other.notes);
        self.devices.push(other.device);
        self.names.push(name);
        Ok(())
    }

    /// The counts of all `asked` draws; `place` names a plan by its number from 1.
    ///
    /// # Errors
    ///
    /// Draws that are not there.
    pub fn finish(mut self, asked: u64, place: impl Fn(usize) -> String) -> Result<Counted<W>> {
        for (number, answer) in (1..).zip(&self.counted.answers) {
            let draws = answer.plan.draws(asked);
            if let Some(missing) = answer.tally.ranges().gaps(&(0..draws)).first() {
                return Err(Error::input(
                    place(number),
                    format!("no file has the draws {}..{}", missing.start, missing.end),
                    // The last part of an enumeration goes with the last draws asked for.
                    format!(
                        "run --range {}..{} and merge it, too",
                        missing.start,
                        missing.end.min(asked)
                    ),
                ));
            }
        }
        self.counted.complete = true;
        self.counted.device = together(self.devices);
        Ok(self.counted)
    }
}

/// The study of a part and its files in a folder, where these are elsewhere now.
fn study_of(part: &StudyPart, folder: Option<&Path>) -> Result<Study> {
    let source = match (folder, &part.folder) {
        (Some(folder), _) => Source::Folder(folder.to_owned()),
        (None, Some(folder)) => Source::Folder(folder.into()),
        (None, None) => Source::Bundled,
    };
    let mut study = Study::from_toml(&part.text, &part.name, source)?;
    study.name.clone_from(&part.name);
    study.run.seed = part.seed;
    study.choices.clone_from(&part.choices);
    study.events.date_is_found = part.date_is_found;
    study.text = part.written.clone();
    Ok(study)
}

impl Prepared {
    /// Counted draws of a study, as a part to be merged with others.
    ///
    /// # Errors
    ///
    /// A study whose folder has a name that is not UTF-8, or whose numbers no study file can hold.
    pub fn part(&self, study: &Study, counted: Counted) -> Result<Part> {
        Ok(Part::new(
            self.question(study)?,
            self.files.clone(),
            counted,
        ))
    }

    /// What the study asks, as parts say it.
    pub(super) fn question(&self, study: &Study) -> Result<PartQuestion> {
        if self.files.is_empty() || matches!(study.source, Source::Held(_)) {
            return Err(Error::input(
                format!("study {}", study.name),
                "draws are kept beside the hashes of their data, which are in no file here",
                "Write the series and the events to files, and run a study of these.",
            ));
        }
        let folder = match &study.source {
            Source::Bundled | Source::Held(_) => None,
            Source::Folder(folder) => {
                Some(folder.to_str().map(str::to_owned).ok_or_else(|| {
                    Error::input(
                        folder.display().to_string(),
                        "the folder's name is not UTF-8",
                        "rename the folder",
                    )
                })?)
            }
        };
        let mut seedless = study.clone();
        seedless.run.seed = 0;
        let question = StudyPart {
            name: study.name.clone(),
            text: seedless.to_toml()?,
            seed: study.run.seed,
            choices: study.choices.clone(),
            date_is_found: study.events.date_is_found,
            folder,
            written: study.text.clone(),
        };
        Ok(PartQuestion::Study(question))
    }
}

/// Merges parts of a study, each with its name for messages, into the counts of all its draws. Its plans are
/// made again from its files, which are in `folder` where that is another one now.
///
/// # Errors
///
/// No part, a part of another question, draws counted twice, draws that no part has, or files that are
/// not what they were.
pub fn merge(parts: Vec<(String, Part)>, folder: Option<&Path>) -> Result<(Context, Counted)> {
    let Some((_, first)) = parts.first() else {
        return Err(no_part());
    };
    let PartQuestion::Study(asked) = first.question.clone() else {
        return Err(no_part());
    };
    let study = study_of(&asked, folder)?;
    let prepared = prepare(&study)?;
    let (plans, draws) = (&prepared.compiled.plans, study.run.draws);
    let mut merging: Option<Merging<_>> = None;
    for (name, part) in parts {
        if let Some(merging) = &merging
            && let Some(differs) = difference(&asked, &part.question)
        {
            return Err(another_question(&name, merging.first(), &differs));
        }
        let counted = part.counted(&name, plans, draws, &prepared.files)?;
        match &mut merging {
            None => merging = Some(Merging::new(name, counted)),
            Some(merging) => merging.add(name, counted)?,
        }
    }
    let counted = merging
        .ok_or_else(no_part)?
        .finish(draws, |number| format!("[[test]] {number}"))?;
    Ok((prepared.context(&study), counted))
}

/// That no part is named.
pub(crate) fn no_part() -> Error {
    Error::input("merge", "no file is named", "name tally files")
}

/// That the part `name` answers another question than `first`, and how it differs.
pub(crate) fn another_question(name: &str, first: &str, differs: &str) -> Error {
    Error::input(
        name,
        format!("it answers another question than {first}: {differs}"),
        "merge ranges of one question over the same data, with the same seed and draws",
    )
}

/// Whether two parts are of one question, whatever the number of its draws.
pub(super) fn same_but_draws(a: &PartQuestion, b: &PartQuestion) -> bool {
    match (a, b) {
        (PartQuestion::Study(a), PartQuestion::Study(b)) => {
            match (study_of(a, None), study_of(b, None)) {
                (Ok(mut a), Ok(b)) => {
                    a.run.draws = b.run.draws;
                    a.source.clone_from(&b.source);
                    a == b
                }
                _ => false,
            }
        }
        (PartQuestion::Table(a), PartQuestion::Table(b)) => {
            let mut spec = a.spec.clone();
            spec.draws = b.spec.draws;
            spec == b.spec
        }
        _ => false,
    }
}

/// What tells a part's question from a study's; `None` where it is the same.
fn difference(study: &StudyPart, other: &PartQuestion) -> Option<String> {
    let PartQuestion::Study(other) = other else {
        return Some("it is a test of a table".into());
    };
    let same = study.text == other.text && study.name == other.name;
    if same && study.seed == other.seed {
        return None;
    }
    let draws = |part: &StudyPart| study_of(part, None).map_or(0, |study| study.run.draws);
    let (mine, theirs) = (draws(study), draws(other));
    Some(if study.name != other.name {
        format!("its study is {}", other.name)
    } else if mine != theirs {
        format!("it is part of {theirs} draws, not {mine}")
    } else if study.seed != other.seed {
        format!("its seed is {}, not {}", other.seed, study.seed)
    } else {
        "their studies differ".into()
    })
}
