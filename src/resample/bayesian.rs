//! `bayesian`: a random weight for each unit (Rubin 1981, "The Bayesian bootstrap").

use super::Numbers;

/// Weights by the law of Dirichlet(1, .., 1), of each part by itself: the posterior law of the units' chances where
/// nothing else is known.
///
/// # The sampler, once and for all
///
/// Stream 13. A word `w` a unit, part after part, makes `-ln((w + 1/2)/2^32)`, of the standard exponential law. A
/// weight is this over the sum of those of its part, added in the order of units, times the number of units: weights
/// are 1 on average.
#[derive(Debug, Clone, Copy)]
pub struct Bayesian;

impl Bayesian {
    /// Its name.
    pub const NAME: &'static str = "bayesian";
    /// Stream of this scheme in the generator's counter.
    pub(super) const STREAM: u32 = 13;

    /// Puts the weights of a draw, a list a part.
    pub fn fill(seed: u64, draw: u64, weights: &mut [Vec<f64>]) {
        let mut numbers = Numbers::new(seed, draw, Self::STREAM);
        for weights in weights {
            let mut sum = 0.0;
            for weight in weights.iter_mut() {
                *weight = -libm::log((f64::from(numbers.word()) + 0.5) / 4_294_967_296.0);
                sum += *weight;
            }
            let units = weights.len() as f64;
            weights.iter_mut().for_each(|weight| *weight *= units / sum);
        }
    }
}
