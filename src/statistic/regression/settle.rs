//! Which standard errors of a draw are zero, and which ratios are 0/0.

use super::exact::{Combination, Question, zeros};
use super::solver::{Asked, Solver};
use super::{LANES, Regression};
use crate::statistic::Contrast;

/// A variance below this share of its scale may be zero, and is looked at in whole numbers.
///
/// The scale is `|a|^2 |y|^2`, a being the rows' influences on the effect and y the outcomes: no sum of
/// squared products of influences and residuals is larger. Rounding leaves of a variance that is zero
/// at most some `lags (2^-52 / q)^2` of it, where q is the smallest share that a pivot is of its
/// diagonal entry, at least 10^-9: `10^-12`. Independent outcomes on n rows have 1/n of it.
const SMALL: f64 = 1e-10;

/// A standard error that may be zero: of an effect (by its index among the studentised ones, or of the
/// constant, which comes after them) of a group less that of another one, or of a group alone, where
/// they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ratio {
    pub(super) asked: usize,
    pub(super) group: usize,
    pub(super) other: usize,
    pub(super) series: usize,
}

impl Ratio {
    /// Whether it is the ratio of a contrast.
    pub(super) fn is_of(self, contrast: &Contrast) -> bool {
        pair(contrast) == Some((self.group, self.other))
    }
}

/// The ratios of a regression, and what is found of those of one draw.
pub(super) struct Settled {
    ratios: Vec<Ratio>,
    /// By series: the sum of squares of its outcomes, or `None` where they are all the same.
    squares: Vec<Option<f64>>,
    /// By studentised effect and group: the length of its influences.
    lengths: Vec<f64>,
    /// Variances of the draw that are zero, and whether their effects are.
    pub(super) flat: Vec<(Ratio, bool)>,
    suspects: Vec<Ratio>,
}

impl Settled {
    /// For `studentised` effects.
    pub(super) fn new(
        regression: &Regression,
        contrasts: &[Contrast],
        studentised: &[usize],
        asked_of: Asked,
    ) -> Self {
        let every = asked_of != Asked::Columns;
        let constant = asked_of == Asked::EverySeriesAndConstant;
        let series = regression.outcomes.columns();
        let mut ratios = Vec::new();
        for (asked, effect) in studentised.iter().enumerate() {
            for series in 0..series {
                let is_asked = |column: &super::Column| {
                    column.studentised && (column.effect, column.series) == (*effect, series)
                };
                if !every && !regression.columns.iter().any(is_asked) {
                    continue;
                }
                for (group, other) in contrasts.iter().filter_map(pair) {
                    ratios.push(Ratio {
                        asked,
                        group,
                        other,
                        series,
                    });
                }
            }
        }
        if constant {
            ratios.extend((0..series).map(|series| Ratio {
                asked: studentised.len(),
                group: 0,
                other: 0,
                series,
            }));
        }
        let squares = (0..series).map(|series| {
            let rows = 0..regression.outcomes.positions();
            let outcomes = rows.map(|row| regression.outcomes.get(row, series));
            let varies = regression.level(series).is_none();
            varies.then(|| outcomes.map(|outcome| f64::from(outcome).powi(2)).sum())
        });
        let combinations = (studentised.len() + usize::from(constant)) * regression.groups.len();
        Settled {
            squares: squares.collect(),
            lengths: vec![0.0; combinations],
            flat: Vec::new(),
            suspects: Vec::with_capacity(ratios.len()),
            ratios,
        }
    }
}

impl Settled {
    /// Whether a series is the same on all rows.
    pub(super) fn is_constant(&self, series: usize) -> bool {
        self.squares[series].is_none()
    }
}

/// The groups of a contrast: two, or one twice.
fn pair(contrast: &Contrast) -> Option<(usize, usize)> {
    match contrast.terms[..] {
        [(group, _)] => Some((group, group)),
        [(group, one), (other, less)] if one == -less => Some((group, other)),
        _ => None,
    }
}

impl Solver<'_> {
    /// Makes variances zero that are, and notes them, after [`Solver::errors`].
    #[inline(always)]
    pub(super) fn settle(&mut self) {
        self.settled.flat.clear();
        self.settled.suspects.clear();
        self.measure_lengths();
        let groups = self.regression.groups.len();
        for ratio in &self.settled.ratios {
            let length = |group: usize| self.settled.lengths[ratio.asked * groups + group];
            let length = match ratio.group == ratio.other {
                true => length(ratio.group),
                // Those of a difference are no longer than both together.
                false => length(ratio.group) + length(ratio.other),
            };
            let small = |squares| SMALL * length * length * squares;
            let squares = self.settled.squares[ratio.series];
            if squares.is_none_or(|squares| self.long_run.of(*ratio) <= small(squares)) {
                self.settled.suspects.push(*ratio);
            }
        }
        if !self.settled.suspects.is_empty() {
            self.settle_suspects();
        }
    }

    /// The lengths of influences `X S w` on effects w: w' S w, of which S w is the solution.
    #[inline(always)]
    fn measure_lengths(&mut self) {
        let days = self.regression.days();
        let groups = self.regression.groups.len();
        let first = self.series_lanes * self.padded;
        let constant = self.regression.parameters() - 1;
        for (at, length) in self.settled.lengths.iter_mut().enumerate() {
            let solution = &self.solution[first + at / LANES * self.padded..][..self.padded];
            let square = match self.studentised.get(at / groups) {
                Some(&effect) => {
                    let weights = &self.regression.effects[effect].weights;
                    let solution = &solution[at % groups * days..][..days];
                    let terms = weights.iter().zip(solution);
                    terms
                        .map(|(weight, lane)| weight * lane.0[at % LANES])
                        .sum::<f64>()
                }
                None => solution[constant].0[at % LANES],
            };
            *length = square.max(0.0).sqrt();
        }
    }

    /// By contrast, effect and series: a bound of what an effect can be, the length of its influences
    /// times that of the outcomes, which is also what its rounding is relative to. After
    /// [`Solver::solve_one`], with all effects asked for.
    pub(super) fn scale(&self, contrast: &Contrast, effect: usize, series: usize) -> f64 {
        let groups = self.regression.groups.len();
        let lengths = contrast.terms.iter().map(|&(group, weight)| {
            weight.unsigned_abs() as f64 * self.settled.lengths[effect * groups + group]
        });
        lengths.sum::<f64>() * self.settled.squares[series].unwrap_or(0.0).sqrt()
    }

    /// Looks at suspects in whole numbers.
    #[inline(never)]
    fn settle_suspects(&mut self) {
        let combination = |ratio: &Ratio| match self.studentised.get(ratio.asked) {
            Some(&effect) => Combination::Effect {
                effect,
                group: ratio.group,
                other: ratio.other,
            },
            None => Combination::Constant,
        };
        let Settled {
            suspects,
            squares,
            flat,
            ..
        } = &mut self.settled;
        // A series that is the same on all rows has no effects and no residuals.
        let is_constant = |ratio: &Ratio| squares[ratio.series].is_none();
        let constant = suspects.iter().filter(|ratio| is_constant(ratio));
        flat.extend(constant.map(|ratio| (*ratio, true)));
        suspects.retain(|ratio| !is_constant(ratio));
        let questions: Vec<Question> = suspects
            .iter()
            .map(|r| (combination(r), r.series))
            .collect();
        if !questions.is_empty()
            && let Some(found) = zeros(self.regression, &self.picked, &questions)
        {
            let found = suspects
                .iter()
                .zip(found)
                .filter(|(_, zeros)| zeros.variance);
            flat.extend(found.map(|(ratio, zeros)| (*ratio, zeros.estimate)));
        }
        for (ratio, _) in flat.iter() {
            self.long_run.set_zero(*ratio);
        }
    }
}
