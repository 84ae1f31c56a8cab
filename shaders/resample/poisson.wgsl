// `poisson`: each unit a Poisson number of times. Twin: src/resample/poisson.rs.

// The scheme has the number of ends, and these: a unit is taken as often as its word reaches one.
fn draw_part() {
    let ends = own(0u);
    expected += units;
    for (var unit = 0u; unit < units; unit++) {
        let word = next_word();
        let before = drawn;
        var times = 0u;
        while times < ends && word >= own(1u + times) {
            add_run(unit, 1u);
            times++;
        }
        // Units that are looked at are counted, however often they are taken.
        drawn = before + 1u;
    }
}
