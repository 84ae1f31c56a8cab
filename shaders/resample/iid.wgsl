// `iid`: units with replacement. Twin: src/resample/iid.rs.

// The scheme has the number of units, and what its draws are rejected by.
fn draw_part() {
    for (var unit = 0u; unit < units; unit++) {
        add_run(next_below(own(0u), own(1u)), 1u);
    }
}
