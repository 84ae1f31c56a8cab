//! `placebo grid`.

use crate::Result;
use crate::campaign::grid::grid as run_grid;
use crate::report::Detail;
use crate::run::RunOptions;
use crate::study::Study;
use clap::Args;

use super::bar::Bar;
use super::page::Pages;
use super::run::{stop_on_ctrl_c, stopped};
use super::shared::{Device, Draws, Exact, Results, Work};

/// Placebo draws that a specification has unless more are asked for.
const DRAWS: u64 = 10_000;

#[derive(Debug, Args)]
#[command(mut_arg("draws", |draws| draws.help("Placebo draws a specification [default: 10000]")))]
#[command(mut_arg("device", |device| device.default_value("cpu")))]
pub struct GridArgs {
    /// A bundled study's name, or the path of a study file with a [grid]
    study: String,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    exact: Exact,
    #[command(flatten)]
    device: Device,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
    #[command(flatten)]
    pages: Pages,
}

/// Runs the specifications of a study's grid.
pub fn grid(args: &GridArgs) -> Result<()> {
    args.results.check()?;
    let threads = args.work.threads();
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, Some(DRAWS));
    args.exact.put(&mut study, None);
    args.results.out.spare(Some(&args.study), &study)?;
    args.pages.check(Some(&args.study), &study)?;
    stop_on_ctrl_c();
    let bar = Bar::new(&study.name, args.work.quiet)?;
    let options = RunOptions {
        device: args.device.device.clone(),
        threads,
        chunk: None,
    };
    let report = run_grid(&study, &options, &mut |done, total| {
        bar.tell(done, total);
        !stopped()
    });
    bar.finish_and_clear();
    let mut report = report?;
    args.results.write(&mut report, Detail::Usual)?;
    args.pages.write(|| report.to_html(), || report.pictures())
}
