//! Single-step and step-down counts.

/// Counts draws by their largest score: over all members for the single step, over the members that
/// are observed to be no more extreme for the steps down.
pub(super) struct Maxima {
    /// Members, those with the largest observed scores first.
    order: Vec<usize>,
    /// Their observed scores, in that order.
    observed: Vec<i64>,
    /// Draws by the first member, in that order, that their largest score reaches.
    first: Vec<u64>,
    /// Draws whose largest score over a member and all after it reaches the member's.
    step: Vec<u64>,
}

impl Maxima {
    pub(super) fn new(observed: Vec<i64>) -> Self {
        let mut order: Vec<usize> = (0..observed.len()).collect();
        order.sort_by_key(|&member| std::cmp::Reverse(observed[member]));
        Maxima {
            observed: order.iter().map(|&member| observed[member]).collect(),
            first: vec![0; order.len()],
            step: vec![0; order.len()],
            order,
        }
    }

    /// The largest observed score.
    pub(super) fn largest_observed(&self) -> Option<i64> {
        self.observed.first().copied()
    }

    /// Members, those with the largest observed scores first, with these.
    pub(super) fn ordered(
        &self,
    ) -> impl DoubleEndedIterator<Item = (usize, i64)> + ExactSizeIterator {
        self.order
            .iter()
            .copied()
            .zip(self.observed.iter().copied())
    }

    /// Adds the scores of `draws` draws, member by member; each draw's largest.
    pub(super) fn add(&mut self, scores: &[i64], draws: usize) -> Vec<i64> {
        let mut largest = vec![i64::MIN; draws];
        for (j, &member) in self.order.iter().enumerate().rev() {
            let observed = self.observed[j];
            let scores = &scores[member * draws..][..draws];
            let mut reached = 0;
            for (largest, &score) in largest.iter_mut().zip(scores) {
                *largest = score.max(*largest);
                reached += u64::from(*largest >= observed);
            }
            self.step[j] += reached;
        }
        self.add_largest(&largest);
        largest
    }

    /// Adds draws of which the largest scores are known, and, in the members' order, how many of them reach
    /// each member's score by their largest over it and all after it.
    pub(super) fn add_counted(&mut self, reached: &[u64], largest: &[i64]) {
        for (step, reached) in self.step.iter_mut().zip(reached) {
            *step += reached;
        }
        self.add_largest(largest);
    }

    fn add_largest(&mut self, largest: &[i64]) {
        for largest in largest {
            let first = self.observed.partition_point(|observed| observed > largest);
            if let Some(first) = self.first.get_mut(first) {
                *first += 1;
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        let mine = self.first.iter_mut().chain(&mut self.step);
        for (mine, theirs) in mine.zip(other.first.iter().chain(&other.step)) {
            *mine += theirs;
        }
    }

    /// Single-step and step-down counts of each member. A member is never adjusted to less than a
    /// more extreme one.
    pub(super) fn finish(self) -> Vec<(u64, u64)> {
        let mut counts = vec![(0, 0); self.order.len()];
        let (mut single, mut step) = (0, 0);
        for (j, &member) in self.order.iter().enumerate() {
            single += self.first[j];
            step = self.step[j].max(step);
            counts[member] = (single, step);
        }
        counts
    }
}
