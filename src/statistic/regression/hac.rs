//! Long-run variances of linear combinations of coefficients.

use super::solver::Lane;
use super::{Edge, Hac, LANES, Regression};

/// Combinations whose windows are summed together, so that one sum does not wait for another.
const TOGETHER: usize = 4;

/// Variances by windows: with `u_t = e_t x_t' (X'X)^-1 w`, the Bartlett variance with L lags is the
/// sum over all windows of L + 1 rows, zeros before the first row and after the last one, of
/// `(sum of u_t in the window)^2 / (L + 1)`. Rows stand in calendar order whatever the draw.
pub(super) struct LongRun {
    rows: usize,
    parameters: usize,
    series_lanes: usize,
    /// Combinations, padded to whole groups of [`TOGETHER`].
    wanted: usize,
    lags: usize,
    /// By padded row: series.
    residuals: Vec<Lane>,
    /// By padded row: combinations.
    influences: Vec<f64>,
    /// By row: effects of single groups.
    own: Vec<Lane>,
    /// By combination: series.
    variances: Vec<Lane>,
}

impl LongRun {
    pub(super) fn new(regression: &Regression, series_lanes: usize, wanted: usize) -> Self {
        let rows = regression.outcomes.positions();
        let wanted = wanted.next_multiple_of(TOGETHER);
        let lags = regression.hac.lags;
        let padded = if wanted > 0 { rows + 2 * lags + 1 } else { 0 };
        LongRun {
            rows,
            parameters: regression.parameters(),
            series_lanes,
            wanted,
            lags,
            residuals: vec![Lane::default(); padded * series_lanes],
            influences: vec![0.0; padded * wanted],
            own: Vec::new(),
            variances: vec![Lane::default(); wanted * series_lanes],
        }
    }

    /// `y_t - x_t' b` of every row and series.
    #[inline(always)]
    pub(super) fn residuals(
        &mut self,
        regression: &Regression,
        outcomes: &[Lane],
        picked: &[(u32, u32)],
        solution: &[Lane],
        right: usize,
    ) {
        let lanes = self.series_lanes;
        let before = (self.lags + 1) * lanes;
        let days = regression.days();
        let constant = &solution[(regression.parameters() - 1) * right..][..lanes];
        let residuals = &mut self.residuals[before..][..self.rows * lanes];
        let added = -regression.window[0].min(0) as usize * lanes;
        for (residual, outcomes) in residuals
            .chunks_exact_mut(lanes)
            .zip(outcomes[added..].chunks_exact(lanes))
        {
            for (r, residual) in residual.iter_mut().enumerate() {
                *residual = outcomes[r].less(1.0, constant[r]);
            }
        }
        each_day(regression, picked, |row, group, j| {
            let coefficients = &solution[(group * days + j) * right..][..lanes];
            let residual = &mut residuals[row * lanes..][..lanes];
            for (residual, coefficient) in residual.iter_mut().zip(coefficients) {
                *residual = residual.less(1.0, *coefficient);
            }
        });
    }

    /// `x_t' (X'X)^-1 w` of every row; `combine` makes the wanted combinations of single effects.
    #[inline(always)]
    pub(super) fn influences(
        &mut self,
        regression: &Regression,
        picked: &[(u32, u32)],
        solution: &[Lane],
        right: usize,
        mut combine: impl FnMut(&mut [f64], &[f64]),
    ) {
        let days = regression.days();
        let lanes = right - self.series_lanes;
        let of = |parameter: usize| &solution[parameter * right + self.series_lanes..][..lanes];
        self.own.clear();
        for _ in 0..self.rows {
            self.own.extend_from_slice(of(regression.parameters() - 1));
        }
        each_day(regression, picked, |row, group, j| {
            let own = &mut self.own[row * lanes..][..lanes];
            for (own, coefficient) in own.iter_mut().zip(of(group * days + j)) {
                *own = own.plus(*coefficient);
            }
        });
        let own: &[f64] = bytemuck::cast_slice(&self.own);
        let influences = &mut self.influences[(self.lags + 1) * self.wanted..];
        for (influences, own) in influences
            .chunks_exact_mut(self.wanted)
            .zip(own.chunks_exact(lanes * LANES))
        {
            combine(influences, own);
        }
    }

    #[inline(always)]
    pub(super) fn variances(&mut self, hac: Hac) {
        let lanes = self.series_lanes;
        let (lags, wanted) = (self.lags, self.wanted);
        let share = hac.factor(self.rows, self.parameters) / (lags + 1) as f64;
        for first in (0..wanted).step_by(TOGETHER) {
            for r in 0..lanes {
                let mut sums = [Lane::default(); TOGETHER];
                let mut squares = [Lane::default(); TOGETHER];
                for t in lags + 1..self.rows + 2 * lags + 1 {
                    let entering = self.residuals[t * lanes + r];
                    let leaving = self.residuals[(t - lags - 1) * lanes + r];
                    let enter = &self.influences[t * wanted + first..][..TOGETHER];
                    let leave = &self.influences[(t - lags - 1) * wanted + first..][..TOGETHER];
                    for k in 0..TOGETHER {
                        for lane in 0..LANES {
                            let sum = sums[k].0[lane] + enter[k] * entering.0[lane]
                                - leave[k] * leaving.0[lane];
                            sums[k].0[lane] = sum;
                            squares[k].0[lane] += sum * sum;
                        }
                    }
                }
                for (k, squares) in squares.iter().enumerate() {
                    for lane in 0..LANES {
                        self.variances[(first + k) * lanes + r].0[lane] = squares.0[lane] * share;
                    }
                }
            }
        }
    }

    pub(super) fn variance(&self, combination: usize, series: usize) -> f64 {
        self.variances[combination * self.series_lanes + series / LANES].0[series % LANES]
    }
}

/// Every day of every picked window that lies in the sample, or at its other end.
#[inline(always)]
fn each_day(
    regression: &Regression,
    picked: &[(u32, u32)],
    mut visit: impl FnMut(usize, usize, usize),
) {
    let n = regression.outcomes.positions() as i64;
    let first = i64::from(regression.window[0]);
    for &(row, group) in picked {
        for j in 0..regression.days() {
            let mut t = i64::from(row) + first + j as i64;
            if regression.edge == Edge::Wrap {
                t = if t < 0 {
                    t + n
                } else if t >= n {
                    t - n
                } else {
                    t
                };
            }
            if (0..n).contains(&t) {
                visit(t as usize, group as usize, j);
            }
        }
    }
}
