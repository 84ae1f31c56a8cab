//! Bootstrap confidence intervals.

use super::Moments;
use crate::inference::normal_quantile;
use crate::resample::IntervalKind;

/// The shares of the law at its two ends: `low` is the smallest `v` with `P(T <= v)` at least the first,
/// `high` the largest with `P(T >= v)` at least the second. `None` of an interval that takes none.
///
/// # Errors
///
/// Why the corrected shares do not exist.
pub fn shares(
    kind: IntervalKind,
    level: f64,
    moments: &Moments,
    acceleration: f64,
) -> Result<Option<[f64; 2]>, &'static str> {
    let tail = (1.0 - level) / 2.0;
    let a = match kind {
        IntervalKind::Normal | IntervalKind::PercentileT | IntervalKind::Inversion => {
            return Ok(None);
        }
        IntervalKind::Percentile | IntervalKind::Basic => return Ok(Some([tail, tail])),
        IntervalKind::Bc => 0.0,
        IntervalKind::Bca => acceleration,
    };
    // Ties count half.
    let share = moments.below + moments.equal / 2.0;
    if !(share > 0.0 && share < 1.0) {
        return Err("all of the bootstrap law lies on one side of the observed value");
    }
    let z0 = normal_quantile(share);
    let corrected = |z: f64| {
        let shifted = z0 + z;
        let below = 1.0 - a * shifted;
        (below > 0.0).then(|| normal_share(z0 + shifted / below))
    };
    let z = normal_quantile(tail);
    match (corrected(z), corrected(-z)) {
        (Some(low), Some(high)) => Ok(Some([low, 1.0 - high])),
        _ => Err("its acceleration is so large that the corrected shares do not exist"),
    }
}

/// The interval around an observed value, `ends` being the law's at [`shares`]; `centred`:
/// whether the law's own mean stands for the observed value in it.
pub fn ends(
    kind: IntervalKind,
    level: f64,
    observed: f64,
    moments: &Moments,
    ends: [f64; 2],
    centred: bool,
) -> [f64; 2] {
    let bias = moments.mean - observed;
    match kind {
        IntervalKind::Percentile
        | IntervalKind::Bc
        | IntervalKind::Bca
        | IntervalKind::PercentileT
        | IntervalKind::Inversion => ends,
        IntervalKind::Basic => {
            let centre = if centred { moments.mean } else { observed };
            [observed + centre - ends[1], observed + centre - ends[0]]
        }
        IntervalKind::Normal => {
            let centre = if centred { observed } else { observed - bias };
            let reach = -normal_quantile((1.0 - level) / 2.0) * moments.sd;
            [centre - reach, centre + reach]
        }
    }
}

fn normal_share(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// The acceleration of values without one unit (or block) at a time, a list a part: a sixth of the skewness
/// of their influences `u = (n - 1) (mean - value)`, each part's over its number,
/// `sum of u^3 / n^3 / (6 (sum of u^2 / n^2)^(3/2))` (Efron 1987; for several samples Davison and Hinkley
/// 1997, 5.3). `None` where nothing differs, or a value is missing.
pub fn acceleration(parts: &[Vec<f64>]) -> Option<f64> {
    let (mut cubes, mut squares) = (0.0, 0.0);
    for values in parts {
        let n = values.len() as f64;
        // From the first value, so that small differences keep their digits.
        let first = values.first().copied().unwrap_or(0.0);
        let mean = values.iter().map(|v| v - first).sum::<f64>() / n;
        for v in values {
            let u = (n - 1.0) * (mean - (v - first)) / n;
            cubes += u * u * u;
            squares += u * u;
        }
    }
    let scale = parts
        .iter()
        .flatten()
        .fold(0.0f64, |most, v| most.max(v.abs()));
    let is_flat = squares.sqrt() <= 1e-12 * scale;
    (squares.is_finite() && !is_flat && squares > 0.0)
        .then(|| cubes / (6.0 * squares * squares.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW: Moments = Moments {
        mean: 11.0,
        sd: 2.0,
        below: 0.4,
        equal: 0.1,
    };

    #[test]
    fn ends_by_their_definitions() {
        let of = |kind: IntervalKind, centred| ends(kind, 0.95, 10.0, &LAW, [7.0, 15.0], centred);
        assert_eq!(of(IntervalKind::Percentile, false), [7.0, 15.0]);
        assert_eq!(of(IntervalKind::Basic, false), [5.0, 13.0]);
        assert_eq!(of(IntervalKind::Basic, true), [6.0, 14.0]);
        let z = 1.959963984540054;
        let [low, high] = of(IntervalKind::Normal, false);
        assert!((low - (9.0 - 2.0 * z)).abs() < 1e-12 && (high - (9.0 + 2.0 * z)).abs() < 1e-12);
        assert!((of(IntervalKind::Normal, true)[0] - (10.0 - 2.0 * z)).abs() < 1e-12);
    }

    #[test]
    fn corrected_shares() {
        let tail = (1.0 - 0.95) / 2.0;
        assert_eq!(
            shares(IntervalKind::Percentile, 0.95, &LAW, 0.3),
            Ok(Some([tail, tail]))
        );
        assert_eq!(shares(IntervalKind::Normal, 0.95, &LAW, 0.0), Ok(None));
        // Half of ties: P = 0.45, z0 = -0.12566134685507402.
        let [low, high] = shares(IntervalKind::Bc, 0.95, &LAW, 0.0).unwrap().unwrap();
        // scipy.stats.norm.cdf(2 * norm.ppf(0.45) -+ 1.959963984540054)
        assert!(
            (low - 0.013_539_634_0).abs() < 1e-4 && (high - 0.043_7).abs() < 1e-3,
            "{low} {high}"
        );
        let all = Moments {
            below: 0.0,
            equal: 0.0,
            ..LAW
        };
        assert!(shares(IntervalKind::Bca, 0.95, &all, 0.0).is_err());
        assert!(shares(IntervalKind::Bca, 0.95, &LAW, -3.0).is_err());
    }

    /// A mean's acceleration is its skewness over 6 root n.
    #[test]
    fn a_means_acceleration_is_its_skewness() {
        let x = [1.0f64, 2.0, 4.0, 9.0, 1.5];
        let sum: f64 = x.iter().sum();
        let without: Vec<f64> = x.iter().map(|v| (sum - v) / 4.0).collect();
        let d: Vec<f64> = x.iter().map(|v| v - sum / 5.0).collect();
        let [m2, m3] = [2, 3].map(|k| d.iter().map(|d| d.powi(k)).sum::<f64>() / 5.0);
        let expected = m3 / m2.powf(1.5) / (6.0 * 5f64.sqrt());
        assert!((acceleration(&[without]).unwrap() - expected).abs() < 1e-12);
        assert_eq!(acceleration(&[vec![0.1 + 0.2, 0.3, 0.3]]), None);
        assert_eq!(acceleration(&[vec![1.0, f64::NAN]]), None);
    }
}
