// `list`: sets that the user lists. Twin: src/null/listed.rs.

override PICKS: u32;
override SETS: u32;

// The shape begins with the picks of all sets. A list has less than 2^32 sets: the low word of an index
// is all of it.
@compute @workgroup_size(64)
fn listed_picks(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let chosen = (slice.first_low + draw) % SETS;
    var put = 0u;
    for (var index = 0u; index < PICKS; index++) {
        put_pick(index, u32(shape[chosen * PICKS + index]), draw);
        put++;
    }
    // A driver that cuts a loop short is found out by this count.
    if put == PICKS {
        atomicAdd(&tallies[0], 1u);
    }
}
