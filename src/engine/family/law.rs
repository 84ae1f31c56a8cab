//! The null laws of a family's members.

use std::marker::PhantomData;

use super::{STEPS, TIE, Tail};
use crate::engine::{Block, Cells, Sums, Tally, ValueCounts, Visit};
use crate::plan::Standardise;
use crate::plan::{Centre, Family, Hypothesis, Lattice, Plan};
use crate::statistic::{Fold, Offset};

/// Cells of null laws, over all members of a family and of one.
const CELLS: usize = 1 << 21;
const MEMBER_CELLS: usize = 1 << 16;

/// The most cells that a member's null law may take, and, where its lattice is smaller, can.
pub(super) fn most_cells(plan: &Plan, family: &Family) -> impl Iterator<Item = usize> {
    let most = (CELLS / family.members.len()).min(MEMBER_CELLS);
    let members = family.members.iter();
    members.map(move |&h| most.min(plan.hypotheses[h].lattice.span.saturating_add(1) as usize))
}

/// The first pass: sums and values of each member.
pub(super) struct Gathering<'p, W> {
    plan: &'p Plan,
    family: &'p Family,
    /// Draws in which some member has no value.
    pub(super) undefined: u64,
    /// Whether a draw may have no value of some hypothesis.
    may_be_undefined: bool,
    members: Vec<Gathered>,
    of: PhantomData<W>,
}

/// One member's part of it.
struct Gathered {
    /// Draws that have a finite value.
    summed: u64,
    sums: Sums,
    values: ValueCounts,
}

impl Gathered {
    fn add(&mut self, lattice: &Lattice, offsets: impl Iterator<Item = u64> + Clone) {
        for offset in offsets.clone().filter(|&offset| !lattice.is_beyond(offset)) {
            self.summed += 1;
            self.sums.push(offset);
        }
        self.values.extend(offsets);
    }
}

impl<'p, W: Offset> Gathering<'p, W> {
    pub(super) fn new(plan: &'p Plan, family: &'p Family) -> Self {
        let members = most_cells(plan, family).map(|cells| Gathered {
            summed: 0,
            sums: Sums::default(),
            values: ValueCounts::new(cells),
        });
        Gathering {
            plan,
            family,
            undefined: 0,
            may_be_undefined: plan.folds.iter().any(Fold::may_be_undefined),
            members: members.collect(),
            of: PhantomData,
        }
    }

    /// From the sums of a tally of all draws, in which every member has a value, and without values.
    pub(super) fn of_tally(plan: &'p Plan, family: &'p Family, tally: &Tally) -> Self {
        let member = |&h: &usize| {
            let counted = &tally.hypotheses[h];
            Gathered {
                summed: counted.summed(),
                sums: counted.sums,
                values: ValueCounts::new(0),
            }
        };
        Gathering {
            plan,
            family,
            undefined: 0,
            may_be_undefined: false,
            members: family.members.iter().map(member).collect(),
            of: PhantomData,
        }
    }

    /// The members' null laws: those of the draws, and of the observed set unless they hold it.
    pub(super) fn laws(mut self, plan: &Plan, family: &Family) -> Vec<Law> {
        if !plan.draws_hold_observed() {
            for (member, &h) in self.members.iter_mut().zip(&family.members) {
                let lattice = &plan.hypotheses[h].lattice;
                member.add(lattice, std::iter::once(lattice.thresholds[0]));
            }
        }
        let sd = |(member, &h): (&Gathered, &usize)| {
            let floor = plan.hypotheses[h].lattice.floor;
            let (_, variance) = member.sums.moments(member.summed, floor);
            variance.sqrt()
        };
        let spreads: Vec<f64> = self.members.iter().zip(&family.members).map(sd).collect();
        // In the members' common unit.
        let unit = |h: &Hypothesis| h.scale.value(1.0, h.denominator);
        let units = family.members.iter().map(|&h| unit(&plan.hypotheses[h]));
        let common = units.zip(&spreads).map(|(unit, sd)| unit * sd);
        let common = common.fold(0.0, f64::max);
        let members = self.members.into_iter().zip(&family.members).zip(spreads);
        members
            .map(|((member, &h), sd)| {
                let hypothesis = &plan.hypotheses[h];
                let floor = hypothesis.lattice.floor;
                let mean = Centre {
                    numerator: member.sums.total(member.summed, floor),
                    denominator: i128::from(member.summed).max(1),
                    error: 0,
                    from_draws: true,
                };
                let scale = match family.standardise {
                    Standardise::Placebo => sd,
                    Standardise::None => common / unit(hypothesis),
                };
                Law::new(
                    hypothesis,
                    h,
                    member.values.finish(),
                    hypothesis.centre.unwrap_or(mean),
                    family.standardise,
                    // What never varies is never extreme.
                    if sd > 0.0 { scale } else { 0.0 },
                    match plan.origin(h) {
                        Some((fold, ..)) if fold.is_rounded() => TIE as u64,
                        _ => 0,
                    },
                )
            })
            .collect()
    }
}

impl<W: Offset> Visit for Gathering<'_, W> {
    type Word = W;

    fn block(&mut self, _first: u64, block: &Block<'_, W>) {
        let mut defined = vec![true; block.draws()];
        for (member, &h) in self.members.iter_mut().zip(&self.family.members) {
            let offsets = block.offsets(h);
            for (defined, &offset) in defined.iter_mut().zip(offsets) {
                *defined &= !self.may_be_undefined || offset != W::UNDEFINED;
            }
            let may_be_undefined = self.may_be_undefined;
            let has_value = |offset: &W| !may_be_undefined || *offset != W::UNDEFINED;
            let lattice = &self.plan.hypotheses[h].lattice;
            let offsets = offsets.iter().copied().filter(has_value);
            member.add(lattice, offsets.map(Into::into));
        }
        self.undefined += defined.iter().filter(|&&defined| !defined).count() as u64;
    }

    fn merge(&mut self, other: Self) {
        self.undefined += other.undefined;
        for (mine, theirs) in self.members.iter_mut().zip(other.members) {
            mine.summed += theirs.summed;
            mine.sums.add(&theirs.sums);
            mine.values.merge(theirs.values);
        }
    }
}

/// How far out an offset lies, about: `slope x offset + origin`, in steps; without its sign in both tails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) slope: f64,
    pub(super) origin: f64,
    /// The most that it is off.
    pub(super) error: f64,
}

/// The null law of a member, and how extreme a value is under it.
pub(super) struct Law {
    pub(super) hypothesis: usize,
    floor: i64,
    /// The observed offset.
    observed: u64,
    /// The largest offset, where it and 0 are the places of infinity.
    open: Option<u64>,
    centre: Centre,
    /// Whether one-sided values are measured from the centre, or from zero.
    from_centre: bool,
    /// In numerators.
    pub(super) scale: f64,
    /// Values so many steps apart tie: those of regressions, which are rounded to steps.
    tie: u64,
    pub(super) cells: Cells,
    /// By cell, how many values lie at or below it, how many at or above, ties among them.
    lower: Vec<u64>,
    upper: Vec<u64>,
    /// The distances of cells from the centre, descending, with how many values are as far.
    far: Vec<(i128, u64)>,
}

impl Law {
    fn new(
        hypothesis: &Hypothesis,
        h: usize,
        cells: Cells,
        centre: Centre,
        standardise: Standardise,
        scale: f64,
        tie: u64,
    ) -> Self {
        let counts = cells.counts();
        let n: u64 = counts.iter().sum();
        let mut cumulated = vec![0];
        cumulated.extend(counts.iter().scan(0, |sum, &count| {
            *sum += count;
            Some(*sum)
        }));
        let ends: Vec<(u64, u64)> = (0..counts.len()).map(|cell| cells.ends(cell)).collect();
        // Ascending cells: those that count move along with the cell.
        let (mut first, mut after) = (0, 0);
        let tails = ends.iter().map(|&(low, high)| {
            while ends[first].1.saturating_add(tie) < low {
                first += 1;
            }
            while after < ends.len() && ends[after].0 <= high.saturating_add(tie) {
                after += 1;
            }
            (cumulated[after], n - cumulated[first])
        });
        let (lower, upper) = tails.unzip();
        let mut law = Law {
            hypothesis: h,
            floor: hypothesis.lattice.floor,
            observed: hypothesis.lattice.thresholds[0],
            open: Some(hypothesis.lattice.span).filter(|_| hypothesis.lattice.open),
            centre,
            from_centre: standardise == Standardise::Placebo,
            scale,
            tie,
            lower,
            upper,
            far: Vec::new(),
            cells,
        };
        let mut far: Vec<(i128, u64)> = (0..law.cells.counts().len())
            .map(|cell| (law.outer(cell), law.cells.counts()[cell]))
            .collect();
        far.sort_unstable_by_key(|&(distance, _)| std::cmp::Reverse(distance));
        let mut farther = 0;
        for (_, count) in &mut far {
            farther += *count;
            *count = farther;
        }
        law.far = far;
        law
    }

    /// What values are measured from, in numerators.
    pub(super) fn origin(&self, tail: Tail) -> f64 {
        match self.from_centre || tail == Tail::Both {
            true => self.centre.value(),
            false => 0.0,
        }
    }

    /// How far the expectation may lie from the origin of a tail, in numerators.
    pub(super) fn error(&self, tail: Tail) -> f64 {
        match tail {
            Tail::Both => self.centre.error as f64 / self.centre.denominator as f64,
            Tail::Lower | Tail::Upper => 0.0,
        }
    }

    /// The distance of an offset from the centre, in units of the centre's denominator.
    fn deviation(&self, offset: u64) -> i128 {
        let numerator = i128::from(self.floor) + i128::from(offset);
        numerator * self.centre.denominator - self.centre.numerator
    }

    /// The largest distance of a value of a cell.
    fn outer(&self, cell: usize) -> i128 {
        let (low, high) = self.cells.ends(cell);
        let sizes = [low, high].map(|end| self.deviation(end).abs());
        sizes[0].max(sizes[1])
    }

    /// Numerators times the centre's denominator, in steps of the standardised value.
    fn steps(&self, distance: i128) -> i64 {
        let z = distance as f64 / (self.centre.denominator as f64 * self.scale);
        (z * STEPS).round() as i64
    }

    /// How far out an offset lies in a tail, in steps.
    pub(super) fn distance(&self, tail: Tail, offset: u64) -> i64 {
        if self.scale == 0.0 || offset == Block::UNDEFINED {
            return i64::MIN;
        }
        if let Some(top) = self.open.filter(|&top| offset == 0 || offset == top) {
            // Farther than all numbers; the least of all is to have no value.
            return match (tail, offset == top) {
                (Tail::Both, _) | (Tail::Upper, true) | (Tail::Lower, false) => i64::MAX,
                (Tail::Upper, false) | (Tail::Lower, true) => i64::MIN + 1,
            };
        }
        let from_zero =
            |offset: u64| (i128::from(self.floor) + i128::from(offset)) * self.centre.denominator;
        let distance = match self.from_centre || tail == Tail::Both {
            true => self.deviation(offset),
            false => from_zero(offset),
        };
        self.steps(match tail {
            Tail::Both => distance.abs(),
            Tail::Upper => distance,
            Tail::Lower => -distance,
        })
    }

    /// Distances in a tail as a line over offsets, in floats, with the most that these may be off; `None` for a
    /// member that never varies.
    pub(super) fn line(&self, tail: Tail, span: u64) -> Option<Line> {
        if self.scale == 0.0 {
            return None;
        }
        let sign = match tail {
            Tail::Upper | Tail::Both => 1.0,
            Tail::Lower => -1.0,
        };
        let at_zero = match self.from_centre || tail == Tail::Both {
            true => self.deviation(0),
            false => i128::from(self.floor) * self.centre.denominator,
        };
        let slope = sign * STEPS / self.scale;
        let origin = slope * (at_zero as f64 / self.centre.denominator as f64);
        Some(Line {
            slope,
            origin,
            // A float's rounding of each of a handful of operations.
            error: 16.0 * f64::EPSILON * (slope.abs() * span as f64 + origin.abs()),
        })
    }

    /// The same of the observed value, less what ties with it, and so much less as the centre's error
    /// can take from it: the image on its other side carries twice the error.
    pub(super) fn observed_distance(&self, tail: Tail) -> i64 {
        let distance = self.distance(tail, self.observed);
        if self.scale == 0.0 {
            return distance;
        }
        let nearest = match tail {
            Tail::Both if distance < i64::MAX => {
                self.steps(self.deviation(self.observed).abs() - 2 * self.centre.error)
            }
            _ => distance,
        };
        nearest.saturating_sub(TIE).max(i64::MIN + 1)
    }

    /// How small the p-value of an offset is: larger for a smaller one, and least of all for none.
    pub(super) fn rarity(&self, tail: Tail, offset: u64) -> i64 {
        if offset == Block::UNDEFINED {
            return i64::MIN;
        }
        let cell = self.cells.index(offset);
        let rank = match tail {
            Tail::Lower => self.lower[cell],
            Tail::Upper => self.upper[cell],
            Tail::Both => self.as_far_as(self.outer(cell) - self.apart()),
        };
        -(rank as i64)
    }

    /// The same of the observed value: counting all that may be as far as it, where values are counted
    /// together or the centre has an error.
    pub(super) fn observed_rarity(&self, tail: Tail) -> i64 {
        if tail != Tail::Both {
            return self.rarity(tail, self.observed);
        }
        let (low, high) = self.cells.ends(self.cells.index(self.observed));
        let inner = match self.deviation(low) > 0 || self.deviation(high) < 0 {
            true => self.deviation(low).abs().min(self.deviation(high).abs()),
            false => 0,
        };
        -(self.as_far_as(inner - 2 * self.centre.error - self.apart()) as i64)
    }

    /// How far apart distances from the centre tie.
    fn apart(&self) -> i128 {
        i128::from(self.tie) * self.centre.denominator
    }

    /// Values in cells that reach so far from the centre.
    fn as_far_as(&self, distance: i128) -> u64 {
        let cells = self.far.partition_point(|&(reach, _)| reach >= distance);
        cells.checked_sub(1).map_or(0, |last| self.far[last].1)
    }
}
