//! `signs`: the sign of each event's response, or of each cluster's, by the toss of a coin. Twin:
//! `shaders/null/signs.wgsl`.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::paths::{By, Choice, Choices, Paths};
use super::uniform::{HALF_POSITIONS, blocks};
use super::{DesignError, Picks, Segment, segments_of};

/// Events that keep their dates and groups, and whose responses change their signs by chance, those
/// of a cluster together; every assignment of signs to clusters is equally likely.
///
/// Position `i` is event `i` as it is, position `n + i` the same with its sign changed: the scores
/// there are the negated ones.
///
/// # The sampler, once and for all
///
/// Stream 6. Cluster `c` changes sign when bit `c mod 32` of word `c div 32` of the draw's blocks is
/// set. Clusters are numbered in the order of their first events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signs {
    /// The cluster of each event.
    clusters: Vec<u32>,
    /// The event of each pick: groups, one after the other.
    events: Vec<u32>,
    segments: Vec<Segment>,
}

impl Signs {
    /// Stream of this design in the generator's counter.
    pub(crate) const STREAM: u32 = 6;

    /// The most events: twice as many positions are addressed.
    pub const MAX_EVENTS: usize = HALF_POSITIONS / 2;

    /// Of events in `clusters` and in groups, each a list of events.
    ///
    /// # Errors
    ///
    /// A group without a member, an event that is not in exactly one group, clusters that are not
    /// numbered in the order of their first events, more than [`Signs::MAX_EVENTS`] events.
    pub fn new(clusters: Vec<u32>, groups: &[Vec<u32>]) -> Result<Self, DesignError> {
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        DesignError::unless_filled(&sizes)?;
        if clusters.len() > Self::MAX_EVENTS {
            return Err(DesignError::TooManyEvents {
                events: clusters.len(),
                most: Self::MAX_EVENTS,
            });
        }
        let events = groups.concat();
        let mut sorted = events.clone();
        sorted.sort_unstable();
        let mut known = 0;
        let numbered = clusters.iter().all(|&cluster| {
            let fits = cluster <= known;
            known = known.max(cluster + u32::from(fits));
            fits
        });
        let each_once = sorted.iter().copied().eq(0..clusters.len() as u32);
        if !numbered {
            return Err(DesignError::Malformed(
                "clusters are not numbered in the order of their first events",
            ));
        }
        if !each_once {
            return Err(DesignError::Malformed("an event is not in one group"));
        }
        Ok(Signs {
            clusters,
            events,
            segments: segments_of(&sizes),
        })
    }

    /// Whether a design that was read from a file is one that [`Signs::new`] makes.
    pub(super) fn is_sound(&self) -> bool {
        let group = |s: &Segment| self.events.get(s.start..s.start.checked_add(s.len)?);
        let groups: Option<Vec<Vec<u32>>> = self
            .segments
            .iter()
            .map(|segment| group(segment).map(<[u32]>::to_vec))
            .collect();
        let below = |&cluster: &u32| (cluster as usize) < self.clusters.len();
        self.clusters.iter().all(below)
            && groups
                .map(|groups| Self::new(self.clusters.clone(), &groups))
                .is_some_and(|made| made.as_ref() == Ok(self))
    }

    /// Number of events.
    pub fn events(&self) -> usize {
        self.clusters.len()
    }

    /// The event of each pick.
    pub(crate) fn order(&self) -> &[u32] {
        &self.events
    }

    /// The cluster of each event.
    pub(crate) fn clusters(&self) -> &[u32] {
        &self.clusters
    }

    /// Number of clusters.
    pub fn coins(&self) -> usize {
        self.clusters
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1)
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The number of assignments of signs.
    pub fn admissible_sets(&self) -> BigUint {
        BigUint::from(1u32) << self.coins()
    }

    /// The assignments as paths.
    pub(super) fn paths(&self, by: By) -> Result<Paths, DesignError> {
        let mut members = vec![Vec::new(); self.coins()];
        for (group, segment) in (0..).zip(&self.segments) {
            for &event in &self.events[segment.range()] {
                members[self.clusters[event as usize] as usize].push((group, event));
            }
        }
        let coins = Coins {
            members,
            events: self.events() as u32,
        };
        Paths::new(&coins, &self.segments, by)
    }

    /// The picks of draws `first..first + draws`.
    pub(super) fn fill(&self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let mut flips = vec![0; self.coins().div_ceil(128) * 4];
        let n = self.events() as u32;
        for draw in 0..draws {
            let words = blocks(seed, first + draw as u64, Self::STREAM);
            for (block, flips) in (0..).zip(flips.chunks_mut(4)) {
                flips.copy_from_slice(&words(block));
            }
            for (pick, &event) in picks.row_mut(draw).iter_mut().zip(&self.events) {
                let cluster = self.clusters[event as usize];
                let flip = flips[cluster as usize / 32] >> (cluster % 32) & 1;
                *pick = event + flip * n;
            }
        }
    }
}

/// Cluster by cluster, each with its (group, event)s: as it is, then with its sign changed.
struct Coins {
    members: Vec<Vec<(u32, u32)>>,
    events: u32,
}

impl Choices for Coins {
    type State = usize;

    fn root(&self) -> usize {
        0
    }

    fn choices(&self, &cluster: &usize) -> Vec<Choice<usize>> {
        let next = (cluster + 1 < self.members.len()).then_some(cluster + 1);
        let shifted = |by: u32| Choice {
            picks: self.members[cluster]
                .iter()
                .map(|&(group, event)| (group, event + by))
                .collect(),
            next,
        };
        vec![shifted(0), shifted(self.events)]
    }
}
