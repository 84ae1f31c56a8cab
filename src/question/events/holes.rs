//! Holes: stretches of dates without a value that no event, window or change may bridge.

use jiff::civil::Date;

use crate::load::Panel;

/// Calendar days that neighbouring rows of daily data lie apart at most.
const DAILY: i64 = 14;
/// Median steps that neighbouring rows of other data lie apart at most.
const STEPS: i64 = 5;

/// A hole beside two rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hole {
    /// The first row after it.
    pub row: usize,
    /// The series without a value there; empty: all.
    pub series: Vec<String>,
    /// The rows' dates, before it and after it.
    pub dates: [Date; 2],
}

impl Hole {
    /// `no row between 2022-12-30 and 2024-01-01 (367 days apart)`.
    pub fn words(&self) -> String {
        let [last, first] = self.dates;
        let names = self.series.iter();
        let of: Vec<String> = names
            .map(|name| format!("`{}`", name.escape_debug()))
            .collect();
        let what = match of.is_empty() {
            true => "row".to_owned(),
            false => format!("value of {}", of.join(", ")),
        };
        let days = days(last, first);
        format!("no {what} between {last} and {first} ({days} days apart)")
    }
}

fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// The days that neighbours among some ascending dates may lie apart without a hole between them: 14,
/// or five times their median step where that is more.
fn reach(dates: &[Date]) -> i64 {
    let mut steps: Vec<i64> = dates
        .windows(2)
        .map(|pair| days(pair[0], pair[1]))
        .collect();
    steps.sort_unstable();
    let of = |at: usize| steps.get(at).copied().unwrap_or(0);
    let twice = of(steps.len().saturating_sub(1) / 2) + of(steps.len() / 2);
    DAILY.max(STEPS * twice / 2)
}

/// The dates before and after each hole among ascending dates.
fn among(dates: &[Date]) -> Vec<[Date; 2]> {
    let reach = reach(dates);
    dates
        .windows(2)
        .map(|pair| [pair[0], pair[1]])
        .filter(|&[last, first]| days(last, first) > reach)
        .collect()
}

/// A stretch in which a series has no value to be carried forward.
struct Stretch {
    series: usize,
    last: Date,
    /// `None`: the series has ended.
    first: Option<Date>,
}

/// The stretches over which values of a panel are not carried forward.
pub(super) struct Stretches(Vec<Stretch>);

impl Stretches {
    /// Those of each of the panel's series by its own dates.
    pub(super) fn of(panel: &Panel) -> Self {
        let mut stretches = Vec::new();
        let mut ends = Vec::new();
        for (number, series) in panel.series.iter().enumerate() {
            let known = panel.dates.iter().zip(&series.values);
            let known: Vec<Date> = known
                .filter(|(_, v)| v.is_some())
                .map(|(d, _)| *d)
                .collect();
            stretches.extend(among(&known).into_iter().map(|[last, first]| Stretch {
                series: number,
                last,
                first: Some(first),
            }));
            ends.extend(known.last().map(|&last| (number, last, reach(&known))));
        }
        let end = ends.iter().map(|&(_, last, _)| last).max();
        for (series, last, reach) in ends {
            if end.is_some_and(|end| days(last, end) > reach) {
                stretches.push(Stretch {
                    series,
                    last,
                    first: None,
                });
            }
        }
        Stretches(stretches)
    }

    /// Whether a date lies inside a stretch after which its series goes on.
    pub(super) fn hold(&self, date: Date) -> bool {
        let inside = |s: &Stretch| s.first.is_some_and(|first| s.last < date && date < first);
        self.0.iter().any(inside)
    }

    /// Whether a series has ended before a date.
    pub(super) fn ended(&self, series: usize, date: Date) -> bool {
        let before = |s: &Stretch| s.series == series && s.first.is_none() && s.last < date;
        self.0.iter().any(before)
    }

    /// The holes between rows on some dates, none of which lies inside a stretch.
    pub(super) fn between(&self, dates: &[Date], panel: &Panel) -> Vec<Hole> {
        let mut holes: Vec<Hole> = Vec::new();
        let mut all: Vec<(usize, usize)> = self
            .0
            .iter()
            .filter_map(|s| Some((s.first?, s.series)))
            .map(|(first, series)| (dates.partition_point(|&date| date < first), series))
            .filter(|&(row, _)| row > 0 && row < dates.len())
            .collect();
        all.sort_unstable();
        all.dedup();
        for of_row in all.chunk_by(|a, b| a.0 == b.0) {
            let row = of_row[0].0;
            let names = of_row.iter().map(|&(_, s)| panel.series[s].name.clone());
            holes.push(Hole {
                row,
                series: match of_row.len() == panel.series.len() {
                    true => Vec::new(),
                    false => names.collect(),
                },
                dates: [dates[row - 1], dates[row]],
            });
        }
        holes
    }
}

/// The holes between rows on some dates.
pub(crate) fn holes(dates: &[Date]) -> Vec<Hole> {
    among(dates)
        .into_iter()
        .map(|[last, first]| Hole {
            row: dates.partition_point(|&date| date < first),
            series: Vec::new(),
            dates: [last, first],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    fn daily(days: impl IntoIterator<Item = i64>) -> Vec<Date> {
        let start = date(2001, 9, 3);
        days.into_iter().map(|day| start + day.days()).collect()
    }

    #[test]
    fn holes_are_longer_than_two_weeks_in_daily_data() {
        // Closed from Tuesday to Friday, with the weekend after it.
        assert_eq!(holes(&daily((0..8).chain(14..40))), []);
        assert_eq!(holes(&daily((0..8).chain(21..40))), []);
        let found = holes(&daily((0..8).chain(22..40)));
        assert_eq!(found[0].row, 8);
        assert_eq!(
            found[0].words(),
            "no row between 2001-09-10 and 2001-09-25 (15 days apart)"
        );
        // Three times a week.
        let thrice = (0..60).filter(|day| [0, 2, 4].contains(&(day % 7)));
        assert_eq!(holes(&daily(thrice)), []);
    }

    #[test]
    fn wider_steps_are_holes_beyond_five_of_them() {
        let months = |months: &[i8]| -> Vec<Date> {
            let year = |m: i8| 2020 + i16::from((m - 1) / 12);
            months
                .iter()
                .map(|&m| date(year(m), (m - 1) % 12 + 1, 1))
                .collect()
        };
        let all: Vec<i8> = (1..=60).collect();
        assert_eq!(holes(&months(&all)), []);
        // Five months apart are none, six are.
        let without = |from: i8, to: i8| -> Vec<i8> {
            let kept = all.iter().filter(|m| !(from..to).contains(*m));
            kept.copied().collect()
        };
        assert_eq!(holes(&months(&without(20, 24))), []);
        assert_eq!(holes(&months(&without(20, 25)))[0].row, 19);
        let quarters: Vec<i8> = (0..20).map(|q| 3 * q + 1).collect();
        assert_eq!(holes(&months(&quarters)), []);
        let years: Vec<Date> = (1900..1990).map(|year| date(year, 12, 31)).collect();
        assert_eq!(holes(&years), []);
        assert_eq!(holes(&years[..1]), []);
        assert_eq!(holes(&[]), []);
    }
}
