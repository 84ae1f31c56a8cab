//! Draws that last: what is done is written every few seconds, and whoever asks the same again goes on there.

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use super::counts::Counted;
use super::makers::Makers;
use super::part::BootstrapPart;
use super::{Bootstrap, Clock, Made};
use crate::engine::Threads;
use crate::error::{Error, Result};
use crate::inference::bootstrap::MOST_KEPT;
use crate::question::resample::BootstrapSpec;
use crate::report::BootstrapReport;
use crate::run::{Progress, RunOptions, another_question, together};
use crate::write::replace;

/// The file in the folder of a checkpoint.
const FILE: &str = "checkpoint.json";
/// A loss of so much work is borne.
const EVERY: Duration = Duration::from_secs(2);
/// Draws made at once at first, and at least.
const FEWEST: u64 = 1 << 10;

impl Made {
    /// How draws on top of these were made.
    fn with(&self, makers: &Makers<'_>, threads: usize, elapsed: Duration) -> Made {
        let devices = self.device.iter().cloned().chain(makers.device());
        let mut made = self.clone();
        made.device = Some(together(devices.collect()));
        made.add(Made {
            device: None,
            threads,
            notes: makers.notes.clone(),
            elapsed_seconds: elapsed.as_secs_f64(),
        });
        made
    }
}

impl Bootstrap {
    /// As [`Bootstrap::part`], but for the draws that are kept in `folder`, which then keeps these, too: the same again
    /// goes on where it was stopped. That the folder cannot be written is a note, and no reason to stop.
    ///
    /// # Errors
    ///
    /// Those of [`Bootstrap::part`]; a folder that keeps draws of another bootstrap, or others than these.
    pub fn part_kept(
        &self,
        folder: &Path,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<BootstrapPart> {
        if self.spec.first_row.is_some() {
            return Err(Error::input(
                "--checkpoint",
                "the rows of one of several files are drawn all at once",
                "leave it out",
            ));
        }
        let ready = self.ready()?;
        let folds = self.shared_out(&ready, &range, "--checkpoint")?;
        std::fs::create_dir_all(folder).map_err(|source| Error::Output {
            place: format!("--checkpoint {}", folder.display()),
            source,
        })?;
        let file = folder.join(FILE);
        let (mut counted, mut made) = match self.kept_in(&file)? {
            None => {
                let nothing = folds.iter().map(|&fold| self.nothing(&ready, fold));
                (nothing.collect(), Made::nothing())
            }
            Some(part) => self.counted(&ready, &folds, part, &file.display().to_string())?,
        };
        let outside = |had: &&Range<u64>| had.start < range.start || had.end > range.end;
        let kept = counted.iter().flat_map(|of: &Counted| of.ranges.as_slice());
        if let Some(had) = kept.clone().find(outside) {
            return Err(Error::input(
                file.display().to_string(),
                format!(
                    "it keeps the draws {}..{}, and {}..{} are asked for",
                    had.start, had.end, range.start, range.end
                ),
                "name another folder for these draws",
            ));
        }
        let threads = Threads::new(options.threads)?;
        let mut makers = Makers::new(&threads, options.chunk);
        makers.open(&options.device)?;
        let total = (range.end - range.start) * folds.len() as u64;
        let mut clock = Clock {
            progress,
            done: counted.iter().map(|of| of.ranges.draws()).sum(),
            total,
        };
        let mut gaps = Vec::new();
        for (number, of) in counted.iter().enumerate() {
            let of = of.ranges.gaps(&range).into_iter();
            gaps.extend(of.map(|gap| (number, gap)));
        }
        let before = made.clone();
        let started = Instant::now();
        let mut at_once = FEWEST;
        let mut until = EVERY;
        let mut saved = Instant::now();
        for (number, gap) in gaps {
            let mut next = gap.start;
            while next < gap.end {
                let slice = next..gap.end.min(next + at_once);
                let began = Instant::now();
                let new = self.count(
                    &ready,
                    folds[number],
                    slice.clone(),
                    &mut makers,
                    &mut clock,
                );
                counted[number].merge(new)?;
                next = slice.end;
                // Slices of a quarter to half of what may be lost.
                match began.elapsed() {
                    short if short < EVERY / 4 => at_once = at_once.saturating_mul(2),
                    long if long > EVERY / 2 => at_once = (at_once / 2).max(FEWEST),
                    _ => {}
                }
                let is_stopped = !clock.tell(0);
                if is_stopped || saved.elapsed() >= until {
                    let began = Instant::now();
                    made = before.with(&makers, threads.count(), started.elapsed());
                    self.keep(&file, &counted, &mut made);
                    // Keeping takes a tenth of the time at most.
                    until = EVERY.max(10 * began.elapsed());
                    saved = Instant::now();
                }
                if is_stopped {
                    return Ok(self.part_of(counted, made));
                }
            }
        }
        made = before.with(&makers, threads.count(), started.elapsed());
        self.keep(&file, &counted, &mut made);
        Ok(self.part_of(counted, made))
    }

    /// Writes what is done.
    fn keep(&self, file: &Path, counted: &[Counted], made: &mut Made) {
        let part = self.part_of(counted.to_vec(), made.clone());
        if let Err(error) = replace(file, part.to_text().as_bytes()) {
            made.notes.push(format!(
                "{} cannot be written ({error}): these draws are not kept",
                file.display()
            ));
        }
    }

    /// The part in a file; `None` where there is no file.
    fn kept_in(&self, file: &Path) -> Result<Option<BootstrapPart>> {
        let place = file.display().to_string();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Output { place, source }),
        };
        let part = BootstrapPart::from_text(&text, &place)?;
        let had = &part.question.spec;
        let same_but_draws = BootstrapSpec {
            draws: had.draws,
            ..self.spec.clone()
        };
        let keeps = |draws: u64| draws <= MOST_KEPT;
        match *had == same_but_draws && keeps(had.draws) == self.keeps() {
            true => Ok(Some(part)),
            false => Err(Error::input(
                place,
                "it keeps the draws of another bootstrap, or of another seed",
                "name another folder, or ask what the one there is of",
            )),
        }
    }

    /// The report of a part that has all draws, or of those that it has where it was stopped.
    ///
    /// # Errors
    ///
    /// A part of another bootstrap or table.
    pub fn report_of(&self, part: BootstrapPart) -> Result<BootstrapReport> {
        let ready = self.ready()?;
        let folds = self.shared_out(&ready, &(0..self.spec.draws), "part")?;
        if let Some(differs) = self.difference(&part.question) {
            return Err(another_question("part", "this bootstrap", &differs));
        }
        let (counted, made) = self.counted(&ready, &folds, part, "part")?;
        self.of_counted(&ready, &folds, counted, made)
    }
}
