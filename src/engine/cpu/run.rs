//! Ranges of draws over the threads of a pool.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::ThreadPool;
use rayon::prelude::*;

use super::block::BLOCK;
use super::worker::Worker;
use crate::engine::{Engine, Tally};
use crate::error::{Error, Result};
use crate::plan::Plan;

/// Pieces a range is cut into for each thread, so that an idle thread finds work to take over.
const PIECES: u64 = 32;

/// Draws on all threads of a pool.
pub struct Cpu<'p> {
    plan: &'p Plan,
    pool: ThreadPool,
    workers: Vec<Worker<'p>>,
}

impl<'p> Cpu<'p> {
    /// With `threads` threads, at most four a processor; `None`: one a processor.
    ///
    /// # Errors
    ///
    /// The system cannot start the threads.
    pub fn new(plan: &'p Plan, threads: Option<usize>) -> Result<Self> {
        let pool = pool(threads)?;
        let sampler = plan.design.sampler();
        let workers = (0..pool.current_num_threads())
            .map(|_| Worker::new(plan, &sampler))
            .collect();
        Ok(Cpu {
            plan,
            pool,
            workers,
        })
    }

    /// Threads of the pool.
    pub fn threads(&self) -> usize {
        self.workers.len()
    }
}

impl Engine for Cpu<'_> {
    fn run(&mut self, range: Range<u64>) -> Result<Tally> {
        share(&self.pool, &mut self.workers, &range, |worker, piece| {
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

/// Threads a processor at most: more find no work, and each takes memory and time to start.
const A_PROCESSOR: usize = 4;

/// How many threads are used of so many: at most four a processor.
pub fn bounded_threads(threads: usize) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    threads.min(A_PROCESSOR * processors)
}

/// A pool of threads, at most four a processor; `None`: one a processor.
///
/// # Errors
///
/// The system cannot start them.
pub fn pool(threads: Option<usize>) -> Result<ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, bounded_threads))
        .build()
        .map_err(|error| Error::Device {
            device: "cpu".into(),
            problem: error.to_string(),
        })
}

/// Cuts the draws `range` into pieces; every thread, one an item of `threads`, takes the next piece
/// that nobody has.
pub(super) fn share<T: Send>(
    pool: &ThreadPool,
    threads: &mut [T],
    range: &Range<u64>,
    take: impl Fn(&mut T, Range<u64>) + Sync,
) {
    let draws = range.end.saturating_sub(range.start);
    let piece = draws
        .div_ceil(threads.len() as u64 * PIECES)
        .max(BLOCK as u64);
    let next = AtomicU64::new(0);
    pool.install(|| {
        threads.par_iter_mut().for_each(|thread| {
            loop {
                let done = next.fetch_add(1, Ordering::Relaxed).saturating_mul(piece);
                if done >= draws {
                    break;
                }
                let start = range.start + done;
                take(thread, start..start.saturating_add(piece).min(range.end));
            }
        });
    });
}
