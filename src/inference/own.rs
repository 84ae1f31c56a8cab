//! A statistic that a program computes: its floats as the integers that are tallied.

use crate::engine::{Block, HypothesisTally};
use crate::error::{Error, Result};
use crate::plan::{BINS, Hypothesis, Lattice, Scale};
use crate::statistic::Of;

/// What values are told apart to, as a share of what the first draws spread over: 2^-32.
const STEPS: f64 = (1u64 << 32) as f64;
/// Steps past which a value is only known to lie far out.
const FAR: i64 = 1 << 52;

/// What computes the values of draws: it is shown some sets and gives a value each, NaN where a set has none.
pub type Compute<'f> = dyn FnMut(&Sets) -> Result<Vec<f64>> + 'f;

/// A statistic that a program computes, on the CPU.
pub struct Own<'f> {
    /// What results call it.
    pub name: String,
    /// Values as near to the observed one as this share of it are equal to it: sums of the same numbers in
    /// another order differ in their last bits.
    pub tolerance: f64,
    /// What computes it.
    pub compute: &'f mut Compute<'f>,
}

/// Some draws, one after another, each of `rows` words.
#[derive(Debug, Clone, PartialEq)]
pub struct Sets {
    /// Words a draw.
    pub rows: usize,
    /// The words.
    pub of: SetWords,
}

/// What the words of draws are.
#[derive(Debug, Clone, PartialEq)]
pub enum SetWords {
    /// Numbers of rows, from 0.
    Rows(Vec<i64>),
    /// Signs, or weights.
    Weights(Vec<f64>),
}

impl Sets {
    /// How many draws there are.
    pub fn draws(&self) -> usize {
        let words = match &self.of {
            SetWords::Rows(words) => words.len(),
            SetWords::Weights(words) => words.len(),
        };
        words / self.rows.max(1)
    }
}

impl Own<'_> {
    /// The values of some sets.
    ///
    /// # Errors
    ///
    /// Those of what computes them, and another number of values than of sets.
    pub(crate) fn values(&mut self, sets: &Sets) -> Result<Vec<f64>> {
        let values = (self.compute)(sets)?;
        match values.len() == sets.draws() {
            true => Ok(values),
            false => Err(self.refuse(
                format!(
                    "it gives {} values for {} draws",
                    values.len(),
                    sets.draws()
                ),
                "Give one value a draw: the first axis of what it takes is that of draws.",
            )),
        }
    }

    /// The value of the one set that was observed.
    ///
    /// # Errors
    ///
    /// Those of [`Own::values`], and a value that is not finite.
    pub(crate) fn observed(&mut self, set: &Sets) -> Result<f64> {
        let value = self.values(set)?[0];
        match value.is_finite() {
            true => Ok(value),
            false => Err(self.refuse(
                format!("its value of the data themselves is {value}"),
                "Take a statistic that the data have a value of.",
            )),
        }
    }

    /// That it cannot be used.
    pub(crate) fn refuse(&self, problem: impl Into<String>, remedy: &str) -> Error {
        Error::input(format!("statistic `{}`", self.name), problem, remedy)
    }

    /// As a hypothesis, of its observed value and the values of the first draws, which say how far apart
    /// values are.
    pub(crate) fn compared(&self, observed: f64, first: &[f64]) -> Compared {
        let apart = first.iter().map(|value| (value - observed).abs());
        let spread = apart.filter(|of| of.is_finite()).fold(0.0, f64::max);
        let step = match spread > 0.0 {
            true => spread / STEPS,
            false => observed.abs().max(1.0) / STEPS,
        };
        let mut compared = Compared {
            observed,
            step,
            tolerance: self.tolerance * observed.abs(),
            hypothesis: Hypothesis {
                scale: Scale { exponent: 0, step },
                denominator: 1,
                of: Of::Changes,
                ratio: false,
                observed: 0,
                void: None,
                centre: None,
                mirror: None,
                lattice: Lattice::new((-FAR - 1, FAR + 1), 0.0, 1.0, 0),
            },
        };
        let steps = first.iter().map(|&value| compared.numerator(value));
        let steps: Vec<f64> = steps.flatten().map(|step| step as f64).collect();
        let n = steps.len().max(1) as f64;
        let mean = steps.iter().sum::<f64>() / n;
        let variance = steps.iter().map(|step| (step - mean).powi(2)).sum::<f64>() / n;
        let lattice = Lattice::new((-FAR - 1, FAR + 1), mean, variance.sqrt().max(1.0), 0);
        compared.hypothesis.lattice = lattice.opened();
        compared
    }
}

/// Values beside the observed one, in steps of which it is the zeroth.
#[derive(Debug, Clone)]
pub(crate) struct Compared {
    pub observed: f64,
    step: f64,
    tolerance: f64,
    /// Steps are its numerators: what results show is theirs more than [`Compared::observed`].
    pub hypothesis: Hypothesis,
}

impl Compared {
    /// How many steps a value lies off the observed one: none where it is equal within the tolerance, and
    /// else at least one.
    fn numerator(&self, value: f64) -> Option<i64> {
        let off = value - self.observed;
        if off.is_nan() {
            return None;
        }
        if off.abs() <= self.tolerance {
            return Some(0);
        }
        let sign = if off < 0.0 { -1 } else { 1 };
        Some(match off.is_finite() {
            true => sign * ((off.abs() / self.step).round() as i64).clamp(1, FAR),
            false => sign * (FAR + 1),
        })
    }

    /// The offset of a value in the lattice; [`Block::UNDEFINED`] of NaN.
    pub fn offset(&self, value: f64) -> u64 {
        let lattice = &self.hypothesis.lattice;
        let offset = self.numerator(value).and_then(|of| lattice.offset(of));
        offset.unwrap_or(Block::UNDEFINED)
    }
}

impl HypothesisTally {
    /// Counts draws with these offsets.
    pub(crate) fn count(&mut self, lattice: &Lattice, offsets: &[u64]) {
        for &offset in offsets {
            if offset == Block::UNDEFINED {
                self.undefined += 1;
                continue;
            }
            for (counts, &threshold) in self.thresholds.iter_mut().zip(&lattice.thresholds) {
                counts.0 += u64::from(offset < threshold);
                counts.1 += u64::from(offset == threshold);
            }
            let bin = (offset >> lattice.bin_shift).saturating_sub(lattice.first_bin.into());
            let last = self.histogram.len().min(BINS) - 1;
            self.histogram[(bin as usize).min(last)] += 1;
            match lattice.is_beyond(offset) {
                true => self.beyond += 1,
                false => self.sums.push(offset),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_within_the_tolerance() {
        let own = Own {
            name: "own".into(),
            tolerance: 1e-12,
            compute: &mut |_| Ok(Vec::new()),
        };
        let compared = own.compared(3.0, &[1.0, 2.0, 3.0, 5.0]);
        let zero = compared.offset(3.0);
        assert_eq!(compared.offset(3.0 + 2e-12), zero);
        assert_eq!(compared.offset(3.0 + 4e-12), zero + 1);
        assert_eq!(compared.offset(3.0 - 4e-12), zero - 1);
        assert_eq!(compared.offset(f64::NAN), Block::UNDEFINED);
        let value = |offset| {
            let of = &compared.hypothesis;
            3.0 + of.value(of.lattice.numerator(offset))
        };
        assert!((value(compared.offset(1.25)) - 1.25).abs() < 1e-9);
        assert_eq!(value(compared.offset(f64::NEG_INFINITY)), f64::NEG_INFINITY);
        assert!(
            compared
                .hypothesis
                .lattice
                .is_beyond(compared.offset(1e300))
        );
        let mut own = own;
        let set = Sets {
            rows: 2,
            of: SetWords::Rows(vec![0, 1, 1, 0]),
        };
        let text = own.values(&set).unwrap_err().to_string();
        assert!(text.contains("0 values for 2 draws"), "{text}");
    }
}
