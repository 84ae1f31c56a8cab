//! Which dates are rows.

use std::ops::Range;

use jiff::civil::{Date, Weekday};

use super::changes::{self, Merging};
use super::holes::{Hole, Stretches, holes};
use crate::error::Result;
use crate::load::{Panel, Series};
use crate::study::{CalendarKind, CalendarSpec, DataSpec, Gap, Transform};

/// Rows of dates, with the asked series on them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Calendar {
    /// Strictly ascending.
    pub dates: Vec<Date>,
    /// A series, a row; `None` where the series has no value and no rule gives one.
    pub values: Vec<Vec<Option<f64>>>,
    /// Rows on which at least one series carries an earlier value, or has a change of 0 for it.
    pub carried: Vec<bool>,
    /// Rows whose change, in a panel of changes, holds those of dates left out before it.
    pub merged: Vec<bool>,
    /// Dates with a value that are no rows: weekends of a weekday calendar, dropped gaps, holes of a
    /// series among others.
    pub left_out: Vec<Date>,
    /// Weekdays of a weekday calendar that no series has, where they are no rows.
    pub absent: Vec<Date>,
    /// Holes, ascending.
    pub holes: Vec<Hole>,
}

impl Calendar {
    /// The rows about `row` that no hole parts from it.
    pub(crate) fn unbroken(&self, row: usize) -> Range<usize> {
        let after = self.holes.partition_point(|hole| hole.row <= row);
        let start = self.holes[..after].last().map_or(0, |hole| hole.row);
        let end = self
            .holes
            .get(after)
            .map_or(self.dates.len(), |hole| hole.row);
        start..end
    }
}

/// The calendar of a panel. What it carries forward or leaves out acts on levels, also where the
/// panel holds changes. Nothing is carried over a hole, and no row stands in one. A weekday that no
/// series has is a row of levels, which stay what they were; changes have no value of it, and it is a
/// row of theirs only where the study says that values are carried forward.
///
/// # Errors
///
/// Changes that are none of the kind stated.
pub(crate) fn calendar(panel: &Panel, spec: &CalendarSpec, data: &DataSpec) -> Result<Calendar> {
    let observed: Vec<usize> = (0..panel.dates.len())
        .filter(|&t| panel.series.iter().any(|s| s.values[t].is_some()))
        .collect();
    let (mut left_out, mut absent) = (Vec::new(), Vec::new());
    let rows: Vec<(Date, Option<usize>)> = match spec.kind {
        CalendarKind::Observed => observed
            .into_iter()
            .filter(|&t| {
                let keep =
                    spec.gap != Gap::Drop || panel.series.iter().all(|s| s.values[t].is_some());
                if !keep {
                    left_out.push(panel.dates[t]);
                }
                keep
            })
            .map(|t| (panel.dates[t], Some(t)))
            .collect(),
        CalendarKind::Weekdays => {
            left_out.extend(
                observed
                    .iter()
                    .map(|&t| panel.dates[t])
                    .filter(|d| is_weekend(*d)),
            );
            let rows = match (observed.first(), observed.last()) {
                (Some(&first), Some(&last)) => weekdays(panel.dates[first], panel.dates[last])
                    .map(|date| (date, panel.dates.binary_search(&date).ok()))
                    .collect(),
                _ => Vec::new(),
            };
            let only_known = data.transform == Transform::None && spec.gap != Gap::CarryForward;
            let is_known = |&(_, t): &(Date, Option<usize>)| {
                let has_value = |t: usize| panel.series.iter().any(|s| s.values[t].is_some());
                t.is_some_and(has_value)
            };
            let (rows, without): (Vec<_>, Vec<_>) = rows
                .into_iter()
                .partition(|row| !only_known || is_known(row));
            absent.extend(without.into_iter().map(|(date, _)| date));
            rows
        }
    };
    let carry = spec.carries();
    let stretches = carry.then(|| Stretches::of(panel));
    let rows: Vec<(Date, Option<usize>)> = match &stretches {
        Some(stretches) => {
            let (inside, kept) = rows
                .into_iter()
                .partition(|&(date, _)| stretches.hold(date));
            let inside: Vec<(Date, Option<usize>)> = inside;
            left_out.extend(
                inside
                    .iter()
                    .filter(|(_, t)| t.is_some())
                    .map(|(date, _)| *date),
            );
            left_out.sort_unstable();
            kept
        }
        None => rows,
    };
    let dates: Vec<Date> = rows.iter().map(|&(date, _)| date).collect();
    let holes = match &stretches {
        Some(stretches) => stretches.between(&dates, panel),
        None => holes(&dates),
    };
    let mut merged = vec![false; rows.len()];
    let values: Vec<Vec<Option<f64>>> = match data.transform {
        Transform::None => {
            // A date without all series is before the first row for the series that begin first.
            let begun = match spec.gap {
                Gap::Drop => first_of_all(panel),
                Gap::Error | Gap::CarryForward => 0,
            };
            let series = panel.series.iter().map(|series| {
                let merging = Merging::of(series, &panel.dates, data)?;
                let rows = OnRows {
                    panel,
                    series,
                    rows: &rows,
                    holes: &holes,
                    carry,
                };
                Ok(changes::on_rows(&rows, &merging, begun, &mut merged))
            });
            series.collect::<Result<_>>()?
        }
        _ => panel
            .series
            .iter()
            .map(|series| {
                levels(&OnRows {
                    panel,
                    series,
                    rows: &rows,
                    holes: &holes,
                    carry,
                })
            })
            .collect(),
    };
    let mut values = values;
    if let Some(stretches) = &stretches {
        for (series, values) in values.iter_mut().enumerate() {
            for (value, &date) in values.iter_mut().zip(&dates) {
                *value = value.filter(|_| !stretches.ended(series, date));
            }
        }
    }
    let carried = (0..rows.len())
        .map(|row| {
            let has_value = |s: &Series| rows[row].1.is_some_and(|t| s.values[t].is_some());
            let mut series = panel.series.iter().zip(&values);
            series.any(|(series, on_rows)| on_rows[row].is_some() && !has_value(series))
        })
        .collect();
    Ok(Calendar {
        dates,
        values,
        carried,
        merged,
        left_out,
        absent,
        holes,
    })
}

/// A series and the rows that it is put on.
pub(super) struct OnRows<'a> {
    pub panel: &'a Panel,
    pub series: &'a Series,
    /// Each row's date, and its entry in the panel if it has one.
    pub rows: &'a [(Date, Option<usize>)],
    pub holes: &'a [Hole],
    /// Whether the last value stands in where there is none.
    pub carry: bool,
}

impl OnRows<'_> {
    /// The series' last value before a row, of whatever date.
    fn known_before(&self, row: usize) -> Option<f64> {
        let before = self
            .panel
            .dates
            .partition_point(|&date| date < self.rows[row].0);
        self.series.values[..before]
            .iter()
            .rev()
            .find_map(|&value| value)
    }

    /// Whether a hole lies before a row.
    pub(super) fn is_after_hole(&self, row: usize) -> bool {
        self.holes
            .binary_search_by_key(&row, |hole| hole.row)
            .is_ok()
    }
}

/// The levels on the rows.
fn levels(on: &OnRows) -> Vec<Option<f64>> {
    let mut last = None;
    let rows = on.rows.iter().enumerate();
    rows.map(|(row, &(_, t))| {
        // After another series' hole the last value may stand on a date left out for it.
        let before = match on.is_after_hole(row) {
            true => on.known_before(row),
            false => last,
        };
        let value = t.and_then(|t| on.series.values[t]);
        last = value.or(before.filter(|_| on.carry));
        last
    })
    .collect()
}

/// The entry by which every series has begun.
fn first_of_all(panel: &Panel) -> usize {
    let first = |series: &Series| series.values.iter().position(Option::is_some);
    panel.series.iter().filter_map(first).max().unwrap_or(0)
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn weekdays(first: Date, last: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |date| date.tomorrow().ok())
        .take_while(move |date| *date <= last)
        .filter(|date| !is_weekend(*date))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn panel() -> Panel {
        // Thursday, Friday, Saturday, (Monday and Tuesday missing), Wednesday.
        let dates = vec![
            date(2024, 1, 4),
            date(2024, 1, 5),
            date(2024, 1, 6),
            date(2024, 1, 10),
        ];
        let series = |name: &str, values: [Option<f64>; 4]| Series {
            name: name.into(),
            values: values.to_vec(),
        };
        Panel {
            dates,
            series: vec![
                series("a", [Some(1.0), Some(2.0), Some(3.0), Some(4.0)]),
                series("b", [None, Some(5.0), None, Some(6.0)]),
            ],
            files: vec![],
            rules: vec![],
        }
    }

    fn data(keys: &str) -> DataSpec {
        toml::from_str(&format!("files = [\"a.csv\"]\n{keys}")).unwrap()
    }

    /// Changes in decimals, as levels would have them: those of dates left out join the next row's. A
    /// weekday that no series has is a row, with a change of 0, only where that is asked for.
    #[test]
    fn changes_are_carried_and_left_out_as_levels_are() {
        let with = |kind, gap, keys: &str| {
            let keys = format!("transform = \"none\"\n{keys}");
            calendar(
                &panel(),
                &CalendarSpec {
                    kind,
                    gap,
                    check: None,
                },
                &data(&keys),
            )
            .unwrap()
        };
        let known = with(CalendarKind::Weekdays, Gap::Error, "");
        assert_eq!(known.values[0], [1.0, 2.0, 7.0].map(Some));
        assert_eq!(known.values[1], [None, Some(5.0), Some(6.0)]);
        assert_eq!(known.absent, [date(2024, 1, 8), date(2024, 1, 9)]);
        let weekdays = with(CalendarKind::Weekdays, Gap::CarryForward, "");
        assert_eq!(weekdays.absent, []);
        let changes = [1.0, 2.0, 0.0, 0.0, 7.0];
        assert_eq!(weekdays.values[0], changes.map(Some));
        assert_eq!(
            weekdays.values[1],
            [None, Some(5.0), Some(0.0), Some(0.0), Some(6.0)]
        );
        assert_eq!(weekdays.merged, [false, false, false, false, true]);
        assert_eq!(weekdays.carried, [false, false, true, true, false]);
        let carried = with(CalendarKind::Observed, Gap::CarryForward, "");
        assert_eq!(carried.values[1], [None, Some(5.0), Some(0.0), Some(6.0)]);
        assert!(!carried.merged.contains(&true));
        // The first date is before all series have begun.
        let dropped = with(CalendarKind::Observed, Gap::Drop, "");
        assert_eq!(dropped.values[0], [Some(2.0), Some(7.0)]);
        assert_eq!(dropped.values[1], [Some(5.0), Some(6.0)]);
        // 3 % and then 4 % are 7.12 %.
        let simple = "changes = \"simple\"\nunit = \"percent\"";
        let compounded = with(CalendarKind::Weekdays, Gap::CarryForward, simple);
        assert_eq!(compounded.values[0][4], Some(7.12));
        assert_eq!(compounded.values[0][..4], weekdays.values[0][..4]);
    }

    #[test]
    fn sums_of_decimals_are_decimals() {
        let mut panel = panel();
        panel.series[0].values = [0.1, 0.2, 0.1, 0.2].map(Some).to_vec();
        let spec = CalendarSpec {
            kind: CalendarKind::Weekdays,
            gap: Gap::Error,
            check: None,
        };
        let weekdays = calendar(&panel, &spec, &data("transform = \"none\"")).unwrap();
        assert_eq!(weekdays.values[0][2], Some(0.3));
        assert_ne!(0.1 + 0.2, 0.3);
    }

    #[test]
    fn a_return_below_minus_one_does_not_compound() {
        let mut panel = panel();
        panel.series[0].values[2] = Some(-1.5);
        let refused = |keys: &str| {
            let keys = format!("transform = \"none\"\n{keys}");
            calendar(&panel, &CalendarSpec::default(), &data(&keys)).is_err()
        };
        assert!(refused("changes = \"simple\""));
        assert!(!refused("changes = \"simple\"\nunit = \"percent\""));
        assert!(!refused("changes = \"additive\"") && !refused(""));
    }

    #[test]
    fn observed_rows_keep_gaps_until_a_rule_fills_or_drops_them() {
        let with = |gap| {
            let spec = CalendarSpec {
                kind: CalendarKind::Observed,
                gap,
                check: None,
            };
            calendar(&panel(), &spec, &data("")).unwrap()
        };
        let kept = with(Gap::Error);
        assert_eq!(kept.values[1], [None, Some(5.0), None, Some(6.0)]);
        let carried = with(Gap::CarryForward);
        assert_eq!(carried.values[1], [None, Some(5.0), Some(5.0), Some(6.0)]);
        assert_eq!(carried.carried, [false, false, true, false]);
        let dropped = with(Gap::Drop);
        assert_eq!(dropped.dates, [date(2024, 1, 5), date(2024, 1, 10)]);
        assert_eq!(dropped.left_out, [date(2024, 1, 4), date(2024, 1, 6)]);
    }

    #[test]
    fn weekdays_carry_values_forward_and_leave_weekends_out() {
        let spec = CalendarSpec {
            kind: CalendarKind::Weekdays,
            gap: Gap::Error,
            check: None,
        };
        let weekdays = calendar(&panel(), &spec, &data("")).unwrap();
        assert_eq!(
            weekdays.dates,
            [4, 5, 8, 9, 10].map(|day| date(2024, 1, day))
        );
        assert_eq!(
            weekdays.values[0],
            [Some(1.0), Some(2.0), Some(2.0), Some(2.0), Some(4.0)]
        );
        assert_eq!(weekdays.left_out, [date(2024, 1, 6)]);
    }
}
