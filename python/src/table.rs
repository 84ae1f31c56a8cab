//! Tests of tables.

use placebo::campaign::table_power::{TablePowerOptions, table_power as simulate};
use placebo::commands::table_spec;
use placebo::load::{DataTable, Source};
use placebo::question::table::TableNull;
use placebo::table_test::TableTest;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::{Answer, TableRun};
use crate::errors::Raised;
use crate::keywords::flags;
use crate::own::Called;
use crate::watch::{options, watched};

/// A table: the path of a file, or a name and the bytes of one.
#[derive(Debug, FromPyObject)]
pub enum Tabled {
    /// Bytes with their name.
    Held((String, Vec<u8>)),
    /// A file.
    File(String),
}

impl Tabled {
    /// Where it is, and its name there.
    pub fn source(self) -> (Source, String) {
        let folder = Source::Folder(".".into());
        match self {
            Tabled::Held((name, bytes)) => (folder.holding(&name, bytes), name),
            Tabled::File(file) => (folder, file),
        }
    }
}

fn asked(
    formula: &str,
    table: Tabled,
    sets: Option<Tabled>,
    keywords: &Bound<'_, PyDict>,
) -> Raised<TableTest> {
    let mut spec = table_spec(formula, &flags(keywords)?)?;
    if sets.is_some() {
        spec.null = Some(TableNull::List);
    }
    let (source, name) = table.source();
    let test = TableTest::read(&source, &name, spec)?;
    Ok(match sets.map(Tabled::source) {
        None => test,
        Some((source, name)) => test.over(DataTable::read(&source, &name, &|_| true)?),
    })
}

/// Runs a test.
#[pyfunction]
#[pyo3(signature = (formula, table, sets, keywords, device, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "Python's keywords, one by one")]
pub fn test(
    py: Python<'_>,
    formula: &str,
    table: Tabled,
    sets: Option<Tabled>,
    keywords: &Bound<'_, PyDict>,
    device: &str,
    threads: Option<usize>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let test = asked(formula, table, sets, keywords)?;
    let options = options(device, threads, None)?;
    let run = watched(py, progress.as_ref(), |told| {
        let report = test.run(&options, &mut |done, total| told.go_on(done, total))?;
        Ok(TableRun {
            test,
            report,
            threads: options.threads,
        })
    })?;
    Ok(Answer::of_table(run))
}

/// Runs a test by a callable.
#[pyfunction]
#[pyo3(signature = (formula, table, sets, keywords, callable, own, progress))]
#[expect(clippy::too_many_arguments, reason = "Python's keywords, one by one")]
pub fn test_own(
    py: Python<'_>,
    formula: &str,
    table: Tabled,
    sets: Option<Tabled>,
    keywords: &Bound<'_, PyDict>,
    callable: &Bound<'_, PyAny>,
    own: (String, f64),
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let test = asked(formula, table, sets, keywords)?;
    let called = Called::of(callable);
    let run = watched(py, progress.as_ref(), |told| {
        let report = called.computing(own, |own| {
            test.run_own(own, &mut |done, total| told.go_on(done, total))
        })?;
        Ok(TableRun {
            test,
            report,
            threads: None,
        })
    })?;
    Ok(Answer::of_table(run))
}

/// How often a test rejects, with effects planted and without.
#[pyfunction]
#[pyo3(signature = (formula, table, keywords, effects, sets, draws, levels, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "Python's keywords, one by one")]
pub fn table_power(
    py: Python<'_>,
    formula: &str,
    table: Tabled,
    keywords: &Bound<'_, PyDict>,
    effects: Vec<f64>,
    sets: u64,
    draws: u64,
    levels: Vec<f64>,
    threads: Option<usize>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let mut test = asked(formula, table, None, keywords)?;
    if !keywords.contains("exact")? {
        test.spec.exact = false;
    }
    let options = TablePowerOptions {
        effects,
        sets,
        draws,
        levels,
        threads: options("cpu", threads, None)?.threads,
    };
    let report = watched(py, progress.as_ref(), |told| {
        Ok(simulate(&test, &options, &mut |done, total| {
            told.go_on(done, total)
        })?)
    })?;
    Ok(Answer::of_table_power(report))
}
