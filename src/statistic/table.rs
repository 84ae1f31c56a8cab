//! Score tables.

use std::ops::Range;

/// Columns that are folded together: one tile of a table.
pub const LANES: usize = 8;

/// Positions by columns of `i32`, in tiles of [`LANES`] columns, so that a fold gathers one row of
/// a tile a pick. Columns past the last are zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreTable {
    rows: Vec<[i32; LANES]>,
    positions: usize,
    columns: usize,
}

impl ScoreTable {
    /// From columns, each one score a position.
    ///
    /// # Panics
    ///
    /// When the columns differ in length.
    pub fn from_columns(columns: &[Vec<i32>]) -> Self {
        let positions = columns.first().map_or(0, Vec::len);
        let mut rows = vec![[0; LANES]; positions * columns.len().div_ceil(LANES)];
        for (c, column) in columns.iter().enumerate() {
            assert_eq!(column.len(), positions, "score columns of one length");
            let tile = &mut rows[c / LANES * positions..][..positions];
            for (row, &score) in tile.iter_mut().zip(column) {
                row[c % LANES] = score;
            }
        }
        ScoreTable {
            rows,
            positions,
            columns: columns.len(),
        }
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The tiles: first column, number of columns, and one row a position.
    pub fn tiles(&self) -> impl Iterator<Item = (usize, usize, &[[i32; LANES]])> {
        self.tiles_of(0..self.columns)
    }

    /// The tiles of some columns, which begin with a tile.
    pub(super) fn tiles_of(
        &self,
        columns: Range<usize>,
    ) -> impl Iterator<Item = (usize, usize, &[[i32; LANES]])> {
        let end = columns.end;
        columns.step_by(LANES).map(move |first| {
            let rows = &self.rows[first / LANES * self.positions..][..self.positions];
            (first, (end - first).min(LANES), rows)
        })
    }

    /// The score of a position in a column.
    pub fn get(&self, position: usize, column: usize) -> i32 {
        self.rows[column / LANES * self.positions + position][column % LANES]
    }
}
