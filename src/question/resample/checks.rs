//! What a bootstrap refuses before it looks at numbers.

use super::columns::Columns;
use super::spec::{BootstrapSpec, BootstrapStatistic as Statistic, SchemeName};
use crate::error::{Cause, Error, Result};
use crate::resample::IntervalKind;

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
    let is_linear = matches!(
        spec.statistic,
        Statistic::Mean | Statistic::Sum | Statistic::DifferenceOfMeans
    );
    let is_fewer = spec.scheme == Some(SchemeName::MOutOfN);
    let refuse = |problem: &str, remedy: &str| Err(Error::input("--interval", problem, remedy));
    if has(IntervalKind::PercentileT) && !is_linear {
        return refuse(
            "`percentile-t` takes a standard error of each draw, which mean, sum and difference-of-means have",
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
    if is_fewer && asks_more {
        return refuse(
            "`m-out-of-n` has no corrected or studentized intervals",
            "Take basic, percentile or normal.",
        );
    }
    Ok(())
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
