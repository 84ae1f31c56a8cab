//! Sums of centred columns in 64-bit floats: what weights that are no whole numbers make of a statistic, and how it
//! depends on each row.

use nalgebra::{DMatrix, DVector};

use super::{Run, Scored, Smooth, SmoothKind};

/// Sums of products of columns by part and unit, each column less its mean over the data: products of what is left
/// keep their digits.
#[derive(Debug, Clone)]
pub struct CentredTable {
    /// The mean of each column.
    means: Vec<f64>,
    features: usize,
    /// By unit, then feature.
    parts: Vec<Vec<f64>>,
}

impl CentredTable {
    /// Of the features of a statistic over columns, whose rows stand part by part, and in a part unit by unit: as
    /// [`SumTable::new`](super::SumTable::new).
    pub fn new(of: &Smooth, columns: &[&Scored], units: &[Vec<std::ops::Range<usize>>]) -> Self {
        let mut means = Vec::new();
        let mut centred = Vec::new();
        for column in columns {
            let n = column.scores.len();
            let total: i128 = column.scores.iter().map(|&score| i128::from(score)).sum();
            means.push(column.scale.value(total as f64, n as u64));
            // Exact but for the division.
            let less = |&score: &i64| (i128::from(score) * n as i128 - total) as f64;
            let rows = column
                .scores
                .iter()
                .map(|score| column.scale.value(less(score), n as u64));
            centred.push(rows.collect::<Vec<f64>>());
        }
        let of_row = |row: usize, column: usize| match column {
            0 => 1.0,
            _ => centred[column - 1][row],
        };
        let parts = units.iter().map(|units| {
            let sums = units.iter().flat_map(|unit| {
                of.features().iter().map(|&[a, b]| {
                    let rows = unit.clone();
                    rows.map(|row| of_row(row, a) * of_row(row, b)).sum::<f64>()
                })
            });
            sums.collect()
        });
        CentredTable {
            means,
            features: of.features().len(),
            parts: parts.collect(),
        }
    }

    /// Adds a unit's sums times a weight.
    #[inline]
    fn add(&self, part: usize, unit: usize, weight: f64, sums: &mut [f64]) {
        let of_unit = &self.parts[part][unit * self.features..][..self.features];
        let pairs = sums.iter_mut().zip(of_unit);
        pairs.for_each(|(sum, of)| *sum += weight * of);
    }

    /// The sums over runs of units of each part, part by part and unit by unit.
    fn sums(&self, runs: &[Vec<Run>]) -> Vec<f64> {
        let mut sums = vec![0.0; self.features * runs.len()];
        for (part, (runs, sums)) in runs.iter().zip(sums.chunks_mut(self.features)).enumerate() {
            runs.iter().for_each(|run| self.add_run(part, *run, sums));
        }
        sums
    }

    fn add_run(&self, part: usize, run: Run, sums: &mut [f64]) {
        let units = self.parts[part].len() / self.features;
        for step in 0..run.len as usize {
            let unit = (run.start as usize + step) % units;
            self.add(part, unit, 1.0, sums);
        }
    }

    /// The value of a statistic where unit `u` of a part has the weight `weights[part][u]`; `None` of one that has no
    /// meaning for weights.
    pub fn weighted(&self, of: &Smooth, weights: &[Vec<f64>]) -> Option<f64> {
        let mut sums = vec![0.0; self.features * weights.len()];
        for (part, (weights, sums)) in weights
            .iter()
            .zip(sums.chunks_mut(self.features))
            .enumerate()
        {
            for (unit, &weight) in weights.iter().enumerate() {
                self.add(part, unit, weight, sums);
            }
        }
        let value = Sums::of(of.kind(), self, &sums).value();
        value.filter(|value| value.is_finite())
    }

    /// The standard error of a statistic of resampled runs by the delta method: of the statistic's derivative `g` at
    /// the draw's own sums and the sums `F_r` of run `r`, the root of the sum of `(g F_r)^2`. `None` where it is
    /// nothing but rounding.
    pub fn standard_error(&self, of: &Smooth, runs: &[Vec<Run>]) -> Option<f64> {
        let sums = self.sums(runs);
        let derivative = Sums::of(of.kind(), self, &sums).derivative()?;
        let (mut squares, mut sizes) = (0.0, 0.0);
        let mut one = vec![0.0; self.features];
        for ((part, runs), derivative) in runs
            .iter()
            .enumerate()
            .zip(derivative.chunks(self.features))
        {
            for run in runs {
                one.fill(0.0);
                self.add_run(part, *run, &mut one);
                let terms = one.iter().zip(derivative).map(|(sum, g)| sum * g);
                let (influence, size) = terms.fold((0.0, 0.0), |(all, size), term| {
                    (all + term, size + term.abs())
                });
                squares += influence * influence;
                sizes += size * size;
            }
        }
        (squares > ROUNDING * ROUNDING * sizes && squares.is_finite()).then(|| squares.sqrt())
    }

    /// What each unit of each part adds to a statistic of the data, to first order: the influences whose squares sum to
    /// the squared standard error.
    pub fn influences(&self, of: &Smooth) -> Option<Vec<Vec<f64>>> {
        let whole: Vec<Vec<Run>> = self
            .parts
            .iter()
            .map(|part| {
                let len = (part.len() / self.features) as u32;
                vec![Run { start: 0, len }]
            })
            .collect();
        let sums = self.sums(&whole);
        let derivative = Sums::of(of.kind(), self, &sums).derivative()?;
        let parts = self.parts.iter().zip(derivative.chunks(self.features));
        let of_part = |(part, derivative): (&Vec<f64>, &[f64])| {
            let units = part.chunks(self.features);
            let influence = |sums: &[f64]| sums.iter().zip(derivative).map(|(s, g)| s * g).sum();
            units.map(influence).collect()
        };
        Some(parts.map(of_part).collect())
    }
}

/// A standard error that is this share of its terms is rounding.
const ROUNDING: f64 = 1e-12;
/// Where a regressor's share that the others do not explain is below this, they are collinear.
const COLLINEAR: f64 = 1e-10;

/// Sums of centred columns, and the statistic that is asked of them.
struct Sums<'a> {
    kind: SmoothKind,
    means: &'a [f64],
    features: usize,
    /// Part by part.
    sums: &'a [f64],
    /// Over all parts.
    all: Vec<f64>,
}

impl<'a> Sums<'a> {
    fn of(kind: SmoothKind, table: &'a CentredTable, sums: &'a [f64]) -> Self {
        let mut all = vec![0.0; table.features];
        for part in sums.chunks(table.features) {
            all.iter_mut().zip(part).for_each(|(all, of)| *all += of);
        }
        Sums {
            kind,
            means: &table.means,
            features: table.features,
            sums,
            all,
        }
    }

    /// Where the product of columns `a` and `b` stands among those of all pairs.
    fn at(&self, a: usize, b: usize) -> usize {
        let (a, b) = (a.min(b), a.max(b));
        let columns = self.means.len();
        a * (columns + 1) - a * a.saturating_sub(1) / 2 + b - a
    }

    fn n(&self) -> f64 {
        self.all[0]
    }

    /// The mean of a column less that of the data, and the mean.
    fn mean(&self, column: usize) -> (f64, f64) {
        let less = self.all[column] / self.n();
        (less, self.means[column - 1] + less)
    }

    /// The covariance of two columns, over the sum of weights.
    fn covariance(&self, a: usize, b: usize) -> f64 {
        self.all[self.at(a, b)] / self.n() - self.mean(a).0 * self.mean(b).0
    }

    /// Number of rows, sum and mean (less the data's) of column 1 in one of two parts or, where column 2 tells them apart, in
    /// one of two groups.
    fn group(&self, which: usize) -> [f64; 3] {
        let [n, sum] = match self.kind {
            SmoothKind::DifferenceOfGroups | SmoothKind::RatioOfGroups => {
                let [n, y, z, yz] = [0, 1, 2, 3].map(|f| self.all[f]);
                let share = self.means[1];
                let (first, of_first) = (z + share * n, yz + share * y);
                [[first, of_first], [n - first, y - of_first]][which]
            }
            _ => [0, 1].map(|f| self.sums[which * self.features + f]),
        };
        [n, sum, sum / n]
    }

    fn value(&self) -> Option<f64> {
        if self.n() <= 0.0 {
            return None;
        }
        let groups = || [0, 1].map(|which| self.means[0] + self.group(which)[2]);
        Some(match self.kind {
            SmoothKind::Mean => self.mean(1).1,
            SmoothKind::Sum => self.mean(1).1 * self.n(),
            SmoothKind::DifferenceOfMeans | SmoothKind::DifferenceOfGroups => {
                let [a, b] = groups();
                a - b
            }
            SmoothKind::RatioOfPartMeans | SmoothKind::RatioOfGroups => {
                let [a, b] = groups();
                a / b
            }
            SmoothKind::RatioOfMeans => self.mean(1).1 / self.mean(2).1,
            SmoothKind::Pearson => {
                let sizes = self.covariance(1, 1).sqrt() * self.covariance(2, 2).sqrt();
                (self.covariance(1, 2) / sizes).clamp(-1.0, 1.0)
            }
            SmoothKind::Coefficient(which) => {
                let slopes = self.slopes()?.1;
                match which {
                    0 => {
                        let explained = slopes
                            .iter()
                            .enumerate()
                            .map(|(j, b)| b * self.mean(j + 2).1);
                        self.mean(1).1 - explained.sum::<f64>()
                    }
                    _ => slopes[which - 1],
                }
            }
            SmoothKind::Variance | SmoothKind::Sd | SmoothKind::Sharpe => return None,
        })
    }

    /// The regressors' inverse covariance matrix over n, and the slopes.
    fn slopes(&self) -> Option<(DMatrix<f64>, DVector<f64>)> {
        let regressors = self.means.len() - 1;
        let sizes: Vec<f64> = (0..regressors)
            .map(|j| self.covariance(j + 2, j + 2).sqrt())
            .collect();
        if sizes.iter().any(|size| size.is_nan() || *size <= 0.0) {
            return None;
        }
        if regressors == 0 {
            return Some((DMatrix::zeros(0, 0), DVector::zeros(0)));
        }
        let matrix = DMatrix::from_fn(regressors, regressors, |i, j| {
            self.covariance(i + 2, j + 2) / (sizes[i] * sizes[j])
        });
        let factor = matrix.cholesky()?;
        if factor
            .l_dirty()
            .diagonal()
            .iter()
            .any(|d| d * d < COLLINEAR)
        {
            return None;
        }
        let right = DVector::from_fn(regressors, |j, _| self.covariance(1, j + 2) / sizes[j]);
        let slopes = factor.solve(&right);
        let slopes = DVector::from_fn(regressors, |j, _| slopes[j] / sizes[j]);
        let inverse = factor.inverse();
        let inverse = DMatrix::from_fn(regressors, regressors, |i, j| {
            inverse[(i, j)] / (sizes[i] * sizes[j] * self.n())
        });
        Some((inverse, slopes))
    }

    /// The derivative of the statistic by each sum, part by part, less what makes the influences of all runs sum to
    /// nothing.
    fn derivative(&self) -> Option<Vec<f64>> {
        let mut g = vec![0.0; self.sums.len()];
        match self.kind {
            SmoothKind::DifferenceOfMeans | SmoothKind::RatioOfPartMeans => {
                for (which, weight) in self.contrast().into_iter().enumerate() {
                    let [n, _, mean] = self.group(which);
                    let at = which * self.features;
                    g[at] -= weight * mean / n;
                    g[at + 1] += weight / n;
                }
                return finite(g);
            }
            SmoothKind::DifferenceOfGroups | SmoothKind::RatioOfGroups => {
                let share = self.means[1];
                let [first, second] = self.contrast();
                let ([n, _, mean], [m, _, other]) = (self.group(0), self.group(1));
                // Of the first group's rows (column 2 with its mean put back), then of all rows less these.
                let (rows, sums) = (
                    [-first * mean / n, -second * other / m],
                    [first / n, second / m],
                );
                for (plain, [a, b]) in [rows, sums].into_iter().enumerate() {
                    g[plain + 2] = a - b;
                    g[plain] = share * (a - b) + b;
                }
            }
            _ => self.of_all(self.n(), &mut g[..self.features])?,
        }
        // Parts are taken together.
        let of_all = g[..self.features].to_vec();
        g.chunks_mut(self.features)
            .for_each(|part| part.copy_from_slice(&of_all));
        finite(g)
    }

    /// The weights of two groups' means in the first order of their difference or ratio.
    fn contrast(&self) -> [f64; 2] {
        let [a, b] = [0, 1].map(|which| self.means[0] + self.group(which)[2]);
        match self.kind {
            SmoothKind::RatioOfPartMeans | SmoothKind::RatioOfGroups => [1.0 / b, -a / (b * b)],
            _ => [1.0, -1.0],
        }
    }

    /// The derivative of a statistic of all parts together.
    fn of_all(&self, n: f64, g: &mut [f64]) -> Option<()> {
        let mean = |column: usize| self.mean(column).0;
        // Weight times the run's sum of a column less its mean in the draw, or of such a product.
        let first = |g: &mut [f64], column: usize, weight: f64| {
            g[column] += weight;
            g[0] -= weight * mean(column);
        };
        let cross = |g: &mut [f64], a: usize, b: usize, weight: f64| {
            g[self.at(a, b)] += weight;
            g[a] -= weight * mean(b);
            g[b] -= weight * mean(a);
            g[0] += weight * mean(a) * mean(b);
        };
        match self.kind {
            SmoothKind::Mean => first(g, 1, 1.0 / n),
            SmoothKind::Sum => first(g, 1, 1.0),
            SmoothKind::RatioOfMeans => {
                let (x, y) = (self.mean(1).1, self.mean(2).1);
                first(g, 1, 1.0 / (n * y));
                first(g, 2, -x / (n * y * y));
            }
            SmoothKind::Variance | SmoothKind::Sd | SmoothKind::Sharpe => {
                let variance = self.covariance(1, 1);
                let sd = variance.sqrt();
                // What the divisor n - 1 makes of a variance.
                let larger = n / (n - 1.0);
                let mut of_variance = |weight: f64| {
                    cross(g, 1, 1, weight / n);
                    g[0] -= weight * variance / n;
                };
                match self.kind {
                    SmoothKind::Variance => of_variance(larger),
                    SmoothKind::Sd => of_variance(larger.sqrt() / (2.0 * sd)),
                    _ => {
                        let smaller = (1.0 / larger).sqrt();
                        of_variance(-smaller * self.mean(1).1 / (2.0 * variance * sd));
                        first(g, 1, smaller / (n * sd));
                    }
                }
            }
            SmoothKind::Pearson => {
                let (xx, yy) = (self.covariance(1, 1), self.covariance(2, 2));
                let sizes = xx.sqrt() * yy.sqrt();
                let r = self.covariance(1, 2) / sizes;
                cross(g, 1, 2, 1.0 / (n * sizes));
                cross(g, 1, 1, -r / (2.0 * n * xx));
                cross(g, 2, 2, -r / (2.0 * n * yy));
            }
            SmoothKind::Coefficient(which) => {
                let (inverse, slopes) = self.slopes()?;
                let k = slopes.len();
                // Weights of the scores, products of regressors and residuals.
                let mut weights = vec![0.0; k];
                match which {
                    0 => {
                        for (j, weight) in weights.iter_mut().enumerate() {
                            let by = |l: usize| inverse[(j, l)] * self.mean(l + 2).1;
                            *weight = -(0..k).map(by).sum::<f64>();
                        }
                        first(g, 1, 1.0 / n);
                        slopes
                            .iter()
                            .enumerate()
                            .for_each(|(j, b)| first(g, j + 2, -b / n));
                    }
                    _ => weights.iter_mut().enumerate().for_each(|(j, weight)| {
                        *weight = inverse[(which - 1, j)];
                    }),
                }
                for (j, &weight) in weights.iter().enumerate() {
                    cross(g, 1, j + 2, weight);
                    for (l, b) in slopes.iter().enumerate() {
                        cross(g, j + 2, l + 2, -weight * b);
                    }
                }
            }
            SmoothKind::DifferenceOfMeans
            | SmoothKind::RatioOfPartMeans
            | SmoothKind::DifferenceOfGroups
            | SmoothKind::RatioOfGroups => return None,
        }
        Some(())
    }
}

fn finite(g: Vec<f64>) -> Option<Vec<f64>> {
    g.iter().all(|g| g.is_finite()).then_some(g)
}
