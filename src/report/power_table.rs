//! Rejection rates for the terminal.

use super::columns::{Column, draw, of_rows};
use super::number::{Decimals, thousands};
use super::statement::{fill, formulas, sentence};
use super::{Labelled, NullStatement, Paper, PowerReport, PowerRow};
use crate::inference::distinct;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// The report as text: a line a test and effect, levels beside each other.
pub fn power_table(report: &PowerReport, width: Option<u16>) -> String {
    let report = &*report.labelled();
    let table_width = width.map_or(usize::MAX, usize::from);
    let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
    let manifest = &report.manifest;
    let mut text = match &report.study.title {
        Some(title) => format!("{}: {title}\n", report.study.name),
        None => format!("{}\n", report.study.name),
    };
    let reading = reading(report);
    text += &fill(&reading, width, "", "");
    for (test, null) in (1..).zip(&manifest.nulls) {
        let rows: Vec<&PowerRow> = report.results.iter().filter(|r| r.test == test).collect();
        let [from, to] = null.window;
        text += &format!(
            "\n[[test]] {test}: {}, window {from:+} to {to:+} days\n",
            null.null
        );
        text += &formulas(null, &null.statistics, width);
        text.push('\n');
        let columns = columns(&rows, &manifest.levels);
        let kept = columns.len();
        text += &draw(columns, kept, table_width).text();
        text += &fill(&sentence("", &null.caveats()), width, "", "");
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

/// What the shares are of.
fn reading(report: &PowerReport) -> String {
    let manifest = &report.manifest;
    let data = match manifest.series.as_str() {
        "own" => "the study's own series, its events at a random admissible set".to_owned(),
        law => format!("simulated series ({law}), with the study's own events"),
    };
    let of_group = match manifest.group.as_str() {
        "" => "each event".to_owned(),
        group => format!("each event of `{group}`"),
    };
    format!(
        "Share (%) of {} data sets in which p is at most the level: {data}, a step of the effect \
         planted on the day of {of_group}. Effect 0 is the size: it should not exceed a level that is claimed. In \
         brackets half the width of the 95 % interval. Uniform: p of a chi-square test that p-values \
         without an effect are uniform, ties split at random.",
        thousands(manifest.sets),
    )
}

/// The tables for print, one a test.
pub(super) fn power_papers(report: &PowerReport) -> Vec<Paper> {
    let report = &*report.labelled();
    let nulls = (1..).zip(&report.manifest.nulls);
    let paper = |(test, null): (usize, &NullStatement)| {
        let rows: Vec<&PowerRow> = report.results.iter().filter(|r| r.test == test).collect();
        Paper {
            title: format!("Rejection rates: {}", null.null),
            columns: columns(&rows, &report.manifest.levels),
            notes: vec![reading(report)],
        }
    };
    nulls.map(paper).collect()
}

/// A line a row and effect, levels beside each other.
fn columns(rows: &[&PowerRow], levels: &[f64]) -> Vec<Column> {
    let mut lines = Vec::new();
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
        lines.push(cells);
    }
    of_rows(header.collect(), &lines, 3)
}
