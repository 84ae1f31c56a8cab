//! The law of a statistic, as atoms.

/// Values with their chances: exact, or the share of draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Atoms {
    /// Ascending.
    values: Vec<f64>,
    /// The chance of each value or a smaller one.
    cumulated: Vec<f64>,
}

/// Rounding that a chance may carry beside the level that it is compared with: of convolved laws some
/// 10^-13.
const SLACK: f64 = 1e-11;

/// What the ends of intervals are told of a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// The chance of a smaller value than the observed one.
    pub below: f64,
    /// The chance of the observed value.
    pub equal: f64,
}

impl Atoms {
    /// Of values in any order with their chances, which sum to 1; equal ones are one.
    pub fn new(mut atoms: Vec<(f64, f64)>) -> Self {
        atoms.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut law = Atoms {
            values: Vec::new(),
            cumulated: Vec::new(),
        };
        let mut sum = 0.0;
        for (value, chance) in atoms {
            sum += chance;
            match law.values.last() == Some(&value) {
                true => *law.cumulated.last_mut().expect("there is a value") = sum,
                false => {
                    law.values.push(value);
                    law.cumulated.push(sum);
                }
            }
        }
        law
    }

    /// The smallest value `v` with `P(T <= v) >= share`.
    pub fn low(&self, share: f64) -> Option<f64> {
        let at = self.cumulated.partition_point(|&sum| sum < share - SLACK);
        self.values.get(at).or(self.values.last()).copied()
    }

    /// The largest value `v` with `P(T >= v) >= share`.
    pub fn high(&self, share: f64) -> Option<f64> {
        // P(T >= v) is 1 less the sum before v.
        let total = self.cumulated.last()?;
        let reached = |before: f64| total - before >= share - SLACK;
        let after_first = self.cumulated.partition_point(|&sum| reached(sum));
        self.values.get(after_first).or(self.values.last()).copied()
    }

    /// The chances of smaller values than `observed`, and of it.
    pub fn at(&self, observed: f64) -> (f64, f64) {
        let at = self.values.partition_point(|&v| v < observed);
        let before = |at: usize| at.checked_sub(1).map_or(0.0, |at| self.cumulated[at]);
        let next = at + usize::from(self.values.get(at) == Some(&observed));
        (before(at), before(next) - before(at))
    }

    /// Its moments beside an observed value.
    pub fn moments(&self, observed: f64) -> Moments {
        let each = |of: &dyn Fn(f64) -> f64| {
            let mut before = 0.0;
            let terms = self.values.iter().zip(&self.cumulated);
            let terms =
                terms.map(|(&value, &sum)| of(value) * (sum - std::mem::replace(&mut before, sum)));
            terms.sum::<f64>()
        };
        let bias = each(&|value| value - observed);
        let variance = each(&|value| (value - observed - bias).powi(2));
        let (below, equal) = self.at(observed);
        Moments {
            mean: observed + bias,
            sd: variance.max(0.0).sqrt(),
            below,
            equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_the_least_and_the_largest_that_reach_the_share() {
        let law = Atoms::new(vec![(3.0, 0.1), (1.0, 0.05), (2.0, 0.8), (1.0, 0.05)]);
        assert_eq!(
            [0.05, 0.1, 0.101, 1.0].map(|share| law.low(share)),
            [1.0, 1.0, 2.0, 3.0].map(Some)
        );
        assert_eq!(
            [0.05, 0.1, 0.101, 1.0].map(|share| law.high(share)),
            [3.0, 3.0, 2.0, 1.0].map(Some)
        );
        let (below, equal) = law.at(2.0);
        assert!((below - 0.1).abs() < 1e-15 && (equal - 0.8).abs() < 1e-15);
        assert_eq!((law.at(0.0), law.at(1.5).1), ((0.0, 0.0), 0.0));
        let moments = law.moments(2.0);
        assert!((moments.mean - 2.0).abs() < 1e-15 && (moments.sd - 0.2f64.sqrt()).abs() < 1e-15);
    }
}
