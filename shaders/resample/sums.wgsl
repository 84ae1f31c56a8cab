// Sums over the runs of a draw, by prefix sums: a thread a draw. Twin: src/resample/sums.rs.

// Sums of a part.
override FEATURES: u32;
override PARTS: u32;

// So in src/resample/kernel.rs.
const MAX_FEATURES = 32u;
const PART_WORDS = 3u;

var<private> sums: array<vec2<u32>, MAX_FEATURES>;
// Of the part: its units, and words of `shape` from which its prefix sums and its scheme are read.
var<private> units: u32;
var<private> prefix_at: u32;
var<private> own_at: u32;
// Units that the draw has.
var<private> drawn: u32;

fn own(index: u32) -> u32 {
    return bitcast<u32>(shape[own_at + index]);
}

// The sum of a feature over the units before this one.
fn prefix(unit: u32, feature: u32) -> vec2<u32> {
    let at = prefix_at + 2u * (unit * FEATURES + feature);
    return vec2<u32>(bitcast<u32>(shape[at]), bitcast<u32>(shape[at + 1u]));
}

// Adds a run of neighbouring units; past the last comes the first.
fn add_run(start: u32, length: u32) {
    let end = start + length;
    drawn += length;
    for (var feature = 0u; feature < FEATURES; feature++) {
        let before = add_wide(~prefix(start, feature), vec2<u32>(1u, 0u));
        var sum = add_wide(prefix(min(end, units), feature), before);
        if end > units {
            sum = add_wide(sum, prefix(end - units, feature));
        }
        sums[feature] = add_wide(sums[feature], sum);
    }
}

@compute @workgroup_size(64)
fn resample_sums(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    begin_draw(draw);
    var expected = 0u;
    drawn = 0u;
    for (var part = 0u; part < PARTS; part++) {
        units = u32(shape[PART_WORDS * part]);
        prefix_at = u32(shape[PART_WORDS * part + 1u]);
        own_at = u32(shape[PART_WORDS * part + 2u]);
        expected += units;
        for (var feature = 0u; feature < FEATURES; feature++) {
            sums[feature] = vec2<u32>(0u);
        }
        draw_part();
        for (var feature = 0u; feature < FEATURES; feature++) {
            let slot = 2u * ((part * FEATURES + feature) * slice.stride + draw);
            values[slot] = sums[feature].x;
            values[slot + 1u] = sums[feature].y;
        }
    }
    // A driver that cuts a loop short is found out by this count.
    if drawn == expected {
        atomicAdd(&tallies[0], 1u);
    }
}
