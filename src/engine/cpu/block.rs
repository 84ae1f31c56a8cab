//! A block of draws through the first two passes: picks, values.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::task::{Part, Task};
use crate::null::{Picks, Sampler};
use crate::plan::{Plan, Remade};
use crate::statistic::{Fold, Offset};

/// Draws of a block: its picks and values stay in the first cache, and 2^24 times as many fit the
/// partial sums.
pub(super) const BLOCK: usize = 128;

/// Values of a draw that are made at once: those of a block stay in the second cache.
const VALUES: usize = 1 << 9;

/// One thread's buffers: a block of draws at a time.
pub(super) struct Blocks<'p> {
    pub(super) plan: &'p Plan,
    task: Arc<Task<'p>>,
    sampler: Sampler<'p>,
    picks: Picks,
    draws: usize,
    /// Their numbers, where the series is made anew.
    numbers: Vec<u64>,
    narrow: Vec<u32>,
    wide: Vec<u64>,
}

/// What becomes of a block's values.
pub(super) trait Take {
    /// Takes some values of a fold, those of the hypotheses `hypotheses` one after another, each with an
    /// offset a draw; [`Offset::UNDEFINED`] where the fold may have none, and the draw has none.
    fn take<W: Offset>(&mut self, fold: &Fold, hypotheses: Range<usize>, offsets: &mut [W]);
}

impl<'p> Blocks<'p> {
    /// With a copy of the sampler, whose tables threads share.
    pub(super) fn new(task: &Arc<Task<'p>>) -> Self {
        let plan = task.plan;
        let most = |wide: bool| {
            let parts = task.folds().filter(|part| part.wide == wide);
            let values = parts.flat_map(|part| {
                let contrasts = part.fold.contrasts().len();
                let tiles = part.fold.tiles(VALUES);
                tiles.map(move |columns| contrasts * columns.len())
            });
            values.max().unwrap_or(0)
        };
        Blocks {
            plan,
            task: task.clone(),
            sampler: task.sampler.clone(),
            picks: Picks::new(BLOCK, task.picks),
            draws: 0,
            numbers: Vec::new(),
            narrow: vec![0; most(false) * BLOCK],
            wide: vec![0; most(true) * BLOCK],
        }
    }

    /// Draws of the current block.
    pub(super) fn draws(&self) -> usize {
        self.draws
    }

    /// Picks the draws from `first` on that belong to `range`, at most a block of them.
    pub(super) fn pick(&mut self, first: u64, range: &Range<u64>) {
        self.draws = BLOCK.min((range.end - first) as usize);
        if self.plan.remade.is_some() {
            self.numbers.clear();
            self.numbers.extend(first..first + self.draws as u64);
            return;
        }
        self.sampler
            .fill(self.plan.seed, first, self.draws, &mut self.picks);
    }

    /// Picks listed draws, at most a block of them.
    pub(super) fn pick_listed(&mut self, draws: &[u64]) {
        self.draws = draws.len();
        if self.plan.remade.is_some() {
            self.numbers = draws.to_vec();
            return;
        }
        let mut one = Picks::new(1, self.task.picks);
        for (row, &draw) in draws.iter().enumerate() {
            self.sampler.fill(self.plan.seed, draw, 1, &mut one);
            self.picks.row_mut(row).copy_from_slice(one.row_mut(0));
        }
    }

    /// Makes the values of the picked draws, of the folds that are asked for.
    pub(super) fn fold(&mut self, asked: impl Fn(&Fold) -> bool, take: &mut impl Take) {
        if let Some(remade) = &self.plan.remade {
            return self.fold_remade(remade, asked, take);
        }
        for part in self.task.folds().filter(|part| asked(part.fold)) {
            let (picks, draws) = (&self.picks, self.draws);
            match part.wide {
                true => tiles(&part, picks, draws, &mut self.wide, take),
                false => tiles(&part, picks, draws, &mut self.narrow, take),
            }
        }
    }
}

impl Blocks<'_> {
    /// The same of series that are made anew.
    fn fold_remade(&self, remade: &Remade, asked: impl Fn(&Fold) -> bool, take: &mut impl Take) {
        let plan = self.plan;
        let draws = (plan.seed, self.numbers.as_slice());
        let numerators = remade.numerators(&plan.folds, &plan.design, &plan.observed, draws);
        for part in self.task.folds().filter(|part| asked(part.fold)) {
            let first = part.hypotheses.start * self.draws;
            let of_part = numerators[first..].chunks(self.draws).zip(part.floors);
            let mut offsets: Vec<u64> = of_part
                .flat_map(|(values, &floor)| {
                    values.iter().map(move |value| match value {
                        Some(numerator) => numerator.wrapping_sub(floor) as u64,
                        None => <u64 as Offset>::UNDEFINED,
                    })
                })
                .collect();
            take.take(part.fold, part.hypotheses, &mut offsets);
        }
    }
}

/// Makes the values of one fold, in 32- or 64-bit offsets, a tile of columns after the other.
fn tiles<W: Offset>(
    part: &Part<'_>,
    picks: &Picks,
    draws: usize,
    values: &mut [W],
    take: &mut impl Take,
) {
    let fold = part.fold;
    let floors: Vec<W> = part.floors.iter().map(|&floor| W::wrap(floor)).collect();
    for columns in fold.tiles(VALUES) {
        let values = &mut values[..fold.contrasts().len() * columns.len() * draws];
        fold.offsets(picks, &columns, &floors, draws, values);
        for (contrast, values) in values.chunks_mut(columns.len() * draws).enumerate() {
            let first = part.hypotheses.start + contrast * fold.columns() + columns.start;
            take.take(fold, first..first + columns.len(), values);
        }
    }
}
