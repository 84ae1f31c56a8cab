//! The bootstrap's schemes: how a draw resamples rows, and what statistics make of it.
//!
//! A scheme is no null design: there is no observed set among its draws, no number of admissible sets and
//! no exchangeability to speak of, so that it has a list of its own. What it shares with them is the
//! generator: a draw is a function of (seed, scheme, draw index), each scheme reads a stream of its own, and
//! the streams are frozen by tests.
//!
//! A draw gives *runs* of neighbouring *units* (rows, or clusters of them) of each *part* (a group, or all
//! rows). Sums over runs are differences of prefix sums, in whole numbers: [`SumTable`].

mod bayesian;
mod block_length;
mod blocks;
mod centred;
mod iid;
mod interval;
mod kernel;
mod numbers;
mod order;
mod poisson;
mod ranks;
mod resampling;
mod scheme;
mod scores;
mod smooth;
mod stationary;
mod sums;
mod wild;
mod wild_rows;

pub use bayesian::Bayesian;
pub use block_length::{BlockLengths, block_lengths};
pub use blocks::WholeBlocks;
pub use centred::CentredTable;
pub use iid::Iid;
pub use interval::IntervalKind;
pub use kernel::{SumsPass, shaders};
pub use numbers::{Below, Numbers};
pub use order::{OrderStatistic, QuantileRule, Ranked, quantile_place};
pub use poisson::Poisson;
pub use resampling::{Estimator, Resampling, Scratch, Studentized};
pub use scheme::{Drawer, Scheme};
pub use scores::{MOST_ROWS, Scored};
pub use smooth::{Smooth, SmoothKind};
pub use stationary::Stationary;
pub use sums::{Monomial, SumTable};
pub use wild::{MOST_LISTED, Weights, Wild, WildScratch, WildT};

/// Neighbouring units of a part; past its last unit comes its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first unit.
    pub start: u32,
    /// Number of units, at most those of the part.
    pub len: u32,
}
