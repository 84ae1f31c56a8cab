//! `month-start`: distinct months, each by its first eligible date. Twin:
//! `shaders/null/month_start.wgsl`.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::paths::{By, Paths};
use super::selection::{Selection, SelectionRun, shaders};
use super::{
    DesignError, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves, Observed,
    Placed, Segment,
};
use crate::kernel::Shader;

/// Groups of distinct positions, which are the first eligible date of each month of the pool; every
/// labelled selection is equally likely, within strata every one that leaves each group its size in each
/// stratum.
///
/// # The sampler, once and for all
///
/// That of [`Distinct`](super::Distinct), or within strata of [`Strata`](super::Strata), with stream 7.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthStart(Selection);

const SHADERS: &[Shader; 4] = shaders!(
    "month-start",
    "month_start_picks",
    "../../shaders/null/month_start.wgsl"
);

impl MonthStart {
    /// Stream of this design in the generator's counter.
    const STREAM: u32 = 7;
}

impl Law for MonthStart {
    const FACTS: Facts = Facts {
        name: "month-start",
        file: "month_start",
        streams: &[Self::STREAM],
        shaders: SHADERS,
        moves: Moves::Dates,
        positions: "months with an eligible date",
        keys: &[
            Key::Within,
            Key::Blackout,
            Key::AvoidEvents,
            Key::ListedPool,
        ],
        needs: None,
        clause: |sizes, positions| {
            format!("takes {sizes} of the {positions} months, each by its first eligible date,")
        },
        overlap: Some(
            "drawn dates overlap as chance has it, and where events lie closer together than that, their \
             statistic varies more than that of the sets drawn",
        ),
        single_group: None,
        reference: "A reference distribution: no draw can be like the observed set, and p claims no level",
    };
    type Running<'d> = SelectionRun<'d>;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        let mut firsts: Vec<usize> = (0..ground.eligible.len()).collect();
        firsts.dedup_by_key(|at| ground.months[ground.eligible[*at]]);
        Ok(Selection::place(ground, &firsts)?.map(MonthStart))
    }

    fn is_sound(&self) -> bool {
        self.0.is_sound()
    }

    fn positions(&self) -> usize {
        self.0.positions()
    }

    fn segments(&self) -> &[Segment] {
        self.0.segments()
    }

    fn sets(&self) -> Result<BigUint, DesignError> {
        self.0.admissible_sets()
    }

    fn each_once(&self) -> Option<u64> {
        None
    }

    fn paths(&self, by: By) -> Result<Paths, DesignError> {
        self.0.paths(by)
    }

    fn running(&self) -> Result<SelectionRun<'_>, DesignError> {
        self.0.running([Self::STREAM; 2], SHADERS)
    }

    fn basis(&self) -> LawBasis {
        self.0.basis()
    }

    fn most_on_a_position(&self) -> usize {
        1
    }

    fn exchanges(&self, a: usize, b: usize) -> bool {
        self.0.exchanges(a, b)
    }

    fn inclusion(&self) -> Option<Inclusion> {
        self.0.inclusion()
    }

    fn negated_from(&self) -> Option<usize> {
        None
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    fn misses(&self, observed: &Observed) -> Vec<Miss> {
        let on = "on other dates than the first eligible one of a month";
        let beside = observed.beside(self.positions(), on);
        observed.shared().into_iter().chain(beside).collect()
    }

    fn assumption(&self) -> &'static str {
        match &self.0 {
            Selection::Whole(_) => {
                "the events' months were a random draw, and each event stood on the first eligible date of its month"
            }
            Selection::Strata(_) => {
                "within each stratum the events' months were a random draw, and each event stood on the first eligible date of its month"
            }
        }
    }

    fn draws_ends(&self) -> bool {
        true
    }

    /// Without an event's own date its month has another first one.
    fn ranks_single(&self) -> bool {
        false
    }

    fn inflation(&self, groups: &[usize]) -> Option<Inflation> {
        Some(self.0.inflation(groups))
    }
}
