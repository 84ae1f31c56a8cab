//! `placebo power`.

use crate::Result;
use crate::campaign::power::{PowerOptions, SeriesLaw, power as simulate};
use crate::campaign::table_power::{TablePowerOptions, table_power};
use crate::report::Detail;
use crate::study::{self, Study};
use clap::Args;

use super::bar::Bar;
use super::number::positive;
use super::page::Pages;
use super::run::{stop_on_ctrl_c, stopped};
use super::shared::{Draws, Exact, Results, Work};
use super::table::{Assignments, Question};

/// Placebo draws that a data set has unless more are asked for.
const DRAWS: u64 = 999;

/// That every data set would make all of its sets otherwise.
const EXACT: &str = "Whether each data set may make all of its placebo sets [default: never]";

#[derive(Debug, Args)]
#[command(mut_arg("report", |page| page.conflicts_with("formula")))]
#[command(mut_arg("figures", |folder| folder.conflicts_with("formula")))]
#[command(mut_arg("draws", |draws| draws.help("Placebo draws a data set [default: 999]")))]
#[command(mut_arg("exact", |exact| exact.help(EXACT)))]
pub struct PowerArgs {
    /// A bundled study's name, the path of a study file, or a table and what is asked of it
    study: String,
    /// What is asked of a table, as of `test`
    formula: Option<String>,
    /// Effects to plant, in the reported unit: a step on the day of each event; of a table on each row of the
    /// first group or sample, or each unit of the variable; 0 checks the size
    #[arg(
        long,
        value_name = "X,...",
        value_delimiter = ',',
        default_value = "0",
        allow_negative_numbers = true
    )]
    effect: Vec<f64>,
    /// The group whose events have the effect [default: the first]
    #[arg(long, conflicts_with = "formula")]
    group: Option<String>,
    /// own (the study's series, events at random admissible sets), iid, ar:PHI or garch:ALPHA,BETA
    /// (simulated series, the study's events)
    #[arg(
        long,
        value_name = "LAW",
        default_value = "own",
        conflicts_with = "formula"
    )]
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
    #[command(flatten)]
    exact: Exact,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
    #[command(flatten)]
    pages: Pages,
    #[command(flatten)]
    question: Question,
}

/// Counts how often the tests of a study reject, with and without an effect.
pub fn power(args: &PowerArgs) -> Result<()> {
    args.results.check()?;
    let threads = args.work.threads();
    if let Some(formula) = &args.formula {
        return power_of_table(args, formula, threads);
    }
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, Some(DRAWS));
    args.exact.put(&mut study, Some(study::Exact::Never));
    let options = PowerOptions {
        effects: args.effect.clone(),
        sets: args.sets,
        draws: study.run.draws,
        levels: args.level.clone(),
        law: args.series,
        group: args.group.clone(),
        threads,
    };
    args.results.out.spare(Some(&args.study), &study)?;
    args.pages.check(Some(&args.study), &study)?;
    stop_on_ctrl_c();
    let bar = Bar::new(&study.name, args.work.quiet)?;
    let report = simulate(&study, &options, &mut |done, total| {
        bar.tell(done, total);
        !stopped()
    });
    bar.finish_and_clear();
    let mut report = report?;
    args.results.write(&mut report, Detail::Usual)?;
    args.pages.write(|| report.to_html(), || report.pictures())
}

/// The same of a test of a table.
fn power_of_table(args: &PowerArgs, formula: &str, threads: Option<usize>) -> Result<()> {
    let none = Assignments::default();
    none.spare(&args.study, &[&args.results.out])?;
    let mut spec = args
        .question
        .spec(formula, &none, &args.draws, &args.exact)?;
    spec.exact = args.exact.asked() == Some(study::Exact::Auto);
    let test = none.read(&args.study, spec)?;
    let options = TablePowerOptions {
        effects: args.effect.clone(),
        sets: args.sets,
        draws: args.draws.draws.unwrap_or(DRAWS),
        levels: args.level.clone(),
        threads,
    };
    stop_on_ctrl_c();
    let bar = Bar::new(&args.study, args.work.quiet)?;
    let report = table_power(&test, &options, &mut |done, total| {
        bar.tell(done, total);
        !stopped()
    });
    bar.finish_and_clear();
    let mut report = report?;
    args.results.write(&mut report, Detail::Usual)
}
