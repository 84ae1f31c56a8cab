//! A report for the terminal.

use super::answer::Answer;
use super::columns::{Column, draw, one_line};
use super::comparison::comparison;
use super::family_table::{families_in_words, family_tables};
use super::interval_table::{interval_tables, intervals_in_words};
use super::number::{Decimals, p_value, thousands};
use super::statement::{
    cut_dates, design_statement, fill, hac_statement, notes, null_statement, p_statement,
    run_statement, stopping_statement, tail_notes, without_p,
};
use super::{Labelled, NullStatement, Report, ResultRow};
use crate::inference::distinct;

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// How much of a report its text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// The answer alone: what stands out, and a line a question.
    Answer,
    /// The answer, what the null designs are, and what fired.
    #[default]
    Usual,
    /// Every row, with its null law.
    All,
}

/// The report as text: the study, what stands out and a line a question; then each null design in words, the
/// rules that fired, and what the run took. `detail` says how much of it. Where there is little room columns that
/// are no p-values are left out, and that is said; without a `width` nothing is. `color` makes headings bold.
pub fn to_table(report: &Report, width: Option<u16>, color: bool, detail: Detail) -> String {
    let report = &*report.labelled();
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
    text += &bold(fill(&title, width, "", "  ").trim_end());
    text.push('\n');
    if let Some(citation) = study.citation.as_ref().filter(|_| detail != Detail::Answer) {
        text += &fill(citation, width, "", "");
    }
    let answer = Answer::of(report);
    for said in [answer.finding(), answer.multiplicity()] {
        if !said.is_empty() {
            text += &fill(&said, width, "", "");
        }
    }
    text += &answer.tables(table_width, width, bold);
    if let (Some(left_out), Detail::Answer | Detail::Usual) = (answer.left_out(), detail) {
        text += &fill(&format!("{left_out} All: --details."), width, "", "");
    }
    match detail {
        Detail::Answer => return text,
        Detail::Usual => text += &in_words(report, &answer, width, bold),
        Detail::All => text += &all_rows(report, table_width, width, bold),
    }
    let manifest = &report.manifest;
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

/// The null designs, the families and the intervals in words.
fn in_words(
    report: &Report,
    answer: &Answer,
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let manifest = &report.manifest;
    let rows: Vec<&ResultRow> = report
        .results
        .iter()
        .filter(|row| !row.is_constant())
        .collect();
    let mut text = format!("\n{}\n", bold("Null designs"));
    for statement in &manifest.nulls {
        let of: Vec<&ResultRow> = rows
            .iter()
            .filter(|row| statement.is_of(row))
            .copied()
            .collect();
        let named = match distinct(manifest.nulls.iter().map(|null| null.window)).len() {
            1 => statement.null.clone(),
            _ => format!(
                "{}, days {:+} to {:+}",
                statement.null, statement.window[0], statement.window[1]
            ),
        };
        let named = match answer.heading(statement) {
            Some(heading) => format!("{heading} = {named}"),
            None => named,
        };
        let said = design_statement(statement, &of);
        text += &fill(&format!("{named}: {said}"), width, "- ", "  ");
    }
    text += &fill(&p_statement(&rows, &manifest.nulls), width, "", "");
    for note in without_p(&rows) {
        text += &fill(&note, width, "", "  ");
    }
    for note in tail_notes(&rows) {
        text += &fill(&note, width, "", "  ");
    }
    if let Some(stopping) = stopping_statement(&rows) {
        text += &fill(&stopping, width, "", "  ");
    }
    for hac in distinct(manifest.nulls.iter().filter_map(|null| null.hac)) {
        text += &fill(&hac_statement(hac), width, "", "  ");
    }
    text += &families_in_words(
        &manifest.families,
        &manifest.nulls,
        &report.results,
        width,
        &bold,
    );
    text + &intervals_in_words(&report.results, width, &bold)
}

/// Every row: the overlap regression under all its null designs side by side, then a table a null design, of
/// families and of intervals.
fn all_rows(
    report: &Report,
    table_width: usize,
    width: usize,
    bold: impl Fn(&str) -> String + Copy,
) -> String {
    let manifest = &report.manifest;
    let effects: Vec<&ResultRow> = report
        .results
        .iter()
        .filter(|row| row.is_effect())
        .collect();
    let mut text = comparison(&effects, &manifest.nulls, table_width, width, bold);
    let detailed = report.results.iter().filter(|row| !row.is_constant());
    let detailed: Vec<&ResultRow> = detailed.collect();
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
    text += &family_tables(families, nulls, rows, table_width, width, bold);
    text + &interval_tables(rows, nulls, table_width, width, bold)
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
    for part in &drawn.parts {
        part.head.iter().for_each(|head| line(head));
        let mut lines = part.rows.iter();
        for block in &blocks {
            let name = block[0].statistic();
            let said = statement.map_or_else(|| name.to_owned(), |of| of.formula(name));
            let said = fill(&said, width, "", "  ");
            line(&said.trim_end().replacen(name, &bold(name), 1));
            lines.by_ref().take(block.len()).for_each(|row| line(row));
        }
    }
    text + &drawn.narrow()
}

/// Headings of columns of words, and of p-values; others are of numbers.
const WORDS: [&str; 3] = ["Series", "Group", "Decision"];
/// See [`WORDS`].
const P_VALUES: [&str; 2] = ["p", "p exact"];

/// The columns that these rows need.
fn columns(blocks: &[Vec<&ResultRow>]) -> Vec<Column> {
    let rows: Vec<&ResultRow> = blocks.iter().flatten().copied().collect();
    let plain = |heading: &str, cell: &dyn Fn(&ResultRow) -> String| {
        let cells = rows.iter().map(|row| one_line(&cell(row))).collect();
        match heading {
            words if WORDS.contains(&words) => Column::words(words, cells),
            p if P_VALUES.contains(&p) => Column::p_values(p, cells),
            numbers => Column::numbers(numbers, cells),
        }
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
        Column::numbers(heading, cells)
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
    use crate::report::example::{effects, golden, report};

    #[test]
    fn table_is_the_golden_one() {
        golden(
            "golden.txt",
            &to_table(&report(), Some(110), false, Detail::All),
        );
        golden(
            "answer.txt",
            &to_table(&report(), Some(100), false, Detail::Usual),
        );
    }

    /// The first lines say what was found.
    #[test]
    fn the_answer_comes_first() {
        for report in [report(), effects()] {
            for detail in [Detail::Answer, Detail::Usual, Detail::All] {
                let text = to_table(&report, Some(100), false, detail);
                let said = text.lines().take(5).collect::<Vec<_>>().join(" ");
                assert!(said.contains("p = ") || said.contains("p from "), "{text}");
            }
        }
    }

    #[test]
    fn narrow_terminals_lose_the_last_columns() {
        let text = to_table(&report(), Some(80), false, Detail::All);
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert!(
            text.contains("Too narrow for the columns sd, Null 95 %."),
            "{text}"
        );
    }

    #[test]
    fn color_only_makes_headings_bold() {
        let bold = to_table(&report(), Some(110), true, Detail::All);
        assert!(bold.contains("\x1b[1mmedian-change\x1b[0m: median over events of"));
        let plain = bold.replace("\x1b[1m", "").replace("\x1b[0m", "");
        assert_eq!(plain, to_table(&report(), Some(110), false, Detail::All));
    }

    #[test]
    fn names_from_files_cannot_break_the_table() {
        let mut report = report();
        for row in &mut report.results {
            row.key = row.key.clone().with(SERIES, "a\nb\x1b[31m");
        }
        assert!(to_table(&report, None, false, Detail::All).contains("a\\nb\\u{1b}[31m"));
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
        assert_eq!(
            to_table(&report, None, false, Detail::All).lines().count(),
            5
        );
    }
}
