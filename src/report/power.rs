//! Rejection rates, as a table, JSON and CSV.

use serde::Serialize;

use super::distinct::distinct;
use super::number::{Decimals, thousands};
use super::statement::fill;
use super::{NullStatement, StudySummary};
use crate::inference::clopper_pearson;

/// Confidence level of the interval beside a rate.
const MONTE_CARLO_LEVEL: f64 = 0.95;
/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// Everything that `placebo power` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// How the results came about.
    pub manifest: PowerManifest,
    /// The results.
    pub results: Vec<PowerRow>,
}

/// How the rates came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerManifest {
    /// Version of this crate.
    pub placebo_version: String,
    /// Version of the samplers.
    pub sampler_version: u32,
    /// Seed of the counter-based generator.
    pub seed: u64,
    /// Where data sets come from: `own`, `iid`, `ar:PHI` or `garch:ALPHA,BETA`.
    pub series: String,
    /// Effects planted, in the reported unit.
    pub effects: Vec<f64>,
    /// The group that has them; empty: all events.
    pub group: String,
    /// Data sets an effect.
    pub sets: u64,
    /// Placebo draws a data set; an enumeration makes each of its sets once instead.
    pub draws: u64,
    /// Levels of the tests.
    pub levels: Vec<f64>,
    /// CPU threads.
    pub threads: usize,
    /// Rules that fired while reading and placing dates, as sentences.
    pub rules: Vec<String>,
    /// The null designs, one entry a test.
    pub nulls: Vec<NullStatement>,
    /// Wall time.
    pub elapsed_seconds: f64,
}

/// How often one test rejects at one effect and level.
///
/// `(test, series, group, statistic, relative_day, effect, level)` is unique in a report. Rows of a
/// family have the correction for `statistic` and no day: at least one member is rejected.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerRow {
    /// The study's name.
    pub study: String,
    /// Number of the `[[test]]` in the study, from 1.
    pub test: usize,
    /// The series, as its source names it.
    pub series: String,
    /// A group's name, `all`, or `A - B` for a difference.
    pub group: String,
    /// The statistic's name, or a family's correction.
    pub statistic: String,
    /// The relative day of this row; empty for a family.
    pub relative_day: Option<i32>,
    /// The null design with its parameters.
    pub null: String,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// The planted effect.
    pub effect: f64,
    /// Its unit.
    pub unit: String,
    /// Level of the test.
    pub level: f64,
    /// Data sets.
    pub sets: u64,
    /// Data sets with p at most the level.
    pub rejections: u64,
    /// Their share: the size where no effect is planted, else the power.
    pub rate: f64,
    /// Lower end of its 95 % Clopper-Pearson interval.
    pub rate_low: f64,
    /// Upper end.
    pub rate_high: f64,
    /// p-value of a chi-square test that upper-tail p-values, ties split at random, are uniform, as they
    /// are without an effect where the design's assumption holds; empty for a family.
    pub uniformity: Option<f64>,
}

/// The 95 % Clopper-Pearson interval of a rate.
pub fn clopper_pearson_row(count: u64, sets: u64) -> (f64, f64) {
    clopper_pearson(count, sets, MONTE_CARLO_LEVEL)
}

/// Columns of the CSV, in the order of the fields.
const COLUMNS: [&str; 18] = [
    "study",
    "test",
    "series",
    "group",
    "statistic",
    "relative_day",
    "null",
    "window_first",
    "window_last",
    "effect",
    "unit",
    "level",
    "sets",
    "rejections",
    "rate",
    "rate_low",
    "rate_high",
    "uniformity",
];

impl PowerReport {
    /// The whole report.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("plain structs become JSON");
        json.push('\n');
        json
    }

    /// A header and one line a row.
    pub fn to_csv(&self) -> String {
        // The writer's own header cannot name the two ends of the window.
        let mut writer = csv::WriterBuilder::new()
            .has_headers(false)
            .from_writer(Vec::new());
        writer.write_record(COLUMNS).expect("memory can be written");
        for row in &self.results {
            writer.serialize(row).expect("memory can be written");
        }
        let bytes = writer.into_inner().expect("memory can be written");
        String::from_utf8(bytes).expect("fields are UTF-8")
    }

    /// The report as text: a line a test and effect, levels beside each other.
    #[cfg(feature = "cli")]
    pub fn to_table(&self, width: Option<u16>) -> String {
        let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
        let manifest = &self.manifest;
        let mut text = match &self.study.title {
            Some(title) => format!("{}: {title}\n", self.study.name),
            None => format!("{}\n", self.study.name),
        };
        let data = match manifest.series.as_str() {
            "own" => "the study's own series, its events at a random admissible set".to_owned(),
            law => format!("simulated series ({law}), with the study's own events"),
        };
        let of_group = match manifest.group.as_str() {
            "" => "each event".to_owned(),
            group => format!("each event of `{group}`"),
        };
        let reading = format!(
            "Share (%) of {} data sets in which p is at most the level: {data}, a step of the effect \
             planted on the day of {of_group}. Effect 0 is the size: it should not exceed the level. In \
             brackets half the width of the 95 % interval. Uniform: p of a chi-square test that p-values \
             without an effect are uniform, ties split at random.",
            thousands(manifest.sets),
        );
        text += &fill(&reading, width, "", "");
        for (test, null) in (1..).zip(&manifest.nulls) {
            let rows: Vec<&PowerRow> = self.results.iter().filter(|r| r.test == test).collect();
            let [from, to] = null.window;
            text += &format!(
                "\n[[test]] {test}: {}, window {from:+} to {to:+} days\n\n",
                null.null
            );
            text += &rows_table(&rows, &manifest.levels);
        }
        text += &format!(
            "\n{} draws a data set; {:.2} s on {} CPU thread(s). Seed {}, placebo {}.\n",
            thousands(manifest.draws),
            manifest.elapsed_seconds,
            manifest.threads,
            manifest.seed,
            manifest.placebo_version
        );
        text
    }
}

#[cfg(feature = "cli")]
fn rows_table(rows: &[&PowerRow], levels: &[f64]) -> String {
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .force_no_tty();
    let decimals = Decimals::of(rows.iter().map(|row| row.effect));
    let names = ["Series", "Group", "Statistic", "Day", "Effect"].map(str::to_owned);
    let header = names
        .into_iter()
        .chain(
            levels
                .iter()
                .map(|level| format!("level {}", 100.0 * level)),
        )
        .chain(["Uniform".to_owned()]);
    table.set_header(header);
    let keys = distinct(rows.iter().map(|row| {
        let names = (&row.series, &row.group, &row.statistic);
        (names, row.relative_day, row.effect.to_bits())
    }));
    for ((series, group, statistic), day, effect) in keys {
        let of: Vec<&&PowerRow> = rows
            .iter()
            .filter(|row| {
                (&row.series, &row.group, &row.statistic) == (series, group, statistic)
                    && row.relative_day == day
                    && row.effect.to_bits() == effect
            })
            .collect();
        let effect = f64::from_bits(effect);
        let mut cells = vec![
            series.clone(),
            group.clone(),
            statistic.clone(),
            day.map_or(String::new(), |day| day.to_string()),
            format!("{} {}", decimals.text(effect), of[0].unit),
        ];
        cells.extend(of.iter().map(|row| {
            let half = (row.rate_high - row.rate_low) / 2.0;
            format!("{:.1} ({:.1})", 100.0 * row.rate, 100.0 * half)
        }));
        let uniform = of[0].uniformity.filter(|_| effect == 0.0);
        cells.push(uniform.map_or(String::new(), |p| format!("{p:.3}")));
        table.add_row(cells);
    }
    for column in 3..5 + levels.len() + 1 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    let mut text = String::new();
    for line in table.lines() {
        text += line.trim_end();
        text.push('\n');
    }
    text
}
