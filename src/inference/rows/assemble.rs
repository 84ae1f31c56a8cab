//! A plan and its tally as result rows.

use rayon::prelude::*;

use super::family::add_family;
use super::interval::add_intervals;
use super::null_statement::{ClusterCounts, ClusterRule, GroupSize, NullStatement, SampleSpan};
use super::row::ResultRow;
use crate::engine::{FamilyCounts, Tally};
use crate::inference::{
    BARS, Constant, EffectSet, FarTail, Laws, Stopped, StoppedP, TailFit, bars, convention_label,
    counted_p, least_p, neighbours, null_summary, observed_fit, why_no_p,
};
use crate::plan::{Convention, Plan};
use crate::question::events::{
    CONSTANT, CONVENTION, EventPlan, EventWords, GROUP, RELATIVE_DAY, SERIES, STATISTIC,
};
use crate::question::{Key, Labelled, Words};
use crate::statistic::Kind;
use crate::study::Stopping;

/// What was counted of a plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanCounts<'c, W = EventWords> {
    /// The plan.
    pub plan: &'c Labelled<W>,
    /// Its tally.
    pub tally: &'c Tally,
    /// Its family's counts, if it has one.
    pub family: Option<&'c FamilyCounts>,
    /// The confidence sets of its intervals, if it has any.
    pub intervals: Option<&'c [EffectSet]>,
    /// The stops of its hypotheses, where draws stopped by a rule, and the rule.
    pub stops: Option<(&'c [Stopped], Stopping)>,
    /// Its far tails, where they were asked for.
    pub far_tails: Option<&'c [FarTail]>,
}

/// The rows of a plan: by statistic, series and day in the study's order, then by group; last the
/// constants of the overlap regression.
///
/// `ceiling` is asked before the exact law of each hypothesis how many operations it may take, or why
/// there is none.
pub fn result_rows<W: Words + Sync>(
    study: &str,
    counts: &PlanCounts<'_, W>,
    raw: bool,
    ceiling: &(dyn Fn(usize) -> Result<u64, String> + Sync),
) -> Vec<ResultRow> {
    let PlanCounts {
        plan,
        tally,
        family,
        intervals,
        stops,
        far_tails,
    } = *counts;
    let convention = plan.convention;
    let enumerates = plan.design.enumeration().is_some();
    let fit = observed_fit(plan);
    let neighbours = neighbours(plan);
    let laws = Laws::new(plan);
    let no_p = why_no_p(plan);
    let order = row_order(plan);
    let mut rows: Vec<ResultRow> = order
        .par_iter()
        .map(|&h| {
            let hypothesis = &plan.hypotheses[h];
            if hypothesis.void.is_some() {
                return void_row(study, plan, h);
            }
            let counted = &tally.hypotheses[h];
            // Beside a stopped tail there is no count of the draws that are surely far.
            let simulated = hypothesis.mirror.is_some_and(|it| it.surely.is_some());
            let p = match stops {
                Some((stops, rule)) => {
                    let p = stops[h].p(rule);
                    let interval = p.interval.filter(|_| !simulated);
                    StoppedP { interval, ..p }
                }
                None => {
                    let (counts, p) = counted_p(plan, h, counted, raw);
                    StoppedP {
                        counts,
                        p_lower: Some(p.p_lower),
                        p_upper: Some(p.p_upper),
                        p: p.p,
                        interval: Some((p.p_low, p.p_high)),
                        decision: None,
                    }
                }
            };
            let far = far_tails.and_then(|tails| tails.iter().find(|tail| tail.hypothesis == h));
            let (fit_of_tail, tail_fit_reason) =
                match far.map(|tail| tail.fit(hypothesis, p.counts.draws())) {
                    Some(Ok(fit)) => (Some(fit), None),
                    Some(Err(reason)) => (None, Some(reason)),
                    None => (None, None),
                };
            let fitted = |p: fn(&TailFit) -> f64| {
                let p = fit_of_tail.as_ref().map(p)?;
                Some(match convention {
                    Convention::EqualTailed => (2.0 * p).min(1.0),
                    _ => p,
                })
            };
            let null = null_summary(hypothesis, counted);
            let (null_edges, null_counts) = bars(hypothesis, counted, BARS)
                .map(|bars| (bars.edges, bars.counts))
                .unzip();
            let p_reason = no_p(h, counted);
            let told = |p: f64| p_reason.is_none().then_some(p);
            let exact = match (&p_reason, enumerates) {
                (Some(reason), _) => Err(reason.clone()),
                (None, true) => Ok(p.p),
                (None, false) => ceiling(h).and_then(|most| laws.p(h, most)),
            };
            let (p_exact, p_exact_reason) = match exact {
                Ok(p) => (Some(p), None),
                Err(reason) => (None, Some(reason)),
            };
            ResultRow {
                study: study.to_owned(),
                key: key(plan, h, raw && !enumerates),
                events: events(plan, h),
                observed: hypothesis.observed_value(),
                observed_reason: hypothesis.observed_reason(),
                unit: plan.labels[h].unit.clone(),
                se_hac: fit.tests[h].and_then(|test| test.error),
                p_hac: fit.tests[h].and_then(|test| test.p),
                lad_low: None,
                lad_high: None,
                draws: Some(p.counts.draws()),
                below: Some(p.counts.below),
                equal: Some(p.counts.equal),
                above: Some(p.counts.above),
                singular: fit.tests[h].map(|_| p.counts.singular),
                p_lower: p.p_lower.and_then(told),
                p_upper: p.p_upper.and_then(told),
                p: told(p.p),
                p_least: least_p(plan, h, counted).and_then(told),
                p_mc_low: p.interval.and_then(|(low, _)| told(low)),
                p_mc_high: p.interval.and_then(|(_, high)| told(high)),
                p_exact,
                p_exact_engine: p_exact.map(|_| match enumerates {
                    true => "enumeration".into(),
                    false => laws.engine(h).into(),
                }),
                p_exact_reason,
                p_reason,
                engine: engine(plan).into(),
                null_mean: null.mean,
                null_sd: null.sd,
                null_reason: null.reason,
                null_q025: null.q025,
                null_q975: null.q975,
                bin_width: null.bin_width,
                null_edges,
                null_counts,
                lag1_correlation: neighbours[h].map(|found| found.correlation),
                crossings: neighbours[h].map(|found| found.crossings),
                effective_draws: neighbours[h].map(|found| found.effective_draws),
                stopping: stops.map(|(_, rule)| rule.to_string()),
                decision: p.decision.map(str::to_owned),
                p_tail_fit: fitted(|fit| fit.p),
                p_tail_fit_low: fitted(|fit| fit.p_low),
                p_tail_fit_high: fitted(|fit| fit.p_high),
                tail_shape: fit_of_tail.map(|fit| fit.law.shape),
                tail_goodness: fit_of_tail.map(|fit| fit.goodness),
                tail_fit_reason,
                // Families and intervals are added below.
                ..ResultRow::default()
            }
        })
        .collect();
    if let Some(counts) = family {
        add_family(&mut rows, &order, plan, counts, raw);
    }
    if let Some(sets) = intervals {
        add_intervals(&mut rows, &order, plan, plan.words.claims_level(), sets);
    }
    rows.extend(
        fit.constants
            .into_iter()
            .map(|it| constant_row(study, plan, it)),
    );
    rows
}

/// The hypotheses of a plan in the order of its rows.
pub(crate) fn row_order<W>(plan: &Labelled<W>) -> Vec<usize> {
    let columns = plan.fold_ranges().flat_map(|(fold, range)| {
        let columns = fold.columns();
        range.clone().map(move |h| (h - range.start) % columns)
    });
    let columns: Vec<usize> = columns.collect();
    let mut order: Vec<usize> = (0..plan.hypotheses.len()).collect();
    order.sort_by_key(|&h| (plan.labels[h].place, columns[h]));
    order
}

/// The key of a hypothesis' row; `raw`: p is the share of the draws.
fn key<W>(plan: &Labelled<W>, h: usize, raw: bool) -> Key {
    let label = convention_label(plan.convention, raw);
    plan.labels[h].key.clone().with(CONVENTION, label)
}

/// The events that a row of an event study rests on.
fn events<W>(plan: &Labelled<W>, h: usize) -> Option<u64> {
    let of_series = plan.labels[h].key.get(SERIES);
    of_series.map(|_| plan.units_of(h))
}

/// The observed set has no value: nothing is compared with it.
fn void_row<W>(study: &str, plan: &Labelled<W>, h: usize) -> ResultRow {
    let hypothesis = &plan.hypotheses[h];
    ResultRow {
        study: study.to_owned(),
        key: key(plan, h, false),
        events: events(plan, h),
        observed_reason: hypothesis.observed_reason(),
        unit: plan.labels[h].unit.clone(),
        p_reason: hypothesis.observed_reason(),
        p_exact_reason: hypothesis.observed_reason(),
        null_reason: hypothesis.observed_reason(),
        engine: engine(plan).into(),
        ..ResultRow::default()
    }
}

/// A constant is estimated only: it has no draws.
fn constant_row<W>(study: &str, plan: &Labelled<W>, constant: Constant) -> ResultRow {
    let like = &plan.labels[constant.hypothesis];
    let key = key(plan, constant.hypothesis, false);
    ResultRow {
        study: study.to_owned(),
        key: key
            .with(GROUP, CONSTANT)
            .with(STATISTIC, Kind::Regression.names()[0].0)
            .with(RELATIVE_DAY, 0),
        observed: Some(constant.value),
        unit: like.unit.clone(),
        se_hac: constant.test.error,
        p_hac: constant.test.p,
        p_exact_reason: Some("the constant is estimated, not tested against draws".into()),
        engine: "least-squares".into(),
        ..ResultRow::default()
    }
}

/// What answers a plan, as rows and manifest name it.
pub fn engine(plan: &Plan) -> &'static str {
    match plan.design.enumeration() {
        Some(_) => "enumeration",
        None => "monte-carlo",
    }
}

/// How labels are dealt to events that keep together.
fn cluster_rule(plan: &EventPlan) -> Option<ClusterRule> {
    let clusters = plan.design.one_label()?;
    let groups = plan.groups.iter().zip(plan.design.segments());
    Some(ClusterRule {
        keep: plan.words.keep?,
        clusters: clusters.len() as u64,
        groups: groups
            .map(|(group, segment)| {
                let events = segment.of(&plan.observed);
                let of_group = clusters
                    .iter()
                    .filter(|cluster| events.contains(&cluster[0]));
                ClusterCounts {
                    group: group.clone(),
                    clusters: of_group.count() as u64,
                    events: events.len() as u64,
                    least_events: segment.least as u64,
                    most_events: segment.len as u64,
                }
            })
            .collect(),
    })
}

/// The null of a plan in words and numbers.
pub fn null_statement(plan: &EventPlan) -> NullStatement {
    let (log10, exact) = plan.design.admissible_sets();
    let (from, to, rows) = plan.words.sample;
    let denominator = plan
        .design
        .enumeration()
        .map(|sets| sets + u64::from(!plan.draws_hold_observed()));
    NullStatement {
        null: plan.words.null.clone(),
        design: plan.design.null(),
        window: plan.words.window,
        measure: plan.words.measure,
        convention: convention_label(plan.convention, false),
        statistics: plan.words.statistics.clone(),
        formulas: plan.words.formulas.clone(),
        hac: plan.regression().map(|(_, regression, _)| regression.hac()),
        remade: plan.words.remade.as_ref().map(|of| of.how.clone()),
        assumption: plan.words.assumption.clone(),
        reference: plan.words.reference.clone(),
        sample_ends: plan.words.sample_ends.clone(),
        sample: SampleSpan {
            from: from.to_string(),
            to: to.to_string(),
            rows: rows as u64,
        },
        eligible_dates: plan.design.positions() as u64,
        ineligible: plan.words.ineligible.clone(),
        group_sizes: plan
            .groups
            .iter()
            .zip(plan.design.segments())
            .map(|(group, segment)| GroupSize {
                group: group.clone(),
                size: segment.of(&plan.observed).len() as u64,
            })
            .collect(),
        clusters: cluster_rule(plan),
        admissible_sets: exact.map(|sets| sets.to_string()),
        admissible_sets_log10: log10,
        p_step: denominator.map(|sets| plan.convention.tails() as f64 / sets as f64),
        p_denominator: denominator,
        overlapping_pairs: plan.words.overlapping_pairs,
        observed_admissible: plan.words.not_admissible.is_none(),
        observed_note: plan.words.not_admissible.clone(),
    }
}
