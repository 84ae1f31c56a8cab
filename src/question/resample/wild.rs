//! Wild bootstraps of a regression: the products of residuals and regressors by group.

use nalgebra::{DMatrix, DVector};

use super::columns::Columns;
use super::compile::RowName;
use super::spec::BootstrapSpec;
use crate::error::{Error, Result};
use crate::load::Levels;
use crate::resample::{Weights, Wild};

/// A coefficient whose null is tested by a wild bootstrap.
#[derive(Debug, Clone)]
pub struct AskedWild {
    /// What it is called.
    pub row: RowName,
    /// The products under the null.
    pub restricted: Wild,
    /// What is drawn from: as `restricted`, or the residuals of the full regression.
    pub drawn: Wild,
    /// The coefficient.
    pub estimate: f64,
    /// What brings a draw's numerator over its denominator to t.
    pub factor: f64,
    /// Its standard error, robust to the groups: CV1 of clusters, HC1 of rows.
    pub standard_error: f64,
}

/// Regressors that are explained by the others to this share of their length are collinear.
const COLLINEAR: f64 = 1e-8;

/// The wild bootstraps of coefficients `wanted` (0: the constant) of a regression whose outcome and regressors
/// are `columns`; `clusters` has the group of each row, else each row is one.
pub(super) fn wild(
    spec: &BootstrapSpec,
    columns: &Columns,
    (names, wanted): (&[RowName], &[usize]),
    clusters: Option<&Levels>,
) -> Result<Vec<AskedWild>> {
    let n = columns.rows;
    let k = columns.values.len();
    let (group_of, groups) = match clusters {
        Some(levels) => (levels.codes.clone(), levels.names.len()),
        None => ((0..n as u32).collect(), n),
    };
    if n <= k {
        return Err(Error::input(
            columns.file.clone(),
            format!("{k} coefficients are estimated from {n} rows, which leaves no residuals"),
            "Take more rows, or fewer regressors.",
        ));
    }
    let y = DVector::from_column_slice(&columns.values[0].1);
    let regressor = |j: usize| match j {
        0 => DVector::from_element(n, 1.0),
        j => DVector::from_column_slice(&columns.values[j].1),
    };
    let factor = match clusters {
        Some(_) => groups as f64 / (groups as f64 - 1.0) * (n as f64 - 1.0) / (n as f64 - k as f64),
        None => n as f64 / (n as f64 - k as f64),
    };
    let of = |(&j, row): (&usize, &RowName)| {
        let others: Vec<DVector<f64>> = (0..k).filter(|of| *of != j).map(regressor).collect();
        let basis = orthonormal(&others).ok_or_else(|| collinear(columns))?;
        let x = regressor(j);
        let size = x.norm();
        let x = residual(x, &basis);
        if x.norm() <= COLLINEAR * size {
            return Err(collinear(columns));
        }
        let e = residual(y.clone(), &basis);
        let square = x.norm_squared();
        let estimate = x.dot(&e) / square;
        let u = &e - &x * estimate;
        let mut all = basis;
        all.push(&x / x.norm());
        let by_group = |of: &DVector<f64>| {
            let mut sums = vec![0.0; groups];
            let rows = x.iter().zip(of.iter()).zip(&group_of);
            rows.for_each(|((x, of), &g)| sums[g as usize] += x * of);
            sums
        };
        let products = |of: &DVector<f64>| {
            let mut sums = vec![0.0; groups * k];
            for (column, q) in all.iter().enumerate() {
                for (row, &g) in group_of.iter().enumerate() {
                    sums[g as usize * k + column] += q[row] * of[row];
                }
            }
            sums
        };
        let left = products(&x);
        let restricted = Wild::new(
            spec.weights,
            [by_group(&u), by_group(&x)],
            left.clone(),
            [products(&u), left.clone()],
        );
        let scores = by_group(&u);
        let meat: f64 = scores.iter().map(|s| s * s).sum();
        let drawn = match spec.restricted {
            true => restricted.clone(),
            false => {
                let none = vec![0.0; groups];
                let nothing = vec![0.0; groups * k];
                Wild::new(spec.weights, [scores, none], left, [products(&u), nothing])
            }
        };
        Ok(AskedWild {
            row: row.clone(),
            restricted,
            drawn,
            estimate,
            factor: 1.0 / factor.sqrt(),
            standard_error: (factor * meat).sqrt() / square,
        })
    };
    wanted.iter().zip(names).map(of).collect()
}

/// An orthonormal basis of columns, by Householder's method; `None` of collinear ones.
fn orthonormal(columns: &[DVector<f64>]) -> Option<Vec<DVector<f64>>> {
    if columns.is_empty() {
        return Some(Vec::new());
    }
    let qr = DMatrix::from_columns(columns).qr();
    let r = qr.r();
    let sizes = columns.iter().map(|column| column.norm());
    let is_full = sizes
        .enumerate()
        .all(|(j, size)| r[(j, j)].abs() > COLLINEAR * size);
    is_full.then(|| qr.q().column_iter().map(|q| q.into_owned()).collect())
}

/// Less what a basis explains, twice, so that rounding does not stay.
fn residual(mut of: DVector<f64>, basis: &[DVector<f64>]) -> DVector<f64> {
    for _ in 0..2 {
        for q in basis {
            let share = q.dot(&of);
            of -= q * share;
        }
    }
    of
}

fn collinear(columns: &Columns) -> Error {
    Error::input(
        columns.file.clone(),
        "the regressors are collinear: one is a sum of multiples of others",
        "Leave it out.",
    )
}

/// Weights by their name.
///
/// # Errors
///
/// There are none of it: names the nearest.
pub fn find_weights(name: &str) -> Result<Weights> {
    super::spec::find(
        "--weights",
        "law of weights",
        name,
        &Weights::ALL,
        Weights::name,
    )
}
