//! Wild bootstraps: p-values, and confidence sets by inversion.

use std::ops::Range;

use super::counts::Counted;
use super::makers::Makers;
use super::rows::named_row;
use super::{Bootstrap, Clock};
use crate::engine::{Folding, Threads, fold_draws};
use crate::inference::bootstrap::{BootstrapRow, EndSearch, MOST_KEPT, WildCounts, observed_t};
use crate::question::resample::{AskedWild, SchemeWords, WildQuestion};
use crate::resample::{IntervalKind, MOST_LISTED, Weights, WildScratch, WildT};

/// Why no device draws.
const ON_THE_CPU: &str = "wild schemes are drawn on the CPU alone";
/// Below so many clusters Rademacher signs are too few: 2^5 of them give no p between 1/16 and nothing.
const FEW_CLUSTERS: usize = 6;

impl Bootstrap {
    /// Whether all signs are made, each once.
    pub(super) fn is_listed(&self, wild: &AskedWild) -> bool {
        self.spec.exact
            && self.spec.weights == Weights::Rademacher
            && wild.drawn.groups() <= MOST_LISTED
    }

    /// Draws of a coefficient.
    pub(super) fn wild_draws(&self, wild: &AskedWild) -> u64 {
        match self.is_listed(wild) {
            true => 1 << wild.drawn.groups(),
            false => self.spec.draws,
        }
    }

    /// What is to be said of it beside its results.
    pub(super) fn wild_notes(&self, question: &WildQuestion) -> Vec<String> {
        let groups = question.asked[0].drawn.groups();
        match self.spec.weights == Weights::Rademacher && groups < FEW_CLUSTERS {
            false => Vec::new(),
            true => vec![format!(
                "{groups} {} have {} Rademacher signs, which come in pairs of one size of t: p moves in steps of \
                 {}, and cannot be small. Webb's weights take six values (--weights webb)",
                question.words.units,
                1u64 << groups,
                2.0 / (1u64 << groups) as f64,
            )],
        }
    }

    /// The row of a coefficient, of its draws: those kept, or made for each pass.
    pub(super) fn wild_row(
        &self,
        wild: &AskedWild,
        words: &SchemeWords,
        kept: Option<Counted>,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> BootstrapRow {
        let draws = self.wild_draws(wild);
        let is_listed = self.is_listed(wild);
        // Under the null all signs 1 are the data themselves; residuals of the full regression are not.
        let is_share = is_listed && self.spec.restricted;
        let null = self.spec.null_value;
        let mut complete = kept.as_ref().is_none_or(|kept| kept.is_whole(draws));
        let kept = kept.map(Counted::wild);
        let kept = kept.as_deref();
        let work = makers.cpu(ON_THE_CPU);
        let (counts, whole) = self.wild_counts(wild, kept, &[null], work, clock);
        complete &= whole;
        let mut row = named_row(&wild.row, words);
        let alpha = 1.0 - self.spec.level;
        let mut searches = [true, false]
            .map(|upwards| EndSearch::new(wild.estimate, wild.standard_error, upwards));
        let has_size = wild.standard_error > 0.0 && wild.standard_error.is_finite();
        while complete && has_size && searches.iter().any(|search| !search.is_done()) {
            let nulls = [searches[0].nulls(), searches[1].nulls()];
            clock.total += if kept.is_none() { draws } else { 0 };
            let (counts, whole) = self.wild_counts(wild, kept, &nulls.concat(), work, clock);
            complete &= whole;
            let p: Vec<f64> = counts.iter().map(|counts| counts.p(is_share)).collect();
            let (up, down) = p.split_at(nulls[0].len());
            for ((search, nulls), p) in searches.iter_mut().zip(&nulls).zip([up, down]) {
                if !search.is_done() {
                    search.narrow(nulls, p, alpha);
                }
            }
        }
        let found = complete && has_size;
        let [high, low] = searches.map(|search| search.end().filter(|_| found));
        row.interval_reason = match (has_size, complete, low.is_some() && high.is_some()) {
            (false, ..) => Some("its standard error is zero".into()),
            (_, false, _) => Some("the draws were stopped before its ends were found".into()),
            (_, _, false) => Some("no value on a side without an end is rejected".into()),
            _ => None,
        };
        let counts = counts[0];
        BootstrapRow {
            observed: Some(wild.estimate),
            standard_error: Some(wild.standard_error),
            interval_kind: IntervalKind::Inversion.name().into(),
            interval_level: self.spec.level,
            interval_low: low,
            interval_high: high,
            null_value: Some(null),
            t: Some((wild.estimate - null) / wild.standard_error).filter(|t| t.is_finite()),
            above: Some(counts.above),
            equal: Some(counts.equal),
            p: Some(counts.p(is_share)),
            draws: Some(counts.draws),
            undefined: Some(counts.undefined),
            engine: if is_listed {
                "enumeration"
            } else {
                "monte-carlo"
            }
            .into(),
            interval_engine: (low.is_some() || high.is_some()).then(|| {
                if is_listed {
                    "enumeration"
                } else {
                    "monte-carlo"
                }
                .into()
            }),
            complete,
            ..row
        }
    }

    /// Whether its draws are made once, for all nulls.
    pub(super) fn keeps_wild(&self, wild: &AskedWild) -> bool {
        self.wild_draws(wild) <= MOST_KEPT
    }

    /// A range of draws as functions of the null, in no order, and how many were made.
    pub(super) fn wild_kept(
        &self,
        wild: &AskedWild,
        range: Range<u64>,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> (Vec<WildT>, u64) {
        type State = (Vec<WildT>, WildScratch);
        let folding = Folding {
            make: || (Vec::new(), wild.drawn.scratch()),
            take: |(kept, scratch): &mut State, draws: Range<u64>| {
                self.wild_each(wild, draws, scratch, |t| kept.push(t))
            },
            merge: |a: &mut State, b: State| a.0.extend(b.0),
        };
        let cost = wild.drawn.cost();
        let work = makers.cpu(ON_THE_CPU);
        let ((kept, _), done) =
            fold_draws(range, cost, work, &folding, &mut |done| clock.tell(done));
        (kept, done)
    }

    /// Tells the draws of a range.
    pub(super) fn wild_each(
        &self,
        wild: &AskedWild,
        draws: Range<u64>,
        scratch: &mut WildScratch,
        tell: impl FnMut(WildT),
    ) {
        match self.is_listed(wild) {
            true => wild.drawn.signs(draws, scratch, tell),
            false => wild.drawn.draws(self.spec.seed, draws, scratch, tell),
        }
    }

    /// The draws beside the observed t at each of some nulls: those kept, or made for it, and whether all were made.
    fn wild_counts(
        &self,
        wild: &AskedWild,
        kept: Option<&[WildT]>,
        nulls: &[f64],
        work: (&Threads, Option<u64>),
        clock: &mut Clock<'_, '_>,
    ) -> (Vec<WildCounts>, bool) {
        let data = wild.restricted.observed(&mut wild.restricted.scratch());
        let nulls: Vec<f64> = nulls.iter().map(|null| null - wild.estimate).collect();
        let observed: Vec<[f64; 2]> = nulls.iter().map(|&b| observed_t(&data, b)).collect();
        type State = (Vec<WildCounts>, WildScratch);
        let folding = Folding {
            make: || {
                (
                    vec![WildCounts::default(); nulls.len()],
                    wild.drawn.scratch(),
                )
            },
            take: |(counts, scratch): &mut State, draws: Range<u64>| {
                let mut add = |t: WildT| {
                    for ((counts, &b), &observed) in counts.iter_mut().zip(&nulls).zip(&observed) {
                        counts.add(t.at(b), observed);
                    }
                };
                match kept {
                    Some(kept) => kept[draws.start as usize..draws.end as usize]
                        .iter()
                        .for_each(|&t| add(t)),
                    None => self.wild_each(wild, draws, scratch, add),
                }
            },
            merge: |a: &mut State, b: State| {
                a.0.iter_mut().zip(b.0).for_each(|(a, b)| a.merge(b));
            },
        };
        let cost = nulls.len() as u64 * 4;
        if let Some(kept) = kept {
            let all = 0..kept.len() as u64;
            let ((counts, _), _) = fold_draws(all, cost, work, &folding, &mut |_| true);
            return (counts, true);
        }
        let draws = self.wild_draws(wild);
        let cost = cost + wild.drawn.cost();
        let ((counts, _), done) =
            fold_draws(0..draws, cost, work, &folding, &mut |done| clock.tell(done));
        clock.done += done;
        (counts, done == draws)
    }
}
