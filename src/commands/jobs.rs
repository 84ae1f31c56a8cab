//! `placebo jobs`.

use crate::{Error, Result};
use clap::{Args, Parser, ValueEnum};

use super::cli::{Cli, Command};
use super::number::positive;
use super::output::Out;
use super::script::{Engine, Script, label, quoted};
use super::shared::{Draws, Results, Work};

/// What errors of the question are of.
const PLACE: &str = "placebo jobs";

#[derive(Debug, Args)]
#[command(mut_arg("threads", |arg| arg.help("CPU threads of each task, and of the merge [default: 1]")))]
#[command(mut_arg("quiet", |arg| arg.help("Let the tasks and the merge say nothing but errors")))]
#[command(mut_arg("format", |arg| arg.help("Form of the merged results")))]
#[command(mut_arg("out", |arg| arg.help("Let the merge write its results to this file instead of its stdout")))]
pub struct JobsArgs {
    /// A bundled study's name, or the path of a study file
    #[arg(required_unless_present = "words", conflicts_with = "words")]
    study: Option<String>,
    #[command(flatten)]
    form: Form,
    /// Tasks that share the draws
    #[arg(long, value_name = "N", value_parser = positive)]
    shards: u64,
    /// GPUs of each task, 1, which makes its draws; without it the CPU does
    #[arg(long, value_name = "1", value_parser = clap::value_parser!(u64).range(1..=1))]
    gpus: Option<u64>,
    /// Folder of the tasks' tallies and checkpoints, one that all tasks see [default: the name of the study or table
    /// and `-parts`]
    #[arg(long, value_name = "FOLDER")]
    parts: Option<String>,
    /// Image of the containers, with placebo and a shell
    #[arg(long, value_name = "IMAGE", requires = "claim")]
    image: Option<String>,
    /// Claim of the volume that holds this folder, written by all tasks
    #[arg(long, value_name = "NAME", requires = "kubernetes")]
    claim: Option<String>,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
    /// In the table, the law of every statistic under each null design too
    #[arg(long)]
    details: bool,
    /// What is run, instead of a study: `run`, `test` or `bootstrap` with its flags
    #[arg(last = true, value_name = "COMMAND", conflicts_with_all = ["draws", "seed"])]
    words: Vec<String>,
}

/// Whose script it is.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// For Slurm: an array job and, once all its tasks are done, the merge
    #[arg(long)]
    slurm: bool,
    /// For HyperQueue: a task array, then the merge
    #[arg(long)]
    hyperqueue: bool,
    /// For Kubernetes: an indexed job, then a job that merges
    #[arg(long, requires = "image")]
    kubernetes: bool,
    /// For GNU parallel, on this machine: all processors
    #[arg(long)]
    parallel: bool,
    /// For sh alone: one task after the other
    #[arg(long)]
    shell: bool,
}

/// Prints a script of tasks that share the draws, and of their merge.
pub fn jobs(args: &JobsArgs) -> Result<()> {
    let words = args.words()?;
    let threads = args.work.threads.unwrap_or(1);
    let name = args.check(&words)?;
    let parts = match &args.parts {
        Some(parts) => parts.clone(),
        None => format!("{name}-parts"),
    };
    let script = Script {
        label: label(&name),
        shards: args.shards,
        threads,
        gpu: args.gpus.is_some(),
        parts: word(&parts)?,
        command: word(&words[0])?,
        question: each(&words[1..])?,
        quiet: args.work.quiet,
        merge: args.merge()?,
    };
    let engine = match &args.form {
        Form { slurm: true, .. } => Engine::Slurm,
        Form {
            hyperqueue: true, ..
        } => Engine::HyperQueue,
        Form { parallel: true, .. } => Engine::Parallel,
        Form { shell: true, .. } => Engine::Shell,
        // The one of the group that is left, with what it requires.
        _ => Engine::Kubernetes {
            image: args.image.clone().unwrap_or_default(),
            claim: args.claim.clone().unwrap_or_default(),
        },
    };
    Out::default().write(&script.text(&engine))
}

impl JobsArgs {
    /// The command that all tasks share, and its words.
    fn words(&self) -> Result<Vec<String>> {
        let Some(study) = &self.study else {
            return match self.words.iter().any(|word| word == "-") {
                false => Ok(self.words.clone()),
                true => Err(Error::input(
                    PLACE,
                    "tasks have no standard input, `-`",
                    "Write it to a file, and name that.",
                )),
            };
        };
        let mut words = vec!["run".to_owned(), study.clone()];
        for (flag, number) in [
            ("--draws", self.draws.draws),
            ("--seed", self.draws.seed.seed),
        ] {
            words.extend(
                number
                    .into_iter()
                    .flat_map(|n| [flag.into(), n.to_string()]),
            );
        }
        Ok(words)
    }

    /// Refuses what a task cannot run; gives a name of what it runs.
    fn check(&self, words: &[String]) -> Result<String> {
        // As the first task, so that flags that exclude each other are found here.
        let first = format!("1/{}", self.shards);
        let task = ["--shard", &first, "--tally", "t", "--checkpoint", "c"];
        let device = ["--threads", "1", "--device", "cpu"];
        let quiet = self.work.quiet.then_some("--quiet");
        let (command, question) = (words[0].as_str(), words[1..].iter().map(String::as_str));
        let line = ["placebo", command].into_iter().chain(task).chain(device);
        let line = line.chain(quiet).chain(question);
        let out = &self.results.out;
        match Cli::try_parse_from(line).map_err(|error| error.exit()) {
            Ok(Cli {
                command: Some(Command::Run(run)),
            }) => run.check_shards(PLACE, out),
            Ok(Cli {
                command: Some(Command::Test(test)),
            }) => test.check_shards(PLACE, out),
            Ok(Cli {
                command: Some(Command::Bootstrap(bootstrap)),
            }) => bootstrap.check_shards(PLACE, out),
            Ok(_) | Err(_) => Err(not_shared(command)),
        }
    }

    /// The flags of `merge`.
    fn merge(&self) -> Result<Vec<String>> {
        self.results.form()?;
        let format = self
            .results
            .format
            .and_then(|format| format.to_possible_value());
        let format = format.map(|value| ["--format".to_owned(), value.get_name().to_owned()]);
        let mut words: Vec<String> = format.into_iter().flatten().collect();
        if let Some(out) = self.results.out.file() {
            let name = out.to_str().ok_or_else(|| {
                Error::input(
                    format!("--out {}", out.display()),
                    "the name is not UTF-8",
                    "name another file",
                )
            })?;
            words.extend(["--out".to_owned(), name.to_owned()]);
        }
        words.extend(self.details.then(|| "--details".to_owned()));
        each(&words)
    }
}

fn not_shared(command: &str) -> Error {
    Error::input(
        PLACE,
        format!("`{command}` has no draws that tasks can share"),
        "Take run, test or bootstrap.",
    )
}

fn each(words: &[String]) -> Result<Vec<String>> {
    words.iter().map(|word_| word(word_)).collect()
}

/// A word as the shell takes it.
fn word(text: &str) -> Result<String> {
    match text.chars().any(char::is_control) {
        false => Ok(quoted(text)),
        true => Err(Error::input(
            PLACE,
            format!("{text:?} holds a control character, and a script has lines of text"),
            "name it otherwise",
        )),
    }
}
