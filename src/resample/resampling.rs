//! A scheme, the units that it draws, and the statistics of its draws.

use std::ops::Range;

use super::{Bayesian, CentredTable, Drawer, Ranked, Run, Scheme, Smooth, SmoothKind, SumTable};

/// What is computed of a draw.
#[derive(Debug, Clone)]
pub enum Estimator {
    /// A function of the sums of a table.
    Smooth {
        /// Which of the resampling's tables has them.
        table: usize,
        /// The function.
        of: Smooth,
    },
    /// A statistic of sorted values.
    Order(Box<Ranked>),
}

/// A scheme on units, and the statistics of its draws.
#[derive(Debug, Clone)]
pub struct Resampling {
    /// The scheme.
    pub scheme: Scheme,
    /// The rows of each unit of each part.
    pub units: Vec<Vec<Range<usize>>>,
    /// The tables of sums.
    pub tables: Vec<SumTable>,
    /// The same of centred columns, where weights or standard errors take them.
    pub centred: Vec<CentredTable>,
    /// The statistics.
    pub estimators: Vec<Estimator>,
}

/// Room for one draw at a time.
#[derive(Debug, Clone)]
pub struct Scratch {
    runs: Vec<Vec<Run>>,
    /// Sums of each table, part after part.
    sums: Vec<Vec<i128>>,
    /// Counts by rank of each statistic of sorted values.
    counts: Vec<Vec<u32>>,
    /// Of units, a list a part.
    weights: Vec<Vec<f64>>,
}

/// A statistic over the standard error of its own draw.
///
/// With `S_r` the sum and `L_r` the number of rows of run `r` of a part with mean `m` in the draw, the squared
/// standard error of the part's mean is `sum of (S_r - L_r m)^2 / n^2`: of rows the usual one (over n), of
/// clusters that of their sums, of blocks that of Goetze and Kuensch (1996). Of other statistics it is the same of
/// their first order at the draw (the delta method): of a coefficient of least squares HC0, of clusters CV0.
#[derive(Debug, Clone, Copy)]
pub struct Studentized {
    /// The statistic's number.
    pub of: usize,
    /// What the draws are centred at.
    pub centre: f64,
}

impl Resampling {
    /// The weights of the units of a draw, part by part; `None` of schemes that draw rows.
    pub fn weights(&self, seed: u64, draw: u64) -> Option<Vec<Vec<f64>>> {
        (self.scheme == Scheme::Bayesian).then(|| {
            let mut weights = self.scratch().weights;
            Bayesian::fill(seed, draw, &mut weights);
            weights
        })
    }

    /// The rows of a draw, part by part, and its values (NaN: none).
    pub fn replay(&self, seed: u64, draw: u64) -> (Vec<Vec<usize>>, Vec<f64>) {
        let (drawer, mut scratch) = (self.drawer(), self.scratch());
        let mut values = vec![0.0; self.estimators.len()];
        self.draw(&drawer, [seed, draw], &mut scratch, &mut values);
        (self.places(&scratch.runs), values)
    }

    /// The rows of runs of units, part by part.
    pub fn places(&self, runs: &[Vec<Run>]) -> Vec<Vec<usize>> {
        let parts = runs.iter().zip(&self.units).map(|(runs, units)| {
            let of_run = |run: &Run| {
                let places = run.start..run.start + run.len;
                places.flat_map(|at| units[at as usize % units.len()].clone())
            };
            runs.iter().flat_map(of_run).collect()
        });
        parts.collect()
    }

    /// The statistic of runs and its standard error, in the data's unit; NaN where there is none.
    pub fn with_error(&self, of: usize, runs: &[Vec<Run>]) -> [f64; 2] {
        let Estimator::Smooth { table, of } = &self.estimators[of] else {
            return [f64::NAN; 2];
        };
        let centred = self.centred.get(*table);
        let table = &self.tables[*table];
        let k = table.features();
        let mut sums = vec![0; k * runs.len()];
        let mut variance = 0.0;
        for ((part, sums), runs) in sums.chunks_mut(k).enumerate().zip(runs) {
            table.add(part, runs, sums);
        }
        if let (false, Some(centred)) = (of.kind().is_linear(), centred) {
            let error = centred.standard_error(of, runs);
            return [of.value(&sums), error].map(|of| of.unwrap_or(f64::NAN));
        }
        let rows: i128 = sums.chunks(k).map(|sums| sums[0]).sum();
        let mut one = vec![0; k];
        for (part, runs) in runs.iter().enumerate() {
            let (n, sum) = (sums[part * k], sums[part * k + 1]);
            if n == 0 {
                return [f64::NAN; 2];
            }
            let mut squares = 0.0;
            for run in runs {
                one.fill(0);
                table.add(part, std::slice::from_ref(run), &mut one);
                // Exact but for the last division.
                let deviation = (one[1] * n - one[0] * sum) as f64 / n as f64;
                squares += deviation * deviation;
            }
            let over = match of.kind() {
                SmoothKind::Sum => 1.0,
                SmoothKind::DifferenceOfMeans => n as f64,
                _ => rows as f64,
            };
            variance += squares / (over * over);
        }
        let error = variance.sqrt() * of.scale(1).value(1.0, 1);
        [of.value(&sums).unwrap_or(f64::NAN), error]
    }

    /// A studentized value of a draw, NaN where it has none.
    pub fn studentized(
        &self,
        of: Studentized,
        drawer: &Drawer,
        [seed, draw]: [u64; 2],
        scratch: &mut Scratch,
    ) -> f64 {
        drawer.fill(seed, draw, &mut scratch.runs);
        let [value, error] = self.with_error(of.of, &scratch.runs);
        match error > 0.0 {
            true => (value - of.centre) / error,
            false => f64::NAN,
        }
    }

    /// Every unit of every part, each a run of its own.
    pub fn each_unit(&self) -> Vec<Vec<Run>> {
        let of_part = |units: u32| (0..units).map(|start| Run { start, len: 1 }).collect();
        self.sizes().into_iter().map(of_part).collect()
    }

    /// Number of units of each part.
    pub fn sizes(&self) -> Vec<u32> {
        self.units.iter().map(|units| units.len() as u32).collect()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.units
            .iter()
            .flatten()
            .map(ExactSizeIterator::len)
            .sum()
    }

    /// What makes its draws.
    pub fn drawer(&self) -> Drawer {
        Drawer::new(self.scheme, &self.sizes())
    }

    /// Room for its draws.
    pub fn scratch(&self) -> Scratch {
        let parts = self.units.len();
        let counts = self.estimators.iter().map(|estimator| match estimator {
            Estimator::Order(of) => vec![0; of.distinct()],
            Estimator::Smooth { .. } => Vec::new(),
        });
        let tables = self.tables.iter();
        Scratch {
            runs: vec![Vec::new(); parts],
            sums: tables
                .map(|table| vec![0; table.features() * parts])
                .collect(),
            counts: counts.collect(),
            weights: match self.scheme {
                Scheme::Bayesian => self.units.iter().map(|of| vec![0.0; of.len()]).collect(),
                _ => Vec::new(),
            },
        }
    }

    /// The values of a draw, NaN where a statistic has none.
    pub fn draw(
        &self,
        drawer: &Drawer,
        [seed, draw]: [u64; 2],
        scratch: &mut Scratch,
        values: &mut [f64],
    ) {
        if self.scheme == Scheme::Bayesian {
            Bayesian::fill(seed, draw, &mut scratch.weights);
            self.of_weights(&scratch.weights, values);
            return;
        }
        let mut runs = std::mem::take(&mut scratch.runs);
        drawer.fill(seed, draw, &mut runs);
        self.of_runs(&runs, scratch, values);
        scratch.runs = runs;
    }

    /// The values of the data themselves.
    pub fn observed(&self, scratch: &mut Scratch, values: &mut [f64]) {
        let whole = |len: u32| vec![Run { start: 0, len }];
        let runs: Vec<Vec<Run>> = self.sizes().into_iter().map(whole).collect();
        self.of_runs(&runs, scratch, values);
    }

    fn of_weights(&self, weights: &[Vec<f64>], values: &mut [f64]) {
        for (estimator, value) in self.estimators.iter().zip(values) {
            let found = match estimator {
                Estimator::Smooth { table, of } => self.centred[*table].weighted(of, weights),
                Estimator::Order(of) => of.weighted(weights),
            };
            *value = found.unwrap_or(f64::NAN);
        }
    }

    /// The sums of a draw, part by part those of the first table.
    pub fn sums<'s>(
        &self,
        drawer: &Drawer,
        [seed, draw]: [u64; 2],
        scratch: &'s mut Scratch,
    ) -> &'s [i128] {
        drawer.fill(seed, draw, &mut scratch.runs);
        let sums = &mut scratch.sums[0];
        sums.fill(0);
        let table = &self.tables[0];
        let parts = sums.chunks_mut(table.features());
        for ((part, sums), runs) in parts.enumerate().zip(&scratch.runs) {
            table.add(part, runs, sums);
        }
        sums
    }

    fn of_runs(&self, runs: &[Vec<Run>], scratch: &mut Scratch, values: &mut [f64]) {
        for (table, sums) in self.tables.iter().zip(&mut scratch.sums) {
            sums.fill(0);
            let parts = sums.chunks_mut(table.features());
            for ((part, sums), runs) in parts.enumerate().zip(runs) {
                table.add(part, runs, sums);
            }
        }
        let counts = scratch.counts.iter_mut();
        for ((estimator, counts), value) in self.estimators.iter().zip(counts).zip(values) {
            let found = match estimator {
                Estimator::Smooth { table, of } => of.value(&scratch.sums[*table]),
                Estimator::Order(of) => {
                    counts.fill(0);
                    for (part, runs) in runs.iter().enumerate() {
                        of.count(part, runs, counts);
                    }
                    of.value(counts)
                }
            };
            *value = found.unwrap_or(f64::NAN);
        }
    }

    /// The values of the data without a run of a part.
    pub fn without(&self, part: usize, run: Run, scratch: &mut Scratch, values: &mut [f64]) {
        for (table, sums) in self.tables.iter().zip(&mut scratch.sums) {
            let k = table.features();
            let mut out = vec![0; k];
            table.add(part, &[run], &mut out);
            for (of, sums) in sums.chunks_mut(k).enumerate() {
                sums.copy_from_slice(table.whole(of));
                if of == part {
                    sums.iter_mut().zip(&out).for_each(|(sum, out)| *sum -= out);
                }
            }
        }
        for (estimator, value) in self.estimators.iter().zip(values) {
            let found = match estimator {
                Estimator::Smooth { table, of } => of.value(&scratch.sums[*table]),
                Estimator::Order(of) => of.without(part, run),
            };
            *value = found.unwrap_or(f64::NAN);
        }
    }
}
