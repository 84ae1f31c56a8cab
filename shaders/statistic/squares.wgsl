// `squares`: weighted squares of the groups' sums. Twin: src/statistic/squares.rs.

// Picks folded a thread, all segments and columns together.
override FOLDED: u32;
// Columns of a value.
override CELLS: u32;
// The weights, column by column, in `shape`.
override OWN_AT: u32;

fn square_weight(column: u32, segment: u32) -> i32 {
    return shape[OWN_AT + min(column, COLUMNS * CELLS - 1u) * SEGMENTS + segment];
}

var<private> looked: u32;

// A column's weighted square of a segment's sum.
fn cell_square(column: u32, segment: u32, draw: u32) -> vec2<u32> {
    let range = segment_range(segment);
    let rows = TABLE_AT + (column >> 2u) * POSITIONS;
    var sum = vec2<u32>(0u);
    for (var index = range.start; index < range.end; index++) {
        sum = add_wide(sum, widen(tables[rows + pick(index, draw)][column & 3u]));
        looked++;
    }
    return multiply_low(multiply_low(sum, sum), widen(square_weight(column, segment)));
}

// Values of several columns, which stand in tiles of their own.
fn put_cells(draw: u32, tile: u32) {
    var squares: array<WideLanes, MAX_SEGMENTS>;
    var narrow: array<vec4<i32>, MAX_SEGMENTS>;
    for (var segment = 0u; segment < SEGMENTS; segment++) {
        var low = vec4<u32>(0u);
        var high = vec4<u32>(0u);
        for (var lane = 0u; lane < 4u; lane++) {
            let value = min(4u * tile + lane, COLUMNS - 1u);
            var total = vec2<u32>(0u);
            for (var cell = 0u; cell < CELLS; cell++) {
                total = add_wide(total, cell_square(value * CELLS + cell, segment, draw));
            }
            low[lane] = total.x;
            high[lane] = total.y;
        }
        squares[segment] = WideLanes(low, high);
        narrow[segment] = bitcast<vec4<i32>>(low);
    }
    if WIDE {
        put_wide(draw, tile, &squares);
    } else {
        put_narrow(draw, tile, &narrow);
    }
    if looked == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}

@compute @workgroup_size(64)
fn squares_values(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    let tile = slice.first_tile + id.y;
    if draw >= slice.draws {
        return;
    }
    if CELLS > 1u {
        put_cells(draw, tile);
        return;
    }
    let rows = TABLE_AT + tile * POSITIONS;
    var folded = 0u;
    if WIDE {
        var squares: array<WideLanes, MAX_SEGMENTS>;
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
            for (var lane = 0u; lane < 4u; lane++) {
                let sum = vec2<u32>(low[lane], high[lane]);
                let weight = widen(square_weight(4u * tile + lane, segment));
                let square = multiply_low(multiply_low(sum, sum), weight);
                low[lane] = square.x;
                high[lane] = square.y;
            }
            squares[segment] = WideLanes(low, high);
        }
        put_wide(draw, tile, &squares);
    } else {
        var squares: array<vec4<i32>, MAX_SEGMENTS>;
        for (var segment = 0u; segment < SEGMENTS; segment++) {
            let range = segment_range(segment);
            var sum = vec4<i32>(0);
            for (var index = range.start; index < range.end; index++) {
                sum += tables[rows + pick(index, draw)];
                folded++;
            }
            let weights = vec4<i32>(
                square_weight(4u * tile, segment),
                square_weight(4u * tile + 1u, segment),
                square_weight(4u * tile + 2u, segment),
                square_weight(4u * tile + 3u, segment),
            );
            squares[segment] = weights * sum * sum;
        }
        put_narrow(draw, tile, &squares);
    }
    if folded == FOLDED {
        atomicAdd(&tallies[1], 1u);
    }
}
