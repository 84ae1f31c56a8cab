//! Draws looked at one by one: every question that a tally of each hypothesis alone cannot answer.

use std::ops::Range;
use std::sync::Arc;

use super::block::{BLOCK, Blocks, Take};
use super::run::share;
use crate::engine::task::Task;
use crate::engine::{Progress, Schedule, Threads};
use crate::error::Result;
use crate::plan::Plan;
use crate::statistic::{Fold, Offset};

/// What a thread gathers from the draws that it is shown. Which thread is shown which block is a
/// matter of chance, so gathering has to be a commutative monoid: the same, whatever the order of
/// blocks and of merging.
pub trait Visit: Send {
    /// Adds the draws of a block, the first of which is draw `first`.
    fn block(&mut self, first: u64, block: &Block<'_>);

    /// Adds what another thread gathered.
    fn merge(&mut self, other: Self);
}

/// The values of some consecutive draws.
pub struct Block<'a> {
    draws: usize,
    offsets: &'a [u64],
}

impl<'a> Block<'a> {
    /// The offset of a draw without a value.
    pub const UNDEFINED: u64 = <u64 as Offset>::UNDEFINED;

    /// Of `draws` draws, with their offsets hypothesis by hypothesis.
    pub fn new(draws: usize, offsets: &'a [u64]) -> Self {
        Block { draws, offsets }
    }

    /// Draws of the block.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// A hypothesis' numerators, one a draw, less the floor of its lattice; [`Block::UNDEFINED`]
    /// where a draw has none.
    pub fn offsets(&self, hypothesis: usize) -> &'a [u64] {
        &self.offsets[hypothesis * self.draws..][..self.draws]
    }
}

/// Shows the draws of a plan, all hypotheses at once, by the code that every tally is made with.
/// Draws are replayed, not kept: any number of passes over the same draws takes the memory of one
/// block a thread.
pub struct Visitor<'p> {
    on: Threads,
    threads: Vec<Thread<'p>>,
}

/// One thread's buffers.
struct Thread<'p> {
    blocks: Blocks<'p>,
    offsets: Vec<u64>,
}

impl<'p> Visitor<'p> {
    /// With `threads` threads, as of [`Threads::new`].
    ///
    /// # Errors
    ///
    /// The system cannot start the threads.
    pub fn new(plan: &'p Plan, threads: Option<usize>) -> Result<Self> {
        let on = Threads::new(threads)?;
        let task = Arc::new(Task::new(plan));
        let threads = (0..on.count())
            .map(|_| Thread {
                blocks: Blocks::new(&task),
                offsets: vec![0; plan.hypotheses.len() * BLOCK],
            })
            .collect();
        Ok(Visitor { on, threads })
    }

    /// One visit through the draws `range`, chunk by chunk, begun on each thread by `visit`; and how
    /// many draws it has seen: all of them, unless `progress` says to stop.
    pub fn run<V: Visit>(
        &mut self,
        range: Range<u64>,
        schedule: Schedule,
        visit: impl Fn() -> V,
        progress: &mut Progress<'_>,
    ) -> (V, u64) {
        let mut visits: Vec<V> = self.threads.iter().map(|_| visit()).collect();
        let slice = (BLOCK * self.threads.len()) as u64;
        let seen = schedule.chunks(
            slice,
            range,
            |chunk| self.chunk(&chunk, &mut visits),
            progress,
        );
        let visit = visits.into_iter().reduce(|mut all, other| {
            all.merge(other);
            all
        });
        (visit.expect("a pool has a thread"), seen)
    }

    /// Shows the draws `chunk` to the visits, one a thread.
    fn chunk<V: Visit>(&mut self, chunk: &Range<u64>, visits: &mut [V]) {
        let mut threads: Vec<_> = self.threads.iter_mut().zip(visits).collect();
        share(&self.on, &mut threads, chunk, |(thread, visit), piece| {
            for first in piece.clone().step_by(BLOCK) {
                thread.blocks.pick(first, &piece);
                let draws = thread.blocks.draws();
                let mut widening = Widening {
                    draws,
                    offsets: &mut thread.offsets,
                };
                thread.blocks.fold(|_| true, &mut widening);
                visit.block(first, &Block::new(draws, &thread.offsets));
            }
        });
    }
}

/// Gathers the values of all folds in 64 bits.
struct Widening<'a> {
    draws: usize,
    offsets: &'a mut [u64],
}

impl Take for Widening<'_> {
    fn take<W: Offset>(&mut self, fold: &Fold, hypotheses: Range<usize>, offsets: &mut [W]) {
        let wide = &mut self.offsets[hypotheses.start * self.draws..][..offsets.len()];
        for (wide, &offset) in wide.iter_mut().zip(&*offsets) {
            *wide = match fold.may_be_undefined() && offset == W::UNDEFINED {
                true => Block::UNDEFINED,
                false => offset.into(),
            };
        }
    }
}
