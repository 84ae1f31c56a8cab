//! What two results say differently.

use serde::Serialize;
use serde_json::Value;

use super::columns::{Column, draw};
use super::number::thousands;
use super::statement::fill;
use super::{Flat, Forms, Head, Saved, origin_columns};
use crate::visible::visible;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// What two results, A and B, say differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What was asked, and of what, as far as it differs.
    pub asked: Vec<Differs>,
    /// Rows that both have, by their keys.
    pub rows: u64,
    /// Keys of the rows that A alone has.
    pub only_a: Vec<String>,
    /// Keys of the rows that B alone has.
    pub only_b: Vec<String>,
    /// Whether the counts of all rows that both have are the same integers.
    pub same_counts: bool,
    /// Columns in which rows differ.
    pub columns: Vec<ColumnDiffers>,
    /// Every difference.
    pub cells: Vec<CellDiffers>,
}

/// Something that is asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Differs {
    /// What.
    pub what: String,
    /// In A.
    pub a: String,
    /// In B.
    pub b: String,
}

/// A column in which rows differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnDiffers {
    /// Its name.
    pub column: String,
    /// In how many rows.
    pub rows: u64,
    /// By how much at most, of numbers that both have.
    pub most: Option<f64>,
}

/// A cell that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellDiffers {
    /// The key of its row.
    pub key: String,
    /// Its column.
    pub column: String,
    /// What A has.
    pub a: Value,
    /// What B has.
    pub b: Value,
}

/// Columns of counts.
const COUNTS: [&str; 5] = ["draws", "below", "equal", "above", "singular"];

impl Difference {
    /// Of two results.
    pub fn of(a: &Saved, b: &Saved) -> Self {
        let (flat_a, flat_b) = (flat(a), flat(b));
        let (keys_a, keys_b) = (a.names(), b.names());
        let origin = origin_columns();
        let is_compared = |name: &str| !origin.iter().any(|of| of.name == name);
        let mut cells = Vec::new();
        let mut rows = 0;
        for (key, row_a) in keys_a.iter().zip(&flat_a.rows) {
            let Some(at) = keys_b.iter().position(|other| other == key) else {
                continue;
            };
            rows += 1;
            for (column, in_a) in flat_a.columns.iter().zip(row_a) {
                let in_b = flat_b
                    .columns
                    .iter()
                    .position(|other| other.name == column.name);
                let in_b = in_b.map_or(&Value::Null, |column| &flat_b.rows[at][column]);
                if in_a != in_b && is_compared(&column.name) {
                    cells.push(CellDiffers {
                        key: key.clone(),
                        column: column.name.clone(),
                        a: in_a.clone(),
                        b: in_b.clone(),
                    });
                }
            }
        }
        let columns = flat_a.columns.iter().filter_map(|column| {
            let of: Vec<&CellDiffers> = cells
                .iter()
                .filter(|cell| cell.column == column.name)
                .collect();
            let sizes = of
                .iter()
                .filter_map(|cell| Some((cell.a.as_f64()? - cell.b.as_f64()?).abs()));
            (!of.is_empty()).then(|| ColumnDiffers {
                column: column.name.clone(),
                rows: of.len() as u64,
                most: sizes.reduce(f64::max),
            })
        });
        let only = |these: &[String], others: &[String]| -> Vec<String> {
            these
                .iter()
                .filter(|key| !others.contains(key))
                .cloned()
                .collect()
        };
        Difference {
            asked: asked(a, b),
            rows,
            only_a: only(&keys_a, &keys_b),
            only_b: only(&keys_b, &keys_a),
            same_counts: !cells
                .iter()
                .any(|cell| COUNTS.contains(&cell.column.as_str())),
            columns: columns.collect(),
            cells,
        }
    }

    /// As one JSON object.
    pub fn to_json(&self) -> String {
        super::json::json_text(self)
    }

    /// For the terminal; with `details` every cell that differs.
    pub fn to_table(&self, width: Option<u16>, details: bool) -> String {
        let table_width = width.map_or(usize::MAX, usize::from);
        let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
        let is_same = self.cells.is_empty() && self.only_a.is_empty() && self.only_b.is_empty();
        let rows = thousands(self.rows);
        let said = match (is_same, self.same_counts) {
            (true, _) => format!("The same results: {rows} rows, equal in every column."),
            (false, _) if self.rows == 0 => {
                "No row is in both: they answer other questions.".into()
            }
            (false, true) => format!("{rows} rows are in both, with the same counts."),
            (false, false) => format!("{rows} rows are in both, and their counts differ."),
        };
        let mut text = fill(&said, width, "", "");
        if !self.asked.is_empty() {
            text += "\n";
            let cells = |of: fn(&Differs) -> &String| {
                self.asked
                    .iter()
                    .map(|it| visible(of(it)).into_owned())
                    .collect()
            };
            let columns = vec![
                Column::words("Asked", cells(|it| &it.what)),
                Column::words("A", cells(|it| &it.a)),
                Column::words("B", cells(|it| &it.b)),
            ];
            text += &draw(columns, 3, table_width).text();
        }
        if !self.columns.is_empty() {
            text += "\n";
            let of =
                |cell: &dyn Fn(&ColumnDiffers) -> String| self.columns.iter().map(cell).collect();
            let columns = vec![
                Column::words("Column", of(&|it| it.column.clone())),
                Column::numbers("Rows that differ", of(&|it| thousands(it.rows))),
                Column::numbers(
                    "by at most",
                    of(&|it| it.most.map_or("-".into(), |most| format!("{most:.3e}"))),
                ),
            ];
            text += &draw(columns, 3, table_width).text();
        }
        for (name, keys) in [("A", &self.only_a), ("B", &self.only_b)] {
            if keys.is_empty() {
                continue;
            }
            text += &format!(
                "\nRows that {name} alone has: {}\n",
                thousands(keys.len() as u64)
            );
            let shown = if details {
                keys.len()
            } else {
                SHOWN.min(keys.len())
            };
            for key in &keys[..shown] {
                text += &fill(&visible(key), width, "- ", "  ");
            }
            if shown < keys.len() {
                text += &format!(
                    "- and {} more: --details\n",
                    thousands((keys.len() - shown) as u64)
                );
            }
        }
        if details && !self.cells.is_empty() {
            text += "\nEvery difference\n";
            for cell in &self.cells {
                let said = format!(
                    "{}: {} is {} in A and {} in B",
                    cell.key, cell.column, cell.a, cell.b
                );
                text += &fill(&visible(&said), width, "- ", "  ");
            }
        }
        text
    }
}

/// Keys that a list shows before it is cut.
const SHOWN: usize = 5;

fn flat(of: &Saved) -> Flat {
    match of {
        Saved::Study(report) => report.flat(),
        Saved::Table(report) => report.flat(),
        Saved::Bootstrap(report) => report.flat(),
    }
}

fn head(of: &Saved) -> &Head {
    match of {
        Saved::Study(report) => report.head(),
        Saved::Table(report) => report.head(),
        Saved::Bootstrap(report) => report.head(),
    }
}

/// What tells the questions apart.
fn asked(a: &Saved, b: &Saved) -> Vec<Differs> {
    let mut found = Vec::new();
    let mut compare = |what: &str, a: String, b: String| {
        if a != b {
            let what = what.to_owned();
            found.push(Differs { what, a, b });
        }
    };
    let name = |of: &Saved| match of {
        Saved::Study(report) => report.study.name.clone(),
        Saved::Table(report) => report.formula.clone(),
        Saved::Bootstrap(_) => "bootstrap".to_owned(),
    };
    compare("question", name(a), name(b));
    let (head_a, head_b) = (head(a), head(b));
    let study = |of: &Head| {
        of.study
            .as_ref()
            .map_or("-".into(), |study| short(&study.sha256))
    };
    compare("study SHA-256", study(head_a), study(head_b));
    compare("seed", head_a.seed.to_string(), head_b.seed.to_string());
    compare("draws", thousands(head_a.draws), thousands(head_b.draws));
    let version = |of: &Head| of.placebo_version.clone();
    compare("placebo", version(head_a), version(head_b));
    let samplers = |of: &Head| of.sampler_version.to_string();
    compare("samplers", samplers(head_a), samplers(head_b));
    let mut files: Vec<&String> = Vec::new();
    for file in head_a.data.iter().chain(&head_b.data) {
        if !files.contains(&&file.file) {
            files.push(&file.file);
        }
    }
    for file in files {
        let hash = |of: &Head| {
            let found = of.data.iter().find(|of| of.file == *file);
            found.map_or("-".into(), |found| short(&found.sha256))
        };
        compare(file, hash(head_a), hash(head_b));
    }
    found
}

/// The beginning of a hash.
fn short(hash: &str) -> String {
    hash.chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example::report;

    #[test]
    fn what_differs_is_said_and_nothing_else() {
        let a = report();
        let saved = |report| Saved::Study(Box::new(report));
        let same = Difference::of(&saved(a.clone()), &saved(a.clone()));
        assert!(same.cells.is_empty() && same.asked.is_empty() && same.same_counts);
        assert!(
            same.to_table(None, true)
                .starts_with("The same results: 5 rows")
        );
        let mut b = a.clone();
        b.manifest.head.seed = 2;
        b.manifest.head.data[0].sha256 = "11".repeat(32);
        b.results[0].p = Some(0.25);
        b.results[0].below = Some(7);
        let gone = b.results.pop().unwrap();
        let found = Difference::of(&saved(a), &saved(b));
        assert_eq!((found.rows, found.same_counts), (4, false));
        assert_eq!(found.only_a, [gone.key.to_string()]);
        assert!(found.only_b.is_empty());
        let asked: Vec<&str> = found.asked.iter().map(|of| of.what.as_str()).collect();
        assert_eq!(asked, ["seed", "yields.csv"]);
        let columns: Vec<(&str, u64)> = found
            .columns
            .iter()
            .map(|of| (of.column.as_str(), of.rows))
            .collect();
        assert_eq!(columns, [("below", 1), ("p", 1)]);
        assert!((found.columns[1].most.unwrap() - (0.25 - 0.149_201)).abs() < 1e-12);
        let text = found.to_table(Some(80), true);
        assert!(text.contains("p is 0.149201 in A and 0.25 in B"), "{text}");
    }
}
