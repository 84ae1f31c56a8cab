//! Roots and logarithms of fractions, in steps: floats but where they are near to a reference, which
//! whole numbers then decide.

use std::cmp::Ordering;

use num_bigint::BigInt;

/// A fraction of products with a sign.
pub(super) struct Fraction {
    pub sign: i64,
    pub above: [i128; 2],
    pub below: [i128; 2],
}

/// Steps of a value of one.
pub(super) const STEPS: u64 = 1 << 32;

/// The numerator of infinity; the one before it stands for all values that are farther out.
pub(super) const INFINITE: i64 = 1 << 52;

/// A float in steps.
pub(super) fn in_steps(value: f64) -> i64 {
    let most = (INFINITE - 1) as f64;
    (value * STEPS as f64).round().clamp(-most, most) as i64
}

impl Fraction {
    fn product([a, b]: [i128; 2]) -> f64 {
        a as f64 * b as f64
    }

    /// The fraction without its sign; none of 0/0.
    fn ratio(&self) -> Option<f64> {
        let (above, below) = (Self::product(self.above), Self::product(self.below));
        (above != 0.0 || below != 0.0).then(|| above / below)
    }

    /// How the fraction compares with another one, in whole numbers.
    fn cmp(&self, other: &Fraction) -> Ordering {
        let long = |[a, b]: [i128; 2]| BigInt::from(a) * BigInt::from(b);
        let mine = long(self.above) * long(other.below);
        mine.cmp(&(long(other.above) * long(self.below)))
    }

    /// `rises` of the fraction, without its sign, in steps that tell it from that of `reference` exactly
    /// where the fractions differ. `None` of 0/0; infinite values are [`INFINITE`].
    pub fn steps(&self, reference: &Fraction, rises: fn(f64) -> f64) -> Option<i64> {
        let float = |fraction: &Fraction| fraction.ratio().map(rises);
        let size = float(self)?;
        if size.is_infinite() {
            return Some(match size > 0.0 {
                true => INFINITE,
                false => -INFINITE,
            });
        }
        let Some(at) = float(reference).filter(|at| at.is_finite()) else {
            return Some(in_steps(size));
        };
        let near = (size - at).abs() <= 1e-9 * size.abs().max(at.abs());
        let order = match near {
            true => self.cmp(reference),
            false => size.total_cmp(&at),
        };
        let (steps, at) = (in_steps(size), in_steps(at));
        Some(match order {
            Ordering::Equal => at,
            Ordering::Less => steps.min(at - 1),
            Ordering::Greater => steps.max(at + 1),
        })
    }

    /// The square root of the fraction with its sign, in steps. Only zero is zero.
    pub fn root(&self, reference: &Fraction) -> Option<i64> {
        let steps = self.steps(reference, f64::sqrt)?;
        Some(self.sign * steps.max(1))
    }
}
