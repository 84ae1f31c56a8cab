//! Arguments and exit codes.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::output::say;
use super::{devices, draw, merge, run, studies};

/// Could chance alone have produced this? Permutation tests on any GPU, with the same counts on
/// every device.
///
/// Without a command, both bundled studies are run.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a study: a bundled one by its name, or a study file by its path
    Run(run::RunArgs),
    /// Merge the tally files of ranges into the results of one shot
    Merge(merge::MergeArgs),
    /// Show one placebo set of a study: its dates and its values
    Draw(draw::DrawArgs),
    /// List the bundled studies, or write their files to a folder
    Studies(studies::StudiesArgs),
    /// List the devices that can run draws
    Devices,
}

/// Parses the arguments, runs the command, and turns errors into exit codes.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        None => run::bundled(),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Merge(args)) => merge::merge(&args),
        Some(Command::Draw(args)) => draw::draw(&args),
        Some(Command::Studies(args)) => studies::studies(&args),
        Some(Command::Devices) => devices::devices(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}
