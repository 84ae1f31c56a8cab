//! The events that a test counts.

use std::collections::HashSet;

use super::event_rows::{EventRow, EventRows};
use super::holes::Hole;
use super::pool::EligibleRows;
use super::rules::{dedup, gathered, places};
use super::sample::Sample;
use crate::error::{Cause, Error, Result};
use crate::study::{EventsSpec, Incomplete, SameDay};

/// An event with a usable window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountedEvent {
    /// Row of the sample.
    pub row: usize,
    /// Index of the group in the study's order.
    pub group: usize,
    /// Line in the file.
    pub line: u64,
    /// Where it stands, for messages.
    pub place: String,
}

/// The events with a usable window, in file order; they may repeat a row. `hole` finds the one that a
/// sample row's window lies over.
///
/// # Errors
///
/// An event outside the sample or without a full window, unless such events are dropped; a group
/// without events.
pub(super) fn counted_events<'a>(
    placed: &EventRows,
    spec: &EventsSpec,
    window: [i32; 2],
    hole: impl Fn(usize) -> Option<&'a Hole>,
    sample: &Sample,
    eligible: &EligibleRows,
    rules: &mut Vec<String>,
) -> Result<Vec<CountedEvent>> {
    let [first, last] = window;
    let mut counted = Vec::new();
    let mut taken = HashSet::new();
    let mut dropped = Vec::new();
    for event in &placed.events {
        let row = event
            .row
            .checked_sub(sample.first_row)
            .filter(|row| eligible.windows.contains(row));
        let hole = row.and_then(&hole);
        let Some(row) = row.filter(|_| hole.is_none()) else {
            let problem = match hole {
                Some(hole) => format!(
                    "the event's window [{first}, {last}] lies over a hole of the data, with {}",
                    hole.words()
                ),
                None => why_incomplete(event, window, sample, eligible),
            };
            if spec.incomplete == Incomplete::Error {
                return Err(Error::input(
                    &event.place,
                    problem,
                    "state [events] incomplete = \"drop\", filter the event out, shorten the window, or widen the [sample]",
                )
                .because(Cause::EventOutside {
                    date: event.date,
                    line: event.line,
                }));
            }
            dropped.push((event.place.clone(), problem));
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
        counted.push(CountedEvent {
            row,
            group: event.group,
            line: event.line,
            place: event.place.clone(),
        });
    }
    rules.extend(gathered(&dropped, |of, problem| {
        let events = match of.len() {
            1 => "event".to_owned(),
            several => format!("{several} events"),
        };
        format!(
            "{events} dropped at window [{first}, {last}]: {}: {problem}",
            places(of)
        )
    }));
    dedup(rules);
    let has_none = |&group: &usize| counted.iter().all(|event| event.group != group);
    match (0..placed.groups.len()).find(has_none) {
        None => Ok(counted),
        Some(empty) => Err(Error::input(
            spec.place(),
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
