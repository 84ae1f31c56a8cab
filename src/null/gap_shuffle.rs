//! `gap-shuffle`: the gaps between the events in a new order. Twin: `shaders/null/gap_shuffle.wgsl`.

use num_bigint::BigUint;
use pulp::{Arch, Simd, WithSimd};

use super::ahead::{self, At, LANES, Words};
use super::distinct::{HALF_POSITIONS, Numbers};
use super::expectation::along;
use super::law::NO_LEVEL;
use super::paths::{By, Choice, Choices, Paths};
use super::{
    DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves,
    Observed, Picks, PicksPass, Placed, Remake, Run, Segment, segments_of,
};
use crate::kernel::{Buffer, PHILOX, PICKS, Shader, within_budget};

/// The gaps between neighbouring events, in positions, put in a new order; every order is equally
/// likely, and so is every placement that some order gives.
///
/// Gaps of 0 (events of one day) are gaps like others, so that as many events share a day in every
/// draw. The labels keep their order in time: the `i`-th event of a draw has the group of the `i`-th
/// observed one. The gaps before the first and after the last event are no part of the multiset:
/// either they stay as they are, or the whole pattern moves to any place where it fits, all equally
/// likely.
///
/// # The sampler, once and for all
///
/// Stream 5, numbers from 16-bit halves as in [`Distinct`](super::Distinct). With free ends the first
/// number, below the number of places, is the first event's position. Then the gaps `g_0 .. g_(m-1)`
/// in observed order are shuffled by Fisher and Yates: for `i` from 0 on, gap `i` is exchanged with
/// gap `i + x`, `x` a number below `m - i` (none is read for the last one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapShuffle {
    positions: u32,
    /// Position of the first event, and the gaps after it.
    first: u32,
    gaps: Vec<u32>,
    free_ends: bool,
    /// By event in the order of time, its pick.
    slots: Vec<u32>,
    segments: Vec<Segment>,
}

impl GapShuffle {
    /// Stream of this design in the generator's counter.
    const STREAM: u32 = 5;

    /// Over `positions` positions, from the observed positions of each group.
    ///
    /// # Errors
    ///
    /// A group without a member, an event outside the positions, a single event, more than 2^16
    /// positions.
    pub fn new(
        positions: usize,
        groups: &[Vec<u32>],
        free_ends: bool,
    ) -> Result<Self, DesignError> {
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let mut events: Vec<(u32, u32)> = groups.concat().into_iter().zip(0..).collect();
        events.sort_unstable();
        DesignError::unless_addressable(positions, HALF_POSITIONS)?;
        DesignError::unless_filled(&sizes)?;
        if events.len() < 2 {
            return Err(DesignError::NoGap);
        }
        for group in groups {
            DesignError::unless_inside(group, positions)?;
        }
        Ok(GapShuffle {
            positions: positions as u32,
            first: events[0].0,
            gaps: events
                .windows(2)
                .map(|pair| pair[1].0 - pair[0].0)
                .collect(),
            free_ends,
            slots: events.iter().map(|&(_, pick)| pick).collect(),
            segments: segments_of(&sizes),
        })
    }

    /// The first position of a draw is one of so many from 0 on, or the observed one.
    fn places(&self) -> u32 {
        self.positions - self.gaps.iter().sum::<u32>()
    }

    /// Shuffles `gaps` by the numbers that `below` gives, and places the events at them, into `row`.
    #[inline(always)]
    fn place_gaps(&self, gaps: &mut [u32], mut below: impl FnMut(u32) -> u32, row: &mut [u32]) {
        let mut at = match self.free_ends {
            true => below(self.places()),
            false => self.first,
        };
        row[self.slots[0] as usize] = at;
        for i in 0..gaps.len() {
            let left = (gaps.len() - i) as u32;
            if left > 1 {
                gaps.swap(i, i + below(left) as usize);
            }
            at += gaps[i];
            row[self.slots[i + 1] as usize] = at;
        }
    }

    /// Each gap, ascending, and how often it comes.
    fn multiset(&self) -> Vec<(u32, usize)> {
        let mut gaps = self.gaps.clone();
        gaps.sort_unstable();
        gaps.chunk_by(|a, b| a == b)
            .map(|run| (run[0], run.len()))
            .collect()
    }
}

const SHADER: Shader = Shader {
    name: "gap-shuffle",
    entry_point: "gap_shuffle_picks",
    binds: &[
        Buffer::Slice,
        Buffer::Picks,
        Buffer::Taken,
        Buffer::Shape,
        Buffer::Tallies,
    ],
    files: &[
        PICKS,
        PHILOX[0],
        PHILOX[1],
        include_str!("../../shaders/null/gap_shuffle.wgsl"),
    ],
};

impl Law for GapShuffle {
    const FACTS: Facts = Facts {
        name: "gap-shuffle",
        file: "gap_shuffle",
        streams: &[Self::STREAM],
        shaders: &[SHADER],
        moves: Moves::Dates,
        positions: "eligible dates",
        keys: &[Key::Ends, Key::Blackout, Key::Dates],
        needs: None,
        clause: |sizes, positions| {
            format!(
                "puts the gaps between the events, {sizes}, in a new order on the {positions} eligible dates"
            )
        },
        overlap: None,
        single_group: None,
        reference: NO_LEVEL,
    };
    type Running<'d> = GapShuffleRun<'d>;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        ground.over_pool(|positions, groups| Self::new(positions, groups, ground.free_ends))
    }

    fn positions(&self) -> usize {
        self.positions as usize
    }

    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Different placements: orders of the multiset of gaps, times the places of the pattern where ends
    /// are free.
    fn sets(&self) -> Result<BigUint, DesignError> {
        let mut orders = BigUint::from(match self.free_ends {
            true => self.places(),
            false => 1,
        });
        let mut left = self.gaps.len();
        for (_, count) in self.multiset() {
            for taken in 0..count {
                orders *= left;
                orders /= taken + 1;
                left -= 1;
            }
        }
        Ok(orders)
    }

    fn each_once(&self) -> Option<u64> {
        None
    }

    fn paths(&self, by: By) -> Result<Paths, DesignError> {
        let mut group_of = vec![0; self.slots.len()];
        for (group, segment) in (0..).zip(&self.segments) {
            group_of[segment.range()].fill(group);
        }
        let (gaps, counts) = self.multiset().into_iter().unzip();
        let placements = Placements {
            of: self,
            groups: self
                .slots
                .iter()
                .map(|&slot| group_of[slot as usize])
                .collect(),
            gaps,
            counts,
        };
        Paths::new(&placements, &self.segments, by)
    }

    fn running(&self) -> Result<GapShuffleRun<'_>, DesignError> {
        let gaps = self.gaps.len() as u32;
        let places = self.free_ends.then(|| self.places());
        let bounds: Vec<u32> = places.into_iter().chain((2..=gaps).rev()).collect();
        Ok(GapShuffleRun {
            of: self,
            gaps: self.gaps.clone(),
            words: vec![Words::default(); bounds.len().div_ceil(8)],
            numbers: vec![[0; LANES]; bounds.len()],
            bounds,
        })
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        None
    }

    fn drawn(&self) -> Option<Drawn> {
        None
    }

    fn basis(&self) -> LawBasis {
        LawBasis::None("the null law of shuffled gaps has no closed form")
    }

    /// Gaps of 0 may all come after one event.
    fn most_on_a_position(&self) -> usize {
        1 + self.gaps.iter().filter(|&&gap| gap == 0).count()
    }

    fn exchanges(&self, _a: usize, _b: usize) -> bool {
        false
    }

    fn inclusion(&self) -> Option<Inclusion> {
        let paths = self.paths(By::Chance).ok()?;
        Some(along(&paths, self.positions(), self.segments.len()))
    }

    fn negated_from(&self) -> Option<usize> {
        None
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    /// The observed order is one of the orders.
    fn misses(&self, _observed: &Observed) -> Vec<Miss> {
        Vec::new()
    }

    fn assumption(&self) -> &'static str {
        "the gaps between events are exchangeable: they could have come in any order"
    }

    fn draws_ends(&self) -> bool {
        self.free_ends
    }

    fn ranks_single(&self) -> bool {
        false
    }

    fn inflation(&self, _groups: &[usize]) -> Option<Inflation> {
        None
    }
}

/// Puts gaps in order.
#[derive(Debug, Clone)]
pub(crate) struct GapShuffleRun<'d> {
    of: &'d GapShuffle,
    gaps: Vec<u32>,
    /// What the numbers of a draw are below, each.
    bounds: Vec<u32>,
    /// Blocks of draws that are made side by side.
    words: Vec<Words>,
    /// By number and draw.
    numbers: Vec<[u32; LANES]>,
}

/// The numbers of draws that are made side by side, as if none was rejected; and of which draws one is.
struct Bounded<'a> {
    words: &'a [Words],
    bounds: &'a [u32],
    numbers: &'a mut [[u32; LANES]],
}

impl WithSimd for Bounded<'_> {
    type Output = [bool; LANES];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [bool; LANES] {
        let mut rejected = [0; LANES];
        let words = self.words.as_flattened();
        for (i, (numbers, &n)) in self.numbers.iter_mut().zip(self.bounds).enumerate() {
            let reject_below = (1 << 16) % n;
            let (word, shift) = (&words[i / 2], i % 2 * 16);
            let mut bounded = [0; LANES];
            for lane in 0..LANES {
                let product = (word[lane] >> shift & 0xffff).wrapping_mul(n);
                bounded[lane] = product >> 16;
                rejected[lane] |= u32::from(product & 0xffff < reject_below);
            }
            *numbers = bounded;
        }
        rejected.map(|rejected| rejected > 0)
    }
}

impl Run for GapShuffleRun<'_> {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let GapShuffleRun {
            of,
            gaps,
            bounds,
            words,
            numbers,
        } = self;
        for from in (0..draws).step_by(LANES) {
            let at = At::new(seed, GapShuffle::STREAM, first + from as u64);
            ahead::of_draws(at, words);
            let rejected = Arch::new().dispatch(Bounded {
                words,
                bounds,
                numbers,
            });
            for draw in from..draws.min(from + LANES) {
                let lane = draw - from;
                gaps.copy_from_slice(&of.gaps);
                let row = picks.row_mut(draw);
                match rejected[lane] {
                    false => {
                        let mut each = numbers.iter().map(|numbers| numbers[lane]);
                        of.place_gaps(gaps, |_| each.next().unwrap_or(0), row);
                    }
                    // A rejected number moves all that follow.
                    true => {
                        let at = at.of_lane(lane);
                        let mut numbers = Numbers::new(|block| at.past(block).words());
                        of.place_gaps(gaps, |n| numbers.below(n), row);
                    }
                }
            }
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        let of = self.of;
        // A number is read twice at most on average; an excess of 64 has no chance.
        within_budget(2 * (3 * of.gaps.len() + 64), "shuffling this many gaps")?;
        let shape = of.gaps.iter().chain(&of.slots).map(|&word| word as i32);
        let places = match of.free_ends {
            true => of.places(),
            false => 0,
        };
        let constants = vec![
            ("STREAM", GapShuffle::STREAM.into()),
            ("GAPS", of.gaps.len() as f64),
            ("FIRST", of.first.into()),
            ("PLACES", places.into()),
        ];
        Ok(PicksPass {
            taken_words: of.gaps.len(),
            ..PicksPass::new(SHADER, constants, shape.collect())
        })
    }

    fn steps(&self) -> usize {
        0
    }
}

/// Event by event.
struct Placements<'a> {
    of: &'a GapShuffle,
    /// By event in the order of time.
    groups: Vec<u32>,
    gaps: Vec<u32>,
    counts: Vec<usize>,
}

impl Choices for Placements<'_> {
    /// The last event's position and the gaps left, by size; `None` before the first event.
    type State = Option<(u32, Vec<usize>)>;

    fn root(&self) -> Self::State {
        None
    }

    fn choices(&self, state: &Self::State) -> Vec<Choice<Self::State>> {
        let placed = |event: usize, position: u32, left: Vec<usize>| Choice {
            picks: vec![(self.groups[event], position)],
            next: left
                .iter()
                .any(|&left| left > 0)
                .then_some(Some((position, left))),
        };
        let Some((at, left)) = state else {
            let firsts = match self.of.free_ends {
                true => 0..self.of.places(),
                false => self.of.first..self.of.first + 1,
            };
            return firsts
                .map(|first| placed(0, first, self.counts.clone()))
                .collect();
        };
        let event = self.groups.len() - left.iter().sum::<usize>();
        let kinds = (0..left.len()).filter(|&kind| left[kind] > 0);
        kinds
            .map(|kind| {
                let mut left = left.clone();
                left[kind] -= 1;
                placed(event, at + self.gaps[kind], left)
            })
            .collect()
    }
}
