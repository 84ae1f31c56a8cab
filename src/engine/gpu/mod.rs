//! The GPU engine: the three passes as WGSL compute shaders through wgpu.

mod adapter;
mod guarded;
mod kernels;
mod layout;
mod objects;
mod resample;
mod run;
pub mod shaders;

pub use adapter::{Adapter, AdapterKind};
pub use guarded::device_left_behind;
pub use resample::DeviceSums;
pub use run::{Floats, Gpu, kernels};
