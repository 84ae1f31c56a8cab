//! What the help of commands says beside their flags: examples, and headings under which flags stand.

use clap::{Command, CommandFactory};

use super::cli::Cli;

/// Examples of each command, as they can be typed.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "init",
        &[
            "placebo init prices.csv --events launches.csv",
            "placebo init prices.csv --events launches.csv --out launches.toml",
        ],
    ),
    (
        "run",
        &[
            "placebo run andrews-farboodi",
            "placebo run my-study.toml --details",
            "placebo run my-study.toml --draws 10_000_000 --out results.parquet",
            "placebo run --data prices.csv --events launches.csv --window -5..5",
        ],
    ),
    (
        "test",
        &[
            "placebo test trial.csv \"yield ~ treatment | block\"",
            "placebo test genes.csv \"gene_* ~ tumour | batch\" --family maxt --out genes.csv.json",
        ],
    ),
    (
        "bootstrap",
        &[
            "placebo bootstrap trial.csv mean after",
            "placebo bootstrap macro.csv sharpe \"diff(vix)\" --scheme stationary --block auto --order date",
        ],
    ),
    (
        "check",
        &[
            "placebo check my-study.toml",
            "placebo check trial.csv \"yield ~ treatment | block\"",
        ],
    ),
    ("coverage", &["placebo coverage bjorkegren --draws 1000"]),
    (
        "power",
        &[
            "placebo power andrews-farboodi --effect 0,5,10 --sets 200",
            "placebo power trial.csv \"yield ~ treatment | block\" --effect 0,2 --sets 200",
        ],
    ),
    ("grid", &["placebo grid andrews-farboodi --out grid.csv"]),
    (
        "merge",
        &["placebo merge part-1.json part-2.json --out results.json"],
    ),
    (
        "show",
        &[
            "placebo show results.parquet",
            "placebo show results.json --out table.tex",
        ],
    ),
    ("compare", &["placebo compare monday.json friday.parquet"]),
    (
        "jobs",
        &["placebo jobs my-study.toml --slurm --shards 20 > job.sh"],
    ),
    ("draw", &["placebo draw my-study.toml --index 0"]),
    (
        "studies",
        &["placebo studies", "placebo studies --export my-studies"],
    ),
    ("schema", &["placebo schema > placebo.schema.json"]),
    ("bench", &["placebo bench --format json --out receipt.json"]),
    ("devices", &["placebo devices"]),
    (
        "completions",
        &["placebo completions bash > ~/.local/share/bash-completion/completions/placebo"],
    ),
    ("man", &["placebo man ~/.local/share/man/man1"]),
];

/// Headings, each with its flags: those of no other heading.
const HEADINGS: [(&str, &[&str]); 4] = [
    (
        "Draws and p-values",
        &[
            "draws",
            "seed",
            "convention",
            "raw",
            "stop_at",
            "until",
            "tail_fit",
            "exact",
        ],
    ),
    (
        "Parts of the draws",
        &["range", "shard", "checkpoint", "tally"],
    ),
    ("Machine", &["device", "threads", "chunk"]),
    (
        "Output",
        &[
            "format",
            "out",
            "details",
            "plot",
            "keep_draws",
            "report",
            "figures",
            "quiet",
        ],
    ),
];

/// The command line with its examples and headings.
pub fn command() -> Command {
    let command = Cli::command().after_help(examples(&["placebo", "placebo run bjorkegren"]));
    command.mut_subcommands(|command| {
        let of_command = EXAMPLES
            .iter()
            .find(|(name, _)| *name == command.get_name());
        let command = match of_command {
            Some((_, lines)) => command.after_help(examples(lines)),
            None => command,
        };
        command.mut_args(|arg| {
            let is_here =
                |(_, flags): &&(&str, &[&str])| flags.iter().any(|flag| arg.get_id() == *flag);
            match (arg.get_help_heading(), HEADINGS.iter().find(is_here)) {
                (None, Some((heading, _))) => arg.help_heading(*heading),
                _ => arg,
            }
        })
    })
}

fn examples(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
    format!("Examples:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// The words of a line, as a shell parts them; nothing after `>`.
    fn words(line: &str) -> Vec<String> {
        let line = line.split(" > ").next().expect("a line");
        let parts = line.split('"').enumerate();
        parts
            .flat_map(|(at, part)| match at % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn every_command_has_examples_that_it_takes() {
        let commands = Cli::command();
        let all: Vec<&str> = commands.get_subcommands().map(Command::get_name).collect();
        let with: Vec<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
        assert_eq!(all, with);
        for (name, lines) in EXAMPLES {
            for line in *lines {
                let words = words(line);
                assert_eq!(words[1], *name, "{line}");
                if let Err(error) = Cli::try_parse_from(&words) {
                    panic!("{line}\n{error}");
                }
            }
        }
    }

    #[test]
    fn flags_stand_under_headings() {
        let command = command();
        let run = command.find_subcommand("run").expect("it is there");
        for flag in run.get_arguments().filter(|arg| arg.get_long().is_some()) {
            let heading = flag.get_help_heading();
            assert!(
                heading.is_some() || flag.get_id() == "help",
                "{}",
                flag.get_id()
            );
        }
        let mut run = run.clone();
        let help = run.render_help().to_string();
        assert!(
            help.contains("Examples:\n  placebo run andrews-farboodi"),
            "{help}"
        );
    }
}
