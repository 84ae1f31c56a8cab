//! Admissible sets as paths through a graph: drawn uniformly, or made one by one in order of rank.
//! Twin: `shaders/null/paths.wgsl`.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use num_bigint::BigUint;

use super::ahead::At;
use super::{DesignError, Picks, PicksPass, Run, Segment};
use crate::kernel::{Buffer, PHILOX, PICKS, Shader, within_budget};

/// Sets by their ranks, or with positions that keep apart or together.
pub(super) const SHADER: Shader = Shader {
    name: "paths",
    entry_point: "paths_picks",
    binds: &[Buffer::Slice, Buffer::Picks, Buffer::Shape, Buffer::Tallies],
    files: &[
        PICKS,
        PHILOX[0],
        PHILOX[1],
        include_str!("../../shaders/null/paths.wgsl"),
    ],
};

/// `MAX_GROUPS` of the shader.
const MAX_GROUPS: usize = 16;

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
///
/// [`Paths::draw`] makes a set by chance, a [`Walk`] those of ranks.
#[derive(Debug)]
pub(crate) struct Paths {
    /// By node, its first choice; one more for the end of the list. The root is the last node.
    pub first_choice: Vec<u32>,
    pub choices: Vec<Step>,
    /// (group, position) of the picks that steps add.
    pub picks: Vec<[u32; 2]>,
    /// Where each group's picks begin.
    pub starts: Vec<u32>,
    /// Where they end, at most: slots before it that a set does not fill are [`Picks::NOBODY`]'s.
    pub ends: Vec<u32>,
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

    /// The graph of some choices.
    ///
    /// # Errors
    ///
    /// More than [`Paths::MAX_NODES`] nodes, by rank more than [`Paths::MAX_RANKS`] sets, or no set.
    pub(super) fn new<C: Choices>(
        choices: &C,
        segments: &[Segment],
        by: By,
    ) -> Result<Self, DesignError> {
        let mut builder = Builder {
            known: HashMap::new(),
            counts: Vec::new(),
            lengths: Vec::new(),
            paths: Paths {
                first_choice: vec![0],
                choices: Vec::new(),
                picks: Vec::new(),
                starts: segments.iter().map(|s| s.start as u32).collect(),
                ends: segments.iter().map(|s| s.range().end as u32).collect(),
                longest: 0,
                picks_a_set: segments.iter().map(|s| s.len).sum(),
                sets: BigUint::ZERO,
            },
            known_picks: HashMap::new(),
            by,
        };
        builder.build(choices)?;
        Ok(builder.paths)
    }

    /// Slots of a set.
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

    fn root(&self) -> u32 {
        self.first_choice.len() as u32 - 2
    }

    /// The choice of a node that `x` decides for.
    fn decide(&self, node: u32, x: u64) -> u32 {
        let choices = self.choices_of(node as usize);
        // The last choice takes what the others leave.
        let earlier = &self.choices[choices.start..choices.end - 1];
        let passed = match earlier {
            [one] => usize::from(x >= one.below),
            many => many.partition_point(|choice| choice.below <= x),
        };
        (choices.start + passed) as u32
    }

    fn picks_of(&self, step: Step) -> &[[u32; 2]] {
        &self.picks[step.first_pick as usize..][..step.picks as usize]
    }

    /// Puts a set that is drawn by `numbers` into `row`; `next` is a buffer of a word a group.
    pub fn draw(&self, mut numbers: impl FnMut() -> u64, row: &mut [u32], next: &mut [u32]) {
        next.copy_from_slice(&self.starts);
        let mut node = self.root();
        while node != Self::END {
            let x = match self.choices_of(node as usize).len() {
                1 => 0,
                _ => numbers(),
            };
            let step = self.choices[self.decide(node, x) as usize];
            for &[group, position] in self.picks_of(step) {
                let slot = &mut next[group as usize];
                row[*slot as usize] = position;
                *slot += 1;
            }
            node = step.next;
        }
        self.leave_to_nobody(next, row);
    }

    /// Marks the slots of a set's row that groups do not fill, from `next` on.
    fn leave_to_nobody(&self, next: &[u32], row: &mut [u32]) {
        for (&next, &end) in next.iter().zip(&self.ends) {
            row[next as usize..end as usize].fill(Picks::NOBODY);
        }
    }
}

/// Goes from the set of one rank to that of another. Only the choices in which they differ are made
/// anew, so that sets in the order of their ranks cost a few choices each, however long their paths:
/// all together they make each branch of the tree of sets once.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    /// From the root to the end.
    turns: Vec<Turn>,
    /// Where each group's next pick stands.
    next: Vec<u32>,
    /// The picks of the set.
    row: Vec<u32>,
}

/// A choice that a walk has made.
#[derive(Debug, Clone, Copy)]
struct Turn {
    node: u32,
    choice: u32,
    /// The least rank of the node's sets.
    least: u64,
}

impl Walk {
    /// At the root.
    pub fn new(paths: &Paths) -> Self {
        Walk {
            turns: Vec::with_capacity(paths.longest),
            next: paths.starts.clone(),
            row: vec![0; paths.picks_a_set()],
        }
    }

    /// The picks of the set of rank `rank` in a graph by rank.
    pub fn to(&mut self, paths: &Paths, rank: u64) -> &[u32] {
        let (mut node, mut least) = (paths.root(), 0);
        while let Some(turn) = self.turns.pop() {
            let step = paths.choices[turn.choice as usize];
            for &[group, _] in paths.picks_of(step) {
                self.next[group as usize] -= 1;
            }
            let sets = paths.choices[paths.choices_of(turn.node as usize).end - 1].below;
            if rank.wrapping_sub(turn.least) < sets {
                (node, least) = (turn.node, turn.least);
                break;
            }
        }
        while node != Paths::END {
            let choice = paths.decide(node, rank - least);
            self.turns.push(Turn {
                node,
                choice,
                least,
            });
            if choice > paths.first_choice[node as usize] {
                least += paths.choices[choice as usize - 1].below;
            }
            let step = paths.choices[choice as usize];
            for &[group, position] in paths.picks_of(step) {
                let slot = &mut self.next[group as usize];
                self.row[*slot as usize] = position;
                *slot += 1;
            }
            node = step.next;
        }
        paths.leave_to_nobody(&self.next, &mut self.row);
        &self.row
    }
}

/// Draws sets by chance.
#[derive(Debug, Clone)]
pub(crate) struct PathRun {
    paths: Arc<Paths>,
    stream: u32,
    /// The next slot of each group.
    next: Vec<u32>,
}

impl PathRun {
    /// Of a graph by chance.
    pub(super) fn new(paths: Paths, stream: u32) -> Self {
        PathRun {
            next: vec![0; paths.starts.len()],
            paths: Arc::new(paths),
            stream,
        }
    }
}

impl Run for PathRun {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        for draw in 0..draws {
            let at = At::new(seed, self.stream, first + draw as u64);
            let mut numbers = (0u32..).map(|number| {
                let block = at.past(number / 2).words();
                let at = number as usize % 2 * 2;
                u64::from(block[at]) | u64::from(block[at + 1]) << 32
            });
            let numbers = || numbers.next().unwrap_or(0);
            self.paths
                .draw(numbers, picks.row_mut(draw), &mut self.next);
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        self.paths.kernel(By::Chance, self.stream)
    }

    /// A choice a position.
    fn steps(&self) -> usize {
        self.paths.longest
    }
}

/// Makes sets in the order of their ranks.
#[derive(Debug, Clone)]
pub(crate) struct RankRun {
    paths: Arc<Paths>,
    /// The last one's path.
    walk: Walk,
}

impl RankRun {
    /// Of a graph by rank.
    pub(super) fn new(paths: Paths) -> Self {
        RankRun {
            walk: Walk::new(&paths),
            paths: Arc::new(paths),
        }
    }
}

impl Run for RankRun {
    fn fill(&mut self, _seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let slots = self.paths.picks_a_set();
        for draw in 0..draws {
            let set = self.walk.to(&self.paths, first + draw as u64);
            picks.row_mut(draw)[..slots].copy_from_slice(set);
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        self.paths.kernel(By::Rank, 0)
    }

    /// From one rank to the next it is a few choices.
    fn steps(&self) -> usize {
        0
    }
}

impl Paths {
    fn kernel(&self, by: By, stream: u32) -> Result<PicksPass, String> {
        let groups = self.starts.len();
        if groups > MAX_GROUPS {
            return Err(format!("{groups} groups; the shaders hold {MAX_GROUPS}"));
        }
        let nodes = &self.first_choice;
        let widest = nodes.windows(2).map(|pair| pair[1] - pair[0]).max();
        let steps = self.longest * (12 + widest.unwrap_or(1) as usize) + self.picks_a_set();
        within_budget(steps, "choices this many")?;
        let slots = self.starts.iter().chain(&self.ends);
        let mut shape: Vec<i32> = slots.map(|&slot| slot as i32).collect();
        let nodes_at = shape.len();
        shape.extend(nodes.iter().map(|&first| first as i32));
        let choices_at = shape.len();
        for step in &self.choices {
            shape.extend([
                step.below as i32,
                (step.below >> 32) as i32,
                step.next as i32,
                step.first_pick as i32,
                step.picks as i32,
            ]);
        }
        let picks_at = shape.len();
        shape.extend(self.picks.iter().flatten().map(|&word| word as i32));
        let constants = vec![
            ("STREAM", stream.into()),
            ("BY_RANK", f64::from(u8::from(by == By::Rank))),
            ("GROUPS", groups as f64),
            ("PICKS", self.picks_a_set() as f64),
            ("ROOT", (nodes.len() - 2) as f64),
            ("LONGEST", self.longest as f64),
            ("NODES_AT", nodes_at as f64),
            ("CHOICES_AT", choices_at as f64),
            ("PICKS_AT", picks_at as f64),
        ];
        Ok(PicksPass::new(SHADER, constants, shape))
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
    fn build<C: Choices<State = S>>(&mut self, of: &C) -> Result<(), DesignError> {
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
        let root = self.known.get(&root).copied().flatten();
        let (Some(root), Some(sets)) = (root, self.counts.pop()) else {
            return Err(DesignError::NoSet);
        };
        self.paths.sets = sets;
        self.paths.longest = self.lengths[root as usize];
        Ok(())
    }

    /// Adds a node; `None` when no set goes through it.
    fn node(&mut self, choices: Vec<Choice<S>>) -> Result<Option<u32>, DesignError> {
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
            return Ok(None);
        }
        let node = self.counts.len();
        if node >= Paths::MAX_NODES {
            return Err(DesignError::GraphTooLarge {
                most: Paths::MAX_NODES,
            });
        }
        if self.by == By::Rank && total > BigUint::from(Paths::MAX_RANKS) {
            return Err(DesignError::TooManyRanks {
                most: Paths::MAX_RANKS,
            });
        }
        for (picks, next, up_to) in live {
            let below = match self.by {
                By::Rank => u64::try_from(&up_to).unwrap_or(u64::MAX),
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
        Ok(Some(node as u32))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::null::distinct::Distinct;
    use crate::null::{GapShuffle, Law, Spaced, Strata, Stratum};

    /// Graphs by rank of every kind of choice.
    fn graphs() -> Vec<Paths> {
        let stratum = |items: &[&[u32]], sizes: &[usize]| Stratum {
            items: items.iter().map(|item| item.to_vec()).collect(),
            sizes: sizes.to_vec(),
        };
        let strata = [
            stratum(&[&[0], &[3], &[5], &[6], &[9]], &[2, 1]),
            stratum(&[&[1, 2], &[4], &[7], &[8, 10]], &[2, 1]),
            stratum(&[&[11]], &[0, 1]),
        ];
        let rows = (0..12).chain(20..30).collect();
        let gaps = [vec![0, 2, 9], vec![2, 14]];
        let designs = [
            Distinct::new(30, &[3]).unwrap().paths(By::Rank),
            Distinct::new(9, &[2, 4]).unwrap().paths(By::Rank),
            Distinct::new(7, &[4, 3]).unwrap().paths(By::Rank),
            Strata::new(12, strata.to_vec()).unwrap().paths(By::Rank),
            Spaced::new(rows, 3, &[2, 1]).unwrap().paths(By::Rank),
            GapShuffle::new(40, &gaps, true).unwrap().paths(By::Rank),
        ];
        designs.into_iter().map(Result::unwrap).collect()
    }

    /// The set of a rank, found from the root: choice by choice, the ranks of earlier ones taken off.
    fn from_the_root(paths: &Paths, mut rank: u64) -> Vec<u32> {
        let mut next = paths.starts.clone();
        let mut row = vec![0; paths.picks_a_set()];
        let mut node = paths.root();
        while node != Paths::END {
            let mut before = 0;
            let choices = paths.choices_of(node as usize);
            let step = choices
                .map(|choice| paths.choices[choice])
                .find(|step| {
                    let found = rank < step.below;
                    if !found {
                        before = step.below;
                    }
                    found
                })
                .unwrap();
            rank -= before;
            for &[group, position] in paths.picks_of(step) {
                row[next[group as usize] as usize] = position;
                next[group as usize] += 1;
            }
            node = step.next;
        }
        row
    }

    /// Whatever ranks a walk comes from, forwards, backwards or far away.
    #[test]
    fn a_walk_comes_to_the_set_of_its_rank() {
        for paths in graphs() {
            let sets = u64::try_from(paths.sets()).unwrap();
            let mut walk = Walk::new(&paths);
            let far = (0..sets).map(|i| i * 7919 % sets);
            for rank in (0..sets).chain((0..sets).rev()).chain(far) {
                assert_eq!(walk.to(&paths, rank), from_the_root(&paths, rank), "{rank}");
            }
        }
    }

    /// Two of 4,398 dates: some 2,200 choices a path, and two a step from one rank to the next.
    #[test]
    fn steps_from_rank_to_rank_are_short() {
        let paths = Distinct::new(4398, &[2]).unwrap().paths(By::Rank).unwrap();
        let mut walk = Walk::new(&paths);
        let (mut made, ranks) = (0, 300_000);
        for rank in 0..ranks {
            let before: Vec<u32> = walk.turns.iter().map(|turn| turn.choice).collect();
            walk.to(&paths, rank);
            let kept = before.iter().zip(&walk.turns);
            let kept = kept.take_while(|(had, turn)| **had == turn.choice).count();
            made += walk.turns.len() - kept;
        }
        assert!(made as f64 / (ranks as f64) < 2.1, "{made}");
    }
}
