// `median`: middle order statistics, by bisection on the bits of dense ranks.
// Twin: src/statistic/median.rs.

// Bits of the largest rank.
override BITS: u32;
// Word of `shape` from which the first level of each column is read.
override LEVELS_AT: u32;
// Picks looked at a thread, all segments and bisection steps together.
override FOLDED: u32;

@compute @workgroup_size(64)
fn median_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    var folded = 0u;
    var medians: array<vec4<i32>, MAX_SEGMENTS>;
    for (var segment = 0u; segment < SEGMENTS; segment++) {
        let range = segment_range(segment);
        var count = i32(range.end - range.start);
        if range.varies {
            count = 0;
            for (var index = range.start; index < range.end; index++) {
                count += select(1, 0, pick(index, draw) == NOBODY);
                folded++;
            }
        }

        // The largest rank that at most `below` of the picks are smaller than.
        let below = vec4<i32>((count - 1) / 2);
        var lower = vec4<i32>(0);
        for (var step = 0u; step < BITS; step++) {
            let candidate = lower | vec4<i32>(1 << (BITS - 1u - step));
            var smaller = vec4<i32>(0);
            for (var index = range.start; index < range.end; index++) {
                folded++;
                let position = pick(index, draw);
                if range.varies && position == NOBODY {
                    continue;
                }
                let rank = tables[rows + position];
                smaller += select(vec4<i32>(0), vec4<i32>(1), rank < candidate);
            }
            lower = select(lower, candidate, smaller <= below);
        }

        // The order statistic after it, for even counts.
        let even = (count & 1) == 0;
        var upper = lower;
        if even || range.varies {
            var at_most = vec4<i32>(0);
            var above = vec4<i32>(0x7fffffff);
            for (var index = range.start; index < range.end; index++) {
                folded++;
                let position = pick(index, draw);
                if range.varies && position == NOBODY {
                    continue;
                }
                let rank = tables[rows + position];
                at_most += select(vec4<i32>(0), vec4<i32>(1), rank <= lower);
                above = select(above, min(above, rank), rank > lower);
            }
            if even {
                upper = select(above, lower, at_most > vec4<i32>(count / 2));
            }
        }

        var median = vec4<i32>(0);
        for (var lane = 0u; lane < min(4u, COLUMNS - 4u * tile); lane++) {
            let first = shape[LEVELS_AT + 4u * tile + lane];
            median[lane] = levels[first + lower[lane]];
            if even || range.varies {
                median[lane] += levels[first + upper[lane]];
            }
        }
        medians[segment] = median;
    }
    put_narrow(draw, tile, &medians);
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
