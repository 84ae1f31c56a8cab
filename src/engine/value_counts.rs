//! How often each value occurs, in bounded memory.

/// Values and how often each occurred, in ascending order; exact while there are at most `cap`
/// different ones. Where there are more, neighbours are counted together: a value's *cell* is
/// `value >> shift`, with the least shift at which all cells fit. That shift depends on which values
/// occurred, not on their order or on how they were split between counts that were merged.
#[derive(Debug, Clone)]
pub struct ValueCounts {
    cap: usize,
    shift: u32,
    /// Cells with their counts, ascending.
    cells: Vec<(u64, u64)>,
    /// Values not counted yet.
    pending: Vec<u64>,
}

impl ValueCounts {
    /// None yet; with at most `cap` cells, at least 2.
    pub fn new(cap: usize) -> Self {
        ValueCounts {
            cap: cap.max(2),
            shift: 0,
            cells: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Counts values.
    pub fn extend(&mut self, values: impl IntoIterator<Item = u64>) {
        self.pending.extend(values);
        // Joining costs a run over all cells: worth it for an eighth of them at once.
        if self.pending.len() >= (self.cap / 8).max(64) {
            self.settle();
        }
    }

    /// Adds other counts with the same cap.
    pub fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        self.coarsen_to(other.shift);
        other.coarsen_to(self.shift);
        self.join(other.cells);
    }

    /// The cells and their counts.
    pub fn finish(mut self) -> Cells {
        self.settle();
        let keys = self.cells.iter().map(|&(key, _)| key).collect();
        let counts = self.cells.iter().map(|&(_, count)| count).collect();
        Cells::new(self.shift, keys, counts)
    }

    /// Counts what is pending.
    fn settle(&mut self) {
        self.pending.sort_unstable();
        let shift = self.shift;
        let runs = self.pending.chunk_by(|a, b| a >> shift == b >> shift);
        let cells = runs
            .map(|run| (run[0] >> shift, run.len() as u64))
            .collect();
        self.pending.clear();
        self.join(cells);
    }

    /// Adds ascending cells of the same shift.
    fn join(&mut self, other: Vec<(u64, u64)>) {
        if other.is_empty() {
            return;
        }
        // A stable sort of two ascending runs is a merge of them.
        self.cells.extend(other);
        self.cells.sort_by_key(|&(key, _)| key);
        self.unite();
        while self.cells.len() > self.cap {
            self.coarsen_to(self.shift + 1);
        }
    }

    fn coarsen_to(&mut self, shift: u32) {
        let by = shift.saturating_sub(self.shift);
        if by == 0 {
            return;
        }
        self.shift = shift;
        for (key, _) in &mut self.cells {
            *key >>= by;
        }
        self.unite();
    }

    /// Adds up cells of one key.
    fn unite(&mut self) {
        self.cells.dedup_by(|next, had| {
            let same = next.0 == had.0;
            if same {
                had.1 += next.1;
            }
            same
        });
    }
}

/// Cells of values, ascending, with a count each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    shift: u32,
    keys: Vec<u64>,
    counts: Vec<u64>,
    /// Where the keys begin whose distance from the first is at least `i << bits`, for all `i`: about
    /// as many as there are keys, so that a search has few of them to look at.
    starts: Vec<u32>,
    bits: u32,
}

impl Cells {
    fn new(shift: u32, keys: Vec<u64>, counts: Vec<u64>) -> Self {
        let span = match (keys.first(), keys.last()) {
            (Some(first), Some(last)) => last - first,
            _ => 0,
        };
        let wanted = keys.len().next_power_of_two() as u64;
        let bits = (u64::BITS - (span / wanted).leading_zeros()).min(u64::BITS - 1);
        let mut starts = vec![0];
        for i in 1..=span >> bits {
            let from = starts[starts.len() - 1] as usize;
            let below = keys[from..]
                .iter()
                .take_while(|&&key| (key - keys[0]) >> bits < i);
            starts.push((from + below.count()) as u32);
        }
        starts.push(keys.len() as u32);
        Cells {
            shift,
            keys,
            counts,
            starts,
            bits,
        }
    }

    /// Whether cells hold more than one value.
    pub fn are_coarse(&self) -> bool {
        self.shift > 0
    }

    /// How often values of each cell occurred.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The index of the cell that a value lies in; of a value that never occurred, that of the first
    /// cell above it.
    pub fn index(&self, value: u64) -> usize {
        let key = value >> self.shift;
        let Some(distance) = self.keys.first().and_then(|&first| key.checked_sub(first)) else {
            return 0;
        };
        let bucket = (distance >> self.bits) as usize;
        let Some(&[from, to]) = self.starts.get(bucket..).and_then(<[u32]>::first_chunk) else {
            return self.keys.len();
        };
        let (from, to) = (from as usize, to as usize);
        from + self.keys[from..to].partition_point(|&cell| cell < key)
    }

    /// The least and the largest value that a cell stands for.
    pub fn ends(&self, cell: usize) -> (u64, u64) {
        let low = self.keys[cell] << self.shift;
        (low, low + ((1 << self.shift) - 1))
    }

    /// The largest value of the first cell at which at least `rank` values have occurred; `None`
    /// where fewer have.
    pub fn ranked(&self, rank: u64) -> Option<u64> {
        let mut cumulated = 0;
        let reached = |&count: &u64| {
            cumulated += count;
            cumulated >= rank
        };
        let cell = self.counts.iter().position(reached)?;
        Some(self.ends(cell).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null::philox4x32_10;
    use std::collections::BTreeMap;

    fn values(n: u32, span: u64) -> Vec<u64> {
        (0..n)
            .map(|i| {
                let [low, high, ..] = philox4x32_10([i, 0, 0, 0], [5, 6]);
                ((u64::from(high) << 32 | u64::from(low)) % span) * (1 + u64::from(i % 3))
            })
            .collect()
    }

    fn count(values: &[u64], cap: usize) -> ValueCounts {
        let mut counts = ValueCounts::new(cap);
        values
            .chunks(37)
            .for_each(|some| counts.extend(some.iter().copied()));
        counts
    }

    /// Straight from the definition.
    fn cells(values: &[u64], cap: usize) -> Cells {
        let at = |shift: u32| {
            let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
            for value in values {
                *counts.entry(value >> shift).or_default() += 1;
            }
            counts
        };
        let shift = (0..).find(|&shift| at(shift).len() <= cap).unwrap();
        Cells::new(
            shift,
            at(shift).keys().copied().collect(),
            at(shift).values().copied().collect(),
        )
    }

    #[test]
    fn no_order_or_split_changes_the_counts() {
        for (span, cap) in [(50, 200), (1000, 100), (1 << 40, 128), (1 << 61, 2), (9, 9)] {
            let values = values(3000, span);
            let all = cells(&values, cap);
            for value in values
                .iter()
                .flat_map(|&value| [value, value + 1, value / 2])
            {
                let key = value >> all.shift;
                assert_eq!(
                    all.index(value),
                    all.keys.partition_point(|&cell| cell < key)
                );
            }
            assert_eq!(count(&values, cap).finish(), all);
            let mut reversed = values.clone();
            reversed.reverse();
            assert_eq!(count(&reversed, cap).finish(), all);
            reversed.sort_unstable();
            assert_eq!(count(&reversed, cap).finish(), all);
            for at in [0, 1, 500, 2999] {
                let (one, other) = reversed.split_at(at);
                let mut merged = count(one, cap);
                merged.merge(count(other, cap));
                assert_eq!(merged.clone().finish(), all, "{span} {cap} {at}");
                let mut swapped = count(other, cap);
                swapped.merge(count(one, cap));
                assert_eq!(swapped.finish(), all);
            }
        }
    }

    #[test]
    fn exact_while_the_cells_suffice() {
        assert_eq!(ValueCounts::new(3).finish().index(5), 0);
        let cells = count(&[7, 3, 7, 1 << 63], 3).finish();
        assert!(!cells.are_coarse());
        assert_eq!(cells.counts(), [1, 2, 1]);
        assert_eq!([3, 7, 1 << 63].map(|value| cells.index(value)), [0, 1, 2]);
        assert_eq!([0, 8, u64::MAX].map(|value| cells.index(value)), [0, 2, 3]);
        assert_eq!(cells.ends(1), (7, 7));
        let ranked: Vec<_> = (1..=5).map(|rank| cells.ranked(rank)).collect();
        assert_eq!(ranked, [Some(3), Some(7), Some(7), Some(1 << 63), None]);
    }

    #[test]
    fn coarse_cells_stand_for_their_values() {
        let cells = count(&[8, 9, 10, 11, 40], 2).finish();
        assert!(cells.are_coarse());
        assert_eq!(cells.counts(), [4, 1]);
        assert_eq!(cells.ends(0), (8, 11));
        assert_eq!((cells.index(9), cells.index(40)), (0, 1));
        assert_eq!((cells.ranked(4), cells.ranked(5)), (Some(11), Some(43)));
        // The whole range fits the fewest cells that there can be.
        let cells = count(&[0, 5, u64::MAX], 0).finish();
        assert_eq!(cells.counts(), [2, 1]);
        assert_eq!(cells.ends(1), (u64::MAX - 7, u64::MAX));
    }
}
