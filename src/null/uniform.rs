//! `uniform`: groups of distinct positions, drawn jointly and uniformly without replacement.

use super::{Picks, Seen, Segment, philox4x32_10};

/// Stream of this design in the generator's counter.
const STREAM: u32 = 1;
/// Candidates that one generator block holds: two 16-bit halves a word.
const CANDIDATES: usize = 8;

/// Group sizes `k_1..k_G` drawn jointly without replacement from `n` positions; every labelled
/// selection is equally likely.
///
/// # The sampler, once and for all
///
/// 1. Block `b` of draw `i` is Philox4x32-10 with key = seed and counter = (i low, i high, b, 1).
///    Its words are read in order, the low 16 bits of a word before the high 16 bits.
/// 2. A half `x` becomes a position by Lemire's method: with `m = x n`, it is rejected when
///    `m mod 2^16 < 2^16 mod n`, else the candidate is `m >> 16`.
/// 3. A candidate that the draw already has is skipped. The others are accepted, in order.
/// 4. Of the groups and the remainder (the `n - k_1 - .. - k_G` positions in no group) the largest
///    is not drawn but is what the others leave; on a tie the remainder, then the first group. The
///    drawn groups are filled in their order, the remainder last when it is drawn.
/// 5. Picks stand in the order of acceptance (a drawn remainder is not stored), then the positions
///    of the group that was not drawn, ascending.
///
/// How repeats are looked up does not show in the picks, so every device may do it its own way.
/// Source of the bounded integers: Lemire (2019), "Fast random integer generation in an interval".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uniform {
    positions: u32,
    segments: Vec<Segment>,
    drawn: usize,
    stored: usize,
    complement: bool,
    picks: usize,
}

impl Uniform {
    /// The most positions that the 16-bit sampler can address.
    pub const MAX_POSITIONS: usize = 1 << 16;

    /// Groups of sizes `groups` out of `positions` positions. `None` unless every group has a
    /// member, all fit, and `positions <= MAX_POSITIONS`.
    pub fn new(positions: usize, groups: &[usize]) -> Option<Self> {
        let picks: usize = groups.iter().sum();
        if positions > Self::MAX_POSITIONS
            || groups.is_empty()
            || groups.contains(&0)
            || picks > positions
        {
            return None;
        }
        let remainder = positions - picks;
        let largest = *groups.iter().max()?;
        let left_over = (largest > remainder)
            .then(|| groups.iter().position(|&k| k == largest))
            .flatten();
        let stored = picks - left_over.map_or(0, |g| groups[g]);
        let mut start = 0;
        let segments = groups
            .iter()
            .enumerate()
            .map(|(g, &len)| {
                if Some(g) == left_over {
                    return Segment { start: stored, len };
                }
                start += len;
                Segment {
                    start: start - len,
                    len,
                }
            })
            .collect();
        Some(Uniform {
            positions: positions as u32,
            segments,
            drawn: stored + left_over.map_or(0, |_| remainder),
            stored,
            complement: left_over.is_some(),
            picks,
        })
    }

    /// Number of positions `n`.
    pub fn positions(&self) -> usize {
        self.positions as usize
    }

    /// Picks a draw, `k_1 + .. + k_G`.
    pub fn picks(&self) -> usize {
        self.picks
    }

    /// Where each group stands among the picks, in the order of the groups.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Positions accepted a draw before the rest is taken as the complement.
    pub(crate) fn drawn(&self) -> usize {
        self.drawn
    }

    /// Accepted positions that are picks; those past them belong to a drawn remainder.
    pub(crate) fn stored(&self) -> usize {
        self.stored
    }

    /// Stream of the design in the generator's counter.
    pub(crate) fn stream(&self) -> u32 {
        STREAM
    }

    /// `2^16 mod n`: the low halves of `x n` that Lemire's method rejects lie below it.
    pub(crate) fn reject_below(&self) -> u32 {
        (1 << 16) % self.positions
    }

    /// log10 of the number of admissible sets, `n! / (k_1! .. k_G! (n - k_1 - .. - k_G)!)`, and
    /// the number itself where 128 bits hold it.
    pub fn admissible_sets(&self) -> (f64, Option<u128>) {
        let mut log10 = 0.0;
        let mut exact = Some(1u128);
        let mut free = self.positions as u128;
        for segment in &self.segments {
            for j in 1..=segment.len as u128 {
                log10 += (free as f64).log10() - (j as f64).log10();
                // After j factors the product is C(free, j) times what came before: the division is exact.
                exact = exact.and_then(|e| e.checked_mul(free)).map(|e| e / j);
                free -= 1;
            }
        }
        (log10, exact)
    }

    /// The picks of draw `index` into `row` (`picks()` words and [`Picks::SLACK`]).
    #[inline(always)]
    pub fn draw(&self, seed: u64, index: u64, seen: &mut Seen, row: &mut [u32]) {
        let key = [seed as u32, (seed >> 32) as u32];
        let reject_below = self.reject_below();
        let mut accepted = 0;
        let mut block = 0;
        seen.clear();
        if !self.complement {
            // The candidates of a block that come after the last pick land in the slack.
            while accepted < self.drawn {
                let words = philox4x32_10([index as u32, (index >> 32) as u32, block, STREAM], key);
                for candidate in 0..CANDIDATES {
                    let half = (words[candidate / 2] >> (16 * (candidate % 2))) & 0xffff;
                    let product = half.wrapping_mul(self.positions);
                    if product & 0xffff < reject_below {
                        continue;
                    }
                    row[accepted] = product >> 16;
                    accepted += usize::from(seen.insert(product >> 16));
                }
                block += 1;
            }
            return;
        }
        while accepted < self.drawn {
            let words = philox4x32_10([index as u32, (index >> 32) as u32, block, STREAM], key);
            for candidate in 0..CANDIDATES {
                let half = (words[candidate / 2] >> (16 * (candidate % 2))) & 0xffff;
                let product = half.wrapping_mul(self.positions);
                if product & 0xffff < reject_below
                    || accepted == self.drawn
                    || !seen.insert(product >> 16)
                {
                    continue;
                }
                if accepted < self.stored {
                    row[accepted] = product >> 16;
                }
                accepted += 1;
            }
            block += 1;
        }
        let mut next = self.stored;
        for position in (0..self.positions).filter(|&p| !seen.contains(p)) {
            row[next] = position;
            next += 1;
        }
    }

    /// The picks of draws `first..first + draws` into the rows of `picks`.
    pub fn fill(&self, seed: u64, first: u64, draws: usize, seen: &mut Seen, picks: &mut Picks) {
        for draw in 0..draws {
            self.draw(seed, first + draw as u64, seen, picks.row_mut(draw));
        }
    }
}
