//! `labels`: the groups' labels dealt anew over the fixed events.

use std::collections::BTreeMap;

use super::uniform::{blocks, selections};
use super::{Picks, Seen, Segment, Uniform};
use serde::{Deserialize, Serialize};

/// Group sizes `k_1..k_G` dealt over the `n = k_1 + .. + k_G` events, which are the positions. Every
/// way to label the events is equally likely; or, where events of a day keep together, every way
/// that gives the events of a day one label.
///
/// # The sampler, once and for all
///
/// Attempt `a` of draw `i` is the sampler of [`Uniform`] with `n` positions, stream 2, and block
/// numbers that count from `a 2^20`. Without days that keep together, attempt 0 is the draw. With
/// them, attempts are made until one gives each such day one label; its picks are the draw. What is
/// kept is a uniform labelling under the condition, whatever the sizes of the days.
///
/// The design is refused where an attempt holds with a probability below
/// [`Labels::LEAST_ACCEPTANCE`]; the 2^12 attempts that block numbers tell apart then all fail with
/// a probability below 1e-27.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    sampler: Uniform,
    days: Vec<Vec<u32>>,
}

/// How days that keep together can share out the groups' places.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shares {
    /// Probability that an attempt gives each day one label and uses the places like this.
    probability: f64,
    /// Labellings of the days that use the places like this.
    ways: Option<u128>,
}

impl Labels {
    /// Stream of this design in the generator's counter.
    pub(crate) const STREAM: u32 = 2;
    /// Block numbers of an attempt count from the attempt's number shifted by this; so in
    /// `labels.wgsl`.
    const ATTEMPT_SHIFT: u32 = 20;
    /// The most events where days keep together: an attempt then reads fewer than 2^20 blocks.
    pub const MAX_TOGETHER: usize = 1 << 16;
    /// The least probability with which an attempt must give each day one label.
    pub const LEAST_ACCEPTANCE: f64 = 1.0 / 64.0;
    /// The most ways to share out places that are followed; more come from made-up data only.
    const MOST_SHARES: usize = 1 << 16;

    /// Groups of sizes `groups`, the events at each of `days` keeping together. `None` unless there
    /// are two groups, every group has a member, the events are not too many, days are disjoint and
    /// hold at least two events each, and [`Labels::acceptance`] is large enough.
    pub fn new(groups: &[usize], days: &[Vec<u32>]) -> Option<Self> {
        let positions = groups
            .iter()
            .try_fold(0usize, |sum, &size| sum.checked_add(size))?;
        let mut seen = vec![false; positions.min(Uniform::MAX_POSITIONS)];
        let fresh = |&position: &u32| {
            let taken = seen.get_mut(position as usize);
            taken.is_some_and(|taken| !std::mem::replace(taken, true))
        };
        if groups.len() < 2
            || (!days.is_empty() && positions > Self::MAX_TOGETHER)
            || days.iter().any(|day| day.len() < 2)
            || !days.iter().flatten().all(fresh)
            || Self::acceptance(groups, days.iter().map(Vec::len)) < Self::LEAST_ACCEPTANCE
        {
            return None;
        }
        Some(Labels {
            sampler: Uniform::new(positions, groups)?,
            days: days.to_vec(),
        })
    }

    /// The probability that labels dealt event by event give each of the days one label, for days
    /// of sizes `days`. Below [`Labels::LEAST_ACCEPTANCE`] it is an upper bound.
    pub fn acceptance(groups: &[usize], days: impl Iterator<Item = usize>) -> f64 {
        shares(groups, days)
            .values()
            .map(|share| share.probability)
            .sum()
    }

    /// Whether a design that was read from a file is one that [`Labels::new`] makes.
    pub(super) fn is_sound(&self) -> bool {
        self.sampler.is_sound() && Self::new(&self.sizes(), &self.days).as_ref() == Some(self)
    }

    /// The sampler of an attempt.
    pub fn sampler(&self) -> &Uniform {
        &self.sampler
    }

    /// The positions of each day whose events keep together.
    pub fn days(&self) -> &[Vec<u32>] {
        &self.days
    }

    /// Where each group stands among the picks, in the order of the groups.
    pub fn segments(&self) -> &[Segment] {
        self.sampler.segments()
    }

    /// The probability that an attempt is kept.
    pub fn kept(&self) -> f64 {
        Self::acceptance(&self.sizes(), self.days.iter().map(Vec::len))
    }

    fn sizes(&self) -> Vec<usize> {
        self.segments().iter().map(|segment| segment.len).collect()
    }

    /// log10 of the number of admissible labellings, and the number where 128 bits hold it.
    pub fn admissible_sets(&self) -> (f64, Option<u128>) {
        let sizes = self.sizes();
        let tied: usize = self.days.iter().map(Vec::len).sum();
        let shares = shares(&sizes, self.days.iter().map(Vec::len));
        let exact = shares.iter().try_fold(0u128, |sum, (used, share)| {
            let free = sizes.iter().zip(used).map(|(size, used)| size - used);
            let (_, rest) = selections(self.sampler.positions() - tied, free);
            sum.checked_add(share.ways?.checked_mul(rest?)?)
        });
        let kept: f64 = shares.values().map(|share| share.probability).sum();
        (self.sampler.admissible_sets().0 + kept.log10(), exact)
    }

    /// The picks of draws `first..first + draws` into the rows of `picks`.
    pub fn fill(&self, seed: u64, first: u64, draws: usize, seen: &mut Seen, picks: &mut Picks) {
        let mut labels = vec![
            0;
            if self.days.is_empty() {
                0
            } else {
                self.sampler.positions()
            }
        ];
        for draw in 0..draws {
            let words = blocks(seed, first + draw as u64, Self::STREAM);
            let row = picks.row_mut(draw);
            for attempt in 0u32.. {
                let first_block = attempt << Self::ATTEMPT_SHIFT;
                self.sampler
                    .draw(|block| words(first_block | block), seen, row);
                if self.keeps(row, &mut labels) {
                    break;
                }
            }
        }
    }

    /// Whether the picks give each day one label; `labels` has a cell a position.
    fn keeps(&self, row: &[u32], labels: &mut [usize]) -> bool {
        if self.days.is_empty() {
            return true;
        }
        for (group, segment) in self.segments().iter().enumerate() {
            for &position in &row[segment.range()] {
                labels[position as usize] = group;
            }
        }
        let one = |day: &Vec<u32>| {
            let mut found = day.iter().map(|&position| labels[position as usize]);
            let first = found.next();
            found.all(|label| Some(label) == first)
        };
        self.days.iter().all(one)
    }
}

/// The ways in which days can share out the groups' places, by the places that they use up.
fn shares(groups: &[usize], days: impl Iterator<Item = usize>) -> BTreeMap<Vec<usize>, Shares> {
    let certain = Shares {
        probability: 1.0,
        ways: Some(1),
    };
    let mut shares = BTreeMap::from([(vec![0; groups.len()], certain)]);
    let mut left: usize = groups.iter().sum();
    for day in days {
        let mut next: BTreeMap<Vec<usize>, Shares> = BTreeMap::new();
        for (used, share) in &shares {
            for group in (0..groups.len()).filter(|&g| groups[g] - used[g] >= day) {
                let free = groups[group] - used[group];
                let odds: f64 = (0..day)
                    .map(|event| (free - event) as f64 / (left - event) as f64)
                    .product();
                let mut after = used.clone();
                after[group] += day;
                let sum = next.entry(after).or_insert(Shares {
                    probability: 0.0,
                    ways: Some(0),
                });
                sum.probability += share.probability * odds;
                sum.ways = sum.ways.zip(share.ways).and_then(|(a, b)| a.checked_add(b));
            }
        }
        shares = next;
        left = left.saturating_sub(day);
        // More days only make it less likely.
        let probability: f64 = shares.values().map(|share| share.probability).sum();
        if probability < Labels::LEAST_ACCEPTANCE {
            break;
        }
        if shares.len() > Labels::MOST_SHARES {
            return BTreeMap::new();
        }
    }
    shares
}
