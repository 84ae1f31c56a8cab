// Which positions a draw has taken: a bit set in device memory, one column a draw.

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
