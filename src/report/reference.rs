//! The reference page of the columns, from their lists.

use std::fmt::Write;

use super::{BootstrapRow, CoverageRow, GridRow, PowerRow, ResultRow, origin_columns};
use crate::inference::{ResultColumn, Tidy, key_column};
use crate::question::events::EventKey;
use crate::question::{KEY_COLUMNS, Key};

/// The columns of results, as `docs/columns.md` has them, in Markdown.
pub fn columns_reference() -> String {
    let mut text = String::from(
        "# Columns of results\n\n\
         Made from the lists by which the program writes them. Every form that programs read has the same columns in \
         the same order: CSV, Parquet and Arrow; JSON has them as the keys of `results`, a window as one pair, and \
         where they are from under `manifest`. A cell that does not apply is empty (`null`). In Parquet and Arrow \
         each column has its description and its unit in the schema's metadata, and all else that a report says is \
         there under `placebo`, so that `placebo show` prints it again.\n",
    );
    let none = Key::default();
    let event = Key::from(EventKey::default());
    let of_key: Vec<&str> = KEY_COLUMNS.iter().map(|(name, ..)| *name).collect();
    let results: Vec<ResultColumn> = ResultRow::columns(&event)
        .into_iter()
        .filter(|column| !of_key.contains(&column.name.as_str()))
        .collect();
    let study = results.iter().take(1).cloned();
    let key = of_key.iter().map(|name| key_column(name));
    section(
        &mut text,
        "Which question a row answers",
        "The first columns of `run`, `test`, `merge` and `show` tell a row from every other one. A study's rows have no \
         `outcome` and no `variable`, a table's no `series`, `measure`, window or day.",
        study.chain(key),
    );
    section(
        &mut text,
        "What the answer is",
        "The columns of `run`, `test`, `merge` and `show` after these.",
        results.into_iter().skip(1),
    );
    section(
        &mut text,
        "Where a row is from",
        "The last columns of every table of results.",
        origin_columns(),
    );
    section(
        &mut text,
        "`placebo bootstrap`",
        "A row a statistic and interval.",
        BootstrapRow::columns(&none),
    );
    section(
        &mut text,
        "`placebo grid`",
        "A row a value of a specification.",
        GridRow::columns(&none),
    );
    section(
        &mut text,
        "`placebo power`",
        "A row a test, effect and level of a study; of a table the columns of its key stand in the place of those from \
         `test` to `relative_day`.",
        PowerRow::columns(&none),
    );
    section(
        &mut text,
        "`placebo coverage`",
        "A row an effect and level.",
        CoverageRow::columns(&none),
    );
    text
}

fn section(
    text: &mut String,
    title: &str,
    about: &str,
    columns: impl IntoIterator<Item = ResultColumn>,
) {
    let _ = write!(
        text,
        "\n## {title}\n\n{about}\n\n| column | is | in | |\n|---|---|---|---|\n"
    );
    for column in columns {
        let unit = match column.unit {
            Some("unit") => "`unit`",
            Some(unit) => unit,
            None => "",
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {unit} | {} |",
            column.name,
            column.kind.name(),
            column.about.replace('|', "\\|")
        );
    }
}
