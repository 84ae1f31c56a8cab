//! One null design, one pool, one event set, and all that is asked of it.

use std::ops::Range;
use std::sync::Arc;

use super::fixed_point::{Scale, simplest_near};
use super::lattice::BINS;
use super::{Centre, Convention, Family, Image, Intervals, Lattice, Mirror, Remade};
use crate::null::{Moves, NullDesign, Picks, Stretch};
use crate::statistic::{Contrast, Fold, Of, Regression, Shape};

/// The most hypotheses of which tallies keep histograms.
pub const MAX_HISTOGRAMS: usize = 1 << 12;

/// Everything an engine needs to run draws, in integers. It knows no device and no file.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Seed of the generator.
    pub seed: u64,
    /// How a draw picks positions.
    pub design: NullDesign,
    /// What a draw makes the series from, where the design makes it anew instead of picking other positions.
    pub remade: Option<Arc<Remade>>,
    /// The statistics; their values, one after another, are the hypotheses.
    pub folds: Vec<Fold>,
    /// One a value of a draw, in the order of the folds' values.
    pub hypotheses: Vec<Hypothesis>,
    /// The hypotheses whose p-values are adjusted for each other, if any are.
    pub family: Option<Family>,
    /// Whose effects get confidence sets, if any do.
    pub intervals: Option<Intervals>,
    /// Positions: those that draws pick from, then those of observed events outside the pool.
    pub positions: usize,
    /// Group names, in the order of the design's segments.
    pub groups: Vec<String>,
    /// The observed picks, in the order of a draw's; they may repeat a position.
    pub observed: Vec<u32>,
    /// Whether the observed set is one of the admissible ones.
    pub admissible: bool,
    /// Which p-value is reported as `p`.
    pub convention: Convention,
}

/// One number asked for: its observed value and its lattice.
#[derive(Debug, Clone, PartialEq)]
pub struct Hypothesis {
    /// What a numerator is worth in the reported unit.
    pub scale: Scale,
    /// Denominator of the numerators.
    pub denominator: u64,
    /// What its statistic is about.
    pub of: Of,
    /// Whether numerators are ratios rounded to it: each stands for the simplest fraction near it.
    pub ratio: bool,
    /// The observed numerator, from the same code as every draw's.
    pub observed: i64,
    /// Why the observed set has no value; then `observed` means nothing, and what draws come to is not
    /// looked at.
    pub void: Option<String>,
    /// The null's expectation, where it is known or draws gave it.
    pub centre: Option<Centre>,
    /// For a symmetric p-value, what it counts on the other side of the expectation; `None` until that
    /// is known.
    pub mirror: Option<Mirror>,
    /// How draws are tallied.
    pub lattice: Lattice,
}

impl Hypothesis {
    /// A numerator in the reported unit.
    pub fn value(&self, numerator: i64) -> f64 {
        if self.is_infinite(numerator) {
            return f64::INFINITY.copysign(numerator as f64);
        }
        let (numerator, denominator) = self.fraction(numerator);
        self.scale.value(numerator as f64, denominator)
    }

    /// The observed value in the reported unit; none where there is none, and where it is infinite.
    pub fn observed_value(&self) -> Option<f64> {
        let value = Some(self.value(self.observed)).filter(|value| value.is_finite());
        value.filter(|_| self.void.is_none())
    }

    /// Why there is no [`Hypothesis::observed_value`].
    pub fn observed_reason(&self) -> Option<String> {
        let infinite = self.is_infinite(self.observed);
        self.void.clone().or_else(|| infinite.then(|| {
            let sign = if self.observed > 0 { "" } else { "minus " };
            format!("{sign}infinite: the effect is not zero, and its standard error is; only other infinite ratios tie with it")
        }))
    }

    /// Whether a numerator is one of the infinities.
    pub fn is_infinite(&self, numerator: i64) -> bool {
        let offset = self.lattice.offset(numerator).filter(|_| self.lattice.open);
        offset.is_some_and(|offset| self.lattice.is_infinite(offset))
    }

    /// The fraction of scores that a numerator stands for.
    pub fn fraction(&self, numerator: i64) -> (i64, u64) {
        match self.ratio {
            true => simplest_near(numerator, self.denominator),
            false => (numerator, self.denominator),
        }
    }

    /// Says where the null's expectation lies; `symmetric`: what the symmetric p-value counts about it
    /// is counted, too.
    pub(crate) fn centre_on(&mut self, centre: Centre, symmetric: bool) {
        self.centre = Some(centre);
        if symmetric {
            let mut mirror = Mirror::of(self.observed, centre);
            if self.is_infinite(self.observed) {
                // Whatever the centre, only the other infinity lies as far.
                let other = match self.observed == self.lattice.floor {
                    true => Image::AtOrAbove(self.lattice.numerator(self.lattice.span)),
                    false => Image::AtOrBelow(self.lattice.floor),
                };
                mirror = Mirror {
                    counts: other,
                    surely: None,
                };
            }
            self.lattice.set_mirror(mirror);
            self.mirror = Some(mirror);
        }
    }
}

/// One draw, replayed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// Picked positions, a group a list; nobody's slots left out.
    pub groups: Vec<Vec<u32>>,
    /// What its series is made from, where the design makes it anew.
    pub stretches: Option<Vec<Stretch>>,
    /// Numerators, one a hypothesis; `None` where the draw has no value.
    pub numerators: Vec<Option<i64>>,
}

impl Plan {
    /// Hypotheses of each fold, as index ranges.
    pub fn fold_ranges(&self) -> impl Iterator<Item = (&Fold, Range<usize>)> {
        self.folds.iter().scan(0, |start, fold| {
            let range = *start..*start + fold.values();
            *start = range.end;
            Some((fold, range))
        })
    }

    /// Bins of a tally's histograms: of so many hypotheses that histograms would fill the memory one alone,
    /// which counts the draws.
    pub fn bins(&self) -> usize {
        match self.hypotheses.len() <= MAX_HISTOGRAMS {
            true => BINS,
            false => 1,
        }
    }

    /// The fold, the contrast and the score column behind a hypothesis.
    pub fn origin(&self, hypothesis: usize) -> Option<(&Fold, &Contrast, usize)> {
        self.fold_ranges()
            .find(|(_, range)| range.contains(&hypothesis))
            .map(|(fold, range)| {
                let value = hypothesis - range.start;
                (
                    fold,
                    &fold.contrasts()[value / fold.columns()],
                    value % fold.columns(),
                )
            })
    }

    /// The overlap regression of the plan, with its fold and the indices of its hypotheses; a plan has
    /// at most one.
    pub fn regression(&self) -> Option<(&Fold, &Regression, std::ops::Range<usize>)> {
        self.fold_ranges()
            .find_map(|(fold, range)| Some((fold, fold.statistic().regression()?, range)))
    }

    /// Whether a hypothesis' values are ratios to their standard errors.
    pub fn is_studentised(&self, hypothesis: usize) -> bool {
        self.origin(hypothesis)
            .and_then(|(fold, _, column)| Some((fold.statistic().regression()?, column)))
            .is_some_and(|(regression, column)| regression.columns()[column].studentised)
    }

    /// The groups, by number, whose units a hypothesis rests on: all of them in a regression, which
    /// estimates them together.
    pub fn groups_of(&self, hypothesis: usize) -> Vec<usize> {
        let groups = 0..self.groups.len();
        match self.origin(hypothesis) {
            Some((fold, contrast, _)) if fold.statistic().shape() != Shape::Effect => {
                // Segments past the groups hold all units.
                let named = |g: &usize| {
                    let mut terms = contrast.terms.iter();
                    terms.any(|&(s, _)| s == *g || s >= groups.end)
                };
                groups.clone().filter(named).collect()
            }
            _ => groups.collect(),
        }
    }

    /// Units, such as events, that a hypothesis rests on.
    pub fn units_of(&self, hypothesis: usize) -> u64 {
        let groups = self.groups_of(hypothesis).into_iter();
        let units: usize = groups
            .map(|g| self.design.segments()[g].of(&self.observed).len())
            .sum();
        units as u64
    }

    /// Whether the observed set is the only admissible one.
    pub fn is_alone(&self) -> bool {
        self.admissible && self.design.admissible_sets().1 == Some(1)
    }

    /// Whether no set can give another value of a hypothesis than the observed one: of a constant series,
    /// or of all events together where only their labels are dealt.
    pub fn is_fixed(&self, hypothesis: usize) -> bool {
        let dealt = self.design.moves() == Moves::Labels;
        let fixed = match self.origin(hypothesis) {
            Some((fold, contrast, column)) => match fold.statistic().regression() {
                Some(regression) => regression
                    .level(regression.columns()[column].series)
                    .is_some(),
                None => {
                    let terms = &contrast.terms;
                    let picks: usize = terms.iter().map(|&(s, _)| fold.segments()[s].len).sum();
                    // Of all picks together, unless it is about how they stand beside each other.
                    let pools = match fold.statistic().shape() {
                        Shape::Linear | Shape::Ratio | Shape::Order | Shape::Effect => true,
                        Shape::Weighted | Shape::Between => false,
                    };
                    dealt
                        && pools
                        && terms.iter().all(|term| term.1 == terms[0].1)
                        && picks == self.design.picks()
                }
            },
            None => false,
        };
        fixed || self.hypotheses[hypothesis].lattice.span == 0
    }

    /// The slots of the observed picks that hold an event.
    pub fn event_slots(&self) -> impl Iterator<Item = usize> {
        let slots = self.observed.iter().enumerate();
        slots.filter_map(|(slot, &position)| (position != Picks::NOBODY).then_some(slot))
    }

    /// Draws of a run that asks for `asked`: these, or all there are of a design that makes each of
    /// its sets once.
    pub fn draws(&self, asked: u64) -> u64 {
        self.design.enumeration().unwrap_or(asked)
    }

    /// Whether a full run's draws hold the observed set: it is one of those that are each made once.
    pub fn draws_hold_observed(&self) -> bool {
        self.design.enumeration().is_some() && self.admissible
    }

    /// The part of this plan's draws that the range `range` of `asked` draws stands for: an
    /// enumeration is cut at its end, and its last part goes with the last draws asked for.
    pub fn part(&self, range: &Range<u64>, asked: u64) -> Range<u64> {
        let draws = self.draws(asked);
        let at = |draw: u64| {
            if draw >= asked {
                draws
            } else {
                draw.min(draws)
            }
        };
        at(range.start)..at(range.end)
    }

    /// Whether a symmetric p-value still lacks a null expectation, which the draws must give first.
    pub fn lacks_centre(&self) -> bool {
        self.convention == Convention::Symmetric
            && self.hypotheses.iter().any(|h| h.mirror.is_none())
    }

    /// The same as if the admissible set `picks` were the observed one; symmetric p-values lose a null
    /// expectation that draws gave. `None` where it has no value.
    pub fn as_if_observed(&self, picks: &[u32]) -> Option<Plan> {
        let mut plan = self.clone();
        let symmetric = self.convention == Convention::Symmetric;
        let numerators = self.folds.iter().flat_map(|fold| fold.numerators(picks));
        for (hypothesis, numerator) in plan.hypotheses.iter_mut().zip(numerators) {
            if hypothesis.void.is_some() {
                continue;
            }
            hypothesis.observed = numerator?;
            hypothesis.lattice.thresholds = vec![hypothesis.lattice.offset(numerator?)?];
            hypothesis.mirror = None;
            match hypothesis.centre {
                Some(centre) if !centre.from_draws => hypothesis.centre_on(centre, symmetric),
                _ => hypothesis.centre = None,
            }
        }
        plan.observed = picks.to_vec();
        Some(plan)
    }

    /// Replays draw `index`: the picks and values that every engine counts for it.
    pub fn draw(&self, index: u64) -> Draw {
        let mut picks = Picks::new(1, self.design.picks());
        self.design.sampler().fill(self.seed, index, 1, &mut picks);
        let row = picks.row(0);
        Draw {
            groups: self
                .design
                .segments()
                .iter()
                .map(|segment| segment.of(row).to_vec())
                .collect(),
            stretches: self.design.remakes().map(|of| {
                let mut stretches = Vec::new();
                of.fill(self.seed, index, &mut stretches);
                stretches
            }),
            numerators: self.numerators(&[index], row),
        }
    }

    /// The numerators of a draw, whose picks are there.
    fn numerators(&self, draw: &[u64; 1], picks: &[u32]) -> Vec<Option<i64>> {
        match &self.remade {
            Some(of) => of.numerators(&self.folds, &self.design, picks, (self.seed, draw)),
            None => {
                let folds = self.folds.iter();
                folds.flat_map(|fold| fold.numerators(picks)).collect()
            }
        }
    }
}
