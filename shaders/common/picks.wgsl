// Picks in memory: two 16-bit picks a word, [pick / 2][draw], or one 32-bit pick, [pick][draw].

override PACKED: bool;

// What stands in a slot that the draw leaves empty; so in src/null/picks.rs.
const NOBODY = 0xffffffffu;

fn pick(index: u32, draw: u32) -> u32 {
    if PACKED {
        return (picks[(index >> 1u) * slice.stride + draw] >> ((index & 1u) * 16u)) & 0xffffu;
    }
    return picks[index * slice.stride + draw];
}

var<private> pending: u32;

// Picks are put in order: the even one waits for the odd one of its word.
fn put_pick(index: u32, position: u32, draw: u32) {
    if !PACKED {
        picks[index * slice.stride + draw] = position;
    } else if (index & 1u) == 0u {
        pending = position;
    } else {
        picks[(index >> 1u) * slice.stride + draw] = pending | (position << 16u);
    }
}

// To be called after the last pick.
fn put_pending(count: u32, draw: u32) {
    if PACKED && (count & 1u) == 1u {
        picks[(count >> 1u) * slice.stride + draw] = pending;
    }
}
