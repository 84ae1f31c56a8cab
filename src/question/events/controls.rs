//! Series less what their controls explain.

use jiff::civil::Date;
use nalgebra::{DMatrix, DVector};

use crate::error::{Error, Result};
use crate::load::{Panel, Series};
use crate::question::events::holes::holes;
use crate::study::{ControlsSpec, SampleSpec, Transform};

/// Residual levels are rounded to so many decimals of the data's unit.
const DECIMALS: f64 = 1e6;
/// Smallest singular value, as a share of the largest, that regressors may have.
const LEAST_RANK: f64 = 1e-10;

/// The series of `panel` with their changes residualised on those of `controls`, which holds the
/// controls' series over the same dates: least squares on a constant and on each control's change in
/// the same row and at each lag, over the rows of the sample where all are known. The constant stays
/// in. Levels are the first one and the residual changes after it; rows that lack a value lose it, and
/// changes over holes count as zero and are not fitted.
///
/// # Errors
///
/// A transform other than `level-change`, too few rows, or collinear controls.
pub fn residualised(
    panel: &Panel,
    controls: &Panel,
    spec: &ControlsSpec,
    sample: SampleSpec,
    transform: Transform,
) -> Result<Panel> {
    if transform != Transform::LevelChange {
        return Err(Error::input(
            "[grid] controls",
            "changes are residualised for transform = \"level-change\" alone",
            "leave the controls out, or take level changes",
        ));
    }
    let mut panel = panel.clone();
    for series in &mut panel.series {
        let others: Vec<&Series> = controls
            .series
            .iter()
            .filter(|control| control.name != series.name)
            .collect();
        if others.is_empty() {
            continue;
        }
        let (values, explained) = residual_levels(series, &others, &panel.dates, spec, sample)?;
        series.values = values;
        panel.rules.push(format!(
            "controls: changes of `{}` are residualised on {spec} (R2 {explained:.3}), levels rounded to 1e-6",
            series.name
        ));
    }
    Ok(panel)
}

/// Residual levels by row, and the share of the changes' variance that the controls explain.
fn residual_levels(
    series: &Series,
    controls: &[&Series],
    dates: &[Date],
    spec: &ControlsSpec,
    sample: SampleSpec,
) -> Result<(Vec<Option<f64>>, f64)> {
    let known: Vec<usize> = (0..dates.len())
        .filter(|&row| {
            series.values[row].is_some() && controls.iter().all(|c| c.values[row].is_some())
        })
        .collect();
    let known_dates: Vec<Date> = known.iter().map(|&row| dates[row]).collect();
    let holes = holes(&known_dates);
    let spans_hole = |i: usize| holes.binary_search_by_key(&i, |hole| hole.row).is_ok();
    let change = |values: &[Option<f64>], i: usize| match spans_hole(i) {
        true => 0.0,
        false => values[known[i]].unwrap_or(0.0) - values[known[i - 1]].unwrap_or(0.0),
    };
    let regressors = |i: usize| -> Vec<f64> {
        let mut changes = Vec::with_capacity(controls.len() * (spec.lags + 1));
        for control in controls {
            changes.extend((0..=spec.lags).map(|lag| change(&control.values, i - lag)));
        }
        changes
    };
    let first = spec.lags + 1;
    let rows: Vec<usize> = (first..known.len())
        .filter(|&i| {
            let date = known_dates[i];
            !spans_hole(i)
                && sample.from.is_none_or(|from| from <= date)
                && sample.to.is_none_or(|to| date <= to)
        })
        .collect();
    let columns = 1 + controls.len() * (spec.lags + 1);
    if rows.len() <= columns {
        return Err(Error::input(
            "[grid] controls",
            format!(
                "{} rows of `{}` and its controls for {columns} coefficients",
                rows.len(),
                series.name
            ),
            "take fewer lags or controls, or a longer sample",
        ));
    }
    let all: Vec<Vec<f64>> = rows.iter().map(|&i| regressors(i)).collect();
    let x = DMatrix::from_fn(rows.len(), columns, |r, c| match c {
        0 => 1.0,
        c => all[r][c - 1],
    });
    let y = DVector::from_iterator(rows.len(), rows.iter().map(|&i| change(&series.values, i)));
    let svd = x.clone().svd(true, true);
    let largest = svd.singular_values.max();
    let collinear = svd.singular_values.min() <= LEAST_RANK * largest;
    let beta = match svd.solve(&y, 0.0) {
        Ok(beta) if !collinear => beta,
        _ => {
            return Err(Error::input(
                "[grid] controls",
                format!("the changes of {spec} are collinear"),
                "leave out controls that the others make up",
            ));
        }
    };
    let residuals = &y - &x * &beta;
    let mean = y.mean();
    let total: f64 = y.iter().map(|y| (y - mean).powi(2)).sum();
    let explained = 1.0 - residuals.norm_squared() / total;
    let mut values = vec![None; dates.len()];
    let mut level = known
        .get(first - 1)
        .and_then(|&row| series.values[row])
        .unwrap_or(0.0);
    for i in first - 1..known.len() {
        if i >= first {
            let fitted: f64 = regressors(i)
                .iter()
                .zip(beta.iter().skip(1))
                .map(|(x, b)| x * b)
                .sum();
            level += change(&series.values, i) - fitted;
        }
        values[known[i]] = Some((level * DECIMALS).round() / DECIMALS);
    }
    Ok((values, explained))
}
