//! Groups of distinct positions, over all alike or within strata: what several designs draw, each with a
//! stream of its own.

use num_bigint::BigUint;

use super::distinct::{Distinct, DistinctRun};
use super::paths::{By, PathRun, Paths};
use super::source::{DISTINCT, PARTS, SEEN_PARTS, STRATA};
use super::strata::StrataRun;
use super::{
    DesignError, Drawn, Ground, Inclusion, Inflation, LawBasis, Picks, PicksPass, Placed, Rule,
    Run, Segment, Strata, Stratum,
};
use crate::kernel::{Buffer, PHILOX, PICKS, Shader};

/// Groups of distinct positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Over all positions alike.
    Whole(Distinct),
    /// Within strata, or with positions that keep together.
    Strata(Strata),
}

/// The facts of a design that is a [`Selection`], its field 0, with whatever stream.
macro_rules! facts {
    () => {
        type Running<'d> = $crate::null::selection::SelectionRun;

        fn positions(&self) -> usize {
            self.0.positions()
        }

        fn segments(&self) -> &[$crate::null::Segment] {
            self.0.segments()
        }

        fn sets(&self) -> Result<num_bigint::BigUint, $crate::null::DesignError> {
            self.0.admissible_sets()
        }

        fn each_once(&self) -> Option<u64> {
            None
        }

        fn paths(
            &self,
            by: $crate::null::paths::By,
        ) -> Result<$crate::null::Paths, $crate::null::DesignError> {
            self.0.paths(by)
        }

        fn basis(&self) -> $crate::null::LawBasis {
            self.0.basis()
        }

        fn most_on_a_position(&self) -> usize {
            1
        }

        fn exchanges(&self, a: usize, b: usize) -> bool {
            self.0.exchanges(a, b)
        }

        fn inclusion(&self) -> Option<$crate::null::Inclusion> {
            self.0.inclusion()
        }

        fn negated_from(&self) -> Option<usize> {
            None
        }
    };
}
pub(super) use facts;

/// The shaders of a design of distinct positions, whose twin has the entry point: over all alike and
/// within strata, repeats looked up in workgroup memory and in device memory.
macro_rules! shaders {
    ($name:literal, $entry_point:literal, $twin:literal) => {
        &[
            $crate::null::selection::shaders!(@ concat!($name, ", workgroup"), $entry_point, $twin, SEEN_WORKGROUP, DISTINCT, [Slice, Picks, Tallies]),
            $crate::null::selection::shaders!(@ concat!($name, ", storage"), $entry_point, $twin, SEEN_STORAGE, DISTINCT, [Slice, Picks, Taken, Tallies]),
            $crate::null::selection::shaders!(@ concat!($name, " within strata, workgroup"), $entry_point, $twin, SEEN_WORKGROUP, STRATA, [Slice, Picks, Shape, Tallies]),
            $crate::null::selection::shaders!(@ concat!($name, " within strata, storage"), $entry_point, $twin, SEEN_COLUMN, STRATA, [Slice, Picks, Taken, Shape, Tallies]),
        ]
    };
    (@ $name:expr, $entry_point:literal, $twin:literal, $seen:ident, $draws:ident, [$($buffer:ident),+]) => {
        $crate::kernel::Shader {
            name: $name,
            entry_point: $entry_point,
            binds: &[$($crate::kernel::Buffer::$buffer),+],
            files: &[
                $crate::kernel::PICKS,
                $crate::kernel::PHILOX[0],
                $crate::kernel::PHILOX[1],
                $crate::null::source::$seen,
                $crate::null::source::$draws,
                include_str!($twin),
            ],
        }
    };
}
pub(super) use shaders;

/// What [`shaders!`] makes.
pub(super) type SelectionShaders = [Shader; 4];

/// How a sampler looks repeats up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lookups {
    /// In workgroup memory, and in device memory.
    pub once: [Shader; 2],
    /// In device memory, in several dispatches.
    pub parts: Shader,
}

/// The shaders of all designs whose draws take several dispatches: over all positions alike, and within
/// strata. Twin of both: `shaders/null/parts.wgsl`.
pub(super) const IN_PARTS: &[Shader; 2] = &[
    Shader {
        name: "distinct, in parts",
        entry_point: "parts_picks",
        binds: &[Buffer::Slice, Buffer::Picks, Buffer::Taken, Buffer::Tallies],
        files: &[PICKS, PHILOX[0], PHILOX[1], SEEN_PARTS, DISTINCT, PARTS],
    },
    Shader {
        name: "strata, in parts",
        entry_point: "parts_picks",
        binds: &[
            Buffer::Slice,
            Buffer::Picks,
            Buffer::Taken,
            Buffer::Shape,
            Buffer::Tallies,
        ],
        files: &[PICKS, PHILOX[0], PHILOX[1], SEEN_PARTS, STRATA, PARTS],
    },
];

/// Those over all positions alike.
pub(super) fn whole(&[workgroup, storage, ..]: &SelectionShaders) -> Lookups {
    Lookups {
        once: [workgroup, storage],
        parts: IN_PARTS[0],
    }
}

/// Those within strata.
pub(super) fn parted(&[.., workgroup, storage]: &SelectionShaders) -> Lookups {
    Lookups {
        once: [workgroup, storage],
        parts: IN_PARTS[1],
    }
}

impl Selection {
    /// Of the events of a ground from some of its eligible rows, which `chosen` numbers; within strata
    /// where it has them.
    pub(super) fn place(ground: &Ground, chosen: &[usize]) -> Result<Placed<Self>, DesignError> {
        let chosen_rows: Vec<usize> = chosen.iter().map(|&at| ground.eligible[at]).collect();
        let (rows, events) = ground.on(&chosen_rows);
        let design = match ground.strata {
            None => Distinct::new(chosen.len(), &ground.sizes()).map(Selection::Whole)?,
            Some(parted) => {
                let empty = Stratum {
                    items: Vec::new(),
                    sizes: vec![0; ground.groups],
                };
                let mut strata = vec![empty; parted.strata];
                for (position, &at) in (0..).zip(chosen) {
                    if let Some(stratum) = parted.eligible[at] {
                        strata[stratum].items.push(vec![position]);
                    }
                }
                for (event, &stratum) in ground.events.iter().zip(&parted.events) {
                    strata[stratum].sizes[event.group] += 1;
                }
                for (number, stratum) in strata.iter().enumerate() {
                    let (wanted, room) = (stratum.sizes.iter().sum(), stratum.items.len());
                    if wanted > room {
                        return Err(DesignError::StratumTooSmall {
                            stratum: number,
                            wanted,
                            room,
                        });
                    }
                }
                Strata::new(chosen.len(), strata).map(Selection::Strata)?
            }
        };
        Ok(Placed {
            design,
            rows,
            events,
        })
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        match self {
            Selection::Whole(distinct) => distinct.positions(),
            Selection::Strata(strata) => strata.positions(),
        }
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        match self {
            Selection::Whole(distinct) => distinct.segments(),
            Selection::Strata(strata) => strata.segments(),
        }
    }

    /// The number of admissible sets.
    ///
    /// # Errors
    ///
    /// Positions that keep together need a graph that is too large, or none of its paths ends.
    pub fn admissible_sets(&self) -> Result<BigUint, DesignError> {
        match self {
            Selection::Whole(distinct) => Ok(distinct.admissible_sets()),
            Selection::Strata(strata) => strata.admissible_sets(),
        }
    }

    pub(super) fn paths(&self, by: By) -> Result<Paths, DesignError> {
        match self {
            Selection::Whole(distinct) => distinct.paths(by),
            Selection::Strata(strata) => strata.paths(by),
        }
    }

    /// Draws from these streams: over all positions alike, and within strata. The shaders are those of
    /// [`shaders!`].
    pub(super) fn running(
        &self,
        [over_all, within]: [u32; 2],
        shaders: &SelectionShaders,
    ) -> Result<SelectionRun, DesignError> {
        Ok(match self {
            Selection::Whole(distinct) => {
                SelectionRun::Whole(DistinctRun::new(distinct.clone(), over_all, whole(shaders)))
            }
            Selection::Strata(strata) => match strata.keeps_together() {
                false => SelectionRun::Strata(StrataRun::new(strata, within, parted(shaders))),
                true => SelectionRun::Paths(PathRun::new(strata.paths(By::Chance)?, within)),
            },
        })
    }

    /// The same draws without the group that is what the others leave.
    pub(super) fn drawn(&self, streams: [u32; 2], shaders: &SelectionShaders) -> Option<Drawn> {
        Drawn::of(self, streams, shaders)
    }

    pub(super) fn basis(&self) -> LawBasis {
        match self {
            Selection::Whole(_) => LawBasis::Distinct,
            Selection::Strata(_) => LawBasis::Paths,
        }
    }

    pub(super) fn exchanges(&self, a: usize, b: usize) -> bool {
        match self {
            Selection::Whole(distinct) => distinct.segments()[a].len == distinct.segments()[b].len,
            Selection::Strata(strata) => strata.takes_alike(a, b),
        }
    }

    pub(super) fn inclusion(&self) -> Option<Inclusion> {
        match self {
            Selection::Whole(distinct) => {
                Some(Inclusion::even(distinct.segments(), distinct.positions()))
            }
            Selection::Strata(strata) => strata.inclusion(),
        }
    }

    pub(super) fn inflation(&self, groups: &[usize]) -> Inflation {
        match self {
            Selection::Whole(of) => {
                Inflation::over(of.positions(), of.segments(), groups, Rule::Whole)
            }
            Selection::Strata(strata) => Inflation {
                parts: strata
                    .strata()
                    .iter()
                    .map(|s| (s.items.len(), groups.iter().map(|&g| s.sizes[g]).sum()))
                    .collect(),
                rule: Rule::Strata,
            },
        }
    }
}

/// Draws distinct positions.
#[derive(Debug, Clone)]
pub(crate) enum SelectionRun {
    Whole(DistinctRun),
    Strata(StrataRun),
    Paths(PathRun),
}

impl Run for SelectionRun {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        match self {
            SelectionRun::Whole(run) => run.fill(seed, first, draws, picks),
            SelectionRun::Strata(run) => run.fill(seed, first, draws, picks),
            SelectionRun::Paths(run) => run.fill(seed, first, draws, picks),
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        match self {
            SelectionRun::Whole(run) => run.kernel(),
            SelectionRun::Strata(run) => run.kernel(),
            SelectionRun::Paths(run) => run.kernel(),
        }
    }

    fn steps(&self) -> usize {
        match self {
            SelectionRun::Whole(run) => run.steps(),
            SelectionRun::Strata(run) => run.steps(),
            SelectionRun::Paths(run) => run.steps(),
        }
    }
}
