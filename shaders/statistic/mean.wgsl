// `mean`: sums of scores. Twin: src/statistic/mean.rs.

// Picks folded a thread, all segments together.
override FOLDED: u32;

@compute @workgroup_size(64)
fn mean_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    var folded = 0u;
    if WIDE {
        var sums: array<WideLanes, MAX_SEGMENTS>;
        for (var segment = 0u; segment < SEGMENTS; segment++) {
            let range = segment_range(segment);
            var low = vec4<u32>(0u);
            var high = vec4<u32>(0u);
            for (var index = range.start; index < range.end; index++) {
                let score = tables[rows + pick(index, draw)];
                let sum = low + bitcast<vec4<u32>>(score);
                let carry = select(vec4<u32>(0u), vec4<u32>(1u), sum < low);
                high += bitcast<vec4<u32>>(score >> vec4<u32>(31u)) + carry;
                low = sum;
                folded++;
            }
            sums[segment] = WideLanes(low, high);
        }
        put_wide(draw, tile, &sums);
    } else {
        var sums: array<vec4<i32>, MAX_SEGMENTS>;
        for (var segment = 0u; segment < SEGMENTS; segment++) {
            let range = segment_range(segment);
            var sum = vec4<i32>(0);
            for (var index = range.start; index < range.end; index++) {
                sum += tables[rows + pick(index, draw)];
                folded++;
            }
            sums[segment] = sum;
        }
        put_narrow(draw, tile, &sums);
    }
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
