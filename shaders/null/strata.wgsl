// Picks of distinct positions within strata, one draw a thread. Twin: src/null/strata.rs.

override STREAM: u32;
override PARTS: u32;
override PICKS: u32;

// Words of `shape` that describe a part: the stratum's number, its positions, what Lemire's method
// rejects, positions accepted and those of them that are picks, its picks, and the words at which its
// positions and the places of its picks among those of the draw stand.
const PART_WORDS = 8u;
// Blocks of a stratum count from its number shifted by this.
const STRATUM_SHIFT = 20u;

// The picks that the blocks from `first_block` on give, each stratum's from its own on, or BLOCKS
// of them; as in distinct.wgsl.
fn draw_picks(first_block: u32, draw: u32, thread: u32) -> bool {
    let index_low = slice.first_low + draw;
    let index_high = slice.first_high + select(0u, 1u, index_low < draw);
    let key = vec2<u32>(slice.key_low, slice.key_high);

    seen_begin(draw, thread);
    let first_part = resumed(0u, draw);
    if IN_PARTS && first_part == PARTS {
        return false;
    }
    var accepted = resumed(1u, draw);
    var begun = resumed(2u, draw);
    var put = resumed(3u, draw);
    var read = 0u;
    for (var part = first_part; part < PARTS; part++) {
        let at = part * PART_WORDS;
        let positions = u32(shape[at + 1u]);
        let reject_below = u32(shape[at + 2u]);
        let drawn = u32(shape[at + 3u]);
        let stored = u32(shape[at + 4u]);
        let wanted = u32(shape[at + 5u]);
        let list = u32(shape[at + 6u]);
        let slots = u32(shape[at + 7u]);
        let blocks = first_block + (u32(shape[at]) << STRATUM_SHIFT);
        while accepted < drawn && read < BLOCKS {
            let counter = vec4<u32>(index_low, index_high, blocks + begun, STREAM);
            let words = philox4x32_10(counter, key);
            for (var number = 0u; number < 8u; number++) {
                let half = (words[number >> 1u] >> ((number & 1u) * 16u)) & 0xffffu;
                let product = half * positions;
                if accepted < drawn && (product & 0xffffu) >= reject_below {
                    let position = u32(shape[list + (product >> 16u)]);
                    if seen_new(position, true, draw, thread) {
                        if accepted < stored {
                            put_pick(u32(shape[slots + accepted]), position, draw);
                            put++;
                        }
                        accepted++;
                    }
                }
            }
            begun++;
            read++;
        }
        if IN_PARTS && accepted < drawn {
            keep(0u, draw, part);
            keep(1u, draw, accepted);
            keep(2u, draw, begun);
            keep(3u, draw, put);
            return false;
        }
        accepted = 0u;
        begun = 0u;
        if wanted > stored {
            var next = stored;
            for (var place = 0u; place < positions; place++) {
                let position = u32(shape[list + place]);
                if !seen_has(position, draw, thread) {
                    put_pick(u32(shape[slots + next]), position, draw);
                    put++;
                    next++;
                }
            }
        }
    }
    keep(0u, draw, PARTS);
    seen_end(draw, thread);
    // A driver that cuts a loop short is found out by this count.
    return put == PICKS;
}
