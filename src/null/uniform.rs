//! `uniform`: distinct dates drawn uniformly from the pool, or from each of its strata. Twin:
//! `shaders/null/uniform.wgsl`.

use super::distinct::Distinct;
use super::law::NO_LEVEL;
use super::selection::{Selection, SelectionRun, SelectionShaders, facts, shaders};
use super::{
    DesignError, Drawn, Facts, Ground, Inflation, Key, Law, Miss, Moves, Observed, Placed, Remake,
    Strata,
};

/// Groups of distinct positions of the pool; every labelled selection is equally likely, within strata
/// every one that leaves each group its size in each stratum.
///
/// # The sampler, once and for all
///
/// That of [`Distinct`](super::Distinct) with stream 1, within strata that of [`Strata`] with stream 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uniform(Selection);

const SHADERS: &SelectionShaders = shaders!(
    "uniform",
    "uniform_picks",
    "../../shaders/null/uniform.wgsl"
);

impl Uniform {
    /// The most positions.
    pub const MAX_POSITIONS: usize = Distinct::MAX_POSITIONS;
    const STREAMS: [u32; 2] = [1, 4];

    /// Groups of sizes `groups` out of `positions` positions.
    ///
    /// # Errors
    ///
    /// As for [`Distinct::new`].
    pub fn new(positions: usize, groups: &[usize]) -> Result<Self, DesignError> {
        Distinct::new(positions, groups).map(|distinct| Uniform(Selection::Whole(distinct)))
    }

    /// Groups out of strata.
    pub fn within(strata: Strata) -> Self {
        Uniform(Selection::Strata(strata))
    }
}

impl Law for Uniform {
    const FACTS: Facts = Facts {
        name: "uniform",
        file: "uniform",
        streams: &Self::STREAMS,
        shaders: SHADERS,
        moves: Moves::Dates,
        positions: "eligible dates",
        keys: &[Key::Within, Key::Blackout, Key::AvoidEvents, Key::Dates],
        needs: None,
        clause: |sizes, positions| format!("takes {sizes} of the {positions} eligible dates"),
        overlap: Some(
            "drawn dates overlap as chance has it, and where events lie closer together than that, their \
             statistic varies more than that of the sets drawn",
        ),
        single_group: None,
        reference: NO_LEVEL,
    };
    facts!();

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        let all: Vec<usize> = (0..ground.eligible.len()).collect();
        Ok(Selection::place(ground, &all)?.map(Uniform))
    }

    fn running(&self) -> Result<SelectionRun, DesignError> {
        self.0.running(Self::STREAMS, SHADERS)
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        None
    }

    fn drawn(&self) -> Option<Drawn> {
        self.0.drawn(Self::STREAMS, SHADERS)
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    fn misses(&self, observed: &Observed) -> Vec<Miss> {
        let beside = observed.beside(self.positions(), "outside the pool");
        observed.shared().into_iter().chain(beside).collect()
    }

    fn assumption(&self) -> &'static str {
        match &self.0 {
            Selection::Whole(_) => "the event dates were a random draw from the eligible dates",
            Selection::Strata(_) => {
                "within each stratum the event dates were a random draw from its eligible dates"
            }
        }
    }

    fn draws_ends(&self) -> bool {
        true
    }

    fn ranks_single(&self) -> bool {
        match &self.0 {
            Selection::Whole(distinct) => distinct.picks() == 1,
            Selection::Strata(_) => false,
        }
    }

    fn inflation(&self, groups: &[usize]) -> Option<Inflation> {
        Some(self.0.inflation(groups))
    }
}
