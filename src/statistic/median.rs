//! `median`: middle order statistics. Twin: `shaders/statistic/median.wgsl`.

#[cfg(target_arch = "x86_64")]
mod by_several;

use wide::{i16x8, i32x8};

use super::contrast::contrasts;
use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::mean::pool_moments;
use super::ranks::RankTable;
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable, Statistic};
use crate::kernel::{PICKS, RANKED_FOLDS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that looking at a row of ranks takes.
const ROW: f64 = 1.0;

const SHADER: Shader = Shader {
    name: "median",
    entry_point: "median_values",
    binds: RANKED_FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/median.wgsl"),
    ],
};

/// Picks of one group that are sorted in registers.
const FEW: usize = 16;

/// The same of at most [`FEW`] picks in one group.
const OF_FEW: Shader = Shader {
    name: "median of few",
    entry_point: "median_few_values",
    binds: RANKED_FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/median_few.wgsl"),
    ],
};

/// The middle picked score (odd K), or the sum of the two middle ones over 2 (even K); over 2 in any case
/// where K varies from draw to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Median {
    table: RankTable,
}

impl Facts for Median {
    const NAMES: &'static [(&'static str, Of)] = &[
        ("median-change", Of::Changes),
        ("median-absolute-change", Of::Sizes),
    ];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Scores(|scores, _, _| {
        let table = RankTable::new(scores);
        Ok(Statistic::Median(Median { table }))
    });
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER, OF_FEW]);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("median over events of {}", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(Median {
            table: RankTable::new(scores),
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

    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn contrasts(&self, labels: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        contrasts(labels, groups, false, |segment| match segment.varies() {
            true => 2,
            false => 2 - (segment.len % 2) as u64,
        })
    }

    /// Medians of the fewest picks go farthest.
    fn bounds(&self, fold: &Fold, contrast: &Contrast, sorted: &[i32]) -> (i64, i64) {
        fold.combined(contrast, |segment| {
            let len = segment.fewest_of(sorted.len());
            let middle = |scores: &[i32]| {
                let upper = i64::from(scores[len / 2]);
                if len % 2 == 1 {
                    upper * if segment.varies() { 2 } else { 1 }
                } else {
                    i64::from(scores[len / 2 - 1]) + upper
                }
            };
            (
                middle(&sorted[..len]),
                middle(&sorted[sorted.len() - len..]),
            )
        })
    }

    fn moments(&self, fold: &Fold, contrast: &Contrast, pool: &[i32]) -> Option<(f64, f64)> {
        let (mean, variance) = pool_moments(pool);
        let (mut centre, mut spread) = (0.0, 0.0);
        for &(segment, weight) in &contrast.terms {
            let (weight, picks) = (weight as f64, fold.segments()[segment].len as f64);
            let scores = 2.0 - picks % 2.0;
            centre += weight * scores * mean;
            spread += 2.0 * (weight * scores).powi(2) * variance;
        }
        Some((centre, spread.sqrt()))
    }

    fn basis(&self) -> Basis<'_> {
        Basis::Places {
            what: "median",
            places: |picks| [(picks - 1) / 2, picks / 2],
        }
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let segments = values.fold().segments();
        let longest = segments.iter().map(|s| s.len).max().unwrap_or(0);
        if self.table.bits() < i16::BITS && longest <= i16::MAX as usize {
            let vary = segments.iter().any(|segment| segment.varies());
            if vary || !self.fold_by_tiles(picks, values) {
                self.fold_in::<W, i16x8>(segments, longest, picks, values);
            }
        } else {
            self.fold_in::<W, i32x8>(segments, longest, picks, values);
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, segments: &[Segment]) -> Result<Work<'_>, &'static str> {
        if let [one] = segments
            && !one.varies()
            && one.start == 0
            && one.len <= FEW
        {
            return Ok(Work::Threads {
                shader: OF_FEW,
                table: self.table.ranks(),
                levels: Some(self.table.levels()),
                own: Vec::new(),
                constants: vec![("FEW", one.len as f64)],
                looked: Looked::Straight,
            });
        }
        let slots = |counts: &dyn Fn(&Segment) -> bool| -> usize {
            let counted = segments.iter().filter(|&segment| counts(segment));
            counted.map(|segment| segment.len).sum()
        };
        // Picks of varying number are counted first; the second middle one is looked for in them and in
        // even numbers.
        let counted = slots(&|s| s.varies());
        let again = slots(&|s| s.varies() || s.len % 2 == 0);
        Ok(Work::Threads {
            shader: SHADER,
            table: self.table.ranks(),
            levels: Some(self.table.levels()),
            own: Vec::new(),
            constants: vec![("BITS", self.table.bits().into())],
            looked: Looked::At(slots(&|_| true) * self.table.bits() as usize + counted + again),
        })
    }

    fn nanoseconds(&self, fold: &Fold) -> f64 {
        fold.gathered() * ROW * f64::from(self.table.bits() + 1)
    }
}

impl Median {
    fn fold_in<W: Offset, R: Tile>(
        &self,
        segments: &[Segment],
        longest: usize,
        picks: &Picks,
        values: &mut Values<'_, W>,
    ) {
        let mut picked_ranks = vec![R::new([0; LANES]); longest];
        let mut numerators = vec![[W::default(); LANES]; segments.len()];
        for (first, columns, rows) in values.tiles(self.table.ranks()) {
            let levels = &self.table.levels()[first..first + columns];
            for draw in 0..values.draws() {
                let picked = picks.row(draw);
                for (numerator, segment) in numerators.iter_mut().zip(segments) {
                    let mut k = segment.len;
                    let slots = &picked[segment.range()];
                    if segment.varies() {
                        k = 0;
                        for &position in slots.iter().filter(|&&slot| slot != Picks::NOBODY) {
                            picked_ranks[k] = R::new(rows[position as usize]);
                            k += 1;
                        }
                    } else {
                        for (rank, &position) in picked_ranks.iter_mut().zip(slots) {
                            *rank = R::new(rows[position as usize]);
                        }
                    }
                    let ranks = &picked_ranks[..k];
                    let [lower, upper] = middle_of(ranks, self.table.bits());
                    let lower_ranks = lower.lanes();
                    let has_two = k % 2 == 0 || segment.varies();
                    let upper_ranks = has_two.then(|| upper.lanes());
                    for (lane, levels) in levels.iter().enumerate() {
                        let low = levels[lower_ranks[lane] as usize];
                        let high = upper_ranks.map_or(0, |ranks| levels[ranks[lane] as usize]);
                        numerator[lane] = W::wrap(i64::from(low) + i64::from(high));
                    }
                }
                values.put(draw, first, columns, &numerators);
            }
        }
    }
}

impl Median {
    /// The same where no group's size varies, by vectors that hold several tiles, if the processor has such;
    /// whether it has.
    fn fold_by_tiles<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) -> bool {
        #[cfg(target_arch = "x86_64")]
        return by_several::fold(&self.table, picks, values);
        #[cfg(not(target_arch = "x86_64"))]
        false
    }
}

/// The ranks of one position in the columns of some tiles, in a vector.
trait Ranks: Copy {
    /// In which lanes a comparison holds.
    type Smaller: Copy;

    /// One number in every lane; no rank is larger than [`i16::MAX`], where they have 16 bits.
    fn all(self, number: i32) -> Self;
    /// A number that no rank exceeds, in every lane.
    fn largest(self) -> Self;
    /// Bits of both.
    fn or(self, other: Self) -> Self;
    /// Where this is smaller.
    fn smaller(self, other: Self) -> Self::Smaller;
    /// One more where a comparison holds.
    fn counting(self, smaller: Self::Smaller) -> Self;
    /// Sum.
    fn plus(self, other: Self) -> Self;
    /// Difference.
    fn minus(self, other: Self) -> Self;
    /// `yes` where a comparison holds, `no` elsewhere.
    fn choose(self, smaller: Self::Smaller, yes: Self, no: Self) -> Self;
    /// The smaller ones.
    fn least(self, other: Self) -> Self;
}

/// The ranks of one tile.
trait Tile: Ranks {
    /// From a row of the table; its ranks fit.
    fn new(row: [i32; LANES]) -> Self;
    /// The lanes.
    fn lanes(self) -> [i32; LANES];
}

macro_rules! ranks {
    ($vector:ty, $word:ty, $narrow:path) => {
        impl Ranks for $vector {
            // -1 in the lanes where it holds, 0 in the others.
            type Smaller = Self;

            #[inline(always)]
            fn all(self, number: i32) -> Self {
                <$vector>::splat(number as $word)
            }

            #[inline(always)]
            fn largest(self) -> Self {
                <$vector>::splat(<$word>::MAX)
            }

            #[inline(always)]
            fn or(self, other: Self) -> Self {
                self | other
            }

            #[inline(always)]
            fn smaller(self, other: Self) -> Self {
                self.simd_lt(other)
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }

            #[inline(always)]
            fn choose(self, smaller: Self, yes: Self, no: Self) -> Self {
                smaller.select(yes, no)
            }

            #[inline(always)]
            fn counting(self, smaller: Self) -> Self {
                self - smaller
            }

            #[inline(always)]
            fn least(self, other: Self) -> Self {
                self.min(other)
            }
        }

        impl Tile for $vector {
            #[inline(always)]
            fn new(row: [i32; LANES]) -> Self {
                $narrow(i32x8::new(row))
            }

            #[inline(always)]
            fn lanes(self) -> [i32; LANES] {
                self.to_array().map(i32::from)
            }
        }
    };
}

// Twice as many ranks fit a register when they need 16 bits only.
ranks!(i16x8, i16, i16x8::from_i32x8_truncate);
ranks!(i32x8, i32, std::convert::identity);

/// The order statistics after `(k - 1) / 2` and after `k / 2` others of `k` ranks, lane by lane.
#[inline(always)]
fn middle_of<R: Ranks>(ranks: &[R], bits: u32) -> [R; 2] {
    let k = ranks.len() as i32;
    let lower = select(ranks, (k - 1) / 2, bits);
    match k % 2 {
        0 => [lower, next(ranks, lower, k / 2)],
        _ => [lower; 2],
    }
}

/// The rank with exactly `below` order statistics before it, lane by lane: the largest `r` that
/// at most `below` of the ranks are smaller than, built from its highest bit down.
#[inline(always)]
fn select<R: Ranks>(ranks: &[R], below: i32, bits: u32) -> R {
    let Some(any) = ranks.first() else {
        unreachable!("a group has a pick");
    };
    let mut selected = any.all(0);
    for bit in (0..bits).rev() {
        let candidate = selected.or(any.all(1 << bit));
        // Four counts side by side: one alone would wait for itself at every pick.
        let mut counts = [any.all(0); 4];
        let (fours, rest) = ranks.as_chunks::<4>();
        for four in fours {
            for (count, rank) in counts.iter_mut().zip(four) {
                *count = count.counting(rank.smaller(candidate));
            }
        }
        for (count, rank) in counts.iter_mut().zip(rest) {
            *count = count.counting(rank.smaller(candidate));
        }
        let smaller = counts[0].plus(counts[1]).plus(counts[2].plus(counts[3]));
        let too_many = any.all(below).smaller(smaller);
        selected = any.choose(too_many, selected, candidate);
    }
    selected
}

/// The order statistic after the `h`-th, given the `h`-th, lane by lane.
#[inline(always)]
fn next<R: Ranks>(ranks: &[R], lower: R, h: i32) -> R {
    let mut above = lower.all(0);
    let none = lower.largest();
    let mut least = none;
    for &rank in ranks {
        let greater = lower.smaller(rank);
        above = above.counting(greater);
        least = least.least(rank.choose(greater, rank, none));
    }
    // More than h ranks at most `lower`: it is the next one, too.
    let at_most = lower.all(ranks.len() as i32).minus(above);
    lower.choose(lower.all(h).smaller(at_most), lower, least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees_with_sorting<R: Tile>() {
        let rows: Vec<[i32; LANES]> = (0..13)
            .map(|i: i32| std::array::from_fn(|lane| (i * 7 + lane as i32 * 3) % (5 + lane as i32)))
            .collect();
        let ranks: Vec<R> = rows.iter().map(|&row| R::new(row)).collect();
        for k in 1..=ranks.len() {
            for below in 0..k {
                let selected = select(&ranks[..k], below as i32, 4);
                for lane in 0..LANES {
                    let mut sorted: Vec<_> = rows[..k].iter().map(|r| r[lane]).collect();
                    sorted.sort_unstable();
                    assert_eq!(selected.lanes()[lane], sorted[below]);
                    if below + 1 < k {
                        let after = next(&ranks[..k], selected, below as i32 + 1);
                        assert_eq!(after.lanes()[lane], sorted[below + 1]);
                    }
                }
            }
        }
    }

    #[test]
    fn selection_agrees_with_sorting() {
        agrees_with_sorting::<i16x8>();
        agrees_with_sorting::<i32x8>();
    }
}
