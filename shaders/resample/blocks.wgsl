// `moving-block` and `circular-block`: blocks of one length. Twin: src/resample/blocks.rs.

// The scheme has the number of starts, what its draws are rejected by, and the length of a block.
fn draw_part() {
    expected += units;
    var left = units;
    while left > 0u {
        let length = min(own(2u), left);
        add_run(next_below(own(0u), own(1u)), length);
        left -= length;
    }
}
