//! Intervals by replicates over their own standard errors.

use std::ops::Range;

use super::{Bootstrap, Clock};
use crate::engine::{Folding, Threads, fold_draws};
use crate::inference::bootstrap::{
    Gathered, LinearLaw, MOST_KEPT, Replicates, high_rank, low_rank,
};
use crate::question::resample::Asked;
use crate::resample::{Resampling, Scheme, Scratch, Studentized};

/// An interval by studentized draws.
pub(super) struct PercentileT {
    /// Its ends, or why there are none.
    pub ends: Result<[f64; 2], &'static str>,
    pub draws: u64,
    pub undefined: u64,
    /// Whether all draws were made.
    pub whole: bool,
}

impl Bootstrap {
    /// `[T - q_high s, T - q_low s]` with the quantiles of `(T* - E)/s*`, `E` being the law's own mean, which is `T` but
    /// for moving blocks. `s` is the standard error of rows or clusters as of a draw, of blocks that of the
    /// bootstrap's law.
    pub(super) fn percentile_t(
        &self,
        asked: &Asked,
        (at, observed): (usize, f64),
        work: (&Threads, Option<u64>),
        clock: &mut Clock<'_, '_>,
    ) -> PercentileT {
        let resampling = &asked.resampling;
        let has_blocks = !matches!(resampling.scheme, Scheme::Iid | Scheme::Poisson);
        let law = LinearLaw::of(resampling, at).filter(|_| has_blocks);
        let [centre, error] = match &law {
            Some(law) => [observed + law.bias(), law.standard_error()],
            None => [
                observed,
                resampling.with_error(at, &resampling.each_unit())[1],
            ],
        };
        let of = (resampling, Studentized { of: at, centre });
        let draws = self.spec.draws;
        let keeps = draws <= MOST_KEPT;
        let folds = (
            || Replicates::new(0.0, keeps),
            Replicates::add,
            Replicates::merge,
        );
        let (replicates, done) = self.studentized(of, work, clock, folds);
        let mut found = PercentileT {
            ends: Err("fewer than two draws have a value"),
            draws: done,
            undefined: replicates.undefined(),
            whole: done == draws,
        };
        let n = replicates.defined();
        if n < 2 {
            return found;
        }
        let tail = (1.0 - self.spec.level) / 2.0;
        let mut search = replicates.search(&[low_rank(tail, n), high_rank(tail, n)]);
        while found.whole && search.values().is_none() {
            let folds = (|| search.gathers(), Gathered::add, Gathered::merge);
            let (gathered, done) = self.studentized(of, work, clock, folds);
            found.whole &= done == draws;
            search.narrow(gathered);
        }
        found.ends = match search.values().as_deref() {
            Some(&[low, high]) => Ok([observed - high * error, observed - low * error]),
            _ => Err("the draws were stopped before its ends were found"),
        };
        found
    }

    /// Folds studentized draws into states that are made, added to and merged; and how many there were.
    fn studentized<S: Send>(
        &self,
        (resampling, of): (&Resampling, Studentized),
        work: (&Threads, Option<u64>),
        clock: &mut Clock<'_, '_>,
        (make, add, merge): (
            impl Fn() -> S + Sync,
            impl Fn(&mut S, f64) + Sync,
            impl Fn(&mut S, S) + Sync,
        ),
    ) -> (S, u64) {
        let (draws, seed, drawer) = (self.spec.draws, self.spec.seed, resampling.drawer());
        let folding = Folding {
            make: || (make(), resampling.scratch()),
            take: |(all, scratch): &mut (S, Scratch), draws: Range<u64>| {
                for draw in draws {
                    add(
                        all,
                        resampling.studentized(of, &drawer, [seed, draw], scratch),
                    );
                }
            },
            merge: |a: &mut (S, Scratch), b: (S, Scratch)| merge(&mut a.0, b.0),
        };
        let units: u64 = resampling
            .sizes()
            .iter()
            .map(|&units| u64::from(units))
            .sum();
        clock.total += draws;
        let ((state, _), done) = fold_draws(0..draws, 16 * units, work, &folding, &mut |done| {
            clock.tell(done)
        });
        clock.done += done;
        (state, done)
    }
}
