//! A report for the terminal.

use super::columns::{Column, draw, one_line};
use super::comparison::comparison;
use super::family_table::family_tables;
use super::interval_table::interval_tables;
use super::number::{Decimals, p_value, thousands};
use super::statement::{cut_dates, fill, notes, null_statement, run_statement};
use super::{NullStatement, Report, ResultRow};
use crate::inference::distinct;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// The report as text: the study, the overlap regression under all its null designs side by side,
/// each other null design in words with its table, the rules that fired, and what the run took.
/// With `details` the regression's null designs have tables of their own as well. In a terminal too
/// narrow for a table the last columns are left out, and that is said; without a `width` nothing is.
/// `color` makes headings bold.
pub fn to_table(report: &Report, width: Option<u16>, color: bool, details: bool) -> String {
    let table_width = width.map_or(usize::MAX, usize::from);
    let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
    let bold = |text: &str| {
        if color {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    };
    let mut text = String::new();
    let study = &report.study;
    let title = match &study.title {
        Some(title) => format!("{}: {title}", study.name),
        None => study.name.clone(),
    };
    text += &bold(&title);
    text.push('\n');
    if let Some(citation) = &study.citation {
        text += &fill(citation, width, "", "");
    }
    let manifest = &report.manifest;
    let (effects, others): (Vec<&ResultRow>, Vec<&ResultRow>) =
        report.results.iter().partition(|row| row.is_effect());
    text += &comparison(&effects, &manifest.nulls, table_width, width, bold);
    if !effects.is_empty() && !details {
        let more = "The law of every statistic under each null design: --details, or --format json and csv, which hold everything.";
        text += &fill(more, width, "", "");
    }
    let detailed: Vec<&ResultRow> = match details {
        true => report
            .results
            .iter()
            .filter(|row| !row.is_constant())
            .collect(),
        false => others,
    };
    let key = |row: &ResultRow| {
        let convention = row.convention().to_owned();
        (
            row.null().to_owned(),
            row.window(),
            row.measure().to_owned(),
            convention,
        )
    };
    for of in distinct(detailed.iter().map(|row| key(row))) {
        let rows: Vec<&ResultRow> = detailed
            .iter()
            .filter(|row| key(row) == of)
            .copied()
            .collect();
        let (null, [from, to], _, _) = of;
        text.push('\n');
        let mut heading = format!("{null}, window {from:+} to {to:+} days");
        // Several days have a column.
        if let [day] = distinct(rows.iter().map(|row| row.relative_day()))[..] {
            heading += &format!(", at day {day:+}");
        }
        text += &bold(&heading);
        text.push('\n');
        let statement = manifest
            .nulls
            .iter()
            .find(|statement| rows.iter().any(|row| statement.is_of(row)));
        if let Some(statement) = statement {
            text += &fill(&null_statement(statement, &rows), width, "", "");
        }
        text.push('\n');
        text += &rows_table(&rows, statement, table_width, bold);
        for note in notes(&rows) {
            text += &fill(&note, width, "", "  ");
        }
    }
    let (families, rows) = (&manifest.families, &report.results);
    let nulls = &manifest.nulls;
    text += &family_tables(families, nulls, rows, table_width, width, details, bold);
    text += &interval_tables(rows, nulls, table_width, width, bold);
    if !manifest.head.rules.is_empty() {
        text.push('\n');
        text += &bold("Rules that fired");
        text.push('\n');
        for rule in &manifest.head.rules {
            text += &fill(&cut_dates(rule), width, "- ", "  ");
        }
    }
    text.push('\n');
    text += &fill(&run_statement(manifest), width, "", "");
    for note in &manifest.head.notes {
        text += &fill(note, width, "Note: ", "  ");
    }
    text
}

fn rows_table(
    rows: &[&ResultRow],
    statement: Option<&NullStatement>,
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    // One block of rows a statistic.
    let blocks: Vec<Vec<&ResultRow>> = distinct(rows.iter().map(|row| row.statistic()))
        .into_iter()
        .map(|name| {
            rows.iter()
                .filter(|row| row.statistic() == name)
                .copied()
                .collect()
        })
        .collect();
    let columns = columns(&blocks);
    // Up to p every column stays.
    let kept = columns.iter().take_while(|column| column.heading != "p");
    let kept = kept.count() + 1;
    let drawn = draw(columns, kept, width);
    let mut text = String::new();
    let mut line = |line: &str| {
        text += line;
        text.push('\n');
    };
    drawn.head.iter().for_each(|head| line(head));
    let mut lines = drawn.rows.iter();
    for block in &blocks {
        let name = block[0].statistic();
        let said = statement.map_or_else(|| name.to_owned(), |of| of.formula(name));
        let said = fill(&said, width, "", "  ");
        line(&said.trim_end().replacen(name, &bold(name), 1));
        lines.by_ref().take(block.len()).for_each(|row| line(row));
    }
    text + &drawn.narrow()
}

/// Headings of columns of words.
const LEFT: [&str; 3] = ["Series", "Group", "Decision"];

/// The columns that these rows need.
fn columns(blocks: &[Vec<&ResultRow>]) -> Vec<Column> {
    let rows: Vec<&ResultRow> = blocks.iter().flatten().copied().collect();
    let plain = |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column {
        heading: heading.into(),
        cells: rows.iter().map(|row| one_line(&cell(row))).collect(),
        is_words: LEFT.contains(&heading),
    };
    // Numbers in the unit line up within a statistic.
    let measured = |heading: &str, values: Values, form: Form| {
        let mut cells = Vec::new();
        for block in blocks {
            let shown = block.iter().flat_map(|row| values(row)).flatten();
            let decimals = Decimals::of(shown);
            cells.extend(block.iter().map(|row| {
                let found: Option<Vec<f64>> = values(row).into_iter().collect();
                found.map_or("-".into(), |found| {
                    let texts: Vec<String> = found.iter().map(|&x| decimals.text(x)).collect();
                    one_line(&form(row, &texts))
                })
            }));
        }
        Column {
            heading: heading.into(),
            cells,
            is_words: false,
        }
    };
    let one: Form = |_, texts| texts[0].clone();
    let range: Form = |_, texts| format!("[{}, {}]", texts[0], texts[1]);
    let mut columns = vec![plain("Series", &|row| row.series().to_owned())];
    if distinct(rows.iter().map(|row| row.group())).len() > 1 {
        columns.push(plain("Group", &|row| row.group().to_owned()));
    }
    if distinct(rows.iter().map(|row| row.relative_day())).len() > 1 {
        columns.push(plain("Day", &|row| row.relative_day().to_string()));
    }
    columns.push(measured(
        "Observed",
        |row| vec![row.observed],
        |row, texts| format!("{} {}", texts[0], row.unit).trim_end().into(),
    ));
    columns.push(plain("p", &p_cell));
    if rows.iter().any(|row| row.decision.is_some()) {
        columns.push(plain("Decision", &|row| {
            row.decision.clone().unwrap_or("-".into())
        }));
    }
    if rows.iter().any(|row| row.stopping.is_some()) {
        columns.push(plain("Draws", &|row| {
            row.draws.map_or("-".into(), thousands)
        }));
    }
    if rows.iter().any(|row| row.p_tail_fit.is_some()) {
        columns.push(plain("tail-fit", &|row| {
            let fit = [row.p_tail_fit, row.p_tail_fit_low, row.p_tail_fit_high];
            match fit.map(|p| p.map(p_value)) {
                [Some(p), Some(low), Some(high)] => format!("{p} ({low}–{high})"),
                _ => "-".into(),
            }
        }));
    }
    if rows
        .iter()
        .any(|row| row.engine != "enumeration" && row.p_mc_low.is_some())
    {
        columns.push(plain(
            "MC 95 %",
            &|row| match (row.p_mc_low, row.p_mc_high) {
                (Some(low), Some(high)) => format!("{}–{}", p_value(low), p_value(high)),
                _ => "-".into(),
            },
        ));
    }
    if rows.iter().any(|row| row.p_exact.is_some()) {
        columns.push(plain("p exact", &|row| {
            row.p_exact.map_or("-".into(), p_value)
        }));
    }
    columns.push(measured("Null mean", |row| vec![row.null_mean], one));
    columns.push(measured("sd", |row| vec![row.null_sd], one));
    columns.push(measured(
        "Null 95 %",
        |row| vec![row.null_q025, row.null_q975],
        range,
    ));
    columns
}

/// The values that a cell shows, in the row's unit.
type Values = fn(&ResultRow) -> Vec<Option<f64>>;

/// The cell's text from its values' texts.
type Form = fn(&ResultRow, &[String]) -> String;

/// p, or below what it is where the raw share is 0.
fn p_cell(row: &ResultRow) -> String {
    match (row.p, row.draws) {
        (Some(0.0), Some(draws)) if draws > 0 => format!("<{}", p_value(1.0 / draws as f64)),
        (Some(p), _) => p_value(p),
        (None, _) => "-".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::events::SERIES;
    use crate::report::example::report;

    #[test]
    fn table_is_the_golden_one() {
        assert_eq!(
            to_table(&report(), Some(110), false, false),
            include_str!("golden.txt")
        );
    }

    #[test]
    fn narrow_terminals_lose_the_last_columns() {
        let text = to_table(&report(), Some(80), false, false);
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert!(
            text.contains("Too narrow for the columns Null mean, sd, Null 95 %."),
            "{text}"
        );
    }

    #[test]
    fn color_only_makes_headings_bold() {
        let bold = to_table(&report(), Some(110), true, false);
        assert!(bold.contains("\x1b[1mmedian-change\x1b[0m: median over events of"));
        let plain = bold.replace("\x1b[1m", "").replace("\x1b[0m", "");
        assert_eq!(plain, to_table(&report(), Some(110), false, false));
    }

    #[test]
    fn names_from_files_cannot_break_the_table() {
        let mut report = report();
        for row in &mut report.results {
            row.key = row.key.clone().with(SERIES, "a\nb\x1b[31m");
        }
        assert!(to_table(&report, None, false, false).contains("a b [31m"));
    }

    #[test]
    fn raw_zero_shows_what_it_is_below() {
        let mut row = report().results.remove(0);
        row.p = Some(0.0);
        assert_eq!(p_cell(&row), "<1.00e-6");
    }

    #[test]
    fn report_without_results_still_reads() {
        let mut report = report();
        report.results.clear();
        report.manifest.head.rules.clear();
        assert_eq!(to_table(&report, None, false, false).lines().count(), 5);
    }
}
