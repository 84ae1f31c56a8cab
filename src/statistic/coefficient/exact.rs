//! A draw's coefficient in whole numbers modulo a prime: what ties, what is zero, and what has no value.

use super::model::{Dealt, Model, NoFit, StandardError};
use crate::null::Picks;
use crate::statistic::residues::{difference, dot, product, reciprocal, residue, solve, sum};

/// A value as a residue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exactly {
    /// The regressors are collinear, or the ratio is 0/0.
    Undefined,
    /// A coefficient over a standard error of zero.
    Infinite,
    /// The square of the coefficient; of a ratio up to a factor that all draws share.
    Square(u64),
}

/// The model modulo the prime.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exact {
    /// Nuisance columns and the constant.
    width: usize,
    /// `[row][column]`.
    nuisance: Vec<u64>,
    /// One over the matrix of the columns' products.
    inverse: Vec<u64>,
    /// The variable by row, and what the nuisance columns leave of it.
    variable: Vec<u64>,
    rest: Vec<u64>,
    /// One over the latter's square.
    share: u64,
}

fn residues(values: Vec<i64>) -> Vec<u64> {
    values.into_iter().map(residue).collect()
}

impl Exact {
    /// # Errors
    ///
    /// Columns, or a variable, that are combinations of others.
    pub(super) fn new(model: &Model) -> Result<Self, NoFit> {
        let n = model.rows();
        let width = model.nuisance.len() + 1;
        let mut nuisance = vec![1; n * width];
        for (j, column) in model.nuisance.iter().enumerate() {
            for (row, &value) in column.iter().enumerate() {
                nuisance[row * width + j + 1] = residue(value.into());
            }
        }
        let both = 2 * width;
        let mut cells = vec![0; width * both];
        for i in 0..width {
            for j in i..width {
                let pairs = nuisance.chunks_exact(width).map(|row| (&row[i], &row[j]));
                cells[i * both + j] = dot(pairs);
            }
            cells[i * both + width + i] = 1;
        }
        // The constant stands first.
        solve(&mut cells, width, both).map_err(|k| NoFit::Nuisance(k.saturating_sub(1)))?;
        let inverse = cells.chunks_exact(both).flat_map(|row| &row[width..]);
        let mut exact = Exact {
            width,
            inverse: inverse.copied().collect(),
            nuisance,
            variable: residues(model.centred()),
            rest: Vec::new(),
            share: 0,
        };
        exact.rest = exact.left(&exact.variable);
        let square = dot(exact.rest.iter().zip(&exact.rest));
        exact.share = reciprocal(square).ok_or(NoFit::Variable)?;
        Ok(exact)
    }

    /// What is dealt of an outcome's values.
    fn dealt(&self, model: &Model, column: usize) -> Vec<u64> {
        let outcome = residues(model.outcome(column));
        match model.dealt {
            Dealt::Variable => self.variable.clone(),
            Dealt::Outcomes => outcome,
            Dealt::Residuals => self.left(&outcome),
            Dealt::FullResiduals => {
                let left = self.left(&outcome);
                let slope = product(dot(left.iter().zip(&self.rest)), self.share);
                let pairs = left.iter().zip(&self.rest);
                pairs
                    .map(|(&y, &x)| difference(y, product(slope, x)))
                    .collect()
            }
        }
    }

    fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.nuisance.chunks_exact(self.width)
    }

    /// The products of the columns with a vector, and the coefficients of its fit to them.
    fn fit(&self, of: &[u64]) -> (Vec<u64>, Vec<u64>) {
        let mut products = vec![0; self.width];
        for (row, &value) in self.rows().zip(of) {
            for (total, &cell) in products.iter_mut().zip(row) {
                *total = sum(*total, product(cell, value));
            }
        }
        let inverse = self.inverse.chunks_exact(self.width);
        let fit = inverse.map(|row| dot(row.iter().zip(&products))).collect();
        (products, fit)
    }

    /// A vector less a fit.
    fn less(&self, of: &[u64], fit: &[u64]) -> Vec<u64> {
        let rows = self.rows().zip(of);
        rows.map(|(row, &value)| difference(value, dot(row.iter().zip(fit))))
            .collect()
    }

    /// A vector less its fit to the nuisance columns.
    fn left(&self, of: &[u64]) -> Vec<u64> {
        let (_, fit) = self.fit(of);
        self.less(of, &fit)
    }

    /// An outcome's value of a draw.
    pub(super) fn of_draw(&self, model: &Model, picks: &[u32], column: usize) -> Exactly {
        let dealt = self.dealt(model, column);
        let mut placed = vec![0; model.rows()];
        for (&slot, &row) in model.slots.iter().zip(picks) {
            if row != Picks::NOBODY {
                placed[row as usize] = dealt[slot as usize];
            }
        }
        self.of(model, &placed, column)
    }

    /// The observed value of an outcome: also where no draw is like it.
    pub(super) fn observed(&self, model: &Model, column: usize) -> Exactly {
        let placed = match model.dealt {
            Dealt::Variable => self.variable.clone(),
            _ => residues(model.outcome(column)),
        };
        self.of(model, &placed, column)
    }

    /// Of a variable by row, or of an outcome.
    fn of(&self, model: &Model, placed: &[u64], column: usize) -> Exactly {
        let fixed = match model.dealt {
            Dealt::Variable => &self.left(&residues(model.outcome(column))),
            _ => &self.rest,
        };
        let covariance = dot(placed.iter().zip(fixed));
        let (products, fit) = self.fit(placed);
        let squares = dot(placed.iter().zip(placed));
        let squares = difference(squares, dot(products.iter().zip(&fit)));
        let Some(share) = reciprocal(squares) else {
            return Exactly::Undefined;
        };
        let slope = product(covariance, share);
        let spread = match &model.error {
            StandardError::None => return Exactly::Square(product(slope, slope)),
            StandardError::Classical => {
                let both = product(squares, dot(fixed.iter().zip(fixed)));
                difference(both, product(covariance, covariance))
            }
            StandardError::Robust | StandardError::Clustered(_) => {
                let rest = self.less(placed, &fit);
                let scores = rest.iter().zip(fixed).map(|(&x, &y)| {
                    let residual = difference(y, product(slope, x));
                    product(x, residual)
                });
                let mut sums: Vec<u64> = scores.collect();
                if let StandardError::Clustered(codes) = &model.error {
                    let mut by_cluster = vec![0; sums.len()];
                    for (&code, &score) in codes.iter().zip(&sums) {
                        let total = &mut by_cluster[code as usize];
                        *total = sum(*total, score);
                    }
                    sums = by_cluster;
                }
                dot(sums.iter().zip(&sums))
            }
        };
        match (reciprocal(spread), covariance) {
            (None, 0) => Exactly::Undefined,
            (None, _) => Exactly::Infinite,
            (Some(share), _) => Exactly::Square(product(product(covariance, covariance), share)),
        }
    }
}
