//! Where placebo paths lie: day by day, and on all days at once.
//!
//! A path is some hypotheses of a plan, one a day. Its pointwise bands are quantiles of each day's null law,
//! read off the tally's histograms. Its simultaneous band is the sup-t band of the same draws (Westfall and
//! Young 1993, single-step maxT; Montiel Olea and Plagborg-Moller 2019): each day's centre, less and plus its
//! standard deviation times what the largest standardised value of a placebo path over all days exceeds in
//! half of `1 - share` of the draws at most, upwards and downwards each for itself. Centres are the null's
//! expectations, where they are not known the means of the draws, and standard deviations those of the
//! draws; the observed set counts as one more draw unless it is one of them. A study's families have the
//! same bands (`sim_low`, `sim_high`) over their members.

use std::ops::Range;

use super::pvalue::equal_tailed;
use crate::engine::{Block, HypothesisTally, Progress, Schedule, Tally, Visit, Visitor};
use crate::error::Result;
use crate::plan::{BINS, Hypothesis, Plan};

/// Standardised values closer than this tie, as those of a family do.
const TIE: f64 = 1e-9;

/// The simultaneous null band of one path.
#[derive(Debug, Clone, PartialEq)]
pub struct PathBand {
    /// Its ends, one a day; `None` on a day on which nothing varies.
    pub ends: Vec<Option<(f64, f64)>>,
    /// Equal-tailed p of the most extreme day, by single-step maxT over the days.
    pub p_sup: f64,
}

/// The simultaneous bands of some paths, by their hypotheses, over the draws `range` that `tally` counts;
/// `None` when `progress` says to stop.
///
/// # Errors
///
/// The system cannot start the threads.
pub fn path_bands(
    plan: &Plan,
    tally: &Tally,
    paths: &[Vec<usize>],
    share: f64,
    (range, threads): (Range<u64>, Option<usize>),
    progress: &mut Progress<'_>,
) -> Result<Option<Vec<PathBand>>> {
    let draws = range.end - range.start;
    let laws: Vec<Vec<Day>> = paths
        .iter()
        .map(|path| path.iter().map(|&h| Day::new(plan, tally, h)).collect())
        .collect();
    let begin = || Extremes {
        laws: &laws,
        largest: vec![[Vec::new(), Vec::new()]; laws.len()],
    };
    let mut visitor = Visitor::new(plan, threads)?;
    let (seen, made) = visitor.run(range, Schedule::default(), begin, progress);
    if made < draws {
        return Ok(None);
    }
    let held = plan.draws_hold_observed();
    let of_path = |(laws, largest): (&Vec<Day>, [Vec<f64>; 2])| {
        let mut p = [1.0; 2];
        let mut reach = [None; 2];
        for (tail, mut largest) in largest.into_iter().enumerate() {
            let observed = farthest(laws.iter().map(|day| day.observed(tail)));
            let reaches = |&&value: &&f64| value >= observed - TIE;
            let as_far = largest.iter().filter(reaches).count();
            if !held {
                largest.push(observed);
            }
            let n = largest.len();
            p[tail] = (as_far + usize::from(!held)) as f64 / n.max(1) as f64;
            largest.sort_unstable_by(f64::total_cmp);
            // A share within rounding of a whole number of draws is that.
            let exceed = ((1.0 - share) / 2.0 * n as f64 * (1.0 + 1e-12)).floor() as usize;
            let at = (n - exceed.min(n)).checked_sub(1);
            reach[tail] = at.map(|at| largest[at]).filter(|reach| reach.is_finite());
        }
        let ends = |day: &Day| {
            let (low, high) = (reach[0]?, reach[1]?);
            let unit = |numerator| {
                day.hypothesis
                    .scale
                    .value(numerator, day.hypothesis.denominator)
            };
            let varies = day.sd > 0.0;
            varies.then(|| {
                (
                    unit(day.centre - low * day.sd),
                    unit(day.centre + high * day.sd),
                )
            })
        };
        PathBand {
            ends: laws.iter().map(ends).collect(),
            p_sup: equal_tailed(p[0], p[1]),
        }
    };
    Ok(Some(laws.iter().zip(seen.largest).map(of_path).collect()))
}

/// The values between which a share of a hypothesis' draws lies, half of the rest on either side; `None`
/// where the histogram does not reach so far, or none is kept. A quantile is the smallest value whose
/// cumulated share reaches it, as in result rows.
pub fn pointwise(
    hypothesis: &Hypothesis,
    tally: &HypothesisTally,
    share: f64,
) -> Option<(f64, f64)> {
    let lattice = &hypothesis.lattice;
    let bins = Some(&tally.histogram).filter(|bins| bins.len() == BINS)?;
    let draws = tally.defined() as f64;
    let quantile = |of: f64| {
        let mut cumulated = 0;
        let bin = bins.iter().position(|&count| {
            cumulated += count;
            cumulated as f64 >= of * draws * (1.0 - 1e-12)
        })?;
        let below = lattice.first_bin > 0 && bin == 0;
        let above =
            bin == BINS - 1 && lattice.bin_ceiling(bin).abs_diff(lattice.floor) < lattice.span;
        (!below && !above).then(|| hypothesis.value(lattice.bin_ceiling(bin)))
    };
    let rest = (1.0 - share) / 2.0;
    Some((quantile(rest)?, quantile(1.0 - rest)?))
}

/// The null law of a day, in numerators.
struct Day<'p> {
    h: usize,
    hypothesis: &'p Hypothesis,
    centre: f64,
    sd: f64,
}

impl<'p> Day<'p> {
    fn new(plan: &'p Plan, tally: &Tally, h: usize) -> Self {
        let (hypothesis, counted) = (&plan.hypotheses[h], &tally.hypotheses[h]);
        let lattice = &hypothesis.lattice;
        let (mut sums, mut draws) = (counted.sums, counted.summed());
        if !plan.draws_hold_observed() && !lattice.is_beyond(lattice.thresholds[0]) {
            sums.push(lattice.thresholds[0]);
            draws += 1;
        }
        let (mean, variance) = sums.moments(draws, lattice.floor);
        let known =
            |centre: &crate::plan::Centre| centre.numerator as f64 / centre.denominator as f64;
        Day {
            h,
            hypothesis,
            centre: hypothesis.centre.as_ref().map_or(mean, known),
            sd: variance.sqrt(),
        }
    }

    /// How far a numerator lies out, downwards (tail 0) or upwards, in standard deviations.
    fn out(&self, tail: usize, numerator: f64) -> f64 {
        let out = (numerator - self.centre) / self.sd;
        if tail == 0 { -out } else { out }
    }

    fn observed(&self, tail: usize) -> f64 {
        match self.sd > 0.0 && self.hypothesis.void.is_none() {
            true => self.out(tail, self.hypothesis.observed as f64),
            false => f64::NEG_INFINITY,
        }
    }
}

fn farthest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NEG_INFINITY, f64::max)
}

/// The largest standardised value of each draw over the days of each path, downwards and upwards.
struct Extremes<'l> {
    laws: &'l [Vec<Day<'l>>],
    largest: Vec<[Vec<f64>; 2]>,
}

impl Visit for Extremes<'_> {
    type Word = u64;

    fn block(&mut self, _first: u64, block: &Block<'_>) {
        for (laws, largest) in self.laws.iter().zip(&mut self.largest) {
            let mut most = [
                vec![f64::NEG_INFINITY; block.draws()],
                vec![f64::NEG_INFINITY; block.draws()],
            ];
            for day in laws.iter().filter(|day| day.sd > 0.0) {
                let floor = day.hypothesis.lattice.floor as f64;
                for (draw, &offset) in block.offsets(day.h).iter().enumerate() {
                    if offset != Block::UNDEFINED {
                        let numerator = floor + offset as f64;
                        for (tail, most) in most.iter_mut().enumerate() {
                            most[draw] = most[draw].max(day.out(tail, numerator));
                        }
                    }
                }
            }
            for (largest, most) in largest.iter_mut().zip(most) {
                largest.extend(most);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.largest.iter_mut().zip(other.largest) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                mine.extend(theirs);
            }
        }
    }
}
