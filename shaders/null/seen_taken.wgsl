// Positions that draws have taken, as bits in device memory, one column a draw; with one of seen_storage.wgsl,
// seen_column.wgsl and seen_parts.wgsl.

override SEEN_WORDS: u32;

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
