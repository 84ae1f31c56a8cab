use super::*;

fn windows<'a>(spans: &'a [[i32; 2]], rows: &'a [usize], first_row: usize) -> Windows<'a> {
    Windows {
        rows,
        spans,
        first_row,
        sample_rows: 4,
    }
}

#[test]
fn ends_are_cut_at_the_sample() {
    assert_eq!(windows(&[[-1, 1]], &[1, 2], 0).ends(), [(0, 2), (1, 3)]);
    // Row 0 starts at itself, row 3 ends at itself.
    assert_eq!(
        windows(&[[-1, 1]], &[0, 1, 2, 3], 0).ends(),
        [(0, 1), (0, 2), (1, 3), (2, 3)]
    );
    assert_eq!(windows(&[[0, 1], [5, 9]], &[2], 0).ends(), [(2, 3), (3, 3)]);
}

#[test]
fn sums_inside_the_window() {
    let changes = [1, 2, 4, 8];
    let sum = |rows: Range<usize>| changes[rows].iter().sum::<i32>();
    assert_eq!(
        windows(&[[-1, 1], [-1, 0]], &[1, 2], 0).inside(sum),
        [7, 14, 3, 6]
    );
    assert_eq!(windows(&[[-1, -1]], &[0, 1], 0).inside(sum), [0, 1]);
    // Row 0 has no change.
    assert_eq!(windows(&[[-1, 0]], &[0, 1, 2], 1).inside(sum), [0, 2, 6]);
}

#[test]
fn effects_on_levels_add_to_sums_and_between_ends() {
    // A step on row 1: the levels of rows -1 to 3.
    let levels = [0, 0, 1, 1, 1];
    let rows = [0, 1, 2];
    let spans = [[0, 1]];
    let of = |measure| added_scores(&levels, measure, &windows(&spans, &rows, 0));
    assert_eq!(of(Measure::Cumulative), [[1, 1, 0]]);
    assert_eq!(of(Measure::Endpoints), [[1, 0, 0]]);
}
