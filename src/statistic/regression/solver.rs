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
/// A row of the system holds the right-hand sides (series, then effects to be studentised), then
/// its coefficients. Parameters are padded to whole blocks by unit rows that touch nothing.
pub(crate) struct Solver<'r> {
    regression: &'r Regression,
    contrasts: &'r [Contrast],
    /// Effects whose standard errors are asked for, by index.
    studentised: Vec<usize>,
    padded: usize,
    series_lanes: usize,
    right_lanes: usize,
    stride: usize,
    cells: Vec<Lane>,
    entries: Vec<f64>,
    reciprocals: Vec<f64>,
    solution: Vec<Lane>,
    /// By group and effect: series.
    estimates: Vec<Lane>,
    /// Row and group of the picks, sorted by row.
    picked: Vec<(u32, u32)>,
    /// Pairs of picks by groups and by difference of their rows.
    pairs: Vec<f64>,
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

    fn new(
        regression: &'r Regression,
        contrasts: &'r [Contrast],
        studentised: Vec<usize>,
        constant: bool,
    ) -> Self {
        let parameters = regression.parameters();
        let padded = parameters.next_multiple_of(BLOCK);
        let series_lanes = regression.outcomes.columns().div_ceil(LANES);
        let groups = regression.groups.len();
        let asked = studentised.len() * groups + usize::from(constant);
        let right_lanes = series_lanes + asked.div_ceil(LANES);
        let stride = right_lanes + padded.div_ceil(LANES);
        let mut cells = vec![Lane::default(); padded * stride];
        for unit in parameters..padded {
            cells[unit * stride + right_lanes + unit / LANES].0[unit % LANES] = 1.0;
        }
        let (outcomes, totals) = padded_outcomes(regression, series_lanes);
        let days = regression.days();
        Solver {
            long_run: LongRun::new(
                regression,
                series_lanes,
                contrasts.len() * studentised.len() + usize::from(constant),
            ),
            regression,
            contrasts,
            studentised,
            padded,
            series_lanes,
            right_lanes,
            stride,
            cells,
            entries: vec![0.0; padded],
            reciprocals: vec![0.0; padded],
            solution: vec![Lane::default(); padded * right_lanes],
            estimates: vec![Lane::default(); groups * regression.effects.len() * series_lanes],
            picked: Vec::new(),
            pairs: vec![0.0; groups * groups * (2 * days - 1)],
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
        // Vector instructions are chosen at run time; they change the speed and no bit.
        let arch = pulp::Arch::new();
        for draw in 0..draws {
            let solved = arch.dispatch(Solve {
                solver: self,
                picks: picks.row(draw),
            });
            if solved {
                self.evaluate(|value, number| put(draw, value, number));
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

    /// X'y, and the effects to be studentised.
    #[inline(always)]
    fn fill_right_sides(&mut self) {
        let days = self.regression.days();
        let groups = self.regression.groups.len();
        for line in self.cells.chunks_exact_mut(self.stride) {
            line[..self.right_lanes].fill(Lane::default());
        }
        let before_event = self.regression.window[0].max(0) as usize;
        for &(row, group) in &self.picked {
            let windows = &self.outcomes[(row as usize + before_event) * self.series_lanes..];
            let lines = &mut self.cells[group as usize * days * self.stride..];
            for (line, outcomes) in lines
                .chunks_exact_mut(self.stride)
                .zip(windows.chunks_exact(self.series_lanes))
                .take(days)
            {
                for (cell, outcome) in line.iter_mut().zip(outcomes) {
                    *cell = cell.plus(*outcome);
                }
            }
        }
        let constant = groups * days * self.stride;
        self.cells[constant..][..self.series_lanes].copy_from_slice(&self.totals);
        for (asked, (&effect, g)) in self
            .studentised
            .iter()
            .flat_map(|effect| (0..groups).map(move |g| (effect, g)))
            .enumerate()
        {
            let weights = &self.regression.effects[effect].weights;
            for (j, &weight) in weights.iter().enumerate() {
                let line = (g * days + j) * self.stride + self.series_lanes;
                self.cells[line + asked / LANES].0[asked % LANES] = weight;
            }
        }
        let asked = self.studentised.len() * groups;
        if asked / LANES < self.right_lanes - self.series_lanes {
            // The constant, where it was asked for; else a column that nobody reads.
            self.cells[constant + self.series_lanes + asked / LANES].0[asked % LANES] = 1.0;
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
            let from = right + first / LANES;
            for k in 0..BLOCK {
                let (before, line) = pivots.split_at_mut(k * stride);
                for (b, pivot) in before.chunks_exact(stride).enumerate() {
                    let at = first + k;
                    let factor =
                        pivot[right + at / LANES].0[at % LANES] * self.reciprocals[first + b];
                    for c in (0..right).chain(from..stride) {
                        line[c] = line[c].less(factor, pivot[c]);
                    }
                }
                let at = first + k;
                let pivot = line[right + at / LANES].0[at % LANES];
                // Also where it is not a number.
                if !(pivot > WEAKEST_PIVOT * self.entries[at]) {
                    return false;
                }
                self.reciprocals[at] = 1.0 / pivot;
            }
            let reciprocals: [f64; BLOCK] = std::array::from_fn(|b| self.reciprocals[first + b]);
            for (t, targets) in below.chunks_exact_mut(BLOCK * stride).enumerate() {
                update(
                    targets,
                    pivots,
                    stride,
                    right,
                    first + (t + 1) * BLOCK,
                    reciprocals,
                );
            }
        }
        true
    }

    #[inline(always)]
    fn substitute_back(&mut self) {
        let (stride, right) = (self.stride, self.right_lanes);
        let cells: &[f64] = bytemuck::cast_slice(&self.cells);
        for k in (0..self.padded).rev() {
            let line = &cells[(k * stride + right) * LANES..][..self.padded];
            let (quads, rest) = line[k + 1..].as_chunks::<4>();
            let (unsolved, solved) = self.solution.split_at_mut((k + 1) * right);
            for r in 0..right {
                // Four sums, so that one does not wait for another.
                let mut sums = [Lane::default(); 4];
                for (quad, solved) in quads.iter().zip(solved.chunks_exact(4 * right)) {
                    for i in 0..4 {
                        sums[i] = sums[i].less(quad[i], solved[i * right + r]);
                    }
                }
                let solved = &solved[quads.len() * 4 * right..];
                for (i, &coefficient) in rest.iter().enumerate() {
                    sums[i] = sums[i].less(coefficient, solved[i * right + r]);
                }
                let sum = sums[0].plus(sums[1]).plus(sums[2].plus(sums[3]));
                let total = self.cells[k * stride + r].plus(sum);
                unsolved[k * right + r] = total.times(self.reciprocals[k]);
            }
        }
    }

    /// Every effect of every group on all series.
    #[inline(always)]
    fn estimate(&mut self) {
        let days = self.regression.days();
        let (right, lanes) = (self.right_lanes, self.series_lanes);
        let effects = &self.regression.effects;
        for (at, estimates) in self.estimates.chunks_exact_mut(lanes).enumerate() {
            let (group, effect) = (at / effects.len(), at % effects.len());
            let coefficients = &self.solution[group * days * right..];
            for (r, estimate) in estimates.iter_mut().enumerate() {
                *estimate = Lane::default();
                for (j, &weight) in effects[effect].weights.iter().enumerate() {
                    if weight != 0.0 {
                        *estimate = estimate.plus(coefficients[j * right + r].times(weight));
                    }
                }
            }
        }
    }

    /// Residuals, influences and long-run variances of the asked effects.
    #[inline(always)]
    fn errors(&mut self) {
        self.long_run.residuals(
            self.regression,
            &self.outcomes,
            &self.picked,
            &self.solution,
            self.right_lanes,
        );
        let groups = self.regression.groups.len();
        let effects = self.studentised.len();
        self.long_run.influences(
            self.regression,
            &self.picked,
            &self.solution,
            self.right_lanes,
            |influences, own| {
                for (c, contrast) in self.contrasts.iter().enumerate() {
                    for e in 0..effects {
                        let mut total = 0.0;
                        for &(group, weight) in &contrast.terms {
                            total += weight as f64 * own[e * groups + group];
                        }
                        influences[c * effects + e] = total;
                    }
                }
                if let Some(constant) = influences.get_mut(self.contrasts.len() * effects) {
                    *constant = own[effects * groups];
                }
            },
        );
        self.long_run.variances(self.regression.hac);
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
        self.solution[parameter * self.right_lanes + series / LANES].0[series % LANES]
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
    for c in (0..right).chain(right + at / LANES..stride) {
        let pivot: [Lane; BLOCK] = std::array::from_fn(|b| pivots[b * stride + c]);
        for (t, factors) in factors.iter().enumerate() {
            let mut cell = targets[t * stride + c];
            for b in 0..BLOCK {
                cell = cell.less(factors[b], pivot[b]);
            }
            targets[t * stride + c] = cell;
        }
    }
}

/// The outcomes as floats, by row and series, and their sums. So many rows are added before the
/// first one that the window of an event on row t begins at row `t + max(window[0], 0)`, and as many
/// as it needs after the last one: zeros, or rows of the other end.
fn padded_outcomes(regression: &Regression, lanes: usize) -> (Vec<Lane>, Vec<Lane>) {
    let n = regression.outcomes.positions() as i64;
    let [first, last] = regression.window.map(i64::from);
    let mut padded = Vec::new();
    let mut totals = vec![Lane::default(); lanes];
    for row in first.min(0)..n + last.max(0) {
        let source = match regression.edge {
            Edge::Wrap => row.rem_euclid(n),
            Edge::Cut => row,
        };
        let mut outcomes = vec![Lane::default(); lanes];
        if (0..n).contains(&source) {
            for series in 0..regression.outcomes.columns() {
                let outcome = f64::from(regression.outcomes.get(source as usize, series));
                outcomes[series / LANES].0[series % LANES] = outcome;
            }
        }
        if (0..n).contains(&row) {
            for (total, outcome) in totals.iter_mut().zip(&outcomes) {
                *total = total.plus(*outcome);
            }
        }
        padded.extend(outcomes);
    }
    (padded, totals)
}
