// `concordance`: pairs of slots whose scores rise with their levels less those that fall.
// Twin: src/statistic/concordance.rs.

// The slots of a draw by level, then how many stand in lower levels than each, in `shape`.
override OWN_AT: u32;
override SLOTS: u32;
// Pairs looked at a thread.
override FOLDED: u32;

@compute @workgroup_size(64)
fn concordance_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    var folded = 0u;
    var sum = vec4<i32>(0);
    for (var slot = 0u; slot < SLOTS; slot++) {
        let lower = u32(shape[OWN_AT + SLOTS + slot]);
        if lower == 0u {
            continue;
        }
        let score = tables[rows + pick(u32(shape[OWN_AT + slot]), draw)];
        for (var other = 0u; other < lower; other++) {
            let below = tables[rows + pick(u32(shape[OWN_AT + other]), draw)];
            sum += select(vec4<i32>(0), vec4<i32>(1), below < score);
            sum -= select(vec4<i32>(0), vec4<i32>(1), below > score);
            folded++;
        }
    }
    if WIDE {
        var numerators: array<WideLanes, MAX_SEGMENTS>;
        numerators[0] = WideLanes(bitcast<vec4<u32>>(sum), bitcast<vec4<u32>>(sum >> vec4<u32>(31u)));
        put_wide(draw, tile, &numerators);
    } else {
        var numerators: array<vec4<i32>, MAX_SEGMENTS>;
        numerators[0] = sum;
        put_narrow(draw, tile, &numerators);
    }
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
