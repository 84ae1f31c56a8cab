//! Where a table stands in a text: its header, and what stands above, below and between.

use std::ops::Range;

use super::cell;
use super::csv::check_header;
use super::day::Written;
use super::records::{Records, usual_width};
use crate::visible::visible;
use crate::{Error, Result};

/// The names of columns and the rows below them.
pub(super) struct Heading {
    pub names: Vec<String>,
    /// The records that are rows.
    pub rows: Range<usize>,
    pub rules: Vec<String>,
}

/// Records looked at to find the column of dates.
const LOOKED_AT: usize = 1000;

impl Heading {
    /// The first record is the header, all others are rows.
    pub fn first(file: &str, records: &Records) -> Result<Self> {
        if records.len() == 0 {
            return Err(Error::input(
                file,
                "there is no header line",
                "Begin the file with a line of column names.",
            ));
        }
        let names: Vec<&str> = records.fields(0).collect();
        check_header(file, records.line(0), &names)?;
        Ok(Heading {
            names: shown_names(names.into_iter()),
            rows: 1..records.len(),
            rules: Vec::new(),
        })
    }

    /// The table around a column of dates. `date` is its name, where that is known. A `list` is of texts:
    /// a row whose date cannot be read is no line of units, and none of notes.
    pub fn of(file: &str, records: &Records, date: Option<&str>, list: bool) -> Result<Self> {
        let width = usual_width(records, 0..records.len());
        let named = date.and_then(|name| {
            let is = |field: &str| visible(field) == name;
            let record = (0..records.len()).find(|&record| records.fields(record).any(is))?;
            Some((record, records.fields(record).position(is)?))
        });
        let column = match named {
            Some((_, column)) => Some(column),
            None => date_column(records, width),
        };
        let is_day = |record: usize, column: usize| {
            records.width(record) == width && Written::of(records.field(record, column)).is_some()
        };
        let first = column.and_then(|column| {
            let start = named.map_or(0, |(record, _)| record + 1);
            (start..records.len()).find(|&record| is_day(record, column))
        });
        let (Some(column), Some(first)) = (column, first) else {
            return Self::first(file, records);
        };
        if first == 0 {
            return Self::first(file, records);
        }
        let mut found = Above {
            file,
            records,
            column,
            width,
            first,
            list,
        }
        .heading(named.map(|n| n.0))?;
        name_unnamed(&mut found.names);
        let is_note = |record: usize| {
            let is_whole = records.width(record) == width;
            (!list || !is_whole) && is_note(records, record, width, column)
        };
        let last = (first..records.len())
            .rev()
            .find(|&record| !is_note(record));
        let end = last.map_or(first, |last| last + 1);
        if let Some(text) = text_of(records, end) {
            let line = records.line(end);
            found.rules.push(match records.len() - end {
                1 => format!("{file}: line {line}, below the rows, is left out: `{text}`"),
                notes => format!(
                    "{file}: {notes} lines below the rows are left out, from line {line} on: `{text}`"
                ),
            });
        }
        Ok(Heading {
            rows: found.rows.start..end,
            ..found
        })
    }
}

/// The records above the first row.
struct Above<'a> {
    file: &'a str,
    records: &'a Records,
    /// The column of dates.
    column: usize,
    width: usize,
    /// The first row whose date can be read.
    first: usize,
    list: bool,
}

impl Above<'_> {
    fn heading(&self, named: Option<usize>) -> Result<Heading> {
        let records = self.records;
        let filled = |record: usize| records.fields(record).filter(|f| !f.is_empty()).count();
        let whole: Vec<usize> = (0..self.first)
            .filter(|&record| {
                records.width(record) == self.width && (filled(record) > 1 || self.width == 1)
            })
            .collect();
        let above = self.first - 1;
        // pandas writes the name of the index below the levels of the columns.
        let is_index_name = records.width(above) == self.width
            && filled(above) == 1
            && !records.field(above, self.column).is_empty();
        if named.is_none_or(|named| named == above)
            && is_index_name
            && !self.list
            && self.width > 1
            && (whole.len() > 1
                || whole.len() == 1 && is_date_name(records.field(above, self.column)))
        {
            return Ok(self.levels(&whole));
        }
        let date_like: Vec<usize> = whole
            .iter()
            .copied()
            .filter(|&record| is_date_name(records.field(record, self.column)))
            .collect();
        let header = match (named, date_like.as_slice(), whole.as_slice()) {
            (Some(named), ..) => named,
            (None, [one], _) | (None, _, [one]) => *one,
            (None, _, []) => above,
            (None, _, [one, rest @ ..]) if rest.iter().all(|&record| self.is_unit_row(record)) => {
                *one
            }
            _ => {
                return Err(Error::input(
                    format!(
                        "{}, lines {} to {}",
                        self.file,
                        records.line(whole[0]),
                        records.line(above)
                    ),
                    format!(
                        "{} lines stand above the first date; which of them has the columns' names is unclear",
                        whole.len()
                    ),
                    "Keep the line with the names, or state the name of the column of dates in [data] date_column (--date-column).",
                ));
            }
        };
        let names: Vec<&str> = records.fields(header).collect();
        check_header(self.file, records.line(header), &names)?;
        let mut rules = Vec::new();
        let told = |range: Range<usize>, place: &str, rules: &mut Vec<String>| {
            let Some(text) = text_of(records, range.start).filter(|_| !range.is_empty()) else {
                return;
            };
            let line = records.line(range.start);
            rules.push(match range.len() {
                1 => format!("{}: line {line}, {place}, is left out: `{text}`", self.file),
                lines => format!(
                    "{}: {lines} lines {place} are left out, from line {line} on: `{text}`",
                    self.file
                ),
            });
        };
        told(0..header, "above the names of the columns", &mut rules);
        // Else they are rows, whose dates are refused by their places.
        let may_skip = |record| !self.list && self.is_unit_row(record);
        let first = match (header + 1..self.first).all(may_skip) {
            true => self.first,
            false => header + 1,
        };
        told(
            header + 1..first,
            "between the names and the first row",
            &mut rules,
        );
        Ok(Heading {
            names: shown_names(names.into_iter()),
            rows: first..first,
            rules,
        })
    }

    /// Units or descriptions under the names: without a date, and no row that lost its date.
    fn is_unit_row(&self, record: usize) -> bool {
        let cells = self.records.fields(record);
        let mut others = cells
            .enumerate()
            .filter(|(column, _)| *column != self.column);
        let date = self.records.field(record, self.column);
        let is_unit = date.is_empty()
            || cell::number(date).is_err() && !date.contains(|c: char| c.is_ascii_digit());
        is_unit && others.all(|(_, cell)| cell::number(cell).is_err())
    }

    /// Names from several levels: those that differ between columns, tickers first.
    fn levels(&self, levels: &[usize]) -> Heading {
        let records = self.records;
        let others = || (0..self.width).filter(|&column| column != self.column);
        let differs = |&&level: &&usize| {
            let mut cells = others().map(|column| records.field(level, column));
            let first = cells.next();
            cells.any(|cell| Some(cell) != first)
        };
        let mut telling: Vec<usize> = levels.iter().filter(differs).copied().collect();
        if telling.is_empty() {
            let is_price = |&&level: &&usize| records.field(level, self.column) == "Price";
            let level = levels.iter().find(is_price).or(levels.first());
            telling.extend(level);
        }
        let is_ticker = |level: usize| {
            let name = records.field(level, self.column).to_lowercase();
            ["ticker", "tickers", "symbol", "symbols"].contains(&name.as_str())
        };
        // yfinance: the ticker names what the price is of. Without names, as it used to write them, the
        // second level is the ticker.
        telling.sort_by_key(|&level| !is_ticker(level));
        let mut names: Vec<&str> = Vec::new();
        let joined: Vec<String> = (0..self.width)
            .map(|column| {
                if column == self.column {
                    return records.field(self.first - 1, column).to_owned();
                }
                names.clear();
                names.extend(telling.iter().map(|&level| records.field(level, column)));
                names.retain(|name| !name.is_empty());
                names.join(": ")
            })
            .collect();
        let left_out: Vec<String> = levels
            .iter()
            .filter(|level| !telling.contains(level))
            .filter_map(|&level| {
                let other = others().next()?;
                let (name, of) = (
                    records.field(level, self.column),
                    records.field(level, other),
                );
                Some(format!("; `{name}` is `{of}` throughout"))
            })
            .collect();
        let rules = vec![format!(
            "{}: the names of the columns stand in lines {} to {}{}",
            self.file,
            records.line(levels[0]),
            records.line(self.first - 1),
            left_out.concat()
        )];
        Heading {
            names: shown_names(joined.iter().map(String::as_str)),
            rows: self.first..self.first,
            rules,
        }
    }
}

/// The column of records of this width in which most fields are days; numbers count where no column
/// has any other day.
fn date_column(records: &Records, width: usize) -> Option<usize> {
    let usual = || (0..records.len()).filter(|&record| records.width(record) == width);
    for allowed in [false, true] {
        let mut counts = vec![0usize; width];
        for record in usual().take(LOOKED_AT) {
            for (count, field) in counts.iter_mut().zip(records.fields(record)) {
                let is_day = |w: Written| allowed || !w.form.may_be_number();
                *count += usize::from(Written::of(field).is_some_and(is_day));
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        // A lone date among many rows is a note.
        if most > 0 && most * 2 + 1 >= usual().take(LOOKED_AT).count() {
            return counts.iter().position(|&count| count == most);
        }
    }
    None
}

/// Whether a record below the rows is a note: of another width, or one field alone, without a day in the
/// column of dates, and beginning with text.
fn is_note(records: &Records, record: usize, width: usize, column: usize) -> bool {
    let filled = || records.fields(record).filter(|field| !field.is_empty());
    let is_other = records.width(record) != width || (width > 1 && filled().count() <= 1);
    let is_text = |field: &str| Written::of(field).is_none() && cell::number(field).is_err();
    is_other && is_text(records.field(record, column)) && filled().next().is_none_or(is_text)
}

/// The first filled field of a record, for messages.
fn text_of(records: &Records, record: usize) -> Option<String> {
    (record < records.len()).then(|| {
        let mut filled = records.fields(record).filter(|field| !field.is_empty());
        cell::shown(filled.next().unwrap_or_default())
    })
}

/// Whether a column of this name is meant to hold dates.
pub(super) fn is_date_name(name: &str) -> bool {
    const WORDS: [&str; 17] = [
        "date",
        "datum",
        "day",
        "time",
        "period",
        "timestamp",
        "month",
        "quarter",
        "year",
        "tag",
        "fecha",
        "data",
        "datetime",
        "jahr",
        "week",
        "yr",
        "yyyymm",
    ];
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .any(|word| WORDS.contains(&word))
}

/// Names as they can be shown.
pub(super) fn shown_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names
        .map(|name| visible(name.trim()).into_owned())
        .collect()
}

/// Gives columns without a name the one that pandas gives them.
fn name_unnamed(names: &mut [String]) {
    for (column, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("Unnamed: {column}");
        }
    }
}
