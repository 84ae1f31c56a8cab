//! What the pool and a few draws tell of a null law before any draw is counted.

use crate::null::NullDesign;
use crate::statistic::Fold;

/// The most draws that place the bins of a null distribution.
const PROBED: usize = 1024;

/// Changes the signs of the scores at those positions that stand for changed signs.
pub(crate) fn change_signs(design: &NullDesign, cells: &mut [i32]) {
    if let Some(first) = design.negated_from() {
        for cell in &mut cells[first..] {
            *cell = -*cell;
        }
    }
}

/// The scores of a column that draws can pick, sorted: each as often as a draw can hold it, so that
/// bounds of distinct picks hold.
pub(crate) fn sorted_pool(design: &NullDesign, cells: &[i32]) -> Vec<i32> {
    let mut pool = cells[..design.positions()].repeat(design.most_on_a_position());
    pool.sort_unstable();
    pool
}

/// Mean and standard deviation of a null distribution, near enough to place bins.
type Moments = (f64, f64);

/// Moments of each value of a fold over a pilot of at most [`PROBED`] draws, a tenth wider so that
/// chance does not make bins too few.
pub(crate) fn probed_moments(fold: &Fold, design: &NullDesign) -> Vec<Moments> {
    let (picks, made) = design.pilot(PROBED);
    let mut sums = vec![(0.0, 0.0); fold.values()];
    for draw in 0..made {
        let values = fold.numerators(picks.row(draw)).into_iter().flatten();
        for (sum, value) in sums.iter_mut().zip(values) {
            sum.0 += value as f64;
            sum.1 += (value as f64).powi(2);
        }
    }
    let n = made as f64;
    sums.into_iter()
        .map(|(sum, squares)| {
            let mean: f64 = sum / n;
            (mean, 1.1 * (squares / n - mean.powi(2)).max(0.0).sqrt())
        })
        .collect()
}
