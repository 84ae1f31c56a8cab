//! All effects of many sets of events.

use super::solver::Solver;
use super::{Estimate, Regression};
use crate::null::Picks;
use crate::statistic::Contrast;

impl Regression {
    /// Calls `visit(value, effect)` for every effect of every draw whose regressors are not
    /// collinear; values are counted by contrast, effect and series. How many such draws there are.
    pub(crate) fn each_effect(
        &self,
        contrasts: &[Contrast],
        picks: &Picks,
        draws: usize,
        mut visit: impl FnMut(usize, f64),
    ) -> u64 {
        let mut solved = 0;
        let mut solver = Solver::new(self, contrasts, Vec::new(), false);
        solver.each_solved(picks, draws, |solver, _| {
            solved += 1;
            let keys = self.keys(contrasts.len());
            for (value, (contrast, effect, series)) in keys.enumerate() {
                visit(value, solver.effect(&contrasts[contrast], effect, series));
            }
        });
        solved
    }

    /// [`Regression::each_effect`] with standard errors.
    pub(crate) fn each_estimate(
        &self,
        contrasts: &[Contrast],
        picks: &Picks,
        draws: usize,
        mut visit: impl FnMut(usize, Estimate),
    ) -> u64 {
        let mut solved = 0;
        let effects = (0..self.effects.len()).collect();
        let mut solver = Solver::new(self, contrasts, effects, false);
        solver.each_solved(picks, draws, |solver, _| {
            solved += 1;
            let keys = self.keys(contrasts.len());
            for (value, (contrast, effect, series)) in keys.enumerate() {
                let estimate = Estimate {
                    value: solver.effect(&contrasts[contrast], effect, series),
                    error: solver.variance(contrast, effect, series).sqrt(),
                };
                visit(value, estimate);
            }
        });
        solved
    }

    /// Contrast, effect and series of each value.
    fn keys(&self, contrasts: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        let (effects, series) = (self.effects.len(), self.outcomes.columns());
        (0..contrasts * effects * series).map(move |value| {
            let (rest, s) = (value / series, value % series);
            (rest / effects, rest % effects, s)
        })
    }
}
