//! `placebo test`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use placebo::Result;
use placebo::engine::DeviceChoice;
use placebo::load::{DataTable, Source};
use placebo::question::table::{
    Alternative, Missing, Ranked, TableNull, TableSpec, TableStatistic, Ties,
};
use placebo::run::RunOptions;
use placebo::table_test::TableTest;

use super::number::share;
use super::output::say;
use super::run::{progress_bar, stop_on_ctrl_c, stopped};
use super::shared::{ConventionArg, Device, Draws, Exact, Results, Work};

/// The flags of a test of a table.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// A table: CSV, Parquet or Arrow IPC; - for standard input
    file: String,
    /// What is asked, such as "y ~ group", "y ~ group | block", "after - before ~ 1" or "y ~ x"
    formula: String,
    /// Statistics [default: difference-of-means, f of more than two groups, pearson of numbers, chi-squared
    /// of categories, mean of one sample]
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    statistic: Vec<String>,
    /// Null design: relabeling, signs, permutation, circular-shift or list [default: what the formula speaks
    /// for]
    #[arg(long, value_name = "NAME")]
    null: Option<String>,
    /// Assignments in a file, instead of a null design: a row for each row of the table, a column for each
    #[arg(long, value_name = "FILE", conflicts_with = "null")]
    sets: Option<String>,
    /// Groups in their order, others left out; a contrast is the first less the second
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    groups: Vec<String>,
    /// Column of clusters that are assigned as a whole
    #[arg(long, value_name = "COLUMN")]
    cluster: Option<String>,
    /// Column by which rows are sorted, of numbers or dates
    #[arg(long, value_name = "COLUMN")]
    order: Option<String>,
    /// What is done about rows without a value
    #[arg(long, value_name = "RULE", default_value = "error")]
    missing: MissingArg,
    /// Scores of tied observations, of score statistics
    #[arg(long, value_name = "RULE", default_value = "average-scores")]
    ties: TiesArg,
    /// Which rows are ranked together
    #[arg(long, value_name = "RULE", default_value = "over-all")]
    rank: RankArg,
    /// Which values speak against the null [default: two-sided, and greater of statistics with one tail]
    #[arg(long, value_name = "SIDE", conflicts_with = "convention")]
    alternative: Option<AlternativeArg>,
    /// How two tails make one p-value [default: equal-tailed, and symmetric in a family]
    #[arg(long, value_name = "NAME")]
    convention: Option<ConventionArg>,
    /// Adjust the outcomes for each other
    #[arg(long, value_name = "METHOD")]
    family: Option<FamilyArg>,
    /// Confidence sets of the shifts of means that the test does not reject, at a level such as 0.95
    #[arg(long, value_name = "LEVEL", value_parser = share)]
    interval: Option<f64>,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    exact: Exact,
    /// Say what would be tested, and what each statistic is; tests nothing
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    device: Device,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MissingArg {
    /// Refuse them
    Error,
    /// Leave them out, and say how many
    Drop,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TiesArg {
    /// The mean of their positions' scores
    AverageScores,
    /// The score of their mean position
    MidRanks,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RankArg {
    /// All
    OverAll,
    /// Those of a stratum
    Within,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AlternativeArg {
    /// Small and large ones
    TwoSided,
    /// Large ones
    Greater,
    /// Small ones
    Less,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FamilyArg {
    /// Single-step and step-down maxT (Westfall and Young 1993)
    Maxt,
}

impl TestArgs {
    fn spec(&self) -> Result<TableSpec> {
        let statistics = self.statistic.iter().map(|name| TableStatistic::find(name));
        let plain = TableSpec::new(&self.formula);
        Ok(TableSpec {
            statistics: statistics.collect::<Result<_>>()?,
            null: match self.sets {
                Some(_) => Some(TableNull::List),
                None => self.null.as_deref().map(TableNull::find).transpose()?,
            },
            alternative: self.alternative.map(|side| match side {
                AlternativeArg::TwoSided => Alternative::TwoSided,
                AlternativeArg::Greater => Alternative::Greater,
                AlternativeArg::Less => Alternative::Less,
            }),
            convention: self.convention.map(Into::into),
            groups: self.groups.clone(),
            cluster: self.cluster.clone(),
            order: self.order.clone(),
            missing: match self.missing {
                MissingArg::Error => Missing::Error,
                MissingArg::Drop => Missing::Drop,
            },
            ties: match self.ties {
                TiesArg::AverageScores => Ties::AverageScores,
                TiesArg::MidRanks => Ties::MidRanks,
            },
            ranked: match self.rank {
                RankArg::OverAll => Ranked::Over,
                RankArg::Within => Ranked::Within,
            },
            max_t: self.family.is_some(),
            interval: self.interval,
            draws: self.draws.draws.unwrap_or(plain.draws),
            seed: self.draws.seed.seed.unwrap_or(plain.seed),
            exact: self.exact.asked() != Some(placebo::study::Exact::Never),
            ..plain
        })
    }
}

/// Tests a table.
pub fn test(args: &TestArgs) -> Result<()> {
    let out = &args.results.out;
    out.check()?;
    let read: Vec<PathBuf> = [Some(&args.file), args.sets.as_ref()]
        .into_iter()
        .flatten()
        .map(PathBuf::from)
        .collect();
    out.spare_files(&read)?;
    let source = Source::Folder(".".into());
    let mut test = TableTest::read(&source, &args.file, args.spec()?)?;
    if let Some(sets) = &args.sets {
        test = test.over(DataTable::read(&source, sets, &|_| true)?);
    }
    if args.explain {
        let (nulls, rules) = test.explain()?;
        let width = out.width().map_or(100, usize::from);
        let texts = nulls.iter().map(|null| {
            let said = format!("{}\n{}\n", null.null, null.sentences());
            said + &null.explained(width)
        });
        let rules = rules.iter().map(|rule| format!("- {rule}\n"));
        return out.write(&(texts.collect::<Vec<_>>().join("\n") + &rules.collect::<String>()));
    }
    stop_on_ctrl_c();
    let options = RunOptions {
        device: args.device.device.clone(),
        threads: args.work.threads(),
        chunk: None,
    };
    let bar = progress_bar(&args.file, args.work.quiet)?;
    let report = test.run(&options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        !stopped()
    });
    bar.finish_and_clear();
    let report = report?;
    let asked = !matches!(args.device.device, DeviceChoice::Auto | DeviceChoice::Cpu);
    if asked || !args.work.quiet {
        for note in &report.manifest.head.notes {
            say(&format!("note: {note}"));
        }
    }
    args.results.write(
        |out| report.to_table(out.width(), out.color()),
        || report.to_json(),
        || report.to_csv(),
    )?;
    match report.manifest.complete {
        true => Ok(()),
        false => Err(placebo::Error::Interrupted {
            draws: report
                .results
                .iter()
                .filter_map(|row| row.draws)
                .max()
                .unwrap_or(0),
        }),
    }
}
