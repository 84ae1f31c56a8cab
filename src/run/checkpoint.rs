//! Draws counted so that they last: what is done is written every few seconds, and whoever asks the same
//! again goes on there.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::count::{count_plans, together};
use super::merge::same_but_draws;
use super::part::{Part, PartQuestion};
use super::passes::{Rules, refuse_parts};
use super::{Answer, Counted, Prepared, Progress, RunOptions};
use crate::engine::Tally;
use crate::error::{Error, Result};
use crate::load::FileHash;
use crate::question::Labelled;
use crate::report::Device;
use crate::study::Study;
use crate::write::replace;

/// The file in the folder of a checkpoint.
const FILE: &str = "checkpoint.json";
/// A loss of so much work is borne.
const EVERY: Duration = Duration::from_secs(2);
/// Draws counted at once at first, and at least.
const FEWEST: u64 = 1 << 12;

/// Where what is done is kept, and whose it is.
pub(crate) struct Checkpoint {
    file: PathBuf,
    question: PartQuestion,
    files: Vec<FileHash>,
}

impl Checkpoint {
    /// Of a question over files, in a folder that is made where there is none.
    ///
    /// # Errors
    ///
    /// A folder that cannot be made.
    pub fn new(folder: &Path, question: PartQuestion, files: Vec<FileHash>) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|source| Error::Output {
            place: format!("--checkpoint {}", folder.display()),
            source,
        })?;
        Ok(Checkpoint {
            file: folder.join(FILE),
            question,
            files,
        })
    }

    /// What is kept of the draws `range` of each plan, out of `draws`; nothing where there is no file.
    fn load<W: Clone>(&self, plans: &[Labelled<W>], draws: u64) -> Result<Counted<W>> {
        let place = self.file.display().to_string();
        let text = match std::fs::read_to_string(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(nothing(plans));
            }
            Err(source) => return Err(Error::Output { place, source }),
        };
        let part = Part::from_text(&text, &place)?;
        let refuse = |problem: String| {
            let remedy = "name another folder, or ask what the one there is of";
            Err(Error::input(&place, problem, remedy))
        };
        if !same_but_draws(&self.question, &part.question) {
            return refuse("it keeps the draws of another question, or of another seed".into());
        }
        for (end, plan) in part.reaches().into_iter().zip(plans) {
            if end > plan.draws(draws) {
                return refuse(format!(
                    "it keeps draws up to {end}, and {} are asked for",
                    plan.draws(draws)
                ));
            }
        }
        part.counted(&place, plans, draws, &self.files)
    }

    fn save<W: Clone>(&self, counted: &Counted<W>) -> std::io::Result<()> {
        let part = Part::new(self.question.clone(), self.files.clone(), counted.clone());
        replace(&self.file, part.to_text().as_bytes())
    }
}

/// Of no draw.
fn nothing<W: Clone>(plans: &[Labelled<W>]) -> Counted<W> {
    let answers = plans.iter().map(|plan| Answer {
        tally: Tally::empty(plan),
        plan: plan.clone(),
        family: None,
        intervals: None,
        stops: None,
        far_tails: None,
    });
    Counted {
        answers: answers.collect(),
        complete: false,
        device: together(Vec::new()),
        threads: 0,
        replayed: 0,
        notes: Vec::new(),
        elapsed_seconds: 0.0,
    }
}

/// Counts the draws `range` of every plan, out of `draws`, but for those that `checkpoint` keeps, which
/// then keeps these, too. That it cannot be written is a note, and no reason to stop.
///
/// # Errors
///
/// A question that needs all its draws at once; draws kept of another question, or others than these; those
/// of counting.
pub(crate) fn count_kept<W: Clone>(
    plans: &[Labelled<W>],
    rules: Rules,
    (range, draws): (Range<u64>, u64),
    checkpoint: &Checkpoint,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Counted<W>> {
    refuse_parts(plans, rules, "--checkpoint")?;
    let mut counted = checkpoint.load(plans, draws)?;
    let parts: Vec<Range<u64>> = plans.iter().map(|plan| plan.part(&range, draws)).collect();
    for (answer, part) in counted.answers.iter().zip(&parts) {
        let outside = |had: &&Range<u64>| had.start < part.start || had.end > part.end;
        if let Some(had) = answer.tally.ranges().as_slice().iter().find(outside) {
            return Err(Error::input(
                checkpoint.file.display().to_string(),
                format!(
                    "it keeps the draws {}..{}, and {}..{} are asked for",
                    had.start, had.end, part.start, part.end
                ),
                "name another folder for these draws",
            ));
        }
    }
    let total: u64 = parts.iter().map(|part| part.end - part.start).sum();
    let mut done = counted.draws();
    let had = (done > 0).then(|| counted.device.clone());
    let mut devices: Vec<Device> = had.into_iter().collect();
    let mut go_on = progress(done, total);
    let mut saved = Instant::now();
    let mut at_once = FEWEST;
    for (number, (plan, part)) in plans.iter().zip(&parts).enumerate() {
        for gap in counted.answers[number].tally.ranges().gaps(part) {
            let mut next = gap.start;
            while go_on && next < gap.end {
                let slice = next..gap.end.min(next + at_once);
                let started = Instant::now();
                let before = done;
                let mut tell = |made: u64, _: u64| {
                    go_on = progress(before + made, total);
                    go_on
                };
                let of_plan = std::slice::from_ref(plan);
                let all = plan.draws(draws);
                let new = count_plans(of_plan, rules, slice.clone(), all, options, &mut tell)?;
                let tally = &new.answers[0].tally;
                done += tally.draws();
                counted.answers[number].tally.merge(tally)?;
                counted.replayed += new.replayed;
                counted.threads = counted.threads.max(new.threads);
                counted.elapsed_seconds += new.elapsed_seconds;
                for note in new.notes {
                    if !counted.notes.contains(&note) {
                        counted.notes.push(note);
                    }
                }
                devices.push(new.device);
                next = slice.end;
                // Slices of a quarter to half of what may be lost.
                match started.elapsed() {
                    short if short < EVERY / 4 => at_once = at_once.saturating_mul(2),
                    long if long > EVERY / 2 => at_once = (at_once / 2).max(FEWEST),
                    _ => {}
                }
                if saved.elapsed() >= EVERY || !go_on {
                    keep(checkpoint, &mut counted);
                    saved = Instant::now();
                }
            }
        }
    }
    counted.complete = done == total;
    if !devices.is_empty() {
        counted.device = together(devices);
    }
    keep(checkpoint, &mut counted);
    Ok(counted)
}

fn keep<W: Clone>(checkpoint: &Checkpoint, counted: &mut Counted<W>) {
    if let Err(error) = checkpoint.save(counted) {
        let note = format!(
            "{} cannot be written ({error}): these draws are not kept",
            checkpoint.file.display()
        );
        if !counted.notes.contains(&note) {
            counted.notes.push(note);
        }
    }
}

impl Prepared {
    /// Counts the draws `range` of every plan of a study, but for those that are kept in `folder`, and
    /// keeps these there, too: the same again goes on where it was stopped, or adds more draws.
    ///
    /// # Errors
    ///
    /// A study that needs all its draws at once; a folder that keeps draws of another one; those of
    /// [`count`](super::count).
    pub fn count_kept(
        &self,
        study: &Study,
        folder: &Path,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<Counted> {
        let checkpoint = Checkpoint::new(folder, self.question(study)?, self.files.clone())?;
        let plans = &self.compiled.plans;
        let of = (range, study.run.draws);
        count_kept(plans, self.rules(), of, &checkpoint, options, progress)
    }
}
