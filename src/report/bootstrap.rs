//! What a bootstrap says.

use serde::{Deserialize, Serialize};

use super::columns::{Column, draw, one_line};
use super::json::json_text;
use super::number::{p_value, thousands};
use super::statement::fill;
use super::{BootstrapRow, Detail, Device, Flat, Forms, Head, Paper};
use crate::inference::distinct;
use crate::question::Key;
use crate::resample::Bayesian;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// Everything that a bootstrap says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapReport {
    /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION).
    pub schema_version: u32,
    /// How the results came about.
    pub manifest: BootstrapManifest,
    /// The results.
    pub results: Vec<BootstrapRow>,
}

/// What a bootstrap was: enough to read its results and to repeat it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapManifest {
    /// As in every report.
    #[serde(flatten)]
    pub head: Head,
    /// Whether all draws were made that were needed.
    pub complete: bool,
    /// Where draws were made; empty where exact laws answered all.
    pub device: Option<Device>,
    /// The schemes, one for columns that are resampled together.
    pub schemes: Vec<BootstrapStatement>,
}

/// A resampling in words and numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapStatement {
    /// The scheme.
    pub scheme: String,
    /// Units a draw, of `m-out-of-n`.
    pub size: Option<u32>,
    /// The length of blocks.
    pub block: Option<f64>,
    /// The length that the data's autocorrelations gave.
    pub block_auto: Option<f64>,
    /// What is drawn: rows or clusters.
    pub units: String,
    /// Number of rows.
    pub rows: usize,
    /// The groups with their numbers of units; one without a name where there are none.
    pub parts: Vec<(String, usize)>,
    /// The law of weights, of wild schemes.
    pub weights: Option<String>,
    /// Whether wild schemes weight the residuals under the null; else those of the full regression.
    pub restricted: Option<bool>,
    /// What the scheme assumes, as a clause that can follow "assumes that".
    pub assumption: String,
    /// The statistic.
    pub statistic: String,
    /// What it is, in a line.
    pub definition: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// One draw of a bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BootstrapDraw {
    /// Its index.
    pub index: u64,
    /// The seed.
    pub seed: u64,
    /// The scheme.
    pub scheme: String,
    /// The table's rows that it takes, from 1, in their order; none of schemes with weights.
    pub rows: Vec<usize>,
    /// The weights of wild schemes, and of Bayesian ones group by group: a cluster (row) one.
    pub weights: Vec<f64>,
    /// The statistics of it.
    pub values: Vec<DrawnValue>,
}

/// A statistic of a draw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrawnValue {
    /// The statistic.
    pub statistic: String,
    /// The columns that it is of.
    pub columns: Vec<String>,
    /// The coefficient, of a regression.
    pub coefficient: Option<String>,
    /// Its value, if it has one.
    pub value: Option<f64>,
}

impl BootstrapDraw {
    /// Draws as a JSON list, indented, ending in a line feed.
    pub fn to_json(draws: &[BootstrapDraw]) -> String {
        json_text(&draws)
    }

    /// The draw for the terminal.
    pub fn to_table(&self, width: Option<u16>) -> String {
        let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
        let rows = self.rows.iter().map(ToString::to_string);
        let weights = self.weights.iter().map(|&weight| short(weight));
        let (what, taken): (_, Vec<String>) = match self.rows.is_empty() {
            false => ("rows", rows.collect()),
            true => ("weights", weights.collect()),
        };
        let mut text = format!(
            "Draw {} of {}, seed {}\n",
            self.index, self.scheme, self.seed
        );
        for value in &self.values {
            let of = value
                .coefficient
                .clone()
                .unwrap_or_else(|| value.columns.join(", "));
            text += &one_line(&format!(
                "{} of {of}: {}",
                value.statistic,
                digits(value.value)
            ));
            text.push('\n');
        }
        text + &fill(&format!("{what}: {}", taken.join(" ")), width, "", "  ")
    }
}

impl BootstrapReport {
    /// The report for the terminal: the schemes in words, a table, the rules that fired. In a terminal too
    /// narrow for the table the last columns are left out, and that is said. `color` makes headings bold.
    pub fn to_table(&self, width: Option<u16>, color: bool) -> String {
        let table_width = width.map_or(usize::MAX, usize::from);
        let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
        let bold = |text: &str| match color {
            true => format!("\x1b[1m{text}\x1b[0m"),
            false => text.to_owned(),
        };
        let schemes = self.manifest.schemes.iter();
        let mut text = String::new();
        for said in distinct(schemes.map(BootstrapStatement::sentences)) {
            text += &fill(&said, width, "", "");
        }
        text.push('\n');
        text += &draw(columns(&self.results), 4, table_width).text();
        let reasons = self.results.iter().filter_map(|row| {
            let reason = row.interval_reason.as_ref()?;
            Some(format!("{} ({}): {reason}.", row.interval_kind, named(row)))
        });
        for reason in distinct(reasons) {
            text += &fill(&one_line(&reason), width, "", "  ");
        }
        for row in &self.results {
            if let Some(undefined) = row.undefined.filter(|undefined| *undefined > 0) {
                let said = format!(
                    "{}: {} draws have no value; the law is that of the others.",
                    named(row),
                    thousands(undefined)
                );
                text += &fill(&one_line(&said), width, "", "  ");
            }
        }
        if !self.manifest.head.rules.is_empty() {
            text += &format!("\n{}\n", bold("Rules that fired"));
            for rule in &self.manifest.head.rules {
                text += &fill(rule, width, "- ", "  ");
            }
        }
        text.push('\n');
        text += &fill(&self.run(), width, "", "");
        for note in &self.manifest.head.notes {
            text += &fill(note, width, "Note: ", "  ");
        }
        text
    }

    fn run(&self) -> String {
        let head = &self.manifest.head;
        let by = match &self.manifest.device {
            None => "Exact laws answered; nothing was drawn".to_owned(),
            Some(device) => format!(
                "Drawn on {} ({}) in {:.2} s, seed {}",
                device.name, device.kind, head.elapsed_seconds, head.seed
            ),
        };
        let interrupted = match self.manifest.complete {
            true => "",
            false => "; interrupted: these are the draws done",
        };
        format!("{by}{interrupted}. placebo {}.", head.placebo_version)
    }
}

impl BootstrapStatement {
    /// The scheme in sentences.
    pub fn sentences(&self) -> String {
        let blocks = match (self.scheme.as_str(), self.block) {
            ("poisson", _) => ", each a Poisson number of times".to_owned(),
            (_, None) => self.size.map_or(String::new(), |size| {
                format!(
                    ", {} a draw, and deviations brought to the data's size by root m/n",
                    thousands(size)
                )
            }),
            ("stationary", Some(mean)) => {
                format!(
                    ", in blocks of a geometric length of {} rows on average",
                    short(mean)
                )
            }
            (_, Some(length)) => format!(", in blocks of {} rows", short(length)),
        };
        let auto = self.block_auto.map_or(String::new(), |auto| {
            format!(" (the data's autocorrelations gave {})", short(auto))
        });
        let mut groups: Vec<String> = self
            .parts
            .iter()
            .take(12)
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, units)| format!("{name} {units}"))
            .collect();
        if self.parts.len() > 12 {
            groups.push(format!("{} more", self.parts.len() - 12));
        }
        let within = match groups.is_empty() {
            true => String::new(),
            false => format!(" within the groups {}", groups.join(", ")),
        };
        let units: usize = self.parts.iter().map(|(_, units)| units).sum();
        let of = match self.units.as_str() {
            "rows" => format!("{} rows", thousands(self.rows)),
            units_word => format!(
                "{} {units_word} of {} rows",
                thousands(units),
                thousands(self.rows)
            ),
        };
        if let Some(weights) = &self.weights {
            let fitted = match self.restricted {
                Some(true) => "fitted under the null",
                _ => "of the full regression",
            };
            return format!(
                "{}: the residuals of {of}, {fitted}, are multiplied by {weights} weights, one of each of the {}. \
                 This assumes that {}. p counts draws whose t is as large in size; the interval holds the values that \
                 are not rejected.",
                self.scheme, self.units, self.assumption
            );
        }
        if self.scheme == Bayesian::NAME {
            return format!(
                "{}: each of {of} has a random weight{within}, by the law of Dirichlet(1, .., 1), whose interval is one of \
                 the posterior law (Rubin 1981). This assumes that {}.",
                self.scheme, self.assumption
            );
        }
        format!(
            "{}: {of} are resampled with replacement{within}{blocks}{auto}. This assumes that {}.",
            self.scheme, self.assumption
        )
    }

    /// What the statistic is, in a line.
    pub fn explained(&self) -> String {
        format!(
            "{} of {}: {}.",
            self.statistic,
            self.columns.join(", "),
            self.definition
        )
    }
}

/// A number as people read it: whole, or to four decimals.
fn short(x: f64) -> String {
    let text = format!("{x:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The statistic and what it is of.
pub(super) fn named(row: &BootstrapRow) -> String {
    let of = row
        .coefficient
        .clone()
        .unwrap_or_else(|| row.columns.join(", "));
    format!("{} of {of}", row.statistic)
}

/// Six digits, so that the last ones can be compared.
fn digits(value: Option<f64>) -> String {
    let Some(value) = value else {
        return "-".into();
    };
    let size = value.abs();
    if value != 0.0 && !(1e-6..1e9).contains(&size) {
        return format!("{value:.5e}");
    }
    let leading = if value == 0.0 {
        0
    } else {
        size.log10().floor() as i32
    };
    let decimals = (5 - leading).clamp(2, 11) as usize;
    format!("{value:.decimals$}")
}

fn columns(rows: &[BootstrapRow]) -> Vec<Column> {
    let cells = |cell: &dyn Fn(&BootstrapRow) -> String| {
        let cells = rows.iter().map(|row| one_line(&cell(row)));
        cells.collect::<Vec<_>>()
    };
    let words =
        |heading: &str, cell: &dyn Fn(&BootstrapRow) -> String| Column::words(heading, cells(cell));
    let numbers = |heading: &str, cell: &dyn Fn(&BootstrapRow) -> String| {
        Column::numbers(heading, cells(cell))
    };
    let mut columns = vec![words("Statistic", &|row| row.statistic.clone())];
    columns.push(words("Of", &|row| {
        row.coefficient
            .clone()
            .unwrap_or_else(|| row.columns.join(", "))
    }));
    columns.push(numbers("Observed", &|row| digits(row.observed)));
    columns.push(numbers("Std. error", &|row| digits(row.standard_error)));
    if rows.iter().any(|row| row.p.is_some()) {
        columns.push(numbers("t", &|row| digits(row.t)));
        let p = |row: &BootstrapRow| row.p.map_or("-".into(), p_value);
        columns.push(Column::p_values("p", cells(&p)));
    } else {
        columns.push(numbers("Bias", &|row| digits(row.bias)));
    }
    columns.push(words("By", &|row| row.engine.clone()));
    columns.push(words("Interval", &|row| {
        format!(
            "{} {}%",
            row.interval_kind,
            short(100.0 * row.interval_level)
        )
    }));
    columns.push(numbers("Low", &|row| digits(row.interval_low)));
    columns.push(numbers("High", &|row| digits(row.interval_high)));
    if rows.iter().any(|row| {
        row.interval_engine
            .as_ref()
            .is_some_and(|by| *by != row.engine)
    }) {
        columns.push(words("By", &|row| {
            row.interval_engine.clone().unwrap_or("-".into())
        }));
    }
    if rows.iter().any(|row| row.draws.is_some()) {
        columns.push(numbers("Draws", &|row| {
            row.draws.map_or("-".into(), thousands)
        }));
    }
    columns
}

impl Forms for BootstrapReport {
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
        let schemes = self.manifest.schemes.iter();
        vec![Paper {
            title: "Bootstrap".into(),
            columns: columns(&self.results),
            notes: distinct(schemes.map(BootstrapStatement::sentences)),
        }]
    }

    fn text(&self, width: Option<u16>, color: bool, _: Detail) -> String {
        self.to_table(width, color)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits() {
        let texts = [
            919.35,
            0.000_742_123_4,
            -26.718_104,
            1_234_567.8,
            0.0,
            2.5e-9,
        ]
        .map(|x| digits(Some(x)));
        let expected = [
            "919.350",
            "0.000742123",
            "-26.7181",
            "1234567.80",
            "0.00000",
            "2.50000e-9",
        ];
        assert_eq!(texts, expected);
        assert_eq!(
            (
                digits(None).as_str(),
                short(14.0).as_str(),
                short(12.333_49).as_str()
            ),
            ("-", "14", "12.3335")
        );
    }
}
