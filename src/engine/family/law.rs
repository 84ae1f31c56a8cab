//! The null laws of a family's members.

use super::{STEPS, defined};
use crate::engine::{Block, Cells, ValueCounts, Visit, moments};
use crate::plan::{Family, Hypothesis, Plan};
use crate::study::{Convention, Standardise};

/// Bits of an offset that enter the moments, the highest of its range: 128 bits hold the squares of
/// `2^46` draws.
const MOMENT_BITS: u32 = 40;

/// Cells of null laws, over all members of a family and of one.
const CELLS: usize = 1 << 21;
const MEMBER_CELLS: usize = 1 << 16;

/// The most cells that a member's null law may take, and, where its lattice is smaller, can.
pub(super) fn most_cells(plan: &Plan, family: &Family) -> impl Iterator<Item = usize> {
    let most = (CELLS / family.members.len()).min(MEMBER_CELLS);
    let members = family.members.iter();
    members.map(move |&h| most.min(plan.hypotheses[h].lattice.span.saturating_add(1) as usize))
}

/// The first pass: moments and values of each member.
pub(super) struct Gathering<'p> {
    family: &'p Family,
    /// Draws in which every member has a value.
    pub(super) draws: u64,
    /// Draws in which some member has none.
    pub(super) undefined: u64,
    members: Vec<Gathered>,
}

/// One member's part of it.
struct Gathered {
    /// An offset enters the moments as `offset >> shift`.
    shift: u32,
    sum: u128,
    sum_of_squares: u128,
    values: ValueCounts,
}

impl Gathered {
    fn new(hypothesis: &Hypothesis, cells: usize) -> Self {
        let bits = u64::BITS - hypothesis.lattice.span.leading_zeros();
        Gathered {
            shift: bits.saturating_sub(MOMENT_BITS),
            sum: 0,
            sum_of_squares: 0,
            values: ValueCounts::new(cells),
        }
    }

    fn add(&mut self, offsets: impl Iterator<Item = u64> + Clone) {
        for offset in offsets.clone() {
            let digit = u128::from(offset >> self.shift);
            self.sum += digit;
            self.sum_of_squares += digit * digit;
        }
        self.values.extend(offsets);
    }

    /// Twice the sum of the offsets; a digit stands for its middle.
    fn twice_sum(&self, n: u64) -> i128 {
        ((self.sum as i128) << (self.shift + 1)) + i128::from(n) * ((1 << self.shift) - 1)
    }

    /// Mean of the offsets, and their standard deviation.
    fn moments(&self, n: u64) -> (f64, f64) {
        let (mean, variance) = moments(n, self.sum, self.sum_of_squares);
        let digit = (1u64 << self.shift) as f64;
        (mean * digit + (digit - 1.0) / 2.0, variance.sqrt() * digit)
    }
}

impl<'p> Gathering<'p> {
    pub(super) fn new(plan: &'p Plan, family: &'p Family) -> Self {
        let members = family.members.iter().zip(most_cells(plan, family));
        Gathering {
            family,
            draws: 0,
            undefined: 0,
            members: members
                .map(|(&h, cells)| Gathered::new(&plan.hypotheses[h], cells))
                .collect(),
        }
    }

    /// The members' null laws: those of the draws, and of the observed set unless they hold it.
    pub(super) fn laws(mut self, plan: &Plan, family: &Family) -> Vec<Law> {
        let mut n = self.draws;
        if !plan.draws_hold_observed() {
            n += 1;
            for (member, &h) in self.members.iter_mut().zip(&family.members) {
                member.add(std::iter::once(plan.hypotheses[h].lattice.thresholds[0]));
            }
        }
        let moments: Vec<(f64, f64)> = self.members.iter().map(|m| m.moments(n)).collect();
        // In the members' common unit.
        let unit = |h: usize| {
            plan.hypotheses[h]
                .scale
                .value(1.0, plan.hypotheses[h].denominator)
        };
        let common = family
            .members
            .iter()
            .zip(&moments)
            .map(|(&h, (_, sd))| unit(h) * sd);
        let common = common.fold(0.0, f64::max);
        let convention = plan.facts.convention;
        let members = self.members.into_iter().zip(&family.members).zip(moments);
        members
            .map(|((member, &h), (mean, sd))| {
                let lattice = &plan.hypotheses[h].lattice;
                let twice_sum = member.twice_sum(n);
                let cells = member.values.finish();
                let (centre, scale) = match family.standardise {
                    Standardise::Placebo => (lattice.floor as f64 + mean, sd),
                    Standardise::None => (0.0, common / unit(h)),
                };
                Law {
                    hypothesis: h,
                    floor: lattice.floor,
                    observed: lattice.thresholds[0],
                    convention,
                    centre,
                    // What never varies is never extreme.
                    scale: if sd > 0.0 { scale } else { 0.0 },
                    ranks: ranks(&cells, convention, twice_sum, n),
                    cells,
                }
            })
            .collect()
    }
}

impl Visit for Gathering<'_> {
    fn block(&mut self, _first: u64, block: &Block<'_>) {
        let defined = defined(block, self.family.members.iter().copied());
        self.draws += defined.len() as u64;
        self.undefined += (block.draws() - defined.len()) as u64;
        for (member, &h) in self.members.iter_mut().zip(&self.family.members) {
            let offsets = block.offsets(h);
            member.add(defined.iter().map(|&draw| offsets[draw]));
        }
    }

    fn merge(&mut self, other: Self) {
        self.draws += other.draws;
        self.undefined += other.undefined;
        for (mine, theirs) in self.members.iter_mut().zip(other.members) {
            mine.sum += theirs.sum;
            mine.sum_of_squares += theirs.sum_of_squares;
            mine.values.merge(theirs.values);
        }
    }
}

/// Of `n` values in cells, how many are at least as extreme as those of each cell, ties counted: the
/// numerators of their p-values. Symmetric ones are about the values' mean, known to [`MOMENT_BITS`].
fn ranks(cells: &Cells, convention: Convention, twice_sum: i128, n: u64) -> Vec<u64> {
    let counts = cells.counts();
    let mut below = 0;
    let tails = counts.iter().map(|&count| {
        below += count;
        (below, n - (below - count))
    });
    match convention {
        Convention::Lower => tails.map(|(lower, _)| lower).collect(),
        Convention::Upper => tails.map(|(_, upper)| upper).collect(),
        Convention::EqualTailed => tails
            .map(|(lower, upper)| (2 * lower.min(upper)).min(n))
            .collect(),
        Convention::Symmetric => {
            // Of a cell's middle, times 2 n.
            let distance = |cell: usize| {
                let (low, high) = cells.ends(cell);
                let twice = i128::from(low) + i128::from(high);
                (i128::from(n) * twice - twice_sum).unsigned_abs()
            };
            let mut order: Vec<usize> = (0..counts.len()).collect();
            order.sort_by_key(|&cell| std::cmp::Reverse(distance(cell)));
            let mut ranks = vec![0; counts.len()];
            let mut farther = 0;
            for tied in order.chunk_by(|&a, &b| distance(a) == distance(b)) {
                farther += tied.iter().map(|&cell| counts[cell]).sum::<u64>();
                tied.iter().for_each(|&cell| ranks[cell] = farther);
            }
            ranks
        }
    }
}

/// The null law of a member, and how extreme a value is under it.
pub(super) struct Law {
    pub(super) hypothesis: usize,
    floor: i64,
    /// The observed offset.
    pub(super) observed: u64,
    convention: Convention,
    /// In numerators.
    pub(super) centre: f64,
    pub(super) scale: f64,
    pub(super) cells: Cells,
    /// A value's p-value, by its cell, times the number of values.
    ranks: Vec<u64>,
}

impl Law {
    /// How far out an offset lies in the direction of the convention, in steps.
    pub(super) fn distance(&self, offset: u64) -> i64 {
        if self.scale == 0.0 {
            return i64::MIN;
        }
        let z = ((self.floor + offset as i64) as f64 - self.centre) / self.scale;
        let z = match self.convention {
            Convention::EqualTailed | Convention::Symmetric => z.abs(),
            Convention::Upper => z,
            Convention::Lower => -z,
        };
        (z * STEPS).round() as i64
    }

    /// How small the p-value of an offset is: larger for a smaller one.
    pub(super) fn rarity(&self, offset: u64) -> i64 {
        -(self.ranks[self.cells.index(offset)] as i64)
    }
}
