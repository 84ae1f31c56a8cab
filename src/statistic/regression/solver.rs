//! One draw after another: assemble, eliminate, substitute back, evaluate. Twin:
//! `shaders/statistic/regression.wgsl`.

use pulp::Simd;

use super::elimination::{BLOCK, pivot_block, update};
use super::hac::LongRun;
use super::lane::{Lane, add, less, registers, registers_mut, width};
use super::settle::Settled;
use super::{Column, Edge, LANES, MAX_GROUPS, Regression};
use crate::null::Picks;
use crate::statistic::Contrast;

/// A pick: its row, and in the last two bits its group. In one word, picks are sorted faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Picked(u32);

impl Picked {
    #[inline(always)]
    fn new(row: u32, group: usize, negated: bool) -> Self {
        const { assert!(MAX_GROUPS <= 4) }
        Picked(row << 3 | u32::from(negated) << 2 | group as u32)
    }

    /// What the event counts on its days: 1, or -1 where its sign is changed.
    #[inline(always)]
    pub(super) fn sign(self) -> f64 {
        1.0 - f64::from(self.0 >> 1 & 2)
    }

    #[inline(always)]
    pub(super) fn row(self) -> usize {
        (self.0 >> 3) as usize
    }

    #[inline(always)]
    pub(super) fn group(self) -> usize {
        (self.0 & 3) as usize
    }
}

/// Which standard errors are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Those of the columns.
    Columns,
    /// Those of the studentised effects on every series.
    EverySeries,
    /// The same, and those of the constant.
    EverySeriesAndConstant,
}

/// The buffers in which the draws of one regression are solved, and its derived tables.
///
/// A row of the system holds its coefficients, then the right-hand sides: series, then combinations
/// of coefficients whose standard errors are asked for. Parameters are padded to whole blocks by
/// unit rows that touch nothing. Everything else is laid out a lane after the other.
pub(crate) struct Solver<'r> {
    pub(super) regression: &'r Regression,
    contrasts: &'r [Contrast],
    /// Effects whose standard errors are asked for, by index. Combination `e * groups + g` is that
    /// effect of group g; where the constant is asked for, it comes last, as one of group 0.
    pub(super) studentised: Vec<usize>,
    pub(super) padded: usize,
    pub(super) series_lanes: usize,
    /// Lanes of a row's coefficients, and of the whole row.
    right: usize,
    stride: usize,
    cells: Vec<Lane>,
    /// The rows' right-hand sides of combinations, by lane: the same for every draw.
    combinations: Vec<Lane>,
    entries: Vec<f64>,
    reciprocals: Vec<f64>,
    /// A block's pivot rows over their pivots.
    scaled: Vec<Lane>,
    /// By right-hand lane and parameter.
    pub(super) solution: Vec<Lane>,
    /// By group, effect and series lane.
    estimates: Vec<Lane>,
    /// By contrast: effects, then ratios of the studentised ones, each by series lane.
    numbers: Vec<Lane>,
    /// Lanes of a contrast's numbers.
    of_contrast: usize,
    /// Where the numbers of a contrast have each column.
    places: Vec<usize>,
    /// The picks, sorted by row.
    pub(super) picked: Vec<Picked>,
    /// Pairs of picks by groups and by difference of their rows.
    pairs: Vec<f64>,
    /// By series lane and padded row; where signs change, the negated rows follow those of a lane.
    outcomes: Vec<Lane>,
    /// 2 where negated rows follow, or else 1.
    copies: usize,
    totals: Vec<Lane>,
    pub(super) long_run: LongRun,
    pub(super) settled: Settled,
}

impl<'r> Solver<'r> {
    /// For draws: the standard errors that the columns ask for.
    pub(crate) fn of_draws(regression: &'r Regression, contrasts: &'r [Contrast]) -> Self {
        Self::new(
            regression,
            contrasts,
            regression.studentised(),
            Asked::Columns,
        )
    }

    /// For one fit: all standard errors, that of the constant among them.
    pub(super) fn of_fit(regression: &'r Regression, contrasts: &'r [Contrast]) -> Self {
        let effects = (0..regression.effects.len()).collect();
        Self::new(
            regression,
            contrasts,
            effects,
            Asked::EverySeriesAndConstant,
        )
    }

    pub(super) fn new(
        regression: &'r Regression,
        contrasts: &'r [Contrast],
        studentised: Vec<usize>,
        asked_of: Asked,
    ) -> Self {
        let constant = asked_of == Asked::EverySeriesAndConstant;
        let parameters = regression.parameters();
        let padded = parameters.next_multiple_of(BLOCK);
        let series_lanes = regression.outcomes.columns().div_ceil(LANES);
        let (groups, days) = (regression.groups.len(), regression.days());
        let asked = studentised.len() + usize::from(constant);
        let lanes = (asked * groups).div_ceil(LANES);
        let right = padded.div_ceil(LANES);
        let stride = right + series_lanes + lanes;
        let mut combinations = vec![Lane::default(); padded * lanes];
        for (e, &effect) in studentised.iter().enumerate() {
            for group in 0..groups {
                let at = e * groups + group;
                for (j, &weight) in regression.effects[effect].weights.iter().enumerate() {
                    combinations[at / LANES * padded + group * days + j].0[at % LANES] = weight;
                }
            }
        }
        if constant {
            let at = studentised.len() * groups;
            combinations[at / LANES * padded + parameters - 1].0[at % LANES] = 1.0;
        }
        let (outcomes, totals) = padded_outcomes(regression, series_lanes);
        let effects = regression.effects.len();
        let place = |column: &Column| {
            let ratio = studentised.binary_search(&column.effect);
            let number = match (column.studentised, ratio) {
                (true, Ok(ratio)) => effects + ratio,
                _ => column.effect,
            };
            number * series_lanes * LANES + column.series
        };
        let of_contrast = ((effects + studentised.len()) * series_lanes).max(1);
        Solver {
            of_contrast,
            numbers: vec![Lane::default(); contrasts.len() * of_contrast],
            places: regression.columns.iter().map(place).collect(),
            long_run: LongRun::new(regression, series_lanes, asked),
            settled: Settled::new(regression, contrasts, &studentised, asked_of),
            regression,
            contrasts,
            studentised,
            padded,
            series_lanes,
            right,
            stride,
            cells: vec![Lane::default(); padded * stride],
            combinations,
            entries: vec![0.0; padded],
            reciprocals: vec![0.0; padded],
            scaled: vec![Lane::default(); BLOCK * right],
            solution: vec![Lane::default(); padded * (stride - right)],
            estimates: vec![Lane::default(); groups * effects * series_lanes],
            picked: Vec::new(),
            pairs: vec![0.0; groups * groups * span(days)],
            outcomes,
            copies: 1 + usize::from(regression.negated_from < regression.rows.len()),
            totals,
        }
    }

    /// Calls `put(draw, value, number)` for every value of every draw that is not singular.
    #[inline(always)]
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
        visit: impl FnMut(&Self, usize),
    ) {
        // Vector instructions are chosen at run time; they change the speed and no bit.
        pulp::Arch::new().dispatch(Each {
            solver: self,
            picks,
            draws,
            visit,
        });
    }

    /// Solves one set; false when it is singular.
    pub(super) fn solve_one(&mut self, picks: &[u32]) -> bool {
        self.solve(pulp::Scalar, picks)
    }

    #[inline(always)]
    fn solve<S: Simd>(&mut self, simd: S, picks: &[u32]) -> bool {
        self.place(picks);
        self.count_pairs();
        self.fill_rows();
        if self.regression.edge == Edge::Cut {
            self.cut_windows();
        }
        self.fill_right_sides(simd, picks);
        if !self.eliminate(simd) {
            return false;
        }
        self.substitute_back(simd);
        self.estimate(simd);
        if self.stride > self.right + self.series_lanes {
            self.errors(simd);
        }
        self.contrast(simd);
        true
    }

    #[inline(always)]
    fn place(&mut self, picks: &[u32]) {
        self.picked.clear();
        for (group, segment) in self.regression.groups.iter().enumerate() {
            let (rows, negated) = (&self.regression.rows, self.regression.negated_from);
            let of_group = segment.of(picks).iter().map(|&position| {
                let position = position as usize;
                Picked::new(rows[position], group, position >= negated)
            });
            self.picked.extend(of_group);
        }
        // Sums of integers do not depend on the order; any one serves.
        self.picked.sort_unstable();
    }

    /// `pairs[g][g'][days - 1 + k]` = pairs (i of g, i' of g') with t_i - t_i' = k.
    #[inline(always)]
    fn count_pairs(&mut self) {
        let days = self.regression.days();
        let span = span(days);
        let groups = self.regression.groups.len();
        self.pairs.fill(0.0);
        let pairs = &mut self.pairs;
        let mut count = |earlier: Picked, later: Picked, apart: usize| {
            let both = earlier.sign() * later.sign();
            let (earlier, later) = (earlier.group(), later.group());
            pairs[(earlier * groups + later) * span + days - 1 - apart] += both;
            pairs[(later * groups + earlier) * span + days - 1 + apart] += both;
        };
        for (i, pick) in self.picked.iter().enumerate() {
            for later in &self.picked[i + 1..] {
                let apart = later.row() - pick.row();
                if apart >= days {
                    break;
                }
                count(*pick, *later, apart);
            }
        }
        if self.regression.edge == Edge::Wrap {
            let n = self.regression.outcomes.positions();
            for pick in self.picked.iter().rev() {
                if n - pick.row() >= days {
                    break;
                }
                for later in &self.picked {
                    let apart = later.row() + n - pick.row();
                    if apart >= days {
                        break;
                    }
                    count(*pick, *later, apart);
                }
            }
        }
        for pick in &self.picked {
            let group = pick.group();
            self.pairs[(group * groups + group) * span + days - 1] += 1.0;
        }
    }

    /// X'X as whole windows make it: row (g, j) is a slice of the pair counts of each group. What
    /// stands left of the diagonal is never read.
    #[inline(always)]
    fn fill_rows(&mut self) {
        let days = self.regression.days();
        let span = span(days);
        let groups = self.regression.groups.len();
        let stride = self.stride * LANES;
        let constant = groups * days;
        let cells: &mut [f64] = bytemuck::cast_slice_mut(&mut self.cells);
        let mut sums = [0.0; MAX_GROUPS];
        for pick in &self.picked {
            sums[pick.group()] += pick.sign();
        }
        for (g, &sum) in sums.iter().enumerate().take(groups) {
            let rows = cells[g * days * stride..].chunks_exact_mut(stride);
            for (j, row) in rows.take(days).enumerate() {
                for other in g..groups {
                    let counts = &self.pairs[(g * groups + other) * span + days - 1 - j..];
                    // Whole lanes: what is too much is written over by what stands to the right.
                    for from in (0..days).step_by(LANES) {
                        let lane: &[f64; LANES] = counts[from..].first_chunk().expect("a lane");
                        row[other * days + from..][..LANES].copy_from_slice(lane);
                    }
                }
                row[constant..][..BLOCK].copy_from_slice(&[sum, 0.0, 0.0, 0.0]);
            }
        }
        for (k, row) in cells.chunks_exact_mut(stride).enumerate().skip(constant) {
            row[constant..self.padded].fill(0.0);
            row[k] = 1.0;
        }
        cells[constant * stride + constant] = self.regression.outcomes.positions() as f64;
    }

    /// Takes back what days outside the sample have put into X'X.
    #[inline(always)]
    fn cut_windows(&mut self) {
        let regression = self.regression;
        let days = regression.days() as i64;
        let n = regression.outcomes.positions() as i64;
        let [first, last] = regression.window.map(i64::from);
        let stride = self.stride * LANES;
        let constant = self.regression.parameters() - 1;
        let cells: &mut [f64] = bytemuck::cast_slice_mut(&mut self.cells);
        for pick in &self.picked {
            let (row, block) = (pick.row() as i64, pick.group() as i64 * days);
            if row + first >= 0 && row + last < n {
                continue;
            }
            // Picks further away share none of its days.
            let from = self
                .picked
                .partition_point(|other| other.row() as i64 <= row - days);
            let to = self
                .picked
                .partition_point(|other| (other.row() as i64) < row + days);
            let near = &self.picked[from..to];
            for j in 0..days {
                if (0..n).contains(&(row + first + j)) {
                    continue;
                }
                let of = (block + j) as usize;
                let line = of * stride;
                cells[line + constant] -= pick.sign();
                for other in near {
                    let other_day = j + row - other.row() as i64;
                    let column = (other.group() as i64 * days + other_day) as usize;
                    if (0..days).contains(&other_day) && column >= of {
                        cells[line + column] -= pick.sign() * other.sign();
                    }
                }
            }
        }
    }

    /// X'y, and the combinations.
    #[inline(always)]
    fn fill_right_sides<S: Simd>(&mut self, simd: S, picks: &[u32]) {
        let regression = self.regression;
        let days = regression.days();
        let (right, stride) = (self.right, self.stride);
        // The window of an event on row t begins at this padded row past t.
        let before_event = regression.window[0].max(0) as usize;
        let of_lane = self.outcomes.len() / self.series_lanes;
        let padded_rows = of_lane / self.copies;
        for (r, outcomes) in self.outcomes.chunks_exact(of_lane).enumerate() {
            for (group, segment) in regression.groups.iter().enumerate() {
                let window = |position: u32| {
                    let position = position as usize;
                    let mut row = regression.rows[position] as usize;
                    if position >= regression.negated_from {
                        row += padded_rows;
                    }
                    &outcomes[row + before_event..][..days]
                };
                let lines = &mut self.cells[group * days * stride..][..days * stride];
                for line in lines.chunks_exact_mut(stride) {
                    line[right + r] = Lane::default();
                }
                // Sums of integers are exact in any order: four windows a pass.
                let (quads, rest) = segment.of(picks).as_chunks::<4>();
                for &[p0, p1, p2, p3] in quads {
                    let (w0, w1, w2, w3) = (window(p0), window(p1), window(p2), window(p3));
                    for (j, line) in lines.chunks_exact_mut(stride).enumerate() {
                        add(simd, &mut line[right + r], [&w0[j], &w1[j], &w2[j], &w3[j]]);
                    }
                }
                for &position in rest {
                    let lines = lines.chunks_exact_mut(stride);
                    for (line, outcome) in lines.zip(window(position)) {
                        add(simd, &mut line[right + r], [outcome]);
                    }
                }
            }
            self.cells[(regression.parameters() - 1) * stride + right + r] = self.totals[r];
        }
        // The rows of units have zeros.
        for line in self.cells[regression.parameters() * stride..].chunks_exact_mut(stride) {
            line[right..].fill(Lane::default());
        }
        let first = right + self.series_lanes;
        for (c, combinations) in self.combinations.chunks_exact(self.padded).enumerate() {
            let lines = self.cells.chunks_exact_mut(stride);
            for (line, combination) in lines.zip(combinations) {
                line[first + c] = *combination;
            }
        }
    }

    /// X'X = L D L', without pivoting: it is positive definite, or singular.
    #[inline(always)]
    fn eliminate<S: Simd>(&mut self, simd: S) -> bool {
        let stride = self.stride;
        for k in 0..self.padded {
            self.entries[k] = self.cells[k * stride + k / LANES].0[k % LANES];
        }
        for first in (0..self.padded).step_by(BLOCK) {
            // Lanes left of the diagonal are no longer read.
            let from = first / LANES;
            let (done, below) = self.cells.split_at_mut((first + BLOCK) * stride);
            let pivots = &mut done[first * stride..];
            let entries = self.entries[first..].first_chunk().expect("a block");
            let Some(reciprocals) = pivot_block(simd, pivots, stride, first, entries) else {
                return false;
            };
            self.reciprocals[first..][..BLOCK].copy_from_slice(&reciprocals);
            for (b, reciprocal) in reciprocals.into_iter().enumerate() {
                let pivot = &registers::<S>(&pivots[b * stride..][from..self.right]);
                let scaled = &mut self.scaled[b * self.right..][from..self.right];
                let reciprocal = simd.splat_f64s(reciprocal);
                for (scaled, &pivot) in registers_mut::<S>(scaled).iter_mut().zip(*pivot) {
                    *scaled = simd.mul_f64s(pivot, reciprocal);
                }
            }
            let scaled: &[f64] = bytemuck::cast_slice(&self.scaled);
            for (t, targets) in below.chunks_exact_mut(BLOCK * stride).enumerate() {
                let at = first + (t + 1) * BLOCK;
                let mut factors = [[0.0; BLOCK]; BLOCK];
                for (factors, scaled) in factors
                    .iter_mut()
                    .zip(scaled.chunks_exact(self.right * LANES))
                {
                    *factors = *scaled[at..].first_chunk().expect("a block");
                }
                update(simd, targets, pivots, stride, at / LANES, factors);
            }
        }
        true
    }

    #[inline(always)]
    fn substitute_back<S: Simd>(&mut self, simd: S) {
        let (stride, right) = (self.stride, self.right);
        let width = width::<S>();
        let cells: &[f64] = bytemuck::cast_slice(&self.cells);
        let sides = registers::<S>(&self.cells);
        for (r, solution) in self.solution.chunks_exact_mut(self.padded).enumerate() {
            let solution = registers_mut::<S>(solution);
            for part in 0..width {
                for first in (0..self.padded).step_by(BLOCK).rev() {
                    let mut sums = [simd.splat_f64s(0.0); BLOCK];
                    let mut lines = [&cells[..0]; BLOCK];
                    for b in 0..BLOCK {
                        sums[b] = sides[((first + b) * stride + right + r) * width + part];
                        lines[b] = &cells[(first + b) * stride * LANES..][..self.padded];
                    }
                    // What was solved last comes last, so that the others need not wait for it.
                    for k in (first + BLOCK..self.padded).rev() {
                        let solved = solution[k * width + part];
                        for (sum, line) in sums.iter_mut().zip(lines) {
                            *sum = less(simd, *sum, simd.splat_f64s(line[k]), solved);
                        }
                    }
                    for b in (0..BLOCK).rev() {
                        let k = first + b;
                        let reciprocal = simd.splat_f64s(self.reciprocals[k]);
                        let solved = simd.mul_f64s(sums[b], reciprocal);
                        solution[k * width + part] = solved;
                        for (sum, line) in sums[..b].iter_mut().zip(lines) {
                            *sum = less(simd, *sum, simd.splat_f64s(line[k]), solved);
                        }
                    }
                }
            }
        }
    }

    /// Every effect of every group on all series.
    #[inline(always)]
    fn estimate<S: Simd>(&mut self, simd: S) {
        let days = self.regression.days();
        let (lanes, effects) = (self.series_lanes, &self.regression.effects);
        for (at, estimates) in self.estimates.chunks_exact_mut(lanes).enumerate() {
            let (group, effect) = (at / effects.len(), at % effects.len());
            let solutions = self.solution.chunks_exact(self.padded);
            for (estimate, solution) in estimates.iter_mut().zip(solutions) {
                let estimate = registers_mut::<S>(std::slice::from_mut(estimate));
                let coefficients = registers::<S>(&solution[group * days..][..days]);
                for (part, estimate) in estimate.iter_mut().enumerate() {
                    *estimate = simd.splat_f64s(0.0);
                    let coefficients = coefficients[part..].iter().step_by(width::<S>());
                    for (&weight, &coefficient) in effects[effect].weights.iter().zip(coefficients)
                    {
                        let term = simd.mul_f64s(simd.splat_f64s(weight), coefficient);
                        *estimate = simd.add_f64s(*estimate, term);
                    }
                }
            }
        }
    }

    /// Residuals, influences and long-run variances of the combinations.
    #[inline(always)]
    fn errors<S: Simd>(&mut self, simd: S) {
        let (series, combinations) = self.solution.split_at(self.series_lanes * self.padded);
        let picked = &self.picked;
        self.long_run.residuals(
            simd,
            self.regression,
            &self.outcomes,
            picked,
            series,
            self.padded,
        );
        self.long_run
            .influences(simd, self.regression, picked, combinations, self.padded);
        self.long_run.variances(simd);
        self.settle();
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
        let constant = parameter + 1 == self.regression.parameters();
        match self.regression.level(series) {
            Some(level) if constant => level.into(),
            _ => self.solution[series / LANES * self.padded + parameter].0[series % LANES],
        }
    }

    /// The squared standard error of an effect, by its index among the studentised ones.
    #[inline(always)]
    pub(super) fn variance(&self, contrast: usize, asked: usize, series: usize) -> f64 {
        let terms = &self.contrasts[contrast].terms;
        self.long_run.variance(terms, asked, series)
    }

    /// The squared standard error of the constant, where it was asked for.
    pub(super) fn constant_variance(&self, series: usize) -> f64 {
        self.long_run
            .variance(&[(0, 1)], self.studentised.len(), series)
    }

    /// The effects of every contrast, and their ratios to their standard errors.
    #[inline(always)]
    fn contrast<S: Simd>(&mut self, simd: S) {
        let (effects, lanes, width) = (
            self.regression.effects.len(),
            self.series_lanes,
            width::<S>(),
        );
        let estimates = registers::<S>(&self.estimates);
        let numbers = self.numbers.chunks_exact_mut(self.of_contrast);
        for (numbers, contrast) in numbers.zip(self.contrasts) {
            let numbers = registers_mut::<S>(numbers);
            let (plain, ratios) = numbers.split_at_mut(effects * lanes * width);
            for (at, number) in plain.iter_mut().enumerate() {
                *number = simd.splat_f64s(0.0);
                for &(group, weight) in &contrast.terms {
                    let estimate = estimates[group * effects * lanes * width + at];
                    let term = simd.mul_f64s(simd.splat_f64s(weight as f64), estimate);
                    *number = simd.add_f64s(*number, term);
                }
            }
            let ratios = ratios.chunks_exact_mut(lanes * width);
            for (asked, (ratios, &effect)) in ratios.zip(&self.studentised).enumerate() {
                for (at, ratio) in ratios.iter_mut().enumerate() {
                    let terms = &contrast.terms;
                    let variance = self.long_run.weighted(simd, terms, asked, at);
                    let number = plain[effect * lanes * width + at];
                    // Infinite with the number's sign where the variance is zero.
                    *ratio = simd.div_f64s(number, simd.sqrt_f64s(variance));
                }
            }
        }
        self.leave_nought_undefined();
    }

    /// Ratios 0/0 have no value: rounding has left something over of their numbers.
    #[inline(always)]
    fn leave_nought_undefined(&mut self) {
        for (ratio, nought) in &self.settled.flat {
            // The constant has an error, and no ratio.
            if !nought || ratio.asked == self.studentised.len() {
                continue;
            }
            let value = match self.settled.is_constant(ratio.series) {
                true => 0.0,
                false => f64::NAN,
            };
            for (c, contrast) in self.contrasts.iter().enumerate() {
                if ratio.is_of(contrast) {
                    let lane = (self.regression.effects.len() + ratio.asked) * self.series_lanes
                        + ratio.series / LANES;
                    let number = &mut self.numbers[c * self.of_contrast + lane];
                    number.0[ratio.series % LANES] = value;
                }
            }
        }
    }

    #[inline(always)]
    fn evaluate(&self, mut put: impl FnMut(usize, f64)) {
        let numbers: &[f64] = bytemuck::cast_slice(&self.numbers);
        let of_contrasts = numbers.chunks_exact(self.of_contrast * LANES);
        for (c, numbers) in of_contrasts.enumerate() {
            for (v, &place) in self.places.iter().enumerate() {
                put(c * self.places.len() + v, numbers[place]);
            }
        }
    }
}

/// [`Solver::each_solved`] under the vector instructions of the machine.
struct Each<'s, 'r, V> {
    solver: &'s mut Solver<'r>,
    picks: &'s Picks,
    draws: usize,
    visit: V,
}

impl<'r, V: FnMut(&Solver<'r>, usize)> pulp::WithSimd for Each<'_, 'r, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        for draw in 0..self.draws {
            if self.solver.solve(simd, self.picks.row(draw)) {
                (self.visit)(self.solver, draw);
            }
        }
    }
}

/// Room of a pair of groups among the counts: every difference, and what whole lanes read past it.
fn span(days: usize) -> usize {
    2 * days - 1 + LANES
}

/// The outcomes as floats, by series lane and row, followed by their negatives where signs change, and
/// their sums; zeros for a series that is the same on all rows. So many rows are added before the first
/// one that the window of an event on row t begins at row `t + max(window[0], 0)`, and as many
/// as it needs after the last one: zeros, or rows of the other end.
fn padded_outcomes(regression: &Regression, lanes: usize) -> (Vec<Lane>, Vec<Lane>) {
    let n = regression.outcomes.positions() as i64;
    let [first, last] = regression.window.map(i64::from);
    let columns = regression.outcomes.columns();
    let negates = regression.negated_from < regression.rows.len();
    let levels: Vec<Option<i32>> = (0..columns)
        .map(|series| regression.level(series))
        .collect();
    let mut padded: Vec<Lane> = Vec::new();
    let mut totals = vec![Lane::default(); lanes];
    for (r, total) in totals.iter_mut().enumerate() {
        for row in first.min(0)..n + last.max(0) {
            let source = match regression.edge {
                Edge::Wrap => row.rem_euclid(n),
                Edge::Cut => row,
            };
            let mut outcomes = Lane::default();
            if (0..n).contains(&source) {
                for (series, level) in levels.iter().enumerate().skip(r * LANES).take(LANES) {
                    if level.is_none() {
                        outcomes.0[series % LANES] =
                            f64::from(regression.outcomes.get(source as usize, series));
                    }
                }
            }
            if (0..n).contains(&row) {
                for (total, outcome) in total.0.iter_mut().zip(outcomes.0) {
                    *total += outcome;
                }
            }
            padded.push(outcomes);
        }
        if negates {
            let of_lane = padded.len() / (2 * r + 1);
            let rows = padded[2 * r * of_lane..].to_vec();
            padded.extend(rows.into_iter().map(|lane| Lane(lane.0.map(|y| -y))));
        }
    }
    (padded, totals)
}

#[cfg(test)]
mod tests;
