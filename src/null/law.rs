//! What a null design owns.

use std::fmt::Debug;

use num_bigint::BigUint;

use super::paths::{By, Paths};
use super::{
    DesignError, Drawn, Ground, Inclusion, Key, Picks, PicksPass, Placed, Remake, Segment,
};
use crate::kernel::Shader;

/// All that the house knows of a null design, over the positions `0..n` of an index list. Nothing here
/// has a default: a design that leaves a fact out does not compile.
pub(crate) trait Law: Debug + Clone + PartialEq + Eq {
    /// What holds of all designs of this name.
    const FACTS: Facts;
    /// What draws are made from: tables and buffers.
    type Running<'d>: Run
    where
        Self: 'd;

    /// The design of these events on this ground.
    ///
    /// # Errors
    ///
    /// It cannot be drawn with them.
    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError>;

    /// Number of positions.
    fn positions(&self) -> usize;

    /// Where each group stands among the picks.
    fn segments(&self) -> &[Segment];

    /// The number of admissible sets.
    ///
    /// # Errors
    ///
    /// No set is admissible, or it takes a graph that is too large.
    fn sets(&self) -> Result<BigUint, DesignError>;

    /// How many sets there are where each is made once, however many they are.
    fn each_once(&self) -> Option<u64>;

    /// Its sets as paths of a graph.
    ///
    /// # Errors
    ///
    /// The graph is too large, or there is none.
    fn paths(&self, by: By) -> Result<Paths, DesignError>;

    /// Draws at random, or, with [`Law::each_once`], each set in turn.
    ///
    /// # Errors
    ///
    /// A graph would be too large, which designs exclude when they are made.
    fn running(&self) -> Result<Self::Running<'_>, DesignError>;

    /// How a draw makes the series anew; `None` of a design that leaves it as it is.
    fn remakes(&self) -> Option<&dyn Remake>;

    /// The same draws without a group that is what the others leave, where one is.
    fn drawn(&self) -> Option<Drawn>;

    /// What exact laws rest on.
    fn basis(&self) -> LawBasis;

    /// The most events of a draw that can share a position.
    fn most_on_a_position(&self) -> usize;

    /// Whether groups `a` and `b` are exchangeable: with their picks exchanged, every set is as likely.
    fn exchanges(&self, a: usize, b: usize) -> bool;

    /// How often each group stands on each position; `None` where the design does not tell, or needs a
    /// graph of more than 2^20 nodes for it.
    fn inclusion(&self) -> Option<Inclusion>;

    /// The first position whose scores are those of an earlier one with the sign changed; all positions
    /// past it are so.
    fn negated_from(&self) -> Option<usize>;

    /// The events that are dealt one label together, a cluster a list; `None` where each has a label of
    /// its own, or labels are not dealt.
    fn one_label(&self) -> Option<Vec<&[u32]>>;

    /// Why the observed set is none of the admissible ones; empty where it is one.
    fn misses(&self, observed: &Observed) -> Vec<Miss>;

    /// What the design assumes, as a clause that can follow "assumes that".
    fn assumption(&self) -> &'static str;

    /// Whether draws place events where the observed first and last do not stand.
    fn draws_ends(&self) -> bool;

    /// Whether sets are single positions, each as likely, so that an observed one beside them is ranked
    /// among them as if it had been one of them.
    fn ranks_single(&self) -> bool;

    /// How the variance of a mean over `groups` is changed by draws that keep off the observed events;
    /// `None` where draws do not keep off them.
    fn inflation(&self, groups: &[usize]) -> Option<Inflation>;
}

/// Makes draws of a design on the CPU, and knows the kernel that makes the same ones on a device.
pub(crate) trait Run: Debug + Clone {
    /// The picks of draws `first..first + draws` into the rows of `picks`.
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks);

    /// The kernel, or why no device draws it.
    fn kernel(&self) -> Result<PicksPass, String>;

    /// Steps of a draw that take time beside its picks.
    fn steps(&self) -> usize;
}

/// What holds of all designs of a name.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The name in the study file.
    pub name: &'static str,
    /// Its file in `src/null/` and, where a device draws it, its twin in `shaders/null/`, without ending.
    pub file: &'static str,
    /// Streams in the generator's counter; of no other design.
    pub streams: &'static [u32],
    /// Its shaders, beside that of paths, which all share; none where no device draws it.
    pub shaders: &'static [Shader],
    /// What its draws move.
    pub moves: Moves,
    /// What its positions are, in the plural.
    pub positions: &'static str,
    /// The keys that it takes from the study file.
    pub keys: &'static [Key],
    /// The one of them that it cannot do without, and a line that gives it.
    pub needs: Option<(Key, &'static str)>,
    /// What a placebo set does, after "each placebo set", from the sizes of groups and the number of
    /// positions.
    pub clause: fn(sizes: &str, positions: &str) -> String,
    /// What overlapping windows of events mean, after "The windows of n pairs of events overlap:".
    pub overlap: Option<&'static str>,
    /// What a row of a single group is about, where that is not its level.
    pub single_group: Option<&'static str>,
    /// That p claims no level, where the observed set is none of the admissible ones.
    pub reference: &'static str,
}

/// That p claims no level, of designs of which nothing else is known.
pub(super) const NO_LEVEL: &str =
    "A reference distribution: no draw can be like the observed set, and p claims no level";

/// What the draws of a design move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// Events to other positions of the pool.
    Dates,
    /// All events together, around the pool as around a circle; draw 0 is the observed set.
    Rotations,
    /// Labels over events that keep their dates.
    Labels,
    /// Signs of events that keep their dates and labels.
    Signs,
    /// Nothing: the events stay as they are, and the series is made anew.
    Series,
}

impl Moves {
    /// Whether the positions are the events.
    pub fn keeps_dates(self) -> bool {
        match self {
            Moves::Dates | Moves::Rotations => false,
            Moves::Labels | Moves::Signs | Moves::Series => true,
        }
    }
}

/// What the exact laws of a design rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LawBasis {
    /// The picks of a group, or of several groups together, are a uniform draw of distinct positions.
    Distinct,
    /// The sets are the paths of a graph.
    Paths,
    /// Why there are none.
    None(&'static str),
}

/// The observed set, on rows of a sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observed<'a> {
    /// Its picks, nobody's slots among them.
    pub picks: &'a [u32],
    /// The row of each position; those past a design's own are positions that only events stand on.
    pub rows: &'a [usize],
    /// By row, how many holes of the data lie before it.
    pub holes: &'a [u32],
}

impl Observed<'_> {
    fn row(&self, position: u32) -> usize {
        self.rows[position as usize]
    }

    /// The positions of all events, rows ascending.
    pub(super) fn in_time(&self) -> Vec<u32> {
        let taken = self.picks.iter().filter(|&&pick| pick != Picks::NOBODY);
        let mut positions: Vec<u32> = taken.copied().collect();
        positions.sort_by_key(|&position| self.row(position));
        positions
    }

    /// That events share a position, or positions on one row.
    pub(super) fn shared(&self) -> Option<Miss> {
        let events = self.in_time();
        let pairs = events.windows(2);
        let mut shared: Vec<u32> = pairs
            .filter(|pair| self.row(pair[0]) == self.row(pair[1]))
            .map(|pair| pair[0])
            .collect();
        shared.dedup_by_key(|position| self.row(*position));
        (!shared.is_empty()).then(|| Miss {
            before: "Events share a date".into(),
            at: shared,
            after: ", which the dates of a draw never do",
        })
    }

    /// That events stand beside the design's own `positions`; `on` says on what they stand.
    pub(super) fn beside(&self, positions: usize, on: &str) -> Option<Miss> {
        (self.rows.len() > positions).then(|| Miss {
            before: format!("Events stand {on}"),
            at: (positions as u32..self.rows.len() as u32).collect(),
            after: "",
        })
    }

    /// That events stand less than `gap` rows after another, without a hole between.
    pub(super) fn near(&self, gap: u32) -> Option<Miss> {
        let near = |pair: &&[u32]| {
            let [earlier, later] = [self.row(pair[0]), self.row(pair[1])];
            (1..gap as usize).contains(&(later - earlier))
                && self.holes[earlier] == self.holes[later]
        };
        let events = self.in_time();
        let pairs = events.windows(2).filter(near);
        let at: Vec<u32> = pairs.map(|pair| pair[1]).collect();
        (!at.is_empty()).then(|| Miss {
            before: format!("Events stand less than {gap} rows after another"),
            at,
            after: "",
        })
    }
}

/// A way in which the observed set is none of the admissible ones, as a sentence that names the dates
/// of some positions, if any, in its midst.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Miss {
    pub before: String,
    pub at: Vec<u32>,
    pub after: &'static str,
}

/// How much more the observed mean varies than those of draws that keep off the observed events.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Inflation {
    /// Positions left, and how many of them a draw takes: once, or by stratum.
    pub parts: Vec<(usize, usize)>,
    /// How it is worked out.
    pub rule: Rule,
}

/// How an inflation is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// From one number of positions.
    Whole,
    /// The same, near enough: draws are not quite of independent positions.
    About,
    /// Summed over strata.
    Strata,
}

impl Inflation {
    /// Of groups drawn from `positions` that are all alike, by a rule.
    pub(super) fn over(
        positions: usize,
        segments: &[Segment],
        groups: &[usize],
        rule: Rule,
    ) -> Self {
        let sizes = groups.iter().map(|&group| segments[group].len);
        Inflation {
            parts: vec![(positions, sizes.sum())],
            rule,
        }
    }

    /// How many times as much as a draw's mean the observed one varies; `None` where draws take all
    /// positions, and do not vary.
    pub(crate) fn times(&self) -> Option<f64> {
        // k^2 (1/k +- 1/N'), over the parts.
        let sum = |sign: f64| -> f64 {
            let taken = self.parts.iter().filter(|(_, k)| *k > 0);
            taken
                .map(|&(n, k)| k as f64 * (1.0 + sign * k as f64 / n as f64))
                .sum()
        };
        let (observed, drawn) = (sum(1.0), sum(-1.0));
        (drawn > 1e-9 * observed).then(|| observed / drawn)
    }
}
