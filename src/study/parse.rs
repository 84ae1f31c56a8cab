//! TOML to a checked [`Study`], with the line and key of every mistake.

use std::ops::Range;

use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error as _};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value};

use super::Study;
use super::check::{Finding, check};
use crate::load::{did_you_mean, quoted_list};
use crate::statistic::Kind;
use crate::{Error, Result};

/// What each key takes, for messages about a value of the wrong type.
const ALLOWED: &[(&str, &str)] = &[
    ("name", "text"),
    ("title", "text"),
    ("citation", "text"),
    ("data", "a table [data] with at least `files`"),
    ("data.files", "a list of file names"),
    ("data.series", "a list of series names"),
    ("data.date_column", "a column name"),
    (
        "data.date_format",
        "\"year-first\", \"month-first\" or \"day-first\"",
    ),
    ("data.missing", "a list of numbers such as [-99.99, -999]"),
    ("data.quantum", "a positive number"),
    ("data.unit", "text"),
    ("data.transform", "a name such as \"level-change\""),
    ("data.changes", "\"additive\" or \"simple\""),
    ("calendar", "a table [calendar]"),
    ("calendar.kind", "\"observed\" or \"weekdays\""),
    ("calendar.gap", "a name such as \"carry-forward\""),
    ("sample", "a table [sample]"),
    ("sample.from", "a date such as 2023-01-31"),
    ("sample.to", "a date such as 2024-12-31"),
    ("sample.around_events", "a whole number, not negative"),
    ("events", "a table [events] with at least `file`"),
    ("events.file", "a file name"),
    ("events.date", "a column name"),
    ("events.group", "a column name"),
    ("events.groups", "a list of group names"),
    ("events.filter", "column = value, or column = [values]"),
    ("events.off_calendar", "a name such as \"back\""),
    ("events.same_day", "\"unique\" or \"count\""),
    ("events.incomplete", "\"drop\" or \"error\""),
    ("events.shift", "a whole number"),
    (
        "test",
        "tables [[test]] with at least `statistic` and `window`",
    ),
    ("test.statistic", "a statistic's name or a list of names"),
    ("test.null", "a name such as \"uniform\""),
    ("test.pool", "\"full-window\", \"all\" or \"list\""),
    ("test.dates", "a table with at least `file`"),
    ("test.dates.file", "a file name"),
    ("test.dates.date", "a column name"),
    ("test.dates.filter", "column = value, or column = [values]"),
    ("test.dates.off_calendar", "a name such as \"back\""),
    ("test.dates.shift", "a whole number"),
    (
        "test.within",
        "a part of the calendar such as \"month\", or a column",
    ),
    (
        "test.cluster",
        "a part of the calendar such as \"month\", or a column",
    ),
    ("test.blackout", "a table with at least `file`"),
    ("test.blackout.off_calendar", "a name such as \"back\""),
    ("test.sets", "a table with at least `file`"),
    ("test.sets.off_calendar", "a name such as \"back\""),
    ("test.same_day", "\"apart\" or \"together\""),
    ("test.keep", "\"clusters\" or \"units\""),
    ("test.edge", "\"wrap\" or \"cut\""),
    ("test.convention", "a name such as \"equal-tailed\""),
    ("test.two_sided", "a name such as \"equal-tailed\""),
    ("test.window", "two whole numbers such as [-15, 15]"),
    ("test.measure", "\"cumulative\" or \"endpoints\""),
    ("test.days", "a list of whole numbers"),
    ("test.groups", "a list of group names"),
    ("test.hac.lags", "a whole number, not negative"),
    ("test.hac.small_sample", "true or false"),
    (
        "test.family",
        "a table such as { days = [0, 5, 15] }, or {} for all rows",
    ),
    ("test.family.groups", "a list of groups, as rows name them"),
    (
        "test.family.statistics",
        "a list of statistics, as rows name them",
    ),
    ("test.family.series", "a list of series names"),
    ("test.family.days", "a list of whole numbers"),
    ("test.family.standardise", "\"placebo\" or \"none\""),
    ("test.family.level", "a number such as 0.05"),
    (
        "test.interval",
        "a table such as { level = 0.95 }, or {} for 95 %",
    ),
    ("test.interval.level", "a number such as 0.95"),
    (
        "test.interval.path",
        "\"step\", or a list of numbers, one a relative day of the window",
    ),
    (
        "test.interval.groups",
        "a list of groups, as rows name them",
    ),
    ("run", "a table [run]"),
    ("run.draws", "a whole number such as 1_000_000"),
    ("run.seed", "a whole number, not negative"),
    ("run.raw", "true or false"),
];

/// Reads and checks a study; its name and source are not filled in yet.
pub(super) fn study(text: &str, place: &str) -> Result<Study> {
    let tree = DeTable::parse(text).map_err(|error| {
        Error::input(
            line_place(text, place, error.span(), None),
            error.message(),
            "Correct the TOML there; https://toml.io shows the notation.",
        )
    })?;
    check_tables(tree.get_ref(), text, place)?;
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
        let place = line_place(text, place, span, Some(&without_indices(&key)));
        Error::input(place, problem, remedy)
    })?;
    Ok(study)
}

/// Refuses anything but tables where tables belong: serde would take a list for
/// a table's values in the order of the fields.
fn check_tables(tree: &DeTable, text: &str, place: &str) -> Result<()> {
    for (name, value) in tree {
        let key = name.get_ref().as_ref();
        let fits = match (key, value.get_ref()) {
            ("data" | "calendar" | "sample" | "events" | "run", value) => value.is_table(),
            ("test", DeValue::Array(items)) => items.iter().all(|item| item.get_ref().is_table()),
            ("test", _) => false,
            _ => true,
        };
        if !fits {
            let brackets = match key {
                "test" => "[[test]]".to_owned(),
                _ => format!("[{key}]"),
            };
            return Err(Error::input(
                line_place(text, place, Some(name.span()), Some(key)),
                format!("`{key}` must be written as {brackets}"),
                format!("Begin a line with {brackets} and write its keys below."),
            ));
        }
    }
    Ok(())
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

/// Serde's message about a key or value, with what is allowed there.
fn wrong_value(place: String, key: &str, message: &str) -> Error {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let ([unknown, known @ ..], true) = (names.as_slice(), message.starts_with("unknown ")) {
        let what = match message.starts_with("unknown field") {
            true => "key",
            false => "value",
        };
        return Error::input(
            place,
            format!("unknown {what} `{}`", unknown.escape_debug()),
            format!(
                "{}Known here: {}.",
                did_you_mean(unknown, known.iter().copied()),
                quoted_list(known.iter().copied())
            ),
        );
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
        return Error::input(place, format!("the key `{missing}` is missing"), remedy);
    }
    if let ([twice], true) = (names.as_slice(), message.starts_with("duplicate field")) {
        return Error::input(
            place,
            format!("`{twice}` is given twice"),
            "Keep one of the two; `two_sided` is another name of `convention`.",
        );
    }
    // What serde expected is a Rust type; what is allowed says more.
    let (problem, _) = message.split_once(", expected").unwrap_or((message, ""));
    let remedy = match allowed(key) {
        Some(allowed) => format!("Allowed: {allowed}."),
        None => "Correct the value.".to_owned(),
    };
    Error::input(place, problem, remedy)
}

/// What `key`, or the nearest table above it, takes.
fn allowed(key: &str) -> Option<&'static str> {
    if let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == key) {
        return Some(allowed);
    }
    let (table, name) = key.rsplit_once('.')?;
    if table == "test" {
        let mut keys = Kind::ALL.iter().flat_map(|kind| kind.keys());
        if let Some(of_statistic) = keys.find(|key| key.name == name) {
            return Some(of_statistic.takes);
        }
    }
    allowed(table)
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
    let text = match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Datetime(date) if date.time.is_none() => date.to_string(),
        Value::Datetime(date) => {
            return Err(D::Error::custom(format!("`{date}` has a time of day")));
        }
        other => return Err(D::Error::custom(format!("`{other}` is not a date"))),
    };
    match text.parse() {
        Ok(date) if text.len() == "2023-01-31".len() => Ok(Some(date)),
        _ => Err(D::Error::custom(format!(
            "`{text}` is not a date of the form YYYY-MM-DD"
        ))),
    }
}
