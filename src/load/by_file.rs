//! Files whose columns have the same names and hold different series, such as one file of prices a
//! ticker: their series are named by the file, too.

use std::collections::{HashMap, HashSet};

use super::panel::stem;
use super::quoted_list;
use super::table::Table;

/// Dates that two files must share before differing values speak for two series rather than a mistake.
const LEAST: usize = 5;

/// What was renamed.
pub(super) struct Split {
    /// By the name in the files the names of its series.
    names: HashMap<String, Vec<String>>,
    pub rules: Vec<String>,
}

impl Split {
    /// The series that are asked for: a name that stands for several asks for all of them.
    pub fn asked(&self, asked: &[String]) -> Vec<String> {
        let mut all = Vec::with_capacity(asked.len());
        for name in asked {
            match self.names.get(name) {
                Some(several) => all.extend(several.iter().cloned()),
                None => all.push(name.clone()),
            }
        }
        let mut seen = HashSet::new();
        all.retain(|name| seen.insert(name.clone()));
        all
    }
}

/// Renames `Adj Close` of `NVDA.csv` and `AMD.csv` to `NVDA: Adj Close` and `AMD: Adj Close`, where their
/// values are mostly different, or where such a name is asked for.
pub(super) fn split(tables: &mut [Table], asked: &[String]) -> Split {
    let mut split = Split {
        names: HashMap::new(),
        rules: Vec::new(),
    };
    let stems: HashSet<&str> = tables.iter().map(|table| stem(&table.file.file)).collect();
    let is_telling = stems.len() == tables.len();
    let mut shared: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for table in tables.iter() {
        let read = table.columns();
        let again = table
            .names
            .iter()
            .filter(|name| read.contains_key(name.as_str()));
        for name in again {
            if !seen.insert(name.clone()) && !shared.contains(name) {
                shared.push(name.clone());
            }
        }
    }
    let by_file = |table: &Table, name: &str| format!("{}: {name}", stem(&table.file.file));
    for name in asked_by_file(tables, asked) {
        if !shared.contains(&name) {
            shared.push(name);
        }
    }
    let mut renamed = Vec::new();
    for name in shared.into_iter().filter(|_| is_telling) {
        let is_asked = tables
            .iter()
            .any(|table| asked.contains(&by_file(table, &name)));
        if !is_asked && !differ(tables, &name) {
            continue;
        }
        let mut names = Vec::new();
        for table in tables
            .iter_mut()
            .filter(|table| table.names.contains(&name))
        {
            let new = by_file(table, &name);
            table.rename(&name, &new);
            names.push(new);
        }
        renamed.push((name.clone(), names.clone()));
        split.names.insert(name, names);
    }
    if let Some((name, names)) = renamed.first() {
        let why = format!(
            "`{name}` is a series of its own in each file and named by it: {}",
            quoted_list(names.iter().map(String::as_str))
        );
        split.rules.push(match renamed.len() {
            1 => why,
            several => format!("{why}; so are {} other columns", several - 1),
        });
    }
    split
}

/// Names of columns that are asked for with that of their file.
fn asked_by_file(tables: &[Table], asked: &[String]) -> Vec<String> {
    let known: HashSet<&String> = tables.iter().flat_map(|table| &table.names).collect();
    let of = |table: &Table, name: &String| {
        let rest = name
            .strip_prefix(stem(&table.file.file))?
            .strip_prefix(": ")?;
        table.names.iter().find(|known| *known == rest).cloned()
    };
    let names = asked.iter().filter(|name| !known.contains(name));
    let mut found: Vec<String> = names
        .filter_map(|name| tables.iter().find_map(|table| of(table, name)))
        .collect();
    found.dedup();
    found
}

/// Whether two tables share dates on which most of their values of one name differ.
fn differ(tables: &[Table], name: &str) -> bool {
    let mut known: HashMap<i32, f64> = HashMap::new();
    for table in tables {
        let Some(&column) = table.columns().get(name) else {
            continue;
        };
        let days = table.days();
        let (mut both, mut different) = (0, 0);
        let values = || days.iter().zip(table.values(column));
        for (day, value) in values() {
            if let (Some(earlier), Some(value)) = (known.get(day), value) {
                both += 1;
                different += usize::from(*earlier != value);
            }
        }
        if both >= LEAST && 2 * different > both {
            return true;
        }
        known.extend(values().filter_map(|(&day, value)| Some((day, value?))));
    }
    false
}
