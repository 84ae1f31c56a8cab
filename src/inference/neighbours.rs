//! How much rotations repeat each other.

use std::f64::consts::PI;
use std::ops::Range;

use rayon::prelude::*;

use crate::null::Picks;
use crate::plan::Plan;

/// Rotations that are replayed together.
const BLOCK: u64 = 256;

/// Values that are held at once, 128 MB of them; of more, hypotheses are taken in turns, each of which
/// replays the rotations.
const MOST_VALUES: usize = 1 << 24;

/// Rotations by one row more or less move most windows onto rows that they had already, so that
/// neighbours have similar values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbours {
    /// Correlation of the values of rotations `i` and `i + 1`, around the circle where all are made.
    pub correlation: f64,
    /// `n arccos(correlation)/pi` of n rotations: how often the values of a Gaussian sequence cross
    /// their mean (Rice 1944); n/2 where neighbours are unrelated.
    pub crossings: f64,
    /// `n / (1 + 2 (rho_1 + rho_2 + ..))` of n rotations, the integrated autocorrelation, where `rho_k`
    /// is the correlation of the values of rotations `i` and `i + k`, around the circle where all are made,
    /// summed up to the first that is not positive (all of them around the circle would come to -1/2).
    pub effective_draws: f64,
}

/// The neighbours of each hypothesis, from a replay of all rotations; `None` where the plan makes no
/// rotations, some rotation has no value, or all have the same.
pub fn neighbours(plan: &Plan) -> Vec<Option<Neighbours>> {
    let hypotheses = plan.hypotheses.len();
    let Some(rotations) = plan.design.rotations() else {
        return vec![None; hypotheses];
    };
    let is_circle = rotations == plan.design.positions() as u64;
    let at_once = (MOST_VALUES / rotations.max(1) as usize).max(1);
    let turns = (0..hypotheses).step_by(at_once);
    turns
        .flat_map(|first| {
            let turn = first..hypotheses.min(first + at_once);
            // In the order of the rotations, whatever the threads.
            let blocks: Vec<Vec<Option<Vec<f64>>>> = (0..rotations.div_ceil(BLOCK))
                .into_par_iter()
                .map(|block| {
                    let draws = BLOCK.min(rotations - block * BLOCK);
                    values(plan, block * BLOCK, draws as usize, turn.clone())
                })
                .collect();
            (0..turn.len())
                .into_par_iter()
                .map(|h| {
                    let of_blocks = blocks.iter().map(|block| block[h].as_deref());
                    let values: Vec<&[f64]> = of_blocks.collect::<Option<_>>()?;
                    repeated(&values.concat(), is_circle)
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// How much values repeat each other; on a circle the last is followed by the first.
fn repeated(values: &[f64], is_circle: bool) -> Option<Neighbours> {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    let away: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let product = |lag: usize| {
        let beyond = match is_circle {
            true => &away[..lag],
            false => &[],
        };
        let (late, early) = (away[lag..].iter().chain(beyond), away.iter());
        early.zip(late).map(|(a, b)| a * b).sum::<f64>()
    };
    let square = product(0);
    if !(square > 0.0 && square.is_finite()) {
        return None;
    }
    let correlation = product(1 % n) / square;
    let lags = (1..n).map(|lag| product(lag) / square);
    let integrated = 1.0 + 2.0 * lags.take_while(|&rho| rho > 0.0).sum::<f64>();
    Some(Neighbours {
        correlation,
        crossings: n as f64 * correlation.clamp(-1.0, 1.0).acos() / PI,
        effective_draws: n as f64 / integrated,
    })
}

/// Values of the hypotheses `turn` at rotations `first..first + draws`, a hypothesis a list; `None` where
/// a rotation has no value. They count from the observed one, so that their squares do not cancel.
fn values(plan: &Plan, first: u64, draws: usize, turn: Range<usize>) -> Vec<Option<Vec<f64>>> {
    let mut picks = Picks::new(draws, plan.design.picks());
    plan.design
        .sampler()
        .fill(plan.seed, first, draws, &mut picks);
    let mut found: Vec<Option<Vec<f64>>> = vec![Some(Vec::with_capacity(draws)); turn.len()];
    let mut put = |h: usize, value: Option<f64>| {
        let Some(values) = h.checked_sub(turn.start).and_then(|at| found.get_mut(at)) else {
            return;
        };
        match (value, values.as_mut()) {
            (Some(value), Some(values)) => values.push(value),
            _ => *values = None,
        }
    };
    for (fold, range) in plan.fold_ranges() {
        if range.end <= turn.start || turn.end <= range.start {
            continue;
        }
        let observed = |h: usize| plan.hypotheses[h].observed;
        if let Some(regression) = fold.statistic().regression() {
            for values in regression.values(fold.contrasts(), &picks, draws) {
                for ((h, value), grid) in range.clone().zip(values).zip(regression.grids()) {
                    put(h, value.map(|value| value / grid.step - observed(h) as f64));
                }
            }
        } else {
            for draw in 0..draws {
                for (h, value) in range.clone().zip(fold.numerators(picks.row(draw))) {
                    put(h, value.map(|value| (value - observed(h)) as f64));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_by_hand() {
        // Deviations 2 1 0 -1 -2 of 5 4 3 2 1: products 2 + 0 + 0 + 2 - 4, squares 10.
        let found = repeated(&[5.0, 4.0, 3.0, 2.0, 1.0], true).unwrap();
        assert!(found.correlation.abs() < 1e-15);
        assert!((found.crossings - 2.5).abs() < 1e-14);
        let turns = repeated(&[1.0, -1.0, 1.0, -1.0], true).unwrap();
        assert_eq!((turns.correlation, turns.crossings), (-1.0, 4.0));
        // The first correlation is not positive already: nothing is added.
        assert_eq!(turns.effective_draws, 4.0);
        assert_eq!(repeated(&[7.0, 7.0, 7.0], true), None);
        // Without the circle the first lag has the products 2 0 0 2 and the second 0 -1 0.
        let open = repeated(&[5.0, 4.0, 3.0, 2.0, 1.0], false).unwrap();
        assert!((open.correlation - 0.4).abs() < 1e-15);
        assert!((open.effective_draws - 5.0 / 1.8).abs() < 1e-14);
    }

    #[test]
    fn integrated_autocorrelation_by_hand() {
        // Deviations -1 -1 1 1 -1 -1 1 1: correlations 0, -1, ..: the sum ends before the first.
        let pairs = repeated(&[0.0, 0.0, 2.0, 2.0, 0.0, 0.0, 2.0, 2.0], true).unwrap();
        assert!((pairs.effective_draws - 8.0).abs() < 1e-12);
        // Deviations -1 (three times) and 1 (three times): products 6, 2, -2, -6; one lag counts.
        let halves = repeated(&[0.0, 0.0, 0.0, 2.0, 2.0, 2.0], true).unwrap();
        assert!((halves.correlation - 1.0 / 3.0).abs() < 1e-15);
        assert!((halves.effective_draws - 6.0 / (1.0 + 2.0 / 3.0)).abs() < 1e-12);
        // A triangle of 12: deviations -3 -2 -1 0 1 2 3 2 1 0 -1 -2, squares 38; products at lags 1, 2
        // and 3 by hand 32, 18 and 0.
        let triangle: Vec<f64> = (0..12).map(|i| 3.0 - f64::from(6i32 - i).abs()).collect();
        let found = repeated(&triangle, true).unwrap();
        assert!((found.correlation - 32.0 / 38.0).abs() < 1e-14);
        let sum = (32.0 + 18.0) / 38.0;
        assert!((found.effective_draws - 12.0 / (1.0 + 2.0 * sum)).abs() < 1e-10);
    }
}
