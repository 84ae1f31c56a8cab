// Floats to offsets, and the draws that are too near a threshold to be told in 32 bits: those are left
// to the CPU. One thread has one draw.

// Values a draw. The word after them says by how much the error band grows, 0 that the draw is left to
// the CPU already; afterwards it is 0 when the draw is counted here.
override VALUES: u32;
override THRESHOLDS: u32;
// Word of `levels` with, for each value, offsets a unit, the largest size, the error band, and the
// thresholds.
override SCREEN_AT: u32;
// Word of `tallies` at which the list of draws for the CPU begins, and draws that it holds.
override REPLAYS_AT: u32;
override REPLAYS: u32;

@compute @workgroup_size(64)
fn screen(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let leeway_at = VALUES * slice.stride + draw;
    let leeway = bitcast<f32>(values[leeway_at]);
    var replay = leeway < 1.0;
    for (var value = 0u; value < VALUES; value++) {
        let at = SCREEN_AT + value * (3u + THRESHOLDS);
        let found = bitcast<f32>(values[value * slice.stride + draw]);
        // Also where it is not a number.
        if !(abs(found) < bitcast<f32>(levels[at + 1u])) {
            replay = true;
        }
        for (var t = 0u; t < THRESHOLDS; t++) {
            let distance = abs(found - bitcast<f32>(levels[at + 3u + t]));
            if !(distance > leeway * bitcast<f32>(levels[at + 2u])) {
                replay = true;
            }
        }
        let offset = i32(round(found * bitcast<f32>(levels[at])));
        values[value * slice.stride + draw] = bitcast<u32>(offset) + 0x80000000u;
    }
    values[leeway_at] = select(0u, 1u, replay);
    if replay {
        let slot = atomicAdd(&tallies[2], 1u);
        if slot < REPLAYS {
            atomicStore(&tallies[REPLAYS_AT + slot], slice.first_low + draw);
        }
    }
    atomicAdd(&tallies[1], 1u);
}
