//! Strata and clusters: dates and events parted by the calendar or by a column.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::{Date, Weekday};

use super::event_groups::CountedEvent;
use super::event_rows::EventRows;
use super::sample::Sample;
use crate::error::{Error, Result};
use crate::load::Events;
use crate::study::{CalendarUnit, ColumnSpec, Parts};

/// The part of each sample row, and of each event by its line.
pub(super) enum Parting<'a> {
    Unit(CalendarUnit),
    /// The file has a row a date.
    Rows(HashMap<usize, &'a str>, &'a ColumnSpec),
    /// The file is that of the events.
    Lines(HashMap<u64, &'a str>),
}

impl<'a> Parting<'a> {
    /// `column` holds the rows that [`Parts::side`] asks for, `placed` those of a file of its own on
    /// the calendar.
    ///
    /// # Errors
    ///
    /// The column was not read.
    pub(super) fn new(
        parts: &'a Parts,
        column: Option<&'a Events>,
        placed: Option<&'a EventRows>,
        sample: &Sample,
    ) -> Result<Self> {
        match (parts, column, placed) {
            (Parts::Calendar(unit), ..) => Ok(Parting::Unit(*unit)),
            (Parts::Column(spec), _, Some(placed)) => {
                let values = placed.events.iter().filter_map(|event| {
                    let row = event.row.checked_sub(sample.first_row)?;
                    Some((row, placed.groups[event.group].as_str()))
                });
                Ok(Parting::Rows(values.collect(), spec))
            }
            (Parts::Column(_), Some(column), None) => {
                let lines = column.rows.iter().map(|row| (row.line, row.group.as_str()));
                Ok(Parting::Lines(lines.collect()))
            }
            (Parts::Column(spec), None, None) => Err(Error::input(
                &spec.column,
                "the column was not read",
                "compile the study with its files",
            )),
        }
    }

    /// The part of a sample row; `None` where the file has no such date.
    pub(super) fn of_row(&self, row: usize, sample: &Sample) -> Option<String> {
        match self {
            Parting::Unit(unit) => Some(name(*unit, sample.dates[row])),
            Parting::Rows(values, _) => values.get(&row).map(|value| (*value).to_owned()),
            Parting::Lines(_) => None,
        }
    }

    /// The part of an event.
    ///
    /// # Errors
    ///
    /// The file has no row for it.
    pub(super) fn of_event(&self, event: &CountedEvent, sample: &Sample) -> Result<String> {
        let found = match self {
            Parting::Lines(values) => values.get(&event.line).map(|value| (*value).to_owned()),
            Parting::Unit(_) | Parting::Rows(..) => self.of_row(event.row, sample),
        };
        found.ok_or_else(|| {
            let place = match self {
                Parting::Rows(
                    _,
                    ColumnSpec {
                        file: Some(file),
                        column,
                        ..
                    },
                ) => {
                    format!("{file}, column {column}")
                }
                Parting::Rows(..) | Parting::Unit(_) | Parting::Lines(_) => "[events]".to_owned(),
            };
            Error::input(
                place,
                format!(
                    "there is no value for the event of {}",
                    sample.dates[event.row]
                ),
                "add a row with its date, or filter the event out",
            )
        })
    }
}

/// Indices by their names, names ascending.
pub(super) fn by_name(names: impl Iterator<Item = Option<String>>) -> BTreeMap<String, Vec<u32>> {
    let mut parts: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (index, name) in (0..).zip(names) {
        if let Some(name) = name {
            parts.entry(name).or_default().push(index);
        }
    }
    parts
}

/// The part of the calendar that a date is in.
pub(crate) fn name(unit: CalendarUnit, date: Date) -> String {
    let (year, month) = (date.year(), date.month());
    match unit {
        CalendarUnit::Day => date.to_string(),
        CalendarUnit::Weekday => match date.weekday() {
            Weekday::Monday => "Monday",
            Weekday::Tuesday => "Tuesday",
            Weekday::Wednesday => "Wednesday",
            Weekday::Thursday => "Thursday",
            Weekday::Friday => "Friday",
            Weekday::Saturday => "Saturday",
            Weekday::Sunday => "Sunday",
        }
        .to_owned(),
        CalendarUnit::Month => format!("{year}-{month:02}"),
        CalendarUnit::Quarter => format!("{year} Q{}", (month + 2) / 3),
        CalendarUnit::Year => year.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn parts_of_the_calendar() {
        let of = |unit| name(unit, date(2024, 11, 5));
        assert_eq!(of(CalendarUnit::Day), "2024-11-05");
        assert_eq!(of(CalendarUnit::Weekday), "Tuesday");
        assert_eq!(of(CalendarUnit::Month), "2024-11");
        assert_eq!(of(CalendarUnit::Quarter), "2024 Q4");
        assert_eq!(of(CalendarUnit::Year), "2024");
        assert_eq!(name(CalendarUnit::Quarter, date(2024, 3, 31)), "2024 Q1");
    }
}
