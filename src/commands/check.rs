//! `placebo check`.

use clap::Args;
use placebo::Result;
use placebo::campaign::preview;
use placebo::report::preview_table;
use placebo::run::prepare;
use placebo::study::Study;

use super::format::View;
use super::shared::{Draws, Exact, Shown, Work};

#[derive(Debug, Args)]
#[command(mut_arg("threads", |threads| threads.help("CPU threads that the estimates are for [default: one a processor]")))]
pub struct CheckArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    exact: Exact,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    shown: Shown,
}

/// Reads and compiles a study, draws nothing, and says what a run would do.
pub fn check(args: &CheckArgs) -> Result<()> {
    args.shown.out.check()?;
    let threads = args.work.threads();
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, None);
    args.exact.put(&mut study, None);
    args.shown.out.spare(Some(&args.study), &study)?;
    let prepared = prepare(&study)?;
    let here = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.unwrap_or_else(here);
    let preview = preview(prepared.context(&study), &prepared.compiled.plans, threads);
    let out = &args.shown.out;
    out.write(&match args.shown.format {
        View::Table => preview_table(&preview, out.width()),
        View::Json => preview.to_json(),
    })
}
