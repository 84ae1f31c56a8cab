//! The numbers behind a picture.

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number, to all its digits; none where there is none.
    Number(Option<f64>),
}

/// A table of them: a heading a column, a row a mark or a place on an axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    /// One a column.
    pub headings: Vec<String>,
    /// Each as long as the headings.
    pub rows: Vec<Vec<Cell>>,
}

impl Numbers {
    /// Under these headings, no rows yet.
    pub fn under<const N: usize>(headings: [&str; N]) -> Self {
        Numbers {
            headings: headings.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        }
    }

    /// As CSV: a header and a line a row. A text that a spreadsheet would take for a formula gets an
    /// apostrophe in front.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let line = |cells: Vec<String>, writer: &mut csv::Writer<Vec<u8>>| {
            writer.write_record(cells).expect("memory can be written");
        };
        let headings = self.headings.iter().map(|heading| guarded(heading));
        line(headings.collect(), &mut writer);
        for row in &self.rows {
            let cells = row.iter().map(|cell| match cell {
                Cell::Text(text) => guarded(text),
                Cell::Number(_) => cell.to_string(),
            });
            line(cells.collect(), &mut writer);
        }
        let bytes = writer.into_inner().expect("memory can be written");
        String::from_utf8(bytes).expect("cells are UTF-8")
    }
}

fn guarded(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Text(text) => f.write_str(text),
            Cell::Number(Some(number)) => write!(f, "{number}"),
            Cell::Number(None) => Ok(()),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Cell::Number(Some(number))
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        Cell::Number(number)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Cell::Number(Some(count as f64))
    }
}

impl From<i32> for Cell {
    fn from(day: i32) -> Self {
        Cell::Number(Some(day.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_keeps_every_digit_and_guards_words() {
        let mut numbers = Numbers::under(["series", "value"]);
        numbers.rows.push(vec!["=1+1".into(), (-0.1 - 0.2).into()]);
        numbers.rows.push(vec!["a,\"b\"".into(), None.into()]);
        let csv = numbers.to_csv();
        assert_eq!(
            csv,
            "series,value\n'=1+1,-0.30000000000000004\n\"a,\"\"b\"\"\",\n"
        );
    }
}
