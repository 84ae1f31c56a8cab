//! `placebo check`.

use clap::Args;
use placebo::Result;
use placebo::campaign::preview;
use placebo::report::preview_table;
use placebo::run::prepare;
use placebo::study::Study;

use super::format::View;
use super::output::Out;
use super::shared::{Draws, ExactLaws, Work};

#[derive(Debug, Args)]
#[command(mut_arg("threads", |threads| threads.help("CPU threads that the estimates are for [default: one a processor]")))]
pub struct CheckArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    exact: ExactLaws,
    #[command(flatten)]
    work: Work,
    /// Form of the output
    #[arg(long, default_value = "table")]
    format: View,
    #[command(flatten)]
    out: Out,
}

/// Reads and compiles a study, draws nothing, and says what a run would do.
pub fn check(args: &CheckArgs) -> Result<()> {
    args.out.check()?;
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, None);
    args.exact.put(&mut study);
    args.out.spare(Some(&args.study), &study)?;
    let prepared = prepare(&study)?;
    let here = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.work.threads().unwrap_or_else(here);
    let preview = preview(prepared.context(&study), &prepared.compiled.plans, threads);
    args.out.write(&match args.format {
        View::Table => preview_table(&preview, args.out.width()),
        View::Json => preview.to_json(),
    })
}
