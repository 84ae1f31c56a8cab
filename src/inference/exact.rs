//! Exact null laws under distinct positions drawn uniformly from a pool of integer scores.

/// Both tails of an exact null law at the observed value, each with the value itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tails {
    /// `P(T <= t)`.
    pub lower: f64,
    /// `P(T >= t)`.
    pub upper: f64,
}

/// Tails of an order statistic of `k` distinct positions drawn uniformly from `scores`: of the one at
/// `place` from 0, or the sum of two neighbours.
///
/// Let the scores be sorted, ties in any fixed order, `lo` the lower place and `hi = k - 1 - lo`. The drawn
/// score at that place is the one with `i` scores before it in `C(i, lo)` ways to fill the places below.
/// Of one place alone those above are free, and the draw counts when the score is at least `t`. Of two
/// the draw counts when the next drawn score, hence all `hi` above, is at least `t` less this score.
/// With `m_i` the scores after `i` that qualify,
///
/// `P(T >= t) = sum_i C(i, lo) C(m_i, hi) / C(N, k)`,
///
/// which for one place is the hypergeometric law of order statistics (David and Nagaraja 2003,
/// section 3.7). All terms are positive, so small tails keep their digits; the lower tail is the
/// upper tail of the negated scores.
///
/// Where no draw of `k` exists (`k` is 0 or above the number of scores) both tails are NaN.
pub(super) fn order_tails(scores: &[i32], k: usize, places: [usize; 2], numerator: i64) -> Tails {
    if k == 0 || k > scores.len() {
        return Tails {
            lower: f64::NAN,
            upper: f64::NAN,
        };
    }
    let mut ascending: Vec<i64> = scores.iter().map(|&score| i64::from(score)).collect();
    ascending.sort_unstable();
    let negated: Vec<i64> = ascending.iter().rev().map(|score| -score).collect();
    let ln_factorials = ln_factorials(scores.len());
    let from_above = places.map(|place| k - 1 - place);
    let mirrored = [from_above[1], from_above[0]];
    Tails {
        lower: at_least(&negated, k, mirrored, -numerator, &ln_factorials),
        upper: at_least(&ascending, k, places, numerator, &ln_factorials),
    }
}

/// Tails of the median of `k` distinct positions drawn uniformly from `scores`.
///
/// `numerator` is the observed median for odd `k`, and the sum of the two middle order statistics
/// (twice the median) for even `k`, so that all comparisons are between integers.
pub fn median_tails(scores: &[i32], k: usize, numerator: i64) -> Tails {
    order_tails(scores, k, [k.saturating_sub(1) / 2, k / 2], numerator)
}

fn at_least(
    ascending: &[i64],
    k: usize,
    [lo, next]: [usize; 2],
    numerator: i64,
    ln_factorials: &[f64],
) -> f64 {
    let n = ascending.len();
    let hi = k - 1 - lo;
    let ln_choose = |n: usize, k: usize| ln_factorials[n] - ln_factorials[k] - ln_factorials[n - k];
    let ln_draws = ln_choose(n, k);
    // Scores that may be the other one: more of them as `this` rises.
    let mut partners = 0;
    let mut probability = 0.0;
    for (i, &this) in ascending.iter().enumerate() {
        let after = n - 1 - i;
        let above = if next == lo {
            if this < numerator {
                continue;
            }
            after
        } else {
            while partners < n && this + ascending[n - 1 - partners] >= numerator {
                partners += 1;
            }
            partners.min(after)
        };
        if i >= lo && above >= hi {
            probability += libm::exp(ln_choose(i, lo) + ln_choose(above, hi) - ln_draws);
        }
    }
    f64::min(probability, 1.0)
}

/// `ln i!` for `i` up to `n`, by a compensated sum (Neumaier 1974): each entry is as exact as a
/// float of its size can be.
fn ln_factorials(n: usize) -> Vec<f64> {
    let (mut sum, mut lost) = (0.0, 0.0);
    let mut table = vec![0.0];
    for i in 1..=n {
        let term = libm::log(i as f64);
        let next = sum + term;
        // From i = 2 on the sum is at least the term.
        lost += (sum - next) + term;
        sum = next;
        table.push(sum + lost);
    }
    table
}

#[cfg(test)]
mod tests;
