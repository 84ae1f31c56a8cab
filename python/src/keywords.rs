//! Python's keywords as the words of a command line and as the keys of a study file.

use placebo::commands::Keyword;
use placebo::study::{Study, tables_of};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use toml::{Table, Value};

use crate::errors::{Raise, Raised, refused};

/// Flags by Python's keywords: a list gives a flag several values, None and False leave it out.
pub fn flags(given: &Bound<'_, PyDict>) -> Raised<Vec<Keyword>> {
    let mut flags = Vec::new();
    for (name, value) in given {
        let name: String = name.extract()?;
        if value.is_none() || value.cast::<PyBool>().is_ok_and(|is| !is.is_true()) {
            continue;
        }
        let mut values = Vec::new();
        if value.cast::<PyBool>().is_err() {
            match listed(&value)? {
                Some(items) => {
                    for item in &items {
                        values.push(text(&name, item)?);
                    }
                    if values.is_empty() {
                        continue;
                    }
                }
                None => values.push(text(&name, &value)?),
            }
        }
        flags.push(Keyword { name, values });
    }
    Ok(flags)
}

/// A value as a word of the command line.
fn text(name: &str, value: &Bound<'_, PyAny>) -> Raised<String> {
    match as_toml(name, value)? {
        Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}

/// The items of a list, a tuple, or what else says `tolist`, such as an array; `None` of what is one value.
fn listed<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return value.try_iter()?.collect::<PyResult<_>>().map(Some);
    }
    if value.hasattr("tolist")? {
        let plain = value.call_method0("tolist")?;
        if plain.is_instance_of::<PyList>() {
            return plain.try_iter()?.collect::<PyResult<_>>().map(Some);
        }
    }
    Ok(None)
}

/// A value of Python's as that of a key.
pub fn as_toml(key: &str, value: &Bound<'_, PyAny>) -> Raised<Value> {
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(Value::Boolean(truth.is_true()));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_string()));
    }
    if value.is_instance_of::<PyInt>() {
        let whole = value.extract::<i64>();
        return whole.map(Value::Integer).map_err(|_| {
            refused(
                format!("keyword `{key}`"),
                format!("{value} does not fit 64 bits"),
                "Give a smaller number.",
            )
        });
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(Value::Float(value.extract()?));
    }
    if let Ok(of) = value.cast::<PyDict>() {
        return Ok(Value::Table(table(of)?));
    }
    if let Some(items) = listed(value)? {
        let items = items.iter().map(|item| as_toml(key, item));
        return Ok(Value::Array(items.collect::<Raised<_>>()?));
    }
    // Numbers of NumPy's, dates of anybody's, paths.
    if value.hasattr("item")? {
        return as_toml(key, &value.call_method0("item")?);
    }
    if value.hasattr("isoformat")? {
        let text: String = value.call_method0("isoformat")?.extract()?;
        return Ok(Value::String(text.get(..10).unwrap_or(&text).to_owned()));
    }
    if value.hasattr("__fspath__")? {
        return as_toml(key, &value.call_method0("__fspath__")?);
    }
    Err(refused(
        format!("keyword `{key}`"),
        format!("{value} is no value of a study file"),
        "Give texts, numbers, truth values, dates, or lists and dicts of these.",
    ))
}

/// A dict as a table of keys; what is None is left out.
pub fn table(of: &Bound<'_, PyDict>) -> Raised<Table> {
    let mut table = Table::new();
    for (key, value) in of.iter().filter(|(_, value)| !value.is_none()) {
        let key: String = key.extract()?;
        let value = as_toml(&key, &value)?;
        table.insert(key, value);
    }
    Ok(table)
}

/// Tables of a study file of which a keyword may be a key.
const TABLES: [&str; 7] = [
    "test", "run", "data", "events", "sample", "calendar", "grid",
];

/// The study with other values of some keys, each in the table where it stands; a key that stands in two
/// tables is called by both names, as `data_date_format`, and what a grid varies as `grid_statistic`.
pub fn with_keys(study: &Study, keys: Table) -> Raised<Study> {
    let mut changed = study.clone();
    let mut other = Table::new();
    for (key, value) in keys {
        let whole = value.as_integer().and_then(|n| u64::try_from(n).ok());
        match (key.as_str(), whole) {
            ("draws", Some(draws)) if draws > 0 => changed.run.draws = draws,
            ("seed", Some(seed)) => changed.run.seed = seed,
            _ => {
                other.insert(key, value);
            }
        }
    }
    if other.is_empty() {
        return Ok(changed);
    }
    let mut file: Table = changed.to_toml()?.parse().map_err(no_toml)?;
    for (key, value) in other {
        let (table, name) = place(&key)?;
        match (table, file.get_mut(table)) {
            ("test", Some(Value::Array(tests))) => {
                for test in tests.iter_mut().filter_map(Value::as_table_mut) {
                    test.insert(name.to_owned(), value.clone());
                }
            }
            (_, Some(Value::Table(keys))) => {
                keys.insert(name.to_owned(), value);
            }
            _ => {
                let keys = Table::from_iter([(name.to_owned(), value)]);
                file.insert(table.to_owned(), Value::Table(keys));
            }
        }
    }
    let text = toml::to_string(&file).map_err(no_toml)?;
    let place = format!("{}.toml", study.name);
    let mut made = Study::from_toml(&text, &place, study.source.clone())?;
    made.choices.clone_from(&study.choices);
    made.events.date_is_found = study.events.date_is_found;
    Ok(made)
}

/// The table in which a key stands, and its name there.
fn place(key: &str) -> Raised<(&'static str, &str)> {
    let mut tables = tables_of(key);
    tables.retain(|table| TABLES.contains(table));
    // What a grid varies has the name of what it is varied from.
    if tables.len() > 1 {
        tables.retain(|table| *table != "grid");
    }
    let both = || {
        TABLES.into_iter().find_map(|table| {
            let name = key.strip_prefix(table)?.strip_prefix('_')?;
            tables_of(name).contains(&table).then_some((table, name))
        })
    };
    match tables.as_slice() {
        [table] => {
            let table = TABLES.into_iter().find(|known| known == table);
            Ok((table.expect("it is one of these"), key))
        }
        [] => both().ok_or_else(|| unknown(key)),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|table| format!("`{table}_{key}`"))
                .collect();
            Err(refused(
                format!("keyword `{key}`"),
                "it stands in more than one table of a study file",
                &format!("Write {}.", names.join(" or ")),
            ))
        }
    }
}

fn unknown(key: &str) -> Raise {
    refused(
        format!("keyword `{key}`"),
        "no table of a study file has such a key",
        "The keys are those of https://docs.rs/placebo, docs/reference.md; `placebo schema` prints them.",
    )
}

fn no_toml(error: impl std::fmt::Display) -> Raise {
    refused("the study", error.to_string(), "Take other values.")
}
