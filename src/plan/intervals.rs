//! What effects of the observed events add to the series, and what statistics make of that.
//!
//! An effect `tau` adds `tau` times a path to the series at each event; the sum of the paths over the
//! events is their *pattern*. A draw's linear statistic is `a* - tau b*` once the effect is taken out
//! of the series, with `a*` the statistic of the series and `b*` that of the pattern.

use serde::{Deserialize, Serialize};

use super::Lattice;
use super::dedup;
use super::effects::gridded;
use super::fixed_point::{Numbers, SCORE_LIMIT, Scale};
use super::hypotheses::{change_signs, sorted_pool};
use super::plan::{Hypothesis, Plan};
use super::sample::Sample;
use super::scores::{Windows, added_scores, increments};
use crate::error::{Error, Result};
use crate::load::{did_you_mean, quoted_list};
use crate::null::NullDesign;
use crate::statistic::{
    Column, Contrast, Fold, Model, Of, Regression, ScoreTable, Shape, Statistic,
};
use crate::study::{IntervalSpec, PathSpec, TestSpec};

/// The hypotheses whose effects get confidence sets, and the patterns of the observed events.
///
/// Pattern `g` is that of group `g` alone; of several groups, the last one is that of all events. A
/// group's row has its own pattern, and so has its difference from another group: `A - B` is about
/// effects of A's events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// Confidence level.
    pub level: f64,
    /// The path as the study states it.
    pub path: String,
    /// Indices of the plan's hypotheses, ascending.
    pub members: Vec<usize>,
    /// Decimals of the path: patterns are whole multiples of `10^-digits`.
    digits: i32,
    /// The relative days that changes are reported at.
    days: Vec<i32>,
    /// The patterns' scores at each position, a column a pattern and day.
    scores: ScoreTable,
    /// The patterns' increments on each row of the sample, a column a pattern.
    increments: ScoreTable,
}

/// Cuts between which breakpoints are counted, over all members and of one.
const CUTS: usize = 1 << 18;
const MEMBER_CUTS: usize = 1 << 12;

/// The most cuts of one of so many members.
pub(crate) fn most_cuts(members: usize) -> usize {
    (CUTS / members.max(1)).min(MEMBER_CUTS)
}

/// What intervals are made from.
pub(super) struct Planting<'a> {
    pub test: &'a TestSpec,
    pub groups: &'a [String],
    pub design: &'a NullDesign,
    /// The sample row of each position.
    pub rows: &'a [usize],
    pub sample_rows: usize,
    /// The first sample row that windows may hold.
    pub first_row: usize,
    pub sample: &'a Sample,
    pub observed: &'a [u32],
    pub hypotheses: &'a [Hypothesis],
    /// Names a key of the test.
    pub place: &'a dyn Fn(&str) -> String,
}

/// The path in whole steps, and their decimals.
struct Path {
    first_day: i32,
    digits: i32,
    /// From the first day on; the last one stays.
    levels: Vec<i64>,
}

impl Path {
    fn new(spec: &PathSpec, first_day: i32) -> Option<Self> {
        let PathSpec::Days(days) = spec else {
            return Some(Path {
                first_day: 0,
                digits: 0,
                levels: vec![1],
            });
        };
        match Numbers::from_floats(days) {
            Numbers::Decimal { digits, values } => Some(Path {
                first_day,
                digits,
                levels: values,
            }),
            Numbers::Float(_) => None,
        }
    }

    fn at(&self, relative_day: i64) -> i64 {
        let day = relative_day - i64::from(self.first_day);
        usize::try_from(day).map_or(0, |day| self.levels[day.min(self.levels.len() - 1)])
    }
}

impl Planting<'_> {
    /// The intervals that a study asks for.
    ///
    /// # Errors
    ///
    /// A group that no hypothesis has, or a path that does not fit whole steps.
    pub(super) fn intervals(&self, spec: &IntervalSpec) -> Result<Intervals> {
        let mut known: Vec<String> = self.hypotheses.iter().map(|h| h.group.clone()).collect();
        dedup(&mut known);
        if let Some(unknown) = spec.groups.iter().find(|asked| !known.contains(asked)) {
            let known = || known.iter().map(String::as_str);
            return Err(Error::input(
                (self.place)("interval.groups"),
                format!("no row of the test has `{unknown}`"),
                format!(
                    "{}the rows have {}",
                    did_you_mean(unknown, known()),
                    quoted_list(known())
                ),
            ));
        }
        let asked =
            |h: &usize| spec.groups.is_empty() || spec.groups.contains(&self.hypotheses[*h].group);
        let unfit = |problem: &str| {
            Error::input(
                (self.place)("interval.path"),
                problem,
                "give fewer decimals, such as 0.25, or smaller numbers",
            )
        };
        let path = Path::new(&spec.path, self.test.window[0])
            .ok_or_else(|| unfit("the path has numbers of more than nine decimals"))?;
        let days = self.test.relative_days();
        let (mut scores, mut daily) = (Vec::new(), Vec::new());
        for rows in self.event_rows() {
            let of_row = |row: i64| -> i64 {
                let events = rows.iter();
                events.map(|&event| path.at(row - event as i64)).sum()
            };
            let levels: Vec<i64> = (-1..self.sample_rows as i64).map(of_row).collect();
            let increments = increments(&levels).into_iter().enumerate();
            let known = increments.filter(|&(row, _)| !self.sample.is_after_hole(row));
            daily.push(known.map(|(_, increment)| increment).collect());
            let spans = self.test.changes();
            let windows = Windows {
                rows: self.rows,
                spans: &spans,
                first_row: self.first_row,
                sample_rows: self.sample_rows,
            };
            scores.extend(added_scores(&levels, self.test.measure, &windows));
        }
        let narrow = |columns: Vec<Vec<i64>>| -> Option<Vec<Vec<i32>>> {
            let fits = |cell: &i64| cell.abs() < SCORE_LIMIT;
            let column = |cells: Vec<i64>| {
                let cells = cells.into_iter();
                let cells = cells.map(|cell| fits(&cell).then_some(cell as i32));
                cells.collect()
            };
            columns.into_iter().map(column).collect()
        };
        let (Some(mut scores), Some(daily)) = (narrow(scores), narrow(daily)) else {
            return Err(unfit(
                "the path of so many events leaves the fixed-point range",
            ));
        };
        for cells in &mut scores {
            change_signs(self.design, cells);
        }
        Ok(Intervals {
            level: spec.level,
            path: spec.path.to_string(),
            members: (0..self.hypotheses.len()).filter(asked).collect(),
            digits: path.digits,
            days: days.to_vec(),
            scores: ScoreTable::from_columns(&scores),
            increments: ScoreTable::from_columns(&daily),
        })
    }

    /// Sample rows of the events of each pattern.
    fn event_rows(&self) -> Vec<Vec<usize>> {
        let segments = self.design.segments();
        let rows = |picks: &[u32]| picks.iter().map(|&p| self.rows[p as usize]).collect();
        let groups = segments.iter().map(|s| rows(s.of(self.observed)));
        let mut patterns: Vec<Vec<usize>> = groups.collect();
        if self.groups.len() > 1 {
            patterns.push(patterns.concat());
        }
        patterns
    }
}

impl Intervals {
    /// Whether intervals that were read from a file are those of a plan.
    pub(super) fn is_sound(&self, plan: &Plan) -> bool {
        let patterns = match plan.groups.len() {
            1 => 1,
            groups => groups + 1,
        };
        let rows = plan
            .regression()
            .map(|(_, regression, _)| regression.outcomes().positions());
        self.level > 0.0
            && self.level < 1.0
            && (0..=9).contains(&self.digits)
            && self.members.iter().all(|&h| {
                plan.hypotheses
                    .get(h)
                    .is_some_and(|h| self.days.contains(&h.relative_day) || rows.is_some())
            })
            && self.scores.is_sound()
            && self.scores.columns() == patterns * self.days.len()
            && self.scores.positions() == plan.dates.len()
            && self.increments.is_sound()
            && self.increments.columns() == patterns
            && rows.is_none_or(|rows| rows == self.increments.positions())
    }

    /// The pattern that a contrast's row is about.
    fn pattern(&self, contrast: &Contrast) -> usize {
        let mut raised = contrast.terms.iter().filter(|(_, weight)| *weight > 0);
        match (raised.next(), raised.next()) {
            (Some(&(group, _)), None) => group,
            _ => self.increments.columns() - 1,
        }
    }

    /// The patterns' scores at a relative day, a position each, of a contrast's row.
    pub fn pattern_scores(&self, contrast: &Contrast, relative_day: i32) -> Vec<i64> {
        let column = self.column(contrast, relative_day);
        let positions = 0..self.scores.positions();
        positions
            .map(|position| self.scores.get(position, column).into())
            .collect()
    }

    fn column(&self, contrast: &Contrast, relative_day: i32) -> usize {
        let day = self.days.iter().position(|&day| day == relative_day);
        self.pattern(contrast) * self.days.len() + day.unwrap_or(0)
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
                    Shape::Linear | Shape::Ratio | Shape::Effect => true,
                    Shape::Order => false,
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
            let day = self.hypotheses[h].relative_day;
            let column = intervals.column(&fold.contrasts()[contrast], day);
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
