//! What is asked of a table: the flags that `test`, `check`, `draw` and `power` share.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::load::{DataTable, Source};
use crate::question::table::{
    Alternative, Method, Missing, Ranked, TableNull, TableSpec, TableStatistic, Ties,
};
use crate::table_test::TableTest;
use clap::{Args, ValueEnum};

use super::number::share;
use super::output::Out;
use super::shared::{ConventionArg, Draws, Exact, MissingArg};

/// The heading of these flags in a command's help.
pub const OF_A_TABLE: &str = "Of a table";

/// The name of a table, without its folder and its ending.
pub fn stem(file: &str) -> String {
    let name = Path::new(file).file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// How a formula is tested.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = OF_A_TABLE)]
pub struct Question {
    /// Statistics [default: difference-of-means, f of more than two groups, pearson of numbers, chi-squared
    /// of categories, mean of one sample]
    #[arg(long, requires = "formula", value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    statistic: Vec<String>,
    /// Null design: relabeling, signs, permutation, circular-shift or list [default: what the formula speaks
    /// for]
    #[arg(long, requires = "formula", value_name = "NAME")]
    null: Option<String>,
    /// Groups in their order, others left out; a contrast is the first less the second
    #[arg(long, requires = "formula", value_name = "A,B", value_delimiter = ',')]
    groups: Vec<String>,
    /// The variable whose coefficient is tested, beside the formula's others
    #[arg(long, requires = "formula", value_name = "NAME")]
    coefficient: Option<String>,
    /// What a draw of a coefficient's test deals anew [default: assign]
    #[arg(long, requires = "coefficient", value_name = "METHOD")]
    method: Option<MethodArg>,
    /// Column of clusters that are assigned as a whole
    #[arg(long, requires = "formula", value_name = "COLUMN")]
    cluster: Option<String>,
    /// Column by which rows are sorted, of numbers or dates
    #[arg(long, requires = "formula", value_name = "COLUMN")]
    order: Option<String>,
    /// Farthest shift of circular-shift either way, with the seam left out [default: all, around the circle]
    #[arg(long, requires = "formula", value_name = "ROWS")]
    max_shift: Option<usize>,
    /// What is done about rows without a value [default: error]
    #[arg(long, requires = "formula", value_name = "RULE")]
    missing: Option<MissingArg>,
    /// Scores of tied observations, of score statistics [default: average-scores]
    #[arg(long, requires = "formula", value_name = "RULE")]
    ties: Option<TiesArg>,
    /// Which rows are ranked together [default: over-all]
    #[arg(long, requires = "formula", value_name = "RULE")]
    rank: Option<RankArg>,
    /// Which values speak against the null [default: two-sided, and greater of statistics with one tail]
    #[arg(
        long,
        requires = "formula",
        value_name = "SIDE",
        conflicts_with = "convention"
    )]
    alternative: Option<AlternativeArg>,
    /// How two tails make one p-value [default: equal-tailed, and symmetric in a family]
    #[arg(long, requires = "formula", value_name = "NAME")]
    convention: Option<ConventionArg>,
    /// Adjust the outcomes for each other
    #[arg(long, requires = "formula", value_name = "METHOD")]
    family: Option<FamilyArg>,
    /// Confidence sets of the shifts of means that the test does not reject, at a level such as 0.95
    #[arg(long, requires = "formula", value_name = "LEVEL", value_parser = share)]
    interval: Option<f64>,
}

/// Listed assignments.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = OF_A_TABLE)]
pub struct Assignments {
    /// Assignments in a file, instead of a null design: a row for each row of the table, a column for each
    #[arg(
        long,
        requires = "formula",
        value_name = "FILE",
        conflicts_with = "null"
    )]
    sets: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MethodArg {
    /// The variable: valid where it was assigned at random
    Assign,
    /// Residuals on the other columns (Freedman and Lane 1983)
    FreedmanLane,
    /// The outcome (Manly 1986)
    Manly,
    /// Residuals on all columns (ter Braak 1992)
    TerBraak,
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

impl Question {
    /// The test of a formula, with the draws and rules of other flags.
    pub fn spec(
        &self,
        formula: &str,
        sets: &Assignments,
        draws: &Draws,
        exact: &Exact,
    ) -> Result<TableSpec> {
        let statistics = self.statistic.iter().map(|name| TableStatistic::find(name));
        let plain = TableSpec::new(formula);
        Ok(TableSpec {
            statistics: statistics.collect::<Result<_>>()?,
            null: match sets.sets {
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
            coefficient: self.coefficient.clone(),
            method: match self.method {
                None | Some(MethodArg::Assign) => Method::Assign,
                Some(MethodArg::FreedmanLane) => Method::FreedmanLane,
                Some(MethodArg::Manly) => Method::Manly,
                Some(MethodArg::TerBraak) => Method::TerBraak,
            },
            cluster: self.cluster.clone(),
            order: self.order.clone(),
            max_shift: self.max_shift,
            missing: self.missing.map_or(Missing::Error, Into::into),
            ties: match self.ties {
                None | Some(TiesArg::AverageScores) => Ties::AverageScores,
                Some(TiesArg::MidRanks) => Ties::MidRanks,
            },
            ranked: match self.rank {
                None | Some(RankArg::OverAll) => Ranked::Over,
                Some(RankArg::Within) => Ranked::Within,
            },
            max_t: self.family.is_some(),
            interval: self.interval,
            draws: draws.draws.unwrap_or(plain.draws),
            seed: draws.seed.seed.unwrap_or(plain.seed),
            exact: exact.asked() != Some(crate::study::Exact::Never),
            ..plain
        })
    }
}

impl Assignments {
    /// The files that a test of `file` reads are spared by `outs`.
    pub fn spare(&self, file: &str, outs: &[&Out]) -> Result<()> {
        let read = self.inputs(file);
        outs.iter().try_for_each(|out| out.spare_files(&read))
    }

    /// The files that are read, with `file` among them.
    pub fn inputs(&self, file: &str) -> Vec<PathBuf> {
        let read = [Some(file), self.sets.as_deref()].into_iter().flatten();
        read.map(PathBuf::from).collect()
    }

    /// A test of a file's table, over these.
    pub fn read(&self, file: &str, spec: TableSpec) -> Result<TableTest> {
        open(file, self.sets.as_deref(), spec)
    }
}

/// The test of a file's table, over the assignments in `sets` where there are such.
pub fn open(file: &str, sets: Option<&str>, spec: TableSpec) -> Result<TableTest> {
    let source = Source::Folder(".".into());
    let test = TableTest::read(&source, file, spec)?;
    match sets {
        None => Ok(test),
        Some(sets) => Ok(test.over(DataTable::read(&source, sets, &|_| true)?)),
    }
}

/// What would be tested, in words.
pub fn explained(test: &TableTest, out: &Out) -> Result<String> {
    let (nulls, rules) = test.explain()?;
    let width = out.width().map_or(100, usize::from);
    let texts = nulls.iter().map(|null| {
        let said = format!("{}\n{}\n", null.null, null.sentences());
        said + &null.explained(width)
    });
    let rules = rules.iter().map(|rule| format!("- {rule}\n"));
    Ok(texts.collect::<Vec<_>>().join("\n") + &rules.collect::<String>())
}
