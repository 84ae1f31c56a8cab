//! `labels`: the groups' labels dealt anew over the fixed events. Twin: `shaders/null/labels.wgsl`.

use super::distinct::Distinct;
use super::law::NO_LEVEL;
use super::selection::{Selection, SelectionRun, SelectionShaders, facts, shaders};
use super::{
    Counted, DesignError, Drawn, Facts, Ground, Inflation, Key, Law, Miss, Moves, Observed, Placed,
    Remake, Strata, Stratum,
};

/// The labels of groups dealt over the events, which are the positions. Every way to label the events
/// that leaves each group its size is equally likely; within strata, every way that leaves each group
/// its size in each stratum; where events keep together (those of a day, of a cluster), every such way
/// that gives them one label. A size then counts events or, in [`Labels::by_cluster`], clusters: with
/// clusters of unequal size these are two laws.
///
/// # The sampler, once and for all
///
/// Stream 2. Without strata and events that keep together, the sampler of [`Distinct`] with as many
/// positions as events; else that of [`Strata`]: with events that keep together a path, cluster by
/// cluster in the order of their first events, to each group that has room for the cluster's events, or
/// for one more cluster. Where all clusters of a stratum are of one size, in every stratum, both laws
/// are one, and so are their draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels(Selection);

const SHADERS: &SelectionShaders =
    shaders!("labels", "labels_picks", "../../shaders/null/labels.wgsl");

impl Labels {
    /// Stream of this design in the generator's counter.
    const STREAM: u32 = 2;

    /// With as many events a label as the strata's sizes say; the groups take all events.
    ///
    /// # Errors
    ///
    /// Fewer than two groups, a group without a member, an event in two strata or in no group, and the
    /// limits of [`Distinct`] or [`Strata`].
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
            true => Distinct::new(events, &strata[0].sizes).map(Selection::Whole),
            false => Strata::new(events, strata).map(Selection::Strata),
        }
        .map(Labels)
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
        Strata::counted(events, strata, Counted::Items).map(|s| Labels(Selection::Strata(s)))
    }

    /// Clusters of events and their labels as a stratum.
    fn stratum(ground: &Ground, items: Vec<Vec<u32>>) -> Stratum {
        let mut sizes = vec![0; ground.groups];
        for item in &items {
            sizes[ground.events[item[0] as usize].group] += match ground.keeps_units {
                true => item.len(),
                false => 1,
            };
        }
        Stratum { items, sizes }
    }
}

impl Law for Labels {
    const FACTS: Facts = Facts {
        name: "labels",
        file: "labels",
        streams: &[Self::STREAM],
        shaders: SHADERS,
        moves: Moves::Labels,
        positions: "events",
        keys: &[Key::SameDay, Key::Within, Key::Cluster, Key::Keep],
        needs: None,
        clause: |sizes, events| format!("deals the labels of the {events} events anew, {sizes},"),
        overlap: None,
        single_group: Some(
            "The row of a single group is about the difference, too: it is a placebo for the difference of \
             that group from the rest of the events, not for its level",
        ),
        reference: NO_LEVEL,
    };
    facts!();

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        if ground.groups < 2 {
            return Err(DesignError::OneGroup);
        }
        let other = |cluster: &[u32], of: &dyn Fn(u32) -> usize| {
            let first = cluster[0];
            let other = cluster.iter().find(|&&event| of(event) != of(first));
            other.map(|&other| [first, other])
        };
        for cluster in ground.clusters {
            if let Some(events) = other(cluster, &|event| ground.events[event as usize].group) {
                return Err(DesignError::TwoLabels { events });
            }
        }
        let mut clusters = ground.clusters.to_vec();
        let strata = match ground.strata {
            None => vec![Self::stratum(ground, clusters)],
            Some(parted) => {
                let of = |event: u32| parted.events[event as usize];
                for cluster in &clusters {
                    if let Some(events) = other(cluster, &of) {
                        let strata = events.map(of);
                        return Err(DesignError::TwoStrata { events, strata });
                    }
                }
                let mut strata = Vec::new();
                for stratum in 0..parted.strata {
                    let (inside, rest): (Vec<_>, _) =
                        clusters.into_iter().partition(|c| of(c[0]) == stratum);
                    // Some hold eligible dates alone.
                    if !inside.is_empty() {
                        strata.push(Self::stratum(ground, inside));
                    }
                    clusters = rest;
                }
                strata
            }
        };
        let (rows, events) = ground.on_events();
        Ok(Placed {
            design: match ground.keeps_units {
                true => Labels::new(strata)?,
                false => Labels::by_cluster(strata)?,
            },
            rows,
            events,
        })
    }

    fn running(&self) -> Result<SelectionRun, DesignError> {
        self.0.running([Self::STREAM; 2], SHADERS)
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        None
    }

    fn drawn(&self) -> Option<Drawn> {
        self.0.drawn([Self::STREAM; 2], SHADERS)
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        match &self.0 {
            Selection::Strata(strata) if strata.keeps_together() => {
                let items = strata.strata().iter().flat_map(|stratum| &stratum.items);
                Some(items.map(Vec::as_slice).collect())
            }
            Selection::Whole(_) | Selection::Strata(_) => None,
        }
    }

    /// The observed labels are those that are dealt.
    fn misses(&self, _observed: &Observed) -> Vec<Miss> {
        Vec::new()
    }

    fn assumption(&self) -> &'static str {
        let Selection::Strata(strata) = &self.0 else {
            return "the labels are exchangeable over the events: any of them could have carried any label";
        };
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

    fn draws_ends(&self) -> bool {
        false
    }

    fn ranks_single(&self) -> bool {
        false
    }

    fn inflation(&self, _groups: &[usize]) -> Option<Inflation> {
        None
    }
}
