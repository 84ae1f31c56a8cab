//! A family of hypotheses over the same draws: what adjusted p-values count.
//!
//! Two passes replay the draws, always on the CPU, so that counts are the same wherever the draws
//! were tallied. The first finds each member's null law, the second the most extreme member of each
//! draw: by its standardised value for maxT, by its p-value for minP (Westfall and Young 1993,
//! algorithms 4.1 and 2.8; Ge, Dudoit and Speed 2003, boxes 2 and 4). Of so many members that their laws
//! are not kept, there is no minP, and the sums of the tally are all that maxT needs of the first pass.

mod law;
mod maxima;
mod screen;

use std::marker::PhantomData;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use law::{Gathering, Law, most_cells};
use maxima::Maxima;
use screen::Screen;

use super::{Block, Progress, Schedule, Tally, ValueCounts, Visit, Visitor};
use crate::error::Result;
use crate::plan::Convention;
use crate::plan::{Family, Plan};
use crate::statistic::{Fold, Offset};

/// Standardised values are compared in steps of `2^-36`.
const STEPS: f64 = (1u64 << 36) as f64;

/// What lies within so many steps below the observed value ties with it, 10^-9 standard deviations:
/// more than the rounding of floats and of regressions to their grids, so that members that are equal
/// but for rounding tie, and far less than the spread of the draws.
const TIE: i64 = 1 << 6;

/// Cells of the law of the largest member.
const CELLS: usize = 1 << 16;

/// A tail of the members' null laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tail {
    /// Small values.
    Lower,
    /// Large values.
    Upper,
    /// Values far from the null's expectation, on either side.
    Both,
}

impl Tail {
    /// The tails that a convention counts, each by itself: equal-tailed p-values are twice the smaller
    /// of two one-sided ones, adjusted ones too, so that none lies below its member's own.
    pub fn of(convention: Convention) -> &'static [Tail] {
        match convention {
            Convention::EqualTailed => &[Tail::Lower, Tail::Upper],
            Convention::Lower => &[Tail::Lower],
            Convention::Upper => &[Tail::Upper],
            Convention::Symmetric => &[Tail::Both],
        }
    }
}

/// What the draws say of a plan's family; integers but for centres and scales, and all of it
/// independent of threads and chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyCounts {
    /// Draws that all counts are out of.
    pub draws: u64,
    /// Draws in which some member has no value, because a regression is singular: it is then in no tail
    /// of that draw.
    pub undefined: u64,
    /// One a member, in the family's order.
    pub members: Vec<Member>,
    /// One a tail of the convention.
    pub tails: Vec<TailCounts>,
}

/// How a member's values are made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// What values are measured from, in numerators: the null's expectation, where it is not known the
    /// mean of the draws (and of the observed set, unless they hold it), or zero.
    pub centre: f64,
    /// What they are measured in, in numerators: the standard deviation of the same, or the family's
    /// common unit; 0 for a member that never varies.
    pub scale: f64,
    /// How far its expectation may lie from the centre, in numerators; draws count as ties within it.
    pub error: f64,
    /// Whether neighbouring values of its null law were counted together.
    pub coarse: bool,
}

/// The counts of a tail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TailCounts {
    /// The tail.
    pub tail: Tail,
    /// The value of the largest standardised member that a share of the draws exceeds at most, the
    /// observed set counted as in p: the family's level, shared evenly between two tails. `None` where
    /// no member varies.
    pub reach: Option<f64>,
    /// One a member, in the family's order.
    pub members: Vec<MemberCounts>,
}

/// What the draws say of one member in one tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCounts {
    /// Draws whose largest standardised value is at least the member's.
    pub max_t: u64,
    /// The same by steps: the largest over members that are no more extreme; at least the count of
    /// each more extreme member.
    pub max_t_step: u64,
    /// Draws whose smallest p-value is at most the member's; `None` of more members than are ranked
    /// ([`Family::is_ranked`]).
    pub min_p: Option<u64>,
    /// The same by steps.
    pub min_p_step: Option<u64>,
}

impl FamilyCounts {
    /// Whether counts that were read from a file are those of a family.
    pub(crate) fn check(
        &self,
        family: &Family,
        convention: Convention,
        draws: u64,
    ) -> std::result::Result<(), &'static str> {
        let counted = |member: &MemberCounts| {
            let ranked = [member.min_p, member.min_p_step];
            let counts = [member.max_t, member.max_t_step].into_iter();
            let are_there = ranked.iter().all(|it| it.is_some() == family.is_ranked());
            let mut counts = counts.chain(ranked.into_iter().flatten());
            are_there && counts.all(|count| count <= self.draws)
        };
        let of_tail = |tail: &TailCounts| {
            tail.members.len() == family.members.len() && tail.members.iter().all(counted)
        };
        let tails = self.tails.iter().map(|tail| &tail.tail);
        if self.draws != draws
            || self.undefined > draws
            || self.members.len() != family.members.len()
            || !tails.eq(Tail::of(convention))
            || !self.tails.iter().all(of_tail)
        {
            return Err("its family's counts do not add up to its draws");
        }
        Ok(())
    }
}

/// Counts the family of a plan over all its draws, `range`, whose tally is `tally`. `progress` is told the
/// draws done in both passes together; `None` when it says to stop before they are through, and for a plan
/// without a family.
///
/// # Errors
///
/// The system cannot start the threads.
pub fn count_family(
    plan: &Plan,
    tally: &Tally,
    range: Range<u64>,
    threads: Option<usize>,
    schedule: Schedule,
    progress: &mut Progress<'_>,
) -> Result<Option<FamilyCounts>> {
    let Some(family) = &plan.family else {
        return Ok(None);
    };
    let is_narrow = !plan.hypotheses.iter().any(|h| h.lattice.is_wide());
    let is_whole = !plan.folds.iter().any(Fold::may_be_undefined);
    let draws = (tally, range);
    match is_narrow && is_whole {
        true => count::<u32>((plan, family), draws, threads, schedule, progress),
        false => count::<u64>((plan, family), draws, threads, schedule, progress),
    }
}

/// The same with offsets in words of type `W`.
fn count<W: Offset>(
    (plan, family): (&Plan, &Family),
    (tally, range): (&Tally, Range<u64>),
    threads: Option<usize>,
    schedule: Schedule,
    progress: &mut Progress<'_>,
) -> Result<Option<FamilyCounts>> {
    let draws = range.end - range.start;
    let mut visitor = Visitor::new(plan, threads)?;
    let is_whole = !plan.folds.iter().any(Fold::may_be_undefined);
    let gathered = match !family.is_ranked() && is_whole && tally.draws() == draws {
        true => Gathering::<W>::of_tally(plan, family, tally),
        false => {
            let mut go_on = true;
            let begin = || Gathering::<W>::new(plan, family);
            let (gathered, _) = visitor.run(range.clone(), schedule, begin, &mut |done| {
                go_on = progress(done);
                go_on
            });
            if !go_on {
                return Ok(None);
            }
            gathered
        }
    };
    let undefined = gathered.undefined;
    let laws = gathered.laws(plan, family);
    let tails = Tail::of(plan.convention);
    let begin = || {
        let of_tail = |&tail| Extremes::new((plan, family), &laws, tail);
        TailExtremes::<W> {
            tails: tails.iter().map(of_tail).collect(),
            of: PhantomData,
        }
    };
    let (extremes, seen) = visitor.run(range, schedule, begin, &mut |done| progress(draws + done));
    if seen < draws {
        return Ok(None);
    }
    let level = family.level / tails.len() as f64;
    let member = |law: &Law| Member {
        centre: law.origin(tails[0]),
        scale: law.scale,
        error: law.error(tails[0]),
        coarse: law.cells.are_coarse(),
    };
    Ok(Some(FamilyCounts {
        draws,
        undefined,
        members: laws.iter().map(member).collect(),
        tails: extremes
            .tails
            .into_iter()
            .map(|extremes| extremes.finish(plan, level))
            .collect(),
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

/// The second pass: the most extreme member of each draw, tail by tail.
struct TailExtremes<'l, W> {
    tails: Vec<Extremes<'l>>,
    of: PhantomData<W>,
}

impl<W: Offset> Visit for TailExtremes<'_, W> {
    type Word = W;

    fn block(&mut self, _first: u64, block: &Block<'_, W>) {
        let tails = self.tails.iter_mut();
        tails.for_each(|extremes| extremes.block(block));
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.tails.iter_mut().zip(other.tails) {
            mine.merge(theirs);
        }
    }
}

/// The most extreme members of draws in one tail.
struct Extremes<'l> {
    laws: &'l [Law],
    tail: Tail,
    max_t: Maxima,
    /// What tells most draws' largest values apart in floats, where all of them are numbers.
    screen: Option<Screen>,
    /// Of members whose laws are kept.
    min_p: Option<Maxima>,
    largest: ValueCounts,
}

impl<'l> Extremes<'l> {
    fn new((plan, family): (&Plan, &Family), laws: &'l [Law], tail: Tail) -> Self {
        let distances = laws.iter().map(|law| law.observed_distance(tail));
        let max_t = Maxima::new(distances.collect());
        let ranked = family.is_ranked().then(|| {
            let rarities = laws.iter().map(|law| law.observed_rarity(tail));
            Maxima::new(rarities.collect())
        });
        Extremes {
            laws,
            tail,
            screen: Screen::new(plan, laws, tail, &max_t),
            max_t,
            min_p: ranked,
            largest: ValueCounts::new(CELLS),
        }
    }

    fn block<W: Offset>(&mut self, block: &Block<'_, W>) {
        let tail = self.tail;
        let scores = |score: fn(&Law, Tail, u64) -> i64| -> Vec<i64> {
            let of_law = |law: &'l Law| {
                let offsets = block.offsets(law.hypothesis).iter();
                offsets.map(move |&offset| score(law, tail, offset.into()))
            };
            self.laws.iter().flat_map(of_law).collect()
        };
        let screened = self.screen.as_mut().and_then(|screen| screen.block(block));
        let largest = match screened {
            Some((reached, farthest)) => {
                let exact = |(draw, member): (usize, &Option<usize>)| {
                    let law = &self.laws[(*member)?];
                    let offset = block.offsets(law.hypothesis)[draw];
                    Some(law.distance(tail, offset.into()))
                };
                let of_draws = farthest.iter().enumerate();
                let largest: Vec<i64> = of_draws
                    .map(|of_draw| exact(of_draw).unwrap_or(i64::MIN))
                    .collect();
                self.max_t.add_counted(reached, &largest);
                largest
            }
            None => self.max_t.add(&scores(Law::distance), block.draws()),
        };
        self.largest.extend(largest.into_iter().map(key));
        if let Some(min_p) = &mut self.min_p {
            min_p.add(&scores(Law::rarity), block.draws());
        }
    }

    fn merge(&mut self, other: Self) {
        self.max_t.merge(other.max_t);
        if let (Some(mine), Some(theirs)) = (&mut self.min_p, other.min_p) {
            mine.merge(theirs);
        }
        self.largest.merge(other.largest);
    }

    /// The counts of the tail, whose largest values are to exceed [`TailCounts::reach`] in a share
    /// `level` of the draws at most.
    fn finish(mut self, plan: &Plan, level: f64) -> TailCounts {
        if !plan.draws_hold_observed() {
            self.largest.extend(self.max_t.largest_observed().map(key));
        }
        let largest = self.largest.finish();
        let n: u64 = largest.counts().iter().sum();
        // A share within rounding of a whole number of draws is that.
        let exceed = (level * n as f64 * (1.0 + 1e-12)).floor() as u64;
        let reach = largest.ranked(n - exceed.min(n)).map(distance_of);
        let reach = reach.filter(|&reach| reach > i64::MIN);
        let max_t = self.max_t.finish();
        let min_p = self.min_p.map(Maxima::finish);
        let members = max_t.into_iter().enumerate().map(|(member, max_t)| {
            let min_p = min_p.as_ref().map(|counts| counts[member]);
            MemberCounts {
                max_t: max_t.0,
                max_t_step: max_t.1,
                min_p: min_p.map(|counts| counts.0),
                min_p_step: min_p.map(|counts| counts.1),
            }
        });
        TailCounts {
            tail: self.tail,
            reach: reach.map(|reach| reach as f64 / STEPS),
            members: members.collect(),
        }
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
