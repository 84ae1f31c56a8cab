//! Statistics that Python computes.

use placebo::inference::{Own, SetWords, Sets};
use placebo::{Error, Result};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::{Raise, Raised};

/// A callable of Python's, and what it raised.
pub struct Called {
    callable: Py<PyAny>,
    raised: Option<PyErr>,
}

impl Called {
    /// A callable that gets an array of draws by what they are, and gives a number each.
    pub fn of(callable: &Bound<'_, PyAny>) -> Self {
        Called {
            callable: callable.clone().unbind(),
            raised: None,
        }
    }

    /// What `run` makes of it as a statistic of this name; what the callable raised is raised again.
    pub fn computing<T>(
        mut self,
        (name, tolerance): (String, f64),
        run: impl FnOnce(&mut Own<'_>) -> Result<T>,
    ) -> Raised<T> {
        let made = {
            let mut own = Own {
                name,
                tolerance,
                compute: &mut |sets| {
                    Python::attach(|py| self.values(py, sets)).map_err(|error| {
                        let problem = error.to_string();
                        self.raised = Some(error);
                        Error::input("statistic", problem, "Correct the callable.")
                    })
                },
            };
            run(&mut own)
        };
        match self.raised {
            Some(error) => Err(Raise::Python(error)),
            None => Ok(made?),
        }
    }

    fn values(&self, py: Python<'_>, sets: &Sets) -> PyResult<Vec<f64>> {
        let numpy = py.import("numpy")?;
        let (bytes, kind): (&[u8], _) = match &sets.of {
            SetWords::Rows(words) => (bytemuck::cast_slice(words), "i8"),
            SetWords::Weights(words) => (bytemuck::cast_slice(words), "f8"),
        };
        let words = numpy.call_method1("frombuffer", (PyBytes::new(py, bytes), kind))?;
        let draws = words.call_method1("reshape", (sets.draws(), sets.rows))?;
        let values = self.callable.bind(py).call1((draws,))?;
        let plain = PyDict::new(py);
        plain.set_item("dtype", "f8")?;
        let values = numpy.call_method("asarray", (values,), Some(&plain))?;
        let bytes = values
            .call_method1("reshape", (-1,))?
            .call_method0("tobytes")?;
        let bytes = bytes.cast::<PyBytes>()?.as_bytes();
        Ok(bytes
            .as_chunks()
            .0
            .iter()
            .copied()
            .map(f64::from_ne_bytes)
            .collect())
    }
}
