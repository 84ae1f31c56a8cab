//! How much rotations repeat each other.

use std::f64::consts::PI;

use rayon::prelude::*;

use crate::null::Picks;
use crate::plan::Plan;
use crate::statistic::Statistic;

/// Rotations that are replayed together.
const BLOCK: u64 = 256;

/// Rotations by one row more or less move most windows onto rows that they had already, so that
/// neighbours have similar values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbours {
    /// Correlation of the values of rotations `i` and `i + 1`, around the circle.
    pub correlation: f64,
    /// `n arccos(correlation)/pi` of n rotations: how often the values of a Gaussian sequence cross
    /// their mean (Rice 1944). Where neighbours are unrelated it is n/2, so it counts with caution.
    pub effective_draws: f64,
}

/// The neighbours of each hypothesis, from a replay of all rotations; `None` where the plan makes no
/// rotations, some rotation has no value, or all have the same.
pub fn neighbours(plan: &Plan) -> Vec<Option<Neighbours>> {
    let Some(rotations) = plan.design.rotations() else {
        return vec![None; plan.hypotheses.len()];
    };
    // Joined in order, so that the sums do not depend on threads.
    let blocks: Vec<Vec<Option<Run>>> = (0..rotations.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| runs(plan, block * BLOCK, BLOCK.min(rotations - block * BLOCK)))
        .collect();
    (0..plan.hypotheses.len())
        .map(|h| {
            let mut runs = blocks.iter().map(|block| block[h]);
            let first = runs.next()??;
            runs.try_fold(first, |all, run| Some(all.then(run?)))?
                .around()
        })
        .collect()
}

/// Sums over consecutive rotations.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: f64,
    last: f64,
    count: f64,
    sum: f64,
    squares: f64,
    /// Of neighbours.
    products: f64,
}

impl Run {
    fn of(value: f64) -> Self {
        Run {
            first: value,
            last: value,
            count: 1.0,
            sum: value,
            squares: value * value,
            products: 0.0,
        }
    }

    /// This run, then another.
    fn then(self, next: Run) -> Run {
        Run {
            first: self.first,
            last: next.last,
            count: self.count + next.count,
            sum: self.sum + next.sum,
            squares: self.squares + next.squares,
            products: self.products + next.products + self.last * next.first,
        }
    }

    /// The correlation of neighbours when the last value is followed by the first.
    fn around(self) -> Option<Neighbours> {
        let square = self.sum * self.sum / self.count;
        let correlation =
            (self.products + self.last * self.first - square) / (self.squares - square);
        correlation.is_finite().then(|| Neighbours {
            correlation,
            effective_draws: self.count * correlation.clamp(-1.0, 1.0).acos() / PI,
        })
    }
}

/// Rotations `first..first + draws`, a run a hypothesis. Values count from the observed one, so that
/// their squares do not cancel.
fn runs(plan: &Plan, first: u64, draws: u64) -> Vec<Option<Run>> {
    let draws = draws as usize;
    let mut picks = Picks::new(draws, plan.design.picks());
    plan.design
        .sampler()
        .fill(plan.seed, first, draws, &mut picks);
    let mut values: Vec<Vec<Option<f64>>> = vec![Vec::new(); draws];
    for (fold, range) in plan.fold_ranges() {
        let observed = plan.hypotheses[range].iter().map(|h| h.observed);
        if let Statistic::Regression(regression) = fold.statistic() {
            let found = regression.values(fold.contrasts(), &picks, draws);
            for (values, found) in values.iter_mut().zip(found) {
                let grids = regression.grids().iter();
                let less = found.into_iter().zip(grids).zip(observed.clone());
                values.extend(
                    less.map(|((value, grid), observed)| {
                        Some(value? / grid.step - observed as f64)
                    }),
                );
            }
        } else {
            for (draw, values) in values.iter_mut().enumerate() {
                let found = fold.numerators(picks.row(draw)).into_iter();
                let less = found.zip(observed.clone());
                values.extend(less.map(|(value, observed)| Some((value? - observed) as f64)));
            }
        }
    }
    let run = |h: usize| {
        let mut column = values.iter().map(|draw| draw[h].map(Run::of));
        let first = column.next()??;
        column.try_fold(first, |all, value| Some(all.then(value?)))
    };
    (0..plan.hypotheses.len()).map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Option<Neighbours> {
        let runs = values.iter().map(|&value| Run::of(value));
        runs.reduce(Run::then)?.around()
    }

    #[test]
    fn correlations_by_hand() {
        // Deviations 2 1 0 -1 -2 of 5 4 3 2 1: products 2 + 0 + 0 + 2 - 4, squares 10.
        let found = of(&[5.0, 4.0, 3.0, 2.0, 1.0]).unwrap();
        assert!(found.correlation.abs() < 1e-15);
        assert!((found.effective_draws - 2.5).abs() < 1e-14);
        let turns = of(&[1.0, -1.0, 1.0, -1.0]).unwrap();
        assert_eq!((turns.correlation, turns.effective_draws), (-1.0, 4.0));
        assert_eq!(of(&[7.0, 7.0, 7.0]), None);
    }
}
