// `stationary`: blocks of a circle of geometric lengths. Twin: src/resample/stationary.rs.

// The scheme has the number of units, what its draws are rejected by, the number of ends, and these: a
// block has one unit more than ends that its word reaches.
fn draw_part() {
    let ends = own(2u);
    expected += units;
    var left = units;
    while left > 0u {
        let start = next_below(own(0u), own(1u));
        let word = next_word();
        var low = 0u;
        var high = ends;
        while low < high {
            let middle = (low + high) / 2u;
            if own(3u + middle) <= word {
                low = middle + 1u;
            } else {
                high = middle;
            }
        }
        let length = min(low + 1u, left);
        add_run(start, length);
        left -= length;
    }
}
