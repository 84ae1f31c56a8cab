//! `squares`: weighted squares of the groups' sums. Twin: `shaders/statistic/squares.wgsl`.

use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable};
use crate::kernel::{FOLDS, PICKS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that gathering a row of a tile takes.
const ROW: f64 = 0.9;

const SHADER: Shader = Shader {
    name: "squares",
    entry_point: "squares_values",
    binds: FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/squares.wgsl"),
    ],
};

/// `sum_c sum_g w(c, g) S(c, g)^2`, with `S` the sum of group `g`'s scores in column `c`: what F,
/// Kruskal and Wallis' and the chi-squared statistics are made of. One value takes `width` columns in a
/// row: those of the categories of one outcome.
///
/// A value may be longer than 64 bits. Then its distance from a reference, the observed value, counts in
/// steps, rounded away from the reference: what is equal to it, below and above stays so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squares {
    scores: ScoreTable,
    width: usize,
    /// A column a list, a weight a group; not negative.
    weights: Vec<Vec<i64>>,
    /// By value; zero while values count from there in ones.
    references: Vec<i128>,
    /// A step is `2^shift`.
    shift: u32,
    /// No value is larger, in steps.
    most: i64,
}

impl Squares {
    /// Of scores and weights, a column a list, `width` columns a value, over the rows `observed`, group
    /// by group. `None` where no steps hold the values.
    pub fn new(
        scores: ScoreTable,
        width: usize,
        weights: Vec<Vec<i64>>,
        observed: &[&[u32]],
    ) -> Option<Self> {
        let mut squares = Squares {
            references: vec![0; scores.columns() / width],
            scores,
            width,
            weights,
            shift: 0,
            most: 0,
        };
        // No value is larger than if all scores of one sign stood in one group.
        let columns = 0..squares.scores.columns();
        let largest = |column: usize| -> Option<u128> {
            let positions = 0..squares.scores.positions();
            let scores = positions.map(|p| i128::from(squares.scores.get(p, column)));
            let (up, down) = scores.fold((0i128, 0i128), |(up, down), score| {
                (up + score.max(0), down + score.min(0))
            });
            let weight = u128::try_from(*squares.weights[column].iter().max()?).ok()?;
            u128::try_from(up * up + down * down)
                .ok()?
                .checked_mul(weight)
        };
        let sizes: Option<Vec<u128>> = columns.map(largest).collect();
        let values = sizes?
            .chunks(width)
            .map(|of| of.iter().sum::<u128>())
            .max()?;
        let bits = u128::BITS - values.leading_zeros();
        if bits > 126 {
            return None;
        }
        if bits > 60 {
            squares.shift = bits - 60;
            let sums = |column: usize| {
                let of_group = |rows: &&[u32]| {
                    let scores = rows.iter().map(|&p| squares.scores.get(p as usize, column));
                    scores.map(i64::from).sum()
                };
                observed.iter().map(of_group).collect::<Vec<i64>>()
            };
            squares.references = (0..squares.references.len())
                .map(|value| {
                    let columns = value * width..(value + 1) * width;
                    columns
                        .map(|column| squares.of_column(column, &sums(column)))
                        .sum()
                })
                .collect();
        }
        // Away from the reference twice.
        squares.most = (values >> squares.shift) as i64 + 2;
        Some(squares)
    }

    /// What one step of a value is worth: `2^shift`.
    pub fn step(&self) -> f64 {
        libm::ldexp(1.0, self.shift as i32)
    }

    fn of_column(&self, column: usize, sums: &[i64]) -> i128 {
        let groups = sums.iter().zip(&self.weights[column]);
        groups
            .map(|(&sum, &weight)| i128::from(sum) * i128::from(sum) * i128::from(weight))
            .sum()
    }

    /// A value in steps.
    fn in_steps(&self, value: usize, exact: i128) -> i64 {
        if self.shift == 0 {
            return exact as i64;
        }
        let reference = self.references[value];
        let distance = exact - reference;
        let away = (distance.unsigned_abs() + (1u128 << self.shift) - 1) >> self.shift;
        ((reference >> self.shift) + distance.signum() * away as i128) as i64
    }
}

impl Facts for Squares {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER]);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("weighted squares of the groups' sums of {}", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, _: &ScoreTable) -> Option<Self> {
        None
    }

    fn columns(&self) -> usize {
        self.references.len()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        (self.width == 1).then(|| self.scores.get(position, column))
    }

    fn shape(&self) -> Shape {
        Shape::Between
    }

    fn is_odd(&self) -> bool {
        false
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn contrasts(&self, _: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        let contrast = Contrast {
            label: "all".into(),
            terms: (0..groups.len()).map(|group| (group, 1)).collect(),
            denominator: 1,
        };
        (groups.to_vec(), vec![contrast])
    }

    /// From zero, or a step away from it, to the largest value of any.
    fn bounds(&self, _: &Fold, _: &Contrast, _: &[i32]) -> (i64, i64) {
        (-i64::from(self.shift > 0), self.most)
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a sum of squares is made by enumeration alone")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let segments = values.fold().segments();
        let of = values.columns();
        let mut exact = vec![0i128; values.draws() * of.len()];
        let mut sums = vec![[0i64; LANES]; segments.len()];
        for (first, columns, rows) in self
            .scores
            .tiles_of(of.start * self.width..of.end * self.width)
        {
            for draw in 0..values.draws() {
                let picked = picks.row(draw);
                for (sum, segment) in sums.iter_mut().zip(segments) {
                    *sum = [0; LANES];
                    for &position in &picked[segment.range()] {
                        let row = &rows[position as usize];
                        for lane in 0..LANES {
                            sum[lane] += i64::from(row[lane]);
                        }
                    }
                }
                for lane in 0..columns {
                    let column = first + lane;
                    let mut total = 0i128;
                    for (sum, &weight) in sums.iter().zip(&self.weights[column]) {
                        let sum = i128::from(sum[lane]);
                        total += sum * sum * i128::from(weight);
                    }
                    exact[draw * of.len() + column / self.width - of.start] += total;
                }
            }
        }
        for draw in 0..values.draws() {
            for value in of.clone() {
                let exact = exact[draw * of.len() + value - of.start];
                values.put_one(draw, (0, value), self.in_steps(value, exact));
            }
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, segments: &[Segment]) -> Result<Work<'_>, &'static str> {
        if self.shift > 0 {
            return Err("squares of more than 60 bits run on the CPU alone");
        }
        let weights = self.weights.iter().flatten();
        let own: Result<Vec<i32>, _> = weights.map(|&weight| i32::try_from(weight)).collect();
        Ok(Work::Threads {
            shader: SHADER,
            table: &self.scores,
            levels: None,
            own: own.map_err(|_| "weights of more than 31 bits run on the CPU alone")?,
            constants: vec![("CELLS", self.width as f64)],
            looked: Looked::At(
                match self.width {
                    1 => 1,
                    // A thread has four values, each with columns of its own.
                    width => 4 * width,
                } * segments.iter().map(|segment| segment.len).sum::<usize>(),
            ),
        })
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        let rows: usize = fold.segments().iter().map(|segment| segment.len).sum();
        (self.scores.columns().div_ceil(LANES) * rows) as f64 * ROW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is equal, below and above the reference stays so, whatever the steps.
    #[test]
    fn steps_keep_the_order_about_the_reference() {
        let scores = ScoreTable::from_columns(&[vec![1 << 27, -(1 << 26), 12_345, 7, -3, 1]]);
        let weights = vec![vec![1 << 20, 1 << 21]];
        let observed: [&[u32]; 2] = [&[0, 4], &[1, 2, 3, 5]];
        let squares = Squares::new(scores, 1, weights, &observed).unwrap();
        assert!(squares.shift > 0);
        let reference = squares.references[0];
        let at = squares.in_steps(0, reference);
        for distance in [1, 2, 1 << squares.shift, 1 << (squares.shift + 3)] {
            assert!(squares.in_steps(0, reference + distance) > at);
            assert!(squares.in_steps(0, reference - distance) < at);
        }
        assert_eq!(squares.in_steps(0, reference + 1), at + 1);
    }
}
