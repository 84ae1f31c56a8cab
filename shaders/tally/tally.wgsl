// Offsets to integers: thresholds, exact sums, histogram. One workgroup has one hypothesis of a tile
// of columns and a span of draws. Twin: src/engine/cpu/worker.rs.

override WIDE: bool;
// Whether offsets are below 2^26, of which a word holds the sum of the 64 of a thread, and a word each the sums of
// what their halves of 13 bits are multiplied to.
override SMALL: bool;
override THRESHOLDS: u32;
override LATTICES_AT: u32;
override LATTICE_WORDS: u32;
// Word of `tallies` at which this fold's first hypothesis starts, and words a hypothesis.
override TALLIES_AT: u32;
override TALLY_WORDS: u32;

// Whether draws are passed over whose word after the values is not zero, and values a draw.
override SCREENED: bool;
override VALUES: u32;

// Score columns, and those whose values the buffers hold.
override COLUMNS: u32;
override WIDTH: u32;

// A single bin counts the draws.
override BINS: u32;
override DRAWS_PER_THREAD: u32;

const THREADS = 256u;
const HALF = 13u;
const MAX_THRESHOLDS = 4u;
// Words of the sum of offsets and of that of their squares: for offsets below 2^62, and draws below
// 2^32 at once.
const SUM_WORDS = 3u;
const SQUARE_WORDS = 5u;
const SUMS = SUM_WORDS + SQUARE_WORDS;

var<workgroup> histogram: array<atomic<u32>, BINS>;
var<workgroup> counts: array<atomic<u32>, 2 * MAX_THRESHOLDS>;
// Both sums, the lowest word first.
var<workgroup> sums: array<atomic<u32>, SUMS>;

fn offset_of(slot: u32, draw: u32) -> vec2<u32> {
    let at = slot * slice.stride + draw;
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

// The square of an offset in four words.
fn square_wide(a: vec2<u32>) -> vec4<u32> {
    let low = multiply_wide(a.x, a.x);
    if !WIDE {
        return vec4<u32>(low, 0u, 0u);
    }
    let cross = multiply_wide(a.x, a.y);
    let high = multiply_wide(a.y, a.y);
    let second = add_carry(low.y, cross.x << 1u, 0u);
    let third = add_carry(high.x, (cross.y << 1u) | (cross.x >> 31u), second.y);
    return vec4<u32>(low.x, second.x, third.x, high.y + (cross.y >> 31u) + third.y);
}

fn less(a: vec2<u32>, b: vec2<u32>) -> bool {
    if WIDE {
        return a.y < b.y || (a.y == b.y && a.x < b.x);
    }
    return a.x < b.x;
}

// A threshold of a lattice; 0 past the last one.
fn threshold(lattice: u32, number: u32) -> vec2<u32> {
    if number >= THRESHOLDS {
        return vec2<u32>(0u);
    }
    let at = lattice + 4u + 2u * number;
    return vec2<u32>(bitcast<u32>(shape[at]), bitcast<u32>(shape[at + 1u]));
}

// The word after the last of the sum that word `word` belongs to.
fn sum_end(word: u32) -> u32 {
    return select(SUMS, SUM_WORDS, word < SUM_WORDS);
}

// Adds to a word of the sums in workgroup memory; the add that wraps carries.
fn add_word(word: u32, addend: u32) {
    var rest = addend;
    for (var at = word; at < sum_end(word) && rest > 0u; at++) {
        let before = atomicAdd(&sums[at], rest);
        rest = select(0u, 1u, before + rest < before);
    }
}

// The same to the sums of a hypothesis among the tallies, which begin at word `first`.
fn add_total(first: u32, word: u32, addend: u32) {
    var rest = addend;
    for (var at = word; at < sum_end(word) && rest > 0u; at++) {
        let before = atomicAdd(&tallies[first + at], rest);
        rest = select(0u, 1u, before + rest < before);
    }
}

// Adds what a thread counted at a threshold.
fn add_counts(number: u32, below: u32, equal: u32) {
    if number < THRESHOLDS {
        atomicAdd(&counts[2u * number], below);
        atomicAdd(&counts[2u * number + 1u], equal);
    }
}

@compute @workgroup_size(256)
fn tally(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let slot = group.y;
    let column = 4u * slice.first_tile + slot % WIDTH;
    if column >= COLUMNS {
        return;
    }
    for (var bin = thread; bin < BINS; bin += THREADS) {
        atomicStore(&histogram[bin], 0u);
    }
    if thread < 2u * MAX_THRESHOLDS {
        atomicStore(&counts[thread], 0u);
    }
    if thread < SUMS {
        atomicStore(&sums[thread], 0u);
    }
    workgroupBarrier();

    let value = slot / WIDTH * COLUMNS + column;
    let lattice = LATTICES_AT + value * LATTICE_WORDS;
    let bin_shift = u32(shape[lattice + 2u]);
    let first_bin = bitcast<u32>(shape[lattice + 3u]);
    // Written out, as drivers keep short loops over arrays in memory.
    let first = threshold(lattice, 0u);
    let second = threshold(lattice, 1u);
    let third = threshold(lattice, 2u);
    let fourth = threshold(lattice, 3u);
    var below = vec4<u32>(0u);
    var equal = vec4<u32>(0u);
    var sum: array<u32, SUM_WORDS>;
    var squares: array<u32, SQUARE_WORDS>;
    var halves = vec3<u32>(0u);
    var draws = 0u;
    let start = group.x * THREADS * DRAWS_PER_THREAD + thread;
    for (var step = 0u; step < DRAWS_PER_THREAD; step++) {
        let draw = start + step * THREADS;
        if draw < slice.draws && !(SCREENED && values[VALUES * slice.stride + draw] != 0u) {
            let offset = offset_of(slot, draw);
            if THRESHOLDS > 0u {
                below.x += select(0u, 1u, less(offset, first));
                equal.x += select(0u, 1u, all(offset == first));
            }
            if THRESHOLDS > 1u {
                below.y += select(0u, 1u, less(offset, second));
                equal.y += select(0u, 1u, all(offset == second));
            }
            if THRESHOLDS > 2u {
                below.z += select(0u, 1u, less(offset, third));
                equal.z += select(0u, 1u, all(offset == third));
            }
            if THRESHOLDS > 3u {
                below.w += select(0u, 1u, less(offset, fourth));
                equal.w += select(0u, 1u, all(offset == fourth));
            }
            if SMALL {
                let high = offset.x >> HALF;
                let low = offset.x & ((1u << HALF) - 1u);
                sum[0] += offset.x;
                halves += vec3<u32>(low * low, low * high, high * high);
            } else {
                var added = add_carry(sum[0], offset.x, 0u);
                sum[0] = added.x;
                added = add_carry(sum[1], offset.y, added.y);
                sum[1] = added.x;
                sum[2] += added.y;
                let square = square_wide(offset);
                added = add_carry(squares[0], square.x, 0u);
                squares[0] = added.x;
                added = add_carry(squares[1], square.y, added.y);
                squares[1] = added.x;
                added = add_carry(squares[2], square.z, added.y);
                squares[2] = added.x;
                added = add_carry(squares[3], square.w, added.y);
                squares[3] = added.x;
                squares[4] += added.y;
            }
            if BINS > 1u {
                let cell = shifted(offset, bin_shift);
                let bin = max(cell, first_bin) - first_bin;
                atomicAdd(&histogram[min(bin, BINS - 1u)], 1u);
            } else {
                draws++;
            }
        }
    }
    atomicAdd(&histogram[0], draws);
    add_counts(0u, below.x, equal.x);
    add_counts(1u, below.y, equal.y);
    add_counts(2u, below.z, equal.z);
    add_counts(3u, below.w, equal.w);
    if SMALL {
        // (high 2^13 + low)^2 has twice the product of both.
        let cross = add_carry(halves.x, halves.y << (HALF + 1u), 0u);
        let all = add_carry(cross.x, halves.z << (2u * HALF), 0u);
        let carried = cross.y + all.y;
        add_word(0u, sum[0]);
        add_word(SUM_WORDS, all.x);
        add_word(
            SUM_WORDS + 1u,
            (halves.y >> (31u - HALF)) + (halves.z >> (32u - 2u * HALF)) + carried,
        );
    } else {
        for (var word = 0u; word < SUM_WORDS; word++) {
            add_word(word, sum[word]);
        }
        for (var word = 0u; word < SQUARE_WORDS; word++) {
            add_word(SUM_WORDS + word, squares[word]);
        }
    }
    workgroupBarrier();

    let words = TALLIES_AT + value * TALLY_WORDS;
    if thread < 2u * THRESHOLDS {
        atomicAdd(&tallies[words + thread], atomicLoad(&counts[thread]));
    }
    let totals = words + 2u * THRESHOLDS;
    if thread < SUMS {
        add_total(totals, thread, atomicLoad(&sums[thread]));
    }
    for (var bin = thread; bin < BINS; bin += THREADS) {
        let count = atomicLoad(&histogram[bin]);
        if count > 0u {
            atomicAdd(&tallies[totals + SUMS + bin], count);
        }
    }
}
