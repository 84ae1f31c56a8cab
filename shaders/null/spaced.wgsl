// `spaced` over rows without holes: distinct positions that then move apart. Twin: src/null/spaced.rs.

override GAP: u32;

@compute @workgroup_size(64)
fn spaced_picks(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let complete = draw_picks(0u, draw, thread);
    // How many picks lie below each goes into its upper half, so that all are still comparable.
    for (var index = 0u; index < PICKS; index++) {
        let position = pick(index, draw);
        var below = 0u;
        for (var other = 0u; other < PICKS; other++) {
            below += select(0u, 1u, (pick(other, draw) & 0xffffu) < position);
        }
        put_pick(index, position | (below << 16u), draw);
    }
    for (var index = 0u; index < PICKS; index++) {
        let both = pick(index, draw);
        put_pick(index, (both & 0xffffu) + (both >> 16u) * (GAP - 1u), draw);
    }
    if complete {
        atomicAdd(&tallies[0], 1u);
    }
}
