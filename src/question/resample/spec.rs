//! What a bootstrap asks, in the user's words.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::load::{did_you_mean, quoted_list};
use crate::question::table::Missing;
use crate::resample::{
    Bayesian, Iid, IntervalKind, Poisson, QuantileRule, Stationary, Weights, WholeBlocks,
};

/// A statistic of a bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum BootstrapStatistic {
    /// Mean of a column.
    Mean,
    /// Sum of a column.
    Sum,
    /// Median of a column.
    Median,
    /// A quantile of a column.
    Quantile {
        /// The share below.
        q: f64,
        /// How it lies between two values.
        rule: QuantileRule,
    },
    /// Variance of a column, over n - 1.
    Variance,
    /// Standard deviation of a column, over n - 1.
    Sd,
    /// Mean of a column without a share of its values at each end.
    TrimmedMean {
        /// The share.
        trim: f64,
    },
    /// Mean of a column over its standard deviation.
    Sharpe,
    /// Mean of one column over that of another, or of one group over that of another.
    RatioOfMeans,
    /// Mean of one column less that of another, or of one group less that of another.
    DifferenceOfMeans,
    /// Pearson's correlation of two columns.
    Pearson,
    /// Coefficients of least squares, by a formula.
    Ols,
}

use BootstrapStatistic::*;

/// Names, and what the statistics are, in a line each.
const KNOWN: [(&str, &str); 12] = [
    ("mean", "mean of the column"),
    ("sum", "sum of the column"),
    (
        "median",
        "middle value of the column, or the mean of the two middle ones",
    ),
    (
        "quantile(Q)",
        "quantile of the column, linear between values (type 7 of Hyndman and Fan 1996); with `quantile(Q, type=1)` the least value whose cumulated share reaches Q",
    ),
    ("variance", "variance of the column, over n - 1"),
    ("sd", "standard deviation of the column, over n - 1"),
    (
        "trimmed-mean(SHARE)",
        "mean of the column without that share of its values, rounded down, at each end (0.1 if none is given)",
    ),
    (
        "sharpe",
        "mean of the column over its standard deviation, over n - 1",
    ),
    (
        "ratio-of-means",
        "mean of the first column, or group, over that of the second",
    ),
    (
        "difference-of-means",
        "mean of the first column, or group, less that of the second",
    ),
    ("pearson", "product-moment correlation of two columns"),
    (
        "ols",
        "coefficients of least squares, with a constant, by a formula such as \"y ~ x1 + x2\"",
    ),
];

impl BootstrapStatistic {
    /// The statistic of a word such as `mean` or `quantile(0.9)`.
    ///
    /// # Errors
    ///
    /// There is none, or what stands in its brackets is not what it takes.
    pub fn find(word: &str) -> Result<Self> {
        let plain: String = word.chars().filter(|c| !c.is_whitespace()).collect();
        let (name, inside) = match plain.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')')),
            None => (plain.as_str(), Some("")),
        };
        let refuse = |problem: String, remedy: &str| Error::input("statistic", problem, remedy);
        let Some(inside) = inside else {
            return Err(refuse(
                format!("the bracket of `{word}` is not closed"),
                "Write it as quantile(0.9).",
            ));
        };
        let share = |text: &str, most: f64, example: &str| match text.parse::<f64>() {
            Ok(share) if (0.0..=1.0).contains(&share) && share <= most => Ok(share),
            _ => Err(refuse(
                format!("`{text}` in `{word}` is no share that {name} takes"),
                example,
            )),
        };
        let found = match name {
            "mean" => Mean,
            "sum" => Sum,
            "median" => Median,
            "variance" => Variance,
            "sd" => Sd,
            "sharpe" => Sharpe,
            "ratio-of-means" => RatioOfMeans,
            "difference-of-means" => DifferenceOfMeans,
            "pearson" => Pearson,
            "ols" => Ols,
            "quantile" => {
                const EXAMPLE: &str = "Write quantile(0.9), or quantile(0.9, type=1).";
                let (q, rule) = match inside.split_once(',') {
                    None | Some((_, "type=7")) => (
                        inside.split(',').next().unwrap_or_default(),
                        QuantileRule::Linear,
                    ),
                    Some((q, "type=1")) => (q, QuantileRule::Inverted),
                    Some((_, rule)) => {
                        return Err(refuse(
                            format!("`{rule}` in `{word}` is neither type=7 nor type=1"),
                            EXAMPLE,
                        ));
                    }
                };
                let q = share(q, 1.0, EXAMPLE)?;
                return Ok(Quantile { q, rule });
            }
            "trimmed-mean" => {
                let trim = match inside {
                    "" => 0.1,
                    text => share(
                        text,
                        0.499_999,
                        "Write trimmed-mean(0.1): a share below 0.5.",
                    )?,
                };
                return Ok(TrimmedMean { trim });
            }
            _ => {
                let names = || KNOWN.iter().map(|(name, _)| *name);
                let bare = || names().map(|name| name.split('(').next().unwrap_or(name));
                return Err(refuse(
                    format!("there is no statistic `{word}`"),
                    &format!(
                        "{}The statistics are {}.",
                        did_you_mean(name, bare()),
                        quoted_list(names())
                    ),
                ));
            }
        };
        match inside {
            "" => Ok(found),
            _ => Err(refuse(
                format!("`{name}` takes nothing in brackets"),
                &format!("Write {name}."),
            )),
        }
    }

    /// As rows name it.
    pub fn name(self) -> String {
        match self {
            Quantile {
                q,
                rule: QuantileRule::Linear,
            } => format!("quantile({q})"),
            Quantile { q, .. } => format!("quantile({q}, type=1)"),
            TrimmedMean { trim } => format!("trimmed-mean({trim})"),
            _ => KNOWN[self.number()].0.to_owned(),
        }
    }

    /// What it is, in a line.
    pub fn definition(self) -> &'static str {
        KNOWN[self.number()].1
    }

    fn number(self) -> usize {
        match self {
            Mean => 0,
            Sum => 1,
            Median => 2,
            Quantile { .. } => 3,
            Variance => 4,
            Sd => 5,
            TrimmedMean { .. } => 6,
            Sharpe => 7,
            RatioOfMeans => 8,
            DifferenceOfMeans => 9,
            Pearson => 10,
            Ols => 11,
        }
    }
}

/// A resampling scheme by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SchemeName {
    /// Rows with replacement.
    Iid,
    /// Blocks of neighbouring rows.
    MovingBlock,
    /// Blocks of neighbouring rows of a circle.
    CircularBlock,
    /// Blocks of geometric lengths of a circle.
    Stationary,
    /// Another number of rows with replacement.
    MOutOfN,
    /// Rows a Poisson number of times each.
    Poisson,
    /// Rows with random weights.
    Bayesian,
    /// Clusters with replacement.
    Cluster,
    /// Residuals of a regression times random weights.
    Wild,
    /// The same with one weight a cluster.
    WildCluster,
}

impl SchemeName {
    /// All of them.
    pub const ALL: [SchemeName; 10] = [
        SchemeName::Iid,
        SchemeName::MovingBlock,
        SchemeName::CircularBlock,
        SchemeName::Stationary,
        SchemeName::MOutOfN,
        SchemeName::Poisson,
        SchemeName::Bayesian,
        SchemeName::Cluster,
        SchemeName::Wild,
        SchemeName::WildCluster,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            SchemeName::Iid => Iid::NAME,
            SchemeName::MovingBlock => WholeBlocks::MOVING,
            SchemeName::CircularBlock => WholeBlocks::CIRCULAR,
            SchemeName::Stationary => Stationary::NAME,
            SchemeName::MOutOfN => Iid::FEWER,
            SchemeName::Poisson => Poisson::NAME,
            SchemeName::Bayesian => Bayesian::NAME,
            SchemeName::Cluster => "cluster",
            SchemeName::Wild => "wild",
            SchemeName::WildCluster => "wild-cluster",
        }
    }

    /// Whether it draws blocks.
    pub fn has_blocks(self) -> bool {
        match self {
            SchemeName::MovingBlock | SchemeName::CircularBlock | SchemeName::Stationary => true,
            SchemeName::Iid
            | SchemeName::MOutOfN
            | SchemeName::Poisson
            | SchemeName::Bayesian
            | SchemeName::Cluster
            | SchemeName::Wild
            | SchemeName::WildCluster => false,
        }
    }

    /// Whether it weights the residuals of a regression.
    pub fn is_wild(self) -> bool {
        matches!(self, SchemeName::Wild | SchemeName::WildCluster)
    }

    /// The one of this name.
    ///
    /// # Errors
    ///
    /// There is none: names the nearest.
    pub fn find(name: &str) -> Result<Self> {
        find("--scheme", "scheme", name, &Self::ALL, Self::name)
    }
}

/// The interval of this name.
///
/// # Errors
///
/// There is none: names the nearest.
pub fn find_interval(name: &str) -> Result<IntervalKind> {
    find(
        "--interval",
        "interval",
        name,
        &IntervalKind::ALL,
        IntervalKind::name,
    )
}

pub(super) fn find<T: Copy>(
    flag: &str,
    what: &str,
    name: &str,
    all: &[T],
    name_of: fn(T) -> &'static str,
) -> Result<T> {
    let found = all.iter().find(|of| name_of(**of) == name);
    found.copied().ok_or_else(|| {
        let names = || all.iter().map(|of| name_of(*of));
        Error::input(
            flag,
            format!("there is no {what} `{name}`"),
            format!(
                "{}There are {}.",
                did_you_mean(name, names()),
                quoted_list(names())
            ),
        )
    })
}

/// The length of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Block {
    /// From the data's autocorrelations (Politis and White 2004).
    Auto,
    /// So many rows; the mean of a stationary bootstrap's lengths.
    Rows(f64),
}

impl std::str::FromStr for Block {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match (text, text.parse::<f64>()) {
            ("auto", _) => Ok(Block::Auto),
            (_, Ok(rows)) if rows >= 1.0 && rows.is_finite() => Ok(Block::Rows(rows)),
            _ => Err("expected a number of rows, at least 1, or auto".into()),
        }
    }
}

/// A bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapSpec {
    /// The statistic.
    pub statistic: BootstrapStatistic,
    /// Columns, or terms of columns such as `log(price)`; of [`BootstrapStatistic::Ols`] one formula.
    pub columns: Vec<String>,
    /// The coefficient that is reported; by default all.
    pub coefficient: Option<String>,
    /// The scheme; by default rows, or clusters where there are some, with replacement.
    pub scheme: Option<SchemeName>,
    /// Rows (or clusters) a draw of [`SchemeName::MOutOfN`].
    pub size: Option<u64>,
    /// The number of the first row among those of several files that are resampled together, from 1: of
    /// [`SchemeName::Poisson`].
    pub first_row: Option<u64>,
    /// The length of blocks; by default from the data.
    pub block: Option<Block>,
    /// Column of groups within which rows are resampled.
    pub group: Option<String>,
    /// The groups in their order, others left out.
    pub groups: Vec<String>,
    /// Column of clusters that are resampled as a whole.
    pub cluster: Option<String>,
    /// Column by which rows are sorted.
    pub order: Option<String>,
    /// What is done about rows without a value.
    pub missing: Missing,
    /// The law of the weights of wild schemes.
    pub weights: Weights,
    /// Whether wild schemes weight residuals of the regression under the null; else those of the full one.
    pub restricted: bool,
    /// The value of the coefficient under the null of wild schemes.
    pub null_value: f64,
    /// The intervals; if none is named `bca`, of wild schemes `inversion`, of m-out-of-n `basic`, of Bayesian weights
    /// `percentile`.
    pub intervals: Vec<IntervalKind>,
    /// Their level.
    pub level: f64,
    /// Draws.
    pub draws: u64,
    /// Seed of the draws.
    pub seed: u64,
    /// Whether exact laws answer where there are some.
    pub exact: bool,
}

impl BootstrapSpec {
    /// Of a statistic of columns, with all else as it is by default.
    pub fn new<T: Into<String>>(
        statistic: BootstrapStatistic,
        columns: impl IntoIterator<Item = T>,
    ) -> Self {
        BootstrapSpec {
            statistic,
            columns: columns.into_iter().map(Into::into).collect(),
            coefficient: None,
            scheme: None,
            size: None,
            first_row: None,
            block: None,
            group: None,
            groups: Vec::new(),
            cluster: None,
            order: None,
            missing: Missing::Error,
            weights: Weights::Rademacher,
            restricted: true,
            null_value: 0.0,
            intervals: Vec::new(),
            level: 0.95,
            draws: 100_000,
            seed: 1,
            exact: true,
        }
    }

    /// Whether it weights the residuals of a regression.
    pub fn is_wild(&self) -> bool {
        self.scheme.is_some_and(SchemeName::is_wild)
    }

    /// The intervals that are made.
    pub fn kinds(&self) -> Vec<IntervalKind> {
        match (self.intervals.as_slice(), self.is_wild()) {
            ([], false) if self.scheme == Some(SchemeName::MOutOfN) => vec![IntervalKind::Basic],
            ([], false) if self.scheme == Some(SchemeName::Bayesian) => {
                vec![IntervalKind::Percentile]
            }
            ([], false) => vec![IntervalKind::Bca],
            ([], true) => vec![IntervalKind::Inversion],
            (kinds, _) => kinds.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_statistics_and_back() {
        for (word, name) in [
            ("mean", "mean"),
            ("quantile(0.9)", "quantile(0.9)"),
            ("quantile(.9, type=1)", "quantile(0.9, type=1)"),
            ("quantile(0.5,type=7)", "quantile(0.5)"),
            ("trimmed-mean", "trimmed-mean(0.1)"),
            ("trimmed-mean(0.25)", "trimmed-mean(0.25)"),
            ("ols", "ols"),
        ] {
            let found = BootstrapStatistic::find(word).unwrap();
            assert_eq!(found.name(), name);
            assert_eq!(BootstrapStatistic::find(name).unwrap(), found);
        }
        for (word, says) in [
            ("maen", "Did you mean `mean`?"),
            ("quantile", "no share"),
            ("quantile(2)", "no share"),
            ("quantile(0.5, type=3)", "neither type=7 nor type=1"),
            ("trimmed-mean(0.5)", "no share"),
            ("mean(2)", "takes nothing in brackets"),
            ("quantile(0.5", "not closed"),
        ] {
            let error = BootstrapStatistic::find(word).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        assert_eq!("auto".parse(), Ok(Block::Auto));
        assert_eq!("2.5".parse(), Ok(Block::Rows(2.5)));
        assert!("0".parse::<Block>().is_err() && "nan".parse::<Block>().is_err());
    }
}
