//! Work that Python waits for: without the interpreter's lock, and ready to be interrupted.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use placebo::engine::{DeviceChoice, bounded_threads};
use placebo::run::RunOptions;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use crate::errors::{Raised, refused};

/// Between two looks at signals.
const LOOK: Duration = Duration::from_millis(40);
/// Stack of the thread that works: as much as a program's main thread has.
const STACK: usize = 8 << 20;

/// What work tells, and is told.
#[derive(Debug, Default)]
pub struct Told {
    stop: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
}

impl Told {
    /// Takes note of the draws done and those in all; whether to go on.
    pub fn go_on(&self, done: u64, total: u64) -> bool {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        !self.is_stopped()
    }

    /// Whether the work is to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Ends it.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Does some work on a thread of its own, while this one looks at signals and tells `progress` the draws done
/// and those in all. Ctrl-C stops the work, which then answers with what is done; what `progress` raises is
/// raised once the work has ended.
pub fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Told) -> Raised<T> + Send,
) -> PyResult<T> {
    let progress = progress.map(|callback| callback.clone().unbind());
    let told = Told::default();
    let (made, raised) = py.detach(|| {
        std::thread::scope(|scope| {
            let (ended, wait) = channel::<()>();
            let told = &told;
            let worker = std::thread::Builder::new().stack_size(STACK);
            let worker = worker.spawn_scoped(scope, move || {
                let made = work(told);
                drop(ended);
                made
            });
            let worker = match worker {
                Ok(worker) => worker,
                Err(error) => {
                    return (
                        Err(refused("threads", error.to_string(), "End other programs.")),
                        None,
                    );
                }
            };
            let mut raised = None;
            let mut shown = None;
            while wait.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = look(told, progress.as_ref(), &mut shown) {
                    told.stop();
                    raised.get_or_insert(error);
                }
            }
            let made = worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            if raised.is_none() && made.is_ok() {
                raised = look(told, progress.as_ref(), &mut shown).err();
            }
            (made, raised)
        })
    });
    match raised {
        Some(error) => Err(error),
        None => Ok(made?),
    }
}

/// Looks at signals, and tells how far the work is; Ctrl-C stops it, in the callback as well.
fn look(told: &Told, progress: Option<&Py<PyAny>>, shown: &mut Option<(u64, u64)>) -> PyResult<()> {
    let looked = |py: Python<'_>, shown: &mut Option<(u64, u64)>| -> PyResult<()> {
        py.check_signals()?;
        let now = (
            told.done.load(Ordering::Relaxed),
            told.total.load(Ordering::Relaxed),
        );
        if let Some(progress) = progress.filter(|_| now.1 > 0 && *shown != Some(now)) {
            *shown = Some(now);
            progress.call1(py, now)?;
        }
        Ok(())
    };
    Python::attach(|py| match looked(py, shown) {
        Err(error) if error.is_instance_of::<PyKeyboardInterrupt>(py) => {
            told.stop();
            Ok(())
        }
        other => other,
    })
}

/// Where draws are made: `device` as of the command line, and at most four threads a processor.
pub fn options(device: &str, threads: Option<usize>, chunk: Option<u64>) -> Raised<RunOptions> {
    let wrong = |what: &str| refused(what, "it is 0", "Give a number from 1, or None.");
    if threads == Some(0) {
        return Err(wrong("threads"));
    }
    if chunk == Some(0) {
        return Err(wrong("chunk"));
    }
    let Ok(device) = device.parse::<DeviceChoice>();
    Ok(RunOptions {
        device,
        threads: threads.map(bounded_threads),
        chunk,
    })
}
