//! Intervals by replicates over their own standard errors.

use std::ops::Range;

use super::counts::Counted;
use super::makers::Makers;
use super::{Bootstrap, Clock};
use crate::engine::{Folding, fold_draws};
use crate::inference::bootstrap::{Gathered, LinearLaw, Replicates, high_rank, low_rank};
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
    /// bootstrap's law; `E` and this one are of the statistic's first order where it is not linear.
    pub(super) fn percentile_t(
        &self,
        asked: &Asked,
        (at, observed): (usize, f64),
        counted: Counted,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> PercentileT {
        let draws = self.spec.draws;
        let (of, error) = self.studentizing(asked, (at, observed));
        let mut found = PercentileT {
            ends: Err("fewer than two draws have a value"),
            draws: counted.ranges.draws(),
            undefined: 0,
            whole: counted.is_whole(draws),
        };
        let Some(replicates) = counted.replicates().pop() else {
            return found;
        };
        found.undefined = replicates.undefined();
        let n = replicates.defined();
        if n < 2 {
            return found;
        }
        if error.is_nan() {
            found.ends = Err("the standard error of the data is nothing but rounding");
            return found;
        }
        let tail = (1.0 - self.spec.level) / 2.0;
        let mut search = replicates.search(&[low_rank(tail, n), high_rank(tail, n)]);
        while found.whole && search.values().is_none() {
            let folds = (|| search.gathers(), Gathered::add, Gathered::merge);
            clock.total += draws;
            let all = (&asked.resampling, of, 0..draws);
            let (gathered, done) = self.studentized(all, makers, clock, folds);
            clock.done += done;
            found.whole &= done == draws;
            search.narrow(gathered);
        }
        found.ends = match search.values().as_deref() {
            Some(&[low, high]) => Ok([observed - high * error, observed - low * error]),
            _ => Err("the draws were stopped before its ends were found"),
        };
        found
    }

    /// What draws are studentized by, and the standard error of the data.
    fn studentizing(&self, asked: &Asked, (at, observed): (usize, f64)) -> (Studentized, f64) {
        let resampling = &asked.resampling;
        let has_blocks = !matches!(resampling.scheme, Scheme::Iid | Scheme::Poisson { .. });
        let law = LinearLaw::of(resampling, at);
        let law = law.or_else(|| LinearLaw::of_first_order(resampling, at));
        let law = law.filter(|_| has_blocks);
        let [centre, error] = match &law {
            Some(law) => [observed + law.bias(), law.standard_error()],
            None => [
                observed,
                resampling.with_error(at, &resampling.each_unit())[1],
            ],
        };
        (Studentized { of: at, centre }, error)
    }

    /// The studentized replicates of a range of draws, and how many were made.
    pub(super) fn studentized_values(
        &self,
        asked: &Asked,
        (at, observed): (usize, f64),
        range: Range<u64>,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> (Replicates, u64) {
        let (of, _) = self.studentizing(asked, (at, observed));
        let keeps = self.keeps();
        let folds = (
            || Replicates::new(0.0, keeps),
            Replicates::add,
            Replicates::merge,
        );
        self.studentized((&asked.resampling, of, range), makers, clock, folds)
    }

    /// Folds studentized draws into states that are made, added to and merged; and how many there were.
    fn studentized<S: Send>(
        &self,
        (resampling, of, range): (&Resampling, Studentized, Range<u64>),
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
        (make, add, merge): (
            impl Fn() -> S + Sync,
            impl Fn(&mut S, f64) + Sync,
            impl Fn(&mut S, S) + Sync,
        ),
    ) -> (S, u64) {
        let work = makers.cpu("studentized draws are made on the CPU alone");
        let (seed, drawer) = (self.spec.seed, resampling.drawer());
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
        let ((state, _), done) = fold_draws(range, 16 * units, work, &folding, &mut |done| {
            clock.tell(done)
        });
        (state, done)
    }
}
