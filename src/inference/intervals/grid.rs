//! Sets of order statistics, which are not linear in the effect: p at each effect of a grid.

use super::{EffectSet, NO_SLOPE, Passes, thinned};
use crate::engine::{Block, HypothesisTally, Visit, Visitor};
use crate::error::Result;
use crate::inference::confidence_set::Inversion;
use crate::inference::summary::null_summary;
use crate::null::Segment;
use crate::plan::{Hypothesis, Intervals, Lattice, Plan, Scale};
use crate::statistic::{Contrast, Fold, ScoreTable, Shape, Statistic};

/// Effects are tried as far as this many null standard deviations from the observed one, and farther
/// while those at an end are kept.
const REACH: f64 = 8.0;
const FARTHEST: f64 = 64.0;

/// Effects within [`REACH`], at most; a step is the least power of ten of the quantum that leaves no
/// more.
const EFFECTS: f64 = 1024.0;

/// Effects that one pass tries.
const AT_ONCE: usize = 128;

/// A statistic's scores, those of its pattern, and the effects to try.
pub(super) struct Grid<'a> {
    plan: &'a Plan,
    statistic: &'a Statistic,
    hypothesis: &'a Hypothesis,
    /// In steps of the pattern, as is `pattern`.
    scores: Vec<i64>,
    pattern: Vec<i64>,
    /// The groups that the statistic is about, or all events as one.
    labels: Vec<String>,
    segments: Vec<Segment>,
    /// Quanta of a step.
    step: i64,
    /// Value of a quantum.
    scale: Scale,
    /// In steps: the observed effect, and how far on either side.
    centre: i64,
    reach: i64,
    farthest: i64,
}

impl<'a> Grid<'a> {
    /// `None` unless the hypothesis is an order statistic of signed changes; else why it has no set.
    pub(super) fn new(
        plan: &'a Plan,
        intervals: &Intervals,
        hypothesis: usize,
        tally: &HypothesisTally,
    ) -> Option<std::result::Result<Self, &'static str>> {
        let (fold, contrast, column) = plan.origin(hypothesis)?;
        let statistic = fold.statistic();
        if statistic.shape() != Shape::Order || plan.is_absolute(hypothesis) {
            return None;
        }
        let of = &plan.hypotheses[hypothesis];
        let scores = (0..plan.positions).map(|position| {
            let score = statistic.score(position, column).unwrap_or(0);
            i64::from(score) * intervals.unit()
        });
        let segments = |segment: usize| fold.segments()[segment];
        let mut grid = Grid {
            plan,
            statistic,
            hypothesis: of,
            scores: scores.collect(),
            pattern: intervals.pattern_scores(contrast, hypothesis),
            labels: match contrast.terms.as_slice() {
                [_] => vec![contrast.label.clone()],
                terms => terms
                    .iter()
                    .map(|&(group, _)| plan.groups[group].clone())
                    .collect(),
            },
            segments: contrast.terms.iter().map(|&(s, _)| segments(s)).collect(),
            step: 1,
            scale: intervals.scale(of),
            centre: 0,
            reach: 0,
            farthest: 0,
        };
        let pattern: Option<Vec<i32>> = grid
            .pattern
            .iter()
            .map(|&b| i32::try_from(b).ok())
            .collect();
        let fold = grid.fold(&[pattern?]);
        let slope = fold.numerators(&plan.observed)[grid.value(&fold, 0)].unwrap_or(0);
        if slope <= 0 {
            return Some(Err(NO_SLOPE));
        }
        // Effects in quanta.
        let effect = |numerator: f64| numerator * intervals.unit() as f64 / slope as f64;
        let sd = null_summary(of, tally).sd.unwrap_or(0.0) / of.value(1);
        let quanta = |sds: f64| (sds * effect(sd)).ceil().max(REACH);
        while quanta(REACH) * 2.0 / grid.step as f64 > EFFECTS {
            grid.step *= 10;
        }
        let steps = |quanta: f64| (quanta / grid.step as f64).round() as i64;
        grid.centre = steps(effect(of.observed as f64));
        (grid.reach, grid.farthest) = (steps(quanta(REACH)).max(1), steps(quanta(FARTHEST)));
        // Scores with the effect taken out have to fit, as far as effects are tried.
        let largest = |of: &[i64]| of.iter().map(|score| score.abs()).max().unwrap_or(0);
        let room = i64::from(i32::MAX) - largest(&grid.scores);
        let most = room / largest(&grid.pattern).max(1) / grid.step - grid.centre.abs();
        grid.farthest = grid.farthest.min(most);
        if grid.farthest < grid.reach {
            return Some(Err(
                "scores less the effects to try leave the fixed-point range; state a coarser [data] quantum, or a path with fewer decimals",
            ));
        }
        Some(Ok(grid))
    }

    /// The effects of the grid that the test keeps; `None` when it was stopped.
    pub(super) fn set(
        &self,
        test: &Inversion,
        passes: &mut Passes<'_>,
    ) -> Result<Option<EffectSet>> {
        let around = |from: i64, to: i64| self.centre + from..=self.centre + to;
        let (mut low, mut high) = (-self.reach, self.reach);
        let Some(mut p) = self.p(around(low, high).collect(), test, passes)? else {
            return Ok(None);
        };
        while test.keeps_p(p[0]) && low > -self.farthest {
            let next = (low - self.reach).max(-self.farthest);
            let Some(more) = self.p(around(next, low - 1).collect(), test, passes)? else {
                return Ok(None);
            };
            p.splice(0..0, more);
            low = next;
        }
        while test.keeps_p(p[p.len() - 1]) && high < self.farthest {
            let next = (high + self.reach).min(self.farthest);
            let Some(more) = self.p(around(high + 1, next).collect(), test, passes)? else {
                return Ok(None);
            };
            p.extend(more);
            high = next;
        }
        let kept: Vec<bool> = p.iter().map(|&p| test.keeps_p(p)).collect();
        let value = |at: usize| {
            let steps = self.centre + low + at as i64;
            self.scale.value((steps * self.step) as f64, 1)
        };
        let mut parts = Vec::new();
        let mut at = 0;
        for run in kept.chunk_by(|a, b| a == b) {
            let last = at + run.len() - 1;
            if run[0] {
                parts.push([
                    (at > 0).then(|| value(at)),
                    (last + 1 < kept.len()).then(|| value(last)),
                ]);
            }
            at = last + 1;
        }
        let step = self.scale.value(self.step as f64, 1);
        let mut set = EffectSet::of(parts, Some(step));
        if kept[0] || kept[kept.len() - 1] {
            set.reason = Some(format!(
                "effects are tried from {} to {}, and an end is not rejected",
                value(0),
                value(kept.len() - 1)
            ));
        }
        let points = p.into_iter().enumerate().map(|(at, p)| (value(at), p));
        set.p_of_effects = thinned(points.collect());
        Ok(Some(set))
    }

    /// p of each of some effects, given in steps.
    fn p(
        &self,
        effects: Vec<i64>,
        test: &Inversion,
        passes: &mut Passes<'_>,
    ) -> Result<Option<Vec<f64>>> {
        let mut p = Vec::new();
        for effects in effects.chunks(AT_ONCE) {
            let columns: Vec<Vec<i32>> = effects
                .iter()
                .map(|effect| {
                    let scores = self.scores.iter().zip(&self.pattern);
                    let left = scores.map(|(score, pattern)| score - effect * self.step * pattern);
                    left.map(|score| score as i32).collect()
                })
                .collect();
            let (plan, first) = self.plan_of(&columns);
            let mut visitor = Visitor::new(&plan, passes.threads)?;
            let begin = || Tails {
                observed: plan.hypotheses[first..][..effects.len()]
                    .iter()
                    .map(|h| h.lattice.thresholds[0])
                    .collect(),
                first,
                draws: 0,
                tails: vec![(0, 0); effects.len()],
            };
            let Some(counted) = passes.visit(&mut visitor, begin) else {
                return Ok(None);
            };
            let tails = counted.tails.iter();
            p.extend(tails.map(|&tails| test.p(tails, counted.draws)));
        }
        Ok(Some(p))
    }

    /// The plan of the statistic of some score columns, and where the grid's contrast begins among its
    /// hypotheses.
    fn plan_of(&self, columns: &[Vec<i32>]) -> (Plan, usize) {
        let fold = self.fold(columns);
        // No sum of all picked scores, each twice, leaves these.
        let bounds = |contrast: &Contrast| {
            let picks = |&(s, weight): &(usize, i64)| weight.abs() * fold.segments()[s].len as i64;
            let reach = contrast.terms.iter().map(picks).sum::<i64>() << 32;
            (-reach, reach)
        };
        let first = self.value(&fold, 0);
        let observed = fold.numerators(&self.plan.observed).into_iter().flatten();
        let hypotheses = observed.enumerate().map(|(value, observed)| Hypothesis {
            observed,
            centre: None,
            void: None,
            mirror: None,
            lattice: Lattice::new(
                bounds(&fold.contrasts()[value / fold.columns()]),
                0.0,
                0.0,
                observed,
            ),
            ..self.hypothesis.clone()
        });
        let plan = Plan {
            hypotheses: hypotheses.collect(),
            folds: vec![fold.clone()],
            family: None,
            intervals: None,
            ..self.plan.clone()
        };
        (plan, first)
    }

    fn fold(&self, columns: &[Vec<i32>]) -> Fold {
        let of_columns = self.statistic.over(&ScoreTable::from_columns(columns));
        let of_columns = of_columns.expect("order statistics are made from scores");
        Fold::new(of_columns, &self.labels, &self.segments)
    }

    /// The value of a column in the grid's own contrast, the last one of those that its groups make.
    fn value(&self, fold: &Fold, column: usize) -> usize {
        (fold.contrasts().len() - 1) * fold.columns() + column
    }
}

/// Draws in the upper and the lower tail of each effect.
struct Tails {
    observed: Vec<u64>,
    /// The first effect's hypothesis.
    first: usize,
    draws: u64,
    tails: Vec<(u64, u64)>,
}

impl Visit for Tails {
    type Word = u64;

    fn block(&mut self, _first: u64, block: &Block<'_>) {
        self.draws += block.draws() as u64;
        for (effect, (tails, observed)) in self.tails.iter_mut().zip(&self.observed).enumerate() {
            for offset in block.offsets(self.first + effect) {
                tails.0 += u64::from(offset >= observed);
                tails.1 += u64::from(offset <= observed);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.draws += other.draws;
        for (mine, theirs) in self.tails.iter_mut().zip(other.tails) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
    }
}
