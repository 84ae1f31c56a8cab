//! Exact sums over draws, and the moments that they give.

use num_bigint::BigUint;
use num_traits::ToPrimitive;
use serde::{Deserialize, Serialize};

/// The sum of some offsets and the sum of their squares, exact for any number of draws: offsets are
/// below `2^62`, so that 128 bits hold the sum of `2^66` of them, and 192 bits their squares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Sum of the offsets.
    pub offsets: u128,
    /// Sum of their squares modulo `2^128`.
    squares_low: u128,
    /// What the sum of squares holds beyond that, in units of `2^128`.
    squares_high: u64,
}

impl Sums {
    /// Adds one offset.
    pub fn push(&mut self, offset: u64) {
        self.offsets += u128::from(offset);
        self.add_squares(u128::from(offset) * u128::from(offset), 0);
    }

    /// Adds the sums of other draws.
    pub fn add(&mut self, other: &Sums) {
        self.offsets += other.offsets;
        self.add_squares(other.squares_low, other.squares_high);
    }

    /// Adds a sum of offsets and a sum of squares, the latter as `low + 2^64 high`.
    pub(super) fn add_block(&mut self, offsets: u128, low: u128, high: u128) {
        self.offsets += offsets;
        self.add_squares(low, 0);
        self.add_squares(high << 64, (high >> 64) as u64);
    }

    /// Adds to the sum of squares: a number modulo `2^128`, and its rest in units of `2^128`.
    fn add_squares(&mut self, low: u128, high: u64) {
        let (sum, carry) = self.squares_low.overflowing_add(low);
        self.squares_low = sum;
        self.squares_high += high + u64::from(carry);
    }

    /// From a device's words, the lowest of each sum first: three of the offsets, five of the squares.
    pub(super) fn of_words(words: &[u32]) -> Sums {
        let (offsets, squares) = words.split_at(3);
        let (low, high) = squares.split_at(4);
        let number = |words: &[u32]| {
            let from_the_highest = words.iter().rev();
            from_the_highest.fold(0u128, |number, &word| number << 32 | u128::from(word))
        };
        Sums {
            offsets: number(offsets),
            squares_low: number(low),
            squares_high: number(high) as u64,
        }
    }

    /// The sums of the offsets times `2^bits`.
    pub(super) fn scaled(self, bits: u32) -> Sums {
        let shift = 2 * bits;
        let above = match shift {
            0 => 0,
            _ => (self.squares_low >> (u128::BITS - shift)) as u64,
        };
        Sums {
            offsets: self.offsets << bits,
            squares_low: self.squares_low << shift,
            squares_high: self.squares_high << shift | above,
        }
    }

    fn squares(&self) -> BigUint {
        (BigUint::from(self.squares_high) << u128::BITS) + self.squares_low
    }

    /// The sum of `n` numerators, of which these are the offsets from `floor`.
    pub fn total(&self, n: u64, floor: i64) -> i128 {
        i128::from(n) * i128::from(floor) + self.offsets as i128
    }

    /// Mean and variance (divisor: their number) of `n` numerators, of which these are the offsets from
    /// `floor`: each right but for the last bits of a float.
    pub fn moments(&self, n: u64, floor: i64) -> (f64, f64) {
        if n == 0 {
            return (0.0, 0.0);
        }
        let (total, count) = (self.total(n, floor), i128::from(n));
        let rest = total.rem_euclid(count);
        let mean = total.div_euclid(count) as f64 + rest as f64 / n as f64;
        // Of whole numbers, so that nothing cancels.
        let spread = self.squares() * n - BigUint::from(self.offsets).pow(2);
        // Below 2^256: a float holds it.
        let spread = spread.to_f64().unwrap_or(f64::INFINITY);
        (mean, spread / (n as f64 * n as f64))
    }

    /// Whether `n` offsets of at most `largest` can have these sums.
    pub(super) fn are_sound(&self, n: u64, largest: u64) -> bool {
        let most = u128::from(n) * u128::from(largest);
        let square = BigUint::from(self.offsets).pow(2);
        self.offsets <= most
            && self.squares() <= BigUint::from(most) * largest
            && self.squares() * n >= square
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(offsets: impl IntoIterator<Item = u64>) -> Sums {
        let mut sums = Sums::default();
        offsets.into_iter().for_each(|offset| sums.push(offset));
        sums
    }

    #[test]
    fn moments_of_the_largest_offsets_do_not_cancel() {
        // 2^61 - 1 - i, i = 0..1000: variance (1000^2 - 1)/12, which floats would lose.
        let sums = of((0..1000).map(|i| (1 << 61) - 1 - i));
        let (mean, variance) = sums.moments(1000, 0);
        assert_eq!(mean, (1u64 << 61) as f64 - 512.0);
        assert_eq!(variance, 999_999.0 / 12.0);
        // -1 - i, but for the floor.
        assert_eq!(sums.moments(1000, -(1 << 61)), (-500.5, variance));
        assert!(sums.squares_high > 0);
        assert!(sums.are_sound(1000, (1 << 61) - 1));
        assert!(!sums.are_sound(1000, 1 << 60) && !sums.are_sound(10, (1 << 61) - 1));
    }

    #[test]
    fn sums_of_parts_are_the_sums_of_all() {
        let offsets =
            |range: std::ops::Range<u64>| range.map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3);
        let mut parts = of(offsets(0..77));
        parts.add(&of(offsets(77..300)));
        assert_eq!(parts, of(offsets(0..300)));
    }

    #[test]
    fn scaling_scales_every_offset() {
        let offsets = [0, 1, 3, u64::from(u32::MAX), 12_345_678];
        for bits in [0, 1, 18, 29] {
            let scaled = of(offsets.map(|offset| offset << bits));
            assert_eq!(of(offsets).scaled(bits), scaled);
        }
    }
}
