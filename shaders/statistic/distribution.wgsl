// `distribution`: the largest distance of two groups' distributions, by blocks of ranks.
// Twin: src/statistic/distribution.rs.

// Ranks of the column that has most.
override RANKS: u32;
// Picks and ranks looked at a thread, all blocks together.
override FOLDED: u32;

// Ranks of a block.
const BLOCK = 32u;

@compute @workgroup_size(64)
fn distribution_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    let first_group = segment_range(0u);
    let second_group = segment_range(1u);
    let up = i32(second_group.end - second_group.start);
    let down = -i32(first_group.end - first_group.start);
    var folded = 0u;
    // The difference below a block, times both sizes, and the farthest that it has been.
    var height = vec4<i32>(0);
    var farthest = vec4<i32>(0);
    for (var first = 0u; first < RANKS; first += BLOCK) {
        var steps: array<vec4<i32>, BLOCK>;
        for (var index = first_group.start; index < second_group.end; index++) {
            let step = select(down, up, index < first_group.end);
            let rank = bitcast<vec4<u32>>(tables[rows + pick(index, draw)]) - vec4<u32>(first);
            if rank.x < BLOCK {
                steps[rank.x].x += step;
            }
            if rank.y < BLOCK {
                steps[rank.y].y += step;
            }
            if rank.z < BLOCK {
                steps[rank.z].z += step;
            }
            if rank.w < BLOCK {
                steps[rank.w].w += step;
            }
            folded++;
        }
        for (var step = 0u; step < BLOCK; step++) {
            height += steps[step];
            farthest = max(farthest, abs(height));
            folded++;
        }
    }
    if WIDE {
        var numerators: array<WideLanes, MAX_SEGMENTS>;
        numerators[0] = WideLanes(bitcast<vec4<u32>>(farthest), vec4<u32>(0u));
        put_wide(draw, tile, &numerators);
    } else {
        var numerators: array<vec4<i32>, MAX_SEGMENTS>;
        numerators[0] = farthest;
        put_narrow(draw, tile, &numerators);
    }
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
