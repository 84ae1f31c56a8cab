//! Plans: what an engine needs to run draws, in integers. A plan is numbers: no date, window or study in
//! it; its hypotheses' names stand beside it, with the question that made it.

mod centre;
mod convention;
mod family;
mod fixed_point;
mod grids;
mod intervals;
mod lattice;
mod pilot;
#[expect(clippy::module_inception, reason = "the plan itself")]
mod plan;
mod remade;
mod symmetric;

pub(crate) use centre::Centres;
pub use convention::Convention;
pub use family::{Family, Standardise};
pub(crate) use fixed_point::{Coarse, Numbers, decimals};
pub use fixed_point::{FixedPoint, SCORE_LIMIT, Scale};
pub(crate) use grids::{LEAST_SPREAD, pilot, placed};
pub(crate) use intervals::most_cuts;
pub use intervals::{Intervals, Pair, Paired};
pub(crate) use lattice::NUMERATOR_LIMIT;
pub use lattice::{BINS, Lattice};
pub(crate) use pilot::{change_signs, probed_moments, sorted_pool};
pub use plan::{Draw, Hypothesis, MAX_HISTOGRAMS, Plan};
pub(crate) use remade::Course;
pub use remade::{Remade, WindowSum};
pub use symmetric::{Centre, Image, Mirror};
