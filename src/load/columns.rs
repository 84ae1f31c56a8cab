//! The columns of an event file, before anyone has said what they mean.

use super::as_text;
use super::csv::TextTable;
use super::date_format::{self, Asked};
use super::heading::is_date_name;
use super::{Source, quoted_list};
use crate::{Error, Result};

/// A file of events as text.
#[derive(Debug)]
pub struct Columns {
    table: TextTable,
}

impl Columns {
    /// Reads a file with at least one row.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no table, or has no row.
    pub fn read(source: &Source, file: &str) -> Result<Self> {
        let table = as_text::read(source, file, None)?;
        if table.lines.is_empty() {
            return Err(Error::input(
                file,
                "there is a header but no event",
                "Add one row an event.",
            ));
        }
        Ok(Columns { table })
    }

    /// The columns' names, in the file's order.
    pub fn names(&self) -> &[String] {
        &self.table.header
    }

    /// Columns beside `date` that hold nothing but dates.
    pub fn other_dates(&self, date: usize) -> Vec<&str> {
        self.table.other_dates(date)
    }

    /// The cells of one column, in the file's order.
    pub fn cells(&self, column: usize) -> Vec<&str> {
        self.table.cells(column).collect()
    }

    /// The column of dates: one that holds dates only, and among several that named `date`; what is a
    /// number as well, such as a year, counts where nothing else does.
    ///
    /// # Errors
    ///
    /// There is none. Where a column is named `date`, the message names its first bad cell.
    pub fn date(&self) -> Result<usize> {
        let names = self.names();
        let is_named = |column: &usize| names[*column].eq_ignore_ascii_case("date");
        let holding = |numbers: bool| -> Vec<usize> {
            let holds = |&column: &usize| {
                let filled = self.table.cells(column).all(|cell| !cell.is_empty());
                let is_meant = !numbers || names.len() == 1 || is_date_name(&names[column]);
                filled && is_meant && self.table.holds_days(column, numbers)
            };
            (0..names.len()).filter(holds).collect()
        };
        for numbers in [false, true] {
            let dated = holding(numbers);
            if let Some(&column) = dated.iter().find(|c| is_named(c)).or(dated.first()) {
                return Ok(column);
            }
        }
        if let Some(column) = (0..names.len()).find(is_named) {
            date_format::days(&self.table, column, Asked::NOTHING)?;
        }
        Err(Error::input(
            format!("{}, header", self.table.file.file),
            "no column holds a date on every row",
            format!(
                "Write the events' dates in one column as YYYY-MM-DD, such as 2024-01-31; the columns are {}.",
                quoted_list(names.iter().map(String::as_str))
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::csv::tests::folder_with;
    use super::*;

    fn date_of(text: &str) -> std::result::Result<usize, String> {
        let (_folder, source) = folder_with(&[("e.csv", text)]);
        let columns = Columns::read(&source, "e.csv").map_err(|error| error.to_string())?;
        columns.date().map_err(|error| error.to_string())
    }

    #[test]
    fn the_date_column_holds_dates_and_is_best_named_so() {
        assert_eq!(date_of("what,when\nx,2024-01-02\n"), Ok(1));
        assert_eq!(
            date_of("filed,Date\n2024-01-01,2024-01-02\n2024-01-03,2024-01-04\n"),
            Ok(1)
        );
        assert_eq!(
            date_of("date,announced\nJan 5,2024-01-05\n"),
            Ok(1),
            "a name alone makes no dates"
        );
    }

    #[test]
    fn without_a_date_column_the_message_says_what_is_wrong() {
        let text = date_of("what,when\nx,5 May\n").unwrap_err();
        assert!(text.starts_with("e.csv, header: no column holds"), "{text}");
        assert!(text.contains("`what`, `when`"), "{text}");
        let text = date_of("date\n2024-01-01\n01/02/2024\n").unwrap_err();
        assert!(text.starts_with("e.csv, line 3, column date"), "{text}");
        assert!(date_of("date\n").unwrap_err().contains("no event"));
    }
}
