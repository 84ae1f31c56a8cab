//! The overlap regression under all its null designs, side by side.

use std::collections::HashMap;

use super::columns::{Column, DAY, draw, one_line};
use super::number::Decimals;
use super::statement::{
    design_statement, fill, hac_statement, kind_of_p, stopping_statement, without_p,
};
use super::{NullStatement, ResultRow};
use crate::inference::distinct;
use crate::question::events::formula::of_effects;
use crate::statistic::{Of, StatisticName};

/// Heading of the names of series.
const SERIES: &str = "Series";
/// Longest line of a null design's heading.
const HEADING_WIDTH: usize = 9;

/// One table a statistic of these rows, an effect a line and a p-value a null design; below them the
/// null designs in words, how the HAC errors were made, and the constants. Empty without rows.
/// Tables are drawn in `table_width`, paragraphs in `width`.
pub fn comparison(
    rows: &[&ResultRow],
    nulls: &[NullStatement],
    table_width: usize,
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let mut text = String::new();
    for window in distinct(rows.iter().map(|row| row.window())) {
        let of_window = rows.iter().filter(|row| row.window() == window);
        let (constants, effects): (Vec<&ResultRow>, Vec<&ResultRow>) =
            of_window.partition(|row| row.is_constant());
        let designs = designs(&effects);
        for statistic in distinct(effects.iter().map(|row| base(row))) {
            let of_statistic = effects.iter().filter(|row| base(row) == statistic);
            let of_statistic: Vec<&ResultRow> = of_statistic.copied().collect();
            let block = Block::new(&of_statistic, &designs);
            let title = fill(&title(statistic, window), width, "", "");
            text += &format!("\n{}\n\n", bold(title.trim_end()));
            text += &block.table(table_width, &bold);
        }
        text += &deviations(&effects, table_width, width, &bold);
        text.push('\n');
        text += &notes(&effects, nulls, width);
        for note in without_p(&effects) {
            text += &fill(&note, width, "", "  ");
        }
        for (key, heading) in &designs {
            let of_null = effects.iter().filter(|row| design(row) == *key);
            let of_null: Vec<&ResultRow> = of_null.copied().collect();
            let named = match heading.replace('\n', " ") {
                heading if heading == key.0 => heading,
                heading => format!("{heading} = {}", key.0),
            };
            let statement = nulls
                .iter()
                .find(|statement| of_null.iter().any(|row| statement.is_of(row)));
            if let Some(statement) = statement {
                let text_of = design_statement(statement, &of_null);
                text += &fill(&format!("{named}: {text_of}"), width, "- ", "  ");
            }
        }
        if let Some(stopping) = stopping_statement(&ruled(&effects)) {
            text += &fill(&stopping, width, "", "  ");
        }
        let of_window = nulls.iter().filter(|statement| statement.window == window);
        for hac in distinct(of_window.filter_map(|statement| statement.hac)) {
            text += &fill(&hac_statement(hac), width, "", "  ");
        }
        text += &fill(&constant_statement(&constants), width, "", "  ");
    }
    text
}

/// The rows whose draws stopped by a rule.
fn ruled<'r>(rows: &[&'r ResultRow]) -> Vec<&'r ResultRow> {
    let ruled = rows.iter().filter(|row| row.stopping.is_some());
    ruled.copied().collect()
}

/// A null design with the convention of its p, and its heading.
pub(super) type Design<'r> = ((&'r str, &'r str), String);

/// What tells the column of a row.
pub(super) fn design(row: &ResultRow) -> (&str, &str) {
    (row.null(), row.convention())
}

/// The null designs of some rows, no two headings alike.
pub(super) fn designs<'r>(rows: &[&'r ResultRow]) -> Vec<Design<'r>> {
    let mut designs: Vec<Design> = Vec::new();
    let keys = distinct(rows.iter().map(|row| design(row)));
    let several = distinct(keys.iter().map(|key| key.1)).len() > 1;
    for key in keys {
        let mut short = heading(key.0);
        if several {
            short += &format!("\n{}", key.1);
        }
        let alike = designs.iter().filter(|(_, had)| had.starts_with(&short));
        let heading = match alike.count() {
            0 => short,
            had => format!("{short}\n({})", had + 1),
        };
        designs.push((key, heading));
    }
    designs
}

/// A null design in a few words.
pub(super) fn short_name(null: &str) -> String {
    heading(null).replace('\n', " ")
}

/// A null design's short heading: `circular-shift(all, wrap)` is `shift` over `wrap`.
fn heading(null: &str) -> String {
    let (design, parameters) = null.split_once('(').unwrap_or((null, ""));
    let design = match design {
        "circular-shift" => "shift",
        design => design,
    };
    let mut lines = vec![design.to_owned()];
    let parameters = parameters.trim_end_matches(')').split([',', ';']);
    for parameter in parameters.map(str::trim) {
        let short = match parameter {
            "" | "full-window" => continue,
            "all" if design == "shift" => continue,
            "same-day together" => "together".to_owned(),
            "keep units" => "units".to_owned(),
            long if long.chars().count() > HEADING_WIDTH => {
                long.chars().take(HEADING_WIDTH - 1).chain(['…']).collect()
            }
            short => short.to_owned(),
        };
        lines.push(one_line(&short));
    }
    lines.join("\n")
}

/// A statistic's name without the span that it is averaged over.
pub(super) fn base(row: &ResultRow) -> &str {
    StatisticName::of_row(row.statistic()).map_or(row.statistic(), |known| known.name)
}

/// The span that an effect is averaged over, `0..15`.
pub(super) fn span(row: &ResultRow) -> Option<&str> {
    let (_, span) = row.statistic().split_once("(mean ")?;
    span.strip_suffix(')')
}

/// What a statistic is, in a line.
pub(super) fn title(statistic: &str, [first, _]: [i32; 2]) -> String {
    match StatisticName::find(statistic) {
        Some(known) => format!("{statistic}: {}", of_effects(known, first)),
        None => statistic.to_owned(),
    }
}

/// The lines of one statistic.
pub(super) struct Block<'r> {
    pub lines: Vec<Line<'r>>,
    /// The null designs that ask for it.
    pub designs: Vec<Design<'r>>,
}

/// An effect, and its row under each null design.
pub(super) struct Line<'r> {
    pub row: &'r ResultRow,
    pub rows: Vec<Option<&'r ResultRow>>,
}

impl<'r> Block<'r> {
    /// Rows of one effect share a line. A test of fewer groups, or with windows that are cut, may
    /// estimate another value: that is a line of its own.
    pub(super) fn new(rows: &[&'r ResultRow], designs: &[Design<'r>]) -> Self {
        let mut designs = designs.to_vec();
        designs.retain(|(key, _)| rows.iter().any(|row| design(row) == *key));
        let mut lines: Vec<Line> = Vec::new();
        let mut known: HashMap<_, Vec<usize>> = HashMap::new();
        for row in rows {
            let key = (
                row.series(),
                row.group(),
                row.statistic(),
                row.relative_day(),
            );
            let places = known.entry(key).or_default();
            let same = places
                .iter()
                .find(|&&at| lines[at].row.is_same_estimate(row));
            let at = *same.unwrap_or(&lines.len());
            if at == lines.len() {
                places.push(at);
                let rows = vec![None; designs.len()];
                lines.push(Line { row, rows });
            }
            let design = designs.iter().position(|(key, _)| *key == design(row));
            if let Some(design) = design {
                lines[at].rows[design] = Some(row);
            }
        }
        let series = distinct(lines.iter().map(|line| line.row.series()));
        let groups = distinct(lines.iter().map(|line| line.row.group()));
        lines.sort_by_key(|Line { row, .. }| {
            let place = |names: &[&str], name: &str| names.iter().position(|had| *had == name);
            let spans = span(row).is_some();
            let places = (place(&series, row.series()), place(&groups, row.group()));
            (places, spans, row.relative_day())
        });
        Block { lines, designs }
    }

    fn table(&self, width: usize, bold: impl Fn(&str) -> String) -> String {
        self.drawn(self.columns(), width, bold)
    }

    /// Columns as text, with a line before the rows of each series.
    pub(super) fn drawn(
        &self,
        columns: Vec<Column>,
        width: usize,
        bold: impl Fn(&str) -> String,
    ) -> String {
        // Whose row it is, and the effect.
        let is_effect = |column: &&Column| column.heading.starts_with("Effect");
        let kept = columns
            .iter()
            .take_while(|column| !is_effect(column))
            .count()
            + 1;
        let is_named = columns
            .first()
            .is_some_and(|column| column.heading == SERIES);
        let drawn = draw(columns, kept, width);
        let mut text = String::new();
        for part in &drawn.parts {
            text += &(part.head.join("\n") + "\n");
            for (i, line) in part.rows.iter().enumerate() {
                if !is_named && self.is_first(i, |row| row.series()) {
                    text += &format!("{}\n", bold(&one_line(self.lines[i].row.series())));
                }
                text += &format!("{line}\n");
            }
        }
        text + &drawn.narrow()
    }

    /// Whether a line has another name than the one above.
    fn is_first(&self, line: usize, name: fn(&ResultRow) -> &str) -> bool {
        line == 0 || name(self.lines[line - 1].row) != name(self.lines[line].row)
    }

    fn columns(&self) -> Vec<Column> {
        let rows = || self.lines.iter().map(|line| line.row);
        let mut columns = Vec::new();
        if distinct(rows().map(|row| row.group())).len() > 1 {
            let is_first = |line| {
                self.is_first(line, |row| row.series()) || self.is_first(line, |row| row.group())
            };
            let cell = |(i, row): (usize, &ResultRow)| match is_first(i) {
                true => one_line(row.group()),
                false => String::new(),
            };
            columns.push(Column::words(
                "Group",
                rows().enumerate().map(cell).collect(),
            ));
        }
        columns.push(self.days());
        columns.push(self.measured("Effect", |row| row.observed));
        if rows().any(|row| row.se_hac.is_some()) {
            columns.push(Column {
                heading: "HAC\nse".into(),
                ..self.measured("HAC", |row| row.se_hac)
            });
        }
        columns.push(self.hac());
        columns.extend(self.by_design(|row| row.p));
        columns
    }

    /// The days, or spans of days, of the lines.
    pub(super) fn days(&self) -> Column {
        let day = |row| span(row).map_or(row.relative_day().to_string(), str::to_owned);
        Column::numbers(DAY, self.lines.iter().map(|line| day(line.row)).collect())
    }

    /// The lines' p-values by the normal law.
    pub(super) fn hac(&self) -> Column {
        let lines = self.lines.iter();
        Column::p_values("HAC\np", lines.map(|line| p_cell(line.row.p_hac)).collect())
    }

    /// A p-value of each line, a column a null design.
    pub(super) fn by_design(&self, p: fn(&ResultRow) -> Option<f64>) -> Vec<Column> {
        let columns = self.designs.iter().enumerate().map(|(i, (_, heading))| {
            let cell = |line: &Line| p_cell(line.rows[i].and_then(p));
            Column::p_values(heading.clone(), self.lines.iter().map(cell).collect())
        });
        columns.collect()
    }

    /// A value of each line, in its unit, which stands in the heading where all lines share it.
    pub(super) fn measured(&self, heading: &str, value: fn(&ResultRow) -> Option<f64>) -> Column {
        let rows = || self.lines.iter().map(|line| line.row);
        let units = distinct(rows().map(|row| &row.unit));
        let heading = match units.as_slice() {
            [unit] if !unit.is_empty() => format!("{heading}\n{}", one_line(unit)),
            _ => heading.to_owned(),
        };
        let decimals = Decimals::of(rows().filter_map(value));
        let cell = |row| match (value(row), units.len()) {
            (None, _) => "-".to_owned(),
            (Some(x), 1) => decimals.text(x),
            (Some(x), _) => one_line(&format!("{} {}", decimals.text(x), row.unit)),
        };
        Column::numbers(heading, rows().map(cell).collect())
    }

    /// Whether each series has one line, so that it can stand in it.
    pub(super) fn has_one_line_a_series(&self) -> bool {
        (0..self.lines.len()).all(|line| self.is_first(line, |row| row.series()))
    }

    /// The names of the lines' series.
    pub(super) fn series(&self) -> Column {
        let lines = self.lines.iter();
        Column::words(
            SERIES,
            lines.map(|line| one_line(line.row.series())).collect(),
        )
    }

    /// The names of the lines' groups.
    pub(super) fn groups(&self) -> Column {
        let lines = self.lines.iter();
        Column::words(
            "Group",
            lines.map(|line| one_line(line.row.group())).collect(),
        )
    }
}

/// The effects by least absolute deviations: days by groups, a range a cell.
fn deviations(
    rows: &[&ResultRow],
    table_width: usize,
    width: usize,
    bold: impl Fn(&str) -> String,
) -> String {
    let summed = Of::Effects {
        daily: false,
        studentised: false,
    };
    let mut cells: Vec<&ResultRow> = Vec::new();
    for row in rows.iter().filter(|row| row.lad_low.is_some()) {
        let known = |had: &&ResultRow| {
            (
                had.series(),
                had.group(),
                had.statistic(),
                had.relative_day(),
            ) == (
                row.series(),
                row.group(),
                row.statistic(),
                row.relative_day(),
            )
        };
        let is_summed = StatisticName::of_row(row.statistic()).is_some_and(|it| it.of == summed);
        if is_summed && !cells.iter().any(known) {
            cells.push(row);
        }
    }
    let Some(first) = cells.first() else {
        return String::new();
    };
    let unit = one_line(&first.unit);
    let groups = distinct(cells.iter().map(|row| row.group()));
    let mut lines = distinct(
        cells
            .iter()
            .map(|row| (row.series(), row.statistic(), row.relative_day())),
    );
    let series = distinct(cells.iter().map(|row| row.series()));
    lines.sort_by_key(|line| series.iter().position(|had| *had == line.0));
    let of = |line: &(&str, &str, i32), group: &str| {
        cells.iter().find(|row| {
            (row.series(), row.statistic(), row.relative_day()) == *line && row.group() == group
        })
    };
    let day = |line: &(&str, &str, i32)| {
        let row = groups.iter().find_map(|group| of(line, group));
        row.and_then(|row| span(row))
            .map_or(line.2.to_string(), str::to_owned)
    };
    let ends = |of: &str| {
        let of: Vec<&&ResultRow> = cells.iter().filter(|row| row.series() == of).collect();
        Decimals::of(
            of.iter()
                .flat_map(|row| [row.lad_low, row.lad_high])
                .flatten(),
        )
    };
    let decimals: HashMap<&str, Decimals> = series.iter().map(|&name| (name, ends(name))).collect();
    let mut columns = vec![Column::numbers(DAY, lines.iter().map(day).collect())];
    for group in groups {
        let cell = |line: &(&str, &str, i32)| match of(line, group)
            .map(|row| (row.lad_low, row.lad_high))
        {
            Some((Some(low), Some(high))) => {
                let decimals = &decimals[line.0];
                let (low, high) = (decimals.text(low), decimals.text(high));
                match low == high {
                    true => low,
                    false => format!("[{low}, {high}]"),
                }
            }
            _ => "-".to_owned(),
        };
        columns.push(Column::numbers(
            format!("{}\n{unit}", one_line(group)),
            lines.iter().map(cell).collect(),
        ));
    }
    let title =
        "overlap-regression by least absolute deviations: all effects that reach the least sum";
    let mut text = format!("\n{}\n\n", bold(fill(title, width, "", "").trim_end()));
    let drawn = draw(columns, 1, table_width);
    for part in &drawn.parts {
        text += &(part.head.join("\n") + "\n");
        for (i, (line, drawn)) in lines.iter().zip(&part.rows).enumerate() {
            if i == 0 || lines[i - 1].0 != line.0 {
                text += &format!("{}\n", bold(&one_line(line.0)));
            }
            text += &format!("{drawn}\n");
        }
    }
    text + &drawn.narrow()
}

/// A p-value to four decimals; the other forms of a report tell more.
pub(super) fn p_cell(p: Option<f64>) -> String {
    match p {
        None => "-".into(),
        Some(p) if p < 1e-4 => "<1e-4".into(),
        Some(p) => format!("{p:.4}"),
    }
}

/// What the columns and lines are.
fn notes(rows: &[&ResultRow], nulls: &[NullStatement], width: usize) -> String {
    let conventions = distinct(rows.iter().map(|row| row.convention())).join(", ");
    let (kind, but) = kind_of_p(rows, nulls);
    let mut text = format!(
        "The columns after HAC p are {kind} p-values ({conventions}), one a null design{but}."
    );
    if rows.iter().any(|row| row.relative_day() < 0) {
        text += " Days before 0 are a pre-trend: an effect there was there before the event.";
    }
    if rows.iter().any(|row| span(row).is_some()) {
        text += " A span of days has the mean of their effects.";
    }
    fill(&text, width, "", "")
}

/// The constants in a line, each once.
fn constant_statement(rows: &[&ResultRow]) -> String {
    let mut once: Vec<&ResultRow> = Vec::new();
    for row in rows {
        let known = |had: &&ResultRow| had.series() == row.series() && had.is_same_estimate(row);
        if !once.iter().any(known) {
            once.push(row);
        }
    }
    let decimals = Decimals::of(once.iter().filter_map(|row| row.observed));
    let each: Vec<String> = once
        .iter()
        .map(|row| {
            let p = p_cell(row.p_hac);
            let value = row.observed.map_or("-".into(), |x| decimals.text(x));
            one_line(&format!(
                "{} {value} {} (HAC p {p})",
                row.series(),
                row.unit
            ))
        })
        .collect();
    match each.as_slice() {
        [] => String::new(),
        each => format!(
            "Constant, the change a day apart from events: {}.",
            each.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::events::NULL;
    use crate::report::example::{effects, golden};
    use crate::report::{Detail, to_table};

    #[test]
    fn comparison_is_the_golden_one() {
        golden(
            "comparison.txt",
            &to_table(&effects(), Some(100), false, Detail::All),
        );
        golden(
            "effects.txt",
            &to_table(&effects(), Some(100), false, Detail::Usual),
        );
    }

    #[test]
    fn deviations_keep_their_digits() {
        let mut report = effects();
        for row in &mut report.results {
            (row.lad_low, row.lad_high) = (Some(0.000125), Some(0.0002));
        }
        let text = to_table(&report, Some(100), false, Detail::All);
        assert!(text.contains("[0.000125, 0.000200]"), "{text}");
    }

    #[test]
    fn narrow_terminals_lose_errors_and_no_null_design() {
        let text = to_table(&effects(), Some(38), false, Detail::All);
        assert!(
            text.contains("Too narrow for the columns HAC se."),
            "{text}"
        );
        let text = to_table(&effects(), Some(30), false, Detail::All);
        let table = text
            .lines()
            .take_while(|line| !line.starts_with("overlap-regression-t"));
        let shifts = table.filter(|line| line.trim_end().ends_with("wrap"));
        // In the answer and among all days.
        assert_eq!(shifts.count(), 2, "{text}");
    }

    #[test]
    fn details_add_a_table_a_null_design() {
        let text = to_table(&effects(), Some(100), false, Detail::All);
        for null in [
            "uniform(full-window), window",
            "circular-shift(all, wrap), window",
        ] {
            assert!(text.contains(null), "{text}");
        }
        assert!(!text.contains("--details"));
    }

    #[test]
    fn headings_are_short() {
        for (null, short) in [
            ("uniform(full-window)", "uniform"),
            ("uniform(all)", "uniform\nall"),
            ("uniform(full-window; open)", "uniform\nopen"),
            ("uniform(list: macro_news.csv)", "uniform\nlist: ma…"),
            ("labels", "labels"),
            ("labels(same-day together)", "labels\ntogether"),
            ("labels(by firm, keep units)", "labels\nby firm\nunits"),
            ("circular-shift(all, cut)", "shift\ncut"),
            ("circular-shift(full-window)", "shift"),
        ] {
            assert_eq!(heading(null), short);
        }
        let mut report = effects();
        for (row, list) in report
            .results
            .iter_mut()
            .zip(["macro_a.csv", "macro_b.csv"])
        {
            row.key = row.key.clone().with(NULL, format!("uniform(list: {list})"));
        }
        let rows = [&report.results[0], &report.results[1]];
        assert_eq!(designs(&rows)[1].1, "uniform\nlist: ma…\n(2)");
    }
}
