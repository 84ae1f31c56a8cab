// Which positions a draw has taken: a bit set in device memory, one column a draw.

override SEEN_WORDS: u32;

// A draw is made in one dispatch, and no word is kept for the next: see seen_parts.wgsl.
const IN_PARTS = false;
const BLOCKS = 0xffffffffu;

fn resumed(word: u32, draw: u32) -> u32 {
    return 0u;
}

fn keep(word: u32, draw: u32, value: u32) {
}

fn seen_begin(draw: u32, thread: u32) {
}

fn seen_has(position: u32, draw: u32, thread: u32) -> bool {
    return ((taken[(position >> 5u) * slice.stride + draw] >> (position & 31u)) & 1u) == 1u;
}

// Takes a position that is `wanted` and not yet taken; whether it did.
fn seen_new(position: u32, wanted: bool, draw: u32, thread: u32) -> bool {
    if !wanted {
        return false;
    }
    let at = (position >> 5u) * slice.stride + draw;
    let bit = 1u << (position & 31u);
    let word = taken[at];
    if (word & bit) != 0u {
        return false;
    }
    taken[at] = word | bit;
    return true;
}

// Leaves the column clear for the draw that takes it next; it starts out clear. The stored picks
// know which words were touched, unless others were drawn beside them.
fn seen_end(draw: u32, thread: u32) {
    if DRAWN > STORED {
        for (var word = 0u; word < SEEN_WORDS; word++) {
            taken[word * slice.stride + draw] = 0u;
        }
    } else {
        for (var index = 0u; index < STORED; index++) {
            taken[(pick(index, draw) >> 5u) * slice.stride + draw] = 0u;
        }
    }
}
