//! Null designs: how a draw picks positions.
//!
//! A draw is a pure function of (seed, design, draw index). Every design numbers its positions
//! `0..n` in an index list that the plan fixes (eligible dates, event rows), and yields *picks*:
//! the positions of its groups, in a pinned order. The order is frozen by value-stability tests:
//! a changed stream is a decision, never an accident.
//!
//! **Each design is one file here**, which holds all that the house knows of it (the items of
//! `law.rs`), **one file of the same name in `shaders/null/`**, and one line in the list below, from
//! which the study's words, the designs and their running forms are made. Some share a sampler:
//! distinct positions (`distinct.rs`), within strata (`strata.rs`), either (`selection.rs`).
//!
//! Two designs move no event and make the series anew instead (`kept.rs`): a draw of theirs is *stretches* of
//! rows, and its picks are the events. They have no shader.
//!
//! Where few sets are admissible, all are made, each once, in the order of their ranks; these, and
//! sets with dates that must keep apart or together, are paths through a graph: `paths.rs`.
//!
//! Nothing here knows a date, a study or a plan: a question makes numbers of them (`ground.rs`).

mod ahead;
mod design;
mod distinct;
mod drawn;
mod error;
mod expectation;
mod ground;
mod kept;
mod key;
mod law;
#[macro_use]
mod list;
mod pass;
mod paths;
mod philox;
mod picks;
mod selection;
mod source;
mod strata;

// Adding a null design: its file here, its twin in `shaders/null/`, and a line in this list.
designs! {
    $
    uniform::Uniform,
    labels::Labels,
    circular_shift::CircularShift,
    spaced::Spaced,
    gap_shuffle::GapShuffle,
    signs::Signs,
    listed::Listed,
    month_start::MonthStart,
    block_bootstrap::BlockBootstrap,
    wild::Wild,
}

mod dispatch;

pub(crate) use ahead::{At, LANES as BLOCKS_AHEAD, Words, of_blocks};
pub use design::NullDesign;
pub(crate) use design::PILOT_SEED;
pub(crate) use dispatch::reads;
pub use dispatch::{Sampler, shaders};
pub use distinct::Distinct;
pub(crate) use distinct::HALF_POSITIONS;
pub(crate) use drawn::{Drawn, GroupSum};
pub use error::DesignError;
pub(crate) use expectation::Inclusion;
pub use ground::{Ground, Month, Parted, Placed, Stands};
pub(crate) use kept::Remake;
pub use kept::Stretch;
pub use key::Key;
pub use law::{Facts, Moves};
pub(crate) use law::{Inflation, Law, LawBasis, Miss, Observed, Rule, Run};
pub(crate) use pass::PicksPass;
pub(crate) use paths::Paths;
pub use philox::philox4x32_10;
pub use picks::{Picks, Seen, Segment};
use picks::{segments_between, segments_of};
pub use selection::Selection;
pub(crate) use source::{CANDIDATES, SEEN_WORKGROUP};
pub use strata::{Counted, Strata, Stratum};

/// Version of the samplers' specifications; it rises when any stream of picks changes.
pub const SAMPLER_VERSION: u32 = 2;
