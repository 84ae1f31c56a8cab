//! What a run will take, before it is run.

use super::family::family_bytes;
use crate::plan::{Plan, most_cuts};
use crate::statistic::LANES;

/// Nanoseconds of one thread, as measured on a 2026 server core; a rough guide elsewhere.
const PICK: f64 = 2.2;
const TALLIED_VALUE: f64 = 2.5;

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
    let folds = plan.folds.iter();
    let folding: f64 = folds.map(|fold| fold.statistic().nanoseconds(fold)).sum();
    let values = plan.hypotheses.len();
    let steps = plan.design.steps();
    let remade = plan.remade.as_ref();
    let making = remade.map_or(0.0, |of| of.nanoseconds());
    let nanoseconds =
        making + PICK * (picks + 2 * steps) as f64 + folding + TALLIED_VALUE * values as f64;
    // Stamps of positions, a block of 128 draws' picks and values, and the tally.
    let stamps = 4 * plan.design.positions();
    let block = 128 * (4 * picks + 8 * values.min(1 << 9));
    let tally = values * (8 * plan.bins() + 64);
    let tables: usize = plan
        .folds
        .iter()
        .map(|fold| 4 * LANES * fold.columns().div_ceil(LANES) * plan.positions)
        .sum();
    let made = remade.map_or(0, |of| of.bytes());
    let (gathered, laws) = family_bytes(plan);
    // A cut, the draws that end there and those that end below it.
    let members = plan.intervals.as_ref().map_or(0, |of| of.members.len());
    let cuts = 48 * members * most_cuts(members);
    Estimate {
        seconds_a_draw: nanoseconds * 1e-9,
        bytes_a_thread: (stamps + block + tally + gathered + cuts) as u64,
        bytes_shared: (tables + made + 3 * tally + laws) as u64,
    }
}
