//! A null design as plans hold it.

use num_bigint::BigUint;

use super::paths::{By, Paths};
use super::{
    Design, DesignError, Drawn, Facts, Inclusion, Inflation, LawBasis, Miss, Moves, Null, Observed,
    Picks, Remake, Sampler, Segment,
};

/// Seed of draws that are looked at before any is counted.
pub(crate) const PILOT_SEED: u64 = 0x70_696c_6f74;

/// A null design, and whether its sets are drawn at random or made one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NullDesign {
    design: Design,
    /// How many sets there are, where all are made in the order of their ranks.
    ranks: Option<u64>,
}

impl NullDesign {
    /// A design whose sets are drawn at random (rotations and lists: made one by one).
    ///
    /// # Errors
    ///
    /// It needs a graph of more than 2^20 nodes, or no set is admissible.
    pub fn new(design: Design) -> Result<Self, DesignError> {
        design.sets()?;
        Ok(NullDesign {
            design,
            ranks: None,
        })
    }

    /// The same with all sets made once instead, where there are at most `limit` and a graph holds
    /// them.
    pub fn enumerated_up_to(self, limit: u64) -> Self {
        let ranks = match self.design.each_once() {
            Some(_) => None,
            None => self
                .design
                .sets()
                .ok()
                .and_then(|count| u64::try_from(count).ok())
                .filter(|&count| count <= limit.min(Paths::MAX_RANKS))
                .filter(|_| self.design.paths(By::Rank).is_ok()),
        };
        NullDesign { ranks, ..self }
    }

    /// The same with sets drawn at random (rotations and lists: made one by one).
    pub(crate) fn at_random(&self) -> Self {
        NullDesign {
            design: self.design.clone(),
            ranks: None,
        }
    }

    /// The design.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The study's word for it.
    pub fn null(&self) -> Null {
        self.design.null()
    }

    /// What holds of all designs of its name.
    pub fn facts(&self) -> Facts {
        self.null().facts()
    }

    /// What its draws move.
    pub fn moves(&self) -> Moves {
        self.facts().moves
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        self.design.positions()
    }

    /// Picks a draw.
    pub fn picks(&self) -> usize {
        self.segments().iter().map(|segment| segment.len).sum()
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        self.design.segments()
    }

    /// log10 of the number of admissible sets, and the number where 128 bits hold it.
    pub fn admissible_sets(&self) -> (f64, Option<u128>) {
        let sets: BigUint = self.design.sets().unwrap_or_default();
        let shift = sets.bits().saturating_sub(64);
        let top = u64::try_from(&sets >> shift).unwrap_or(0);
        let log10 = (top as f64).log10() + shift as f64 * std::f64::consts::LOG10_2;
        (log10, u128::try_from(sets).ok())
    }

    /// The number of draws of a design that makes each of its sets once instead of drawing at random.
    pub fn enumeration(&self) -> Option<u64> {
        self.design.each_once().or(self.ranks)
    }

    /// The most events of a draw that can share a position.
    pub(crate) fn most_on_a_position(&self) -> usize {
        self.design.most_on_a_position()
    }

    /// What the design assumes, as a clause that can follow "assumes that".
    pub fn assumption(&self) -> &'static str {
        self.design.assumption()
    }

    /// What exact laws rest on.
    pub(crate) fn basis(&self) -> LawBasis {
        self.design.basis()
    }

    /// Whether groups `a` and `b` are exchangeable: with their picks exchanged, every set is as likely.
    pub(crate) fn exchanges(&self, a: usize, b: usize) -> bool {
        self.design.exchanges(a, b)
    }

    /// How often each group stands on each position; `None` where the design does not tell, or needs a
    /// graph of more than 2^20 nodes for it.
    pub(crate) fn inclusion(&self) -> Option<Inclusion> {
        self.design.inclusion()
    }

    /// The first position whose scores have their signs changed: it stands for the event at position 0.
    pub fn negated_from(&self) -> Option<usize> {
        self.design.negated_from()
    }

    /// Whether a set with all its signs changed is as likely as the set.
    pub(crate) fn negates(&self) -> bool {
        self.negated_from().is_some()
    }

    /// The events that are dealt one label together, a cluster a list; `None` where each has a label of
    /// its own, or labels are not dealt.
    pub(crate) fn one_label(&self) -> Option<Vec<&[u32]>> {
        self.design.one_label()
    }

    /// Why the observed set is none of the admissible ones; empty where it is one.
    pub(crate) fn misses(&self, observed: &Observed) -> Vec<Miss> {
        self.design.misses(observed)
    }

    /// Whether draws place events where the observed first and last do not stand.
    pub(crate) fn draws_ends(&self) -> bool {
        self.design.draws_ends()
    }

    /// Whether sets are single positions, each as likely and each made once, so that an observed one
    /// beside them is ranked among them.
    pub(crate) fn ranks_single(&self) -> bool {
        self.design.ranks_single() && self.enumeration().is_some()
    }

    /// How the variance of a mean over `groups` is changed by draws that keep off the observed events.
    pub(crate) fn inflation(&self, groups: &[usize]) -> Option<Inflation> {
        self.design.inflation(groups)
    }

    /// At most `most` draws that show the design's law roughly before any is counted: of a seed of
    /// their own, or evenly spread over all sets where each is made once. How many there are.
    pub(crate) fn pilot(&self, most: usize) -> (Picks, usize) {
        let mut picks = Picks::new(most, self.picks());
        let mut sampler = self.sampler();
        let Some(sets) = self.enumeration() else {
            sampler.fill(PILOT_SEED, 0, most, &mut picks);
            return (picks, most);
        };
        let mut one = Picks::new(1, self.picks());
        let step = sets.div_ceil(most as u64).max(1);
        let mut made = 0;
        for index in (0..sets).step_by(step as usize) {
            sampler.fill(0, index, 1, &mut one);
            picks.row_mut(made).copy_from_slice(one.row_mut(0));
            made += 1;
        }
        (picks, made)
    }

    /// The graph whose paths are the admissible sets, by chance.
    ///
    /// # Errors
    ///
    /// There is none within limits.
    pub(crate) fn graph(&self) -> Result<Paths, DesignError> {
        self.design.paths(By::Chance)
    }

    /// How many rotations the design makes, if these are its sets.
    pub(crate) fn rotations(&self) -> Option<u64> {
        match self.moves() {
            Moves::Rotations => self.design.each_once(),
            Moves::Dates | Moves::Labels | Moves::Signs | Moves::Series => None,
        }
    }

    /// Makes its draws on the CPU.
    pub fn sampler(&self) -> Sampler<'_> {
        self.running()
            .expect("designs are made with graphs within their limits")
    }

    fn running(&self) -> Result<Sampler<'_>, DesignError> {
        match self.ranks {
            Some(_) => Sampler::ranked(&self.design),
            None => Sampler::new(&self.design),
        }
    }

    /// Steps of a draw that take time beside its picks.
    pub(crate) fn steps(&self) -> usize {
        self.running().map_or(0, |running| running.steps())
    }

    /// How a draw makes the series anew; `None` of a design that leaves it as it is.
    pub(crate) fn remakes(&self) -> Option<&dyn Remake> {
        self.design.remakes()
    }

    /// Its draws without a group that is what the others leave, where one is.
    pub(crate) fn drawn(&self) -> Option<Drawn> {
        match self.ranks {
            Some(_) => None,
            None => self.design.drawn(),
        }
    }
}
