//! `signs`: the sign of each event's response, or of each cluster's, by the toss of a coin. Twin:
//! `shaders/null/signs.wgsl`.

use num_bigint::BigUint;

use super::ahead::{self, At, LANES, Words};
use super::distinct::HALF_POSITIONS;
use super::law::NO_LEVEL;
use super::paths::{By, Choice, Choices, Paths};
use super::{
    DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves,
    Observed, Picks, PicksPass, Placed, Remake, Run, Segment, segments_of,
};
use crate::kernel::{Buffer, PHILOX, PICKS, Shader, within_budget};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signs {
    /// The cluster of each event.
    clusters: Vec<u32>,
    /// The event of each pick: groups, one after the other.
    events: Vec<u32>,
    segments: Vec<Segment>,
}

impl Signs {
    /// Stream of this design in the generator's counter.
    const STREAM: u32 = 6;

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

    /// Number of events.
    pub fn events(&self) -> usize {
        self.clusters.len()
    }

    /// Number of clusters.
    pub fn coins(&self) -> usize {
        self.clusters
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1)
    }
}

const SHADER: Shader = Shader {
    name: "signs",
    entry_point: "signs_picks",
    binds: &[Buffer::Slice, Buffer::Picks, Buffer::Shape, Buffer::Tallies],
    files: &[
        PICKS,
        PHILOX[0],
        PHILOX[1],
        include_str!("../../shaders/null/signs.wgsl"),
    ],
};

impl Law for Signs {
    const FACTS: Facts = Facts {
        name: "signs",
        file: "signs",
        streams: &[Self::STREAM],
        shaders: &[SHADER],
        moves: Moves::Signs,
        positions: "events, as they are and with their signs changed",
        keys: &[Key::Cluster],
        needs: None,
        clause: |sizes, _positions| {
            format!("keeps the events, {sizes}, and changes the signs of their responses by chance")
        },
        overlap: Some(
            "such responses hold the same changes, but their signs are changed as if one did not tell of \
             the other",
        ),
        single_group: None,
        reference: NO_LEVEL,
    };
    type Running<'d> = SignsRun<'d>;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        let mut of_event = vec![0; ground.events.len()];
        for (number, cluster) in (0..).zip(ground.clusters) {
            for &event in cluster {
                of_event[event as usize] = number;
            }
        }
        let (rows, events) = ground.on_events();
        Ok(Placed {
            design: Self::new(of_event, &ground.by_group(&events))?,
            rows: rows.repeat(2),
            events,
        })
    }

    fn positions(&self) -> usize {
        2 * self.events()
    }

    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn sets(&self) -> Result<BigUint, DesignError> {
        Ok(BigUint::from(1u32) << self.coins())
    }

    fn each_once(&self) -> Option<u64> {
        None
    }

    fn paths(&self, by: By) -> Result<Paths, DesignError> {
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

    fn running(&self) -> Result<SignsRun<'_>, DesignError> {
        Ok(SignsRun {
            of: self,
            coins: self
                .events
                .iter()
                .map(|&event| self.clusters[event as usize])
                .collect(),
            words: vec![Words::default(); self.coins().div_ceil(128)],
            flips: vec![0; self.coins().next_multiple_of(32)],
        })
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        None
    }

    fn drawn(&self) -> Option<Drawn> {
        None
    }

    fn basis(&self) -> LawBasis {
        LawBasis::Paths
    }

    fn most_on_a_position(&self) -> usize {
        1
    }

    fn exchanges(&self, _a: usize, _b: usize) -> bool {
        false
    }

    /// An event has either sign in half of the sets.
    fn inclusion(&self) -> Option<Inclusion> {
        let mut groups = vec![vec![BigUint::ZERO; self.positions()]; self.segments.len()];
        for (group, segment) in groups.iter_mut().zip(&self.segments) {
            for &event in &self.events[segment.range()] {
                group[event as usize] = 1u32.into();
                group[event as usize + self.events()] = 1u32.into();
            }
        }
        Some(Inclusion::new(groups, 2u32.into()))
    }

    fn negated_from(&self) -> Option<usize> {
        Some(self.events())
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    /// The observed signs are one assignment.
    fn misses(&self, _observed: &Observed) -> Vec<Miss> {
        Vec::new()
    }

    fn assumption(&self) -> &'static str {
        "the responses are symmetric about zero: each, or each cluster of them, could as well have had the other sign, whatever the others"
    }

    fn draws_ends(&self) -> bool {
        false
    }

    fn ranks_single(&self) -> bool {
        false
    }

    fn inflation(&self, _groups: &[usize]) -> Option<Inflation> {
        None
    }
}

/// Tosses coins.
#[derive(Debug, Clone)]
pub(crate) struct SignsRun<'d> {
    of: &'d Signs,
    /// The cluster of each pick.
    coins: Vec<u32>,
    /// Blocks of draws that are made side by side.
    words: Vec<Words>,
    /// Of one of them and by cluster, what its events' positions move by.
    flips: Vec<u32>,
}

impl Run for SignsRun<'_> {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let SignsRun {
            of,
            coins,
            words,
            flips,
        } = self;
        let n = of.events() as u32;
        for from in (0..draws).step_by(LANES) {
            ahead::of_draws(At::new(seed, Signs::STREAM, first + from as u64), words);
            for draw in from..draws.min(from + LANES) {
                let bits = flips.as_chunks_mut::<{ u32::BITS as usize }>().0;
                for (flips, words) in bits.iter_mut().zip(words.as_flattened()) {
                    for (bit, flip) in (0..).zip(flips) {
                        *flip = (words[draw - from] >> bit & 1) * n;
                    }
                }
                let tossed = of.events.iter().zip(coins.iter());
                for (pick, (&event, &coin)) in picks.row_mut(draw).iter_mut().zip(tossed) {
                    *pick = event + flips[coin as usize];
                }
            }
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        let of = self.of;
        let picks = of.events.len();
        within_budget(11 * picks, "changing this many signs")?;
        let pairs = of.events.iter();
        let shape = pairs.flat_map(|&event| [event as i32, of.clusters[event as usize] as i32]);
        let constants = vec![
            ("STREAM", Signs::STREAM.into()),
            ("PICKS", picks as f64),
            ("EVENTS", of.events() as f64),
        ];
        Ok(PicksPass::new(SHADER, constants, shape.collect()))
    }

    fn steps(&self) -> usize {
        0
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
