//! Which series a draft asks for, and which rows they share.

use std::cmp::Reverse;
use std::ops::Range;

use jiff::civil::Date;

use crate::load::{Panel, Series};
use crate::question::events::calendar::{Calendar, calendar};
use crate::question::events::holes::Hole;
use crate::study::{CalendarKind, CalendarSpec, DataSpec, Gap};
use crate::{Error, Result};

/// A series with fewer values than nine in ten rows of the events' span is not asked for.
const FULL_ENOUGH: (usize, usize) = (9, 10);

/// The series asked for and their rows.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Series that have values where the events are.
    pub series: Vec<String>,
    /// The others, with the reason.
    pub sparse: Vec<(String, String)>,
    /// Every date on which an asked series has a value, but those in a hole of another.
    pub calendar: Calendar,
    /// The rows from the first to the last on which every asked series has begun and none has ended.
    pub sample: Range<usize>,
    /// Asked series that lack values inside the sample, and the dates.
    pub gaps: Vec<(String, Vec<Date>)>,
}

impl Rows {
    /// The rows of a panel for events on these dates.
    ///
    /// # Errors
    ///
    /// There is none with a value of every series.
    pub fn of(panel: &Panel, data: &DataSpec, events: &[Date]) -> Result<Self> {
        let all: Vec<&Series> = panel.series.iter().collect();
        let observed = observed(&all, 0..panel.dates.len());
        if observed.is_empty() {
            return Err(Error::input(
                "[data]",
                "no date has a value of any series",
                "Check the files' columns and their missing values.",
            ));
        }
        let near = near(panel, &observed, events);
        let filled =
            |series: &&Series| near.iter().filter(|&&t| series.values[t].is_some()).count();
        let (share, whole) = FULL_ENOUGH;
        let least = (near.len() * share).div_ceil(whole);
        let (mut kept, mut sparse): (Vec<&Series>, Vec<&Series>) =
            all.iter().partition(|series| filled(series) >= least);
        if kept.is_empty() {
            // One alone: two that are not full may share no row.
            let fullest = (0..sparse.len()).max_by_key(|&i| (filled(&sparse[i]), Reverse(i)));
            kept.push(sparse.remove(fullest.unwrap_or(0)));
        }

        let rows = self::observed(&kept, 0..panel.dates.len());
        let start = kept
            .iter()
            .filter_map(|s| rows.iter().position(|&t| s.values[t].is_some()));
        let end = kept
            .iter()
            .filter_map(|s| rows.iter().rposition(|&t| s.values[t].is_some()));
        let sample = start.max().unwrap_or(0)..end.min().map_or(0, |last| last + 1);
        let gaps = kept.iter().filter_map(|series| {
            let dates: Vec<Date> = rows[sample.clone()]
                .iter()
                .filter(|&&t| series.values[t].is_none())
                .map(|&t| panel.dates[t])
                .collect();
            (!dates.is_empty()).then(|| (series.name.clone(), dates))
        });
        let gaps: Vec<(String, Vec<Date>)> = gaps.collect();
        let mut span = rows[sample].iter().map(|&t| panel.dates[t]);
        let (from, to) = (span.clone().next(), span.next_back());
        let of_kept = Panel {
            series: kept.iter().map(|&series| series.clone()).collect(),
            ..panel.clone()
        };
        let spec = CalendarSpec {
            kind: CalendarKind::Observed,
            gap: match gaps.is_empty() {
                true => Gap::Error,
                false => Gap::CarryForward,
            },
            check: None,
        };
        let calendar = calendar(&of_kept, &spec, data)?;
        let dates = &calendar.dates;
        let sample = dates.partition_point(|&date| Some(date) < from)
            ..dates.partition_point(|&date| Some(date) <= to);
        if sample.is_empty() {
            return Err(Error::input(
                "[data]",
                "no date has a value of every series, or each lies in a hole of one",
                "Name the series that belong together with --series.",
            ));
        }
        Ok(Rows {
            series: kept.iter().map(|series| series.name.clone()).collect(),
            sparse: sparse
                .iter()
                .map(|series| {
                    let reason = format!(
                        "values on {} of {} dates around the events",
                        filled(series),
                        near.len()
                    );
                    (series.name.clone(), reason)
                })
                .collect(),
            gaps,
            calendar,
            sample,
        })
    }

    /// First and last date of the sample.
    pub fn span(&self) -> (Date, Date) {
        let dates = &self.calendar.dates[self.sample.clone()];
        (dates[0], dates[dates.len() - 1])
    }

    /// Whether rows outside the sample are left out.
    pub fn is_cut(&self) -> bool {
        self.sample != (0..self.calendar.dates.len())
    }

    /// The holes of the sample.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        let rows = self.sample.start + 1..self.sample.end;
        let holes = self.calendar.holes.iter();
        holes.filter(move |hole| rows.contains(&hole.row))
    }

    /// The rows with so many rows on either side in the sample, each with a daily change, and no hole among
    /// them. The first `lead` rows of the sample have no change, nor has one after a hole.
    pub fn whole(&self, days: usize, lead: usize) -> impl Iterator<Item = usize> {
        let Range { start, end } = self.sample;
        (start + lead + days..end.saturating_sub(days)).filter(move |&row| {
            let rows = self.calendar.unbroken(row);
            let changes = match rows.start {
                0 => 0,
                hole => hole + 1,
            };
            changes <= row - days && row + days < rows.end
        })
    }
}

/// The dates of a range on which any of the series has a value.
fn observed(series: &[&Series], range: Range<usize>) -> Vec<usize> {
    range
        .filter(|&t| series.iter().any(|s| s.values[t].is_some()))
        .collect()
}

/// The observed dates between the first and the last event, or all where the events lie elsewhere.
fn near(panel: &Panel, observed: &[usize], events: &[Date]) -> Vec<usize> {
    let (first, last) = (events.iter().min(), events.iter().max());
    let between = |&&t: &&usize| {
        let date = Some(&panel.dates[t]);
        first <= date && date <= last
    };
    let near: Vec<usize> = observed.iter().filter(between).copied().collect();
    match near.is_empty() {
        true => observed.to_vec(),
        false => near,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn data() -> DataSpec {
        toml::from_str("files = [\"a.csv\"]").unwrap()
    }

    fn panel(series: &[(&str, &str)]) -> Panel {
        Panel {
            dates: (1..=series[0].1.len())
                .map(|day| date(2024, 1, day as i8))
                .collect(),
            series: series
                .iter()
                .map(|(name, marks)| Series {
                    name: (*name).into(),
                    values: marks
                        .chars()
                        .map(|mark| (mark == 'x').then_some(1.0))
                        .collect(),
                })
                .collect(),
            files: vec![],
            rules: vec![],
        }
    }

    #[test]
    fn series_are_judged_where_the_events_are() {
        let panel = panel(&[
            ("long", "xxxxxxxxxxxxxxx"),
            ("short", "...xxxx.xxxxxx."),
            ("late", ".........xxxxxx"),
        ]);
        let rows = Rows::of(&panel, &data(), &[date(2024, 1, 4), date(2024, 1, 14)]).unwrap();
        assert_eq!(rows.series, ["long", "short"]);
        assert_eq!(rows.sparse[0].0, "late");
        assert_eq!(rows.sample, 3..14);
        assert!(rows.is_cut());
        assert_eq!(rows.gaps, [("short".to_owned(), vec![date(2024, 1, 8)])]);
        // Without events nearby, the whole of the data counts.
        let rows = Rows::of(&panel, &data(), &[date(2030, 1, 1)]).unwrap();
        assert_eq!(rows.series, ["long"]);
        assert!(rows.gaps.is_empty() && !rows.is_cut());
    }

    #[test]
    fn the_fullest_series_stands_where_none_is_full() {
        let panel = panel(&[("a", "x.x.x."), ("b", ".xx.xx"), ("c", "......")]);
        let rows = Rows::of(&panel, &data(), &[date(2024, 1, 1), date(2024, 1, 6)]).unwrap();
        assert_eq!(rows.series, ["b"]);
        let halves = self::panel(&[("a", "xxx..."), ("b", "...xxx")]);
        let rows = Rows::of(&halves, &data(), &[date(2024, 1, 1), date(2024, 1, 6)]).unwrap();
        assert_eq!((rows.series, rows.sample), (vec!["a".to_owned()], 0..3));
        let empty = self::panel(&[("a", "...")]);
        assert!(Rows::of(&empty, &data(), &[date(2024, 1, 1)]).is_err());
    }
}
