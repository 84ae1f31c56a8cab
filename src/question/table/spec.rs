//! What a test of a table asks, in the user's words.

use super::Method;
use crate::error::{Error, Result};
use crate::load::{did_you_mean, quoted_list};
use crate::plan::Convention;
use crate::study::Stopping;
use serde::{Deserialize, Serialize};

/// A statistic of a table, by its name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TableStatistic {
    /// Mean of the first group less that of the second.
    DifferenceOfMeans,
    /// Student's t of two groups, or of one sample.
    StudentT,
    /// Welch's t.
    WelchT,
    /// Median of the first group less that of the second.
    DifferenceOfMedians,
    /// Wilcoxon's rank sum.
    RankSum,
    /// Ansari's and Bradley's scores.
    AnsariBradley,
    /// Mood's scores.
    Mood,
    /// Klotz' scores.
    Klotz,
    /// Van der Waerden's scores.
    VanDerWaerden,
    /// Savage's scores.
    Savage,
    /// Kolmogorov's and Smirnov's distance.
    KolmogorovSmirnov,
    /// Log of a ratio of variances.
    RatioOfVariances,
    /// Mean of one sample.
    Mean,
    /// Wilcoxon's signed rank, by Pratt.
    SignedRank,
    /// Pearson's correlation.
    Pearson,
    /// Spearman's correlation.
    Spearman,
    /// Kendall's tau-b.
    Kendall,
    /// F of one-way analysis of variance.
    F,
    /// Kruskal's and Wallis' H.
    KruskalWallis,
    /// Jonckheere's and Terpstra's J.
    JonckheereTerpstra,
    /// Pearson's chi-squared.
    ChiSquared,
    /// Sum of products of the scores of rows and columns.
    LinearByLinear,
    /// Coefficient of a regression.
    Coefficient,
    /// The same over its standard error.
    CoefficientT,
}

/// What a statistic is a statistic of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Numbers of two groups.
    TwoGroups,
    /// Numbers of two groups or more, two at a time.
    Pairs,
    /// Numbers of two groups or more.
    Groups,
    /// Numbers alone, `~ 1`.
    OneSample,
    /// Numbers of two groups, or alone.
    TwoGroupsOrOne,
    /// Numbers by numbers.
    Numbers,
    /// Categories by groups.
    Categories,
    /// Ordered categories, or numbers, by the same.
    Ordered,
    /// Numbers by numbers or two groups, beside other columns.
    Coefficient,
}

/// What is known of a statistic without data.
struct Known {
    statistic: TableStatistic,
    name: &'static str,
    asks: Asks,
    /// Whether only large values speak against the null.
    one_tail: bool,
    /// Whether draws are compared by means of the outcome itself, so that a shift of it has a set.
    shifts: bool,
    definition: &'static str,
}

use TableStatistic::*;

const KNOWN: &[Known] = &[
    of_means(known(
        DifferenceOfMeans,
        "difference-of-means",
        Asks::Pairs,
        "mean of the first group less mean of the second, pooled over strata",
    )),
    of_means(known(
        StudentT,
        "student-t",
        Asks::TwoGroupsOrOne,
        "difference of means over its standard error from the pooled variance; of one sample the mean over its standard error (Student 1908)",
    )),
    known(
        WelchT,
        "welch-t",
        Asks::TwoGroups,
        "difference of means over its standard error from a variance a group (Welch 1938)",
    ),
    known(
        DifferenceOfMedians,
        "difference-of-medians",
        Asks::Pairs,
        "median of the first group less median of the second",
    ),
    known(
        RankSum,
        "rank-sum",
        Asks::TwoGroups,
        "sum of the first group's mid-ranks (Wilcoxon 1945)",
    ),
    known(
        AnsariBradley,
        "ansari-bradley",
        Asks::TwoGroups,
        "sum of the first group's scores min(i, N + 1 - i) (Ansari and Bradley 1960)",
    ),
    known(
        Mood,
        "mood",
        Asks::TwoGroups,
        "sum of the first group's scores (i - (N + 1)/2)^2 (Mood 1954)",
    ),
    known(
        Klotz,
        "klotz",
        Asks::TwoGroups,
        "sum of the first group's squared normal quantiles of i/(N + 1) (Klotz 1962)",
    ),
    known(
        VanDerWaerden,
        "van-der-waerden",
        Asks::TwoGroups,
        "sum of the first group's normal quantiles of i/(N + 1) (van der Waerden 1952)",
    ),
    known(
        Savage,
        "savage",
        Asks::TwoGroups,
        "sum of the first group's scores 1/N + .. + 1/(N - i + 1) - 1 (Savage 1956)",
    ),
    one_tailed(
        KolmogorovSmirnov,
        "kolmogorov-smirnov",
        Asks::TwoGroups,
        "largest distance of the two groups' distribution functions (Smirnov 1939)",
    ),
    known(
        RatioOfVariances,
        "ratio-of-variances",
        Asks::TwoGroups,
        "logarithm of the first group's variance over the second's",
    ),
    of_means(known(Mean, "mean", Asks::OneSample, "mean of the outcome")),
    known(
        SignedRank,
        "signed-rank",
        Asks::OneSample,
        "sum of the mid-ranks of sizes where the outcome is positive; zeros are ranked and score 0 (Pratt 1959)",
    ),
    known(
        Pearson,
        "pearson",
        Asks::Numbers,
        "product-moment correlation (Pearson 1895)",
    ),
    known(
        Spearman,
        "spearman",
        Asks::Numbers,
        "correlation of the mid-ranks (Spearman 1904)",
    ),
    known(
        Kendall,
        "kendall",
        Asks::Numbers,
        "tau-b: pairs in one order less pairs in the other, over the geometric mean of the untied pairs of both (Kendall 1945)",
    ),
    one_tailed(
        F,
        "f",
        Asks::Groups,
        "mean square between groups over mean square within, pooled over strata (Fisher 1925)",
    ),
    one_tailed(
        KruskalWallis,
        "kruskal-wallis",
        Asks::Groups,
        "(N - 1) times the share of the mid-ranks' sum of squares that lies between groups (Kruskal and Wallis 1952)",
    ),
    known(
        JonckheereTerpstra,
        "jonckheere-terpstra",
        Asks::Groups,
        "over all pairs of groups in their order, pairs of rows in that order and half of those tied (Jonckheere 1954)",
    ),
    one_tailed(
        ChiSquared,
        "chi-squared",
        Asks::Categories,
        "sum over cells of (observed - expected)^2 / expected (Pearson 1900)",
    ),
    known(
        LinearByLinear,
        "linear-by-linear",
        Asks::Ordered,
        "sum over rows of the outcome's score times the variable's: numbers as they are, categories 1, 2, .. in their order (Mantel 1963)",
    ),
    known(
        Coefficient,
        "coefficient",
        Asks::Coefficient,
        "least-squares coefficient of the variable beside the other columns and a constant (Frisch and Waugh 1933)",
    ),
    known(
        CoefficientT,
        "coefficient-t",
        Asks::Coefficient,
        "coefficient over its standard error: a robust one (HC1; with clusters CR1) where the variable is assigned anew, else that of least squares",
    ),
];

const fn known(
    statistic: TableStatistic,
    name: &'static str,
    asks: Asks,
    definition: &'static str,
) -> Known {
    Known {
        statistic,
        name,
        asks,
        one_tail: false,
        shifts: false,
        definition,
    }
}

const fn of_means(known: Known) -> Known {
    Known {
        shifts: true,
        ..known
    }
}

const fn one_tailed(
    statistic: TableStatistic,
    name: &'static str,
    asks: Asks,
    definition: &'static str,
) -> Known {
    Known {
        one_tail: true,
        ..known(statistic, name, asks, definition)
    }
}

impl TableStatistic {
    /// All of them, in the order of the docs.
    pub fn all() -> impl Iterator<Item = TableStatistic> {
        KNOWN.iter().map(|known| known.statistic)
    }

    fn known(self) -> &'static Known {
        let known = KNOWN.iter().find(|known| known.statistic == self);
        known.expect("each statistic stands in the list")
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.known().name
    }

    /// What it is, in a line.
    pub fn definition(self) -> &'static str {
        self.known().definition
    }

    /// What it is a statistic of.
    pub fn asks(self) -> Asks {
        self.known().asks
    }

    /// Whether only large values speak against the null: its p is that of the upper tail.
    pub fn has_one_tail(self) -> bool {
        self.known().one_tail
    }

    /// Whether the shifts of an outcome that its test does not reject are a confidence set: draws are
    /// compared by means of the outcome itself.
    pub fn has_shifts(self) -> bool {
        self.known().shifts
    }

    /// The one of this name.
    ///
    /// # Errors
    ///
    /// There is none: names the nearest.
    pub fn find(name: &str) -> Result<Self> {
        let found = KNOWN.iter().find(|known| known.name == name);
        found.map(|known| known.statistic).ok_or_else(|| {
            let names = || KNOWN.iter().map(|known| known.name);
            Error::input(
                "statistic",
                format!("there is no statistic `{name}`"),
                format!(
                    "{}The statistics are {}.",
                    did_you_mean(name, names()),
                    quoted_list(names())
                ),
            )
        })
    }
}

/// What a draw of a table does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableNull {
    /// Deals the groups anew over the rows; groups keep their sizes.
    Relabeling,
    /// Changes the signs of the outcomes by chance.
    Signs,
    /// Deals the variable's values anew over the rows.
    Permutation,
    /// Moves the outcome against the variable, around a circle.
    CircularShift,
    /// Is one of the assignments in a file.
    List,
}

impl TableNull {
    /// All of them.
    pub const ALL: [TableNull; 5] = [
        TableNull::Relabeling,
        TableNull::Signs,
        TableNull::Permutation,
        TableNull::CircularShift,
        TableNull::List,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            TableNull::Relabeling => "relabeling",
            TableNull::Signs => "signs",
            TableNull::Permutation => "permutation",
            TableNull::CircularShift => "circular-shift",
            TableNull::List => "list",
        }
    }

    /// The one of this name.
    ///
    /// # Errors
    ///
    /// There is none: names the nearest.
    pub fn find(name: &str) -> Result<Self> {
        let names = || Self::ALL.iter().map(|null| null.name());
        let found = Self::ALL.into_iter().find(|null| null.name() == name);
        found.ok_or_else(|| {
            Error::input(
                "null",
                format!("there is no null design `{name}`"),
                format!(
                    "{}The designs are {}.",
                    did_you_mean(name, names()),
                    quoted_list(names())
                ),
            )
        })
    }
}

/// Which values speak against the null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alternative {
    /// Small and large ones.
    TwoSided,
    /// Large ones: the upper tail.
    Greater,
    /// Small ones: the lower tail.
    Less,
}

/// What is done about rows without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Missing {
    /// They are refused.
    #[default]
    Error,
    /// They are left out, and counted in a line of the report.
    Drop,
}

/// The scores of tied observations, of score statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Ties {
    /// The mean of the scores of their positions.
    #[default]
    AverageScores,
    /// The score of the mean of their positions.
    MidRanks,
}

/// Which rows are ranked together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Ranked {
    /// All.
    #[default]
    Over,
    /// Those of a stratum.
    Within,
}

/// A test of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableSpec {
    /// The formula.
    pub formula: String,
    /// Statistics; none: the one that the formula speaks for.
    pub statistics: Vec<TableStatistic>,
    /// The null design; `None`: the one that the statistics speak for.
    pub null: Option<TableNull>,
    /// Which values speak against the null; `None`: small and large ones, and large ones alone of
    /// statistics that have one tail.
    pub alternative: Option<Alternative>,
    /// How two tails make one p-value; `None`: equal-tailed, and symmetric in a family.
    pub convention: Option<Convention>,
    /// The groups in their order, others left out; none: all, in the order of their first appearance.
    pub groups: Vec<String>,
    /// The variable of the formula whose coefficient is tested, beside the others; `None`: the formula has
    /// one variable.
    pub coefficient: Option<String>,
    /// What a draw of a test of a coefficient deals anew.
    pub method: Method,
    /// The column of clusters.
    pub cluster: Option<String>,
    /// The column by which rows are sorted.
    pub order: Option<String>,
    /// The farthest shift of a series against another, either way, with the seam left out; `None`: all
    /// shifts around the circle.
    pub max_shift: Option<usize>,
    /// What is done about rows without a value.
    pub missing: Missing,
    /// The scores of tied observations.
    pub ties: Ties,
    /// Which rows are ranked together.
    pub ranked: Ranked,
    /// Whether the outcomes are one family, adjusted by maxT.
    pub max_t: bool,
    /// Confidence level of sets of shifts, if any are asked for.
    pub interval: Option<f64>,
    /// Draws, where sets are drawn.
    pub draws: u64,
    /// Seed of the draws.
    pub seed: u64,
    /// Whether exact laws and enumerations answer where they can.
    pub exact: bool,
    /// How draws decide when they are enough, of which `draws` are then the most.
    pub stopping: Option<Stopping>,
    /// Whether tails are fitted where few draws reach the observed value.
    pub tail_fit: bool,
}

impl TableSpec {
    /// The most sets that are made one by one instead of drawn.
    pub const ENUMERATED: u64 = 10_000_000;

    /// Of a formula, with all else as it is by default.
    pub fn new(formula: &str) -> Self {
        TableSpec {
            formula: formula.to_owned(),
            statistics: Vec::new(),
            null: None,
            alternative: None,
            convention: None,
            groups: Vec::new(),
            coefficient: None,
            method: Method::default(),
            cluster: None,
            order: None,
            max_shift: None,
            missing: Missing::default(),
            ties: Ties::default(),
            ranked: Ranked::default(),
            max_t: false,
            interval: None,
            draws: 1_000_000,
            seed: 1,
            exact: true,
            stopping: None,
            tail_fit: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_or_the_nearest_is_named() {
        for statistic in TableStatistic::all() {
            assert_eq!(TableStatistic::find(statistic.name()).unwrap(), statistic);
            assert!(!statistic.definition().is_empty());
        }
        let text = TableStatistic::find("wech-t").unwrap_err().to_string();
        assert!(text.contains("Did you mean `welch-t`?"), "{text}");
        for null in TableNull::ALL {
            assert_eq!(TableNull::find(null.name()).unwrap(), null);
        }
        let text = TableNull::find("permutations").unwrap_err().to_string();
        assert!(text.contains("Did you mean `permutation`?"), "{text}");
    }
}
