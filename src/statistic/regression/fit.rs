//! One set of events, fitted.

use super::Regression;
use super::solver::Solver;
use crate::statistic::Contrast;

/// An estimate and its standard error, in units of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its HAC standard error.
    pub error: f64,
}

/// The regression of one set of events.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// By contrast, effect and series.
    pub effects: Vec<Vec<Vec<Estimate>>>,
    /// The constant of each series.
    pub constants: Vec<Estimate>,
    /// The coefficients: by series, a relative day a group, then the constant.
    pub coefficients: Vec<Vec<f64>>,
}

impl Regression {
    /// Fits one set of picks; `None` when its regressors are collinear.
    pub fn fit(&self, contrasts: &[Contrast], picks: &[u32]) -> Option<Fit> {
        let mut solver = Solver::of_fit(self, contrasts);
        if !solver.solve_one(picks) {
            return None;
        }
        let series = self.outcomes.columns();
        let each = |estimate: &dyn Fn(usize) -> Estimate| (0..series).map(estimate).collect();
        Some(Fit {
            effects: contrasts
                .iter()
                .enumerate()
                .map(|(c, contrast)| {
                    (0..self.effects.len())
                        .map(|effect| {
                            each(&|series| Estimate {
                                value: solver.effect(contrast, effect, series),
                                error: solver.variance(c, effect, series).sqrt(),
                            })
                        })
                        .collect()
                })
                .collect(),
            constants: each(&|series| Estimate {
                value: solver.coefficient(self.parameters() - 1, series),
                error: solver.constant_variance(series).sqrt(),
            }),
            coefficients: (0..series)
                .map(|series| {
                    (0..self.parameters())
                        .map(|parameter| solver.coefficient(parameter, series))
                        .collect()
                })
                .collect(),
        })
    }
}
