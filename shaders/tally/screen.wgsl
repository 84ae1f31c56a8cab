// Floats to offsets, and the draws that are too near a threshold to be told in 32 bits: those are left
// to the CPU. One thread has one draw.

// Values a draw; the word after them says whether the draw is left to the CPU already.
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
    let state_at = VALUES * slice.stride + draw;
    var replay = values[state_at] != 0u;
    for (var value = 0u; value < VALUES; value++) {
        let at = SCREEN_AT + value * (3u + THRESHOLDS);
        let found = bitcast<f32>(values[value * slice.stride + draw]);
        // Also where it is not a number.
        if !(abs(found) < bitcast<f32>(levels[at + 1u])) {
            replay = true;
        }
        for (var t = 0u; t < THRESHOLDS; t++) {
            let distance = abs(found - bitcast<f32>(levels[at + 3u + t]));
            if !(distance > bitcast<f32>(levels[at + 2u])) {
                replay = true;
            }
        }
        let offset = i32(round(found * bitcast<f32>(levels[at])));
        values[value * slice.stride + draw] = bitcast<u32>(offset) + 0x80000000u;
    }
    if replay {
        values[state_at] = 1u;
        let slot = atomicAdd(&tallies[2], 1u);
        if slot < REPLAYS {
            atomicStore(&tallies[REPLAYS_AT + slot], slice.first_low + draw);
        }
    }
    atomicAdd(&tallies[1], 1u);
}
