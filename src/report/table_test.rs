//! What a test of a table says.

use serde::{Deserialize, Serialize};

use super::columns::{Column, draw, one_line};
use super::number::{Decimals, p_value, thousands};
use super::statement::fill;
use super::{Detail, Device, Flat, Forms, Head, Paper, ResultRow};
use crate::inference::distinct;
use crate::question::Key;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// Everything that a test of a table says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The formula.
    pub formula: String,
    /// How the results came about.
    pub manifest: TableManifest,
    /// The results.
    pub results: Vec<ResultRow>,
}

/// What a run of a test was: enough to read its results and to repeat it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableManifest {
    /// As in every report.
    #[serde(flatten)]
    pub head: Head,
    /// Whether all draws were made that were needed.
    pub complete: bool,
    /// The rule by which draws decide when they are enough, if there is one.
    pub stopping: Option<String>,
    /// Whether tails are fitted where few draws reach the observed value.
    pub tail_fit: bool,
    /// Where the draws were made; empty where exact laws answered all.
    pub device: Option<Device>,
    /// The null designs, one a convention.
    pub nulls: Vec<TableNullStatement>,
}

/// A null design of a table in words and numbers: which arrangements were possible, and what that
/// assumes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableNullStatement {
    /// The design with its parameters, as result rows name it.
    pub null: String,
    /// What it assumes, as a clause that can follow "assumes that".
    pub assumption: String,
    /// Why p is approximate, if it is.
    pub approximate: Option<String>,
    /// Which p-value is reported as p.
    pub convention: String,
    /// The variable; empty without one.
    pub variable: String,
    /// Statistics computed from its draws.
    pub statistics: Vec<String>,
    /// What each of them is, in a line.
    pub definitions: Vec<String>,
    /// Rows that are tested.
    pub rows: usize,
    /// Groups with their observed numbers of rows; none where the variable is of numbers.
    pub groups: Vec<(String, usize)>,
    /// Whether the observed arrangement is one of them.
    pub observed_admissible: bool,
    /// Number of different arrangements, exact, where it is below 2^128.
    pub admissible: Option<String>,
    /// Its decimal logarithm.
    pub admissible_log10: f64,
}

impl TableReport {
    /// The rows under a null design.
    fn of(&self, null: &TableNullStatement) -> Vec<&ResultRow> {
        let of_null = |row: &&ResultRow| row.key.text("convention") == null.convention;
        self.results.iter().filter(of_null).collect()
    }

    /// Its rows with a p, the smallest first.
    pub(super) fn ranked(&self) -> Vec<&ResultRow> {
        let told = self.results.iter().filter_map(|row| Some((row.p?, row)));
        let mut ranked: Vec<(f64, &ResultRow)> = told.collect();
        ranked.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        ranked.into_iter().map(|(_, row)| row).collect()
    }

    /// The report for the terminal: the null in words, a table, the rules that fired. In a terminal too
    /// narrow for the table the last columns are left out, and that is said. `color` makes headings bold.
    pub fn to_table(&self, width: Option<u16>, color: bool) -> String {
        let table_width = width.map_or(usize::MAX, usize::from);
        let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
        let bold = |text: &str| match color {
            true => format!("\x1b[1m{text}\x1b[0m"),
            false => text.to_owned(),
        };
        let mut text = format!("{}\n", bold(&one_line(&self.formula)));
        for null in &self.manifest.nulls {
            let rows = self.of(null);
            text += &format!("\n{}\n", bold(&one_line(&null.null)));
            text += &fill(&null.sentences(), width, "", "");
            text.push('\n');
            text += &table(&rows, table_width);
            text += &null.explained(width);
        }
        if !self.manifest.head.rules.is_empty() {
            text += &format!("\n{}\n", bold("Rules that fired"));
            for rule in &self.manifest.head.rules {
                text += &fill(rule, width, "- ", "  ");
            }
        }
        text.push('\n');
        text += &fill(&self.manifest.run(), width, "", "");
        for note in &self.manifest.head.notes {
            text += &fill(note, width, "Note: ", "  ");
        }
        text
    }
}

impl TableManifest {
    fn run(&self) -> String {
        let by = match &self.device {
            None => "Exact laws answered; nothing was drawn".to_owned(),
            Some(device) => format!(
                "Made on {} ({}) in {:.2} s, seed {}",
                device.name, device.kind, self.head.elapsed_seconds, self.head.seed
            ),
        };
        let interrupted = match self.complete {
            true => "",
            false => "; interrupted: these are the draws done",
        };
        format!("{by}{interrupted}. placebo {}.", self.head.placebo_version)
    }
}

impl TableNullStatement {
    /// The null in sentences.
    pub fn sentences(&self) -> String {
        let groups: Vec<String> = self
            .groups
            .iter()
            .take(12)
            .map(|(name, rows)| format!("{name} {rows}"))
            .collect();
        let mut of = match groups.len() {
            0 | 1 => String::new(),
            _ => format!(" in groups of {}", groups.join(", ")),
        };
        if self.groups.len() > 12 {
            of += &format!(" and {} more", self.groups.len() - 12);
        }
        let sets = match &self.admissible {
            Some(sets) => thousands(sets),
            None => format!("about 10^{:.1}", self.admissible_log10),
        };
        let observed = match self.observed_admissible {
            true => "the observed one among them",
            false => "the observed one, none of them, counted as one more: p claims no level",
        };
        let assumes = match self.observed_admissible {
            true => format!(" The test assumes that {}.", self.assumption),
            false => String::new(),
        };
        let approximate = match &self.approximate {
            Some(why) => format!(" p is approximate: {why}."),
            None => String::new(),
        };
        format!(
            "{} rows{of}; {sets} different arrangements are possible, {observed}.{assumes}{approximate} p is {}.",
            thousands(self.rows),
            self.convention
        )
    }

    /// What each of its statistics is, a line each.
    pub fn explained(&self, width: usize) -> String {
        let lines = self.statistics.iter().zip(&self.definitions);
        let lines = lines.map(|(name, what)| fill(&format!("{name}: {what}."), width, "", "  "));
        lines.collect()
    }
}

/// A question in a few words: what the statistic is of, and its name.
pub(super) fn question(row: &ResultRow) -> String {
    let parts = [
        row.key.text("outcome"),
        row.statistic(),
        row.key.text("group"),
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// The rows side by side, in lines of at most `width`.
fn table(rows: &[&ResultRow], width: usize) -> String {
    let columns = columns(rows);
    let kept = columns
        .iter()
        .take_while(|column| column.heading != "p")
        .count()
        + 1;
    let reasons = distinct(rows.iter().filter_map(|row| row.p_reason.clone()));
    let reasons = reasons.iter().map(|reason| format!("No p: {reason}.\n"));
    draw(columns, kept, width).text() + &reasons.collect::<String>()
}

/// The columns that rows need.
fn columns(rows: &[&ResultRow]) -> Vec<Column> {
    let cells = |cell: &dyn Fn(&ResultRow) -> String| {
        let cells = rows.iter().map(|row| one_line(&cell(row)));
        cells.collect::<Vec<_>>()
    };
    let words =
        |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column::words(heading, cells(cell));
    let numbers =
        |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column::numbers(heading, cells(cell));
    let p_values =
        |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column::p_values(heading, cells(cell));
    let key = |column: &'static str| move |row: &ResultRow| row.key.text(column).to_owned();
    let p = |p: Option<f64>| p.map_or("-".to_owned(), p_value);
    let mut columns = vec![words("Outcome", &key("outcome"))];
    columns.push(words("Statistic", &key("statistic")));
    if distinct(rows.iter().map(|row| row.key.text("group"))) != [""] {
        columns.push(words("Group", &key("group")));
    }
    columns.push(numbers("Observed", &|row| {
        row.observed.map_or("-".into(), |value| {
            Decimals::of(std::iter::once(value)).text(value)
        })
    }));
    columns.push(p_values("p", &|row| p(row.p)));
    if rows.iter().any(|row| row.p_maxt.is_some()) {
        columns.push(p_values("p maxT", &|row| p(row.p_maxt)));
        columns.push(p_values("stepwise", &|row| p(row.p_maxt_step)));
        columns.push(p_values("BH", &|row| p(row.p_bh)));
    }
    if rows.iter().any(|row| row.interval_level.is_some()) {
        columns.push(words("Set of shifts", &|row| {
            row.interval_set.clone().unwrap_or("-".into())
        }));
    }
    if rows
        .iter()
        .any(|row| row.engine == "monte-carlo" && row.p_mc_low.is_some())
    {
        columns.push(numbers(
            "MC 95 %",
            &|row| match (row.p_mc_low, row.p_mc_high) {
                (Some(low), Some(high)) => format!("{}–{}", p_value(low), p_value(high)),
                _ => "-".into(),
            },
        ));
    }
    columns.push(p_values("p lower", &|row| p(row.p_lower)));
    columns.push(p_values("p upper", &|row| p(row.p_upper)));
    columns.push(numbers("Draws", &|row| {
        row.draws.map_or("-".into(), thousands)
    }));
    columns.push(words("By", &|row| row.engine.clone()));
    if rows.iter().any(|row| row.effective_draws.is_some()) {
        columns.push(numbers("worth", &|row| {
            row.effective_draws
                .map_or("-".into(), |n| format!("{n:.0}"))
        }));
    }
    columns
}

impl Forms for TableReport {
    fn head(&self) -> &Head {
        &self.manifest.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.manifest.head
    }

    fn flat(&self) -> Flat {
        Flat::new(&self.results, &Key::default(), self.head(), self)
    }

    fn papers(&self) -> Vec<Paper> {
        let nulls = self.manifest.nulls.iter().map(|null| Paper {
            title: format!("{}: {}", self.formula, null.null),
            columns: columns(&self.of(null)),
            notes: vec![null.sentences()],
        });
        nulls.collect()
    }

    fn text(&self, width: Option<u16>, color: bool, _: Detail) -> String {
        self.to_table(width, color)
    }
}
