//! Sums over runs, by prefix sums in whole numbers. Twin: `shaders/resample/sums.wgsl`.

use super::{Run, Scored};

/// A product of two columns, or of fewer: column 0 is 1 everywhere, column `c` the `c`-th of the scores.
/// `[0, 0]` counts rows.
pub type Monomial = [usize; 2];

/// Sums of products of columns by part and unit.
#[derive(Debug, Clone)]
pub struct SumTable {
    features: usize,
    parts: Vec<PartTable>,
    /// The sums over each whole part.
    whole: Vec<Vec<i128>>,
}

/// 64 bits where no sum of a draw leaves them.
#[derive(Debug, Clone)]
enum PartTable {
    Narrow(Table<i64>),
    Wide(Table<i128>),
}

#[derive(Debug, Clone)]
struct Table<T> {
    units: usize,
    /// By unit, then feature.
    single: Vec<T>,
    /// Of the units before; one row more than units.
    prefix: Vec<T>,
}

impl SumTable {
    /// Sums of `features` over `columns`, whose rows stand part by part, and in a part unit by unit:
    /// `units` has the rows of each unit of each part.
    pub fn new(
        features: &[Monomial],
        columns: &[&Scored],
        units: &[Vec<std::ops::Range<usize>>],
    ) -> Self {
        let of_row = |row: usize, column: usize| match column {
            0 => 1,
            _ => i128::from(columns[column - 1].scores[row]),
        };
        let mut whole = Vec::new();
        let parts = units.iter().map(|units| {
            let mut single = Vec::with_capacity(units.len() * features.len());
            for unit in units {
                for &[a, b] in features {
                    let rows = unit.clone();
                    single.push(
                        rows.map(|row| of_row(row, a) * of_row(row, b))
                            .sum::<i128>(),
                    );
                }
            }
            let mut sums = vec![0; features.len()];
            for unit in single.chunks(features.len()) {
                sums.iter_mut().zip(unit).for_each(|(sum, s)| *sum += s);
            }
            whole.push(sums);
            let largest = single.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
            match largest.saturating_mul(units.len() as u128) < 1 << 58 {
                true => {
                    let single = single.iter().map(|&s| s as i64).collect();
                    PartTable::Narrow(Table::new(single, units.len(), features.len()))
                }
                false => PartTable::Wide(Table::new(single, units.len(), features.len())),
            }
        });
        let parts = parts.collect();
        SumTable {
            features: features.len(),
            parts,
            whole,
        }
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Adds the sums over runs of a part.
    #[inline]
    pub fn add(&self, part: usize, runs: &[Run], sums: &mut [i128]) {
        match &self.parts[part] {
            PartTable::Narrow(table) => table.add(runs, sums),
            PartTable::Wide(table) => table.add(runs, sums),
        }
    }

    /// What each unit of a part adds to a feature.
    pub fn by_unit(&self, part: usize, feature: usize) -> Vec<i128> {
        let every = self.features;
        match &self.parts[part] {
            PartTable::Narrow(table) => {
                let of = table.single.iter().skip(feature).step_by(every);
                of.map(|&sum| sum.into()).collect()
            }
            PartTable::Wide(table) => table
                .single
                .iter()
                .skip(feature)
                .step_by(every)
                .copied()
                .collect(),
        }
    }

    /// The sums over a whole part.
    pub fn whole(&self, part: usize) -> &[i128] {
        &self.whole[part]
    }
}

impl<T> Table<T>
where
    T: Copy + Default + std::ops::Add<Output = T> + std::ops::Sub<Output = T> + Into<i128>,
{
    fn new(single: Vec<T>, units: usize, features: usize) -> Self {
        let mut prefix = vec![T::default(); features];
        for (at, &s) in single.iter().enumerate() {
            prefix.push(prefix[at] + s);
        }
        Table {
            units,
            single,
            prefix,
        }
    }

    #[inline]
    fn add(&self, runs: &[Run], sums: &mut [i128]) {
        let features = sums.len();
        let row = |of: &[T], at: usize, f: usize| of[at * features + f];
        for (f, sum) in sums.iter_mut().enumerate() {
            let mut all = T::default();
            for run in runs {
                let (start, end) = (run.start as usize, (run.start + run.len) as usize);
                all = match run.len {
                    1 => all + row(&self.single, start, f),
                    _ if end <= self.units => {
                        all + row(&self.prefix, end, f) - row(&self.prefix, start, f)
                    }
                    _ => {
                        let around = row(&self.prefix, end - self.units, f);
                        let tail = row(&self.prefix, self.units, f) - row(&self.prefix, start, f);
                        all + tail + around
                    }
                };
            }
            *sum += all.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against sums over the rows, one by one, in 64 bits and in 128.
    #[test]
    fn sums_over_runs_are_those_of_their_rows() {
        for factor in [1.0, 3e8] {
            let x: Vec<f64> = (0..12).map(|i| f64::from(i * i % 7) * factor).collect();
            let y: Vec<f64> = (0..12).map(|i| f64::from(5 - i) * factor).collect();
            let columns = [Scored::new(&x, 12), Scored::new(&y, 12)];
            let features = [[0, 0], [0, 1], [1, 2], [2, 2]];
            // Units of 1, 2 and 3 rows; then three of two rows.
            let units = vec![vec![0..1, 1..3, 3..6], vec![6..8, 8..10, 10..12]];
            let table = SumTable::new(&features, &[&columns[0], &columns[1]], &units);
            let is_wide = matches!(table.parts[0], PartTable::Wide(_));
            assert_eq!(is_wide, factor > 1.0);
            let runs = [(2, 2), (0, 1), (1, 2), (0, 3)].map(|(start, len)| Run { start, len });
            for (part, units) in units.iter().enumerate() {
                let mut sums = vec![0; 4];
                table.add(part, &runs, &mut sums);
                let mut expected = vec![0i128; 4];
                for run in runs {
                    for step in 0..run.len {
                        for row in units[(run.start + step) as usize % 3].clone() {
                            let [a, b] = [0, 1].map(|c: usize| i128::from(columns[c].scores[row]));
                            for (sum, term) in expected.iter_mut().zip([1, a, a * b, b * b]) {
                                *sum += term;
                            }
                        }
                    }
                }
                assert_eq!(sums, expected, "{factor} {part}");
            }
        }
    }
}
