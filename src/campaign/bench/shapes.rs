//! The standard shapes: what is measured, and what a draw of it must spend.

use super::made_up::{events, outcomes, walks};
use crate::error::{Error, Result};
use crate::load::{DataColumn, DataTable, Events, Panel, did_you_mean, quoted_list};
use crate::plan::Plan;
use crate::question::events::compile;
use crate::question::resample::{BootstrapSpec, BootstrapStatistic};
use crate::question::table::TableSpec;
use crate::report::Spends;
use crate::resample::Resampling;
use crate::study::Study;
use crate::{bootstrap::Bootstrap, table_test::TableTest};

/// A standard shape.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Its name on the command line.
    pub name: &'static str,
    /// What a draw is and what is made of it.
    pub about: &'static str,
    make: fn() -> Result<Asked>,
    /// What a draw must spend.
    pub spends: Spends,
}

/// What engines run.
#[derive(Debug)]
pub enum Asked {
    /// Placebo sets or relabelings.
    Plan(Box<Plan>),
    /// Replicates of a bootstrap.
    Resampling(Box<Resampling>),
}

/// Operations of one block of Philox4x32-10: ten rounds of two 64-bit products (two words each), four
/// exclusive ors and two additions to the key.
const BLOCK: f64 = 100.0;
/// Of a candidate: the product that bounds it, its comparison, and looking up and marking what is taken.
const CANDIDATE: f64 = 5.0;
/// Of a value that is tallied: two comparisons with a threshold, its sum, its square and the sum of these.
const TALLIED: f64 = 5.0;

/// What a draw of `picks` picks spends, eight candidates a block, of each of which `columns` scores are summed
/// into `values` values of `segments` sums each.
const fn sums(picks: f64, columns: f64, values: f64, segments: f64) -> Spends {
    let generated = picks * (BLOCK / 8.0 + CANDIDATE);
    Spends {
        integer: generated + picks * columns + values * (segments + TALLIED),
        float: 0.0,
        gathers: 0.0,
    }
}

/// What a draw of the regression of 63 coefficients on 6 series spends: Cholesky's factor, and two triangular
/// solves a series; `of_errors` beside them.
const fn regression(values: f64, of_errors: f64) -> Spends {
    let p = 63.0;
    Spends {
        float: p * p * p / 3.0 + 6.0 * 2.0 * p * p + of_errors,
        // The windows' days are summed a series, and the pairs of windows that overlap counted.
        ..sums(47.0, 6.0 * 31.0 + 47.0, values, 2.0)
    }
}

impl Shape {
    /// All of them.
    pub const ALL: &'static [Shape] = &[
        Shape {
            name: "mean",
            about: "mean change, 47 of 760 dates in two groups, 6 series",
            make: || mean_of(6),
            spends: sums(47.0, 6.0, 24.0, 2.0),
        },
        Shape {
            name: "median",
            about: "median change, 15 of 470 dates, 9 series",
            make: || endpoints(470, 9, &[15], "statistic = \"median-change\""),
            spends: sums(15.0, 9.0, 9.0, 1.0),
        },
        Shape {
            name: "labels",
            about: "mean change, the labels of 16 + 31 events dealt anew, 6 series",
            make: || {
                let keys = "statistic = \"mean-change\"\nnull = \"labels\"";
                endpoints(760, 6, &[16, 31], keys)
            },
            spends: sums(16.0, 6.0, 24.0, 2.0),
        },
        Shape {
            name: "regression",
            about: "overlap regression, 63 coefficients, 47 of 760 dates, 6 series",
            make: || regressions("\"overlap-regression\""),
            spends: regression(18.0, 0.0),
        },
        Shape {
            name: "t-ratio",
            about: "the same with HAC t-ratios",
            make: || regressions("\"overlap-regression\", \"overlap-regression-t\""),
            // A residual of 47 windows' coefficients, and products over 30 lags for three contrasts.
            spends: regression(36.0, 6.0 * (47.0 * 31.0 + 3.0 * 760.0 * (2.0 + 2.0 * 30.0))),
        },
        Shape {
            name: "two-sample",
            about: "difference of means, 100 + 120 rows",
            make: || table(220, 100, 1),
            spends: sums(100.0, 1.0, 1.0, 2.0),
        },
        Shape {
            name: "wide",
            about: "difference of means, 100 + 100 rows, 20,000 outcomes",
            make: || table(200, 100, 20_000),
            // A sum of eight rows is read from a table of all of theirs.
            spends: Spends {
                integer: 100.0 * (BLOCK / 8.0 + CANDIDATE)
                    + 20_000.0 * (200.0 / 8.0 + 1.0 + TALLIED),
                float: 0.0,
                gathers: 0.0,
            },
        },
        Shape {
            name: "bootstrap",
            about: "mean of 1,000 rows drawn with replacement",
            make: resampled,
            spends: Spends {
                integer: 1000.0 * (BLOCK / 8.0 + 2.0) + 1000.0,
                float: 1.0,
                gathers: 1000.0,
            },
        },
    ];

    /// Makes its data and what is asked of them.
    ///
    /// # Errors
    ///
    /// None but those of a fault of the program.
    pub fn make(&self) -> Result<Asked> {
        (self.make)()
    }

    /// The shapes of these names; all without any.
    ///
    /// # Errors
    ///
    /// A name that is none of theirs.
    pub fn named(names: &[String]) -> Result<Vec<Shape>> {
        if names.is_empty() {
            return Ok(Self::ALL.to_vec());
        }
        let known = || Self::ALL.iter().map(|shape| shape.name);
        let find = |name: &String| {
            let found = Self::ALL.iter().find(|shape| shape.name == name);
            found.copied().ok_or_else(|| {
                Error::input(
                    format!("--shape {name}"),
                    "no shape has this name",
                    format!(
                        "{}Known: {}.",
                        did_you_mean(name, known()),
                        quoted_list(known())
                    ),
                )
            })
        };
        names.iter().map(find).collect()
    }
}

/// The mean change of 47 of 760 dates, of `series` series.
pub(super) fn mean_of(series: usize) -> Result<Asked> {
    endpoints(760, series, &[16, 31], "statistic = \"mean-change\"")
}

/// Changes over ten days to either side of `positions` eligible dates.
fn endpoints(positions: usize, series: usize, groups: &[usize], keys: &str) -> Result<Asked> {
    let panel = walks(positions + 20, series);
    let events = events(&panel, groups, 10, positions + 10);
    let keys = format!("[[test]]\nwindow = [-10, 10]\nmeasure = \"endpoints\"\n{keys}\n");
    dates(&panel, &events, &keys)
}

/// Regressions on windows of 15 days to either side of 47 of 760 dates, which overlap.
fn regressions(statistics: &str) -> Result<Asked> {
    let panel = walks(761, 6);
    let events = events(&panel, &[16, 31], 16, 745);
    // The first day has no change.
    let from = panel.dates[1];
    let keys = format!(
        "[sample]\nfrom = {from}\n[[test]]\nwindow = [-15, 15]\nstatistic = [{statistics}]\ndays = [15]\n"
    );
    dates(&panel, &events, &keys)
}

/// A test of events.
fn dates(panel: &Panel, events: &Events, keys: &str) -> Result<Asked> {
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
         {keys}[run]\nseed = 20240229\nenumerate = 0\n"
    ))
    .expect("a study that is written here is well-formed");
    let mut plans = compile(&study, panel, events, &[])?.plans;
    Ok(Asked::Plan(Box::new(plans.remove(0).plan)))
}

/// A two-sample test of `columns` outcomes.
fn table(rows: usize, first: usize, columns: usize) -> Result<Asked> {
    let arm = (0..rows).map(|row| Some(if row < first { "a" } else { "b" }));
    let arms = [DataColumn::texts("arm", arm)];
    let outcomes = outcomes(rows, columns).enumerate();
    let outcomes = outcomes.map(|(n, values)| DataColumn::numbers(&format!("y{n}"), values));
    let table = DataTable::of(arms.into_iter().chain(outcomes))?;
    let mut spec = TableSpec::new("y* ~ arm");
    spec.exact = false;
    let mut plans = TableTest::of(table, spec).compile()?.plans;
    Ok(Asked::Plan(Box::new(plans.remove(0).plan)))
}

/// The bootstrap of a mean.
fn resampled() -> Result<Asked> {
    let columns = outcomes(1000, 1).map(|values| DataColumn::numbers("y", values));
    let table = DataTable::of(columns)?;
    let spec = BootstrapSpec::new(BootstrapStatistic::Mean, ["y"]);
    let mut asked = Bootstrap::of(table, spec).compile()?.asked;
    Ok(Asked::Resampling(Box::new(asked.remove(0).resampling)))
}
