//! What the columns of a text table are, beside the dates.

use crate::load::csv::TextTable;
use crate::load::numerals::Series;
use crate::load::{Reading, cell, quoted_list};
use crate::{Error, Result};

/// What the columns beside the dates are.
pub(super) struct Kinds {
    pub numbers: Vec<usize>,
    pub dates: Vec<usize>,
    texts: Vec<usize>,
    /// Without a name: numbers of rows, or nothing at all.
    unnamed: Vec<usize>,
}

impl Kinds {
    pub fn of(text: &TextTable, columns: &[usize], series: &Series, key: Option<usize>) -> Self {
        let mut kinds = Kinds {
            numbers: Vec::new(),
            dates: Vec::new(),
            texts: Vec::new(),
            unnamed: Vec::new(),
        };
        for &column in columns.iter().filter(|&&column| Some(column) != key) {
            let is_unnamed = text.header[column] == format!("Unnamed: {column}");
            let of = if text.holds_days(column, false) {
                &mut kinds.dates
            } else if is_unnamed && (series.is_blank(column) || counts_rows(text, column)) {
                &mut kinds.unnamed
            } else if series.is_numeric(column) || series.is_blank(column) {
                &mut kinds.numbers
            } else {
                &mut kinds.texts
            };
            of.push(column);
        }
        kinds
    }

    /// Refuses an asked series that is none.
    pub fn refuse_asked(&self, text: &TextTable, data: &Reading) -> Result<()> {
        let others = self.texts.iter().chain(&self.dates);
        let asked = others
            .copied()
            .find(|&column| data.series.contains(&text.header[column]));
        match asked {
            None => Ok(()),
            Some(column) => Err(Error::input(
                format!("{}, column {}", text.file.file, text.header[column]),
                "it holds no numbers",
                "Take it out of `series`.",
            )),
        }
    }

    /// That columns which are no series are left out.
    pub fn left_out(&self, text: &TextTable) -> Option<String> {
        let mut columns = [self.texts.as_slice(), &self.unnamed].concat();
        columns.sort_unstable();
        let names = columns.iter().map(|&column| text.header[column].as_str());
        (!columns.is_empty()).then(|| {
            format!(
                "{}: columns that hold no series are left out: {}",
                text.file.file,
                quoted_list(names)
            )
        })
    }
}

/// Whether the cells number the rows, from 0 or 1.
fn counts_rows(text: &TextTable, column: usize) -> bool {
    let counts = |from: usize| {
        let mut cells = text.cells(column).enumerate();
        cells.all(|(row, cell)| cell.parse() == Ok(row + from))
    };
    counts(0) || counts(1)
}

/// A file that has text where the series should be: its first cell that is no number.
pub(super) fn not_numbers(text: &TextTable, column: usize, series: &Series) -> Error {
    let mut cells = text.cells(column).enumerate();
    let bad = cells.find_map(|(row, cell)| {
        let bad = cell::number(cell)
            .err()
            .filter(|_| !series.is_missing(cell))?;
        Some(text.refuse(row, column, bad.problem, bad.remedy))
    });
    bad.unwrap_or_else(|| super::no_series(text))
}
