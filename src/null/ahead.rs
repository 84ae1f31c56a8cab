//! The generator's blocks of several draws, or several blocks of one, made side by side. A processor
//! multiplies as many numbers at once as its widest vectors hold, which are found at run time; the words are
//! those of [`philox4x32_10`], whichever vectors there are.

use pulp::{Arch, Simd, WithSimd};

use super::philox::{MULTIPLIER, ROUNDS, WEYL, philox4x32_10};

/// Blocks that are made side by side.
pub(crate) const LANES: usize = 16;

/// Words of [`LANES`] blocks: the first ones, the second ones, ..
pub(crate) type Words = [[u32; LANES]; 4];

/// Where blocks stand in the generator's sequence.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct At {
    pub seed: u64,
    pub stream: u32,
    pub draw: u64,
    pub block: u32,
}

impl At {
    /// The first block of a draw.
    pub fn new(seed: u64, stream: u32, draw: u64) -> Self {
        At {
            seed,
            stream,
            draw,
            block: 0,
        }
    }

    /// The same block of the draw `lane` draws on.
    pub fn of_lane(self, lane: usize) -> Self {
        At {
            draw: self.draw.wrapping_add(lane as u64),
            ..self
        }
    }

    /// The block `blocks` blocks on.
    pub fn past(self, blocks: u32) -> Self {
        At {
            block: self.block.wrapping_add(blocks),
            ..self
        }
    }

    fn key(self) -> [u32; 2] {
        [self.seed as u32, (self.seed >> 32) as u32]
    }

    fn counter(self) -> [u32; 4] {
        let At {
            draw,
            block,
            stream,
            ..
        } = self;
        [draw as u32, (draw >> 32) as u32, block, stream]
    }

    /// The block, by itself.
    pub fn words(self) -> [u32; 4] {
        philox4x32_10(self.counter(), self.key())
    }
}

/// Blocks `at.block..at.block + out.len()` of the draws from `at.draw` on, a draw a lane.
pub(super) fn of_draws(at: At, out: &mut [Words]) {
    let blocks = (at.block..).zip(out);
    Arch::new().dispatch(Filled(blocks.map(|(block, out)| {
        let at = At { block, ..at };
        let counters = std::array::from_fn(|lane| at.of_lane(lane).counter());
        (at.key(), counters, out)
    })));
}

/// The blocks from `at.block` on of a draw, [`LANES`] times as many as `out` has, a block a lane.
pub(crate) fn of_blocks(at: At, out: &mut [Words]) {
    let firsts = (at.block..).step_by(LANES).zip(out);
    Arch::new().dispatch(Filled(firsts.map(|(first, out)| {
        let at = At { block: first, ..at };
        let counters = std::array::from_fn(|lane| at.past(lane as u32).counter());
        (at.key(), counters, out)
    })));
}

/// Keys, counters, and room for the words.
struct Filled<I>(I);

impl<'o, I> WithSimd for Filled<I>
where
    I: Iterator<Item = ([u32; 2], [[u32; 4]; LANES], &'o mut Words)>,
{
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (key, counters, out) in self.0 {
            side_by_side(key, &counters, out);
        }
    }
}

/// The rounds of [`philox4x32_10`] in all lanes. Words stand in the low halves of 64 bits, where products need
/// no shuffling; what is left in the high halves is never read.
#[inline(always)]
fn side_by_side(key: [u32; 2], counters: &[[u32; 4]; LANES], out: &mut Words) {
    const LOW: u64 = u32::MAX as u64;
    let mut state: [[u64; LANES]; 4] =
        std::array::from_fn(|word| std::array::from_fn(|lane| counters[lane][word].into()));
    let mut key = key;
    for _ in 0..ROUNDS {
        let mut next = [[0; LANES]; 4];
        for lane in 0..LANES {
            let a = u64::from(MULTIPLIER[0]) * (state[0][lane] & LOW);
            let b = u64::from(MULTIPLIER[1]) * (state[2][lane] & LOW);
            next[0][lane] = b >> 32 ^ state[1][lane] ^ u64::from(key[0]);
            next[1][lane] = b;
            next[2][lane] = a >> 32 ^ state[3][lane] ^ u64::from(key[1]);
            next[3][lane] = a;
        }
        state = next;
        key[0] = key[0].wrapping_add(WEYL[0]);
        key[1] = key[1].wrapping_add(WEYL[1]);
    }
    for (out, state) in out.iter_mut().zip(&state) {
        for (out, &state) in out.iter_mut().zip(state) {
            *out = state as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by<V: Simd>(simd: V, at: At) -> Words {
        let counters = std::array::from_fn(|lane| at.of_lane(lane).counter());
        let mut words = Words::default();
        let filled = Filled(std::iter::once((at.key(), counters, &mut words)));
        Simd::vectorize(simd, filled);
        words
    }

    /// By all vectors that this processor has.
    fn each(at: At) -> Vec<Words> {
        let mut all = vec![by(pulp::Scalar, at)];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V3::try_new().map(|simd| by(simd, at)));
            all.extend(pulp::x86::V4::try_new().map(|simd| by(simd, at)));
        }
        all
    }

    #[test]
    fn words_are_those_of_the_blocks_by_themselves() {
        // Draws on either side of 2^32, where the counter's second word changes.
        for draw in [0, 7, u64::from(u32::MAX) - 3] {
            let at = At::new(0x0123_4567_89ab_cdef, 6, draw).past(5);
            for words in each(at) {
                for lane in 0..LANES {
                    let alone = at.of_lane(lane).words();
                    assert_eq!(words.map(|word| word[lane]), alone, "{draw} {lane}");
                }
            }
            let mut words = [Words::default(); 2];
            of_draws(at, &mut words);
            for (block, lane) in (0..2).flat_map(|b| (0..LANES).map(move |lane| (b, lane))) {
                let alone = at.past(block).of_lane(lane).words();
                assert_eq!(words[block as usize].map(|word| word[lane]), alone);
            }
            of_blocks(at, &mut words);
            for block in 0..2 * LANES {
                let made = words[block / LANES].map(|word| word[block % LANES]);
                assert_eq!(made, at.past(block as u32).words());
            }
        }
    }
}
