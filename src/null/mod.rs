//! Null designs: how a draw picks positions.
//!
//! A draw is a pure function of (seed, design, draw index). Every design numbers its positions
//! `0..n` in an index list that the plan fixes (eligible dates, event rows), and yields *picks*:
//! the positions of its groups, in a pinned order. The order is frozen by value-stability tests:
//! a changed stream is a decision, never an accident.
//!
//! | design | stream | file | shader |
//! |---|---|---|---|
//! | `uniform` | 1 | `uniform.rs` | `shaders/null/uniform.wgsl` |
//! | `uniform` within strata | 4 | `strata.rs` | `shaders/null/strata.wgsl` |
//! | `labels` | 2 | `labels.rs` | `shaders/null/uniform.wgsl`, or those of strata |
//! | `spaced` | 3 | `spaced.rs` | `shaders/null/spaced.wgsl` |
//! | `gap-shuffle` | 5 | `gap_shuffle.rs` | `shaders/null/gap_shuffle.wgsl` |
//! | `signs` | 6 | `signs.rs` | `shaders/null/signs.wgsl` |
//! | `circular-shift` | none | `circular_shift.rs` | `shaders/null/circular_shift.wgsl` |
//! | `list` | none | `listed.rs` | `shaders/null/listed.wgsl` |
//!
//! Where few sets are admissible, all are made, each once, in the order of their ranks; these, and
//! sets with dates that must keep apart or together, are paths through a graph: `paths.rs`,
//! `shaders/null/paths.wgsl`.

mod circular_shift;
mod design;
mod error;
mod expectation;
mod gap_shuffle;
mod labels;
mod listed;
mod paths;
mod philox;
mod picks;
mod sampler;
mod signs;
mod spaced;
mod strata;
mod uniform;

pub use circular_shift::CircularShift;
pub use design::{Design, NullDesign};
pub use error::DesignError;
pub(crate) use expectation::Inclusion;
pub use gap_shuffle::GapShuffle;
pub use labels::Labels;
pub use listed::Listed;
pub(crate) use paths::{By, Paths};
pub use philox::philox4x32_10;
pub use picks::{Picks, Seen, Segment};
use picks::{segments_between, segments_of};
pub(crate) use sampler::Machine;
pub use sampler::Sampler;
pub use signs::Signs;
pub use spaced::Spaced;
pub(crate) use strata::Part;
pub use strata::{Counted, Strata, Stratum};
pub(crate) use uniform::HALF_POSITIONS;
pub use uniform::Uniform;

/// Version of the samplers' specifications; it rises when any stream of picks changes.
pub const SAMPLER_VERSION: u32 = 2;
