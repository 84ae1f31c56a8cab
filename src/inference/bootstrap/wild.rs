//! p-values and confidence sets of wild bootstraps.

use crate::resample::WildT;

/// Squares of t that differ by this share tie.
const TIE: f64 = 1e-10;
/// A denominator below this share of the squared numerators is none.
const NOTHING: f64 = 1e-24;

/// Draws beside the observed t, in size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WildCounts {
    /// Draws with a larger one.
    pub above: u64,
    /// Draws with the same one.
    pub equal: u64,
    /// Draws without one: nothing over nothing.
    pub undefined: u64,
    /// All draws.
    pub draws: u64,
}

impl WildCounts {
    /// Adds a draw whose numerator and denominator these are, beside the observed ones.
    #[inline]
    pub fn add(&mut self, drawn: [f64; 2], observed: [f64; 2]) {
        self.draws += 1;
        let below = |[above, below]: [f64; 2]| {
            if below <= NOTHING * above * above {
                0.0
            } else {
                below
            }
        };
        let (of_drawn, of_observed) = (below(drawn), below(observed));
        if of_drawn == 0.0 && drawn[0] == 0.0 {
            self.undefined += 1;
            return;
        }
        // |t*| against |t|, without a division.
        let a = drawn[0] * drawn[0] * of_observed;
        let b = observed[0] * observed[0] * of_drawn;
        if (a - b).abs() <= TIE * a.max(b) {
            self.equal += 1;
        } else if a > b {
            self.above += 1;
        }
    }

    /// Adds those of other draws.
    pub fn merge(&mut self, other: WildCounts) {
        self.above += other.above;
        self.equal += other.equal;
        self.undefined += other.undefined;
        self.draws += other.draws;
    }

    /// The p-value: the share of draws with as large a t, `listed`: among all of them, where they are all there are and hold the data; else
    /// with the data beside the draws, `(b + 1)/(m + 1)` (Phipson and Smyth 2010).
    pub fn p(&self, listed: bool) -> f64 {
        let reached = (self.above + self.equal) as f64;
        match listed {
            true => reached / self.draws as f64,
            false => (reached + 1.0) / (self.draws as f64 + 1.0),
        }
    }
}

/// Nulls that a pass looks at, a side.
const A_PASS: usize = 16;
/// An end is found to this many standard errors.
const PRECISION: f64 = 1e-9;
/// Standard errors from the estimate beyond which a set has no end.
const FAR: f64 = 1e4;

/// The search for an end of a confidence set by inversion: outward from the estimate to the first null that is
/// rejected.
#[derive(Debug, Clone)]
pub struct EndSearch {
    estimate: f64,
    /// A standard error, with the side's sign.
    step: f64,
    /// Distances from the estimate, in steps: not rejected, and rejected.
    inside: f64,
    outside: Option<f64>,
    done: bool,
}

impl EndSearch {
    /// Upwards, or downwards, from an estimate.
    pub fn new(estimate: f64, standard_error: f64, upwards: bool) -> Self {
        EndSearch {
            estimate,
            step: if upwards {
                standard_error
            } else {
                -standard_error
            },
            inside: 0.0,
            outside: None,
            done: false,
        }
    }

    /// The nulls that the next pass looks at, from the estimate outward; none once the end is found.
    pub fn nulls(&self) -> Vec<f64> {
        let distance = |i: usize| match self.outside {
            // Powers of the golden ratio, from a quarter.
            None => 0.25 * 1.618f64.powi(i as i32) + self.inside * 1.618,
            Some(outside) => {
                self.inside + (outside - self.inside) * (i + 1) as f64 / (A_PASS + 1) as f64
            }
        };
        match self.done {
            true => Vec::new(),
            false => (0..A_PASS)
                .map(|i| self.estimate + self.step * distance(i))
                .collect(),
        }
    }

    /// Takes the p-values of these nulls into account.
    pub fn narrow(&mut self, nulls: &[f64], p: &[f64], alpha: f64) {
        let distance = |null: f64| (null - self.estimate) / self.step;
        let rejected = p.iter().position(|p| *p <= alpha);
        let inside = match rejected {
            Some(0) => None,
            Some(first) => Some(nulls[first - 1]),
            None => nulls.last().copied(),
        };
        let inside = inside.map_or(self.inside, distance);
        let outside = rejected
            .map(|first| distance(nulls[first]))
            .or(self.outside);
        (self.inside, self.outside) = (inside, outside);
        self.done = match outside {
            Some(outside) => outside - inside <= PRECISION,
            None => inside > FAR,
        };
    }

    /// Whether it is found, or there is none.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The end; `None` where the set has none.
    pub fn end(&self) -> Option<f64> {
        self.outside
            .map(|_| self.estimate + self.step * self.inside)
    }
}

/// The observed t at a null that lies `b` above the estimate: its numerator and denominator.
pub fn observed_t(restricted: &WildT, b: f64) -> [f64; 2] {
    // Its standard error is that of the full regression.
    [restricted.at(b)[0], restricted.at(0.0)[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_compare_without_division() {
        let mut counts = WildCounts::default();
        for drawn in [
            [2.0, 1.0],
            [-2.0, 1.0],
            [1.0, 0.25],
            [3.0, 1.0],
            [1.0, 1.0],
            [1.0, 0.0],
            [0.0, 0.0],
        ] {
            counts.add(drawn, [4.0, 4.0]);
        }
        let expected = WildCounts {
            above: 2,
            equal: 3,
            undefined: 1,
            draws: 7,
        };
        assert_eq!(counts, expected);
        assert_eq!((counts.p(true), counts.p(false)), (5.0 / 7.0, 6.0 / 8.0));
    }

    #[test]
    fn ends_are_found_or_said_to_be_missing() {
        for (threshold, is_there) in [(3.2, true), (41.0, true), (f64::INFINITY, false)] {
            for upwards in [true, false] {
                let mut search = EndSearch::new(10.0, 2.0, upwards);
                let mut passes = 0;
                while !search.is_done() {
                    let nulls = search.nulls();
                    let p: Vec<f64> = nulls
                        .iter()
                        .map(|null| {
                            if (null - 10.0).abs() < threshold {
                                0.5
                            } else {
                                0.01
                            }
                        })
                        .collect();
                    search.narrow(&nulls, &p, 0.05);
                    passes += 1;
                    assert!(passes < 20);
                }
                let expected = if upwards {
                    10.0 + threshold
                } else {
                    10.0 - threshold
                };
                match search.end() {
                    None => assert!(!is_there),
                    Some(end) => assert!((end - expected).abs() < 1e-8, "{end}"),
                }
            }
        }
    }
}
