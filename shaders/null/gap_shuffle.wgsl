// `gap-shuffle`: the gaps between events in a new order. Twin: src/null/gap_shuffle.rs.

override STREAM: u32;
override GAPS: u32;
override FIRST: u32;
// Places of the whole pattern; 0 where its ends are fixed.
override PLACES: u32;

// The shape begins with the gaps, then the picks of the events in the order of time.

var<private> words: vec4<u32>;
var<private> numbers: u32;

// A number below `n`, at most 2^16, from the next halves of the draw's words.
fn below(n: u32, draw: u32) -> u32 {
    let index_low = slice.first_low + draw;
    let index_high = slice.first_high + select(0u, 1u, index_low < draw);
    let key = vec2<u32>(slice.key_low, slice.key_high);
    var product = 0u;
    var accepted = false;
    while !accepted {
        if (numbers & 7u) == 0u {
            words = philox4x32_10(vec4<u32>(index_low, index_high, numbers >> 3u, STREAM), key);
        }
        let half = (words[(numbers & 7u) >> 1u] >> ((numbers & 1u) * 16u)) & 0xffffu;
        numbers++;
        product = half * n;
        accepted = (product & 0xffffu) >= 0x10000u % n;
    }
    return product >> 16u;
}

@compute @workgroup_size(64)
fn gap_shuffle_picks(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    numbers = 0u;
    var position = FIRST;
    if PLACES > 0u {
        position = below(PLACES, draw);
    }
    for (var gap = 0u; gap < GAPS; gap++) {
        taken[gap * slice.stride + draw] = u32(shape[gap]);
    }
    put_pick(u32(shape[GAPS]), position, draw);
    var put = 1u;
    for (var gap = 0u; gap < GAPS; gap++) {
        let left = GAPS - gap;
        var other = gap;
        if left > 1u {
            other += below(left, draw);
        }
        let here = taken[gap * slice.stride + draw];
        position += taken[other * slice.stride + draw];
        taken[other * slice.stride + draw] = here;
        put_pick(u32(shape[GAPS + 1u + gap]), position, draw);
        put++;
    }
    // A driver that cuts a loop short is found out by this count.
    if put == GAPS + 1u {
        atomicAdd(&tallies[0], 1u);
    }
}
