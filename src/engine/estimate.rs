//! What a run will take, before it is run.

use super::family::family_bytes;
use crate::null::{By, Machine};
use crate::plan::{BINS, Plan, most_cuts};
use crate::statistic::{Fold, LANES, Regression, Statistic};

/// Nanoseconds of one thread, as measured on a 2026 server core; a rough guide elsewhere.
const PICK: f64 = 2.2;
const SCORE_ROW: f64 = 0.8;
/// A ratio of two sums, in 128 bits.
const RATIO: f64 = 30.0;
const RANK_ROW: f64 = 1.0;
const TALLIED_VALUE: f64 = 2.5;
const FLOP: f64 = 0.06;

/// Time and memory of a plan on the CPU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Seconds of one thread a draw; a guess within a factor of two or three.
    pub seconds_a_draw: f64,
    /// Bytes a thread, whatever the number of draws.
    pub bytes_a_thread: u64,
    /// Bytes that the threads share: tables and the tallies that they hand over.
    pub bytes_shared: u64,
}

/// Estimates a plan.
pub fn estimate(plan: &Plan) -> Estimate {
    let picks = plan.design.picks();
    let folding: f64 = plan.folds.iter().map(folding).sum();
    let values = plan.hypotheses.len();
    // Paths by chance take a choice a position; from one rank to the next it is a few.
    let steps = match &Machine::new(&plan.design) {
        Ok(Machine::Paths {
            paths,
            by: By::Chance,
            ..
        }) => paths.longest,
        _ => 0,
    };
    let nanoseconds = PICK * (picks + 2 * steps) as f64 + folding + TALLIED_VALUE * values as f64;
    // Stamps of positions, a block of 128 draws' picks and values, and the tally.
    let stamps = 4 * plan.design.positions();
    let block = 128 * (4 * picks + 8 * values);
    let tally = values * (8 * BINS + 64);
    let tables: usize = plan
        .folds
        .iter()
        .map(|fold| 4 * LANES * fold.columns().div_ceil(LANES) * plan.dates.len())
        .sum();
    let (gathered, laws) = family_bytes(plan);
    // A cut, the draws that end there and those that end below it.
    let members = plan.intervals.as_ref().map_or(0, |of| of.members.len());
    let cuts = 48 * members * most_cuts(members);
    Estimate {
        seconds_a_draw: nanoseconds * 1e-9,
        bytes_a_thread: (stamps + block + tally + gathered + cuts) as u64,
        bytes_shared: (tables + 3 * tally + laws) as u64,
    }
}

fn folding(fold: &Fold) -> f64 {
    let tiles = fold.columns().div_ceil(LANES) as f64;
    let rows: usize = fold.segments().iter().map(|segment| segment.len).sum();
    tiles
        * rows as f64
        * match fold.statistic() {
            Statistic::Mean(_) => SCORE_ROW,
            Statistic::MeanRatio(_) => {
                let ratios = (LANES * fold.contrasts().len()) as f64;
                return tiles * (rows as f64 * SCORE_ROW + ratios * RATIO);
            }
            Statistic::Median(median) => RANK_ROW * f64::from(median.bits() + 1),
            Statistic::Regression(regression) => return solving(regression),
        }
}

/// Elimination of a regression, and the long-run variances where they are asked for.
fn solving(regression: &Regression) -> f64 {
    let parameters = regression.parameters() as f64;
    let series = regression.outcomes().columns() as f64;
    let variances = regression
        .columns()
        .iter()
        .filter(|column| column.studentised)
        .count();
    let pairs = regression.groups().len() * (regression.groups().len() + 1) / 2;
    let windows = 6.0 * (variances * pairs * regression.outcomes().positions()) as f64;
    FLOP * (parameters.powi(3) / 3.0 + 4.0 * parameters.powi(2) * series + windows)
}
