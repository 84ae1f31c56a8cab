//! The third pass: the values of a block added to a tally.

use std::ops::Range;
use std::sync::Arc;

use pulp::{Arch, Simd, WithSimd};

use super::block::{BLOCK, Blocks, Take};
use crate::engine::task::Task;
use crate::engine::{HypothesisTally, Tally};
use crate::plan::{Hypothesis, Lattice};
use crate::statistic::{Fold, Offset};

/// One thread's buffers and tally.
pub(super) struct Worker<'p> {
    blocks: Blocks<'p>,
    tally: Tally,
}

impl<'p> Worker<'p> {
    pub(super) fn new(task: &Arc<Task<'p>>) -> Self {
        Worker {
            blocks: Blocks::new(task),
            tally: Tally::empty(task.plan),
        }
    }

    /// Adds the draws `range`; the caller keeps the ranges.
    pub(super) fn run(&mut self, range: Range<u64>) {
        for first in range.clone().step_by(BLOCK) {
            self.blocks.pick(first, &range);
            self.tally_block(|_| true);
        }
    }

    /// Adds the values of listed draws, at most a block of them, of the folds that may have none.
    pub(super) fn replay(&mut self, draws: &[u64]) {
        self.blocks.pick_listed(draws);
        self.tally_block(Fold::may_be_undefined);
    }

    fn tally_block(&mut self, asked: impl Fn(&Fold) -> bool) {
        let mut tallying = Tallying {
            hypotheses: &self.blocks.plan.hypotheses,
            draws: self.blocks.draws(),
            tally: &mut self.tally,
        };
        self.blocks.fold(asked, &mut tallying);
    }

    /// Adds what was tallied to `total`, and starts afresh.
    pub(super) fn hand_over(&mut self, total: &mut Tally) {
        total.add(&self.tally);
        self.tally.clear();
    }
}

/// Adds the values of a block's draws to a tally.
struct Tallying<'a> {
    hypotheses: &'a [Hypothesis],
    draws: usize,
    tally: &'a mut Tally,
}

impl Take for Tallying<'_> {
    fn take<W: Offset>(&mut self, fold: &Fold, hypotheses: Range<usize>, offsets: &mut [W]) {
        let tallies = &mut self.tally.hypotheses[hypotheses.clone()];
        let of_hypotheses = offsets.chunks_mut(self.draws);
        for ((values, hypothesis), tally) in
            of_hypotheses.zip(&self.hypotheses[hypotheses]).zip(tallies)
        {
            let mut values = values;
            if fold.may_be_undefined() {
                let defined = first(values, |&offset| offset != W::UNDEFINED);
                tally.undefined += (self.draws - defined) as u64;
                values = &mut values[..defined];
            }
            let lattice = &hypothesis.lattice;
            let mut within = values.len();
            if lattice.open {
                within = first(values, |&offset| !lattice.is_beyond(offset.into()));
                tally.beyond += (values.len() - within) as u64;
            }
            count(values, within, lattice, tally);
        }
    }
}

/// Moves the offsets for which `holds` to the front; how many there are.
fn first<W: Offset>(offsets: &mut [W], holds: impl Fn(&W) -> bool) -> usize {
    let mut held = 0;
    for i in 0..offsets.len() {
        if holds(&offsets[i]) {
            offsets.swap(held, i);
            held += 1;
        }
    }
    held
}

/// Largest offset of which a block's sums, and those of squares, fit 64 bits.
const NARROW: u64 = 1 << 28;

/// Adds the offsets of a block's draws, of which none is above `span`, to the sums of a tally.
#[inline(always)]
fn add_sums<W: Offset>(offsets: &[W], span: u64, tally: &mut HypothesisTally) {
    const { assert!(BLOCK as u64 <= u64::MAX / (NARROW * NARROW)) }
    if span <= NARROW {
        let (mut sum, mut squares) = (0u64, 0u64);
        for &offset in offsets {
            let offset: u64 = offset.into();
            sum += offset;
            squares += offset * offset;
        }
        tally.sums.add_block(sum.into(), squares.into(), 0);
        return;
    }
    // The squares in two words of 64 bits, each summed apart.
    let mut sum = 0u128;
    let mut words = [0u128; 2];
    for &offset in offsets {
        let offset: u64 = offset.into();
        let square = u128::from(offset) * u128::from(offset);
        sum += u128::from(offset);
        words[0] += square & u128::from(u64::MAX);
        words[1] += square >> u64::BITS;
    }
    tally.sums.add_block(sum, words[0], words[1]);
}

/// Adds the offsets of a block's draws to a tally, the first `within` of them to its sums. Twin: `shaders/tally/tally.wgsl`.
fn count<W: Offset>(offsets: &[W], within: usize, lattice: &Lattice, tally: &mut HypothesisTally) {
    Arch::new().dispatch(Counted {
        offsets,
        within,
        lattice,
        tally,
    });
}

struct Counted<'a, W> {
    offsets: &'a [W],
    within: usize,
    lattice: &'a Lattice,
    tally: &'a mut HypothesisTally,
}

impl<W: Offset> WithSimd for Counted<'_, W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Counted {
            offsets,
            within,
            lattice,
            tally,
        } = self;
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
        add_sums(&offsets[..within], lattice.span, tally);
        if let [all] = &mut tally.histogram[..] {
            *all += offsets.len() as u64;
            return;
        }
        let last = tally.histogram.len() as u32 - 1;
        let mut bins = [0; BLOCK];
        for (bin, &offset) in bins.iter_mut().zip(offsets) {
            let of = offset.shifted(lattice.bin_shift);
            *bin = of.saturating_sub(lattice.first_bin).min(last);
        }
        for &bin in &bins[..offsets.len()] {
            tally.histogram[bin as usize] += 1;
        }
    }
}
