//! One draw after another: assemble, eliminate, substitute back, evaluate.

use bytemuck::{Pod, Zeroable};

use super::hac::LongRun;
use super::{Edge, LANES, Regression};
use crate::null::Picks;
use crate::statistic::Contrast;

/// A set is singular when a pivot is this small a share of its diagonal entry.
const WEAKEST_PIVOT: f64 = 1e-9;

/// Pivot rows that are taken together, and target rows that share their loads.
const BLOCK: usize = 4;

/// Columns in lock step. Lanes never meet, so that their number changes no bit.
#[repr(C, align(64))]
#[derive(Debug, Clone, Copy, Default, Pod, Zeroable)]
pub(super) struct Lane(pub [f64; LANES]);

impl Lane {
    /// self - factor * other.
    #[inline(always)]
    pub(super) fn less(self, factor: f64, other: Lane) -> Lane {
        let mut out = self;
        for lane in 0..LANES {
            out.0[lane] -= factor * other.0[lane];
        }
        out
    }

    #[inline(always)]
    pub(super) fn times(self, factor: f64) -> Lane {
        let mut out = self;
        for lane in 0..LANES {
            out.0[lane] *= factor;
        }
        out
    }

    #[inline(always)]
    pub(super) fn plus(self, other: Lane) -> Lane {
        let mut out = self;
        for lane in 0..LANES {
            out.0[lane] += other.0[lane];
        }
        out
    }
}

/// The buffers in which the draws of one regression are solved, and its derived tables.
///
/// A row of the system holds the right-hand sides (series, then combinations of coefficients whose
/// standard errors are asked for), then its coefficients. Parameters are padded to whole blocks by
/// unit rows that touch nothing. Everything else is laid out a lane after the other.
pub(crate) struct Solver<'r> {
    regression: &'r Regression,
    contrasts: &'r [Contrast],
    /// Effects whose standard errors are asked for, by index; combination `c * studentised + e` is
    /// that effect of contrast c, and the constant comes last where it is asked for.
    studentised: Vec<usize>,
    padded: usize,
    series_lanes: usize,
    right_lanes: usize,
    stride: usize,
    cells: Vec<Lane>,
    /// The rows' right-hand sides of combinations: the same for every draw.
    combinations: Vec<Lane>,
    entries: Vec<f64>,
    reciprocals: Vec<f64>,
    /// By right-hand lane and parameter.
    solution: Vec<Lane>,
    /// By group, effect and series lane.
    estimates: Vec<Lane>,
    /// Row and group of the picks, sorted by row.
    picked: Vec<(u32, u32)>,
    /// Pairs of picks by groups and by difference of their rows.
    pairs: Vec<f64>,
    /// X'y of one group, by relative day.
    sums: Vec<Lane>,
    /// By series lane and padded row.
    outcomes: Vec<Lane>,
    totals: Vec<Lane>,
    long_run: LongRun,
}

impl<'r> Solver<'r> {
    /// For draws: the standard errors that the columns ask for.
    pub(crate) fn of_draws(regression: &'r Regression, contrasts: &'r [Contrast]) -> Self {
        let mut effects: Vec<usize> = regression
            .columns
            .iter()
            .filter(|column| column.studentised)
            .map(|column| column.effect)
            .collect();
        effects.sort_unstable();
        effects.dedup();
        Self::new(regression, contrasts, effects, false)
    }

    /// For one fit: all standard errors, that of the constant among them.
    pub(super) fn of_fit(regression: &'r Regression, contrasts: &'r [Contrast]) -> Self {
        let effects = (0..regression.effects.len()).collect();
        Self::new(regression, contrasts, effects, true)
    }

    pub(super) fn new(
        regression: &'r Regression,
        contrasts: &'r [Contrast],
        studentised: Vec<usize>,
        constant: bool,
    ) -> Self {
        let parameters = regression.parameters();
        let padded = parameters.next_multiple_of(BLOCK);
        let series_lanes = regression.outcomes.columns().div_ceil(LANES);
        let (groups, days) = (regression.groups.len(), regression.days());
        let wanted = contrasts.len() * studentised.len() + usize::from(constant);
        let lanes = wanted.div_ceil(LANES);
        let right_lanes = series_lanes + lanes;
        let stride = right_lanes + padded.div_ceil(LANES);
        let mut cells = vec![Lane::default(); padded * stride];
        for unit in parameters..padded {
            cells[unit * stride + right_lanes + unit / LANES].0[unit % LANES] = 1.0;
        }
        let mut combinations = vec![Lane::default(); padded * lanes];
        for (c, contrast) in contrasts.iter().enumerate() {
            for (e, &effect) in studentised.iter().enumerate() {
                let at = c * studentised.len() + e;
                for &(group, sign) in &contrast.terms {
                    for (j, weight) in regression.effects[effect].weights.iter().enumerate() {
                        combinations[(group * days + j) * lanes + at / LANES].0[at % LANES] =
                            sign as f64 * weight;
                    }
                }
            }
        }
        if constant {
            let at = wanted - 1;
            combinations[(parameters - 1) * lanes + at / LANES].0[at % LANES] = 1.0;
        }
        let (outcomes, totals) = padded_outcomes(regression, series_lanes);
        Solver {
            long_run: LongRun::new(regression, series_lanes, lanes),
            regression,
            contrasts,
            studentised,
            padded,
            series_lanes,
            right_lanes,
            stride,
            cells,
            combinations,
            entries: vec![0.0; padded],
            reciprocals: vec![0.0; padded],
            solution: vec![Lane::default(); padded * right_lanes],
            estimates: vec![Lane::default(); groups * regression.effects.len() * series_lanes],
            picked: Vec::new(),
            pairs: vec![0.0; groups * groups * (2 * days - 1)],
            sums: vec![Lane::default(); days],
            outcomes,
            totals,
        }
    }

    /// Calls `put(draw, value, number)` for every value of every draw that is not singular.
    pub(crate) fn each(
        &mut self,
        picks: &Picks,
        draws: usize,
        mut put: impl FnMut(usize, usize, f64),
    ) {
        self.each_solved(picks, draws, |solver, draw| {
            solver.evaluate(|value, number| put(draw, value, number));
        });
    }

    /// Calls `visit(solver, draw)` after every draw that is not singular.
    pub(super) fn each_solved(
        &mut self,
        picks: &Picks,
        draws: usize,
        mut visit: impl FnMut(&Self, usize),
    ) {
        // Vector instructions are chosen at run time; they change the speed and no bit.
        let arch = pulp::Arch::new();
        for draw in 0..draws {
            let solved = arch.dispatch(Solve {
                solver: self,
                picks: picks.row(draw),
            });
            if solved {
                visit(self, draw);
            }
        }
    }

    /// Solves one set; false when it is singular.
    #[inline(always)]
    pub(super) fn solve(&mut self, picks: &[u32]) -> bool {
        self.place(picks);
        self.count_pairs();
        self.fill_rows();
        if self.regression.edge == Edge::Cut {
            self.cut_windows();
        }
        self.fill_right_sides();
        if !self.eliminate() {
            return false;
        }
        self.substitute_back();
        self.estimate();
        if self.right_lanes > self.series_lanes {
            self.errors();
        }
        true
    }

    #[inline(always)]
    fn place(&mut self, picks: &[u32]) {
        self.picked.clear();
        for (group, segment) in self.regression.groups.iter().enumerate() {
            let rows = &self.regression.rows;
            let of_group = picks[segment.range()]
                .iter()
                .map(|&position| (rows[position as usize], group as u32));
            self.picked.extend(of_group);
        }
        // Sums of integers do not depend on the order; any one serves.
        self.picked
            .sort_unstable_by_key(|&(row, group)| row << 2 | group);
    }

    /// `pairs[g][g'][days - 1 + k]` = pairs (i of g, i' of g') with t_i - t_i' = k.
    #[inline(always)]
    fn count_pairs(&mut self) {
        let days = self.regression.days();
        let span = 2 * days - 1;
        let groups = self.regression.groups.len();
        self.pairs.fill(0.0);
        let pairs = &mut self.pairs;
        let mut count = |earlier: u32, later: u32, apart: usize| {
            let (earlier, later) = (earlier as usize, later as usize);
            pairs[(earlier * groups + later) * span + days - 1 - apart] += 1.0;
            pairs[(later * groups + earlier) * span + days - 1 + apart] += 1.0;
        };
        for (i, &(row, group)) in self.picked.iter().enumerate() {
            for &(later, other) in &self.picked[i + 1..] {
                let apart = (later - row) as usize;
                if apart >= days {
                    break;
                }
                count(group, other, apart);
            }
        }
        if self.regression.edge == Edge::Wrap {
            let n = self.regression.outcomes.positions() as u32;
            for &(row, group) in self.picked.iter().rev() {
                if (n - row) as usize >= days {
                    break;
                }
                for &(later, other) in &self.picked {
                    let apart = (later + n - row) as usize;
                    if apart >= days {
                        break;
                    }
                    count(group, other, apart);
                }
            }
        }
        for &(_, group) in &self.picked {
            let group = group as usize;
            self.pairs[(group * groups + group) * span + days - 1] += 1.0;
        }
    }

    /// X'X as whole windows make it: row (g, j) is a slice of the pair counts of each group.
    #[inline(always)]
    fn fill_rows(&mut self) {
        let days = self.regression.days();
        let span = 2 * days - 1;
        let groups = self.regression.groups.len();
        let (stride, right) = (self.stride * LANES, self.right_lanes * LANES);
        let constant = groups * days;
        let cells: &mut [f64] = bytemuck::cast_slice_mut(&mut self.cells);
        for (g, segment) in self.regression.groups.iter().enumerate() {
            for j in 0..days {
                let row = &mut cells[(g * days + j) * stride + right..][..constant + 1];
                for other in g..groups {
                    let counts = &self.pairs[(g * groups + other) * span..][..span];
                    row[other * days..][..days].copy_from_slice(&counts[days - 1 - j..][..days]);
                }
                // Left of the diagonal only what shares a lane with it is touched, and never read.
                row[g * days / LANES * LANES..g * days].fill(0.0);
                row[constant] = segment.len as f64;
            }
        }
        cells[constant * stride + right + constant] = self.regression.outcomes.positions() as f64;
    }

    /// Takes back what days outside the sample have put into X'X.
    #[inline(always)]
    fn cut_windows(&mut self) {
        let regression = self.regression;
        let days = regression.days() as i64;
        let n = regression.outcomes.positions() as i64;
        let [first, last] = regression.window.map(i64::from);
        let (stride, right) = (self.stride * LANES, self.right_lanes * LANES);
        let constant = self.regression.parameters() - 1;
        let cells: &mut [f64] = bytemuck::cast_slice_mut(&mut self.cells);
        for &(row, group) in &self.picked {
            let (row, block) = (i64::from(row), i64::from(group) * days);
            if row + first >= 0 && row + last < n {
                continue;
            }
            for j in 0..days {
                if (0..n).contains(&(row + first + j)) {
                    continue;
                }
                let of = (block + j) as usize;
                let line = of * stride + right;
                cells[line + constant] -= 1.0;
                for &(other, other_group) in &self.picked {
                    let other_day = j + row - i64::from(other);
                    let column = (i64::from(other_group) * days + other_day) as usize;
                    if (0..days).contains(&other_day) && column >= of {
                        cells[line + column] -= 1.0;
                    }
                }
            }
        }
    }

    /// X'y, and the combinations.
    #[inline(always)]
    fn fill_right_sides(&mut self) {
        let regression = self.regression;
        let days = regression.days();
        let (stride, series) = (self.stride, self.series_lanes);
        // The window of an event on row t begins at this padded row past t.
        let before_event = regression.window[0].max(0) as usize;
        let padded_rows = self.outcomes.len() / series;
        for (r, outcomes) in self.outcomes.chunks_exact(padded_rows).enumerate() {
            for group in 0..regression.groups.len() {
                self.sums.fill(Lane::default());
                for &(row, of) in &self.picked {
                    if of as usize == group {
                        let window = &outcomes[row as usize + before_event..][..days];
                        for (sum, outcome) in self.sums.iter_mut().zip(window) {
                            *sum = sum.plus(*outcome);
                        }
                    }
                }
                let lines = self.cells[group * days * stride..].chunks_exact_mut(stride);
                for (line, sum) in lines.zip(&self.sums) {
                    line[r] = *sum;
                }
            }
            self.cells[(regression.parameters() - 1) * stride + r] = self.totals[r];
        }
        let lanes = self.right_lanes - series;
        if lanes > 0 {
            let lines = self.cells.chunks_exact_mut(stride);
            for (line, combinations) in lines.zip(self.combinations.chunks_exact(lanes)) {
                line[series..][..lanes].copy_from_slice(combinations);
            }
        }
    }

    /// X'X = L D L', without pivoting: it is positive definite, or singular.
    #[inline(always)]
    fn eliminate(&mut self) -> bool {
        let (stride, right) = (self.stride, self.right_lanes);
        for k in 0..self.padded {
            self.entries[k] = self.cells[k * stride + right + k / LANES].0[k % LANES];
        }
        for first in (0..self.padded).step_by(BLOCK) {
            let (done, below) = self.cells.split_at_mut((first + BLOCK) * stride);
            let pivots = &mut done[first * stride..];
            for k in 0..BLOCK {
                let at = first + k;
                let (before, line) = pivots.split_at_mut(k * stride);
                for (b, pivot) in before.chunks_exact(stride).enumerate() {
                    let factor =
                        pivot[right + at / LANES].0[at % LANES] * self.reciprocals[first + b];
                    for (cells, pivot) in parts(line, pivot, right, at) {
                        for (cell, pivot) in cells.iter_mut().zip(pivot) {
                            *cell = cell.less(factor, *pivot);
                        }
                    }
                }
                let pivot = line[right + at / LANES].0[at % LANES];
                // Also where it is not a number.
                if !(pivot > WEAKEST_PIVOT * self.entries[at]) {
                    return false;
                }
                self.reciprocals[at] = 1.0 / pivot;
            }
            let reciprocals: [f64; BLOCK] = std::array::from_fn(|b| self.reciprocals[first + b]);
            for (t, targets) in below.chunks_exact_mut(BLOCK * stride).enumerate() {
                let at = first + (t + 1) * BLOCK;
                update(targets, pivots, stride, right, at, reciprocals);
            }
        }
        true
    }

    #[inline(always)]
    fn substitute_back(&mut self) {
        let (stride, right) = (self.stride, self.right_lanes);
        let cells: &[f64] = bytemuck::cast_slice(&self.cells);
        for (r, solution) in self.solution.chunks_exact_mut(self.padded).enumerate() {
            for k in (0..self.padded).rev() {
                let line = &cells[(k * stride + right) * LANES..][k + 1..self.padded];
                let (solution, solved) = solution.split_at_mut(k + 1);
                // Four sums, so that one does not wait for another.
                let mut sums = [Lane::default(); 4];
                let (quads, rest) = line.as_chunks::<4>();
                let (solved, last) = solved.as_chunks::<4>();
                for (quad, solved) in quads.iter().zip(solved) {
                    for i in 0..4 {
                        sums[i] = sums[i].less(quad[i], solved[i]);
                    }
                }
                for (sum, (&coefficient, solved)) in sums.iter_mut().zip(rest.iter().zip(last)) {
                    *sum = sum.less(coefficient, *solved);
                }
                let sum = sums[0].plus(sums[1]).plus(sums[2].plus(sums[3]));
                let total = self.cells[k * stride + r].plus(sum);
                solution[k] = total.times(self.reciprocals[k]);
            }
        }
    }

    /// Every effect of every group on all series.
    #[inline(always)]
    fn estimate(&mut self) {
        let days = self.regression.days();
        let (lanes, effects) = (self.series_lanes, &self.regression.effects);
        for (at, estimates) in self.estimates.chunks_exact_mut(lanes).enumerate() {
            let (group, effect) = (at / effects.len(), at % effects.len());
            let solutions = self.solution.chunks_exact(self.padded);
            for (estimate, solution) in estimates.iter_mut().zip(solutions) {
                *estimate = Lane::default();
                let coefficients = &solution[group * days..][..days];
                for (&weight, coefficient) in effects[effect].weights.iter().zip(coefficients) {
                    if weight != 0.0 {
                        *estimate = estimate.plus(coefficient.times(weight));
                    }
                }
            }
        }
    }

    /// Residuals, influences and long-run variances of the combinations.
    #[inline(always)]
    fn errors(&mut self) {
        let (series, combinations) = self.solution.split_at(self.series_lanes * self.padded);
        self.long_run.residuals(
            self.regression,
            &self.outcomes,
            &self.picked,
            series,
            self.padded,
        );
        self.long_run
            .influences(self.regression, &self.picked, combinations, self.padded);
        self.long_run.variances();
    }

    /// The estimate of an effect on a series, after [`Solver::solve`].
    #[inline(always)]
    pub(super) fn effect(&self, contrast: &Contrast, effect: usize, series: usize) -> f64 {
        let effects = self.regression.effects.len();
        let mut total = 0.0;
        for &(group, weight) in &contrast.terms {
            let at = (group * effects + effect) * self.series_lanes + series / LANES;
            total += weight as f64 * self.estimates[at].0[series % LANES];
        }
        total
    }

    /// A coefficient; the constant is the last one.
    pub(super) fn coefficient(&self, parameter: usize, series: usize) -> f64 {
        self.solution[series / LANES * self.padded + parameter].0[series % LANES]
    }

    /// The squared standard error of an effect, by its index among the studentised ones.
    #[inline(always)]
    pub(super) fn variance(&self, contrast: usize, asked: usize, series: usize) -> f64 {
        self.long_run
            .variance(contrast * self.studentised.len() + asked, series)
    }

    /// The squared standard error of the constant, where it was asked for.
    pub(super) fn constant_variance(&self, series: usize) -> f64 {
        self.long_run
            .variance(self.contrasts.len() * self.studentised.len(), series)
    }

    fn evaluate(&self, mut put: impl FnMut(usize, f64)) {
        let columns = &self.regression.columns;
        for (c, contrast) in self.contrasts.iter().enumerate() {
            for (v, column) in columns.iter().enumerate() {
                let mut number = self.effect(contrast, column.effect, column.series);
                if column.studentised {
                    let asked = self.studentised.binary_search(&column.effect);
                    let variance = asked.map_or(0.0, |a| self.variance(c, a, column.series));
                    number /= variance.sqrt();
                }
                put(c * columns.len() + v, number);
            }
        }
    }
}

/// One set, under the vector instructions of the machine.
struct Solve<'s, 'r> {
    solver: &'s mut Solver<'r>,
    picks: &'s [u32],
}

impl pulp::NullaryFnOnce for Solve<'_, '_> {
    type Output = bool;

    #[inline(always)]
    fn call(self) -> bool {
        self.solver.solve(self.picks)
    }
}

/// Takes [`BLOCK`] pivot rows from [`BLOCK`] rows below them; `at` is the first of these.
#[inline(always)]
fn update(
    targets: &mut [Lane],
    pivots: &[Lane],
    stride: usize,
    right: usize,
    at: usize,
    reciprocals: [f64; BLOCK],
) {
    let mut factors = [[0.0; BLOCK]; BLOCK];
    for (b, pivot) in pivots.chunks_exact(stride).enumerate() {
        for (t, factors) in factors.iter_mut().enumerate() {
            let column = at + t;
            factors[b] = pivot[right + column / LANES].0[column % LANES] * reciprocals[b];
        }
    }
    let (p0, rest) = pivots.split_at(stride);
    let (p1, rest) = rest.split_at(stride);
    let (p2, p3) = rest.split_at(stride);
    let (t0, rest) = targets.split_at_mut(stride);
    let (t1, rest) = rest.split_at_mut(stride);
    let (t2, t3) = rest.split_at_mut(stride);
    for span in [0..right, right + at / LANES..stride] {
        let targets = [&mut *t0, &mut *t1, &mut *t2, &mut *t3];
        let [t0, t1, t2, t3] = targets.map(|row| row[span.clone()].iter_mut());
        let [p0, p1, p2, p3] = [p0, p1, p2, p3].map(|row| row[span.clone()].iter());
        let targets = t0.zip(t1).zip(t2.zip(t3));
        let pivots = p0.zip(p1).zip(p2.zip(p3));
        for (((t0, t1), (t2, t3)), ((p0, p1), (p2, p3))) in targets.zip(pivots) {
            let pivots = [*p0, *p1, *p2, *p3];
            for (target, factors) in [t0, t1, t2, t3].into_iter().zip(&factors) {
                let mut cell = *target;
                for b in 0..BLOCK {
                    cell = cell.less(factors[b], pivots[b]);
                }
                *target = cell;
            }
        }
    }
}

/// The right-hand sides of two rows, and their coefficients from the lane of column `at` on.
#[inline(always)]
fn parts<'a>(
    line: &'a mut [Lane],
    pivot: &'a [Lane],
    right: usize,
    at: usize,
) -> [(&'a mut [Lane], &'a [Lane]); 2] {
    let (sides, coefficients) = line.split_at_mut(right);
    let from = at / LANES;
    [
        (sides, &pivot[..right]),
        (&mut coefficients[from..], &pivot[right + from..]),
    ]
}

/// The outcomes as floats, by series lane and row, and their sums. So many rows are added before the
/// first one that the window of an event on row t begins at row `t + max(window[0], 0)`, and as many
/// as it needs after the last one: zeros, or rows of the other end.
fn padded_outcomes(regression: &Regression, lanes: usize) -> (Vec<Lane>, Vec<Lane>) {
    let n = regression.outcomes.positions() as i64;
    let [first, last] = regression.window.map(i64::from);
    let columns = regression.outcomes.columns();
    let mut padded = Vec::new();
    let mut totals = vec![Lane::default(); lanes];
    for (r, total) in totals.iter_mut().enumerate() {
        for row in first.min(0)..n + last.max(0) {
            let source = match regression.edge {
                Edge::Wrap => row.rem_euclid(n),
                Edge::Cut => row,
            };
            let mut outcomes = Lane::default();
            if (0..n).contains(&source) {
                for series in r * LANES..columns.min((r + 1) * LANES) {
                    outcomes.0[series % LANES] =
                        f64::from(regression.outcomes.get(source as usize, series));
                }
            }
            if (0..n).contains(&row) {
                *total = total.plus(outcomes);
            }
            padded.push(outcomes);
        }
    }
    (padded, totals)
}
