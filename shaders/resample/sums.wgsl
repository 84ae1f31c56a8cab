// Sums over the runs of a draw, by prefix sums: a thread a draw. Twin: src/resample/sums.rs.

// Sums of a part.
override FEATURES: u32;
override PARTS: u32;
// Words of a sum: 2, or 4 where 64 bits do not hold it.
override LIMBS: u32;

// So in src/resample/kernel.rs.
const MAX_FEATURES = 32u;
const PART_WORDS = 3u;

var<private> sums: array<vec4<u32>, MAX_FEATURES>;
// Of the part: its units, and words of `shape` from which its prefix sums and its scheme are read.
var<private> units: u32;
var<private> prefix_at: u32;
var<private> own_at: u32;
// Units that the draw has, and that it should have.
var<private> drawn: u32;
var<private> expected: u32;

fn own(index: u32) -> u32 {
    return bitcast<u32>(shape[own_at + index]);
}

// The sum of a feature over the units before this one.
fn prefix(unit: u32, feature: u32) -> vec4<u32> {
    let at = prefix_at + LIMBS * (unit * FEATURES + feature);
    var sum = vec4<u32>(bitcast<u32>(shape[at]), bitcast<u32>(shape[at + 1u]), 0u, 0u);
    if LIMBS == 4u {
        sum.z = bitcast<u32>(shape[at + 2u]);
        sum.w = bitcast<u32>(shape[at + 3u]);
    }
    return sum;
}

// a + b + carry (at most 1) modulo the words of a sum.
fn add_sums(a: vec4<u32>, b: vec4<u32>, carry: u32) -> vec4<u32> {
    let x = add_carry(a.x, b.x, carry);
    let y = add_carry(a.y, b.y, x.y);
    if LIMBS == 2u {
        return vec4<u32>(x.x, y.x, 0u, 0u);
    }
    let z = add_carry(a.z, b.z, y.y);
    return vec4<u32>(x.x, y.x, z.x, a.w + b.w + z.y);
}

// Adds a run of neighbouring units; past the last comes the first.
fn add_run(start: u32, length: u32) {
    let end = start + length;
    drawn += length;
    for (var feature = 0u; feature < FEATURES; feature++) {
        // Less the sum before: its complement and 1.
        var sum = add_sums(prefix(min(end, units), feature), ~prefix(start, feature), 1u);
        if end > units {
            sum = add_sums(sum, prefix(end - units, feature), 0u);
        }
        sums[feature] = add_sums(sums[feature], sum, 0u);
    }
}

@compute @workgroup_size(64)
fn resample_sums(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    begin_draw(draw);
    expected = 0u;
    drawn = 0u;
    for (var part = 0u; part < PARTS; part++) {
        units = u32(shape[PART_WORDS * part]);
        prefix_at = u32(shape[PART_WORDS * part + 1u]);
        own_at = u32(shape[PART_WORDS * part + 2u]);
        for (var feature = 0u; feature < FEATURES; feature++) {
            sums[feature] = vec4<u32>(0u);
        }
        draw_part();
        for (var feature = 0u; feature < FEATURES; feature++) {
            let slot = LIMBS * ((part * FEATURES + feature) * slice.stride + draw);
            values[slot] = sums[feature].x;
            values[slot + 1u] = sums[feature].y;
            if LIMBS == 4u {
                values[slot + 2u] = sums[feature].z;
                values[slot + 3u] = sums[feature].w;
            }
        }
    }
    // A driver that cuts a loop short is found out by this count.
    if drawn == expected {
        atomicAdd(&tallies[0], 1u);
    }
}
