// `iid`: units with replacement; `m-out-of-n`: fewer of them. Twin: src/resample/iid.rs.

// The scheme has the number of units, what its draws are rejected by, and the number of picks.
fn draw_part() {
    let picks = own(2u);
    expected += picks;
    for (var pick = 0u; pick < picks; pick++) {
        add_run(next_below(own(0u), own(1u)), 1u);
    }
}
