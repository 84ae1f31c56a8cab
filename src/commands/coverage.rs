//! `placebo coverage`.

use clap::Args;
use placebo::Result;
use placebo::coverage::coverage as check_intervals;
use placebo::report::coverage_table;
use placebo::study::Study;

use super::format::Format;
use super::number::{positive, whole};
use super::output::{Out, say};
use super::run::{progress_bar, stop_on_ctrl_c, stopped, threads};

#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    /// Placebo draws a test, instead of the study's
    #[arg(long, value_name = "N", value_parser = positive)]
    draws: Option<u64>,
    /// Seed, instead of the study's
    #[arg(long, value_name = "S", value_parser = whole)]
    seed: Option<u64>,
    /// Nominal levels of the intervals
    #[arg(
        long,
        value_name = "SHARE,...",
        value_delimiter = ',',
        default_value = "0.9,0.95"
    )]
    level: Vec<f64>,
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

/// Counts how often nominal HAC intervals cover over the placebo sets of a study.
pub fn coverage(args: &CoverageArgs) -> Result<()> {
    args.out.check()?;
    let mut study = Study::open(&args.study)?;
    study.run.draws = args.draws.unwrap_or(study.run.draws);
    study.run.seed = args.seed.unwrap_or(study.run.seed);
    args.out.spare(Some(&args.study), &study)?;
    stop_on_ctrl_c();
    let bar = progress_bar(&study.name, args.quiet)?;
    let threads = threads(args.threads, args.quiet);
    let report = check_intervals(&study, &args.level, threads, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        !stopped()
    });
    bar.finish_and_clear();
    let report = report?;
    if !args.quiet {
        for note in &report.manifest.notes {
            say(&format!("note: {note}"));
        }
    }
    args.out.write(&match args.format {
        Format::Table => coverage_table(&report, args.out.width()),
        Format::Json => report.to_json(),
        Format::Csv => report.to_csv(),
    })
}
