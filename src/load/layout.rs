//! Text tables of series by dates: which column has the dates, which are series, and in which of two
//! layouts they stand.

use std::collections::HashSet;

use arrow::array::Float64Array;

use super::csv::TextTable;
use super::date_format::{self, Asked, Days};
use super::heading::is_date_name;
use super::long::{self, Long};
use super::numerals::Series;
use super::prices;
use super::spec::{Layout, Missing};
use super::table::{Rows, Table, to_days};
use super::tenors::is_tenor;
use super::{Reading, did_you_mean, quoted_list};
use crate::error::Cause;
use crate::{Error, Result};
use kinds::{Kinds, not_numbers};

mod kinds;

/// What states the order of the data's dates.
pub(super) const DATE_KEY: [&str; 2] = ["[data] date_format", "--date-format"];

/// The file's wanted series, typed. An empty list of them asks for all.
pub(super) fn typed(text: &TextTable, data: &Reading) -> Result<Table> {
    let mut rules = text.rules.clone();
    let date = date_column(text, data, &mut rules)?;
    if text.header.len() == 1 {
        return Err(no_series(text));
    }
    if text.lines.is_empty() {
        return Err(Error::input(
            &text.file.file,
            "there is a header but no row of data",
            "Download or export it again, or leave it out of `files`.",
        ));
    }
    let asked = Asked {
        order: data.date_format,
        key: Some(DATE_KEY),
        has_times: false,
    };
    let Days { days, rules: said } = date_format::days(text, date, asked)?;
    // The Treasury's own order is no news.
    let is_treasury = text.header.iter().any(|name| is_tenor(name)) && text.header[date] == "Date";
    rules.extend(
        said.into_iter()
            .filter(|rule| !is_treasury || !rule.contains("month/day/year")),
    );
    let days: Vec<i32> = days.into_iter().map(to_days).collect();

    let columns: Vec<usize> = (0..text.header.len())
        .filter(|&column| column != date)
        .collect();
    let words: Vec<String> = words(&data.missing);
    let asks = asks(&text.file.file, data);
    let looked_at: Vec<usize> =
        match data.series_column.is_some() || data.layout == Some(Layout::Long) {
            true => columns.clone(),
            false => columns
                .iter()
                .copied()
                .filter(|&c| asks(&text.header[c]))
                .collect(),
        };
    let looked_at = if looked_at.is_empty() {
        columns.clone()
    } else {
        looked_at
    };
    let mut series = Series::of(
        text,
        &columns,
        &looked_at,
        data.decimal.map(|d| d.sign()),
        &words,
    )?;
    let key = series_column(text, data, &days, date, &series)?;
    let kinds = Kinds::of(text, &columns, &series, key);
    rules.append(&mut series.rules);
    if let Some(key) = key {
        return long(text, data, (date, key), days, &mut series, kinds, rules);
    }
    kinds.refuse_asked(text, data)?;
    if kinds.numbers.is_empty() {
        return Err(
            match columns
                .iter()
                .find(|&&column| !kinds.dates.contains(&column))
            {
                None => no_series(text),
                Some(&column) => not_numbers(text, column, &series),
            },
        );
    }
    if !kinds.dates.is_empty() {
        let others = kinds
            .dates
            .iter()
            .map(|&column| text.header[column].as_str());
        rules.push(other_dates(
            &text.file.file,
            &text.header[date],
            data,
            others,
        ));
    }
    if data.series.is_empty() {
        rules.extend(kinds.left_out(text));
    }
    let names: Vec<String> = kinds
        .numbers
        .iter()
        .map(|&c| text.header[c].clone())
        .collect();
    let (usual, rule) = prices::usual(&text.file.file, &names);
    if data.series.is_empty() {
        rules.extend(rule);
    }
    let taken: Vec<usize> = match data.series.is_empty() {
        true => kinds
            .numbers
            .iter()
            .copied()
            .filter(|&c| usual.contains(&text.header[c]))
            .collect(),
        false => kinds
            .numbers
            .iter()
            .copied()
            .filter(|&c| asks(&text.header[c]))
            .collect(),
    };
    let mut read = Vec::with_capacity(taken.len());
    for &column in &taken {
        read.push((
            text.header[column].clone(),
            Float64Array::from(series.values(column)?),
        ));
    }
    let own = match (is_treasury, text.header[date].as_str()) {
        (true, _) => "N/A",
        (false, "observation_date" | "DATE") => ".",
        _ => "NA",
    };
    series.say_missing(&taken, own);
    rules.append(&mut series.rules);
    Table::of(
        text.file.clone(),
        names,
        usual,
        (&text.header[date], days),
        read,
        Rows::Lines(text.lines.clone()),
        rules,
    )
}

/// The words that the study names as missing.
fn words(missing: &[Missing]) -> Vec<String> {
    let words = missing.iter().filter_map(|mark| match mark {
        Missing::Word(word) => Some(word.clone()),
        Missing::Number(_) => None,
    });
    words.collect()
}

/// Whether a series of a file is asked for: by its name, or by this and the file's.
pub(super) fn asks(file: &str, data: &Reading) -> impl Fn(&str) -> bool + use<> {
    let stem = super::panel::stem(file).to_owned();
    let wanted: HashSet<String> = data.series.iter().cloned().collect();
    move |name| {
        wanted.is_empty() || wanted.contains(name) || wanted.contains(&format!("{stem}: {name}"))
    }
}

/// The column that names the series, where the table is long: the dates repeat, and together with that
/// column no more.
fn series_column(
    text: &TextTable,
    data: &Reading,
    days: &[i32],
    date: usize,
    series: &Series,
) -> Result<Option<usize>> {
    if let Some(name) = &data.series_column {
        let names = text.header.iter().map(String::as_str);
        let column = names.clone().position(|known| known == name);
        return column
            .map(Some)
            .ok_or_else(|| no_column(&text.file.file, name, "data.series_column", names));
    }
    match data.layout {
        Some(Layout::Wide) => return Ok(None),
        None if !long::repeats(days) => return Ok(None),
        _ => {}
    }
    let may_name = |&column: &usize| {
        let name = &text.header[column];
        column != date
            && !text.holds_days(column, false)
            && (!series.is_numeric(column) || long::is_key_name(name))
            && text.cells(column).all(|cell| !cell.is_empty())
            && long::is_unique(days, text.cells(column))
    };
    let columns: Vec<usize> = (0..text.header.len()).filter(may_name).collect();
    let found = columns
        .iter()
        .find(|&&column| long::is_key_name(&text.header[column]));
    match (found.or(columns.first()), data.layout) {
        (Some(&column), _) => Ok(Some(column)),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(long::no_key(
            &text.file.file,
            text.header.iter().map(String::as_str),
        )),
    }
}

fn long(
    text: &TextTable,
    data: &Reading,
    (date, key): (usize, usize),
    days: Vec<i32>,
    series: &mut Series,
    mut kinds: Kinds,
    mut rules: Vec<String>,
) -> Result<Table> {
    let file = &text.file.file;
    if let Some(name) = &data.value_column {
        let column = kinds
            .numbers
            .iter()
            .copied()
            .find(|&c| text.header[c] == *name);
        let names = || kinds.numbers.iter().map(|&c| text.header[c].as_str());
        let column = column.ok_or_else(|| no_column(file, name, "data.value_column", names()))?;
        kinds.numbers = vec![column];
    }
    if kinds.numbers.is_empty() {
        return Err(no_series(text));
    }
    let names: Vec<String> = kinds
        .numbers
        .iter()
        .map(|&c| text.header[c].clone())
        .collect();
    let (usual, _) = prices::usual(file, &names);
    let is_read = |column: &usize| {
        let name = &text.header[*column];
        match data.series.is_empty() {
            true => usual.contains(name),
            false => names.len() == 1 || long::asks_column(&data.series, name),
        }
    };
    let taken: Vec<usize> = kinds.numbers.iter().copied().filter(is_read).collect();
    let mut values = Vec::with_capacity(taken.len());
    for &column in &taken {
        values.push((
            text.header[column].clone(),
            Float64Array::from(series.values(column)?),
        ));
    }
    series.say_missing(&taken, "NA");
    rules.append(&mut series.rules);
    if !kinds.dates.is_empty() {
        let others = kinds
            .dates
            .iter()
            .map(|&column| text.header[column].as_str());
        rules.push(other_dates(file, &text.header[date], data, others));
    }
    rules.extend(kinds.left_out(text));
    let mut long = Long::new(&text.header[key]);
    for name in text.cells(key) {
        long.push(name);
    }
    long.days = days;
    long.columns = names;
    long.values = values;
    let place = |row: usize| format!("{file}, {}", text.row(row));
    long.pivot(text.file.clone(), data, &text.header[date], &place, rules)
}

/// The column of dates: that which the study names, or else the first one that holds dates, another one
/// a row where there is such a column; what is a number as well counts where nothing else does.
fn date_column(text: &TextTable, data: &Reading, rules: &mut Vec<String>) -> Result<usize> {
    if let Some(name) = &data.date_column {
        let names = text.header.iter().map(String::as_str);
        let position = names.clone().position(|known| known == name);
        return position.ok_or_else(|| no_column(&text.file.file, name, "data.date_column", names));
    }
    let columns = || 0..text.header.len();
    let is_counted = |&column: &usize| {
        (column == 0 || is_date_name(&text.header[column])) && text.holds_days(column, true)
    };
    let dated: Vec<usize> = columns().filter(|&c| text.holds_days(c, false)).collect();
    let is_distinct = |&&column: &&usize| {
        let mut seen = HashSet::new();
        text.cells(column).all(|cell| seen.insert(cell))
    };
    let one_a_row = dated.iter().find(is_distinct).or(dated.first());
    let found = one_a_row
        .copied()
        .or_else(|| columns().find(is_counted))
        // Else the one that has most of them, or the first, whose cells are then refused by their places.
        .or_else(|| {
            let days = |column: usize| {
                text.cells(column)
                    .filter(|cell| super::day::is_day(cell))
                    .count()
            };
            columns()
                .filter(|&c| days(c) > 0)
                .max_by_key(|&c| (days(c), std::cmp::Reverse(c)))
        })
        .unwrap_or(0);
    if found > 0 {
        rules.push(format!(
            "{}: the dates are those of column `{}`, number {}; [data] date_column (--date-column) names another",
            text.file.file,
            text.header[found],
            found + 1
        ));
    }
    Ok(found)
}

/// That a file lacks a column that the study names.
pub(super) fn no_column<'a>(
    file: &str,
    name: &str,
    key: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Error {
    Error::input(
        format!("{file}, header"),
        format!("there is no column `{name}` (key {key})"),
        format!(
            "{}The columns are {}.",
            did_you_mean(name, known.clone()),
            quoted_list(known)
        ),
    )
    .because(Cause::NoColumn {
        file: file.to_owned(),
        column: name.to_owned(),
    })
}

/// That a file has more columns of dates than the one that is read.
pub(super) fn other_dates<'a>(
    file: &str,
    date: &str,
    data: &Reading,
    others: impl Iterator<Item = &'a str>,
) -> String {
    let others = quoted_list(others);
    match data.date_column {
        Some(_) => format!("{file}: the dates are those of column `{date}`; {others} left out"),
        None => format!(
            "{file}: the dates are those of column `{date}`, the first such one; {others} left out; [data] date_column (--date-column) names another"
        ),
    }
}

fn no_series(text: &TextTable) -> Error {
    let problem = match text.header.as_slice() {
        [only] => format!("there is one column, `{only}`, and no series"),
        _ => "no column beside the dates is a series".to_owned(),
    };
    Error::input(
        format!("{}, header", text.file.file),
        problem,
        "Give a column of dates and one column a series, separated by commas, semicolons, tabs or `|`.",
    )
}
