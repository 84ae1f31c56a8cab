//! Event dates and their groups, and the dates of files beside the events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::as_text;
use super::csv::TextTable;
use super::date_format::{self, Asked};
use super::{EventList, FilterValue, SideFile, SideRows};
use super::{FileHash, Source, did_you_mean, quoted_list};
use crate::error::Cause;
use crate::visible::visible;
use crate::{Error, Result};

/// The group of every event when no column names groups, and in results the
/// name of all groups together.
pub(super) const ALL: &str = "all";

/// What states the order of the events' dates.
const DATE_KEY: [&str; 2] = ["[events] date_format", "--event-date-format"];

/// The event rows that the filter kept, in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    /// The rows.
    pub rows: Vec<Event>,
    /// The file read.
    pub file: FileHash,
    /// Rules that fired while reading (rows left out by a filter), for the report.
    pub rules: Vec<String>,
    /// Whether the rows have numbers, as the file is no text, and no lines.
    pub numbered: bool,
}

/// One event as its file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The date as announced; may be no trading day.
    pub date: Date,
    /// The group column's value; `all` when the study names no group column.
    pub group: String,
    /// Line in the file, or number of the row, for error messages.
    pub line: u64,
    /// Whether it was at or after the market's close, so that it counts on the row after its date.
    pub after_close: bool,
}

/// Reads the study's event file.
pub fn load_events(source: &Source, spec: &EventList) -> Result<Events> {
    if !spec.dates.is_empty() {
        let dates: Vec<String> = spec.dates.iter().map(Date::to_string).collect();
        let hash = FileHash::of(&spec.file, dates.join("\n").as_bytes());
        return events(
            TextTable::of_columns(hash, &[(spec.date.clone(), dates)])?,
            spec,
        );
    }
    events(
        as_text::read(source, &spec.file, Some(&visible(&spec.date)))?,
        spec,
    )
}

impl Events {
    /// `FILE, line LINE (DATE)` for one of the rows.
    pub fn place(&self, event: &Event) -> String {
        let word = match self.numbered {
            true => "row",
            false => "line",
        };
        format!("{}, {word} {} ({})", self.file.file, event.line, event.date)
    }

    /// The events in `bytes`, the content of the file that `spec` names.
    ///
    /// # Errors
    ///
    /// [`Error::Input`], naming the line and column.
    pub fn from_bytes(bytes: Vec<u8>, spec: &EventList) -> Result<Events> {
        let date = visible(&spec.date);
        events(as_text::of_bytes(&spec.file, bytes, Some(&date))?, spec)
    }
}

fn events(table: TextTable, spec: &EventList) -> Result<Events> {
    let date_column = column(&table, &spec.date, "events.date")?;
    let group_column = match &spec.group {
        Some(name) => Some(column(&table, name, "events.group")?),
        None => None,
    };
    if table.lines.is_empty() {
        return Err(Error::input(
            &spec.file,
            "there is a header but no event",
            "Add one row an event.",
        ));
    }

    let kept = filter(&table, &spec.filter, "event", "events.filter")?;
    let table = table.kept(&kept);
    let times = spec.times().map_err(|(key, problem, remedy)| {
        Error::input(format!("[events] {key}"), problem, remedy)
    })?;
    let time_column = match (&times, &spec.time) {
        (Some(times), Some(name)) => Some((times, column(&table, name, "events.time")?)),
        _ => None,
    };
    let asked = Asked {
        order: spec.date_format,
        key: Some(DATE_KEY),
        has_times: time_column.is_some_and(|(_, column)| column == date_column),
    };
    let groups: Option<Vec<&str>> = group_column.map(|column| table.cells(column).collect());
    if let (Some(column), Some(groups)) = (group_column, &groups) {
        for (row, group) in groups.iter().enumerate() {
            check_group(group, spec).map_err(|bad| table.refuse(row, column, bad.0, bad.1))?;
        }
    }
    let dates = date_format::days(&table, date_column, asked)?;
    let whens = match time_column {
        Some((times, column)) => times.whens(&table, (date_column, column), &dates.days)?,
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    for (row, &date) in dates.days.iter().enumerate() {
        let group = groups.as_ref().map_or(ALL, |groups| groups[row]);
        let when = whens.get(row);
        rows.push(Event {
            date: when.map_or(date, |when| when.date),
            group: visible(group).into_owned(),
            line: table.lines[row],
            after_close: when.is_some_and(|when| when.is_after),
        });
    }
    check_listed_groups(&rows, spec)?;
    let mut rules = table.rules.clone();
    rules.extend(dates.rules);
    rules.extend(
        time_column.map(|(times, column)| {
            times.rule(&spec.file, &table.header[column], &dates.days, &whens)
        }),
    );
    rules.extend(filter_rule(
        &spec.file,
        &spec.filter,
        kept.len(),
        rows.len(),
    ));
    let others = table.other_dates(date_column);
    if spec.date_is_found && !others.is_empty() {
        rules.push(format!(
            "{}: the dates are those of column `{}`; {} holds dates, too; [events] date (--event-date) names another",
            spec.file,
            spec.date,
            quoted_list(others)
        ));
    }
    Ok(Events {
        numbered: table.is_numbered(),
        rules,
        rows,
        file: table.file,
    })
}

/// Reads a file of dates beside the events; the value of a row is its group. Rows without a value are
/// left out where the file gives days their values, and refused elsewhere.
pub fn load_side(source: &Source, spec: &SideFile) -> Result<Events> {
    let table = as_text::read(source, &spec.file, Some(&visible(&spec.date)))?;
    let key = |of: &str| format!("{}.{of}", spec.key);
    let date_column = column(&table, &spec.date, &key("date"))?;
    let value_column = match &spec.column {
        Some(name) => Some(column(&table, name, &key("column"))?),
        None => None,
    };
    if table.lines.is_empty() {
        return Err(Error::input(
            &spec.file,
            "there is a header but no date",
            "Add one row a date.",
        ));
    }
    let kept = filter(&table, &spec.filter, "date", &key("filter"))?;
    let table = table.kept(&kept);
    let dates = date_format::days(&table, date_column, Asked::NOTHING)?;
    let values: Option<Vec<&str>> = value_column.map(|column| table.cells(column).collect());
    let (mut rows, mut without) = (Vec::new(), 0);
    for (row, &date) in dates.days.iter().enumerate() {
        let value = match (value_column, &values) {
            (Some(_), Some(values)) if !values[row].is_empty() => values[row],
            (Some(_), Some(_)) if spec.rows == SideRows::Labels => {
                without += 1;
                continue;
            }
            (Some(column), Some(_)) => {
                return Err(table.refuse(
                    row,
                    column,
                    "there is no value",
                    "Give the row one, or remove the row.",
                ));
            }
            _ => ALL,
        };
        rows.push(Event {
            date,
            group: visible(value).into_owned(),
            line: table.lines[row],
            after_close: false,
        });
    }
    let read = rows.len() + without;
    let mut rules = table.rules.clone();
    rules.extend(dates.rules);
    rules.extend(filter_rule(&spec.file, &spec.filter, kept.len(), read));
    if without > 0 {
        let column = spec.column.as_deref().unwrap_or_default();
        rules.push(format!(
            "{}: {without} of {read} rows have no `{column}`",
            spec.file
        ));
    }
    Ok(Events {
        numbered: table.is_numbered(),
        rows,
        file: table.file,
        rules,
    })
}

fn column(table: &TextTable, name: &str, key: &str) -> Result<usize> {
    let known = || table.header.iter().map(String::as_str);
    let name = &visible(name);
    known().position(|known| known == name).ok_or_else(|| {
        Error::input(
            format!("{}, header", table.file.file),
            format!("there is no column `{name}` (key {key})"),
            format!(
                "{}The columns are {}.",
                did_you_mean(name, known()),
                quoted_list(known())
            ),
        )
        .because(Cause::NoColumn {
            file: table.file.file.clone(),
            column: name.to_string(),
        })
    })
}

/// Which rows the filter keeps; a filter that keeps none is refused. `row` is what a row is, `key` the
/// filter's key.
fn filter(
    table: &TextTable,
    filter: &BTreeMap<String, FilterValue>,
    row: &str,
    key: &str,
) -> Result<Vec<bool>> {
    let mut kept = vec![true; table.lines.len()];
    for (name, wanted) in filter {
        let column = column(table, name, key)?;
        for (kept, cell) in kept.iter_mut().zip(table.cells(column)) {
            *kept &= wanted.accepts(cell);
        }
        if !kept.contains(&true) {
            let values: BTreeSet<&str> = table.cells(column).collect();
            return Err(Error::input(
                &table.file.file,
                format!("the filter {} leaves no {row}", describe(filter)),
                format!("Column `{name}` holds {}.", quoted_list(values)),
            ));
        }
    }
    Ok(kept)
}

fn filter_rule(
    file: &str,
    filter: &BTreeMap<String, FilterValue>,
    rows: usize,
    kept: usize,
) -> Vec<String> {
    match rows - kept {
        0 => Vec::new(),
        left_out => vec![format!(
            "{file}: the filter {} leaves out {left_out} of {rows} rows",
            describe(filter)
        )],
    }
}

fn describe(filter: &BTreeMap<String, FilterValue>) -> String {
    let clauses: Vec<String> = filter
        .iter()
        .map(|(column, value)| format!("{column} = {value}"))
        .collect();
    clauses.join(" and ")
}

/// A problem and its remedy, when the row's group cannot be used.
fn check_group(group: &str, spec: &EventList) -> std::result::Result<(), (String, String)> {
    if group.is_empty() {
        return Err((
            "the event has no group".to_owned(),
            "Name its group, or leave the row out with a filter.".to_owned(),
        ));
    }
    if group == ALL {
        return Err((
            "`all` is the name of all groups together".to_owned(),
            "Rename the group.".to_owned(),
        ));
    }
    let known = || spec.groups.iter().map(String::as_str);
    if !spec.groups.is_empty() && !known().any(|known| known == group) {
        return Err((
            format!("the group `{group}` is not one of {}", quoted_list(known())),
            format!(
                "{}Add it to `groups`, or leave the row out with a filter.",
                did_you_mean(group, known())
            ),
        ));
    }
    Ok(())
}

fn check_listed_groups(rows: &[Event], spec: &EventList) -> Result<()> {
    if spec.group.is_none() {
        return Ok(());
    }
    let empty = spec
        .groups
        .iter()
        .find(|group| !rows.iter().any(|row| row.group == **group));
    match empty {
        None => Ok(()),
        Some(group) => Err(Error::input(
            &spec.file,
            format!("the group `{group}` of `groups` has no event"),
            format!(
                "Take it out of `groups`, or check the filter; the kept rows have {}.",
                quoted_list(
                    rows.iter()
                        .map(|row| row.group.as_str())
                        .collect::<BTreeSet<_>>()
                )
            ),
        )
        .because(Cause::UnknownName {
            kind: "group",
            name: group.clone(),
        })),
    }
}

mod times;

#[cfg(test)]
mod tests;
