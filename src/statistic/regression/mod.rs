//! `overlap-regression`: effects by relative day when event windows overlap. Twin:
//! `shaders/statistic/regression.wgsl`.

mod elimination;
mod estimates;
mod exact;
mod facts;
mod fit;
mod hac;
mod kernel;
mod lane;
mod settle;
mod solver;

pub use fit::{Estimate, Fit};
pub(crate) use kernel::{DROPPED_BITS, OnDevice};
pub(crate) use solver::Solver;

use super::{Contrast, LANES, Offset, ScoreTable};
use crate::null::{Picks, Segment};

use super::fold::Values;

/// The most groups of events.
pub const MAX_GROUPS: usize = 4;
/// Relative days reach this far to either side.
pub const FARTHEST_DAY: i32 = 60;

/// Where a window goes that leaves the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edge {
    /// Its days outside the sample are dropped.
    #[default]
    Cut,
    /// They continue at the sample's other end.
    Wrap,
}

/// A weighted sum of a group's coefficients, one weight a relative day of the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// From the window's first day on.
    pub weights: Vec<f64>,
}

/// What a value of a draw is: an effect on a series, or its ratio to its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Index of the effect.
    pub effect: usize,
    /// Index of the series.
    pub series: usize,
    /// Whether the effect is divided by its HAC standard error.
    pub studentised: bool,
}

/// The long-run variance of a linear combination of coefficients: Newey and West (1987), Bartlett
/// weights `1 - l/(lags + 1)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hac {
    /// Autocovariances that count.
    pub lags: usize,
    /// Whether the variance is multiplied by n/(n - parameters).
    pub small_sample: bool,
}

impl Hac {
    /// What the variance is multiplied by.
    fn factor(self, rows: usize, parameters: usize) -> f64 {
        if self.small_sample {
            rows as f64 / (rows - parameters) as f64
        } else {
            1.0
        }
    }
}

/// How a value becomes an integer: the nearest multiple of a step.
///
/// The step divides the observed value, so that a draw ties with it when it lies within half a
/// step, some 10^-11 of the null's spread: far above the rounding of 64-bit floats, far below any
/// difference that a draw can make.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// In units of a score.
    pub step: f64,
    /// The place of minus infinity; finite values beyond the next multiple count as that one.
    pub floor: i64,
    /// The place of infinity, likewise.
    pub ceiling: i64,
}

impl Grid {
    /// The multiple nearest to a value. Infinite ones lie beyond all others.
    #[inline(always)]
    pub(crate) fn numerator(&self, value: f64) -> i64 {
        if value.is_infinite() {
            return if value > 0.0 {
                self.ceiling
            } else {
                self.floor
            };
        }
        let steps = value / self.step;
        ((steps + 0.5f64.copysign(steps)) as i64).clamp(self.floor + 1, self.ceiling - 1)
    }
}

/// Least squares of daily changes on counts of relative days, all windows at once (Bjoerkegren,
/// arXiv 2512.14969, equation 1):
///
/// ```text
/// y_t = sum over groups g, relative days s of  b_gs * #{events i of g: t = t_i + s}  +  mu + e_t
/// ```
///
/// A draw's X'X is made of counts of day differences, its X'y of sums of integer changes; both are
/// exact. One elimination in 64-bit floats, always in the same order, serves all series, so that a
/// draw has the same bits on every machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// Changes, a row of the sample a position.
    outcomes: ScoreTable,
    /// The sample row of each position that draws pick from.
    rows: Vec<u32>,
    negated_from: usize,
    window: [i32; 2],
    edge: Edge,
    groups: Vec<Segment>,
    effects: Vec<Effect>,
    columns: Vec<Column>,
    hac: Hac,
    /// One a value; none while the values' spread is not known yet.
    grids: Vec<Grid>,
}

/// What a [`Regression`] is made from.
#[derive(Debug, Clone)]
pub struct Model {
    /// Changes, a column a series, a row of the sample a position.
    pub outcomes: ScoreTable,
    /// The sample row of each position that draws pick from.
    pub rows: Vec<u32>,
    /// Events at this position and later ones count -1 on their days instead of 1.
    pub negated_from: usize,
    /// First and last relative day.
    pub window: [i32; 2],
    /// Where windows go that leave the sample.
    pub edge: Edge,
    /// The groups' picks.
    pub groups: Vec<Segment>,
    /// What is estimated.
    pub effects: Vec<Effect>,
    /// Which of it is reported.
    pub columns: Vec<Column>,
    /// How standard errors are made.
    pub hac: Hac,
}

impl Regression {
    /// `None` unless there are 1 to [`MAX_GROUPS`] groups, the window holds 2 days and reaches at
    /// most [`FARTHEST_DAY`], every position has a row, the sample has more rows than parameters,
    /// than lags and (with [`Edge::Wrap`]) than twice the window, and effects and columns fit.
    pub fn new(model: Model) -> Option<Self> {
        let regression = Regression {
            outcomes: model.outcomes,
            rows: model.rows,
            negated_from: model.negated_from,
            window: model.window,
            edge: model.edge,
            groups: model.groups,
            effects: model.effects,
            columns: model.columns,
            hac: model.hac,
            grids: Vec::new(),
        };
        regression.has_shape().then_some(regression)
    }

    fn has_shape(&self) -> bool {
        let [first, last] = self.window;
        let n = self.outcomes.positions();
        (1..=MAX_GROUPS).contains(&self.groups.len())
            && -FARTHEST_DAY <= first
            && first < last
            && last <= FARTHEST_DAY
            && n < 1 << 28
            && n > self.parameters()
            && n > self.hac.lags
            && n >= 2 * self.days()
            && self.rows.iter().all(|&row| (row as usize) < n)
            && self.effects.iter().all(|effect| {
                effect.weights.len() == self.days()
                    && effect.weights.iter().all(|weight| weight.is_finite())
            })
            && self.columns.iter().all(|column| {
                column.effect < self.effects.len() && column.series < self.outcomes.columns()
            })
    }

    /// The same with a grid for each value, in the order of the values.
    pub fn with_grids(mut self, grids: Vec<Grid>) -> Self {
        self.grids = grids;
        self
    }

    /// Changes by sample row and series.
    pub fn outcomes(&self) -> &ScoreTable {
        &self.outcomes
    }

    /// The sample row of each position.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Events at this position and later ones count -1 on their days instead of 1.
    pub fn negated_from(&self) -> usize {
        self.negated_from
    }

    /// First and last relative day.
    pub fn window(&self) -> [i32; 2] {
        self.window
    }

    /// Where windows go that leave the sample.
    pub fn edge(&self) -> Edge {
        self.edge
    }

    /// The groups' picks.
    pub fn groups(&self) -> &[Segment] {
        &self.groups
    }

    /// What is estimated.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// What the values of a contrast are.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The effects that some column divides by their standard errors, ascending.
    pub(crate) fn studentised(&self) -> Vec<usize> {
        let asked = self.columns.iter().filter(|column| column.studentised);
        let mut effects: Vec<usize> = asked.map(|column| column.effect).collect();
        effects.sort_unstable();
        effects.dedup();
        effects
    }

    /// How standard errors are made.
    pub fn hac(&self) -> Hac {
        self.hac
    }

    /// One a value.
    pub fn grids(&self) -> &[Grid] {
        &self.grids
    }

    /// What a series has on every row, where it has the same on all: the constant takes it, and no
    /// event has an effect.
    pub fn level(&self, series: usize) -> Option<i32> {
        let first = self.outcomes.get(0, series);
        let mut rows = 0..self.outcomes.positions();
        rows.all(|row| self.outcomes.get(row, series) == first)
            .then_some(first)
    }

    /// Relative days of the window.
    pub fn days(&self) -> usize {
        (self.window[1] - self.window[0] + 1) as usize
    }

    /// Coefficients: a relative day a group, and the constant, which comes last.
    pub fn parameters(&self) -> usize {
        self.groups.len() * self.days() + 1
    }

    /// Effects of each group, and of each two groups their difference.
    pub fn contrasts(labels: &[String]) -> Vec<Contrast> {
        let mut contrasts: Vec<Contrast> = labels
            .iter()
            .enumerate()
            .map(|(g, label)| Contrast::segment(label, g, 1))
            .collect();
        for (a, first) in labels.iter().enumerate() {
            for (b, second) in labels.iter().enumerate().skip(a + 1) {
                contrasts.push(Contrast::difference(
                    format!("{first} - {second}"),
                    (a, 1),
                    (b, 1),
                ));
            }
        }
        contrasts
    }

    /// The values of the draws in `picks`, before they are put on their grids:
    /// `values[draw][value]`, `None` where the draw has none, because its regressors are collinear or
    /// the ratio is 0/0; a ratio to a standard error of zero is infinite. Ratios of a series that is the
    /// same on all rows are 0/0 whatever the draw: they are 0 here, and their hypotheses void.
    pub(crate) fn values(
        &self,
        contrasts: &[Contrast],
        picks: &Picks,
        draws: usize,
    ) -> Vec<Vec<Option<f64>>> {
        let mut all = vec![vec![None; contrasts.len() * self.columns.len()]; draws];
        Solver::of_draws(self, contrasts).each(picks, draws, |draw, value, number| {
            all[draw][value] = Some(number).filter(|number| !number.is_nan());
        });
        all
    }

    fn put_values<W: Offset>(
        &self,
        contrasts: &[Contrast],
        picks: &Picks,
        values: &mut Values<'_, W>,
    ) {
        values.leave_undefined();
        let draws = values.draws();
        let columns = self.columns.len();
        Solver::of_draws(self, contrasts).each(picks, draws, |draw, value, number| {
            if !number.is_nan() {
                let at = (value / columns, value % columns);
                values.put_one(draw, at, self.grids[value].numerator(number));
            }
        });
    }
}
