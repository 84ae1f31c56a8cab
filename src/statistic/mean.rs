//! `mean`: sums of scores. Twin: `shaders/statistic/mean.wgsl`.

use super::contrast::contrasts;
use super::fold::Values;
use super::{Contrast, LANES, Offset, ScoreTable};
use crate::null::{Picks, Segment};
use serde::{Deserialize, Serialize};

/// Sums of the picked scores, over the number of picks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mean {
    scores: ScoreTable,
}

impl Mean {
    /// Over the columns of `scores`.
    pub fn new(scores: ScoreTable) -> Self {
        Mean { scores }
    }

    /// The scores.
    pub fn scores(&self) -> &ScoreTable {
        &self.scores
    }

    pub(super) fn contrasts(
        labels: &[String],
        groups: &[Segment],
    ) -> (Vec<Segment>, Vec<Contrast>) {
        contrasts(labels, groups, true, |segment| segment.len as u64)
    }

    /// Smallest and largest sum of `len` scores of distinct positions, given the sorted column.
    pub(super) fn bounds(sorted: &[i32], len: usize) -> (i64, i64) {
        let sum = |scores: &[i32]| scores.iter().map(|&s| i64::from(s)).sum();
        (sum(&sorted[..len]), sum(&sorted[sorted.len() - len..]))
    }

    pub(super) fn fold<W: Offset>(
        &self,
        segments: &[Segment],
        picks: &Picks,
        values: &mut Values<'_, W>,
    ) {
        let mut sums = vec![[W::default(); LANES]; segments.len()];
        for (first, columns, rows) in self.scores.tiles() {
            for draw in 0..values.draws() {
                let picked = picks.row(draw);
                for (sum, segment) in sums.iter_mut().zip(segments) {
                    let mut total = [W::default(); LANES];
                    for &position in &picked[segment.range()] {
                        let row = &rows[position as usize];
                        for lane in 0..LANES {
                            total[lane] = total[lane].plus(W::wrap(i64::from(row[lane])));
                        }
                    }
                    *sum = total;
                }
                values.put(draw, first, columns, &sums);
            }
        }
    }
}
