//! `placebo check`.

use clap::Args;
use placebo::Result;
use placebo::report::{Preview, preview_table};
use placebo::run::prepare;
use placebo::study::Study;

use super::format::View;
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
    format: View,
    #[command(flatten)]
    out: Out,
}

/// Reads and compiles a study, draws nothing, and says what a run would do.
pub fn check(args: &CheckArgs) -> Result<()> {
    args.out.check()?;
    let study = Study::open(&args.study)?;
    args.out.spare(Some(&args.study), &study)?;
    let prepared = prepare(&study)?;
    let threads = match args.threads {
        Some(threads) => threads as usize,
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let preview = Preview::new(prepared.context(&study), &prepared.compiled.plans, threads);
    args.out.write(&match args.format {
        View::Table => preview_table(&preview, args.out.width()),
        View::Json => preview.to_json(),
    })
}
