//! Statistics of sorted values.

use serde::{Deserialize, Serialize};

use std::ops::Range;

use super::{Run, Scored};
use crate::plan::Scale;

/// Distinct values that are looked at together.
const STRETCH: usize = 64;

/// How a quantile lies between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuantileRule {
    /// Linear between the values around `(n - 1) q`: type 7 of Hyndman and Fan (1996), R's and NumPy's
    /// default.
    Linear,
    /// The least value whose cumulated share reaches `q`: type 1, the inverted distribution function.
    Inverted,
}

/// A statistic of sorted values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OrderStatistic {
    /// A quantile.
    Quantile {
        /// The share below.
        q: f64,
        /// How it lies between two values.
        rule: QuantileRule,
    },
    /// The mean of what is left when a share of the values is taken off at each end, rounded down.
    TrimmedMean {
        /// The share, below one half.
        trim: f64,
    },
}

/// Where a quantile of `n` values lies: the number of the value below, from 0, and the weight of the next.
pub fn quantile_place(q: f64, rule: QuantileRule, n: u64) -> (u64, f64) {
    let snapped = |h: f64| match (h - h.round()).abs() < 1e-9 {
        true => h.round(),
        false => h,
    };
    match rule {
        QuantileRule::Linear => {
            let h = snapped(n.saturating_sub(1) as f64 * q);
            (h.floor() as u64, h - h.floor())
        }
        QuantileRule::Inverted => {
            let reached = snapped(n as f64 * q).ceil().max(1.0);
            (reached as u64 - 1, 0.0)
        }
    }
}

/// Values taken off at each end of `n`.
fn trimmed_off(trim: f64, n: u64) -> u64 {
    (n as f64 * trim + 1e-9).floor() as u64
}

/// The rows of each unit of a run, around the end.
fn units_of(units: &[Range<usize>], run: Run) -> impl Iterator<Item = Range<usize>> + '_ {
    (0..run.len as usize).map(move |step| {
        let at = run.start as usize + step;
        units[if at >= units.len() {
            at - units.len()
        } else {
            at
        }]
        .clone()
    })
}

/// A column by its ranks, part by part and unit by unit.
#[derive(Debug, Clone)]
pub struct Ranked {
    statistic: OrderStatistic,
    scale: Scale,
    /// Distinct scores, ascending.
    values: Vec<i64>,
    /// The rank of each row among them.
    ranks: Vec<u32>,
    units: Vec<Vec<Range<usize>>>,
    /// The first row of each part whose units are its rows, one after the other.
    rows_from: Vec<Option<usize>>,
    /// Where each row stands among all rows sorted by value.
    places: Vec<u32>,
    /// Of the scores of the rows sorted by value; one more than rows.
    prefix: Vec<i128>,
    /// The rank, the part and the unit of each row, sorted by value: where weights take them.
    sorted: Vec<[u32; 3]>,
}

impl Ranked {
    /// Of a column whose rows stand part by part, and in a part unit by unit.
    pub fn new(statistic: OrderStatistic, column: &Scored, units: &[Vec<Range<usize>>]) -> Self {
        let mut values = column.scores.clone();
        values.sort_unstable();
        values.dedup();
        let rank = |score: &i64| values.partition_point(|v| v < score) as u32;
        let mut sorted: Vec<usize> = (0..column.scores.len()).collect();
        sorted.sort_by_key(|&row| column.scores[row]);
        let mut places = vec![0; sorted.len()];
        let mut prefix = vec![0i128];
        for (place, &row) in sorted.iter().enumerate() {
            places[row] = place as u32;
            prefix.push(prefix[place] + i128::from(column.scores[row]));
        }
        let rows_from = units.iter().map(|units| {
            let first = units.first()?.start;
            let mut rows = (first..).zip(units);
            rows.all(|(row, unit)| *unit == (row..row + 1))
                .then_some(first)
        });
        Ranked {
            statistic,
            rows_from: rows_from.collect(),
            scale: column.scale,
            ranks: column.scores.iter().map(rank).collect(),
            values,
            units: units.to_vec(),
            places,
            prefix,
            sorted: Vec::new(),
        }
    }

    /// The same, for weights of units.
    #[must_use]
    pub fn for_weights(mut self) -> Self {
        self.sorted = vec![[0; 3]; self.ranks.len()];
        for (part, units) in (0..).zip(&self.units) {
            for (unit, rows) in (0..).zip(units) {
                for row in rows.clone() {
                    self.sorted[self.places[row] as usize] = [self.ranks[row], part, unit];
                }
            }
        }
        self
    }

    /// An inverted quantile where unit `u` of a part has the weight `weights[part][u]`: the least value at or below which
    /// the share `q` of all weights lies, added from the least value on (rows of one value in the data's order).
    pub fn weighted(&self, weights: &[Vec<f64>]) -> Option<f64> {
        let OrderStatistic::Quantile {
            q,
            rule: QuantileRule::Inverted,
        } = self.statistic
        else {
            return None;
        };
        let weight = |&[_, part, unit]: &[u32; 3]| weights[part as usize][unit as usize];
        let total: f64 = self.sorted.iter().map(weight).sum();
        let mut below = 0.0;
        let reached = self.sorted.iter().find(|row| {
            below += weight(row);
            below >= q * total
        });
        let [rank, ..] = reached.or(self.sorted.last())?;
        Some(self.worth(*rank as usize))
    }

    /// The statistic.
    pub fn statistic(&self) -> OrderStatistic {
        self.statistic
    }

    /// Number of distinct values.
    pub fn distinct(&self) -> usize {
        self.values.len()
    }

    /// What a distinct value is.
    pub fn worth(&self, rank: usize) -> f64 {
        self.scale.value(self.values[rank] as f64, 1)
    }

    /// The ranks of a part's rows, unit by unit.
    pub(super) fn of_part(&self, part: usize) -> impl Iterator<Item = u32> + '_ {
        let rows = self.units[part].iter().cloned().flatten();
        rows.map(|row| self.ranks[row])
    }

    /// Number of rows with each distinct value.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.values.len()];
        self.ranks
            .iter()
            .for_each(|&rank| counts[rank as usize] += 1);
        counts
    }

    /// Adds the rows of runs of a part to the counts by rank.
    #[inline]
    pub fn count(&self, part: usize, runs: &[Run], counts: &mut [u32]) {
        let units = &self.units[part];
        if let Some(first) = self.rows_from[part] {
            let ranks = &self.ranks[first..first + units.len()];
            for run in runs {
                for step in run.start..run.start + run.len {
                    let row = step as usize;
                    let around = if row < ranks.len() {
                        row
                    } else {
                        row - ranks.len()
                    };
                    counts[ranks[around] as usize] += 1;
                }
            }
            return;
        }
        for run in runs {
            for unit in units_of(units, *run) {
                for &rank in &self.ranks[unit] {
                    counts[rank as usize] += 1;
                }
            }
        }
    }

    /// Its value of all rows but those of a run of a part; `None` where no row is left.
    pub fn without(&self, part: usize, run: Run) -> Option<f64> {
        let rows = units_of(&self.units[part], run).flatten();
        let mut out: Vec<u32> = rows.map(|row| self.places[row]).collect();
        out.sort_unstable();
        let n = (self.places.len() - out.len()) as u64;
        if n == 0 {
            return None;
        }
        // The place among all rows of the `k`-th row that is left.
        let place = |k: u64| {
            out.iter()
                .fold(k as usize, |place, &gone| match gone as usize <= place {
                    true => place + 1,
                    false => place,
                })
        };
        let score = |k: u64| self.prefix[place(k) + 1] - self.prefix[place(k)];
        match self.statistic {
            OrderStatistic::Quantile { q, rule } => {
                let (at, weight) = quantile_place(q, rule, n);
                let next = at + u64::from(weight > 0.0);
                let rank = |k: u64| self.values.partition_point(|&v| i128::from(v) < score(k));
                Some(self.between(rank(at), rank(next), weight))
            }
            OrderStatistic::TrimmedMean { trim } => {
                let off = trimmed_off(trim, n);
                let kept = n - 2 * off;
                let (from, to) = (place(off), place(n - off - 1) + 1);
                let gone = out.iter().map(|&gone| gone as usize);
                let gone = gone.filter(|gone| (from..to).contains(gone));
                let gone: i128 = gone.map(|at| self.prefix[at + 1] - self.prefix[at]).sum();
                let sum = self.prefix[to] - self.prefix[from] - gone;
                Some(self.scale.value(sum as f64, kept))
            }
        }
    }

    /// Its value of counts by rank; `None` of no row.
    pub fn value(&self, counts: &[u32]) -> Option<f64> {
        let n: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        if n == 0 {
            return None;
        }
        match self.statistic {
            OrderStatistic::Quantile { q, rule } => {
                let (at, weight) = quantile_place(q, rule, n);
                // Whole stretches first, whose sums are quickly made.
                let (mut passed, mut from) = (0, 0);
                for stretch in counts.chunks(STRETCH) {
                    let rows: u64 = stretch.iter().map(|&count| u64::from(count)).sum();
                    if passed + rows > at {
                        break;
                    }
                    passed += rows;
                    from += stretch.len();
                }
                let mut ranks = counts.iter().enumerate().skip(from);
                let low = ranks.find_map(|(rank, &count)| {
                    passed += u64::from(count);
                    (passed > at).then_some(rank)
                })?;
                let next = match weight > 0.0 && passed == at + 1 {
                    false => low,
                    true => ranks
                        .find(|(_, count)| **count > 0)
                        .map_or(low, |(rank, _)| rank),
                };
                Some(self.between(low, next, weight))
            }
            OrderStatistic::TrimmedMean { trim } => {
                let off = trimmed_off(trim, n);
                let kept = n - 2 * off;
                let (mut passed, mut sum) = (0u64, 0i128);
                for (&count, &value) in counts.iter().zip(&self.values) {
                    let from = passed.max(off);
                    passed += u64::from(count);
                    let to = passed.min(n - off);
                    if to > from {
                        sum += i128::from(value) * i128::from(to - from);
                    }
                }
                Some(self.scale.value(sum as f64, kept))
            }
        }
    }

    /// What lies between two distinct values, `weight` of the way; halves are exact.
    pub fn between(&self, low: usize, next: usize, weight: f64) -> f64 {
        let (a, b) = (self.values[low], self.values[next]);
        match weight {
            0.5 => self.scale.value((i128::from(a) + i128::from(b)) as f64, 2),
            _ if a == b => self.worth(low),
            _ => {
                let (a, b) = (self.worth(low), self.worth(next));
                a + weight * (b - a)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(statistic: OrderStatistic, values: &[f64]) -> f64 {
        let column = Scored::new(values, values.len());
        let units = vec![(0..values.len()).map(|row| row..row + 1).collect()];
        let ranked = Ranked::new(statistic, &column, &units);
        let mut counts = vec![0; ranked.distinct()];
        let len = values.len() as u32;
        ranked.count(0, &[Run { start: 0, len }], &mut counts);
        assert_eq!(counts, ranked.counts());
        // Leaving rows out is counting the others.
        for (start, len) in [(0, 1), (3, 1), (6, 3), (2, 5)] {
            let mut left = vec![0; ranked.distinct()];
            let others = Run {
                start: (start + len) % 8,
                len: 8 - len,
            };
            ranked.count(0, &[others], &mut left);
            assert_eq!(ranked.without(0, Run { start, len }), ranked.value(&left));
        }
        ranked.value(&counts).unwrap()
    }

    /// R 4: `quantile(x, q, type)` and `mean(x, trim)` of x = c(3, 1, 4, 1, 5, 9, 2, 6).
    #[test]
    fn quantiles_and_trimmed_means_are_those_of_r() {
        let x = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
        let quantile = |q, rule| of(OrderStatistic::Quantile { q, rule }, &x);
        assert_eq!(quantile(0.5, QuantileRule::Linear), 3.5);
        assert!((quantile(0.9, QuantileRule::Linear) - 6.9).abs() < 1e-14);
        assert_eq!(quantile(0.25, QuantileRule::Linear), 1.75);
        assert_eq!(quantile(1.0, QuantileRule::Linear), 9.0);
        assert_eq!(quantile(0.5, QuantileRule::Inverted), 3.0);
        assert_eq!(quantile(0.9, QuantileRule::Inverted), 9.0);
        assert_eq!(quantile(0.125, QuantileRule::Inverted), 1.0);
        assert_eq!(quantile(0.0, QuantileRule::Inverted), 1.0);
        let trimmed = |trim| of(OrderStatistic::TrimmedMean { trim }, &x);
        assert_eq!(trimmed(0.1), 31.0 / 8.0);
        assert_eq!(trimmed(0.125), 21.0 / 6.0);
        assert_eq!(trimmed(0.25), 14.0 / 4.0);
    }
}
