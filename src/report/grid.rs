//! Specification curves, as a table, JSON and CSV.

use serde::Serialize;

use super::distinct::distinct;
use super::number::{Decimals, p_value, thousands};
use super::statement::fill;
use super::{Device, StudySummary};
use crate::load::FileHash;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;
/// Level at which the table counts specifications.
const LEVEL: f64 = 0.05;

/// Everything that `placebo grid` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// How the results came about.
    pub manifest: GridManifest,
    /// The joint tests.
    pub curves: Vec<Curve>,
    /// The specifications, one row a value.
    pub results: Vec<GridRow>,
}

/// How the specifications were run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridManifest {
    /// Version of this crate.
    pub placebo_version: String,
    /// Version of the samplers.
    pub sampler_version: u32,
    /// Seed of the counter-based generator.
    pub seed: u64,
    /// Placebo draws a specification.
    pub draws: u64,
    /// Placebo sets of the joint tests.
    pub joint_draws: u64,
    /// Specifications, the study's own among them.
    pub specifications: u64,
    /// Where the draws were made.
    pub device: Device,
    /// CPU threads.
    pub threads: usize,
    /// Every file read, with its hash.
    pub data: Vec<FileHash>,
    /// Rules that fired, as sentences.
    pub rules: Vec<String>,
    /// Devices that failed, and who took over.
    pub notes: Vec<String>,
    /// Wall time.
    pub elapsed_seconds: f64,
}

/// The joint test over the specifications of one series and group (Simonsohn, Simmons and Nelson 2020):
/// each placebo set is put through all of them, and what it gives is compared with what the events
/// give. Values are standardised by their moments over the placebo sets and the observed one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Number of the `[[test]]`, from 1.
    pub test: usize,
    /// The series.
    pub series: String,
    /// The group, `all`, or a difference.
    pub group: String,
    /// Whether the specifications are about the sizes of changes.
    pub absolute: bool,
    /// Specifications that the same placebo sets can answer.
    pub specifications: u64,
    /// Placebo sets.
    pub draws: u64,
    /// Median of the observed standardised values (the upper one of an even number).
    pub median_z: f64,
    /// Equal-tailed p-value of it.
    pub p_median: f64,
    /// Largest size of an observed standardised value.
    pub largest_z: f64,
    /// p-value of it: the share of placebo sets with as large a value in some specification.
    pub p_largest: f64,
}

/// A value of one specification.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridRow {
    /// Number of the `[[test]]` that is varied, from 1.
    pub test: usize,
    /// Number of the specification, from 0.
    pub specification: usize,
    /// What is varied: `own` for the study's own test.
    pub dimension: String,
    /// How.
    pub choice: String,
    /// Events counted.
    pub events: u64,
    /// The series, as its source names it.
    pub series: String,
    /// A group's name, `all`, or `A - B`.
    pub group: String,
    /// The statistic's name.
    pub statistic: String,
    /// The null design with its parameters.
    pub null: String,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// The relative day of this row.
    pub relative_day: i32,
    /// The statistic of the observed set, in `unit`.
    pub observed: f64,
    /// Unit of `observed` and all `null_*`.
    pub unit: String,
    /// Mean of the null law.
    pub null_mean: Option<f64>,
    /// Standard deviation of the null law.
    pub null_sd: Option<f64>,
    /// 2.5 % quantile of the null law.
    pub null_q025: Option<f64>,
    /// 97.5 % quantile of the null law.
    pub null_q975: Option<f64>,
    /// Placebo sets.
    pub draws: Option<u64>,
    /// p-value of the test's convention.
    pub p: Option<f64>,
    /// Lower end of its 95 % Monte Carlo interval.
    pub p_low: Option<f64>,
    /// Upper end.
    pub p_high: Option<f64>,
    /// p-value of the exact null law.
    pub p_exact: Option<f64>,
    /// What answered.
    pub engine: String,
    /// Whether the joint test counts it.
    pub joint: bool,
}

/// Columns of the CSV, in the order of the fields.
const COLUMNS: [&str; 25] = [
    "test",
    "specification",
    "dimension",
    "choice",
    "events",
    "series",
    "group",
    "statistic",
    "null",
    "window_first",
    "window_last",
    "relative_day",
    "observed",
    "unit",
    "null_mean",
    "null_sd",
    "null_q025",
    "null_q975",
    "draws",
    "p",
    "p_low",
    "p_high",
    "p_exact",
    "engine",
    "joint",
];

impl GridRow {
    /// The exact p-value where there is one, or else that of the draws.
    fn best_p(&self) -> Option<f64> {
        self.p_exact.or(self.p)
    }
}

impl GridReport {
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

    /// The report as text: by test, series and group, a line a specification, those with events left
    /// out in one line a kind.
    #[cfg(feature = "cli")]
    pub fn to_table(&self, width: Option<u16>) -> String {
        let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
        let manifest = &self.manifest;
        let mut text = match &self.study.title {
            Some(title) => format!("{}: {title}\n", self.study.name),
            None => format!("{}\n", self.study.name),
        };
        text += &fill(
            &format!(
                "{} specifications. p is exact where the null law is known, or else of {} draws. Joint: the \
                 same {} placebo sets through all specifications that know their dates; p of the median \
                 standardised value, and of the largest (Simonsohn, Simmons and Nelson 2020).",
                thousands(manifest.specifications),
                thousands(manifest.draws),
                thousands(manifest.joint_draws),
            ),
            width,
            "",
            "",
        );
        let keys = distinct(
            self.results
                .iter()
                .map(|row| (row.test, &row.series, &row.group)),
        );
        for (test, series, group) in keys {
            let rows: Vec<&GridRow> = self
                .results
                .iter()
                .filter(|row| (row.test, &row.series, &row.group) == (test, series, group))
                .collect();
            text += &format!("\n[[test]] {test}: {series}, {group}\n");
            text += &rows_table(&rows);
            let of =
                |curve: &&Curve| (curve.test, &curve.series, &curve.group) == (test, series, group);
            for curve in self.curves.iter().filter(of) {
                text += &format!(
                    "  joint{}: {} specifications, median z {:+.2}, p {}; largest |z| {:.2}, p {}\n",
                    if curve.absolute { " (sizes)" } else { "" },
                    curve.specifications,
                    curve.median_z,
                    p_value(curve.p_median),
                    curve.largest_z,
                    p_value(curve.p_largest),
                );
            }
        }
        if !manifest.rules.is_empty() {
            text += "\nRules that fired\n";
            for rule in &manifest.rules {
                text += &fill(&super::statement::cut_dates(rule), width, "- ", "  ");
            }
        }
        text += &format!(
            "\n{:.2} s on {} CPU thread(s). Seed {}, placebo {}.\n",
            manifest.elapsed_seconds, manifest.threads, manifest.seed, manifest.placebo_version
        );
        for note in &manifest.notes {
            text += &fill(note, width, "Note: ", "  ");
        }
        text
    }
}

#[cfg(feature = "cli")]
fn rows_table(rows: &[&GridRow]) -> String {
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .force_no_tty()
        .set_header([
            "Varied",
            "Choice",
            "Statistic",
            "Window",
            "Events",
            "Observed",
            "p",
            "p < 5 %",
        ]);
    let decimals = Decimals::of(rows.iter().map(|row| row.observed));
    let kinds = distinct(
        rows.iter()
            .map(|row| (&row.dimension, &row.statistic, row.relative_day)),
    );
    for (dimension, statistic, day) in kinds {
        let of: Vec<&&GridRow> = rows
            .iter()
            .filter(|row| {
                (&row.dimension, &row.statistic, row.relative_day) == (dimension, statistic, day)
            })
            .collect();
        let window = |row: &GridRow| format!("{}..{}", row.window[0], row.relative_day);
        if of.len() == 1 || !dimension.starts_with("leave out ") {
            for row in of {
                table.add_row([
                    format!("  {dimension}"),
                    row.choice.clone(),
                    statistic.clone(),
                    window(row),
                    row.events.to_string(),
                    format!("{} {}", decimals.text(row.observed), row.unit),
                    row.best_p().map_or(String::new(), p_value),
                    String::new(),
                ]);
            }
            continue;
        }
        let span = |values: Vec<f64>, text: &dyn Fn(f64) -> String| {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!("{} to {}", text(least), text(most))
        };
        let ps: Vec<f64> = of.iter().filter_map(|row| row.best_p()).collect();
        let below = ps.iter().filter(|&&p| p < LEVEL).count();
        table.add_row([
            format!("  {dimension}"),
            format!("{} sets", thousands(of.len() as u64)),
            statistic.clone(),
            window(of[0]),
            of[0].events.to_string(),
            format!(
                "{} {}",
                span(of.iter().map(|row| row.observed).collect(), &|x| decimals
                    .text(x)),
                of[0].unit
            ),
            span(ps, &p_value),
            below.to_string(),
        ]);
    }
    for column in [4, 5, 6, 7] {
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
