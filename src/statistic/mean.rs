//! `mean`: sums of scores. Twin: `shaders/statistic/mean.wgsl`.

use pulp::{Arch, Simd, WithSimd};

use super::contrast::contrasts;
use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::{Contrast, Fold, Keys, LANES, MeanRatio, Offset, ScoreTable, Statistic};
use crate::kernel::{FOLDS, PICKS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that gathering a row of a tile takes.
pub(super) const ROW: f64 = 0.8;

const SHADER: Shader = Shader {
    name: "mean",
    entry_point: "mean_values",
    binds: FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/mean.wgsl"),
    ],
};

/// Sums of the picked scores, over the number of picks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mean {
    scores: ScoreTable,
}

impl Facts for Mean {
    const NAMES: &'static [(&'static str, Of)] = &[
        ("mean-change", Of::Changes),
        ("mean-absolute-change", Of::Sizes),
    ];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Scores(|scores, groups, _| {
        let scores = scores.clone();
        Ok(match groups.iter().any(|group| group.varies()) {
            true => Statistic::MeanRatio(MeanRatio::new(scores)),
            false => Statistic::Mean(Mean { scores }),
        })
    });
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER]);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("mean over events of {}", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(Mean {
            scores: scores.clone(),
        })
    }

    fn columns(&self) -> usize {
        self.scores.columns()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        Some(self.scores.get(position, column))
    }

    fn shape(&self) -> Shape {
        Shape::Linear
    }

    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn contrasts(&self, labels: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        contrasts(labels, groups, true, |segment| segment.len as u64)
    }

    fn bounds(&self, fold: &Fold, contrast: &Contrast, sorted: &[i32]) -> (i64, i64) {
        let sum = |scores: &[i32]| scores.iter().map(|&s| i64::from(s)).sum();
        fold.combined(contrast, |segment| {
            let (low, high) = (
                &sorted[..segment.len],
                &sorted[sorted.len() - segment.len..],
            );
            (sum(low), sum(high))
        })
    }

    fn moments(&self, fold: &Fold, contrast: &Contrast, pool: &[i32]) -> Option<(f64, f64)> {
        let n = pool.len() as f64;
        let (mean, variance) = pool_moments(pool);
        let (mut centre, mut spread) = (0.0, 0.0);
        for &(segment, weight) in &contrast.terms {
            let (weight, picks) = (weight as f64, fold.segments()[segment].len as f64);
            // The variance of a contrast of distinct draws is sigma^2/(N - 1) times
            // N sum w^2 k - (sum w k)^2; without the last term it is a bound, good enough for bins.
            centre += weight * picks * mean;
            spread += weight.powi(2) * picks * variance * n / (n - 1.0).max(1.0);
        }
        Some((centre, spread.sqrt()))
    }

    fn basis(&self) -> Basis<'_> {
        Basis::Sums(&self.scores)
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        Arch::new().dispatch(Summed {
            scores: &self.scores,
            picks,
            values,
        });
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        Ok(Work::Threads {
            shader: SHADER,
            table: &self.scores,
            levels: None,
            own: Vec::new(),
            constants: Vec::new(),
            looked: Looked::Parts,
        })
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        fold.gathered() * ROW
    }
}

/// The sums of segments.
struct Summed<'a, 'v, W> {
    scores: &'a ScoreTable,
    picks: &'a Picks,
    values: &'a mut Values<'v, W>,
}

impl<W: Offset> WithSimd for Summed<'_, '_, W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Summed {
            scores,
            picks,
            values,
        } = self;
        let segments = values.fold().segments();
        let mut sums = vec![vec![[W::default(); LANES]; values.draws()]; segments.len()];
        for (first, columns, rows) in values.tiles(scores) {
            for (sums, segment) in sums.iter_mut().zip(segments) {
                for (draw, sum) in sums.iter_mut().enumerate() {
                    let mut total = [W::default(); LANES];
                    for &position in &picks.row(draw)[segment.range()] {
                        let row = &rows[position as usize];
                        for lane in 0..LANES {
                            total[lane] = total[lane].plus(W::wrap(i64::from(row[lane])));
                        }
                    }
                    *sum = total;
                }
            }
            values.put_all(first, columns, &sums);
        }
    }
}

/// Mean and variance of the scores of a pool.
pub(super) fn pool_moments(pool: &[i32]) -> (f64, f64) {
    let n = pool.len() as f64;
    let mean = pool.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
    let distances = pool.iter().map(|&s| (f64::from(s) - mean).powi(2));
    (mean, distances.sum::<f64>() / n)
}
