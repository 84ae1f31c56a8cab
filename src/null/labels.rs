//! `labels`: the groups' labels dealt anew over the fixed events.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::uniform::selections;
use super::{DesignError, Segment, Strata, Stratum, Uniform};

/// The labels of groups dealt over the events, which are the positions. Every way to label the events
/// that leaves each group its size is equally likely; within strata, every way that leaves each group
/// its size in each stratum; where events keep together (those of a day, of a cluster), every such way
/// that gives them one label.
///
/// # The sampler, once and for all
///
/// Stream 2. Without strata and events that keep together, the sampler of [`Uniform`] with as many
/// positions as events; else that of [`Strata`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Labels {
    /// Over all events alike.
    Whole(Uniform),
    /// Within strata, or with events that keep together.
    Strata(Strata),
}

impl Labels {
    /// Stream of this design in the generator's counter.
    pub(crate) const STREAM: u32 = 2;

    /// Of events in strata, all of which the groups take.
    ///
    /// # Errors
    ///
    /// Fewer than two groups, a group without a member, an event in two strata or in no group, and the
    /// limits of [`Uniform`] or [`Strata`].
    pub fn new(strata: Vec<Stratum>) -> Result<Self, DesignError> {
        let held = |stratum: &Stratum| stratum.items.iter().map(Vec::len).sum::<usize>();
        let events: usize = strata.iter().map(held).sum();
        let groups = strata.first().map_or(0, |stratum| stratum.sizes.len());
        let whole = |stratum: &Stratum| stratum.sizes.iter().sum::<usize>() == held(stratum);
        if groups < 2 {
            return Err(DesignError::Malformed("there are no two groups"));
        }
        if !strata.iter().all(whole) {
            return Err(DesignError::Malformed(
                "groups do not take all events of a stratum",
            ));
        }
        let simple = strata.len() == 1 && strata[0].items.iter().all(|item| item.len() == 1);
        match simple {
            true => Uniform::new(events, &strata[0].sizes).map(Labels::Whole),
            false => Strata::new(events, strata).map(Labels::Strata),
        }
    }

    /// Whether a design that was read from a file is one that [`Labels::new`] makes.
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Labels::Whole(sampler) => {
                sampler.is_sound()
                    && sampler.segments().len() > 1
                    && sampler.picks() == sampler.positions()
            }
            Labels::Strata(strata) => {
                strata.is_sound() && Self::new(strata.strata().to_vec()).as_ref() == Ok(self)
            }
        }
    }

    /// Number of events.
    pub fn events(&self) -> usize {
        match self {
            Labels::Whole(sampler) => sampler.positions(),
            Labels::Strata(strata) => strata.positions(),
        }
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        match self {
            Labels::Whole(sampler) => sampler.segments(),
            Labels::Strata(strata) => strata.segments(),
        }
    }

    /// The number of admissible labellings.
    ///
    /// # Errors
    ///
    /// Events that keep together need a graph that is too large, or none of its paths ends.
    pub fn admissible_sets(&self) -> Result<BigUint, DesignError> {
        match self {
            Labels::Whole(sampler) => {
                let sizes = sampler.segments().iter().map(|segment| segment.len);
                Ok(selections(sampler.positions(), sizes))
            }
            Labels::Strata(strata) => strata.admissible_sets(),
        }
    }
}
