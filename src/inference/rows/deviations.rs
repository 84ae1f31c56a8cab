//! Least absolute deviations beside the least squares of the observed events.

use std::collections::HashMap;

use super::ResultRow;
use crate::inference::{LadRange, lad, unit_of_scores};
use crate::question::Key;
use crate::question::events::EventPlan;

/// Largest number of design cells (rows of the sample times coefficients), and of effects, for which
/// the linear programs are solved: some seconds.
const MOST_CELLS: usize = 100_000;
const MOST_EFFECTS: usize = 1_000;

/// What names an effect, whatever the null design.
type Name<'r> = (&'r str, &'r str, &'r str, i32);

fn of_key(key: &Key) -> Name<'_> {
    (
        key.series(),
        key.group(),
        key.statistic(),
        key.relative_day(),
    )
}

fn name(row: &ResultRow) -> Name<'_> {
    of_key(&row.key)
}

/// Fills in the ranges of a plan's effects. Rows of `earlier` plans that hold the same estimates lend
/// theirs. Why there are none, as a note, where there are none.
pub fn add_deviations(
    rows: &mut [ResultRow],
    earlier: &[ResultRow],
    plan: &EventPlan,
) -> Option<String> {
    let known: HashMap<Name, &ResultRow> = earlier
        .iter()
        .filter(|row| row.lad_low.is_some() && row.window() == plan.words.window)
        .map(|row| (name(row), row))
        .collect();
    let mut lacking = false;
    for row in rows.iter_mut().filter(|row| row.has_deviations()) {
        match known
            .get(&name(row))
            .filter(|had| had.is_same_estimate(row))
        {
            Some(had) => (row.lad_low, row.lad_high) = (had.lad_low, had.lad_high),
            None => lacking = true,
        }
    }
    if !lacking {
        return None;
    }
    let ranges = match ranges(plan) {
        Ok(ranges) => ranges,
        Err(why) => {
            return Some(format!(
                "{}: no least absolute deviations: {why}",
                plan.words.null
            ));
        }
    };
    for row in rows.iter_mut().filter(|row| row.has_deviations()) {
        if let Some(&(low, high)) = ranges.get(&name(row)) {
            (row.lad_low, row.lad_high) = (Some(low), Some(high));
        }
    }
    None
}

/// The range of every effect of a plan, in the unit of its row.
fn ranges(plan: &EventPlan) -> Result<HashMap<Name<'_>, (f64, f64)>, String> {
    let mut ranges = HashMap::new();
    let Some((fold, regression, range)) = plan.regression() else {
        return Ok(ranges);
    };
    let cells = regression.outcomes().positions() * regression.parameters();
    if cells > MOST_CELLS || fold.values() > MOST_EFFECTS {
        return Err(format!(
            "{cells} cells and {} effects; they are made for at most {MOST_CELLS} and {MOST_EFFECTS}",
            fold.values()
        ));
    }
    let found = lad(regression, fold.contrasts(), &plan.observed);
    let found = found.map_err(|error| error.to_string())?;
    let columns = regression.columns();
    for (value, h) in range.enumerate() {
        let column = columns[value % columns.len()];
        if column.studentised {
            continue;
        }
        let unit = unit_of_scores(plan, regression, value, h);
        let LadRange { low, high } =
            found.effects[value / columns.len()][column.effect][column.series];
        ranges.insert(of_key(&plan.labels[h].key), (low * unit, high * unit));
    }
    Ok(ranges)
}
