//! What Python calls of placebo. The functions that people call are Python's, in `pyplacebo/`: they bring what
//! they are given into a few forms, and this module goes on from there.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod answer;
mod bootstrap;
mod errors;
mod frame;
mod keywords;
mod machine;
mod own;
mod study;
mod table;
mod watch;

use std::io::Write;

use pyo3::prelude::*;

/// Runs the command line in this process; gives the exit code.
#[pyfunction]
fn command_line(py: Python<'_>, words: Vec<std::ffi::OsString>) -> u8 {
    py.detach(|| {
        let code = placebo::commands::command_line(words);
        // Nobody else does, as the program's main function is Python's.
        let _ = std::io::stdout().flush();
        code
    })
}

/// Whether some device of this process failed and was left as it was.
#[pyfunction]
fn device_left_behind() -> bool {
    placebo::engine::device_left_behind()
}

/// The native module.
#[pymodule]
#[pyo3(name = "_core")]
mod core {
    #[pymodule_export]
    use super::answer::Answer;
    #[pymodule_export]
    use super::bootstrap::{bootstrap, bootstrap_own};
    #[pymodule_export]
    use super::command_line;
    #[pymodule_export]
    use super::device_left_behind;
    #[pymodule_export]
    use super::frame::{columns_to_bytes, stream_to_bytes};
    #[pymodule_export]
    use super::machine::{bench, devices, version};
    #[pymodule_export]
    use super::study::{NativeStudy, bundled};
    #[pymodule_export]
    use super::table::{table_power, test, test_own};
}
