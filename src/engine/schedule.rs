//! Who runs which range, and when to look up.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::{Engine, Tally};
use crate::error::{Error, Result};
use crate::plan::Plan;

/// How long a chunk should take: short enough for drivers with a watchdog, for moving progress and
/// for Ctrl-C, long enough to hide what a chunk costs.
const CHUNK_TIME: Duration = Duration::from_millis(80);

/// How ranges of draws are cut into chunks. The tally does not depend on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Schedule {
    /// The most draws a chunk. A chunk is about 80 ms of work at most, but never less than the
    /// engine's slice.
    pub chunk: Option<u64>,
}

/// Told after every chunk: draws done so far. Answers whether to go on.
pub type Progress<'a> = dyn FnMut(u64) -> bool + 'a;

/// Shown every chunk and its counts, before they are kept.
pub type After<'a> = dyn FnMut(&Range<u64>, &Tally) -> Next + 'a;

/// What follows a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The chunk is kept, and the next one made.
    GoOn,
    /// The chunk is kept, and is the last one.
    Stop,
    /// No draw from this one on is wanted: a chunk that reaches beyond is made again without them.
    EndAt(u64),
}

impl Schedule {
    /// Runs the draws `range` on `engine`, chunk by chunk. When the engine fails, `stand_in` takes
    /// over from the chunk that failed; `failed` hears of it, and how many draws were done by then.
    /// `after` says after each chunk how to go on.
    ///
    /// # Errors
    ///
    /// The last engine's failure.
    pub fn run<'e>(
        self,
        plan: &Plan,
        engine: &'e mut (dyn Engine + 'e),
        mut stand_in: Option<&'e mut (dyn Engine + 'e)>,
        mut range: Range<u64>,
        after: &mut After<'_>,
        failed: &mut dyn FnMut(&Error, u64),
    ) -> Result<Tally> {
        let mut engine = engine;
        let mut tally = Tally::empty(plan);
        let mut next = range.start;
        let mut size = engine.slice();
        while next < range.end {
            let draws = size.min(self.chunk.unwrap_or(u64::MAX)).max(1);
            let chunk = next..range.end.min(next.saturating_add(draws));
            let started = Instant::now();
            match (engine.run(chunk.clone()), stand_in.take()) {
                (Ok(part), spare) => {
                    stand_in = spare;
                    match after(&chunk, &part) {
                        Next::GoOn => {}
                        Next::Stop => range.end = chunk.end,
                        Next::EndAt(end) => {
                            range.end = end;
                            if end < chunk.end {
                                continue;
                            }
                        }
                    }
                    tally.merge(&part)?;
                }
                (Err(error @ Error::Device { .. }), Some(spare)) => {
                    failed(&error, next - range.start);
                    engine = spare;
                    size = engine.slice();
                    continue;
                }
                (Err(error), _) => return Err(error),
            }
            size = resize(draws, engine.slice(), started.elapsed());
            next = chunk.end;
        }
        Ok(tally)
    }

    /// Hands out the draws `range`, chunk by chunk, to an engine that cannot fail and has slices of
    /// `slice` draws; the draws done, all of them unless `progress` says to stop.
    pub(super) fn chunks(
        self,
        slice: u64,
        range: Range<u64>,
        mut run: impl FnMut(Range<u64>),
        progress: &mut Progress<'_>,
    ) -> u64 {
        let mut next = range.start;
        let mut size = slice;
        while next < range.end {
            let draws = size.min(self.chunk.unwrap_or(u64::MAX)).max(1);
            let chunk = next..range.end.min(next.saturating_add(draws));
            let started = Instant::now();
            run(chunk.clone());
            size = resize(draws, slice, started.elapsed());
            next = chunk.end;
            if !progress(next - range.start) {
                break;
            }
        }
        next - range.start
    }
}

/// The size whose chunk should take [`CHUNK_TIME`], in whole slices, at most four times or a quarter of
/// the last one.
fn resize(size: u64, slice: u64, took: Duration) -> u64 {
    let ratio = CHUNK_TIME.as_secs_f64() / took.as_secs_f64().max(1e-9);
    let wanted = (size as f64 * ratio.clamp(0.25, 4.0)) as u64;
    wanted.div_ceil(slice).max(1) * slice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_grow_and_shrink_in_whole_slices() {
        assert_eq!(resize(100, 100, Duration::from_millis(1)), 400);
        assert_eq!(resize(800, 100, Duration::from_millis(800)), 200);
        assert_eq!(resize(100, 100, Duration::from_secs(9)), 100);
        assert_eq!(resize(1000, 100, Duration::from_millis(64)), 1300);
    }
}
