// `mean`: sums of scores. Twin: src/statistic/mean.rs.

// Picks of a segment in a part.
override PART: u32;

// The picks of a segment that belong to the part.
fn part_range(segment: u32) -> SegmentRange {
    let whole = segment_range(segment);
    let start = min(whole.start + slice.part * PART, whole.end);
    return SegmentRange(start, min(start + PART, whole.end), whole.varies);
}

@compute @workgroup_size(64)
fn mean_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    var folded = 0u;
    var wanted = 0u;
    if WIDE {
        var sums: array<WideLanes, MAX_SEGMENTS>;
        for (var segment = 0u; segment < SEGMENTS; segment++) {
            let range = part_range(segment);
            wanted += range.end - range.start;
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
            let range = part_range(segment);
            wanted += range.end - range.start;
            var sum = vec4<i32>(0);
            for (var index = range.start; index < range.end; index++) {
                sum += tables[rows + pick(index, draw)];
                folded++;
            }
            sums[segment] = sum;
        }
        put_narrow(draw, tile, &sums);
    }
    if folded == wanted {
        atomicAdd(&tallies[1], 1u);
    }
}
