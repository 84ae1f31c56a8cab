//! What a bootstrap draws, and what the draws of some ranges add up to.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::files::FileRows;
use super::laws::{Known, needs_draws};
use super::makers::Makers;
use super::{Bootstrap, Clock};
use crate::engine::Ranges;
use crate::error::Result;
use crate::inference::bootstrap::{MOST_KEPT, Replicates};
use crate::question::resample::{Asked, CompiledBootstrap};
use crate::resample::{IntervalKind, WildT};

/// A bootstrap as numbers, with what is known of its laws before anything is drawn.
pub(super) struct Ready {
    pub compiled: CompiledBootstrap,
    /// Of each resampling.
    pub known: Vec<KnownOf>,
}

/// What is known of the statistics of a resampling.
pub(super) struct KnownOf {
    pub observed: Vec<f64>,
    pub laws: Vec<Known>,
}

/// Draws that are made, and added up, by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// Of the statistics of a resampling.
    Values(usize),
    /// Of a resampling's statistic over its standard error.
    Studentized(usize, usize),
    /// Of a coefficient's wild bootstrap.
    Wild(usize),
}

/// What the draws of some ranges add up to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Counted {
    pub ranges: Ranges,
    pub of: Counts,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Counts {
    /// A statistic a number.
    Replicates(Vec<Replicates>),
    /// The draws as functions of the null, in no order.
    Wild(Vec<WildT>),
    /// The sums of all draws over the rows of one of several files.
    File(FileRows),
}

impl Bootstrap {
    /// Compiles, and finds what is known without draws.
    pub(super) fn ready(&self) -> Result<Ready> {
        let compiled = self.compile()?;
        let known = compiled.asked.iter().map(|asked| {
            let observed = self.observed(asked)?;
            let laws = (0..observed.len()).map(|at| self.known(asked, at, observed[at]));
            Ok(KnownOf {
                laws: laws.collect(),
                observed,
            })
        });
        Ok(Ready {
            known: known.collect::<Result<_>>()?,
            compiled,
        })
    }

    /// What is drawn.
    pub(super) fn folds(&self, ready: &Ready) -> Vec<Fold> {
        let mut folds = Vec::new();
        for (number, known) in ready.known.iter().enumerate() {
            if known
                .laws
                .iter()
                .any(|known| needs_draws(&self.spec, known))
            {
                folds.push(Fold::Values(number));
            }
            if self.spec.kinds().contains(&IntervalKind::PercentileT) {
                let statistics = 0..known.observed.len();
                folds.extend(statistics.map(|at| Fold::Studentized(number, at)));
            }
        }
        let wild = ready.compiled.wild.iter().flat_map(|wild| &wild.asked);
        folds.extend(wild.enumerate().map(|(number, _)| Fold::Wild(number)));
        folds
    }

    /// How many draws it is of.
    pub(super) fn draws_of(&self, ready: &Ready, fold: Fold) -> u64 {
        match (fold, &ready.compiled.wild) {
            (Fold::Wild(number), Some(wild)) => self.wild_draws(&wild.asked[number]),
            _ => self.spec.draws,
        }
    }

    /// Makes the draws `range` of a fold.
    pub(super) fn count(
        &self,
        ready: &Ready,
        fold: Fold,
        range: Range<u64>,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> Counted {
        let first = range.start;
        let (of, done) = match fold {
            Fold::Values(number) => {
                let observed = &ready.known[number].observed;
                let of = (number, &ready.compiled.asked[number]);
                let (all, done) = self.values(of, observed, range, makers, clock);
                (Counts::Replicates(all), done)
            }
            Fold::Studentized(number, at) => {
                let asked: &Asked = &ready.compiled.asked[number];
                let observed = ready.known[number].observed[at];
                let (all, done) =
                    self.studentized_values(asked, (at, observed), range, makers, clock);
                (Counts::Replicates(vec![all]), done)
            }
            Fold::Wild(number) => {
                let mut wild = ready.compiled.wild.iter().flat_map(|wild| &wild.asked);
                let made = wild
                    .nth(number)
                    .map(|wild| self.wild_kept(wild, range, makers, clock));
                let (all, done) = made.unwrap_or_default();
                (Counts::Wild(all), done)
            }
        };
        clock.done += done;
        Counted {
            ranges: Ranges::of(first..first + done),
            of,
        }
    }

    /// Of no draw.
    pub(super) fn nothing(&self, ready: &Ready, fold: Fold) -> Counted {
        let keeps = self.keeps();
        let of = match fold {
            Fold::Values(number) => {
                let observed = ready.known[number].observed.iter();
                Counts::Replicates(observed.map(|&of| Replicates::new(of, keeps)).collect())
            }
            Fold::Studentized(..) => Counts::Replicates(vec![Replicates::new(0.0, keeps)]),
            Fold::Wild(_) => Counts::Wild(Vec::new()),
        };
        Counted {
            ranges: Ranges::default(),
            of,
        }
    }

    /// Whether replicates are kept.
    pub(super) fn keeps(&self) -> bool {
        self.spec.draws <= MOST_KEPT
    }
}

impl Counted {
    /// Whether all draws are there.
    pub fn is_whole(&self, draws: u64) -> bool {
        self.ranges.draws() == draws
    }

    /// The replicates, a statistic one.
    pub fn replicates(self) -> Vec<Replicates> {
        match self.of {
            Counts::Replicates(all) => all,
            Counts::Wild(_) | Counts::File(_) => Vec::new(),
        }
    }

    /// The draws of a wild bootstrap.
    pub fn wild(self) -> Vec<WildT> {
        match self.of {
            Counts::Wild(all) => all,
            Counts::Replicates(_) | Counts::File(_) => Vec::new(),
        }
    }

    /// Adds those of other draws of the same fold.
    ///
    /// # Errors
    ///
    /// A draw is in both.
    pub fn merge(&mut self, other: Counted) -> Result<()> {
        self.ranges.merge(&other.ranges)?;
        match (&mut self.of, other.of) {
            (Counts::Replicates(all), Counts::Replicates(more)) => {
                let pairs = all.iter_mut().zip(more);
                pairs.for_each(|(of, more)| of.merge(more));
            }
            (Counts::Wild(all), Counts::Wild(more)) => all.extend(more),
            _ => {}
        }
        Ok(())
    }

    /// Whether counts that were read from a file are of the same fold as `nothing`, out of `draws` draws.
    pub fn check(
        &self,
        nothing: &Counted,
        draws: u64,
        keeps: bool,
    ) -> std::result::Result<(), &'static str> {
        if !self.ranges.are_of(draws) {
            return Err("its ranges of draws are impossible");
        }
        let drawn = self.ranges.draws();
        let fits = match (&self.of, &nothing.of) {
            (Counts::Replicates(all), Counts::Replicates(known)) => {
                let same = |(of, known): (&Replicates, &Replicates)| {
                    of.are_of(drawn, known.observed(), keeps)
                };
                all.len() == known.len() && all.iter().zip(known).all(same)
            }
            (Counts::Wild(all), Counts::Wild(_)) => all.len() as u64 == drawn,
            _ => false,
        };
        match fits {
            true => Ok(()),
            false => Err("its counts do not add up to its draws"),
        }
    }
}
