//! `distribution`: the largest distance of two groups' distributions.
//! Twin: `shaders/statistic/distribution.wgsl`.

use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::ranks::RankTable;
use super::{Contrast, Fold, Keys, Offset, ScoreTable};
use crate::kernel::{FOLDS, PICKS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that a position of a column takes.
const CELL: f64 = 1.5;

/// Ranks that a thread of a device counts at once; so in the shader.
const BLOCK: usize = 32;

const SHADER: Shader = Shader {
    name: "distribution",
    entry_point: "distribution_values",
    binds: FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/distribution.wgsl"),
    ],
};

/// Kolmogorov's and Smirnov's statistic of two groups that share out all positions: the largest
/// `|F_a - F_b|`, times both sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    table: RankTable,
}

impl Distribution {
    /// Of scores.
    pub fn new(scores: &ScoreTable) -> Self {
        Distribution {
            table: RankTable::new(scores),
        }
    }
}

impl Facts for Distribution {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER]);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("largest distance of two distributions of {}", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(Distribution::new(scores))
    }

    fn columns(&self) -> usize {
        self.table.ranks().columns()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        Some(self.table.score(position, column))
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
        // No difference that changes its sign when groups are exchanged.
        let distance = Contrast {
            label: "all".into(),
            terms: vec![(0, 1), (1, 1)],
            denominator: groups.iter().map(|group| group.len as u64).product(),
        };
        (groups.to_vec(), vec![distance])
    }

    fn bounds(&self, _: &Fold, contrast: &Contrast, _: &[i32]) -> (i64, i64) {
        (0, contrast.denominator as i64)
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a largest distance is made by enumeration alone")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let [a, b] = values.fold().segments() else {
            return;
        };
        let (m, n) = (a.len as i64, b.len as i64);
        let ranks = self.table.ranks();
        let mut heights: Vec<i64> = Vec::new();
        for column in values.columns() {
            let levels = self.table.levels()[column].len();
            for draw in 0..values.draws() {
                let row = picks.row(draw);
                heights.clear();
                heights.resize(levels, 0);
                for (segment, height) in [(a, n), (b, -m)] {
                    for &position in &row[segment.range()] {
                        heights[ranks.get(position as usize, column) as usize] += height;
                    }
                }
                let (mut at, mut farthest) = (0, 0);
                for height in &heights {
                    at += height;
                    farthest = at.abs().max(farthest);
                }
                values.put_one(draw, (0, column), farthest);
            }
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, segments: &[Segment]) -> Result<Work<'_>, &'static str> {
        let sizes = segments.iter().map(|segment| segment.len);
        let highest = sizes.clone().try_fold(1i32, |product, size| {
            product.checked_mul(i32::try_from(size).ok()?)
        });
        if highest.is_none() {
            return Err("the product of the groups' sizes leaves 32 bits");
        }
        let ranks = self.table.levels().iter().map(Vec::len).max().unwrap_or(1);
        let looked = ranks.div_ceil(BLOCK) * (sizes.sum::<usize>() + BLOCK);
        Ok(Work::Threads {
            shader: SHADER,
            table: self.table.ranks(),
            levels: None,
            own: Vec::new(),
            constants: vec![("RANKS", ranks as f64)],
            looked: Looked::At(looked),
        })
    }

    fn nanoseconds(&self, _: &Fold) -> f64 {
        (self.table.ranks().positions() * self.columns()) as f64 * CELL
    }
}
