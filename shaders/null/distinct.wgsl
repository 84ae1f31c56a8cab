// Picks of distinct positions, one draw a thread, from candidates.wgsl. Twin: src/null/distinct.rs.

// Positions accepted a draw; the first STORED of them are picks.
override DRAWN: u32;
override STORED: u32;
// Picks a draw; those past STORED are what the accepted positions leave.
override PICKS: u32;

// Positions accepted once a candidate is looked at.
fn accept(position: u32, accepted: u32, draw: u32, thread: u32) -> u32 {
    let wanted = position < POSITIONS && accepted < DRAWN;
    if !seen_new(position, wanted, draw, thread) {
        return accepted;
    }
    if accepted < STORED {
        put_pick(accepted, position, draw);
    }
    return accepted + 1u;
}

// The picks that the blocks from `first_block` on give, or BLOCKS of them. A driver that cuts a loop short
// is found out by the answer: whether there are now as many as there should be.
fn draw_picks(first_block: u32, draw: u32, thread: u32) -> bool {
    let index_low = slice.first_low + draw;
    let index_high = slice.first_high + select(0u, 1u, index_low < draw);
    let key = vec2<u32>(slice.key_low, slice.key_high);

    seen_begin(draw, thread);
    var accepted = resumed(0u, draw);
    if IN_PARTS && accepted == DRAWN {
        return false;
    }
    let begun = resumed(1u, draw);
    pending = resumed(2u, draw);
    var block = 0u;
    while accepted < DRAWN && block < BLOCKS {
        let counter = vec4<u32>(index_low, index_high, first_block + begun + block, STREAM);
        let words = philox4x32_10(counter, key);
        // Written out: an inner loop costs as much as what is done in it.
        accepted = accept(candidate(words, 0u), accepted, draw, thread);
        accepted = accept(candidate(words, 1u), accepted, draw, thread);
        accepted = accept(candidate(words, 2u), accepted, draw, thread);
        accepted = accept(candidate(words, 3u), accepted, draw, thread);
        if HALVES {
            accepted = accept(candidate(words, 4u), accepted, draw, thread);
            accepted = accept(candidate(words, 5u), accepted, draw, thread);
            accepted = accept(candidate(words, 6u), accepted, draw, thread);
            accepted = accept(candidate(words, 7u), accepted, draw, thread);
        }
        block++;
    }
    if IN_PARTS {
        keep(0u, draw, accepted);
        keep(1u, draw, begun + block);
        keep(2u, draw, pending);
        if accepted < DRAWN {
            return false;
        }
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
    put_pending(PICKS, draw);
    seen_end(draw, thread);
    return accepted == DRAWN && stored == PICKS;
}
