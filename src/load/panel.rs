//! Dates by series.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::Reading;
use super::by_file;
use super::columnar;
use super::csv::TextTable;
use super::kind::{Kind, Opened};
use super::partition::differing;
use super::sentinel::{Suspect, suspect};
use super::source::name_of;
use super::spec::Missing;
use super::table::{Rows, Table, from_days};
use super::{FileHash, Source, did_you_mean, quoted_list};
use super::{layout, pattern};
use crate::error::Cause;
use crate::visible::visible;
use crate::{Error, Result};

/// Dates by series, ascending; what the calendar is built from.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Strictly ascending; every date that any file has, also those without a value.
    pub dates: Vec<Date>,
    /// The asked series, in the asked order.
    pub series: Vec<Series>,
    /// The files read, in the study's order.
    pub files: Vec<FileHash>,
    /// Rules that fired while reading, as sentences for the report.
    pub rules: Vec<String>,
}

/// One series of a [`Panel`].
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The source's own name, such as `10 Yr` or `DFII10`.
    pub name: String,
    /// One entry a date of the panel; finite.
    pub values: Vec<Option<f64>>,
}

/// Reads the study's files into one panel.
///
/// A series may come from several files. Where two of them have a value on the
/// same date, equal values are one (a stated rule) and different ones are an error.
pub fn load_panel(source: &Source, data: &Reading) -> Result<Panel> {
    if data.files.is_empty() {
        return Err(Error::input(
            "key data.files",
            "the list is empty",
            "Name at least one data file.",
        ));
    }
    let data = &shown(data);
    let tables = pattern::files(source, &data.files)?
        .iter()
        .map(|file| table(name_of(file), source.read(file)?, data))
        .collect::<Result<Vec<_>>>()?;
    fold(tables, data)
}

impl Panel {
    /// The panel of files that are in memory: pairs of a name, for messages and the
    /// manifest, and a content. An empty `series` takes every series.
    ///
    /// # Errors
    ///
    /// [`Error::Input`], naming the file and the place in it.
    pub fn from_bytes(files: &[(&str, &[u8])], series: &[String]) -> Result<Panel> {
        let data = &shown(&Reading {
            series: series.to_vec(),
            ..Reading::default()
        });
        let tables = files
            .iter()
            .map(|(file, bytes)| table(file, bytes.to_vec(), data))
            .collect::<Result<Vec<_>>>()?;
        fold(tables, data)
    }
}

/// The keys with names as files are read.
fn shown(data: &Reading) -> Reading {
    let name = |name: &String| visible(name).into_owned();
    Reading {
        series: data.series.iter().map(name).collect(),
        date_column: data.date_column.as_ref().map(name),
        series_column: data.series_column.as_ref().map(name),
        value_column: data.value_column.as_ref().map(name),
        ..data.clone()
    }
}

/// One file of any kind.
fn table(file: &str, bytes: Vec<u8>, data: &Reading) -> Result<Table> {
    let opened = Opened::of(file, bytes)?;
    match opened.kind {
        Kind::Csv => {
            let delimiter = data.delimiter.map(|delimiter| delimiter.sign());
            let text = TextTable::dated(opened, data.date_column.as_deref(), delimiter, false)?;
            layout::typed(&text, data)
        }
        _ => columnar::read(opened, data),
    }
}

/// Tables of any format to one panel. An empty list of series takes every one.
pub(super) fn fold(mut tables: Vec<Table>, data: &Reading) -> Result<Panel> {
    for table in &tables {
        table.check_order()?;
    }
    let split = by_file::split(&mut tables, &data.series);
    let tables = &tables[..];
    let names = match data.series.as_slice() {
        [] => all_names(tables, |table| &table.usual),
        asked => split.asked(asked),
    };
    check_found(tables, &names)?;

    let mut days: Vec<i32> = tables.iter().flat_map(Table::days).collect();
    days.sort_unstable();
    days.dedup();
    let mut panel = Panel {
        dates: panel_dates(tables, &days)?,
        series: Vec::with_capacity(names.len()),
        files: tables.iter().map(|table| table.file.clone()).collect(),
        rules: tables
            .iter()
            .flat_map(|table| &table.rules)
            .chain(&split.rules)
            .cloned()
            .collect(),
    };
    let marks: Vec<f64> = data.missing.iter().filter_map(Missing::number).collect();
    let rows_of: Vec<Vec<usize>> = tables
        .iter()
        .map(|table| rows(&table.days(), &days))
        .collect();

    let columns: Vec<HashMap<&str, usize>> = tables.iter().map(Table::columns).collect();

    let mut agreements = vec![Agreement::default(); tables.len()];
    for name in &names {
        let mut values = vec![None; days.len()];
        let mut missing = vec![0; marks.len()];
        for (t, table) in tables.iter().enumerate() {
            let Some(&column) = columns[t].get(name.as_str()) else {
                continue;
            };
            let mut equal = 0;
            for (row, value) in table.values(column).enumerate() {
                let Some(value) = value else { continue };
                if let Some(mark) = marks.iter().position(|&mark| mark == value) {
                    missing[mark] += 1;
                    continue;
                }
                let slot: &mut Option<f64> = &mut values[rows_of[t][row]];
                match *slot {
                    None => *slot = Some(value),
                    Some(earlier) if earlier == value => equal += 1,
                    Some(earlier) => {
                        return Err(conflict(&tables[..t], table, name, row, earlier, value));
                    }
                }
            }
            agreements[t].add(name, equal);
        }
        for (mark, times) in marks.iter().zip(missing).filter(|(_, times)| *times > 0) {
            panel.rules.push(format!(
                "`{name}`: {} of {mark} count as missing ([data] missing)",
                counted(times)
            ));
        }
        if let Some(Suspect { value, times }) = suspect(&values) {
            panel.rules.push(format!(
                "warning: `{name}` has {} of {value}, farther from those around it than any other; if that means that there is no value, state [data] missing = [{value}] (--missing={value})",
                counted(times)
            ));
        }
        panel.series.push(Series {
            name: name.clone(),
            values,
        });
    }
    for (table, agreement) in tables.iter().zip(agreements) {
        panel.rules.extend(agreement.rule(&table.file.file));
    }
    Ok(panel)
}

/// A file's name without its folder and endings, for the names of its series.
pub(super) fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    match name.find('.') {
        Some(end) if end > 0 => &name[..end],
        _ => name,
    }
}

fn counted(times: usize) -> String {
    match times {
        1 => "1 value".to_owned(),
        times => format!("{times} values"),
    }
}

/// Every series of some of each table's, in the order of first appearance.
fn all_names(tables: &[Table], of: impl Fn(&Table) -> &Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = tables.iter().flat_map(of);
    names.filter(|name| seen.insert(*name)).cloned().collect()
}

fn check_found(tables: &[Table], names: &[String]) -> Result<()> {
    let known: HashSet<&str> = tables
        .iter()
        .flat_map(|table| table.names.iter().map(String::as_str))
        .collect();
    let Some(unknown) = names.iter().find(|name| !known.contains(name.as_str())) else {
        return Ok(());
    };
    let known = all_names(tables, |table| &table.names);
    let known = || known.iter().map(String::as_str);
    Err(Error::input(
        "key data.series",
        format!("no file has a series `{unknown}`"),
        format!(
            "{}The files have {}.",
            did_you_mean(unknown, known()),
            quoted_list(known())
        ),
    )
    .because(Cause::UnknownName {
        kind: "series",
        name: unknown.clone(),
    }))
}

/// The panel's dates; a file of another format could hold days beyond the calendar.
fn panel_dates(tables: &[Table], days: &[i32]) -> Result<Vec<Date>> {
    let date = |&day: &i32| {
        from_days(day).ok_or_else(|| {
            let table = tables.iter().find(|table| table.days().contains(&day));
            let file = table.map_or("data", |table| table.file.file.as_str());
            Error::input(
                file,
                format!("day {day} since 1970 is no date of the years -9999 to 9999"),
                "Correct the column of dates.",
            )
        })
    };
    days.iter().map(date).collect()
}

/// Each row's place among the panel's days.
fn rows(table_days: &[i32], days: &[i32]) -> Vec<usize> {
    let place: HashMap<i32, usize> = days.iter().enumerate().map(|(i, &day)| (day, i)).collect();
    table_days.iter().map(|day| place[day]).collect()
}

/// Two values of one series on one date, the second in `row` of `last`.
fn conflict(
    others: &[Table],
    last: &Table,
    series: &str,
    row: usize,
    earlier: f64,
    value: f64,
) -> Error {
    let day = last.days()[row];
    let first = others.iter().find_map(|table| {
        let row = table.days().iter().position(|&other| other == day)?;
        let column = *table.columns().get(series)?;
        table.values(column).nth(row)??;
        Some((table, row))
    });
    let by_folder = first.and_then(|(table, _)| differing(&table.file.file, &last.file.file));
    let remedy = match (by_folder, &last.rows) {
        (Some(column), Rows::Numbered) => format!(
            "Name the series by the files' folders: [data] series_column = \"{}\" (--series-column).",
            visible(&column)
        ),
        _ => "Remove one of the two values, or leave one file out of `files`.".to_owned(),
    };
    let first = first.map(|(table, row)| format!("{}, {}", table.file.file, table.rows.name(row)));
    let date = from_days(day).map_or_else(String::new, |date| format!(" on {date}"));
    Error::input(
        format!(
            "{}, {}, column {series}",
            last.file.file,
            last.rows.name(row)
        ),
        format!(
            "`{series}` is {value}{date}, but {earlier} in {}",
            first.unwrap_or_default()
        ),
        remedy,
    )
}

/// Values of one file that an earlier file had too, and equal.
#[derive(Debug, Clone, Default)]
struct Agreement {
    values: usize,
    series: Vec<String>,
}

impl Agreement {
    fn add(&mut self, series: &str, values: usize) {
        if values > 0 {
            self.values += values;
            self.series.push(series.to_owned());
        }
    }

    fn rule(&self, file: &str) -> Option<String> {
        (self.values > 0).then(|| {
            format!(
                "{file}: {} values of {} are in an earlier file too; they are equal and count once",
                self.values,
                quoted_list(self.series.iter().map(String::as_str))
            )
        })
    }
}

#[cfg(test)]
mod tests;
