// `product`: sums of scores times a weight of their slot. Twin: src/statistic/product.rs.

// Picks folded a thread.
override FOLDED: u32;
// The weights by slot, in `shape`.
override OWN_AT: u32;

@compute @workgroup_size(64)
fn product_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    let range = segment_range(0u);
    var folded = 0u;
    if WIDE {
        var sums: array<WideLanes, MAX_SEGMENTS>;
        var low = vec4<u32>(0u);
        var high = vec4<u32>(0u);
        for (var index = range.start; index < range.end; index++) {
            let score = tables[rows + pick(index, draw)];
            let weight = widen(shape[OWN_AT + index]);
            for (var lane = 0u; lane < 4u; lane++) {
                let product = multiply_low(widen(score[lane]), weight);
                let sum = add_wide(vec2<u32>(low[lane], high[lane]), product);
                low[lane] = sum.x;
                high[lane] = sum.y;
            }
            folded++;
        }
        sums[0] = WideLanes(low, high);
        put_wide(draw, tile, &sums);
    } else {
        var sums: array<vec4<i32>, MAX_SEGMENTS>;
        var sum = vec4<i32>(0);
        for (var index = range.start; index < range.end; index++) {
            sum += shape[OWN_AT + index] * tables[rows + pick(index, draw)];
            folded++;
        }
        sums[0] = sum;
        put_narrow(draw, tile, &sums);
    }
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
