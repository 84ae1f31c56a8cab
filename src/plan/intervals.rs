//! What effects of the observed events add to the series, and what statistics make of that.
//!
//! An effect `tau` adds `tau` times a path to the series at each event; the sum of the paths over the
//! events is their *pattern*. A draw's linear statistic is `a* - tau b*` once the effect is taken out
//! of the series, with `a*` the statistic of the series and `b*` that of the pattern.

use super::Lattice;
use super::fixed_point::Scale;
use super::grids::gridded;
use super::pilot::sorted_pool;
use super::plan::{Hypothesis, Plan};
use crate::statistic::{
    Column, Contrast, Fold, Model, Of, Regression, ScoreTable, Shape, Statistic,
};

/// The hypotheses whose effects get confidence sets, and the patterns of the observed events.
///
/// Pattern `g` is that of group `g` alone; of several groups, the last one is that of all events. A
/// group's row has its own pattern, and so has its difference from another group: `A - B` is about
/// effects of A's events.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// Confidence level.
    pub level: f64,
    /// The path as the study states it.
    pub path: String,
    /// Indices of the plan's hypotheses, ascending.
    pub members: Vec<usize>,
    /// Decimals of the path: patterns are whole multiples of `10^-digits`.
    pub(crate) digits: i32,
    /// Changes that the patterns have scores of.
    pub(crate) changes: usize,
    /// Which of them each of the plan's hypotheses is about.
    pub(crate) change_of: Vec<usize>,
    /// The patterns' scores at each position, a column a pattern and change.
    pub(crate) scores: ScoreTable,
    /// The patterns' increments on each row of the sample, a column a pattern.
    pub(crate) increments: ScoreTable,
}

/// Cuts between which breakpoints are counted, over all members and of one.
const CUTS: usize = 1 << 18;
const MEMBER_CUTS: usize = 1 << 12;

/// The most cuts of one of so many members.
pub(crate) fn most_cuts(members: usize) -> usize {
    (CUTS / members.max(1)).min(MEMBER_CUTS)
}

impl Intervals {
    /// The pattern that a contrast's row is about.
    fn pattern(&self, contrast: &Contrast) -> usize {
        let mut raised = contrast.terms.iter().filter(|(_, weight)| *weight > 0);
        match (raised.next(), raised.next()) {
            (Some(&(group, _)), None) => group,
            _ => self.increments.columns() - 1,
        }
    }

    /// The patterns' scores, a position each, for a hypothesis about a contrast.
    pub fn pattern_scores(&self, contrast: &Contrast, hypothesis: usize) -> Vec<i64> {
        let column = self.column(contrast, hypothesis);
        let positions = 0..self.scores.positions();
        positions
            .map(|position| self.scores.get(position, column).into())
            .collect()
    }

    fn column(&self, contrast: &Contrast, hypothesis: usize) -> usize {
        self.pattern(contrast) * self.changes + self.change_of[hypothesis]
    }

    /// What a whole number of `hypothesis`' score steps over one of pattern steps is worth.
    pub fn scale(&self, hypothesis: &Hypothesis) -> Scale {
        Scale {
            exponent: hypothesis.scale.exponent + self.digits,
            step: hypothesis.scale.step,
        }
    }

    /// Pattern steps in one.
    pub fn unit(&self) -> i64 {
        10i64.pow(self.digits as u32)
    }
}

/// A plan of the same draws whose hypotheses are statistics of the series and of patterns.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// The plan.
    pub plan: Plan,
    /// The members whose statistic is linear.
    pub pairs: Vec<Pair>,
}

/// The two hypotheses of a linear statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Index among the members.
    pub member: usize,
    /// Hypothesis of the series' numerator, `a`.
    pub series: usize,
    /// Hypothesis of the pattern's numerator, `b`.
    pub pattern: usize,
    /// What `a/b` is worth in the reported unit.
    pub scale: Scale,
}

impl Plan {
    /// The linear statistics among the members of the plan's intervals, with those of their patterns.
    pub fn paired(&self) -> Option<Paired> {
        let intervals = self.intervals.as_ref()?;
        let mut paired = Paired {
            plan: Plan {
                folds: Vec::new(),
                hypotheses: Vec::new(),
                family: None,
                intervals: None,
                ..self.clone()
            },
            pairs: Vec::new(),
        };
        for (fold, range) in self.fold_ranges() {
            let members = intervals.members.iter().enumerate();
            let members: Vec<(usize, usize)> = members
                .filter(|(_, h)| range.contains(h) && self.is_linear(**h))
                .map(|(member, &h)| (member, h))
                .collect();
            if members.is_empty() {
                continue;
            }
            match fold.statistic().regression() {
                Some(regression) => {
                    self.pair_effects(intervals, fold, regression, &range, &members, &mut paired);
                }
                None => self.pair_scores(intervals, fold, &range, &members, &mut paired),
            }
        }
        Some(paired)
    }

    /// Whether a hypothesis' numerator is linear in the series.
    pub fn is_linear(&self, hypothesis: usize) -> bool {
        let moved =
            self.origin(hypothesis)
                .is_some_and(|(fold, ..)| match fold.statistic().shape() {
                    Shape::Linear | Shape::Ratio | Shape::Weighted | Shape::Effect => true,
                    Shape::Order | Shape::Between => false,
                });
        moved && !self.is_absolute(hypothesis) && !self.is_studentised(hypothesis)
    }

    /// Whether a hypothesis is about the sizes of changes.
    pub fn is_absolute(&self, hypothesis: usize) -> bool {
        self.hypotheses[hypothesis].of == Of::Sizes
    }

    /// The statistics as they are, and those of the patterns' scores.
    fn pair_scores(
        &self,
        intervals: &Intervals,
        fold: &Fold,
        range: &std::ops::Range<usize>,
        members: &[(usize, usize)],
        paired: &mut Paired,
    ) {
        let table = &intervals.scores;
        let Some(of_patterns) = fold.statistic().over(table) else {
            return;
        };
        let patterns = Fold::new(of_patterns, &self.groups, self.design.segments());
        let asked = |terms: &[_]| fold.contrasts().iter().any(|of| of.terms == terms);
        let patterns = patterns.only(|contrast| asked(&contrast.terms));
        let first = paired.plan.hypotheses.len();
        paired.plan.folds.push(fold.clone());
        paired
            .plan
            .hypotheses
            .extend_from_slice(&self.hypotheses[range.clone()]);
        let pools: Vec<Vec<i32>> = (0..table.columns())
            .map(|column| {
                let positions = 0..table.positions();
                let cells: Vec<i32> = positions.map(|p| table.get(p, column)).collect();
                sorted_pool(&self.design, &cells)
            })
            .collect();
        let observed = patterns.numerators(&self.observed).into_iter().flatten();
        let of_patterns = paired.plan.hypotheses.len();
        for (value, observed) in observed.enumerate() {
            let contrast = &patterns.contrasts()[value / patterns.columns()];
            let bounds = patterns.bounds(contrast, &pools[value % patterns.columns()]);
            let like = &self.hypotheses[range.start + value / patterns.columns() * fold.columns()];
            paired.plan.hypotheses.push(Hypothesis {
                denominator: contrast.denominator,
                observed,
                centre: None,
                void: None,
                mirror: None,
                lattice: Lattice::new(bounds, 0.0, 0.0, observed),
                ..like.clone()
            });
        }
        for &(member, h) in members {
            let value = h - range.start;
            let contrast = value / fold.columns();
            let column = intervals.column(&fold.contrasts()[contrast], h);
            let scale = intervals.scale(&self.hypotheses[h]);
            paired.pairs.push(Pair {
                member,
                series: first + value,
                pattern: of_patterns + contrast * patterns.columns() + column,
                scale: Scale {
                    step: scale.step * patterns.contrasts()[contrast].denominator as f64
                        / self.hypotheses[h].denominator as f64,
                    ..scale
                },
            });
        }
        paired.plan.folds.push(patterns);
    }

    /// The regression with the patterns' increments as further outcomes, without standard errors.
    fn pair_effects(
        &self,
        intervals: &Intervals,
        fold: &Fold,
        regression: &Regression,
        range: &std::ops::Range<usize>,
        members: &[(usize, usize)],
        paired: &mut Paired,
    ) {
        let (outcomes, added) = (regression.outcomes(), &intervals.increments);
        let series = outcomes.columns();
        let cells = |table: &ScoreTable, column: usize| -> Vec<i32> {
            (0..table.positions())
                .map(|row| table.get(row, column))
                .collect()
        };
        let tables = (0..series).map(|column| cells(outcomes, column));
        let tables = tables.chain((0..added.columns()).map(|column| cells(added, column)));
        let tables: Vec<Vec<i32>> = tables.collect();
        // The columns asked for, then each effect on each pattern.
        let plain: Vec<usize> = (0..fold.columns())
            .filter(|&column| !regression.columns()[column].studentised)
            .collect();
        let mut columns: Vec<Column> = plain.iter().map(|&c| regression.columns()[c]).collect();
        for effect in 0..regression.effects().len() {
            columns.extend((0..added.columns()).map(|pattern| Column {
                effect,
                series: series + pattern,
                studentised: false,
            }));
        }
        let extended = Regression::new(Model {
            outcomes: ScoreTable::from_columns(&tables),
            rows: regression.rows().to_vec(),
            negated_from: regression.negated_from(),
            window: regression.window(),
            edge: regression.edge(),
            groups: regression.groups().to_vec(),
            effects: regression.effects().to_vec(),
            columns: columns.clone(),
            hac: regression.hac(),
        });
        let contrasts = fold.contrasts();
        let Some((extended, placed)) = extended.and_then(|extended| {
            // A step far above rounding: what is zero, or equal, but for that is so.
            let least = intervals.unit() as f64;
            let placed = gridded(&extended, contrasts, &self.design, &self.observed, least)?;
            Some((extended, placed))
        }) else {
            return;
        };
        let first = paired.plan.hypotheses.len();
        let mut grids = Vec::new();
        for (value, (grid, numerator, lattice)) in placed.into_iter().enumerate() {
            let (contrast, column) = (value / columns.len(), value % columns.len());
            // The series' values keep the grids on which p counts them.
            let (hypothesis, grid) = match plain.get(column) {
                Some(column) => {
                    let value = contrast * fold.columns() + column;
                    let hypothesis = self.hypotheses[range.start + value].clone();
                    (hypothesis, regression.grids()[value])
                }
                None => {
                    let like = &self.hypotheses[range.start + contrast * fold.columns()];
                    let scale = Scale {
                        exponent: 0,
                        step: grid.step,
                    };
                    let hypothesis = Hypothesis {
                        scale,
                        observed: numerator,
                        centre: None,
                        void: None,
                        mirror: None,
                        lattice,
                        ..like.clone()
                    };
                    (hypothesis, grid)
                }
            };
            paired.plan.hypotheses.push(hypothesis);
            grids.push(grid);
        }
        for &(member, h) in members {
            let value = h - range.start;
            let (contrast, column) = (value / fold.columns(), value % fold.columns());
            let effect = regression.columns()[column].effect;
            let pattern = intervals.pattern(&contrasts[contrast]);
            let at = plain.len() + effect * added.columns() + pattern;
            let of_contrast = first + contrast * columns.len();
            let scale = intervals.scale(&self.hypotheses[h]);
            let step = paired.plan.hypotheses[of_contrast + at].scale.step;
            paired.pairs.push(Pair {
                member,
                series: of_contrast + plain.partition_point(|&plain| plain < column),
                pattern: of_contrast + at,
                scale: Scale {
                    step: scale.step / step,
                    ..scale
                },
            });
        }
        let extended = extended.with_grids(grids);
        paired.plan.folds.push(Fold::new(
            Statistic::Regression(extended),
            &self.groups,
            self.design.segments(),
        ));
    }
}
