// `mean` of distinct positions, summed as they are accepted: no picks are written. One thread has one draw, up to four
// tiles of columns and up to two groups. Twin: src/statistic/mean.rs.

// Positions of a draw; the first FIRST of them are the first group's.
override DRAWN: u32;
override FIRST: u32;
// Row of `tables` at which the scores begin, and one of zeros.
override TABLE_AT: u32;
override ZEROS_AT: u32;
override COLUMNS: u32;
// Columns whose values the buffers hold.
override WIDTH: u32;
// Word of `shape` from which the lattices are read, and words of each.
override LATTICES_AT: u32;
override LATTICE_WORDS: u32;
// Contrasts, and what a sum of the first and of the second group counts in each.
override CONTRASTS: u32;
override FIRST_IN_0: i32;
override SECOND_IN_0: i32;
override FIRST_IN_1: i32;
override SECOND_IN_1: i32;
override FIRST_IN_2: i32;
override SECOND_IN_2: i32;
override FIRST_IN_3: i32;
override SECOND_IN_3: i32;

// Sums of a tile over both groups, and over the first one.
struct Sums {
    both: vec4<i32>,
    first: vec4<i32>,
}

var<private> accepted: u32;
var<private> tile_0: Sums;
var<private> tile_1: Sums;
var<private> tile_2: Sums;
var<private> tile_3: Sums;

// The scores of a position, or zeros where it is not taken.
fn scores(tile: u32, position: u32, is_new: bool) -> vec4<i32> {
    return tables[select(ZEROS_AT, TABLE_AT + tile * POSITIONS + position, is_new)];
}

// Looks at a candidate. Loops and branches are written out: each costs as much as what is done in it.
fn accept(position: u32, draw: u32, thread: u32) {
    let is_new = seen_new(position, position < POSITIONS && accepted < DRAWN, draw, thread);
    accepted += select(0u, 1u, is_new);
    tile_0.both += scores(0u, position, is_new);
    if COLUMNS > 4u {
        tile_1.both += scores(1u, position, is_new);
    }
    if COLUMNS > 8u {
        tile_2.both += scores(2u, position, is_new);
    }
    if COLUMNS > 12u {
        tile_3.both += scores(3u, position, is_new);
    }
    // Until the next one is taken.
    if FIRST < DRAWN && accepted == FIRST {
        tile_0.first = tile_0.both;
        if COLUMNS > 4u {
            tile_1.first = tile_1.both;
        }
        if COLUMNS > 8u {
            tile_2.first = tile_2.both;
        }
        if COLUMNS > 12u {
            tile_3.first = tile_3.both;
        }
    }
}

fn put_lane(contrast: u32, column: u32, draw: u32, numerator: i32) {
    if column < COLUMNS {
        let floor = shape[LATTICES_AT + (contrast * COLUMNS + column) * LATTICE_WORDS];
        values[(contrast * WIDTH + column) * slice.stride + draw] = bitcast<u32>(numerator - floor);
    }
}

fn put_contrast(contrast: u32, weights: vec2<i32>, tile: u32, sums: Sums, draw: u32) {
    if CONTRASTS > contrast {
        // What is left of both is the second group's.
        let numerators = weights.y * sums.both + (weights.x - weights.y) * sums.first;
        put_lane(contrast, 4u * tile, draw, numerators.x);
        put_lane(contrast, 4u * tile + 1u, draw, numerators.y);
        put_lane(contrast, 4u * tile + 2u, draw, numerators.z);
        put_lane(contrast, 4u * tile + 3u, draw, numerators.w);
    }
}

fn put(tile: u32, sums: Sums, draw: u32) {
    put_contrast(0u, vec2<i32>(FIRST_IN_0, SECOND_IN_0), tile, sums, draw);
    put_contrast(1u, vec2<i32>(FIRST_IN_1, SECOND_IN_1), tile, sums, draw);
    put_contrast(2u, vec2<i32>(FIRST_IN_2, SECOND_IN_2), tile, sums, draw);
    put_contrast(3u, vec2<i32>(FIRST_IN_3, SECOND_IN_3), tile, sums, draw);
}

@compute @workgroup_size(64)
fn mean_as_drawn(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let index_low = slice.first_low + draw;
    let index_high = slice.first_high + select(0u, 1u, index_low < draw);
    let key = vec2<u32>(slice.key_low, slice.key_high);
    seen_begin(draw, thread);
    var block = 0u;
    while accepted < DRAWN {
        let words = philox4x32_10(vec4<u32>(index_low, index_high, block, STREAM), key);
        accept(candidate(words, 0u), draw, thread);
        accept(candidate(words, 1u), draw, thread);
        accept(candidate(words, 2u), draw, thread);
        accept(candidate(words, 3u), draw, thread);
        accept(candidate(words, 4u), draw, thread);
        accept(candidate(words, 5u), draw, thread);
        accept(candidate(words, 6u), draw, thread);
        accept(candidate(words, 7u), draw, thread);
        block++;
    }
    // Where there is one group, it is the first.
    if FIRST == DRAWN {
        tile_0.first = tile_0.both;
        tile_1.first = tile_1.both;
        tile_2.first = tile_2.both;
        tile_3.first = tile_3.both;
    }
    put(0u, tile_0, draw);
    if COLUMNS > 4u {
        put(1u, tile_1, draw);
    }
    if COLUMNS > 8u {
        put(2u, tile_2, draw);
    }
    if COLUMNS > 12u {
        put(3u, tile_3, draw);
    }
    // A driver that cuts a loop short is found out by this count.
    if accepted == DRAWN {
        atomicAdd(&tallies[0], 1u);
    }
}
