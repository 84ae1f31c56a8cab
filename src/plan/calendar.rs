//! Which dates are rows.

use jiff::civil::{Date, Weekday};

use super::changes::{self, Merging};
use crate::error::Result;
use crate::load::{Panel, Series};
use crate::study::{CalendarKind, CalendarSpec, DataSpec, Gap, Transform};

/// Rows of dates, with the asked series on them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calendar {
    /// Strictly ascending.
    pub dates: Vec<Date>,
    /// A series, a row; `None` where the series has no value and no rule gives one.
    pub values: Vec<Vec<Option<f64>>>,
    /// Rows on which at least one series carries an earlier value, or has a change of 0 for it.
    pub carried: Vec<bool>,
    /// Rows whose change, in a panel of changes, holds those of dates left out before it.
    pub merged: Vec<bool>,
    /// Dates with a value that are no rows: weekends of a weekday calendar, dropped gaps.
    pub left_out: Vec<Date>,
}

/// The calendar of a panel. What it carries forward or leaves out acts on levels, also where the
/// panel holds changes.
///
/// # Errors
///
/// Changes that are none of the kind stated.
pub(super) fn calendar(panel: &Panel, spec: CalendarSpec, data: &DataSpec) -> Result<Calendar> {
    let observed: Vec<usize> = (0..panel.dates.len())
        .filter(|&t| panel.series.iter().any(|s| s.values[t].is_some()))
        .collect();
    let mut left_out = Vec::new();
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
            match (observed.first(), observed.last()) {
                (Some(&first), Some(&last)) => weekdays(panel.dates[first], panel.dates[last])
                    .map(|date| (date, panel.dates.binary_search(&date).ok()))
                    .collect(),
                _ => Vec::new(),
            }
        }
    };
    let carry = spec.carries();
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
                let rows = rows.iter().map(|&(_, t)| t);
                let on_rows = changes::on_rows(series, &merging, rows, begun, carry, &mut merged);
                Ok(on_rows)
            });
            series.collect::<Result<_>>()?
        }
        _ => panel
            .series
            .iter()
            .map(|series| levels(series, rows.iter().map(|&(_, t)| t), carry))
            .collect(),
    };
    let carried = (0..rows.len())
        .map(|row| {
            let has_value = |s: &Series| rows[row].1.is_some_and(|t| s.values[t].is_some());
            let mut series = panel.series.iter().zip(&values);
            series.any(|(series, on_rows)| on_rows[row].is_some() && !has_value(series))
        })
        .collect();
    Ok(Calendar {
        dates: rows.into_iter().map(|(date, _)| date).collect(),
        values,
        carried,
        merged,
        left_out,
    })
}

/// A series' levels on rows, of which each is an entry of the panel or has no value.
fn levels(
    series: &Series,
    rows: impl Iterator<Item = Option<usize>>,
    carry: bool,
) -> Vec<Option<f64>> {
    let mut last = None;
    rows.map(|row| {
        let value = row.and_then(|t| series.values[t]);
        last = value.or(last.filter(|_| carry));
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

    /// Changes in decimals, as levels would have them: those of dates left out join the next row's,
    /// and a row without a value has none.
    #[test]
    fn changes_are_carried_and_left_out_as_levels_are() {
        let with = |kind, gap, keys: &str| {
            let keys = format!("transform = \"none\"\n{keys}");
            calendar(&panel(), CalendarSpec { kind, gap }, &data(&keys)).unwrap()
        };
        let weekdays = with(CalendarKind::Weekdays, Gap::Error, "");
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
        let compounded = with(CalendarKind::Weekdays, Gap::Error, simple);
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
        };
        let weekdays = calendar(&panel, spec, &data("transform = \"none\"")).unwrap();
        assert_eq!(weekdays.values[0][4], Some(0.3));
        assert_ne!(0.1 + 0.2, 0.3);
    }

    #[test]
    fn a_return_below_minus_one_does_not_compound() {
        let mut panel = panel();
        panel.series[0].values[2] = Some(-1.5);
        let refused = |keys: &str| {
            let keys = format!("transform = \"none\"\n{keys}");
            calendar(&panel, CalendarSpec::default(), &data(&keys)).is_err()
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
            };
            calendar(&panel(), spec, &data("")).unwrap()
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
        };
        let weekdays = calendar(&panel(), spec, &data("")).unwrap();
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
