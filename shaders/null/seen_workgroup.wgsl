// Which positions a draw has taken: a bit set in workgroup memory, one column a thread.

override SEEN_WORDS: u32;
// SEEN_WORDS * SEEN_THREADS, given as a number: naga 30 stumbles over an expression here.
override SEEN_CELLS: u32;

// A draw is made in one dispatch, and no word is kept for the next: see seen_parts.wgsl.
const IN_PARTS = false;
const BLOCKS = 0xffffffffu;

fn resumed(word: u32, draw: u32) -> u32 {
    return 0u;
}

fn keep(word: u32, draw: u32, value: u32) {
}

const SEEN_THREADS = 64u;

var<workgroup> seen: array<u32, SEEN_CELLS>;

fn seen_begin(draw: u32, thread: u32) {
    for (var word = 0u; word < SEEN_WORDS; word++) {
        seen[word * SEEN_THREADS + thread] = 0u;
    }
}

fn seen_has(position: u32, draw: u32, thread: u32) -> bool {
    return ((seen[(position >> 5u) * SEEN_THREADS + thread] >> (position & 31u)) & 1u) == 1u;
}

// Takes a position that is `wanted` and not yet taken; whether it did. Without a branch, for every candidate:
// one that is not wanted may be the position past the last one.
fn seen_new(position: u32, wanted: bool, draw: u32, thread: u32) -> bool {
    let at = (position >> 5u) * SEEN_THREADS + thread;
    let bit = 1u << (position & 31u);
    let word = seen[at];
    let is_new = wanted && (word & bit) == 0u;
    seen[at] = word | select(0u, bit, is_new);
    return is_new;
}

fn seen_end(draw: u32, thread: u32) {
}
