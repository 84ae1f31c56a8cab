//! `placebo coverage`.

use crate::Result;
use crate::campaign::coverage::coverage as check_intervals;
use crate::report::Detail;
use crate::study::Study;
use clap::Args;

use super::bar::Bar;
use super::output::say;
use super::run::{stop_on_ctrl_c, stopped};
use super::shared::{Draws, Exact, Results, Work};

#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    exact: Exact,
    /// Nominal levels of the intervals
    #[arg(
        long,
        value_name = "SHARE,...",
        value_delimiter = ',',
        default_value = "0.9,0.95"
    )]
    level: Vec<f64>,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
}

/// Counts how often nominal HAC intervals cover over the placebo sets of a study.
pub fn coverage(args: &CoverageArgs) -> Result<()> {
    args.results.check()?;
    let threads = args.work.threads();
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, None);
    args.exact.put(&mut study, None);
    args.results.out.spare(Some(&args.study), &study)?;
    stop_on_ctrl_c();
    let bar = Bar::new(&study.name, args.work.quiet)?;
    let report = check_intervals(&study, &args.level, threads, &mut |done, total| {
        bar.tell(done, total);
        !stopped()
    });
    bar.finish_and_clear();
    let mut report = report?;
    if !args.work.quiet {
        for note in &report.manifest.head.notes {
            say(&format!("note: {note}"));
        }
    }
    args.results.write(&mut report, Detail::Usual)
}
