//! Groups of distinct positions, drawn jointly and uniformly without replacement. Twins:
//! `shaders/null/candidates.wgsl`, `shaders/null/distinct.wgsl`.

use num_bigint::BigUint;
use pulp::{Arch, Simd, WithSimd};

use super::ahead::{self, At, LANES, Words};
use super::selection::Lookups;
use super::{DesignError, Picks, PicksPass, Run, Seen, Segment};
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
    /// Blocks that are made side by side with those of other draws; 0 where a draw takes so many that its own are.
    ahead: usize,
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
        let mut sampler = Distinct {
            positions: positions as u32,
            segments,
            drawn: stored + left_over.map_or(0, |_| remainder),
            stored,
            complement: left_over.is_some(),
            picks,
            ahead: 0,
        };
        let blocks = sampler.blocks_within(1.5, 0.0).ceil() as usize;
        sampler.ahead = if blocks <= MOST_AHEAD { blocks } else { 0 };
        Ok(sampler)
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

    /// Blocks of the generator that a draw reads, at most. The last block of a run may be used in part.
    pub(super) fn blocks(&self) -> f64 {
        self.blocks_within(8.0, 64.0) + 1.0
    }

    /// Blocks whose candidates are as many as a draw needs on average, with some of its standard deviations and
    /// some more.
    fn blocks_within(&self, deviations: f64, more: f64) -> f64 {
        let n = self.positions() as f64;
        // Candidates until the last pick is accepted are a sum of geometric numbers.
        let (mut candidates, mut variance) = (0.0, 0.0);
        for taken in 0..self.drawn {
            let fresh = (n - taken as f64) / n;
            candidates += 1.0 / fresh;
            variance += (1.0 - fresh) / (fresh * fresh);
        }
        candidates += deviations * f64::sqrt(variance) + more;
        // Lemire's method rejects some numbers, nearly half of them at worst.
        let numbers = if self.halves() { 65536.0 } else { 4294967296.0 };
        candidates /= 1.0 - f64::from(self.reject_below()) / numbers;
        candidates / self.numbers_a_block() as f64
    }

    fn numbers_a_block(&self) -> usize {
        match self.halves() {
            true => HALVES_A_BLOCK,
            false => WORDS_A_BLOCK,
        }
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

    /// Of draws that are made side by side, the candidates of their first blocks from `at` on.
    pub(super) fn look_ahead(&self, at: At, ahead: &mut Candidates) {
        let Candidates {
            at: had,
            words,
            positions,
        } = ahead;
        *had = at;
        words.resize(self.ahead, Words::default());
        positions.resize(self.ahead * HALVES_A_BLOCK, [0; LANES]);
        if self.ahead > 0 {
            ahead::of_draws(at, words);
            self.candidates(words, positions);
        }
    }

    fn candidates(&self, words: &[Words], positions: &mut [[u32; LANES]]) {
        Arch::new().dispatch(Bounded {
            of: self,
            words,
            positions,
        });
    }

    /// The picks of draw `lane` of those looked ahead for, into `row` (`picks()` words and [`Picks::SLACK`]).
    #[inline(always)]
    pub(super) fn draw(
        &self,
        ahead: &mut Candidates,
        lane: usize,
        seen: &mut Seen,
        row: &mut [u32],
    ) {
        match (self.halves(), self.ahead > 0) {
            (true, true) => self.draw_near::<HALVES_A_BLOCK>(ahead, lane, seen, row),
            (false, true) => self.draw_near::<WORDS_A_BLOCK>(ahead, lane, seen, row),
            (true, false) => self.draw_far::<HALVES_A_BLOCK>(ahead, lane, seen, row),
            (false, false) => self.draw_far::<WORDS_A_BLOCK>(ahead, lane, seen, row),
        }
    }

    /// From blocks that were made with those of other draws, and further ones that are made alone.
    #[inline(always)]
    fn draw_near<const EACH: usize>(
        &self,
        ahead: &Candidates,
        lane: usize,
        seen: &mut Seen,
        row: &mut [u32],
    ) {
        let near = ahead.positions.as_chunks::<EACH>().0;
        let at = ahead.at.of_lane(lane);
        self.accept::<EACH>(seen, row, |block| match near.get(block as usize) {
            Some(candidates) => std::array::from_fn(|i| candidates[i][lane]),
            None => self.bound().of_block::<EACH>(at.past(block).words()),
        });
    }

    /// From many blocks, which are made with one another.
    #[inline(always)]
    fn draw_far<const EACH: usize>(
        &self,
        ahead: &mut Candidates,
        lane: usize,
        seen: &mut Seen,
        row: &mut [u32],
    ) {
        let at = ahead.at.of_lane(lane);
        let Candidates {
            words, positions, ..
        } = ahead;
        words.resize(1, Words::default());
        positions.resize(EACH, [0; LANES]);
        self.accept::<EACH>(seen, row, |block| {
            let lane = block as usize % LANES;
            if lane == 0 {
                ahead::of_blocks(at.past(block), words);
                self.candidates(words, positions);
            }
            std::array::from_fn(|i| positions[i][lane])
        });
    }

    /// The picks that blocks of candidates give, into `row`; a candidate that was rejected is the position past
    /// the last one.
    #[inline(always)]
    fn accept<const EACH: usize>(
        &self,
        seen: &mut Seen,
        row: &mut [u32],
        mut block: impl FnMut(u32) -> [u32; EACH],
    ) {
        let mut accepted = 0;
        let mut number = 0;
        seen.clear(self.positions);
        // Without branches: a repeat is overwritten by the next candidate, and the candidates of a block that
        // come after the last pick land in the slack. What the drawn ones leave must not lack these.
        let whole = match (self.complement, self.drawn > self.stored) {
            (false, _) => self.drawn,
            (true, false) => self.drawn.saturating_sub(EACH - 1),
            (true, true) => 0,
        };
        while accepted < whole {
            for position in block(number) {
                row[accepted] = position;
                accepted += usize::from(seen.insert(position));
            }
            number += 1;
        }
        if !self.complement {
            return;
        }
        while accepted < self.drawn {
            for position in block(number) {
                if accepted < self.drawn && seen.insert(position) {
                    if accepted < self.stored {
                        row[accepted] = position;
                    }
                    accepted += 1;
                }
            }
            number += 1;
        }
        let left = (0..self.positions).filter(|&position| !seen.contains(position));
        for (pick, position) in row[self.stored..].iter_mut().zip(left) {
            *pick = position;
        }
    }

    fn bound(&self) -> Bound {
        Bound {
            n: self.positions,
            reject_below: self.reject_below(),
        }
    }
}

/// The candidates of the first blocks of draws that are made side by side.
#[derive(Debug, Clone)]
pub(crate) struct Candidates {
    /// The first block of the first draw.
    at: At,
    words: Vec<Words>,
    /// By candidate and lane.
    positions: Vec<[u32; LANES]>,
}

impl Candidates {
    pub(super) fn new() -> Self {
        Candidates {
            at: At::default(),
            words: Vec::new(),
            positions: Vec::new(),
        }
    }
}

/// Most blocks of a draw that are made side by side with those of other draws: of all lanes they fit the first
/// cache.
const MOST_AHEAD: usize = 24;

/// Numbers of a generator's block: two halves a word, or the words.
const HALVES_A_BLOCK: usize = 8;
const WORDS_A_BLOCK: usize = 4;

/// Lemire's bounded numbers; those that the method rejects become `n`.
#[derive(Debug, Clone, Copy)]
struct Bound {
    n: u32,
    reject_below: u32,
}

impl Bound {
    #[inline(always)]
    fn of_half(self, half: u32) -> u32 {
        let product = half.wrapping_mul(self.n);
        match product & 0xffff >= self.reject_below {
            true => product >> 16,
            false => self.n,
        }
    }

    #[inline(always)]
    fn of_word(self, word: u32) -> u32 {
        let product = u64::from(word) * u64::from(self.n);
        match product as u32 >= self.reject_below {
            true => (product >> 32) as u32,
            false => self.n,
        }
    }

    /// The candidates of a block, in order: eight of halves, low ones first, or four of words.
    #[inline(always)]
    fn of_block<const EACH: usize>(self, words: [u32; 4]) -> [u32; EACH] {
        std::array::from_fn(|i| match EACH {
            HALVES_A_BLOCK => self.of_half(words[i / 2] >> (i % 2 * 16) & 0xffff),
            _ => self.of_word(words[i]),
        })
    }
}

/// The candidates of blocks, lane by lane.
struct Bounded<'a> {
    of: &'a Distinct,
    words: &'a [Words],
    positions: &'a mut [[u32; LANES]],
}

impl WithSimd for Bounded<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let bound = self.of.bound();
        let words = self.words.as_flattened();
        if self.of.halves() {
            for (word, halves) in words.iter().zip(self.positions.as_chunks_mut::<2>().0) {
                // Whole vectors, which are then put: the compiler would else go across words.
                let (mut low, mut high) = ([0; LANES], [0; LANES]);
                for lane in 0..LANES {
                    low[lane] = bound.of_half(word[lane] & 0xffff);
                    high[lane] = bound.of_half(word[lane] >> 16);
                }
                *halves = [low, high];
            }
            return;
        }
        for (word, position) in words.iter().zip(self.positions) {
            let mut bounded = [0; LANES];
            for lane in 0..LANES {
                bounded[lane] = bound.of_word(word[lane]);
            }
            *position = bounded;
        }
    }
}

/// Draws distinct positions, all alike.
#[derive(Debug, Clone)]
pub(crate) struct DistinctRun {
    of: Distinct,
    stream: u32,
    ahead: Candidates,
    seen: Seen,
    shaders: Lookups,
}

impl DistinctRun {
    pub(super) fn new(of: Distinct, stream: u32, shaders: Lookups) -> Self {
        DistinctRun {
            seen: Seen::new(of.positions()),
            ahead: Candidates::new(),
            of,
            stream,
            shaders,
        }
    }
}

impl Run for DistinctRun {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        for from in (0..draws).step_by(LANES) {
            let at = At::new(seed, self.stream, first + from as u64);
            self.of.look_ahead(at, &mut self.ahead);
            for draw in from..draws.min(from + LANES) {
                let row = picks.row_mut(draw);
                self.of
                    .draw(&mut self.ahead, draw - from, &mut self.seen, row);
            }
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
            plain: self.of.halves()
                && self.of.stored() == self.of.drawn()
                && self.of.stored() == self.of.picks()
                && pass.taken_words == 0,
            ..pass
        })
    }

    fn steps(&self) -> usize {
        0
    }
}

/// Workgroup memory that every device has.
const WORKGROUP_BYTES: usize = 16_384;

/// Words of a draw's bit set of taken positions, with room for the one past the last: the place of candidates that
/// are none.
pub(super) fn seen_words(positions: usize) -> usize {
    positions / 32 + 1
}

/// Whether the bit sets of a workgroup fit into its memory.
pub(super) fn in_workgroup(words: usize) -> bool {
    words * THREADS * size_of::<u32>() <= WORKGROUP_BYTES
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
