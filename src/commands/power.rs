//! `placebo power`.

use clap::Args;
use placebo::Result;
use placebo::campaign::power::{PowerOptions, SeriesLaw, power as simulate};
use placebo::report::power_table;
use placebo::study::Study;

use super::format::Format;
use super::number::{positive, whole};
use super::output::Out;
use super::run::{progress_bar, stop_on_ctrl_c, stopped};
use super::shared::{Draws, Work};

/// Placebo draws that a data set has unless more are asked for.
const DRAWS: u64 = 999;

#[derive(Debug, Args)]
#[command(mut_arg("draws", |draws| draws.help("Placebo draws a data set [default: 999]")))]
pub struct PowerArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    /// Effects to plant, in the reported unit: a step on the day of each event; 0 checks the size
    #[arg(
        long,
        value_name = "X,...",
        value_delimiter = ',',
        default_value = "0",
        allow_negative_numbers = true
    )]
    effect: Vec<f64>,
    /// The group whose events have the effect [default: the first]
    #[arg(long)]
    group: Option<String>,
    /// own (the study's series, events at random admissible sets), iid, ar:PHI or garch:ALPHA,BETA
    /// (simulated series, the study's events)
    #[arg(long, value_name = "LAW", default_value = "own")]
    series: SeriesLaw,
    /// Data sets an effect
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    sets: u64,
    #[command(flatten)]
    draws: Draws,
    /// Levels of the tests
    #[arg(
        long,
        value_name = "SHARE,...",
        value_delimiter = ',',
        default_value = "0.01,0.05,0.1"
    )]
    level: Vec<f64>,
    /// Make each placebo set once where there are at most N; 0: always draw
    #[arg(long, value_name = "N", default_value = "0", value_parser = whole)]
    enumerate: u64,
    #[command(flatten)]
    work: Work,
    /// Form of the results
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    out: Out,
}

/// Counts how often the tests of a study reject, with and without an effect.
pub fn power(args: &PowerArgs) -> Result<()> {
    args.out.check()?;
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, Some(DRAWS));
    study.run.enumerate = args.enumerate;
    let options = PowerOptions {
        effects: args.effect.clone(),
        sets: args.sets,
        draws: study.run.draws,
        levels: args.level.clone(),
        law: args.series,
        group: args.group.clone(),
        threads: args.work.threads(),
    };
    args.out.spare(Some(&args.study), &study)?;
    stop_on_ctrl_c();
    let bar = progress_bar(&study.name, args.work.quiet)?;
    let report = simulate(&study, &options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        !stopped()
    });
    bar.finish_and_clear();
    let report = report?;
    args.out.write(&match args.format {
        Format::Table => power_table(&report, args.out.width()),
        Format::Json => report.to_json(),
        Format::Csv => report.to_csv(),
    })
}
