//! Sums of floats that do not depend on their order.

/// A sum of floats without rounding: a whole number for each 32 powers of two. Sums of parts merge to the
/// sum of the whole, bit for bit, whatever the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExactSum {
    /// In units of `2^(32 b - 1074)`.
    bins: [i128; 64],
}

/// Files hold the bins that are not empty, each with its number.
impl From<ExactSum> for Vec<(u8, i128)> {
    fn from(sum: ExactSum) -> Self {
        let numbered = (0..).zip(sum.bins);
        numbered.filter(|(_, bin)| *bin != 0).collect()
    }
}

impl From<Vec<(u8, i128)>> for ExactSum {
    fn from(bins: Vec<(u8, i128)>) -> Self {
        let mut sum = ExactSum::default();
        for (number, bin) in bins {
            sum.bins[usize::from(number) % 64] = bin;
        }
        sum
    }
}

impl Default for ExactSum {
    fn default() -> Self {
        ExactSum { bins: [0; 64] }
    }
}

impl ExactSum {
    /// Adds a finite number, as one of at most 2^40.
    #[inline]
    pub fn add(&mut self, x: f64) {
        let bits = x.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as u32;
        let fraction = (bits & ((1 << 52) - 1)) as i128;
        // In units of 2^-1074.
        let (whole, shift) = match exponent {
            0 => (fraction, 0),
            _ => (fraction | 1 << 52, exponent - 1),
        };
        let signed = if x < 0.0 { -whole } else { whole };
        self.bins[shift as usize / 32] += signed << (shift % 32);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &ExactSum) {
        let bins = self.bins.iter_mut().zip(&other.bins);
        bins.for_each(|(bin, other)| *bin += other);
    }

    /// The sum, rounded.
    pub fn value(&self) -> f64 {
        // Carries make all bins but the last below 2^32 and not negative.
        let mut bins = self.bins;
        for b in 0..63 {
            let carry = bins[b] >> 32;
            bins[b] -= carry << 32;
            bins[b + 1] += carry;
        }
        let scaled = bins.iter().enumerate().rev();
        scaled.fold(0.0, |sum, (b, &bin)| {
            let unit = 32 * b as i32 - 1074;
            sum + libm::ldexp(bin as f64, unit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_lose_nothing_in_any_order() {
        let mut numbers = vec![1e300, 1.0, -1e300, 1e-300, 3.5, -2.25, 5e-324, -1e17, 1e17];
        let sum = |numbers: &[f64]| {
            let mut sum = ExactSum::default();
            numbers.iter().for_each(|&x| sum.add(x));
            sum
        };
        assert_eq!(sum(&numbers).value(), 2.25);
        assert_eq!(sum(&[0.1, 0.2, -0.3]).value(), 2f64.powi(-55));
        assert_eq!(sum(&[-1.5, -2.0]).value(), -3.5);
        assert_eq!(sum(&[5e-324, 5e-324]).value(), 1e-323);
        let forwards = sum(&numbers);
        numbers.reverse();
        assert_eq!(sum(&numbers), forwards);
        let mut merged = sum(&numbers[..4]);
        merged.merge(&sum(&numbers[4..]));
        assert_eq!(merged, forwards);
    }
}
