//! One draw of a test of a table, looked at.

use serde::Serialize;

use super::TableTest;
use crate::error::{Error, Result};
use crate::question::table::{Shown, TablePlan};

/// A draw of one null design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableDraw {
    /// The design with its parameters.
    pub null: String,
    /// Each group, or each of the variable's values, with the rows that the draw gives it.
    pub groups: Vec<DrawnGroup>,
    /// What the draw comes to.
    pub values: Vec<DrawnValue>,
}

/// The rows that a draw gives a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrawnGroup {
    /// The group, or the variable's value; `all` of one sample, and of a series that is moved.
    pub group: String,
    /// The table's rows, from 1, in the order in which they were drawn; of a series that is moved, the
    /// outcome's rows in the order of the variable's. A row whose outcome changes its sign is negative.
    pub rows: Vec<i64>,
}

/// A value of a draw beside the observed one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DrawnValue {
    /// The outcome.
    pub outcome: String,
    /// The statistic.
    pub statistic: String,
    /// The contrast.
    pub group: String,
    /// The draw's value; `None` where it has none, or where draws are compared by what rises with the
    /// statistic.
    pub value: Option<f64>,
    /// The observed value.
    pub observed: Option<f64>,
    /// How the draw compares with the observed one: -1, 0 or 1; `None` without a value.
    pub compares: Option<i8>,
}

impl TableTest {
    /// Replays the draw `index` of each of the test's null designs.
    ///
    /// # Errors
    ///
    /// As for [`TableTest::compile`]; an index beyond the last set of a design that makes each once.
    pub fn draw_at(&self, index: u64) -> Result<Vec<TableDraw>> {
        let compiled = self.compile()?;
        compiled
            .plans
            .iter()
            .map(|plan| drawn(plan, index))
            .collect()
    }
}

fn drawn(plan: &TablePlan, index: u64) -> Result<TableDraw> {
    if let Some(sets) = plan.design.enumeration().filter(|&sets| index >= sets) {
        return Err(Error::input(
            format!("--index {index}"),
            format!(
                "{} makes each of its {sets} sets once, numbered from 0",
                plan.words.null
            ),
            format!("Ask for an index from 0 to {}.", sets - 1),
        ));
    }
    let draw = plan.draw(index);
    let kept = plan.design.negated_from().unwrap_or(usize::MAX);
    let row = |&position: &u32| {
        let position = position as usize;
        match position >= kept {
            true => -i64::from(plan.words.table_rows[position - kept]),
            false => i64::from(plan.words.table_rows[position]),
        }
    };
    let groups = plan.groups.iter().zip(&draw.groups);
    let values = plan.hypotheses.iter().zip(&plan.labels).enumerate();
    Ok(TableDraw {
        null: plan.words.null.clone(),
        groups: groups
            .map(|(group, positions)| DrawnGroup {
                group: group.clone(),
                rows: positions.iter().map(row).collect(),
            })
            .collect(),
        values: values
            .map(|(h, (hypothesis, label))| {
                let numerator = draw.numerators[h].filter(|_| hypothesis.void.is_none());
                let finite = |value: f64| Some(value).filter(|value| value.is_finite());
                let shown = |value: f64| match plan.words.shown[h] {
                    Shown::Value => finite(value),
                    Shown::Shifted(by) => finite(value + by),
                    Shown::Instead(_) => None,
                };
                DrawnValue {
                    outcome: label.key.text("outcome").to_owned(),
                    statistic: label.key.statistic().to_owned(),
                    group: label.key.text("group").to_owned(),
                    value: numerator.and_then(|n| shown(hypothesis.value(n))),
                    observed: match plan.words.shown[h] {
                        Shown::Instead(value) => finite(value),
                        _ => hypothesis.observed_value().and_then(shown),
                    },
                    compares: numerator.map(|n| n.cmp(&hypothesis.observed) as i8),
                }
            })
            .collect(),
    })
}
