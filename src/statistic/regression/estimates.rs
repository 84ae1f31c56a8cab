//! All effects of many sets of events.

use super::solver::{Asked, Solver};
use super::{Column, Estimate, Regression};
use crate::null::Picks;
use crate::statistic::{Contrast, ScoreTable};

impl Regression {
    /// The values of one set of picks on many panels of outcomes, before they are put on their grids:
    /// `values[panel][value]`, `None` as in [`Regression::values`]. `outcomes` has the series of one panel after
    /// those of another. Series are solved beside each other and never meet: a panel's values are those that
    /// it has alone.
    pub(crate) fn values_of_panels(
        &self,
        contrasts: &[Contrast],
        picks: &[u32],
        outcomes: &ScoreTable,
    ) -> Vec<Vec<Option<f64>>> {
        let (series, columns) = (self.outcomes.columns(), self.columns.len());
        let panels = outcomes.columns() / series;
        let of_panels = (0..panels).flat_map(|panel| {
            let columns = self.columns.iter();
            columns.map(move |&column| Column {
                series: panel * series + column.series,
                ..column
            })
        });
        let all = Regression {
            columns: of_panels.collect(),
            outcomes: outcomes.clone(),
            rows: self.rows.clone(),
            groups: self.groups.clone(),
            effects: self.effects.clone(),
            grids: Vec::new(),
            ..*self
        };
        let values = all.values(contrasts, &Picks::of(picks), 1).remove(0);
        let of_panel = |panel: usize| {
            let of_contrasts = values.chunks(panels * columns);
            let values = of_contrasts.flat_map(|of| &of[panel * columns..][..columns]);
            values.copied().collect()
        };
        (0..panels).map(of_panel).collect()
    }

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
        let mut solver = Solver::new(self, contrasts, Vec::new(), Asked::EverySeries);
        solver.each_solved(picks, draws, |solver, _| {
            solved += 1;
            let keys = self.keys(contrasts.len());
            for (value, (contrast, effect, series)) in keys.enumerate() {
                visit(value, solver.effect(&contrasts[contrast], effect, series));
            }
        });
        solved
    }

    /// What the rounding of each value is relative to, for sets like `picks`, in the order of the values:
    /// for effects a bound of their size; for ratios the same in standard errors of independent outcomes.
    /// `None` when the regressors are collinear.
    pub(crate) fn scales(&self, contrasts: &[Contrast], picks: &[u32]) -> Option<Vec<f64>> {
        let effects = (0..self.effects.len()).collect();
        let mut solver = Solver::new(self, contrasts, effects, Asked::EverySeries);
        if !solver.solve_one(picks) {
            return None;
        }
        let (solver, root) = (&solver, (self.outcomes.positions() as f64).sqrt());
        let values = contrasts.iter().flat_map(|contrast| {
            self.columns
                .iter()
                .map(move |column| match column.studentised {
                    true => root,
                    false => solver.scale(contrast, column.effect, column.series),
                })
        });
        Some(values.collect())
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
        let mut solver = Solver::new(self, contrasts, effects, Asked::EverySeries);
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
