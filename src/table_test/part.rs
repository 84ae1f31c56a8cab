//! Ranges of a test's draws on disk, merged with others elsewhere.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{TableCounts, TableTest};
use crate::engine::Tally;
use crate::error::{Error, Result};
use crate::load::FileHash;
use crate::null::SAMPLER_VERSION;
use crate::question::table::{CompiledTable, TableSpec};
use crate::report::{Device, TableReport};
use crate::run::{Answer, Counted, Merging, Progress, RunOptions, refuse_parts};

/// What every part begins with.
const FORMAT: &str = "placebo-table-part";
/// Version of the format; parts of another version are refused.
const FORMAT_VERSION: u32 = 1;

/// A range of a test's draws: what is asked, where the table is and its hash, and what was counted. The
/// plan is not in it, but made again from these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TablePart {
    format: String,
    format_version: u32,
    /// Version of the samplers that made the draws.
    sampler_version: u32,
    /// What is asked.
    pub spec: TableSpec,
    /// The table, as it was named.
    pub data: String,
    /// Its listed assignments, if there are any.
    pub sets: Option<String>,
    /// What the files held.
    files: Vec<FileHash>,
    /// SHA-256 of all else, so that a damaged part is found out.
    checksum: String,
    counts: Counts,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Counts {
    /// A plan a tally.
    tallies: Vec<Tally>,
    device: Device,
    threads: usize,
    replayed: u64,
    notes: Vec<String>,
    elapsed_seconds: f64,
}

/// The part of a file that tells what it is.
#[derive(Deserialize)]
struct Head {
    format: String,
    format_version: u32,
}

impl TableTest {
    /// Counts the draws `range` of the spec's draws, to be merged with the others by [`TableTest::merge`].
    /// When `progress` says to stop, the part is that of the draws done.
    ///
    /// # Errors
    ///
    /// A table that is in no file, a test that needs all its draws at once, or one that exact laws answer;
    /// those of [`TableTest::run`].
    pub fn part(
        &self,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<TablePart> {
        let file = &self.table.file;
        if file.sha256.is_empty() || file.file == "-" {
            return Err(Error::input(
                "--tally",
                "a part is merged over its table, which is in no file here",
                "Write the table to a file, and test that.",
            ));
        }
        let draws = self.spec.draws;
        if range.end > draws {
            return Err(Error::input(
                format!("--range {}..{}", range.start, range.end),
                format!("the test has {draws} draws"),
                "ask for a range inside, or for more --draws (the same for every range)",
            ));
        }
        let compiled = self.compile()?;
        if self.is_answered(&compiled) {
            return Err(Error::input(
                "--tally",
                "exact laws answer this test, and nothing is drawn",
                "leave --tally and --range out, or draw with --exact never",
            ));
        }
        refuse_parts(&compiled.plans, self.rules(), "--tally")?;
        let counted = self.draw(&compiled, range, options, progress)?;
        let mut part = TablePart {
            format: FORMAT.into(),
            format_version: FORMAT_VERSION,
            sampler_version: SAMPLER_VERSION,
            spec: self.spec.clone(),
            data: file.file.clone(),
            sets: self.sets.as_ref().map(|sets| sets.file.file.clone()),
            files: self.files(),
            checksum: String::new(),
            counts: Counts {
                tallies: counted.answers.into_iter().map(|of| of.tally).collect(),
                device: counted.device,
                threads: counted.threads,
                replayed: counted.replayed,
                notes: counted.notes,
                elapsed_seconds: counted.elapsed_seconds,
            },
        };
        part.checksum = part.sum();
        Ok(part)
    }

    /// The report of parts of this test, each with its name for messages, that together hold every draw
    /// once.
    ///
    /// # Errors
    ///
    /// No part, a part of another test, draws counted twice, or draws that no part has.
    pub fn merge(&self, parts: Vec<(String, TablePart)>) -> Result<TableReport> {
        let compiled = self.compile()?;
        let mut merging: Option<Merging<_>> = None;
        for (name, part) in parts {
            let counts = self.counts(&compiled, &name, part)?;
            match &mut merging {
                None => merging = Some(Merging::new(name, counts)),
                Some(merging) => merging.add(name, counts)?,
            }
        }
        let merging =
            merging.ok_or_else(|| Error::input("merge", "no part is named", "name parts"))?;
        let place = |number: usize| compiled.plans[number - 1].words.null.clone();
        let counted = merging.finish(self.spec.draws, place)?;
        Ok(self.report(&compiled, Some(counted)))
    }

    /// The counts of a part, if it is one of this test.
    fn counts(&self, compiled: &CompiledTable, name: &str, part: TablePart) -> Result<TableCounts> {
        let other = |problem: String| {
            Error::input(
                name,
                problem,
                "merge ranges of one test over the same table, with the same flags, seed and draws",
            )
        };
        if part.sampler_version != SAMPLER_VERSION {
            return Err(other(
                "its draws are of another version of the samplers".into(),
            ));
        }
        if part.spec != self.spec {
            return Err(other(format!(
                "it is of another test: {}",
                difference(&part.spec, &self.spec)
            )));
        }
        let hashes = |files: &[FileHash]| -> Vec<String> {
            files.iter().map(|file| file.sha256.clone()).collect()
        };
        if hashes(&part.files) != hashes(&self.files()) {
            return Err(other(format!(
                "it is of another table: {} has another SHA-256",
                self.table.file.file
            )));
        }
        let damaged = |what: &str| {
            Error::input(
                name,
                format!("the part is damaged: {what}"),
                "run the range again",
            )
        };
        if part.counts.tallies.len() != compiled.plans.len() {
            return Err(damaged("it has not a tally for every null design"));
        }
        let mut answers = Vec::new();
        for (plan, tally) in compiled.plans.iter().zip(part.counts.tallies) {
            let draws = plan.draws(self.spec.draws);
            tally.check(plan, draws).map_err(damaged)?;
            answers.push(Answer {
                plan: plan.clone(),
                tally,
                family: None,
                intervals: None,
                stops: None,
                far_tails: None,
            });
        }
        Ok(Counted {
            answers,
            complete: false,
            device: part.counts.device,
            threads: part.counts.threads,
            replayed: part.counts.replayed,
            notes: part.counts.notes,
            elapsed_seconds: part.counts.elapsed_seconds,
        })
    }
}

/// What differs between two tests, as far as a line tells.
fn difference(a: &TableSpec, b: &TableSpec) -> String {
    if a.formula != b.formula {
        format!("its formula is {}", a.formula)
    } else if a.draws != b.draws {
        format!("it is part of {} draws, not {}", a.draws, b.draws)
    } else if a.seed != b.seed {
        format!("its seed is {}, not {}", a.seed, b.seed)
    } else {
        "its flags differ".into()
    }
}

impl TablePart {
    /// Whether a text begins as parts do, so that it is one or a damaged one.
    pub fn is_one(text: &str) -> bool {
        serde_json::from_str::<Head>(text).is_ok_and(|head| head.format == FORMAT)
    }

    /// Draws that it counts, of all null designs together.
    pub fn draws(&self) -> u64 {
        self.counts.tallies.iter().map(Tally::draws).sum()
    }

    /// The part's text.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string(self).expect("plain structs become JSON");
        text.push('\n');
        text
    }

    /// Reads a part's text; `place` names the file in messages.
    ///
    /// # Errors
    ///
    /// The text is no part, one of another version, or a damaged one.
    pub fn from_text(text: &str, place: &str) -> Result<Self> {
        let no_part = || {
            Error::input(
                place,
                "this is no part of a test",
                "name files that `placebo test --tally` wrote",
            )
        };
        let head: Head = serde_json::from_str(text).map_err(|_| no_part())?;
        if head.format != FORMAT {
            return Err(no_part());
        }
        if head.format_version != FORMAT_VERSION {
            return Err(Error::input(
                place,
                format!(
                    "the part has format version {}, this program reads {FORMAT_VERSION}",
                    head.format_version
                ),
                "merge with the version of placebo that wrote it, or run the range again",
            ));
        }
        let damaged = |what: String| {
            Error::input(
                place,
                format!("the part is damaged: {what}"),
                "run the range again",
            )
        };
        let part: TablePart =
            serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        match part.checksum == part.sum() {
            true => Ok(part),
            false => Err(damaged("its checksum does not fit".into())),
        }
    }

    /// Of all but the checksum itself.
    fn sum(&self) -> String {
        let bare = TablePart {
            checksum: String::new(),
            ..self.clone()
        };
        let text = serde_json::to_vec(&bare).expect("plain structs become JSON");
        let sum = Sha256::digest(text);
        sum.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
