//! Where the dates of files beside the events stand on the calendar.

use std::collections::HashMap;

use jiff::civil::Date;

use super::calendar::Calendar;
use super::compile::TestFiles;
use super::event_rows::{EventRow, EventRows, span, stretch};
use super::sample::{LISTED, list};
use crate::error::{Error, Result};
use crate::load::{Events, SideRows};
use crate::study::{BlackoutSpec, DatesSpec, EventsSpec, OffRows, Parts, SideSpec, TestSpec};

/// The files of a test on the calendar.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sides {
    /// The dates of the pool `list`.
    pub dates: Option<EventRows>,
    pub blackout: Option<EventRows>,
    /// The days of a file of strata.
    pub within: Option<EventRows>,
    /// The days of a file of clusters.
    pub cluster: Option<EventRows>,
    /// The dates of sets, in file order.
    pub sets: Option<EventRows>,
}

impl Sides {
    /// Places the files that `test` reads and adds to `rules` what was done with their dates.
    ///
    /// # Errors
    ///
    /// A date that is no calendar row and that no key takes, or two values for one row.
    pub(super) fn new(
        test: &TestSpec,
        files: &TestFiles,
        events: &EventsSpec,
        calendar: &Calendar,
        rules: &mut Vec<String>,
    ) -> Result<Self> {
        let mut placed = |spec: Option<SideSpec>, dates: Option<&Events>| match (spec, dates) {
            (Some(spec), Some(dates)) => {
                rules.extend(dates.rules.iter().cloned());
                match spec.file.rows {
                    // Their rows are the events', by line.
                    SideRows::Events => Ok(None),
                    _ => place(dates, &spec, calendar, rules).map(Some),
                }
            }
            _ => Ok(None),
        };
        let parts = |key, parts: &Option<Parts>| parts.as_ref().and_then(|p| p.side(key, events));
        let sets = files.sets.as_ref().map(|(sets, _)| sets);
        Ok(Sides {
            dates: placed(
                test.dates.as_ref().map(DatesSpec::side),
                files.dates.as_ref(),
            )?,
            blackout: placed(
                test.blackout.as_ref().map(BlackoutSpec::side),
                files.blackout.as_ref(),
            )?,
            within: placed(parts("within", &test.within), files.within.as_ref())?,
            cluster: placed(parts("cluster", &test.cluster), files.cluster.as_ref())?,
            sets: placed(test.sets.as_ref().map(|sets| sets.as_sets()), sets)?,
        })
    }
}

/// What becomes of one date.
enum Place {
    Row(usize),
    /// No row, and moved to this one.
    Moved(usize),
    /// No row, and left out.
    NoRow,
    /// Before the first row, after the last, or in a hole.
    Outside,
}

/// Places every date of a file, and its value.
fn place(
    dates: &Events,
    spec: &SideSpec,
    calendar: &Calendar,
    rules: &mut Vec<String>,
) -> Result<EventRows> {
    let (first, last) = span(calendar);
    let or_hole = match calendar.holes.as_slice() {
        [] => "",
        _ => ", with holes",
    };
    let (mut outside, mut no_rows, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    let mut groups: Vec<String> = Vec::new();
    let mut group_of: HashMap<&str, usize> = HashMap::new();
    let mut events = Vec::new();
    for event in &dates.rows {
        let found = match row_of(event.date, spec.off_calendar, calendar) {
            Some(Place::Moved(row)) => {
                moved.push((event.date, row));
                Some(row)
            }
            Some(Place::Row(row)) => Some(row),
            Some(Place::NoRow) => {
                no_rows.push(event.date);
                continue;
            }
            Some(Place::Outside) => None,
            None => {
                return Err(Error::input(
                    dates.place(event),
                    "the date is no calendar row",
                    format!(
                        "correct it, or say in `{}` where such dates go: off_calendar = \"back\"{}",
                        spec.file.key,
                        match spec.file.rows {
                            SideRows::Sets => " or \"forward\"",
                            _ => ", \"forward\" or \"drop\"",
                        }
                    ),
                ));
            }
        };
        let row = found.and_then(|row| {
            let moved = row.checked_add_signed(spec.shift as isize);
            moved.filter(|moved| calendar.unbroken(row).contains(moved))
        });
        let Some(row) = row else {
            if spec.file.rows == SideRows::Sets {
                return Err(Error::input(
                    dates.place(event),
                    format!("the date is outside the data, which span {first} to {last}{or_hole}"),
                    "take its set out of the file, or load more data",
                ));
            }
            outside.push(event.date);
            continue;
        };
        let group = *group_of.entry(&event.group).or_insert_with(|| {
            groups.push(event.group.clone());
            groups.len() - 1
        });
        events.push(EventRow {
            row,
            group,
            date: event.date,
            line: event.line,
            place: dates.place(event),
        });
    }
    let again = match spec.file.rows {
        SideRows::Dates | SideRows::Labels => {
            repeats(&events, &groups, spec, calendar, dates.numbered)?
        }
        SideRows::Events | SideRows::Sets => 0,
    };

    let of = format!("{} {}", spec.file.key, spec.file.file);
    if !no_rows.is_empty() {
        rules.push(format!(
            "{of}: {} of no calendar row left out: {}",
            counted(no_rows.len()),
            list(&no_rows)
        ));
    }
    if !moved.is_empty() {
        let shown = moved.iter().take(LISTED);
        let shown: Vec<String> = shown
            .map(|(date, row)| format!("{date} to {}", calendar.dates[*row]))
            .collect();
        let more = match moved.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        rules.push(format!(
            "{of}: {} of no calendar row moved {}: {}{more}",
            counted(moved.len()),
            spec.off_calendar.name(),
            shown.join(", ")
        ));
    }
    if !outside.is_empty() {
        rules.push(format!(
            "{of}: {} outside the data ({first} to {last}{or_hole}) left out: {}",
            counted(outside.len()),
            list(&outside)
        ));
    }
    if spec.shift != 0 {
        rules.push(format!(
            "{of}: every date is moved by {} calendar row(s)",
            spec.shift
        ));
    }
    if again > 0 {
        rules.push(format!(
            "{of}: {} on the row of an earlier one count once",
            counted(again)
        ));
    }
    Ok(EventRows {
        groups,
        events,
        listed: dates.rows.len(),
        rules: Vec::new(),
    })
}

pub(super) fn counted(dates: usize) -> String {
    match dates {
        1 => "1 date".to_owned(),
        dates => format!("{dates} dates"),
    }
}

/// Where a date stands; `None` where it is no row and that is refused.
fn row_of(date: Date, off_calendar: OffRows, calendar: &Calendar) -> Option<Place> {
    let rows = &calendar.dates;
    let after = match rows.binary_search(&date) {
        Ok(row) => return Some(Place::Row(row)),
        Err(after) => after,
    };
    // The weekends at the ends, and about holes, belong to the rows beside them.
    let Some(beside) = stretch(date, calendar) else {
        return Some(Place::Outside);
    };
    let between = rows[beside.start]..rows[beside.end - 1];
    let moved = match off_calendar {
        OffRows::Back => after.checked_sub(1),
        OffRows::Forward => Some(after),
        OffRows::Error | OffRows::Drop if !between.contains(&date) => None,
        OffRows::Error => return None,
        OffRows::Drop => return Some(Place::NoRow),
    };
    let moved = moved.filter(|row| beside.contains(row));
    Some(moved.map_or(Place::Outside, Place::Moved))
}

/// How many dates stand on the row of an earlier one.
///
/// # Errors
///
/// Two values for one row.
fn repeats(
    events: &[EventRow],
    groups: &[String],
    spec: &SideSpec,
    calendar: &Calendar,
    numbered: bool,
) -> Result<usize> {
    let mut first: HashMap<usize, (usize, u64)> = HashMap::new();
    for event in events {
        let (group, line) = *first.entry(event.row).or_insert((event.group, event.line));
        if group != event.group {
            return Err(Error::input(
                format!(
                    "{}, {} {line} and {}",
                    spec.file.file,
                    if numbered { "rows" } else { "lines" },
                    event.line
                ),
                format!(
                    "the calendar row {} has two values of `{}`: `{}` and `{}`",
                    calendar.dates[event.row],
                    spec.file.column.as_deref().unwrap_or_default(),
                    groups[group],
                    groups[event.group]
                ),
                match spec.off_calendar {
                    OffRows::Back | OffRows::Forward => format!(
                        "keep one value a row: where dates that are no rows have values of their own, leave `off_calendar` out of `{}`",
                        spec.file.key
                    ),
                    OffRows::Error | OffRows::Drop => "keep one row a date".to_owned(),
                },
            ));
        }
    }
    Ok(events.len() - first.len())
}
