//! The tidy rows: what a tally, an exact law and the other answers say of each hypothesis, and of which
//! draws.

mod assemble;
mod deviations;
mod distinct;
mod family;
mod interval;
mod null_statement;
mod row;
mod standing;

pub(crate) use assemble::row_order;
pub use assemble::{PlanCounts, engine, null_statement, result_rows};
pub use deviations::add_deviations;
pub(crate) use distinct::distinct;
pub(crate) use family::family_statement;
pub use family::{FamilyStatement, SupMember};
pub(crate) use interval::{IN_STEPS, written};
pub use null_statement::{ClusterCounts, ClusterRule, GroupSize, NullStatement, SampleSpan};
pub use row::{NullBars, ResultRow};
pub use standing::{COUNTED_AT, Standing, standings};
