//! One line of results.

use serde::Serialize;

/// One hypothesis and its answer.
///
/// `(study, series, group, statistic, null, window, relative_day)` is unique in a report. A cell
/// that does not apply is `null` in JSON and empty in CSV. Fields stand in the order of the output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultRow {
    /// The study's name.
    pub study: String,
    /// The series, as its source names it.
    pub series: String,
    /// A group's name, `all` for the pooled groups, or `A - B` for their difference.
    pub group: String,
    /// The statistic's name.
    pub statistic: String,
    /// The null design with its parameters, such as `uniform(full-window)`.
    pub null: String,
    /// First and last relative day of the event window.
    pub window: [i32; 2],
    /// The relative day of this row.
    pub relative_day: i32,
    /// The statistic of the observed set, in `unit`.
    pub observed: f64,
    /// Unit of `observed`, of all `null_*` and of `bin_width`.
    pub unit: String,
    /// Placebo sets drawn; for an enumeration, all admissible sets.
    pub draws: Option<u64>,
    /// Draws below the observed value.
    pub below: Option<u64>,
    /// Draws tied with the observed value.
    pub equal: Option<u64>,
    /// Draws above the observed value.
    pub above: Option<u64>,
    /// p-value of the lower tail, ties included.
    pub p_lower: Option<f64>,
    /// p-value of the upper tail, ties included.
    pub p_upper: Option<f64>,
    /// p-value of the row's convention.
    pub p: Option<f64>,
    /// Which p-value `p` is, such as `equal-tailed`, and whether it is the raw share.
    pub convention: String,
    /// Lower end of the 95 % Monte Carlo interval of `p`; `p` itself for an enumeration.
    pub p_low: Option<f64>,
    /// Upper end of the 95 % Monte Carlo interval of `p`; `p` itself for an enumeration.
    pub p_high: Option<f64>,
    /// p-value of the exact null law, of the same convention.
    pub p_exact: Option<f64>,
    /// Why `p_exact` is empty.
    pub p_exact_reason: Option<String>,
    /// What answered: `monte-carlo` or `enumeration`.
    pub engine: String,
    /// Mean of the null law.
    pub null_mean: Option<f64>,
    /// Standard deviation of the null law.
    pub null_sd: Option<f64>,
    /// 2.5 % quantile of the null law.
    pub null_q025: Option<f64>,
    /// 97.5 % quantile of the null law.
    pub null_q975: Option<f64>,
    /// Width of the histogram bins behind the quantiles; empty where bins resolve every value.
    pub bin_width: Option<f64>,
}
