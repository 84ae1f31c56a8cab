//! Confidence limits for a binomial share.
//!
//! Logarithms and exponentials are the `libm` crate's: the system's come with and without fused
//! multiply-adds, by the processor, and differ in the last digit.

use std::f64::consts::TAU;

use statrs::function::factorial::factorial;

use crate::inference::normal_quantile;

/// Clopper and Pearson's (1934) interval for the share behind `successes` of `trials`: all shares
/// that neither one-sided binomial test refuses at `(1 - level)/2`.
///
/// The lower end solves `I_x(b, m - b + 1) = (1 - level)/2`, with `I` the regularised incomplete
/// beta function, and is 0 for `b = 0`; the upper end is 1 less the lower end for the failures.
/// Relative error below 1e-9 up to 10^12 trials.
pub fn clopper_pearson(successes: u64, trials: u64, level: f64) -> (f64, f64) {
    let b = successes.min(trials);
    let q = (1.0 - level) / 2.0;
    let low = if b == 0 {
        0.0
    } else {
        beta_quantile(b, trials - b + 1, q).0
    };
    let high = if b == trials {
        1.0
    } else {
        beta_quantile(trials - b, b + 1, q).1
    };
    (low, high)
}

/// The `x` with `I_x(a, c) = q` for `q <= 1/2`, and `1 - x`, each to full relative precision.
///
/// statrs 0.19's `inv_beta_reg` is not used: against `tests/reference/clopper_pearson.tsv` it is off
/// by 3e-4 for 2 of 10^6 trials and does not return for 5 of 10^8. It starts no lower than 0.0001,
/// and its prefactor is a difference of log-gammas, each rounded to 0.004 at 10^12.
///
/// Newton's method on `ln I` in the log-odds of `x`. There the density is log-concave, hence `ln I`
/// is concave: one step from anywhere lands at or left of the root, the steps after it rise
/// towards it, and no bracket is needed.
fn beta_quantile(a: u64, c: u64, q: f64) -> (f64, f64) {
    if c == 1 {
        // I_x(a, 1) = x^a.
        let ln_x = libm::log(q) / a as f64;
        return (libm::exp(ln_x), -libm::expm1(ln_x));
    }
    let (af, cf) = (a as f64, c as f64);
    // Normal approximation of the log-odds.
    let mut log_odds = libm::log(af / cf) + normal_quantile(q) * (1.0 / af + 1.0 / cf).sqrt();
    for _ in 0..100 {
        let (ln_i, slope) = ln_beta_tail(a, c, share(log_odds), share(-log_odds));
        let step = (ln_i - libm::log(q)) / slope;
        log_odds -= step;
        if step.abs() <= 1e-14 * log_odds.abs().max(1.0) {
            break;
        }
    }
    (share(log_odds), share(-log_odds))
}

/// `1/(1 + exp(-t))`.
fn share(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

/// `ln I_x(a, c)` and its derivative by the log-odds of `x`, for `c >= 2` and `x` below the mean
/// `a/(a + c)`; `y = 1 - x` comes along because a difference would lose its digits.
///
/// `I = x^a y^c / B(a, c) * r` with `r` from the continued fraction of DiDonato and Morris (1992,
/// ACM TOMS 18, Algorithm 708, BFRAC), and the derivative is `1/r`.
fn ln_beta_tail(a: u64, c: u64, x: f64, y: f64) -> (f64, f64) {
    let (a, c, n) = (a as f64, c as f64, (a + c) as f64);
    // Distance of a from its expectation n x, taken from the side with the digits.
    let lambda = if a > c { n * y - c } else { a - n * x };
    // x^a y^c / B(a, c) = sqrt(a c / (2 pi n)) exp(-deviance) and Stirling's errors: Loader's
    // (2000) saddle-point form, with no large terms that cancel.
    let deviance = -a * ln_ratio(n * x, a, -lambda) - c * ln_ratio(n * y, c, lambda);
    let ln_front = 0.5 * libm::log(a / TAU * (c / n)) - deviance + stirling_error(n)
        - stirling_error(a)
        - stirling_error(c);
    let r = fraction(a, c, x, y, lambda);
    (ln_front + libm::log(r), 1.0 / r)
}

/// The chance of at least `k` successes in `n` trials that succeed with probability `x`; `y = 1 - x`, given
/// because a difference would lose its digits.
pub(crate) fn at_least(k: u64, n: u64, x: f64, y: f64) -> f64 {
    if k == 0 || y <= 0.0 {
        return 1.0;
    }
    if k > n || x <= 0.0 {
        return 0.0;
    }
    // I_x(a, c); from the side of the mean where the continued fraction holds.
    let (a, c) = (k, n - k + 1);
    let lower = |a: u64, c: u64, x: f64, y: f64| match c {
        1 => libm::exp(a as f64 * libm::log(x)),
        _ => libm::exp(ln_beta_tail(a, c, x, y).0),
    };
    match x * (a + c) as f64 <= a as f64 {
        true => lower(a, c, x, y),
        false => 1.0 - lower(c, a, y, x),
    }
}

/// The chance of exactly `k` successes, as for [`at_least`].
pub(crate) fn exactly(k: u64, n: u64, x: f64, y: f64) -> f64 {
    let (a, c, all) = (k as f64, (n - k) as f64, n as f64);
    if k == 0 || k == n {
        let share = if k == 0 { y } else { x };
        return libm::exp(all * libm::log(share));
    }
    if x <= 0.0 || y <= 0.0 {
        return 0.0;
    }
    // Loader's (2000) saddle-point form.
    let lambda = if a > c { all * y - c } else { a - all * x };
    let deviance = -a * ln_ratio(all * x, a, -lambda) - c * ln_ratio(all * y, c, lambda);
    let front = 0.5 * libm::log(all / (TAU * a * c));
    libm::exp(front - deviance + stirling_error(all) - stirling_error(a) - stirling_error(c))
}

/// `ln(expected/observed)`, given `expected - observed`, which is more exact when it is small.
fn ln_ratio(expected: f64, observed: f64, difference: f64) -> f64 {
    if difference.abs() < observed / 2.0 {
        libm::log1p(difference / observed)
    } else {
        libm::log(expected / observed)
    }
}

/// `ln Gamma(n + 1)` less Stirling's formula `(n + 1/2) ln n - n + ln(2 pi)/2`, for whole `n >= 1`.
fn stirling_error(n: f64) -> f64 {
    if n <= 100.0 {
        libm::log(factorial(n as u64)) - (n + 0.5) * libm::log(n) + n - 0.5 * libm::log(TAU)
    } else {
        let s = 1.0 / (n * n);
        (1.0 / 12.0 - s * (1.0 / 360.0 - s / 1260.0)) / n
    }
}

/// The continued fraction of BFRAC, evaluated forwards and rescaled at each step.
fn fraction(a: f64, c: f64, x: f64, y: f64, lambda: f64) -> f64 {
    let k = 1.0 + lambda;
    let (k0, k1) = (c / a, 1.0 + 1.0 / a);
    let (mut p, mut s) = (1.0, a + 1.0);
    let (mut a_before, mut b_before, mut a_now, mut b_now) = (0.0, 1.0, 1.0, k / k1);
    let mut r = k1 / k;
    let mut n = 0.0;
    loop {
        n += 1.0;
        let t = n / a;
        let w = n * (c - n) * x;
        let e = a / s;
        let alpha = p * (p + k0) * e * e * (w * x);
        let beta = n + w / s + (1.0 + t) / (k1 + 2.0 * t) * (k + n * (1.0 + y));
        p = 1.0 + t;
        s += 2.0;
        (a_before, a_now) = (a_now, alpha * a_before + beta * a_now);
        (b_before, b_now) = (b_now, alpha * b_before + beta * b_now);
        let last = r;
        r = a_now / b_now;
        if (r - last).abs() <= 1e-15 * r || r.is_nan() {
            return r;
        }
        a_before /= b_now;
        b_before /= b_now;
        a_now = r;
        b_now = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-11 * b.abs(), "{a:e} is not {b:e}");
    }

    #[test]
    fn ends_have_closed_forms() {
        for n in [1, 2, 21, 1000, 1_000_000_000_000] {
            let tail = (0.025_f64.ln() / n as f64).exp();
            let none = clopper_pearson(0, n, 0.95);
            assert_eq!(none.0, 0.0);
            close(none.1, -(0.025_f64.ln() / n as f64).exp_m1());
            let all = clopper_pearson(n, n, 0.95);
            assert_eq!(all.1, 1.0);
            close(all.0, tail);
        }
        assert_eq!(clopper_pearson(0, 0, 0.95), (0.0, 1.0));
    }

    /// Against sums of `C(n, k) x^k y^(n-k)` in whole numbers.
    #[test]
    fn binomial_tails_are_sums() {
        use num_bigint::BigUint;
        use num_traits::ToPrimitive;
        for (n, successes, of) in [(1u64, 1u32, 3u32), (7, 2, 5), (100, 37, 100), (101, 1, 2)] {
            let [x, y] = [successes, of - successes].map(|part| f64::from(part) / f64::from(of));
            let all = BigUint::from(of).pow(n as u32);
            let mut choose = BigUint::from(1u32);
            let mut below = BigUint::ZERO;
            for k in 0..=n {
                let ways = &choose
                    * BigUint::from(successes).pow(k as u32)
                    * BigUint::from(of - successes).pow((n - k) as u32);
                let share = |part: &BigUint| {
                    let shifted: BigUint = (part << 200u32) / &all;
                    shifted.to_f64().unwrap() * 2f64.powi(-200)
                };
                let (one, tail) = (share(&ways), share(&(&all - &below)));
                let [found, found_tail] = [exactly(k, n, x, y), at_least(k, n, x, y)];
                assert!((found - one).abs() <= 1e-12 * one, "{n} {k}: {found} {one}");
                assert!(
                    (found_tail - tail).abs() <= 1e-13 * tail.max(1e-3),
                    "{n} {k}"
                );
                below += ways;
                choose = choose * (n - k) / (k + 1);
            }
        }
        assert_eq!(
            (at_least(5, 4, 0.5, 0.5), at_least(0, 4, 0.0, 1.0)),
            (0.0, 1.0)
        );
    }

    #[test]
    fn swapping_successes_and_failures_mirrors_the_interval() {
        for (b, n) in [(1, 2), (3, 10), (499, 1000), (7, 1_000_000)] {
            let (low, high) = clopper_pearson(b, n, 0.9);
            let mirrored = clopper_pearson(n - b, n, 0.9);
            assert!((1.0 - mirrored.1 - low).abs() < 1e-15);
            assert!((1.0 - mirrored.0 - high).abs() < 1e-15);
        }
    }

    /// Rows of `tests/reference/clopper_pearson.tsv`.
    #[test]
    fn equals_the_reference_up_to_a_million_million_trials() {
        let table = include_str!("../../tests/reference/clopper_pearson.tsv");
        for line in table.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [b, n] = [0, 1].map(|i| cells[i].parse().unwrap());
            let [level, low, high] = [2, 3, 4].map(|i| cells[i].parse::<f64>().unwrap());
            let got = clopper_pearson(b, n, level);
            close(got.0, low);
            close(got.1, high);
        }
    }
}
