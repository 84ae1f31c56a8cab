//! Statistics that are functions of sums.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::{Monomial, Scored};
use crate::plan::Scale;

/// Which function of sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SmoothKind {
    /// Sum of column 1.
    Sum,
    /// Mean of column 1.
    Mean,
    /// Variance of column 1, over n - 1.
    Variance,
    /// Its square root.
    Sd,
    /// Mean of column 1 over its standard deviation.
    Sharpe,
    /// Mean of column 1 in part 0 less that in part 1.
    DifferenceOfMeans,
    /// Mean of column 1 in part 0 over that in part 1.
    RatioOfPartMeans,
    /// Mean of column 1 where column 2 is 1, less that where it is 0.
    DifferenceOfGroups,
    /// Mean of column 1 where column 2 is 1, over that where it is 0.
    RatioOfGroups,
    /// Mean of column 1 over mean of column 2.
    RatioOfMeans,
    /// Pearson's correlation of columns 1 and 2.
    Pearson,
    /// Coefficient of least squares of column 1 on a constant (0) and the other columns (1, 2, ..).
    Coefficient(usize),
}

impl SmoothKind {
    /// Whether it is a sum of scores over numbers of rows.
    pub fn is_linear(self) -> bool {
        matches!(
            self,
            SmoothKind::Mean | SmoothKind::Sum | SmoothKind::DifferenceOfMeans
        )
    }
}

/// A statistic of sums, in the unit of its data.
#[derive(Debug, Clone)]
pub struct Smooth {
    kind: SmoothKind,
    scales: Vec<Scale>,
    features: Vec<Monomial>,
}

/// Where a regressor's share that the others do not explain is below this, they are collinear.
const COLLINEAR: f64 = 1e-10;

impl Smooth {
    /// Of these columns.
    pub fn new(kind: SmoothKind, columns: &[&Scored]) -> Self {
        Self::of(kind, columns.iter().map(|column| column.scale).collect())
    }

    /// Of columns of these scales.
    pub fn of(kind: SmoothKind, scales: Vec<Scale>) -> Self {
        let n = scales.len();
        let features = match kind {
            SmoothKind::Sum
            | SmoothKind::Mean
            | SmoothKind::DifferenceOfMeans
            | SmoothKind::RatioOfPartMeans => vec![[0, 0], [0, 1]],
            SmoothKind::Variance | SmoothKind::Sd | SmoothKind::Sharpe => {
                vec![[0, 0], [0, 1], [1, 1]]
            }
            SmoothKind::DifferenceOfGroups | SmoothKind::RatioOfGroups => {
                vec![[0, 0], [0, 1], [0, 2], [1, 2]]
            }
            SmoothKind::RatioOfMeans => vec![[0, 0], [0, 1], [0, 2]],
            SmoothKind::Pearson | SmoothKind::Coefficient(_) => {
                let pairs = (0..=n).flat_map(|a| (a..=n).map(move |b| [a, b]));
                pairs.collect()
            }
        };
        Smooth {
            kind,
            scales,
            features,
        }
    }

    /// The sums that it is a function of.
    pub fn features(&self) -> &[Monomial] {
        &self.features
    }

    /// Which function.
    pub fn kind(&self) -> SmoothKind {
        self.kind
    }

    /// Scale of column `c`, from 1.
    pub fn scale(&self, column: usize) -> Scale {
        self.scales[column - 1]
    }

    /// Whether its parts are compared with each other; else they are taken together.
    pub fn compares_parts(&self) -> bool {
        matches!(
            self.kind,
            SmoothKind::DifferenceOfMeans | SmoothKind::RatioOfPartMeans
        )
    }

    /// Its value of the sums of each part (one after another); `None` where there is none.
    pub fn value(&self, sums: &[i128]) -> Option<f64> {
        self.of_sums(sums).filter(|value| value.is_finite())
    }

    fn of_sums(&self, sums: &[i128]) -> Option<f64> {
        let k = self.features.len();
        if self.compares_parts() {
            let mean = |part: usize| self.mean(sums[part * k + 1], sums[part * k]);
            return match self.kind {
                SmoothKind::DifferenceOfMeans => self.difference(sums),
                _ => ratio(mean(0)?, mean(1)?),
            };
        }
        match sums.len() == k {
            true => self.of_all(sums),
            false => {
                let mut all = vec![0; k];
                for part in sums.chunks(k) {
                    all.iter_mut().zip(part).for_each(|(all, of)| *all += of);
                }
                self.of_all(&all)
            }
        }
    }

    /// Exact in its numerator where that fits, so that ties are ties.
    fn difference(&self, sums: &[i128]) -> Option<f64> {
        let [n, s, m, t] = [sums[0], sums[1], sums[2], sums[3]];
        if n == 0 || m == 0 {
            return None;
        }
        let both = s.checked_mul(m)?.checked_sub(t.checked_mul(n)?)?;
        Some(self.scales[0].value(both as f64, (n * m) as u64))
    }

    fn mean(&self, sum: i128, rows: i128) -> Option<f64> {
        (rows > 0).then(|| self.scales[0].value(sum as f64, rows as u64))
    }

    fn of_all(&self, sums: &[i128]) -> Option<f64> {
        let n = sums[0];
        let one = |column: usize| self.scales[column - 1].value(1.0, 1);
        // n sum ab - sum a sum b, exact.
        let spread = |ab: i128, a: i128, b: i128| n * ab - a * b;
        match self.kind {
            SmoothKind::Sum => Some(self.scales[0].value(sums[1] as f64, 1)),
            SmoothKind::Mean => self.mean(sums[1], n),
            SmoothKind::Variance | SmoothKind::Sd | SmoothKind::Sharpe => {
                if n < 2 {
                    return None;
                }
                let squares = spread(sums[2], sums[1], sums[1]) as f64;
                let pairs = n as f64 * (n - 1) as f64;
                match self.kind {
                    SmoothKind::Variance => Some(squares / pairs * one(1) * one(1)),
                    SmoothKind::Sd => Some((squares / pairs).sqrt() * one(1)),
                    _ => ratio(sums[1] as f64 / n as f64, (squares / pairs).sqrt()),
                }
            }
            SmoothKind::DifferenceOfGroups | SmoothKind::RatioOfGroups => {
                // Column 2 is 1 or 0: its sums count rows.
                let [_, sum, first, of_first] = *sums else {
                    return None;
                };
                let groups = [first, of_first, n - first, sum - of_first];
                match self.kind {
                    SmoothKind::DifferenceOfGroups => self.difference(&groups),
                    _ => ratio(
                        self.mean(groups[1], groups[0])?,
                        self.mean(groups[3], groups[2])?,
                    ),
                }
            }
            SmoothKind::RatioOfMeans => {
                let [x, y] = [1, 2].map(|c| self.scales[c - 1].value(sums[c] as f64, 1));
                ratio(x, y)
            }
            SmoothKind::Pearson => {
                // 1, x, y, xx, xy, yy.
                let xy = spread(sums[4], sums[1], sums[2]) as f64;
                let xx = spread(sums[3], sums[1], sums[1]) as f64;
                let yy = spread(sums[5], sums[2], sums[2]) as f64;
                let r = ratio(xy, xx.sqrt() * yy.sqrt())?;
                Some(r.clamp(-1.0, 1.0))
            }
            SmoothKind::Coefficient(which) => self.coefficient(which, sums),
            SmoothKind::DifferenceOfMeans | SmoothKind::RatioOfPartMeans => None,
        }
    }

    fn coefficient(&self, which: usize, sums: &[i128]) -> Option<f64> {
        let (n, columns) = (sums[0], self.scales.len());
        let regressors = columns - 1;
        // Where the pair (a, b), a <= b, stands.
        let at = |a: usize, b: usize| {
            let (a, b) = (a.min(b), a.max(b));
            a * (columns + 1) - a * a.saturating_sub(1) / 2 + b - a
        };
        let spread =
            |a: usize, b: usize| (n * sums[at(a, b)] - sums[at(0, a)] * sums[at(0, b)]) as f64;
        let sizes: Vec<f64> = (0..regressors)
            .map(|j| spread(j + 2, j + 2).sqrt())
            .collect();
        if n <= regressors as i128 || sizes.contains(&0.0) {
            return None;
        }
        let matrix = DMatrix::from_fn(regressors, regressors, |i, j| {
            spread(i + 2, j + 2) / (sizes[i] * sizes[j])
        });
        let right = DVector::from_fn(regressors, |j, _| spread(1, j + 2) / sizes[j]);
        let slopes = match regressors {
            0 => right,
            _ => {
                let factor = matrix.cholesky()?;
                // Diagonal entries are the roots of what the regressors before leave unexplained.
                if factor
                    .l_dirty()
                    .diagonal()
                    .iter()
                    .any(|d| d * d < COLLINEAR)
                {
                    return None;
                }
                factor.solve(&right)
            }
        };
        let unit = |column: usize| self.scales[column - 1].value(1.0, 1);
        let slope = |j: usize| slopes[j] / sizes[j] * (unit(1) / unit(j + 2));
        let value = match which {
            0 => {
                let mean = |c: usize| self.scales[c - 1].value(sums[at(0, c)] as f64, n as u64);
                let explained = (0..regressors).map(|j| slope(j) * mean(j + 2));
                mean(1) - explained.sum::<f64>()
            }
            _ => slope(which - 1),
        };
        Some(value).filter(|value| value.is_finite())
    }
}

fn ratio(above: f64, below: f64) -> Option<f64> {
    Some(above / below).filter(|value| value.is_finite())
}
