//! Scores: what is summed or ranked at each eligible date.

use super::fixed_point::{FixedPoint, Numbers, Scale};
use super::sample::Sample;
use crate::error::{Error, Result};
use crate::load::Panel;
use crate::study::{DataSpec, Transform};

/// The scores of one series over relative days, and how to read them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SeriesScores {
    /// A relative day, an eligible row: the change from the window's first day.
    pub days: Vec<Vec<i32>>,
    /// Scale of a score in the reported unit.
    pub scale: Scale,
    /// The reported unit.
    pub unit: String,
    /// Largest rounding error in the reported unit.
    pub rounding_error: f64,
}

/// The changes of series `s` over each of `spans` (first and last relative day), at sample rows `rows`.
/// Windows that leave the sample are cut at its ends.
///
/// # Errors
///
/// A change that the transform does not define, or that does not fit the stated quantum.
pub(super) fn series_scores(
    panel: &Panel,
    sample: &Sample,
    s: usize,
    data: &DataSpec,
    rows: &[usize],
    spans: &[[i32; 2]],
) -> Result<SeriesScores> {
    let name = &panel.series[s].name;
    let values = &sample.values[s];
    check_transform(name, sample, values, data.transform)?;
    let windows = Windows {
        rows,
        spans,
        sample_rows: values.len(),
    };
    let changes = match (Numbers::from_floats(values), data.transform) {
        (Numbers::Decimal { digits, values }, Transform::LevelChange) => Numbers::Decimal {
            digits,
            values: windows.ends(&values, |from, to| to - from),
        },
        (Numbers::Float(values), Transform::LevelChange) => {
            Numbers::Float(windows.ends(&values, |from, to| to - from))
        }
        (Numbers::Decimal { digits, values }, Transform::None) => Numbers::Decimal {
            digits,
            values: windows.inside(&values, |part| part.iter().sum()),
        },
        (Numbers::Float(values), Transform::None) => {
            Numbers::Float(windows.inside(&values, |part| part.iter().sum()))
        }
        (_, Transform::LogChange) => {
            Numbers::Float(windows.ends(values, |from, to| (to / from).ln()))
        }
        (_, Transform::PercentChange) => {
            Numbers::Float(windows.ends(values, |from, to| 100.0 * (to / from - 1.0)))
        }
    };
    in_fixed_point(&changes, rows.len(), name, data)
}

/// What `levels`, added to a series, adds to its changes: those of [`series_scores`], a span a
/// list. The first level stands on the row before the sample.
pub(super) fn added_scores(
    levels: &[i64],
    transform: Transform,
    rows: &[usize],
    spans: &[[i32; 2]],
) -> Vec<Vec<i64>> {
    let windows = Windows {
        rows,
        spans,
        sample_rows: levels.len() - 1,
    };
    let scores = match transform {
        Transform::None => windows.inside(&increments(levels), |part| part.iter().sum()),
        _ => windows.ends(&levels[1..], |from, to| to - from),
    };
    scores.chunks(rows.len()).map(<[i64]>::to_vec).collect()
}

/// The change to each level but the first.
pub(super) fn increments(levels: &[i64]) -> Vec<i64> {
    levels.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The daily changes of series `s`, a sample row each: one "day" of as many scores. The first one
/// needs the value before the sample.
///
/// # Errors
///
/// There is no earlier value, a change that the transform does not define, or one that does not fit
/// the stated quantum.
pub(super) fn series_outcomes(
    panel: &Panel,
    sample: &Sample,
    s: usize,
    data: &DataSpec,
) -> Result<SeriesScores> {
    let name = &panel.series[s].name;
    let rows = sample.dates.len();
    let mut values = sample.values[s].clone();
    if data.transform == Transform::None {
        return in_fixed_point(&Numbers::from_floats(&values), rows, name, data);
    }
    let Some(before) = sample.before[s] else {
        return Err(Error::input(
            format!("series `{name}`, {}", sample.dates[0]),
            "the overlap regression needs the change on the sample's first date, but there is no earlier value",
            format!(
                "load earlier data, or begin the sample later ([sample] from = {})",
                sample.dates.get(1).unwrap_or(&sample.dates[0])
            ),
        ));
    };
    check_transform(name, sample, &values, data.transform)?;
    check_transform(name, sample, &[before], data.transform)?;
    values.insert(0, before);
    let floats = |change: fn(f64, f64) -> f64| {
        Numbers::Float(
            values
                .windows(2)
                .map(|pair| change(pair[0], pair[1]))
                .collect(),
        )
    };
    let changes = match (Numbers::from_floats(&values), data.transform) {
        (Numbers::Decimal { digits, values }, Transform::LevelChange) => Numbers::Decimal {
            digits,
            values: values.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        },
        (_, Transform::LogChange) => floats(|from, to| (to / from).ln()),
        (_, Transform::PercentChange) => floats(|from, to| 100.0 * (to / from - 1.0)),
        (_, Transform::LevelChange | Transform::None) => floats(|from, to| to - from),
    };
    in_fixed_point(&changes, rows, name, data)
}

fn in_fixed_point(
    changes: &Numbers,
    rows: usize,
    name: &str,
    data: &DataSpec,
) -> Result<SeriesScores> {
    let fixed = FixedPoint::new(changes, data.quantum, &format!("series `{name}`"))?;
    let (unit, power) = reported_unit(data);
    Ok(SeriesScores {
        days: fixed.scores.chunks(rows).map(<[i32]>::to_vec).collect(),
        scale: Scale {
            exponent: fixed.scale.exponent + power,
            step: fixed.scale.step,
        },
        unit,
        rounding_error: fixed.rounding_error * 10f64.powi(power),
    })
}

/// The unit of a change, and the power of ten from the data's unit to it: percent become basis
/// points.
fn reported_unit(data: &DataSpec) -> (String, i32) {
    match (data.transform, data.unit.as_deref()) {
        (Transform::LogChange, _) => ("log".into(), 0),
        (Transform::PercentChange, _) => ("percent".into(), 0),
        (Transform::LevelChange | Transform::None, Some("percent")) => ("bp".into(), 2),
        (Transform::LevelChange | Transform::None, unit) => (unit.unwrap_or("units").into(), 0),
    }
}

fn check_transform(
    name: &str,
    sample: &Sample,
    values: &[f64],
    transform: Transform,
) -> Result<()> {
    let (change, bad): (_, fn(f64) -> bool) = match transform {
        Transform::LogChange => ("log-change", |value| value <= 0.0),
        Transform::PercentChange => ("percent-change", |value| value == 0.0),
        Transform::LevelChange | Transform::None => return Ok(()),
    };
    match values.iter().position(|&v| bad(v)) {
        None => Ok(()),
        Some(t) => Err(Error::input(
            format!("series `{name}`, {}", sample.dates[t]),
            format!("the value {} has no {change}", values[t]),
            "use [data] transform = \"level-change\" for series that reach zero or below",
        )),
    }
}

/// The windows `spans` about each of `rows`, cut at the sample's ends.
struct Windows<'a> {
    rows: &'a [usize],
    /// First and last relative days.
    spans: &'a [[i32; 2]],
    sample_rows: usize,
}

impl Windows<'_> {
    /// `change(value on the first day, value on the last day)`, span by span, row by row.
    fn ends<T: Copy, U>(&self, values: &[T], change: impl Fn(T, T) -> U) -> Vec<U> {
        let last = self.sample_rows - 1;
        self.each(|start, end| change(values[start.min(last)], values[end.max(1) - 1]))
    }

    /// `fold(the values inside)`, span by span, row by row; a window wholly outside holds none.
    fn inside<T, U>(&self, values: &[T], fold: impl Fn(&[T]) -> U) -> Vec<U> {
        self.each(|start, end| fold(&values[start..end]))
    }

    fn each<U>(&self, change: impl Fn(usize, usize) -> U) -> Vec<U> {
        let cut = |row: i64| row.clamp(0, self.sample_rows as i64) as usize;
        self.spans
            .iter()
            .flat_map(|&span| self.rows.iter().map(move |&row| (row as i64, span)))
            .map(|(row, [first, last])| {
                change(cut(row + i64::from(first)), cut(row + i64::from(last) + 1))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows<'a>(spans: &'a [[i32; 2]], rows: &'a [usize]) -> Windows<'a> {
        Windows {
            rows,
            spans,
            sample_rows: 4,
        }
    }

    #[test]
    fn level_changes_between_the_ends() {
        let levels = [10, 11, 13, 16];
        let change = |from: i32, to: i32| to - from;
        assert_eq!(windows(&[[-1, 1]], &[1, 2]).ends(&levels, change), [3, 5]);
        // Cut: row 0 starts at itself, row 3 ends at itself.
        assert_eq!(
            windows(&[[-1, 1]], &[0, 1, 2, 3]).ends(&levels, change),
            [1, 3, 5, 3]
        );
        assert_eq!(
            windows(&[[-1, 1], [0, 1]], &[1, 2]).ends(&levels, change),
            [3, 5, 2, 3]
        );
    }

    #[test]
    fn sums_inside_the_window() {
        let changes = [1, 2, 4, 8];
        let sum = |part: &[i32]| part.iter().sum::<i32>();
        assert_eq!(
            windows(&[[-1, 1], [-1, 0]], &[1, 2]).inside(&changes, sum),
            [7, 14, 3, 6]
        );
        assert_eq!(windows(&[[-1, -1]], &[0, 1]).inside(&changes, sum), [0, 1]);
    }
}
