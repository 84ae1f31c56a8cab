//! The list of null designs.

use super::{Picks, Seen, Segment, Uniform};
use serde::{Deserialize, Serialize};

/// A null design over the positions `0..n` of an index list. Adding one means a file here, its
/// twin in `shaders/null/` and a line in this list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NullDesign {
    /// See [`Uniform`].
    Uniform(Uniform),
}

impl NullDesign {
    /// Whether a design that was read from a file is one.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            NullDesign::Uniform(design) => design.is_sound(),
        }
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        match self {
            NullDesign::Uniform(design) => design.positions(),
        }
    }

    /// Picks a draw.
    pub fn picks(&self) -> usize {
        match self {
            NullDesign::Uniform(design) => design.picks(),
        }
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        match self {
            NullDesign::Uniform(design) => design.segments(),
        }
    }

    /// log10 of the number of admissible sets, and the number where 128 bits hold it.
    pub fn admissible_sets(&self) -> (f64, Option<u128>) {
        match self {
            NullDesign::Uniform(design) => design.admissible_sets(),
        }
    }

    /// What the design assumes, as a clause that can follow "assumes that".
    pub fn assumption(&self) -> &'static str {
        match self {
            NullDesign::Uniform(_) => "the event dates were a random draw from the eligible dates",
        }
    }

    /// The picks of draws `first..first + draws` into the rows of `picks`.
    pub fn fill(&self, seed: u64, first: u64, draws: usize, seen: &mut Seen, picks: &mut Picks) {
        match self {
            NullDesign::Uniform(design) => design.fill(seed, first, draws, seen, picks),
        }
    }
}
