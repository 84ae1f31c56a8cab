//! `[grid]`: specifications beside the study's own.

use serde::{Deserialize, Serialize};

use super::keys::{Holds, keyed};
use super::{CalendarUnit, ColumnSpec, DatesSpec, Parts, parse};

keyed! {
/// `[grid]`: what `placebo grid` varies, one thing at a time, about each `[[test]]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GridSpec {
    /// Numbers of the tests that are varied, from 1; default: all.
    #[takes("a list of whole numbers")]
    #[serde(default)]
    pub tests: Vec<usize>,
    /// The statistic of all specifications but those of `statistics`; default: those of the test.
    #[takes("a statistic's name")]
    pub statistic: Option<String>,
    /// Numbers of events left out: every set of so many.
    #[takes("a list of whole numbers")]
    #[serde(default)]
    pub leave_out: Vec<usize>,
    /// Parts of events left out, one part at a time: by the calendar or by a column of the events.
    #[takes("a list such as [\"year\", { column = \"developer\" }]", Holds::Tables(ColumnSpec::keys()))]
    #[serde(default)]
    pub leave_out_by: Vec<Parts>,
    /// Parts of the sample taken by themselves.
    #[takes("a list of parts of the calendar such as [\"year\"]")]
    #[serde(default)]
    pub subsamples: Vec<CalendarUnit>,
    /// Other pools of dates.
    #[takes("a list of tables with at least `file`", Holds::Tables(DatesSpec::keys()))]
    #[serde(default)]
    pub pools: Vec<DatesSpec>,
    /// Other windows, each up to its last day.
    #[takes("a list of windows such as [[-5, 5], [0, 15]]")]
    #[serde(default, deserialize_with = "parse::spans")]
    pub windows: Vec<[i32; 2]>,
    /// Other spans of the overlap regression.
    #[takes("a list of spans such as [[0, 5]]")]
    #[serde(default, deserialize_with = "parse::spans")]
    pub spans: Vec<[i32; 2]>,
    /// Other statistics.
    #[takes("a list of statistics' names")]
    #[serde(default)]
    pub statistics: Vec<String>,
    /// Controls that the series' changes are residualised on.
    #[takes("a list such as [{ series = [\"1 Yr\"], lags = 1 }]", Holds::Tables(ControlsSpec::keys()))]
    #[serde(default)]
    pub controls: Vec<ControlsSpec>,
}
}

keyed! {
/// Series whose changes are taken out of the tested ones by least squares.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ControlsSpec {
    /// Series of the data files; a tested series is no control of itself.
    #[takes("a list of series names")]
    pub series: Vec<String>,
    /// Lags of each control's changes beside those of the same row; default: 0.
    #[takes("a whole number, not negative")]
    #[serde(default)]
    pub lags: usize,
}
}

impl std::fmt::Display for ControlsSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.series.join(", "))?;
        match self.lags {
            0 => Ok(()),
            lags => write!(f, ", lags 0 to {lags}"),
        }
    }
}
