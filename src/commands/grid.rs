//! `placebo grid`.

use clap::Args;
use placebo::Result;
use placebo::campaign::grid::grid as run_grid;
use placebo::engine::DeviceChoice;
use placebo::report::grid_table;
use placebo::run::RunOptions;
use placebo::study::Study;

use super::format::Format;
use super::output::Out;
use super::run::{progress_bar, stop_on_ctrl_c, stopped};
use super::shared::{Draws, ExactLaws, Work};

/// Placebo draws that a specification has unless more are asked for.
const DRAWS: u64 = 10_000;

#[derive(Debug, Args)]
#[command(mut_arg("draws", |draws| draws.help("Placebo draws a specification [default: 10000]")))]
pub struct GridArgs {
    /// A bundled study's name, or the path of a study file with a [grid]
    study: String,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    exact: ExactLaws,
    /// auto (a hardware GPU if there is one, else the CPU), cpu, gpu, or an adapter's number or name
    #[arg(long, default_value = "cpu", value_name = "DEVICE")]
    device: DeviceChoice,
    #[command(flatten)]
    work: Work,
    /// Form of the results
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    out: Out,
}

/// Runs the specifications of a study's grid.
pub fn grid(args: &GridArgs) -> Result<()> {
    args.out.check()?;
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, Some(DRAWS));
    args.exact.put(&mut study);
    args.out.spare(Some(&args.study), &study)?;
    stop_on_ctrl_c();
    let bar = progress_bar(&study.name, args.work.quiet)?;
    let options = RunOptions {
        device: args.device.clone(),
        threads: args.work.threads(),
        chunk: None,
    };
    let report = run_grid(&study, &options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        !stopped()
    });
    bar.finish_and_clear();
    let report = report?;
    args.out.write(&match args.format {
        Format::Table => grid_table(&report, args.out.width()),
        Format::Json => report.to_json(),
        Format::Csv => report.to_csv(),
    })
}
