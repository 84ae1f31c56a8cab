// `uniform`: picks of one draw a thread. The sampler is specified in src/null/uniform.rs.

override POSITIONS: u32;
// 2^16 mod POSITIONS: the low halves that Lemire's method rejects lie below it.
override REJECT_BELOW: u32;
override STREAM: u32;
// Positions accepted a draw; the first STORED of them are picks.
override DRAWN: u32;
override STORED: u32;
// Picks a draw; those past STORED are what the accepted positions leave.
override PICKS: u32;

var<private> pending: u32;

// Picks come in order: the even one waits for the odd one of its word.
fn put_pick(index: u32, position: u32, draw: u32) {
    if (index & 1u) == 0u {
        pending = position;
    } else {
        picks[(index >> 1u) * slice.stride + draw] = pending | position << 16u;
    }
}

@compute @workgroup_size(64)
fn uniform_picks(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let index_low = slice.first_low + draw;
    let index_high = slice.first_high + select(0u, 1u, index_low < draw);
    let key = vec2<u32>(slice.key_low, slice.key_high);

    seen_clear(draw, thread);
    var accepted = 0u;
    var block = 0u;
    while accepted < DRAWN {
        let words = philox4x32_10(vec4<u32>(index_low, index_high, block, STREAM), key);
        for (var candidate = 0u; candidate < 8u; candidate++) {
            let half = (words[candidate >> 1u] >> ((candidate & 1u) * 16u)) & 0xffffu;
            let product = half * POSITIONS;
            let position = product >> 16u;
            if (product & 0xffffu) >= REJECT_BELOW && accepted < DRAWN
                && !seen_has(position, draw, thread) {
                seen_take(position, draw, thread);
                if accepted < STORED {
                    put_pick(accepted, position, draw);
                }
                accepted++;
            }
        }
        block++;
    }

    var stored = STORED;
    if PICKS > STORED {
        for (var position = 0u; position < POSITIONS; position++) {
            if !seen_has(position, draw, thread) {
                put_pick(stored, position, draw);
                stored++;
            }
        }
    }
    if (PICKS & 1u) == 1u {
        picks[(PICKS >> 1u) * slice.stride + draw] = pending;
    }
    // A driver that cuts a loop short is found out by this count.
    if accepted == DRAWN && stored == PICKS {
        atomicAdd(&tallies[0], 1u);
    }
}
