//! Whole numbers by chance, from the counter-based generator. Twin: `shaders/resample/numbers.wgsl`.

use crate::null::philox4x32_10;

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
    key: [u32; 2],
    counter: [u32; 4],
    words: [u32; 4],
    /// Words of the block that are read.
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
            key: [seed as u32, (seed >> 32) as u32],
            counter: [draw as u32, (draw >> 32) as u32, 0, stream],
            words: [0; 4],
            read: 4,
            half: None,
        }
    }

    /// Begins at the word number `words`, from 0, which is below 2^34.
    pub fn pass_over(&mut self, words: u64) {
        self.counter[2] = (words / 4) as u32;
        self.read = 4;
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
        if self.read == 4 {
            self.words = philox4x32_10(self.counter, self.key);
            self.counter[2] += 1;
            self.read = 0;
        }
        self.read += 1;
        self.words[self.read - 1]
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

#[cfg(test)]
mod tests {
    use super::*;

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
