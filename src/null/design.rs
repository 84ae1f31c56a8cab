//! The list of null designs.

use super::{CircularShift, Labels, Picks, Seen, Segment, Uniform};
use crate::study::Null;
use serde::{Deserialize, Serialize};

/// A null design over the positions `0..n` of an index list. Adding one means a file here, its
/// twin in `shaders/null/` and a line in this list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NullDesign {
    /// See [`Uniform`].
    Uniform(Uniform),
    /// See [`Labels`].
    Labels(Labels),
    /// See [`CircularShift`].
    CircularShift(CircularShift),
}

impl NullDesign {
    /// Whether a design that was read from a file is one.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            NullDesign::Uniform(design) => design.is_sound(),
            NullDesign::Labels(design) => design.is_sound(),
            NullDesign::CircularShift(design) => design.is_sound(),
        }
    }

    /// The study's word for it.
    pub fn null(&self) -> Null {
        match self {
            NullDesign::Uniform(_) => Null::Uniform,
            NullDesign::Labels(_) => Null::Labels,
            NullDesign::CircularShift(_) => Null::CircularShift,
        }
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        match self {
            NullDesign::Uniform(design) => design.positions(),
            NullDesign::Labels(design) => design.sampler().positions(),
            NullDesign::CircularShift(design) => design.positions(),
        }
    }

    /// Picks a draw.
    pub fn picks(&self) -> usize {
        match self {
            NullDesign::Uniform(design) => design.picks(),
            NullDesign::Labels(design) => design.sampler().picks(),
            NullDesign::CircularShift(design) => design.pattern().len(),
        }
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        match self {
            NullDesign::Uniform(design) => design.segments(),
            NullDesign::Labels(design) => design.segments(),
            NullDesign::CircularShift(design) => design.segments(),
        }
    }

    /// log10 of the number of admissible sets, and the number where 128 bits hold it.
    pub fn admissible_sets(&self) -> (f64, Option<u128>) {
        match self {
            NullDesign::Uniform(design) => design.admissible_sets(),
            NullDesign::Labels(design) => design.admissible_sets(),
            NullDesign::CircularShift(design) => {
                let rotations = design.positions();
                ((rotations as f64).log10(), Some(rotations as u128))
            }
        }
    }

    /// The number of draws of a design that makes each of its sets once, the observed one among
    /// them, instead of drawing at random.
    pub fn enumeration(&self) -> Option<u64> {
        match self {
            NullDesign::Uniform(_) | NullDesign::Labels(_) => None,
            NullDesign::CircularShift(design) => Some(design.positions() as u64),
        }
    }

    /// Whether each position is equally likely to stand in a group. Where days of several sizes keep
    /// together, it is not.
    pub fn is_even(&self) -> bool {
        match self {
            NullDesign::Uniform(_) | NullDesign::CircularShift(_) => true,
            NullDesign::Labels(design) => design.days().is_empty(),
        }
    }

    /// What the design assumes, as a clause that can follow "assumes that".
    pub fn assumption(&self) -> &'static str {
        match self {
            NullDesign::Uniform(_) => "the event dates were a random draw from the eligible dates",
            NullDesign::Labels(design) if design.days().is_empty() => {
                "the labels are exchangeable over the events: any of them could have carried any label"
            }
            NullDesign::Labels(_) => {
                "the labels are exchangeable over the events, those of one day taken together: any day could have carried any label"
            }
            NullDesign::CircularShift(_) => {
                "the law of the series does not change when it is rotated against the events (a stationary series)"
            }
        }
    }

    /// The picks of draws `first..first + draws` into the rows of `picks`.
    pub fn fill(&self, seed: u64, first: u64, draws: usize, seen: &mut Seen, picks: &mut Picks) {
        match self {
            NullDesign::Uniform(design) => design.fill(seed, first, draws, seen, picks),
            NullDesign::Labels(design) => design.fill(seed, first, draws, seen, picks),
            NullDesign::CircularShift(design) => design.fill(first, draws, picks),
        }
    }
}
