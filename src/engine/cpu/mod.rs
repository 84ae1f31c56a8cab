//! The CPU engine: the reference, and fast in its own right.

mod block;
mod replay;
mod run;
mod visit;
mod worker;

pub(super) use replay::Replayer;
pub use run::Cpu;
pub use visit::{Block, Visit, Visitor};
