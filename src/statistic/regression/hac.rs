//! Long-run variances of linear combinations of coefficients.

use super::solver::Lane;
use super::{Edge, LANES, Regression};

/// Combinations whose windows are summed together, so that one sum does not wait for another.
const TOGETHER: usize = 4;

/// Variances by windows: with `u_t = e_t x_t' (X'X)^-1 w`, the Bartlett variance with L lags is the
/// sum over all windows of L + 1 rows, zeros before the first row and after the last one, of
/// `(sum of u_t in the window)^2 / (L + 1)`. Rows stand in calendar order whatever the draw.
pub(super) struct LongRun {
    rows: usize,
    lags: usize,
    /// 1/(L + 1), and the small-sample factor.
    share: f64,
    /// By series lane and padded row.
    residuals: Vec<Lane>,
    /// By combination lane and padded row.
    influences: Vec<Lane>,
    /// By series lane and combination.
    variances: Vec<Lane>,
}

impl LongRun {
    pub(super) fn new(regression: &Regression, series_lanes: usize, lanes: usize) -> Self {
        let rows = regression.outcomes.positions();
        let hac = regression.hac;
        let padded = rows + 2 * hac.lags + 1;
        LongRun {
            rows,
            lags: hac.lags,
            share: hac.factor(rows, regression.parameters()) / (hac.lags + 1) as f64,
            residuals: vec![Lane::default(); if lanes > 0 { padded * series_lanes } else { 0 }],
            influences: vec![Lane::default(); padded * lanes],
            variances: vec![Lane::default(); lanes * LANES * series_lanes],
        }
    }

    fn padded(&self) -> usize {
        self.rows + 2 * self.lags + 1
    }

    /// `y_t - x_t' b` of every row and series; `solution` has `stride` coefficients a lane.
    #[inline(always)]
    pub(super) fn residuals(
        &mut self,
        regression: &Regression,
        outcomes: &[Lane],
        picked: &[(u32, u32)],
        solution: &[Lane],
        stride: usize,
    ) {
        let added = -regression.window[0].min(0) as usize;
        let last = regression.window[1];
        let padded_rows = self.rows + added + last.max(0) as usize;
        let (padded, rows) = (self.padded(), self.rows);
        for ((residuals, outcomes), solution) in self
            .residuals
            .chunks_exact_mut(padded)
            .zip(outcomes.chunks_exact(padded_rows))
            .zip(solution.chunks_exact(stride))
        {
            let residuals = &mut residuals[self.lags + 1..][..rows];
            let constant = solution[regression.parameters() - 1];
            for (residual, outcome) in residuals.iter_mut().zip(&outcomes[added..]) {
                *residual = outcome.less(1.0, constant);
            }
            each_window(regression, picked, solution, |start, coefficients| {
                let residuals = &mut residuals[start..][..coefficients.len()];
                for (residual, coefficient) in residuals.iter_mut().zip(coefficients) {
                    *residual = residual.less(1.0, *coefficient);
                }
            });
        }
    }

    /// `x_t' (X'X)^-1 w` of every row and combination.
    #[inline(always)]
    pub(super) fn influences(
        &mut self,
        regression: &Regression,
        picked: &[(u32, u32)],
        solution: &[Lane],
        stride: usize,
    ) {
        let (padded, rows) = (self.padded(), self.rows);
        for (influences, solution) in self
            .influences
            .chunks_exact_mut(padded)
            .zip(solution.chunks_exact(stride))
        {
            let influences = &mut influences[self.lags + 1..][..rows];
            influences.fill(solution[regression.parameters() - 1]);
            each_window(regression, picked, solution, |start, coefficients| {
                let influences = &mut influences[start..][..coefficients.len()];
                for (influence, coefficient) in influences.iter_mut().zip(coefficients) {
                    *influence = influence.plus(*coefficient);
                }
            });
        }
    }

    #[inline(always)]
    pub(super) fn variances(&mut self) {
        let padded = self.padded();
        let after = self.lags + 1;
        let combinations = self.influences.len() / padded * LANES;
        for (r, residuals) in self.residuals.chunks_exact(padded).enumerate() {
            for (c, influences) in self.influences.chunks_exact(padded).enumerate() {
                for first in (0..LANES).step_by(TOGETHER) {
                    let mut sums = [Lane::default(); TOGETHER];
                    let mut squares = [Lane::default(); TOGETHER];
                    let entering = residuals[after..].iter().zip(&influences[after..]);
                    let leaving = residuals.iter().zip(influences);
                    for ((enters, in_share), (leaves, out_share)) in entering.zip(leaving) {
                        for k in 0..TOGETHER {
                            let sum = sums[k]
                                .plus(enters.times(in_share.0[first + k]))
                                .less(out_share.0[first + k], *leaves);
                            sums[k] = sum;
                            for lane in 0..LANES {
                                squares[k].0[lane] += sum.0[lane] * sum.0[lane];
                            }
                        }
                    }
                    for (k, squares) in squares.iter().enumerate() {
                        self.variances[r * combinations + c * LANES + first + k] =
                            squares.times(self.share);
                    }
                }
            }
        }
    }

    pub(super) fn variance(&self, combination: usize, series: usize) -> f64 {
        let combinations = self.influences.len() / self.padded() * LANES;
        self.variances[series / LANES * combinations + combination].0[series % LANES]
    }
}

/// Every picked window: the row at which it begins and its coefficients, without the days that lie
/// outside the sample, or in two parts where it continues at the sample's other end.
#[inline(always)]
fn each_window(
    regression: &Regression,
    picked: &[(u32, u32)],
    solution: &[Lane],
    mut visit: impl FnMut(usize, &[Lane]),
) {
    let n = regression.outcomes.positions() as i64;
    let days = regression.days();
    for &(row, group) in picked {
        let coefficients = &solution[group as usize * days..][..days];
        let start = i64::from(row) + i64::from(regression.window[0]);
        // Days before the first row and past the last one.
        let before = (-start).clamp(0, days as i64) as usize;
        let past = (start + days as i64 - n).clamp(0, days as i64) as usize;
        if before < days && past < days {
            visit(start.max(0) as usize, &coefficients[before..days - past]);
        }
        if regression.edge == Edge::Wrap {
            if before > 0 {
                visit((start + n) as usize, &coefficients[..before]);
            }
            if past > 0 {
                visit((start.max(n) - n) as usize, &coefficients[days - past..]);
            }
        }
    }
}
