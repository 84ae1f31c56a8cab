//! A null distribution by bars, from the histogram of a tally.

use crate::engine::HypothesisTally;
use crate::plan::{BINS, Hypothesis};

/// Draws by their values, in the reported unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bars {
    /// The ends of the bars, one more than there are bars; the observed value is the end of one, or lies half
    /// a step of the lattice inside.
    pub edges: Vec<f64>,
    /// Draws below the first bar, a bar, and above the last one: one more than there are ends. Those beside the bars
    /// are too far out for the histogram.
    pub counts: Vec<u64>,
}

/// Bars of a row's null distribution, about.
pub(crate) const BARS: usize = 64;

/// The draws of a tally in at most about `most` bars of one width, cut so that no bar holds draws on both
/// sides of the observed value, beside its own bin. `None` where no histogram is kept, or it holds nothing.
pub(crate) fn bars(hypothesis: &Hypothesis, tally: &HypothesisTally, most: usize) -> Option<Bars> {
    let lattice = &hypothesis.lattice;
    let bins = Some(&tally.histogram).filter(|bins| bins.len() == BINS)?;
    // The first and the last bin also hold what lies beyond them.
    let ends_low = lattice.first_bin > 0 || lattice.open;
    let ends_high =
        lattice.open || lattice.bin_ceiling(BINS - 1).abs_diff(lattice.floor) < lattice.span;
    let inner = usize::from(ends_low)..BINS - usize::from(ends_high);
    let held = |bin: &usize| bins[*bin] > 0;
    let first = inner.clone().find(held)?;
    let last = inner.clone().rev().find(held)?;
    let observed =
        (lattice.thresholds[0] >> lattice.bin_shift).saturating_sub(lattice.first_bin.into());
    let observed = observed.min(BINS as u64 - 1) as usize;
    let width = (last + 1 - first).div_ceil(most.max(1));
    let (below, equal) = tally.thresholds[0];
    let is_upper = tally.defined().saturating_sub(below + equal) <= below;
    // Bars begin at the observed bin, or end with it: that of the smaller tail is whole.
    let phase = (observed + usize::from(!is_upper)) % width;
    let start = first as i64 - ((first + width - phase) % width) as i64;
    let shown = (last as i64 - start) as usize / width + 1;
    let mut counts = vec![0; shown + 2];
    for bin in first..=last {
        counts[((bin as i64 - start) / width as i64) as usize + 1] += bins[bin];
    }
    counts[0] = if ends_low { bins[0] } else { 0 };
    counts[shown + 1] = if ends_high { bins[BINS - 1] } else { 0 };
    let step = (1u64 << lattice.bin_shift) as f64;
    let edge = |bar: usize| {
        let bin = start + (bar * width) as i64 + i64::from(lattice.first_bin);
        let numerator = lattice.floor as f64 + bin as f64 * step - 0.5;
        hypothesis.scale.value(numerator, hypothesis.denominator)
    };
    Some(Bars {
        edges: (0..=shown).map(edge).collect(),
        counts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Sums;
    use crate::plan::{Lattice, Scale};
    use crate::statistic::Of;

    fn law(
        draws: &[i64],
        observed: i64,
        bounds: (i64, i64),
        spread: f64,
    ) -> (Hypothesis, HypothesisTally) {
        let lattice = Lattice::new(bounds, 0.0, spread, observed);
        let mut tally = HypothesisTally {
            thresholds: vec![(0, 0)],
            histogram: vec![0; BINS],
            undefined: 0,
            beyond: 0,
            sums: Sums::default(),
        };
        for &draw in draws {
            let offset = draw.abs_diff(lattice.floor);
            let bin = (offset >> lattice.bin_shift).saturating_sub(lattice.first_bin.into());
            tally.histogram[(bin as usize).min(BINS - 1)] += 1;
            tally.thresholds[0].0 += u64::from(draw < observed);
            tally.thresholds[0].1 += u64::from(draw == observed);
        }
        let hypothesis = Hypothesis {
            scale: Scale {
                exponent: 0,
                step: 1.0,
            },
            denominator: 2,
            of: Of::Changes,
            ratio: false,
            observed,
            centre: None,
            void: None,
            mirror: None,
            lattice,
        };
        (hypothesis, tally)
    }

    /// Against counting the draws between the bars' ends one by one.
    #[test]
    fn bars_hold_the_draws_between_their_ends() {
        let draws: Vec<i64> = (0..2000)
            .map(|i: i64| (i * i * 7919) % 1201 - 600)
            .collect();
        for (observed, bounds, spread) in [
            (433, (-700, 700), 300.0),
            (-433, (-700, 700), 300.0),
            (7, (-1 << 40, 1 << 40), 350.0),
        ] {
            for most in [1, 7, 40, 5000] {
                let (hypothesis, tally) = law(&draws, observed, bounds, spread);
                let bars = bars(&hypothesis, &tally, most).unwrap();
                assert!(bars.edges.len() <= most + 3);
                assert_eq!(bars.counts.len(), bars.edges.len() + 1);
                for (ends, &count) in bars.edges.windows(2).zip(&bars.counts[1..]) {
                    let inside = |draw: &&i64| (ends[0]..ends[1]).contains(&(**draw as f64 / 2.0));
                    assert_eq!(draws.iter().filter(inside).count() as u64, count);
                }
                assert_eq!(bars.counts.iter().sum::<u64>(), 2000);
                assert!(bars.counts[1] > 0 && bars.counts[bars.counts.len() - 2] > 0);
            }
        }
    }

    /// The bars on the far side of the observed value hold the smaller tail, ties among them.
    #[test]
    fn the_smaller_tail_is_whole_bars() {
        let draws: Vec<i64> = (-300..=300).collect();
        for observed in [250, -250] {
            let (hypothesis, tally) = law(&draws, observed, (-300, 300), 170.0);
            let bars = bars(&hypothesis, &tally, 30).unwrap();
            let value = observed as f64 / 2.0;
            let tail: u64 = bars
                .edges
                .windows(2)
                .zip(&bars.counts[1..])
                .filter(|(ends, _)| (ends[0] + ends[1]) / 2.0 * value.signum() > value.abs())
                .map(|(_, count)| count)
                .sum();
            assert_eq!(tail, 51);
        }
    }

    #[test]
    fn what_lies_beyond_the_histogram_is_told_apart() {
        let draws = [-1_000_000, 0, 3, 1_000_000];
        let (hypothesis, tally) = law(&draws, 0, (-1_000_000, 1_000_000), 10.0);
        let bars = bars(&hypothesis, &tally, 30).unwrap();
        let [below, shown @ .., above] = bars.counts.as_slice() else {
            panic!("two counts at least");
        };
        assert_eq!((*below, *above), (1, 1));
        assert_eq!(shown.iter().sum::<u64>(), 2);
    }
}
