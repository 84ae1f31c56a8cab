//! The command line.

use std::process::ExitCode;

mod commands;

fn main() -> ExitCode {
    commands::main()
}
