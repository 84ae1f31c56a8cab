//! Exact laws of sums: closed forms of their mean and variance, and convolution.

use num_integer::Integer;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::Atoms;
use crate::plan::Scale;
use crate::resample::{Estimator, Resampling, Scheme, Scored, SmoothKind};

/// The most points of a lattice: some 100 MB while it is transformed.
const MOST_POINTS: f64 = (1 << 21) as f64;
/// The most operations of the transforms of a law.
const MOST_OPERATIONS: f64 = 4e9;
/// What is left out at both ends of a law together.
const LEFT_OUT: f64 = 1e-18;
/// Weights of autocovariances below this are nothing.
const NO_WEIGHT: f64 = 1e-18;

/// A statistic that is a sum of scores over a number that is the same in all draws.
#[derive(Debug, Clone)]
pub struct LinearLaw {
    scale: Scale,
    denominator: u64,
    observed: i128,
    parts: Vec<Part>,
    /// What each part adds to the observed numerator.
    of_parts: Vec<i128>,
}

/// What a part adds to the numerator.
#[derive(Debug, Clone)]
enum Part {
    /// As many of `sums` as `times` says, and one of the last, all independent.
    Terms {
        times: u64,
        sums: Vec<i128>,
        last: Option<Vec<i128>>,
    },
    /// Scores of a circle in blocks of geometric lengths of this mean.
    Stationary { scores: Vec<i128>, mean_length: f64 },
    /// Scores with weights by the law of Dirichlet(1, .., 1), 1 on average.
    Weighted(Vec<i128>),
}

impl LinearLaw {
    /// Of the statistic number `of`; `None` where it is not linear with one denominator.
    pub fn of(resampling: &Resampling, of: usize) -> Option<Self> {
        let Estimator::Smooth { table, of } = &resampling.estimators[of] else {
            return None;
        };
        if matches!(
            resampling.scheme,
            Scheme::MOutOfN { .. } | Scheme::Poisson { .. }
        ) {
            return None;
        }
        let table = &resampling.tables[*table];
        let whole: Vec<&[i128]> = (0..resampling.units.len())
            .map(|part| table.whole(part))
            .collect();
        let rows: Vec<i128> = whole.iter().map(|sums| sums[0]).collect();
        let is_even = resampling.units.iter().all(|units| {
            let mut sizes = units.iter().map(ExactSizeIterator::len);
            let first = sizes.next();
            sizes.all(|size| Some(size) == first)
        });
        let (factors, denominator) = match of.kind() {
            SmoothKind::Sum => (vec![1; rows.len()], 1),
            SmoothKind::Mean if is_even => (vec![1; rows.len()], rows.iter().sum()),
            SmoothKind::DifferenceOfMeans if is_even => {
                let common = rows[0].gcd(&rows[1]);
                let factors = vec![rows[1] / common, -rows[0] / common];
                (factors, rows[0] / common * rows[1])
            }
            _ => return None,
        };
        let mut parts = Vec::new();
        let mut of_parts = Vec::new();
        for (part, &factor) in factors.iter().enumerate() {
            of_parts.push(factor * whole[part][1]);
            let scores = table
                .by_unit(part, 1)
                .into_iter()
                .map(|score| factor * score);
            parts.push(Part::of(resampling.scheme, scores.collect()));
        }
        Some(LinearLaw {
            scale: of.scale(1),
            denominator: denominator as u64,
            observed: of_parts.iter().sum(),
            parts,
            of_parts,
        })
    }

    /// Of the first order of the statistic number `of` at the data, which is nothing there; `None` of one that has none.
    pub fn of_first_order(resampling: &Resampling, of: usize) -> Option<Self> {
        let Estimator::Smooth { table, of } = &resampling.estimators[of] else {
            return None;
        };
        let influences = resampling.centred.get(*table)?.influences(of)?;
        let all: Vec<f64> = influences.iter().flatten().copied().collect();
        let scored = Scored::new(&all, all.len());
        let mut scores = scored.scores.iter().map(|&score| i128::from(score));
        let parts: Vec<Vec<i128>> = influences
            .iter()
            .map(|part| scores.by_ref().take(part.len()).collect())
            .collect();
        let of_parts: Vec<i128> = parts.iter().map(|part| part.iter().sum()).collect();
        Some(LinearLaw {
            scale: scored.scale,
            denominator: 1,
            observed: of_parts.iter().sum(),
            parts: parts
                .into_iter()
                .map(|scores| Part::of(resampling.scheme, scores))
                .collect(),
            of_parts,
        })
    }

    /// The observed value, as the law's values are made.
    pub fn observed(&self) -> f64 {
        self.scale.value(self.observed as f64, self.denominator)
    }

    /// The bootstrap's expectation less the observed value: nothing but for moving blocks.
    pub fn bias(&self) -> f64 {
        let of_parts = self
            .parts
            .iter()
            .zip(&self.of_parts)
            .map(|(part, observed)| {
                let (sum, times) = part.expectation();
                // Exact but for the division.
                (sum - observed * times) as f64 / times as f64
            });
        self.scale.value(of_parts.sum(), self.denominator)
    }

    /// The standard deviation of the law.
    pub fn standard_error(&self) -> f64 {
        let variance: f64 = self.parts.iter().map(Part::variance).sum();
        self.scale.value(variance.sqrt(), self.denominator)
    }

    /// The law; `None` of geometric blocks, and of scores whose lattice is too wide.
    pub fn atoms(&self) -> Option<Atoms> {
        let mut terms: Vec<(&[i128], u64)> = Vec::new();
        for part in &self.parts {
            let Part::Terms { times, sums, last } = part else {
                return None;
            };
            terms.push((sums, *times));
            terms.extend(last.iter().map(|last| (last.as_slice(), 1)));
        }
        terms.retain(|(_, times)| *times > 0);
        let (numerators, step) = convolved(&terms)?;
        let value = |numerator: i128| self.scale.value(numerator as f64, self.denominator);
        let (first, chances) = numerators;
        let atoms = chances
            .iter()
            .enumerate()
            .filter(|(_, chance)| **chance > 0.0);
        let atoms = atoms.map(|(at, &chance)| (value(first + at as i128 * step), chance));
        Some(Atoms::new(atoms.collect()))
    }
}

impl Part {
    fn of(scheme: Scheme, scores: Vec<i128>) -> Self {
        let n = scores.len();
        let blocks = |length: u32, starts: usize| {
            let length = length as usize;
            let mut prefix = vec![0];
            for at in 0..2 * n {
                prefix.push(prefix[at] + scores[at % n]);
            }
            let sums = |length: usize| {
                (0..starts)
                    .map(|at| prefix[at + length] - prefix[at])
                    .collect()
            };
            Part::Terms {
                times: (n / length) as u64,
                sums: sums(length),
                last: Some(n % length).filter(|left| *left > 0).map(sums),
            }
        };
        match scheme {
            Scheme::Iid | Scheme::MOutOfN { .. } | Scheme::Poisson { .. } => Part::Terms {
                times: n as u64,
                sums: scores,
                last: None,
            },
            Scheme::MovingBlock { length } => blocks(length, n - length as usize + 1),
            Scheme::CircularBlock { length } => blocks(length, n),
            Scheme::Bayesian => Part::Weighted(scores),
            Scheme::Stationary { mean_length } => Part::Stationary {
                scores,
                mean_length,
            },
        }
    }

    /// Its expectation as a fraction.
    fn expectation(&self) -> (i128, i128) {
        match self {
            Part::Terms { times, sums, last } => {
                let of_last: i128 = last.iter().flatten().sum();
                let all = i128::from(*times) * sums.iter().sum::<i128>() + of_last;
                (all, sums.len() as i128)
            }
            Part::Stationary { scores, .. } | Part::Weighted(scores) => (scores.iter().sum(), 1),
        }
    }

    fn variance(&self) -> f64 {
        match self {
            Part::Terms { times, sums, last } => {
                *times as f64 * variance(sums) + last.as_deref().map_or(0.0, variance)
            }
            Part::Stationary {
                scores,
                mean_length,
            } => stationary_variance(scores, *mean_length),
            // A weight over n has the variance (n - 1)/(n^2 (n + 1)), and the covariance with another one -1/(n^2 (n + 1)).
            Part::Weighted(scores) => {
                let n = scores.len() as f64;
                n * n * variance(scores) / (n + 1.0)
            }
        }
    }
}

/// Deviations from the mean; their numerators are exact.
fn deviations(values: &[i128]) -> Vec<f64> {
    let n = values.len() as i128;
    let sum: i128 = values.iter().sum();
    values
        .iter()
        .map(|v| (n * v - sum) as f64 / n as f64)
        .collect()
}

fn variance(values: &[i128]) -> f64 {
    let squares: f64 = deviations(values).iter().map(|d| d * d).sum();
    squares / values.len() as f64
}

/// The variance of a sum under the stationary bootstrap (Politis and Romano 1994, lemma 1):
/// `n (C(0) + 2 sum over i of (1 - i/n) (1 - p)^i C(i))` with the autocovariances `C` around the circle.
fn stationary_variance(scores: &[i128], mean_length: f64) -> f64 {
    let d = deviations(scores);
    let n = d.len();
    let ln_stay = libm::log1p(-1.0 / mean_length);
    let mut sum: f64 = d.iter().map(|d| d * d).sum();
    for i in 1..n {
        let stay = libm::exp(i as f64 * ln_stay);
        if stay < NO_WEIGHT {
            break;
        }
        let (head, tail) = d.split_at(n - i);
        let straight = head.iter().zip(&d[i..]).map(|(a, b)| a * b).sum::<f64>();
        let around = tail.iter().zip(&d[..i]).map(|(a, b)| a * b).sum::<f64>();
        sum += 2.0 * (1.0 - i as f64 / n as f64) * stay * (straight + around);
    }
    sum
}

/// The law of a sum of independent terms, each a number of values that are alike likely, so many times:
/// the first point with the chances from there on, and the step of the lattice.
///
/// The law is cut where Bernstein's inequality leaves less than 10^-18, and is made by a Fourier transform
/// of that length: what would lie outside comes round to the other end.
fn convolved(terms: &[(&[i128], u64)]) -> Option<((i128, Vec<f64>), i128)> {
    let step = terms.iter().fold(0i128, |step, (values, _)| {
        values
            .iter()
            .fold(step, |step, v| step.gcd(&(v - values[0])))
    });
    let start: i128 = terms
        .iter()
        .map(|(values, times)| values[0] * i128::from(*times))
        .sum();
    if step == 0 {
        return Some(((start, vec![1.0]), 1));
    }
    // In steps from each term's first value.
    let (mut mean, mut variance_of_sum, mut largest, mut least, mut most) =
        (0.0, 0.0, 0.0f64, 0.0, 0.0);
    for (values, times) in terms {
        let times = *times as f64;
        let steps = |v: &i128| ((v - values[0]) / step) as f64;
        let mean_of = values.iter().map(steps).sum::<f64>() / values.len() as f64;
        let ends = values
            .iter()
            .map(steps)
            .fold((0.0f64, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
        mean += times * mean_of;
        variance_of_sum += times * variance(values) / (step as f64 * step as f64);
        largest = largest.max(ends.1 - mean_of).max(mean_of - ends.0);
        least += times * ends.0;
        most += times * ends.1;
    }
    let c = libm::log(2.0 / LEFT_OUT);
    let third = c * largest / 3.0;
    let reach = third + (third * third + 2.0 * c * variance_of_sum).sqrt();
    let (from, to) = (
        (mean - reach).floor().max(least),
        (mean + reach).ceil().min(most),
    );
    let points = to - from + 1.0;
    if points > MOST_POINTS || !points.is_finite() {
        return None;
    }
    let length = (points as usize).next_power_of_two();
    if length as f64 > MOST_POINTS
        || (terms.len() + 1) as f64 * length as f64 * 8.0 * (length as f64).log2() > MOST_OPERATIONS
    {
        return None;
    }
    // Without the processor's own instructions: the same digits everywhere.
    let mut planner = FftPlanner::<f64>::new();
    let forward = planner.plan_fft_forward(length);
    let mut product: Option<Vec<Complex<f64>>> = None;
    for (values, times) in terms {
        let mut law = vec![Complex::new(0.0, 0.0); length];
        // Counted from the value next to the mean, so that phases stay small.
        let steps = |v: &i128| ((v - values[0]) / step) as i64;
        let near = values.iter().map(steps).sum::<i64>() / values.len() as i64;
        for v in *values {
            let at = (steps(v) - near).rem_euclid(length as i64);
            law[at as usize].re += 1.0 / values.len() as f64;
        }
        forward.process(&mut law);
        for point in &mut law {
            *point = power(*point, *times);
        }
        product = Some(match product {
            None => law,
            Some(mut product) => {
                product.iter_mut().zip(&law).for_each(|(a, b)| *a *= b);
                product
            }
        });
    }
    let mut product = product?;
    planner.plan_fft_inverse(length).process(&mut product);
    // Where the point of no steps from the near values stands.
    let near: i64 = terms
        .iter()
        .map(|(values, times)| {
            let steps = values.iter().map(|v| ((v - values[0]) / step) as i64);
            steps.sum::<i64>() / values.len() as i64 * *times as i64
        })
        .sum();
    let from = from as i64;
    let chances = (0..points as i64).map(|at| {
        let place = (from + at - near).rem_euclid(length as i64);
        let chance = product[place as usize].re / length as f64;
        if chance < NOISE { 0.0 } else { chance }
    });
    Some(((start + i128::from(from) * step, chances.collect()), step))
}

/// Chances below this are the transform's rounding.
const NOISE: f64 = 1e-16;

/// By squaring.
fn power(base: Complex<f64>, times: u64) -> Complex<f64> {
    let (mut base, mut left) = (base, times);
    let mut product = Complex::new(1.0, 0.0);
    while left > 0 {
        if left & 1 == 1 {
            product *= base;
        }
        base *= base;
        left >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against term by term sums over all pairs.
    #[test]
    fn laws_are_sums_over_all_draws() {
        let a: Vec<i128> = vec![3, -7, 11, 3, 0];
        let b: Vec<i128> = vec![20, -40, 5];
        let terms: [(&[i128], u64); 2] = [(&a, 4), (&b, 2)];
        let mut expected = std::collections::BTreeMap::from([(0i128, 1.0)]);
        for (values, times) in terms {
            for _ in 0..times {
                let mut next = std::collections::BTreeMap::new();
                for (&sum, &chance) in &expected {
                    for v in values {
                        *next.entry(sum + v).or_insert(0.0) += chance / values.len() as f64;
                    }
                }
                expected = next;
            }
        }
        let ((first, chances), step) = convolved(&terms).unwrap();
        let found = |sum: i128| {
            chances
                .get(((sum - first) / step) as usize)
                .copied()
                .unwrap_or(0.0)
        };
        assert_eq!(step, 1);
        let mut total = 0.0;
        for (&sum, &chance) in &expected {
            assert!((found(sum) - chance).abs() < 1e-15, "{sum}");
            total += found(sum);
        }
        assert!((total - 1.0).abs() < 1e-14);
        assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        let coarse: Vec<i128> = vec![100, 400, 700];
        let ((first, chances), step) = convolved(&[(&coarse, 2)]).unwrap();
        assert_eq!((first, step, chances.len()), (200, 300, 5));
        assert_eq!(convolved(&[(&[5, 5], 3)]), Some(((15, vec![1.0]), 1)));
    }

    /// Against a direct sum over all pairs of places and the chance that one block holds them.
    #[test]
    fn stationary_variances_are_sums_over_pairs() {
        let scores: Vec<i128> = vec![5, 1, -4, 9, 2, 2, 7];
        let (n, p) = (scores.len(), 0.3);
        let d = deviations(&scores);
        let mut expected = 0.0;
        for s in 0..n {
            for t in 0..n {
                let apart = s.abs_diff(t);
                let around: f64 = (0..n).map(|i| d[i] * d[(i + apart) % n]).sum::<f64>() / n as f64;
                expected += (1.0f64 - p).powi(apart as i32) * around;
            }
        }
        let found = stationary_variance(&scores, 1.0 / p);
        assert!(
            (found - expected).abs() < 1e-10 * expected,
            "{found} {expected}"
        );
    }
}
