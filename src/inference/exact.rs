//! Exact null laws under distinct positions drawn uniformly from a pool of integer scores.

/// Both tails of an exact null law at the observed value, each with the value itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tails {
    /// `P(T <= t)`.
    pub lower: f64,
    /// `P(T >= t)`.
    pub upper: f64,
}

/// Tails of the median of `k` distinct positions drawn uniformly from `scores`.
///
/// `numerator` is the observed median for odd `k`, and the sum of the two middle order statistics
/// (twice the median) for even `k`, so that all comparisons are between integers.
///
/// Let the scores be sorted, ties in any fixed order, and `h = ceil(k/2)`. The h-th smallest drawn
/// score is the one with `i` scores before it in `C(i, lo)` ways to fill the `lo = h - 1` places
/// below. For odd `k` the `hi = k - h` places above are free, and the draw counts when the score is
/// at least `t`. For even `k` the draw counts when the next drawn score, hence all `hi = h` above,
/// is at least `t` less this score. With `m_i` the scores after `i` that qualify,
///
/// `P(T >= t) = sum_i C(i, lo) C(m_i, hi) / C(N, k)`,
///
/// which for odd `k` is the hypergeometric law of order statistics (David and Nagaraja 2003,
/// section 3.7). All terms are positive, so small tails keep their digits; the lower tail is the
/// upper tail of the negated scores.
///
/// Where no draw of `k` exists (`k` is 0 or above the number of scores) both tails are NaN.
pub fn median_tails(scores: &[i32], k: usize, numerator: i64) -> Tails {
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
    Tails {
        lower: median_at_least(&negated, k, -numerator, &ln_factorials),
        upper: median_at_least(&ascending, k, numerator, &ln_factorials),
    }
}

fn median_at_least(ascending: &[i64], k: usize, numerator: i64, ln_factorials: &[f64]) -> f64 {
    let n = ascending.len();
    let lo = (k - 1) / 2;
    let hi = k - 1 - lo;
    let ln_choose = |n: usize, k: usize| ln_factorials[n] - ln_factorials[k] - ln_factorials[n - k];
    let ln_draws = ln_choose(n, k);
    // Scores that may be the other middle one: more of them as `this` rises.
    let mut partners = 0;
    let mut probability = 0.0;
    for (i, &this) in ascending.iter().enumerate() {
        let after = n - 1 - i;
        let above = if k % 2 == 1 {
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
            probability += (ln_choose(i, lo) + ln_choose(above, hi) - ln_draws).exp();
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
        let term = (i as f64).ln();
        let next = sum + term;
        // From i = 2 on the sum is at least the term.
        lost += (sum - next) + term;
        sum = next;
        table.push(sum + lost);
    }
    table
}

/// Mean and standard deviation of the sum of `k` scores drawn uniformly without replacement:
/// `k mu` and `sqrt(k sigma^2 (N - k)/(N - 1))`, with `sigma^2` of divisor `N`.
pub fn sum_moments(scores: &[i32], k: usize) -> (f64, f64) {
    contrast_moments(scores, &[k], &[1])
}

/// Mean and standard deviation of `sum_g weights[g] S_g`, with `S_g` the sum of the scores of group
/// `g` and the groups disjoint uniform draws of `sizes[g]` positions.
///
/// Two distinct draws have covariance `-sigma^2/(N - 1)` (Cochran 1977, section 2.5), so with
/// `A = sum_g w_g^2 k_g` and `B = sum_g w_g k_g` the mean is `B mu` and the variance
/// `sigma^2 (N A - B^2)/(N - 1)`. For `S_a/k_a - S_b/k_b` pass the weights `k_b` and `-k_a` and
/// divide by `k_a k_b`. Sums are integers until the last step, so nothing cancels.
///
/// The sizes may add up to at most the number of scores; no scores at all give NaN.
pub fn contrast_moments(scores: &[i32], sizes: &[usize], weights: &[i64]) -> (f64, f64) {
    let n = scores.len() as i128;
    let sum: i128 = scores.iter().map(|&x| i128::from(x)).sum();
    let squares: i128 = scores.iter().map(|&x| i128::from(x) * i128::from(x)).sum();
    let (mut a, mut b) = (0_i128, 0_i128);
    for (&size, &weight) in sizes.iter().zip(weights) {
        let total = size as i128 * i128::from(weight);
        a += total * i128::from(weight);
        b += total;
    }
    let mean = b as f64 * (sum as f64 / n as f64);
    if n == 1 {
        return (mean, 0.0);
    }
    let spread = (n * squares - sum * sum) as f64 / (n * n) as f64;
    let variance = spread * ((n * a - b * b) as f64 / (n - 1) as f64);
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests;
