// Offsets to integers: thresholds, moments, histogram. One workgroup has one hypothesis and a span
// of draws. Twin: src/engine/cpu/block.rs.

override WIDE: bool;
override THRESHOLDS: u32;
override LATTICES_AT: u32;
override LATTICE_WORDS: u32;
// Word of `tallies` at which this fold's first hypothesis starts, and words a hypothesis.
override TALLIES_AT: u32;
override TALLY_WORDS: u32;

// Whether draws are passed over whose word after the values is not zero, and values a draw.
override SCREENED: bool;
override VALUES: u32;

override BINS: u32;
// At most 128: a thread's sums of 24-bit digits stay below 2^32.
override DRAWS_PER_THREAD: u32;

const THREADS = 256u;
const MAX_THRESHOLDS = 4u;
const DIGIT = 0xffffffu;

var<workgroup> histogram: array<atomic<u32>, BINS>;
var<workgroup> counts: array<atomic<u32>, 2 * MAX_THRESHOLDS>;
// Low and high words of three sums.
var<workgroup> sums: array<atomic<u32>, 6>;

fn offset_of(value: u32, draw: u32) -> vec2<u32> {
    let at = value * slice.stride + draw;
    if WIDE {
        return vec2<u32>(values[2u * at], values[2u * at + 1u]);
    }
    return vec2<u32>(values[at], 0u);
}

// The low word of `a >> shift`, shift below 64.
fn shifted(a: vec2<u32>, shift: u32) -> u32 {
    if WIDE {
        if shift >= 32u {
            return a.y >> (shift - 32u);
        }
        if shift > 0u {
            return (a.x >> shift) | (a.y << (32u - shift));
        }
        return a.x;
    }
    return a.x >> shift;
}

fn less(a: vec2<u32>, b: vec2<u32>) -> bool {
    return a.y < b.y || (a.y == b.y && a.x < b.x);
}

// Adds to a sum of two words in workgroup memory; the add that wraps carries.
fn add_sum(sum: u32, addend: u32) {
    let before = atomicAdd(&sums[2u * sum], addend);
    if before + addend < before {
        atomicAdd(&sums[2u * sum + 1u], 1u);
    }
}

@compute @workgroup_size(256)
fn tally(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    for (var bin = thread; bin < BINS; bin += THREADS) {
        atomicStore(&histogram[bin], 0u);
    }
    if thread < 2u * MAX_THRESHOLDS {
        atomicStore(&counts[thread], 0u);
    }
    if thread < 6u {
        atomicStore(&sums[thread], 0u);
    }
    workgroupBarrier();

    let value = group.y;
    let lattice = LATTICES_AT + value * LATTICE_WORDS;
    let moment_shift = u32(shape[lattice + 2u]);
    let bin_shift = u32(shape[lattice + 3u]);
    let first_bin = bitcast<u32>(shape[lattice + 4u]);
    var below: array<u32, MAX_THRESHOLDS>;
    var equal: array<u32, MAX_THRESHOLDS>;
    var sum = 0u;
    var squares_low = 0u;
    var squares_high = 0u;
    let start = group.x * THREADS * DRAWS_PER_THREAD + thread;
    for (var step = 0u; step < DRAWS_PER_THREAD; step++) {
        let draw = start + step * THREADS;
        if draw < slice.draws && !(SCREENED && values[VALUES * slice.stride + draw] != 0u) {
            let offset = offset_of(value, draw);
            for (var t = 0u; t < THRESHOLDS; t++) {
                let at = lattice + 5u + 2u * t;
                let threshold = vec2<u32>(bitcast<u32>(shape[at]), bitcast<u32>(shape[at + 1u]));
                below[t] += select(0u, 1u, less(offset, threshold));
                equal[t] += select(0u, 1u, all(offset == threshold));
            }
            // The square of a 24-bit digit in two digits, by 12-bit halves.
            let digit = shifted(offset, moment_shift);
            let cross = 2u * (digit >> 12u) * (digit & 0xfffu);
            let low = ((cross & 0xfffu) << 12u) + (digit & 0xfffu) * (digit & 0xfffu);
            sum += digit;
            squares_low += low & DIGIT;
            squares_high += (digit >> 12u) * (digit >> 12u) + (cross >> 12u) + (low >> 24u);
            let cell = shifted(offset, bin_shift);
            let bin = select(0u, cell - first_bin, cell > first_bin);
            atomicAdd(&histogram[min(bin, BINS - 1u)], 1u);
        }
    }
    for (var t = 0u; t < THRESHOLDS; t++) {
        atomicAdd(&counts[2u * t], below[t]);
        atomicAdd(&counts[2u * t + 1u], equal[t]);
    }
    add_sum(0u, sum);
    add_sum(1u, squares_low);
    add_sum(2u, squares_high);
    workgroupBarrier();

    let words = TALLIES_AT + value * TALLY_WORDS;
    if thread < 2u * THRESHOLDS {
        atomicAdd(&tallies[words + thread], atomicLoad(&counts[thread]));
    }
    let totals = words + 2u * THRESHOLDS;
    if thread < 3u {
        let addend = atomicLoad(&sums[2u * thread]);
        let before = atomicAdd(&tallies[totals + 2u * thread], addend);
        let carry = select(0u, 1u, before + addend < before);
        atomicAdd(&tallies[totals + 2u * thread + 1u], atomicLoad(&sums[2u * thread + 1u]) + carry);
    }
    for (var bin = thread; bin < BINS; bin += THREADS) {
        let count = atomicLoad(&histogram[bin]);
        if count > 0u {
            atomicAdd(&tallies[totals + 6u + bin], count);
        }
    }
}
