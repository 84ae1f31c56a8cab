//! `placebo test`.

use crate::engine::DeviceChoice;
use crate::question::table::TableSpec;
use crate::report::Detail;
use crate::run::RunOptions;
use crate::{Error, Result};
use clap::Args;

use super::bar::Bar;
use super::output::{Out, say};
use super::page::Pages;
use super::run::{stop_on_ctrl_c, stopped};
use super::shared::{Device, Draws, Exact, Part, Results, Stops, Work};
use super::table::{Assignments, Question, explained, stem};

/// The flags of a test of a table.
#[derive(Debug, Args)]
#[command(mut_arg("report", |page| page.conflicts_with_all(["tally", "explain"])))]
#[command(mut_arg("figures", |folder| folder.conflicts_with_all(["tally", "explain"])))]
pub struct TestArgs {
    /// A table: CSV, Parquet or Arrow IPC; - for standard input
    file: String,
    /// What is asked, such as "y ~ group", "y ~ group | block", "after - before ~ 1" or "y ~ x"
    formula: String,
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    sets: Assignments,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    stops: Stops,
    #[command(flatten)]
    exact: Exact,
    #[command(flatten)]
    part: Part,
    /// Say what would be tested, and what each statistic is; tests nothing
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    device: Device,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
    #[command(flatten)]
    pages: Pages,
}

impl TestArgs {
    /// Refuses what no task of an array can run, at `place`, and to write the results to `out` over what is
    /// read; gives the table's name.
    pub fn check_shards(&self, place: &str, out: &Out) -> Result<String> {
        self.sets.spare(&self.file, &[out])?;
        let test = self.sets.read(&self.file, self.spec()?)?;
        self.part.range(test.spec.draws)?;
        test.refuse_parts(place)?;
        Ok(stem(&self.file))
    }

    /// What is asked.
    pub fn spec(&self) -> Result<TableSpec> {
        let spec = self
            .question
            .spec(&self.formula, &self.sets, &self.draws, &self.exact)?;
        Ok(TableSpec {
            stopping: self.stops.rule(),
            tail_fit: self.stops.tail_fit,
            ..spec
        })
    }
}

/// Tests a table.
pub fn test(args: &TestArgs) -> Result<()> {
    let (out, tally) = (
        &args.results.out,
        Out::to_file("--tally", args.part.tally.clone()),
    );
    args.results.check()?;
    tally.check()?;
    let threads = args.work.threads();
    args.sets.spare(&args.file, &[out, &tally])?;
    args.pages.check_files(&args.sets.inputs(&args.file))?;
    let test = args.sets.read(&args.file, args.spec()?)?;
    if args.explain {
        return out.write(&explained(&test, out)?);
    }
    stop_on_ctrl_c();
    let options = RunOptions {
        device: args.device.device.clone(),
        threads,
        chunk: None,
    };
    let bar = Bar::new(&args.file, args.work.quiet)?;
    let mut progress = |done, total| {
        bar.tell(done, total);
        !stopped()
    };
    if args.part.tally.is_some() {
        let range = args.part.range(test.spec.draws)?;
        let part = match &args.part.checkpoint {
            None => test.part(range, &options, &mut progress),
            Some(folder) => {
                let compiled = test.compile()?;
                let counted = test.count_kept(&compiled, folder, range, &options, &mut progress);
                counted.map(|counted| test.part_of(counted))
            }
        };
        bar.finish_and_clear();
        let part = part?;
        tally.write(&part.to_text())?;
        return match stopped() {
            true => Err(Error::Interrupted {
                draws: part.draws(),
            }),
            false => Ok(()),
        };
    }
    let report = match &args.part.checkpoint {
        None => test.run(&options, &mut progress),
        Some(folder) => test.compile().and_then(|compiled| {
            let all = 0..test.spec.draws;
            let counted = test.count_kept(&compiled, folder, all, &options, &mut progress)?;
            Ok(test.report(&compiled, counted))
        }),
    };
    bar.finish_and_clear();
    let mut report = report?;
    let asked = !matches!(args.device.device, DeviceChoice::Auto | DeviceChoice::Cpu);
    if asked || !args.work.quiet {
        for note in &report.manifest.head.notes {
            say(&format!("note: {note}"));
        }
    }
    args.results.write(&mut report, Detail::Usual)?;
    args.pages
        .write(|| report.to_html(), || report.pictures())?;
    match report.manifest.complete {
        true => Ok(()),
        false => Err(Error::Interrupted {
            draws: report
                .results
                .iter()
                .filter_map(|row| row.draws)
                .max()
                .unwrap_or(0),
        }),
    }
}
