//! Mean and variance from integer sums.

/// Mean and variance (divisor: their number) of `n` whole numbers with this sum and this sum of
/// squares. Numbers below `2^d` may be `2^b` with `2 d + b < 126`.
pub(crate) fn moments(n: u64, sum: u128, sum_of_squares: u128) -> (f64, f64) {
    // About the nearest whole number, so that the squares do not cancel.
    let (sum, count) = (sum as i128, i128::from(n));
    let centre = sum / count.max(1);
    let first = sum - centre * count;
    let second = sum_of_squares as i128 - 2 * centre * sum + centre * centre * count;
    let n = n as f64;
    let mean = centre as f64 + first as f64 / n;
    let variance = (second as f64 - first as f64 * (first as f64 / n)) / n;
    (mean, variance.max(0.0))
}
