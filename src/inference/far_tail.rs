//! The farthest draws of hypotheses that few draws reach, and the tail fitted to them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::adaptive::Side;
use super::pvalue::counts_of;
use super::tail_fit::{MOST_EXCEEDANCES, Refusal, TailFit, tail_p};
use crate::engine::{Block, Progress, Schedule, Tally, Visit, Visitor};
use crate::error::Result;
use crate::plan::Convention;
use crate::plan::{Hypothesis, Plan};

/// Where so many draws reach the observed value, they are counted and no tail is fitted (Knijnenburg
/// and others 2009).
const COUNTED_FROM: u64 = 10;

/// Draws that a fit is made from: one more than exceed its threshold.
const KEPT: usize = MOST_EXCEEDANCES + 1;

/// The farthest draws of a hypothesis in the tail that its p-value counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarTail {
    /// The hypothesis.
    pub hypothesis: usize,
    /// Its tail: of two, the one with fewer draws.
    pub side: Side,
    /// Offsets of the farthest draws, the farthest first; none in a tail of both sides.
    pub offsets: Vec<u64>,
}

impl FarTail {
    /// The fit, and p-values from it for one tail.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn fit(&self, hypothesis: &Hypothesis, draws: u64) -> std::result::Result<TailFit, String> {
        let sign = match self.side {
            Side::Lower => -1.0,
            Side::Upper => 1.0,
            Side::Far => return Err("a symmetric p counts two tails, and a fit has one".into()),
        };
        let mut beyond = self
            .offsets
            .iter()
            .filter(|&&x| hypothesis.lattice.is_beyond(x));
        if beyond.next().is_some() || hypothesis.is_infinite(hypothesis.observed) {
            return Err("some draws are infinite, or too far out to be told apart, and no law is fitted to those".into());
        }
        let value = |numerator| sign * hypothesis.value(numerator);
        let numerators = self
            .offsets
            .iter()
            .map(|&x| hypothesis.lattice.numerator(x));
        let largest: Vec<f64> = numerators.map(value).collect();
        tail_p(&largest, draws, value(hypothesis.observed)).map_err(|refusal| {
            let refusal = match refusal {
                Refusal::BeyondEnd { end } => Refusal::BeyondEnd { end: sign * end },
                other => other,
            };
            refusal.to_string()
        })
    }
}

/// The far tails of a plan whose draws `range` are counted, for each hypothesis that fewer than 10
/// draws reach in the tail of its convention, by a pass over the same draws; each thread keeps 251 of
/// them. `progress` is told the draws done; `None` when it says to stop before they are through.
///
/// # Errors
///
/// The system cannot start the threads.
pub fn far_tails(
    plan: &Plan,
    tally: &Tally,
    range: Range<u64>,
    threads: Option<usize>,
    schedule: Schedule,
    progress: &mut Progress<'_>,
) -> Result<Option<Vec<FarTail>>> {
    let wanted: Vec<(usize, Side)> = (0..plan.hypotheses.len())
        .filter_map(|h| Some((h, few(plan, tally, h)?)))
        .collect();
    if wanted.is_empty() {
        return Ok(Some(vec![]));
    }
    let draws = range.end - range.start;
    let begin = || Farthest {
        wanted: &wanted,
        kept: wanted.iter().map(|_| BinaryHeap::new()).collect(),
    };
    let (farthest, seen) = Visitor::new(plan, threads)?.run(range, schedule, begin, progress);
    let tails = wanted.iter().zip(farthest.kept);
    let tails = tails.map(|(&(hypothesis, side), kept)| FarTail {
        hypothesis,
        side,
        // Least of the reversed, the farthest first.
        offsets: kept
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse(key)| offset(side, key))
            .collect(),
    });
    Ok((seen == draws).then(|| tails.collect()))
}

/// The tail of a hypothesis that few draws reach.
fn few(plan: &Plan, tally: &Tally, h: usize) -> Option<Side> {
    let counted = &tally.hypotheses[h];
    plan.hypotheses[h].void.is_none().then_some(())?;
    let (counts, far) = counts_of(
        &plan.hypotheses[h],
        &counted.thresholds,
        counted.defined(),
        counted.undefined,
    );
    let side = match plan.convention {
        Convention::EqualTailed if counts.lower() < counts.upper() => Side::Lower,
        Convention::EqualTailed | Convention::Upper => Side::Upper,
        Convention::Lower => Side::Lower,
        Convention::Symmetric => Side::Far,
    };
    (side.exceedances(counts, far) < COUNTED_FROM).then_some(side)
}

/// An offset as a number that rises towards the tail's end, and back.
fn offset(side: Side, key: u64) -> u64 {
    match side {
        Side::Lower => !key,
        Side::Upper | Side::Far => key,
    }
}

/// Keeps the farthest draws.
struct Farthest<'w> {
    wanted: &'w [(usize, Side)],
    kept: Vec<BinaryHeap<Reverse<u64>>>,
}

/// Keeps a draw if it is among the farthest.
fn keep(kept: &mut BinaryHeap<Reverse<u64>>, key: u64) {
    if kept.len() < KEPT {
        kept.push(Reverse(key));
    } else if let Some(mut nearest) = kept.peek_mut()
        && nearest.0 < key
    {
        *nearest = Reverse(key);
    }
}

impl Visit for Farthest<'_> {
    type Word = u64;

    fn block(&mut self, _first: u64, block: &Block<'_>) {
        for (kept, &(h, side)) in self.kept.iter_mut().zip(self.wanted) {
            if side == Side::Far {
                continue;
            }
            for &x in block.offsets(h) {
                if x != Block::UNDEFINED {
                    keep(kept, offset(side, x));
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.kept.iter_mut().zip(other.kept) {
            theirs.into_iter().for_each(|Reverse(key)| keep(mine, key));
        }
    }
}
