//! Ranks and scores, as whole numbers over a common denominator where they are fractions.

use num_integer::Integer;
use statrs::distribution::{ContinuousCDF, Normal};

use super::spec::Ties;
use crate::error::{Error, Result};
use crate::plan::{FixedPoint, SCORE_LIMIT, Scale};

/// Scores by row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scored {
    pub scores: Vec<i32>,
    pub scale: Scale,
    pub denominator: u64,
    /// Largest distance between a number and its score; 0 where scores are exact.
    pub rounding_error: f64,
}

/// Scores of ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rank,
    AnsariBradley,
    Mood,
    Klotz,
    VanDerWaerden,
    Savage,
}

/// The places of rows in order, ties together.
struct Places {
    /// Rows, ties in runs.
    order: Vec<usize>,
    /// Where each run begins, and the end.
    runs: Vec<usize>,
}

impl Places {
    fn of(values: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let mut runs = vec![0];
        for at in 1..order.len() {
            // Both zeros are one number.
            if values[order[at]] != values[order[at - 1]] {
                runs.push(at);
            }
        }
        if !order.is_empty() {
            runs.push(order.len());
        }
        Places { order, runs }
    }

    fn runs(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        self.runs.windows(2).map(|ends| ends[0]..ends[1])
    }
}

/// Twice the mid-rank of each value.
pub(super) fn mid_ranks(values: &[f64]) -> Vec<i64> {
    let places = Places::of(values);
    let mut ranks = vec![0; values.len()];
    for run in places.runs() {
        for &row in &places.order[run.clone()] {
            ranks[row] = (run.start + 1 + run.end) as i64;
        }
    }
    ranks
}

/// A numerator and its denominator.
type Fraction = (i64, i64);

/// The most decimals of scores that are no fractions.
const DECIMALS: i32 = 8;
/// Scores that are summed are smaller than this in size.
const SUMMED_LIMIT: i64 = 1 << 30;

impl Kind {
    /// Whether its scores are fractions.
    fn is_exact(self) -> bool {
        match self {
            Kind::Rank | Kind::AnsariBradley | Kind::Mood => true,
            Kind::Klotz | Kind::VanDerWaerden | Kind::Savage => false,
        }
    }

    /// The score at twice a rank, of `n`; what is no fraction in whole steps of `1 / power`.
    fn at(self, twice: i64, n: i64, power: f64) -> Fraction {
        match self {
            Kind::Rank => (twice, 2),
            Kind::AnsariBradley => (twice.min(2 * (n + 1) - twice), 2),
            Kind::Mood => ((twice - n - 1).pow(2), 4),
            Kind::Klotz | Kind::VanDerWaerden | Kind::Savage => {
                let score = self.float(twice as f64 / 2.0, n as f64);
                ((score * power).round() as i64, 1)
            }
        }
    }

    fn float(self, rank: f64, n: f64) -> f64 {
        // From the nearer end, so that scores mirror each other to the last bit.
        let quantile = |rank: f64| {
            let (low, sign) = match 2.0 * rank > n + 1.0 {
                true => (n + 1.0 - rank, -1.0),
                false => (rank, 1.0),
            };
            match 2.0 * rank == n + 1.0 {
                true => 0.0,
                false => sign * Normal::standard().inverse_cdf(low / (n + 1.0)),
            }
        };
        match self {
            Kind::Klotz => quantile(rank).powi(2),
            Kind::VanDerWaerden => quantile(rank),
            Kind::Savage => {
                // Between two ranks the mean of both.
                let at = |rank: f64| -> f64 {
                    let terms = 0..rank as i64;
                    terms.map(|j| 1.0 / (n - j as f64)).sum::<f64>() - 1.0
                };
                (at(rank.floor()) + at(rank.ceil())) / 2.0
            }
            Kind::Rank | Kind::AnsariBradley | Kind::Mood => rank,
        }
    }

    /// The scores of values that are ranked together.
    fn of(self, values: &[f64], ties: Ties, power: f64) -> Vec<Fraction> {
        let n = values.len() as i64;
        let places = Places::of(values);
        let mut scores = vec![(0, 1); values.len()];
        for run in places.runs() {
            let (first, last) = (run.start as i64 + 1, run.end as i64);
            let at_middle = ties == Ties::MidRanks || self == Kind::Rank;
            let (sum, denominator) = match at_middle {
                true => self.at(first + last, n, power),
                false => {
                    // The mean of whole numbers: all rows of a tie together score what their places do.
                    let each = (first..=last).map(|rank| self.at(2 * rank, n, power));
                    let (sum, unit) = each.fold((0, 1), |all, of| (all.0 + of.0, of.1));
                    (sum, unit * (last - first + 1))
                }
            };
            let common = sum.gcd(&denominator).max(1);
            for &row in &places.order[run] {
                scores[row] = (sum / common, denominator / common);
            }
        }
        scores
    }
}

/// The scores of values, ranked over all rows or within strata.
///
/// # Errors
///
/// Ties of so many sizes that steps would be too coarse.
pub(super) fn scored(
    kind: Kind,
    values: &[f64],
    ties: Ties,
    strata: Option<&[u32]>,
    place: &str,
) -> Result<Scored> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    match strata {
        None => parts.push((0..values.len()).collect()),
        Some(codes) => {
            let strata = codes.iter().max().map_or(0, |&last| last as usize + 1);
            parts.resize(strata, Vec::new());
            for (row, &code) in codes.iter().enumerate() {
                parts[code as usize].push(row);
            }
        }
    }
    let at = |power: f64| {
        let mut scores = vec![(0, 1); values.len()];
        for part in &parts {
            let of_part: Vec<f64> = part.iter().map(|&row| values[row]).collect();
            for (&row, score) in part.iter().zip(kind.of(&of_part, ties, power)) {
                scores[row] = score;
            }
        }
        scores
    };
    let decimals = match kind.is_exact() {
        true => 0..=0,
        false => 0..=DECIMALS,
    };
    let found = decimals.clone().rev().find_map(|decimals| {
        let (scores, denominator) = over_common(&at(10f64.powi(decimals)))?;
        Some((decimals, scores, denominator))
    });
    match found {
        Some((decimals, scores, denominator)) if kind.is_exact() || decimals > 4 => Ok(Scored {
            scores,
            scale: Scale {
                exponent: -decimals,
                step: 1.0,
            },
            denominator,
            rounding_error: match kind.is_exact() {
                true => 0.0,
                false => 0.5 * 10f64.powi(-decimals),
            },
        }),
        _ => {
            // Ties of many sizes: in steps, as other numbers.
            let power = 10f64.powi(*decimals.end());
            let floats = at(power).into_iter();
            let floats: Vec<f64> = floats.map(|(p, q)| p as f64 / q as f64 / power).collect();
            fixed(&floats, SCORE_LIMIT, place)
        }
    }
}

/// Fractions over their least common denominator, where all fit.
fn over_common(fractions: &[Fraction]) -> Option<(Vec<i32>, u64)> {
    let denominator = fractions.iter().try_fold(1i64, |all, &(_, q)| {
        let all = i128::from(all / all.gcd(&q)) * i128::from(q);
        i64::try_from(all).ok().filter(|&all| all < SUMMED_LIMIT)
    })?;
    let whole = fractions.iter().map(|&(p, q)| {
        let whole = i128::from(p) * i128::from(denominator / q);
        let whole = i64::try_from(whole).ok();
        whole
            .filter(|whole| whole.abs() < SUMMED_LIMIT)
            .map(|whole| whole as i32)
    });
    Some((whole.collect::<Option<_>>()?, denominator as u64))
}

/// Of whole numbers.
pub(super) const ONE: Scale = Scale {
    exponent: 0,
    step: 1.0,
};

/// The most that half a step of numbers that do not fit may be of their standard deviation.
const FINE: f64 = 1e-5;

/// Numbers as they are, in the power of ten that represents them exactly, or in the finest one in which
/// they fit; where sizes are not below `limit` then, in the power of two in which they are.
///
/// # Errors
///
/// A number that is not finite, or a step that silences differences of others.
pub(super) fn fixed(values: &[f64], limit: i64, place: &str) -> Result<Scored> {
    let numbers = crate::plan::Numbers::from_floats(values);
    let fixed = FixedPoint::new(&numbers, None, place)?;
    let sizes = fixed.scores.iter().map(|score| i64::from(score.abs()));
    if sizes.max().unwrap_or(0) >= limit {
        return in_powers_of_two(values, limit, place);
    }
    if let Some(coarse) = fixed.coarse(&numbers, values.len(), None) {
        return Err(too_coarse(coarse.step, coarse.spread, place));
    }
    Ok(Scored {
        scores: fixed.scores,
        scale: fixed.scale,
        denominator: 1,
        rounding_error: fixed.rounding_error,
    })
}

fn in_powers_of_two(values: &[f64], limit: i64, place: &str) -> Result<Scored> {
    let largest = values
        .iter()
        .fold(0f64, |most, value| value.abs().max(most));
    let (_, exponent) = libm::frexp(largest / (limit - 1) as f64);
    let step = libm::ldexp(1.0, exponent);
    let scores: Vec<i32> = values
        .iter()
        .map(|value| (value / step).round() as i32)
        .collect();
    let errors = values.iter().zip(&scores);
    let errors = errors.map(|(value, &score)| (f64::from(score) * step - value).abs());
    let rounding_error = errors.fold(0.0, f64::max);
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    if rounding_error > FINE * spread {
        return Err(too_coarse(step, spread, place));
    }
    Ok(Scored {
        scores,
        scale: Scale { exponent: 0, step },
        denominator: 1,
        rounding_error,
    })
}

fn too_coarse(step: f64, spread: f64, place: &str) -> Error {
    Error::input(
        place,
        format!("values are rounded to steps of {step:e}, too coarse for a spread of {spread:.3e}"),
        "Leave out or cut off the values that are far from the others, or take ranks: rank().",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(kind: Kind, of: &[f64], ties: Ties) -> Vec<f64> {
        let scored = scored(kind, of, ties, None, "x").unwrap();
        let value = |&score: &i32| scored.scale.value(score.into(), scored.denominator);
        scored.scores.iter().map(value).collect()
    }

    #[test]
    fn scores_are_their_definitions() {
        let of = [3.0, 1.0, 4.0, 2.0, 5.0];
        let all = |kind| values(kind, &of, Ties::AverageScores);
        assert_eq!(all(Kind::Rank), of);
        assert_eq!(all(Kind::AnsariBradley), [3.0, 1.0, 2.0, 2.0, 1.0]);
        assert_eq!(all(Kind::Mood), [0.0, 4.0, 1.0, 1.0, 4.0]);
        let savage: [f64; 5] = [-0.8, -0.55, -13.0 / 60.0, 17.0 / 60.0, 77.0 / 60.0];
        for (found, exact) in all(Kind::Savage)
            .iter()
            .zip([2, 0, 3, 1, 4].map(|i| savage[i]))
        {
            assert!((found - exact).abs() < 1e-7, "{found} {exact}");
        }
        let normal = all(Kind::VanDerWaerden);
        assert_eq!((normal[0], normal[1]), (0.0, -normal[4]));
        assert!((normal[4] - 0.967_421_6).abs() < 1e-6);
        assert!((all(Kind::Klotz)[4] - 0.967_421_6f64.powi(2)).abs() < 1e-6);
    }

    /// Two values in the places 2 and 3 of five; the ends, and a half between.
    #[test]
    fn ties_have_mean_scores_or_the_score_of_their_mean_place() {
        let of = [1.0, 2.0, 2.0, 3.0, 4.0];
        let of_ties =
            |kind| [Ties::AverageScores, Ties::MidRanks].map(|ties| values(kind, &of, ties)[1]);
        assert_eq!(of_ties(Kind::Rank), [2.5, 2.5]);
        assert_eq!(of_ties(Kind::AnsariBradley), [2.5, 2.5]);
        assert_eq!(of_ties(Kind::Mood), [0.5, 0.25]);
        let three = [1.0, 1.0, 1.0, 2.0];
        let [mean, middle] = [Ties::AverageScores, Ties::MidRanks]
            .map(|ties| values(Kind::AnsariBradley, &three, ties)[0]);
        assert_eq!((mean, middle), (5.0 / 3.0, 2.0));
        assert_eq!(mid_ranks(&[2.0, -0.0, 0.0]), [6, 3, 3]);
    }

    #[test]
    fn ranks_within_strata_begin_anew() {
        let of = [10.0, 1.0, 20.0, 2.0];
        let within = scored(Kind::Rank, &of, Ties::MidRanks, Some(&[0, 1, 0, 1]), "x").unwrap();
        assert_eq!((within.scores, within.denominator), (vec![1, 1, 2, 2], 1));
    }

    #[test]
    fn numbers_stay_below_a_limit() {
        let found = fixed(&[0.123_456, -1.0, 2.5], 1 << 20, "x").unwrap();
        // Steps of 2^-18: 2.5 is 655,360 of them.
        assert_eq!(found.scale.step, libm::ldexp(1.0, -18));
        assert_eq!(found.scores, [32_363, -262_144, 655_360]);
        assert!(found.rounding_error < 2e-6 && found.rounding_error > 0.0);
        assert!(fixed(&[0.123_456, -1.0, 2.5], 1000, "x").is_err());
    }
}
