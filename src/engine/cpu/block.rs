//! A block of draws through the three passes: picks, values, tally.

use std::ops::Range;

use crate::engine::{HypothesisTally, Tally};
use crate::null::{Picks, Sampler};
use crate::plan::{BINS, Lattice, Plan};
use crate::statistic::{Fold, Offset};

/// Draws of a block: its picks and values stay in the first cache, and 2^24 times as many fit the
/// partial sums.
pub(super) const BLOCK: usize = 128;

/// One thread's buffers and tally.
pub(super) struct Worker<'p> {
    plan: &'p Plan,
    sampler: Sampler<'p>,
    picks: Picks,
    narrow: Vec<u32>,
    wide: Vec<u64>,
    tally: Tally,
}

impl<'p> Worker<'p> {
    /// With a copy of the plan's sampler, whose tables threads share.
    pub(super) fn new(plan: &'p Plan, sampler: &Sampler<'p>) -> Self {
        let largest = plan.folds.iter().map(Fold::values).max().unwrap_or(0);
        let is_wide = plan.hypotheses.iter().any(|h| h.lattice.is_wide());
        Worker {
            plan,
            sampler: sampler.clone(),
            picks: Picks::new(BLOCK, plan.design.picks()),
            narrow: vec![0; largest * BLOCK],
            wide: vec![0; if is_wide { largest * BLOCK } else { 0 }],
            tally: Tally::empty(plan),
        }
    }

    /// Adds the draws `range`; the caller keeps the ranges.
    pub(super) fn run(&mut self, range: Range<u64>) {
        for first in range.clone().step_by(BLOCK) {
            let draws = BLOCK.min((range.end - first) as usize);
            self.sampler
                .fill(self.plan.seed, first, draws, &mut self.picks);
            self.tally_block(draws, |_| true);
        }
    }

    /// Adds the values of listed draws, at most a block of them, of the folds that may have none.
    pub(super) fn replay(&mut self, draws: &[u64]) {
        let mut one = Picks::new(1, self.plan.design.picks());
        for (row, &draw) in draws.iter().enumerate() {
            self.sampler.fill(self.plan.seed, draw, 1, &mut one);
            self.picks.row_mut(row).copy_from_slice(one.row_mut(0));
        }
        self.tally_block(draws.len(), Fold::may_be_undefined);
    }

    /// Adds the values of the block's first `draws` draws, of the folds that are asked for.
    fn tally_block(&mut self, draws: usize, asked: impl Fn(&Fold) -> bool) {
        for (fold, hypotheses) in self.plan.fold_ranges().filter(|(fold, _)| asked(fold)) {
            let lattices = &self.plan.hypotheses[hypotheses.clone()];
            let tallies = &mut self.tally.hypotheses[hypotheses];
            if lattices.iter().any(|h| h.lattice.is_wide()) {
                let lattices = lattices.iter().map(|h| &h.lattice);
                pass(fold, lattices, &self.picks, draws, &mut self.wide, tallies);
            } else {
                let lattices = lattices.iter().map(|h| &h.lattice);
                pass(
                    fold,
                    lattices,
                    &self.picks,
                    draws,
                    &mut self.narrow,
                    tallies,
                );
            }
        }
    }

    /// Adds what was tallied to `total`, and starts afresh.
    pub(super) fn hand_over(&mut self, total: &mut Tally) {
        total.add(&self.tally);
        self.tally.clear();
    }
}

/// Values and tallies of one fold, in 32- or 64-bit offsets.
fn pass<'a, W: Offset>(
    fold: &Fold,
    lattices: impl Iterator<Item = &'a Lattice> + Clone,
    picks: &Picks,
    draws: usize,
    values: &mut [W],
    tallies: &mut [HypothesisTally],
) {
    let floors: Vec<W> = lattices.clone().map(|l| W::wrap(l.floor)).collect();
    let values = &mut values[..fold.values() * draws];
    fold.offsets(picks, &floors, draws, values);
    for ((values, lattice), tally) in values.chunks_mut(draws).zip(lattices).zip(tallies) {
        let mut values = values;
        if fold.may_be_undefined() {
            let defined = defined_first(values);
            tally.undefined += (draws - defined) as u64;
            values = &mut values[..defined];
        }
        count(values, lattice, tally);
    }
}

/// Moves the offsets of draws that have one to the front; how many there are.
fn defined_first<W: Offset>(offsets: &mut [W]) -> usize {
    let mut defined = 0;
    for i in 0..offsets.len() {
        if offsets[i] != W::UNDEFINED {
            offsets[defined] = offsets[i];
            defined += 1;
        }
    }
    defined
}

/// Adds the offsets of a block's draws to a tally. Twin: `shaders/tally/tally.wgsl`.
fn count<W: Offset>(offsets: &[W], lattice: &Lattice, tally: &mut HypothesisTally) {
    for (threshold, (below, equal)) in lattice.thresholds.iter().zip(&mut tally.thresholds) {
        let threshold = W::wrap(*threshold as i64);
        let mut block = (0u32, 0u32);
        for &offset in offsets {
            block.0 += u32::from(offset < threshold);
            block.1 += u32::from(offset == threshold);
        }
        *below += u64::from(block.0);
        *equal += u64::from(block.1);
    }
    let mut sum = 0u32;
    let mut sum_of_squares = 0u64;
    for &offset in offsets {
        let digit = offset.shifted(lattice.moment_shift);
        sum += digit;
        sum_of_squares += u64::from(digit) * u64::from(digit);
    }
    tally.sum += u128::from(sum);
    tally.sum_of_squares += u128::from(sum_of_squares);
    for &offset in offsets {
        let bin = offset
            .shifted(lattice.bin_shift)
            .saturating_sub(lattice.first_bin);
        tally.histogram[(bin as usize).min(BINS - 1)] += 1;
    }
}
