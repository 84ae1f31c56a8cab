// Which positions a draw has taken: a bit set in device memory, one column a draw, cleared before it.

// A draw is made in one dispatch, and no word is kept for the next: see seen_parts.wgsl.
const IN_PARTS = false;
const BLOCKS = 0xffffffffu;

fn resumed(word: u32, draw: u32) -> u32 {
    return 0u;
}

fn keep(word: u32, draw: u32, value: u32) {
}

fn seen_begin(draw: u32, thread: u32) {
    for (var word = 0u; word < SEEN_WORDS; word++) {
        taken[word * slice.stride + draw] = 0u;
    }
}

fn seen_end(draw: u32, thread: u32) {
}
