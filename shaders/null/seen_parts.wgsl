// Which positions a draw has taken: a bit set in device memory, one column a draw, and after it where the
// draw stands between the dispatches that make it. All of it is cleared before the first one.

override SEEN_WORDS: u32;
// Blocks of the generator that a dispatch reads.
override BLOCKS: u32;

const IN_PARTS = true;

// A word of what the dispatch before kept.
fn resumed(word: u32, draw: u32) -> u32 {
    return taken[(SEEN_WORDS + word) * slice.stride + draw];
}

// Keeps it for the next one; there are STATE_WORDS.
fn keep(word: u32, draw: u32, value: u32) {
    taken[(SEEN_WORDS + word) * slice.stride + draw] = value;
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

fn seen_end(draw: u32, thread: u32) {
}
