//! Rejections counted over data sets.

use crate::engine::HypothesisTally;
use crate::error::{Error, Result};
use crate::inference::counted_p;
use crate::null::philox4x32_10;
use crate::plan::Plan;

/// Data sets between two looks at the progress.
pub const CHUNK: u64 = 64;
/// Confidence level of the interval beside a rate.
pub const MONTE_CARLO_LEVEL: f64 = 0.95;
/// Cells of the histogram that looks whether randomised p-values are uniform.
const CELLS: usize = 20;

/// Rejections of one hypothesis, or of one correction of a family.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejections {
    /// By level.
    pub counts: Vec<u64>,
    /// Randomised upper-tail p-values by twentieths.
    cells: [u64; CELLS],
}

impl Rejections {
    /// Of no data set yet.
    pub fn none(levels: &[f64]) -> Self {
        Rejections {
            counts: vec![0; levels.len()],
            cells: [0; CELLS],
        }
    }

    /// Counts a data set by its p.
    pub fn add(&mut self, p: f64, levels: &[f64]) {
        for (count, &level) in self.counts.iter_mut().zip(levels) {
            // An exact share such as 0.05 may lie an ulp above its level.
            *count += u64::from(p <= level * (1.0 + 1e-12));
        }
    }

    /// Counts a data set by the draws of its hypothesis `h`, ties of the randomised p split by the uniform
    /// variable `v`; gives its p.
    pub fn count(
        &mut self,
        plan: &Plan,
        h: usize,
        tally: &HypothesisTally,
        v: f64,
        levels: &[f64],
    ) -> f64 {
        let (counts, p) = counted_p(plan, h, tally, false);
        self.add(p.p, levels);
        let added = u64::from(!plan.draws_hold_observed());
        let ties = (counts.equal + added) as f64;
        let u = (counts.above as f64 + v * ties) / (counts.draws() + added) as f64;
        self.cells[((u * CELLS as f64) as usize).min(CELLS - 1)] += 1;
        p.p
    }

    /// Those of other data sets beside these.
    pub fn merge(&mut self, other: &Rejections) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        for (mine, theirs) in self.cells.iter_mut().zip(other.cells) {
            *mine += theirs;
        }
    }

    /// p-value of Pearson's chi-square test that randomised p-values are uniform; `None` without any.
    pub fn uniformity(&self) -> Option<f64> {
        let sets: u64 = self.cells.iter().sum();
        if sets == 0 {
            return None;
        }
        let expected = sets as f64 / CELLS as f64;
        let square = |&count: &u64| (count as f64 - expected).powi(2) / expected;
        let chi2: f64 = self.cells.iter().map(square).sum();
        let half = (CELLS as f64 - 1.0) / 2.0;
        Some(statrs::function::gamma::gamma_ur(half, chi2 / 2.0))
    }
}

/// Refuses effects and levels that are none.
pub fn check_numbers(effects: &[f64], levels: &[f64]) -> Result<()> {
    if let Some(effect) = effects.iter().find(|effect| !effect.is_finite()) {
        return Err(Error::input(
            "--effect",
            format!("{effect} is no size of an effect"),
            "give finite numbers",
        ));
    }
    match levels.iter().find(|&&level| !(0.0 < level && level < 1.0)) {
        None => Ok(()),
        Some(level) => Err(Error::input(
            "--level",
            format!("{level} is no level"),
            "give numbers between 0 and 1",
        )),
    }
}

/// Words of a generator that counts data sets, what they are for, and a stream.
pub fn words(seed: u64, [set, of, stream]: [u32; 3]) -> impl FnMut() -> u32 {
    let key = [seed as u32, (seed >> 32) as u32];
    let mut next = 0u32;
    let mut block = [0; 4];
    move || {
        if next.is_multiple_of(4) {
            block = philox4x32_10([set, next / 4, of, stream], key);
        }
        next += 1;
        block[(next as usize + 3) % 4]
    }
}
