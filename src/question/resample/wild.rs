//! Wild bootstraps of a regression: the products of residuals and regressors by group.

use nalgebra::{DMatrix, DVector};

use super::checks::check_sums;
use super::columns::Columns;
use super::compile::{RowName, row_name, wanted};
use super::scheme::SchemeWords;
use super::spec::{BootstrapSpec, SchemeName};
use crate::error::{Error, Result};
use crate::load::Levels;
use crate::resample::{Weights, Wild};

/// Wild bootstraps of the coefficients of one regression.
#[derive(Debug, Clone)]
pub struct WildQuestion {
    /// The coefficients.
    pub asked: Vec<AskedWild>,
    /// The scheme in words.
    pub words: SchemeWords,
}

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

/// The wild bootstraps that are asked for.
pub(super) fn wild_question(spec: &BootstrapSpec, columns: &Columns) -> Result<WildQuestion> {
    let refuse = |flag: &str, problem: &str, remedy: &str| Err(Error::input(flag, problem, remedy));
    let Some(regression) = &columns.regression else {
        return refuse(
            "--scheme",
            "wild schemes weight the residuals of a regression",
            "Take the statistic ols and a formula, such as \"y ~ x\".",
        );
    };
    if spec.group.is_some() {
        return refuse(
            "--group",
            "wild schemes keep all rows in their place",
            "Leave it out.",
        );
    }
    if spec.block.is_some() {
        return refuse("--block", "wild schemes have no blocks", "Leave it out.");
    }
    if spec.scheme == Some(SchemeName::WildCluster) && columns.clusters.is_none() {
        return refuse(
            "--scheme",
            "`wild-cluster` weights clusters, and none are named",
            "Name their column with --cluster.",
        );
    }
    check_sums(columns)?;
    let clusters = columns.clusters.as_ref();
    let groups = clusters.map_or(columns.rows, |levels| levels.names.len());
    if groups < 2 {
        return refuse(
            "--cluster",
            "there is one cluster, and its residuals have one weight",
            "A wild bootstrap takes at least two clusters.",
        );
    }
    let wanted = wanted(spec, regression)?;
    let names: Vec<RowName> = wanted
        .iter()
        .map(|&which| row_name(spec, regression, which))
        .collect();
    let by_cluster = clusters.is_some();
    Ok(WildQuestion {
        asked: wild(spec, columns, (&names, &wanted), clusters)?,
        words: SchemeWords {
            scheme: if by_cluster { SchemeName::WildCluster } else { SchemeName::Wild }.name().into(),
            size: None,
            block: None,
            block_auto: None,
            group: None,
            cluster: spec.cluster.clone(),
            units: if by_cluster { "clusters" } else { "rows" },
            rows: columns.rows,
            parts: vec![(String::new(), groups)],
            assumption: match by_cluster {
                true => "errors of different clusters are independent; within a cluster they may depend on each other in any way",
                false => "errors are independent; their variances may differ",
            }
            .into(),
        },
    })
}

/// The wild bootstraps of coefficients `wanted` (0: the constant) of a regression whose outcome and regressors
/// are `columns`; `clusters` has the group of each row, else each row is one.
fn wild(
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
