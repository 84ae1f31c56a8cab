// Clears what draws have taken: one thread has CLEARED words of one draw.

// Words a draw.
override WORDS: u32;

const CLEARED = 256u;

@compute @workgroup_size(64)
fn clear(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let first = id.y * CLEARED;
    for (var word = first; word < min(first + CLEARED, WORDS); word++) {
        taken[word * slice.stride + draw] = 0u;
    }
}
