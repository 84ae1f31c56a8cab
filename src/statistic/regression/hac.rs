//! Long-run variances of linear combinations of coefficients. Twin:
//! `shaders/statistic/regression_errors.wgsl`.

use pulp::Simd;

use super::lane::{Lane, registers, registers_mut, width};
use super::settle::Ratio;
use super::solver::Picked;
use super::{Edge, LANES, MAX_GROUPS, Regression};

/// Variances by windows: with `u_t = e_t x_t' (X'X)^-1 w`, the Bartlett variance with L lags is the
/// sum over all windows of L + 1 rows, zeros before the first row and after the last one, of
/// `(sum of u_t in the window)^2 / (L + 1)`. Rows stand in calendar order whatever the draw.
///
/// The sums of a difference of groups are differences of the groups' sums, so that only groups have
/// combinations of their own.
pub(super) struct LongRun {
    rows: usize,
    lags: usize,
    groups: usize,
    /// Combinations a group.
    asked: usize,
    /// 1/(L + 1), and the small-sample factor.
    share: f64,
    /// By series lane and padded row.
    residuals: Vec<Lane>,
    /// By combination lane and padded row.
    influences: Vec<Lane>,
    /// By series lane and combination of a group: of groups g and h the variance of their
    /// difference, of g and g that of g itself.
    variances: Vec<[[Lane; MAX_GROUPS]; MAX_GROUPS]>,
}

impl LongRun {
    pub(super) fn new(regression: &Regression, series_lanes: usize, asked: usize) -> Self {
        let rows = regression.outcomes.positions();
        let groups = regression.groups.len();
        let hac = regression.hac;
        let padded = if asked > 0 {
            rows + 2 * hac.lags + 1
        } else {
            0
        };
        LongRun {
            rows,
            lags: hac.lags,
            groups,
            asked,
            share: hac.factor(rows, regression.parameters()) / (hac.lags + 1) as f64,
            residuals: vec![Lane::default(); padded * series_lanes],
            influences: vec![Lane::default(); padded * (asked * groups).div_ceil(LANES)],
            variances: vec![Default::default(); asked * series_lanes],
        }
    }

    fn padded(&self) -> usize {
        self.rows + 2 * self.lags + 1
    }

    /// `y_t - x_t' b` of every row and series; `solution` has `stride` coefficients a lane.
    #[inline(always)]
    pub(super) fn residuals<S: Simd>(
        &mut self,
        simd: S,
        regression: &Regression,
        outcomes: &[Lane],
        picked: &[Picked],
        solution: &[Lane],
        stride: usize,
    ) {
        let added = -regression.window[0].min(0) as usize;
        let last = regression.window[1];
        let negates = regression.negated_from < regression.rows.len();
        let outcomes_of_lane =
            (self.rows + added + last.max(0) as usize) * (1 + usize::from(negates));
        let (padded, rows) = (self.padded(), self.rows);
        let plus = |to: &mut [Lane], terms: &[Lane]| {
            let to = registers_mut::<S>(to);
            for (to, &term) in to.iter_mut().zip(registers::<S>(terms)) {
                *to = simd.add_f64s(*to, term);
            }
        };
        let minus = |from: &mut [Lane], terms: &[Lane]| {
            let from = registers_mut::<S>(from);
            for (from, &term) in from.iter_mut().zip(registers::<S>(terms)) {
                *from = simd.sub_f64s(*from, term);
            }
        };
        for ((residuals, outcomes), solution) in self
            .residuals
            .chunks_exact_mut(padded)
            .zip(outcomes.chunks_exact(outcomes_of_lane))
            .zip(solution.chunks_exact(stride))
        {
            let residuals = &mut residuals[self.lags + 1..][..rows];
            let constant = &solution[regression.parameters() - 1..][..1];
            for (residual, outcome) in residuals.chunks_exact_mut(1).zip(&outcomes[added..]) {
                residual[0] = *outcome;
                minus(residual, constant);
            }
            each_window(regression, picked, solution, |start, coefficients, sign| {
                let residuals = &mut residuals[start..];
                match sign < 0.0 {
                    true => plus(residuals, coefficients),
                    false => minus(residuals, coefficients),
                }
            });
        }
    }

    /// `x_t' (X'X)^-1 w` of every row and combination.
    #[inline(always)]
    pub(super) fn influences<S: Simd>(
        &mut self,
        simd: S,
        regression: &Regression,
        picked: &[Picked],
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
            each_window(regression, picked, solution, |start, coefficients, sign| {
                let sign = simd.splat_f64s(sign);
                let influences = registers_mut::<S>(&mut influences[start..]);
                let coefficients = registers::<S>(coefficients);
                for (influence, &coefficient) in influences.iter_mut().zip(coefficients) {
                    // Times 1 or -1: exact.
                    *influence = simd.add_f64s(*influence, simd.mul_f64s(sign, coefficient));
                }
            });
        }
    }

    #[inline(always)]
    pub(super) fn variances<S: Simd>(&mut self, simd: S) {
        match self.groups {
            1 => self.variances_of::<S, 1>(simd),
            2 => self.variances_of::<S, 2>(simd),
            3 => self.variances_of::<S, 3>(simd),
            _ => self.variances_of::<S, 4>(simd),
        }
    }

    #[inline(always)]
    fn variances_of<S: Simd, const GROUPS: usize>(&mut self, simd: S) {
        let padded = self.padded();
        let windows = self.rows + self.lags;
        let width = width::<S>();
        let share = simd.splat_f64s(self.share);
        for (at, variances) in self.variances.iter_mut().enumerate() {
            let (r, asked) = (at / self.asked, at % self.asked);
            let residuals = &self.residuals[r * padded..][..padded];
            let first = asked * GROUPS;
            let mut entering = [&self.influences[..0]; GROUPS];
            let mut leaving = entering;
            for g in 0..GROUPS {
                let lane = &self.influences[(first + g) / LANES * padded..][..padded];
                entering[g] = &lane[self.lags + 1..][..windows];
                leaving[g] = &lane[..windows];
            }
            let residuals = registers::<S>(residuals);
            for part in 0..width {
                let enter = &residuals[(self.lags + 1) * width..][..windows * width];
                let leave = &residuals[..windows * width];
                let mut sums = [simd.splat_f64s(0.0); GROUPS];
                let mut squares = [[simd.splat_f64s(0.0); GROUPS]; GROUPS];
                for t in 0..windows {
                    let (enters, leaves) = (enter[t * width + part], leave[t * width + part]);
                    for g in 0..GROUPS {
                        let slot = (first + g) % LANES;
                        let gain = simd.mul_f64s(enters, simd.splat_f64s(entering[g][t].0[slot]));
                        let loss = simd.mul_f64s(leaves, simd.splat_f64s(leaving[g][t].0[slot]));
                        // One addition a row in the chain of sums.
                        sums[g] = simd.add_f64s(sums[g], simd.sub_f64s(gain, loss));
                    }
                    for g in 0..GROUPS {
                        let square = simd.mul_f64s(sums[g], sums[g]);
                        squares[g][g] = simd.add_f64s(squares[g][g], square);
                        for h in g + 1..GROUPS {
                            let apart = simd.sub_f64s(sums[g], sums[h]);
                            let square = simd.mul_f64s(apart, apart);
                            squares[g][h] = simd.add_f64s(squares[g][h], square);
                        }
                    }
                }
                for g in 0..GROUPS {
                    for h in g..GROUPS {
                        let variance = std::slice::from_mut(&mut variances[g][h]);
                        registers_mut::<S>(variance)[part] = simd.mul_f64s(squares[g][h], share);
                    }
                }
            }
        }
    }

    /// The variance of a weighted sum of groups, by register of the series: `sum of w_g W V_g - sum
    /// of w_g w_h V_gh`, with W the sum of the weights and V_gh the variance of a difference.
    #[inline(always)]
    pub(super) fn weighted<S: Simd>(
        &self,
        simd: S,
        terms: &[(usize, i64)],
        asked: usize,
        at: usize,
    ) -> S::f64s {
        let of = &self.variances[at / width::<S>() * self.asked + asked];
        let of =
            |g: usize, h: usize| registers::<S>(&of[g.min(h)][g.max(h)..][..1])[at % width::<S>()];
        let mut weights = 0.0;
        for &(_, weight) in terms {
            weights += weight as f64;
        }
        let mut total = simd.splat_f64s(0.0);
        for (i, &(g, weight)) in terms.iter().enumerate() {
            let own = simd.splat_f64s(weight as f64 * weights);
            total = simd.add_f64s(total, simd.mul_f64s(own, of(g, g)));
            for &(h, other) in &terms[i + 1..] {
                let both = simd.splat_f64s(weight as f64 * other as f64);
                total = simd.sub_f64s(total, simd.mul_f64s(both, of(g, h)));
            }
        }
        total
    }

    /// The variance of a ratio.
    #[inline(always)]
    pub(super) fn of(&self, ratio: Ratio) -> f64 {
        let (at, group, other) = self.place(ratio);
        self.variances[at][group][other].0[ratio.series % LANES]
    }

    /// Makes the variance of a ratio zero.
    pub(super) fn set_zero(&mut self, ratio: Ratio) {
        let (at, group, other) = self.place(ratio);
        self.variances[at][group][other].0[ratio.series % LANES] = 0.0;
    }

    #[inline(always)]
    fn place(&self, ratio: Ratio) -> (usize, usize, usize) {
        (
            ratio.series / LANES * self.asked + ratio.asked,
            ratio.group.min(ratio.other),
            ratio.group.max(ratio.other),
        )
    }

    /// The variance of a weighted sum of groups, of one series.
    pub(super) fn variance(&self, terms: &[(usize, i64)], asked: usize, series: usize) -> f64 {
        self.weighted(pulp::Scalar, terms, asked, series)
    }
}

/// Every picked window: the row at which it begins and its coefficients, without the days that lie
/// outside the sample, or in two parts where it continues at the sample's other end.
#[inline(always)]
fn each_window(
    regression: &Regression,
    picked: &[Picked],
    solution: &[Lane],
    mut visit: impl FnMut(usize, &[Lane], f64),
) {
    let n = regression.outcomes.positions() as i64;
    let days = regression.days();
    for pick in picked {
        let coefficients = &solution[pick.group() * days..][..days];
        let start = pick.row() as i64 + i64::from(regression.window[0]);
        // Days before the first row and past the last one.
        let before = (-start).clamp(0, days as i64) as usize;
        let past = (start + days as i64 - n).clamp(0, days as i64) as usize;
        if before < days && past < days {
            visit(
                start.max(0) as usize,
                &coefficients[before..days - past],
                pick.sign(),
            );
        }
        if regression.edge == Edge::Wrap {
            if before > 0 {
                visit((start + n) as usize, &coefficients[..before], pick.sign());
            }
            if past > 0 {
                visit(
                    (start.max(n) - n) as usize,
                    &coefficients[days - past..],
                    pick.sign(),
                );
            }
        }
    }
}
