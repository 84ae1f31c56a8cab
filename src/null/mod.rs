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
//! | `labels` | 2 | `labels.rs` | `shaders/null/uniform.wgsl`, or `labels.wgsl` where days keep together |
//! | `circular-shift` | none | `circular_shift.rs` | `shaders/null/circular_shift.wgsl` |

mod circular_shift;
mod design;
mod labels;
mod philox;
mod picks;
mod uniform;

pub use circular_shift::CircularShift;
pub use design::NullDesign;
pub use labels::Labels;
pub use philox::philox4x32_10;
pub use picks::{Picks, Seen, Segment};
pub(crate) use uniform::HALF_POSITIONS;
pub use uniform::Uniform;

/// Version of the samplers' specifications; it rises when any stream of picks changes.
pub const SAMPLER_VERSION: u32 = 1;
