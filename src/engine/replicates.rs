//! Replicates of a resampling: draws on all threads, folded into what merges.

use std::ops::Range;

use rayon::prelude::*;

use super::Threads;
use crate::resample::{Resampling, Scratch};

/// Draws that one thread takes at a time.
const A_PIECE: u64 = 64;
/// Nanoseconds of one thread between two calls of `progress`, about.
const COST_A_STEP: u64 = 1 << 26;

/// How draws are made into states that merge: a state, what adds a range of draws to it, and what merges
/// two.
pub struct Folding<M, T, G> {
    /// A state of no draws.
    pub make: M,
    /// Adds draws.
    pub take: T,
    /// Merges.
    pub merge: G,
}

/// Folds draws into states that are made, filled piece by piece and merged, on all threads. The answer does
/// not depend on threads or chunks where neither the order of draws nor that of merges matters to the
/// states. `cost`: what a draw takes, in some nanoseconds. Stops when `progress`, told the draws done, says
/// so: the second number is that of the draws folded.
pub fn fold_draws<S: Send>(
    draws: Range<u64>,
    cost: u64,
    (threads, chunk): (&Threads, Option<u64>),
    folding: &Folding<
        impl Fn() -> S + Sync,
        impl Fn(&mut S, Range<u64>) + Sync,
        impl Fn(&mut S, S) + Sync,
    >,
    progress: &mut dyn FnMut(u64) -> bool,
) -> (S, u64) {
    // A piece a thread at least.
    let fewest = A_PIECE * threads.count() as u64;
    let step = (COST_A_STEP / cost.max(1)).clamp(fewest, (1 << 17).max(fewest));
    let step = chunk.map_or(step, |most| step.min(most.max(1)));
    let Folding { make, take, merge } = folding;
    let mut all = make();
    let mut done = draws.start;
    while done < draws.end {
        let end = draws.end.min(done + step);
        let first = done;
        let state = threads.run(|| {
            let pieces = (0..(end - first).div_ceil(A_PIECE)).into_par_iter();
            let folded = pieces.fold(make, |mut state, piece| {
                let from = first + piece * A_PIECE;
                take(&mut state, from..end.min(from + A_PIECE));
                state
            });
            folded.map(Some).reduce(
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

/// The same of the replicates of a resampling: `add` takes the values of a draw, statistic by statistic (NaN:
/// none).
pub fn fold_replicates<S: Send>(
    (resampling, seed): (&Resampling, u64),
    draws: Range<u64>,
    work: (&Threads, Option<u64>),
    (make, add, merge): (
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
    let room = || {
        let values = vec![0.0; resampling.estimators.len()];
        (make(), resampling.scratch(), values)
    };
    let folding = Folding {
        make: room,
        take: |(state, scratch, values): &mut (S, Scratch, Vec<f64>), draws: Range<u64>| {
            for draw in draws {
                resampling.draw(&drawer, [seed, draw], scratch, values);
                add(state, values);
            }
        },
        merge: |a: &mut (S, Scratch, Vec<f64>), b: (S, Scratch, Vec<f64>)| merge(&mut a.0, b.0),
    };
    let ((state, ..), done) = fold_draws(draws, 8 * units, work, &folding, progress);
    (state, done)
}
