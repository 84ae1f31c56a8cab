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
    /// What offsets are shown in: `u64`, or `u32` where all of a plan's fit and none is undefined.
    type Word: Offset;

    /// Adds the draws of a block, the first of which is draw `first`.
    fn block(&mut self, first: u64, block: &Block<'_, Self::Word>);

    /// Adds what another thread gathered.
    fn merge(&mut self, other: Self);
}

/// The values of some consecutive draws.
pub struct Block<'a, W = u64> {
    draws: usize,
    offsets: &'a [W],
}

impl Block<'_> {
    /// The offset of a draw without a value.
    pub const UNDEFINED: u64 = <u64 as Offset>::UNDEFINED;
}

impl<'a, W> Block<'a, W> {
    /// Of `draws` draws, with their offsets hypothesis by hypothesis.
    pub fn new(draws: usize, offsets: &'a [W]) -> Self {
        Block { draws, offsets }
    }

    /// Draws of the block.
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// The offsets of all hypotheses, one after another.
    pub fn all(&self) -> &'a [W] {
        self.offsets
    }

    /// A hypothesis' numerators, one a draw, less the floor of its lattice; [`Block::UNDEFINED`]
    /// where a draw has none.
    pub fn offsets(&self, hypothesis: usize) -> &'a [W] {
        &self.offsets[hypothesis * self.draws..][..self.draws]
    }
}

/// Shows the draws of a plan, all hypotheses at once, by the code that every tally is made with.
/// Draws are replayed, not kept: any number of passes over the same draws takes the memory of one
/// block a thread.
pub struct Visitor<'p> {
    on: Threads,
    threads: Vec<Blocks<'p>>,
}

/// One thread's visit, and room for the values of a block.
struct Visited<V: Visit> {
    visit: V,
    offsets: Vec<V::Word>,
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
        let threads = (0..on.count()).map(|_| Blocks::new(&task)).collect();
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
        let visited = |blocks: &Blocks<'_>| Visited {
            visit: visit(),
            offsets: vec![V::Word::default(); blocks.plan.hypotheses.len() * BLOCK],
        };
        let mut visits: Vec<Visited<V>> = self.threads.iter().map(visited).collect();
        let slice = (BLOCK * self.threads.len()) as u64;
        let seen = schedule.chunks(
            slice,
            range,
            |chunk| self.chunk(&chunk, &mut visits),
            progress,
        );
        let visits = visits.into_iter().map(|visited| visited.visit);
        let visit = visits.reduce(|mut all, other| {
            all.merge(other);
            all
        });
        (visit.expect("a pool has a thread"), seen)
    }

    /// Shows the draws `chunk` to the visits, one a thread.
    fn chunk<V: Visit>(&mut self, chunk: &Range<u64>, visits: &mut [Visited<V>]) {
        let mut threads: Vec<_> = self.threads.iter_mut().zip(visits).collect();
        share(&self.on, &mut threads, chunk, |(blocks, visited), piece| {
            for first in piece.clone().step_by(BLOCK) {
                blocks.pick(first, &piece);
                let draws = blocks.draws();
                let Visited { visit, offsets } = visited;
                blocks.fold(|_| true, &mut Gathering { draws, offsets });
                visit.block(first, &Block::new(draws, offsets));
            }
        });
    }
}

/// Gathers the values of all folds in words of one width.
struct Gathering<'a, T> {
    draws: usize,
    offsets: &'a mut [T],
}

impl<T: Offset> Take for Gathering<'_, T> {
    fn take<W: Offset>(&mut self, fold: &Fold, hypotheses: Range<usize>, offsets: &mut [W]) {
        let all = &mut self.offsets[hypotheses.start * self.draws..][..offsets.len()];
        for (to, &offset) in all.iter_mut().zip(&*offsets) {
            *to = match fold.may_be_undefined() && offset == W::UNDEFINED {
                true => T::UNDEFINED,
                false => T::wrap(Into::<u64>::into(offset) as i64),
            };
        }
    }
}
