//! The positions of a null design, and the observed events among them.

use std::collections::HashMap;

use super::compile::TestFiles;
use super::event_groups::CountedEvent;
use super::event_rows::EventRows;
use super::parts::{Parting, by_name};
use super::pool::EligibleRows;
use super::sample::Sample;
use super::side_files::Sides;
use crate::error::{Error, Result, thousands};
use crate::load::Events;
use crate::null::{
    CircularShift, Design, DesignError, GapShuffle, Labels, Listed, NullDesign, Picks, Signs,
    Spaced, Strata, Stratum, Uniform,
};
use crate::study::{CalendarUnit, Ends, EventsSpec, Keep, Null, Parts, Pool, TestSpec};
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
    pub spec: &'a EventsSpec,
    pub files: &'a TestFiles,
    pub sides: &'a Sides,
    pub sample: &'a Sample,
    pub eligible: &'a EligibleRows,
    pub events: &'a [CountedEvent],
    pub groups: &'a [String],
    /// Sets that are made one by one where a design has no more of them.
    pub enumerate: u64,
    /// Names a key of the test.
    pub place: &'a dyn Fn(&str) -> String,
}

/// A test's null design with its parameters, as result rows name it.
pub(super) fn null_name(test: &TestSpec, eligible: &EligibleRows) -> String {
    let fixed_dates = matches!(test.null, Null::Labels | Null::Signs);
    let mut parts = Vec::new();
    if !fixed_dates || test.pool != Pool::FullWindow {
        parts.push(eligible.label.clone());
    }
    if (test.null, test.pool) == (Null::CircularShift, Pool::All) {
        parts.push(if test.wraps() { "wrap" } else { "cut" }.into());
    }
    if test.keeps_days_together() {
        parts.push("same-day together".into());
    }
    parts.extend(test.min_gap.map(|gap| format!("gap {gap}")));
    if test.ends == Some(Ends::Free) {
        parts.push("free ends".into());
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
    /// Places the null design: `labels` and `signs` have the events for positions, in file order (for
    /// `signs` twice, the second time with signs changed), the other designs the eligible rows.
    ///
    /// # Errors
    ///
    /// The design cannot be drawn with these events.
    pub(super) fn placement(&self) -> Result<Placement> {
        let (rows, positions) = match self.test.null {
            Null::Labels | Null::Signs => {
                let rows: Vec<usize> = self.events.iter().map(|event| event.row).collect();
                let positions = (0..rows.len() as u32).collect();
                match self.test.null {
                    Null::Signs => (rows.repeat(2), positions),
                    _ => (rows, positions),
                }
            }
            Null::Uniform | Null::CircularShift | Null::Spaced | Null::GapShuffle | Null::List => {
                self.on_pool()
            }
        };
        let mut picked: Vec<Vec<u32>> = vec![Vec::new(); self.groups.len()];
        for (event, &position) in self.events.iter().zip(&positions) {
            picked[event.group].push(position);
        }
        let sizes: Vec<usize> = picked.iter().map(Vec::len).collect();
        let design = match self.test.null {
            Null::Uniform => self.uniform(&sizes),
            Null::Labels => self.labels(&sizes),
            Null::CircularShift => CircularShift::new(self.dates(), &picked)
                .map(Design::CircularShift)
                .map_err(|error| self.refused(error)),
            Null::GapShuffle => {
                let free = self.test.ends == Some(Ends::Free);
                GapShuffle::new(self.dates(), &picked, free)
                    .map(Design::GapShuffle)
                    .map_err(|error| self.refused(error))
            }
            Null::Spaced => self.spaced(&sizes),
            Null::Signs => self.signs(&picked),
            Null::List => self.listed(&sizes),
        }?;
        let design = NullDesign::new(design).map_err(|error| self.refused(error))?;
        let design = design.enumerated_up_to(self.enumerate);
        let slots = design.picks();
        let (mut observed, mut lines) = (vec![Picks::NOBODY; slots], vec![0; slots]);
        for ((g, segment), group) in (0..).zip(design.segments()).zip(&picked) {
            observed[segment.start..][..group.len()].copy_from_slice(group);
            let of_group = self.events.iter().filter(|event| event.group == g);
            for (line, event) in lines[segment.range()].iter_mut().zip(of_group) {
                *line = event.line;
            }
        }
        Ok(Placement {
            design,
            rows,
            observed,
            lines,
        })
    }

    /// Eligible dates.
    fn dates(&self) -> usize {
        self.eligible.rows.len()
    }

    /// The eligible rows, then those that only events stand on; and the position of each event.
    fn on_pool(&self) -> (Vec<usize>, Vec<u32>) {
        let eligible = &self.eligible.rows;
        let mut rows = eligible.clone();
        let positions = self
            .events
            .iter()
            .map(|event| {
                let position = eligible.binary_search(&event.row).unwrap_or_else(|_| {
                    let extra = &rows[eligible.len()..];
                    let known = extra.iter().position(|&had| had == event.row);
                    let position = eligible.len() + known.unwrap_or(extra.len());
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

    /// Why the design cannot be made, in the study's words.
    fn refused(&self, error: DesignError) -> Error {
        let null = self.test.null.name();
        let fixed_dates = matches!(self.test.null, Null::Labels | Null::Signs);
        let key = |key: &str| (self.place)(key);
        let (place, problem, remedy) = match error {
            DesignError::TooManyPositions { positions, most } if !fixed_dates => (
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
                match most < Uniform::MAX_POSITIONS {
                    true => format!(
                        "shorten the [sample], take coarser data or pool = \"list\", or null = \"uniform\" without `within`, which takes {}",
                        thousands(Uniform::MAX_POSITIONS)
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
            DesignError::TooFewPositions { wanted, .. } => (
                key("pool"),
                format!(
                    "{wanted} events but only {} eligible dates: distinct dates cannot be drawn",
                    self.dates()
                ),
                "widen the [sample], shorten the window, or use fewer events".into(),
            ),
            DesignError::Outside { positions, .. } => {
                let outside =
                    |event: &&CountedEvent| self.eligible.rows.binary_search(&event.row).is_err();
                let event = self.events.iter().find(outside);
                (
                    event.map_or_else(
                        || key("pool"),
                        |event| format!("{}, line {}", self.spec.file, event.line),
                    ),
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
                "take null = \"uniform\" or \"circular-shift\"".into(),
            ),
            DesignError::NoSet if self.test.null == Null::List => (
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
        Error::input(place, problem, remedy)
    }

    fn uniform(&self, sizes: &[usize]) -> Result<Design> {
        let Some(parting) = self.strata()? else {
            return Uniform::new(self.dates(), sizes)
                .map(Design::Uniform)
                .map_err(|error| self.refused(error));
        };
        let rows = &self.eligible.rows;
        let pool = by_name(rows.iter().map(|&row| parting.of_row(row, self.sample)));
        let mut wanted: HashMap<String, Vec<usize>> = HashMap::new();
        for event in self.events {
            let stratum = parting.of_event(event, self.sample)?;
            wanted
                .entry(stratum)
                .or_insert_with(|| vec![0; sizes.len()])[event.group] += 1;
        }
        let mut strata = Vec::new();
        let mut names: Vec<String> = pool.keys().chain(wanted.keys()).cloned().collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let positions = pool.get(&name).cloned().unwrap_or_default();
            let sizes = wanted.remove(&name).unwrap_or_else(|| vec![0; sizes.len()]);
            let events: usize = sizes.iter().sum();
            if events > positions.len() {
                return Err(Error::input(
                    (self.place)("within"),
                    format!(
                        "{name} has {events} events but only {} eligible dates",
                        positions.len()
                    ),
                    "take wider strata, widen the [sample], or shorten the window",
                ));
            }
            strata.push(Stratum {
                items: positions
                    .into_iter()
                    .map(|position| vec![position])
                    .collect(),
                sizes,
            });
        }
        Strata::new(self.dates(), strata)
            .map(Design::Strata)
            .map_err(|error| self.refused(error))
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

    /// The strata of dates and events.
    fn strata(&self) -> Result<Option<Parting<'_>>> {
        self.parting(
            self.test.within.as_ref(),
            self.files.within.as_ref(),
            self.sides.within.as_ref(),
        )
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

    fn labels(&self, sizes: &[usize]) -> Result<Design> {
        if sizes.len() < 2 {
            return Err(Error::input(
                (self.place)("null"),
                "`labels` deals the groups' labels anew, and there is one group",
                "name the column of groups with [events] group (--group without a study file), or use null = \"uniform\"",
            ));
        }
        let key = match self.test.same_day {
            Some(_) => "same_day",
            None => "cluster",
        };
        let group = |event: u32| self.events[event as usize].group;
        let date = |event: u32| self.sample.dates[self.events[event as usize].row];
        let mut clusters = self.clusters()?;
        for cluster in &clusters {
            if let Some(&other) = cluster.iter().find(|&&e| group(e) != group(cluster[0])) {
                return Err(Error::input(
                    (self.place)(key),
                    format!(
                        "events of the groups `{}` ({}) and `{}` ({}) cannot keep one label",
                        self.groups[group(cluster[0])],
                        date(cluster[0]),
                        self.groups[group(other)],
                        date(other)
                    ),
                    "let them part (same_day = \"apart\", or no `cluster`), or filter one of the events out",
                ));
            }
        }
        let parting = self.strata()?;
        let strata = match parting {
            None => vec![self.stratum(clusters)],
            Some(parting) => {
                let names: Vec<String> = self
                    .events
                    .iter()
                    .map(|event| parting.of_event(event, self.sample))
                    .collect::<Result<_>>()?;
                let name = |event: u32| &names[event as usize];
                for cluster in &clusters {
                    if let Some(&other) = cluster.iter().find(|&&e| name(e) != name(cluster[0])) {
                        return Err(Error::input(
                            (self.place)(key),
                            format!(
                                "events that keep together lie in the strata `{}` ({}) and `{}` ({})",
                                name(cluster[0]),
                                date(cluster[0]),
                                name(other),
                                date(other)
                            ),
                            "take strata that clusters do not cross",
                        ));
                    }
                }
                let mut strata = Vec::new();
                for of_stratum in by_name(names.iter().cloned().map(Some)).into_keys() {
                    let (inside, rest) = clusters
                        .into_iter()
                        .partition(|c| *name(c[0]) == of_stratum);
                    strata.push(self.stratum(inside));
                    clusters = rest;
                }
                strata
            }
        };
        let labels = match self.test.keep {
            Some(Keep::Units) => Labels::new(strata),
            None | Some(Keep::Clusters) => Labels::by_cluster(strata),
        };
        labels
            .map(Design::Labels)
            .map_err(|error| self.refused(error))
    }

    /// Clusters of events and their labels as a stratum.
    fn stratum(&self, items: Vec<Vec<u32>>) -> Stratum {
        let mut sizes = vec![0; self.groups.len()];
        for item in &items {
            sizes[self.events[item[0] as usize].group] += match self.test.keep {
                Some(Keep::Units) => item.len(),
                None | Some(Keep::Clusters) => 1,
            };
        }
        Stratum { items, sizes }
    }

    fn signs(&self, picked: &[Vec<u32>]) -> Result<Design> {
        let mut of_event = vec![0; self.events.len()];
        for (number, cluster) in (0..).zip(self.clusters()?) {
            for event in cluster {
                of_event[event as usize] = number;
            }
        }
        Signs::new(of_event, picked)
            .map(Design::Signs)
            .map_err(|error| self.refused(error))
    }

    fn spaced(&self, sizes: &[usize]) -> Result<Design> {
        let gap = self.test.min_gap.unwrap_or(1);
        // Over a hole any gap is wide enough.
        let apart = |row: usize| {
            let holes = self.sample.holes_before(row as i64) as u32;
            holes
                .saturating_mul(gap.min(1 << 16))
                .saturating_add(row as u32)
        };
        let rows: Vec<u32> = self.eligible.rows.iter().map(|&row| apart(row)).collect();
        let (wanted, most): (usize, _) = (sizes.iter().sum(), Spaced::most(&rows, gap));
        if wanted > most {
            return Err(Error::input(
                (self.place)("min_gap"),
                format!(
                    "{wanted} events, but at most {most} of the {} eligible dates are {gap} rows apart",
                    rows.len()
                ),
                "take a smaller gap, widen the [sample], or use fewer events",
            ));
        }
        Spaced::new(rows, gap, sizes)
            .map(Design::Spaced)
            .map_err(|error| self.refused(error))
    }

    fn listed(&self, sizes: &[usize]) -> Result<Design> {
        let (Some(spec), Some((sets, groups)), Some(rows)) =
            (&self.test.sets, &self.files.sets, &self.sides.sets)
        else {
            return Err(Error::input(
                (self.place)("sets"),
                "the file of sets was not read",
                "compile the study with its files",
            ));
        };
        let mut listed: Vec<Vec<Vec<u32>>> = vec![vec![Vec::new(); sizes.len()]; rows.groups.len()];
        for (row, (set, group)) in rows.events.iter().zip(sets.rows.iter().zip(&groups.rows)) {
            let at = row.row.checked_sub(self.sample.first_row);
            let position = at.and_then(|at| self.eligible.rows.binary_search(&at).ok());
            let Some(position) = position else {
                return Err(Error::input(
                    format!("{}, line {} ({})", spec.file, set.line, set.date),
                    "the date is not eligible: its window does not lie in the sample",
                    "take the date out of the list, shorten the window, or widen the [sample]",
                ));
            };
            let known = |name: &String| sizes.len() == 1 || *name == group.group;
            let Some(of) = self.groups.iter().position(known) else {
                return Err(Error::input(
                    format!("{}, line {} ({})", spec.file, set.line, set.date),
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
        let picks = listed.into_iter().flatten().flatten().collect();
        Listed::new(self.dates(), sizes, picks)
            .map(Design::Listed)
            .map_err(|error| self.refused(error))
    }
}
