//! Scores as integers in units of a declared quantum.

use crate::error::{Error, Result};

/// Scores are smaller than this in size, so that every median and every difference of two medians
/// fits 32 bits.
pub const SCORE_LIMIT: i64 = 1 << 28;

/// Most decimals looked for when data are to be represented exactly.
const MAX_DIGITS: i32 = 9;
/// Integers kept exactly; a sum over the longest window of such integers fits 63 bits.
const EXACT: f64 = (1i64 << 46) as f64;

/// Where numbers are rounded, half a step is at most this share of the standard deviation of what a
/// statistic is taken of, and at most this share of what their quartiles say of it: one value far from
/// all others makes a standard deviation that hides the rest.
const FINE: f64 = 1e-6;
const FINE_OF_QUARTILES: f64 = 1e-3;
/// The distance of a normal law's quartiles, in standard deviations.
const QUARTILES: f64 = 1.349;

/// What a numerator is worth: `numerator x step x 10^exponent / denominator`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Power of ten.
    pub exponent: i32,
    /// 1, unless the study states a quantum that is no power of ten.
    pub step: f64,
}

impl Scale {
    /// Of a stated quantum: a power of ten as such.
    fn of(quantum: f64) -> Self {
        let exponent = quantum.log10().round() as i32;
        let power = match exponent {
            0.. => 10f64.powi(exponent),
            _ => 1.0 / 10f64.powi(-exponent),
        };
        if power == quantum {
            Scale {
                exponent,
                step: 1.0,
            }
        } else {
            Scale {
                exponent: 0,
                step: quantum,
            }
        }
    }

    /// The value of a numerator; correctly rounded when the step is 1.
    pub fn value(self, numerator: f64, denominator: u64) -> f64 {
        let numerator = numerator * self.step;
        let denominator = denominator as f64;
        if self.exponent >= 0 {
            numerator * 10f64.powi(self.exponent) / denominator
        } else {
            numerator / (denominator * 10f64.powi(-self.exponent))
        }
    }
}

/// The fraction with the smallest denominator among those that are nearer to `numerator / denominator`
/// than to the neighbouring numerators' fractions; halves count to both.
pub(super) fn simplest_near(numerator: i64, denominator: u64) -> (i64, u64) {
    let twice = 2 * u128::from(numerator.unsigned_abs());
    let below = twice.saturating_sub(1);
    let halves = 2 * u128::from(denominator);
    let (p, q) = simplest_between((below, halves), (twice + 1, halves));
    (numerator.signum() * p as i64, q as u64)
}

/// The fraction with the smallest denominator from `low` to `high`, by continued fractions.
fn simplest_between(low: (u128, u128), high: (u128, u128)) -> (u128, u128) {
    let whole = low.0 / low.1;
    if whole * low.1 == low.0 {
        return (whole, 1);
    }
    if (whole + 1) * high.1 <= high.0 {
        return (whole + 1, 1);
    }
    let (q, p) = simplest_between(
        (high.1, high.0 - whole * high.1),
        (low.1, low.0 - whole * low.1),
    );
    (whole * q + p, q)
}

/// The fewest decimals that represent every value exactly; `None`: more than nine.
pub(crate) fn decimals(values: &[f64]) -> Option<i32> {
    (0..=MAX_DIGITS).find(|&digits| {
        let power = 10f64.powi(digits);
        let is_exact = |&v: &f64| (v * power).abs() < EXACT && (v * power).round() / power == v;
        values.iter().all(is_exact)
    })
}

/// A series' numbers, as exact decimals where they are such.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// Integers in units of `10^-digits`.
    Decimal {
        /// Decimals.
        digits: i32,
        /// The integers.
        values: Vec<i64>,
    },
    /// Anything else.
    Float(Vec<f64>),
}

impl Numbers {
    /// The fewest decimals that represent every value exactly, up to nine; else the floats.
    pub fn from_floats(values: &[f64]) -> Self {
        match decimals(values) {
            None => Numbers::Float(values.to_vec()),
            Some(digits) => {
                let power = 10f64.powi(digits);
                Numbers::Decimal {
                    digits,
                    values: values.iter().map(|v| (v * power).round() as i64).collect(),
                }
            }
        }
    }

    /// Number of them.
    pub fn len(&self) -> usize {
        match self {
            Numbers::Decimal { values, .. } => values.len(),
            Numbers::Float(values) => values.len(),
        }
    }

    /// The same, and one more that is `times` as large as the largest, unless that is once.
    pub fn with_largest(&self, times: usize) -> Self {
        let mut more = self.clone();
        match &mut more {
            _ if times == 1 => {}
            Numbers::Decimal { values, .. } => {
                let largest = values.iter().map(|value| value.abs()).max().unwrap_or(0);
                values.push(largest.saturating_mul(times as i64));
            }
            Numbers::Float(values) => values.push(largest_of(values) * times as f64),
        }
        more
    }

    /// Of floats the finest of the steps 1, 2 and 5 times a power of ten in which numbers fit that are
    /// `times` as large, unless that is once.
    pub fn finest_for(&self, times: usize) -> Option<f64> {
        let Numbers::Float(values) = self else {
            return None;
        };
        let least = largest_of(values) * times as f64 / (SCORE_LIMIT - 2) as f64;
        if times == 1 || !(least > f64::MIN_POSITIVE && least.is_finite()) {
            return None;
        }
        let power = 10f64.powi(least.log10().floor() as i32);
        let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
        steps.into_iter().find(|&step| step >= least)
    }

    /// The numbers as floats.
    fn floats(&self) -> Vec<f64> {
        match self {
            Numbers::Decimal { digits, values } => {
                let power = 10f64.powi(*digits);
                values.iter().map(|&v| v as f64 / power).collect()
            }
            Numbers::Float(values) => values.clone(),
        }
    }
}

/// The largest size of some numbers.
fn largest_of(values: &[f64]) -> f64 {
    let sizes = values.iter().map(|value| value.abs());
    sizes.fold(0.0, f64::max)
}

/// A step that is coarse beside the changes that it rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coarse {
    /// The step, in the data's unit.
    pub step: f64,
    /// Spread of the changes, likewise.
    pub spread: f64,
    /// The share of it that half a step may be.
    pub share: f64,
}

/// Integer scores of one series, their scale in the data's unit, and what rounding cost.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedPoint {
    /// Scores, in the order of the changes.
    pub scores: Vec<i32>,
    /// Scale of a score in the data's unit.
    pub scale: Scale,
    /// Largest distance between a change and its score, in the data's unit.
    pub rounding_error: f64,
}

impl FixedPoint {
    /// Changes in steps of `quantum`, or, without one, in the power of ten that represents them
    /// exactly, or in the finest one in which they fit.
    ///
    /// # Errors
    ///
    /// A change is not finite, or does not fit the stated quantum.
    pub fn new(changes: &Numbers, quantum: Option<f64>, place: &str) -> Result<Self> {
        if let Some(quantum) = quantum {
            return Self::stated(changes, quantum, place);
        }
        match changes {
            Numbers::Decimal { digits, values } => Ok(Self::decimal(*digits, values)),
            Numbers::Float(values) => Self::finest(values, place),
        }
    }

    /// Whether rounding silences some of `changes`, which are lists of `positions` each: half a step is
    /// more than a millionth of the standard deviation of a list, or more than a thousandth of the one
    /// that its quartiles tell. Where a quantum was stated, and so rounding is wanted, more than all of
    /// either.
    pub fn coarse(
        &self,
        changes: &Numbers,
        positions: usize,
        quantum: Option<f64>,
    ) -> Option<Coarse> {
        if self.rounding_error == 0.0 {
            return None;
        }
        let step = self.scale.value(1.0, 1);
        let fine = match quantum {
            Some(_) => [1.0; 2],
            None => [FINE, FINE_OF_QUARTILES],
        };
        // In steps: squares of very small numbers would vanish.
        let steps: Vec<f64> = changes.floats().into_iter().map(|v| v / step).collect();
        steps.chunks(positions.max(1)).find_map(|list| {
            // Equal numbers stay equal.
            let varies = list.iter().any(|x| x != &list[0]);
            let spreads = spreads(list).into_iter().zip(fine).rev();
            let mut coarse = spreads.filter(|&(spread, fine)| varies && 0.5 > fine * spread);
            coarse.next().map(|(spread, fine)| Coarse {
                step,
                spread: spread * step,
                share: fine,
            })
        })
    }

    fn stated(changes: &Numbers, quantum: f64, place: &str) -> Result<Self> {
        let values = changes.floats();
        let scale = Scale::of(quantum);
        let fixed = Self::round(&values, scale, |change| change / quantum).ok_or_else(|| {
            Error::input(
                place,
                format!("a change is larger than {SCORE_LIMIT} steps of the stated quantum {quantum:e}, or not finite"),
                "state a coarser [data] quantum, or leave it out",
            )
        })?;
        let vanish = fixed.scores.iter().all(|&score| score == 0);
        if vanish && values.iter().any(|&change| change != 0.0) {
            return Err(Error::input(
                place,
                format!("every change is less than half a step of the stated quantum {quantum:e}"),
                "state a finer [data] quantum, or leave it out",
            ));
        }
        Ok(fixed)
    }

    fn decimal(digits: i32, values: &[i64]) -> Self {
        let largest = values.iter().map(|v| v.abs()).max().unwrap_or(0);
        let mut divisor = 1i64;
        let mut exponent = -digits;
        while largest / divisor >= SCORE_LIMIT - 1 {
            divisor *= 10;
            exponent += 1;
        }
        let rounded: Vec<i64> = values
            .iter()
            .map(|&v| {
                let half = divisor / 2 * v.signum();
                (v + half) / divisor
            })
            .collect();
        let error = values
            .iter()
            .zip(&rounded)
            .map(|(&v, &r)| v.abs_diff(r * divisor))
            .max()
            .unwrap_or(0);
        FixedPoint {
            scores: rounded.into_iter().map(|r| r as i32).collect(),
            scale: Scale {
                exponent,
                step: 1.0,
            },
            rounding_error: error as f64 / 10f64.powi(digits),
        }
    }

    fn finest(values: &[f64], place: &str) -> Result<Self> {
        let largest = values.iter().fold(0f64, |a, v| a.max(v.abs()));
        let digits = if largest > 0.0 && largest.is_finite() {
            ((SCORE_LIMIT - 1) as f64 / largest).log10().floor() as i32
        } else {
            0
        };
        let digits = digits.clamp(-300, 300);
        let scale = Scale {
            exponent: -digits,
            step: 1.0,
        };
        let steps = |change: f64| {
            if digits >= 0 {
                change * 10f64.powi(digits)
            } else {
                change / 10f64.powi(-digits)
            }
        };
        Self::round(values, scale, steps).ok_or_else(|| {
            Error::input(
                place,
                "a change is not a finite number",
                "check the series for values whose change or ratio overflows",
            )
        })
    }

    fn round(values: &[f64], scale: Scale, steps: impl Fn(f64) -> f64) -> Option<Self> {
        let mut rounding_error = 0f64;
        let scores = values
            .iter()
            .map(|&change| {
                let score = steps(change).round();
                let fits = score.abs() < SCORE_LIMIT as f64;
                rounding_error = rounding_error.max((scale.value(score, 1) - change).abs());
                fits.then_some(score as i32)
            })
            .collect::<Option<Vec<i32>>>()?;
        Some(FixedPoint {
            scores,
            scale,
            rounding_error,
        })
    }
}

/// The standard deviation of some numbers, and the one that their quartiles tell, if these differ.
fn spreads(numbers: &[f64]) -> [f64; 2] {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let sd = (numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len() - 1;
    match (sorted[last - last / 4] - sorted[last / 4]) / QUARTILES {
        quartiles if quartiles > 0.0 => [sd, quartiles],
        _ => [sd, sd],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplest_fraction_near_a_multiple_of_a_step() {
        let steps = 1u64 << 40;
        let nearest = |p: i64, q: i64| {
            let twice = 2 * i128::from(p) * i128::from(steps) / i128::from(q);
            ((twice.abs() + 1) / 2 * twice.signum()) as i64
        };
        for (p, q) in [
            (0, 1),
            (7, 1),
            (1, 3),
            (-19, 3),
            (355, 113),
            (-12345, 1024),
            (99, 100),
        ] {
            let found = simplest_near(nearest(p, q), steps);
            assert_eq!(found, (p, q as u64), "{p}/{q}");
        }
        assert_eq!(simplest_near(0, 8), (0, 1));
        // From 5/16 to 7/16 the simplest one is 1/3; 9/16 to 11/16 has 3/5 and 2/3.
        assert_eq!(simplest_near(3, 8), (1, 3));
        assert_eq!(simplest_near(5, 8), (2, 3));
    }

    #[test]
    fn yields_are_exact_in_hundredths() {
        let numbers = Numbers::from_floats(&[4.03, 3.88, 3.96, 3.81, -0.07]);
        assert_eq!(
            numbers,
            Numbers::Decimal {
                digits: 2,
                values: vec![403, 388, 396, 381, -7]
            }
        );
    }

    #[test]
    fn too_wide_decimals_are_coarsened_and_the_error_reported() {
        let numbers = Numbers::Decimal {
            digits: 3,
            values: vec![5_000_000_004, -5_000_000_006, 15],
        };
        let fixed = FixedPoint::new(&numbers, None, "x").unwrap();
        assert_eq!(fixed.scores, [50_000_000, -50_000_000, 0]);
        assert_eq!(fixed.scale.exponent, -1);
        assert_eq!(fixed.rounding_error, 0.015);
    }

    #[test]
    fn floats_get_the_finest_power_of_ten() {
        let numbers = Numbers::from_floats(&[std::f64::consts::PI / 100.0, -0.001]);
        assert!(matches!(numbers, Numbers::Float(_)));
        let fixed = FixedPoint::new(&numbers, None, "x").unwrap();
        assert_eq!(fixed.scale.exponent, -9);
        assert_eq!(fixed.scores, [31_415_927, -1_000_000]);
        assert!(fixed.rounding_error < 0.5e-9 && fixed.rounding_error > 0.0);
    }

    #[test]
    fn a_stated_quantum_is_kept() {
        let numbers = Numbers::from_floats(&[0.015, -0.02]);
        let fixed = FixedPoint::new(&numbers, Some(0.005), "x").unwrap();
        assert_eq!(fixed.scores, [3, -4]);
        assert_eq!((fixed.scale.exponent, fixed.scale.step), (0, 0.005));
        // A power of ten gives exact values: 29 hundredths are 0.29.
        let fixed = FixedPoint::new(&numbers, Some(0.01), "x").unwrap();
        assert_eq!((fixed.scale.exponent, fixed.scale.step), (-2, 1.0));
        assert_eq!(fixed.scale.value(29.0, 1), 0.29);
        assert!(FixedPoint::new(&numbers, Some(1e-12), "x").is_err());
        assert!(FixedPoint::new(&numbers, Some(10.0), "x").is_err());
    }

    #[test]
    fn a_step_that_silences_changes_is_found() {
        let coarse = |values: &[f64], positions, quantum| {
            let numbers = Numbers::Float(values.to_vec());
            let fixed = FixedPoint::new(&numbers, quantum, "x").unwrap();
            fixed.coarse(&numbers, positions, quantum)
        };
        let pi = std::f64::consts::PI;
        // Steps of 1e-8, a standard deviation of about 2.
        assert_eq!(coarse(&[pi, -pi / 3.0, pi / 7.0], 3, None), None);
        // One value of 1e9: steps of 10.
        let found = coarse(&[pi, -pi / 3.0, pi / 7.0, 1e9, 0.0, 0.0], 3, None).unwrap();
        assert_eq!(found.step, 10.0);
        assert!((found.spread - 4.0 * pi / 3.0 / 1.349).abs() < 1e-12);
        // In one list with the rest, whose standard deviation it makes.
        let found = coarse(&[pi, -pi / 3.0, pi / 7.0, pi / 9.0, 1e9], 5, None).unwrap();
        assert!(found.spread < 3.0 && found.share == 1e-3);
        // A large change among small ones does not make the step too coarse for these.
        let small = [pi * 1e-4, -pi / 3e4, pi / 7e4, pi / 9e4, 5.0];
        assert_eq!(coarse(&small, 5, None), None);
        // Denormal numbers.
        assert!(coarse(&[5e-320, -1e-319, 2e-320], 3, None).is_some());
        // Equal numbers stay equal, and exact ones lose nothing.
        assert_eq!(coarse(&[pi, pi, 1e9, 1e9], 2, None), None);
        assert_eq!(coarse(&[0.5, -0.25, 1e6], 3, None), None);
        // A stated quantum may round, not silence.
        assert_eq!(coarse(&[pi, -pi / 3.0, pi / 7.0], 3, Some(0.5)), None);
        assert!(coarse(&[pi / 100.0, -pi / 300.0, 0.0, 0.0, 1e3, 0.0], 3, Some(1.0)).is_some());
    }

    #[test]
    fn a_change_that_is_not_finite_is_refused() {
        let numbers = Numbers::Float(vec![1.0, f64::INFINITY]);
        assert!(FixedPoint::new(&numbers, None, "x").is_err());
        assert!(FixedPoint::new(&Numbers::Float(vec![f64::NAN]), None, "x").is_err());
    }

    #[test]
    fn a_mean_in_basis_points() {
        let scale = Scale {
            exponent: 0,
            step: 1.0,
        };
        assert_eq!(scale.value(-216.0, 15), -14.4);
    }
}
