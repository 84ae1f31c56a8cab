//! `correlation`: Pearson's of a draw's scores and the weights of their slots, where the scores that are
//! picked, and so their variance, differ from draw to draw. On the CPU alone.

use super::facts::{Arithmetic, Basis, Facts, Key, Of, Refusal, Shape, Source, Words, Work};
use super::fold::Values;
use super::fraction::{self, Fraction};
use super::product::whole_draw;
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable};
use crate::kernel::Shader;
use crate::null::{Picks, Segment};

/// Nanoseconds that gathering a row of a tile takes.
const ROW: f64 = 4.0;

const ON_THE_CPU: &str = "it compares fractions of 200 bits, on the CPU alone";

/// `(n C - A B) / root of (n P - A^2)(n Q - B^2)` of n slots, with A, P the sum and sum of squares of the
/// weights, B, Q those of the picked scores, and C the sum of their products.
///
/// Values are floats in steps of `2^-32`; how one compares with the observed value is decided in whole
/// numbers wherever the floats are near: a tie is a tie. A draw whose scores are all equal has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation {
    scores: ScoreTable,
    /// By slot of a draw.
    weights: Vec<i32>,
    /// Sum and sum of squares of the weights.
    of_weights: (i128, i128),
    /// Of the observed picks, a column each.
    observed: Vec<Sums>,
}

/// Sums of picked scores, of their squares, and of their products with the weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    scores: i64,
    squares: i128,
    products: i128,
}

impl Sums {
    fn add(&mut self, score: i32, weight: i32) {
        self.scores += i64::from(score);
        self.squares += i128::from(i64::from(score) * i64::from(score));
        self.products += i128::from(i64::from(score) * i64::from(weight));
    }
}

impl Correlation {
    /// Steps of a value of one.
    pub const STEPS: u64 = fraction::STEPS;

    /// Of scores by position and weights by slot, of which the observed picks are `observed`.
    pub fn new(scores: ScoreTable, weights: Vec<i32>, observed: &[u32]) -> Self {
        let sized = weights.iter().map(|&weight| i128::from(weight));
        let mut correlation = Correlation {
            scores,
            of_weights: (sized.clone().sum(), sized.map(|w| w * w).sum()),
            weights,
            observed: Vec::new(),
        };
        correlation.observed = correlation.sums(observed);
        correlation
    }

    /// A column each.
    fn sums(&self, picks: &[u32]) -> Vec<Sums> {
        let of_column = |column| {
            let mut sums = Sums::default();
            for (&position, &weight) in picks.iter().zip(&self.weights) {
                sums.add(self.scores.get(position as usize, column), weight);
            }
            sums
        };
        (0..self.scores.columns()).map(of_column).collect()
    }

    /// The numerator of one column's value; none where the scores are all equal.
    fn numerator(&self, column: usize, sums: &Sums) -> Option<i64> {
        let n = self.weights.len() as i128;
        let (sum, squares) = self.of_weights;
        let of = |sums: &Sums| {
            let shared = n * sums.products - sum * i128::from(sums.scores);
            let spread = n * sums.squares - i128::from(sums.scores).pow(2);
            Fraction {
                sign: shared.signum() as i64,
                above: [shared.abs(), shared.abs()],
                below: [n * squares - sum * sum, spread],
            }
        };
        of(sums).root(&of(&self.observed[column]))
    }
}

impl Facts for Correlation {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Err(ON_THE_CPU);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("correlation of {} and the variable", words.scores)
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
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Compared
    }

    fn contrasts(&self, _: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        let (segments, mut contrasts) = whole_draw(groups);
        contrasts
            .iter_mut()
            .for_each(|all| all.denominator = Self::STEPS);
        (segments, contrasts)
    }

    /// By Cauchy and Schwarz at most 1 in size, and a step for rounding.
    fn bounds(&self, _: &Fold, _: &Contrast, _: &[i32]) -> (i64, i64) {
        let most = Self::STEPS as i64 + 2;
        (-most, most)
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a correlation is made by enumeration alone")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        values.leave_undefined();
        for (first, columns, rows) in values.tiles(&self.scores) {
            for draw in 0..values.draws() {
                let mut sums = [Sums::default(); LANES];
                for (&position, &weight) in picks.row(draw).iter().zip(&self.weights) {
                    let row = &rows[position as usize];
                    for lane in 0..columns {
                        sums[lane].add(row[lane], weight);
                    }
                }
                for (lane, sums) in sums.iter().enumerate().take(columns) {
                    if let Some(numerator) = self.numerator(first + lane, sums) {
                        values.put_one(draw, (0, first + lane), numerator);
                    }
                }
            }
        }
    }

    fn numerators(&self, _: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        let sums = self.sums(picks.row(0));
        let columns = sums.iter().enumerate();
        columns
            .map(|(column, sums)| self.numerator(column, sums))
            .collect()
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        Err(ON_THE_CPU)
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        fold.gathered() * ROW + 200.0 * self.scores.columns() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the definition in floats; equal correlations of other sums tie.
    #[test]
    fn correlations_are_their_definition() {
        let scores = vec![3, -1, 4, 1, -5, 9, 2, 6, 8, -2, 18, 4, 12, 7];
        let weights = vec![1, 5, -2, 7];
        let table = ScoreTable::from_columns(std::slice::from_ref(&scores));
        let correlation = Correlation::new(table, weights.clone(), &[0, 1, 2, 3]);
        let of = |rows: &[u32]| correlation.numerator(0, &correlation.sums(rows)[0]);
        for first in 0..=10u32 {
            let rows: Vec<u32> = (first..first + 4).collect();
            let y: Vec<f64> = rows
                .iter()
                .map(|&r| f64::from(scores[r as usize]))
                .collect();
            let x: Vec<f64> = weights.iter().map(|&w| f64::from(w)).collect();
            let mean = |of: &[f64]| of.iter().sum::<f64>() / 4.0;
            let cross = |a: &[f64], b: &[f64]| -> f64 {
                let pairs = a.iter().zip(b);
                pairs.map(|(p, q)| (p - mean(a)) * (q - mean(b))).sum()
            };
            let value = cross(&x, &y) / (cross(&x, &x) * cross(&y, &y)).sqrt();
            let found = of(&rows).unwrap() as f64 / Correlation::STEPS as f64;
            assert!((found - value).abs() < 1e-9, "{found} {value}");
        }
        let doubled = Correlation::new(
            ScoreTable::from_columns(&[vec![1, 2, 4, 3, 2, 4, 8, 6, 5, 5, 5, 5]]),
            vec![2, 3, 5, 11],
            &[0, 1, 2, 3],
        );
        let of = |rows: &[u32]| doubled.numerator(0, &doubled.sums(rows)[0]);
        assert_eq!(of(&[4, 5, 6, 7]), of(&[0, 1, 2, 3]));
        assert_eq!(of(&[8, 9, 10, 11]), None);
    }
}
