//! `placebo check`.

use clap::{Args, ValueEnum};
use placebo::Result;
use placebo::report::{Preview, preview_table};
use placebo::run::{Context, prepare};
use placebo::study::Study;

use super::output::Out;

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    /// CPU threads that the estimates are for [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    threads: Option<u64>,
    /// Form of the output
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    out: Out,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object
    Json,
}

/// Reads and compiles a study, draws nothing, and says what a run would do.
pub fn check(args: &CheckArgs) -> Result<()> {
    args.out.check()?;
    let study = Study::open(&args.study)?;
    let prepared = prepare(&study)?;
    let threads = match args.threads {
        Some(threads) => threads as usize,
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let context = Context::new(&study, &prepared);
    let preview = Preview::new(context, &prepared.compiled.plans, threads);
    args.out.write(&match args.format {
        Format::Table => preview_table(&preview, args.out.width()),
        Format::Json => preview.to_json(),
    })
}
