// Which positions a draw has taken: a bit set in device memory, one column a draw, and after it where the
// draw stands between the dispatches that make it. All of it is cleared before the first one.

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

fn seen_end(draw: u32, thread: u32) {
}
