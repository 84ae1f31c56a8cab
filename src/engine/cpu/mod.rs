//! The CPU engine: the reference, and fast in its own right.

mod block;
mod replay;
mod run;

pub(super) use replay::Replayer;
pub use run::Cpu;
