//! `product`: sums of scores times a weight of their slot. Twin: `shaders/statistic/product.wgsl`.

use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable};
use crate::kernel::{FOLDS, PICKS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that gathering a row of a tile takes.
const ROW: f64 = 1.2;

const SHADER: Shader = Shader {
    name: "product",
    entry_point: "product_values",
    binds: FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/product.wgsl"),
    ],
};

/// `sum_slot w(slot) s(pick(slot))`: what correlations are made of, where a draw deals the values of
/// one variable over the rows of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    scores: ScoreTable,
    /// By slot of a draw.
    weights: Vec<i32>,
}

impl Product {
    /// Of scores by position and weights by slot; the groups have as many members in every draw.
    pub fn new(scores: ScoreTable, weights: Vec<i32>) -> Self {
        Product { scores, weights }
    }
}

/// All slots of a draw as one segment, with one value.
pub(super) fn whole_draw(groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
    let picks = groups.iter().map(|group| group.len).sum();
    let segment = Segment::new(0, picks);
    (vec![segment], vec![Contrast::segment("all", 0, 1)])
}

impl Facts for Product {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER]);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("sum over rows of {} times the variable", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(Product::new(scores.clone(), self.weights.clone()))
    }

    fn columns(&self) -> usize {
        self.scores.columns()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        Some(self.scores.get(position, column))
    }

    fn shape(&self) -> Shape {
        Shape::Weighted
    }

    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn contrasts(&self, _: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        whole_draw(groups)
    }

    /// By the rearrangement inequality (Hardy, Littlewood and Polya 1934): sorted alike, or against
    /// each other.
    fn bounds(&self, _: &Fold, _: &Contrast, sorted: &[i32]) -> (i64, i64) {
        let mut weights = self.weights.clone();
        weights.sort_unstable();
        let sum = |scores: &mut dyn Iterator<Item = &i32>| -> i64 {
            let pairs = weights.iter().zip(scores);
            pairs.map(|(&w, &s)| i64::from(w) * i64::from(s)).sum()
        };
        (sum(&mut sorted.iter().rev()), sum(&mut sorted.iter()))
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a sum of products is made by enumeration alone")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let mut sums = [[W::default(); LANES]];
        for (first, columns, rows) in values.tiles(&self.scores) {
            for draw in 0..values.draws() {
                let mut total = [W::default(); LANES];
                for (&position, &weight) in picks.row(draw).iter().zip(&self.weights) {
                    let row = &rows[position as usize];
                    for lane in 0..LANES {
                        let product = i64::from(row[lane]) * i64::from(weight);
                        total[lane] = total[lane].plus(W::wrap(product));
                    }
                }
                sums[0] = total;
                values.put(draw, first, columns, &sums);
            }
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        Ok(Work::Threads {
            shader: SHADER,
            table: &self.scores,
            levels: None,
            own: self.weights.clone(),
            constants: Vec::new(),
            looked: Looked::At(self.weights.len()),
        })
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        fold.gathered() * ROW
    }
}
