//! A block of draws through the first two passes: picks, values.

use std::ops::Range;

use crate::null::{Picks, Sampler};
use crate::plan::Plan;
use crate::statistic::{Fold, Offset};

/// Draws of a block: its picks and values stay in the first cache, and 2^24 times as many fit the
/// partial sums.
pub(super) const BLOCK: usize = 128;

/// One thread's buffers: a block of draws at a time.
pub(super) struct Blocks<'p> {
    pub(super) plan: &'p Plan,
    sampler: Sampler<'p>,
    picks: Picks,
    draws: usize,
    narrow: Vec<u32>,
    wide: Vec<u64>,
}

/// What becomes of a block's values.
pub(super) trait Take {
    /// Takes a fold's values, those of the hypotheses `hypotheses` one after another, each with an
    /// offset a draw; [`Offset::UNDEFINED`] where the fold may have none, and the draw has none.
    fn take<W: Offset>(&mut self, fold: &Fold, hypotheses: Range<usize>, offsets: &mut [W]);
}

impl<'p> Blocks<'p> {
    /// With a copy of the plan's sampler, whose tables threads share.
    pub(super) fn new(plan: &'p Plan, sampler: &Sampler<'p>) -> Self {
        let largest = plan.folds.iter().map(Fold::values).max().unwrap_or(0);
        let is_wide = plan.hypotheses.iter().any(|h| h.lattice.is_wide());
        Blocks {
            plan,
            sampler: sampler.clone(),
            picks: Picks::new(BLOCK, plan.design.picks()),
            draws: 0,
            narrow: vec![0; largest * BLOCK],
            wide: vec![0; if is_wide { largest * BLOCK } else { 0 }],
        }
    }

    /// Draws of the current block.
    pub(super) fn draws(&self) -> usize {
        self.draws
    }

    /// Picks the draws from `first` on that belong to `range`, at most a block of them.
    pub(super) fn pick(&mut self, first: u64, range: &Range<u64>) {
        self.draws = BLOCK.min((range.end - first) as usize);
        self.sampler
            .fill(self.plan.seed, first, self.draws, &mut self.picks);
    }

    /// Picks listed draws, at most a block of them.
    pub(super) fn pick_listed(&mut self, draws: &[u64]) {
        self.draws = draws.len();
        let mut one = Picks::new(1, self.plan.design.picks());
        for (row, &draw) in draws.iter().enumerate() {
            self.sampler.fill(self.plan.seed, draw, 1, &mut one);
            self.picks.row_mut(row).copy_from_slice(one.row_mut(0));
        }
    }

    /// Makes the values of the picked draws, of the folds that are asked for.
    pub(super) fn fold(&mut self, asked: impl Fn(&Fold) -> bool, take: &mut impl Take) {
        for (fold, hypotheses) in self.plan.fold_ranges().filter(|(fold, _)| asked(fold)) {
            let of_fold = &self.plan.hypotheses[hypotheses.clone()];
            let floors = of_fold.iter().map(|h| h.lattice.floor);
            let (picks, draws) = (&self.picks, self.draws);
            if of_fold.iter().any(|h| h.lattice.is_wide()) {
                let offsets = offsets(fold, floors, picks, draws, &mut self.wide);
                take.take(fold, hypotheses, offsets);
            } else {
                let offsets = offsets(fold, floors, picks, draws, &mut self.narrow);
                take.take(fold, hypotheses, offsets);
            }
        }
    }
}

/// The values of one fold, in 32- or 64-bit offsets.
fn offsets<'v, W: Offset>(
    fold: &Fold,
    floors: impl Iterator<Item = i64>,
    picks: &Picks,
    draws: usize,
    values: &'v mut [W],
) -> &'v mut [W] {
    let floors: Vec<W> = floors.map(W::wrap).collect();
    let values = &mut values[..fold.values() * draws];
    fold.offsets(picks, &floors, draws, values);
    values
}
