//! A scheme, the units that it draws, and the statistics of its draws.

use std::ops::Range;

use super::{Drawer, Ranked, Run, Scheme, Smooth, SumTable};

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
}

impl Resampling {
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
