// `overlap-regression-t`: effects over their HAC standard errors, one draw a workgroup.
// Twin: src/statistic/regression/hac.rs.

override TABLE_AT: u32;
override TABLE_ROWS: u32;
// Padded row of the first row of the sample.
override ADDED: u32;
override KEPT: u32;
override LAGS: u32;
// 1/(lags + 1), and the small-sample factor.
override SHARE: f32;
// Studentised effects.
override STUDENTISED: u32;

// Typical residuals are left to the CPU below this share of the largest coefficient.
override RESIDUAL_SHARE: f32;

const MAX_SIDES = 64u;
// Residuals below this share of the series are left to the CPU.
const LITTLE = 1e-4;
// So are variances below this share of what independent outcomes have, the sum of squared influences
// times the mean of squared outcomes. Of a variance that is zero, rounding in 32 bits leaves 10^-12 of
// that, 10^-6 where pivots are as weak as the device takes; and a ratio's error is relative to the root
// of the share: at 10^-3 thirty times that of a usual draw, which the error band still holds. As
// errors grow where pivots are weak, so does the band; the shares need not.
const LEAST_VARIANCE = 1e-3;

// Not zero: an error cannot be told from zero, and the draw is left to the CPU.
var<workgroup> unsure: atomic<u32>;
var<private> row_sides: array<f32, MAX_SIDES>;

// Residuals of every series, and influences of every combination, of one row.
fn keep_row(t: i32, draw: u32) {
    let solution = draw * KEPT;
    let constant = solution + (PARAMETERS - 1u) * SIDES;
    for (var side = 0u; side < SIDES; side++) {
        let coefficient = kept[constant + side];
        if side < SERIES {
            let outcome = tables[TABLE_AT + side / 4u * TABLE_ROWS + ADDED + u32(t)][side % 4u];
            row_sides[side] = f32(outcome) - coefficient;
        } else {
            row_sides[side] = coefficient;
        }
    }
    for (var event = 0u; event < PICKS; event++) {
        var day = t - event_rows[event] - FIRST;
        if WRAP {
            if day < 0 {
                day += ROWS;
            } else if day >= ROWS {
                day -= ROWS;
            }
        }
        if day >= 0 && day < i32(DAYS) {
            let at = solution + (event_groups[event] * DAYS + u32(day)) * SIDES;
            for (var side = 0u; side < SIDES; side++) {
                let sign = f32(event_signs[event]) * select(1.0, -1.0, side < SERIES);
                row_sides[side] += sign * kept[at + side];
            }
        }
    }
    let at = solution + (PARAMETERS + u32(t)) * SIDES;
    for (var side = 0u; side < SIDES; side++) {
        kept[at + side] = row_sides[side];
    }
}

@compute @workgroup_size(128)
fn regression_errors(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = group.x;
    if thread == 0u {
        atomicStore(&unsure, 0u);
    }
    load_events(draw, thread);
    workgroupBarrier();
    for (var t = i32(thread); t < ROWS; t += i32(THREADS)) {
        keep_row(t, draw);
    }
    storageBarrier();

    let rows = draw * KEPT + PARAMETERS * SIDES;
    for (var value = thread; value < CONTRASTS * COLUMNS; value += THREADS) {
        let column = column_of(value);
        if column.asked >= 0 {
            let contrast = value / COLUMNS;
            let combination = SERIES + contrast * STUDENTISED + u32(column.asked);
            var window = 0.0;
            var squares = 0.0;
            var residuals = 0.0;
            var influences = 0.0;
            for (var t = 0u; t < u32(ROWS) + LAGS; t++) {
                if t < u32(ROWS) {
                    let at = rows + t * SIDES;
                    let residual = kept[at + column.series];
                    let influence = kept[at + combination];
                    window += influence * residual;
                    residuals += residual * residual;
                    influences += influence * influence;
                }
                if t > LAGS {
                    let at = rows + (t - LAGS - 1u) * SIDES;
                    window -= kept[at + combination] * kept[at + column.series];
                }
                squares += window * window;
            }
            var largest = 0.0;
            for (var row = 0u; row < PARAMETERS; row++) {
                largest = max(largest, abs(kept[draw * KEPT + row * SIDES + column.series]));
            }
            let variance = squares * SHARE;
            let total = number(TOTALS_AT + 2u * column.series + 1u);
            let least = LEAST_VARIANCE * influences * total / f32(ROWS);
            let size = largest * largest;
            let grows = number(GROWTHS_AT + value);
            var ratio = 0.0;
            // Comparisons fail also where something is not a number.
            if variance > least
                && variance > grows * grows * size
                && residuals > LITTLE * total
                && residuals > RESIDUAL_SHARE * RESIDUAL_SHARE * size * f32(ROWS) {
                ratio = bitcast<f32>(values[value * slice.stride + draw]) / sqrt(variance);
            } else {
                atomicStore(&unsure, 1u);
            }
            values[value * slice.stride + draw] = bitcast<u32>(ratio);
        }
    }
    workgroupBarrier();
    if thread == 0u {
        if atomicLoad(&unsure) != 0u {
            values[leeway_at(draw)] = 0u;
        }
        atomicAdd(&tallies[1], 1u);
    }
}
