//! The tables of a page.

use super::figures::Names;
use super::views;
use crate::inference::distinct;
use crate::picture::{p_text, short};
use crate::report::columns::{Column, Holds};
use crate::report::{Paper, Report, ResultRow};

/// A table that sorts.
pub(super) struct Table {
    pub id: String,
    pub heading: String,
    pub reading: String,
    /// Whether it is shown at once.
    pub is_open: bool,
    /// Headings, and whether their cells are numbers.
    pub columns: Vec<(String, bool)>,
    pub rows: Vec<Vec<Shown>>,
}

/// A cell as it is read, and the number that it sorts by.
#[derive(Default)]
pub(super) struct Shown {
    pub text: String,
    pub number: Option<f64>,
}

/// Rows of a table, at most; a page of more would not open.
const MOST_ROWS: usize = 4_000;

impl Table {
    /// All rows of a report, as many as a page takes.
    pub fn of_rows(
        columns: Vec<(String, bool)>,
        rows: impl ExactSizeIterator<Item = Vec<Shown>>,
    ) -> Self {
        let all = rows.len();
        Table {
            id: "rows".into(),
            heading: "All rows".into(),
            reading: match all > MOST_ROWS {
                true => format!(
                    "The first {MOST_ROWS} of {all} rows; the result files (--format csv, json) have all of them, with every column."
                ),
                false => format!(
                    "All {all} rows; the result files (--format csv, json) have every column."
                ),
            },
            is_open: false,
            columns,
            rows: rows.take(MOST_ROWS).collect(),
        }
    }
}

impl Table {
    /// Tables for print, that sort.
    pub fn of_papers(papers: &[Paper]) -> Vec<Self> {
        let table = |(at, paper): (usize, &Paper)| {
            let rows = paper.columns.first().map_or(0, |column| column.cells.len());
            let cell = |row: usize, column: &Column| {
                let text = column.cells[row].clone();
                let number = match column.holds {
                    Holds::Words => None,
                    Holds::Numbers | Holds::PValues => text.replace(',', "").parse().ok(),
                };
                Shown { text, number }
            };
            let line = |row| paper.columns.iter().map(|of| cell(row, of)).collect();
            let columns = paper.columns.iter();
            Table {
                id: match at {
                    0 => "rows".into(),
                    at => format!("rows-{}", at + 1),
                },
                heading: paper.title.clone(),
                reading: match rows > MOST_ROWS {
                    true => format!(
                        "The first {MOST_ROWS} of {rows} rows; the result files have all of them. A heading sorts."
                    ),
                    false => "A heading sorts.".into(),
                },
                is_open: true,
                columns: columns
                    .map(|of| (of.heading.replace('\n', " "), of.holds != Holds::Words))
                    .collect(),
                rows: (0..rows.min(MOST_ROWS)).map(line).collect(),
            }
        };
        papers.iter().enumerate().map(table).collect()
    }
}

impl Shown {
    pub fn words(text: &str) -> Self {
        Shown {
            text: text.to_owned(),
            number: None,
        }
    }

    pub fn number(value: Option<f64>, text: fn(f64) -> String) -> Self {
        Shown {
            text: value.map_or(String::new(), text),
            number: value,
        }
    }
}

/// A line a question, a column a null design.
pub(super) fn questions(report: &Report) -> Table {
    let names = Names::of(report);
    let nulls = distinct(
        report
            .results
            .iter()
            .map(|row| row.null())
            .filter(|null| !null.is_empty()),
    );
    let rows = report.results.iter();
    let has_hac = rows.clone().any(|row| row.p_hac.is_some());
    let has_exact = rows
        .clone()
        .any(|row| row.p_exact.is_some() && row.engine == "monte-carlo");
    let has_family = rows.clone().any(|row| row.p_maxt_step.is_some());
    let has_interval = rows.clone().any(|row| row.interval_set.is_some());
    let words = ["Series", "Group", "Statistic", "Window"].map(|name| (name.to_owned(), false));
    let mut columns = words.to_vec();
    columns.push(("Day".into(), true));
    columns.push(("Effect".into(), true));
    columns.push(("Unit".into(), false));
    columns.extend(
        nulls
            .iter()
            .map(|null| (format!("p, {}", names.null(null)), true)),
    );
    columns.extend(has_exact.then(|| ("p, exact law".into(), true)));
    columns.extend(has_hac.then(|| ("p, HAC".into(), true)));
    columns.extend(has_family.then(|| ("p, family".into(), true)));
    columns.extend(has_interval.then(|| ("Effects not rejected".into(), false)));
    let mut lines = Vec::new();
    for view in views(report) {
        for asked in view.asked() {
            let Some(first) = asked.rows.first() else {
                continue;
            };
            let [from, to] = view.window;
            let mut line = vec![
                Shown::words(asked.series),
                Shown::words(asked.group),
                Shown::words(view.statistic),
                Shown::words(&format!("{from} to {to}")),
                Shown::number(Some(asked.day.into()), |day| format!("{day}")),
                Shown::number(first.observed, short),
                Shown::words(&first.unit),
            ];
            let of = |null: &str| asked.rows.iter().find(|row| row.null() == null);
            line.extend(
                nulls
                    .iter()
                    .map(|null| Shown::number(of(null).and_then(|row| row.p), p_text)),
            );
            let any =
                |value: fn(&ResultRow) -> Option<f64>| asked.rows.iter().find_map(|row| value(row));
            line.extend(has_exact.then(|| {
                Shown::number(
                    any(|row| row.p_exact.filter(|_| row.engine == "monte-carlo")),
                    p_text,
                )
            }));
            line.extend(has_hac.then(|| Shown::number(any(|row| row.p_hac), p_text)));
            line.extend(has_family.then(|| Shown::number(any(|row| row.p_maxt_step), p_text)));
            line.extend(has_interval.then(|| {
                let set = asked
                    .rows
                    .iter()
                    .find_map(|row| row.interval_set.as_deref());
                Shown::words(set.unwrap_or_default())
            }));
            lines.push(line);
        }
    }
    lines.truncate(MOST_ROWS);
    Table {
        id: "questions".into(),
        heading: "The questions".into(),
        reading: "A line is a series, a group and a statistic at the last day that was asked for. A heading sorts.".into(),
        is_open: true,
        columns,
        rows: lines,
    }
}

/// A column of numbers: its heading, its value in a row, and how that is written.
type Numbered = (
    &'static str,
    fn(&ResultRow) -> Option<f64>,
    fn(f64) -> String,
);

/// All rows, as the result files have them.
pub(super) fn everything(report: &Report) -> Table {
    let words = ["Series", "Group", "Statistic", "Null design", "Window"]
        .map(|name| (name.to_owned(), false));
    let numbers: [Numbered; 13] = [
        (
            "Day",
            |row| Some(row.relative_day().into()),
            |day| format!("{day}"),
        ),
        ("Effect", |row| row.observed, short),
        ("p", |row| row.p, p_text),
        ("p, low", |row| row.p_mc_low, p_text),
        ("p, high", |row| row.p_mc_high, p_text),
        ("p, exact", |row| row.p_exact, p_text),
        ("p, HAC", |row| row.p_hac, p_text),
        ("p, maxT", |row| row.p_maxt_step, p_text),
        ("Null mean", |row| row.null_mean, short),
        ("Null sd", |row| row.null_sd, short),
        ("2.5 %", |row| row.null_q025, short),
        ("97.5 %", |row| row.null_q975, short),
        (
            "Draws",
            |row| row.draws.map(|draws| draws as f64),
            |draws| crate::error::thousands(draws as u64),
        ),
    ];
    let used: Vec<_> = numbers
        .into_iter()
        .filter(|(_, value, _)| report.results.iter().any(|row| value(row).is_some()))
        .collect();
    let mut columns = words.to_vec();
    columns.extend(used.iter().map(|(name, ..)| ((*name).to_owned(), true)));
    let line = |row: &ResultRow| {
        let [from, to] = row.window();
        let mut line = vec![
            Shown::words(row.series()),
            Shown::words(row.group()),
            Shown::words(row.statistic()),
            Shown::words(row.null()),
            Shown::words(&format!("{from} to {to}")),
        ];
        line.extend(
            used.iter()
                .map(|(_, value, text)| Shown::number(value(row), *text)),
        );
        line
    };
    Table::of_rows(columns, report.results.iter().map(line))
}
