//! Engines: a plan and a range of draws to a [`Tally`].
//!
//! An engine never sees a study; it turns draws into values and values into integers. Both
//! engines run the same three passes (picks, values, tally), and yield the same integers. What no
//! tally of each hypothesis alone can answer is asked of the draws themselves, block by block on the
//! CPU: a [`Visit`], such as that of a family ([`count_family`]).

mod cpu;
mod device;
mod device_replicates;
mod engine_trait;
mod estimate;
mod family;
mod gpu;
mod ranges;
mod replicates;
mod schedule;
mod sums;
mod tally;
mod task;
mod threads;
mod value_counts;

pub use cpu::{Block, Cpu, Visit, Visitor};
pub use device::DeviceChoice;
pub use device_replicates::fold_device_replicates;
pub use engine_trait::Engine;
pub use estimate::{Estimate, estimate};
pub use family::{FamilyCounts, Member, MemberCounts, Tail, TailCounts, count_family};
pub use gpu::{
    Adapter, AdapterKind, DeviceSums, Floats, Gpu, device_left_behind, kernels, shaders,
};
pub use ranges::Ranges;
pub use replicates::{Folding, fold_draws, fold_replicates};
pub use schedule::{After, Next, Progress, Schedule};
pub use sums::Sums;
pub use tally::{HypothesisTally, Tally};
pub use threads::{Threads, bounded_threads};
pub use value_counts::{Cells, ValueCounts};
