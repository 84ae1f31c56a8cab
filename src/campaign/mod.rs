//! Campaigns: questions that take a study apart into many plans, or only look at them. They stand above
//! [`run`](crate::run), and nothing below knows them.

pub mod bench;
pub mod coverage;
pub mod grid;
pub mod power;
mod preview;
pub mod table_power;

pub use preview::preview;
