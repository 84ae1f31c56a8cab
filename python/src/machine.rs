//! The machine that draws are made on.

use std::time::Duration;

use placebo::campaign::bench::{BenchOptions, Shape, bench as measure};
use placebo::engine::{Adapter, DeviceChoice};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::to_python;
use crate::errors::Raised;
use crate::watch::{options, watched};

/// The version of the library.
#[pyfunction]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The CPU and every adapter, a dict each.
#[pyfunction]
pub fn devices(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = PyDict::new(py);
    cpu.set_item("device", "cpu")?;
    cpu.set_item("name", "CPU")?;
    cpu.set_item("kind", "cpu")?;
    cpu.set_item("threads", threads)?;
    let mut all = vec![cpu];
    let found = py
        .detach(Adapter::all)
        .map_err(crate::errors::Raise::from)?;
    for (index, adapter) in found.iter().enumerate() {
        let of = PyDict::new(py);
        of.set_item("device", index.to_string())?;
        of.set_item("name", adapter.name())?;
        of.set_item("kind", adapter.kind().to_string())?;
        of.set_item("backend", adapter.backend())?;
        of.set_item("driver", adapter.driver())?;
        all.push(of);
    }
    Ok(all)
}

/// Measures standard shapes; the rows of measurements, a dict each.
#[pyfunction]
#[pyo3(signature = (shapes, device, seconds, threads, progress))]
pub fn bench<'py>(
    py: Python<'py>,
    shapes: Vec<String>,
    device: Option<String>,
    seconds: u64,
    threads: Option<usize>,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let threads = options("cpu", threads, None)?.threads;
    let report = watched(py, progress.as_ref(), |told| -> Raised<_> {
        let adapters = match device.as_deref().map(str::parse::<DeviceChoice>) {
            None => Adapter::all()?,
            Some(Ok(choice)) => choice.adapter()?.into_iter().collect(),
        };
        let options = BenchOptions {
            shapes: Shape::named(&shapes)?,
            adapters,
            threads,
            time: Duration::from_secs(seconds.max(1)),
            map: false,
        };
        let report = measure(&options, &mut |_, done, total| told.go_on(done, total))?;
        Ok(report.to_json())
    })?;
    let json: serde_json::Value = serde_json::from_str(&report)
        .map_err(|error| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))?;
    to_python(py, &json)
}
