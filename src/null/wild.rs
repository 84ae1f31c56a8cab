//! `wild`: the events stay, and the residuals of all series under the null change their signs by the toss of a
//! coin, day by day or by cluster of days (Wu 1986; Liu 1988). On the CPU alone.

use num_bigint::BigUint;

use super::ahead::At;
use super::kept::{Kept, KeptRun, NO_LAW};
use super::law::NO_LEVEL;
use super::paths::{By, Paths};
use super::{
    DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves,
    Observed, Placed, Remake, Segment, Stretch,
};

/// Rows whose residuals change their signs by chance, those of a cluster together; every assignment of signs
/// to clusters is equally likely (weights of Rademacher).
///
/// # The sampler, once and for all
///
/// Stream 21. Cluster `c` changes sign when bit `c mod 32` of word `c div 32` of the draw's blocks is
/// set. Clusters are numbered in the order of their first rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wild {
    kept: Kept,
    /// The cluster of each row.
    clusters: Vec<u32>,
    coins: u32,
}

impl Wild {
    /// Stream of this design in the generator's counter.
    const STREAM: u32 = 21;

    /// Rows in `clusters`, about events in groups, each a list of events.
    ///
    /// # Errors
    ///
    /// A group without a member, an event that is not in exactly one group, clusters that are not numbered in
    /// the order of their first rows, no row.
    pub fn new(clusters: Vec<u32>, groups: &[Vec<u32>]) -> Result<Self, DesignError> {
        let mut coins = 0;
        let numbered = clusters.iter().all(|&cluster| {
            let fits = cluster <= coins;
            coins = coins.max(cluster + u32::from(fits));
            fits
        });
        match numbered && !clusters.is_empty() {
            true => Ok(Wild {
                kept: Kept::new(groups)?,
                clusters,
                coins,
            }),
            false => Err(DesignError::Malformed(
                "clusters are not numbered in the order of their first rows, or there is none",
            )),
        }
    }

    /// Number of clusters.
    pub fn coins(&self) -> u32 {
        self.coins
    }
}

impl Law for Wild {
    const FACTS: Facts = Facts {
        name: "wild",
        file: "wild",
        streams: &[Self::STREAM],
        shaders: &[],
        moves: Moves::Series,
        positions: "events, which keep their dates",
        keys: &[Key::Block, Key::Cluster],
        needs: None,
        clause: |sizes, _positions| {
            format!(
                "keeps the events, {sizes}, on their dates and changes the signs of residuals by chance"
            )
        },
        overlap: None,
        single_group: None,
        reference: NO_LEVEL,
    };
    type Running<'d> = KeptRun<'d>;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        let (rows, events, groups) = Kept::places(ground);
        Ok(Placed {
            design: Self::new(ground.days.to_vec(), &groups)?,
            rows,
            events,
        })
    }

    fn positions(&self) -> usize {
        self.kept.positions()
    }

    fn segments(&self) -> &[Segment] {
        self.kept.segments()
    }

    /// The ways to sign its clusters.
    fn sets(&self) -> Result<BigUint, DesignError> {
        Ok(BigUint::from(1u32) << self.coins)
    }

    fn each_once(&self) -> Option<u64> {
        None
    }

    fn paths(&self, by: By) -> Result<Paths, DesignError> {
        Kept::paths(by)
    }

    fn running(&self) -> Result<KeptRun<'_>, DesignError> {
        Ok(self.kept.running(Self::FACTS.name))
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        Some(self)
    }

    fn drawn(&self) -> Option<Drawn> {
        None
    }

    fn basis(&self) -> LawBasis {
        LawBasis::None(NO_LAW)
    }

    fn most_on_a_position(&self) -> usize {
        1
    }

    fn exchanges(&self, _a: usize, _b: usize) -> bool {
        false
    }

    fn inclusion(&self) -> Option<Inclusion> {
        None
    }

    fn negated_from(&self) -> Option<usize> {
        None
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    /// There is no set that the events could fail to be.
    fn misses(&self, _observed: &Observed) -> Vec<Miss> {
        Vec::new()
    }

    fn assumption(&self) -> &'static str {
        "changes have no serial correlation from day to day, or, where signs are drawn for several days together, from such days to others"
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

impl Remake for Wild {
    fn signs(&self) -> bool {
        true
    }

    fn fill(&self, seed: u64, draw: u64, stretches: &mut Vec<Stretch>) {
        stretches.clear();
        let at = At::new(seed, Self::STREAM, draw);
        let blocks = 0..self.coins.div_ceil(128);
        let flips: Vec<u32> = blocks.flat_map(|block| at.past(block).words()).collect();
        for (row, &cluster) in (0..).zip(&self.clusters) {
            let negated = flips[cluster as usize / 32] >> (cluster % 32) & 1 == 1;
            match stretches.last_mut() {
                Some(last) if last.negated == negated => last.len += 1,
                _ => stretches.push(Stretch {
                    from: row,
                    len: 1,
                    negated,
                }),
            }
        }
    }
}
