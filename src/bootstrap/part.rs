//! Ranges of a bootstrap's draws on disk, merged with others elsewhere.

use std::ops::Range;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::counts::{Counted, Fold, Ready};
use super::makers::Makers;
use super::{Bootstrap, Clock, Made};
use crate::engine::Threads;
use crate::error::{Cause, Error, Result};
use crate::inference::bootstrap::MOST_KEPT;
use crate::load::FileHash;
use crate::null::SAMPLER_VERSION;
use crate::question::resample::BootstrapSpec;
use crate::report::{BootstrapReport, Device};
use crate::resample::IntervalKind;
use crate::run::{Progress, RunOptions, another_question, no_part, together};

/// What every part begins with.
const FORMAT: &str = "placebo-bootstrap";
/// Version of the format; files of another version are refused.
const FORMAT_VERSION: u32 = 1;

/// Numbers that the parts of a bootstrap hold together at most: half a GiB.
pub(super) const MOST_HELD: u64 = 1 << 26;
/// Those of a wild draw.
const NUMBERS_OF_WILD: usize = 5;

/// A range of a bootstrap's draws.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BootstrapPart {
    format: String,
    format_version: u32,
    /// Version of the samplers that made the draws.
    sampler_version: u32,
    /// What is asked.
    pub question: BootstrapQuestion,
    /// What its table's file held.
    files: Vec<FileHash>,
    /// SHA-256 of all else, so that a damaged file is found out.
    checksum: String,
    /// What its draws add up to, fold by fold: what of the bootstrap is drawn, in its order.
    counted: Vec<Counted>,
    device: Option<Device>,
    threads: usize,
    notes: Vec<String>,
    elapsed_seconds: f64,
}

/// What a part answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapQuestion {
    /// What is asked.
    pub spec: BootstrapSpec,
    /// The table, as it was named.
    pub data: String,
}

/// The beginning of a file that tells what it is.
#[derive(Deserialize)]
struct Begins {
    format: String,
    format_version: u32,
}

impl BootstrapPart {
    /// Draws that it has, of all folds together.
    pub fn draws(&self) -> u64 {
        self.counted.iter().map(|of| of.ranges.draws()).sum()
    }

    /// Whether it has the rows of one of several files, rather than a range of draws.
    pub fn is_of_files(&self) -> bool {
        self.question.spec.first_row.is_some()
    }

    /// What is asked, the file, the counts, and how they were made.
    ///
    /// # Errors
    ///
    /// Draws of other samplers; `place` names the part.
    pub(super) fn apart(
        self,
        place: &str,
    ) -> Result<(BootstrapSpec, Vec<FileHash>, Vec<Counted>, Made)> {
        if self.sampler_version != SAMPLER_VERSION {
            return Err(Error::input(
                place,
                "its draws are of another version of the samplers",
                "merge ranges of one question over the same file, with the same seed and draws",
            ));
        }
        let made = Made {
            device: self.device,
            threads: self.threads,
            notes: self.notes,
            elapsed_seconds: self.elapsed_seconds,
        };
        Ok((self.question.spec, self.files, self.counted, made))
    }

    /// Whether a file's text begins as that of a part of a bootstrap.
    pub fn is_one(text: &str) -> bool {
        let begins = serde_json::from_str::<Begins>(text);
        begins.is_ok_and(|begins| begins.format == FORMAT)
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
    /// The text is no part of a bootstrap, one of another version, or a damaged one.
    pub fn from_text(text: &str, place: &str) -> Result<Self> {
        let begins = serde_json::from_str::<Begins>(text).ok();
        let begins = begins.filter(|begins| begins.format == FORMAT);
        let Some(begins) = begins else {
            return Err(Error::input(
                place,
                "this is no part of a bootstrap",
                "name files that `placebo bootstrap --tally` wrote",
            ));
        };
        if begins.format_version != FORMAT_VERSION {
            return Err(Error::input(
                place,
                format!(
                    "the part has format version {}, this program reads {FORMAT_VERSION}",
                    begins.format_version
                ),
                "merge with the version of placebo that wrote it, or run the range again",
            ));
        }
        let part: BootstrapPart =
            serde_json::from_str(text).map_err(|error| damaged(place, &error.to_string()))?;
        match part.checksum == part.sum() {
            true => Ok(part),
            false => Err(damaged(place, "its checksum does not fit")),
        }
    }

    /// Of all but the checksum itself.
    fn sum(&self) -> String {
        let bare = BootstrapPart {
            checksum: String::new(),
            ..self.clone()
        };
        let text = serde_json::to_vec(&bare).expect("plain structs become JSON");
        let sum = Sha256::digest(text);
        sum.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn damaged(place: &str, what: &str) -> Error {
    Error::input(
        place,
        format!("the part is damaged: {what}"),
        "run the range again",
    )
}

impl Bootstrap {
    /// Makes the draws `range` of the spec's draws, to be merged with the others by [`Bootstrap::merge`]. When
    /// `progress` says to stop, the part is that of the draws done.
    ///
    /// # Errors
    ///
    /// A table that is in no file, a bootstrap of which nothing is drawn or whose ends take further passes over all
    /// draws; those of [`Bootstrap::run`].
    pub fn part(
        &self,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<BootstrapPart> {
        if let Some(first) = self.spec.first_row {
            return self.part_of_file(first, range, options, progress);
        }
        let start = Instant::now();
        let ready = self.ready()?;
        let folds = self.shared_out(&ready, &range, "--tally")?;
        let threads = Threads::new(options.threads)?;
        let mut makers = Makers::new(&threads, options.chunk);
        makers.open(&options.device)?;
        let mut clock = Clock {
            progress,
            done: 0,
            total: (range.end - range.start) * folds.len() as u64,
        };
        let counted = folds.iter().map(|&fold| {
            let range = range.clone();
            self.count(&ready, fold, range, &mut makers, &mut clock)
        });
        let counted = counted.collect();
        let made = Made {
            device: makers.device(),
            threads: threads.count(),
            notes: makers.notes,
            elapsed_seconds: start.elapsed().as_secs_f64(),
        };
        Ok(self.part_of(counted, made))
    }

    /// Refuses to cut the draws into ranges.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] at `place`, the flag that asks for it: those of [`Bootstrap::part`].
    pub fn refuse_parts(&self, place: &str) -> Result<()> {
        let all = 0..self.spec.draws;
        self.shared_out(&self.ready()?, &all, place).map(drop)
    }

    pub(super) fn part_of(&self, counted: Vec<Counted>, made: Made) -> BootstrapPart {
        let mut part = BootstrapPart {
            format: FORMAT.into(),
            format_version: FORMAT_VERSION,
            sampler_version: SAMPLER_VERSION,
            question: BootstrapQuestion {
                spec: self.spec.clone(),
                data: self.table.file.file.clone(),
            },
            files: self.files(),
            checksum: String::new(),
            counted,
            device: made.device,
            threads: made.threads,
            notes: made.notes,
            elapsed_seconds: made.elapsed_seconds,
        };
        part.checksum = part.sum();
        part
    }

    /// The folds of which ranges of draws are kept in files.
    pub(super) fn shared_out(
        &self,
        ready: &Ready,
        range: &Range<u64>,
        place: &str,
    ) -> Result<Vec<Fold>> {
        let refuse = |problem: String, remedy: String| Err(Error::input(place, problem, remedy));
        let file = &self.table.file;
        if file.sha256.is_empty() || file.file == "-" {
            return refuse(
                "draws are kept beside the hash of their table, which is in no file here".into(),
                "Write the table to a file, and resample that.".into(),
            );
        }
        let draws = self.spec.draws;
        if range.end > draws {
            return Err(Error::input(
                format!("--range {}..{}", range.start, range.end),
                format!("the bootstrap has {draws} draws"),
                "ask for a range inside, or for more --draws (the same for every range)",
            ));
        }
        let wild = ready.compiled.wild.as_ref();
        let listed = wild.filter(|wild| self.is_listed(&wild.asked[0]));
        if let Some(wild) = listed {
            return refuse(
                format!(
                    "the {} signs of the {} {} are all made once, and none are drawn",
                    self.wild_draws(&wild.asked[0]),
                    wild.asked[0].drawn.groups(),
                    wild.words.units
                ),
                format!("leave {place} out, or draw with --exact never"),
            );
        }
        let folds = self.folds(ready);
        if folds.is_empty() {
            return refuse(
                "exact laws answer this bootstrap, and nothing is drawn".into(),
                format!("leave {place} out, or draw with --exact never"),
            );
        }
        let only_moments = |kind: &IntervalKind| *kind == IntervalKind::Normal;
        if draws > MOST_KEPT && !self.spec.kinds().iter().all(only_moments) {
            return refuse(
                format!(
                    "of more than {MOST_KEPT} draws the ends of intervals are found by further passes over all of them, and no part has all"
                ),
                format!(
                    "Take --draws {MOST_KEPT} or fewer, or --interval normal, which takes no pass."
                ),
            );
        }
        let of_draw = |fold: &Fold| match *fold {
            Fold::Values(number) => ready.known[number].observed.len(),
            Fold::Studentized(..) => 1,
            Fold::Wild(_) => NUMBERS_OF_WILD,
        };
        let held = match self.keeps() {
            true => folds.iter().map(of_draw).sum::<usize>() as u64 * draws,
            false => 0,
        };
        if held > MOST_HELD {
            return Err(Error::input(
                place,
                format!("a part would hold {held} replicates in memory, and {MOST_HELD} are held at most"),
                "Take fewer draws, or fewer columns (coefficients, intervals) at once.",
            )
            .because(Cause::TooLarge {
                found: held as usize,
                most: MOST_HELD as usize,
            }));
        }
        Ok(folds)
    }

    /// What the part has of each of `folds`.
    ///
    /// # Errors
    ///
    /// Draws of other samplers or of another table, or counts that are impossible; `place` names the part.
    pub(super) fn counted(
        &self,
        ready: &Ready,
        folds: &[Fold],
        part: BootstrapPart,
        place: &str,
    ) -> Result<(Vec<Counted>, Made)> {
        let data = part.question.data.clone();
        let (_, files, counted, made) = part.apart(place)?;
        // A file that was moved has another name.
        let hash = |files: &[FileHash]| files.first().map(|file| file.sha256.clone());
        if hash(&files) != hash(&self.files()) {
            return Err(Error::input(
                place,
                format!("it is over other data: {data} is not what it was"),
                "merge ranges of one question over the same file, with the same seed and draws",
            ));
        }
        if counted.len() != folds.len() {
            return Err(damaged(place, "it has not the draws of every statistic"));
        }
        for (counted, &fold) in counted.iter().zip(folds) {
            let nothing = self.nothing(ready, fold);
            counted
                .check(&nothing, self.spec.draws, self.keeps())
                .map_err(|what| damaged(place, what))?;
        }
        Ok((counted, made))
    }

    /// The report of parts of this bootstrap, each with its name for messages, that together hold every draw once:
    /// its rows are those of one shot.
    ///
    /// # Errors
    ///
    /// No part, a part of another bootstrap, draws that are in two parts, or in none.
    pub fn merge(&self, parts: Vec<(String, BootstrapPart)>) -> Result<BootstrapReport> {
        let ready = self.ready()?;
        let draws = self.spec.draws;
        let folds = self.shared_out(&ready, &(0..draws), "merge")?;
        let mut all: Vec<Counted> = folds.iter().map(|&of| self.nothing(&ready, of)).collect();
        let mut made = Made::nothing();
        let mut devices = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let first = parts.first().map(|(name, _)| name.clone());
        let first = first.ok_or_else(no_part)?;
        for (name, part) in parts {
            if let Some(differs) = self.difference(&part.question) {
                return Err(another_question(&name, &first, &differs));
            }
            let (counted, of_part) = self.counted(&ready, &folds, part, &name)?;
            for (mine, theirs) in all.iter_mut().zip(counted) {
                mine.merge(theirs).map_err(|error| {
                    let problem = match error {
                        Error::Input { problem, .. } => problem,
                        other => other.to_string(),
                    };
                    let problem = format!("{problem} in {}", names.join(", "));
                    Error::input(&name, problem, "merge each range once")
                })?;
            }
            devices.extend(of_part.device.clone());
            made.add(of_part);
            names.push(name);
        }
        for counted in &all {
            if let Some(missing) = counted.ranges.gaps(&(0..draws)).first() {
                return Err(Error::input(
                    "merge",
                    format!("no file has the draws {}..{}", missing.start, missing.end),
                    format!(
                        "run --range {}..{} and merge it, too",
                        missing.start, missing.end
                    ),
                ));
            }
        }
        made.device = Some(together(devices));
        self.of_counted(&ready, &folds, all, made)
    }

    /// The report of draws that are there.
    pub(super) fn of_counted(
        &self,
        ready: &Ready,
        folds: &[Fold],
        mut counted: Vec<Counted>,
        made: Made,
    ) -> Result<BootstrapReport> {
        let threads = Threads::new(None)?;
        let mut makers = Makers::new(&threads, None);
        let mut take = |fold: Fold, _: &mut Makers<'_>, _: &mut Clock<'_, '_>| {
            let nothing = self.nothing(ready, fold);
            match folds.iter().position(|of| *of == fold) {
                Some(at) => std::mem::replace(&mut counted[at], nothing),
                None => nothing,
            }
        };
        let mut clock = Clock {
            progress: &mut |_, _| true,
            done: 0,
            total: 0,
        };
        let results = self.answered(ready, &mut take, &mut makers, &mut clock);
        Ok(self.reported(ready, results, made))
    }

    /// What tells a part's question from this bootstrap's; `None` where it is the same.
    pub(super) fn difference(&self, question: &BootstrapQuestion) -> Option<String> {
        let (spec, mine) = (&question.spec, &self.spec);
        if spec == mine {
            return None;
        }
        Some(
            if spec.statistic != mine.statistic || spec.columns != mine.columns {
                format!(
                    "it is {} of {}",
                    spec.statistic.name(),
                    spec.columns.join(", ")
                )
            } else if spec.draws != mine.draws {
                format!("it is part of {} draws, not {}", spec.draws, mine.draws)
            } else if spec.seed != mine.seed {
                format!("its seed is {}, not {}", spec.seed, mine.seed)
            } else {
                "their flags differ".into()
            },
        )
    }
}

impl Made {
    /// Of no draws.
    pub(super) fn nothing() -> Self {
        Made {
            device: None,
            threads: 0,
            notes: Vec::new(),
            elapsed_seconds: 0.0,
        }
    }

    /// Adds how others were made, but for the device.
    pub(super) fn add(&mut self, other: Made) {
        self.threads = self.threads.max(other.threads);
        self.elapsed_seconds += other.elapsed_seconds;
        for note in other.notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }
}
