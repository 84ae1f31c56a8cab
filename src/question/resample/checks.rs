//! What a bootstrap refuses before it looks at numbers.

use super::columns::Columns;
use super::spec::{BootstrapSpec, BootstrapStatistic as Statistic, SchemeName};
use crate::error::{Cause, Error, Result};
use crate::resample::{IntervalKind, QuantileRule};

/// The most rows of several files together: words of a draw.
const MOST_FILED: u64 = 1 << 33;
/// The most numbers in the sums of a regression.
const MOST_SUMS: usize = 1 << 26;

/// Refuses intervals that the scheme does not have.
pub(super) fn check_intervals(spec: &BootstrapSpec) -> Result<()> {
    check_studentized(spec)?;
    let wrong = spec
        .kinds()
        .into_iter()
        .find(|kind| kind.is_of_a_law() == spec.is_wild());
    let Some(kind) = wrong else {
        return Ok(());
    };
    let (problem, remedy) = match spec.is_wild() {
        true => (
            "is made of a law of replicates, and wild schemes test",
            "Take inversion.",
        ),
        false => (
            "inverts the tests of wild schemes",
            "Take percentile, basic, normal, bc or bca.",
        ),
    };
    Err(Error::input(
        "--interval",
        format!("`{}` {problem}", kind.name()),
        remedy,
    ))
}

/// Refuses intervals for which draws lack what they take.
fn check_studentized(spec: &BootstrapSpec) -> Result<()> {
    let kinds = spec.kinds();
    let has = |kind: IntervalKind| kinds.contains(&kind);
    let is_sorted = matches!(
        spec.statistic,
        Statistic::Median | Statistic::Quantile { .. } | Statistic::TrimmedMean { .. }
    );
    let is_fewer = spec.scheme == Some(SchemeName::MOutOfN);
    let refuse = |problem: &str, remedy: &str| Err(Error::input("--interval", problem, remedy));
    if has(IntervalKind::PercentileT) && is_sorted {
        return refuse(
            "`percentile-t` takes a standard error of each draw, and those of sorted values take their density, which no \
             draw tells",
            "Take bca, or another interval.",
        );
    }
    let asks_more = [
        IntervalKind::Bc,
        IntervalKind::Bca,
        IntervalKind::PercentileT,
    ]
    .into_iter()
    .any(has);
    if spec.scheme == Some(SchemeName::Bayesian) && asks_more {
        return refuse(
            "the law of `bayesian` weights is a posterior one, which nothing corrects",
            "Take percentile, whose ends are its quantiles, basic or normal.",
        );
    }
    if is_fewer && asks_more {
        return refuse(
            "`m-out-of-n` has no corrected or studentized intervals",
            "Take basic, percentile or normal.",
        );
    }
    Ok(())
}

/// Refuses what cannot be put together from the rows of several files.
pub(super) fn check_of_files(spec: &BootstrapSpec, columns: &Columns) -> Result<()> {
    let Some(first) = spec.first_row else {
        return Ok(());
    };
    let refuse = |problem: String, remedy: &str| Err(Error::input("--first-row", problem, remedy));
    if spec.scheme != Some(SchemeName::Poisson) {
        return refuse(
            "a row's number of times depends on no other row under `poisson` alone".into(),
            "Take --scheme poisson, or join the files.",
        );
    }
    if first == 0 || first > MOST_FILED {
        return refuse(
            format!("rows are numbered from 1 to {MOST_FILED}"),
            "Give the number of rows of the files before this one, and 1.",
        );
    }
    let flag = [("--group", &spec.group), ("--cluster", &spec.cluster)];
    if let Some((flag, _)) = flag.iter().find(|(_, column)| column.is_some()) {
        return refuse(
            format!(
                "{flag} may say the same of rows of several files, and each is drawn by itself"
            ),
            "Join the files, or leave it out.",
        );
    }
    let of_law = [
        IntervalKind::Percentile,
        IntervalKind::Basic,
        IntervalKind::Normal,
        IntervalKind::Bc,
    ];
    if let Some(kind) = spec.kinds().iter().find(|kind| !of_law.contains(kind)) {
        return refuse(
            format!(
                "`{}` takes the rows themselves, and files are put together by their sums",
                kind.name()
            ),
            "Take --interval percentile, basic, normal or bc.",
        );
    }
    let is_sorted = matches!(
        spec.statistic,
        Statistic::Median | Statistic::Quantile { .. } | Statistic::TrimmedMean { .. }
    );
    if is_sorted {
        return refuse(
            format!(
                "`{}` takes all values in their order, and files are put together by their sums",
                spec.statistic.name()
            ),
            "Join the files.",
        );
    }
    let made = columns.regression.as_ref().filter(|of| !of.made.is_empty());
    if let Some(regression) = made {
        return refuse(
            format!(
                "the levels of a factor (`{}`) may differ from file to file",
                regression.made[0]
            ),
            "Make columns of 0 and 1 of them, or join the files.",
        );
    }
    Ok(())
}

/// Refuses statistics that weights make nothing of.
pub(super) fn check_weighted(spec: &BootstrapSpec) -> Result<()> {
    if spec.scheme != Some(SchemeName::Bayesian) {
        return Ok(());
    }
    let (problem, remedy) = match spec.statistic {
        Statistic::Median
        | Statistic::Quantile {
            rule: QuantileRule::Linear,
            ..
        } => (
            "lies between two values, and weights that are no whole numbers do not say where",
            "Take quantile(0.5, type=1): the least value at or below which that share of the weights lies.",
        ),
        Statistic::TrimmedMean { .. } => (
            "leaves out a number of values, and weights are none",
            "Take the mean, or quantile(0.5, type=1).",
        ),
        Statistic::Variance | Statistic::Sd | Statistic::Sharpe => (
            "divides by n - 1, and weights that are no whole numbers have no such number",
            "Take another statistic, or --scheme poisson, whose weights are whole numbers.",
        ),
        _ => return Ok(()),
    };
    Err(Error::input(
        "--scheme",
        format!("`{}` {problem}", spec.statistic.name()),
        remedy,
    ))
}

/// Refuses regressions whose sums are too many.
pub(super) fn check_sums(columns: &Columns) -> Result<()> {
    let k = columns.values.len();
    let sums = (k + 1) * (k + 2) / 2;
    if sums * columns.rows <= MOST_SUMS {
        return Ok(());
    }
    let error = Error::input(
        "ols",
        format!(
            "{} regressors over {} rows take {sums} sums a row, and at most {MOST_SUMS} are kept",
            k - 1,
            columns.rows
        ),
        "Take fewer regressors, or fewer rows.",
    );
    Err(error.because(Cause::TooLarge {
        found: sums * columns.rows,
        most: MOST_SUMS,
    }))
}
