//! `iid`: units with replacement (Efron 1979). Twin: `shaders/resample/iid.wgsl`.

use super::kernel::{OnDevice, scheme_shader};
use super::{Below, Numbers, Run};
use crate::kernel::Shader;

/// As many units as a part has, each drawn from all of them.
///
/// # The sampler, once and for all
///
/// Stream 8: a number below the part's units for each unit of the draw.
#[derive(Debug, Clone, Copy)]
pub struct Iid {
    units: u32,
    below: Below,
}

impl Iid {
    /// Its name.
    pub const NAME: &'static str = "iid";
    /// Stream of this scheme in the generator's counter.
    pub(super) const STREAM: u32 = 8;

    /// Of a part of so many units.
    pub fn new(units: u32) -> Self {
        Iid {
            units,
            below: Below::new(units),
        }
    }

    /// Its kernel.
    pub(super) const SHADER: Shader = scheme_shader!("iid", "../../shaders/resample/iid.wgsl");

    pub(super) fn on_device(&self) -> OnDevice {
        OnDevice {
            words: self.below.words().to_vec(),
            runs: self.units as usize,
            loops: 3,
        }
    }

    /// Adds a draw's runs, all of one unit.
    pub(super) fn fill(&self, numbers: &mut Numbers, runs: &mut Vec<Run>) {
        runs.extend((0..self.units).map(|_| Run {
            start: numbers.below(self.below),
            len: 1,
        }));
    }
}
