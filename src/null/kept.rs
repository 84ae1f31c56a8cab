//! Events that keep their dates and groups while the series is made anew: what the designs share that move
//! no event.

use std::fmt::Debug;

use super::paths::{By, Paths};
use super::{DesignError, Ground, Picks, PicksPass, Run, Segment, segments_of};

/// Neighbouring rows of a draw's series: rows of the plan's from `from` on, with their signs changed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first row that they are made from.
    pub from: u32,
    /// Number of rows; `from + len` is at most the number of all.
    pub len: u32,
    /// Whether their signs are changed.
    pub negated: bool,
}

/// How a draw's series is made from rows of the plan's.
pub(crate) trait Remake: Debug + Sync {
    /// Whether residuals change their signs instead of moving to other rows.
    fn signs(&self) -> bool;

    /// Puts the stretches of a draw, which follow each other from row 0 to the last.
    fn fill(&self, seed: u64, draw: u64, stretches: &mut Vec<Stretch>);
}

/// The picks of every draw: the events, group by group. Positions are the events in file order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    events: Vec<u32>,
    segments: Vec<Segment>,
}

impl Kept {
    /// Of groups, each a list of events.
    ///
    /// # Errors
    ///
    /// A group without a member, or an event that is not in exactly one group.
    pub(super) fn new(groups: &[Vec<u32>]) -> Result<Self, DesignError> {
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        DesignError::unless_filled(&sizes)?;
        let events = groups.concat();
        let mut sorted = events.clone();
        sorted.sort_unstable();
        match sorted.iter().copied().eq(0..events.len() as u32) {
            true => Ok(Kept {
                events,
                segments: segments_of(&sizes),
            }),
            false => Err(DesignError::Malformed("an event is not in one group")),
        }
    }

    /// The events' rows as positions, their positions, and these by group.
    pub(super) fn places(ground: &Ground) -> (Vec<usize>, Vec<u32>, Vec<Vec<u32>>) {
        let (rows, events) = ground.on_events();
        let groups = ground.by_group(&events);
        (rows, events, groups)
    }

    pub(super) fn positions(&self) -> usize {
        self.events.len()
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub(super) fn paths(_by: By) -> Result<Paths, DesignError> {
        Err(DesignError::Malformed("series made anew have no graph"))
    }

    /// The draws of the design `name`.
    pub(super) fn running(&self, name: &'static str) -> KeptRun<'_> {
        KeptRun { of: self, name }
    }
}

/// Why there is no exact law of a statistic of series made anew.
pub(super) const NO_LAW: &str =
    "the series is made anew by a bootstrap, whose p is asymptotic: no exact law is claimed";

/// Picks the events in every draw.
#[derive(Debug, Clone)]
pub(crate) struct KeptRun<'d> {
    of: &'d Kept,
    name: &'static str,
}

impl Run for KeptRun<'_> {
    fn fill(&mut self, _seed: u64, _first: u64, draws: usize, picks: &mut Picks) {
        for draw in 0..draws {
            picks.row_mut(draw)[..self.of.events.len()].copy_from_slice(&self.of.events);
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        Err(format!(
            "the draws of `{}` make the series anew, which runs on the CPU alone",
            self.name
        ))
    }

    fn steps(&self) -> usize {
        0
    }
}
