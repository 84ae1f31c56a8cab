//! `labels`: the groups' labels dealt anew over the fixed events.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::uniform::selections;
use super::{Counted, DesignError, Segment, Strata, Stratum, Uniform};

/// The labels of groups dealt over the events, which are the positions. Every way to label the events
/// that leaves each group its size is equally likely; within strata, every way that leaves each group
/// its size in each stratum; where events keep together (those of a day, of a cluster), every such way
/// that gives them one label. A size then counts events or, in [`Labels::by_cluster`], clusters: with
/// clusters of unequal size these are two laws.
///
/// # The sampler, once and for all
///
/// Stream 2. Without strata and events that keep together, the sampler of [`Uniform`] with as many
/// positions as events; else that of [`Strata`]: with events that keep together a path, cluster by
/// cluster in the order of their first events, to each group that has room for the cluster's events, or
/// for one more cluster. Where all clusters of a stratum are of one size, in every stratum, both laws
/// are one, and so are their draws.
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

    /// With as many events a label as the strata's sizes say; the groups take all events.
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

    /// With as many clusters a label as the strata's sizes say, a cluster being an item.
    ///
    /// # Errors
    ///
    /// As for [`Labels::new`].
    pub fn by_cluster(strata: Vec<Stratum>) -> Result<Self, DesignError> {
        let groups = strata.first().map_or(0, |stratum| stratum.sizes.len());
        let whole = |stratum: &Stratum| stratum.sizes.iter().sum::<usize>() == stratum.items.len();
        if groups < 2 {
            return Err(DesignError::Malformed("there are no two groups"));
        }
        if !strata.iter().all(whole) {
            return Err(DesignError::Malformed(
                "groups do not take all clusters of a stratum",
            ));
        }
        let even = |s: &Stratum| s.items.windows(2).all(|two| two[0].len() == two[1].len());
        if strata.iter().all(even) {
            let in_events = |stratum: Stratum| {
                let each = stratum.items.first().map_or(0, Vec::len);
                let sizes = stratum.sizes.iter().map(|size| size * each).collect();
                Stratum { sizes, ..stratum }
            };
            return Self::new(strata.into_iter().map(in_events).collect());
        }
        let events = strata.iter().flat_map(|s| &s.items).map(Vec::len).sum();
        Strata::counted(events, strata, Counted::Items).map(Labels::Strata)
    }

    /// Whether a design that was read from a file is one that [`Labels::new`] or [`Labels::by_cluster`]
    /// makes.
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Labels::Whole(sampler) => {
                sampler.is_sound()
                    && sampler.segments().len() > 1
                    && sampler.picks() == sampler.positions()
            }
            Labels::Strata(strata) => {
                let make = match strata.counts() {
                    Counted::Positions => Self::new,
                    Counted::Items => Self::by_cluster,
                };
                strata.is_sound() && make(strata.strata().to_vec()).as_ref() == Ok(self)
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

    /// The events that keep together, a cluster a list; `None` where each has a label of its own.
    pub fn clusters(&self) -> Option<Vec<&[u32]>> {
        match self {
            Labels::Strata(strata) if strata.keeps_together() => {
                let items = strata.strata().iter().flat_map(|stratum| &stratum.items);
                Some(items.map(Vec::as_slice).collect())
            }
            Labels::Whole(_) | Labels::Strata(_) => None,
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
