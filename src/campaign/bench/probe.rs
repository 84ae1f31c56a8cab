//! What one core of this machine can do at most, by small loops of the kind that draws are made of.

use std::hint::black_box;
use std::time::{Duration, Instant};

use pulp::Arch;

use crate::report::Ceilings;

/// How long a loop is run.
const A_PROBE: Duration = Duration::from_millis(60);
/// Numbers that fit a core's first cache with room to spare, side by side and one below the other.
const ROW: usize = 512;
const ROWS: usize = 8;
/// Numbers of a table that fits its second cache.
const TABLE: usize = 1 << 16;
/// Numbers that no cache holds.
const MEMORY: usize = 1 << 26;

/// Measures for about half a second.
pub(super) fn probe() -> Ceilings {
    let arch = Arch::new();
    Ceilings {
        integer: rate((ROW * ROWS) as f64, {
            let table: Vec<[i32; ROW]> = vec![[3; ROW]; ROWS];
            let mut sums = [0i32; ROW];
            move || arch.dispatch(|| add_rows(black_box(&mut sums), black_box(&table)))
        }),
        f32: rate((2 * FLOATS * STEPS) as f64, {
            let mut x = [1.0f32; FLOATS];
            move || arch.dispatch(|| multiply_add_32(black_box(&mut x)))
        }),
        f64: rate((2 * FLOATS * STEPS) as f64, {
            let mut x = [1.0f64; FLOATS];
            move || arch.dispatch(|| multiply_add_64(black_box(&mut x)))
        }),
        gathers: rate(TABLE as f64, {
            let table: Vec<i32> = (0..TABLE as i32).collect();
            // A permutation without a short cycle or a stride.
            let place = |i: usize| (i * 40_503 + 9_973) % TABLE;
            let places: Vec<u32> = (0..TABLE).map(|i| place(place(i)) as u32).collect();
            move || {
                black_box(gather(black_box(&table), black_box(&places)));
            }
        }),
        memory: rate(4.0 * MEMORY as f64, {
            let table = vec![1i32; MEMORY];
            move || {
                arch.dispatch(|| black_box(sum(black_box(&table))));
            }
        }),
    }
}

/// Work a second, once the processor and its caches are warm: the best of the runs in [`A_PROBE`].
fn rate(work: f64, mut run: impl FnMut()) -> f64 {
    run();
    let begun = Instant::now();
    let mut best = f64::MAX;
    let mut times = 1;
    while begun.elapsed() < A_PROBE {
        let started = Instant::now();
        for _ in 0..times {
            run();
        }
        let took = started.elapsed().as_secs_f64();
        best = best.min(took / f64::from(times));
        // Long enough to be timed.
        if took < 1e-3 {
            times *= 2;
        }
    }
    work / best
}

/// Floats that are worked on at once, which hides how long each operation takes, and how often.
const FLOATS: usize = 128;
const STEPS: usize = 64;

#[inline(always)]
fn add_rows(sums: &mut [i32; ROW], table: &[[i32; ROW]]) {
    for row in table {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(*value);
        }
    }
}

#[inline(always)]
fn multiply_add_32(x: &mut [f32; FLOATS]) {
    for _ in 0..STEPS {
        for x in x.iter_mut() {
            *x = *x * 0.999 + 0.001;
        }
    }
}

#[inline(always)]
fn multiply_add_64(x: &mut [f64; FLOATS]) {
    for _ in 0..STEPS {
        for x in x.iter_mut() {
            *x = *x * 0.999 + 0.001;
        }
    }
}

fn gather(table: &[i32], places: &[u32]) -> i32 {
    let read = places.iter().map(|&place| table[place as usize]);
    read.fold(0, i32::wrapping_add)
}

#[inline(always)]
fn sum(table: &[i32]) -> i32 {
    table.iter().fold(0, |sum, &value| sum.wrapping_add(value))
}
