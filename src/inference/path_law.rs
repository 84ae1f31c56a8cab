//! The exact null law of a sum over the sets of a graph, by dynamic programming.

use super::exact::Tails;
use super::sum_law::within_limits;
use crate::null::Paths;

/// What a path law needs of its graph and its scores.
pub(super) struct PathSum<'p> {
    paths: &'p Paths,
    /// What each choice adds to the sum, by choice.
    added: Vec<i64>,
    /// By node, the least and the largest sum with which sets come to it; the end last. `None` where
    /// none does.
    extents: Vec<Option<(i64, i64)>>,
}

impl<'p> PathSum<'p> {
    /// Over the picks of a set, of which each adds `score(group, position)`.
    pub(super) fn new(paths: &'p Paths, score: impl Fn(u32, u32) -> i64) -> Self {
        let added: Vec<i64> = paths
            .choices
            .iter()
            .map(|step| {
                let picks = &paths.picks[step.first_pick as usize..][..step.picks as usize];
                picks
                    .iter()
                    .map(|&[group, position]| score(group, position))
                    .sum()
            })
            .collect();
        let nodes = paths.first_choice.len() - 1;
        let mut extents = vec![None; nodes + 1];
        extents[nodes - 1] = Some((0, 0));
        for node in (0..nodes).rev() {
            let Some((low, high)) = extents[node] else {
                continue;
            };
            for choice in paths.choices_of(node) {
                let next = &mut extents[paths.next_of(choice)];
                let (low, high) = (low + added[choice], high + added[choice]);
                *next =
                    Some(next.map_or((low, high), |(l, h): (i64, i64)| (l.min(low), h.max(high))));
            }
        }
        PathSum {
            paths,
            added,
            extents,
        }
    }

    /// Operations that [`PathSum::tails`] takes, about one a nanosecond.
    pub(super) fn operations(&self) -> u64 {
        let nodes = self.paths.first_choice.len() - 1;
        (0..nodes)
            .map(|node| {
                self.width(node)
                    .saturating_mul(self.paths.choices_of(node).len() as u64)
            })
            .fold(0, u64::saturating_add)
    }

    /// The most sums that [`PathSum::tails`] holds at once: a node's from the first choice that leads
    /// to it until all of its own are made.
    fn live_cells(&self) -> u64 {
        let nodes = self.paths.first_choice.len() - 1;
        let mut begun = vec![false; nodes + 1];
        begun[nodes - 1] = true;
        let mut live = self.width(nodes - 1);
        let mut most = live;
        for node in (0..nodes).rev().filter(|&node| self.width(node) > 0) {
            for choice in self.paths.choices_of(node) {
                let next = self.paths.next_of(choice);
                if !std::mem::replace(&mut begun[next], true) {
                    live = live.saturating_add(self.width(next));
                }
            }
            most = most.max(live);
            live -= self.width(node);
        }
        most
    }

    fn width(&self, node: usize) -> u64 {
        self.extents[node].map_or(0, |(low, high)| high.abs_diff(low) + 1)
    }

    /// Tails of the sum at `threshold`: Streitberg and Roehmel's (1986) shift algorithm, carried along
    /// the graph. With `P(v, s)` the probability that a set comes to node `v` with the sum `s`, each
    /// choice of `v` hands its share of it on, to the sum that the choice makes.
    ///
    /// All terms are positive. Shares are those by which sets are drawn, rounded to 2^-64: both tails
    /// have an absolute error below `nodes 2^-63` and a relative one of about `longest 2^-52`.
    ///
    /// # Errors
    ///
    /// The law would take more than `ceiling` operations or 128 MiB.
    pub(super) fn tails(&self, threshold: i64, ceiling: u64) -> Result<Tails, String> {
        within_limits(self.operations(), ceiling, self.live_cells())?;
        let nodes = self.paths.first_choice.len() - 1;
        let mut rows: Vec<Vec<f64>> = vec![Vec::new(); nodes + 1];
        rows[nodes - 1] = vec![1.0];
        for node in (0..nodes).rev() {
            let Some((low, _)) = self.extents[node] else {
                continue;
            };
            let from = std::mem::take(&mut rows[node]);
            for choice in self.paths.choices_of(node) {
                let share = self.paths.share(node, choice);
                let next = self.paths.next_of(choice);
                let Some((next_low, next_high)) = self.extents[next] else {
                    continue;
                };
                let to = &mut rows[next];
                if to.is_empty() {
                    *to = vec![0.0; (next_high - next_low) as usize + 1];
                }
                let shift = (low + self.added[choice] - next_low) as usize;
                for (to, from) in to[shift..].iter_mut().zip(&from) {
                    *to += share * from;
                }
            }
        }
        let Some((low, _)) = self.extents[nodes] else {
            return Err("no set is admissible".to_owned());
        };
        let mut tails = Tails {
            lower: 0.0,
            upper: 0.0,
        };
        let mut all = 0.0;
        for (sum, p) in (low..).zip(&rows[nodes]) {
            all += p;
            if sum <= threshold {
                tails.lower += p;
            }
            if sum >= threshold {
                tails.upper += p;
            }
        }
        Ok(Tails {
            lower: tails.lower / all,
            upper: tails.upper / all,
        })
    }
}
