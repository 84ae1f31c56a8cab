//! A preview for the terminal.

use comfy_table::{CellAlignment, Table};

use super::number::{Decimals, rate, thousands};
use super::statement::{cut_dates, fill, formulas, null_statement, p_steps};
use super::{Labelled, Preview, TestPreview};

/// Width of paragraphs where no terminal sets one.
const PARAGRAPH_WIDTH: usize = 100;

/// The preview as text.
pub fn preview_table(preview: &Preview, width: Option<u16>) -> String {
    let preview = &*preview.labelled();
    let width = width.map_or(PARAGRAPH_WIDTH, usize::from);
    let study = &preview.study;
    let mut text = match &study.title {
        Some(title) => format!("{}: {title}\n", study.name),
        None => format!("{}\n", study.name),
    };
    for test in &preview.tests {
        let [from, to] = test.null.window;
        text += &format!(
            "\n{}, window {from:+} to {to:+} days: {}\n",
            test.null.null,
            test.null.statistics.join(", ")
        );
        text += &formulas(&test.null, &test.null.statistics, width);
        let mut statement = null_statement(&test.null, &[]);
        // Of an enumeration it says so itself.
        if let (None, Some(step), Some(of)) = (test.null.p_step, test.p_step, test.p_denominator)
            && test.null.admissible_sets.as_deref() != Some("1")
        {
            statement += &format!(" {}.", p_steps((step * of as f64).round() as u64, of));
        }
        text += &fill(&statement, width, "", "");
        let family = match test.family {
            0 => String::new(),
            rows => format!(", {rows} of them one family (two more passes on the CPU)"),
        };
        text += &format!("Result rows: {}{family}.\n\n", test.rows);
        text += &series_table(test);
    }
    if !preview.rules.is_empty() {
        text += "\nRules that fired\n";
        for rule in &preview.rules {
            text += &fill(&cut_dates(rule), width, "- ", "  ");
        }
    }
    text += "\nFiles\n";
    for file in &preview.data {
        text += &format!("  {}  {}\n", &file.sha256[..16], file.file);
    }
    text.push('\n');
    let draws = preview
        .tests
        .iter()
        .fold(0u64, |sum, test| sum.saturating_add(test.draws));
    text += &fill(
        &format!(
            "{} draws and the exact laws would take about {} on {} CPU thread(s) ({} draws/s; within a factor of two or three) and {} of working memory, whatever the number of draws.",
            thousands(draws),
            duration(preview.seconds),
            preview.threads,
            rate(draws as f64 / preview.seconds),
            memory(preview.memory_bytes)
        ),
        width,
        "",
        "",
    );
    if let Some(rule) = &preview.stopping {
        let rule = format!("These are the most draws, and the most time: draws stop by {rule}.");
        text += &fill(&rule, width, "", "");
    }
    text
}

fn series_table(test: &TestPreview) -> String {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .force_no_tty()
        .set_header([
            "Series",
            "Quantum",
            "Largest change",
            "Headroom",
            "Rounding",
        ]);
    for series in &test.series {
        let number = |x: f64| Decimals::of(std::iter::once(x)).text(x);
        table.add_row([
            series.series.clone(),
            format!("{} {}", number(series.quantum), series.unit),
            format!("{} steps", thousands(series.largest)),
            format!("{}x", thousands(series.headroom as u64)),
            match series.rounding_error {
                0.0 => "exact".into(),
                error => format!("{error:.1e} {}", series.unit),
            },
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
        .lines()
        .fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.1} s"),
        s if s < 5400.0 => format!("{:.0} minutes", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} hours", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

fn memory(bytes: u64) -> String {
    match bytes as f64 {
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_for_people() {
        assert_eq!(duration(0.42), "0.4 s");
        assert_eq!(duration(600.0), "10 minutes");
        assert_eq!(duration(7200.0), "2 hours");
        assert_eq!(memory(1_640_000), "1.6 MB");
    }
}
