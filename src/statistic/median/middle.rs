//! The middle order statistics of few ranks, without a loop over their bits.

use super::Ranks;

/// The most ranks.
pub(super) const MOST: usize = 32;

/// Whether this takes fewer operations than a search bit by bit: that compares and counts each rank, an operation or
/// two more, and has some more of each bit.
pub(super) fn pays(ranks: usize, bits: u32) -> bool {
    let operations = match ranks {
        0 | MOST.. if ranks != MOST => return false,
        ..=16 => 2 * 2 * 19 + 31,
        _ => 2 * 2 * 63 + 63,
    };
    bits as usize * (3 * ranks + 8) > operations
}

/// The order statistics after `(k - 1) / 2` and after `k / 2` others of `k` ranks, at most [`MOST`], lane by lane.
#[inline(always)]
pub(super) fn middle<R: Ranks>(ranks: &[R]) -> [R; 2] {
    match ranks.len() {
        ..=16 => of_halves::<R, 8, 16>(ranks, sort_8),
        _ => of_halves::<R, 16, 32>(ranks, sort_16),
    }
}

/// Sorts two halves of `BOTH` ranks, filled up on both sides so that the middle stays in the middle. The smaller of the
/// i-th of one and the i-th last of the other, for all i, are the smaller half of all (Batcher 1968): the largest of
/// these and the smallest of the others are the middle ones.
#[inline(always)]
fn of_halves<R: Ranks, const HALF: usize, const BOTH: usize>(
    ranks: &[R],
    sort: impl Fn(&mut [R; HALF]),
) -> [R; 2] {
    let any = ranks[0];
    let mut all = [any.largest(); BOTH];
    let below = HALF - 1 - (ranks.len() - 1) / 2;
    all[..below].fill(any.all(-1));
    all[below..below + ranks.len()].copy_from_slice(ranks);
    let (one, other) = all.split_at(HALF);
    let mut one: [R; HALF] = std::array::from_fn(|i| one[i]);
    let mut other: [R; HALF] = std::array::from_fn(|i| other[i]);
    sort(&mut one);
    sort(&mut other);
    let mut lower = one[0].least(other[HALF - 1]);
    let mut upper = one[0].most(other[HALF - 1]);
    for i in 1..HALF {
        lower = lower.most(one[i].least(other[HALF - 1 - i]));
        upper = upper.least(one[i].most(other[HALF - 1 - i]));
    }
    match ranks.len() % 2 {
        0 => [lower, upper],
        _ => [lower; 2],
    }
}

/// Puts pairs in order.
macro_rules! order {
    ($ranks:ident: $($low:literal $high:literal),+) => {
        $(
            let least = $ranks[$low].least($ranks[$high]);
            $ranks[$high] = $ranks[$low].most($ranks[$high]);
            $ranks[$low] = least;
        )+
    };
}

/// Batcher's odd-even merge sort.
#[inline(always)]
fn sort_8<R: Ranks>(ranks: &mut [R; 8]) {
    order!(ranks: 0 1, 2 3, 4 5, 6 7);
    order!(ranks: 0 2, 1 3, 4 6, 5 7);
    order!(ranks: 1 2, 5 6);
    order!(ranks: 0 4, 1 5, 2 6, 3 7);
    order!(ranks: 2 4, 3 5);
    order!(ranks: 1 2, 3 4, 5 6);
}

/// The same of twice as many.
#[inline(always)]
fn sort_16<R: Ranks>(ranks: &mut [R; 16]) {
    let (low, high) = ranks.split_at_mut(8);
    let (Ok(low), Ok(high)) = (low.try_into(), high.try_into()) else {
        unreachable!("halves of sixteen are eight");
    };
    sort_8(low);
    sort_8(high);
    order!(ranks: 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 14, 7 15);
    order!(ranks: 4 8, 5 9, 6 10, 7 11);
    order!(ranks: 2 4, 3 5, 6 8, 7 9, 10 12, 11 13);
    order!(ranks: 1 2, 3 4, 5 6, 7 8, 9 10, 11 12, 13 14);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::LANES;
    use crate::statistic::median::Tile;
    use wide::i16x8;

    /// Any order of two kinds of numbers (the zero-one principle, Knuth 5.3.4), for every number of ranks.
    #[test]
    fn the_middle_of_any_order_is_found() {
        for k in 1..=MOST {
            for seed in 0..400u32 {
                let rank = |i: usize, lane: usize| {
                    let mixed = (i as u32 + 1)
                        .wrapping_mul(0x9E37_79B9)
                        .rotate_left(seed % 31)
                        ^ seed.wrapping_mul(0x85EB_CA6B + 2 * lane as u32);
                    (mixed.wrapping_mul(0xC2B2_AE35) >> 16) as i32 % [2, 3, 7, 500][lane % 4]
                };
                let row = |i| {
                    i16x8::new(
                        std::array::from_fn::<i32, LANES, _>(|lane| rank(i, lane))
                            .map(|r| r as i16),
                    )
                };
                let ranks: Vec<i16x8> = (0..k).map(row).collect();
                let [lower, upper] = middle(&ranks).map(Tile::lanes);
                for lane in 0..LANES {
                    let mut sorted: Vec<i32> = (0..k).map(|i| rank(i, lane)).collect();
                    sorted.sort_unstable();
                    let both = [lower[lane], upper[lane]];
                    assert_eq!(both, [sorted[(k - 1) / 2], sorted[k / 2]], "{k} of {seed}");
                }
            }
        }
    }

    /// All orders of zeros and ones of eight, and of sixteen.
    #[test]
    fn networks_sort() {
        for ones in 0..1u32 << 16 {
            let mut ranks: [i16x8; 16] =
                std::array::from_fn(|i| i16x8::splat((ones >> i & 1) as i16));
            sort_16(&mut ranks);
            let zeros = 16 - ones.count_ones() as usize;
            for (i, rank) in ranks.iter().enumerate() {
                assert_eq!(rank.to_array()[0], i16::from(i >= zeros));
            }
        }
    }
}
