//! Which dates are rows.

use jiff::civil::{Date, Weekday};

use crate::load::Panel;
use crate::study::{CalendarKind, CalendarSpec, Gap};

/// Rows of dates, with the asked series on them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calendar {
    /// Strictly ascending.
    pub dates: Vec<Date>,
    /// A series, a row; `None` where the series has no value and no rule gives one.
    pub values: Vec<Vec<Option<f64>>>,
    /// Rows on which at least one series carries an earlier value.
    pub carried: Vec<bool>,
    /// Dates with a value that are no rows: weekends of a weekday calendar, dropped gaps.
    pub left_out: Vec<Date>,
}

/// The calendar of a panel.
pub(super) fn calendar(panel: &Panel, spec: CalendarSpec) -> Calendar {
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
    let mut carried = vec![false; rows.len()];
    let values = panel
        .series
        .iter()
        .map(|series| {
            let mut last = None;
            rows.iter()
                .zip(&mut carried)
                .map(|(&(_, t), carried)| {
                    let value = t.and_then(|t| series.values[t]);
                    if value.is_some() {
                        last = value;
                    } else if carry && last.is_some() {
                        *carried = true;
                        return last;
                    }
                    value
                })
                .collect()
        })
        .collect();
    Calendar {
        dates: rows.into_iter().map(|(date, _)| date).collect(),
        values,
        carried,
        left_out,
    }
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
    use crate::load::Series;

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

    #[test]
    fn observed_rows_keep_gaps_until_a_rule_fills_or_drops_them() {
        let with = |gap| {
            let spec = CalendarSpec {
                kind: CalendarKind::Observed,
                gap,
            };
            calendar(&panel(), spec)
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
        let weekdays = calendar(&panel(), spec);
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
