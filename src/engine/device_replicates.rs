//! Replicates whose sums a device makes.

use std::ops::Range;

use rayon::prelude::*;

use super::{DeviceSums, Threads};
use crate::error::Error;
use crate::resample::Resampling;

/// Draws whose values one thread makes at a time.
const A_PIECE: usize = 256;

/// As [`fold_replicates`](super::fold_replicates), with the sums of draws made on a device: the same
/// integers, of which the CPU makes the same values. Beside the state and the number of draws folded: why
/// the device failed at the next ones.
pub fn fold_device_replicates<S: Send>(
    (resampling, device): (&Resampling, &mut DeviceSums),
    seed: u64,
    draws: Range<u64>,
    threads: &Threads,
    (make, take, merge): (
        impl Fn() -> S + Sync,
        impl Fn(&mut S, &[f64]) + Sync,
        impl Fn(&mut S, S) + Sync,
    ),
    progress: &mut dyn FnMut(u64) -> bool,
) -> (S, u64, Option<Error>) {
    let mut all = make();
    let mut done = draws.start;
    while done < draws.end {
        let end = draws.end.min(done + device.slice());
        let sums = match device.run(seed, done..end) {
            Ok(sums) => sums,
            Err(error) => return (all, done - draws.start, Some(error)),
        };
        let of_draw = sums.len() / (end - done) as usize;
        let state = threads.run(|| {
            let pieces = sums.par_chunks(of_draw * A_PIECE);
            let states = pieces.map(|piece| {
                let mut state = make();
                let mut values = vec![0.0; resampling.estimators.len()];
                for sums in piece.chunks(of_draw) {
                    resampling.of_sums(sums, &mut values);
                    take(&mut state, &values);
                }
                Some(state)
            });
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
    (all, done - draws.start, None)
}
