//! The rows and the null of a test of a table.

use super::Answer;
use crate::inference::ResultRow;
use crate::question::table::{Shown, TablePlan};
use crate::report::TableNullStatement;

/// The row of a hypothesis of which nothing was drawn.
pub(super) fn answered_row(study: &str, plan: &TablePlan, h: usize) -> ResultRow {
    let hypothesis = &plan.hypotheses[h];
    ResultRow {
        study: study.to_owned(),
        key: plan.labels[h].key.clone(),
        observed: hypothesis.observed_value(),
        observed_reason: hypothesis.observed_reason(),
        ..ResultRow::default()
    }
}

/// Puts an exact law's answer in the place of that of the draws.
pub(super) fn answer(row: &mut ResultRow, exact: &Answer) {
    row.p_lower = Some(exact.lower);
    row.p_upper = Some(exact.upper);
    row.p = Some(exact.p);
    (row.p_mc_low, row.p_mc_high) = (row.p, row.p);
    row.p_exact = row.p;
    row.p_exact_engine = Some(exact.engine.into());
    row.p_exact_reason = None;
    row.engine = exact.engine.into();
}

/// Puts a row's values as they are reported.
pub(super) fn show(row: &mut ResultRow, shown: Shown) {
    match shown {
        Shown::Value => {}
        Shown::Shifted(by) => {
            let values = [
                &mut row.observed,
                &mut row.null_mean,
                &mut row.null_q025,
                &mut row.null_q975,
                &mut row.sim_low,
                &mut row.sim_high,
            ];
            for value in values.into_iter().flatten() {
                *value += by;
            }
            for edge in row.null_edges.iter_mut().flatten() {
                *edge += by;
            }
        }
        Shown::Instead(value) => {
            row.observed = Some(value).filter(|value| value.is_finite());
            if !value.is_finite() {
                row.observed_reason = Some("the values within groups do not vary".into());
            }
            row.null_reason =
                Some("draws are compared by what rises with the statistic, not by itself".into());
            let nulls = [
                &mut row.null_mean,
                &mut row.null_sd,
                &mut row.null_q025,
                &mut row.null_q975,
                &mut row.bin_width,
                &mut row.sim_low,
                &mut row.sim_high,
            ];
            for value in nulls {
                *value = None;
            }
            (row.null_edges, row.null_counts) = (None, None);
        }
    }
}

/// The null of a plan in words and numbers.
pub(crate) fn null_statement(plan: &TablePlan) -> TableNullStatement {
    let (log10, exact) = plan.design.admissible_sets();
    let words = &plan.words;
    TableNullStatement {
        null: words.null.clone(),
        assumption: words.assumption.clone(),
        approximate: words.approximate.clone(),
        convention: plan.convention.name().into(),
        variable: words.variable.clone(),
        statistics: words.statistics.clone(),
        definitions: words.definitions.clone(),
        rows: words.rows,
        groups: words.groups.clone(),
        observed_admissible: words.admissible,
        admissible: exact.map(|sets| sets.to_string()),
        admissible_log10: log10,
    }
}
