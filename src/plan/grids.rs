//! The steps to which values of a regression are rounded, and where their null laws lie.

use super::Lattice;
use crate::null::{NullDesign, Picks};
use crate::statistic::{Contrast, Grid, Regression};

/// The most draws from which the spread of a value is known before any is counted.
const PILOT: usize = 384;
/// A step is the spread over 2^34; values count to 2^15 spreads on either side of zero.
const STEPS: f64 = (1u64 << 34) as f64;
const REACH: f64 = (1u64 << 15) as f64;
/// Observed values farther out than this many spreads have coarser steps.
const FAR: f64 = (1u64 << 14) as f64;

/// Spreads below this share of what a value's rounding is relative to count as that: a step is then
/// still 1000 times the rounding of 64-bit floats, so that what is equal ties. Independent outcomes on
/// n rows have a spread of `n^(-1/2)` of it.
pub(crate) const LEAST_SPREAD: f64 = 4e-3;

/// Values of some draws of a design, a hypothesis a list; draws without a value are passed over.
pub(crate) fn pilot(
    regression: &Regression,
    contrasts: &[Contrast],
    design: &NullDesign,
) -> Vec<Vec<f64>> {
    let (picks, made) = design.pilot(PILOT);
    let draws = regression.values(contrasts, &picks, made);
    let values = contrasts.len() * regression.columns().len();
    (0..values)
        .map(|value| draws.iter().filter_map(|draw| draw[value]).collect())
        .collect()
}

/// The grid of each value of a regression without grids, and the numerator and lattice there of the
/// set `observed`; `None` where that has no value. Spreads below `least` count as that.
pub(super) fn gridded(
    regression: &Regression,
    contrasts: &[Contrast],
    design: &NullDesign,
    observed: &[u32],
    least: f64,
) -> Option<Vec<(Grid, i64, Lattice)>> {
    let scales = regression.scales(contrasts, observed)?;
    let observed = regression.values(contrasts, &Picks::of(observed), 1);
    let observed: Vec<f64> = observed.into_iter().flatten().collect::<Option<_>>()?;
    let pilot = pilot(regression, contrasts, design);
    let values = observed.into_iter().zip(scales).zip(pilot);
    values
        .map(|((observed, scale), mut pilot)| {
            let least = least.max(LEAST_SPREAD * scale);
            (!pilot.is_empty()).then(|| placed(observed, &mut pilot, least))
        })
        .collect()
}

/// The grid for an observed value and others, the observed numerator, and their lattice. A spread
/// below `least` counts as that.
pub(crate) fn placed(observed: f64, pilot: &mut Vec<f64>, least: f64) -> (Grid, i64, Lattice) {
    let (centre, spread) = location(pilot, observed);
    let spread = spread.max(least);
    let grid = grid(observed, spread);
    let numerator = grid.numerator(observed);
    let lattice = Lattice::new(
        (grid.floor, grid.ceiling),
        centre / grid.step,
        spread / grid.step,
        numerator,
    );
    (grid, numerator, lattice.opened())
}

/// The median of the finite ones of some values, and their spread in units of a normal law's standard
/// deviation, from its quartiles; a constant has the spread of its own size, or 1.
fn location(values: &mut Vec<f64>, observed: f64) -> (f64, f64) {
    values.retain(|value| value.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    if values.is_empty() {
        values.push(0.0);
    }
    // From the nearer end, so that negated values have the same spread.
    let last = values.len() - 1;
    let at = |quarter: usize| match quarter {
        0..=2 => values[last * quarter / 4],
        _ => values[last - last * (4 - quarter) / 4],
    };
    let spread = (at(3) - at(1)) / 1.349;
    let mut sizes = [spread, at(4) - at(0), observed.abs()].into_iter();
    let spread = sizes.find(|&size| size > 0.0 && size.is_finite());
    (at(2), spread.unwrap_or(1.0))
}

/// Steps of the spread's size over 2^34, of which the observed value is a multiple.
fn grid(observed: f64, spread: f64) -> Grid {
    let observed = if observed.is_finite() { observed } else { 0.0 };
    let spread = spread.max(observed.abs() / FAR);
    let steps = (observed / spread * STEPS).round();
    let step = if steps == 0.0 {
        spread / STEPS
    } else {
        observed / steps
    };
    let reach = (REACH * STEPS) as i64;
    Grid {
        step,
        floor: -reach,
        ceiling: reach,
    }
}
