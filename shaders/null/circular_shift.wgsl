// `circular-shift`: the observed picks, rotated by the draw's index. Twin: src/null/circular_shift.rs.

override POSITIONS: u32;
override ROTATIONS: u32;
override PICKS: u32;

// The shape begins with the pattern. Draws are at most as many as positions, so that the low word of an
// index is all of it.
@compute @workgroup_size(64)
fn circular_shift_picks(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let shift = (slice.first_low + draw) % ROTATIONS;
    var put = 0u;
    for (var index = 0u; index < PICKS; index++) {
        let moved = u32(shape[index]) + shift;
        put_pick(index, select(moved - POSITIONS, moved, moved < POSITIONS), draw);
        put++;
    }
    put_pending(PICKS, draw);
    // A driver that cuts a loop short is found out by this count.
    if put == PICKS {
        atomicAdd(&tallies[0], 1u);
    }
}
