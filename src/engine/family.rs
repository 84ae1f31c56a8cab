//! A family of hypotheses over the same draws: what adjusted p-values count.
//!
//! Two passes replay the draws, always on the CPU, so that counts are the same wherever the draws
//! were tallied. The first finds each member's null law, the second the most extreme member of each
//! draw: by its standardised value for maxT, by its p-value for minP (Westfall and Young 1993,
//! algorithms 4.1 and 2.8; Ge, Dudoit and Speed 2003, boxes 2 and 4).

mod law;
mod maxima;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use law::{Gathering, Law, most_cells};
use maxima::Maxima;

use super::{Block, Progress, Schedule, ValueCounts, Visit, Visitor};
use crate::error::Result;
use crate::plan::{Family, Plan};

/// Standardised values are compared in steps of `2^-36`: coarser than the rounding of 64-bit floats, so
/// that members that are equal but for rounding tie, and far finer than the spread of the draws.
const STEPS: f64 = (1u64 << 36) as f64;

/// Cells of the law of the largest member.
const CELLS: usize = 1 << 16;

/// What the draws say of a plan's family; integers but for the moments, and all of it independent of
/// threads and chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyCounts {
    /// Draws in which every member has a value; all counts are out of them.
    pub draws: u64,
    /// Draws in which some member has none, because a regression is singular.
    pub undefined: u64,
    /// The value of the largest standardised member that a share `level` of the draws exceeds at
    /// most, the observed set counted as in p; `None` where no member varies.
    pub reach: Option<f64>,
    /// One a member, in the family's order.
    pub members: Vec<MemberCounts>,
}

/// What the draws say of one member.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MemberCounts {
    /// What values are measured from, in numerators: the mean of the draws (and of the observed set,
    /// unless they hold it), or zero.
    pub centre: f64,
    /// What they are measured in, in numerators: the standard deviation of the same, or the family's
    /// common unit; 0 for a member that never varies.
    pub scale: f64,
    /// Whether neighbouring values of its null law were counted together.
    pub coarse: bool,
    /// Draws whose largest standardised value is at least the member's.
    pub max_t: u64,
    /// The same by steps: the largest over members that are no more extreme; at least the count of
    /// each more extreme member.
    pub max_t_step: u64,
    /// Draws whose smallest p-value is at most the member's.
    pub min_p: u64,
    /// The same by steps.
    pub min_p_step: u64,
}

impl FamilyCounts {
    /// Whether counts that were read from a file are those of a family.
    pub(crate) fn check(
        &self,
        family: &Family,
        draws: u64,
    ) -> std::result::Result<(), &'static str> {
        let counted = |member: &MemberCounts| {
            let counts = [
                member.max_t,
                member.max_t_step,
                member.min_p,
                member.min_p_step,
            ];
            counts.iter().all(|&count| count <= self.draws)
        };
        if self.draws.checked_add(self.undefined) != Some(draws)
            || self.members.len() != family.members.len()
            || !self.members.iter().all(counted)
        {
            return Err("its family's counts do not add up to its draws");
        }
        Ok(())
    }
}

/// Counts the family of a plan over all its draws, `range`, in two passes. `progress` is told the
/// draws done in both together; `None` when it says to stop before they are through, and for a plan
/// without a family.
///
/// # Errors
///
/// The system cannot start the threads.
pub fn count_family(
    plan: &Plan,
    range: Range<u64>,
    threads: Option<usize>,
    schedule: Schedule,
    progress: &mut Progress<'_>,
) -> Result<Option<FamilyCounts>> {
    let Some(family) = &plan.family else {
        return Ok(None);
    };
    let draws = range.end - range.start;
    let mut visitor = Visitor::new(plan, threads)?;
    let mut go_on = true;
    let begin = || Gathering::new(plan, family);
    let (gathered, _) = visitor.run(range.clone(), schedule, begin, &mut |done| {
        go_on = progress(done);
        go_on
    });
    if !go_on {
        return Ok(None);
    }
    let (defined, undefined) = (gathered.draws, gathered.undefined);
    let laws = gathered.laws(plan, family);
    let begin = || Extremes::new(&laws);
    let (extremes, seen) = visitor.run(range, schedule, begin, &mut |done| progress(draws + done));
    if seen < draws {
        return Ok(None);
    }
    let (reach, members) = extremes.finish(plan, family);
    Ok(Some(FamilyCounts {
        draws: defined,
        undefined,
        reach,
        members,
    }))
}

/// Bytes of a family's null laws: those that each thread gathers, and those that threads share.
pub(super) fn family_bytes(plan: &Plan) -> (usize, usize) {
    let Some(family) = &plan.family else {
        return (0, 0);
    };
    let cells: usize = most_cells(plan, family).sum();
    // Keys and counts, while they are joined twice; keys, counts and ranks.
    let of_values = 8 * plan.hypotheses.len() * 128;
    (32 * cells + of_values, 24 * cells)
}

/// The draws of a block in which every member has a value.
fn defined(block: &Block<'_>, members: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut defined = vec![true; block.draws()];
    for member in members {
        for (defined, &offset) in defined.iter_mut().zip(block.offsets(member)) {
            *defined &= offset != Block::UNDEFINED;
        }
    }
    (0..block.draws()).filter(|&draw| defined[draw]).collect()
}

/// The second pass: the most extreme member of each draw.
struct Extremes<'l> {
    laws: &'l [Law],
    max_t: Maxima,
    min_p: Maxima,
    largest: ValueCounts,
}

impl<'l> Extremes<'l> {
    fn new(laws: &'l [Law]) -> Self {
        let observed = |law: &Law| (law.distance(law.observed), law.rarity(law.observed));
        let (distances, rarities) = laws.iter().map(observed).unzip();
        Extremes {
            laws,
            max_t: Maxima::new(distances),
            min_p: Maxima::new(rarities),
            largest: ValueCounts::new(CELLS),
        }
    }

    /// [`FamilyCounts::reach`], and the members' counts.
    fn finish(mut self, plan: &Plan, family: &Family) -> (Option<f64>, Vec<MemberCounts>) {
        if !plan.draws_hold_observed() {
            self.largest.extend(self.max_t.largest_observed().map(key));
        }
        let largest = self.largest.finish();
        let n: u64 = largest.counts().iter().sum();
        // A share within rounding of a whole number of draws is that.
        let exceed = (family.level * n as f64 * (1.0 + 1e-12)).floor() as u64;
        let reach = largest.ranked(n - exceed.min(n)).map(distance_of);
        let reach = reach.filter(|&reach| reach > i64::MIN);
        let counts = self.max_t.finish().into_iter().zip(self.min_p.finish());
        let members = self.laws.iter().zip(counts);
        let members = members
            .map(|(law, (max_t, min_p))| MemberCounts {
                centre: law.centre,
                scale: law.scale,
                coarse: law.cells.are_coarse(),
                max_t: max_t.0,
                max_t_step: max_t.1,
                min_p: min_p.0,
                min_p_step: min_p.1,
            })
            .collect();
        (reach.map(|reach| reach as f64 / STEPS), members)
    }
}

impl Visit for Extremes<'_> {
    fn block(&mut self, _first: u64, block: &Block<'_>) {
        let defined = defined(block, self.laws.iter().map(|law| law.hypothesis));
        let scores = |score: fn(&Law, u64) -> i64| -> Vec<i64> {
            let of_law = |law: &Law| {
                let offsets = block.offsets(law.hypothesis);
                defined
                    .iter()
                    .map(|&draw| score(law, offsets[draw]))
                    .collect::<Vec<_>>()
            };
            self.laws.iter().flat_map(of_law).collect()
        };
        let largest = self.max_t.add(&scores(Law::distance), defined.len());
        self.largest.extend(largest.into_iter().map(key));
        self.min_p.add(&scores(Law::rarity), defined.len());
    }

    fn merge(&mut self, other: Self) {
        self.max_t.merge(other.max_t);
        self.min_p.merge(other.min_p);
        self.largest.merge(other.largest);
    }
}

/// A signed number as an unsigned one, in the same order.
fn key(distance: i64) -> u64 {
    distance as u64 ^ 1 << 63
}

/// The number of a [`key`].
fn distance_of(key: u64) -> i64 {
    (key ^ 1 << 63) as i64
}
