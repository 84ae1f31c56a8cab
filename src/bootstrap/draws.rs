//! The draws of a bootstrap.

use std::ops::Range;

use super::counts::Counted;
use super::makers::Makers;
use super::{Bootstrap, Clock};
use crate::inference::bootstrap::{Gathered, RankSearch, Replicates, high_rank, low_rank, shares};
use crate::question::resample::{Asked, BootstrapSpec};
use crate::resample::IntervalKind;

/// What draws say of a statistic.
pub(super) struct Drawn {
    pub replicates: Replicates,
    /// Values of the ranks that the intervals take, two an interval that takes some.
    pub ends: Option<Vec<f64>>,
}

impl Drawn {
    /// Of replicates that are kept, without a jackknife.
    pub fn of(spec: &BootstrapSpec, replicates: Replicates) -> Self {
        let ranks = ranks(spec, &replicates, None);
        Drawn {
            ends: replicates.clone().search(&ranks).values(),
            replicates,
        }
    }
}

impl Bootstrap {
    /// The replicates of a range of draws, and how many were made.
    pub(super) fn values(
        &self,
        (number, asked): (usize, &Asked),
        observed: &[f64],
        range: Range<u64>,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> (Vec<Replicates>, u64) {
        let keeps = self.keeps();
        let all = || {
            let all = observed.iter().map(|&of| Replicates::new(of, keeps));
            all.collect::<Vec<_>>()
        };
        makers.attend(number, &asked.resampling);
        makers.fold(
            (&asked.resampling, self.spec.seed),
            range,
            (
                all,
                |all, values| {
                    let pairs = all.iter_mut().zip(values);
                    pairs.for_each(|(of, &value)| of.add(value));
                },
                |all, more| {
                    let pairs = all.iter_mut().zip(more);
                    pairs.for_each(|(of, more)| of.merge(more));
                },
            ),
            &mut |done| clock.tell(done),
        )
    }

    /// What the draws of a resampling say: its replicates and, by further passes where they are not kept, the values at
    /// the ends of intervals. Whether all were made.
    pub(super) fn searched(
        &self,
        (number, asked): (usize, &Asked),
        accelerations: &[Option<f64>],
        counted: Counted,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> (Vec<Drawn>, bool) {
        let draws = self.spec.draws;
        let mut whole = counted.is_whole(draws);
        let replicates = counted.replicates();
        let mut searches: Vec<RankSearch> = replicates
            .iter()
            .zip(accelerations)
            .map(|(replicates, acceleration)| {
                let ranks = ranks(&self.spec, replicates, *acceleration);
                replicates.clone().search(&ranks)
            })
            .collect();
        while whole && searches.iter().any(|search| search.values().is_none()) {
            clock.total += draws;
            makers.attend(number, &asked.resampling);
            let room = || {
                let room = searches.iter().map(RankSearch::gathers);
                room.collect::<Vec<Gathered>>()
            };
            let (gathered, done) = makers.fold(
                (&asked.resampling, self.spec.seed),
                0..draws,
                (
                    room,
                    |all, values| {
                        let pairs = all.iter_mut().zip(values);
                        pairs.for_each(|(of, &value)| of.add(value));
                    },
                    |all, more| {
                        let pairs = all.iter_mut().zip(more);
                        pairs.for_each(|(of, more)| of.merge(more));
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
}

/// The ranks that intervals take of replicates, two an interval.
pub(super) fn ranks(
    spec: &BootstrapSpec,
    replicates: &Replicates,
    acceleration: Option<f64>,
) -> Vec<u64> {
    let Some(moments) = replicates.moments() else {
        return Vec::new();
    };
    let n = replicates.defined();
    let of = |kind: &IntervalKind| {
        let shares = shares(*kind, spec.level, &moments, acceleration.unwrap_or(0.0));
        let [low, high] = shares.ok().flatten()?;
        Some([low_rank(low, n), high_rank(high, n)])
    };
    spec.kinds().iter().filter_map(of).flatten().collect()
}
