//! `iid`: units with replacement (Efron 1979); `m-out-of-n`: fewer of them (Bickel, Goetze and van Zwet 1997).
//! Twin: `shaders/resample/iid.wgsl`.

use super::kernel::{OnDevice, scheme_shaders};
use super::{Below, Numbers, Run};
use crate::kernel::Shader;

/// As many units as a part has, or fewer, each drawn from all of them.
///
/// # The sampler, once and for all
///
/// Stream 8: a number below the part's units for each unit of the draw.
#[derive(Debug, Clone, Copy)]
pub struct Iid {
    picks: u32,
    below: Below,
}

impl Iid {
    /// Name of the scheme that draws as many units as there are.
    pub const NAME: &'static str = "iid";
    /// Name of the scheme that draws another number of them.
    pub const FEWER: &'static str = "m-out-of-n";
    /// Stream of this scheme in the generator's counter.
    pub(super) const STREAM: u32 = 8;

    /// So many picks of a part of so many units.
    pub fn new(picks: u32, units: u32) -> Self {
        Iid {
            picks,
            below: Below::new(units),
        }
    }

    /// Its kernels.
    pub(super) const SHADERS: [Shader; 2] =
        scheme_shaders!("iid", "../../shaders/resample/iid.wgsl");

    pub(super) fn on_device(&self) -> OnDevice {
        OnDevice {
            words: [self.below.words().as_slice(), &[self.picks]].concat(),
            runs: self.picks as usize,
            loops: 3,
        }
    }

    /// Adds a draw's runs, all of one unit.
    pub(super) fn fill(&self, numbers: &mut Numbers, runs: &mut Vec<Run>) {
        runs.extend((0..self.picks).map(|_| Run {
            start: numbers.below(self.below),
            len: 1,
        }));
    }
}
