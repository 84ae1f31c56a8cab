//! The GPU engine: the three passes as WGSL compute shaders through wgpu.

mod adapter;
mod kernels;
mod layout;
mod picks;
mod regression;
mod run;
pub mod shaders;

pub use adapter::{Adapter, AdapterKind};
pub use run::{Floats, Gpu};
