// Picks of distinct positions, one draw a thread. Twin: src/null/distinct.rs, where the sampler is
// specified.

override POSITIONS: u32;
// 2^16 or 2^32 mod POSITIONS: the low parts that Lemire's method rejects lie below it.
override REJECT_BELOW: u32;
override STREAM: u32;
// Positions accepted a draw; the first STORED of them are picks.
override DRAWN: u32;
override STORED: u32;
// Picks a draw; those past STORED are what the accepted positions leave.
override PICKS: u32;
// Whether numbers are 16-bit halves of words, as those address all positions.
override HALVES: bool;

// Number `number` of a block, a 16-bit half of a word or a word, as a position; POSITIONS when it is
// rejected.
fn candidate(words: vec4<u32>, number: u32) -> u32 {
    if HALVES {
        let half = (words[number >> 1u] >> ((number & 1u) * 16u)) & 0xffffu;
        let product = half * POSITIONS;
        return select(POSITIONS, product >> 16u, (product & 0xffffu) >= REJECT_BELOW);
    }
    let product = multiply_wide(words[number], POSITIONS);
    return select(POSITIONS, product.y, product.x >= REJECT_BELOW);
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
    let numbers = select(4u, 8u, HALVES);
    while accepted < DRAWN && block < BLOCKS {
        let counter = vec4<u32>(index_low, index_high, first_block + begun + block, STREAM);
        let words = philox4x32_10(counter, key);
        for (var number = 0u; number < numbers; number++) {
            let position = candidate(words, number);
            if position < POSITIONS && accepted < DRAWN && !seen_has(position, draw, thread) {
                seen_take(position, draw, thread);
                if accepted < STORED {
                    put_pick(accepted, position, draw);
                }
                accepted++;
            }
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
