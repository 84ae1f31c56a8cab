//! Least absolute deviations of the overlap regression.

use microlp::{ComparisonOp, OptimizationDirection, Problem};
use rayon::prelude::*;

use crate::statistic::{Contrast, Edge, Regression};

/// A multiplier this close to 1 is at its bound.
const AT_BOUND: f64 = 1e-7;
/// Effects less than this share of their size (or of a score) apart are one.
const APART: f64 = 1e-5;

/// The overlap regression of one set of events by least absolute deviations, in units of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Lad {
    /// The least sum of absolute residuals of each series.
    pub minima: Vec<f64>,
    /// By contrast, effect and series.
    pub effects: Vec<Vec<Vec<LadRange>>>,
}

/// The effects that reach the least sum of absolute residuals. With changes in whole steps they are
/// often many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LadRange {
    /// The least such effect.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl LadRange {
    /// The effect where there is but one.
    pub fn point(self) -> Option<f64> {
        let middle = (self.low + self.high) / 2.0;
        (self.high - self.low <= APART * middle.abs().max(1.0)).then_some(middle)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LadError {
    /// Relative days cannot be told apart.
    #[error("the regressors are collinear")]
    Singular,
    /// The linear programs are solved in floating point, and one of them was not.
    #[error("linear program: {0}")]
    Program(String),
}

/// Fits one set of picks by least absolute deviations: the least sum, and the range of each effect
/// over all coefficients that reach it.
///
/// `min sum |y_t - x_t' b|` has the dual `max y'd` over `X'd = 0`, `-1 <= d <= 1`. Let d be any
/// solution of it. By complementary slackness the sum is least for just those b whose residuals are
/// zero where `|d_t| < 1`, not negative where `d_t = 1` and not positive where `d_t = -1`. The
/// greatest `w'b` among these is, by duality again, the least `y'u` over `X'u = w` with u free, not
/// negative and not positive there. All programs have one constraint a coefficient.
///
/// # Errors
///
/// Collinear regressors, and programs that the solver cannot finish.
pub fn lad(
    regression: &Regression,
    contrasts: &[Contrast],
    picks: &[u32],
) -> Result<Lad, LadError> {
    if regression.fit(contrasts, picks).is_none() {
        return Err(LadError::Singular);
    }
    let design = Design::new(regression, picks);
    let (series, effects) = (regression.outcomes().columns(), regression.effects().len());
    let fits = (0..series)
        .into_par_iter()
        .map(|series| design.least_sum(regression, series))
        .collect::<Result<Vec<Fit>, LadError>>()?;
    let ranges = (0..contrasts.len() * effects * series)
        .into_par_iter()
        .map(|value| {
            let (rest, fit) = (value / series, &fits[value % series]);
            let contrast = &contrasts[rest / effects];
            design.range(fit, &weights(regression, contrast, rest % effects))
        })
        .collect::<Result<Vec<LadRange>, LadError>>()?;
    Ok(Lad {
        minima: fits.into_iter().map(|fit| fit.least).collect(),
        effects: ranges
            .chunks(effects * series)
            .map(|of_contrast| of_contrast.chunks(series).map(<[_]>::to_vec).collect())
            .collect(),
    })
}

/// The weights of an effect over the coefficients.
fn weights(regression: &Regression, contrast: &Contrast, effect: usize) -> Vec<f64> {
    let days = regression.days();
    let mut weights = vec![0.0; regression.parameters()];
    for &(group, sign) in &contrast.terms {
        let of_group = &mut weights[group * days..][..days];
        let effect = &regression.effects()[effect].weights;
        for (weight, of_day) in of_group.iter_mut().zip(effect) {
            *weight = sign as f64 * of_day;
        }
    }
    weights
}

/// The regressors of a set: by coefficient, the rows on which it counts, and how often.
struct Design {
    rows: usize,
    columns: Vec<Vec<(usize, f64)>>,
}

/// A series fitted.
struct Fit {
    outcomes: Vec<f64>,
    least: f64,
    /// The dual solution, a multiplier a row.
    multipliers: Vec<f64>,
}

impl Design {
    fn new(regression: &Regression, picks: &[u32]) -> Self {
        let rows = regression.outcomes().positions();
        let days = regression.days();
        let mut counts = vec![vec![0.0; rows]; regression.parameters()];
        counts[regression.parameters() - 1].fill(1.0);
        for (group, segment) in regression.groups().iter().enumerate() {
            for &position in segment.of(picks) {
                let event = i64::from(regression.rows()[position as usize]);
                let first = event + i64::from(regression.window()[0]);
                for (day, row) in (first..).take(days).enumerate() {
                    let row = match regression.edge() {
                        Edge::Wrap => row.rem_euclid(rows as i64),
                        Edge::Cut => row,
                    };
                    if let Some(count) = counts[group * days + day].get_mut(row as usize) {
                        *count += 1.0;
                    }
                }
            }
        }
        let entries = |column: Vec<f64>| {
            let entries = column.into_iter().enumerate();
            entries.filter(|&(_, count)| count != 0.0).collect()
        };
        Design {
            rows,
            columns: counts.into_iter().map(entries).collect(),
        }
    }

    fn least_sum(&self, regression: &Regression, series: usize) -> Result<Fit, LadError> {
        let outcomes: Vec<f64> = (0..self.rows)
            .map(|row| f64::from(regression.outcomes().get(row, series)))
            .collect();
        let (least, multipliers) = self.solve(
            OptimizationDirection::Maximize,
            &outcomes,
            &vec![0.0; self.columns.len()],
            |_| (-1.0, 1.0),
        )?;
        Ok(Fit {
            outcomes,
            least,
            multipliers,
        })
    }

    fn range(&self, fit: &Fit, weights: &[f64]) -> Result<LadRange, LadError> {
        let bounds = |row: usize| match fit.multipliers[row] {
            d if d > 1.0 - AT_BOUND => (0.0, f64::INFINITY),
            d if d < AT_BOUND - 1.0 => (f64::NEG_INFINITY, 0.0),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let opposite = |row| {
            let (low, high) = bounds(row);
            (-high, -low)
        };
        let (minimize, maximize) = (
            OptimizationDirection::Minimize,
            OptimizationDirection::Maximize,
        );
        let high = self.solve(minimize, &fit.outcomes, weights, bounds)?.0;
        let low = self.solve(maximize, &fit.outcomes, weights, opposite)?.0;
        // Where they are one, rounding may put them in the wrong order.
        Ok(LadRange {
            low: low.min(high),
            high: low.max(high),
        })
    }

    /// The best `y'u` over `X'u = right`, and u.
    fn solve(
        &self,
        direction: OptimizationDirection,
        outcomes: &[f64],
        right: &[f64],
        bounds: impl Fn(usize) -> (f64, f64),
    ) -> Result<(f64, Vec<f64>), LadError> {
        let mut program = Problem::new(direction);
        let variables: Vec<_> = outcomes
            .iter()
            .enumerate()
            .map(|(row, &outcome)| program.add_var(outcome, bounds(row)))
            .collect();
        for (column, &right) in self.columns.iter().zip(right) {
            let terms: Vec<_> = column
                .iter()
                .map(|&(row, count)| (variables[row], count))
                .collect();
            program.add_constraint(terms, ComparisonOp::Eq, right);
        }
        let failed = |error: &dyn std::fmt::Debug| LadError::Program(format!("{error:?}"));
        let solution = program
            .solve()
            .map_err(|error| failed(&error))?
            .into_solution()
            .map_err(|error| failed(&error))?;
        let values = variables.iter().map(|&v| solution.var_value(v)).collect();
        Ok((solution.objective(), values))
    }
}
