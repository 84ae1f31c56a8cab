//! Blocks of an elimination without pivoting: L D L' of a positive definite system.

use pulp::Simd;

use super::LANES;
use super::lane::{Lane, less, registers, registers_mut};

/// A set is singular when a pivot is this small a share of its diagonal entry.
const WEAKEST_PIVOT: f64 = 1e-9;

/// Rows that are taken together, as pivots and as targets: so many factors fit the registers.
pub(super) const BLOCK: usize = 4;

/// Takes the first rows of a block from its later ones, and gives the reciprocals of its pivots;
/// `None` when it is singular.
#[inline(always)]
pub(super) fn pivot_block<S: Simd>(
    simd: S,
    pivots: &mut [Lane],
    stride: usize,
    first: usize,
    entries: &[f64; BLOCK],
) -> Option<[f64; BLOCK]> {
    // The square on the diagonal in numbers: the factors of all rows follow from it.
    let mut square = [[0.0; BLOCK]; BLOCK];
    for (square, row) in square.iter_mut().zip(pivots.chunks_exact(stride)) {
        let cells: &[f64] = bytemuck::cast_slice(row);
        *square = *cells[first..].first_chunk().expect("a block");
    }
    let mut reciprocals = [0.0; BLOCK];
    let mut factors = [[0.0; BLOCK]; BLOCK];
    for k in 0..BLOCK {
        let pivot = square[k][k];
        if pivot.is_nan() || pivot <= WEAKEST_PIVOT * entries[k] {
            return None;
        }
        reciprocals[k] = 1.0 / pivot;
        for row in k + 1..BLOCK {
            let factor = square[k][row] * reciprocals[k];
            let (above, below) = square.split_at_mut(row);
            for (cell, pivot) in below[0].iter_mut().zip(above[k]).skip(row) {
                *cell -= factor * pivot;
            }
            factors[row][k] = factor;
        }
    }
    let [p0, p1, p2, p3] = rows_mut::<S>(pivots, stride, first / LANES);
    let factors = splat(simd, factors);
    for i in 0..p0.len() {
        let (c0, mut c1, mut c2, mut c3) = (p0[i], p1[i], p2[i], p3[i]);
        c1 = less(simd, c1, factors[1][0], c0);
        c2 = less(simd, c2, factors[2][0], c0);
        c3 = less(simd, c3, factors[3][0], c0);
        c2 = less(simd, c2, factors[2][1], c1);
        c3 = less(simd, c3, factors[3][1], c1);
        c3 = less(simd, c3, factors[3][2], c2);
        (p1[i], p2[i], p3[i]) = (c1, c2, c3);
    }
    Some(reciprocals)
}

/// Takes [`BLOCK`] pivot rows from [`BLOCK`] rows below them, from lane `from` on.
/// `factors[b][t]` is what is taken of pivot row b from target row t.
#[inline(always)]
pub(super) fn update<S: Simd>(
    simd: S,
    targets: &mut [Lane],
    pivots: &[Lane],
    stride: usize,
    from: usize,
    factors: [[f64; BLOCK]; BLOCK],
) {
    let factors = splat(simd, factors);
    let [p0, p1, p2, p3] = rows::<S>(pivots, stride, from);
    let [t0, t1, t2, t3] = rows_mut::<S>(targets, stride, from);
    for i in 0..p0.len() {
        let pivots = [p0[i], p1[i], p2[i], p3[i]];
        let mut cells = [t0[i], t1[i], t2[i], t3[i]];
        for b in 0..BLOCK {
            for t in 0..BLOCK {
                cells[t] = less(simd, cells[t], factors[b][t], pivots[b]);
            }
        }
        [t0[i], t1[i], t2[i], t3[i]] = cells;
    }
}

#[inline(always)]
fn splat<S: Simd>(simd: S, factors: [[f64; BLOCK]; BLOCK]) -> [[S::f64s; BLOCK]; BLOCK] {
    // Loops: closures would be compiled without the machine's instructions.
    let mut out = [[simd.splat_f64s(0.0); BLOCK]; BLOCK];
    for (out, factors) in out.iter_mut().zip(factors) {
        for (out, factor) in out.iter_mut().zip(factors) {
            *out = simd.splat_f64s(factor);
        }
    }
    out
}

/// The registers of each row of a block from lane `from` on.
#[inline(always)]
fn rows<S: Simd>(block: &[Lane], stride: usize, from: usize) -> [&[S::f64s]; BLOCK] {
    let (r0, rest) = block.split_at(stride);
    let (r1, rest) = rest.split_at(stride);
    let (r2, r3) = rest.split_at(stride);
    [
        registers::<S>(&r0[from..stride]),
        registers::<S>(&r1[from..stride]),
        registers::<S>(&r2[from..stride]),
        registers::<S>(&r3[from..stride]),
    ]
}

/// See [`rows`].
#[inline(always)]
fn rows_mut<S: Simd>(block: &mut [Lane], stride: usize, from: usize) -> [&mut [S::f64s]; BLOCK] {
    let (r0, rest) = block.split_at_mut(stride);
    let (r1, rest) = rest.split_at_mut(stride);
    let (r2, r3) = rest.split_at_mut(stride);
    [
        registers_mut::<S>(&mut r0[from..stride]),
        registers_mut::<S>(&mut r1[from..stride]),
        registers_mut::<S>(&mut r2[from..stride]),
        registers_mut::<S>(&mut r3[from..stride]),
    ]
}
