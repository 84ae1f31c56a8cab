//! A table of any columns: numbers, texts, truth values, categories and dates.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};

use super::ceiling::Ceiling;
use super::cell::{self, BadCell};
use super::columnar::{Take, read_with};
use super::csv::TextTable;
use super::dates::{is_date, is_text, texts};
use super::kind::{Kind, Opened};
use super::numbers::{is_number, numbers};
use super::source::name_of;
use super::table::{Rows, check_names};
use super::{FileHash, Source};
use crate::visible::visible;
use crate::{Error, Result};

/// What stands for the file in messages; what is in memory has no hash.
const MEMORY: &str = "the table in memory";

/// Rows by named columns, of which those are held that were asked for.
#[derive(Debug)]
pub struct DataTable {
    /// Where it comes from; without a hash where it was in memory.
    pub file: FileHash,
    names: Vec<String>,
    columns: Vec<DataColumn>,
    lines: Rows,
    rows: usize,
}

/// A column with its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct DataColumn {
    /// The name in the file's header.
    pub name: String,
    /// What the cells are.
    pub kind: ColumnKind,
    cells: Cells,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers, finite where not missing.
    Number,
    /// Truth values, `true` and `false`.
    Boolean,
    /// Texts of a dictionary.
    Categorical,
    /// Texts.
    Text,
    /// Dates or times, as ISO texts: their order is that of the texts.
    Date,
}

#[derive(Debug, Clone, PartialEq)]
enum Cells {
    /// NaN where missing.
    Numbers(Vec<f64>),
    Levels(Levels),
}

/// Cells as numbers of levels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// A level a row; [`Levels::MISSING`] where there is none.
    pub codes: Vec<u32>,
    /// The levels, in the order of their first appearance.
    pub names: Vec<String>,
}

impl Levels {
    /// The code of a missing cell.
    pub const MISSING: u32 = u32::MAX;
}

/// Levels while they are collected.
#[derive(Default)]
struct Collected {
    levels: Levels,
    known: HashMap<String, u32>,
}

impl Collected {
    fn push(&mut self, cell: Option<&str>) {
        let code = match cell {
            None => Levels::MISSING,
            Some(text) => match self.known.get(text) {
                Some(&code) => code,
                None => {
                    let code = self.levels.names.len() as u32;
                    self.known.insert(text.to_owned(), code);
                    self.levels.names.push(visible(text).into_owned());
                    code
                }
            },
        };
        self.levels.codes.push(code);
    }
}

impl DataColumn {
    /// A column of numbers; NaN is a missing value.
    pub fn numbers(name: &str, values: Vec<f64>) -> Self {
        DataColumn {
            name: visible(name).into_owned(),
            kind: ColumnKind::Number,
            cells: Cells::Numbers(values),
        }
    }

    /// A column of texts, such as the names of groups.
    pub fn texts<T: AsRef<str>>(name: &str, cells: impl IntoIterator<Item = Option<T>>) -> Self {
        let mut collected = Collected::default();
        for cell in cells {
            collected.push(cell.as_ref().map(AsRef::as_ref));
        }
        DataColumn {
            name: visible(name).into_owned(),
            kind: ColumnKind::Text,
            cells: Cells::Levels(collected.levels),
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match &self.cells {
            Cells::Numbers(values) => values.len(),
            Cells::Levels(levels) => levels.codes.len(),
        }
    }

    /// Whether a row has no value.
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.cells {
            Cells::Numbers(values) => values[row].is_nan(),
            Cells::Levels(levels) => levels.codes[row] == Levels::MISSING,
        }
    }

    /// The numbers, NaN where missing; `None` of other columns.
    pub fn as_numbers(&self) -> Option<&[f64]> {
        match &self.cells {
            Cells::Numbers(values) => Some(values),
            Cells::Levels(_) => None,
        }
    }

    /// The cells as levels: equal numbers are one level, too.
    pub fn levels(&self) -> Levels {
        match &self.cells {
            Cells::Levels(levels) => levels.clone(),
            Cells::Numbers(values) => {
                let mut collected = Collected::default();
                for value in values {
                    // Both zeros are one number.
                    let text = (value + 0.0).to_string();
                    collected.push(Some(text.as_str()).filter(|_| !value.is_nan()));
                }
                collected.levels
            }
        }
    }

    /// Whether it is of texts of which most are numbers: a column of numbers with a slip, perhaps.
    pub fn is_mostly_numbers(&self) -> bool {
        let Cells::Levels(levels) = &self.cells else {
            return false;
        };
        let are: Vec<bool> = levels
            .names
            .iter()
            .map(|name| cell::number(name).is_ok())
            .collect();
        let given = levels.codes.iter().filter(|&&code| code != Levels::MISSING);
        let numbers = given.clone().filter(|&&code| are[code as usize]).count();
        2 * numbers > given.count()
    }

    /// The first row whose cell is no number.
    pub fn first_that_is_no_number(&self) -> Option<(usize, &str)> {
        let Cells::Levels(levels) = &self.cells else {
            return None;
        };
        let is_no_number = |name: &String| cell::number(name).is_err();
        let level = levels.names.iter().position(is_no_number).unwrap_or(0);
        let row = levels.codes.iter().position(|&code| code == level as u32)?;
        Some((row, &levels.names[level]))
    }
}

impl DataTable {
    /// Reads the columns of a file (`-`: standard input) whose names are `wanted`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`]: a file that cannot be read, or is no table, or has no row; a number that is not
    /// finite; a wanted column whose type is none of [`ColumnKind`].
    pub fn read(
        source: &Source,
        file: &str,
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Self> {
        Self::from_bytes(name_of(file), source.read(file)?, wanted)
    }

    /// The same of the content of a file.
    ///
    /// # Errors
    ///
    /// As for [`DataTable::read`].
    pub fn from_bytes(
        file: &str,
        bytes: Vec<u8>,
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Self> {
        let opened = Opened::of(file, bytes)?;
        match opened.kind {
            Kind::Csv => Self::from_text(&TextTable::plain(opened)?, wanted),
            _ => read_with(opened, |schema| Chosen::of(file, schema, wanted)),
        }
    }

    /// The columns of Arrow record batches of one schema.
    ///
    /// # Errors
    ///
    /// No batch, or what a file of them would be refused for.
    pub fn from_batches(batches: &[RecordBatch]) -> Result<Self> {
        let Some(first) = batches.first() else {
            return Err(Error::input(
                MEMORY,
                "there is no record batch",
                "Give at least one.",
            ));
        };
        let bytes = batches.iter().map(RecordBatch::get_array_memory_size).sum();
        let chosen = Chosen::of(MEMORY, first.schema(), &|_| true)?;
        let mut each = batches.iter().cloned().map(Ok);
        chosen.take(in_memory(), Ceiling::of(bytes), &mut each)
    }

    /// Columns that a program holds.
    ///
    /// # Errors
    ///
    /// No column, columns of different lengths or without a row, a name twice, an infinite number.
    pub fn of(columns: impl IntoIterator<Item = DataColumn>) -> Result<Self> {
        let columns: Vec<DataColumn> = columns.into_iter().collect();
        check_names(MEMORY, columns.iter().map(|column| column.name.as_str()))?;
        let rows = columns.first().map_or(0, DataColumn::rows);
        for column in &columns {
            let refuse = |problem: String, remedy: &str| {
                let place = format!("{MEMORY}, column {}", column.name);
                Err(Error::input(place, problem, remedy))
            };
            if column.rows() != rows || rows == 0 {
                return refuse(
                    format!("it has {} rows, the first column {rows}", column.rows()),
                    "Give columns of one length, of one row at least.",
                );
            }
            let numbers = column.as_numbers().unwrap_or_default();
            if let Some(row) = numbers.iter().position(|value| value.is_infinite()) {
                return refuse(
                    format!("row {} is not a finite number", row + 1),
                    "Give NaN where there is no value.",
                );
            }
        }
        if columns.is_empty() {
            return Err(Error::input(
                MEMORY,
                "there is no column",
                "Give at least one.",
            ));
        }
        Ok(DataTable {
            file: in_memory(),
            names: columns.iter().map(|column| column.name.clone()).collect(),
            columns,
            lines: Rows::Numbered,
            rows,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of all columns of the file, those that are not held among them.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A column that is held.
    pub fn column(&self, name: &str) -> Option<&DataColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns that are held, in the file's order.
    pub fn columns(&self) -> &[DataColumn] {
        &self.columns
    }

    /// `FILE, line LINE` of a row, for messages.
    pub fn place(&self, row: usize) -> String {
        format!("{}, {}", self.file.file, self.lines.name(row))
    }

    fn from_text(text: &TextTable, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<Self> {
        let rows = text.lines.len();
        let held = (0..text.header.len()).filter(|&column| wanted(&text.header[column]));
        let columns = held
            .map(|column| text_column(text, column))
            .collect::<Result<_>>()?;
        let table = DataTable {
            file: text.file.clone(),
            names: text.header.clone(),
            columns,
            lines: Rows::Lines(text.lines.clone()),
            rows,
        };
        table.unless_empty()
    }

    fn unless_empty(self) -> Result<Self> {
        match self.rows {
            0 => Err(Error::input(
                &self.file.file,
                "there are columns but no row of data",
                "Download or export it again.",
            )),
            _ => Ok(self),
        }
    }
}

fn in_memory() -> FileHash {
    FileHash {
        file: MEMORY.into(),
        sha256: String::new(),
    }
}

/// A column of text by what its cells are: numbers, truth values, dates, or else texts.
fn text_column(text: &TextTable, column: usize) -> Result<DataColumn> {
    let cells = || {
        let cells = text.cells(column);
        cells.map(|cell| Some(cell).filter(|cell| !is_missing(cell)))
    };
    let name = text.header[column].clone();
    let known = || cells().flatten();
    let is_any = known().next().is_some();
    let numbers = known().filter(|cell| cell::number(cell).is_ok()).count();
    if numbers > 0 && known().all(|cell| cell::number(cell).is_ok() || is_infinity(cell)) {
        let mut values = Vec::with_capacity(text.lines.len());
        for (row, cell) in cells().enumerate() {
            let refused =
                |bad: BadCell| Error::input(text.place(row, column), bad.problem, bad.remedy);
            values.push(match cell {
                None => f64::NAN,
                Some(cell) => cell::number(cell).map_err(refused)?,
            });
        }
        return Ok(DataColumn::numbers(&name, values));
    }
    let is_boolean = is_any && known().all(|cell| truth(cell).is_some());
    let is_date = is_any && known().all(|cell| cell::iso_date(cell).is_ok());
    let (kind, word): (_, fn(&str) -> &str) = match (is_boolean, is_date) {
        (true, _) => (ColumnKind::Boolean, |cell| truth(cell).unwrap_or(cell)),
        (false, true) => (ColumnKind::Date, |cell| cell),
        (false, false) => (ColumnKind::Text, |cell| cell),
    };
    Ok(DataColumn {
        kind,
        ..DataColumn::texts(&name, cells().map(|cell| cell.map(word)))
    })
}

/// Cells without a value.
fn is_missing(cell: &str) -> bool {
    matches!(cell, "" | "NA" | "N/A" | "." | "NaN" | "nan")
}

fn is_infinity(cell: &str) -> bool {
    let bare = cell.trim_start_matches(['+', '-']);
    ["inf", "infinity"]
        .iter()
        .any(|word| bare.eq_ignore_ascii_case(word))
}

fn truth(cell: &str) -> Option<&'static str> {
    let is = |word: &str| cell.eq_ignore_ascii_case(word);
    (is("true").then_some("true")).or(is("false").then_some("false"))
}

/// The columns of record batches that are held, while they are read.
struct Chosen {
    names: Vec<String>,
    /// Of the schema, ascending.
    columns: Vec<usize>,
    held: Vec<Held>,
}

/// One of them.
struct Held {
    /// As the schema has it.
    name: String,
    kind: ColumnKind,
    numbers: Vec<f64>,
    levels: Collected,
}

impl Chosen {
    fn of(file: &str, schema: SchemaRef, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Result<Self> {
        let fields = || schema.fields().iter();
        check_names(
            &format!("{file}, columns"),
            fields().map(|field| field.name().as_str()),
        )?;
        let names: Vec<String> = fields()
            .map(|field| visible(field.name()).into_owned())
            .collect();
        let columns: Vec<usize> = (0..names.len()).filter(|&c| wanted(&names[c])).collect();
        let held = columns.iter().map(|&column| {
            let field = schema.field(column);
            let kind = kind_of(field.data_type()).ok_or_else(|| {
                Error::input(
                    format!("{file}, column {}", names[column]),
                    format!(
                        "its type is {}, which is not read",
                        cell::shown(&field.data_type().to_string())
                    ),
                    "Write it as numbers, texts, truth values or dates.",
                )
            })?;
            Ok(Held {
                name: field.name().clone(),
                kind,
                numbers: Vec::new(),
                levels: Collected::default(),
            })
        });
        Ok(Chosen {
            held: held.collect::<Result<_>>()?,
            names,
            columns,
        })
    }
}

/// What the cells of an Arrow column are.
fn kind_of(kind: &DataType) -> Option<ColumnKind> {
    match kind {
        DataType::Boolean => Some(ColumnKind::Boolean),
        DataType::Dictionary(..) if is_text(kind) => Some(ColumnKind::Categorical),
        kind if is_text(kind) => Some(ColumnKind::Text),
        kind if is_date(kind) => Some(ColumnKind::Date),
        kind if is_number(kind) => Some(ColumnKind::Number),
        _ => None,
    }
}

impl Held {
    fn push(&mut self, array: &dyn Array) -> std::result::Result<(), (usize, BadCell)> {
        if self.kind == ColumnKind::Number {
            let values = numbers(array)?;
            let values = values.iter().map(|value| value.unwrap_or(f64::NAN));
            self.numbers.extend(values);
            return Ok(());
        }
        for cell in &texts(array)? {
            self.levels.push(cell);
        }
        Ok(())
    }

    fn finish(self) -> DataColumn {
        DataColumn {
            name: visible(&self.name).into_owned(),
            kind: self.kind,
            cells: match self.kind {
                ColumnKind::Number => Cells::Numbers(self.numbers),
                _ => Cells::Levels(self.levels.levels),
            },
        }
    }
}

impl Take for Chosen {
    type Made = DataTable;

    fn projection(&self) -> Vec<usize> {
        self.columns.clone()
    }

    fn take(
        mut self,
        file: FileHash,
        ceiling: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<DataTable> {
        let asked: HashSet<usize> = self.columns.iter().copied().collect();
        let mut rows = 0;
        for batch in batches {
            let batch = batch?;
            let so_far = (rows + batch.num_rows()) as u64;
            ceiling.check_cells(&file.file, so_far, self.held.len())?;
            // A reader gives all columns, or those that were asked for.
            let all = batch.num_columns() == self.names.len();
            let given = batch.columns().iter().enumerate();
            let given = given.filter(|(c, _)| !all || asked.contains(c));
            let mut taken = 0;
            for (held, (_, array)) in self.held.iter_mut().zip(given) {
                held.push(array).map_err(|(row, bad)| {
                    let place = format!(
                        "{}, row {}, column {}",
                        file.file,
                        rows + row + 1,
                        visible(&held.name)
                    );
                    Error::input(place, bad.problem, bad.remedy)
                })?;
                taken += 1;
            }
            if taken < self.held.len() {
                return Err(Error::input(
                    &file.file,
                    "a batch of rows lacks some columns",
                    "Export the file again.",
                ));
            }
            rows += batch.num_rows();
        }
        let table = DataTable {
            file,
            names: self.names,
            columns: self.held.into_iter().map(Held::finish).collect(),
            lines: Rows::Numbered,
            rows,
        };
        table.unless_empty()
    }
}

#[cfg(test)]
mod tests;
