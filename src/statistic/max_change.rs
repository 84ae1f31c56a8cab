//! `max-change`: the largest score. Twin: `shaders/statistic/max_change.wgsl`.

use super::contrast::contrasts;
use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable, Statistic};
use crate::kernel::{FOLDS, PICKS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that looking at a row of a tile takes.
const ROW: f64 = 0.8;

const SHADER: Shader = Shader {
    name: "max-change",
    entry_point: "max_change_values",
    binds: FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/max_change.wgsl"),
    ],
};

/// The largest of the picked scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaxChange {
    scores: ScoreTable,
}

impl Facts for MaxChange {
    const NAMES: &'static [(&'static str, Of)] = &[("max-change", Of::Changes)];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Scores(|scores, _, _| {
        let scores = scores.clone();
        Ok(Statistic::MaxChange(MaxChange { scores }))
    });
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER]);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("largest over events of {}", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(MaxChange {
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
        Shape::Order
    }

    /// The largest of negated scores is minus the least of them.
    fn is_odd(&self) -> bool {
        false
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn contrasts(&self, labels: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        contrasts(labels, groups, false, |_| 1)
    }

    /// The largest of the fewest picks goes lowest.
    fn bounds(&self, fold: &Fold, contrast: &Contrast, sorted: &[i32]) -> (i64, i64) {
        fold.combined(contrast, |segment| {
            let least = sorted[segment.fewest_of(sorted.len()) - 1];
            (least.into(), sorted[sorted.len() - 1].into())
        })
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::Places {
            what: "largest value",
            places: |picks| [picks - 1; 2],
        }
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let segments = values.fold().segments();
        let mut maxima = vec![[W::default(); LANES]; segments.len()];
        for (first, columns, rows) in values.tiles(&self.scores) {
            for draw in 0..values.draws() {
                let picked = picks.row(draw);
                for (maximum, segment) in maxima.iter_mut().zip(segments) {
                    let mut most = [i32::MIN; LANES];
                    let slots = picked[segment.range()].iter();
                    for &position in slots.filter(|&&slot| slot != Picks::NOBODY) {
                        for (most, &score) in most.iter_mut().zip(&rows[position as usize]) {
                            *most = score.max(*most);
                        }
                    }
                    *maximum = most.map(|score| W::wrap(score.into()));
                }
                values.put(draw, first, columns, &maxima);
            }
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, segments: &[Segment]) -> Result<Work<'_>, &'static str> {
        Ok(Work::Threads {
            shader: SHADER,
            table: &self.scores,
            levels: None,
            own: Vec::new(),
            constants: Vec::new(),
            looked: Looked::At(segments.iter().map(|segment| segment.len).sum()),
        })
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        fold.gathered() * ROW
    }
}
