//! `trimmed-mean-change`: the mean of the scores left after the same number is taken away at each end.
//! Twin: `shaders/statistic/trimmed_mean_change.wgsl`.

use super::contrast::contrasts;
use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, OwnKey, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::ranks::RankTable;
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable, Statistic};
use crate::kernel::{PICKS, RANKED_FOLDS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that sorting takes a row and a doubling of their number.
const ROW: f64 = 8.0;

/// The share that is trimmed at each end where a test says nothing.
const TRIM: f64 = 0.1;

const SHADER: Shader = Shader {
    name: "trimmed-mean-change",
    entry_point: "trimmed_mean_change_values",
    binds: RANKED_FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/trimmed_mean_change.wgsl"),
    ],
};

/// Sums of the picked scores without the `floor(trim K)` smallest and as many of the largest, over the
/// number of those left.
#[derive(Debug, Clone, PartialEq)]
pub struct TrimmedMeanChange {
    table: RankTable,
    trim: f64,
}

impl TrimmedMeanChange {
    /// Scores taken away at each end of so many. A share such as 0.29 of 100 is 29, which floats fall
    /// just short of.
    fn trimmed(&self, picks: usize) -> usize {
        (self.trim * picks as f64 + 1e-9) as usize
    }

    /// The places of sorted scores that are left.
    fn kept(&self, picks: usize) -> std::ops::Range<usize> {
        self.trimmed(picks)..picks - self.trimmed(picks)
    }
}

fn is_share(trim: f64) -> bool {
    (0.0..0.5).contains(&trim)
}

impl Facts for TrimmedMeanChange {
    const NAMES: &'static [(&'static str, Of)] = &[("trimmed-mean-change", Of::Changes)];
    const KEYS: &'static [Key] = &[Key {
        name: "trim",
        own: Some(OwnKey {
            takes: "a number from 0 to below 0.5, such as 0.1",
            help: "Share of the events left out at each end of their changes; default: 0.1.",
        }),
        problem: "only trimmed means leave out a share of the events at each end",
    }];
    const SOURCE: Source = Source::Scores(|scores, groups, keys| {
        if groups.iter().any(|group| group.varies()) {
            return Err(Refusal {
                key: "statistic",
                problem: "a trimmed mean needs groups whose numbers of events do not vary from draw to draw"
                    .to_owned(),
                remedy: "take \"mean-change\" or \"median-change\", or clusters of one size",
            });
        }
        Ok(Statistic::TrimmedMeanChange(TrimmedMeanChange {
            table: RankTable::new(scores),
            trim: keys.trim.unwrap_or(TRIM),
        }))
    });
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER]);

    fn formula(_: Of, keys: &Keys, words: &Words<'_>) -> String {
        let trim = keys.trim.unwrap_or(TRIM);
        format!(
            "mean over events of {}, of K events without the floor({trim} K) smallest and largest",
            words.scores
        )
    }

    fn check(keys: &Keys) -> Result<(), Refusal> {
        match keys.trim {
            // Also where it is not a number.
            Some(trim) if !is_share(trim) => Err(Refusal {
                key: "trim",
                problem: format!("{trim} is no share that leaves events between both ends"),
                remedy: "Give a number from 0 to below 0.5, such as 0.1.",
            }),
            _ => Ok(()),
        }
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(TrimmedMeanChange {
            table: RankTable::new(scores),
            trim: self.trim,
        })
    }

    fn columns(&self) -> usize {
        self.table.ranks().columns()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        Some(self.table.score(position, column))
    }

    fn shape(&self) -> Shape {
        Shape::Order
    }

    /// As many go at one end as at the other.
    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn contrasts(&self, labels: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        contrasts(labels, groups, false, |segment| {
            self.kept(segment.len).len() as u64
        })
    }

    fn bounds(&self, fold: &Fold, contrast: &Contrast, sorted: &[i32]) -> (i64, i64) {
        fold.combined(contrast, |segment| {
            let kept = |scores: &[i32]| {
                let kept = scores[self.kept(segment.len)].iter();
                kept.map(|&score| i64::from(score)).sum()
            };
            (
                kept(&sorted[..segment.len]),
                kept(&sorted[sorted.len() - segment.len..]),
            )
        })
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a trimmed mean has no closed form")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let segments = values.fold().segments();
        let mut sums = vec![[W::default(); LANES]; segments.len()];
        let mut ranks = Vec::new();
        for (first, columns, rows) in values.tiles(self.table.ranks()) {
            let levels = &self.table.levels()[first..first + columns];
            for draw in 0..values.draws() {
                let picked = picks.row(draw);
                for (sum, segment) in sums.iter_mut().zip(segments) {
                    for (lane, levels) in levels.iter().enumerate() {
                        ranks.clear();
                        let slots = picked[segment.range()].iter();
                        ranks.extend(slots.map(|&position| rows[position as usize][lane]));
                        ranks.sort_unstable();
                        let kept = ranks[self.kept(segment.len)].iter();
                        let kept = kept.map(|&rank| i64::from(levels[rank as usize]));
                        sum[lane] = W::wrap(kept.sum());
                    }
                }
                values.put(draw, first, columns, &sums);
            }
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, segments: &[Segment]) -> Result<Work<'_>, &'static str> {
        let picks: usize = segments.iter().map(|segment| segment.len).sum();
        Ok(Work::Threads {
            shader: SHADER,
            table: self.table.ranks(),
            levels: Some(self.table.levels()),
            own: segments
                .iter()
                .map(|segment| self.trimmed(segment.len) as i32)
                .collect(),
            constants: vec![("BITS", self.table.bits().into())],
            // Each bisection looks at all picks a bit, and the sum at all once.
            looked: Looked::At(picks * (self.table.bits() as usize + 1)),
        })
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        let longest = fold.segments().iter().map(|s| s.len).max().unwrap_or(1);
        fold.gathered() * ROW * (longest as f64).log2().max(1.0)
    }
}
