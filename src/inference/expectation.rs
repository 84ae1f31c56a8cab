//! Exact expectations under the null.

use super::law::scores;
use crate::null::NullDesign;
use crate::plan::Plan;
use crate::statistic::Statistic;

/// The expectation of a hypothesis' numerator over all draws, where it is known: numerator and
/// denominator in lowest terms.
///
/// A position is picked into group `g` with probability `k_g/N` (Cochran 1977, section 2.2), so that
/// for means, `sum_g w_g S_g` with weights `w_g` and sums `S_g`, it is
///
/// `sum_g w_g k_g * (sum of all N scores) / N`.
///
/// It is 0 for a difference of means. `None` for medians, whose expectation is no such sum.
pub fn null_expectation(plan: &Plan, hypothesis: usize) -> Option<(i128, u128)> {
    let NullDesign::Uniform(_) = &plan.design;
    let (fold, contrast, column) = plan.origin(hypothesis)?;
    let Statistic::Mean(mean) = fold.statistic() else {
        return None;
    };
    let scores = scores(mean.scores(), column);
    let sum: i128 = scores.iter().map(|&score| i128::from(score)).sum();
    let picks: i128 = contrast
        .terms
        .iter()
        .map(|&(segment, weight)| i128::from(weight) * fold.segments()[segment].len as i128)
        .sum();
    let (numerator, denominator) = (picks * sum, scores.len() as u128);
    let common = gcd(denominator, numerator.unsigned_abs());
    Some((numerator / common as i128, denominator / common))
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests;
