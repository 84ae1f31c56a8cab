//! Series that draws make anew, and what statistics make of them.

use crate::null::{NullDesign, PILOT_SEED, Picks, Stretch};
use crate::statistic::{Contrast, Fold, Regression, ScoreTable};

/// Cells of a table of scores that are made at once.
const CELLS: usize = 1 << 18;
/// Series of a regression that are solved at once: few lanes, whose rows stay in the second cache.
const SOLVED: usize = 16;
/// The most draws that place the bins of a null distribution, and the steps of a regression.
const PROBED: usize = 1024;
const PILOT: usize = 384;

/// What the draws of a design that makes the series anew are computed from, in whole numbers.
///
/// A row `t` of a draw's series is `fit + r - m` or `fit - r - m`, with `fit` a number of the series, `r` its
/// residual on the row that the design's stretches name, and `m` the mean of these, with their signs, over the
/// draw's *level* rows, rounded to a whole number, halves away from zero: what a test's null takes from the
/// series, its level apart from the events, a draw's null takes from the draw. All series of a draw are made
/// from the same rows, with the same signs. Scores are sums of a draw's rows about each event, differences of
/// prefix sums; regressions are of all its rows, with the regressors of the observed events and a constant,
/// which takes `m`.
#[derive(Debug, Clone, PartialEq)]
pub struct Remade {
    /// A series a number.
    fits: Vec<i32>,
    /// Row by row, a number a series.
    residuals: Vec<i32>,
    /// Sums of the residuals before each row and past the last one, likewise.
    prefix: Vec<i64>,
    course: Course,
    /// How far a draw's mean over the level rows can lie from the fit, a series a number.
    drifts: Vec<i64>,
    /// The row of each event.
    rows: Vec<u32>,
    /// The columns of each fold of scores, in the order of the folds; none of a regression.
    columns: Vec<Vec<WindowSum>>,
}

/// How draws make series from residuals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Course {
    /// Whether residuals change their signs instead of moving to other rows.
    pub signs: bool,
    /// Rows that move together.
    pub block: usize,
    /// The level rows, as ascending ranges: from one row to before another.
    pub level: Vec<[u32; 2]>,
}

impl Course {
    /// Number of level rows.
    pub fn rows(&self) -> i64 {
        let ranges = self.level.iter();
        ranges.map(|&[from, to]| i64::from(to - from)).sum()
    }
}

/// A column of scores: sums over rows about the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSum {
    /// Number of the series.
    pub series: usize,
    /// First and last relative row.
    pub rows: [i32; 2],
    /// Whether it is the size of the sum.
    pub absolute: bool,
}

/// A part of a window's rows: the residuals from one row to before another, and whether their signs are changed.
type Piece = (u32, u32, bool);

impl Remade {
    /// Of series' fits and residuals, a list of rows each, about events on `rows`.
    pub(crate) fn new(
        fits: Vec<i32>,
        residuals: &[Vec<i32>],
        rows: Vec<u32>,
        course: Course,
    ) -> Self {
        let (series, n) = (fits.len(), residuals.first().map_or(0, Vec::len));
        let mut prefix = vec![0i64; series];
        let by_row = (0..n).flat_map(|row| residuals.iter().map(move |of| of[row]));
        let residuals: Vec<i32> = by_row.collect();
        for (at, &residual) in residuals.iter().enumerate() {
            prefix.push(prefix[at] + i64::from(residual));
        }
        let mut remade = Remade {
            fits,
            residuals,
            prefix,
            course,
            drifts: Vec::new(),
            rows,
            columns: Vec::new(),
        };
        remade.drifts = (0..series).map(|series| remade.drift(series)).collect();
        remade
    }

    /// What no draw's mean over the level rows is farther from the fit than.
    fn drift(&self, series: usize) -> i64 {
        let Course {
            signs,
            block,
            ref level,
        } = self.course;
        let sum = match signs {
            true => self.largest_run(series, self.len()),
            false => {
                let blocks = self.len().div_ceil(block) + level.len();
                blocks as i64 * self.largest_run(series, block)
            }
        };
        sum / self.course.rows().max(1) + 1
    }

    /// The same with the columns of a further fold; none where it is a regression.
    pub(crate) fn add_fold(&mut self, columns: Vec<WindowSum>) {
        self.columns.push(columns);
    }

    fn series(&self) -> usize {
        self.fits.len()
    }

    /// Rows of the series.
    pub fn len(&self) -> usize {
        self.residuals.len() / self.series().max(1)
    }

    /// Whether the series have no row.
    pub fn is_empty(&self) -> bool {
        self.residuals.is_empty()
    }

    /// What no draw's sum of so many rows of a series is larger than: with changed signs no larger than that of
    /// as many sizes, else, as blocks are no shorter than windows, than two runs of at most as many rows
    /// around the series.
    pub(crate) fn largest(&self, series: usize, rows: usize) -> i64 {
        let level = i64::from(self.fits[series].unsigned_abs()) + self.drifts[series];
        let runs = if self.course.signs { 1 } else { 2 };
        rows as i64 * level + runs * self.largest_run(series, rows)
    }

    /// What no sum of at most so many neighbouring residuals is larger than, around the series; with signs
    /// changed, no sum of their sizes.
    fn largest_run(&self, series: usize, rows: usize) -> i64 {
        let residuals = self.residuals.iter().skip(series).step_by(self.series());
        let sums = |of: &dyn Fn(i32) -> i64| -> Vec<i64> {
            let around = residuals.clone().chain(residuals.clone().take(rows));
            let sums = around.scan(0, |sum, &residual| {
                *sum += of(residual);
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        };
        if self.course.signs {
            let sizes = sums(&|residual| residual.unsigned_abs().into());
            let windows = sizes.windows(rows + 1).map(|sums| sums[rows] - sums[0]);
            return windows.max().unwrap_or(0);
        }
        // The sums before two rows that are at most so far apart stand in neighbouring chunks of as many.
        let sums = sums(&|residual| residual.into());
        let ends = |chunk: &[i64]| (chunk.iter().min().copied(), chunk.iter().max().copied());
        let chunks: Vec<_> = sums.chunks(rows.max(1)).map(ends).collect();
        let range = |pair: &[(Option<i64>, Option<i64>)]| {
            let least = pair.iter().filter_map(|of| of.0).min().unwrap_or(0);
            let most = pair.iter().filter_map(|of| of.1).max().unwrap_or(0);
            most - least
        };
        let pairs = chunks.windows(2.min(chunks.len())).map(range);
        pairs.max().unwrap_or(0)
    }

    /// What a series has on a row of a draw on average over all draws, where that is known: signs are as likely
    /// as their opposites, and a mean of blocks is whole where all rows are the level and each residual is a
    /// multiple of their number apart from a common one.
    pub(crate) fn mean(&self, series: usize) -> Option<i64> {
        let n = self.len() as i64;
        let mut residuals = self.residuals.iter().skip(series).step_by(self.series());
        let first = residuals.next().map(|&first| i64::from(first))?;
        let mut is_whole = || residuals.all(|&r| (i64::from(r) - first) % n == 0);
        let known = self.course.signs || self.course.rows() == n && is_whole();
        known.then(|| self.fits[series].into())
    }

    /// The rounded mean of a draw's residuals over the level rows, a series each.
    fn means(
        &self,
        stretches: &[Stretch],
        starts: &[u32],
        pieces: &mut Vec<Piece>,
        means: &mut [i64],
    ) {
        pieces.clear();
        for &level in &self.course.level {
            Self::pieces(level, stretches, starts, pieces);
        }
        means.fill(0);
        let (series, n) = (self.series(), self.course.rows());
        let at = |row: u32| &self.prefix[row as usize * series..][..series];
        for &(from, to, negated) in pieces.iter() {
            let (from, to) = (at(from), at(to));
            for s in 0..series {
                let piece = to[s] - from[s];
                means[s] += if negated { -piece } else { piece };
            }
        }
        for mean in means {
            *mean = mean.signum() * ((2 * mean.abs() + n) / (2 * n));
        }
    }

    /// The pieces of the rows `window` in a draw's stretches, of which `starts` has the first rows.
    fn pieces(window: [u32; 2], stretches: &[Stretch], starts: &[u32], pieces: &mut Vec<Piece>) {
        let [mut row, end] = window;
        let mut at = starts.partition_point(|&start| start <= row) - 1;
        while row < end {
            let stretch = stretches[at];
            let into = row - starts[at];
            let len = (stretch.len - into).min(end - row);
            pieces.push((
                stretch.from + into,
                stretch.from + into + len,
                stretch.negated,
            ));
            row += len;
            at += 1;
        }
    }

    /// The scores of some draws of `design`: of each column those of the first draw's events, then those of
    /// the next one's.
    fn cells(
        &self,
        columns: &[WindowSum],
        design: &NullDesign,
        (seed, draws): (u64, &[u64]),
    ) -> Vec<Vec<i32>> {
        let mut cells = vec![Vec::with_capacity(draws.len() * self.rows.len()); columns.len()];
        let (mut stretches, mut starts, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
        let series = self.series();
        let mut means = vec![0i64; series];
        for &draw in draws {
            remake(design, seed, draw, &mut stretches);
            starts.clear();
            starts.extend(stretches.iter().scan(0, |next, stretch| {
                *next += stretch.len;
                Some(*next - stretch.len)
            }));
            self.means(&stretches, &starts, &mut pieces, &mut means);
            for &row in &self.rows {
                let mut of = None;
                for (cells, column) in cells.iter_mut().zip(columns) {
                    // Neighbouring columns often have one window.
                    if of != Some(column.rows) {
                        of = Some(column.rows);
                        let [first, last] = column.rows.map(|day| row as i64 + i64::from(day));
                        pieces.clear();
                        let window = [first as u32, last as u32 + 1];
                        Self::pieces(window, &stretches, &starts, &mut pieces);
                    }
                    let [first, last] = column.rows;
                    let level = i64::from(self.fits[column.series]) - means[column.series];
                    let mut sum = i64::from(last - first + 1) * level;
                    for &(from, to, negated) in &pieces {
                        let at = |row: u32| self.prefix[row as usize * series + column.series];
                        let piece = at(to) - at(from);
                        sum += if negated { -piece } else { piece };
                    }
                    let score = if column.absolute { sum.abs() } else { sum };
                    cells.push(score as i32);
                }
            }
        }
        cells
    }

    /// The numerators of some draws of a fold of scores, value by value: `[value * draws + draw]`.
    fn of_scores(
        &self,
        fold: &Fold,
        columns: &[WindowSum],
        design: &NullDesign,
        observed: &[u32],
        (seed, draws): (u64, &[u64]),
    ) -> Vec<Option<i64>> {
        let events = self.rows.len();
        let at_once = (CELLS / (events * columns.len()).max(1)).clamp(1, draws.len().max(1));
        let mut values = vec![None; fold.values() * draws.len()];
        for (number, some) in draws.chunks(at_once).enumerate() {
            let table = ScoreTable::from_columns(&self.cells(columns, design, (seed, some)));
            // The events of a draw are as many positions.
            let mut picks = Picks::new(some.len(), observed.len());
            for draw in 0..some.len() {
                for (pick, &event) in picks.row_mut(draw).iter_mut().zip(observed) {
                    *pick = (draw * events) as u32 + event;
                }
            }
            let Some(found) = fold.numerators_over(&table, &picks, some.len()) else {
                continue;
            };
            for (value, found) in found.chunks(some.len()).enumerate() {
                let values = &mut values[value * draws.len() + number * at_once..][..some.len()];
                for (value, &found) in values.iter_mut().zip(found) {
                    *value = Some(found);
                }
            }
        }
        values
    }

    /// The values of some draws of a regression before they are put on their grids, likewise.
    fn of_effects(
        &self,
        regression: &Regression,
        contrasts: &[Contrast],
        design: &NullDesign,
        observed: &[u32],
        (seed, draws): (u64, &[u64]),
    ) -> Vec<Option<f64>> {
        let series = self.series();
        let at_once = (SOLVED / series).max(1);
        let each = contrasts.len() * regression.columns().len();
        let mut values = vec![None; each * draws.len()];
        let mut stretches = Vec::new();
        for (number, some) in draws.chunks(at_once).enumerate() {
            let mut panels = vec![Vec::with_capacity(self.len()); some.len() * series];
            for (panel, &draw) in panels.chunks_mut(series).zip(some) {
                remake(design, seed, draw, &mut stretches);
                for stretch in &stretches {
                    let rows = stretch.from as usize..(stretch.from + stretch.len) as usize;
                    for row in rows {
                        let residuals = &self.residuals[row * series..][..series];
                        for ((out, fit), residual) in
                            panel.iter_mut().zip(&self.fits).zip(residuals)
                        {
                            out.push(match stretch.negated {
                                true => fit - residual,
                                false => fit + residual,
                            });
                        }
                    }
                }
            }
            let table = ScoreTable::from_columns(&panels);
            let found = regression.values_of_panels(contrasts, observed, &table);
            for (draw, found) in found.into_iter().enumerate() {
                for (value, found) in found.into_iter().enumerate() {
                    values[value * draws.len() + number * at_once + draw] = found;
                }
            }
        }
        values
    }

    /// The numerators of some draws, hypothesis by hypothesis: `[hypothesis * draws + draw]`; `None` where a
    /// draw has no value.
    pub(crate) fn numerators(
        &self,
        folds: &[Fold],
        design: &NullDesign,
        observed: &[u32],
        (seed, draws): (u64, &[u64]),
    ) -> Vec<Option<i64>> {
        let of_fold =
            |(fold, columns): (&Fold, &Vec<WindowSum>)| match fold.statistic().regression() {
                None => self.of_scores(fold, columns, design, observed, (seed, draws)),
                Some(regression) => {
                    let contrasts = fold.contrasts();
                    let effects =
                        self.of_effects(regression, contrasts, design, observed, (seed, draws));
                    let of_values = effects.chunks(draws.len().max(1)).zip(regression.grids());
                    let on_grid = of_values.flat_map(|(values, grid)| {
                        values
                            .iter()
                            .map(|value| value.map(|value| grid.numerator(value)))
                    });
                    on_grid.collect()
                }
            };
        folds.iter().zip(&self.columns).flat_map(of_fold).collect()
    }

    /// Mean and standard deviation of each value of a fold of scores over a pilot, a tenth wider.
    pub(crate) fn probed_moments(
        &self,
        fold: &Fold,
        columns: &[WindowSum],
        design: &NullDesign,
        observed: &[u32],
    ) -> Vec<(f64, f64)> {
        let draws: Vec<u64> = (0..PROBED as u64).collect();
        let values = self.of_scores(fold, columns, design, observed, (PILOT_SEED, &draws));
        let of_value = |values: &[Option<i64>]| {
            let n = values.len() as f64;
            let numbers = || values.iter().flatten().map(|&value| value as f64);
            let mean = numbers().sum::<f64>() / n;
            let squares = numbers().map(|value| (value - mean).powi(2)).sum::<f64>();
            (mean, 1.1 * (squares / n).sqrt())
        };
        values.chunks(draws.len()).map(of_value).collect()
    }

    /// The values of a pilot of draws of a regression, a value a list; draws without one are passed over.
    pub(crate) fn pilot(
        &self,
        regression: &Regression,
        contrasts: &[Contrast],
        design: &NullDesign,
        observed: &[u32],
    ) -> Vec<Vec<f64>> {
        let draws: Vec<u64> = (0..PILOT as u64).collect();
        let values = self.of_effects(
            regression,
            contrasts,
            design,
            observed,
            (PILOT_SEED, &draws),
        );
        let of_value = |values: &[Option<f64>]| values.iter().flatten().copied().collect();
        values.chunks(draws.len()).map(of_value).collect()
    }

    /// Nanoseconds of one thread that a draw takes beside its folds; a rough guide.
    pub(crate) fn nanoseconds(&self) -> f64 {
        let sums: usize = self.columns.iter().map(Vec::len).sum();
        let solves = self.columns.iter().any(Vec::is_empty);
        let made = if solves { 6 * self.residuals.len() } else { 0 };
        (2 * self.len() + 12 * sums * self.rows.len() + made) as f64
    }

    /// Bytes of its tables.
    pub(crate) fn bytes(&self) -> usize {
        4 * self.residuals.len() + 8 * self.prefix.len()
    }
}

/// The stretches of a draw; one with all rows of a design that leaves the series as it is.
fn remake(design: &NullDesign, seed: u64, draw: u64, stretches: &mut Vec<Stretch>) {
    if let Some(of) = design.remakes() {
        of.fill(seed, draw, stretches);
    }
}
