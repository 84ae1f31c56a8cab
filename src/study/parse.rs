//! TOML to a checked [`Study`], with the line and key of every mistake.

use std::ops::Range;

use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error as _};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value};

use super::Study;
use super::check::{Finding, check};
use super::keys::{Holds, Key, find, homes, keys};
use crate::error::Cause;
use crate::load::{did_you_mean, nearest, quoted_list};
use crate::{Error, Result};

/// Reads and checks a study; its name and source are not filled in yet.
pub(super) fn study(text: &str, place: &str) -> Result<Study> {
    let tree = DeTable::parse(text).map_err(|error| {
        Error::input(
            line_place(text, place, error.span(), None),
            error.message(),
            "Correct the TOML there; https://toml.io shows the notation.",
        )
    })?;
    let at = |span, key: &str| line_place(text, place, Some(span), Some(key));
    check_keys(tree.get_ref(), keys(), "", &at)?;
    let study: Study = toml::from_str(text).map_err(|error| {
        // A key missing at the top is reported with the span of the whole file.
        let span = error.span().filter(|span| *span != tree.span());
        let key = span.as_ref().and_then(|span| key_at(tree.get_ref(), span));
        let place = line_place(text, place, span, key.as_deref());
        wrong_value(place, key.as_deref().unwrap_or(""), error.message())
    })?;
    check(&study).map_err(|finding| {
        let Finding {
            key,
            problem,
            remedy,
        } = finding;
        let span = span_of(tree.get_ref(), &key);
        let key = without_indices(&key);
        let place = line_place(text, place, span, Some(&key));
        Error::input(place, problem, remedy).because(Cause::BadValue { key })
    })?;
    Ok(study)
}

/// Refuses keys that are not in the table of keys, and anything but tables where tables belong: serde
/// would take a list for a table's values in the order of the fields.
fn check_keys(
    table: &DeTable,
    known: &[Key],
    above: &str,
    at: &dyn Fn(Range<usize>, &str) -> String,
) -> Result<()> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    for (name, value) in entries {
        let path = match above {
            "" => name.get_ref().to_string(),
            _ => format!("{above}.{}", name.get_ref()),
        };
        let place = || at(name.span(), &path);
        let Some(key) = known.iter().find(|key| key.is(name.get_ref())) else {
            return Err(unknown_key(place(), &path, name.get_ref(), known));
        };
        let is_whole = match (&key.holds, value.get_ref()) {
            (Holds::Value, _) => true,
            (Holds::Table(inner), DeValue::Table(table)) => {
                check_keys(table, inner, &path, at)?;
                true
            }
            (Holds::Tables(inner), DeValue::Array(items)) => {
                for item in items.iter() {
                    if let DeValue::Table(table) = item.get_ref() {
                        check_keys(table, inner, &path, at)?;
                    }
                }
                let mut others = items
                    .iter()
                    .map(Spanned::get_ref)
                    .filter(|item| !item.is_table());
                others.all(|item| !above.is_empty() && !item.is_array())
            }
            // A name may stand for a table; serde knows which.
            (Holds::Table(_) | Holds::Tables(_), value) => !above.is_empty() && !value.is_array(),
        };
        if !is_whole {
            return Err(no_table(place(), &path, key, above.is_empty()));
        }
    }
    Ok(())
}

/// That there is no such key in a table, with the nearest one and where else it stands.
fn unknown_key(place: String, path: &str, name: &str, known: &[Key]) -> Error {
    let names = || known.iter().map(|key| key.name);
    let homes: Vec<String> = homes(name)
        .iter()
        .map(|(table, _)| table.heading())
        .collect();
    let elsewhere = match homes.as_slice() {
        [] => String::new(),
        homes => format!("It is a key of {}. ", homes.join(" and of ")),
    };
    Error::input(
        place,
        format!("unknown key `{}`", name.escape_debug()),
        format!(
            "{}{elsewhere}Known here: {}.",
            did_you_mean(name, names()),
            quoted_list(names())
        ),
    )
    .because(Cause::UnknownKey {
        key: path.to_owned(),
        nearest: nearest(name, names()),
    })
}

/// That a key takes a table, or tables.
fn no_table(place: String, path: &str, key: &Key, at_top: bool) -> Error {
    let brackets = key.heading();
    let error = match at_top {
        true => Error::input(
            place,
            format!("`{}` must be written as {brackets}", key.name),
            format!("Begin a line with {brackets} and write its keys below."),
        ),
        false => Error::input(
            place,
            format!("`{}` takes no list of bare values", key.name),
            format!("Allowed: {}.", key.takes),
        ),
    };
    error.because(bad_value(path))
}

fn bad_value(key: &str) -> Cause {
    Cause::BadValue {
        key: key.to_owned(),
    }
}

/// `FILE, line LINE, key KEY` as far as they are known.
fn line_place(text: &str, place: &str, span: Option<Range<usize>>, key: Option<&str>) -> String {
    let mut full = place.to_owned();
    if let Some(before) = span.and_then(|span| text.get(..span.start)) {
        full += &format!(", line {}", 1 + before.matches('\n').count());
    }
    if let Some(key) = key {
        full += &format!(", key {}", key.escape_debug());
    }
    full
}

/// Serde's message about a value, with what is allowed there.
fn wrong_value(place: String, key: &str, message: &str) -> Error {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let ([unknown, known @ ..], true) = (names.as_slice(), message.starts_with("unknown ")) {
        return Error::input(
            place,
            format!("unknown value `{}`", unknown.escape_debug()),
            format!(
                "{}Known here: {}.",
                did_you_mean(unknown, known.iter().copied()),
                quoted_list(known.iter().copied())
            ),
        )
        .because(bad_value(key));
    }
    if let ([missing], true) = (names.as_slice(), message.starts_with("missing field")) {
        let full = match key {
            "" => (*missing).to_owned(),
            _ => format!("{key}.{missing}"),
        };
        let remedy = match allowed(&full) {
            Some(allowed) => format!("Add `{missing}`: {allowed}."),
            None => format!("Add `{missing}`."),
        };
        return Error::input(place, format!("the key `{missing}` is missing"), remedy)
            .because(Cause::NoKey { key: full });
    }
    if let ([twice], true) = (names.as_slice(), message.starts_with("duplicate field")) {
        return Error::input(
            place,
            format!("`{twice}` is given twice"),
            "Keep one of the two; `two_sided` is another name of `convention`.",
        )
        .because(bad_value(key));
    }
    // What serde expected is a Rust type; what is allowed says more.
    let (problem, _) = message.split_once(", expected").unwrap_or((message, ""));
    let remedy = match allowed(key) {
        Some(allowed) => format!("Allowed: {allowed}."),
        None => "Correct the value.".to_owned(),
    };
    Error::input(place, problem, remedy).because(bad_value(key))
}

/// What `key`, or the nearest table above it, takes.
fn allowed(key: &str) -> Option<&'static str> {
    match find(key) {
        Some(key) => Some(key.takes),
        None => allowed(key.rsplit_once('.')?.0),
    }
}

/// The dotted key whose name or value is at `span`: the innermost there.
fn key_at(table: &DeTable, span: &Range<usize>) -> Option<String> {
    table.iter().find_map(|(name, value)| {
        let inner = match value.get_ref() {
            DeValue::Table(table) => key_at(table, span),
            DeValue::Array(items) => items.iter().find_map(|item| match item.get_ref() {
                DeValue::Table(table) => {
                    key_at(table, span).or_else(|| holds(&item.span(), span).then(String::new))
                }
                _ => None,
            }),
            _ => None,
        };
        match inner {
            Some(inner) if inner.is_empty() => Some(name.get_ref().to_string()),
            Some(inner) => Some(format!("{}.{inner}", name.get_ref())),
            None => (holds(&name.span(), span) || holds(&value.span(), span))
                .then(|| name.get_ref().to_string()),
        }
    })
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Where a key such as `test.1.window` stands, or else the nearest table above it.
fn span_of(table: &DeTable, key: &str) -> Option<Range<usize>> {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == first)?;
    let inner = match value.get_ref() {
        DeValue::Table(inner) => span_of(inner, rest),
        DeValue::Array(items) => span_of_item(items, rest),
        _ => None,
    };
    inner.or_else(|| Some(name.span()))
}

/// The same for a key that begins with an item's number.
fn span_of_item(items: &[Spanned<DeValue>], key: &str) -> Option<Range<usize>> {
    let (index, rest) = key.split_once('.').unwrap_or((key, ""));
    let item = items.get(index.parse::<usize>().ok()?)?;
    let inner = match item.get_ref() {
        DeValue::Table(table) => span_of(table, rest),
        _ => None,
    };
    inner.or_else(|| Some(item.span()))
}

fn without_indices(key: &str) -> String {
    let names: Vec<&str> = key
        .split('.')
        .filter(|part| part.parse::<usize>().is_err())
        .collect();
    names.join(".")
}

/// The two days of a window; serde alone would pass over a third.
pub(super) fn window<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<[i32; 2], D::Error> {
    let days = Vec::<i32>::deserialize(deserializer)?;
    <[i32; 2]>::try_from(days)
        .map_err(|days| D::Error::custom(format!("a window has two days, not {}", days.len())))
}

/// Spans of days, of which each has two.
pub(super) fn spans<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<[i32; 2]>, D::Error> {
    Vec::<Vec<i32>>::deserialize(deserializer)?
        .into_iter()
        .map(|days| {
            <[i32; 2]>::try_from(days).map_err(|days| {
                D::Error::custom(format!("a span has two days, not {}", days.len()))
            })
        })
        .collect()
}

/// A date, bare as TOML has it or as text.
pub(super) fn date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Date>, D::Error> {
    as_date(Value::deserialize(deserializer)?)
        .map(Some)
        .map_err(D::Error::custom)
}

/// A list of such dates.
pub(super) fn dates<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Vec<Date>, D::Error> {
    let values = Vec::<Value>::deserialize(deserializer)?.into_iter();
    values
        .map(|value| as_date(value).map_err(D::Error::custom))
        .collect()
}

fn as_date(value: Value) -> std::result::Result<Date, String> {
    let text = match value {
        Value::String(text) => text,
        Value::Datetime(date) if date.time.is_none() => date.to_string(),
        Value::Datetime(date) => return Err(format!("`{date}` has a time of day")),
        other => return Err(format!("`{other}` is not a date")),
    };
    match text.parse() {
        Ok(date) if text.len() == "2023-01-31".len() => Ok(date),
        _ => Err(format!("`{text}` is not a date of the form YYYY-MM-DD")),
    }
}
