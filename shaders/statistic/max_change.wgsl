// `max-change`: the largest score. Twin: src/statistic/max_change.rs.

// Picks looked at a thread, all segments together.
override FOLDED: u32;

@compute @workgroup_size(64)
fn max_change_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    var folded = 0u;
    var maxima: array<vec4<i32>, MAX_SEGMENTS>;
    for (var segment = 0u; segment < SEGMENTS; segment++) {
        let range = segment_range(segment);
        // Below every score.
        var most = vec4<i32>(-0x7fffffff);
        for (var index = range.start; index < range.end; index++) {
            folded++;
            let position = pick(index, draw);
            if range.varies && position == NOBODY {
                continue;
            }
            most = max(most, tables[rows + position]);
        }
        maxima[segment] = most;
    }
    put_narrow(draw, tile, &maxima);
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
