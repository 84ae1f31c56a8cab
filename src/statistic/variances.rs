//! `variances`: means and variances of two groups, compared. On the CPU alone.

use super::facts::{Arithmetic, Basis, Facts, Key, Of, Refusal, Shape, Source, Words, Work};
use super::fold::Values;
use super::fraction::{self, Fraction};
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable};
use crate::kernel::Shader;
use crate::null::{Picks, Segment};

/// Nanoseconds that gathering a row of a tile takes.
const ROW: f64 = 2.0;

const ON_THE_CPU: &str = "it compares fractions of 200 bits, on the CPU alone";

/// Which comparison of two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Student's t: the difference of means over its standard error from the pooled variance.
    Student,
    /// Welch's t: the same from a variance a group.
    Welch,
    /// The logarithm of the first group's variance over the second's.
    LogRatio,
}

/// A comparison of two groups that needs sums and sums of squares.
///
/// Values are floats in steps of `2^-32`; but how one compares with the observed value, or with that of
/// the other sign, is decided in whole numbers wherever the floats are near: a tie is a tie. A draw
/// whose groups do not vary has no value, or an infinite one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variances {
    scores: ScoreTable,
    comparison: Comparison,
    /// The observed groups' moments, a column each.
    observed: Vec<[Moments; 2]>,
}

/// Number, sum and sum of squares of a group's scores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Moments {
    n: i64,
    sum: i64,
    squares: i128,
}

impl Moments {
    fn add(&mut self, score: i32) {
        self.n += 1;
        self.sum += i64::from(score);
        self.squares += i128::from(score) * i128::from(score);
    }

    /// `n^2` times the variance: `n Q - S^2`, never negative.
    fn scatter(self) -> i128 {
        i128::from(self.n) * self.squares - i128::from(self.sum) * i128::from(self.sum)
    }
}

/// A comparison as the square root of a fraction with a sign, or the logarithm of a fraction.
fn compared(comparison: Comparison, [a, b]: [Moments; 2]) -> Fraction {
    let (m, n) = (i128::from(a.n), i128::from(b.n));
    let distance = n * i128::from(a.sum) - m * i128::from(b.sum);
    let sign = distance.signum() as i64;
    let distance = distance.abs();
    let free = |moments: Moments| i128::from(moments.n - 1).max(0);
    match comparison {
        // D^2 / (m n)^2 over (m + n)/(m n) (V_a/m + V_b/n)/(m + n - 2), with V = n Q - S^2.
        Comparison::Student => Fraction {
            sign,
            above: [distance, distance * (m + n - 2).max(0)],
            below: [n * a.scatter() + m * b.scatter(), m + n],
        },
        // D^2 / (m n)^2 over V_a/(m^2 (m - 1)) + V_b/(n^2 (n - 1)).
        Comparison::Welch => Fraction {
            sign,
            above: [distance, distance * free(a) * free(b)],
            below: [
                n * n * free(b) * a.scatter() + m * m * free(a) * b.scatter(),
                1,
            ],
        },
        // V_a/(m (m - 1)) over V_b/(n (n - 1)).
        Comparison::LogRatio => Fraction {
            sign: 1,
            above: [a.scatter(), n * free(b)],
            below: [b.scatter(), m * free(a)],
        },
    }
}

impl Variances {
    /// Of scores, over the rows `observed` of both groups.
    pub fn new(scores: ScoreTable, comparison: Comparison, observed: [&[u32]; 2]) -> Self {
        let observed = (0..scores.columns())
            .map(|column| {
                observed.map(|rows| {
                    let mut moments = Moments::default();
                    for &row in rows {
                        moments.add(scores.get(row as usize, column));
                    }
                    moments
                })
            })
            .collect();
        Variances {
            scores,
            comparison,
            observed,
        }
    }

    /// Whether its values are over their standard errors.
    pub fn is_studentised(&self) -> bool {
        match self.comparison {
            Comparison::Student | Comparison::Welch => true,
            Comparison::LogRatio => false,
        }
    }

    /// Steps of a value of one.
    pub const STEPS: u64 = fraction::STEPS;

    /// The numerator of infinity.
    pub const INFINITE: i64 = fraction::INFINITE;

    /// The numerator of one column's value; none where there is none.
    fn numerator(&self, column: usize, groups: [Moments; 2]) -> Option<i64> {
        let of = |groups| compared(self.comparison, groups);
        let (value, reference) = (of(groups), of(self.observed[column]));
        match self.comparison {
            Comparison::LogRatio => value.steps(&reference, libm::log),
            Comparison::Student | Comparison::Welch => value.root(&reference),
        }
    }
}

impl Facts for Variances {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Err(ON_THE_CPU);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("means and variances of {} of two groups", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, _: &ScoreTable) -> Option<Self> {
        None
    }

    fn columns(&self) -> usize {
        self.scores.columns()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        Some(self.scores.get(position, column))
    }

    fn shape(&self) -> Shape {
        Shape::Between
    }

    fn is_odd(&self) -> bool {
        false
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Compared
    }

    fn contrasts(&self, _: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        let difference = Contrast {
            label: "a - b".into(),
            terms: vec![(0, 1), (1, -1)],
            denominator: Self::STEPS,
        };
        (groups.to_vec(), vec![difference])
    }

    fn bounds(&self, _: &Fold, _: &Contrast, _: &[i32]) -> (i64, i64) {
        (-Self::INFINITE, Self::INFINITE)
    }

    /// A t is about 1 in size.
    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        let of_t = (0.0, 1.5 * Self::STEPS as f64);
        self.is_studentised().then_some(of_t)
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a ratio is made by enumeration alone")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        values.leave_undefined();
        let segments = values.fold().segments();
        for (first, columns, rows) in values.tiles(&self.scores) {
            for draw in 0..values.draws() {
                let picked = picks.row(draw);
                let mut moments = [[Moments::default(); 2]; LANES];
                for (group, segment) in segments.iter().enumerate() {
                    for &position in segment.of(picked) {
                        let row = &rows[position as usize];
                        for lane in 0..columns {
                            moments[lane][group].add(row[lane]);
                        }
                    }
                }
                for (lane, &groups) in moments.iter().enumerate().take(columns) {
                    if let Some(numerator) = self.numerator(first + lane, groups) {
                        values.put_one(draw, (0, first + lane), numerator);
                    }
                }
            }
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        let picked = picks.row(0);
        let columns = 0..self.scores.columns();
        let groups = |column: usize| {
            [0, 1].map(|group: usize| {
                let mut moments = Moments::default();
                for &position in fold.segments()[group].of(picked) {
                    moments.add(self.scores.get(position as usize, column));
                }
                moments
            })
        };
        columns
            .map(|column| self.numerator(column, groups(column)))
            .collect()
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        Err(ON_THE_CPU)
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        fold.gathered() * ROW + 100.0 * self.scores.columns() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(scores: &[i32]) -> Moments {
        let mut moments = Moments::default();
        scores.iter().for_each(|&score| moments.add(score));
        moments
    }

    /// Against the definitions in floats.
    #[test]
    fn comparisons_are_their_definitions() {
        let (a, b) = (vec![3, 9, 4, 11, 5], vec![2, 7, 1, 8]);
        let of = |x: &[i32]| {
            let n = x.len() as f64;
            let mean = x.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
            let var = x
                .iter()
                .map(|&v| (f64::from(v) - mean).powi(2))
                .sum::<f64>()
                / (n - 1.0);
            (n, mean, var)
        };
        let ((m, x, v), (n, y, w)) = (of(&a), of(&b));
        let pooled = ((m - 1.0) * v + (n - 1.0) * w) / (m + n - 2.0);
        for (comparison, value) in [
            (
                Comparison::Student,
                (x - y) / (pooled * (1.0 / m + 1.0 / n)).sqrt(),
            ),
            (Comparison::Welch, (x - y) / (v / m + w / n).sqrt()),
            (Comparison::LogRatio, (v / w).ln()),
        ] {
            let table = ScoreTable::from_columns(&[[a.clone(), b.clone()].concat()]);
            let rows: Vec<u32> = (0..9).collect();
            let variances = Variances::new(table, comparison, [&rows[..5], &rows[5..]]);
            let found = variances.numerator(0, [moments(&a), moments(&b)]).unwrap();
            let found = found as f64 / Variances::STEPS as f64;
            assert!(
                (found - value).abs() < 1e-9,
                "{comparison:?} {found} {value}"
            );
        }
    }

    #[test]
    fn groups_that_do_not_vary_have_no_value_or_an_infinite_one() {
        let table = ScoreTable::from_columns(&[vec![1, 2, 4, 8]]);
        for (comparison, same, apart) in [
            (Comparison::Welch, None, Some(-Variances::INFINITE)),
            (Comparison::Student, None, Some(-Variances::INFINITE)),
            (Comparison::LogRatio, None, None),
        ] {
            let variances = Variances::new(table.clone(), comparison, [&[0, 1], &[2, 3]]);
            let of = |a: &[i32], b: &[i32]| variances.numerator(0, [moments(a), moments(b)]);
            assert_eq!(of(&[3, 3], &[3, 3]), same);
            assert_eq!(of(&[3, 3], &[4, 4]), apart);
            assert_eq!(of(&[1, 2], &[4, 8]), of(&[2, 1], &[8, 4]));
            if comparison != Comparison::LogRatio {
                assert_eq!(of(&[4, 8], &[1, 2]), of(&[1, 2], &[4, 8]).map(|t| -t));
            }
        }
    }
}
