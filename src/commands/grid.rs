//! `placebo grid`.

use clap::Args;
use placebo::Result;
use placebo::grid::grid as run_grid;
use placebo::report::grid_table;
use placebo::run::RunOptions;
use placebo::study::Study;

use super::format::Format;
use super::number::{positive, whole};
use super::output::Out;
use super::run::{progress_bar, stop_on_ctrl_c, stopped, threads};

#[derive(Debug, Args)]
pub struct GridArgs {
    /// A bundled study's name, or the path of a study file with a [grid]
    study: String,
    /// Placebo draws a specification
    #[arg(long, value_name = "N", default_value = "10000", value_parser = positive)]
    draws: u64,
    /// Seed, instead of the study's
    #[arg(long, value_name = "S", value_parser = whole)]
    seed: Option<u64>,
    /// CPU threads [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    threads: Option<u64>,
    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
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
    study.run.draws = args.draws;
    study.run.seed = args.seed.unwrap_or(study.run.seed);
    args.out.spare(Some(&args.study), &study)?;
    stop_on_ctrl_c();
    let bar = progress_bar(&study.name, args.quiet)?;
    let options = RunOptions {
        device: placebo::engine::DeviceChoice::Cpu,
        threads: threads(args.threads, args.quiet),
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
