//! Ranges of draws over threads.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::block::BLOCK;
use super::worker::Worker;
use crate::engine::task::Task;
use crate::engine::{Engine, Tally, Threads};
use crate::error::Result;
use crate::plan::Plan;

/// Pieces a range is cut into for each thread, so that an idle thread finds work to take over.
const PIECES: u64 = 32;

/// Draws on a number of threads.
pub struct Cpu<'p> {
    plan: &'p Plan,
    threads: Threads,
    workers: Vec<Worker<'p>>,
}

impl<'p> Cpu<'p> {
    /// With `threads` threads, as of [`Threads::new`].
    ///
    /// # Errors
    ///
    /// The system cannot start the threads.
    pub fn new(plan: &'p Plan, threads: Option<usize>) -> Result<Self> {
        let threads = Threads::new(threads)?;
        let task = Arc::new(Task::new(plan));
        let workers = (0..threads.count()).map(|_| Worker::new(&task)).collect();
        Ok(Cpu {
            plan,
            threads,
            workers,
        })
    }

    /// How many threads.
    pub fn threads(&self) -> usize {
        self.workers.len()
    }
}

impl Engine for Cpu<'_> {
    fn run(&mut self, range: Range<u64>) -> Result<Tally> {
        share(&self.threads, &mut self.workers, &range, |worker, piece| {
            worker.run(piece);
        });
        let mut tally = Tally::empty(self.plan);
        for worker in &mut self.workers {
            worker.hand_over(&mut tally);
        }
        tally.cover(range)?;
        Ok(tally)
    }

    fn slice(&self) -> u64 {
        (BLOCK * self.threads()) as u64
    }
}

/// Cuts the draws `range` into pieces; every thread, one an item of `workers`, takes the next piece
/// that nobody has.
pub(super) fn share<T: Send>(
    on: &Threads,
    workers: &mut [T],
    range: &Range<u64>,
    take: impl Fn(&mut T, Range<u64>) + Sync,
) {
    let draws = range.end.saturating_sub(range.start);
    let piece = draws
        .div_ceil(workers.len() as u64 * PIECES)
        .max(BLOCK as u64);
    let next = AtomicU64::new(0);
    on.run(|| {
        workers.par_iter_mut().for_each(|worker| {
            loop {
                let done = next.fetch_add(1, Ordering::Relaxed).saturating_mul(piece);
                if done >= draws {
                    break;
                }
                let start = range.start + done;
                take(worker, start..start.saturating_add(piece).min(range.end));
            }
        });
    });
}
