// Distinct positions, from distinct.wgsl or strata.wgsl, in several dispatches. Twin: src/null/selection.rs.

@compute @workgroup_size(64)
fn parts_picks(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    // True once, in the dispatch that accepts the last position.
    if draw_picks(0u, draw, thread) {
        atomicAdd(&tallies[0], 1u);
    }
}
