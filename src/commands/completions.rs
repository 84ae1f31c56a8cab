//! `placebo completions`.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use placebo::Result;

use super::cli::Cli;
use super::output::Out;

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell, such as bash, zsh or fish
    shell: Shell,
}

/// Prints a script that makes a shell complete the arguments.
pub fn completions(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "placebo", &mut script);
    Out::default().write(&String::from_utf8_lossy(&script))
}
