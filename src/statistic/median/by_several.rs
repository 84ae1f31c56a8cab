//! Medians of several tiles of columns at a time, in the vectors of AVX2 and AVX-512, which are found at run
//! time. Twin of the fold of one tile in `median.rs`.

use pulp::x86::{V3, V4};
use pulp::{Arch, Simd, WithSimd, i16x16, i16x32};

use super::{RankTable, Ranks, middle_of};
use crate::null::Picks;
use crate::statistic::fold::Values;
use crate::statistic::{LANES, Offset};

/// Folds by the widest vectors that there are; false where the processor has none of more than one tile.
pub(super) fn fold<W: Offset>(
    table: &RankTable,
    picks: &Picks,
    values: &mut Values<'_, W>,
) -> bool {
    match Arch::new() {
        Arch::V4(lanes) => Simd::vectorize(
            lanes,
            BySeveral::<_, Wide> {
                lanes,
                table,
                picks,
                values,
            },
        ),
        Arch::V3(lanes) => Simd::vectorize(
            lanes,
            BySeveral::<_, Half> {
                lanes,
                table,
                picks,
                values,
            },
        ),
        _ => return false,
    }
    true
}

/// Selects the middle ranks of as many tiles at a time as a vector holds, each one of a draw: the tiles of a
/// draw one after the other, then those of the next.
struct BySeveral<'a, 'v, W, R: Tiles> {
    lanes: R::Of,
    table: &'a RankTable,
    picks: &'a Picks,
    values: &'a mut Values<'v, W>,
}

/// The ranks of several tiles in 16 bits each, side by side.
trait Tiles: Ranks {
    /// The vectors of a processor.
    type Of: Copy;
    /// How many tiles.
    const TILES: usize;

    /// From a row a tile.
    fn from_rows(lanes: Self::Of, rows: &[[i16; LANES]]) -> Self;
    /// Into a row a tile.
    fn into_rows(self, rows: &mut [[i16; LANES]]);
}

impl<W: Offset, R: Tiles> WithSimd for BySeveral<'_, '_, W, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let BySeveral {
            lanes,
            table,
            picks,
            values,
        } = self;
        let segments = values.fold().segments();
        let longest = segments.iter().map(|s| s.len).max().unwrap_or(0);
        let tiles = values.tiles(table.ranks());
        let tiles: Vec<_> = tiles
            .map(|(at, columns, _)| (at, columns, table.narrow(at)))
            .collect();
        let pairs = values.draws() * tiles.len();
        // Of a pick and a tile; past the last pair of a draw and a tile it is taken again.
        let mut rows = vec![[0; LANES]; longest * R::TILES];
        let mut ranks: Vec<R> = Vec::with_capacity(longest);
        let mut middle = vec![[[0; LANES]; 2]; R::TILES];
        let mut found = vec![[0; LANES]; R::TILES];
        let mut numerators = vec![[W::default(); LANES]; R::TILES * segments.len()];
        for first in (0..pairs).step_by(R::TILES) {
            let pair = |t: usize| {
                let pair = (first + t).min(pairs - 1);
                (pair / tiles.len(), &tiles[pair % tiles.len()])
            };
            for (s, segment) in segments.iter().enumerate() {
                for t in 0..R::TILES {
                    let (draw, (_, _, of_tile)) = pair(t);
                    let slots = &picks.row(draw)[segment.range()];
                    let rows = rows.iter_mut().skip(t).step_by(R::TILES);
                    for (row, &position) in rows.zip(slots) {
                        *row = of_tile[position as usize];
                    }
                }
                ranks.clear();
                let of_picks = rows.chunks_exact(R::TILES).take(segment.len);
                ranks.extend(of_picks.map(|rows| R::from_rows(lanes, rows)));
                let k = segment.len;
                let selected = middle_of(&ranks, table.bits());
                let wanted = if k % 2 == 0 { 2 } else { 1 };
                for (at, selected) in selected.into_iter().take(wanted).enumerate() {
                    selected.into_rows(&mut found);
                    for (middle, &found) in middle.iter_mut().zip(&found) {
                        middle[at] = found;
                    }
                }
                for (t, [lower, upper]) in middle.iter().enumerate() {
                    let (_, &(at, columns, _)) = pair(t);
                    let numerators = &mut numerators[t * segments.len() + s];
                    let levels = &table.levels()[at..at + columns];
                    for (lane, levels) in levels.iter().enumerate() {
                        let level = |rank: i16| i64::from(levels[rank as usize]);
                        let both = match k % 2 {
                            0 => level(lower[lane]) + level(upper[lane]),
                            _ => level(lower[lane]),
                        };
                        numerators[lane] = W::wrap(both);
                    }
                }
            }
            for t in 0..R::TILES.min(pairs - first) {
                let (draw, &(at, columns, _)) = pair(t);
                let numerators = &numerators[t * segments.len()..][..segments.len()];
                values.put(draw, at, columns, numerators);
            }
        }
    }
}

// Vectors that only some processors have.
macro_rules! tiles {
    ($name:ident, $of:ty, $vector:ty, $tiles:literal,
     $splat:ident $or:ident $smaller:ident $mask:ty, $add:ident $sub:ident $choose:ident $least:ident) => {
        #[derive(Clone, Copy)]
        struct $name($of, $vector);

        impl Ranks for $name {
            type Smaller = $mask;

            #[inline(always)]
            fn all(self, number: i32) -> Self {
                $name(self.0, self.0.$splat(number as i16))
            }

            #[inline(always)]
            fn largest(self) -> Self {
                self.all(i16::MAX.into())
            }

            #[inline(always)]
            fn or(self, other: Self) -> Self {
                $name(self.0, self.0.$or(self.1, other.1))
            }

            #[inline(always)]
            fn smaller(self, other: Self) -> $mask {
                self.0.$smaller(self.1, other.1)
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                $name(self.0, self.0.$add(self.1, other.1))
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                $name(self.0, self.0.$sub(self.1, other.1))
            }

            #[inline(always)]
            fn counting(self, smaller: $mask) -> Self {
                self.plus(self.choose(smaller, self.all(1), self.all(0)))
            }

            #[inline(always)]
            fn choose(self, which: $mask, yes: Self, no: Self) -> Self {
                $name(self.0, self.0.$choose(which, yes.1, no.1))
            }

            #[inline(always)]
            fn least(self, other: Self) -> Self {
                $name(self.0, self.0.$least(self.1, other.1))
            }
        }

        impl Tiles for $name {
            type Of = $of;
            const TILES: usize = $tiles;

            #[inline(always)]
            fn from_rows(lanes: $of, rows: &[[i16; LANES]]) -> Self {
                let rows: [[i16; LANES]; $tiles] = rows.try_into().expect("a row a tile");
                $name(lanes, pulp::cast(rows))
            }

            #[inline(always)]
            fn into_rows(self, rows: &mut [[i16; LANES]]) {
                let all: [[i16; LANES]; $tiles] = pulp::cast(self.1);
                rows.copy_from_slice(&all);
            }
        }
    };
}

tiles!(Wide, V4, i16x32, 4, splat_i16x32 or_i16x32 cmp_lt_i16x32 pulp::b32,
    wrapping_add_i16x32 wrapping_sub_i16x32 select_i16x32 min_i16x32);
tiles!(Half, V3, i16x16, 2, splat_i16x16 or_i16x16 cmp_lt_i16x16 pulp::m16x16,
    wrapping_add_i16x16 wrapping_sub_i16x16 select_i16x16 min_i16x16);

#[cfg(test)]
mod tests {
    use super::super::{next, select};
    use super::*;

    fn agrees_with_sorting<R: Tiles>(lanes: R::Of) {
        let rank = |i: usize, t: usize, lane: usize| ((i * 7 + lane * 3 + t) % (5 + lane)) as i16;
        let row = |i, t| std::array::from_fn(|lane| rank(i, t, lane));
        let rows = |i| {
            (0..R::TILES)
                .map(|t| row(i, t))
                .collect::<Vec<[i16; LANES]>>()
        };
        let ranks: Vec<R> = (0..13).map(|i| R::from_rows(lanes, &rows(i))).collect();
        let mut found = [vec![[0; LANES]; R::TILES], vec![[0; LANES]; R::TILES]];
        for (k, below) in (2..=ranks.len()).flat_map(|k| (0..k - 1).map(move |below| (k, below))) {
            let selected = select(&ranks[..k], below as i32, 4);
            selected.into_rows(&mut found[0]);
            next(&ranks[..k], selected, below as i32 + 1).into_rows(&mut found[1]);
            for (t, lane) in (0..R::TILES).flat_map(|t| (0..LANES).map(move |lane| (t, lane))) {
                let mut sorted: Vec<i16> = (0..k).map(|i| rank(i, t, lane)).collect();
                sorted.sort_unstable();
                let both = [found[0][t][lane], found[1][t][lane]];
                assert_eq!(both, [sorted[below], sorted[below + 1]]);
            }
        }
    }

    #[test]
    fn selection_agrees_with_sorting() {
        if let Some(lanes) = V3::try_new() {
            agrees_with_sorting::<Half>(lanes);
        }
        if let Some(lanes) = V4::try_new() {
            agrees_with_sorting::<Wide>(lanes);
        }
    }
}
