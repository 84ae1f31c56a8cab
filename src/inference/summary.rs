//! Moments and quantiles of a null distribution, from its tally.

use crate::engine::HypothesisTally;
use crate::plan::{BINS, Hypothesis};

/// The null distribution of one hypothesis, in its reported unit.
#[derive(Debug, Clone, PartialEq)]
pub struct NullSummary {
    /// Mean of the draws; `None` where some lie beyond all numbers, or none has a value.
    pub mean: Option<f64>,
    /// Standard deviation of the draws (divisor: their number), likewise.
    pub sd: Option<f64>,
    /// Why there is no mean.
    pub reason: Option<String>,
    /// Smallest value whose cumulated share reaches 2.5 %; `None` outside the histogram, or without one.
    pub q025: Option<f64>,
    /// Smallest value whose cumulated share reaches 97.5 %; `None` outside the histogram, or without one.
    pub q975: Option<f64>,
    /// Width of a bin where bins are wider than the lattice; a quantile is its bin's upper end.
    pub bin_width: Option<f64>,
}

/// Summarises the draws of a tally.
pub fn null_summary(hypothesis: &Hypothesis, tally: &HypothesisTally) -> NullSummary {
    let lattice = &hypothesis.lattice;
    let draws = tally.defined();
    let reason = no_moments(tally);
    let (mean, variance) = tally.sums.moments(draws, lattice.floor);
    let told = |value: f64| reason.is_none().then_some(value);
    let unit = |numerator: f64| hypothesis.scale.value(numerator, hypothesis.denominator);
    let histogram = Some(&tally.histogram).filter(|bins| bins.len() == BINS);
    let quantile = |per_mille| {
        histogram
            .and_then(|histogram| quantile_bin(histogram, draws, per_mille))
            .filter(|&bin| {
                let below = lattice.first_bin > 0 && bin == 0;
                let above = bin == BINS - 1
                    && lattice.bin_ceiling(bin).abs_diff(lattice.floor) < lattice.span;
                !below && !above
            })
            .map(|bin| hypothesis.value(lattice.bin_ceiling(bin)))
    };
    NullSummary {
        mean: told(unit(mean)),
        sd: told(unit(variance.sqrt())),
        q025: quantile(25),
        q975: quantile(975),
        bin_width: (lattice.bin_shift > 0 && histogram.is_some())
            .then(|| unit((1u64 << lattice.bin_shift) as f64)),
        reason,
    }
}

/// Why draws have no mean and no standard deviation.
fn no_moments(tally: &HypothesisTally) -> Option<String> {
    match (tally.beyond, tally.defined()) {
        (_, 0) => Some("no draw has a value".into()),
        (0, _) => None,
        (beyond, _) => Some(format!(
            "infinite, or too far out to be told apart, in {beyond} draw(s), as a standard error is zero or next to it: there is no mean"
        )),
    }
}

/// The first bin at which `per_mille` thousandths of the draws are reached.
fn quantile_bin(histogram: &[u64], draws: u64, per_mille: u128) -> Option<usize> {
    let mut cumulated = 0u128;
    histogram.iter().position(|&count| {
        cumulated += u128::from(count);
        cumulated * 1000 >= u128::from(draws) * per_mille
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Sums;
    use crate::plan::{Lattice, Scale};

    fn hypothesis(lattice: Lattice, denominator: u64) -> Hypothesis {
        Hypothesis {
            scale: Scale {
                exponent: 0,
                step: 1.0,
            },
            denominator,
            of: crate::statistic::Of::Changes,
            ratio: false,
            observed: 0,
            centre: None,
            void: None,
            mirror: None,
            lattice,
        }
    }

    fn tally(lattice: &Lattice, numerators: &[i64]) -> HypothesisTally {
        let mut tally = HypothesisTally {
            thresholds: vec![],
            histogram: vec![0; BINS],
            undefined: 0,
            beyond: 0,
            sums: Sums::default(),
        };
        for numerator in numerators {
            let offset = numerator.abs_diff(lattice.floor);
            tally.sums.push(offset);
            let bin = (offset >> lattice.bin_shift).saturating_sub(lattice.first_bin.into());
            tally.histogram[(bin as usize).min(BINS - 1)] += 1;
        }
        tally
    }

    #[test]
    fn exact_on_a_small_lattice() {
        let lattice = Lattice::new((-50, 50), 0.0, 10.0, 0);
        let draws: Vec<i64> = (-20..20).collect();
        let summary = null_summary(&hypothesis(lattice.clone(), 2), &tally(&lattice, &draws));
        assert_eq!(summary.mean, Some(-0.25));
        // (40^2 - 1) / 12 in numerators.
        let sd = summary.sd.unwrap();
        assert!((sd - (1599.0f64 / 12.0).sqrt() / 2.0).abs() < 1e-14);
        // One of forty is 2.5 %, thirty-nine of forty are 97.5 %.
        assert_eq!((summary.q025, summary.q975), (Some(-10.0), Some(9.0)));
        assert_eq!(summary.bin_width, None);
    }

    #[test]
    fn quantiles_of_wide_ranges_are_known_to_a_bin() {
        let lattice = Lattice::new((-(1 << 40), 1 << 40), 0.0, 1e6, 0);
        let draws: Vec<i64> = (-1000..1000).map(|i| i * 1_000).collect();
        let summary = null_summary(&hypothesis(lattice.clone(), 1), &tally(&lattice, &draws));
        let (mean, spread) = (summary.mean.unwrap(), summary.sd.unwrap());
        assert_eq!(mean, -500.0);
        // (2000^2 - 1) / 12 thousands.
        let sd = 1000.0 * (3_999_999.0f64 / 12.0).sqrt();
        assert!((spread / sd - 1.0).abs() < 1e-15, "{spread}");
        let width = summary.bin_width.unwrap();
        let q025 = summary.q025.unwrap();
        assert!(
            (-951_000.0..-951_000.0 + width).contains(&q025),
            "{q025} {width}"
        );
    }

    #[test]
    fn a_quantile_outside_the_bins_is_not_told() {
        let lattice = Lattice::new((-1_000_000, 1_000_000), 0.0, 10.0, 0);
        let draws = [-500_000, 0, 500_000];
        let summary = null_summary(&hypothesis(lattice.clone(), 1), &tally(&lattice, &draws));
        assert_eq!((summary.q025, summary.q975), (None, None));
    }

    #[test]
    fn moments_without_a_histogram() {
        let lattice = Lattice::new((-50, 50), 0.0, 10.0, 0);
        let draws: Vec<i64> = (-20..20).collect();
        let mut counted = tally(&lattice, &draws);
        counted.histogram = vec![40];
        let summary = null_summary(&hypothesis(lattice, 2), &counted);
        assert_eq!((summary.mean, summary.q025), (Some(-0.25), None));
        assert_eq!((summary.q975, summary.bin_width), (None, None));
    }

    #[test]
    fn draws_beyond_all_numbers_have_no_mean() {
        let lattice = Lattice::new((-1_000_000, 1_000_000), 0.0, 10.0, 0).opened();
        let mut counted = tally(&lattice, &[-5, 0, 5]);
        assert_eq!(
            null_summary(&hypothesis(lattice.clone(), 1), &counted).reason,
            None
        );
        counted.beyond = 1;
        let summary = null_summary(&hypothesis(lattice.clone(), 1), &counted);
        assert_eq!((summary.mean, summary.sd), (None, None));
        let reason = summary.reason.unwrap();
        assert!(reason.contains("in 1 draw(s)"), "{reason}");
        let none = tally(&lattice, &[]);
        let summary = null_summary(&hypothesis(lattice, 1), &none);
        assert_eq!(summary.reason.as_deref(), Some("no draw has a value"));
    }
}
