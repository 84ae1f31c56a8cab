//! Arguments and exit codes.

use std::ffi::OsString;

use clap::{FromArgMatches, Parser, Subcommand};

use super::help::command;
use super::output::say;
use super::{
    bench, bootstrap, check, completions, coverage, devices, draw, grid, init, jobs, made, man,
    merge, power, run, schema, show, studies, test,
};

/// What `--version` says beyond `-V`; `build.rs` finds it out.
const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\n",
    include_str!(concat!(env!("OUT_DIR"), "/build.txt"))
);

/// Could chance alone have produced this? Permutation tests on any GPU, with the same counts on
/// every device.
///
/// Without a command, both bundled studies are run.
#[derive(Debug, Parser)]
#[command(version, long_version = LONG_VERSION, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a study file from what the data and the events hold, with comments
    Init(init::InitArgs),
    /// Run a study: a bundled one by its name, or a study file by its path
    Run(Box<run::RunArgs>),
    /// Test a table: groups, pairs, correlations, categories, by a formula
    Test(Box<test::TestArgs>),
    /// Bootstrap a table: standard errors and intervals by resampling rows, blocks or clusters
    Bootstrap(Box<bootstrap::BootstrapArgs>),
    /// Read a study and say what a run would do; draws nothing
    Check(check::CheckArgs),
    /// Count how often nominal HAC intervals cover zero over the placebo sets of a study
    Coverage(coverage::CoverageArgs),
    /// Count how often the tests of a study reject, with effects planted and without
    Power(power::PowerArgs),
    /// Run a study's tests with events left out, other pools, windows, statistics and controls
    Grid(grid::GridArgs),
    /// Merge the tally files of ranges into the results of one shot
    Merge(merge::MergeArgs),
    /// Print a result again, in any form, from its JSON, Parquet or Arrow file; draws nothing
    Show(show::ShowArgs),
    /// Say what two results say differently
    Compare(show::CompareArgs),
    /// Print a script whose tasks share the draws: for Slurm, HyperQueue, Kubernetes, GNU parallel or sh
    Jobs(Box<jobs::JobsArgs>),
    /// Show one placebo set of a study: its dates and its values
    Draw(draw::DrawArgs),
    /// List the bundled studies, or write their files to a folder
    Studies(studies::StudiesArgs),
    /// Print a JSON Schema of study files, by which editors complete and check them
    Schema,
    /// Measure standard shapes on the CPU and on every GPU, the same counts checked first
    Bench(bench::BenchArgs),
    /// List the devices that can run draws
    Devices,
    /// Print the completions of a shell
    Completions(completions::CompletionsArgs),
    /// Write the manual pages to a folder
    Man(man::ManArgs),
}

/// Parses the words of a command line, of which the first is the program's name, runs the command, and gives
/// the exit code. What words ask for help, or cannot be parsed, ends the process, with the code of that.
pub fn command_line(words: impl IntoIterator<Item = OsString>) -> u8 {
    let words: Vec<OsString> = words.into_iter().collect();
    made::begin(&words);
    let matches = command().get_matches_from(words);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let outcome = match cli.command {
        None => run::bundled(),
        Some(Command::Init(args)) => init::init(&args),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Test(args)) => test::test(&args),
        Some(Command::Bootstrap(args)) => bootstrap::bootstrap(&args),
        Some(Command::Check(args)) => check::check(&args),
        Some(Command::Coverage(args)) => coverage::coverage(&args),
        Some(Command::Power(args)) => power::power(&args),
        Some(Command::Grid(args)) => grid::grid(&args),
        Some(Command::Merge(args)) => merge::merge(&args),
        Some(Command::Show(args)) => show::show(&args),
        Some(Command::Compare(args)) => show::compare(&args),
        Some(Command::Jobs(args)) => jobs::jobs(&args),
        Some(Command::Draw(args)) => draw::draw(&args),
        Some(Command::Studies(args)) => studies::studies(&args),
        Some(Command::Schema) => schema::schema(),
        Some(Command::Bench(args)) => bench::bench(&args),
        Some(Command::Devices) => devices::devices(),
        Some(Command::Completions(args)) => completions::completions(&args),
        Some(Command::Man(args)) => man::man(&args),
    };
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            say(&format!("error: {error}"));
            error.exit_code()
        }
    }
}
