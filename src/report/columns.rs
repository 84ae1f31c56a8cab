//! Columns of text, side by side.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use crate::visible::visible;

/// A heading, of several lines perhaps, and its cells, one a row.
#[derive(Debug, Clone)]
pub struct Column {
    pub heading: String,
    pub cells: Vec<String>,
    pub holds: Holds,
}

/// What a column holds, which says where its cells stand and what becomes of it where there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Words, to the left.
    Words,
    /// Numbers, to the right.
    Numbers,
    /// p-values, which are never left out: those for which there is no room stand below.
    PValues,
}

impl Column {
    /// Of words.
    pub fn words(heading: impl Into<String>, cells: Vec<String>) -> Self {
        Self::new(heading, cells, Holds::Words)
    }

    /// Of numbers.
    pub fn numbers(heading: impl Into<String>, cells: Vec<String>) -> Self {
        Self::new(heading, cells, Holds::Numbers)
    }

    /// Of p-values.
    pub fn p_values(heading: impl Into<String>, cells: Vec<String>) -> Self {
        Self::new(heading, cells, Holds::PValues)
    }

    fn new(heading: impl Into<String>, cells: Vec<String>, holds: Holds) -> Self {
        Column {
            heading: heading.into(),
            cells,
            holds,
        }
    }
}

/// Columns of rows of cells under headings; the first `words` are of words, the others of numbers.
pub fn of_rows(headings: Vec<String>, rows: &[Vec<String>], words: usize) -> Vec<Column> {
    let column = |(at, heading): (usize, String)| {
        let cells = rows.iter().map(|row| one_line(&row[at])).collect();
        match at < words {
            true => Column::words(heading, cells),
            false => Column::numbers(heading, cells),
        }
    };
    headings.into_iter().enumerate().map(column).collect()
}

/// Columns as lines.
pub struct Drawn {
    /// The columns, or as many as there is room for; then the p-values that are left, each time beside the names of
    /// their rows.
    pub parts: Vec<Part>,
    /// Headings of the columns for which there was no room.
    pub left_out: Vec<String>,
}

/// Some columns as lines.
pub struct Part {
    /// The headings and the rule below them.
    pub head: Vec<String>,
    /// One line a row.
    pub rows: Vec<String>,
}

impl Drawn {
    /// All lines, and a sentence on the columns left out.
    pub fn text(&self) -> String {
        let parts = self.parts.iter().map(|part| {
            let lines = part.head.iter().chain(&part.rows);
            lines.map(|line| format!("{line}\n")).collect::<String>()
        });
        parts.collect::<Vec<_>>().join("\n") + &self.narrow()
    }

    /// A sentence on the columns left out; nothing where there are none.
    pub fn narrow(&self) -> String {
        match self.left_out.as_slice() {
            [] => String::new(),
            columns => format!("Too narrow for the columns {}.\n", columns.join(", ")),
        }
    }
}

/// Draws columns in lines of at most `width`. Where there is no room they stand closer; then the last ones are
/// left out, but for the first `kept` and p-values; then p-values go below.
pub fn draw(mut columns: Vec<Column>, kept: usize, width: usize) -> Drawn {
    let fits = |part: &Part| {
        let mut lines = part.head.iter().chain(&part.rows);
        lines.all(|line| line.chars().count() <= width)
    };
    let mut left_out = Vec::new();
    let mut part = lines(&columns, WIDE);
    while !fits(&part) {
        part = lines(&columns, CLOSE);
        if fits(&part) {
            break;
        }
        let is_kept = |column: &Column| column.holds == Holds::PValues;
        let Some(at) = (kept..columns.len()).rfind(|&at| !is_kept(&columns[at])) else {
            break;
        };
        let heading = columns.remove(at).heading;
        left_out.push(heading.trim().replace('\n', " "));
    }
    left_out.reverse();
    let mut parts = Vec::new();
    while !fits(&part) {
        // Rows have names for as long as no p-value stands before them.
        let names = columns
            .iter()
            .take_while(|column| column.holds != Holds::PValues);
        let names = names.take(kept.max(1)).count();
        let mut room = columns.len() - 1;
        while room > names + 1 && !fits(&lines(&columns[..room], CLOSE)) {
            room -= 1;
        }
        if room <= names || columns[room..].is_empty() {
            break;
        }
        parts.push(lines(&columns[..room], CLOSE));
        let of_words = columns[..names]
            .iter()
            .filter(|column| column.holds == Holds::Words || is_day(column));
        let below: Vec<Column> = of_words.chain(&columns[room..]).cloned().collect();
        if below.len() >= columns.len() {
            break;
        }
        columns = below;
        part = lines(&columns, CLOSE);
    }
    parts.push(part);
    Drawn { parts, left_out }
}

/// The heading of the one column of numbers that names rows.
pub const DAY: &str = "Day";

fn is_day(column: &Column) -> bool {
    column.heading == DAY
}

/// Blanks before a column, beside the one that every column begins with.
const WIDE: u16 = 1;
/// The same where there is little room.
const CLOSE: u16 = 0;

fn lines(columns: &[Column], gap: u16) -> Part {
    let mut table = Table::new();
    let style = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    let breaks = |heading: &str| heading.matches('\n').count();
    let most = columns.iter().map(|column| breaks(&column.heading)).max();
    table
        .load_style(style)
        .force_no_tty()
        .set_content_arrangement(ContentArrangement::Disabled)
        // Headings stand on the rule.
        .set_header(columns.iter().map(|column| {
            let above = most.unwrap_or(0) - breaks(&column.heading);
            "\n".repeat(above) + &column.heading
        }));
    let rows = columns.first().map_or(0, |column| column.cells.len());
    for i in 0..rows {
        table.add_row(columns.iter().map(|column| &column.cells[i]));
    }
    for (column, from) in table.column_iter_mut().zip(columns) {
        column.set_padding((gap, 0));
        if from.holds != Holds::Words {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.lines().map(|line| line.trim_end().to_string());
    let mut head: Vec<String> = lines.collect();
    // No cell holds a line break, so the last lines are the rows.
    let rows = head.split_off(head.len() - rows);
    Part { head, rows }
}

/// A cell's text: whatever would act on a terminal is written out.
pub fn one_line(text: &str) -> String {
    visible(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    #[test]
    fn headings_stand_on_the_rule_and_the_last_columns_go_first() {
        let column = |heading: &str, cell: &str| Column::numbers(heading, cells(cell));
        let columns = || vec![column("a", "1"), column("b\nc", "22"), column("d\ne", "3")];
        let drawn = draw(columns(), 1, 80);
        assert_eq!(drawn.parts[0].head, ["     b  d", " a   c  e", "─────────"]);
        assert_eq!(drawn.parts[0].rows, [" 1  22  3"]);
        assert_eq!(drawn.narrow(), "");
        let drawn = draw(columns(), 1, 2);
        assert_eq!(drawn.parts[0].head[0].trim(), "a");
        assert_eq!(drawn.narrow(), "Too narrow for the columns b c, d e.\n");
        // A little closer there is room for all.
        let drawn = draw(columns(), 1, 7);
        assert_eq!(drawn.parts[0].rows, ["1 22 3"]);
    }

    #[test]
    fn p_values_go_below_and_never_away() {
        let columns = || {
            vec![
                Column::words("Series", cells("oil")),
                Column::numbers("Effect", cells("1.25")),
                Column::p_values("first", cells("0.0123")),
                Column::numbers("other", cells("17")),
                Column::p_values("second", cells("0.4567")),
                Column::p_values("third", cells("0.8901")),
            ]
        };
        let drawn = draw(columns(), 2, 21);
        assert_eq!(drawn.left_out, ["other"]);
        let text = drawn.text();
        for p in ["0.0123", "0.4567", "0.8901"] {
            assert!(text.contains(p), "{text}");
        }
        assert!(
            text.lines()
                .all(|line| line.starts_with("Too") || line.chars().count() <= 21),
            "{text}"
        );
        let named = text.lines().filter(|line| line.starts_with("oil"));
        assert_eq!(named.count(), drawn.parts.len(), "{text}");
        // Where there is no room even for one, it stands there nevertheless.
        assert!(draw(columns(), 2, 3).text().contains("0.8901"));
    }
}
