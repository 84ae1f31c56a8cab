//! Scores as ranks.

use super::ScoreTable;

/// Scores replaced by their dense ranks in the column, so that selection by bisection needs
/// `ceil(log2(levels))` steps whatever the scores' range, and equal scores have equal ranks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RankTable {
    ranks: ScoreTable,
    levels: Vec<Vec<i32>>,
    bits: u32,
}

impl RankTable {
    /// Over the columns of `scores`.
    pub(super) fn new(scores: &ScoreTable) -> Self {
        let (ranks, levels): (Vec<_>, Vec<_>) = (0..scores.columns())
            .map(|c| dense_ranks((0..scores.positions()).map(|p| scores.get(p, c)).collect()))
            .unzip();
        let most = levels.iter().map(Vec::len).max().unwrap_or(1);
        RankTable {
            ranks: ScoreTable::from_columns(&ranks),
            levels,
            bits: usize::BITS - (most - 1).leading_zeros(),
        }
    }

    /// Dense ranks of the scores, from 0, a column a score column.
    pub(super) fn ranks(&self) -> &ScoreTable {
        &self.ranks
    }

    /// The distinct scores of each column, ascending: a rank is an index into them.
    pub(super) fn levels(&self) -> &[Vec<i32>] {
        &self.levels
    }

    /// Bits of the largest rank: steps of a bisection.
    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    /// The score that a rank stands for.
    pub(super) fn score(&self, position: usize, column: usize) -> i32 {
        self.levels[column][self.ranks.get(position, column) as usize]
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
