//! The reference page of the keys, from their table.

use std::fmt::Write;

use super::keys::{Holds, Key, keys, takers};
use crate::null::Null;
use crate::statistic::StatisticName;

/// The keys of a study file, as `docs/reference.md` has them, in Markdown.
pub fn reference() -> String {
    let mut text = String::from(
        "# Keys of a study file\n\n\
         Made from the table by which the program reads them; a key that is not here, or that its test cannot \
         use, is refused.\n",
    );
    let is_plain = |key: &&Key| matches!(key.holds, Holds::Value);
    text += "\n## At the top\n\n";
    text += HEAD;
    for key in keys().iter().filter(is_plain) {
        rows(&mut text, "", "", key);
    }
    for table in keys().iter().filter(|key| !is_plain(key)) {
        let _ = write!(
            text,
            "\n## `{}`\n\n{}\n\n{HEAD}",
            table.heading(),
            table.help
        );
        for key in table.inner() {
            rows(&mut text, table.name, "", key);
        }
    }
    text += "\n## Null designs\n\n| `null` | with the keys |\n|---|---|\n";
    for null in Null::ALL {
        let taken = null.facts().keys.iter().map(|key| key.name());
        row(&mut text, [&quoted([null.name()]), &quoted(taken)]);
    }
    text += "\n## Statistics\n\n| `statistic` | with the keys |\n|---|---|\n";
    for asked in StatisticName::all() {
        let taken = asked.kind.keys().iter().map(|key| key.name);
        row(&mut text, [&quoted([asked.name()]), &quoted(taken)]);
    }
    text
}

const HEAD: &str = "| key | takes | |\n|---|---|---|\n";

/// What a key of a test has to stand with.
fn with(key: &str) -> String {
    let (designs, statistics) = takers(key);
    let of = [("null", designs), ("statistic", statistics)].into_iter();
    let of = of.filter(|(_, takers)| !takers.is_empty());
    of.map(|(key, takers)| format!(" With the {key} {}.", quoted(takers)))
        .collect()
}

/// What is said of a key in the table `of`: its line of help, what it has to stand with, its other name.
pub(super) fn said(of: &str, key: &Key) -> String {
    let with = match of {
        "test" => with(key.name),
        _ => String::new(),
    };
    let also = key
        .also
        .map(|other| format!(" Also `{other}`."))
        .unwrap_or_default();
    format!("{}{with}{also}", key.help)
}

/// The row of a key in the table `of`, below the keys `above`, and those of the keys inside it.
fn rows(text: &mut String, of: &str, above: &str, key: &Key) {
    let path = format!("{above}{}", key.name);
    row(text, [&format!("`{path}`"), key.takes, &said(of, key)]);
    for inner in key.inner() {
        rows(text, key.name, &format!("{path}."), inner);
    }
}

fn row<const N: usize>(text: &mut String, cells: [&str; N]) {
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

/// `` `a`, `b` ``
fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names = names.into_iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}
