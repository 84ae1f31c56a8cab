//! The events that a test counts, group by group.

use std::collections::HashSet;

use super::dedup;
use super::event_rows::{EventRow, EventRows};
use super::pool::EligibleRows;
use super::sample::Sample;
use crate::error::{Error, Result};
use crate::study::{EventsSpec, Incomplete, SameDay};

/// The sample rows of the events with a usable window, a group a list; they may repeat a row.
///
/// # Errors
///
/// An event outside the sample or without a full window, unless such events are dropped; a group
/// without events.
pub(super) fn event_groups(
    placed: &EventRows,
    spec: &EventsSpec,
    window: [i32; 2],
    sample: &Sample,
    eligible: &EligibleRows,
    rules: &mut Vec<String>,
) -> Result<Vec<Vec<usize>>> {
    let [first, last] = window;
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); placed.groups.len()];
    let mut taken = HashSet::new();
    for event in &placed.events {
        let row = event
            .row
            .checked_sub(sample.first_row)
            .filter(|row| eligible.windows.contains(row));
        let Some(row) = row else {
            let problem = why_incomplete(event, window, sample, eligible);
            if spec.incomplete == Incomplete::Error {
                return Err(Error::input(
                    &event.place,
                    problem,
                    "state [events] incomplete = \"drop\", filter the event out, shorten the window, or widen the [sample]",
                ));
            }
            rules.push(format!(
                "event dropped at window [{first}, {last}]: {}: {problem}",
                event.place
            ));
            continue;
        };
        let same_day = !taken.insert((event.group, row));
        if same_day && spec.same_day == SameDay::Unique {
            rules.push(format!(
                "same day: {} shares {} with another event{}, counted once",
                event.place,
                sample.dates[row],
                of_group(&placed.groups, event.group),
            ));
            continue;
        }
        groups[event.group].push(row);
    }
    dedup(rules);
    match groups.iter().position(Vec::is_empty) {
        None => Ok(groups),
        Some(empty) => Err(Error::input(
            &spec.file,
            format!(
                "no event{} has a whole window [{first}, {last}] in the sample",
                of_group(&placed.groups, empty)
            ),
            "check [events] filter and groups, shorten the window, or widen the [sample]",
        )),
    }
}

fn why_incomplete(
    event: &EventRow,
    [first, last]: [i32; 2],
    sample: &Sample,
    eligible: &EligibleRows,
) -> String {
    let dates = &sample.dates;
    let inside = event
        .row
        .checked_sub(sample.first_row)
        .is_some_and(|row| row < dates.len());
    if inside {
        format!(
            "the event has no full window [{first}, {last}] in the sample; dates with one run from {} to {}",
            dates[eligible.windows.start],
            dates[eligible.windows.end - 1]
        )
    } else {
        format!(
            "the event is outside the sample, {} to {}",
            dates[0],
            dates[dates.len() - 1]
        )
    }
}

fn of_group(groups: &[String], group: usize) -> String {
    if groups.len() > 1 {
        format!(" of group `{}`", groups[group])
    } else {
        String::new()
    }
}
