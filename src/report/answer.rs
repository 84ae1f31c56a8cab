//! The answer first: a line a question, what stands out, and how much of it chance alone explains.

use super::columns::Column;
use super::comparison::{Block, Design, Line, base, design, designs, span, title};
use super::number::{Decimals, p_value, thousands};
use super::statement::{fill, p_statement};
use super::{Labelled, NullStatement, Paper, Report, ResultRow};
use crate::inference::{COUNTED_AT, Standing, distinct, standings};

/// The questions of a report that its answer is about: of every test the first statistic on its last day.
pub(super) struct Answer<'r> {
    nulls: &'r [NullStatement],
    blocks: Vec<Asked<'r>>,
    standings: Vec<Standing>,
    /// The null designs of all rows.
    designs: Vec<Design<'r>>,
    /// Rows of the report that are tested.
    rows: usize,
}

/// The lines of one statistic, window and measure.
pub(super) struct Asked<'r> {
    block: Block<'r>,
}

impl<'r> Answer<'r> {
    /// Of a report, whose names are labels by then.
    pub(super) fn of(report: &'r Report) -> Self {
        let tested: Vec<&ResultRow> = report
            .results
            .iter()
            .filter(|row| !row.is_constant())
            .collect();
        let asked =
            |row: &ResultRow| (base(row).to_owned(), row.window(), row.measure().to_owned());
        let tests = distinct(
            tested
                .iter()
                .map(|row| (design(row), row.window(), row.measure())),
        );
        let firsts = tests.iter().filter_map(|test| {
            let first = tested
                .iter()
                .find(|row| (design(row), row.window(), row.measure()) == *test)?;
            Some(asked(first))
        });
        let blocks = distinct(firsts).into_iter().map(|question| {
            let of = tested
                .iter()
                .filter(|row| asked(row) == question && span(row).is_none());
            let of: Vec<&ResultRow> = of.copied().collect();
            let last = of.iter().map(|row| row.relative_day()).max();
            let of: Vec<&ResultRow> = of
                .into_iter()
                .filter(|row| Some(row.relative_day()) == last)
                .collect();
            let designs = designs(&of);
            Asked {
                block: Block::new(&of, &designs),
            }
        });
        Answer {
            nulls: &report.manifest.nulls,
            blocks: blocks
                .filter(|asked| !asked.block.lines.is_empty())
                .collect(),
            standings: standings(&report.results, &report.manifest.nulls),
            designs: designs(&tested),
            rows: tested.len(),
        }
    }

    /// What stands out: the question whose largest p, of all null designs, is the smallest; and of how many.
    fn foremost(&self) -> Option<(&Asked<'r>, &Line<'r>, usize)> {
        let lines = self.blocks.iter().flat_map(|asked| {
            let lines = asked.block.lines.iter();
            lines.map(move |line| (asked, line))
        });
        let worst = |line: &Line| ps(line).map(|(_, p)| p).reduce(f64::max);
        let mut found: Option<(f64, &Asked, &Line)> = None;
        let mut questions = 0;
        for (asked, line) in lines {
            let Some(p) = worst(line) else { continue };
            questions += 1;
            if found.is_none_or(|(least, ..)| p < least) {
                found = Some((p, asked, line));
            }
        }
        let (_, asked, line) = found?;
        Some((asked, line, questions))
    }

    /// The rows of what stands out, one a null design.
    pub(super) fn found(&self) -> Vec<&'r ResultRow> {
        let line = self.foremost().map(|(_, line, _)| line);
        line.map_or_else(Vec::new, |line| {
            line.rows.iter().flatten().copied().collect()
        })
    }

    /// What stands out in a sentence with its numbers; empty without a p.
    pub(super) fn finding(&self) -> String {
        let Some((asked, line, questions)) = self.foremost() else {
            return String::new();
        };
        let row = line.row;
        let mut whose = row.series().to_owned();
        if distinct(asked.block.lines.iter().map(|line| line.row.group())).len() > 1 {
            whose += &format!(", {}", row.group());
        }
        let value = row.observed.map_or("no value".to_owned(), |x| {
            let sign = if x > 0.0 { "+" } else { "" };
            let digits = Decimals::of(std::iter::once(x)).text(x);
            format!("{sign}{digits} {}", row.unit).trim_end().to_owned()
        });
        let mut by: Vec<(String, f64)> = ps(line)
            .map(|(key, p)| (named(&asked.block.designs, key), p))
            .collect();
        by.sort_by(|a, b| a.1.total_cmp(&b.1));
        let chance = match by.as_slice() {
            [(null, p)] => format!("p = {} under {null}", p_value(*p)),
            [(_, least), .., (_, most)] if p_value(*least) == p_value(*most) => {
                format!("p = {} under every null design", p_value(*least))
            }
            [(low, least), .., (high, most)] => format!(
                "p from {} ({low}) to {} ({high}) by null design",
                p_value(*least),
                p_value(*most)
            ),
            [] => String::new(),
        };
        let of = match (questions, by.len()) {
            (1, _) => String::new(),
            (n, 1) => format!(", the smallest of {n} questions"),
            (n, _) => format!("; of {n} questions the one whose largest p is the smallest"),
        };
        format!(
            "{whose}: {value}, {}; {chance}{of}.",
            asked.formula(self.nulls)
        )
    }

    /// A table a statistic and window, each with what it is in a line.
    pub(super) fn tables(
        &self,
        table_width: usize,
        width: usize,
        bold: impl Fn(&str) -> String,
    ) -> String {
        let mut text = String::new();
        for asked in &self.blocks {
            let title = fill(&asked.title(self.nulls), width, "", "");
            text += &format!("\n{}\n\n", bold(title.trim_end()));
            let is_named = asked.block.has_one_line_a_series();
            text += &asked
                .block
                .drawn(asked.columns(is_named), table_width, &bold);
        }
        text
    }

    /// The same tables for print: every line names its series, and the last one says how many look small.
    fn papers(&self, said: &str) -> Vec<Paper> {
        let asked = self.blocks.iter().map(|asked| Paper {
            title: asked.title(self.nulls),
            columns: asked.columns(true),
            notes: Vec::new(),
        });
        let mut papers: Vec<Paper> = asked.collect();
        if let Some(last) = papers.last_mut() {
            let notes = [self.multiplicity(), said.to_owned()].into_iter();
            last.notes = notes.filter(|note| !note.is_empty()).collect();
        }
        papers
    }

    /// How many rows look small and how many would by chance, and the smallest p of them all as one of a family.
    pub(super) fn multiplicity(&self) -> String {
        let level = COUNTED_AT;
        let family = |of: &Standing| format!("{} ({})", p_value(of.family), of.adjusted);
        match self.standings.as_slice() {
            [] => String::new(),
            [one] if one.rows == 1 => String::new(),
            [one] => {
                let by_chance = match one.claims_level {
                    true => format!(", {} are expected by chance", expected(one.expected)),
                    false => String::new(),
                };
                format!(
                    "{} of {} rows have p below {level}{by_chance}; as a family the smallest p is {}.",
                    thousands(one.below),
                    thousands(one.rows),
                    family(one)
                )
            }
            several => {
                let each = several.iter().map(|of| {
                    let by_chance = match of.claims_level {
                        true => format!(" ({} by chance)", expected(of.expected)),
                        false => String::new(),
                    };
                    let (below, rows) = (thousands(of.below), thousands(of.rows));
                    let null = named(&self.designs, (&of.null, &of.convention));
                    format!(
                        "{below} of {rows}{by_chance} under {null}, the smallest as a family {}",
                        family(of)
                    )
                });
                let each: Vec<String> = each.collect();
                format!("Rows with p below {level}: {}.", each.join("; "))
            }
        }
    }

    /// What a null design is called above the columns, where that is short for its name.
    pub(super) fn heading(&self, null: &NullStatement) -> Option<String> {
        let heading = named(&self.designs, (&null.null, &null.convention));
        (heading != null.null).then_some(heading)
    }

    /// What of the report the tables leave out.
    pub(super) fn left_out(&self) -> Option<String> {
        let shown = self.blocks.iter().flat_map(|asked| &asked.block.lines);
        let shown: usize = shown.map(|line| line.rows.iter().flatten().count()).sum();
        (shown < self.rows).then(|| {
            format!(
                "Of each test the first statistic on its last day: {shown} of {} rows.",
                thousands(self.rows as u64)
            )
        })
    }
}

/// The p-values of a line, exact ones where they are known, each with its null design.
fn ps<'l>(line: &'l Line) -> impl Iterator<Item = ((&'l str, &'l str), f64)> {
    let rows = line.rows.iter().flatten();
    rows.filter_map(|row| Some((design(row), row.best_p()?)))
}

/// A null design's heading in one line.
fn named(designs: &[Design], key: (&str, &str)) -> String {
    let of = designs.iter().find(|(known, _)| *known == key);
    of.map_or_else(
        || key.0.to_owned(),
        |(_, heading)| heading.replace('\n', " "),
    )
}

/// A number of rows, as many decimals as it deserves.
fn expected(rows: f64) -> String {
    let text = format!("{rows:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

impl Asked<'_> {
    fn row(&self) -> &ResultRow {
        self.block.lines[0].row
    }

    /// What the statistic is: `median over events of y(15) - y(-15)`.
    fn formula(&self, nulls: &[NullStatement]) -> String {
        let row = self.row();
        let said = match row.is_effect() {
            true => title(base(row), row.window())
                .replace("the day", &format!("day {}", row.relative_day())),
            false => {
                let null = nulls.iter().find(|null| null.is_of(row));
                let formula = null.map_or_else(String::new, |null| null.formula(row.statistic()));
                formula.replace("the day", &row.relative_day().to_string())
            }
        };
        let name = base(row);
        match said.strip_prefix(&format!("{name}: ")) {
            Some(formula) => formula.to_owned(),
            None => format!("{} on day {}", row.statistic(), row.relative_day()),
        }
    }

    fn title(&self, nulls: &[NullStatement]) -> String {
        format!("{}: {}", base(self.row()), self.formula(nulls))
    }

    /// The effect, p by null design, adjusted p, interval, and how p was answered.
    fn columns(&self, is_named: bool) -> Vec<Column> {
        let block = &self.block;
        let lines = || block.lines.iter();
        let rows = || lines().flat_map(|line| line.rows.iter().flatten());
        let mut columns = Vec::new();
        columns.extend(is_named.then(|| block.series()));
        if distinct(lines().map(|line| line.row.group())).len() > 1 {
            columns.push(block.groups());
        }
        columns.push(block.measured("Effect", |row| row.observed));
        if lines().any(|line| line.row.p_hac.is_some()) {
            columns.push(block.hac());
        }
        columns.extend(block.by_design(|row| row.p));
        let is_exact = rows().any(|row| row.p_exact.is_some() && row.p_exact != row.p);
        let several = block.designs.len() > 1;
        let with = |more: &str, columns: Vec<Column>| {
            let named = columns.into_iter().map(move |column| Column {
                heading: match several {
                    true => format!("{}\n{more}", column.heading),
                    false => more.to_owned(),
                },
                ..column
            });
            // Of designs that have any.
            named
                .filter(|column| column.cells.iter().any(|cell| cell != "-"))
                .collect::<Vec<_>>()
        };
        if is_exact {
            columns.extend(with("exact", block.by_design(|row| row.p_exact)));
        }
        columns.extend(with("maxT", block.by_design(|row| row.p_maxt_step)));
        if rows().any(|row| row.interval_level.is_some()) {
            columns.push(self.intervals());
        }
        if !several {
            let by = |line: &Line| {
                let row = line.rows[0]?;
                row.p_exact_engine
                    .clone()
                    .or_else(|| Some(row.engine.clone()))
            };
            let cells = lines().map(|line| by(line).unwrap_or("-".into())).collect();
            columns.push(Column::words("By", cells));
        }
        columns
    }

    fn intervals(&self) -> Column {
        let found = self.block.lines.iter().map(|line| {
            let mut rows = line.rows.iter().flatten().copied();
            rows.find(|row| row.interval_level.is_some())
        });
        let found: Vec<Option<&ResultRow>> = found.collect();
        let ends = found
            .iter()
            .flatten()
            .flat_map(|row| [row.interval_low, row.interval_high]);
        let decimals = Decimals::of(ends.flatten());
        let level = found.iter().flatten().find_map(|row| row.interval_level);
        let cell = |row: &Option<&ResultRow>| {
            let Some((row, set)) = row.and_then(|row| Some((row, row.interval_set.as_ref()?)))
            else {
                return "-".to_owned();
            };
            if set.starts_with("{}") {
                return "empty".to_owned();
            }
            let low = row
                .interval_low
                .map_or("(-inf".into(), |low| format!("[{}", decimals.text(low)));
            let high = row
                .interval_high
                .map_or("inf)".into(), |high| format!("{}]", decimals.text(high)));
            format!("{low}, {high}")
        };
        let percent = level.map_or(String::new(), |level| {
            Decimals::of(std::iter::once(100.0 * level)).text(100.0 * level)
        });
        Column::numbers(
            format!("{percent} %\nset"),
            found.iter().map(cell).collect(),
        )
    }
}

/// A report's finding in a sentence with its numbers; empty without a p.
pub fn finding(report: &Report) -> String {
    Answer::of(&report.labelled()).finding()
}

/// How many of a report's rows look small, how many would by chance, and the smallest p as one of a family, in a
/// sentence; empty where there is one row.
pub fn multiplicity(report: &Report) -> String {
    Answer::of(&report.labelled()).multiplicity()
}

/// The tables of a report as papers print them.
pub(super) fn papers(report: &Report) -> Vec<Paper> {
    let report = report.labelled();
    let rows: Vec<&ResultRow> = report
        .results
        .iter()
        .filter(|row| !row.is_constant())
        .collect();
    Answer::of(&report).papers(&p_statement(&rows, &report.manifest.nulls))
}
