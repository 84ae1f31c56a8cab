//! Groups of distinct positions, drawn jointly and uniformly without replacement. Twin:
//! `shaders/null/distinct.wgsl`.

use num_bigint::BigUint;

use super::selection::Lookups;
use super::{DesignError, Picks, PicksPass, Run, Seen, Segment, philox4x32_10};
use crate::kernel::{LOOP_BUDGET, THREADS, within_budget};

/// The most positions that 16-bit halves of the generator's words can address.
pub(crate) const HALF_POSITIONS: usize = 1 << 16;

/// Group sizes `k_1..k_G` drawn jointly without replacement from `n` positions; every labelled
/// selection is equally likely.
///
/// # The sampler, once and for all
///
/// 1. Block `b` of draw `i` is Philox4x32-10 with key = seed and counter = (i low, i high, b, the
///    design's stream).    Its words are read in order. For `n <= 2^16` a word is two numbers of `w = 16` bits, the low
///    half first; for more positions it is one number of `w = 32` bits.
/// 2. A number `x` becomes a position by Lemire's method: with `m = x n`, it is rejected when
///    `m mod 2^w < 2^w mod n`, else the candidate is `m >> w`.
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
pub struct Distinct {
    positions: u32,
    segments: Vec<Segment>,
    drawn: usize,
    stored: usize,
    complement: bool,
    picks: usize,
}

impl Distinct {
    /// The most positions.
    pub const MAX_POSITIONS: usize = 1 << 20;

    /// Groups of sizes `groups` out of `positions` positions.
    ///
    /// # Errors
    ///
    /// A group without a member, more picks than positions, more positions than
    /// [`Distinct::MAX_POSITIONS`].
    pub fn new(positions: usize, groups: &[usize]) -> Result<Self, DesignError> {
        DesignError::unless_addressable(positions, Self::MAX_POSITIONS)?;
        DesignError::unless_filled(groups)?;
        let picks = groups
            .iter()
            .fold(0, |sum: usize, &k| sum.saturating_add(k));
        if picks > positions {
            return Err(DesignError::TooFewPositions {
                wanted: picks,
                room: positions,
            });
        }
        let remainder = positions - picks;
        let largest = groups.iter().copied().max().unwrap_or(0);
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
                    return Segment::new(stored, len);
                }
                start += len;
                Segment::new(start - len, len)
            })
            .collect();
        Ok(Distinct {
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

    /// The group that is not drawn but what the others leave, if one is.
    pub(super) fn left_over(&self) -> Option<usize> {
        let mut groups = self.segments.iter();
        let at = groups.position(|segment| segment.start == self.stored);
        at.filter(|_| self.complement)
    }

    /// Positions accepted a draw before the rest is taken as the complement.
    pub(super) fn drawn(&self) -> usize {
        self.drawn
    }

    /// Accepted positions that are picks; those past them belong to a drawn remainder.
    pub(super) fn stored(&self) -> usize {
        self.stored
    }

    /// Whether candidates come from 16-bit halves of the generator's words.
    pub(super) fn halves(&self) -> bool {
        self.positions() <= HALF_POSITIONS
    }

    /// `2^w mod n`: the low parts of `x n` that Lemire's method rejects lie below it.
    pub(super) fn reject_below(&self) -> u32 {
        if self.halves() {
            (1 << 16) % self.positions
        } else {
            ((1u64 << 32) % u64::from(self.positions)) as u32
        }
    }

    /// The number of admissible sets, `n! / (k_1! .. k_G! (n - k_1 - .. - k_G)!)`.
    pub fn admissible_sets(&self) -> BigUint {
        let sizes = self.segments.iter().map(|segment| segment.len);
        selections(self.positions(), sizes)
    }

    /// Loop iterations of a thread on a device that draws it.
    pub(super) fn loops(&self) -> usize {
        let complement = if self.picks() > self.stored() {
            self.positions()
        } else {
            0
        };
        let words = seen_words(self.positions());
        let cleared = if in_workgroup(words) || self.drawn() > self.stored() {
            words
        } else {
            self.stored()
        };
        (self.loops_a_block() as f64 * self.blocks()) as usize + complement + cleared
    }

    /// Blocks of the generator that a draw reads, at most.
    pub(super) fn blocks(&self) -> f64 {
        let n = self.positions() as f64;
        // Candidates until the last pick is accepted are a sum of geometric numbers: the mean and eight
        // standard deviations.
        let (mut candidates, mut variance) = (0.0, 0.0);
        for taken in 0..self.drawn() {
            let fresh = (n - taken as f64) / n;
            candidates += 1.0 / fresh;
            variance += (1.0 - fresh) / (fresh * fresh);
        }
        candidates += 8.0 * f64::sqrt(variance) + 64.0;
        // Lemire's method rejects some numbers, nearly half of them at worst.
        let numbers = if self.halves() { 65536.0 } else { 4294967296.0 };
        candidates /= 1.0 - f64::from(self.reject_below()) / numbers;
        // The last block of a run may be used in part.
        candidates / self.numbers_a_block() as f64 + 1.0
    }

    fn numbers_a_block(&self) -> usize {
        if self.halves() { 8 } else { 4 }
    }

    /// Loop iterations that a block takes: a number each, ten rounds of Philox and its own.
    pub(super) fn loops_a_block(&self) -> usize {
        self.numbers_a_block() + 11
    }

    /// Whether a group is made of what the others leave.
    pub(super) fn makes_complement(&self) -> bool {
        self.complement
    }

    /// What `distinct.wgsl` is told.
    pub(super) fn constants(&self, stream: u32) -> Vec<(&'static str, f64)> {
        vec![
            ("POSITIONS", self.positions() as f64),
            ("REJECT_BELOW", self.reject_below().into()),
            ("STREAM", stream.into()),
            ("DRAWN", self.drawn() as f64),
            ("STORED", self.stored() as f64),
            ("PICKS", self.picks() as f64),
            ("HALVES", f64::from(u8::from(self.halves()))),
        ]
    }

    /// The picks that the generator's blocks `words` give, into `row` (`picks()` words and
    /// [`Picks::SLACK`]).
    #[inline(always)]
    pub(super) fn draw(&self, words: impl Fn(u32) -> [u32; 4], seen: &mut Seen, row: &mut [u32]) {
        if self.halves() {
            self.draw_by::<true>(words, seen, row);
        } else {
            self.draw_by::<false>(words, seen, row);
        }
    }

    #[inline(always)]
    fn draw_by<const HALVES: bool>(
        &self,
        words: impl Fn(u32) -> [u32; 4],
        seen: &mut Seen,
        row: &mut [u32],
    ) {
        let (n, reject_below) = (self.positions, self.reject_below());
        let mut accepted = 0;
        seen.clear();
        if !self.complement {
            // Without branches: a repeat is overwritten by the next candidate, and the candidates
            // of a block that come after the last pick land in the slack.
            let mut block = 0;
            while accepted < self.drawn {
                candidates::<HALVES>(words(block), n, reject_below, |position| {
                    row[accepted] = position;
                    accepted += usize::from(seen.insert(position));
                });
                block += 1;
            }
            return;
        }
        let mut block = 0;
        while accepted < self.drawn {
            candidates::<HALVES>(words(block), n, reject_below, |position| {
                if accepted < self.drawn && seen.insert(position) {
                    if accepted < self.stored {
                        row[accepted] = position;
                    }
                    accepted += 1;
                }
            });
            block += 1;
        }
        let left = (0..n).filter(|&position| !seen.contains(position));
        for (pick, position) in row[self.stored..].iter_mut().zip(left) {
            *pick = position;
        }
    }
}

/// Draws distinct positions, all alike.
#[derive(Debug, Clone)]
pub(crate) struct DistinctRun {
    of: Distinct,
    stream: u32,
    seen: Seen,
    shaders: Lookups,
}

impl DistinctRun {
    pub(super) fn new(of: Distinct, stream: u32, shaders: Lookups) -> Self {
        DistinctRun {
            seen: Seen::new(of.positions()),
            of,
            stream,
            shaders,
        }
    }
}

impl Run for DistinctRun {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        for draw in 0..draws {
            let words = blocks(seed, first + draw as u64, self.stream);
            self.of.draw(words, &mut self.seen, picks.row_mut(draw));
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        let positions = self.of.positions();
        let Lookups { once, parts } = self.shaders;
        let pass = PicksPass::new(once[0], self.of.constants(self.stream), Vec::new());
        let loops = self.of.loops();
        let pass = match self.of.makes_complement() || loops <= LOOP_BUDGET {
            true => {
                within_budget(loops, "drawing this many positions")?;
                pass.looking_up(positions, once)
            }
            false => {
                let a_dispatch = LOOP_BUDGET / self.of.loops_a_block();
                pass.in_parts(positions, parts, self.of.blocks(), a_dispatch)
            }
        };
        Ok(PicksPass {
            packed: self.of.halves(),
            ..pass
        })
    }

    fn steps(&self) -> usize {
        0
    }
}

/// Workgroup memory that every device has.
const WORKGROUP_BYTES: usize = 16_384;

/// Words of a draw's bit set of taken positions.
pub(super) fn seen_words(positions: usize) -> usize {
    positions.div_ceil(32)
}

/// Whether the bit sets of a workgroup fit into its memory.
pub(super) fn in_workgroup(words: usize) -> bool {
    words * THREADS * size_of::<u32>() <= WORKGROUP_BYTES
}

/// The generator's blocks for draw `index` of a stream.
#[inline(always)]
pub(super) fn blocks(seed: u64, index: u64, stream: u32) -> impl Fn(u32) -> [u32; 4] {
    let key = [seed as u32, (seed >> 32) as u32];
    move |block| philox4x32_10([index as u32, (index >> 32) as u32, block, stream], key)
}

/// The number of ways to take groups of sizes `groups` from `n`.
pub(super) fn selections(n: usize, groups: impl Iterator<Item = usize>) -> BigUint {
    let mut ways = BigUint::from(1u32);
    let mut free = n;
    for len in groups {
        for j in 1..=len {
            // After j factors it is C(free, j) times what came before: the division is exact.
            ways = ways * free / j;
            free -= 1;
        }
    }
    ways
}

/// The generator's blocks as a sequence of numbers of 16 bits, low halves first.
pub(super) struct Numbers<F> {
    words: F,
    block: [u32; 4],
    read: u32,
}

impl<F: Fn(u32) -> [u32; 4]> Numbers<F> {
    pub(super) fn new(words: F) -> Self {
        Numbers {
            words,
            block: [0; 4],
            read: 0,
        }
    }

    /// A number below `n` (1 to 2^16), by Lemire's method.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        loop {
            if self.read.is_multiple_of(8) {
                self.block = (self.words)(self.read / 8);
            }
            let word = self.block[(self.read % 8 / 2) as usize];
            let half = word >> (self.read % 2 * 16) & 0xffff;
            self.read += 1;
            // 2^16 times 2^16 - 1 at most.
            let product = half * n;
            if product & 0xffff >= (1 << 16) % n {
                return product >> 16;
            }
        }
    }
}

/// The candidate positions of one generator block, in order.
#[inline(always)]
fn candidates<const HALVES: bool>(
    words: [u32; 4],
    n: u32,
    reject_below: u32,
    mut take: impl FnMut(u32),
) {
    for word in words {
        if HALVES {
            for half in [word & 0xffff, word >> 16] {
                let product = half.wrapping_mul(n);
                if product & 0xffff >= reject_below {
                    take(product >> 16);
                }
            }
        } else {
            let product = u64::from(word) * u64::from(n);
            if product as u32 >= reject_below {
                take((product >> 32) as u32);
            }
        }
    }
}
