//! Ranges of draws over the threads of a pool.

use std::ops::Range;

use rayon::prelude::*;

use super::block::{BLOCK, Worker};
use crate::engine::{Engine, Tally};
use crate::error::{Error, Result};
use crate::plan::Plan;

/// Pieces a range is cut into for each thread, so that an idle thread finds work to take over.
const PIECES: u64 = 4;

/// Draws on all threads of a pool.
pub struct Cpu<'p> {
    plan: &'p Plan,
    pool: rayon::ThreadPool,
}

impl<'p> Cpu<'p> {
    /// With `threads` threads; `None`: one a processor.
    ///
    /// # Errors
    ///
    /// The system cannot start the threads.
    pub fn new(plan: &'p Plan, threads: Option<usize>) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.unwrap_or(0))
            .build()
            .map_err(|error| Error::Device {
                device: "cpu".into(),
                problem: error.to_string(),
            })?;
        Ok(Cpu { plan, pool })
    }

    /// Threads of the pool.
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }
}

impl Engine for Cpu<'_> {
    fn run(&mut self, range: Range<u64>) -> Result<Tally> {
        let draws = range.end - range.start;
        let piece = draws
            .div_ceil(self.threads() as u64 * PIECES)
            .max(BLOCK as u64);
        let mut tally = self.pool.install(|| {
            (0..draws.div_ceil(piece))
                .into_par_iter()
                .map(|p| {
                    let start = range.start + p * piece;
                    let mut worker = Worker::new(self.plan);
                    worker.run(start..start.saturating_add(piece).min(range.end));
                    worker.into_tally()
                })
                .reduce_with(|mut a, b| {
                    a.add(&b);
                    a
                })
                .unwrap_or_else(|| Tally::empty(self.plan))
        });
        tally.cover(range)?;
        Ok(tally)
    }

    fn slice(&self) -> u64 {
        1 << 14
    }
}
