//! Bootstraps of tables.

use placebo::bootstrap::Bootstrap;
use placebo::commands::bootstrap_spec;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::{Answer, BootstrapRun};
use crate::errors::Raised;
use crate::keywords::flags;
use crate::own::Called;
use crate::table::Tabled;
use crate::watch::{options, watched};

fn asked(
    table: Tabled,
    statistic: &str,
    columns: &[String],
    keywords: &Bound<'_, PyDict>,
) -> Raised<Bootstrap> {
    let spec = bootstrap_spec(statistic, columns, &flags(keywords)?)?;
    let (source, name) = table.source();
    Ok(Bootstrap::read(&source, &name, spec)?)
}

/// Runs a bootstrap.
#[pyfunction]
#[pyo3(signature = (table, statistic, columns, keywords, device, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "Python's keywords, one by one")]
pub fn bootstrap(
    py: Python<'_>,
    table: Tabled,
    statistic: &str,
    columns: Vec<String>,
    keywords: &Bound<'_, PyDict>,
    device: &str,
    threads: Option<usize>,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let bootstrap = asked(table, statistic, &columns, keywords)?;
    let options = options(device, threads, None)?;
    let run = watched(py, progress.as_ref(), |told| {
        let report = bootstrap.run(&options, &mut |done, total| told.go_on(done, total))?;
        Ok(BootstrapRun {
            bootstrap,
            report,
            threads: options.threads,
        })
    })?;
    Ok(Answer::of_bootstrap(run))
}

/// The statistic whose columns say which rows have values, where Python computes another.
const CARRIER: &str = "mean";

/// Runs a bootstrap of a callable.
#[pyfunction]
#[pyo3(signature = (table, columns, keywords, callable, own, progress))]
pub fn bootstrap_own(
    py: Python<'_>,
    table: Tabled,
    columns: Vec<String>,
    keywords: &Bound<'_, PyDict>,
    callable: &Bound<'_, PyAny>,
    own: (String, f64),
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let bootstrap = asked(table, CARRIER, &columns, keywords)?;
    let called = Called::of(callable);
    let run = watched(py, progress.as_ref(), |told| {
        let report = called.computing(own, |own| {
            bootstrap.run_own(own, &mut |done, total| told.go_on(done, total))
        })?;
        Ok(BootstrapRun {
            bootstrap,
            report,
            threads: None,
        })
    })?;
    Ok(Answer::of_bootstrap(run))
}
