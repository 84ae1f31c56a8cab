//! `iid`: units with replacement (Efron 1979); `m-out-of-n`: fewer of them (Bickel, Goetze and van Zwet 1997).
//! Twin: `shaders/resample/iid.wgsl`.

use super::kernel::{OnDevice, scheme_shaders};
use super::{Below, Numbers, Run};
use crate::kernel::Shader;

/// Units drawn at once.
const AT_ONCE: usize = 1 << 10;

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
        let mut starts = [0; AT_ONCE];
        let mut left = self.picks as usize;
        while left > 0 {
            let starts = &mut starts[..left.min(AT_ONCE)];
            numbers.fill_below(self.below, starts);
            runs.extend(starts.iter().map(|&start| Run { start, len: 1 }));
            left -= starts.len();
        }
    }
}
