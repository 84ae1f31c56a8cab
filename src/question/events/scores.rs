//! Scores: what is summed or ranked at each eligible date.

use std::ops::Range;

use jiff::civil::Date;

use super::sample::Sample;
use crate::error::{Error, Result};
use crate::load::Panel;
use crate::plan::{Coarse, FixedPoint, Numbers, Scale};
use crate::study::{DataSpec, Measure, Transform};

/// The scores of one series over relative days, and how to read them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SeriesScores {
    /// A window, an eligible row: the change over it.
    pub days: Vec<Vec<i32>>,
    /// Scale of a step in the reported unit.
    pub scale: Scale,
    /// Scores of a step: 1, unless the series is made anew in finer parts.
    pub parts: u64,
    /// The reported unit.
    pub unit: String,
    /// Largest rounding error in the reported unit.
    pub rounding_error: f64,
    /// A step that is too coarse for the changes over some window.
    pub coarse: Option<Coarse>,
}

/// The changes of series `s` over windows; those that leave the sample are cut at its ends.
///
/// # Errors
///
/// A change that the transform does not define, or that does not fit the stated quantum.
pub(super) fn series_scores(
    panel: &Panel,
    sample: &Sample,
    s: usize,
    data: &DataSpec,
    measure: Measure,
    windows: &Windows,
) -> Result<SeriesScores> {
    let name = &panel.series[s].name;
    let changes = match (data.transform, measure) {
        (Transform::None, _) => match Numbers::from_floats(&sample.values[s]) {
            Numbers::Decimal { digits, values } => Numbers::Decimal {
                digits,
                values: windows.inside(|rows| values[rows].iter().sum()),
            },
            Numbers::Float(values) => {
                Numbers::Float(windows.inside(|rows| values[rows].iter().sum()))
            }
        },
        (transform, Measure::Endpoints) => {
            let levels = Levels::of(name, sample, s, false, transform)?;
            levels.changes(&windows.ends())
        }
        (transform, Measure::Cumulative) => {
            let first = windows.first_row;
            let levels = Levels::of(name, sample, s, first == 0, transform)?;
            match transform {
                // Percent changes are summed, not compounded.
                Transform::PercentChange => {
                    let daily: Vec<f64> = levels
                        .values
                        .windows(2)
                        .map(|v| percent(v[0], v[1]))
                        .collect();
                    Numbers::Float(windows.inside(|rows| {
                        let daily = &daily[rows.start - first..rows.end - first];
                        daily.iter().sum()
                    }))
                }
                // The daily changes of a window add up to the one between the levels about them.
                _ => levels.changes(&windows.inside(|rows| (rows.start - first, rows.end - first))),
            }
        }
    };
    in_fixed_point(&changes, windows.rows.len(), 1, name, data)
}

/// The levels that a series' changes are between.
struct Levels {
    values: Vec<f64>,
    transform: Transform,
}

impl Levels {
    /// The sample's values, after the one before the sample where that is asked for and there.
    ///
    /// # Errors
    ///
    /// A level that the transform does not take.
    fn of(
        name: &str,
        sample: &Sample,
        s: usize,
        with_before: bool,
        transform: Transform,
    ) -> Result<Self> {
        let before = sample.before[s].filter(|_| with_before);
        let dates = before.and(sample.date_before).into_iter();
        let dates: Vec<Date> = dates.chain(sample.dates.iter().copied()).collect();
        let values: Vec<f64> = before.into_iter().chain(sample.values[s].clone()).collect();
        let (change, bad): (_, fn(f64) -> bool) = match transform {
            Transform::LogChange => ("log-change", |value| value <= 0.0),
            Transform::PercentChange => ("percent-change", |value| value == 0.0),
            Transform::LevelChange | Transform::None => ("change", |_| false),
        };
        match values.iter().position(|&v| bad(v)) {
            None => Ok(Levels { values, transform }),
            Some(t) => Err(Error::input(
                format!("series `{name}`, {}", dates[t]),
                format!("the value {} has no {change}", values[t]),
                "use [data] transform = \"level-change\" for series that reach zero or below",
            )),
        }
    }

    /// The changes between pairs of levels, by their indices.
    fn changes(&self, pairs: &[(usize, usize)]) -> Numbers {
        let change: fn(f64, f64) -> f64 = match self.transform {
            Transform::LevelChange | Transform::None => match Numbers::from_floats(&self.values) {
                Numbers::Decimal { digits, values } => {
                    let changes = pairs.iter().map(|&(from, to)| values[to] - values[from]);
                    return Numbers::Decimal {
                        digits,
                        values: changes.collect(),
                    };
                }
                Numbers::Float(_) => |from, to| to - from,
            },
            Transform::LogChange => |from, to| libm::log(to / from),
            Transform::PercentChange => percent,
        };
        let changes = pairs.iter();
        let changes = changes.map(|&(from, to)| change(self.values[from], self.values[to]));
        Numbers::Float(changes.collect())
    }
}

/// The change to a level in percent of the one before.
fn percent(from: f64, to: f64) -> f64 {
    100.0 * (to / from - 1.0)
}

/// What `levels`, added to a series, adds to its changes: those of [`series_scores`], a span a
/// list. The first level stands on the row before the sample.
pub(super) fn added_scores(levels: &[i64], measure: Measure, windows: &Windows) -> Vec<Vec<i64>> {
    let added = |from: usize, to: usize| levels[to] - levels[from];
    let scores: Vec<i64> = match measure {
        Measure::Cumulative => windows.inside(|rows| added(rows.start, rows.end)),
        Measure::Endpoints => windows
            .ends()
            .into_iter()
            .map(|(from, to)| added(from + 1, to + 1))
            .collect(),
    };
    scores
        .chunks(windows.rows.len())
        .map(<[i64]>::to_vec)
        .collect()
}

/// The change to each level but the first.
pub(super) fn increments(levels: &[i64]) -> Vec<i64> {
    levels.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Which daily changes are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct DailyChanges<'a> {
    /// The first sample row; of row 0 the change needs the value before the sample.
    pub first_row: usize,
    /// How many times as large scores have to fit.
    pub times: usize,
    /// Who needs them, for messages.
    pub by: &'a str,
}

impl DailyChanges<'_> {
    /// The sample rows that have one: all from the first on but those after holes.
    pub(super) fn rows(self, sample: &Sample) -> Vec<usize> {
        let known = |row: &usize| !sample.is_after_hole(*row);
        let rows = self.first_row..sample.dates.len();
        rows.filter(known).collect()
    }
}

/// The daily changes of series `s`, a sample row each but those after holes: one "day" of as many
/// scores.
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
    asked: DailyChanges<'_>,
) -> Result<SeriesScores> {
    let name = &panel.series[s].name;
    let known = asked.rows(sample);
    let from_first = asked.first_row == 0;
    let is_changes = data.transform == Transform::None;
    if is_changes && !(from_first && sample.is_after_hole(0)) {
        let changes: Vec<f64> = known.iter().map(|&row| sample.values[s][row]).collect();
        let changes = Numbers::from_floats(&changes);
        return in_fixed_point(&changes, known.len(), asked.times, name, data);
    }
    if from_first && (is_changes || sample.before[s].is_none()) {
        return Err(Error::input(
            format!("series `{name}`, {}", sample.dates[0]),
            match sample.is_after_hole(0) {
                true => format!(
                    "{} needs the change on the sample's first date, but a hole of the data lies before it",
                    asked.by
                ),
                false => format!(
                    "{} needs the change on the sample's first date, but there is no earlier value",
                    asked.by
                ),
            },
            format!(
                "load earlier data, or begin the sample later ([sample] from = {})",
                sample.dates.get(1).unwrap_or(&sample.dates[0])
            ),
        ));
    }
    let levels = Levels::of(name, sample, s, from_first, data.transform)?;
    // With the value before the sample, levels stand one place later than their rows.
    let place = |row: usize| row + usize::from(from_first) - 1;
    let pairs: Vec<(usize, usize)> = known.iter().map(|&r| (place(r), place(r) + 1)).collect();
    let changes = levels.changes(&pairs);
    in_fixed_point(&changes, known.len(), asked.times, name, data)
}

/// Changes, lists of `rows` each, in a step in which `times` as large ones fit.
fn in_fixed_point(
    changes: &Numbers,
    rows: usize,
    times: usize,
    name: &str,
    data: &DataSpec,
) -> Result<SeriesScores> {
    let place = format!("series `{name}`");
    let quantum = data.quantum.or_else(|| changes.finest_for(times));
    let mut fixed = FixedPoint::new(&changes.with_largest(times), quantum, &place)?;
    fixed.scores.truncate(changes.len());
    let (unit, power) = reported_unit(data);
    Ok(SeriesScores {
        days: fixed.scores.chunks(rows).map(<[i32]>::to_vec).collect(),
        scale: Scale {
            exponent: fixed.scale.exponent + power,
            step: fixed.scale.step,
        },
        parts: 1,
        unit,
        rounding_error: fixed.rounding_error * 10f64.powi(power),
        coarse: fixed.coarse(changes, rows, data.quantum),
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

/// Windows about rows of the sample, cut at its ends.
pub(super) struct Windows<'a> {
    pub rows: &'a [usize],
    /// First and last relative days.
    pub spans: &'a [[i32; 2]],
    /// The first row that windows may hold.
    pub first_row: usize,
    pub sample_rows: usize,
}

impl Windows<'_> {
    /// The first and the last row of each window, span by span, row by row.
    fn ends(&self) -> Vec<(usize, usize)> {
        let last = self.sample_rows as i64 - 1;
        let cut = |row: i64| row.clamp(0, last) as usize;
        self.each(|start, end| (cut(start), cut(end)))
    }

    /// `fold(the rows inside)`, span by span, row by row; a window wholly outside gives the default.
    fn inside<U: Default>(&self, fold: impl Fn(Range<usize>) -> U) -> Vec<U> {
        let (first, rows) = (self.first_row as i64, self.sample_rows as i64);
        self.each(|start, end| {
            let (start, end) = (start.max(first), (end + 1).min(rows));
            match start < end {
                true => fold(start as usize..end as usize),
                false => U::default(),
            }
        })
    }

    fn each<U>(&self, change: impl Fn(i64, i64) -> U) -> Vec<U> {
        let windows = self.spans.iter().flat_map(|&span| {
            let rows = self.rows.iter();
            rows.map(move |&row| (row as i64, span))
        });
        windows
            .map(|(row, [first, last])| change(row + i64::from(first), row + i64::from(last)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
