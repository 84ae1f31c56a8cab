//! Confidence sets for effects, from passes over the draws that the p-values count.
//!
//! A linear statistic's set is exact: see [`super::confidence_set`]. A median is not linear in the
//! effect; its p-value is counted anew at each effect of a grid. Both always on the CPU, so that sets
//! are the same wherever the draws were tallied.

mod grid;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::confidence_set::{Breakpoints, Fraction, Inversion, Kept, Numerators};
use crate::engine::{Block, Progress, Schedule, Tally, Visit, Visitor};
use crate::error::Result;
use crate::plan::{Pair, Paired, Plan, most_cuts};
use grid::Grid;

/// Breakpoints that the second pass keeps, over all members.
const KEPT: usize = 1 << 21;

/// The effects that a test does not reject, in the reported unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectSet {
    /// Separate closed intervals in order, an infinite end being `None`; `None` where there is no set.
    pub parts: Option<Vec<[Option<f64>; 2]>>,
    /// The step of the grid on which effects were tried; `None` where the set is exact.
    pub step: Option<f64>,
    /// Why there is no set, or what else to know about it.
    pub reason: Option<String>,
    /// Some effects, ascending, and p of each: the p-value function.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub p_of_effects: Vec<(f64, f64)>,
}

/// Effects of a p-value function that are kept, about.
const EFFECTS_KEPT: usize = 400;

/// About so many points, evenly among them, the first and the last too.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(EFFECTS_KEPT).max(1);
    let last = points.len().saturating_sub(1);
    let points = points.into_iter().enumerate();
    let kept = points.filter(|(i, _)| i % every == 0 || *i == last);
    kept.map(|(_, point)| point).collect()
}

impl EffectSet {
    fn none(reason: impl Into<String>) -> Self {
        EffectSet {
            parts: None,
            step: None,
            reason: Some(reason.into()),
            p_of_effects: Vec::new(),
        }
    }

    fn of(parts: Vec<[Option<f64>; 2]>, step: Option<f64>) -> Self {
        let ends = (parts.first(), parts.last());
        let reason = match ends {
            (Some([None, _]), Some([_, None])) => Some("no effect is rejected at either end"),
            (Some([None, _]), _) => Some("no low effect is rejected"),
            (_, Some([_, None])) => Some("no high effect is rejected"),
            (None, None) => Some("every effect is rejected"),
            _ => None,
        };
        EffectSet {
            parts: Some(parts),
            step,
            reason: reason.map(Into::into),
            p_of_effects: Vec::new(),
        }
    }

    /// The smallest interval that holds the set; an infinite end is `None`, as are both of no set and
    /// of an empty one.
    pub fn hull(&self) -> [Option<f64>; 2] {
        let parts = self.parts.as_deref().unwrap_or_default();
        [
            parts.first().and_then(|part| part[0]),
            parts.last().and_then(|part| part[1]),
        ]
    }
}

/// How passes over a plan's draws are made.
struct Passes<'a> {
    range: Range<u64>,
    threads: Option<usize>,
    schedule: Schedule,
    /// Draws done by the passes before.
    done: u64,
    progress: &'a mut Progress<'a>,
}

impl Passes<'_> {
    /// One visit to all draws; `None` when it was stopped.
    fn visit<V: Visit>(&mut self, visitor: &mut Visitor<'_>, begin: impl Fn() -> V) -> Option<V> {
        let draws = self.range.end - self.range.start;
        let (range, before) = (self.range.clone(), self.done);
        let mut go_on = true;
        let (visit, seen) = visitor.run(range, self.schedule, begin, &mut |done| {
            go_on = (self.progress)(before + done);
            go_on
        });
        self.done += seen;
        (go_on && seen == draws).then_some(visit)
    }
}

/// The confidence sets of a plan's intervals, one a member, from all its draws, `range`, that `tally`
/// counts. `progress` is told the draws done in all passes together; `None` when it says to stop, and
/// for a plan without intervals.
///
/// # Errors
///
/// The system cannot start the threads.
pub fn effect_sets<'a>(
    plan: &Plan,
    tally: &Tally,
    range: Range<u64>,
    threads: Option<usize>,
    schedule: Schedule,
    progress: &'a mut Progress<'a>,
) -> Result<Option<Vec<EffectSet>>> {
    let Some(intervals) = &plan.intervals else {
        return Ok(None);
    };
    let test = Inversion {
        convention: plan.convention,
        added: u64::from(!plan.draws_hold_observed()),
        alpha: 1.0 - intervals.level,
    };
    let mut passes = Passes {
        range,
        threads,
        schedule,
        done: 0,
        progress,
    };
    let mut sets: Vec<EffectSet> = intervals
        .members
        .iter()
        .map(|&h| EffectSet::none(no_set(plan, h)))
        .collect();
    if let Some(paired) = plan.paired().filter(|paired| !paired.pairs.is_empty()) {
        let Some(linear) = linear_sets(&paired, &test, &mut passes)? else {
            return Ok(None);
        };
        for (pair, set) in paired.pairs.iter().zip(linear) {
            sets[pair.member] = set;
        }
    }
    for (set, &h) in sets.iter_mut().zip(&intervals.members) {
        let Some(grid) = Grid::new(plan, intervals, h, &tally.hypotheses[h]) else {
            continue;
        };
        match grid {
            Err(reason) => *set = EffectSet::none(reason),
            Ok(grid) => match grid.set(&test, &mut passes)? {
                Some(found) => *set = found,
                None => return Ok(None),
            },
        }
    }
    Ok(Some(sets))
}

/// Why a statistic has no set that could be found.
fn no_set(plan: &Plan, hypothesis: usize) -> &'static str {
    if plan.is_absolute(hypothesis) {
        "an effect does not shift the size of a change by a known amount"
    } else if plan.is_studentised(hypothesis) {
        "an effect changes the standard error, too, and the ratio is not linear in it"
    } else {
        "the pattern's regression has no value"
    }
}

const NO_SLOPE: &str =
    "the path does not raise this statistic of the observed events, so that it tells no effect";

/// The sets of linear statistics, a pair each.
fn linear_sets(
    paired: &Paired,
    test: &Inversion,
    passes: &mut Passes<'_>,
) -> Result<Option<Vec<EffectSet>>> {
    let Paired { plan, pairs } = paired;
    let observed = |pair: &Pair| {
        let numerator = |h: usize| plan.hypotheses[h].observed;
        (numerator(pair.series), numerator(pair.pattern))
    };
    let raised: Vec<Pair> = pairs
        .iter()
        .copied()
        .filter(|pair| observed(pair).1 > 0)
        .collect();
    let some = pilot(plan, most_cuts(raised.len()));
    let empty: Vec<Breakpoints> = raised
        .iter()
        .map(|pair| {
            let draws = some.iter();
            let draws = draws.filter_map(|draw| Some((draw[pair.series]?, draw[pair.pattern]?)));
            Breakpoints::new(observed(pair), draws)
        })
        .collect();
    let mut visitor = Visitor::new(plan, passes.threads)?;
    let reader = Reader {
        plan,
        pairs: &raised,
    };
    let begin = || Counting {
        reader,
        breakpoints: empty.clone(),
    };
    let Some(counted) = passes.visit(&mut visitor, begin) else {
        return Ok(None);
    };
    let mut breakpoints = counted.breakpoints;
    let cells: Vec<Vec<usize>> = breakpoints.iter().map(|of| of.unclear(test)).collect();
    let open = cells.iter().filter(|cells| !cells.is_empty()).count();
    let mut found: Vec<Option<Kept>> = vec![None; raised.len()];
    if open > 0 {
        let begin = || Keeping {
            reader,
            breakpoints: &breakpoints,
            kept: cells
                .iter()
                .map(|cells| Kept::new(cells.clone(), KEPT / open))
                .collect(),
        };
        let Some(keeping) = passes.visit(&mut visitor, begin) else {
            return Ok(None);
        };
        found = keeping.kept.into_iter().map(Kept::finish).collect();
    }
    for (breakpoints, found) in breakpoints.iter_mut().zip(found) {
        if let Some(found) = found {
            breakpoints.resolve(found);
        }
    }
    let mut sets = breakpoints.iter().zip(&raised).map(|(breakpoints, pair)| {
        let value = |end: Fraction| {
            pair.scale
                .value(end.numerator() as f64, end.denominator() as u64)
        };
        match breakpoints.set(test) {
            None => EffectSet::none(format!(
                "more than {} different effects at which p changes lie near the set's ends; take fewer draws, or name fewer rows in `interval`",
                KEPT / open
            )),
            Some(parts) => {
                let ends = parts.iter().map(|part| [part.low, part.high]);
                let points = breakpoints.p_at_cuts(test).into_iter();
                EffectSet {
                    p_of_effects: thinned(points.map(|(effect, p)| (value(effect), p)).collect()),
                    ..EffectSet::of(ends.map(|ends| ends.map(|end| end.map(value))).collect(), None)
                }
            }
        }
    });
    let of_pair = |pair: &Pair| match observed(pair).1 > 0 {
        true => sets.next().unwrap_or_else(|| EffectSet::none(NO_SLOPE)),
        false => EffectSet::none(NO_SLOPE),
    };
    Ok(Some(pairs.iter().map(of_pair).collect()))
}

/// The numerators of at most `most` draws that show the null law roughly.
fn pilot(plan: &Plan, most: usize) -> Vec<Vec<Option<i64>>> {
    let (picks, made) = plan.design.pilot(most);
    let values = |draw: usize| {
        let folds = plan.folds.iter();
        folds
            .flat_map(|fold| fold.numerators(picks.row(draw)))
            .collect()
    };
    (0..made).map(values).collect()
}

/// Reads the pairs of numerators out of a block.
#[derive(Clone, Copy)]
struct Reader<'a> {
    plan: &'a Plan,
    pairs: &'a [Pair],
}

impl Reader<'_> {
    /// Calls `take(pair, numerators)` for all draws that have both.
    fn each(&self, block: &Block<'_>, mut take: impl FnMut(usize, Numerators)) {
        for (at, pair) in self.pairs.iter().enumerate() {
            let floor = |h: usize| self.plan.hypotheses[h].lattice.floor;
            let floors = (floor(pair.series), floor(pair.pattern));
            let series = block.offsets(pair.series);
            for (&a, &b) in series.iter().zip(block.offsets(pair.pattern)) {
                if a != Block::UNDEFINED && b != Block::UNDEFINED {
                    take(at, (floors.0 + a as i64, floors.1 + b as i64));
                }
            }
        }
    }
}

/// The first pass: breakpoints by cuts and cells.
struct Counting<'a> {
    reader: Reader<'a>,
    breakpoints: Vec<Breakpoints>,
}

impl Visit for Counting<'_> {
    type Word = u64;

    fn block(&mut self, _first: u64, block: &Block<'_>) {
        let breakpoints = &mut self.breakpoints;
        self.reader
            .each(block, |at, draw| breakpoints[at].add(draw));
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.breakpoints.iter_mut().zip(&other.breakpoints) {
            mine.merge(theirs);
        }
    }
}

/// The second pass: the breakpoints of some cells.
struct Keeping<'a> {
    reader: Reader<'a>,
    breakpoints: &'a [Breakpoints],
    kept: Vec<Kept>,
}

impl Visit for Keeping<'_> {
    type Word = u64;

    fn block(&mut self, _first: u64, block: &Block<'_>) {
        let (breakpoints, kept) = (self.breakpoints, &mut self.kept);
        self.reader
            .each(block, |at, draw| kept[at].add(&breakpoints[at], draw));
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.kept.iter_mut().zip(other.kept) {
            mine.merge(theirs);
        }
    }
}
