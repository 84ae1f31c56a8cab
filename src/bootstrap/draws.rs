//! The draws of a bootstrap.

use super::makers::Makers;
use super::{Bootstrap, Clock};
use crate::inference::bootstrap::{
    Gathered, MOST_KEPT, RankSearch, Replicates, high_rank, low_rank, shares,
};
use crate::question::resample::{Asked, BootstrapSpec};
use crate::resample::IntervalKind;

/// What draws say of a statistic.
pub(super) struct Drawn {
    pub replicates: Replicates,
    /// Values of the ranks that the intervals take, two an interval that takes some.
    pub ends: Option<Vec<f64>>,
}

impl Bootstrap {
    /// The draws of a resampling: its replicates and, in further passes where they are not kept, the values
    /// at the ends of intervals. Whether all were made.
    pub(super) fn drawn(
        &self,
        asked: &Asked,
        (observed, accelerations): (&[f64], &[Option<f64>]),
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> (Vec<Drawn>, bool) {
        let BootstrapSpec { draws, seed, .. } = self.spec;
        let mut device = makers.sums(&asked.resampling);
        let keeps = draws <= MOST_KEPT;
        let all = || {
            observed
                .iter()
                .map(|&observed| Replicates::new(observed, keeps))
                .collect::<Vec<_>>()
        };
        let (replicates, done) = makers.fold(
            (&asked.resampling, seed),
            &mut device,
            draws,
            (
                all,
                |all, values| {
                    all.iter_mut()
                        .zip(values)
                        .for_each(|(of, &value)| of.add(value))
                },
                |all, more| {
                    all.iter_mut()
                        .zip(more)
                        .for_each(|(of, more)| of.merge(more))
                },
            ),
            &mut |done| clock.tell(done),
        );
        clock.done += done;
        let mut whole = done == draws;
        let mut searches: Vec<RankSearch> = replicates
            .iter()
            .zip(accelerations)
            .map(|(replicates, acceleration)| {
                let ranks = self.ranks(replicates, *acceleration);
                replicates.clone().search(&ranks)
            })
            .collect();
        while whole && searches.iter().any(|search| search.values().is_none()) {
            clock.total += draws;
            let room = || {
                searches
                    .iter()
                    .map(RankSearch::gathers)
                    .collect::<Vec<Gathered>>()
            };
            let (gathered, done) = makers.fold(
                (&asked.resampling, seed),
                &mut device,
                draws,
                (
                    room,
                    |all, values| {
                        all.iter_mut()
                            .zip(values)
                            .for_each(|(of, &value)| of.add(value))
                    },
                    |all, more| {
                        all.iter_mut()
                            .zip(more)
                            .for_each(|(of, more)| of.merge(more))
                    },
                ),
                &mut |done| clock.tell(done),
            );
            clock.done += done;
            whole &= done == draws;
            let each = searches.iter_mut().zip(gathered);
            each.for_each(|(search, gathered)| search.narrow(gathered));
        }
        let drawn = replicates
            .into_iter()
            .zip(searches)
            .map(|(replicates, search)| Drawn {
                replicates,
                ends: search.values(),
            });
        (drawn.collect(), whole)
    }

    /// The ranks that intervals take of replicates, two an interval.
    fn ranks(&self, replicates: &Replicates, acceleration: Option<f64>) -> Vec<u64> {
        let Some(moments) = replicates.moments() else {
            return Vec::new();
        };
        let n = replicates.defined();
        let of = |kind: &IntervalKind| {
            let shares = shares(
                *kind,
                self.spec.level,
                &moments,
                acceleration.unwrap_or(0.0),
            );
            let [low, high] = shares.ok().flatten()?;
            Some([low_rank(low, n), high_rank(high, n)])
        };
        self.spec.kinds().iter().filter_map(of).flatten().collect()
    }
}
