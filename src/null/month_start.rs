//! `month-start`: distinct months, each by its first eligible date. Twin:
//! `shaders/null/month_start.wgsl`.

use super::law::NO_LEVEL;
use super::selection::{Selection, SelectionRun, SelectionShaders, facts, shaders};
use super::{
    DesignError, Drawn, Facts, Ground, Inflation, Key, Law, Miss, Moves, Observed, Placed, Remake,
};

/// Groups of distinct positions, which are the first eligible date of each month of the pool; every
/// labelled selection is equally likely, within strata every one that leaves each group its size in each
/// stratum.
///
/// # The sampler, once and for all
///
/// That of [`Distinct`](super::Distinct), or within strata of [`Strata`](super::Strata), with stream 7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthStart(Selection);

const SHADERS: &SelectionShaders = shaders!(
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
        keys: &[Key::Within, Key::Blackout, Key::AvoidEvents, Key::Dates],
        needs: None,
        clause: |sizes, positions| {
            format!("takes {sizes} of the {positions} months, each by its first eligible date,")
        },
        overlap: Some(
            "drawn dates stand in different months, and where events lie closer together than those, their \
             statistic varies more than that of the sets drawn",
        ),
        single_group: None,
        reference: NO_LEVEL,
    };
    facts!();

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        let mut firsts: Vec<usize> = (0..ground.eligible.len()).collect();
        firsts.dedup_by_key(|at| ground.months[ground.eligible[*at]]);
        Ok(Selection::place(ground, &firsts)?.map(MonthStart))
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
