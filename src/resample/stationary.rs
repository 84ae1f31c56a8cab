//! `stationary`: blocks of a circle of geometric lengths (Politis and Romano 1994). Twin:
//! `shaders/resample/stationary.wgsl`.

use super::kernel::{OnDevice, scheme_shaders};
use super::{Below, Numbers, Run};
use crate::kernel::Shader;

/// Blocks whose lengths follow the geometric law of mean `1/p`, one after another until the part's length
/// is reached.
///
/// # The sampler, once and for all
///
/// Stream 10. A block takes a start, a number below `n`, then a word `w` for its length, the least `k` with
/// `w < 2^32 (1 - (1 - p)^k)`, rounded to whole numbers: `p` holds to 2^-32. The last block is cut.
#[derive(Debug, Clone)]
pub struct Stationary {
    units: u32,
    starts: Below,
    /// `2^32 (1 - (1 - p)^k)` for k = 1, 2, .., below 2^32 and for at most as many k as there are units.
    ends: Vec<u32>,
}

impl Stationary {
    /// Its name.
    pub const NAME: &'static str = "stationary";
    /// Stream of this scheme in the generator's counter.
    pub(super) const STREAM: u32 = 10;

    /// Of a part of so many units with blocks of this mean length, at least 1.
    pub fn new(units: u32, mean_length: f64) -> Self {
        let ln_stay = libm::log1p(-1.0 / mean_length.max(1.0));
        let words = 4_294_967_296.0;
        let end = |k: u32| -libm::expm1(f64::from(k) * ln_stay) * words;
        let ends = (1..units)
            .map(|k| end(k).round())
            .take_while(|&end| end < words)
            .map(|end| end as u32);
        Stationary {
            units,
            starts: Below::new(units),
            ends: ends.collect(),
        }
    }

    /// Its kernels.
    pub(super) const SHADERS: [Shader; 2] =
        scheme_shaders!("stationary", "../../shaders/resample/stationary.wgsl");

    pub(super) fn on_device(&self) -> OnDevice {
        let [starts, reject_below] = self.starts.words();
        let ends = self.ends.len() as u32;
        // Four times as many blocks as there are on average are never seen.
        let share = match self.ends.first() {
            Some(&end) => f64::from(end) / 4_294_967_296.0,
            None => 1.0,
        };
        let most = 4.0 * f64::from(self.units) * share + 64.0;
        OnDevice {
            words: [starts, reject_below, ends]
                .into_iter()
                .chain(self.ends.iter().copied())
                .collect(),
            runs: (self.units as usize).min(most as usize),
            loops: 8 + (u32::BITS - ends.leading_zeros()) as usize,
        }
    }

    /// Adds a draw's runs.
    pub(super) fn fill(&self, numbers: &mut Numbers, runs: &mut Vec<Run>) {
        let mut left = self.units;
        while left > 0 {
            let start = numbers.below(self.starts);
            let word = numbers.word();
            let length = self.ends.partition_point(|&end| end <= word) as u32 + 1;
            let len = length.min(left);
            runs.push(Run { start, len });
            left -= len;
        }
    }
}
