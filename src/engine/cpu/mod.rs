//! The CPU engine: the reference, and fast in its own right.

mod block;
mod run;

pub use run::Cpu;
