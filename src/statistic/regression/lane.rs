//! Columns side by side, and the machine's vector instructions on them.

use bytemuck::{Pod, Zeroable};
use pulp::Simd;

use super::LANES;

/// Columns in lock step. Lanes never meet, so that the width of the machine's registers changes no
/// bit: a lane is read as one register or as several.
#[repr(C, align(64))]
#[derive(Debug, Clone, Copy, Default, Pod, Zeroable)]
pub(super) struct Lane(pub [f64; LANES]);

/// Lanes as the machine's registers.
#[inline(always)]
pub(super) fn registers<S: Simd>(lanes: &[Lane]) -> &[S::f64s] {
    bytemuck::cast_slice(lanes)
}

/// See [`registers`].
#[inline(always)]
pub(super) fn registers_mut<S: Simd>(lanes: &mut [Lane]) -> &mut [S::f64s] {
    bytemuck::cast_slice_mut(lanes)
}

/// Registers of a lane.
#[inline(always)]
pub(super) fn width<S: Simd>() -> usize {
    LANES / S::F64_LANES
}

/// from - factor * other, rounded twice on every machine.
#[inline(always)]
pub(super) fn less<S: Simd>(simd: S, from: S::f64s, factor: S::f64s, other: S::f64s) -> S::f64s {
    simd.sub_f64s(from, simd.mul_f64s(factor, other))
}

/// Adds each of the terms to the sums.
#[inline(always)]
pub(super) fn add<S: Simd, const TERMS: usize>(simd: S, sums: &mut Lane, terms: [&Lane; TERMS]) {
    let sums = registers_mut::<S>(std::slice::from_mut(sums));
    for (part, sum) in sums.iter_mut().enumerate() {
        for term in terms {
            *sum = simd.add_f64s(*sum, registers::<S>(std::slice::from_ref(term))[part]);
        }
    }
}
