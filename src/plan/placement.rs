//! The positions of a null design, and the observed events among them.

use std::collections::BTreeMap;

use super::event_groups::CountedEvent;
use super::pool::EligibleRows;
use crate::error::{Error, Result};
use crate::null::{CircularShift, Labels, NullDesign, Uniform};
use crate::study::{LabelDays, Null, Pool, TestSpec};

/// A null design over sample rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placement {
    pub design: NullDesign,
    /// The sample row of each position: those that draws pick from, then those that only observed
    /// events stand on.
    pub rows: Vec<usize>,
    /// The observed picks, in the order of a draw's.
    pub observed: Vec<u32>,
}

/// Places the null design of a test: `labels` has the events for positions, in file order, the other
/// designs have the eligible rows. `place` names a key of the test.
///
/// # Errors
///
/// The design cannot be drawn with these events.
pub(super) fn placement(
    test: &TestSpec,
    eligible: &EligibleRows,
    events: &[CountedEvent],
    groups: &[String],
    place: impl Fn(&str) -> String,
) -> Result<Placement> {
    let (rows, positions) = match test.null {
        Null::Labels => {
            let rows: Vec<usize> = events.iter().map(|event| event.row).collect();
            let positions = (0..rows.len() as u32).collect();
            (rows, positions)
        }
        Null::Uniform | Null::CircularShift => on_pool(eligible, events),
    };
    let mut picked: Vec<Vec<u32>> = vec![Vec::new(); groups.len()];
    for (event, &position) in events.iter().zip(&positions) {
        picked[event.group].push(position);
    }
    let sizes: Vec<usize> = picked.iter().map(Vec::len).collect();
    let design = match test.null {
        Null::Uniform => uniform(eligible, &sizes, &place).map(NullDesign::Uniform),
        Null::Labels => labels(test, events, &sizes, groups, &place).map(NullDesign::Labels),
        Null::CircularShift => circular_shift(eligible, &picked, &place),
    }?;
    let mut observed = vec![0; design.picks()];
    for (segment, group) in design.segments().iter().zip(&picked) {
        observed[segment.range()].copy_from_slice(group);
    }
    Ok(Placement {
        design,
        rows,
        observed,
    })
}

/// A test's null design with its parameters, as result rows name it.
pub(super) fn null_name(test: &TestSpec, eligible: &EligibleRows) -> String {
    let mut parts = Vec::new();
    if test.null != Null::Labels || test.pool != Pool::FullWindow {
        parts.push(eligible.label.as_str());
    }
    if (test.null, test.pool) == (Null::CircularShift, Pool::All) {
        parts.push(if test.wraps() { "wrap" } else { "cut" });
    }
    if test.same_day == Some(LabelDays::Together) {
        parts.push("same-day together");
    }
    let mut parts = vec![parts.join(", ")];
    parts.push(test.groups.join(", "));
    parts.retain(|part| !part.is_empty());
    match parts.as_slice() {
        [] => test.null.name().to_owned(),
        parts => format!("{}({})", test.null.name(), parts.join("; ")),
    }
}

/// The eligible rows, then those that only events stand on; and the position of each event.
fn on_pool(eligible: &EligibleRows, events: &[CountedEvent]) -> (Vec<usize>, Vec<u32>) {
    let mut rows = eligible.rows.clone();
    let positions = events
        .iter()
        .map(|event| {
            let position = eligible.rows.binary_search(&event.row).unwrap_or_else(|_| {
                let extra = &rows[eligible.rows.len()..];
                let known = extra.iter().position(|&had| had == event.row);
                let position = eligible.rows.len() + known.unwrap_or(extra.len());
                if known.is_none() {
                    rows.push(event.row);
                }
                position
            });
            position as u32
        })
        .collect();
    (rows, positions)
}

fn uniform(
    eligible: &EligibleRows,
    sizes: &[usize],
    place: &impl Fn(&str) -> String,
) -> Result<Uniform> {
    let positions = eligible.rows.len();
    Uniform::new(positions, sizes).ok_or_else(|| {
        Error::input(
            place("pool"),
            format!(
                "{} events but only {positions} eligible dates: distinct dates cannot be drawn",
                sizes.iter().sum::<usize>()
            ),
            "widen the [sample], shorten the window, or use fewer events",
        )
    })
}

fn circular_shift(
    eligible: &EligibleRows,
    picked: &[Vec<u32>],
    place: &impl Fn(&str) -> String,
) -> Result<NullDesign> {
    let positions = eligible.rows.len();
    CircularShift::new(positions, picked)
        .map(NullDesign::CircularShift)
        .ok_or_else(|| {
            Error::input(
                place("pool"),
                format!("an event stands outside the {positions} dates that are rotated"),
                "filter the event out, or take pool = \"all\"",
            )
        })
}

fn labels(
    test: &TestSpec,
    events: &[CountedEvent],
    sizes: &[usize],
    groups: &[String],
    place: &impl Fn(&str) -> String,
) -> Result<Labels> {
    if sizes.len() < 2 {
        return Err(Error::input(
            place("null"),
            "`labels` deals the groups' labels anew, and there is one group",
            "name the column of groups with [events] group (--group without a study file), or use null = \"uniform\"",
        ));
    }
    let mut days = Vec::new();
    let mut most = Uniform::MAX_POSITIONS;
    if test.same_day == Some(LabelDays::Together) {
        days = same_day(events, groups, place)?;
        most = Labels::MAX_TOGETHER;
    }
    if events.len() > most {
        return Err(Error::input(
            place("null"),
            format!("{} events; `labels` deals at most {most}", events.len()),
            "filter events out",
        ));
    }
    Labels::new(sizes, &days).ok_or_else(|| {
        let kept = Labels::acceptance(sizes, days.iter().map(Vec::len));
        Error::input(
            place("same_day"),
            format!(
                "labels dealt event by event keep the {} days with several events together with a probability of at most {kept:.1e}; at least 1/64 is needed",
                days.len()
            ),
            "take same_day = \"apart\", or filter events so that fewer share a day",
        )
    })
}

/// The positions of each day with several events.
fn same_day(
    events: &[CountedEvent],
    groups: &[String],
    place: &impl Fn(&str) -> String,
) -> Result<Vec<Vec<u32>>> {
    let mut days: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for (position, event) in (0..).zip(events) {
        days.entry(event.row).or_default().push(position);
    }
    let days: Vec<Vec<u32>> = days.into_values().filter(|day| day.len() > 1).collect();
    let group = |position: u32| events[position as usize].group;
    for day in &days {
        if let Some(&other) = day.iter().find(|&&p| group(p) != group(day[0])) {
            return Err(Error::input(
                place("same_day"),
                format!(
                    "events of the groups `{}` and `{}` stand on one day, which cannot keep one label",
                    groups[group(day[0])],
                    groups[group(other)]
                ),
                "take same_day = \"apart\", or filter one of the events out",
            ));
        }
    }
    Ok(days)
}
