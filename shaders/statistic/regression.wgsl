// `overlap-regression`: effects of one draw a workgroup. Twin: src/statistic/regression/solver.rs.

// Padded rows of a tile of outcomes; the window of an event on row t begins at row t + BEGIN.
override TABLE_AT: u32;
override TABLE_ROWS: u32;
override TILES: u32;
override BEGIN: u32;
// Word of `levels` with the combinations, a row a parameter.
override COMBINATIONS_AT: u32;
// Words of workgroup memory: the trapezoid of the system, and the pairs of events.
override CELLS: u32;
override PAIRS: u32;
// A draw with a pivot below this share of its diagonal entry is left to the CPU; below the other share
// its error band grows.
override WEAK_PIVOT: f32;
override FIRM_PIVOT: f32;
// Whether the solution is kept for the standard errors, and words that a draw keeps.
override KEEP: bool;
override KEPT: u32;

var<workgroup> cells: array<f32, CELLS>;
var<workgroup> pairs: array<atomic<i32>, PAIRS>;
var<workgroup> diagonal: array<f32, PARAMETERS>;
// Signed events of each group.
var<workgroup> counts: array<atomic<i32>, GROUPS>;
// By how much coefficients widen the error band: the bits of a float, which are ordered as it is.
var<workgroup> growth: atomic<u32>;

// Row i holds the columns i.., the right-hand sides last.
fn cell(row: u32, column: u32) -> u32 {
    return row * (PARAMETERS + SIDES) - row * (row + 1u) / 2u + column;
}

// pairs[g][g'][DAYS - 1 + k]: pairs (i of g, i' of g') with t_i - t_i' = k.
fn pair_at(group: u32, other: u32, apart: i32) -> u32 {
    return (group * GROUPS + other) * (2u * DAYS - 1u) + u32(i32(DAYS) - 1 + apart);
}

fn count_pairs(thread: u32) {
    for (var index = thread; index < PAIRS; index += THREADS) {
        atomicStore(&pairs[index], 0);
    }
    for (var group = thread; group < GROUPS; group += THREADS) {
        atomicStore(&counts[group], 0);
    }
    workgroupBarrier();
    for (var event = thread; event < PICKS; event += THREADS) {
        atomicAdd(&counts[event_groups[event]], event_signs[event]);
    }
    for (var index = thread; index < PICKS * PICKS; index += THREADS) {
        let one = index / PICKS;
        let other = index % PICKS;
        var apart = event_rows[one] - event_rows[other];
        if WRAP {
            if 2 * apart > ROWS {
                apart -= ROWS;
            } else if 2 * apart < -ROWS {
                apart += ROWS;
            }
        }
        if abs(apart) < i32(DAYS) {
            let at = pair_at(event_groups[one], event_groups[other], apart);
            atomicAdd(&pairs[at], event_signs[one] * event_signs[other]);
        }
    }
    workgroupBarrier();
}

fn fill(thread: u32) {
    let constant = PARAMETERS - 1u;
    for (var row = 0u; row < PARAMETERS; row++) {
        let group = row / DAYS;
        let day = row % DAYS;
        for (var column = row + thread; column < PARAMETERS + SIDES; column += THREADS) {
            var entry = 0.0;
            if column > constant {
                let side = column - PARAMETERS;
                if side >= SERIES {
                    entry = number(COMBINATIONS_AT + row * (SIDES - SERIES) + side - SERIES);
                } else if row == constant {
                    entry = number(TOTALS_AT + 2u * side);
                }
            } else if row == constant {
                entry = f32(ROWS);
            } else if column == constant {
                entry = f32(atomicLoad(&counts[group]));
            } else {
                let apart = i32(column % DAYS) - i32(day);
                entry = f32(atomicLoad(&pairs[pair_at(group, column / DAYS, apart)]));
            }
            cells[cell(row, column)] = entry;
        }
    }
    workgroupBarrier();
    // X'y: sums of integers.
    for (var index = thread; index < constant * TILES; index += THREADS) {
        let row = index / TILES;
        let tile = index % TILES;
        let first = TABLE_AT + tile * TABLE_ROWS + BEGIN + row % DAYS;
        var sum = vec4<i32>(0);
        for (var event = 0u; event < PICKS; event++) {
            if event_groups[event] == row / DAYS {
                sum += event_signs[event] * tables[first + u32(event_rows[event])];
            }
        }
        for (var lane = 0u; lane < min(4u, SERIES - 4u * tile); lane++) {
            cells[cell(row, PARAMETERS + 4u * tile + lane)] = f32(sum[lane]);
        }
    }
    workgroupBarrier();
}

// Takes back what days outside the sample have put into X'X; a thread has whole rows.
fn cut(thread: u32) {
    let constant = PARAMETERS - 1u;
    for (var row = thread; row < constant; row += THREADS) {
        let group = row / DAYS;
        let day = i32(row % DAYS);
        for (var event = 0u; event < PICKS; event++) {
            let at = event_rows[event] + FIRST + day;
            if event_groups[event] == group && (at < 0 || at >= ROWS) {
                cells[cell(row, constant)] -= f32(event_signs[event]);
                for (var other = 0u; other < PICKS; other++) {
                    let other_day = day + event_rows[event] - event_rows[other];
                    if other_day >= 0 && other_day < i32(DAYS) {
                        let column = event_groups[other] * DAYS + u32(other_day);
                        if column >= row {
                            let both = event_signs[event] * event_signs[other];
                            cells[cell(row, column)] -= f32(both);
                        }
                    }
                }
            }
        }
    }
    workgroupBarrier();
}

// One over a pivot; 0 when it is weak.
fn reciprocal_of(k: u32) -> f32 {
    let pivot = cells[cell(k, k)];
    if pivot > WEAK_PIVOT * diagonal[k] {
        return 1.0 / pivot;
    }
    return 0.0;
}

// Takes a share of pivot row k from a column below it, four rows at a time: the address of a column's next row is
// PARAMETERS + SIDES - row - 1 words on.
fn take_away(k: u32, column: u32, share: f32) {
    let end = min(column, PARAMETERS - 1u) + 1u;
    var row = k + 1u;
    var at = cell(row, column);
    var pivots = cell(k, row);
    var step = PARAMETERS + SIDES - row - 1u;
    while row + 3u < end {
        let second = at + step;
        let third = second + step - 1u;
        let fourth = third + step - 2u;
        let a = cells[at] - cells[pivots] * share;
        let b = cells[second] - cells[pivots + 1u] * share;
        let c = cells[third] - cells[pivots + 2u] * share;
        let d = cells[fourth] - cells[pivots + 3u] * share;
        cells[at] = a;
        cells[second] = b;
        cells[third] = c;
        cells[fourth] = d;
        at = fourth + step - 3u;
        step -= 4u;
        row += 4u;
        pivots += 4u;
    }
    while row < end {
        cells[at] -= cells[pivots] * share;
        at += step;
        step -= 1u;
        row++;
        pivots++;
    }
}

// A column a thread; the pivot row is read by all. The smallest share that a pivot is of its diagonal
// entry, or 0.
fn eliminate(thread: u32) -> f32 {
    var weakest = 1.0;
    for (var k = thread; k < PARAMETERS; k += THREADS) {
        diagonal[k] = cells[cell(k, k)];
    }
    workgroupBarrier();
    for (var k = 0u; k < PARAMETERS; k++) {
        let reciprocal = reciprocal_of(k);
        if reciprocal > 0.0 {
            weakest = min(weakest, cells[cell(k, k)] / diagonal[k]);
        } else {
            weakest = 0.0;
        }
        for (var column = k + 1u + thread; column < PARAMETERS + SIDES; column += THREADS) {
            take_away(k, column, cells[cell(k, column)] * reciprocal);
        }
        workgroupBarrier();
    }
    return weakest;
}

// Leaves the solutions in place of the right-hand sides.
fn substitute_back(thread: u32) {
    for (var left = PARAMETERS; left > 0u; left--) {
        let k = left - 1u;
        let reciprocal = reciprocal_of(k);
        for (var side = thread; side < SIDES; side += THREADS) {
            cells[cell(k, PARAMETERS + side)] *= reciprocal;
        }
        workgroupBarrier();
        for (var index = thread; index < k * SIDES; index += THREADS) {
            let row = index / SIDES;
            let column = PARAMETERS + index % SIDES;
            cells[cell(row, column)] -= cells[cell(row, k)] * cells[cell(k, column)];
        }
        workgroupBarrier();
    }
}

@compute @workgroup_size(128)
fn regression_values(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = group.x;
    if thread == 0u {
        atomicStore(&growth, bitcast<u32>(1.0));
    }
    load_events(draw, thread);
    workgroupBarrier();
    count_pairs(thread);
    fill(thread);
    if !WRAP {
        cut(thread);
    }
    let weakest = eliminate(thread);
    substitute_back(thread);

    for (var value = thread; value < CONTRASTS * COLUMNS; value += THREADS) {
        let column = column_of(value);
        var effect = 0.0;
        for (var g = 0u; g < GROUPS; g++) {
            let weight = contrast_weight(value / COLUMNS, g);
            if weight != 0.0 {
                var sum = 0.0;
                for (var day = 0u; day < DAYS; day++) {
                    let share = number(WEIGHTS_AT + column.effect * DAYS + day);
                    sum += share * cells[cell(g * DAYS + day, PARAMETERS + column.series)];
                }
                effect += weight * sum;
            }
        }
        values[value * slice.stride + draw] = bitcast<u32>(effect);
        if column.asked < 0 {
            // Rounding is relative to the largest coefficient, which a far change may have made.
            var largest = 0.0;
            for (var row = 0u; row < PARAMETERS; row++) {
                largest = max(largest, abs(cells[cell(row, PARAMETERS + column.series)]));
            }
            let grown = number(GROWTHS_AT + value) * largest;
            atomicMax(&growth, bitcast<u32>(min(grown, 1e9)));
        }
    }
    workgroupBarrier();
    if KEEP {
        for (var index = thread; index < PARAMETERS * SIDES; index += THREADS) {
            kept[draw * KEPT + index] = cells[cell(index / SIDES, PARAMETERS + index % SIDES)];
        }
    }
    if thread == 0u {
        var leeway = 0.0;
        if weakest > 0.0 {
            leeway = max(1.0, FIRM_PIVOT / weakest) * bitcast<f32>(atomicLoad(&growth));
        }
        values[leeway_at(draw)] = bitcast<u32>(leeway);
        atomicAdd(&tallies[1], 1u);
    }
}
