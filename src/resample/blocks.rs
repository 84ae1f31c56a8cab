//! `moving-block` (Kunsch 1989; Liu and Singh 1992) and `circular-block` (Politis and Romano 1992): blocks
//! of one length. Twin: `shaders/resample/blocks.wgsl`.

use super::kernel::{OnDevice, scheme_shaders};
use super::{Below, Numbers, Run};
use crate::kernel::Shader;

/// Blocks of one length, one after another until the part's length is reached; the last one is cut, and
/// starts where a full block may.
///
/// # The sampler, once and for all
///
/// Stream 9: the start of each block is a number below `n - length + 1` (moving) or `n` (circular).
#[derive(Debug, Clone, Copy)]
pub struct WholeBlocks {
    units: u32,
    length: u32,
    starts: Below,
}

impl WholeBlocks {
    /// Name of the scheme whose blocks end at the part's end.
    pub const MOVING: &'static str = "moving-block";
    /// Name of the scheme whose blocks go around the part's end.
    pub const CIRCULAR: &'static str = "circular-block";
    /// Stream of these schemes in the generator's counter.
    pub(super) const STREAM: u32 = 9;

    /// Blocks of a line of at least `length` units.
    pub fn moving(units: u32, length: u32) -> Self {
        let length = length.clamp(1, units.max(1));
        WholeBlocks {
            units,
            length,
            starts: Below::new(units - length + 1),
        }
    }

    /// Blocks of a circle of at least `length` units.
    pub fn circular(units: u32, length: u32) -> Self {
        WholeBlocks {
            units,
            length: length.clamp(1, units.max(1)),
            starts: Below::new(units),
        }
    }

    /// Their kernels.
    pub(super) const SHADERS: [Shader; 2] =
        scheme_shaders!("whole-blocks", "../../shaders/resample/blocks.wgsl");

    pub(super) fn on_device(&self) -> OnDevice {
        let [starts, reject_below] = self.starts.words();
        OnDevice {
            words: vec![starts, reject_below, self.length],
            runs: self.units.div_ceil(self.length) as usize,
            loops: 4,
        }
    }

    /// Adds a draw's runs.
    pub(super) fn fill(&self, numbers: &mut Numbers, runs: &mut Vec<Run>) {
        let mut left = self.units;
        while left > 0 {
            let len = self.length.min(left);
            let start = numbers.below(self.starts);
            runs.push(Run { start, len });
            left -= len;
        }
    }
}
