//! The command line.

#![deny(unsafe_code)]

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    keep_drivers_quiet();
    let code = placebo::commands::command_line(std::env::args_os());
    if placebo::engine::device_left_behind() {
        end_at_once(code);
    }
    code.into()
}

/// Ends the process without what libraries do at its end: a driver whose device failed may still be at work in threads of
/// its own, on what it would free.
fn end_at_once(code: u8) {
    // Nobody is left to be told that stdout is gone.
    let _ = std::io::stdout().flush();
    #[cfg(unix)]
    #[expect(unsafe_code, reason = "nothing of this process is used afterwards")]
    unsafe {
        libc::_exit(code.into());
    }
}

/// Drivers write to stderr where they find no folder of the session's to look for a display in, as in batch
/// jobs and containers. Any folder will do: there is no display there, either.
fn keep_drivers_quiet() {
    const FOLDER: &str = "XDG_RUNTIME_DIR";
    let is_there = std::env::var_os(FOLDER).is_some_and(|folder| Path::new(&folder).is_absolute());
    if cfg!(unix) && !is_there {
        #[expect(unsafe_code, reason = "no other thread runs yet that could read it")]
        unsafe {
            std::env::set_var(FOLDER, std::env::temp_dir());
        }
    }
}
