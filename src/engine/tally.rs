//! Tallies: commutative monoids of integers.

use serde::{Deserialize, Serialize};
use std::ops::Range;

use super::{Ranges, Sums};
use crate::error::Result;
use crate::plan::{Lattice, Plan};

/// What draws of some ranges add up to. Tallies of disjoint ranges merge to exactly the tally of
/// their union, in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    ranges: Ranges,
    /// One a hypothesis of the plan.
    pub hypotheses: Vec<HypothesisTally>,
}

/// The tally of one hypothesis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HypothesisTally {
    /// Draws (below, equal to) each threshold of the lattice.
    pub thresholds: Vec<(u64, u64)>,
    /// Draws a bin of the lattice; where no histogram is kept ([`Plan::bins`]) a single bin with all
    /// draws that have a value.
    pub histogram: Vec<u64>,
    /// Draws without a value, which are in none of the other counts.
    pub undefined: u64,
    /// Draws whose value is infinite or too far out to be told from others, which are in none of the
    /// sums.
    pub beyond: u64,
    /// Exact sums of the offsets; of a regression on a device, those of its floats.
    pub sums: Sums,
}

impl Tally {
    /// No draws yet.
    pub fn empty(plan: &Plan) -> Self {
        Tally {
            ranges: Ranges::default(),
            hypotheses: plan
                .hypotheses
                .iter()
                .map(|hypothesis| HypothesisTally {
                    thresholds: vec![(0, 0); hypothesis.lattice.thresholds.len()],
                    histogram: vec![0; plan.bins()],
                    undefined: 0,
                    beyond: 0,
                    sums: Sums::default(),
                })
                .collect(),
        }
    }

    /// Draws tallied.
    pub fn draws(&self) -> u64 {
        self.ranges.draws()
    }

    /// The draws tallied.
    pub fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Says that the draws `range` are counted.
    ///
    /// # Errors
    ///
    /// Some of them are counted already.
    pub fn cover(&mut self, range: Range<u64>) -> Result<()> {
        self.ranges.cover(range)
    }

    /// Adds another tally of the same plan.
    ///
    /// # Errors
    ///
    /// A draw is in both.
    pub fn merge(&mut self, other: &Tally) -> Result<()> {
        self.ranges.merge(&other.ranges)?;
        self.add(other);
        Ok(())
    }

    /// Adds the integers of a tally that knows no ranges of its own.
    pub(super) fn add(&mut self, other: &Tally) {
        for (mine, theirs) in self.hypotheses.iter_mut().zip(&other.hypotheses) {
            for (mine, theirs) in mine.thresholds.iter_mut().zip(&theirs.thresholds) {
                mine.0 += theirs.0;
                mine.1 += theirs.1;
            }
            for (mine, theirs) in mine.histogram.iter_mut().zip(&theirs.histogram) {
                *mine += theirs;
            }
            mine.undefined += theirs.undefined;
            mine.beyond += theirs.beyond;
            mine.sums.add(&theirs.sums);
        }
    }

    /// Whether a tally that was read from a file is one of this plan, out of `draws` draws.
    pub(crate) fn check(&self, plan: &Plan, draws: u64) -> std::result::Result<(), &'static str> {
        if !self.ranges.are_of(draws) {
            return Err("its ranges of draws are impossible");
        }
        let fits = self.hypotheses.len() == plan.hypotheses.len()
            && self
                .hypotheses
                .iter()
                .zip(&plan.hypotheses)
                .all(|(tally, hypothesis)| {
                    tally.thresholds.len() == hypothesis.lattice.thresholds.len()
                        && tally.histogram.len() == plan.bins()
                        && tally.adds_up_to(self.draws(), &hypothesis.lattice)
                });
        if !fits {
            return Err("its counts do not add up to its draws");
        }
        Ok(())
    }

    /// Back to no draws.
    pub(super) fn clear(&mut self) {
        self.ranges = Ranges::default();
        for hypothesis in &mut self.hypotheses {
            hypothesis.thresholds.fill((0, 0));
            hypothesis.histogram.fill(0);
            hypothesis.undefined = 0;
            hypothesis.beyond = 0;
            hypothesis.sums = Sums::default();
        }
    }
}

impl HypothesisTally {
    /// Draws that the sums are of.
    pub fn summed(&self) -> u64 {
        self.defined() - self.beyond
    }

    /// Draws that have a value.
    pub fn defined(&self) -> u64 {
        self.histogram.iter().sum()
    }

    fn adds_up_to(&self, draws: u64, lattice: &Lattice) -> bool {
        let binned = self
            .histogram
            .iter()
            .try_fold(self.undefined, |sum, &count| sum.checked_add(count));
        let counted = |&(below, equal): &(u64, u64)| {
            below
                .checked_add(equal)
                .is_some_and(|counted| counted <= draws)
        };
        binned == Some(draws)
            && self.beyond <= self.defined()
            && self.thresholds.iter().all(counted)
            && self.sums.are_sound(self.summed(), lattice.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_join_and_overlaps_are_refused() {
        let mut tally = Tally {
            ranges: Ranges::default(),
            hypotheses: vec![],
        };
        for range in [10..20, 0..5, 20..30, 5..10] {
            tally.cover(range).unwrap();
        }
        assert_eq!(tally.ranges(), &Ranges::of(0..30));
        tally.cover(40..50).unwrap();
        assert_eq!(tally.draws(), 40);
        let error = tally.cover(29..31).unwrap_err().to_string();
        assert!(error.contains("draws 0..30 are counted already"), "{error}");
    }
}
