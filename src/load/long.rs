//! Long tables, a row a date and series, to one column a series.

use std::collections::{HashMap, HashSet};

use arrow::array::Float64Array;

use super::table::{Rows, Table, from_days};
use super::{FileHash, Reading, layout, prices, quoted_list};
use crate::visible::visible;
use crate::{Error, Result};

/// The most series times dates of a pivoted table: 8 GiB of values.
const MOST_VALUES: usize = 1 << 30;

/// Rows of a long table, while they are collected.
pub(super) struct Long {
    /// The column that names the series.
    key: String,
    /// A day a row.
    pub days: Vec<i32>,
    codes: Vec<u32>,
    names: Vec<String>,
    known: HashMap<String, u32>,
    /// The columns of numbers.
    pub columns: Vec<String>,
    /// By column that was read its name and a value a row.
    pub values: Vec<(String, Float64Array)>,
}

impl Long {
    /// No row yet; `key` is the column that names the series.
    pub fn new(key: &str) -> Self {
        Long {
            key: key.to_owned(),
            days: Vec::new(),
            codes: Vec::new(),
            names: Vec::new(),
            known: HashMap::new(),
            columns: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds a row of this series.
    pub fn push(&mut self, name: &str) {
        let code = match self.known.get(name) {
            Some(&code) => code,
            None => {
                let code = self.names.len() as u32;
                self.known.insert(name.to_owned(), code);
                self.names.push(visible(name).into_owned());
                code
            }
        };
        self.codes.push(code);
    }

    /// A column a series and column of numbers: `AAA`, or `AAA: close` where there are several.
    ///
    /// # Errors
    ///
    /// A series has two rows of one date.
    pub fn pivot(
        self,
        file: FileHash,
        data: &Reading,
        date: &str,
        place: &dyn Fn(usize) -> String,
        mut rules: Vec<String>,
    ) -> Result<Table> {
        let mut days = self.days.clone();
        days.sort_unstable();
        days.dedup();
        let cells = days.len().saturating_mul(self.names.len());
        if cells.saturating_mul(self.values.len()) > MOST_VALUES {
            return Err(Error::input(
                &file.file,
                format!(
                    "{} dates of {} series are more than are read",
                    days.len(),
                    self.names.len()
                ),
                "Name the series that are asked for in a file of their own.",
            ));
        }
        let days_of: HashMap<i32, usize> =
            days.iter().enumerate().map(|(t, &day)| (day, t)).collect();
        let places: Vec<usize> = self
            .days
            .iter()
            .zip(&self.codes)
            .map(|(day, &code)| code as usize * days.len() + days_of[day])
            .collect();
        check_unique(&places, cells, |first, second| {
            let day = from_days(self.days[second]).map_or_else(String::new, |day| day.to_string());
            Error::input(
                place(second),
                format!(
                    "`{}` has a row of {day} already ({})",
                    self.names[self.codes[second] as usize],
                    place(first).rsplit(", ").next().unwrap_or_default()
                ),
                "Keep one row a date and series; [data] series_column (--series-column) names the column that tells series apart.",
            )
        })?;
        let name_of = |series: &str, column: &str| match self.columns.len() {
            1 => series.to_owned(),
            _ => format!("{series}: {column}"),
        };
        let names_of = |columns: &[String]| -> Vec<String> {
            let series = self.names.iter();
            series
                .flat_map(|series| columns.iter().map(|column| name_of(series, column)))
                .collect()
        };
        let (usual, rule) = prices::usual(&file.file, &self.columns);
        let (names, usual) = (names_of(&self.columns), names_of(&usual));
        let asks = layout::asks(&file.file, data);
        let is_chosen: HashSet<&String> = match data.series.is_empty() {
            true => usual.iter().collect(),
            false => names.iter().filter(|name| asks(name)).collect(),
        };
        rules.push(format!(
            "{}: a long table: {} series named by `{}`, values in {}; [data] layout, series_column and value_column (--layout, --series-column, --value-column) say otherwise",
            file.file,
            self.names.len(),
            self.key,
            quoted_list(self.columns.iter().map(String::as_str))
        ));
        if data.series.is_empty() {
            rules.extend(rule);
        }
        let mut read = Vec::with_capacity(is_chosen.len());
        for (column, values) in &self.values {
            let mut wide: Vec<Option<(String, Vec<f64>)>> = self
                .names
                .iter()
                .map(|series| name_of(series, column))
                .map(|name| {
                    is_chosen
                        .contains(&name)
                        .then(|| (name, vec![f64::NAN; days.len()]))
                })
                .collect();
            for ((&place, &code), value) in places.iter().zip(&self.codes).zip(values) {
                if let (Some((_, series)), Some(value)) = (&mut wide[code as usize], value) {
                    series[place - code as usize * days.len()] = value;
                }
            }
            let known = |value: f64| Some(value).filter(|value| !value.is_nan());
            read.extend(wide.into_iter().flatten().map(|(name, values)| {
                (
                    name,
                    values.into_iter().map(known).collect::<Float64Array>(),
                )
            }));
        }
        let rows = Rows::Dates(days.clone());
        drop(is_chosen);
        Table::of(file, names, usual, (date, days), read, rows, rules)
    }
}

/// Refuses two rows of one place among so many.
fn check_unique(
    places: &[usize],
    cells: usize,
    refuse: impl Fn(usize, usize) -> Error,
) -> Result<()> {
    let mut taken = vec![0u64; cells.div_ceil(64)];
    for (row, &place) in places.iter().enumerate() {
        let bit = 1 << (place % 64);
        if taken[place / 64] & bit != 0 {
            let first = places.iter().position(|&other| other == place);
            return Err(refuse(first.unwrap_or(row), row));
        }
        taken[place / 64] |= bit;
    }
    Ok(())
}

/// Whether a series of this column is among the asked ones, `AAA: close`.
pub(super) fn asks_column(asked: &[String], column: &str) -> bool {
    let of = |name: &String| {
        name.strip_suffix(column)
            .is_some_and(|rest| rest.ends_with(": "))
    };
    asked.iter().any(of)
}

/// Whether a day stands twice.
pub(super) fn repeats(days: &[i32]) -> bool {
    let mut seen = HashSet::new();
    !days.iter().all(|day| seen.insert(day))
}

/// Whether no day and name stand twice together.
pub(super) fn is_unique<'a>(days: &[i32], names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = HashSet::new();
    days.iter().zip(names).all(|pair| seen.insert(pair))
}

/// Whether a column of this name is meant to tell series apart.
pub(super) fn is_key_name(name: &str) -> bool {
    const WORDS: [&str; 20] = [
        "series",
        "ticker",
        "symbol",
        "variable",
        "key",
        "id",
        "name",
        "code",
        "permno",
        "gvkey",
        "isin",
        "cusip",
        "ric",
        "seriesid",
        "tic",
        "asset",
        "currency",
        "instrument",
        "security",
        "country",
    ];
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .any(|word| WORDS.contains(&word))
}

/// That a table which is said to be long has no column that tells its series apart.
pub(super) fn no_key<'a>(file: &str, names: impl Iterator<Item = &'a str>) -> Error {
    Error::input(
        format!("{file}, header"),
        "no column tells the series of this long table apart",
        format!(
            "Name it in [data] series_column (--series-column); the columns are {}.",
            quoted_list(names)
        ),
    )
}
