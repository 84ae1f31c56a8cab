// `month-start`: distinct months, from distinct.wgsl or strata.wgsl. Twin: src/null/month_start.rs.

@compute @workgroup_size(64)
fn month_start_picks(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    if draw_picks(0u, draw, thread) {
        atomicAdd(&tallies[0], 1u);
    }
}
