// What both passes of the regression know: its shape, and a draw's events. A workgroup has one draw.

override GROUPS: u32;
// Relative days of the window; FIRST is the first one.
override DAYS: u32;
override FIRST: i32;
// Rows of the sample; whether a window that leaves it continues at its other end.
override ROWS: i32;
override WRAP: bool;
// Coefficients; the constant is the last one.
override PARAMETERS: u32;
// Right-hand sides: series first, then combinations of coefficients whose errors are asked for.
override SERIES: u32;
override SIDES: u32;
override PICKS: u32;
override CONTRASTS: u32;
override COLUMNS: u32;
// Words of `shape`: segments, weights of contrasts, rows of positions, and for each column its effect,
// its series and its place among the studentised effects, or -1.
override SEGMENTS_AT: u32;
override CONTRASTS_AT: u32;
override ROWS_AT: u32;
// Events at this position and later ones count -1 on their days instead of 1.
override NEGATED_FROM: u32;
override COLUMNS_AT: u32;
// Words of `levels` with floats: weights of effects, then sums and sums of squares of the series.
override WEIGHTS_AT: u32;
override TOTALS_AT: u32;
// And for each value the error that rounding makes of it, per size of the largest coefficient on its series:
// as a share of its error band, of a ratio as what its standard error has to exceed.
override GROWTHS_AT: u32;

const THREADS = 128u;
// Words of a segment; so in values.wgsl.
const SEGMENT_WORDS = 3u;

var<workgroup> event_rows: array<i32, PICKS>;
var<workgroup> event_groups: array<u32, PICKS>;
var<workgroup> event_signs: array<i32, PICKS>;

fn number(at: u32) -> f32 {
    return bitcast<f32>(levels[at]);
}

fn load_events(draw: u32, thread: u32) {
    for (var index = thread; index < PICKS; index += THREADS) {
        let position = pick(index, draw);
        if position == NOBODY {
            // No event: it counts 0 wherever it stands.
            event_rows[index] = 0;
            event_signs[index] = 0;
        } else {
            event_rows[index] = shape[ROWS_AT + position];
            event_signs[index] = select(1, -1, position >= NEGATED_FROM);
        }
        for (var group = 0u; group < GROUPS; group++) {
            let at = SEGMENTS_AT + SEGMENT_WORDS * group;
            let start = u32(shape[at]);
            if index >= start && index < start + u32(shape[at + 1u]) {
                event_groups[index] = group;
            }
        }
    }
}

fn contrast_weight(contrast: u32, group: u32) -> f32 {
    return f32(shape[CONTRASTS_AT + contrast * GROUPS + group]);
}

struct Column {
    effect: u32,
    series: u32,
    asked: i32,
}

fn column_of(value: u32) -> Column {
    let at = COLUMNS_AT + 3u * (value % COLUMNS);
    return Column(u32(shape[at]), u32(shape[at + 1u]), shape[at + 2u]);
}

// Where the word after the values is: by how much the error band grows for this draw, at least 1, or
// 0 when it is left to the CPU.
fn leeway_at(draw: u32) -> u32 {
    return CONTRASTS * COLUMNS * slice.stride + draw;
}
