//! The positions of a null design, and the observed events among them.

use super::compile::TestFiles;
use super::event_groups::CountedEvent;
use super::event_rows::EventRows;
use super::parts::{Parting, by_name};
use super::pool::EligibleRows;
use super::sample::Sample;
use super::side_files::Sides;
use crate::error::{Cause, Error, Result, thousands};
use crate::load::Events;
use crate::null::{
    DesignError, Distinct, Ground, Key, Month, Null, NullDesign, Parted, Picks, Placed, Stands,
};
use crate::study::{CalendarUnit, Ends, Keep, OwnEffect, Parts, Pool, TestSpec};
use crate::visible::visible;

/// A null design over sample rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placement {
    pub design: NullDesign,
    /// The sample row of each position: those that draws pick from, then those that only observed
    /// events stand on.
    pub rows: Vec<usize>,
    /// The observed picks, in the order of a draw's, nobody's slots among them.
    pub observed: Vec<u32>,
    /// The line of each of these events in its file; 0 of nobody's slots.
    pub lines: Vec<u64>,
}

/// What designs are placed from.
pub(super) struct Placing<'a> {
    pub test: &'a TestSpec,
    pub files: &'a TestFiles,
    pub sides: &'a Sides,
    pub sample: &'a Sample,
    pub eligible: &'a EligibleRows,
    pub events: &'a [CountedEvent],
    pub groups: &'a [String],
    /// Of a test that makes its series anew: the cluster of each daily change, and the rows of a block.
    pub days: &'a [u32],
    /// See `days`.
    pub block: u32,
    /// Sets that are made one by one where a design has no more of them.
    pub enumerate: u64,
    /// Names a key of the test.
    pub place: &'a dyn Fn(&str) -> String,
}

/// A test's null design with its parameters, as result rows name it; `block` has the rows of a block.
pub(super) fn null_name(test: &TestSpec, eligible: &EligibleRows, block: Option<u32>) -> String {
    let mut parts = Vec::new();
    if !test.null.moves().keeps_dates() || test.pool != Pool::FullWindow {
        parts.push(eligible.label.clone());
    }
    if test.null.takes(Key::Edge) && test.pool == Pool::All {
        parts.push(if test.wraps() { "wrap" } else { "cut" }.into());
    }
    if test.keeps_days_together() {
        parts.push("same-day together".into());
    }
    parts.extend(test.min_gap.map(|gap| format!("gap {gap}")));
    if test.ends == Some(Ends::Free) {
        parts.push("free ends".into());
    }
    parts.extend(block.map(|rows| format!("block {rows}")));
    if test.effect == Some(OwnEffect::Removed) {
        parts.push("effect removed".into());
    }
    parts.extend(test.sets.as_ref().map(ToString::to_string));
    parts.extend(
        test.within
            .as_ref()
            .map(|within| format!("within {within}")),
    );
    parts.extend(test.cluster.as_ref().map(|cluster| format!("by {cluster}")));
    if test.keep == Some(Keep::Units) {
        parts.push("keep units".into());
    }
    parts.extend(
        test.blackout
            .as_ref()
            .map(|blackout| format!("without {blackout}")),
    );
    parts.extend(test.avoid_events.map(|rows| match rows {
        0 => "without events".to_owned(),
        rows => format!("without events +-{rows}"),
    }));
    let mut parts = vec![parts.join(", ")];
    parts.push(test.groups.join(", "));
    parts.retain(|part| !part.is_empty());
    match parts.as_slice() {
        [] => test.null.name().to_owned(),
        parts => {
            let parts = parts.join("; ");
            format!("{}({})", test.null.name(), visible(&parts))
        }
    }
}

impl Placing<'_> {
    /// Places the null design.
    ///
    /// # Errors
    ///
    /// The design cannot be drawn with these events.
    pub(super) fn placement(&self) -> Result<Placement> {
        let clusters = self.clusters()?;
        let (strata, names) = self.strata()?.unzip();
        let sets = self.sets()?;
        let holes = self.sample.holes_by_row();
        let months: Vec<Month> = (self.sample.dates.iter())
            .map(|date| Month {
                year: date.year(),
                month: date.month(),
            })
            .collect();
        let events: Vec<Stands> = (self.events.iter())
            .map(|event| Stands {
                row: event.row,
                group: event.group,
            })
            .collect();
        let ground = Ground {
            eligible: &self.eligible.rows,
            months: &months,
            holes: &holes,
            events: &events,
            groups: self.groups.len(),
            clusters: &clusters,
            strata: strata.as_ref(),
            keeps_units: self.test.keep == Some(Keep::Units),
            gap: self.test.min_gap.unwrap_or(1),
            free_ends: self.test.ends == Some(Ends::Free),
            sets: &sets,
            days: self.days,
            block: self.block,
        };
        let names = names.unwrap_or_default();
        let refused = |error| self.refused(error, &names);
        let Placed {
            design,
            rows,
            events: positions,
        } = self.test.null.place(&ground).map_err(refused)?;
        let design = NullDesign::new(design).map_err(refused)?;
        let design = design.enumerated_up_to(self.enumerate);
        let slots = design.picks();
        let (mut observed, mut lines) = (vec![Picks::NOBODY; slots], vec![0; slots]);
        for (g, segment) in (0..).zip(design.segments()) {
            let placed = self.events.iter().zip(&positions);
            let of_group = placed.filter(|(event, _)| event.group == g);
            for (slot, (event, &position)) in segment.range().zip(of_group) {
                observed[slot] = position;
                lines[slot] = event.line;
            }
        }
        Ok(Placement {
            design,
            rows,
            observed,
            lines,
        })
    }

    /// Why the design cannot be made, in the study's words.
    fn refused(&self, error: DesignError, strata: &[String]) -> Error {
        let null = self.test.null.name();
        let positions = self.test.null.facts().positions;
        let dates_stay = self.test.null.moves().keeps_dates();
        let event = |event: u32| &self.events[event as usize];
        let date = |number: u32| self.sample.dates[event(number).row];
        let kept = || match self.test.same_day {
            Some(_) => "same_day",
            None => "cluster",
        };
        let key = |key: &str| (self.place)(key);
        let simplest = Null::default().name();
        // What moves dates with nothing else to say.
        let others = Null::ALL.iter().filter(|of| {
            let facts = of.facts();
            facts.name != null && facts.needs.is_none() && !facts.moves.keeps_dates()
        });
        let others: Vec<String> = others.map(|of| format!("\"{}\"", of.name())).collect();
        let cause = match error {
            DesignError::TooManyPositions {
                positions: found,
                most,
            }
            | DesignError::TooManyEvents {
                events: found,
                most,
            }
            | DesignError::TooManyStrata {
                strata: found,
                most,
            }
            | DesignError::TooManyListed { picks: found, most } => Cause::TooLarge { found, most },
            DesignError::TooFewPositions { wanted, room }
            | DesignError::StratumTooSmall { wanted, room, .. }
            | DesignError::TooNear { wanted, room, .. } => Cause::TooFewDates {
                eligible: room,
                needed: wanted,
            },
            _ => Cause::Other,
        };
        let (place, problem, remedy) = match error {
            DesignError::TooManyPositions { positions, most } if !dates_stay => (
                key("pool"),
                format!(
                    "{} eligible dates, and `{null}`{} takes at most {}",
                    thousands(positions),
                    match self.test.within {
                        Some(_) => " within strata",
                        None => "",
                    },
                    thousands(most)
                ),
                match most < Distinct::MAX_POSITIONS {
                    true => format!(
                        "shorten the [sample], take coarser data or pool = \"list\", or null = \"{simplest}\" without `within`, which takes {}",
                        thousands(Distinct::MAX_POSITIONS)
                    ),
                    false => "shorten the [sample], or take coarser data".into(),
                },
            ),
            DesignError::TooManyPositions {
                positions: events,
                most,
            }
            | DesignError::TooManyEvents { events, most } => (
                key("null"),
                format!(
                    "{} events, and `{null}` takes at most {}",
                    thousands(events),
                    thousands(most)
                ),
                "keep fewer events with [events.filter], or shorten the [sample]".into(),
            ),
            DesignError::TooManyStrata { strata, most } => (
                key("within"),
                format!(
                    "{} strata, and `{null}` takes at most {}",
                    thousands(strata),
                    thousands(most)
                ),
                "take wider strata, such as years or months, or shorten the [sample]".into(),
            ),
            DesignError::TooManyListed { picks, most } => (
                key("sets"),
                format!(
                    "the listed sets hold {} dates, and `{null}` takes at most {}",
                    thousands(picks),
                    thousands(most)
                ),
                "list fewer sets".into(),
            ),
            DesignError::GraphTooLarge { most } => (
                key("null"),
                format!(
                    "the sets that keep their gaps or clusters are too many kinds: their graph has more than {} nodes",
                    thousands(most)
                ),
                "take fewer events or groups, smaller clusters, or a pool without holes".into(),
            ),
            DesignError::TooFewPositions { wanted, room } => (
                key("pool"),
                format!(
                    "{wanted} events but only {room} {positions}: distinct dates cannot be drawn"
                ),
                "widen the [sample], shorten the window, or use fewer events".into(),
            ),
            DesignError::StratumTooSmall {
                stratum,
                wanted,
                room,
            } => (
                key("within"),
                format!(
                    "{} has {wanted} events but only {room} {positions}",
                    strata[stratum]
                ),
                "take wider strata, widen the [sample], or shorten the window".into(),
            ),
            DesignError::TooNear { wanted, room, gap } => (
                key("min_gap"),
                format!(
                    "{wanted} events, but at most {room} of the {} eligible dates are {gap} rows apart",
                    self.eligible.rows.len()
                ),
                "take a smaller gap, widen the [sample], or use fewer events".into(),
            ),
            DesignError::OneGroup => (
                key("null"),
                format!("`{null}` deals the groups' labels anew, and there is one group"),
                format!("name the column of groups with [events] group (--group without a study file), or use null = \"{simplest}\""),
            ),
            DesignError::TwoLabels {
                events: [first, other],
            } => (
                key(kept()),
                format!(
                    "events of the groups `{}` ({}) and `{}` ({}) cannot keep one label",
                    self.groups[event(first).group],
                    date(first),
                    self.groups[event(other).group],
                    date(other)
                ),
                "let them part (same_day = \"apart\", or no `cluster`), or filter one of the events out".into(),
            ),
            DesignError::TwoStrata {
                events: [first, other],
                strata: [of_first, of_other],
            } => (
                key(kept()),
                format!(
                    "events that keep together lie in the strata `{}` ({}) and `{}` ({})",
                    strata[of_first],
                    date(first),
                    strata[of_other],
                    date(other)
                ),
                "take strata that clusters do not cross".into(),
            ),
            DesignError::Outside { positions, .. } => {
                let outside =
                    |event: &&CountedEvent| self.eligible.rows.binary_search(&event.row).is_err();
                let event = self.events.iter().find(outside);
                (
                    event.map_or_else(|| key("pool"), |event| event.place.clone()),
                    format!(
                        "the event{} is none of the {} eligible dates, on which `{null}` places all events",
                        event.map_or_else(String::new, |event| {
                            format!(" of {}", self.sample.dates[event.row])
                        }),
                        thousands(positions)
                    ),
                    "filter the event out, or take pool = \"all\"".into(),
                )
            }
            DesignError::NoGap => (
                key("null"),
                format!("there is one event only, and `{null}` needs a gap to another"),
                format!("take null = {}", others.join(" or ")),
            ),
            DesignError::NoSet if self.test.null.takes(Key::Sets) => (
                key("sets"),
                "the list holds no set".into(),
                "list the placebo sets, a row a date of a set".into(),
            ),
            error => (
                key("null"),
                format!("`{null}` cannot be drawn: {error}"),
                "take another null design, other events or another pool".into(),
            ),
        };
        Error::input(place, problem, remedy).because(cause)
    }

    fn parting<'b>(
        &'b self,
        parts: Option<&'b Parts>,
        column: Option<&'b Events>,
        placed: Option<&'b EventRows>,
    ) -> Result<Option<Parting<'b>>> {
        let parting = |parts| Parting::new(parts, column, placed, self.sample);
        parts.map(parting).transpose()
    }

    /// The strata of dates and events, numbered by their names in order, and these names.
    fn strata(&self) -> Result<Option<(Parted, Vec<String>)>> {
        let Some(parting) = self.parting(
            self.test.within.as_ref(),
            self.files.within.as_ref(),
            self.sides.within.as_ref(),
        )?
        else {
            return Ok(None);
        };
        let rows = self.eligible.rows.iter();
        let eligible: Vec<Option<String>> =
            rows.map(|&row| parting.of_row(row, self.sample)).collect();
        let events: Vec<String> = self
            .events
            .iter()
            .map(|event| parting.of_event(event, self.sample))
            .collect::<Result<_>>()?;
        let mut names: Vec<String> = eligible.iter().flatten().chain(&events).cloned().collect();
        names.sort_unstable();
        names.dedup();
        // Every name is among them.
        let number = |name: &String| names.binary_search(name).unwrap_or_default();
        let parted = Parted {
            strata: names.len(),
            eligible: eligible
                .iter()
                .map(|name| name.as_ref().map(number))
                .collect(),
            events: events.iter().map(number).collect(),
        };
        Ok(Some((parted, names)))
    }

    /// Events that keep together, by their parts; each alone where there are none.
    fn clusters(&self) -> Result<Vec<Vec<u32>>> {
        let day = Parts::Calendar(CalendarUnit::Day);
        let parts = match self.test.keeps_days_together() {
            true => Some(&day),
            false => self.test.cluster.as_ref(),
        };
        let Some(parting) = self.parting(
            parts,
            self.files.cluster.as_ref(),
            self.sides.cluster.as_ref(),
        )?
        else {
            return Ok((0..self.events.len() as u32)
                .map(|event| vec![event])
                .collect());
        };
        let names: Vec<String> = self
            .events
            .iter()
            .map(|event| parting.of_event(event, self.sample))
            .collect::<Result<_>>()?;
        let mut clusters: Vec<Vec<u32>> =
            by_name(names.into_iter().map(Some)).into_values().collect();
        // In the order of their first events.
        clusters.sort_unstable();
        Ok(clusters)
    }

    /// The listed sets, as places among the eligible rows, group by group; none where none are listed.
    fn sets(&self) -> Result<Vec<u32>> {
        let Some(spec) = &self.test.sets else {
            return Ok(Vec::new());
        };
        let (Some((_, groups)), Some(rows)) = (&self.files.sets, &self.sides.sets) else {
            return Err(Error::input(
                (self.place)("sets"),
                "the file of sets was not read",
                "compile the study with its files",
            ));
        };
        let mut sizes = vec![0; self.groups.len()];
        for event in self.events {
            sizes[event.group] += 1;
        }
        let mut listed: Vec<Vec<Vec<u32>>> = vec![vec![Vec::new(); sizes.len()]; rows.groups.len()];
        for (row, group) in rows.events.iter().zip(&groups.rows) {
            let at = row.row.checked_sub(self.sample.first_row);
            let position = at.and_then(|at| self.eligible.rows.binary_search(&at).ok());
            let Some(position) = position else {
                return Err(Error::input(
                    row.place.clone(),
                    "the date is not eligible: its window does not lie in the sample",
                    "take the date out of the list, shorten the window, or widen the [sample]",
                ));
            };
            let known = |name: &String| sizes.len() == 1 || *name == group.group;
            let Some(of) = self.groups.iter().position(known) else {
                return Err(Error::input(
                    row.place.clone(),
                    format!("no event is of group `{}`", group.group),
                    "name the column of groups in `sets`: sets = { file = .., group = \"COLUMN\" }",
                ));
            };
            listed[row.group][of].push(position as u32);
        }
        for (name, set) in rows.groups.iter().zip(&listed) {
            let has: Vec<usize> = set.iter().map(Vec::len).collect();
            if has != sizes {
                return Err(Error::input(
                    format!("{}, set {name}", spec.file),
                    format!("the set has {has:?} dates by group, and the events {sizes:?}"),
                    "give each set as many dates of each group as there are events",
                ));
            }
        }
        Ok(listed.into_iter().flatten().flatten().collect())
    }
}
