//! The list of null designs.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::paths::{By, Paths};
use super::{
    CircularShift, DesignError, GapShuffle, Labels, Listed, Picks, Sampler, Segment, Signs, Spaced,
    Strata, Uniform,
};
use crate::study::Null;

const PILOT_SEED: u64 = 0x70_696c_6f74;

/// The null designs over the positions `0..n` of an index list. Adding one means a file here, its
/// twin in `shaders/null/` and a line in this list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Design {
    /// See [`Uniform`].
    Uniform(Uniform),
    /// See [`Strata`].
    Strata(Strata),
    /// See [`Labels`].
    Labels(Labels),
    /// See [`Spaced`].
    Spaced(Spaced),
    /// See [`GapShuffle`].
    GapShuffle(GapShuffle),
    /// See [`Signs`].
    Signs(Signs),
    /// See [`CircularShift`].
    CircularShift(CircularShift),
    /// See [`Listed`].
    Listed(Listed),
}

impl Design {
    /// Its sets as paths.
    ///
    /// # Errors
    ///
    /// The graph is too large; rotations and lists have none.
    pub(super) fn paths(&self, by: By) -> Result<Paths, DesignError> {
        match self {
            Design::Uniform(design) | Design::Labels(Labels::Whole(design)) => design.paths(by),
            Design::Strata(design) | Design::Labels(Labels::Strata(design)) => design.paths(by),
            Design::Spaced(design) => design.paths(by),
            Design::GapShuffle(design) => design.paths(by),
            Design::Signs(design) => design.paths(by),
            Design::CircularShift(_) | Design::Listed(_) => Err(DesignError::Malformed(
                "its sets are listed, and have no graph",
            )),
        }
    }
}

/// A null design, and whether its sets are drawn at random or made one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        let design = NullDesign {
            design,
            ranks: None,
        };
        design.count().map(|_| design)
    }

    /// The same with all sets made once instead, where there are at most `limit` and a graph holds
    /// them.
    pub fn enumerated_up_to(self, limit: u64) -> Self {
        let ranks = match self.design {
            Design::CircularShift(_) | Design::Listed(_) => None,
            _ => self
                .count()
                .ok()
                .and_then(|count| u64::try_from(count).ok())
                .filter(|&count| count <= limit.min(Paths::MAX_RANKS))
                .filter(|_| self.design.paths(By::Rank).is_ok()),
        };
        NullDesign { ranks, ..self }
    }

    /// The design.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Whether sets are made in the order of their ranks.
    pub(crate) fn ranks(&self) -> bool {
        self.ranks.is_some()
    }

    /// Whether a design that was read from a file is one.
    pub(crate) fn is_sound(&self) -> bool {
        let sound = match &self.design {
            Design::Uniform(design) => design.is_sound(),
            Design::Strata(design) => design.is_sound(),
            Design::Labels(design) => design.is_sound(),
            Design::Spaced(design) => design.is_sound(),
            Design::GapShuffle(design) => design.is_sound(),
            Design::Signs(design) => design.is_sound(),
            Design::CircularShift(design) => design.is_sound(),
            Design::Listed(design) => design.is_sound(),
        };
        let ranked = || {
            let again = Self::new(self.design.clone()).ok()?;
            Some(match self.ranks {
                Some(ranks) => again.enumerated_up_to(ranks),
                None => again,
            })
        };
        sound && ranked().as_ref() == Some(self)
    }

    /// The study's word for it.
    pub fn null(&self) -> Null {
        match &self.design {
            Design::Uniform(_) | Design::Strata(_) => Null::Uniform,
            Design::Labels(_) => Null::Labels,
            Design::Spaced(_) => Null::Spaced,
            Design::GapShuffle(_) => Null::GapShuffle,
            Design::Signs(_) => Null::Signs,
            Design::CircularShift(_) => Null::CircularShift,
            Design::Listed(_) => Null::List,
        }
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        match &self.design {
            Design::Uniform(design) => design.positions(),
            Design::Strata(design) => design.positions(),
            Design::Labels(design) => design.events(),
            Design::Spaced(design) => design.positions(),
            Design::GapShuffle(design) => design.positions(),
            Design::Signs(design) => 2 * design.events(),
            Design::CircularShift(design) => design.positions(),
            Design::Listed(design) => design.positions(),
        }
    }

    /// Picks a draw.
    pub fn picks(&self) -> usize {
        self.segments().iter().map(|segment| segment.len).sum()
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        match &self.design {
            Design::Uniform(design) => design.segments(),
            Design::Strata(design) => design.segments(),
            Design::Labels(design) => design.segments(),
            Design::Spaced(design) => design.segments(),
            Design::GapShuffle(design) => design.segments(),
            Design::Signs(design) => design.segments(),
            Design::CircularShift(design) => design.segments(),
            Design::Listed(design) => design.segments(),
        }
    }

    /// The number of admissible sets.
    fn count(&self) -> Result<BigUint, DesignError> {
        match &self.design {
            Design::Uniform(design) => Ok(design.admissible_sets()),
            Design::Strata(design) => design.admissible_sets(),
            Design::Labels(design) => design.admissible_sets(),
            Design::Spaced(design) => design.admissible_sets(),
            Design::GapShuffle(design) => Ok(design.admissible_sets()),
            Design::Signs(design) => Ok(design.admissible_sets()),
            Design::CircularShift(design) => Ok(design.positions().into()),
            Design::Listed(design) => Ok(design.sets().into()),
        }
    }

    /// log10 of the number of admissible sets, and the number where 128 bits hold it.
    pub fn admissible_sets(&self) -> (f64, Option<u128>) {
        let sets = self.count().unwrap_or_default();
        let shift = sets.bits().saturating_sub(64);
        let top = u64::try_from(&sets >> shift).unwrap_or(0);
        let log10 = (top as f64).log10() + shift as f64 * std::f64::consts::LOG10_2;
        (log10, u128::try_from(sets).ok())
    }

    /// The number of draws of a design that makes each of its sets once instead of drawing at random.
    pub fn enumeration(&self) -> Option<u64> {
        match &self.design {
            Design::CircularShift(design) => Some(design.positions() as u64),
            Design::Listed(design) => Some(design.sets()),
            _ => self.ranks,
        }
    }

    /// The most events of a draw that can share a position.
    pub(crate) fn most_on_a_position(&self) -> usize {
        match &self.design {
            Design::Uniform(_)
            | Design::Strata(_)
            | Design::Labels(_)
            | Design::Spaced(_)
            | Design::Signs(_) => 1,
            Design::GapShuffle(design) => design.most_on_a_day(),
            Design::CircularShift(design) => design.most_on_a_day(),
            Design::Listed(design) => design.most_on_a_day(),
        }
    }

    /// What the design assumes, as a clause that can follow "assumes that".
    pub fn assumption(&self) -> &'static str {
        match &self.design {
            Design::Uniform(_) => "the event dates were a random draw from the eligible dates",
            Design::Strata(_) => {
                "within each stratum the event dates were a random draw from its eligible dates"
            }
            Design::Labels(Labels::Whole(_)) => {
                "the labels are exchangeable over the events: any of them could have carried any label"
            }
            Design::Labels(Labels::Strata(strata)) => {
                let within = strata.strata().len() > 1;
                match (within, strata.keeps_together(), strata.keeps_items()) {
                    (true, false, _) => {
                        "within each stratum the labels are exchangeable over its events: any of them could have carried any label"
                    }
                    (false, _, true) => {
                        "the labels are exchangeable over the clusters of events: any of these could have carried any label"
                    }
                    (true, true, true) => {
                        "within each stratum the labels are exchangeable over its clusters of events: any of these could have carried any label"
                    }
                    (false, _, false) => {
                        "given how many events each label has, every way to label the clusters of events could as well have happened"
                    }
                    (true, true, false) => {
                        "given how many events each label has in each stratum, every way to label the stratum's clusters of events could as well have happened"
                    }
                }
            }
            Design::Spaced(_) => {
                "the event dates were a random draw from all sets of eligible dates that keep the gap"
            }
            Design::GapShuffle(_) => {
                "the gaps between events are exchangeable: they could have come in any order"
            }
            Design::Signs(_) => {
                "the responses are symmetric about zero: each, or each cluster of them, could as well have had the other sign, whatever the others"
            }
            Design::CircularShift(_) => {
                "the series could as well be read around a circle, its end followed by its start, from any day on; of a stationary series that holds approximately"
            }
            Design::Listed(_) => {
                "the listed sets are those that could have happened, each as likely as the observed one"
            }
        }
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
        match &self.design {
            Design::CircularShift(design) => Some(design.positions() as u64),
            _ => None,
        }
    }

    /// Makes its draws on the CPU.
    pub fn sampler(&self) -> Sampler<'_> {
        Sampler::new(self).expect("designs are made with graphs within their limits")
    }
}
