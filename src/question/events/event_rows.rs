//! Where events stand on the calendar.

use std::ops::{Range, RangeInclusive};

use jiff::civil::{Date, Weekday};

use super::calendar::Calendar;
use super::holes::Hole;
use super::rules::{gathered, places};
use crate::error::{Cause, Error, Result};
use crate::load::{Event, Events};
use crate::study::{EventsSpec, Incomplete, OffCalendar};

/// An event on a calendar row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventRow {
    /// Row of the calendar.
    pub row: usize,
    /// Index of the group in the study's order.
    pub group: usize,
    /// Its own date, which the row's may differ from.
    pub date: Date,
    /// Line in the file.
    pub line: u64,
    /// `events.csv, line 7 (2024-02-04)`.
    pub place: String,
}

/// Groups, events on rows, and the rules that fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventRows {
    /// Group names in the order that differences take.
    pub groups: Vec<String>,
    /// In file order.
    pub events: Vec<EventRow>,
    /// Events in the file, those dropped here among them.
    pub listed: usize,
    /// Sentences for the report.
    pub rules: Vec<String>,
}

impl EventRows {
    /// The events of some groups, in the order of `groups`; all of them when none is named.
    ///
    /// # Errors
    ///
    /// The groups that no event has.
    pub(super) fn of_groups(&self, groups: &[String]) -> std::result::Result<EventRows, String> {
        if groups.is_empty() {
            return Ok(self.clone());
        }
        if let Some(unknown) = groups.iter().find(|group| !self.groups.contains(group)) {
            return Err(unknown.clone());
        }
        let events = self.events.iter().filter_map(|event| {
            let group = groups.iter().position(|g| *g == self.groups[event.group])?;
            Some(EventRow {
                group,
                ..event.clone()
            })
        });
        Ok(EventRows {
            groups: groups.to_vec(),
            events: events.collect(),
            ..self.clone()
        })
    }
}

/// Places every event on the calendar.
///
/// # Errors
///
/// An event off the calendar or outside the data, unless a rule of the study takes it.
pub(super) fn place(events: &Events, spec: &EventsSpec, calendar: &Calendar) -> Result<EventRows> {
    let groups = if spec.groups.is_empty() {
        let mut seen: Vec<String> = Vec::new();
        for event in &events.rows {
            if !seen.contains(&event.group) {
                seen.push(event.group.clone());
            }
        }
        seen
    } else {
        spec.groups.clone()
    };
    let mut rules = Vec::new();
    let (mut moved, mut dropped) = (Vec::new(), Vec::new());
    let mut placed = Vec::new();
    for event in &events.rows {
        let place = events.place(event);
        match row_of(event, spec, calendar, &place, &mut moved)? {
            Some(row) => placed.push(EventRow {
                row,
                group: groups
                    .iter()
                    .position(|g| *g == event.group)
                    .ok_or_else(|| {
                        Error::input(
                            &place,
                            format!("group `{}` is not in [events] groups", event.group),
                            "add it to the list, or filter the row out",
                        )
                        .because(Cause::UnknownName {
                            kind: "group",
                            name: event.group.clone(),
                        })
                    })?,
                date: event.date,
                line: event.line,
                place,
            }),
            None => dropped.push((place, outside(event.date, spec, calendar))),
        }
    }
    rules.extend(gathered(&moved, |of, word| {
        let events = match of.len() {
            1 => "event".to_owned(),
            several => format!("{several} events"),
        };
        format!("{events} off the calendar moved {word}: {}", places(of))
    }));
    rules.extend(gathered(&dropped, |of, why| match of {
        [one] => format!("event dropped: {one} is {why}"),
        several => format!(
            "{} events dropped: {} are {why}",
            several.len(),
            places(several)
        ),
    }));
    if spec.shift != 0 {
        rules.push(format!(
            "every event is moved by {} calendar row(s)",
            spec.shift
        ));
    }
    Ok(EventRows {
        groups,
        events: placed,
        listed: events.rows.len(),
        rules,
    })
}

/// The row of an event, and among `moved` where it has gone; `None` when it lies outside the data and such events are dropped.
fn row_of(
    event: &Event,
    spec: &EventsSpec,
    calendar: &Calendar,
    place: &str,
    moved: &mut Vec<(String, String)>,
) -> Result<Option<usize>> {
    let dates = &calendar.dates;
    let stretch = stretch(event.date, calendar);
    let row = match (dates.binary_search(&event.date), &stretch) {
        (Ok(row), _) => Some(row + usize::from(event.after_close)),
        (Err(after), Some(rows)) => {
            let (row, word) = match spec.off_calendar {
                // What comes after the close cannot move the market of the row before.
                OffCalendar::Back if !event.after_close => (after.checked_sub(1), "back"),
                OffCalendar::Back | OffCalendar::Forward => (Some(after), "forward"),
                OffCalendar::Error => {
                    return Err(Error::input(
                        place,
                        "the event is on a date that is no calendar row",
                        "state [events] off_calendar = \"back\" or \"forward\", or correct the date",
                    )
                    .because(outside_data(event)));
                }
            };
            let row = row.filter(|row| rows.contains(row));
            if let Some(row) = row {
                moved.push((format!("{place} to {}", dates[row]), word.to_owned()));
            }
            row
        }
        (Err(_), None) => None,
    };
    let row = row
        .and_then(|row| row.checked_add_signed(spec.shift as isize))
        .filter(|row| stretch.as_ref().is_some_and(|rows| rows.contains(row)));
    if row.is_none() && spec.incomplete == Incomplete::Error {
        let moved = match (&stretch, spec.shift) {
            (Some(_), shift) if shift != 0 => format!("moved by shift = {shift}, "),
            (Some(_), _) if event.after_close => "after the close, and so on the next row, ".into(),
            _ => String::new(),
        };
        return Err(Error::input(
            place,
            format!(
                "{moved}the event is {}",
                outside(event.date, spec, calendar)
            ),
            "load more data, filter the event out, or state [events] incomplete = \"drop\"",
        )
        .because(outside_data(event)));
    }
    Ok(row)
}

fn outside_data(event: &Event) -> Cause {
    Cause::EventOutside {
        date: event.date,
        line: event.line,
    }
}

/// First and last date; the calendar is not empty.
pub(super) fn span(calendar: &Calendar) -> (Date, Date) {
    let dates = &calendar.dates;
    (dates[0], dates[dates.len() - 1])
}

/// The row of a date, or the next one after it; `None` where that lies outside the data or over a hole.
pub(crate) fn row_from(date: Date, calendar: &Calendar) -> Option<usize> {
    let rows = stretch(date, calendar)?;
    let row = calendar.dates.partition_point(|&row| row < date);
    rows.contains(&row).then_some(row)
}

/// The rows between two holes, or a hole and an end of the data, among which a date lies: on the dates
/// from the first of them to the last, with the weekends about these.
pub(super) fn stretch(date: Date, calendar: &Calendar) -> Option<Range<usize>> {
    let dates = &calendar.dates;
    // The rows before a date and after it may belong to two stretches.
    let after = dates.partition_point(|&row| row < date);
    let rows = [after.saturating_sub(1), after.min(dates.len() - 1)];
    rows.map(|row| calendar.unbroken(row))
        .into_iter()
        .find(|rows| with_weekends(dates[rows.start], dates[rows.end - 1]).contains(&date))
}

/// Where an event without a row is: in a hole, or beside the data; the calendar is not empty.
fn outside(date: Date, spec: &EventsSpec, calendar: &Calendar) -> String {
    let dates = &calendar.dates;
    let back = spec.shift < 0 || (spec.shift == 0 && spec.off_calendar == OffCalendar::Back);
    let hole = match stretch(date, calendar) {
        Some(rows) => {
            let row = if back { rows.start } else { rows.end };
            calendar.holes.iter().find(|hole| hole.row == row)
        }
        None => {
            let around = |hole: &&Hole| hole.dates[0] < date && date < hole.dates[1];
            calendar.holes.iter().find(around)
        }
    };
    match hole {
        Some(hole) => format!("at a hole of the data, with {}", hole.words()),
        None => format!(
            "outside the data, which span {} to {}",
            dates[0],
            dates[dates.len() - 1]
        ),
    }
}

/// A span of dates with the weekends before and after it, on which no row could be missing.
fn with_weekends(first: Date, last: Date) -> RangeInclusive<Date> {
    let weekend = |date: &Date| matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let before = std::iter::successors(first.yesterday().ok(), |date| date.yesterday().ok());
    let after = std::iter::successors(last.tomorrow().ok(), |date| date.tomorrow().ok());
    before.take_while(weekend).last().unwrap_or(first)
        ..=after.take_while(weekend).last().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekends_at_the_ends_belong_to_the_span() {
        // Monday to Friday, with both weekends.
        let span = with_weekends(date(2024, 1, 8), date(2024, 1, 12));
        assert_eq!(span, date(2024, 1, 6)..=date(2024, 1, 14));
        let span = with_weekends(date(2024, 1, 9), date(2024, 1, 11));
        assert_eq!(span, date(2024, 1, 9)..=date(2024, 1, 11));
    }
}
