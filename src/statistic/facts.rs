//! What every statistic says of itself.

use super::fold::Values;
use super::{Contrast, Fold, Keys, Offset, Regression, ScoreTable, Statistic};
use crate::kernel::Shader;
use crate::null::{Picks, Segment};

/// What a statistic is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Of {
    /// The events' changes.
    Changes,
    /// The sizes of their changes.
    Sizes,
    /// Effects by relative day, estimated from the changes of all rows.
    Effects {
        /// Whether it is the effect of one relative day instead of the sum up to it.
        daily: bool,
        /// Whether it is divided by its HAC standard error.
        studentised: bool,
    },
}

/// What a statistic is made from.
pub enum Source {
    /// The events' scores, for groups that stand at these segments.
    Scores(Make),
    /// The outcomes of all rows, as [`Model`](super::Model) says.
    Outcomes,
    /// Nothing by itself: another statistic's maker makes it where it has to.
    Another,
}

/// Makes a statistic of scores.
pub type Make = fn(&ScoreTable, &[Segment], &Keys) -> Result<Statistic, Refusal>;

/// Why a statistic cannot be made, or a key's value not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The key.
    pub key: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: &'static str,
}

/// A key of a test that some statistics take, and others do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// In the study file.
    pub name: &'static str,
    /// What it takes and what it says, of one that the list of statistics names.
    pub own: Option<OwnKey>,
    /// Why it is refused where no statistic takes it.
    pub problem: &'static str,
}

/// What a key takes and says that no other part of a study knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnKey {
    /// What it takes.
    pub takes: &'static str,
    /// What it says.
    pub help: &'static str,
}

/// What a formula names.
pub struct Words<'a> {
    /// What the events' scores are.
    pub scores: &'a str,
    /// The first relative day of the window.
    pub first: i32,
}

/// How a numerator hangs on the scores: what is known of its expectation, and of the effects that a
/// test keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A sum of the picked scores over a fixed number: its expectation follows from how often a position
    /// is picked, and an effect moves it in proportion.
    Linear,
    /// A ratio of such a sum and a number of picks that varies: an effect moves it in proportion.
    Ratio,
    /// A sum of the picked scores, each with a weight of its slot: neither follows from how often a
    /// position is picked.
    Weighted,
    /// Made of the scores in their order: neither is known.
    Order,
    /// Made of how the scores of groups, or of slots, stand beside each other, all picks together: neither
    /// is known.
    Between,
    /// A coefficient of a fit to all rows: an effect moves it in proportion, unless it is over its
    /// standard error.
    Effect,
}

/// How numerators come to be whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// They are: integers over a denominator, the same on every engine.
    Exact,
    /// Fractions of integers, rounded to steps by one division in 128 bits.
    Rounded,
    /// Floats in steps, whose comparison with the observed value is decided in whole numbers. A draw may
    /// have no value.
    Compared,
    /// Floats, rounded to steps; on a device in 32 bits with an error band, in which draws are left to the
    /// CPU's 64. A draw may have no value.
    Screened,
}

/// What the exact null law of a statistic rests on.
pub enum Basis<'a> {
    /// Sums of these scores, by dynamic programming.
    Sums(&'a ScoreTable),
    /// Signs of `q` times the sum of these scores less `p` times their number.
    Ratios(&'a ScoreTable),
    /// Order statistics, by how many picks lie on either side of a score.
    Places {
        /// The statistic in words, for reasons.
        what: &'static str,
        /// Which it is of so many picks, from 0: the sum of both, or the one that they are.
        places: fn(usize) -> [usize; 2],
    },
    /// There is none, and why.
    None(&'static str),
}

/// Picks that a thread looks at.
pub enum Looked {
    /// So many at once, one after the other.
    At(usize),
    /// A few, without a loop over them.
    Straight,
    /// All of them once, in any number of parts: what contrasts come to adds up. Distinct positions can be
    /// summed as they are drawn, by a kernel in the place of the one that writes picks.
    Parts {
        /// That kernel; what it is told is in `kernels.rs` of the engine.
        as_drawn: Shader,
    },
}

/// What a device does for a statistic.
pub enum Work<'a> {
    /// A thread folds a draw's picks for a tile of columns.
    Threads {
        /// The kernel.
        shader: Shader,
        /// The rows that picks gather.
        table: &'a ScoreTable,
        /// What ranks in the table stand for.
        levels: Option<&'a [Vec<i32>]>,
        /// What it reads of its own from `shape`, at `OWN_AT`.
        own: Vec<i32>,
        /// The kernel's own overrides.
        constants: Vec<(&'static str, f64)>,
        /// Picks that a thread looks at.
        looked: Looked,
    },
    /// A workgroup fits a draw's regression.
    Fits(&'a Regression),
}

/// All that one statistic says of itself. Nothing has a default: a new statistic says whether it is
/// linear, has a law, and runs on a device.
pub(crate) trait Facts: Sized {
    /// The names by which studies ask for it, and what it is about by each.
    const NAMES: &'static [(&'static str, Of)];
    /// The keys of a test that it takes, beside those that all take.
    const KEYS: &'static [Key];
    /// What it is made from.
    const SOURCE: Source;
    /// Its kernels, of which the first is its twin; or why it runs on the CPU alone.
    const SHADERS: Result<&'static [Shader], &'static str>;

    /// What it is, in a line.
    fn formula(of: Of, keys: &Keys, words: &Words<'_>) -> String;
    /// Refuses values of its keys.
    fn check(keys: &Keys) -> Result<(), Refusal>;

    /// The same over other scores; `None` where it is not made from scores.
    fn over(&self, scores: &ScoreTable) -> Option<Self>;

    /// Score columns: values of a contrast.
    fn columns(&self) -> usize;
    /// The score of a position in a column; `None` where it is not made from scores.
    fn score(&self, position: usize, column: usize) -> Option<i32>;

    /// How it hangs on the scores.
    fn shape(&self) -> Shape;
    /// Whether it changes its sign with all scores: its mirror image is its own.
    fn is_odd(&self) -> bool;
    /// How its numerators come to be whole.
    fn arithmetic(&self) -> Arithmetic;
    /// The segments of `groups` and their combinations that it reports, and how two groups make a
    /// difference.
    fn contrasts(&self, labels: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>);
    /// Smallest and largest numerator of a contrast over all sets of distinct positions, given the
    /// sorted scores of its column. The bounds hold; they need not be reached.
    fn bounds(&self, fold: &Fold, contrast: &Contrast, sorted: &[i32]) -> (i64, i64);
    /// Mean and standard deviation of a contrast of distinct positions of a pool, near enough to place
    /// bins; `None` where only draws tell.
    fn moments(&self, fold: &Fold, contrast: &Contrast, pool: &[i32]) -> Option<(f64, f64)>;
    /// What its exact null law rests on.
    fn basis(&self) -> Basis<'_>;

    /// Folds draws.
    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>);
    /// The numerators of one set; `None` where it has no value.
    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>>;
    /// What a device does; or why none can.
    fn work(&self, segments: &[Segment]) -> Result<Work<'_>, &'static str>;
    /// Nanoseconds of one thread a draw, as measured on a 2026 server core; a rough guide elsewhere.
    fn nanoseconds(&self, fold: &Fold) -> f64;
}

/// A statistic by the name in a study file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatisticName {
    /// The name.
    pub name: &'static str,
    /// The statistic.
    pub kind: super::Kind,
    /// What it is about.
    pub of: Of,
}

impl StatisticName {
    /// Every name of every statistic.
    pub fn all() -> impl Iterator<Item = StatisticName> {
        let kinds = super::Kind::ALL.iter();
        kinds.flat_map(|&kind| {
            let names = kind.names().iter();
            names.map(move |&(name, of)| StatisticName { name, kind, of })
        })
    }

    /// The one of this name.
    pub fn find(name: &str) -> Option<StatisticName> {
        Self::all().find(|known| known.name == name)
    }

    /// The one that a row is about: see [`StatisticName::row_name`].
    pub fn of_row(statistic: &str) -> Option<StatisticName> {
        let name = statistic
            .split_once('(')
            .map_or(statistic, |(name, _)| name);
        Self::find(name)
    }

    /// The name in the study file.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The name in rows, which tell by the keys that are given, and by `more`, in parentheses.
    pub fn row_name(self, keys: &Keys, more: Option<String>) -> String {
        let own = |key: &str| self.kind.own_keys().contains(&key);
        let given = keys.given().into_iter().filter(|(key, _)| own(key));
        let told = given.map(|(key, value)| format!("{key} {value}"));
        let told: Vec<String> = told.chain(more).collect();
        match told.is_empty() {
            true => self.name.to_owned(),
            false => format!("{}({})", self.name, told.join(", ")),
        }
    }

    /// Whether it comes from the overlap regression.
    pub fn is_effect(self) -> bool {
        matches!(self.kind.source(), Source::Outcomes)
    }

    /// Whether it is about the sizes of changes.
    pub fn is_absolute(self) -> bool {
        self.of == Of::Sizes
    }

    /// Whether it is an effect over its standard error.
    pub fn is_studentised(self) -> bool {
        let Of::Effects { studentised, .. } = self.of else {
            return false;
        };
        studentised
    }

    /// What it is, in a line.
    pub fn formula(self, keys: &Keys, words: &Words<'_>) -> String {
        self.kind.formula(self.of, keys, words)
    }
}
