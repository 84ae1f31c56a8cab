//! Columns of text, side by side.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

/// A heading, of several lines perhaps, and its cells, one a row.
pub struct Column {
    pub heading: String,
    pub cells: Vec<String>,
    /// Words stand to the left, numbers to the right.
    pub is_words: bool,
}

/// Columns as lines.
pub struct Drawn {
    /// The headings and the rule below them.
    pub head: Vec<String>,
    /// One line a row.
    pub rows: Vec<String>,
    /// Headings of the columns for which there was no room.
    pub left_out: Vec<String>,
}

impl Drawn {
    /// A sentence on the columns left out; nothing where there are none.
    pub fn narrow(&self) -> String {
        match self.left_out.as_slice() {
            [] => String::new(),
            columns => format!("Too narrow for the columns {}.\n", columns.join(", ")),
        }
    }
}

/// Draws columns in lines of at most `width`: the last ones are left out until the others fit, but
/// the first `kept` stay.
pub fn draw(mut columns: Vec<Column>, kept: usize, width: usize) -> Drawn {
    let mut left_out = Vec::new();
    let mut lines = lines(&columns);
    while columns.len() > kept && lines.iter().any(|line| line.chars().count() > width) {
        let last = columns.pop().map(|column| column.heading);
        left_out.extend(last.map(|heading| heading.trim().replace('\n', " ")));
        lines = self::lines(&columns);
    }
    left_out.reverse();
    // No cell holds a line break, so the last lines are the rows.
    let rows = columns.first().map_or(0, |column| column.cells.len());
    let rows = lines.split_off(lines.len() - rows);
    Drawn {
        head: lines,
        rows,
        left_out,
    }
}

fn lines(columns: &[Column]) -> Vec<String> {
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
        column.set_padding((1, 0));
        if !from.is_words {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .lines()
        .map(|line| line.trim_end().to_string())
        .collect()
}

/// Names come from files: line breaks and control characters become spaces.
pub fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_stand_on_the_rule_and_the_last_columns_go_first() {
        let column = |heading: &str, cell: &str| Column {
            heading: heading.into(),
            cells: vec![cell.into()],
            is_words: false,
        };
        let columns = || vec![column("a", "1"), column("b\nc", "22"), column("d\ne", "3")];
        let drawn = draw(columns(), 1, 80);
        assert_eq!(drawn.head, ["     b  d", " a   c  e", "─────────"]);
        assert_eq!(drawn.rows, [" 1  22  3"]);
        assert_eq!(drawn.narrow(), "");
        let drawn = draw(columns(), 1, 2);
        assert_eq!(drawn.head, [" a", "──"]);
        assert_eq!(drawn.narrow(), "Too narrow for the columns b c, d e.\n");
    }
}
