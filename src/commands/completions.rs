//! `placebo completions`.

use crate::Result;
use crate::study::Study;
use clap::builder::PossibleValuesParser;
use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::help::command;
use super::output::Out;

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell, such as bash, zsh or fish
    shell: Shell,
}

/// Prints a script that makes a shell complete the arguments, bundled studies among them.
pub fn completions(args: &CompletionsArgs) -> Result<()> {
    let studies: Vec<&str> = Study::bundled().into_iter().map(|(name, _)| name).collect();
    let named = studies.clone();
    let mut command = command().mut_subcommands(move |of| match takes_study(&of) {
        true => of.mut_arg(STUDY, |arg| {
            arg.value_parser(PossibleValuesParser::new(named.clone()))
        }),
        false => of,
    });
    let mut script = Vec::new();
    generate(args.shell, &mut command, "placebo", &mut script);
    let script = String::from_utf8_lossy(&script);
    let list = studies.join(" ");
    let script = match args.shell {
        // A study file is a study, too.
        Shell::Zsh => script
            .replace(&format!(":({list})'"), ":_placebo_studies'")
            .replacen(
                "_placebo() {",
                &format!(
                    "_placebo_studies() {{\n    compadd -- {list}\n    _files -g '*.toml *.csv *.parquet *.arrow'\n}}\n\n_placebo() {{"
                ),
                1,
            ),
        Shell::Fish => {
            let taking = command.get_subcommands().filter(|of| takes_study(of));
            let lines = taking.map(|of| {
                format!(
                    "complete -c placebo -n \"__fish_seen_subcommand_from {}\" -a \"{list}\" -d 'bundled study'\n",
                    of.get_name()
                )
            });
            script.into_owned() + &lines.collect::<String>()
        }
        _ => script.into_owned(),
    };
    Out::default().write(&script)
}

/// The argument that takes a study.
const STUDY: &str = "study";

fn takes_study(command: &Command) -> bool {
    command.get_arguments().any(|arg| arg.get_id() == STUDY)
}
