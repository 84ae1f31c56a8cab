//! A result of a bootstrap.

use serde::{Deserialize, Serialize, Serializer};

use crate::inference::tidy;

tidy! {
/// One statistic with one interval.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BootstrapRow {
    /// The statistic, such as `mean` or `quantile(0.9)`.
    pub statistic: String,
    /// The columns that it is of.
    pub columns: Vec<String>,
    /// The coefficient, of a regression.
    pub coefficient: Option<String>,
    /// The resampling scheme.
    pub scheme: String,
    /// Units a draw, of `m-out-of-n`.
    pub size: Option<u32>,
    /// The length of blocks; the mean length of the stationary bootstrap.
    #[in_unit("rows")]
    #[serde(serialize_with = "whole_where_it_is")]
    pub block: Option<f64>,
    /// The length that the data's autocorrelations gave, unrounded, where it was asked for.
    pub block_auto: Option<f64>,
    /// The column of groups within which rows are resampled.
    pub group: Option<String>,
    /// The column of clusters that are resampled as a whole.
    pub cluster: Option<String>,
    /// Number of rows.
    #[in_unit("rows")]
    pub rows: usize,
    /// The statistic of the data.
    pub observed: Option<f64>,
    /// Its standard error: the standard deviation of the bootstrap's law.
    pub standard_error: Option<f64>,
    /// The mean of the bootstrap's law less the observed value.
    pub bias: Option<f64>,
    /// How the interval is made: `percentile`, `basic`, `normal`, `bc`, `bca`, `percentile-t` or
    /// `inversion`.
    pub interval_kind: String,
    /// Its level.
    #[in_unit("probability")]
    pub interval_level: f64,
    /// Its lower end.
    pub interval_low: Option<f64>,
    /// Its upper end.
    pub interval_high: Option<f64>,
    /// What answered for the ends: as `engine`.
    pub interval_engine: Option<String>,
    /// Why there is no interval, or what it lacks.
    pub interval_reason: Option<String>,
    /// The value of the coefficient under the null, of wild schemes.
    pub null_value: Option<f64>,
    /// The estimate less that, over the standard error.
    pub t: Option<f64>,
    /// Draws whose t is larger in size.
    #[in_unit("draws")]
    pub above: Option<u64>,
    /// Draws whose t is as large.
    #[in_unit("draws")]
    pub equal: Option<u64>,
    /// The share of draws with as large a t, those that tie among them.
    #[in_unit("probability")]
    pub p: Option<f64>,
    /// Draws; none where nothing was drawn.
    #[in_unit("draws")]
    pub draws: Option<u64>,
    /// Draws in which the statistic has no value; the law is that of the others.
    #[in_unit("draws")]
    pub undefined: Option<u64>,
    /// Ends of the bars of the replicates' histogram, ascending and equally far apart, from the least replicate to the
    /// greatest; empty where nothing was drawn, and of so many draws that replicates are not kept.
    pub draw_edges: Option<Vec<f64>>,
    /// Draws in each bar; the last one holds the greatest replicate, too.
    #[in_unit("draws")]
    pub draw_counts: Option<Vec<u64>>,
    /// What answered for the standard error and the bias: `convolution`, `closed-form`, `binomial` or
    /// `monte-carlo`. Of wild schemes, whose standard error is robust to the clusters (CV1) or to unequal variances
    /// (HC1), for p: `enumeration` or `monte-carlo`.
    pub engine: String,
    /// Whether all draws were made.
    pub complete: bool,
}
}

/// 10 rather than 10.0.
fn whole_where_it_is<S: Serializer>(block: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    match block {
        Some(rows) if rows.fract() == 0.0 => to.serialize_u64(*rows as u64),
        Some(rows) => to.serialize_f64(*rows),
        None => to.serialize_none(),
    }
}
