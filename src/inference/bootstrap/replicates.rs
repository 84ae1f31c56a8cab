//! What is kept of replicates: exact moments, counts beside the observed value, and the values of given
//! ranks in bounded memory.

use serde::{Deserialize, Serialize};

use super::{ExactSum, Moments};

/// Up to so many replicates of a statistic are kept and sorted; of more, ends are found by making the draws
/// again.
pub const MOST_KEPT: u64 = 1 << 20;
/// Parts into which a range of values is cut by a pass over the draws.
const BINS: u64 = 4096;

/// Replicates of one statistic over some draws. Those of disjoint ranges of draws merge.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "Saved", try_from = "Saved")]
pub struct Replicates {
    observed: f64,
    /// Draws without a value.
    undefined: u64,
    below: u64,
    equal: u64,
    above: u64,
    /// Of the deviations from the observed value.
    sum: ExactSum,
    squares: ExactSum,
    /// Whether a square is beyond all floats: the standard deviation is infinite, then.
    overflows: bool,
    least: f64,
    most: f64,
    kept: Option<Vec<f64>>,
}

impl Replicates {
    /// None yet; `keeps`: whether they are kept.
    pub fn new(observed: f64, keeps: bool) -> Self {
        Replicates {
            observed,
            undefined: 0,
            below: 0,
            equal: 0,
            above: 0,
            sum: ExactSum::default(),
            squares: ExactSum::default(),
            overflows: false,
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
            kept: keeps.then(Vec::new),
        }
    }

    /// Adds a draw's value, NaN where it has none.
    #[inline]
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            self.undefined += 1;
            return;
        }
        // One zero.
        let value = value + 0.0;
        match value.total_cmp(&(self.observed + 0.0)) {
            std::cmp::Ordering::Less => self.below += 1,
            std::cmp::Ordering::Equal => self.equal += 1,
            std::cmp::Ordering::Greater => self.above += 1,
        }
        let deviation = value - self.observed;
        self.sum.add(deviation);
        let square = deviation * deviation;
        match square.is_finite() {
            true => self.squares.add(square),
            false => self.overflows = true,
        }
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        if let Some(kept) = &mut self.kept {
            kept.push(value);
        }
    }

    /// Adds those of other draws.
    pub fn merge(&mut self, other: Replicates) {
        self.undefined += other.undefined;
        self.below += other.below;
        self.equal += other.equal;
        self.above += other.above;
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        self.overflows |= other.overflows;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        if let (Some(kept), Some(more)) = (&mut self.kept, other.kept) {
            kept.extend(more);
        }
    }

    /// The observed value that they stand beside.
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Draws with a value.
    pub fn defined(&self) -> u64 {
        self.below + self.equal + self.above
    }

    /// Draws without one.
    pub fn undefined(&self) -> u64 {
        self.undefined
    }

    /// Whether they can be of so many draws, and beside this observed value, kept or not as said.
    pub fn are_of(&self, draws: u64, observed: f64, keeps: bool) -> bool {
        let sum = [self.undefined, self.below, self.equal, self.above]
            .iter()
            .try_fold(0u64, |sum, &count| sum.checked_add(count));
        sum == Some(draws)
            && self.observed.to_bits() == observed.to_bits()
            && self.kept.is_some() == keeps
    }

    /// Their mean, their standard deviation over one less than their number, and their shares beside the
    /// observed value; `None` of fewer than two.
    pub fn moments(&self) -> Option<Moments> {
        let n = self.defined();
        if n < 2 {
            return None;
        }
        let draws = n as f64;
        let bias = self.sum.value() / draws;
        let variance = (self.squares.value() - draws * bias * bias) / (draws - 1.0);
        Some(Moments {
            mean: self.observed + bias,
            sd: if self.overflows {
                f64::INFINITY
            } else {
                variance.max(0.0).sqrt()
            },
            below: self.below as f64 / draws,
            equal: self.equal as f64 / draws,
        })
    }

    /// The replicates in `bars` bars of one width from the least to the greatest, the ends first; `None` where they are
    /// not kept, or are all the same.
    pub fn bars(&self, bars: usize) -> Option<(Vec<f64>, Vec<u64>)> {
        let kept = self.kept.as_ref()?;
        let width = (self.most - self.least) / bars as f64;
        if !(width.is_finite() && width > 0.0) {
            return None;
        }
        let mut counts = vec![0; bars];
        for value in kept {
            counts[(((value - self.least) / width) as usize).min(bars - 1)] += 1;
        }
        let edge = |bar: usize| match bar == bars {
            true => self.most,
            false => self.least + width * bar as f64,
        };
        Some(((0..=bars).map(edge).collect(), counts))
    }

    /// The search for the values of `ranks`, each from 1 for the smallest.
    pub fn search(self, ranks: &[u64]) -> RankSearch {
        let n = self.defined();
        let sorted = self.kept.map(|mut kept| {
            kept.sort_unstable_by(f64::total_cmp);
            kept
        });
        let targets = ranks.iter().map(|&rank| {
            let rank = rank.clamp(1, n.max(1));
            let at = |sorted: &Vec<f64>| sorted.get(rank as usize - 1).copied();
            let found = sorted.as_ref().map(|sorted| at(sorted).unwrap_or(f64::NAN));
            Target {
                rank,
                found,
                low: key(self.least),
                high: key(self.most),
                before: 0,
                inside: n,
            }
        });
        RankSearch {
            targets: targets.collect(),
        }
    }
}

/// Replicates in a file: floats by their bits, so that they come back as they were.
#[derive(Serialize, Deserialize)]
struct Saved {
    observed: u64,
    undefined: u64,
    of: SavedOf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SavedOf {
    /// The distinct values, ascending, as [`key`]s less the one before, each with its number.
    Values(Vec<(u64, u64)>),
    /// What is told of values that are not kept.
    Sums {
        below: u64,
        equal: u64,
        above: u64,
        /// The bins of exact sums that are not empty, each with its number.
        sum: Vec<(u8, i128)>,
        squares: Vec<(u8, i128)>,
        overflows: bool,
        least: u64,
        most: u64,
    },
}

impl From<Replicates> for Saved {
    fn from(all: Replicates) -> Self {
        let of = match all.kept {
            Some(mut kept) => {
                kept.sort_unstable_by(f64::total_cmp);
                let mut before = 0;
                let runs = kept.chunk_by(|a, b| a.to_bits() == b.to_bits());
                let runs = runs.map(|run| {
                    let at = key(run[0]);
                    (at - std::mem::replace(&mut before, at), run.len() as u64)
                });
                SavedOf::Values(runs.collect())
            }
            None => SavedOf::Sums {
                below: all.below,
                equal: all.equal,
                above: all.above,
                sum: all.sum.into(),
                squares: all.squares.into(),
                overflows: all.overflows,
                least: all.least.to_bits(),
                most: all.most.to_bits(),
            },
        };
        Saved {
            observed: all.observed.to_bits(),
            undefined: all.undefined,
            of,
        }
    }
}

impl TryFrom<Saved> for Replicates {
    type Error = &'static str;

    fn try_from(saved: Saved) -> Result<Self, Self::Error> {
        let observed = f64::from_bits(saved.observed);
        let is_kept = matches!(saved.of, SavedOf::Values(_));
        let mut all = Replicates::new(observed, is_kept);
        match saved.of {
            SavedOf::Values(runs) => {
                let most = |left: u64, (_, times): &(u64, u64)| left.checked_sub(*times);
                runs.iter()
                    .try_fold(MOST_KEPT, most)
                    .ok_or("it has more values than are kept")?;
                let mut at = 0u64;
                for (step, times) in runs {
                    at = at.wrapping_add(step);
                    (0..times).for_each(|_| all.add(unkeyed(at)));
                }
            }
            SavedOf::Sums {
                below,
                equal,
                above,
                sum,
                squares,
                overflows,
                least,
                most,
            } => {
                let [least, most] = [least, most].map(f64::from_bits);
                all = Replicates {
                    below,
                    equal,
                    above,
                    sum: sum.into(),
                    squares: squares.into(),
                    overflows,
                    least,
                    most,
                    ..all
                };
            }
        }
        all.undefined += saved.undefined;
        Ok(all)
    }
}

/// The rank of the smallest `v` with `P(T <= v) >= share` among `n` values.
pub fn low_rank(share: f64, n: u64) -> u64 {
    let reached = share * n as f64;
    // 0.025 of 100,000 is 2,500, whatever its last digit.
    ((reached - 1e-9 * reached.max(1.0)).ceil() as u64).clamp(1, n.max(1))
}

/// The rank of the largest `v` with `P(T >= v) >= share`.
pub fn high_rank(share: f64, n: u64) -> u64 {
    n + 1 - low_rank(share, n)
}

/// Floats in their order as whole numbers.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    match bits >> 63 {
        0 => bits | 1 << 63,
        _ => !bits,
    }
}

fn unkeyed(key: u64) -> f64 {
    f64::from_bits(match key >> 63 {
        1 => key & !(1 << 63),
        _ => !key,
    })
}

/// Values of given ranks, found by passes over the same draws: a pass cuts the range that holds a value into
/// 4,096, or gathers the values of one that holds few.
#[derive(Debug, Clone)]
pub struct RankSearch {
    targets: Vec<Target>,
}

#[derive(Debug, Clone)]
struct Target {
    rank: u64,
    found: Option<f64>,
    /// Keys of the range that holds it.
    low: u64,
    high: u64,
    /// Values below the range, and in it.
    before: u64,
    inside: u64,
}

/// What a pass gathers for a search.
#[derive(Debug, Clone)]
pub struct Gathered {
    targets: Vec<GatheredOf>,
}

#[derive(Debug, Clone)]
enum GatheredOf {
    Nothing,
    Counts {
        low: u64,
        high: u64,
        bins: Vec<u64>,
    },
    Values {
        low: u64,
        high: u64,
        values: Vec<f64>,
    },
}

impl Target {
    fn width(&self) -> u64 {
        (self.high - self.low) / BINS + 1
    }

    /// Values gathered at most, for all targets together.
    fn gathers(&self, among: usize) -> bool {
        self.inside <= MOST_KEPT / among as u64
    }
}

impl RankSearch {
    /// The values, once all are found.
    pub fn values(&self) -> Option<Vec<f64>> {
        self.targets.iter().map(|target| target.found).collect()
    }

    /// Room for the next pass.
    pub fn gathers(&self) -> Gathered {
        let among = self.targets.len().max(1);
        let targets = self.targets.iter().map(|target| {
            let Target { low, high, .. } = *target;
            match (target.found, target.gathers(among)) {
                (Some(_), _) => GatheredOf::Nothing,
                (None, true) => GatheredOf::Values {
                    low,
                    high,
                    values: Vec::new(),
                },
                (None, false) => GatheredOf::Counts {
                    low,
                    high,
                    bins: vec![0; BINS as usize],
                },
            }
        });
        Gathered {
            targets: targets.collect(),
        }
    }

    /// Takes a pass into account.
    pub fn narrow(&mut self, gathered: Gathered) {
        for (target, of) in self.targets.iter_mut().zip(gathered.targets) {
            match of {
                GatheredOf::Nothing => {}
                GatheredOf::Values { mut values, .. } => {
                    values.sort_unstable_by(f64::total_cmp);
                    target.found = values
                        .get((target.rank - target.before - 1) as usize)
                        .copied();
                }
                GatheredOf::Counts { bins, .. } => {
                    let width = target.width();
                    let mut before = target.before;
                    let bin = bins.iter().position(|&count| {
                        before += count;
                        before >= target.rank
                    });
                    let bin = bin.unwrap_or(0);
                    target.inside = bins[bin];
                    target.before = before - bins[bin];
                    target.low += bin as u64 * width;
                    target.high = target.high.min(target.low.saturating_add(width - 1));
                    if target.low == target.high {
                        target.found = Some(unkeyed(target.low));
                    }
                }
            }
        }
    }
}

impl Gathered {
    /// Adds a draw's value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        let at = key(value + 0.0);
        for target in &mut self.targets {
            match target {
                GatheredOf::Counts { low, high, bins } if (*low..=*high).contains(&at) => {
                    bins[((at - *low) / ((*high - *low) / BINS + 1)) as usize] += 1;
                }
                GatheredOf::Values { low, high, values } if (*low..=*high).contains(&at) => {
                    values.push(value + 0.0);
                }
                _ => {}
            }
        }
    }

    /// Adds what other draws gave.
    pub fn merge(&mut self, other: Gathered) {
        for (target, other) in self.targets.iter_mut().zip(other.targets) {
            match (target, other) {
                (GatheredOf::Counts { bins, .. }, GatheredOf::Counts { bins: more, .. }) => {
                    bins.iter_mut()
                        .zip(more)
                        .for_each(|(bin, more)| *bin += more);
                }
                (GatheredOf::Values { values, .. }, GatheredOf::Values { values: more, .. }) => {
                    values.extend(more);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: u64) -> impl Iterator<Item = f64> {
        (0..n).map(|i| {
            let x = (i * 7_919 % 1_000_003) as f64 / 1e5 - 5.0;
            (x * x * x).round() / 8.0
        })
    }

    /// Ranks by passes are those of a sorted list, ties and both signs among them.
    #[test]
    fn ranks_by_passes_are_those_of_sorted_values() {
        let n = 3_000_000;
        let mut all = Replicates::new(0.25, false);
        numbers(n).for_each(|x| all.add(x));
        let mut sorted: Vec<f64> = numbers(n).collect();
        sorted.sort_by(f64::total_cmp);
        let below = sorted.partition_point(|&x| x < 0.25) as f64 / n as f64;
        let moments = all.moments().unwrap();
        assert_eq!(moments.below, below);
        assert!(moments.equal > 0.0);
        let mean = sorted.iter().sum::<f64>() / n as f64;
        assert!((moments.mean - mean).abs() < 1e-9);
        let ranks = [1, 75_000, 1_499_999, 1_500_000, 2_925_001, n];
        let mut search = all.search(&ranks);
        let mut passes = 0;
        let found = loop {
            if let Some(found) = search.values() {
                break found;
            }
            let (mut a, mut b) = (search.gathers(), search.gathers());
            for (i, x) in numbers(n).enumerate() {
                if i % 3 == 0 { a.add(x) } else { b.add(x) }
            }
            a.merge(b);
            search.narrow(a);
            passes += 1;
        };
        assert!((2..8).contains(&passes), "{passes}");
        let expected = ranks.map(|rank| sorted[rank as usize - 1]);
        assert_eq!(found, expected);
    }

    #[test]
    fn kept_values_and_ranks_of_shares() {
        let mut kept = Replicates::new(2.0, true);
        for x in [3.0, 1.0, f64::NAN, 2.0, -0.0] {
            kept.add(x);
        }
        assert_eq!((kept.defined(), kept.undefined()), (4, 1));
        let moments = kept.moments().unwrap();
        assert_eq!(
            (moments.below, moments.equal, moments.mean),
            (0.5, 0.25, 1.5)
        );
        assert!((moments.sd - (5.0f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(kept.search(&[1, 3, 4]).values(), Some(vec![0.0, 2.0, 3.0]));
        let tail = (1.0 - 0.95) / 2.0;
        assert_eq!(low_rank(tail, 100_000), 2_500);
        assert_eq!(high_rank(tail, 100_000), 97_501);
        assert_eq!((low_rank(0.025, 1_001), low_rank(1e-9, 10)), (26, 1));
    }
}
