//! The length of blocks, from the data's autocorrelations.

/// Block lengths that minimise the mean squared error of the variance of a mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockLengths {
    /// Mean length for the stationary bootstrap.
    pub stationary: f64,
    /// Length for circular blocks, which moving blocks take too.
    pub circular: f64,
}

/// Politis and White (2004), "Automatic block-length selection for the dependent bootstrap", with the
/// correction of Patton, Politis and White (2009); details, such as the number of insignificant
/// autocorrelations, as in arch 8.0. `None` of a constant series and of fewer than 9 values: 5
/// autocorrelations are looked at, and the lags up to `ceil(sqrt(n)) + 5` have to be there.
pub fn block_lengths(x: &[f64]) -> Option<BlockLengths> {
    let n = x.len();
    let size = n as f64;
    let mean = x.iter().sum::<f64>() / size;
    let d: Vec<f64> = x.iter().map(|v| v - mean).collect();
    let in_a_row = 5.max(libm::log10(size).floor() as usize);
    let most = size.sqrt().ceil() as usize + in_a_row;
    if most + 1 >= n || d.iter().all(|v| v.abs() <= 1e-14 * mean.abs()) {
        return None;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let critical = 2.0 * (libm::log10(size) / size).sqrt();
    let mut covariances = Vec::with_capacity(most + 1);
    let mut correlations = Vec::with_capacity(most + 1);
    let mut chosen = None;
    for lag in 0..=most {
        let cross = dot(&d[lag..], &d[..n - lag]);
        let [v1, v2] = [&d[lag + 1..], &d[..n - lag - 1]].map(|part| dot(part, part));
        covariances.push(cross / size);
        correlations.push(cross.abs() / (v1 * v2).sqrt());
        if lag >= in_a_row && chosen.is_none() {
            let recent = &correlations[lag - in_a_row..lag];
            chosen = recent
                .iter()
                .all(|r| *r < critical)
                .then_some(lag - in_a_row);
        }
    }
    let m = chosen.map_or(most, |lag| (2 * lag.max(1)).min(most));
    let (mut g, mut long_run) = (0.0, covariances[0]);
    for (lag, covariance) in covariances.iter().enumerate().take(m + 1).skip(1) {
        let share = lag as f64 / m as f64;
        // The flat-top window.
        let weight = if share <= 0.5 {
            1.0
        } else {
            2.0 * (1.0 - share)
        };
        g += 2.0 * weight * lag as f64 * covariance;
        long_run += 2.0 * weight * covariance;
    }
    let largest = (3.0 * size.sqrt()).min(size / 3.0).ceil();
    let square = long_run * long_run;
    let length = |d: f64| (libm::cbrt(2.0 * g * g / d) * libm::cbrt(size)).min(largest);
    let lengths = BlockLengths {
        stationary: length(2.0 * square),
        circular: length(4.0 / 3.0 * square),
    };
    (lengths.stationary.is_finite() && lengths.circular.is_finite()).then_some(lengths)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tests/reference/bootstrap_blocks.py` with arch 8.0.0.
    #[test]
    fn lengths_are_those_of_arch() {
        let rows = include_str!("../../tests/reference/bootstrap_blocks.tsv");
        let mut checked = 0;
        for line in rows.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [stationary, circular] = [1, 2].map(|c| cells[c].parse::<f64>().unwrap());
            let x: Vec<f64> = cells[3].split(' ').map(|v| v.parse().unwrap()).collect();
            let found = block_lengths(&x).unwrap();
            assert!(
                (found.stationary / stationary - 1.0).abs() < 1e-9,
                "{}: {found:?}",
                cells[0]
            );
            assert!(
                (found.circular / circular - 1.0).abs() < 1e-9,
                "{}",
                cells[0]
            );
            checked += 1;
        }
        assert!(checked >= 6);
        assert_eq!(block_lengths(&[1.0; 40]), None);
        assert_eq!(block_lengths(&[1.0, 2.0, 3.0]), None);
    }
}
