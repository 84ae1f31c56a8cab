//! The library's errors as Python's.

use placebo::{Cause, Error};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A result whose error Python raises.
pub type Raised<T> = Result<T, Raise>;

/// An error on its way to Python.
pub enum Raise {
    /// The library's.
    Placebo(Error),
    /// Python's own.
    Python(PyErr),
}

impl From<Error> for Raise {
    fn from(error: Error) -> Self {
        Raise::Placebo(error)
    }
}

impl From<PyErr> for Raise {
    fn from(error: PyErr) -> Self {
        Raise::Python(error)
    }
}

impl From<Raise> for PyErr {
    fn from(error: Raise) -> Self {
        match error {
            Raise::Python(error) => error,
            Raise::Placebo(error) => Python::attach(|py| raised(py, &error).unwrap_or_else(|e| e)),
        }
    }
}

/// An input that cannot be used, found by what stands between Python and the library.
pub fn refused(place: impl Into<String>, problem: impl Into<String>, remedy: &str) -> Raise {
    Error::input(place, problem, remedy).into()
}

fn raised(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let said = error.to_string();
    let (class, place, problem, remedy) = match error {
        Error::Input {
            place,
            problem,
            remedy,
            ..
        } => ("InputError", place.as_str(), problem.clone(), Some(remedy)),
        Error::Formula {
            problem, remedy, ..
        } => ("InputError", "formula", problem.clone(), Some(remedy)),
        Error::Device { device, problem } => {
            ("EngineError", device.as_str(), problem.clone(), None)
        }
        Error::Output { place, source } => {
            ("EngineError", place.as_str(), source.to_string(), None)
        }
        Error::Interrupted { .. } => return Ok(PyKeyboardInterrupt::new_err(said)),
        other => ("EngineError", "placebo", other.to_string(), None),
    };
    let class = py.import("pyplacebo._errors")?.getattr(class)?;
    let cause = error.cause().map(|cause| caused(py, cause)).transpose()?;
    let made = class.call1((said, place, problem, remedy, cause.flatten()))?;
    Ok(PyErr::from_value(made))
}

/// A cause by its kind and what it names; `None` where only the sentences tell.
fn caused<'py>(py: Python<'py>, cause: &Cause) -> PyResult<Option<Bound<'py, PyDict>>> {
    let found = PyDict::new(py);
    let kind = |kind: &str| found.set_item("kind", kind);
    match cause {
        Cause::NoFile { file } => {
            kind("no-file")?;
            found.set_item("file", file)?;
        }
        Cause::BadFile { file } => {
            kind("bad-file")?;
            found.set_item("file", file)?;
        }
        Cause::NoColumn { file, column } => {
            kind("no-column")?;
            found.set_item("file", file)?;
            found.set_item("column", column)?;
        }
        Cause::BadCell { file, line, column } => {
            kind("bad-cell")?;
            found.set_item("file", file)?;
            found.set_item("line", line)?;
            found.set_item("column", column)?;
        }
        Cause::DateOutOfOrder { file } => {
            kind("date-out-of-order")?;
            found.set_item("file", file)?;
        }
        Cause::UnknownKey { key, nearest } => {
            kind("unknown-key")?;
            found.set_item("key", key)?;
            found.set_item("nearest", nearest)?;
        }
        Cause::NoKey { key } => {
            kind("no-key")?;
            found.set_item("key", key)?;
        }
        Cause::BadValue { key } => {
            kind("bad-value")?;
            found.set_item("key", key)?;
        }
        Cause::UnknownName { kind: of, name } => {
            kind("unknown-name")?;
            found.set_item("of", of)?;
            found.set_item("name", name)?;
        }
        Cause::EventOutside { date, line } => {
            kind("event-outside")?;
            found.set_item("date", date.to_string())?;
            found.set_item("line", line)?;
        }
        Cause::NoValue { series, date } => {
            kind("no-value")?;
            found.set_item("series", series)?;
            found.set_item("date", date.to_string())?;
        }
        Cause::TooFewDates { eligible, needed } => {
            kind("too-few-dates")?;
            found.set_item("eligible", eligible)?;
            found.set_item("needed", needed)?;
        }
        Cause::TooLarge { found: size, most } => {
            kind("too-large")?;
            found.set_item("found", size)?;
            found.set_item("most", most)?;
        }
        _ => return Ok(None),
    }
    Ok(Some(found))
}
