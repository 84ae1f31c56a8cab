//! What engines make of a plan's draws.

use std::borrow::Cow;
use std::ops::Range;

use crate::null::Sampler;
use crate::plan::Plan;
use crate::statistic::Fold;

/// A plan as engines run it: where all that is asked for are sums, a group that is what the others leave
/// is neither drawn nor summed.
pub(super) struct Task<'p> {
    pub plan: &'p Plan,
    pub sampler: Sampler<'p>,
    /// Picks that the sampler makes a draw.
    pub picks: usize,
    folds: Vec<Cow<'p, Fold>>,
    /// One a fold.
    wide: Vec<bool>,
    /// One a hypothesis.
    floors: Vec<i64>,
}

impl<'p> Task<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let floors = plan.hypotheses.iter().map(|h| h.lattice.floor);
        let lattices = |range: Range<usize>| plan.hypotheses[range].iter().map(|h| &h.lattice);
        let ranges = plan.fold_ranges();
        let wide = ranges.map(|(_, range)| lattices(range).any(|lattice| lattice.is_wide()));
        let wide = wide.collect();
        let drawn = plan.design.drawn();
        let folds = drawn.as_ref().and_then(|drawn| {
            let folds = plan.folds.iter().map(|fold| fold.of_drawn(drawn));
            folds.collect::<Option<Vec<_>>>()
        });
        match drawn.zip(folds) {
            None => Task {
                plan,
                sampler: plan.design.sampler(),
                picks: plan.design.picks(),
                folds: plan.folds.iter().map(Cow::Borrowed).collect(),
                wide,
                floors: floors.collect(),
            },
            Some((drawn, folds)) => {
                let constants = folds.iter().flat_map(|(_, constants)| constants);
                Task {
                    plan,
                    sampler: Sampler::drawn(&drawn),
                    picks: drawn.picks(),
                    wide,
                    floors: floors
                        .zip(constants)
                        .map(|(floor, &constant)| floor.wrapping_sub(constant))
                        .collect(),
                    folds: folds
                        .into_iter()
                        .map(|(fold, _)| Cow::Owned(fold))
                        .collect(),
                }
            }
        }
    }

    /// The folds, each with its hypotheses.
    pub(super) fn folds(&self) -> impl Iterator<Item = Part<'_>> {
        let mut start = 0;
        self.folds.iter().zip(&self.wide).map(move |(fold, &wide)| {
            let hypotheses = start..start + fold.values();
            start = hypotheses.end;
            Part {
                fold,
                floors: &self.floors[hypotheses.clone()],
                hypotheses,
                wide,
            }
        })
    }
}

/// A fold of a task.
pub(super) struct Part<'t> {
    pub fold: &'t Fold,
    /// Which of the plan's its values are.
    pub hypotheses: Range<usize>,
    /// What is taken from each numerator to make its offset, modulo 2^64.
    pub floors: &'t [i64],
    /// Whether offsets take 64 bits.
    pub wide: bool,
}
