//! A column as whole numbers.

use crate::plan::{Numbers as Decimals, Scale};

/// The most rows that are resampled.
pub const MOST_ROWS: usize = 1 << 24;

/// Whole numbers in steps of a scale, row by row.
///
/// Decimals of at most nine places are held as such. Other numbers are rounded to a power of two so fine
/// that the largest has `52` bits, or as many as leave sums of products over all rows of a draw, times the
/// number of rows, below 2^126: 46 bits for 2^17 rows. Every sum is then exact, and so are variances'
/// numerators `n sum x^2 - (sum x)^2`.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The whole numbers.
    pub scores: Vec<i64>,
    /// What one of them is worth.
    pub scale: Scale,
    /// Whether they are the numbers themselves, and not rounded.
    pub exact: bool,
}

impl Scored {
    /// Of finite numbers, of which a draw holds at most `most` (repeats counted).
    pub fn new(values: &[f64], most: usize) -> Self {
        let log2_rows = most.max(2).next_power_of_two().trailing_zeros();
        let bits = 52.min(63 - log2_rows);
        let limit = 1i64 << bits;
        if let Decimals::Decimal { digits, values } = Decimals::from_floats(values)
            && values.iter().all(|v| v.abs() <= limit)
        {
            let scale = Scale {
                exponent: -digits,
                step: 1.0,
            };
            return Scored {
                scores: values,
                scale,
                exact: true,
            };
        }
        let largest = values.iter().fold(0.0f64, |most, v| most.max(v.abs()));
        // The exponent e with largest < 2^e.
        let (_, exponent) = libm::frexp(largest);
        let steps = bits as i32 - exponent;
        let scores: Vec<i64> = values
            .iter()
            .map(|&v| libm::ldexp(v, steps).round() as i64)
            .collect();
        let step = libm::ldexp(1.0, -steps);
        let exact = scores
            .iter()
            .zip(values)
            .all(|(&score, &v)| score as f64 * step == v);
        Scored {
            scores,
            scale: Scale { exponent: 0, step },
            exact,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_kept_and_floats_have_as_many_bits_as_sums_of_products_leave() {
        let decimal = Scored::new(&[0.1, -2.25], 100);
        assert_eq!(decimal.scores, [10, -225]);
        assert_eq!((decimal.scale.value(10.0, 1), decimal.exact), (0.1, true));
        let thirds = [1.0 / 3.0, -0.9, 1e-3];
        let float = Scored::new(&thirds, 100);
        for (&score, v) in float.scores.iter().zip(thirds) {
            assert!((float.scale.value(score as f64, 1) - v).abs() < 1e-15);
        }
        let many = Scored::new(&thirds, 1 << 24);
        let most = many.scores.iter().map(|s| i128::from(*s)).max().unwrap();
        // n sum x^2 for n rows of it.
        assert!((most * most) << 48 < 1i128 << 126 && !many.exact);
        assert!((many.scale.value(many.scores[0] as f64, 1) - 1.0 / 3.0).abs() < 1e-11);
        let tiny = Scored::new(&[1e-300 / 3.0, 0.0], 10);
        let value = tiny.scale.value(tiny.scores[0] as f64, 1);
        assert!((value / (1e-300 / 3.0) - 1.0).abs() < 1e-14);
    }
}
