//! A null design with the tables that its draws are made from.

use std::sync::Arc;

use super::paths::{By, Paths, Walk};
use super::uniform::blocks;
use super::{
    CircularShift, Design, DesignError, GapShuffle, Labels, Listed, NullDesign, Part, Picks, Seen,
    Signs, Spaced, Strata, Uniform,
};

/// How a design's draws are made, by the CPU and by its twins in `shaders/null/`.
#[derive(Debug, Clone)]
pub(crate) enum Machine<'d> {
    /// Distinct positions, all alike.
    Uniform { design: &'d Uniform, stream: u32 },
    /// Distinct positions within strata.
    Strata { parts: Arc<Vec<Part>>, stream: u32 },
    /// Distinct positions that then move apart.
    Spaced {
        design: &'d Spaced,
        sampler: Uniform,
    },
    /// Gaps in a new order.
    GapShuffle(&'d GapShuffle),
    /// Coins.
    Signs(&'d Signs),
    /// Rotations.
    CircularShift(&'d CircularShift),
    /// A list.
    Listed(&'d Listed),
    /// Paths of a graph.
    Paths {
        paths: Arc<Paths>,
        by: By,
        stream: u32,
    },
}

impl<'d> Machine<'d> {
    /// How draws of a design are made.
    ///
    /// # Errors
    ///
    /// A graph would be too large, which designs exclude when they are made.
    pub(crate) fn new(design: &'d NullDesign) -> Result<Self, DesignError> {
        if design.ranks() {
            return Ok(Machine::Paths {
                paths: Arc::new(design.design().paths(By::Rank)?),
                by: By::Rank,
                stream: 0,
            });
        }
        let strata = |strata: &Strata, stream| {
            Ok(match strata.keeps_together() {
                false => Machine::Strata {
                    parts: Arc::new(strata.parts()),
                    stream,
                },
                true => Machine::Paths {
                    paths: Arc::new(strata.paths(By::Chance)?),
                    by: By::Chance,
                    stream,
                },
            })
        };
        Ok(match design.design() {
            Design::Uniform(design) => Machine::Uniform {
                design,
                stream: Uniform::STREAM,
            },
            Design::Strata(design) => strata(design, Strata::STREAM)?,
            Design::Labels(Labels::Whole(design)) => Machine::Uniform {
                design,
                stream: Labels::STREAM,
            },
            Design::Labels(Labels::Strata(design)) => strata(design, Labels::STREAM)?,
            Design::Spaced(design) => match design.compressed() {
                Some(sampler) => Machine::Spaced { design, sampler },
                None => Machine::Paths {
                    paths: Arc::new(design.paths(By::Chance)?),
                    by: By::Chance,
                    stream: Spaced::STREAM,
                },
            },
            Design::GapShuffle(design) => Machine::GapShuffle(design),
            Design::Signs(design) => Machine::Signs(design),
            Design::CircularShift(design) => Machine::CircularShift(design),
            Design::Listed(design) => Machine::Listed(design),
        })
    }
}

/// Makes draws of a design on the CPU.
#[derive(Debug, Clone)]
pub struct Sampler<'d> {
    machine: Machine<'d>,
    seen: Seen,
    /// Picks of one stratum, or the next slot of each group.
    scratch: Vec<u32>,
    /// Where sets are made in the order of their ranks, the last one's path.
    walk: Option<Walk>,
}

impl<'d> Sampler<'d> {
    pub(super) fn new(design: &'d NullDesign) -> Result<Self, DesignError> {
        let machine = Machine::new(design)?;
        let scratch = match &machine {
            Machine::Strata { .. } => design.picks() + Picks::SLACK,
            Machine::Paths { .. } => design.segments().len(),
            _ => 0,
        };
        let walk = match &machine {
            Machine::Paths {
                paths,
                by: By::Rank,
                ..
            } => Some(Walk::new(paths)),
            _ => None,
        };
        Ok(Sampler {
            machine,
            seen: Seen::new(design.positions()),
            scratch: vec![0; scratch],
            walk,
        })
    }

    /// The picks of draws `first..first + draws` into the rows of `picks`.
    pub fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let Sampler {
            machine,
            seen,
            scratch,
            walk,
        } = self;
        let range = (seed, first, draws);
        match machine {
            Machine::Uniform { design, stream } => design.fill(*stream, range, seen, picks),
            Machine::Strata { parts, stream } => {
                Strata::fill(parts, *stream, range, seen, scratch, picks);
            }
            Machine::Spaced { design, sampler } => design.fill(sampler, range, seen, picks),
            Machine::GapShuffle(design) => design.fill(seed, first, draws, picks),
            Machine::Signs(design) => design.fill(seed, first, draws, picks),
            Machine::CircularShift(design) => design.fill(first, draws, picks),
            Machine::Listed(design) => design.fill(first, draws, picks),
            Machine::Paths { paths, stream, .. } => {
                for draw in 0..draws {
                    let index = first + draw as u64;
                    let row = picks.row_mut(draw);
                    if let Some(walk) = walk {
                        row[..paths.picks_a_set()].copy_from_slice(walk.to(paths, index));
                        continue;
                    }
                    let words = blocks(seed, index, *stream);
                    let mut numbers = (0u32..).map(|number| {
                        let block = words(number / 2);
                        let at = number as usize % 2 * 2;
                        u64::from(block[at]) | u64::from(block[at + 1]) << 32
                    });
                    paths.draw(|| numbers.next().unwrap_or(0), row, scratch);
                }
            }
        }
    }
}
