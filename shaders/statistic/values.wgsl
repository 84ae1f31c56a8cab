// Contrasts of segment numerators, written as offsets. One thread has four columns of one draw.

// Words of `shape` from which this fold's segments, contrasts and lattices are read.
override SEGMENTS_AT: u32;
override SEGMENTS: u32;
override CONTRASTS_AT: u32;
override CONTRASTS: u32;
override LATTICES_AT: u32;
override LATTICE_WORDS: u32;
override COLUMNS: u32;
// Columns whose values the buffers hold.
override WIDTH: u32;
override POSITIONS: u32;
// First row of this fold in `tables`.
override TABLE_AT: u32;
// Whether offsets are two words.
override WIDE: bool;

const MAX_SEGMENTS = 16u;
// Words of a segment: its first slot, their number, and whether the number of its picks varies from
// draw to draw.
const SEGMENT_WORDS = 3u;

struct SegmentRange {
    start: u32,
    end: u32,
    varies: bool,
}

fn segment_range(segment: u32) -> SegmentRange {
    let at = SEGMENTS_AT + SEGMENT_WORDS * segment;
    let start = u32(shape[at]);
    return SegmentRange(start, start + u32(shape[at + 1u]), shape[at + 2u] != 0);
}

fn weight(contrast: u32, segment: u32) -> i32 {
    return shape[CONTRASTS_AT + contrast * SEGMENTS + segment];
}

// The signed floor of a value's lattice.
fn floor_of(value: u32) -> vec2<u32> {
    let at = LATTICES_AT + value * LATTICE_WORDS;
    return vec2<u32>(bitcast<u32>(shape[at]), bitcast<u32>(shape[at + 1u]));
}

// Where the buffers hold a value.
fn slot_of(contrast: u32, tile: u32, lane: u32, draw: u32) -> u32 {
    return (contrast * WIDTH + 4u * (tile - slice.first_tile) + lane) * slice.stride + draw;
}

// The numerators of a draw, or of the first part of its picks; those of further parts are added.
fn put_narrow(draw: u32, tile: u32, numerators: ptr<function, array<vec4<i32>, MAX_SEGMENTS>>) {
    for (var contrast = 0u; contrast < CONTRASTS; contrast++) {
        var total = vec4<i32>(0);
        for (var segment = 0u; segment < SEGMENTS; segment++) {
            total += weight(contrast, segment) * (*numerators)[segment];
        }
        for (var lane = 0u; lane < min(4u, COLUMNS - 4u * tile); lane++) {
            let slot = slot_of(contrast, tile, lane, draw);
            var before = 0u;
            if slice.part > 0u {
                before = values[slot];
            } else {
                before -= floor_of(contrast * COLUMNS + 4u * tile + lane).x;
            }
            values[slot] = before + bitcast<u32>(total[lane]);
        }
    }
}

// Numerators are words (low, high) of four columns.
struct WideLanes {
    low: vec4<u32>,
    high: vec4<u32>,
}

fn put_wide(draw: u32, tile: u32, numerators: ptr<function, array<WideLanes, MAX_SEGMENTS>>) {
    for (var contrast = 0u; contrast < CONTRASTS; contrast++) {
        for (var lane = 0u; lane < min(4u, COLUMNS - 4u * tile); lane++) {
            let slot = 2u * slot_of(contrast, tile, lane, draw);
            var total = vec2<u32>(0u);
            if slice.part > 0u {
                total = vec2<u32>(values[slot], values[slot + 1u]);
            } else {
                // -floor = ~floor + 1
                let floor = floor_of(contrast * COLUMNS + 4u * tile + lane);
                total = add_wide(~floor, vec2<u32>(1u, 0u));
            }
            for (var segment = 0u; segment < SEGMENTS; segment++) {
                let numerator = vec2<u32>(
                    (*numerators)[segment].low[lane],
                    (*numerators)[segment].high[lane],
                );
                total = add_wide(total, multiply_low(numerator, widen(weight(contrast, segment))));
            }
            values[slot] = total.x;
            values[slot + 1u] = total.y;
        }
    }
}
