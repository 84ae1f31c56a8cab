//! What a coefficient is made from.

use crate::statistic::ScoreTable;

/// What a draw deals anew over the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dealt {
    /// The variable's values.
    Variable,
    /// The outcomes (Manly 1986).
    Outcomes,
    /// What the nuisance columns leave of the outcomes (Freedman and Lane 1983).
    Residuals,
    /// What the nuisance columns and the variable leave of them (ter Braak 1992). No draw is then like the
    /// observed values: they are compared with draws of which each is what chance adds to the coefficient.
    FullResiduals,
}

/// What a coefficient is divided by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandardError {
    /// Nothing.
    None,
    /// The standard error of least squares.
    Classical,
    /// The standard error that is robust against unequal variances: White's (1980), times n/(n - p) in the
    /// variance (HC1).
    Robust,
    /// The standard error that is robust against dependence within clusters, by row: Liang and Zeger's
    /// (1986), times G/(G - 1) (n - 1)/(n - p) in the variance (CR1).
    Clustered(Vec<u32>),
}

/// The regression of outcomes on a variable, nuisance columns and a constant, in whole numbers, and what a
/// draw deals anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The variable by row.
    pub variable: Vec<i32>,
    /// Nuisance columns, each by row; the constant is not among them.
    pub nuisance: Vec<Vec<i32>>,
    /// Outcomes, a row a position.
    pub outcomes: ScoreTable,
    /// By slot of a draw the row whose value it deals.
    pub slots: Vec<u32>,
    /// Which value that is.
    pub dealt: Dealt,
    /// What the coefficient is divided by.
    pub error: StandardError,
}

/// Why a regression cannot be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFit {
    /// A nuisance column is a combination of those before it and the constant.
    Nuisance(usize),
    /// It nearly is, so that floats cannot tell the rest from rounding.
    Nearly(usize),
    /// The variable is a combination of the nuisance columns and the constant.
    Variable,
    /// Rows, and parameters that are as many or more.
    Parameters(usize, usize),
    /// Parts of other lengths than the rows' number.
    Malformed,
}

impl Model {
    /// Rows.
    pub fn rows(&self) -> usize {
        self.variable.len()
    }

    /// Coefficients: of the variable, the nuisance columns and the constant.
    pub fn parameters(&self) -> usize {
        self.nuisance.len() + 2
    }

    /// Refuses parts that do not fit.
    pub(super) fn check(&self) -> Result<(), NoFit> {
        let n = self.rows();
        let fits = self.nuisance.iter().all(|column| column.len() == n)
            && self.outcomes.positions() == n
            && self.slots.iter().all(|&row| (row as usize) < n)
            && match (&self.error, self.dealt) {
                (StandardError::Clustered(codes), Dealt::Variable) => {
                    codes.len() == n && codes.iter().all(|&code| (code as usize) < n)
                }
                (StandardError::None | StandardError::Robust, dealt) => dealt == Dealt::Variable,
                (StandardError::Classical, dealt) => dealt != Dealt::Variable,
                (StandardError::Clustered(_), _) => false,
            };
        if !fits {
            return Err(NoFit::Malformed);
        }
        match n > self.parameters() {
            true => Ok(()),
            false => Err(NoFit::Parameters(n, self.parameters())),
        }
    }

    /// What a squared ratio of coefficient and standard error is multiplied by, beside sums.
    pub(super) fn factor(&self) -> f64 {
        let (n, free) = (self.rows() as f64, (self.rows() - self.parameters()) as f64);
        match &self.error {
            StandardError::None => 1.0,
            StandardError::Classical => free,
            StandardError::Robust => free / n,
            StandardError::Clustered(codes) => {
                let clusters = codes
                    .iter()
                    .max()
                    .map_or(0.0, |&last| f64::from(last) + 1.0);
                (clusters - 1.0) / clusters * free / (n - 1.0)
            }
        }
    }

    /// The variable less the whole number nearest to its mean.
    pub(super) fn centred(&self) -> Vec<i64> {
        centred(&self.variable)
    }

    /// The values of one outcome less the whole number nearest to their mean.
    pub(super) fn outcome(&self, column: usize) -> Vec<i64> {
        let rows = 0..self.rows();
        let values: Vec<i32> = rows.map(|row| self.outcomes.get(row, column)).collect();
        centred(&values)
    }
}

/// Numbers less the whole one nearest to their mean: no coefficient moves, and sums are short.
pub(super) fn centred(values: &[i32]) -> Vec<i64> {
    let sum: i64 = values.iter().map(|&value| i64::from(value)).sum();
    let n = values.len().max(1) as i64;
    let middle = (2 * sum + n).div_euclid(2 * n);
    values
        .iter()
        .map(|&value| i64::from(value) - middle)
        .collect()
}
