// The values at a quantile's place among the rows of a draw, by their ranks: a thread a draw, which makes the draw again for
// each step of a bisection. Twin: src/resample/ranks.rs.

override PARTS: u32;
// Number of distinct values.
override DISTINCT: u32;
// The place of the quantile among the rows of a draw, from 0, and whether the next value is looked for.
override PLACE: u32;
override HAS_NEXT: u32;

// So in src/resample/kernel.rs.
const PART_WORDS = 3u;

// Of the part: its units, and words of `shape` from which its ranks and its scheme are read.
var<private> units: u32;
var<private> ranks_at: u32;
var<private> own_at: u32;
// Rows that the draw has, and that it should have.
var<private> drawn: u32;
var<private> expected: u32;
// Rows of at most this rank, and the least rank above it.
var<private> limit: u32;
var<private> reached: u32;
var<private> above: u32;

fn own(index: u32) -> u32 {
    return bitcast<u32>(shape[own_at + index]);
}

// Counts the rows of a run of neighbouring units; past the last comes the first.
fn add_run(start: u32, length: u32) {
    drawn += length;
    for (var step = 0u; step < length; step++) {
        var unit = start + step;
        if unit >= units {
            unit -= units;
        }
        let rank = bitcast<u32>(shape[ranks_at + unit]);
        if rank <= limit {
            reached++;
        } else {
            above = min(above, rank);
        }
    }
}

// Makes the draw, and counts its rows up to a rank.
fn count_up_to(draw: u32, rank: u32) {
    limit = rank;
    reached = 0u;
    above = DISTINCT;
    begin_draw(draw);
    for (var part = 0u; part < PARTS; part++) {
        units = u32(shape[PART_WORDS * part]);
        ranks_at = u32(shape[PART_WORDS * part + 1u]);
        own_at = u32(shape[PART_WORDS * part + 2u]);
        draw_part();
    }
}

@compute @workgroup_size(64)
fn resample_ranks(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    expected = 0u;
    drawn = 0u;
    var low = 0u;
    var high = DISTINCT - 1u;
    while low < high {
        let middle = (low + high) / 2u;
        count_up_to(draw, middle);
        if reached > PLACE {
            high = middle;
        } else {
            low = middle + 1u;
        }
    }
    var next = low;
    if HAS_NEXT == 1u {
        count_up_to(draw, low);
        if reached == PLACE + 1u && above < DISTINCT {
            next = above;
        }
    }
    let first = 2u * draw;
    let second = 2u * (slice.stride + draw);
    values[first] = low;
    values[first + 1u] = 0u;
    values[second] = next;
    values[second + 1u] = 0u;
    // A driver that cuts a loop short is found out by this count.
    if drawn == expected {
        atomicAdd(&tallies[0], 1u);
    }
}
