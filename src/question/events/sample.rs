//! The span of calendar rows that is used.

use std::ops::Range;

use jiff::civil::Date;

use super::calendar::Calendar;
use super::changes;
use super::event_rows::{EventRow, EventRows};
use super::holes::{Hole, Stretches};
use crate::error::{Cause, Error, Result};
use crate::load::Panel;
use crate::study::{CalendarKind, Measure, SampleSpec, StatisticName, Study, TestSpec, Transform};

/// Dates a plain list in a rule names before it only counts.
pub(super) const LISTED: usize = 6;

/// The used rows: every series has a value on each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    /// Strictly ascending.
    pub dates: Vec<Date>,
    /// A series, a row.
    pub values: Vec<Vec<f64>>,
    /// The values on the calendar row before the sample, a series each; `None` where there are none.
    pub before: Vec<Option<f64>>,
    /// The date of that row, if there is one.
    pub date_before: Option<Date>,
    /// Calendar row of the first sample row.
    pub first_row: usize,
    /// Holes that part its rows, or its first or last row from the next of the calendar; their rows are
    /// counted in the sample.
    pub holes: Vec<Hole>,
    /// Sentences for the report.
    pub rules: Vec<String>,
}

impl Sample {
    /// The first row whose daily change is known: the first of all where every series has a value on the
    /// row before the sample, or holds changes and no hole lies before it.
    pub(super) fn first_change(&self, transform: Transform) -> usize {
        match transform {
            Transform::None => usize::from(self.is_after_hole(0)),
            _ => usize::from(self.before.iter().any(Option::is_none)),
        }
    }

    /// The first row that windows may hold: of a sum of changes, the first with a change.
    pub(super) fn first_of_windows(&self, measure: Measure, transform: Transform) -> usize {
        match measure {
            Measure::Cumulative => self.first_change(transform),
            Measure::Endpoints => 0,
        }
    }

    /// A hole among the relative days `from..=to` about a row.
    pub(super) fn hole_within(
        &self,
        row: usize,
        [from, to]: [i32; 2],
        wraps: bool,
    ) -> Option<&Hole> {
        let (rows, row) = (self.dates.len() as i64, row as i64);
        let (from, to) = (row + i64::from(from), row + i64::from(to));
        let between = |seam: i64| from < seam && seam <= to;
        self.inner_holes().find(|hole| {
            let seam = hole.row as i64;
            between(seam) || wraps && (between(seam - rows) || between(seam + rows))
        })
    }

    /// The holes between two rows of the sample.
    fn inner_holes(&self) -> impl Iterator<Item = &Hole> {
        let rows = 1..self.dates.len();
        self.holes
            .iter()
            .filter(move |hole| rows.contains(&hole.row))
    }

    /// Whether the daily change of a row would span a hole.
    pub(super) fn is_after_hole(&self, row: usize) -> bool {
        self.holes
            .binary_search_by_key(&row, |hole| hole.row)
            .is_ok()
    }

    /// How many holes lie before a row, which may lie outside the sample.
    pub(super) fn holes_before(&self, row: i64) -> usize {
        self.holes.partition_point(|hole| hole.row as i64 <= row)
    }

    /// How many holes lie before each row of the sample.
    pub(super) fn holes_by_row(&self) -> Vec<u32> {
        let rows = 0..self.dates.len();
        rows.map(|row| self.holes_before(row as i64) as u32)
            .collect()
    }

    /// A row's place among the rows that have a daily change.
    pub(super) fn among_changes(&self, row: usize) -> usize {
        row - self
            .inner_holes()
            .take_while(|hole| hole.row <= row)
            .count()
    }
}

/// What holes mean, a sentence each for the first few.
fn hole_rules(holes: &[Hole]) -> Vec<String> {
    let mut rules: Vec<String> = holes
        .iter()
        .take(LISTED)
        .map(|hole| {
            format!(
                "hole: {}; events do not move across it, and windows over it are not eligible",
                hole.words()
            )
        })
        .collect();
    if holes.len() > LISTED {
        rules.push(format!("hole: {} more like these", holes.len() - LISTED));
    }
    rules
}

/// Cuts the sample out of the calendar.
///
/// # Errors
///
/// No rows, too few rows around the events, or a series without a value on one.
pub(super) fn sample(
    calendar: &Calendar,
    events: &EventRows,
    panel: &Panel,
    study: &Study,
) -> Result<Sample> {
    let mut rows = span(calendar, &events.events, study.sample)?;
    let mut rules = Vec::new();
    if let Some(start) = start_of_changes(calendar, study).filter(|start| rows.contains(start)) {
        rows.start = start;
        rules.push(format!(
            "the sample begins on {}, the first date on which every series has a daily change, as the overlap regression needs one on each",
            calendar.dates[start]
        ));
    }
    let dates = calendar.dates[rows.clone()].to_vec();
    let values = calendar
        .values
        .iter()
        .enumerate()
        .map(|(s, column)| {
            rows.clone()
                .map(|row| {
                    let lacks = || no_value(s, row, calendar, panel, rows.clone(), study);
                    column[row].ok_or_else(lacks)
                })
                .collect()
        })
        .collect::<Result<Vec<Vec<f64>>>>()?;
    let carried: Vec<Date> = rows
        .clone()
        .filter(|&row| calendar.carried[row])
        .map(|row| calendar.dates[row])
        .collect();
    if !carried.is_empty() {
        rules.push(format!(
            "{} without a value for some series {}: {}",
            match study.calendar.kind {
                CalendarKind::Weekdays => "weekdays",
                CalendarKind::Observed => "dates",
            },
            match study.data.transform {
                Transform::None => "have a change of 0 there, as their level is carried forward",
                _ => "carry the last value forward",
            },
            list(&carried)
        ));
    }
    let inside = |date: &Date| dates.first() <= Some(date) && Some(date) <= dates.last();
    let absent: Vec<Date> = calendar.absent.iter().copied().filter(inside).collect();
    if !absent.is_empty() {
        rules.push(format!(
            "weekdays that no file has are no rows of changes ([calendar] gap = \"carry-forward\" makes them rows with a change of 0): {}",
            list(&absent)
        ));
    }
    let left_out: Vec<Date> = calendar.left_out.iter().copied().filter(inside).collect();
    if !left_out.is_empty() {
        rules.push(format!(
            "dates left out of the calendar: {}",
            list(&left_out)
        ));
    }
    let merged: Vec<Date> = rows
        .clone()
        .filter(|&row| calendar.merged[row])
        .map(|row| calendar.dates[row])
        .collect();
    if !merged.is_empty() {
        rules.push(format!(
            "changes of dates left out join the next row's, {}: {}",
            changes::merged(&study.data),
            list(&merged)
        ));
    }
    let holes: Vec<Hole> = calendar
        .holes
        .iter()
        .filter(|hole| (rows.start..=rows.end).contains(&hole.row))
        .map(|hole| Hole {
            row: hole.row - rows.start,
            ..hole.clone()
        })
        .collect();
    rules.extend(hole_rules(&holes));
    // Over a hole there is no daily change.
    let is_after_hole = holes.first().is_some_and(|hole| hole.row == 0);
    let before_row = rows.start.checked_sub(1).filter(|_| !is_after_hole);
    let before = |column: &Vec<Option<f64>>| column[before_row?];
    Ok(Sample {
        before: calendar.values.iter().map(before).collect(),
        date_before: before_row.map(|row| calendar.dates[row]),
        dates,
        values,
        first_row: rows.start,
        holes,
        rules,
    })
}

/// Where a sample begins whose beginning the study leaves open, and whose first row lacks the change that
/// an overlap regression needs: on the first row on which every series has a change.
fn start_of_changes(calendar: &Calendar, study: &Study) -> Option<usize> {
    let SampleSpec {
        from,
        around_events,
        ..
    } = study.sample;
    let is_open = from.is_none() && around_events.is_none();
    let statistics = study.tests.iter().flat_map(TestSpec::statistics);
    let has_effects = statistics.into_iter().any(StatisticName::is_effect);
    if !is_open || !has_effects || study.data.transform == Transform::None {
        return None;
    }
    let has_all = |row: usize| calendar.values.iter().all(|column| column[row].is_some());
    (1..calendar.dates.len()).find(|&row| has_all(row - 1) && has_all(row))
}

/// That series `s` has no value on a row of the sample, with the remedies that help.
fn no_value(
    s: usize,
    row: usize,
    calendar: &Calendar,
    panel: &Panel,
    rows: Range<usize>,
    study: &Study,
) -> Error {
    let series = &panel.series[s].name;
    let lacks = |rows: Range<usize>| {
        let mut columns = calendar.values.iter();
        columns.any(|column| column[rows.clone()].iter().any(Option::is_none))
    };
    let first = |column: &Vec<Option<f64>>| column.iter().position(Option::is_some);
    let firsts: Option<Vec<usize>> = calendar.values.iter().map(first).collect();
    // The row from which every series has an earlier value, and that from which one is too old.
    let begun = firsts.and_then(|firsts| firsts.into_iter().max());
    let begun = begun.unwrap_or(rows.end).max(rows.start);
    let stretches = Stretches::of(panel);
    let has_ended = |row: &usize| {
        let mut series = 0..panel.series.len();
        series.any(|s| stretches.ended(s, calendar.dates[*row]))
    };
    let ended = rows.clone().find(has_ended).unwrap_or(rows.end);
    let can_fill = (begun, ended) == (rows.start, rows.end);

    let carries = study.calendar.carries();
    let has_all = |t: usize| panel.series.iter().all(|s| s.values[t].is_some());
    let (start, end) = (calendar.dates[rows.start], calendar.dates[rows.end - 1]);
    let can_drop = study.calendar.kind == CalendarKind::Observed
        && (0..panel.dates.len()).any(|t| (start..=end).contains(&panel.dates[t]) && has_all(t));
    let gap = match (carries || !can_fill, can_drop) {
        (false, false) => Some("\"carry-forward\""),
        (false, true) => Some("\"carry-forward\" or \"drop\""),
        (true, true) => Some("\"drop\""),
        (true, false) => None,
    };
    let gap = gap.map(|gap| format!("state [calendar] gap = {gap} (--gap without a study file)"));
    let mut remedies = Vec::from_iter(gap);
    if !can_fill && begun < ended && study.sample.around_events.is_none() {
        let keys = [
            (begun > rows.start).then(|| format!("from = {}", calendar.dates[begun])),
            (ended < rows.end).then(|| format!("to = {}", calendar.dates[ended - 1])),
            (!carries && lacks(begun..ended)).then(|| "gap = \"carry-forward\"".to_owned()),
        ];
        let keys: Vec<String> = keys.into_iter().flatten().collect();
        remedies.push(format!(
            "take the dates on which every series goes on (in a study file, [sample] {})",
            keys.join(" and ")
        ));
    }
    remedies.push(format!("leave `{series}` out ([data] series, or --series)"));
    let mut earlier = calendar.values[s][..row].iter().zip(&calendar.dates).rev();
    let problem = match (carries, earlier.find(|(value, _)| value.is_some())) {
        (true, Some((_, last))) => {
            format!(
                "there is no value on a date of the sample, and the last one, of {last}, is too old to carry forward"
            )
        }
        (true, None) => {
            "there is no value on a date of the sample, and no earlier value to carry forward"
                .into()
        }
        (false, _) => "there is no value on a date of the sample".into(),
    };
    let place = format!("series `{series}`, {}", calendar.dates[row]);
    Error::input(place, problem, one_of(&remedies)).because(Cause::NoValue {
        series: series.clone(),
        date: calendar.dates[row],
    })
}

/// `a, b, or c`.
fn one_of(remedies: &[String]) -> String {
    match remedies {
        [all @ .., last] if all.len() > 1 => format!("{}, or {last}", all.join(", ")),
        _ => remedies.join(", or "),
    }
}

fn span(calendar: &Calendar, events: &[EventRow], spec: SampleSpec) -> Result<Range<usize>> {
    let dates = &calendar.dates;
    if let Some(margin) = spec.around_events {
        let margin = margin as usize;
        let by_row = |event: &&EventRow| event.row;
        let (Some(first), Some(last)) = (
            events.iter().min_by_key(by_row),
            events.iter().max_by_key(by_row),
        ) else {
            return Err(no_rows("there is no event to take the sample around"));
        };
        let (before, after) = (calendar.unbroken(first.row), calendar.unbroken(last.row));
        let is_early = first.row < before.start + margin;
        if is_early || last.row + margin >= after.end {
            let (event, rows) = match is_early {
                true => (first, before),
                false => (last, after),
            };
            return Err(Error::input(
                &event.place,
                format!(
                    "the data ({} to {}) do not reach {margin} rows around the event",
                    dates[rows.start],
                    dates[rows.end - 1]
                ),
                "load more data, make [sample] around_events smaller, or filter the event out",
            ));
        }
        return Ok(first.row - margin..last.row + margin + 1);
    }
    let start = spec
        .from
        .map_or(0, |from| dates.partition_point(|date| *date < from));
    let end = spec
        .to
        .map_or(dates.len(), |to| dates.partition_point(|date| *date <= to));
    if start >= end {
        return Err(no_rows(&format!(
            "no date with data lies between `from` and `to`; the data span {} to {}",
            dates[0],
            dates[dates.len() - 1]
        )));
    }
    Ok(start..end)
}

fn no_rows(problem: &str) -> Error {
    Error::input("[sample]", problem, "widen the sample or load other data")
}

/// The first few dates of a list, and how many there are.
pub(super) fn list(dates: &[Date]) -> String {
    let shown: Vec<String> = dates.iter().take(LISTED).map(Date::to_string).collect();
    let more = dates.len().saturating_sub(LISTED);
    if more == 0 {
        shown.join(", ")
    } else {
        format!("{}, and {more} more", shown.join(", "))
    }
}
