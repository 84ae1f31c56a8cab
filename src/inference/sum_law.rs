//! The exact null law of a sum of scores, by dynamic programming over integer sums.

use super::exact::Tails;
use crate::error::thousands;

/// Operations that one law may take, a second or so of one processor core.
pub const MOST_OPERATIONS: u64 = 1_000_000_000;
/// Sums that one law may hold in memory at once: 128 MiB.
const MOST_CELLS: u64 = 1 << 24;
/// What it costs to begin on a row of sums, in sums.
const ROW_START: u64 = 16;

/// Tails of the sum of `k` distinct positions drawn uniformly from `scores`, at `threshold`.
///
/// The shift algorithm of Streitberg and Roehmel (1986), which counts the subsets of each size and
/// sum by adding the scores one after another, for any integer scores and in probabilities instead
/// of counts. Of a draw of `k` of `N`, a position that comes after `i` others, of which `j` are
/// picked, is itself picked with probability `(k - j)/(N - i)`; so the probability of having picked
/// `j` of the first `i` with the sum `s` follows
///
/// `P(i+1, j, s) = (1 - (k-j)/(N-i)) P(i, j, s) + (k-j+1)/(N-i) P(i, j-1, s - x_i)`.
///
/// Work is saved in four ways, none of which changes a sum:
/// - For `k > N/2` it is the positions left out that are summed.
/// - Scores count from the smallest, in units of the greatest common divisor of their differences.
///   The threshold may lie between two multiples of it: an observed set may repeat a position.
/// - Sums then never fall, so one beyond the threshold is tallied at once and leaves the table. The
///   largest scores come first, so that many do.
/// - Scores may be mirrored (counted down from the largest), whichever takes fewer operations.
///
/// # Error
///
/// All terms are positive, so both tails keep their digits. Three roundings a position, one more
/// where tallied sums are added up, and a division by the sum of all parts leave a relative error
/// below `(4 N + k + 64) 2^-52`: 4.4e-13 for 15 of 470. Probabilities below 1e-308 lose digits or
/// vanish; at most 10^9 operations lose at most 5e-324 each, so that a tail below 1e-300 has an
/// absolute error below 1e-314 instead.
///
/// # Errors
///
/// The law would take more than `ceiling` operations or 128 MiB: says so, as a clause for the
/// report. Where no draw of `k` exists (`k` is 0 or above the number of scores) both tails are NaN.
pub fn sum_tails(scores: &[i32], k: usize, threshold: i64, ceiling: u64) -> Result<Tails, String> {
    match Law::new(scores, k, threshold) {
        Law::Known(tails) => Ok(tails),
        Law::Walk { walk, swap } => {
            within_limits(walk.operations(), ceiling, walk.cells())?;
            let tails = walk.tails();
            Ok(if swap { swapped(tails) } else { tails })
        }
    }
}

/// Whether a law may be made, or which limit it breaks, as a clause for the report.
pub(super) fn within_limits(operations: u64, ceiling: u64, cells: u64) -> Result<(), String> {
    if operations > ceiling {
        return Err(format!(
            "the law of the sum takes more than 10^{} operations, and the ceiling is 10^{}",
            operations.max(1).ilog10(),
            ceiling.max(1).ilog10()
        ));
    }
    if cells > MOST_CELLS {
        let mebibytes = |cells: u64| thousands(cells.div_ceil(1 << 17));
        return Err(format!(
            "the law of the sum takes {} MiB of memory at once, and the limit is {} MiB",
            mebibytes(cells),
            mebibytes(MOST_CELLS)
        ));
    }
    Ok(())
}

/// Operations that [`sum_tails`] takes, about one a nanosecond.
pub fn sum_operations(scores: &[i32], k: usize, threshold: i64) -> u64 {
    match Law::new(scores, k, threshold) {
        Law::Known(_) => 0,
        Law::Walk { walk, .. } => walk.operations(),
    }
}

/// How the tails are found.
enum Law {
    /// Without any work.
    Known(Tails),
    /// By the recurrence; it may have the tails the other way round.
    Walk { walk: Walk, swap: bool },
}

impl Law {
    fn new(scores: &[i32], k: usize, threshold: i64) -> Self {
        let known = |lower, upper| Law::Known(Tails { lower, upper });
        if k == 0 || k > scores.len() {
            return known(f64::NAN, f64::NAN);
        }
        let mut descending: Vec<i64> = scores.iter().map(|&score| i64::from(score)).collect();
        descending.sort_unstable_by_key(|&score| std::cmp::Reverse(score));
        let most: i64 = descending[..k].iter().sum();
        let least: i64 = descending[descending.len() - k..].iter().sum();
        if threshold < least {
            return known(0.0, 1.0);
        }
        if threshold > most {
            return known(1.0, 0.0);
        }
        if 2 * k <= scores.len() {
            return Self::cheaper(&descending, k, threshold, false);
        }
        // What is left out sums to at least `total - t` exactly when the draw sums to at most `t`.
        let total: i64 = descending.iter().sum();
        Self::cheaper(&descending, scores.len() - k, total - threshold, true)
    }

    /// By the scores as they are, or mirrored.
    fn cheaper(descending: &[i64], k: usize, threshold: i64, swap: bool) -> Self {
        let (largest, smallest) = (descending[0], descending[descending.len() - 1]);
        let unit = descending
            .iter()
            .fold(0, |unit, score| gcd(unit, score - smallest))
            .max(1);
        let plain = Walk::new(
            descending.iter().map(|x| (x - smallest) / unit),
            k,
            (threshold - k as i64 * smallest, unit),
        );
        let mirrored = Walk::new(
            descending.iter().rev().map(|x| (largest - x) / unit),
            k,
            (k as i64 * largest - threshold, unit),
        );
        if mirrored.operations() < plain.operations() {
            Law::Walk {
                walk: mirrored,
                swap: !swap,
            }
        } else {
            Law::Walk { walk: plain, swap }
        }
    }
}

/// The recurrence over scores of at least 0, the largest first.
struct Walk {
    scores: Vec<usize>,
    /// Sums of the first scores: `prefix[i]` of the first `i`.
    prefix: Vec<usize>,
    k: usize,
    /// The largest sum at or below the threshold.
    limit: usize,
    /// Whether the threshold is itself a sum, or between two.
    on_lattice: bool,
}

impl Walk {
    /// `threshold` is given with the unit that scores are in.
    fn new(scores: impl Iterator<Item = i64>, k: usize, (threshold, unit): (i64, i64)) -> Self {
        let scores: Vec<usize> = scores.map(|score| score as usize).collect();
        let mut prefix = vec![0];
        for (i, score) in scores.iter().enumerate() {
            prefix.push(prefix[i] + score);
        }
        Walk {
            scores,
            prefix,
            k,
            limit: (threshold / unit) as usize,
            on_lattice: threshold % unit == 0,
        }
    }

    /// The sums that `j` of the first `i` scores can have, up to the limit.
    fn extent(&self, i: usize, j: usize) -> std::ops::Range<usize> {
        let low = self.prefix[i] - self.prefix[i - j];
        low..self.prefix[j].min(self.limit) + 1
    }

    /// How many of the first `i` scores can have been picked, so that `k` of all can be.
    fn picked(&self, i: usize) -> std::ops::RangeInclusive<usize> {
        (self.k + i).saturating_sub(self.scores.len())..=self.k.min(i)
    }

    /// The last `i` at which `j` can have been picked; the extents of `j` grow up to it.
    fn last(&self, j: usize) -> usize {
        self.scores.len() - self.k + j
    }

    /// Sums that [`Walk::tails`] reads from one step to the next, and its row starts.
    fn operations(&self) -> u64 {
        let rows = self.k as u64 * (self.scores.len() - self.k + 1) as u64;
        let starts = rows.saturating_mul(ROW_START);
        if starts > MOST_OPERATIONS {
            return starts;
        }
        (0..self.k)
            .flat_map(|j| (j..=self.last(j)).map(move |i| self.extent(i, j).len() as u64))
            .fold(starts, u64::saturating_add)
    }

    fn cells(&self) -> u64 {
        (0..=self.k)
            .map(|j| self.extent(self.last(j), j).len() as u64)
            .fold(0, u64::saturating_add)
    }

    /// `P(S <= t)` and `P(S >= t)`.
    fn tails(&self) -> Tails {
        let n = self.scores.len();
        // A row for each number of picks, and the sum that its first cell stands for.
        let (bases, mut rows): (Vec<usize>, Vec<Vec<f64>>) = (0..=self.k)
            .map(|j| self.extent(self.last(j), j))
            .map(|extent| (extent.start, vec![0.0; extent.len()]))
            .unzip();
        rows[0][0] = 1.0;
        let mut above = 0.0;
        for (i, &score) in self.scores.iter().enumerate() {
            let left = (n - i) as f64;
            let mut newly_above = 0.0;
            // Downwards, so that a row is read before it takes in the one below it.
            for j in self.picked(i).rev().filter(|&j| j < self.k) {
                let extent = self.extent(i, j);
                if extent.is_empty() {
                    continue;
                }
                let wanted = self.k - j;
                let pick = wanted as f64 / left;
                let skip = (n - i - wanted) as f64 / left;
                let (row, next) = pair(&mut rows, j);
                let row = &mut row[extent.start - bases[j]..extent.end - bases[j]];
                // Sums from `stay` on leave the table when the score is added.
                let stay = (self.limit + 1)
                    .saturating_sub(score)
                    .clamp(extent.start, extent.end)
                    - extent.start;
                newly_above += pick * total(&row[stay..]);
                if stay > 0 {
                    let first = extent.start + score - bases[j + 1];
                    for (to, from) in next[first..first + stay].iter_mut().zip(&row[..stay]) {
                        *to += pick * from;
                    }
                }
                for cell in row {
                    *cell *= skip;
                }
            }
            above += newly_above;
        }
        // The last cell of the last row is the limit.
        let sums = &rows[self.k];
        let (sums, at) = match sums.split_last() {
            Some((&at, below)) if self.on_lattice => (below, at),
            _ => (sums.as_slice(), 0.0),
        };
        let below = total(sums);
        // 1 up to rounding; dividing by it makes what is certain exactly so.
        let all = below + at + above;
        Tails {
            lower: (below + at) / all,
            upper: (at + above) / all,
        }
    }
}

/// Rows `j` and `j + 1`.
fn pair(rows: &mut [Vec<f64>], j: usize) -> (&mut [f64], &mut [f64]) {
    let (low, high) = rows.split_at_mut(j + 1);
    (&mut low[j], &mut high[0])
}

/// The sum, by halves, so that no term takes part in more than about 60 additions.
fn total(terms: &[f64]) -> f64 {
    const LANES: usize = 8;
    if terms.len() > 16 * LANES {
        let (low, high) = terms.split_at(terms.len() / 2);
        return total(low) + total(high);
    }
    let mut lanes = [0.0; LANES];
    for chunk in terms.chunks(LANES) {
        for (lane, term) in lanes.iter_mut().zip(chunk) {
            *lane += term;
        }
    }
    lanes.iter().sum()
}

fn swapped(tails: Tails) -> Tails {
    Tails {
        lower: tails.upper,
        upper: tails.lower,
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests;
