// `signs`: a coin for each event or cluster. Twin: src/null/signs.rs.

override STREAM: u32;
override PICKS: u32;
override EVENTS: u32;

// The shape begins with the event and the cluster of each pick.
@compute @workgroup_size(64)
fn signs_picks(@builtin(global_invocation_id) id: vec3<u32>) {
    let draw = id.x;
    if draw >= slice.draws {
        return;
    }
    let index_low = slice.first_low + draw;
    let index_high = slice.first_high + select(0u, 1u, index_low < draw);
    let key = vec2<u32>(slice.key_low, slice.key_high);
    var block = 0u;
    var words = philox4x32_10(vec4<u32>(index_low, index_high, block, STREAM), key);
    var put = 0u;
    for (var index = 0u; index < PICKS; index++) {
        let event = u32(shape[2u * index]);
        let cluster = u32(shape[2u * index + 1u]);
        if cluster >> 7u != block {
            block = cluster >> 7u;
            words = philox4x32_10(vec4<u32>(index_low, index_high, block, STREAM), key);
        }
        let flip = (words[(cluster >> 5u) & 3u] >> (cluster & 31u)) & 1u;
        put_pick(index, event + flip * EVENTS, draw);
        put++;
    }
    // A driver that cuts a loop short is found out by this count.
    if put == PICKS {
        atomicAdd(&tallies[0], 1u);
    }
}
