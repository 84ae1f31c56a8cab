//! `concordance`: pairs in one order less pairs in the other. Twin: `shaders/statistic/concordance.wgsl`.

use super::facts::{
    Arithmetic, Basis, Facts, Key, Looked, Of, Refusal, Shape, Source, Words, Work,
};
use super::fold::Values;
use super::product::whole_draw;
use super::ranks::RankTable;
use super::{Contrast, Fold, Keys, Offset, ScoreTable};
use crate::kernel::{FOLDS, PICKS, Shader, VALUES, WIDE};
use crate::null::{Picks, Segment};

/// Nanoseconds that a step of a search takes.
const STEP: f64 = 1.5;

const SHADER: Shader = Shader {
    name: "concordance",
    entry_point: "concordance_values",
    binds: FOLDS,
    files: &[
        PICKS,
        WIDE,
        VALUES,
        include_str!("../../shaders/statistic/concordance.wgsl"),
    ],
};

/// Kendall's S: over all pairs of slots of different levels, how many have scores in the order of the
/// levels, less how many in the other. Jonckheere's and Terpstra's statistic is half of it and of the
/// number of such pairs together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concordance {
    table: RankTable,
    /// The slots of a draw, level by level, ascending.
    levels: Vec<Vec<u32>>,
}

impl Concordance {
    /// Of scores by position, and the slots of a draw in levels, ascending.
    pub fn new(scores: &ScoreTable, levels: Vec<Vec<u32>>) -> Self {
        Concordance {
            table: RankTable::new(scores),
            levels,
        }
    }

    fn slots(&self) -> usize {
        self.levels.iter().map(Vec::len).sum()
    }

    /// Pairs of slots of different levels.
    pub fn pairs(&self) -> i64 {
        let mut before = 0;
        let mut pairs = 0;
        for level in &self.levels {
            pairs += before * level.len() as i64;
            before += level.len() as i64;
        }
        pairs
    }
}

/// How many of the ranks so far are below, by Fenwick's tree.
struct Below {
    tree: Vec<i64>,
    all: i64,
}

impl Below {
    fn clear(&mut self, ranks: usize) {
        self.tree.clear();
        self.tree.resize(ranks + 1, 0);
        self.all = 0;
    }

    fn add(&mut self, rank: usize) {
        self.all += 1;
        let mut at = rank + 1;
        while at < self.tree.len() {
            self.tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    /// How many are below `rank`.
    fn count(&self, rank: usize) -> i64 {
        let (mut at, mut sum) = (rank, 0);
        while at > 0 {
            sum += self.tree[at];
            at &= at - 1;
        }
        sum
    }
}

impl Facts for Concordance {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[SHADER]);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!(
            "pairs in which {} rises less those in which it falls",
            words.scores
        )
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, scores: &ScoreTable) -> Option<Self> {
        Some(Concordance::new(scores, self.levels.clone()))
    }

    fn columns(&self) -> usize {
        self.table.ranks().columns()
    }

    fn score(&self, position: usize, column: usize) -> Option<i32> {
        Some(self.table.score(position, column))
    }

    fn shape(&self) -> Shape {
        Shape::Between
    }

    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Exact
    }

    fn contrasts(&self, _: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        whole_draw(groups)
    }

    fn bounds(&self, _: &Fold, _: &Contrast, _: &[i32]) -> (i64, i64) {
        (-self.pairs(), self.pairs())
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a number of pairs is made by enumeration alone")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        let ranks = self.table.ranks();
        let mut below = Below {
            tree: Vec::new(),
            all: 0,
        };
        for column in values.columns() {
            let distinct = self.table.levels()[column].len();
            for draw in 0..values.draws() {
                let row = picks.row(draw);
                let rank = |&slot: &u32| ranks.get(row[slot as usize] as usize, column) as usize;
                below.clear(distinct);
                let mut pairs = 0;
                for level in &self.levels {
                    for rank in level.iter().map(rank) {
                        let above = below.all - below.count(rank + 1);
                        pairs += below.count(rank) - above;
                    }
                    level.iter().map(rank).for_each(|rank| below.add(rank));
                }
                values.put_one(draw, (0, column), pairs);
            }
        }
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        fold.whole(picks)
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        // Every pair by itself, in the loops that a thread may take; beyond them the CPU's tree is faster.
        let mut own: Vec<i32> = self
            .levels
            .iter()
            .flatten()
            .map(|&slot| slot as i32)
            .collect();
        let mut lower = 0;
        for level in &self.levels {
            own.extend(level.iter().map(|_| lower));
            lower += level.len() as i32;
        }
        Ok(Work::Threads {
            shader: SHADER,
            table: self.table.ranks(),
            levels: None,
            own,
            constants: vec![("SLOTS", self.slots() as f64)],
            looked: Looked::At(self.pairs() as usize),
        })
    }

    fn nanoseconds(&self, _: &Fold) -> f64 {
        let slots = self.slots();
        let steps = 3 * slots * (usize::BITS - slots.leading_zeros()) as usize;
        (steps * self.columns()) as f64 * STEP
    }
}
