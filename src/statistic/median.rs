//! `median`: middle order statistics. Twin: `shaders/statistic/median.wgsl`.

use super::contrast::contrasts;
use super::fold::Values;
use super::{Contrast, LANES, Offset, ScoreTable};
use crate::null::{Picks, Segment};
use serde::{Deserialize, Serialize};

/// The middle picked score (odd K), or the sum of the two middle ones over 2 (even K).
///
/// Scores are replaced by their dense ranks in the column, so that selection by bisection needs
/// `ceil(log2(levels))` steps whatever the scores' range, and equal scores have equal ranks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Median {
    ranks: ScoreTable,
    levels: Vec<Vec<i32>>,
    bits: u32,
}

impl Median {
    /// Over the columns of `scores`.
    pub fn new(scores: &ScoreTable) -> Self {
        let (ranks, levels): (Vec<_>, Vec<_>) = (0..scores.columns())
            .map(|c| dense_ranks((0..scores.positions()).map(|p| scores.get(p, c)).collect()))
            .unzip();
        let most = levels.iter().map(Vec::len).max().unwrap_or(1);
        Median {
            ranks: ScoreTable::from_columns(&ranks),
            levels,
            bits: usize::BITS - (most - 1).leading_zeros(),
        }
    }

    /// Dense ranks of the scores, from 0, a column a score column.
    pub fn ranks(&self) -> &ScoreTable {
        &self.ranks
    }

    /// The distinct scores of each column, ascending: a rank is an index into them.
    pub fn levels(&self) -> &[Vec<i32>] {
        &self.levels
    }

    /// Bits of the largest rank: steps of a bisection.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    pub(super) fn contrasts(
        labels: &[String],
        groups: &[Segment],
    ) -> (Vec<Segment>, Vec<Contrast>) {
        contrasts(labels, groups, false, |segment| {
            2 - (segment.len % 2) as u64
        })
    }

    /// Smallest and largest numerator for `len` distinct positions, given the sorted column.
    pub(super) fn bounds(sorted: &[i32], len: usize) -> (i64, i64) {
        let middle = |scores: &[i32]| {
            let upper = i64::from(scores[len / 2]);
            if len % 2 == 1 {
                upper
            } else {
                i64::from(scores[len / 2 - 1]) + upper
            }
        };
        (
            middle(&sorted[..len]),
            middle(&sorted[sorted.len() - len..]),
        )
    }

    pub(super) fn fold<W: Offset>(
        &self,
        segments: &[Segment],
        picks: &Picks,
        values: &mut Values<'_, W>,
    ) {
        let longest = segments.iter().map(|s| s.len).max().unwrap_or(0);
        let mut picked_ranks = vec![[0; LANES]; longest];
        let mut numerators = vec![[W::default(); LANES]; segments.len()];
        for (first, columns, rows) in self.ranks.tiles() {
            let levels = &self.levels[first..first + columns];
            for draw in 0..values.draws() {
                let picked = picks.row(draw);
                for (numerator, segment) in numerators.iter_mut().zip(segments) {
                    let ranks = &mut picked_ranks[..segment.len];
                    for (rank, &position) in ranks.iter_mut().zip(&picked[segment.range()]) {
                        *rank = rows[position as usize];
                    }
                    let lower = select(ranks, (segment.len as i32 - 1) / 2, self.bits);
                    let upper = if segment.len % 2 == 1 {
                        None
                    } else {
                        Some(next(ranks, lower, segment.len as i32 / 2))
                    };
                    for (lane, levels) in levels.iter().enumerate() {
                        let low = levels[lower[lane] as usize];
                        let high = upper.map_or(0, |u| levels[u[lane] as usize]);
                        numerator[lane] = W::wrap(i64::from(low) + i64::from(high));
                    }
                }
                values.put(draw, first, columns, &numerators);
            }
        }
    }
}

/// Dense ranks of a column, and its distinct scores.
fn dense_ranks(column: Vec<i32>) -> (Vec<i32>, Vec<i32>) {
    let mut levels = column.clone();
    levels.sort_unstable();
    levels.dedup();
    let ranks = column
        .iter()
        .map(|score| levels.partition_point(|level| level < score) as i32)
        .collect();
    (ranks, levels)
}

/// The rank with exactly `below` order statistics before it, lane by lane: the largest `r` that
/// at most `below` of the ranks are smaller than, built from its highest bit down.
#[inline(always)]
fn select(ranks: &[[i32; LANES]], below: i32, bits: u32) -> [i32; LANES] {
    let mut selected = [0; LANES];
    for bit in (0..bits).rev() {
        let mut smaller = [0; LANES];
        for rank in ranks {
            for lane in 0..LANES {
                smaller[lane] += i32::from(rank[lane] < (selected[lane] | 1 << bit));
            }
        }
        for lane in 0..LANES {
            if smaller[lane] <= below {
                selected[lane] |= 1 << bit;
            }
        }
    }
    selected
}

/// The order statistic after the `h`-th, given the `h`-th, lane by lane.
#[inline(always)]
fn next(ranks: &[[i32; LANES]], lower: [i32; LANES], h: i32) -> [i32; LANES] {
    let mut at_most = [0; LANES];
    let mut above = [i32::MAX; LANES];
    for rank in ranks {
        for lane in 0..LANES {
            at_most[lane] += i32::from(rank[lane] <= lower[lane]);
            if rank[lane] > lower[lane] {
                above[lane] = above[lane].min(rank[lane]);
            }
        }
    }
    std::array::from_fn(|lane| {
        if at_most[lane] > h {
            lower[lane]
        } else {
            above[lane]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection_agrees_with_sorting() {
        let ranks: Vec<[i32; LANES]> = (0..13)
            .map(|i: i32| std::array::from_fn(|lane| (i * 7 + lane as i32 * 3) % (5 + lane as i32)))
            .collect();
        for k in 1..=ranks.len() {
            for below in 0..k {
                let selected = select(&ranks[..k], below as i32, 4);
                for lane in 0..LANES {
                    let mut sorted: Vec<_> = ranks[..k].iter().map(|r| r[lane]).collect();
                    sorted.sort_unstable();
                    assert_eq!(selected[lane], sorted[below]);
                    if below + 1 < k {
                        let after = next(&ranks[..k], selected, below as i32 + 1);
                        assert_eq!(after[lane], sorted[below + 1]);
                    }
                }
            }
        }
    }
}
