//! Where the events stand on a draft's rows, which window fits them, and what could group them.

use std::collections::{BTreeSet, HashSet};

use jiff::civil::Date;

use super::rows::Rows;
use crate::load::Columns;
use crate::question::events::event_rows::row_from;
use crate::{Error, Result};

/// Relative days on each side of an event, where there is room for them.
const USUAL_DAYS: usize = 5;

/// A window fits when this many dates, and twice as many as events, have it whole.
const ROOM: usize = 20;

/// The events on the sample's rows.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// Days of the window on each side of an event.
    pub days: usize,
    /// Events inside the data on dates that are no rows.
    pub off_calendar: Vec<Date>,
    /// Events without a whole window in the sample.
    pub incomplete: Vec<Date>,
    /// Events on the row of an earlier one.
    pub same_day: Vec<Date>,
    /// By event, in the file's order: whether it has a whole window.
    counted: Vec<bool>,
}

impl Placed {
    /// Places events; those on no row go to the row after. The first `lead` rows have no daily change,
    /// nor has one after a hole.
    ///
    /// # Errors
    ///
    /// No event has a day of data on either side, or no other date could stand in for the events.
    pub fn on(rows: &Rows, events: &[Date], lead: usize, file: &str) -> Result<Self> {
        let mut off_calendar = Vec::new();
        let at: Vec<Option<usize>> = events
            .iter()
            .map(|event| {
                let row = row_from(*event, &rows.calendar)?;
                if rows.calendar.dates[row] != *event {
                    off_calendar.push(*event);
                }
                Some(row)
            })
            .collect();

        let whole: Vec<HashSet<usize>> = (0..=USUAL_DAYS)
            .map(|days| rows.whole(days, lead).collect())
            .collect();
        let has_whole = |days: usize, row: &usize| whole[days].contains(row);
        let placed = |days: usize| {
            at.iter()
                .flatten()
                .filter(|row| has_whole(days, row))
                .count()
        };
        let distinct = |days: usize| {
            let rows: HashSet<usize> = at.iter().flatten().copied().collect();
            rows.iter().filter(|row| has_whole(days, row)).count()
        };
        let fits = |&days: &usize| {
            let most = placed(days) * 2 >= placed(1);
            most && placed(days) > 0 && whole[days].len() >= ROOM.max(2 * distinct(days))
        };
        let days = (1..=USUAL_DAYS).rev().find(fits).unwrap_or(1);
        if distinct(days) == 0 || whole[days].len() <= distinct(days) {
            let (first, last) = rows.span();
            return Err(Error::input(
                file,
                format!(
                    "the data, {first} to {last}, leave no room for placebo dates: {} date(s) have a day of data on both sides, and {} of them hold events",
                    whole[days].len(),
                    distinct(days)
                ),
                "Load data from well before the first event to well after the last; check the dates of both files.",
            ));
        }

        let counted: Vec<bool> = at
            .iter()
            .map(|row| row.is_some_and(|row| has_whole(days, &row)))
            .collect();
        let mut taken = HashSet::new();
        let mut incomplete = Vec::new();
        let mut same_day = Vec::new();
        for ((event, row), &counted) in events.iter().zip(&at).zip(&counted) {
            if !counted {
                incomplete.push(*event);
            } else if !taken.insert(row) {
                same_day.push(*event);
            }
        }
        Ok(Placed {
            days,
            off_calendar,
            incomplete,
            same_day,
            counted,
        })
    }

    /// How many events have a whole window, and of how many.
    pub fn count(&self) -> (usize, usize) {
        (
            self.counted.iter().filter(|&&c| c).count(),
            self.counted.len(),
        )
    }
}

/// A column that could name groups of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupColumn {
    /// Its name.
    pub name: String,
    /// Its values in the order of appearance, with their events.
    pub groups: Vec<(String, usize)>,
}

impl GroupColumn {
    /// The columns with two to six values, each shared by two events or more that are counted.
    pub fn among(columns: &Columns, date: usize, placed: &Placed) -> Vec<Self> {
        (0..columns.names().len())
            .filter(|&column| column != date)
            .filter_map(|column| {
                let cells = columns.cells(column);
                // The loader takes neither for a group's name.
                if cells.contains(&"") || cells.contains(&"all") {
                    return None;
                }
                if !(2..=6).contains(&cells.iter().collect::<BTreeSet<_>>().len()) {
                    return None;
                }
                let mut groups: Vec<(String, usize)> = Vec::new();
                for (cell, &counted) in cells.iter().zip(&placed.counted) {
                    match groups.iter_mut().find(|(name, _)| name == cell) {
                        Some((_, events)) => *events += usize::from(counted),
                        None => groups.push(((*cell).to_owned(), usize::from(counted))),
                    }
                }
                groups
                    .iter()
                    .all(|(_, events)| *events >= 2)
                    .then(|| GroupColumn {
                        name: columns.names()[column].clone(),
                        groups,
                    })
            })
            .collect()
    }
}
