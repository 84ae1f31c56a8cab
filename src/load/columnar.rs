//! Arrow batches of any columns to typed ones; `choice` says which column has the dates, which are
//! series.

use std::collections::HashSet;

use arrow::array::{Array, AsArray, Float64Array, RecordBatch};
use arrow::compute::concat;
use arrow::datatypes::{Float64Type, SchemaRef};
use bytes::Bytes;

use super::ceiling::Ceiling;
use super::csv::TextTable;
use super::date_format::{self, Asked};
use super::dates::{dates, is_date, texts};
use super::kind::{Kind, Opened};
use super::long::Long;
use super::numbers::{BadRow, numbers};
use super::partition::WithFolders;
use super::spec::Layout;
use super::table::{Rows, Table, to_days};
use super::{FileHash, Reading, cell, did_you_mean, ipc, layout, parquet};
use crate::error::Cause;
use crate::visible::visible;
use crate::{Error, Result};
use choice::{Columns, date_column, key_columns};

mod choice;

/// The wanted series of a file that is no text.
pub(super) fn read(opened: Opened, data: &Reading) -> Result<Table> {
    let file = opened.hash.file.clone();
    let bytes = Bytes::from(opened.bytes);
    let opened = || (opened.kind, opened.hash.clone(), bytes.clone());
    let is_long = match (data.layout, &data.series_column) {
        (Some(layout), _) => layout == Layout::Long,
        (None, Some(_)) => true,
        (None, None) => each(opened(), |schema| Repeats::of(&file, schema, data))?,
    };
    let dated = |schema| Dated::of(&file, schema, data, is_long);
    each(opened(), |schema| match is_long {
        true => WithFolders::of(&file, schema, data, dated),
        false => Ok(WithFolders::alone(dated(schema)?)),
    })
}

/// The wanted series of record batches of one schema.
pub(super) fn of_batches(hash: FileHash, batches: &[RecordBatch], data: &Reading) -> Result<Table> {
    let file = &hash.file.clone();
    let Some(first) = batches.first() else {
        return Err(Error::input(
            file,
            "there is no record batch",
            "Give at least one, of the columns that a file would have.",
        ));
    };
    let bytes = batches.iter().map(RecordBatch::get_array_memory_size).sum();
    let ceiling = Ceiling::of(bytes);
    let is_long = match (data.layout, &data.series_column) {
        (Some(layout), _) => layout == Layout::Long,
        (None, Some(_)) => true,
        (None, None) => {
            let repeats = Repeats::of(file, first.schema(), data)?;
            let columns = repeats.projection();
            let mut each = batches.iter().map(|batch| {
                let projected = batch.project(&columns);
                projected
                    .map_err(|error| Error::input(file, error.to_string(), "Give other batches."))
            });
            repeats.take(hash.clone(), ceiling, &mut each)?
        }
    };
    let columns = Columns::of(file, first.schema(), data, is_long)?;
    typed(
        hash,
        columns,
        data,
        ceiling,
        batches.iter().cloned().map(Ok),
    )
}

/// What `choose` takes of a file that is no text.
pub(super) fn read_with<T: Take>(
    opened: Opened,
    choose: impl FnOnce(SchemaRef) -> Result<T> + Send,
) -> Result<T::Made> {
    let bytes = Bytes::from(opened.bytes);
    each((opened.kind, opened.hash, bytes), choose)
}

fn each<T: Take>(
    (kind, hash, bytes): (Kind, FileHash, Bytes),
    choose: impl FnOnce(SchemaRef) -> Result<T> + Send,
) -> Result<T::Made> {
    match kind {
        Kind::ArrowFile => ipc::read_file(hash, bytes, choose),
        Kind::ArrowStream => ipc::read_stream(hash, bytes, choose),
        Kind::Csv | Kind::Parquet => parquet::read(hash, bytes, choose),
    }
}

/// What becomes of the record batches of a file.
pub(super) trait Take: Send {
    /// What they become.
    type Made: Send;

    /// The columns to read, ascending; a reader may pass over all others.
    fn projection(&self) -> Vec<usize>;

    /// Takes one batch after the other.
    fn take(
        self,
        file: FileHash,
        ceiling: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<Self::Made>;
}

/// Whether the dates of a file repeat, where a column could name series.
struct Repeats {
    date: Option<usize>,
}

impl Repeats {
    fn of(file: &str, schema: SchemaRef, data: &Reading) -> Result<Self> {
        let date = date_column(file, &schema, data)?;
        let may_be_long = key_columns(&schema, date).next().is_some();
        Ok(Repeats {
            date: may_be_long.then_some(date),
        })
    }
}

impl Take for Repeats {
    type Made = bool;

    fn projection(&self) -> Vec<usize> {
        self.date.into_iter().collect()
    }

    fn take(
        self,
        _: FileHash,
        _: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<bool> {
        if self.date.is_none() {
            return Ok(false);
        }
        let mut seen = HashSet::new();
        for batch in batches {
            let Some(cells) = batch?
                .columns()
                .first()
                .and_then(|column| texts(column).ok())
            else {
                return Ok(false);
            };
            if !cells
                .iter()
                .flatten()
                .all(|cell| seen.insert(cell.to_owned()))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Series by dates.
pub(super) struct Dated<'a> {
    columns: Columns,
    data: &'a Reading,
}

impl<'a> Dated<'a> {
    /// Those of a file that are asked for.
    pub fn of(file: &str, schema: SchemaRef, data: &'a Reading, is_long: bool) -> Result<Self> {
        let columns = Columns::of(file, schema, data, is_long)?;
        Ok(Dated { columns, data })
    }
}

impl Take for Dated<'_> {
    type Made = Table;

    fn projection(&self) -> Vec<usize> {
        self.columns.projection()
    }

    fn take(
        self,
        file: FileHash,
        ceiling: Ceiling,
        batches: &mut dyn Iterator<Item = Result<RecordBatch>>,
    ) -> Result<Table> {
        typed(file, self.columns, self.data, ceiling, batches)
    }
}

/// The dates of a file, while they are collected.
enum Cells {
    Days(Vec<i32>),
    Texts(Vec<String>),
}

/// Types one batch after the other, so that only numbers are kept in memory.
pub(super) fn typed(
    file: FileHash,
    columns: Columns,
    data: &Reading,
    ceiling: Ceiling,
    batches: impl Iterator<Item = Result<RecordBatch>>,
) -> Result<Table> {
    let name = &file.file;
    let source = |column: usize| columns.schema.field(column).name();
    let shown = |column: usize| visible(source(column)).into_owned();
    let mut cells = match is_date(columns.schema.field(columns.date).data_type()) {
        true => Cells::Days(Vec::new()),
        false => Cells::Texts(Vec::new()),
    };
    let mut long = columns.key.map(|key| Long::new(&shown(key)));
    let mut series: Vec<Vec<Float64Array>> = vec![Vec::new(); columns.series.len()];
    let mut nans = vec![0; columns.series.len()];
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        if batch.num_rows() == 0 {
            continue;
        }
        let so_far = (rows + batch.num_rows()) as u64;
        match &long {
            None => ceiling.check(name, so_far, columns.series.len() + 1)?,
            Some(_) => ceiling.check_cells(name, so_far, columns.series.len() + 1)?,
        }
        let refused = |column: usize, (row, bad): BadRow| {
            let place = format!("{name}, row {}, column {}", rows + row + 1, source(column));
            Error::input(place, bad.problem, bad.remedy).because(Cause::BadCell {
                file: name.to_owned(),
                line: (rows + row + 1) as u64,
                column: source(column).to_owned(),
            })
        };
        let column = |column: usize| {
            let name = source(column);
            batch
                .column_by_name(name)
                .ok_or_else(|| missing(&file.file, name, &batch))
        };
        let filled = |of: usize| -> Result<Vec<String>> {
            let cells = texts(column(of)?).map_err(|bad| refused(of, bad))?;
            let cells = cells.iter().enumerate().map(|(row, cell)| {
                let none = || (row, super::dates::no_date());
                Ok(cell
                    .ok_or_else(none)
                    .map_err(|bad| refused(of, bad))?
                    .trim()
                    .to_owned())
            });
            cells.collect()
        };
        match &mut cells {
            Cells::Days(days) => {
                let read =
                    dates(column(columns.date)?).map_err(|bad| refused(columns.date, bad))?;
                days.extend(read.values());
            }
            Cells::Texts(texts) => texts.extend(filled(columns.date)?),
        }
        if let (Some(long), Some(key)) = (&mut long, columns.key) {
            for (row, cell) in texts(column(key)?)
                .map_err(|bad| refused(key, bad))?
                .iter()
                .enumerate()
            {
                let bad = || {
                    let problem = "there is no name of a series".to_owned();
                    let remedy = "Give every row one, or remove the row.".to_owned();
                    refused(key, (row, cell::BadCell { problem, remedy }))
                };
                long.push(cell.ok_or_else(bad)?);
            }
        }
        for (place, &of) in columns.series.iter().enumerate() {
            let array = column(of)?;
            let values = numbers(array).map_err(|bad| refused(of, bad))?;
            nans[place] += values.null_count() - array.logical_null_count();
            series[place].push(values);
        }
        rows += batch.num_rows();
    }
    if rows == 0 {
        return Err(Error::input(
            name,
            "there are columns but no row of data",
            "Download or export it again, or leave it out of `files`.",
        ));
    }
    let mut rules = columns.rules.clone();
    let days = match cells {
        Cells::Days(days) => days,
        Cells::Texts(cells) => {
            let text = TextTable::of_columns(file.clone(), &[(shown(columns.date), cells)])?;
            let asked = Asked {
                order: data.date_format,
                key: Some(layout::DATE_KEY),
                has_times: false,
            };
            let read = date_format::days(&text, 0, asked)?;
            rules.extend(read.rules);
            read.days.into_iter().map(to_days).collect()
        }
    };
    let with_nan = columns
        .series
        .iter()
        .zip(&nans)
        .filter(|(_, nans)| **nans > 0);
    let with_nan: Vec<String> = with_nan
        .map(|(&column, nans)| format!("{nans} in `{}`", shown(column)))
        .collect();
    if !with_nan.is_empty() {
        rules.push(format!(
            "{name}: NaN counts as missing: {}",
            with_nan.join(", ")
        ));
    }
    let mut read: Vec<(String, Float64Array)> = Vec::with_capacity(series.len());
    for (&column, parts) in columns.series.iter().zip(series) {
        let parts: Vec<&dyn Array> = parts.iter().map(|part| part as &dyn Array).collect();
        let whole = concat(&parts)
            .map_err(|error| Error::input(name, error.to_string(), "Export the file again."))?;
        read.push((shown(column), whole.as_primitive::<Float64Type>().clone()));
    }
    let date = shown(columns.date);
    let Some(mut long) = long else {
        let (names, usual) = (columns.names, columns.usual);
        return Table::of(
            file,
            names,
            usual,
            (&date, days),
            read,
            Rows::Numbered,
            rules,
        );
    };
    long.days = days;
    long.columns = columns.names;
    long.values = read;
    let place = |row: usize| format!("{name}, row {}", row + 1);
    long.pivot(file.clone(), data, &date, &place, rules)
}

fn missing(file: &str, column: &str, batch: &RecordBatch) -> Error {
    let schema = batch.schema();
    let known = || schema.fields().iter().map(|field| field.name().as_str());
    Error::input(
        file,
        format!("a batch of rows lacks the column `{column}`"),
        format!("{}Export the file again.", did_you_mean(column, known())),
    )
}

#[cfg(test)]
mod tests;
