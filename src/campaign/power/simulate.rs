//! Simulated series for studies of size and power.
//!
//! Randomness comes from a closure of 32-bit words, such as those of a counter-based generator, so
//! that a series is a pure function of whatever the closure counts. Only additions, multiplications,
//! divisions and square roots, which IEEE 754 fixes, and the logarithm of the `libm` crate, which is
//! made of them, are used: the same words give the same series on every machine.

use crate::inference::normal_quantile;

/// `2^-53`.
const HALF_STEP: f64 = 1.0 / (1_u64 << 53) as f64;

/// A uniform variable strictly between 0 and 1: an odd multiple of `2^-53`, from the upper 52 of 64
/// bits, of which the first word has the high ones.
pub fn uniform(words: &mut impl FnMut() -> u32) -> f64 {
    let (high, low) = (words(), words());
    let bits = (u64::from(high) << 32 | u64::from(low)) >> 12;
    (2 * bits + 1) as f64 * HALF_STEP
}

/// A standard normal variable, by inversion of one [`uniform`] variable; at most 8.2 in size.
pub fn normal(words: &mut impl FnMut() -> u32) -> f64 {
    normal_quantile(uniform(words))
}

/// `n` independent standard normal values.
pub fn white_noise(n: usize, mut words: impl FnMut() -> u32) -> Vec<f64> {
    (0..n).map(|_| normal(&mut words)).collect()
}

/// `n` values of the autoregression `x_t = phi x_(t-1) + e_t` with standard normal innovations.
///
/// The first value is drawn from the stationary law, which has the variance `1/(1 - phi^2)`; the
/// autocorrelation at lag `k` is `phi^k`. `None` unless `phi` lies strictly between -1 and 1.
pub fn ar1(n: usize, phi: f64, mut words: impl FnMut() -> u32) -> Option<Vec<f64>> {
    let valid = phi > -1.0 && phi < 1.0;
    valid.then(|| {
        let spread = 1.0 / ((1.0 - phi) * (1.0 + phi)).sqrt();
        let mut last = 0.0;
        (0..n)
            .map(|t| {
                let innovation = normal(&mut words);
                last = if t == 0 {
                    spread * innovation
                } else {
                    phi * last + innovation
                };
                last
            })
            .collect()
    })
}

/// The parameters of a stationary GARCH(1,1) process (Bollerslev 1986):
/// `x_t = sqrt(h_t) e_t` with standard normal `e_t` and `h_t = omega + alpha x_(t-1)^2 + beta h_(t-1)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Garch {
    omega: f64,
    alpha: f64,
    beta: f64,
}

/// Values left out at most before a GARCH series begins.
const MOST_BURN_IN: f64 = 100_000.0;

impl Garch {
    /// `None` unless `omega > 0`, `alpha` and `beta` are not negative and `alpha + beta < 1`.
    pub fn new(omega: f64, alpha: f64, beta: f64) -> Option<Self> {
        let garch = Garch { omega, alpha, beta };
        let valid = omega > 0.0 && alpha >= 0.0 && beta >= 0.0 && alpha + beta < 1.0;
        (valid && garch.variance().is_finite()).then_some(garch)
    }

    /// The stationary variance, `omega/(1 - alpha - beta)`.
    pub fn variance(self) -> f64 {
        self.omega / (1.0 - self.alpha - self.beta)
    }

    /// Steps after which the expected variance has kept less than a millionth of its distance from
    /// the stationary one, `(alpha + beta)^steps < 1e-6`, and at most 100,000.
    fn burn_in(self) -> usize {
        let kept = self.alpha + self.beta;
        if kept <= 1e-6 {
            return 1;
        }
        (libm::log(1e-6) / libm::log(kept)).ceil().min(MOST_BURN_IN) as usize
    }

    /// `n` values. The stationary law has no closed form: the process starts at the stationary
    /// variance, and as many values as it takes to forget that are left out.
    pub fn series(self, n: usize, mut words: impl FnMut() -> u32) -> Vec<f64> {
        let mut variance = self.variance();
        let mut step = || {
            let x = variance.sqrt() * normal(&mut words);
            variance = self.omega + self.alpha * x * x + self.beta * variance;
            x
        };
        for _ in 0..self.burn_in() {
            step();
        }
        (0..n).map(|_| step()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words for tests (SplitMix64's upper halves).
    fn words(mut state: u64) -> impl FnMut() -> u32 {
        move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 32) as u32
        }
    }

    /// The mean of `f` over the series, and its standard error from means of 500 values, which are
    /// nearly independent.
    fn mean(series: &[f64], f: impl Fn(&[f64]) -> f64, width: usize) -> (f64, f64) {
        let terms: Vec<f64> = series.windows(width).map(f).collect();
        let means: Vec<f64> = terms
            .chunks_exact(500)
            .map(|block| block.iter().sum::<f64>() / 500.0)
            .collect();
        let blocks = means.len() as f64;
        let mean = means.iter().sum::<f64>() / blocks;
        let squares: f64 = means.iter().map(|block| (block - mean).powi(2)).sum();
        (mean, (squares / (blocks - 1.0) / blocks).sqrt())
    }

    fn has_mean(series: &[f64], f: impl Fn(&[f64]) -> f64, width: usize, expected: f64) {
        let (mean, error) = mean(series, f, width);
        assert!(
            (mean - expected).abs() < 4.0 * error && error < 0.05 * expected.abs().max(1.0),
            "{mean} +- {error} is not {expected}"
        );
    }

    #[test]
    fn uniforms_stay_inside() {
        assert_eq!(uniform(&mut || 0), HALF_STEP);
        assert_eq!(uniform(&mut || u32::MAX), 1.0 - HALF_STEP);
        let mut turn = [0x8000_0000, 0].into_iter().cycle();
        assert_eq!(uniform(&mut || turn.next().unwrap()), 0.5 + HALF_STEP);
        let largest = normal(&mut || u32::MAX);
        assert!((8.2..8.21).contains(&largest));
        assert_eq!(normal(&mut || 0), -largest);
    }

    #[test]
    fn white_noise_has_normal_moments() {
        let series = white_noise(400_000, words(1));
        for (power, moment) in [(1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0), (6, 15.0)] {
            has_mean(&series, |x| x[0].powi(power), 1, moment);
        }
        has_mean(
            &series,
            |x| f64::from(x[0] < -1.959_963_984_540_054),
            1,
            0.025,
        );
        has_mean(&series, |x| x[0] * x[1], 2, 0.0);
    }

    #[test]
    fn ar1_is_stationary_with_its_autocorrelations() {
        for phi in [-0.5, 0.0, 0.6, 0.95] {
            let series = ar1(400_000, phi, words(2)).unwrap();
            let variance = 1.0 / (1.0 - phi * phi);
            for lag in [0, 1, 3] {
                let expected = variance * phi.powi(lag as i32);
                has_mean(&series, |x| x[0] * x[lag], lag + 1, expected);
            }
        }
        // From the first value on.
        let mut more = words(3);
        let starts: Vec<f64> = (0..100_000)
            .flat_map(|_| ar1(1, 0.9, &mut more).unwrap())
            .collect();
        has_mean(&starts, |x| x[0] * x[0], 1, 1.0 / 0.19);
    }

    #[test]
    fn garch_has_its_variance_kurtosis_and_clustering() {
        let (omega, alpha, beta) = (0.1, 0.1, 0.8);
        let garch = Garch::new(omega, alpha, beta).unwrap();
        assert!((garch.variance() - 1.0).abs() < 1e-12);
        assert_eq!(garch.burn_in(), 132);
        let series = garch.series(1_000_000, words(4));
        has_mean(&series, |x| x[0] * x[0], 1, 1.0);
        has_mean(&series, |x| x[0] * x[1], 2, 0.0);
        // Bollerslev (1986 for the fourth moment, 1988 for the correlation of squares).
        let kept: f64 = alpha + beta;
        let fourth = 3.0 * (1.0 - kept * kept) / (1.0 - kept * kept - 2.0 * alpha * alpha);
        has_mean(&series, |x| x[0].powi(4), 1, fourth);
        let first =
            alpha * (1.0 - alpha * beta - beta * beta) / (1.0 - 2.0 * alpha * beta - beta * beta);
        let covariance = first * (fourth - 1.0);
        has_mean(
            &series,
            |x| (x[0] * x[0] - 1.0) * (x[1] * x[1] - 1.0),
            2,
            covariance,
        );
    }

    #[test]
    fn refuses_what_is_not_stationary() {
        for phi in [1.0, -1.0, f64::NAN] {
            assert!(ar1(1, phi, words(1)).is_none());
        }
        for (omega, alpha, beta) in [
            (0.0, 0.1, 0.8),
            (0.1, -0.1, 0.8),
            (0.1, 0.2, 0.8),
            (f64::NAN, 0.1, 0.8),
            (f64::INFINITY, 0.1, 0.8),
        ] {
            assert!(Garch::new(omega, alpha, beta).is_none());
        }
        let constant = Garch::new(4.0, 0.0, 0.0).unwrap();
        let noise = white_noise(4, words(9));
        let twice: Vec<f64> = noise.iter().map(|x| 2.0 * x).collect();
        assert_eq!(constant.series(3, words(9)), twice[1..]);
        let slow = Garch::new(1e-9, 0.0, 1.0 - 1e-12).unwrap();
        assert_eq!(slow.series(1, words(1)).len(), 1);
    }

    /// Bits, not digits: a simulation study has to repeat exactly.
    #[test]
    fn first_values_never_change() {
        let bits = |series: &[f64]| series.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let garch = Garch::new(0.1, 0.1, 0.8).unwrap();
        assert_eq!(
            bits(&white_noise(3, words(7))),
            [
                0xbfd1_e7a2_3723_84fd,
                0x3ff4_9309_d9a5_7861,
                0xbfbe_972c_f479_d91e
            ]
        );
        assert_eq!(
            bits(&ar1(3, 0.6, words(7)).unwrap()),
            [
                0xbfd6_618a_c4ec_663c,
                0x3ff1_379b_6f4e_cf72,
                0x3fe0_d63b_4d68_f0fe
            ]
        );
        assert_eq!(
            bits(&garch.series(3, words(7))),
            [
                0xbfea_ce3b_7482_3b92,
                0x3fb1_72c0_9617_b6d9,
                0xbffa_82d4_0880_fe13
            ]
        );
    }
}
