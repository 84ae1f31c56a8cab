//! From panel, events and study to [`Plan`]s: integer tables that know no device and no file.

pub(crate) mod calendar;
mod centre;
mod changes;
mod claim;
mod compile;
mod controls;
mod effects;
mod event_groups;
pub(crate) mod event_rows;
mod family;
mod fixed_point;
pub(crate) mod formula;
pub(crate) mod holes;
mod hypotheses;
mod intervals;
mod lattice;
pub(crate) mod parts;
mod placement;
#[expect(clippy::module_inception, reason = "the plan itself")]
mod plan;
mod pool;
mod rules;
mod sample;
mod scores;
mod side_files;
mod symmetric;

pub use compile::{Compiled, TestFiles, compile};
pub use controls::residualised;
pub use effects::CONSTANT;
pub use family::Family;
pub use fixed_point::{FixedPoint, SCORE_LIMIT, Scale};
pub(crate) use intervals::most_cuts;
pub use intervals::{Intervals, Pair, Paired};
pub use lattice::{BINS, Lattice};
pub use plan::{Draw, Hypothesis, NullFacts, Plan, SeriesFacts};
use rules::dedup;
pub use symmetric::{Centre, Image, Mirror};
