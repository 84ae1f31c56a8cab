//! Whole numbers by chance, from the counter-based generator. Twin: `shaders/resample/numbers.wgsl`.

use pulp::Arch;

use crate::null::{At, BLOCKS_AHEAD, Words, of_blocks};

/// The random words of one draw, read in order.
///
/// # The sampler, once and for all
///
/// Block `b` of draw `i` is Philox4x32-10 with key = seed and counter = (i low, i high, b, the scheme's
/// stream). A number below `n <= 2^16` takes 16-bit halves, the low half of a word first; a number below a
/// larger `n`, and a whole word, begin at the next unread word. A number `x` of `w` bits becomes one below `n`
/// by Lemire's method: with `m = x n` it is rejected when `m mod 2^w < 2^w mod n`, else the number is
/// `m >> w` (Lemire 2019, "Fast random integer generation in an interval").
#[derive(Debug, Clone)]
pub struct Numbers {
    /// The next block.
    at: At,
    /// Of the blocks that are made, a block a lane.
    words: Words,
    /// Words of them.
    made: usize,
    /// Those of them that are read.
    read: usize,
    /// The high half of a word whose low half is read.
    half: Option<u32>,
}

/// A range of numbers, with what its draws are rejected by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Below {
    n: u32,
    reject_below: u32,
}

impl Below {
    /// What a device is told: the number, and what its draws are rejected by.
    pub(super) fn words(self) -> [u32; 2] {
        [self.n, self.reject_below]
    }

    /// The numbers `0..n`, of which there is at least one.
    pub fn new(n: u32) -> Self {
        let n = n.max(1);
        let all = match n <= 1 << 16 {
            true => 1u64 << 16,
            false => 1 << 32,
        };
        Below {
            n,
            reject_below: (all % u64::from(n)) as u32,
        }
    }
}

impl Numbers {
    /// The words of a draw of a stream.
    pub fn new(seed: u64, draw: u64, stream: u32) -> Self {
        Numbers {
            at: At::new(seed, stream, draw),
            words: Words::default(),
            made: 0,
            read: 0,
            half: None,
        }
    }

    /// Begins at the word number `words`, from 0, which is below 2^34.
    pub fn pass_over(&mut self, words: u64) {
        self.at.block = (words / 4) as u32;
        (self.made, self.read) = (0, 0);
        self.half = None;
        (0..words % 4).for_each(|_| {
            self.next_word();
        });
    }

    /// The next word; an unread half is passed over.
    #[inline(always)]
    pub fn word(&mut self) -> u32 {
        self.half = None;
        self.next_word()
    }

    #[inline(always)]
    fn next_word(&mut self) -> u32 {
        if self.read == self.made {
            self.make();
        }
        let word = self.words[self.read % 4][self.read / 4];
        self.read += 1;
        word
    }

    /// Makes the next blocks: one at first, as many draws need no more, then many side by side.
    fn make(&mut self) {
        self.read = 0;
        if self.made == 0 {
            for (words, word) in self.words.iter_mut().zip(self.at.words()) {
                words[0] = word;
            }
            self.made = 4;
            self.at = self.at.past(1);
            return;
        }
        of_blocks(self.at, std::slice::from_mut(&mut self.words));
        self.made = 4 * BLOCKS_AHEAD;
        self.at = self.at.past(BLOCKS_AHEAD as u32);
    }

    #[inline(always)]
    fn next_half(&mut self) -> u32 {
        match self.half.take() {
            Some(half) => half,
            None => {
                let word = self.next_word();
                self.half = Some(word >> 16);
                word & 0xffff
            }
        }
    }

    /// The next number of a range.
    #[inline(always)]
    pub fn below(&mut self, range: Below) -> u32 {
        let Below { n, reject_below } = range;
        if n <= 1 << 16 {
            loop {
                let m = self.next_half() * n;
                // n = 2^16 overflows nothing: a half is below 2^16.
                if m & 0xffff >= reject_below {
                    return m >> 16;
                }
            }
        }
        loop {
            let m = u64::from(self.word()) * u64::from(n);
            if m as u32 >= reject_below {
                return (m >> 32) as u32;
            }
        }
    }
}

/// Numbers that the blocks made side by side give in halves, at most.
const SIDE_BY_SIDE: usize = 8 * BLOCKS_AHEAD;

impl Numbers {
    /// The next numbers of a range, as many as `numbers` holds: those of [`Numbers::below`], one after the other.
    pub fn fill_below(&mut self, range: Below, numbers: &mut [u32]) {
        let mut filled = 0;
        while filled < numbers.len() {
            let at_a_block = self.read == self.made && self.made > 0 && self.half.is_none();
            let room = numbers.len() - filled;
            if range.n <= 1 << 16 && at_a_block && room >= SIDE_BY_SIDE {
                self.make();
                self.read = self.made;
                let (kept, count) = Arch::new().dispatch(|| bounded(&self.words, range));
                numbers[filled..filled + count].copy_from_slice(&kept[..count]);
                filled += count;
            } else {
                numbers[filled] = self.below(range);
                filled += 1;
            }
        }
    }
}

/// The halves of blocks as numbers of a range, in their order, without those that are rejected; and how many they are.
#[inline(always)]
fn bounded(words: &Words, range: Below) -> ([u32; SIDE_BY_SIDE + 1], usize) {
    let Below { n, reject_below } = range;
    let mut products = [[[0; BLOCKS_AHEAD]; 2]; 4];
    for (products, words) in products.iter_mut().zip(words) {
        let [low, high] = products;
        for lane in 0..BLOCKS_AHEAD {
            low[lane] = (words[lane] & 0xffff) * n;
            high[lane] = (words[lane] >> 16) * n;
        }
    }
    let mut kept = [0; SIDE_BY_SIDE + 1];
    let mut count = 0;
    for lane in 0..BLOCKS_AHEAD {
        for product in products.as_flattened() {
            // One that is rejected is overwritten by the next.
            kept[count] = product[lane] >> 16;
            count += usize::from(product[lane] & 0xffff >= reject_below);
        }
    }
    (kept, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null::philox4x32_10;

    /// Many at once are those that come one after the other, wherever reading stands, whether few or many are rejected.
    #[test]
    fn many_at_once_are_the_same() {
        for n in [1, 7, 1000, 40_000, 65_536, 70_000] {
            for (passed, count) in [(0, 1), (0, 5000), (1, 700), (9, 129), (4, 300)] {
                let range = Below::new(n);
                let (mut one, mut all) = (Numbers::new(3, 5, 8), Numbers::new(3, 5, 8));
                for _ in 0..passed {
                    assert_eq!(one.below(Below::new(10)), all.below(Below::new(10)));
                }
                let mut filled = vec![0; count];
                all.fill_below(range, &mut filled);
                let expected: Vec<u32> = (0..count).map(|_| one.below(range)).collect();
                assert_eq!(filled, expected, "{n} {passed} {count}");
                assert_eq!(all.word(), one.word());
            }
        }
    }

    /// Frozen: a changed stream is a decision.
    #[test]
    fn numbers_are_those_of_the_specification() {
        let words = philox4x32_10([5, 0, 0, 8], [3, 0]);
        let mut numbers = Numbers::new(3, 5, 8);
        let ten = Below::new(10);
        let of = |x: u32| (x * 10) >> 16;
        // 2^16 mod 10 = 6: none of these is rejected.
        assert!(words[..2].iter().all(|w| ((w & 0xffff) * 10) & 0xffff >= 6));
        assert_eq!(numbers.below(ten), of(words[0] & 0xffff));
        assert_eq!(numbers.below(ten), of(words[0] >> 16));
        assert_eq!(numbers.below(ten), of(words[1] & 0xffff));
        assert_eq!(numbers.word(), words[2]);
        let wide = Below::new(100_000);
        let m = u64::from(words[3]) * 100_000;
        assert_eq!(numbers.below(wide), (m >> 32) as u32);
        let next = philox4x32_10([5, 0, 1, 8], [3, 0]);
        assert_eq!(numbers.word(), next[0]);
        numbers.pass_over(5);
        assert_eq!(numbers.word(), next[1]);
        numbers.pass_over(4);
        assert_eq!(numbers.word(), next[0]);
    }

    /// Every number of a small range comes as often, to chance, and a range of one needs no luck.
    #[test]
    fn numbers_are_uniform() {
        let mut counts = [0u32; 7];
        let seven = Below::new(7);
        for draw in 0..2_000 {
            let mut numbers = Numbers::new(1, draw, 8);
            for _ in 0..35 {
                counts[numbers.below(seven) as usize] += 1;
            }
        }
        let chi: f64 = counts
            .iter()
            .map(|&c| (f64::from(c) - 10_000.0).powi(2) / 10_000.0)
            .sum();
        // The 0.9999 quantile of chi-squared with 6 degrees of freedom is 27.9.
        assert!(chi < 27.9, "{chi}");
        let mut numbers = Numbers::new(1, 0, 8);
        assert_eq!(numbers.below(Below::new(1)), 0);
        assert!(numbers.below(Below::new(1 << 16)) < 1 << 16);
    }
}
