//! One line of results.

use serde::{Deserialize, Serialize};

use crate::inference::tidy;
use crate::question::Key;
use crate::question::events::{
    CONSTANT, CONVENTION, GROUP, MEASURE, NULL, RELATIVE_DAY, SERIES, STATISTIC, WINDOW,
};
use crate::statistic::StatisticName;

tidy! {
/// One hypothesis and its answer.
///
/// The study and the key are unique in a report. A cell that does not apply is `null` in JSON and empty in
/// CSV. Fields stand in the order of the output.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResultRow {
    /// The study's name.
    pub study: String,
    /// What tells the row from every other one of the study; its columns are the question's.
    #[serde(flatten)]
    pub key: Key,
    /// Events that the row rests on: those of its group or groups, and of a regression all of them, as it takes
    /// them together; empty where a table is tested.
    #[in_unit("events")]
    pub events: Option<u64>,
    /// The statistic of the observed set, in `unit`.
    #[in_unit("unit")]
    pub observed: Option<f64>,
    /// Why `observed` is empty: it is infinite, or has no value; without a value the row has no answer
    /// either.
    pub observed_reason: Option<String>,
    /// Unit of `observed`, `se_hac`, all `null_*` and `bin_width`.
    pub unit: String,
    /// HAC standard error of an effect of the overlap regression; a ratio to it has none of its own.
    #[in_unit("unit")]
    pub se_hac: Option<f64>,
    /// Two-sided p-value of the effect, or of the ratio, by the normal law.
    #[in_unit("probability")]
    pub p_hac: Option<f64>,
    /// Least effect that reaches the least sum of absolute deviations of the observed regression;
    /// empty for other statistics, and where the linear programs would be too large (a note says so).
    #[in_unit("unit")]
    pub lad_low: Option<f64>,
    /// Greatest such effect; the same where there is but one.
    #[in_unit("unit")]
    pub lad_high: Option<f64>,
    /// Placebo sets drawn; for an enumeration, all admissible sets: `below + equal + above + singular`.
    /// Under a stopping rule those up to the stop of the tail that `p` rests on, the one with the smaller
    /// p; so are the four counts.
    #[in_unit("draws")]
    pub draws: Option<u64>,
    /// Draws below the observed value.
    #[in_unit("draws")]
    pub below: Option<u64>,
    /// Draws tied with the observed value.
    #[in_unit("draws")]
    pub equal: Option<u64>,
    /// Draws above the observed value.
    #[in_unit("draws")]
    pub above: Option<u64>,
    /// Draws without a value, because their regressors are collinear or the ratio is 0/0; they are in no
    /// tail.
    #[in_unit("draws")]
    pub singular: Option<u64>,
    /// p-value of the lower tail, ties included; under a stopping rule each tail has its own draws,
    /// and a tail that the convention does not count none.
    #[in_unit("probability")]
    pub p_lower: Option<f64>,
    /// p-value of the upper tail, ties included.
    #[in_unit("probability")]
    pub p_upper: Option<f64>,
    /// p-value of the row's convention.
    #[in_unit("probability")]
    pub p: Option<f64>,
    /// Why there is no p-value: nothing that could have happened differs from what did, or the observed
    /// set has no value.
    pub p_reason: Option<String>,
    /// Where each set is made once, the smallest p that any of them could have: ties at the extremes
    /// count.
    #[in_unit("probability")]
    pub p_least: Option<f64>,
    /// Lower end of the 95 % Monte Carlo interval of `p`; `p` itself for an enumeration, and empty where
    /// draws stop by a level, or for a symmetric p about a centre that the draws gave by any rule.
    #[in_unit("probability")]
    pub p_mc_low: Option<f64>,
    /// Upper end of the 95 % Monte Carlo interval of `p`; `p` itself for an enumeration.
    #[in_unit("probability")]
    pub p_mc_high: Option<f64>,
    /// p-value of the exact null law, of the same convention.
    #[in_unit("probability")]
    pub p_exact: Option<f64>,
    /// What answered `p_exact`: `enumeration`, `dynamic-programming` (of sums, and along a design's
    /// graph) or `hypergeometric` (of medians).
    pub p_exact_engine: Option<String>,
    /// Why `p_exact` is empty.
    pub p_exact_reason: Option<String>,
    /// Whether all draws were made that were asked for or needed, and nothing was left out for an
    /// interruption.
    pub complete: bool,
    /// What answered: `monte-carlo`, `enumeration`, or `least-squares` for the constant, which is
    /// estimated only.
    pub engine: String,
    /// Mean of the null law.
    #[in_unit("unit")]
    pub null_mean: Option<f64>,
    /// Standard deviation of the null law.
    #[in_unit("unit")]
    pub null_sd: Option<f64>,
    /// Why `null_mean` and `null_sd` are empty, as they are where draws are infinite.
    pub null_reason: Option<String>,
    /// 2.5 % quantile of the null law.
    #[in_unit("unit")]
    pub null_q025: Option<f64>,
    /// 97.5 % quantile of the null law.
    #[in_unit("unit")]
    pub null_q975: Option<f64>,
    /// Width of the histogram bins behind the quantiles; empty where bins resolve every value.
    #[in_unit("unit")]
    pub bin_width: Option<f64>,
    /// Ends of the bars of the null law's histogram, ascending and equally far apart; empty where nothing was drawn,
    /// or of so many results of a test that no histogram is kept.
    #[in_unit("unit")]
    pub null_edges: Option<Vec<f64>>,
    /// Draws below the first of `null_edges`, from each of them up to the next, and above the last: one count more
    /// than there are ends. All draws with a value that were made, under a stopping rule, too.
    #[in_unit("draws")]
    pub null_counts: Option<Vec<u64>>,
    /// Correlation of neighbouring rotations.
    pub lag1_correlation: Option<f64>,
    /// How often the values of all rotations cross their mean, by that correlation, if they are Gaussian.
    pub crossings: Option<f64>,
    /// The number of independent draws that the rotations are worth, by their integrated autocorrelation.
    #[in_unit("draws")]
    pub effective_draws: Option<f64>,
    /// How the values of the row's family are made comparable; empty where the row is in none, as
    /// are the fields after it.
    pub family: Option<String>,
    /// Adjusted p-value by single-step maxT.
    #[in_unit("probability")]
    pub p_maxt: Option<f64>,
    /// Adjusted p-value by step-down maxT; of studentised values Romano and Wolf's.
    #[in_unit("probability")]
    pub p_maxt_step: Option<f64>,
    /// Adjusted p-value by single-step minP.
    #[in_unit("probability")]
    pub p_minp: Option<f64>,
    /// Adjusted p-value by step-down minP.
    #[in_unit("probability")]
    pub p_minp_step: Option<f64>,
    /// `p` adjusted by Holm's method.
    #[in_unit("probability")]
    pub p_holm: Option<f64>,
    /// `p` adjusted by Benjamini and Hochberg's method, for the false discovery rate.
    #[in_unit("probability")]
    pub p_bh: Option<f64>,
    /// `p` adjusted by Benjamini and Yekutieli's method, for the false discovery rate.
    #[in_unit("probability")]
    pub p_by: Option<f64>,
    /// Lower end of the family's simultaneous null band, beside the pointwise `null_q025`.
    #[in_unit("unit")]
    pub sim_low: Option<f64>,
    /// Upper end of the family's simultaneous null band.
    #[in_unit("unit")]
    pub sim_high: Option<f64>,
    /// How the interval came about: `test-inversion`, the set of effects that the test does not reject;
    /// empty where none was asked for, as are the fields after it.
    pub interval_kind: Option<String>,
    /// Its confidence level.
    #[in_unit("probability")]
    pub interval_level: Option<f64>,
    /// Lower end of the smallest interval that holds the set, in `unit`; also empty where the set has
    /// no lower end, or there is none.
    #[in_unit("unit")]
    pub interval_low: Option<f64>,
    /// Upper end, likewise.
    #[in_unit("unit")]
    pub interval_high: Option<f64>,
    /// The set itself, as a union of closed intervals.
    pub interval_set: Option<String>,
    /// What an effect of one adds to the series by relative day: `step`, or a list.
    pub interval_path: Option<String>,
    /// Why there is no set, or why it has no end.
    pub interval_reason: Option<String>,
    /// The rule by which its draws stopped: `besag-clifford(h = 10)` or `gandy(0.05)`; empty where
    /// their number was fixed.
    pub stopping: Option<String>,
    /// Where draws stop by a level, on which side of it p lies: `below` (at most the level), `above`
    /// or `undecided`.
    pub decision: Option<String>,
    /// p-value of the row's convention by a generalised Pareto law fitted to the farthest draws, where
    /// fewer than 10 reach the observed value and a fit is asked for; `p` is still the counted one.
    #[in_unit("probability")]
    pub p_tail_fit: Option<f64>,
    /// Lower end of its 95 % profile likelihood interval; 0 where a law that ends before the observed
    /// value is not ruled out.
    #[in_unit("probability")]
    pub p_tail_fit_low: Option<f64>,
    /// Upper end of its interval.
    #[in_unit("probability")]
    pub p_tail_fit_high: Option<f64>,
    /// Shape of the fitted law: positive for heavy tails, negative for laws with an end.
    pub tail_shape: Option<f64>,
    /// p-value of the Anderson-Darling test of the fit, from 0.001 to 0.5.
    #[in_unit("probability")]
    pub tail_goodness: Option<f64>,
    /// Why a fit that was asked for, where few draws reach the observed value, is not there.
    pub tail_fit_reason: Option<String>,
}
}

/// The histogram of a null law: the ends of the bars, the draws in each, and those below the first and above
/// the last.
pub type NullBars<'r> = (&'r [f64], &'r [u64], (u64, u64));

impl ResultRow {
    /// The series of an event study's row.
    pub fn series(&self) -> &str {
        self.key.text(SERIES)
    }

    /// A group's name, `all` for the pooled groups, or `A - B` for their difference.
    pub fn group(&self) -> &str {
        self.key.text(GROUP)
    }

    /// The statistic's name.
    pub fn statistic(&self) -> &str {
        self.key.text(STATISTIC)
    }

    /// The null design with its parameters.
    pub fn null(&self) -> &str {
        self.key.text(NULL)
    }

    /// What the window of an event study's row measures, by its name in the study.
    pub fn measure(&self) -> &str {
        self.key.text(MEASURE)
    }

    /// First and last relative day of an event study's window.
    pub fn window(&self) -> [i32; 2] {
        self.key.window(WINDOW)
    }

    /// The relative day of an event study's row.
    pub fn relative_day(&self) -> i32 {
        self.key.whole(RELATIVE_DAY)
    }

    /// Which p-value `p` is, and whether it is the raw share.
    pub fn convention_label(&self) -> &str {
        self.key.text(CONVENTION)
    }

    /// Its statistic, in the list of them.
    fn asked(&self) -> Option<StatisticName> {
        StatisticName::of_row(self.statistic())
    }

    /// Whether it comes from the overlap regression.
    pub fn is_effect(&self) -> bool {
        self.asked().is_some_and(StatisticName::is_effect)
    }

    /// Whether least absolute deviations stand beside it: an effect that is not studentised.
    pub fn has_deviations(&self) -> bool {
        let plain = |asked: StatisticName| asked.is_effect() && !asked.is_studentised();
        self.asked().is_some_and(plain) && !self.is_constant()
    }

    /// The histogram of its null law.
    pub fn null_bars(&self) -> Option<NullBars<'_>> {
        match self.null_counts.as_deref()? {
            [below, bars @ .., above] => {
                Some((self.null_edges.as_deref()?, bars, (*below, *above)))
            }
            _ => None,
        }
    }

    /// Whether another row holds the same estimate of an effect. Null designs round it each to a step
    /// of their own, far below what is shown.
    pub fn is_same_estimate(&self, other: &ResultRow) -> bool {
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
        let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => close(a, b),
            (a, b) => a == b,
        };
        same(self.se_hac, other.se_hac) && same(self.observed, other.observed)
    }

    /// Whether the key of another row, of the same study, is this row's.
    pub fn is_same_question(&self, other: &ResultRow) -> bool {
        self.key == other.key
    }

    /// The convention of its p, whether that is the raw share or not.
    pub fn convention(&self) -> &str {
        let name = self.convention_label().split(' ').next();
        name.unwrap_or_default()
    }

    /// Whether it is the regression's constant: the mean change a day apart from events.
    pub fn is_constant(&self) -> bool {
        self.is_effect() && self.group() == CONSTANT
    }
}
