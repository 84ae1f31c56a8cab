//! The command line.

#![deny(unsafe_code)]

use std::process::ExitCode;

mod commands;

fn main() -> ExitCode {
    commands::main()
}
