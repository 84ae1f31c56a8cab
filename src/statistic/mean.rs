//! `mean`: sums of scores. Twin: `shaders/statistic/mean.wgsl`.

use pulp::{Arch, Simd, WithSimd};

use super::contrast::contrasts;
use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::{Contrast, Fold, Keys, LANES, MeanRatio, Offset, ScoreTable, Statistic};
use crate::kernel::{Buffer, FOLDS, PHILOX, PICKS, Shader, VALUES, WIDE};
use crate::null::{CANDIDATES, Picks, SEEN_WORKGROUP, Segment};

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

/// The same of distinct positions, summed as they are accepted.
const AS_DRAWN: Shader = Shader {
    name: "mean, as drawn",
    entry_point: "mean_as_drawn",
    binds: &[
        Buffer::Slice,
        Buffer::Values,
        Buffer::Tables,
        Buffer::Shape,
        Buffer::Tallies,
    ],
    files: &[
        PHILOX[0],
        PHILOX[1],
        SEEN_WORKGROUP,
        CANDIDATES,
        include_str!("../../shaders/statistic/mean_as_drawn.wgsl"),
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
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER, AS_DRAWN]);

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
            looked: Looked::Parts { as_drawn: AS_DRAWN },
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
        let draws = values.draws();
        let mut sums = vec![vec![[W::default(); LANES]; draws]; segments.len()];
        if let Some(fours) = Fours::of(picks, segments, draws, scores) {
            let tiles: Vec<_> = values.tiles(scores).collect();
            let mut second = sums.clone();
            let mut table = fours.table();
            for pair in tiles.chunks(2) {
                let [first, other] = [&pair[0], pair.last().unwrap_or(&pair[0])];
                fours.fill(&mut table, [first.2, other.2]);
                for (segment, (sums, second)) in sums.iter_mut().zip(&mut second).enumerate() {
                    fours.sums(&table, segment, [sums, second]);
                }
                values.put_all(first.0, first.1, &sums);
                if pair.len() > 1 {
                    values.put_all(other.0, other.1, &second);
                }
            }
            return;
        }
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

/// Sums of many columns over large groups of distinct positions: what each four neighbouring positions
/// add, picked or not, is made once for two tiles of columns, so that a draw adds a row for four positions
/// instead of one for each that it picks. After the "four Russians" (Arlazarov, Dinic, Kronrod and
/// Faradzev 1970).
struct Fours {
    /// Fours of positions.
    fours: usize,
    /// By segment, draw and four, which of its positions are picked.
    picked: Vec<Vec<u8>>,
}

/// Rows of a table of [`Fours`]: a four's subsets.
const SUBSETS: usize = 16;

/// Fours of which the rows of two tiles stay near the core.
const MOST_FOURS: usize = 256;

/// Columns from which making the rows pays.
const MANY_COLUMNS: usize = 64;

impl Fours {
    /// `None` where adding picks one by one takes fewer additions, or a draw picks a position twice.
    fn of(picks: &Picks, segments: &[Segment], draws: usize, scores: &ScoreTable) -> Option<Self> {
        let fours = scores.positions().div_ceil(4);
        let pays = |segment: &Segment| !segment.varies() && segment.len > fours + fours / 4;
        let pays = segments.iter().all(pays)
            && fours <= MOST_FOURS
            && scores.columns() >= MANY_COLUMNS
            && draws >= SUBSETS;
        if !pays {
            return None;
        }
        let mut picked = Vec::with_capacity(segments.len());
        for segment in segments {
            let mut of_draws = vec![0; draws * fours];
            for (draw, of_draw) in of_draws.chunks_exact_mut(fours).enumerate() {
                for &position in &picks.row(draw)[segment.range()] {
                    let (four, bit) = (&mut of_draw[position as usize / 4], 1 << (position % 4));
                    if *four & bit != 0 {
                        return None;
                    }
                    *four |= bit;
                }
            }
            picked.push(of_draws);
        }
        Some(Fours { fours, picked })
    }

    fn table<W: Offset>(&self) -> Vec<Row<W>> {
        vec![[W::default(); 2 * LANES]; self.fours * SUBSETS]
    }

    /// The rows of two tiles.
    #[inline(always)]
    fn fill<W: Offset>(&self, table: &mut [Row<W>], tiles: [&[[i32; LANES]]; 2]) {
        for (four, rows) in table.as_chunks_mut::<SUBSETS>().0.iter_mut().enumerate() {
            for added in 0..4 {
                let of_tile = |tile: &[[i32; LANES]]| {
                    let scores = tile.get(4 * four + added).copied();
                    scores.unwrap_or_default()
                };
                let scores = tiles.map(of_tile);
                let (without, with) = rows.split_at_mut(1 << added);
                for (row, without) in with.iter_mut().zip(&*without) {
                    for lane in 0..2 * LANES {
                        let score = scores.as_flattened()[lane];
                        row[lane] = without[lane].plus(W::wrap(i64::from(score)));
                    }
                }
            }
        }
    }

    /// The sums of a segment in all draws, of two tiles.
    #[inline(always)]
    fn sums<W: Offset>(
        &self,
        table: &[Row<W>],
        segment: usize,
        [first, second]: [&mut [[W; LANES]]; 2],
    ) {
        let draws = self.picked[segment].chunks_exact(self.fours);
        for (picked, (first, second)) in draws.zip(first.iter_mut().zip(second)) {
            let mut total = [W::default(); 2 * LANES];
            let mut add = |at: usize| {
                // Looked up so, a row after the other: without the check of its bounds, the compiler would
                // gather from eight rows at once, word by word.
                let row = &table[at];
                for lane in 0..2 * LANES {
                    total[lane] = total[lane].plus(row[lane]);
                }
            };
            let (quads, rest) = picked.as_chunks::<4>();
            for (quad, subsets) in quads.iter().enumerate() {
                for (four, &subset) in subsets.iter().enumerate() {
                    add((4 * quad + four) * SUBSETS + usize::from(subset));
                }
            }
            for (four, &subset) in (4 * quads.len()..).zip(rest) {
                add(four * SUBSETS + usize::from(subset));
            }
            first.copy_from_slice(&total[..LANES]);
            second.copy_from_slice(&total[LANES..]);
        }
    }
}

/// What a subset of four positions adds in the columns of two tiles.
type Row<W> = [W; 2 * LANES];

/// Mean and variance of the scores of a pool.
pub(super) fn pool_moments(pool: &[i32]) -> (f64, f64) {
    let n = pool.len() as f64;
    let mean = pool.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
    let distances = pool.iter().map(|&s| (f64::from(s) - mean).powi(2));
    (mean, distances.sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null::philox4x32_10;

    /// Many columns and large groups are summed by fours of positions: the same numerators as of each draw
    /// alone, whose picks are added one by one.
    #[test]
    fn sums_by_fours_are_sums() {
        let word = |a: usize, b: usize| philox4x32_10([a as u32, b as u32, 0, 0], [3, 4])[0];
        // A position more than whole fours, three columns more than whole tiles.
        let (positions, columns, draws) = (41, 2 * MANY_COLUMNS + 3, 37);
        let scores: Vec<Vec<i32>> = (0..columns)
            .map(|c| (0..positions).map(|p| word(p, c) as i32 >> 8).collect())
            .collect();
        let statistic = Statistic::Mean(Mean {
            scores: ScoreTable::from_columns(&scores),
        });
        let labels = ["a".to_owned(), "b".to_owned()];
        let groups = [Segment::new(0, 21), Segment::new(21, 20)];
        let fold = Fold::new(statistic, &labels, &groups);
        let mut picks = Picks::new(draws, positions);
        for draw in 0..draws {
            let mut order: Vec<u32> = (0..positions as u32).collect();
            order.sort_by_key(|&position| word(position as usize, 1000 + draw));
            picks.row_mut(draw)[..positions].copy_from_slice(&order);
        }
        let Basis::Sums(table) = fold.statistic().basis() else {
            panic!("means are sums");
        };
        assert!(Fours::of(&picks, fold.segments(), draws, table).is_some());
        let mut offsets = vec![0u64; fold.values() * draws];
        let floors = vec![0; fold.values()];
        fold.offsets(&picks, &(0..columns), &floors, draws, &mut offsets);
        for draw in 0..draws {
            let alone = fold.numerators(picks.row(draw));
            for (value, alone) in alone.into_iter().enumerate() {
                assert_eq!(Some(offsets[value * draws + draw] as i64), alone);
            }
        }
        // A position that is picked twice is added twice.
        picks.row_mut(0)[1] = picks.row_mut(0)[0];
        assert!(Fours::of(&picks, fold.segments(), draws, table).is_none());
    }
}
