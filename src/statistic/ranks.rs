//! Scores as ranks.

use super::{LANES, ScoreTable};

/// Scores replaced by their dense ranks in the column, so that selection by bisection needs
/// `ceil(log2(levels))` steps whatever the scores' range, and equal scores have equal ranks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RankTable {
    ranks: ScoreTable,
    /// The same in 16 bits, tile by tile, where all of them fit.
    narrow: Vec<Vec<[i16; LANES]>>,
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
        let ranks = ScoreTable::from_columns(&ranks);
        let bits = usize::BITS - (most - 1).leading_zeros();
        let narrow = match bits < i16::BITS {
            true => {
                let rows = |rows: &[[i32; LANES]]| {
                    rows.iter().map(|row| row.map(|rank| rank as i16)).collect()
                };
                ranks.tiles().map(|(_, _, of_tile)| rows(of_tile)).collect()
            }
            false => Vec::new(),
        };
        RankTable {
            ranks,
            narrow,
            levels,
            bits,
        }
    }

    /// Dense ranks of the scores, from 0, a column a score column.
    pub(super) fn ranks(&self) -> &ScoreTable {
        &self.ranks
    }

    /// The rows in 16 bits of the tile that begins with column `first`; there where all ranks have fewer bits.
    pub(super) fn narrow(&self, first: usize) -> &[[i16; LANES]] {
        &self.narrow[first / LANES]
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
