//! Replicates of a resampling: draws on all threads, folded into what merges.

use std::ops::Range;

use rayon::prelude::*;

use super::Threads;
use crate::resample::Resampling;

/// Draws that one thread takes at a time.
const A_PIECE: u64 = 64;
/// Units drawn between two calls of `progress`, about: some 50 ms.
const UNITS_A_STEP: u64 = 1 << 23;

/// Folds the values of draws, statistic by statistic (NaN: none), into states that are made by `make`, and
/// merges these. The answer does not depend on threads or chunks where neither the order of draws nor that
/// of merges matters to the states. Stops when `progress`, told the draws done, says so: the second number
/// is that of the draws folded.
pub fn fold_replicates<S: Send>(
    resampling: &Resampling,
    seed: u64,
    draws: Range<u64>,
    threads: &Threads,
    chunk: Option<u64>,
    (make, take, merge): (
        impl Fn() -> S + Sync,
        impl Fn(&mut S, &[f64]) + Sync,
        impl Fn(&mut S, S) + Sync,
    ),
    progress: &mut dyn FnMut(u64) -> bool,
) -> (S, u64) {
    let drawer = resampling.drawer();
    let units: u64 = resampling
        .sizes()
        .iter()
        .map(|&units| u64::from(units))
        .sum();
    let step = (UNITS_A_STEP / units.max(1)).clamp(A_PIECE, 1 << 17);
    let step = chunk.map_or(step, |most| step.min(most.max(1)));
    let mut all = make();
    let mut done = draws.start;
    while done < draws.end {
        let end = draws.end.min(done + step);
        let pieces = (end - done).div_ceil(A_PIECE);
        let first = done;
        let room = || {
            let values = vec![0.0; resampling.estimators.len()];
            (make(), resampling.scratch(), values)
        };
        let state = threads.run(|| {
            let folded = (0..pieces).into_par_iter().fold(
                room,
                |(mut state, mut scratch, mut values), piece| {
                    let from = first + piece * A_PIECE;
                    for draw in from..end.min(from + A_PIECE) {
                        resampling.draw(&drawer, [seed, draw], &mut scratch, &mut values);
                        take(&mut state, &values);
                    }
                    (state, scratch, values)
                },
            );
            let states = folded.map(|(state, ..)| Some(state));
            states.reduce(
                || None,
                |a, b| match (a, b) {
                    (Some(mut a), Some(b)) => {
                        merge(&mut a, b);
                        Some(a)
                    }
                    (a, b) => a.or(b),
                },
            )
        });
        if let Some(state) = state {
            merge(&mut all, state);
        }
        done = end;
        if !progress(done - draws.start) {
            break;
        }
    }
    (all, done - draws.start)
}
