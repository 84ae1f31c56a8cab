//! Rejection rates of a test of a table, as JSON, CSV and text.

use serde::Serialize;

use crate::inference::tidy;

use super::columns::{Column, draw, one_line};
use super::number::{Decimals, thousands};
use super::statement::fill;
use super::{Detail, Flat, Forms, Head, Paper, TableNullStatement};
use crate::inference::distinct;
use crate::question::Key;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// Everything that `placebo power` says of a test of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TablePowerReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The formula.
    pub formula: String,
    /// How the results came about.
    pub manifest: TablePowerManifest,
    /// The results.
    pub results: Vec<TablePowerRow>,
}

/// How the rates came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TablePowerManifest {
    /// As in every report; `draws` are those of a data set.
    #[serde(flatten)]
    pub head: Head,
    /// Effects planted, in the outcome's unit.
    pub effects: Vec<f64>,
    /// Data sets an effect.
    pub sets: u64,
    /// Levels of the tests.
    pub levels: Vec<f64>,
    /// The null designs, one a convention.
    pub nulls: Vec<TableNullStatement>,
}

tidy! {
/// How often one test rejects at one effect and level; the study, the key, the effect and the level are
/// unique in a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TablePowerRow {
    /// The table.
    pub study: String,
    /// Outcome, variable, statistic, group, null and convention.
    #[serde(flatten)]
    pub key: Key,
    /// The planted effect.
    pub effect: f64,
    /// Level of the test.
    #[in_unit("probability")]
    pub level: f64,
    /// Data sets.
    pub sets: u64,
    /// Data sets with p at most the level.
    pub rejections: u64,
    /// Their share: the size where no effect is planted, else the power.
    #[in_unit("probability")]
    pub rate: f64,
    /// Lower end of its 95 % Clopper-Pearson interval.
    #[in_unit("probability")]
    pub rate_low: f64,
    /// Upper end.
    #[in_unit("probability")]
    pub rate_high: f64,
    /// p-value of a chi-square test that upper-tail p-values, ties split at random, are uniform, as they
    /// are without an effect.
    #[in_unit("probability")]
    pub uniformity: Option<f64>,
}
}

impl TablePowerReport {
    /// The rows under a null design.
    fn of(&self, null: &TableNullStatement) -> Vec<&TablePowerRow> {
        let of_null = |row: &&TablePowerRow| row.key.text("convention") == null.convention;
        self.results.iter().filter(of_null).collect()
    }

    /// The rates as text: a line an outcome, statistic and effect, levels beside each other.
    pub fn to_table(&self, width: Option<u16>) -> String {
        let table_width = width.map_or(usize::MAX, usize::from);
        let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
        let manifest = &self.manifest;
        let mut text = format!("{}\n", one_line(&self.formula));
        let reading = format!(
            "Share (%) of {} data sets in which p is at most the level: the table in an arrangement that \
             its null design draws, with the effect added to each row of the first group, to each row of \
             one sample, or for each unit of a variable of numbers. Effect 0 is the size. In brackets \
             half the width of the 95 % interval. Uniform: p of a chi-square test that p-values without \
             an effect are uniform, ties split at random.",
            thousands(manifest.sets),
        );
        text += &fill(&reading, width, "", "");
        for null in &manifest.nulls {
            let rows = self.of(null);
            text += &format!("\n{}\n", one_line(&null.null));
            text += &fill(&null.sentences(), width, "", "");
            text.push('\n');
            let columns = columns(&rows, &manifest.levels);
            let kept = columns.len() - 1;
            text += &draw(columns, kept, table_width).text();
        }
        for rule in &manifest.head.rules {
            text += &fill(rule, width, "- ", "  ");
        }
        text += &format!(
            "\n{} draws a data set; {:.2} s on {} CPU thread(s). Seed {}, placebo {}.\n",
            thousands(manifest.head.draws),
            manifest.head.elapsed_seconds,
            manifest.head.threads,
            manifest.head.seed,
            manifest.head.placebo_version
        );
        text
    }
}

/// Levels beside each other.
fn columns(rows: &[&TablePowerRow], levels: &[f64]) -> Vec<Column> {
    let lines = distinct(rows.iter().map(|row| (&row.key, row.effect.to_bits())));
    let of = |(key, effect): &(&Key, u64), level: f64| {
        let is_it = |row: &&&TablePowerRow| {
            row.key == **key && row.effect.to_bits() == *effect && row.level == level
        };
        rows.iter().find(is_it).copied()
    };
    let words = |heading: &str, name: &str| {
        let cells = lines.iter().map(|(key, _)| one_line(key.text(name)));
        Column::words(heading, cells.collect())
    };
    let decimals = Decimals::of(rows.iter().map(|row| row.effect));
    let effects = lines
        .iter()
        .map(|&(_, effect)| decimals.text(f64::from_bits(effect)));
    let mut columns = vec![
        words("Outcome", "outcome"),
        words("Statistic", "statistic"),
        words("Group", "group"),
        Column::numbers("Effect", effects.collect()),
    ];
    for &level in levels {
        let rate = |row: &TablePowerRow| {
            let half = (row.rate_high - row.rate_low) / 2.0;
            format!("{:.1} ({:.1})", 100.0 * row.rate, 100.0 * half)
        };
        let cells = lines
            .iter()
            .map(|line| of(line, level).map_or(String::new(), rate));
        columns.push(Column::numbers(
            format!("level {}", 100.0 * level),
            cells.collect(),
        ));
    }
    let uniform = lines.iter().map(|line| {
        let row = levels.first().and_then(|&level| of(line, level));
        let p = row.and_then(|row| row.uniformity.filter(|_| row.effect == 0.0));
        p.map_or(String::new(), |p| format!("{p:.3}"))
    });
    columns.push(Column::p_values("Uniform", uniform.collect()));
    columns
}

impl Forms for TablePowerReport {
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
            columns: columns(&self.of(null), &self.manifest.levels),
            notes: vec![null.sentences()],
        });
        nulls.collect()
    }

    fn text(&self, width: Option<u16>, _: bool, _: Detail) -> String {
        self.to_table(width)
    }
}
