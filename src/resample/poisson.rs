//! `poisson`: each unit so many times as a Poisson number says (Hanley and MacGibbon 2006). Twin:
//! `shaders/resample/poisson.wgsl`.

use super::kernel::{OnDevice, scheme_shaders};
use super::{Numbers, Run};
use crate::kernel::Shader;

/// Independent Poisson numbers of mean 1, one a unit: nearly the multinomial numbers of `iid`, without their
/// sum being fixed.
///
/// # The sampler, once and for all
///
/// Stream 12. A word `w` a unit: the unit is taken as often as there are `k >= 0` with `w >= 2^32 (e^-1 (1/0! + ..
/// + 1/k!))`, rounded to whole numbers.
#[derive(Debug, Clone)]
pub struct Poisson {
    units: u32,
    /// `2^32 P(number <= k)` for k = 0, 1, .., below 2^32.
    ends: Vec<u32>,
}

impl Poisson {
    /// Its name.
    pub const NAME: &'static str = "poisson";
    /// Stream of this scheme in the generator's counter.
    pub(super) const STREAM: u32 = 12;
    /// No unit is taken more often.
    pub const MOST: usize = 16;

    /// Of a part of so many units.
    pub fn new(units: u32) -> Self {
        let words = 4_294_967_296.0;
        let (mut chance, mut sum) = (libm::exp(-1.0), 0.0);
        let mut ends = Vec::new();
        for k in 1..=Self::MOST {
            sum += chance;
            chance /= k as f64;
            let end = (sum * words).round();
            if end >= words {
                break;
            }
            ends.push(end as u32);
        }
        Poisson { units, ends }
    }

    /// Its kernels.
    pub(super) const SHADERS: [Shader; 2] =
        scheme_shaders!("poisson", "../../shaders/resample/poisson.wgsl");

    pub(super) fn on_device(&self) -> OnDevice {
        let ends = self.ends.len() as u32;
        // Eight standard deviations more than the units are never seen.
        let units = f64::from(self.units);
        OnDevice {
            words: std::iter::once(ends)
                .chain(self.ends.iter().copied())
                .collect(),
            runs: (units + 8.0 * units.sqrt()) as usize,
            loops: 4,
        }
    }

    /// Adds a draw's runs, one for each time that a unit is taken.
    pub(super) fn fill(&self, numbers: &mut Numbers, runs: &mut Vec<Run>) {
        for start in 0..self.units {
            let word = numbers.word();
            let times = self.ends.iter().take_while(|&&end| word >= end).count();
            runs.extend(std::iter::repeat_n(Run { start, len: 1 }, times));
        }
    }
}
