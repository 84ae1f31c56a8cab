//! `mean` where the number of a group's picks varies from draw to draw: a ratio of two sums.

use super::contrast::contrasts;
use super::facts::{Arithmetic, Basis, Facts, Key, Of, Refusal, Shape, Source, Words, Work};
use super::fold::Values;
use super::mean::ROW;
use super::{Contrast, Fold, Keys, LANES, Mean, Offset, ScoreTable};
use crate::kernel::Shader;
use crate::null::{Picks, Segment};

/// Bits of the largest value's numerator, and of a difference's two parts together.
const NUMERATOR_BITS: u32 = 59;

/// Nanoseconds of a ratio of two sums, in 128 bits.
const RATIO: f64 = 30.0;

/// Why a device leaves them to the CPU.
const ON_THE_CPU: &str =
    "means over clusters of unequal size are ratios, which the CPU divides in 128 bits";

/// Means over the picks that a draw has, counted in steps of `1/denominator` of a score.
///
/// A mean is a fraction whose denominator is the draw's number of picks, and a difference of two has
/// the product of both for one. A value is the multiple of a step that is nearest to its fraction,
/// halves away from zero: the same fraction is the same multiple in every draw, the order is kept, and
/// so are signs. Fractions whose denominators are at most `D` lie `1/D^2` apart at least, so that ties
/// are ties, and no others, as long as the denominator is above `D^2`; with larger scores values
/// nearer to each other than a step, some `2^-58` of the largest score, may tie, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeanRatio {
    scores: ScoreTable,
    denominator: u64,
}

impl MeanRatio {
    /// Over the columns of `scores`.
    pub fn new(scores: ScoreTable) -> Self {
        let columns = 0..scores.columns();
        let sizes = columns.flat_map(|c| {
            let scores = &scores;
            (0..scores.positions()).map(move |p| scores.get(p, c).unsigned_abs())
        });
        let bits = u32::BITS - sizes.max().unwrap_or(0).leading_zeros();
        MeanRatio {
            scores,
            denominator: 1 << (NUMERATOR_BITS - 1 - bits),
        }
    }

    /// Steps of a score.
    pub fn denominator(&self) -> u64 {
        self.denominator
    }

    /// The multiple of a step that is nearest to `numerator / denominator`, halves away from zero.
    fn nearest(&self, numerator: i64, denominator: i128) -> i64 {
        nearest(
            i128::from(numerator) * i128::from(self.denominator),
            denominator,
        )
    }

    /// Smallest and largest numerator of a segment's mean, given the sorted column: means of the fewest
    /// picks go farthest.
    fn bounds_of(&self, sorted: &[i32], segment: Segment) -> (i64, i64) {
        let least = segment.fewest_of(sorted.len());
        let sum = |scores: &[i32]| scores.iter().map(|&s| i64::from(s)).sum();
        let value = |sum| self.nearest(sum, least as i128);
        (
            value(sum(&sorted[..least])),
            value(sum(&sorted[sorted.len() - least..])),
        )
    }
}

impl Facts for MeanRatio {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Err(ON_THE_CPU);

    fn formula(of: Of, keys: &Keys, words: &Words<'_>) -> String {
        Mean::formula(of, keys, words)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(MeanRatio::new(scores.clone()))
    }

    fn columns(&self) -> usize {
        self.scores.columns()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        Some(self.scores.get(position, column))
    }

    fn shape(&self) -> Shape {
        Shape::Ratio
    }

    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Rounded
    }

    fn contrasts(&self, labels: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        contrasts(labels, groups, false, |_| self.denominator)
    }

    fn bounds(&self, fold: &Fold, contrast: &Contrast, sorted: &[i32]) -> (i64, i64) {
        let (low, high) = fold.combined(contrast, |segment| self.bounds_of(sorted, segment));
        match contrast.terms[..] {
            // A difference is rounded once, its bounds twice.
            [_, _, ..] => (low - 1, high + 1),
            _ => (low, high),
        }
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::Ratios(&self.scores)
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let (segments, contrasts) = (values.fold().segments(), values.fold().contrasts());
        let steps = i128::from(self.denominator);
        // Sums, and their numbers of picks.
        let mut means = vec![([0i64; LANES], 0i128); segments.len()];
        for (first, columns, rows) in values.tiles(&self.scores) {
            for draw in 0..values.draws() {
                let row = picks.row(draw);
                for (mean, segment) in means.iter_mut().zip(segments) {
                    *mean = ([0; LANES], 0);
                    let slots = row[segment.range()].iter();
                    for &position in slots.filter(|&&position| position != Picks::NOBODY) {
                        let scores = &rows[position as usize];
                        for (sum, &score) in mean.0.iter_mut().zip(scores) {
                            *sum += i64::from(score);
                        }
                        mean.1 += 1;
                    }
                }
                for (c, contrast) in contrasts.iter().enumerate() {
                    for lane in 0..columns {
                        let (mut p, mut q) = (0, 1);
                        for &(segment, weight) in &contrast.terms {
                            let (sums, k) = &means[segment];
                            p = p * k + i128::from(weight) * i128::from(sums[lane]) * q;
                            q *= k;
                        }
                        values.put_one(draw, (c, first + lane), nearest(p * steps, q));
                    }
                }
            }
        }
    }
    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        Err(ON_THE_CPU)
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        let tiles = fold.columns().div_ceil(LANES) as f64;
        let ratios = (LANES * fold.contrasts().len()) as f64;
        fold.gathered() * ROW + tiles * ratios * RATIO
    }
}

/// `p / q` rounded to a whole number, halves away from zero; `q` is positive.
fn nearest(p: i128, q: i128) -> i64 {
    let away = (2 * p.abs() + q) / (2 * q);
    (p.signum() * away) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let of = |p, q| nearest(p, q);
        assert_eq!([of(7, 2), of(-7, 2), of(10, 3), of(-11, 3)], [4, -4, 3, -4]);
        assert_eq!([of(0, 5), of(1, 3), of(-1, 3)], [0, 0, 0]);
    }

    /// Every fraction of sums and counts of a small table, in order, with its ties and no others.
    #[test]
    fn steps_tell_fractions_apart() {
        let scores = ScoreTable::from_columns(&[vec![-(1 << 28) + 1, 1 << 27]]);
        let ratio = MeanRatio::new(scores);
        let steps = i128::from(ratio.denominator());
        let mut fractions: Vec<(i128, i128)> = (1..=60)
            .flat_map(|q| (-90..=90).map(move |p| (p, q)))
            .collect();
        fractions.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
        for pair in fractions.windows(2) {
            let [(p, q), (r, s)] = [pair[0], pair[1]];
            let numerators = (nearest(p * steps, q), nearest(r * steps, s));
            assert_eq!(
                (p * s).cmp(&(r * q)),
                numerators.0.cmp(&numerators.1),
                "{p}/{q} {r}/{s}"
            );
            assert_eq!(nearest(-p * steps, q), -numerators.0);
        }
    }
}
