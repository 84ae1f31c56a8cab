//! Specification curves for the terminal.

use super::columns::{Column, draw, of_rows};
use super::number::{Decimals, p_value, thousands};
use super::statement::{cut_dates, fill};
use super::{Curve, GridReport, GridRow, Labelled, Paper};
use crate::inference::distinct;
use crate::question::events::formula::change;
use crate::statistic::StatisticName;
use crate::study::Transform;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;
/// Marks rows whose p claims no level.
const MARK: &str = " (*)";
/// Level at which specifications are counted.
const LEVEL: f64 = 0.05;

/// The report as text: by test, series and group, a line a specification, those with events left
/// out in one line a kind.
pub fn grid_table(report: &GridReport, width: Option<u16>) -> String {
    let report = &*report.labelled();
    let table_width = width.map_or(usize::MAX, usize::from);
    let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
    let manifest = &report.manifest;
    let mut text = match &report.study.title {
        Some(title) => format!("{}: {title}\n", report.study.name),
        None => format!("{}\n", report.study.name),
    };
    text += &fill(
        &format!(
            "{} specifications. p is exact where the null law is known, or else of {} draws. Joint: the \
             same {} placebo sets through all specifications that know their dates; p of the median \
             standardised value, and of the largest (Simonsohn, Simmons and Nelson 2020).",
            thousands(manifest.specifications),
            thousands(manifest.head.draws),
            thousands(manifest.joint_draws),
        ),
        width,
        "",
        "",
    );
    let keys = distinct(
        report
            .results
            .iter()
            .map(|row| (row.test, &row.series, &row.group)),
    );
    for (test, series, group) in keys {
        let rows: Vec<&GridRow> = report
            .results
            .iter()
            .filter(|row| (row.test, &row.series, &row.group) == (test, series, group))
            .collect();
        text += &format!("\n[[test]] {test}: {series}, {group}\n");
        let found: Vec<&GridRow> = rows
            .into_iter()
            .filter(|row| row.observed.is_some())
            .collect();
        let windows = found.iter().map(|row| window(row, manifest.transform));
        for line in distinct(windows) {
            text += &fill(&line, width, "  ", "  ");
        }
        let columns = columns(&found);
        let kept = columns.len();
        text += &draw(columns, kept, table_width).text();
        for reason in distinct(found.iter().filter_map(|row| row.p_reason.as_ref())) {
            text += &fill(&format!("No p: {reason}."), width, "  ", "  ");
        }
        let of =
            |curve: &&Curve| (curve.test, &curve.series, &curve.group) == (test, series, group);
        for curve in report.curves.iter().filter(of) {
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
    if report.results.iter().any(|row| row.reference) {
        let of_marked = "(*) No level is claimed, nor by a joint test over such rows: no draw can be like the \
                         observed set, which p compares with a reference distribution.";
        text += "\n";
        text += &fill(of_marked, width, "", "  ");
    }
    for caveats in &manifest.caveats {
        text += &fill(caveats, width, "", "  ");
    }
    if !manifest.left_out.is_empty() {
        text += "\nSpecifications left out\n";
        for line in &manifest.left_out {
            text += &fill(&cut_dates(line), width, "- ", "  ");
        }
    }
    if !manifest.head.rules.is_empty() {
        text += "\nRules that fired\n";
        for rule in &manifest.head.rules {
            text += &fill(&cut_dates(rule), width, "- ", "  ");
        }
    }
    text += &format!(
        "\n{:.2} s on {} CPU thread(s). Seed {}, placebo {}.\n",
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

/// Beside the choice of a row whose p claims no level.
fn mark(row: &GridRow) -> &'static str {
    match row.reference {
        true => MARK,
        false => "",
    }
}

/// What a window of a row's statistic measures.
fn window(row: &GridRow, transform: Transform) -> String {
    match StatisticName::of_row(&row.statistic).is_some_and(StatisticName::is_effect) {
        true => "Window A..B of the overlap regression: effects of days A to B.".to_owned(),
        false => format!("Window A..B: {}.", change(transform, row.measure, "A", "B")),
    }
}

/// A line a specification, those with events left out in one a kind.
fn columns(rows: &[&GridRow]) -> Vec<Column> {
    let headings = [
        "Varied",
        "Choice",
        "Statistic",
        "Window",
        "Events",
        "Observed",
        "p",
        "p < 5 %",
    ];
    let mut lines: Vec<Vec<String>> = Vec::new();
    let decimals = Decimals::of(rows.iter().filter_map(|row| row.observed));
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
                lines.push(vec![
                    dimension.clone(),
                    match (row.engine.as_str(), row.draws) {
                        ("enumeration", Some(sets)) => {
                            format!("{} ({} sets)", row.choice, thousands(sets))
                        }
                        _ => row.choice.clone(),
                    } + mark(row),
                    statistic.clone(),
                    window(row),
                    row.events.to_string(),
                    row.observed.map_or(String::new(), |observed| {
                        format!("{} {}", decimals.text(observed), row.unit)
                    }),
                    row.best_p().map_or("-".into(), p_value),
                    String::new(),
                ]);
            }
            continue;
        }
        let span = |values: Vec<f64>, text: &dyn Fn(f64) -> String| {
            if values.is_empty() {
                return "-".to_owned();
            }
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!("{} to {}", text(least), text(most))
        };
        let ps: Vec<f64> = of.iter().filter_map(|row| row.best_p()).collect();
        let below = ps.iter().filter(|&&p| p < LEVEL).count();
        lines.push(vec![
            dimension.clone(),
            format!("{} sets", thousands(of.len() as u64)) + mark(of[0]),
            statistic.clone(),
            window(of[0]),
            of[0].events.to_string(),
            format!(
                "{} {}",
                span(of.iter().filter_map(|row| row.observed).collect(), &|x| {
                    decimals.text(x)
                }),
                of[0].unit
            ),
            span(ps, &p_value),
            below.to_string(),
        ]);
    }
    of_rows(headings.map(str::to_owned).into(), &lines, 4)
}

/// The tables for print, one a test, series and group.
pub(super) fn grid_papers(report: &GridReport) -> Vec<Paper> {
    let report = &*report.labelled();
    let key = |row: &GridRow| (row.test, row.series.clone(), row.group.clone());
    let keys = distinct(report.results.iter().map(key)).into_iter();
    let paper = |of: (usize, String, String)| {
        let rows = report.results.iter();
        let found = rows.filter(|row| key(row) == of && row.observed.is_some());
        Paper {
            title: format!("Specifications of [[test]] {}: {}, {}", of.0, of.1, of.2),
            columns: columns(&found.collect::<Vec<_>>()),
            notes: Vec::new(),
        }
    };
    keys.map(paper).collect()
}
