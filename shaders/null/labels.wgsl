// `labels` where the events of a day keep together: attempts until every such day has one label.
// Twin: src/null/labels.rs.

// The shape begins with the first pick and the number of picks of each group; then a word a position
// has the number of its day, from 1, or 0.
override GROUPS: u32;
override DAYS: u32;
// A draw needs more with a probability below 1e-15.
override ATTEMPTS: u32;

// Block numbers of an attempt count from its number shifted by this.
const ATTEMPT_SHIFT = 20u;
const MAX_DAYS = 64u;

fn keeps_days(draw: u32) -> bool {
    // One more than the group; 0: none yet.
    var label: array<u32, MAX_DAYS>;
    for (var day = 0u; day < DAYS; day++) {
        label[day] = 0u;
    }
    var kept = true;
    for (var group = 0u; group < GROUPS; group++) {
        let first = u32(shape[2u * group]);
        let end = first + u32(shape[2u * group + 1u]);
        for (var index = first; index < end; index++) {
            let day = u32(shape[2u * GROUPS + pick(index, draw)]);
            if day > 0u {
                let before = label[day - 1u];
                kept = kept && (before == 0u || before == group + 1u);
                label[day - 1u] = group + 1u;
            }
        }
    }
    return kept;
}

@compute @workgroup_size(64)
fn labels_picks(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    for (var attempt = 0u; attempt < ATTEMPTS; attempt++) {
        if !draw_picks(attempt << ATTEMPT_SHIFT, draw, thread) {
            return;
        }
        if keeps_days(draw) {
            atomicAdd(&tallies[0], 1u);
            return;
        }
    }
}
