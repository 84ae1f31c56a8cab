// `trimmed-mean-change`: sums without the smallest and the largest scores; the first and the last one left
// are found by bisection on the bits of dense ranks. Twin: src/statistic/trimmed_mean_change.rs.

// Bits of the largest rank.
override BITS: u32;
// Word of `shape` from which the first level of each column is read.
override LEVELS_AT: u32;
// Word of `shape` with the number of picks that each segment loses at each end.
override OWN_AT: u32;
// Picks looked at a thread, all segments and bisection steps together.
override FOLDED: u32;

var<private> folded: u32;

fn one_where(holds: vec4<bool>) -> vec4<i32> {
    return select(vec4<i32>(0), vec4<i32>(1), holds);
}

// The sum of what is left of a segment, in four columns; `firsts` are the places of their first levels.
fn trimmed_sum(segment: u32, draw: u32, rows: u32, firsts: vec4<u32>) -> WideLanes {
    let range = segment_range(segment);
    let begin = vec4<i32>(shape[OWN_AT + segment]);
    let end = vec4<i32>(i32(range.end - range.start)) - begin;

    // The largest ranks that at most so many of the picks are smaller than, and how many are.
    var lower = vec4<i32>(0);
    var upper = vec4<i32>(0);
    var below_lower = vec4<i32>(0);
    var below_upper = vec4<i32>(0);
    for (var step = 0u; step < BITS; step++) {
        let bit = vec4<i32>(1 << (BITS - 1u - step));
        var smaller = vec4<i32>(0);
        var smaller_than_upper = vec4<i32>(0);
        for (var index = range.start; index < range.end; index++) {
            folded++;
            let rank = tables[rows + pick(index, draw)];
            smaller += one_where(rank < (lower | bit));
            smaller_than_upper += one_where(rank < (upper | bit));
        }
        let raised = smaller <= begin;
        lower = select(lower, lower | bit, raised);
        below_lower = select(below_lower, smaller, raised);
        let raised_upper = smaller_than_upper < end;
        upper = select(upper, upper | bit, raised_upper);
        below_upper = select(below_upper, smaller_than_upper, raised_upper);
    }

    // Copies of an end stand at places one after the other; those within are left.
    var sum = WideLanes(vec4<u32>(0u), vec4<u32>(0u));
    for (var index = range.start; index < range.end; index++) {
        folded++;
        let rank = tables[rows + pick(index, draw)];
        let is_lower = rank == lower;
        let is_upper = rank == upper;
        let place = select(select(begin, below_upper, is_upper), below_lower, is_lower);
        below_lower += one_where(is_lower);
        below_upper += one_where(is_upper);
        let left = one_where(rank >= lower) * one_where(rank <= upper)
            * one_where(place >= begin) * one_where(place < end);
        let at = firsts + vec4<u32>(rank);
        let score = left * vec4<i32>(levels[at.x], levels[at.y], levels[at.z], levels[at.w]);
        let low = sum.low + bitcast<vec4<u32>>(score);
        let carry = select(vec4<u32>(0u), vec4<u32>(1u), low < sum.low);
        sum.high += bitcast<vec4<u32>>(score >> vec4<u32>(31u)) + carry;
        sum.low = low;
    }
    return sum;
}

@compute @workgroup_size(64)
fn trimmed_mean_change_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    var firsts = vec4<u32>(0u);
    for (var lane = 0u; lane < min(4u, COLUMNS - 4u * tile); lane++) {
        firsts[lane] = u32(shape[LEVELS_AT + 4u * tile + lane]);
    }
    if WIDE {
        var sums: array<WideLanes, MAX_SEGMENTS>;
        for (var segment = 0u; segment < SEGMENTS; segment++) {
            sums[segment] = trimmed_sum(segment, draw, rows, firsts);
        }
        put_wide(draw, tile, &sums);
    } else {
        var sums: array<vec4<i32>, MAX_SEGMENTS>;
        for (var segment = 0u; segment < SEGMENTS; segment++) {
            sums[segment] = bitcast<vec4<i32>>(trimmed_sum(segment, draw, rows, firsts).low);
        }
        put_narrow(draw, tile, &sums);
    }
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
