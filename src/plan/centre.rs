//! Null expectations that are known without a draw.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;

use super::symmetric::Centre;
use crate::null::{Inclusion, NullDesign};
use crate::statistic::Contrast;

/// Denominators of centres stay below `2^62`, numerators below `2^120`: their images fit 128 bits.
const DENOMINATOR_BITS: u64 = 62;
const NUMERATOR_BITS: u64 = 120;
/// Fractions with longer terms are rounded to multiples of `2^-40` numerators.
const ROUNDED_BITS: u32 = 40;

/// Finds the null expectations of a design's statistics.
pub(crate) struct Centres<'d> {
    design: &'d NullDesign,
    inclusion: Option<Inclusion>,
}

impl<'d> Centres<'d> {
    /// Of a design; `linear` says whether sums over its picks are asked for.
    pub(crate) fn new(design: &'d NullDesign, linear: bool) -> Self {
        Centres {
            design,
            inclusion: linear.then(|| design.inclusion()).flatten(),
        }
    }

    /// Zero, where the null law of any statistic's contrast is symmetric about it: a difference of two
    /// groups that the design may exchange, and, where `odd` says that the statistic changes its sign
    /// with all responses, any contrast under a design that may change all signs.
    pub(crate) fn by_symmetry(&self, contrast: &Contrast, odd: bool) -> Option<Centre> {
        let exchanged = match contrast.difference_of() {
            Some((a, b)) => self.design.exchanges(a, b),
            None => false,
        };
        (exchanged || odd && self.design.negates()).then_some(Centre::ZERO)
    }

    /// The expectation of a contrast of group sums, where the design tells how often each group stands
    /// on each position.
    pub(crate) fn of_sums(
        &self,
        contrast: &Contrast,
        score: impl Fn(usize) -> i64,
    ) -> Option<Centre> {
        let mut weights = vec![0; self.design.segments().len()];
        for &(group, weight) in &contrast.terms {
            *weights.get_mut(group)? += weight;
        }
        let (numerator, denominator) = self.inclusion.as_ref()?.expectation(&weights, score);
        Some(reduced(numerator, denominator))
    }
}

/// A fraction in lowest terms, rounded where these are too long.
fn reduced(numerator: BigInt, denominator: BigUint) -> Centre {
    let denominator = BigInt::from(denominator);
    let common = numerator.gcd(&denominator);
    let (p, q) = (&numerator / &common, &denominator / &common);
    let fits = q.bits() < DENOMINATOR_BITS && p.bits() < NUMERATOR_BITS;
    if let (true, Ok(p), Ok(q)) = (fits, i128::try_from(&p), i128::try_from(&q)) {
        return Centre {
            numerator: p,
            denominator: q,
            error: 0,
            from_draws: false,
        };
    }
    let scaled: BigInt = (p << ROUNDED_BITS) / q;
    Centre {
        // Numerators have at most 62 bits, their expectations too.
        numerator: i128::try_from(scaled).unwrap_or(0),
        denominator: 1 << ROUNDED_BITS,
        error: 1,
        from_draws: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_reduced_or_rounded() {
        let of = |p: i128, q: BigUint| reduced(p.into(), q);
        let centre = |numerator, denominator, error| Centre {
            numerator,
            denominator,
            error,
            from_draws: false,
        };
        assert_eq!(of(6, 4u32.into()), centre(3, 2, 0));
        assert_eq!(of(-6, 4u32.into()), centre(-3, 2, 0));
        assert_eq!(of(0, 7u32.into()), centre(0, 1, 0));
        // A third of 1 + 2^-70.
        let q = BigUint::from(3u32) << 70u32;
        assert_eq!(of((1 << 70) + 1, q), centre((1 << 40) / 3, 1 << 40, 1));
    }
}
