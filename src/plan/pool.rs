//! Which dates a null design draws from.

use std::ops::Range;

use super::event_rows::EventRows;
use super::sample::Sample;
use crate::error::{Error, Result};
use crate::null::Uniform;
use crate::study::{Pool, TestSpec};

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
}

/// The eligible rows of a test; `list` holds the dates of the pool `list`.
///
/// # Errors
///
/// No date is eligible, or more are than the design can address. `place` names a key of the test.
pub(super) fn eligible_rows(
    test: &TestSpec,
    list: Option<&EventRows>,
    sample: &Sample,
    place: impl Fn(&str) -> String,
) -> Result<EligibleRows> {
    let sample_rows = sample.dates.len();
    let [first, last] = test.window;
    let start = first.min(0).unsigned_abs() as usize;
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
    let without = |whole: &Range<usize>| {
        format!(
            "{} dates without a whole window [{first}, {last}] in the sample",
            sample_rows - whole.len()
        )
    };
    let eligible = match (test.pool, list) {
        (Pool::All, _) => EligibleRows {
            rows: (0..sample_rows).collect(),
            windows: 0..sample_rows,
            label: "all".into(),
            ineligible: "none, windows are cut at the sample's ends".into(),
        },
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
            }
        }
        (Pool::FullWindow | Pool::List, _) => EligibleRows {
            rows: whole.clone().collect(),
            ineligible: without(&whole),
            windows: whole,
            label: "full-window".into(),
        },
    };
    if eligible.rows.len() > Uniform::MAX_POSITIONS {
        return Err(Error::input(
            place("pool"),
            format!(
                "{} eligible dates; `uniform` draws from at most {}",
                eligible.rows.len(),
                Uniform::MAX_POSITIONS
            ),
            "shorten the [sample]",
        ));
    }
    Ok(eligible)
}
