//! `placebo bootstrap`.

use std::path::PathBuf;

use crate::bootstrap::Bootstrap;
use crate::engine::DeviceChoice;
use crate::load::Source;
use crate::question::resample::{
    Block, BootstrapSpec, BootstrapStatistic, SchemeName, find_interval, find_weights,
};
use crate::report::{BootstrapDraw, Detail};
use crate::run::RunOptions;
use crate::{Error, Result};
use clap::{Args, ValueEnum};

use super::bar::Bar;
use super::format::Format;
use super::number::{finite, positive, share, whole};
use super::output::{Out, say};
use super::page::Pages;
use super::run::{stop_on_ctrl_c, stopped};
use super::shared::{Device, Draws, Exact, MissingArg, Part, Results, Work};
use super::table::stem;

/// The flags of a bootstrap.
#[derive(Debug, Args)]
#[command(mut_arg("report", |page| page.conflicts_with_all(["tally", "explain", "index"])))]
#[command(mut_arg("figures", |folder| folder.conflicts_with_all(["tally", "explain", "index"])))]
pub struct BootstrapArgs {
    /// A table: CSV, Parquet or Arrow IPC; - for standard input
    file: String,
    /// mean, sum, median, quantile(0.9), variance, sd, trimmed-mean(0.1), sharpe, ratio-of-means,
    /// difference-of-means, pearson or ols
    statistic: String,
    /// Columns, or terms such as "log(price)"; for ols a formula such as "y ~ x1 + x2"
    #[arg(required = true)]
    columns: Vec<String>,
    /// Coefficient of ols, such as x1 or (intercept) [default: all]
    #[arg(long, value_name = "NAME")]
    coefficient: Option<String>,
    /// How rows are resampled: iid, m-out-of-n, poisson, bayesian, moving-block, circular-block, stationary or
    /// cluster; or wild, which weights the residuals of ols, with --cluster by cluster [default: iid, and
    /// cluster with --cluster]
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// Rows (or clusters) a draw of m-out-of-n
    #[arg(long, value_name = "ROWS", value_parser = positive)]
    size: Option<u64>,
    /// Number of this file's first row among the rows of several files that `poisson` resamples together, from 1: makes
    /// a part, with --tally, that `merge` puts together with the others'
    #[arg(long, value_name = "ROW", value_parser = positive, requires = "tally")]
    first_row: Option<u64>,
    /// Rows a block, the mean of them for stationary, or auto [default: auto, of schemes with blocks]
    #[arg(long, value_name = "ROWS")]
    block: Option<Block>,
    /// Column of groups: rows are resampled within groups
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    /// Groups in their order, others left out; a contrast is the first less the second
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    groups: Vec<String>,
    /// Column of clusters that are resampled as a whole; where two groups are compared and clusters have rows of
    /// both, over all rows
    #[arg(long, value_name = "COLUMN")]
    cluster: Option<String>,
    /// Column by which rows are sorted, of numbers or dates
    #[arg(long, value_name = "COLUMN")]
    order: Option<String>,
    /// What is done about rows without a value
    #[arg(long, value_name = "RULE", default_value = "error")]
    missing: MissingArg,
    /// Weights of wild schemes: rademacher, mammen, webb or normal
    #[arg(long, value_name = "NAME", default_value = "rademacher")]
    weights: String,
    /// Residuals that wild schemes weight
    #[arg(long, value_name = "OF", default_value = "restricted")]
    residuals: ResidualsArg,
    /// The coefficient's value under the null of wild schemes
    #[arg(
        long,
        value_name = "VALUE",
        default_value = "0",
        value_parser = finite,
        allow_negative_numbers = true
    )]
    null_value: f64,
    /// Intervals: percentile, basic, normal, bc, bca or percentile-t; of wild schemes inversion [default: bca;
    /// of wild schemes inversion, of m-out-of-n basic, of bayesian percentile]
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    interval: Vec<String>,
    /// Level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = share)]
    level: f64,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    exact: Exact,
    #[command(flatten)]
    part: Part,
    /// Say what would be resampled, and what the statistic is; draws nothing
    #[arg(long)]
    explain: bool,
    /// Show draw I alone: the rows (or weights) that it takes, and its values
    #[arg(long, value_name = "I", value_parser = whole, conflicts_with_all = ["explain", "tally", "checkpoint"])]
    index: Option<u64>,
    #[command(flatten)]
    device: Device,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
    #[command(flatten)]
    pages: Pages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ResidualsArg {
    /// Those of the regression under the null
    Restricted,
    /// Those of the full regression
    Unrestricted,
}

impl BootstrapArgs {
    /// Refuses what no task of an array can run, at `place`, and to write the results to `out` over what is
    /// read; gives the table's name.
    pub fn check_shards(&self, place: &str, out: &Out) -> Result<String> {
        out.spare_files(&[PathBuf::from(&self.file)])?;
        if self.first_row.is_some() {
            return Err(Error::input(
                "--first-row",
                "the parts are the rows of several files, and no ranges of draws",
                "run it once a file",
            ));
        }
        let bootstrap = Bootstrap::read(&Source::Folder(".".into()), &self.file, self.spec()?)?;
        self.part.range(bootstrap.spec.draws)?;
        bootstrap.refuse_parts(place)?;
        Ok(stem(&self.file))
    }

    /// What is asked.
    pub fn spec(&self) -> Result<BootstrapSpec> {
        let statistic = BootstrapStatistic::find(&self.statistic)?;
        let plain = BootstrapSpec::new(statistic, self.columns.clone());
        let intervals = self.interval.iter().map(|name| find_interval(name));
        Ok(BootstrapSpec {
            coefficient: self.coefficient.clone(),
            scheme: self.scheme.as_deref().map(SchemeName::find).transpose()?,
            size: self.size,
            first_row: self.first_row,
            block: self.block,
            group: self.group.clone(),
            groups: self.groups.clone(),
            cluster: self.cluster.clone(),
            order: self.order.clone(),
            missing: self.missing.into(),
            weights: find_weights(&self.weights)?,
            restricted: self.residuals == ResidualsArg::Restricted,
            null_value: self.null_value,
            intervals: intervals.collect::<Result<_>>()?,
            level: self.level,
            draws: self.draws.draws.unwrap_or(plain.draws),
            seed: self.draws.seed.seed.unwrap_or(plain.seed),
            exact: self.exact.asked() != Some(crate::study::Exact::Never),
            ..plain
        })
    }
}

/// Bootstraps a table.
pub fn bootstrap(args: &BootstrapArgs) -> Result<()> {
    let (out, tally) = (
        &args.results.out,
        Out::to_file("--tally", args.part.tally.clone()),
    );
    args.results.check()?;
    tally.check()?;
    for out in [out, &tally] {
        out.spare_files(&[PathBuf::from(&args.file)])?;
    }
    args.pages.check_files(&[PathBuf::from(&args.file)])?;
    let source = Source::Folder(".".into());
    let bootstrap = Bootstrap::read(&source, &args.file, args.spec()?)?;
    if args.explain {
        let (schemes, rules) = bootstrap.explain()?;
        let mut text = String::new();
        for scheme in &schemes {
            text += &format!("{}\n{}\n", scheme.explained(), scheme.sentences());
        }
        for rule in &rules {
            text += &format!("- {rule}\n");
        }
        return out.write(&text);
    }
    if let Some(index) = args.index {
        let draws = bootstrap.replay(index)?;
        return match args.results.form()? {
            Format::Table => {
                let shown = draws.iter().map(|draw| draw.to_table(out.width()));
                out.write(&shown.collect::<String>())
            }
            Format::Json => out.write(&BootstrapDraw::to_json(&draws)),
            _ => Err(Error::input(
                "--format",
                "a draw is no table of results",
                "Take table or json.",
            )),
        };
    }
    stop_on_ctrl_c();
    let options = RunOptions {
        device: args.device.device.clone(),
        threads: args.work.threads(),
        ..RunOptions::default()
    };
    let bar = Bar::new(&args.file, args.work.quiet)?;
    let mut progress = |done, total| {
        bar.tell(done, total);
        !stopped()
    };
    if args.part.tally.is_some() {
        let range = args.part.range(bootstrap.spec.draws)?;
        let part = match &args.part.checkpoint {
            None => bootstrap.part(range, &options, &mut progress),
            Some(folder) => bootstrap.part_kept(folder, range, &options, &mut progress),
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
        None => bootstrap.run(&options, &mut progress),
        Some(folder) => {
            let all = 0..bootstrap.spec.draws;
            let part = bootstrap.part_kept(folder, all, &options, &mut progress);
            part.and_then(|part| bootstrap.report_of(part))
        }
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
