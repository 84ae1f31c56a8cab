//! Counts of ranges, merged to those of one shot.

use std::ops::Range;

use super::Counted;
use super::count::together;
use crate::engine::Tally;
use crate::error::{Error, Result};
use crate::report::Device;

/// Counts of ranges of one question's draws, as they come.
#[derive(Debug)]
pub struct Merging<W> {
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
            if let Some(missing) = missing(&answer.tally, draws).first() {
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
