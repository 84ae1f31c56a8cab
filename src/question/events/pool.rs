//! Which dates a null design draws from.

use std::collections::HashSet;
use std::ops::Range;

use jiff::civil::Date;

use super::event_rows::EventRows;
use super::sample::{Sample, list};
use super::side_files::counted;
use crate::error::{Error, Result};
use crate::null::Distinct;
use crate::study::{ColumnSpec, Measure, Pool, TestSpec};

/// The eligible rows of the sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EligibleRows {
    /// Rows that draws pick from, ascending.
    pub rows: Vec<usize>,
    /// Rows whose window can be used; every event stands on one, eligible or not.
    pub windows: Range<usize>,
    /// The pool in the null's name.
    pub label: String,
    /// Why the other rows are not eligible.
    pub ineligible: String,
    /// Rows that are not eligible because an event stands on them or near.
    pub avoided: usize,
}

/// Rows whose window, cut at the sample's ends, still holds a change: of a sum the change of one row from
/// `first_row` on, between ends two rows.
fn overlapping(
    sample_rows: usize,
    first_row: usize,
    [first, last]: [i32; 2],
    measure: Measure,
) -> Range<usize> {
    let rows = sample_rows as i64;
    // The first row that may end a window, and the number of those that may begin one.
    let (earliest, begin) = match measure {
        Measure::Cumulative => (first_row as i64, rows),
        Measure::Endpoints => (1, rows - 1),
    };
    if earliest >= rows {
        return 0..0;
    }
    let start = (earliest - i64::from(last)).clamp(0, rows);
    let end = (begin - i64::from(first)).clamp(start, rows);
    start as usize..end as usize
}

/// The eligible rows of a test; `list` holds the dates of the pool `list`, and windows begin on the sample
/// row `first_row` or later.
///
/// # Errors
///
/// No date is eligible, or more are than the design can address. `place` names a key of the test.
pub(super) fn eligible_rows(
    test: &TestSpec,
    list: Option<&EventRows>,
    sample: &Sample,
    first_row: usize,
    place: impl Fn(&str) -> String,
) -> Result<EligibleRows> {
    let sample_rows = sample.dates.len();
    let [first, last] = test.window;
    let start = (first_row as i64 - i64::from(first)).max(0) as usize;
    let whole = start..sample_rows.saturating_sub(last.max(0) as usize).max(start);
    if whole.is_empty() && test.pool != Pool::All {
        return Err(Error::input(
            place("window"),
            format!(
                "no date of the sample ({sample_rows} rows) has a whole window [{first}, {last}]"
            ),
            "shorten the window or widen the [sample]",
        ));
    }
    let no_change = match first_row {
        0 => String::new(),
        _ => format!(
            " ({} has no daily change, as there is no value before it)",
            sample.dates[0]
        ),
    };
    let without = |whole: &Range<usize>| {
        format!(
            "{} without a whole window [{first}, {last}] in the sample{no_change}",
            counted(sample_rows - whole.len())
        )
    };
    let eligible = match (test.pool, list) {
        (Pool::All, _) if test.wraps() => EligibleRows {
            rows: (0..sample_rows).collect(),
            windows: 0..sample_rows,
            label: "all".into(),
            avoided: 0,
            ineligible: "none; a window that leaves the sample continues at its other end".into(),
        },
        (Pool::All, _) => {
            let overlapping = overlapping(sample_rows, first_row, test.window, test.measure);
            let (needed, holds) = match test.measure {
                Measure::Cumulative => ("daily change", "a daily change"),
                Measure::Endpoints => ("two dates", "two dates"),
            };
            if overlapping.is_empty() {
                return Err(Error::input(
                    place("window"),
                    format!(
                        "no window [{first}, {last}] holds {holds} of the sample ({sample_rows} rows)"
                    ),
                    "shorten the window or widen the [sample]",
                ));
            }
            let outside = match sample_rows - overlapping.len() {
                0 => "none".to_owned(),
                rest => {
                    format!(
                        "{} whose window holds no {needed} of the sample{no_change}",
                        counted(rest)
                    )
                }
            };
            EligibleRows {
                rows: overlapping.clone().collect(),
                windows: overlapping,
                label: "all".into(),
                avoided: 0,
                ineligible: format!("{outside}; windows are cut at the sample's ends"),
            }
        }
        (Pool::List, Some(list)) => {
            let mut rows: Vec<usize> = list
                .events
                .iter()
                .filter_map(|date| date.row.checked_sub(sample.first_row))
                .filter(|row| whole.contains(row))
                .collect();
            rows.sort_unstable();
            rows.dedup();
            let spec = test.dates.as_ref();
            let label = spec.map_or_else(String::new, |spec| format!("list: {spec}"));
            if rows.is_empty() {
                return Err(Error::input(
                    place("dates"),
                    format!(
                        "no date of the list has a whole window [{first}, {last}] in the sample"
                    ),
                    "check the file and its filter, shorten the window, or widen the [sample]",
                ));
            }
            EligibleRows {
                ineligible: format!(
                    "{}, and {} not in the list",
                    without(&whole),
                    whole.len() - rows.len()
                ),
                rows,
                windows: whole,
                label,
                avoided: 0,
            }
        }
        (Pool::FullWindow | Pool::List, _) => EligibleRows {
            rows: whole.clone().collect(),
            ineligible: without(&whole),
            windows: whole,
            label: "full-window".into(),
            avoided: 0,
        },
    };
    if eligible.rows.len() > Distinct::MAX_POSITIONS && !test.null.moves().keeps_dates() {
        return Err(Error::input(
            place("pool"),
            format!(
                "{} eligible dates; `{}` takes at most {}",
                eligible.rows.len(),
                test.null.name(),
                Distinct::MAX_POSITIONS
            ),
            "shorten the [sample]",
        ));
    }
    Ok(eligible)
}

/// The eligible rows but those with a hole among the relative days `needed`.
///
/// # Errors
///
/// None is left.
pub(super) fn without_holes(
    eligible: EligibleRows,
    test: &TestSpec,
    needed: [i32; 2],
    sample: &Sample,
    place: impl Fn(&str) -> String,
) -> Result<EligibleRows> {
    let mut eligible = eligible;
    let before = eligible.rows.len();
    let is_whole = |row: &usize| sample.hole_within(*row, needed, test.wraps()).is_none();
    eligible.rows.retain(is_whole);
    let [first, last] = test.window;
    if eligible.rows.is_empty() {
        return Err(Error::input(
            place("window"),
            format!("every window [{first}, {last}] lies over a hole of the data"),
            "shorten the window, or load the dates that are missing",
        ));
    }
    let over = before - eligible.rows.len();
    if over > 0 {
        eligible.ineligible += &format!(
            "; {} whose window lies over a hole of the data",
            counted(over)
        );
    }
    Ok(eligible)
}

/// The eligible rows but those of blackout dates and, where the test says so, those near its events.
///
/// # Errors
///
/// None is left.
pub(super) fn without(
    eligible: EligibleRows,
    test: &TestSpec,
    blackout: Option<&EventRows>,
    events: &EventRows,
    sample: &Sample,
    place: impl Fn(&str) -> String,
) -> Result<EligibleRows> {
    let mut eligible = eligible;
    let taken_out = [
        (
            blackout,
            test.blackout.as_ref().map(|spec| spec.margin),
            test.blackout
                .as_ref()
                .map_or_else(String::new, |spec| format!("{spec}")),
            "blackout",
        ),
        (
            Some(events),
            test.avoid_events,
            "the events".to_owned(),
            "avoid_events",
        ),
    ];
    for (dates, margin, of, key) in taken_out {
        let (Some(dates), Some(margin)) = (dates, margin) else {
            continue;
        };
        let before = eligible.rows.len();
        let rows = dates
            .events
            .iter()
            .map(|date| date.row as i64 - sample.first_row as i64);
        let rows: Vec<i64> = rows.collect();
        let near = |row: usize| {
            let row = row as i64;
            rows.iter().any(|&out| {
                let is_near = (row - out).abs() <= i64::from(margin);
                is_near && sample.holes_before(row) == sample.holes_before(out)
            })
        };
        eligible.rows.retain(|&row| !near(row));
        if eligible.rows.is_empty() {
            return Err(Error::input(
                place(key),
                format!("no eligible date is left without {of}"),
                "take a smaller margin, or list fewer dates",
            ));
        }
        let out = before - eligible.rows.len();
        if key == "avoid_events" {
            eligible.avoided = out;
        }
        let within = match margin {
            0 => String::new(),
            margin => format!(" (within {margin} rows)"),
        };
        eligible.ineligible += &format!("; {} of {of}{within}", counted(out));
    }
    Ok(eligible)
}

/// The eligible rows that have a stratum in a file of days, `strata`.
///
/// # Errors
///
/// None is left.
pub(super) fn stratified(
    eligible: EligibleRows,
    spec: &ColumnSpec,
    strata: &EventRows,
    sample: &Sample,
    place: impl Fn(&str) -> String,
    rules: &mut Vec<String>,
) -> Result<EligibleRows> {
    let mut eligible = eligible;
    let known: HashSet<usize> = strata
        .events
        .iter()
        .filter_map(|day| day.row.checked_sub(sample.first_row))
        .collect();
    let (rows, without): (Vec<usize>, Vec<usize>) =
        eligible.rows.iter().partition(|row| known.contains(row));
    eligible.rows = rows;
    let file = spec.file.as_deref().unwrap_or_default();
    if eligible.rows.is_empty() {
        return Err(Error::input(
            place("within"),
            format!("no eligible date has a `{}` in {file}", spec.column),
            "check the file and its dates",
        ));
    }
    if !without.is_empty() {
        let dates: Vec<Date> = without.iter().map(|&row| sample.dates[row]).collect();
        let of = format!(
            "{} without a `{}` in {file}",
            counted(dates.len()),
            spec.column
        );
        rules.push(format!("within: {of} are not eligible: {}", list(&dates)));
        eligible.ineligible += &format!("; {of}");
    }
    Ok(eligible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_windows_between_ends_keep_two_days() {
        let overlapping =
            |rows, first, last| overlapping(rows, 0, [first, last], Measure::Endpoints);
        assert_eq!(overlapping(60, -15, 15), 0..60);
        // Row 54 ends at row 59 and later; row 55 would only have its first day.
        assert_eq!(overlapping(60, 5, 15), 0..54);
        assert_eq!(overlapping(60, -9, -3), 4..60);
        assert!(overlapping(60, 100, 120).is_empty());
        assert!(overlapping(1, -1, 1).is_empty());
    }

    #[test]
    fn cut_windows_of_sums_keep_a_change() {
        let overlapping =
            |rows, first_row, window| overlapping(rows, first_row, window, Measure::Cumulative);
        assert_eq!(overlapping(60, 0, [-15, 15]), 0..60);
        // Day 5 of row 54 is row 59, the last.
        assert_eq!(overlapping(60, 0, [5, 15]), 0..55);
        assert_eq!(overlapping(60, 0, [-9, -3]), 3..60);
        assert_eq!(overlapping(60, 1, [-9, -3]), 4..60);
        assert_eq!(overlapping(60, 1, [0, 0]), 1..60);
        assert_eq!(overlapping(1, 0, [0, 0]), 0..1);
        assert!(overlapping(1, 1, [0, 0]).is_empty());
        assert!(overlapping(60, 0, [100, 120]).is_empty());
    }
}
