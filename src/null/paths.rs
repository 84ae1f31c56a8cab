//! Admissible sets as paths through a graph: drawn uniformly, or made one by one in order of rank.
//! Twin: `shaders/null/paths.wgsl`.

use std::collections::HashMap;
use std::hash::Hash;

use num_bigint::BigUint;

use super::Segment;

/// How the sets of a design are put together, a choice after the other.
pub(super) trait Choices {
    /// What earlier choices leave open.
    type State: Clone + Eq + Hash;

    /// Before the first choice.
    fn root(&self) -> Self::State;

    /// The choices in a state, in the order of ranks; none in a state that cannot be completed.
    fn choices(&self, state: &Self::State) -> Vec<Choice<Self::State>>;
}

/// One choice: the picks that it adds, each with its group, and what comes next.
pub(super) struct Choice<S> {
    pub picks: Vec<(u32, u32)>,
    /// `None`: the set is complete.
    pub next: Option<S>,
}

/// A graph whose paths from the root to the end are the admissible sets of a design.
///
/// # Draws, once and for all
///
/// A set is drawn from the root on. Where there is one choice it is taken. Else number `j` of the
/// draw, `x = w0 + 2^32 w1` from words `2 j` and `2 j + 1` of the generator's blocks, decides: the
/// first choice with `x < floor(2^64 share)` is taken, `share` being the share of the sets that take
/// this choice or an earlier one, or else the last. So every set is equally likely, up to the
/// rounding of shares to 2^-64. The set of rank `r` takes the choice whose sets hold the `r`-th.
#[derive(Debug)]
pub(crate) struct Paths {
    /// By node, its first choice; one more for the end of the list. The root is the last node.
    pub first_choice: Vec<u32>,
    pub choices: Vec<Step>,
    /// (group, position) of the picks that steps add.
    pub picks: Vec<[u32; 2]>,
    /// Where each group's picks begin.
    pub starts: Vec<u32>,
    /// The most choices that a set takes.
    pub longest: usize,
    picks_a_set: usize,
    sets: BigUint,
}

/// A choice of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// This choice is taken by numbers below it; by rank, it is the sets of this and earlier choices.
    pub below: u64,
    /// The next node, or [`Paths::END`].
    pub next: u32,
    /// Picks: the first, and how many.
    pub first_pick: u32,
    pub picks: u32,
}

/// How a path is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// From numbers of the generator.
    Chance,
    /// From the draw's index.
    Rank,
}

impl Paths {
    /// No further node.
    pub const END: u32 = u32::MAX;
    /// The most nodes: a table of 64 MiB or so.
    pub const MAX_NODES: usize = 1 << 20;
    /// The most sets that are made by rank: ranks have 32 bits on a device.
    pub const MAX_RANKS: u64 = u32::MAX as u64;

    /// The graph of some choices. `None` when it has more than [`Paths::MAX_NODES`] nodes or, by
    /// rank, more than [`Paths::MAX_RANKS`] sets.
    pub(super) fn new<C: Choices>(choices: &C, segments: &[Segment], by: By) -> Option<Self> {
        let mut builder = Builder {
            known: HashMap::new(),
            counts: Vec::new(),
            lengths: Vec::new(),
            paths: Paths {
                first_choice: vec![0],
                choices: Vec::new(),
                picks: Vec::new(),
                starts: segments.iter().map(|s| s.start as u32).collect(),
                longest: 0,
                picks_a_set: segments.iter().map(|s| s.len).sum(),
                sets: BigUint::ZERO,
            },
            known_picks: HashMap::new(),
            by,
        };
        builder.build(choices)?;
        Some(builder.paths)
    }

    /// Picks of a set.
    pub fn picks_a_set(&self) -> usize {
        self.picks_a_set
    }

    /// The number of admissible sets.
    pub fn sets(&self) -> &BigUint {
        &self.sets
    }

    /// The choices of a node.
    pub fn choices_of(&self, node: usize) -> std::ops::Range<usize> {
        self.first_choice[node] as usize..self.first_choice[node + 1] as usize
    }

    /// The node after a choice, or the number of nodes for the end.
    pub fn next_of(&self, choice: usize) -> usize {
        match self.choices[choice].next {
            Self::END => self.first_choice.len() - 1,
            node => node as usize,
        }
    }

    /// The share of a node's sets that take one of its choices, in a graph for draws by chance.
    pub fn share(&self, node: usize, choice: usize) -> f64 {
        let choices = self.choices_of(node);
        let below = |choice: usize| u128::from(self.choices[choice].below);
        let upper = match choice + 1 == choices.end {
            true => 1 << 64,
            false => below(choice),
        };
        let lower = match choice == choices.start {
            true => 0,
            false => below(choice - 1),
        };
        (upper - lower) as f64 / (1u128 << 64) as f64
    }

    /// Puts the set that `number` leads to into `row`; by rank it is asked once, for the rank.
    pub fn walk(&self, by: By, mut number: impl FnMut() -> u64, row: &mut [u32], next: &mut [u32]) {
        next.copy_from_slice(&self.starts);
        let mut rank = match by {
            By::Rank => number(),
            By::Chance => 0,
        };
        let mut node = self.first_choice.len() as u32 - 2;
        while node != Self::END {
            let choices = self.first_choice[node as usize]..self.first_choice[node as usize + 1];
            let last = choices.end - 1;
            let x = match by {
                By::Rank => rank,
                By::Chance if choices.start == last => 0,
                By::Chance => number(),
            };
            let mut choice = choices.start;
            while choice < last && x >= self.choices[choice as usize].below {
                choice += 1;
            }
            if by == By::Rank && choice > choices.start {
                rank -= self.choices[choice as usize - 1].below;
            }
            let step = self.choices[choice as usize];
            for &[group, position] in &self.picks[step.first_pick as usize..][..step.picks as usize]
            {
                let slot = &mut next[group as usize];
                row[*slot as usize] = position;
                *slot += 1;
            }
            node = step.next;
        }
    }
}

struct Builder<S> {
    /// Node of a state; `None` when no set goes through it.
    known: HashMap<S, Option<u32>>,
    /// By node: sets from it on.
    counts: Vec<BigUint>,
    lengths: Vec<usize>,
    paths: Paths,
    known_picks: HashMap<Vec<(u32, u32)>, u32>,
    by: By,
}

impl<S: Clone + Eq + Hash> Builder<S> {
    /// Nodes from the end to the root: a node follows all that it leads to.
    fn build<C: Choices<State = S>>(&mut self, of: &C) -> Option<()> {
        let root = of.root();
        let mut stack = vec![(root.clone(), None::<Vec<Choice<S>>>)];
        while let Some((state, choices)) = stack.pop() {
            if self.known.contains_key(&state) {
                continue;
            }
            match choices {
                None => {
                    let choices = of.choices(&state);
                    let after: Vec<S> = choices.iter().filter_map(|c| c.next.clone()).collect();
                    stack.push((state, Some(choices)));
                    let unknown = after.into_iter().filter(|s| !self.known.contains_key(s));
                    stack.extend(unknown.map(|state| (state, None)));
                }
                Some(choices) => {
                    let node = self.node(choices)?;
                    self.known.insert(state, node);
                }
            }
        }
        let root = self.known.get(&root).copied().flatten()?;
        self.paths.sets = self.counts.pop()?;
        self.paths.longest = self.lengths[root as usize];
        Some(())
    }

    /// Adds a node; `Some(None)` when no set goes through it.
    fn node(&mut self, choices: Vec<Choice<S>>) -> Option<Option<u32>> {
        let mut live = Vec::new();
        let mut total = BigUint::ZERO;
        let mut length = 0;
        for choice in choices {
            let (next, after) = match &choice.next {
                None => (Paths::END, 0),
                Some(state) => match self.known.get(state) {
                    Some(Some(node)) => (*node, self.lengths[*node as usize]),
                    _ => continue,
                },
            };
            total += match next {
                Paths::END => BigUint::from(1u32),
                node => self.counts[node as usize].clone(),
            };
            length = length.max(after + 1);
            live.push((choice.picks, next, total.clone()));
        }
        if live.is_empty() {
            return Some(None);
        }
        let node = self.counts.len();
        if node >= Paths::MAX_NODES
            || (self.by == By::Rank && total > BigUint::from(Paths::MAX_RANKS))
        {
            return None;
        }
        for (picks, next, up_to) in live {
            let below = match self.by {
                By::Rank => u64::try_from(&up_to).ok()?,
                By::Chance => u64::try_from((up_to << 64u32) / &total).unwrap_or(u64::MAX),
            };
            let first_pick = self.picks(&picks);
            self.paths.choices.push(Step {
                below,
                next,
                first_pick,
                picks: picks.len() as u32,
            });
        }
        self.paths
            .first_choice
            .push(self.paths.choices.len() as u32);
        self.counts.push(total);
        self.lengths.push(length);
        Some(Some(node as u32))
    }

    fn picks(&mut self, picks: &[(u32, u32)]) -> u32 {
        if let Some(&first) = self.known_picks.get(picks) {
            return first;
        }
        let first = self.paths.picks.len() as u32;
        self.paths
            .picks
            .extend(picks.iter().map(|&(group, position)| [group, position]));
        self.known_picks.insert(picks.to_vec(), first);
        first
    }
}
