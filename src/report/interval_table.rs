//! Confidence sets for the terminal.

use super::columns::{Column, draw, one_line};
use super::number::Decimals;
use super::statement::{fill, formulas};
use super::{NullStatement, ResultRow};
use crate::inference::IN_STEPS;
use crate::inference::distinct;

/// Of each test with intervals what they are, a table of estimates with their intervals, and why other
/// rows have none.
pub fn interval_tables(
    rows: &[ResultRow],
    nulls: &[NullStatement],
    table_width: usize,
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let mut text = String::new();
    for test in tests(rows) {
        text += &format!("\n{}\n", bold(&test.heading()));
        let of_test_too = |null: &&NullStatement| test.rows.iter().any(|row| null.is_of(row));
        if let Some(null) = nulls.iter().find(of_test_too) {
            let statistics = distinct(test.rows.iter().map(|row| row.statistic().to_owned()));
            text += &formulas(null, &statistics, width);
        }
        text += &fill(&statement(&test.path, &test.rows), width, "", "");
        let found = test.found();
        if !found.is_empty() {
            text.push('\n');
            let columns = columns(&found);
            let kept = columns.len();
            text += &draw(columns, kept, table_width).text();
        }
        text += &test.notes(width);
    }
    text
}

/// The same in words alone, of tables that stand above.
pub fn intervals_in_words(
    rows: &[ResultRow],
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let each = tests(rows).into_iter().map(|test| {
        let mut text = format!("\n{}\n", bold(&test.heading()));
        text += &fill(&statement(&test.path, &test.rows), width, "", "");
        text + &test.notes(width)
    });
    each.collect()
}

/// A test with intervals.
struct Test<'r> {
    null: String,
    window: [i32; 2],
    level: f64,
    path: String,
    rows: Vec<&'r ResultRow>,
}

/// The tests with intervals.
fn tests(rows: &[ResultRow]) -> Vec<Test<'_>> {
    let key = |row: &ResultRow| {
        let level = row.interval_level?;
        Some((
            row.null().to_owned(),
            (
                row.window(),
                row.measure().to_owned(),
                row.convention().to_owned(),
            ),
            level,
            row.interval_path.clone(),
        ))
    };
    let tests = distinct(rows.iter().filter_map(key)).into_iter();
    let test = |of: (String, ([i32; 2], String, String), f64, Option<String>)| {
        let rows = rows.iter().filter(|row| key(row).as_ref() == Some(&of));
        let rows = rows.collect();
        let (null, (window, ..), level, path) = of;
        Test {
            null,
            window,
            level,
            path: path.unwrap_or_default(),
            rows,
        }
    };
    tests.map(test).collect()
}

impl<'r> Test<'r> {
    fn heading(&self) -> String {
        let percent = Decimals::of(std::iter::once(100.0 * self.level)).text(100.0 * self.level);
        let (null, [from, to]) = (&self.null, self.window);
        format!(
            "Effects with {percent} % confidence sets under {null}, window {from:+} to {to:+} days"
        )
    }

    /// The rows that have a set.
    fn found(&self) -> Vec<&'r ResultRow> {
        let found = self.rows.iter().filter(|row| row.interval_set.is_some());
        found.copied().collect()
    }

    /// How fine sets are, and why some have no end, or are not there.
    fn notes(&self, width: usize) -> String {
        let mut text = String::new();
        let (found, others): (Vec<&ResultRow>, Vec<&ResultRow>) =
            self.rows.iter().partition(|row| row.interval_set.is_some());
        let steps = found.iter().filter_map(|row| {
            let (_, step) = row.interval_set.as_ref()?.split_once(IN_STEPS)?;
            Some(format!("{step} {}", row.unit))
        });
        let steps = distinct(steps).join(" or ");
        if !steps.is_empty() {
            let grid = format!("Effects on medians are tried one by one, in steps of {steps}.");
            text += &fill(&grid, width, "", "");
        }
        for (rows, what) in [(&others, "No set"), (&found, "Note")] {
            let reasons = rows.iter().filter_map(|row| {
                let reason = row.interval_reason.as_ref()?;
                Some((row.statistic().to_owned(), reason.clone()))
            });
            for (statistic, reason) in distinct(reasons) {
                text += &fill(&format!("{what} ({statistic}): {reason}."), width, "", "  ");
            }
        }
        text
    }
}

/// What an effect is, and what the sets hold.
fn statement(path: &str, rows: &[&ResultRow]) -> String {
    let path = match path {
        "step" => "from the event's day on, for good".to_owned(),
        days => format!("times {days} by the window's days, the last one for good"),
    };
    let convention = rows.first().map_or("", |row| row.convention());
    let mut text = format!(
        "An effect adds to the series at each event, {path}. A set holds the effects that the {convention} test does not reject once they are taken out of the series again, all draws counted anew."
    );
    if rows.iter().any(|row| row.group().contains(" - ")) {
        text += " In a difference A - B the effect is one of A's events alone.";
    }
    text
}

fn columns(rows: &[&ResultRow]) -> Vec<Column> {
    let cells = |cell: &dyn Fn(&ResultRow) -> String| {
        let cells = rows.iter().map(|row| one_line(&cell(row)));
        cells.collect::<Vec<_>>()
    };
    let words =
        |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column::words(heading, cells(cell));
    let numbers =
        |heading: &str, cell: &dyn Fn(&ResultRow) -> String| Column::numbers(heading, cells(cell));
    let mut columns = vec![words("Series", &|row| row.series().to_owned())];
    if distinct(rows.iter().map(|row| row.group())).len() > 1 {
        columns.push(words("Group", &|row| row.group().to_owned()));
    }
    if distinct(rows.iter().map(|row| row.statistic())).len() > 1 {
        columns.push(words("Statistic", &|row| row.statistic().to_owned()));
    }
    if distinct(rows.iter().map(|row| row.relative_day())).len() > 1 {
        columns.push(numbers("Day", &|row| row.relative_day().to_string()));
    }
    // Numbers line up within a statistic.
    let decimals = |like: &ResultRow| {
        let same = rows
            .iter()
            .filter(|row| row.statistic() == like.statistic());
        let ends = same.flat_map(|row| [row.observed, row.interval_low, row.interval_high]);
        Decimals::of(ends.flatten())
    };
    columns.push(numbers("Observed", &|row| {
        row.observed.map_or("-".into(), |x| {
            format!("{} {}", decimals(row).text(x), row.unit)
        })
    }));
    columns.push(numbers("Interval", &|row| {
        let set = row.interval_set.as_deref().unwrap_or_default();
        if set.starts_with("{}") {
            return "empty".into();
        }
        let decimals = decimals(row);
        let (low, high) = (row.interval_low, row.interval_high);
        let low = low.map_or("(-inf".into(), |low| format!("[{}", decimals.text(low)));
        let high = high.map_or("inf)".into(), |high| format!("{}]", decimals.text(high)));
        format!("{low}, {high}")
    }));
    // Only where it is more than the interval.
    let split = |row: &ResultRow| {
        row.interval_set
            .as_ref()
            .filter(|set| set.contains('∪'))
            .cloned()
    };
    if rows.iter().any(|row| split(row).is_some()) {
        columns.push(words("Set", &|row| split(row).unwrap_or("-".into())));
    }
    columns
}
