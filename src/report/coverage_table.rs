//! The coverage of nominal intervals for the terminal.

use super::columns::{Column, draw, of_rows};
use super::number::{Decimals, thousands};
use super::statement::{cut_dates, fill, null_statement};
use super::{CoverageReport, CoverageRow, Labelled, Paper};
use crate::inference::distinct;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// The report as text: a line an effect, its levels beside each other.
pub fn coverage_table(report: &CoverageReport, width: Option<u16>) -> String {
    let report = &*report.labelled();
    let table_width = width.map_or(usize::MAX, usize::from);
    let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
    let manifest = &report.manifest;
    let mut text = match &report.study.title {
        Some(title) => format!("{}: {title}\n", report.study.name),
        None => format!("{}\n", report.study.name),
    };
    text += &fill(&manifest.reading, width, "", "");
    let tests = distinct(report.results.iter().map(|row| row.test));
    for (test, null) in tests.into_iter().zip(&manifest.nulls) {
        let rows: Vec<&CoverageRow> = report.results.iter().filter(|r| r.test == test).collect();
        let [from, to] = null.window;
        text += &format!(
            "\n[[test]] {test}: {}, window {from:+} to {to:+} days\n",
            null.null
        );
        text += &fill(&null_statement(null, &[]), width, "", "");
        text.push('\n');
        let columns = columns(&rows, &manifest.levels);
        let kept = columns.len();
        text += &draw(columns, kept, table_width).text();
    }
    text.push('\n');
    text += &fill(
        "Intervals that cover zero, and those that cover the null mean, the effect's mean over the same placebo sets: shares in %, with Clopper-Pearson 95 % intervals for Monte Carlo error.",
        width,
        "",
        "",
    );
    if !manifest.head.rules.is_empty() {
        text += "\nRules that fired\n";
        for rule in &manifest.head.rules {
            text += &fill(&cut_dates(rule), width, "- ", "  ");
        }
    }
    text.push('\n');
    let draws = distinct(report.results.iter().map(|row| row.draws + row.singular));
    let draws: Vec<String> = draws.into_iter().map(thousands).collect();
    text += &format!(
        "{} placebo sets a test in {:.2} s on {} CPU thread(s). Seed {}, placebo {}.\n",
        draws.join(" or "),
        manifest.head.elapsed_seconds,
        manifest.head.threads,
        manifest.head.seed,
        manifest.head.placebo_version
    );
    for note in &manifest.head.notes {
        text += &fill(note, width, "Note: ", "  ");
    }
    text
}

/// The tables for print, one a test.
pub(super) fn coverage_papers(report: &CoverageReport) -> Vec<Paper> {
    let report = &*report.labelled();
    let tests = distinct(report.results.iter().map(|row| row.test));
    let nulls = tests.into_iter().zip(&report.manifest.nulls);
    let paper = |(test, null): (usize, &super::NullStatement)| {
        let rows: Vec<&CoverageRow> = report.results.iter().filter(|r| r.test == test).collect();
        Paper {
            title: format!("Coverage of nominal intervals: {}", null.null),
            columns: columns(&rows, &report.manifest.levels),
            notes: vec![report.manifest.reading.clone()],
        }
    };
    nulls.map(paper).collect()
}

/// A line an effect, its levels beside each other.
fn columns(rows: &[&CoverageRow], levels: &[f64]) -> Vec<Column> {
    let several = distinct(rows.iter().map(|row| &row.statistic)).len() > 1;
    let mut header: Vec<String> = ["Series", "Group", "Day"].map(String::from).to_vec();
    if several {
        header.insert(0, "Statistic".into());
    }
    let words = header.len() - 1;
    for level in levels {
        let percent = Decimals::of([100.0 * level].into_iter()).text(100.0 * level);
        header.extend([
            format!("{percent} % covers zero"),
            format!("{percent} % null mean"),
        ]);
    }
    header.push("Null mean".into());
    let mut lines = Vec::new();
    let means = Decimals::of(rows.iter().filter_map(|row| row.null_mean));
    // The levels of an effect follow each other.
    for of_effect in rows.chunks(levels.len()) {
        let row = of_effect[0];
        let mut cells = vec![
            row.series.clone(),
            row.group.clone(),
            row.relative_day.to_string(),
        ];
        if several {
            cells.insert(0, row.statistic.clone());
        }
        for row in of_effect {
            let exact = row.engine == "enumeration";
            cells.push(share(row.zero_share, row.zero_low, row.zero_high, exact));
            cells.push(share(row.mean_share, row.mean_low, row.mean_high, exact));
        }
        cells.push(match (row.null_mean, &row.unit) {
            (Some(mean), Some(unit)) => format!("{} {}", means.text(mean), unit),
            _ => "-".into(),
        });
        lines.push(cells);
    }
    of_rows(header, &lines, words)
}

/// A share in percent, with its interval where draws were made at random.
fn share(share: f64, low: f64, high: f64, exact: bool) -> String {
    let [share, low, high] = [share, low, high].map(|x| format!("{:.1}", 100.0 * x));
    match exact {
        true => share,
        false => format!("{share} [{low}, {high}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_in_percent() {
        assert_eq!(share(0.91666, 0.9121, 0.9212, false), "91.7 [91.2, 92.1]");
        assert_eq!(share(0.9, 0.9, 0.9, true), "90.0");
    }
}
