//! How often nominal HAC intervals of the overlap regression cover zero over placebo sets, where
//! the events have no effect.
//!
//! Two passes over the same draws: the first finds the null's own mean of each effect, the second
//! counts. Both add integers only, so that no order of the draws changes a digit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use crate::engine::Threads;
use crate::error::{Error, Result};
use crate::inference::{clopper_pearson, engine, normal_quantile, null_statement};
use crate::null::{Picks, Sampler};
use crate::question::events::EventPlan;
use crate::report::{
    COVERAGE_READING, CoverageManifest, CoverageReport, CoverageRow, Head, SCHEMA_VERSION,
};
use crate::run::{Progress, prepare};
use crate::statistic::Column;
use crate::study::Study;

/// Confidence level of the interval beside a share.
const MONTE_CARLO_LEVEL: f64 = 0.95;

/// Draws of a block, and blocks a thread between two words of progress.
const BLOCK: usize = 128;
const BLOCKS: usize = 8;

/// Effects are summed in steps of a score over 2^40: 128 bits hold 2^40 draws of 2^47 scores.
const STEPS: f64 = (1u64 << 40) as f64;

/// What the placebo sets of a plan say of its nominal intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// Placebo sets with estimates.
    pub draws: u64,
    /// Placebo sets left out, because their regressors are collinear.
    pub singular: u64,
    /// By contrast, effect and series.
    pub effects: Vec<CoveredEffect>,
}

/// One effect over the placebo sets.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredEffect {
    /// Its mean, in units of a score.
    pub null_mean: f64,
    /// One a level.
    pub levels: Vec<Covers>,
}

/// Intervals of one level that cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covers {
    /// Those that cover zero.
    pub zero: u64,
    /// Those that cover the effect's mean over the placebo sets.
    pub mean: u64,
}

/// Checks the intervals of every test of a study that asks for the overlap regression.
///
/// # Errors
///
/// What [`prepare`] refuses, levels outside 0 to 1, a study without such a test, draws that have no
/// estimate; [`Error::Interrupted`] when `progress` says to stop: shares of some of the draws would
/// stand beside the mean of others.
pub fn coverage(
    study: &Study,
    levels: &[f64],
    threads: Option<usize>,
    progress: &mut Progress<'_>,
) -> Result<CoverageReport> {
    let levels = checked(levels)?;
    let prepared = prepare(study)?;
    let numbered = || prepared.compiled.plans.iter().zip(1..);
    let total = numbered()
        .filter(|(plan, _)| why_out(plan).is_none())
        .map(|(plan, _)| passes(plan, study.run.draws))
        .fold(0, u64::saturating_add);
    if total == 0 {
        return Err(Error::input(
            format!("study {}, key test", study.name),
            "no test asks for the overlap regression, the only statistic with HAC intervals, under a null that \
             draws sets of events",
            "Add statistic = \"overlap-regression\" to a [[test]].",
        ));
    }
    let started = Instant::now();
    let on = Threads::new(threads)?;
    let mut done = 0;
    let (mut nulls, mut results, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (plan, number) in numbered() {
        if let Some(why) = why_out(plan) {
            notes.push(format!("[[test]] {number} {why} and is left out"));
            continue;
        }
        let covered = count(plan, study.run.draws, &levels, &on, &mut |draws| {
            progress(done + draws, total)
        })?;
        done += passes(plan, study.run.draws);
        if covered.singular > 0 {
            notes.push(format!(
                "[[test]] {number}: {} placebo sets are left out, because their regressors are collinear",
                covered.singular
            ));
        }
        nulls.push(null_statement(plan));
        results.extend(coverage_rows(&study.name, number, plan, &levels, &covered));
    }
    let context = prepared.context(study);
    Ok(CoverageReport {
        schema_version: SCHEMA_VERSION,
        study: context.study,
        manifest: CoverageManifest {
            head: Head {
                data: context.files,
                study: context.text,
                rules: context.rules,
                notes,
                ..Head::new(
                    study.run.seed,
                    study.run.draws,
                    on.count(),
                    started.elapsed().as_secs_f64(),
                )
            },
            levels,
            nulls,
            reading: COVERAGE_READING.into(),
        },
        results,
    })
}

/// Counts the intervals of the plan's draws that cover: `asked` of them, or all of an enumeration.
/// `progress` is told the draws done in both passes, and answers whether to go on.
///
/// # Errors
///
/// A plan without the overlap regression, draws that are all singular; [`Error::Interrupted`].
pub fn count(
    plan: &EventPlan,
    asked: u64,
    levels: &[f64],
    on: &Threads,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Covered> {
    let Some((fold, regression, _)) = plan.regression() else {
        return Err(Error::input(
            &plan.words.null,
            "the test does not ask for the overlap regression",
            "Add statistic = \"overlap-regression\".",
        ));
    };
    let contrasts = fold.contrasts();
    let values = contrasts.len() * regression.effects().len() * regression.outcomes().columns();
    let draws = plan.draws(asked);
    let (solved, sums) = sum(
        plan,
        draws,
        on,
        values,
        |picks, draws, sums| {
            regression.each_effect(contrasts, picks, draws, |value, effect| {
                sums[value] += (effect * STEPS).round() as i128;
            })
        },
        progress,
    )?;
    if solved == 0 {
        return Err(Error::input(
            &plan.words.null,
            format!("the regressions of all {draws} placebo sets are singular"),
            "Ask for more --draws, shorten the window, or widen the [sample].",
        ));
    }
    let means: Vec<f64> = sums
        .iter()
        // No finer than the steps: zero is zero, and never minus zero.
        .map(|&sum| ((sum as f64 / solved as f64).round() + 0.0) / STEPS)
        .collect();
    let quantiles: Vec<f64> = levels
        .iter()
        .map(|level| -normal_quantile((1.0 - level) / 2.0))
        .collect();
    let each = 2 * levels.len();
    let (_, counts) = sum(
        plan,
        draws,
        on,
        values * each,
        |picks, draws, counts| {
            regression.each_estimate(contrasts, picks, draws, |value, estimate| {
                let counts = counts[value * each..].chunks_exact_mut(2);
                for (counts, quantile) in counts.zip(&quantiles) {
                    let reach = quantile * estimate.error;
                    let covers = |point: f64| (estimate.value - point).abs() <= reach;
                    counts[0] += i128::from(covers(0.0));
                    counts[1] += i128::from(covers(means[value]));
                }
            })
        },
        &mut |done| progress(draws + done),
    )?;
    let effects = means
        .into_iter()
        .zip(counts.chunks_exact(each))
        .map(|(null_mean, counts)| CoveredEffect {
            null_mean,
            levels: counts
                .chunks_exact(2)
                .map(|counts| Covers {
                    zero: counts[0] as u64,
                    mean: counts[1] as u64,
                })
                .collect(),
        })
        .collect();
    Ok(Covered {
        draws: solved,
        singular: draws - solved,
        effects,
    })
}

/// Why a test has no intervals to look at, if it has none.
fn why_out(plan: &EventPlan) -> Option<&'static str> {
    match (plan.regression(), plan.remade.is_some()) {
        (None, _) => Some("does not ask for the overlap regression"),
        (Some(_), true) => Some("makes the series anew instead of drawing sets of events"),
        (Some(_), false) => None,
    }
}

/// Draws of both passes.
fn passes(plan: &EventPlan, asked: u64) -> u64 {
    plan.draws(asked).saturating_mul(2)
}

/// Levels in ascending order, each once.
fn checked(levels: &[f64]) -> Result<Vec<f64>> {
    let mut levels = levels.to_vec();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    // Also where it is not a number.
    match levels.iter().find(|&&level| !(level > 0.0 && level < 1.0)) {
        None if !levels.is_empty() => Ok(levels),
        wrong => Err(Error::input(
            match wrong {
                Some(level) => format!("--level {level}"),
                None => "--level".into(),
            },
            "the level of an interval lies between 0 and 1",
            "Ask for levels such as 0.9,0.95.",
        )),
    }
}

/// One thread's buffers and sums.
struct Worker<'p> {
    sampler: Sampler<'p>,
    picks: Picks,
    solved: u64,
    sums: Vec<i128>,
}

/// The rows of a plan, by statistic, day, series, group and level.
fn coverage_rows(
    study: &str,
    test: usize,
    plan: &EventPlan,
    levels: &[f64],
    covered: &Covered,
) -> Vec<CoverageRow> {
    let Some((fold, regression, hypotheses)) = plan.regression() else {
        return Vec::new();
    };
    let columns = regression.columns();
    let (effects, series) = (regression.effects().len(), regression.outcomes().columns());
    let share = |count: u64| {
        let share = count as f64 / covered.draws as f64;
        match plan.design.enumeration() {
            Some(_) => (share, share, share),
            None => {
                let (low, high) = clopper_pearson(count, covered.draws, MONTE_CARLO_LEVEL);
                (share, low, high)
            }
        }
    };
    let mut rows = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let is_plain = |other: &&Column| {
            (other.effect, other.series) == (column.effect, column.series) && !other.studentised
        };
        // An effect and its ratio to its standard error have the same intervals.
        if column.studentised && columns.iter().any(|other| is_plain(&other)) {
            continue;
        }
        for contrast in 0..fold.contrasts().len() {
            let hypothesis = hypotheses.start + contrast * columns.len() + at;
            let grid = regression.grids()[contrast * columns.len() + at];
            let label = &plan.labels[hypothesis];
            let hypothesis = &plan.hypotheses[hypothesis];
            let value = (contrast * effects + column.effect) * series + column.series;
            let effect = &covered.effects[value];
            for (&level, covers) in levels.iter().zip(&effect.levels) {
                let (zero_share, zero_low, zero_high) = share(covers.zero);
                let (mean_share, mean_low, mean_high) = share(covers.mean);
                rows.push(CoverageRow {
                    study: study.to_owned(),
                    test,
                    series: label.key.series().to_owned(),
                    group: label.key.group().to_owned(),
                    statistic: label.key.statistic().to_owned(),
                    null: plan.words.null.clone(),
                    measure: plan.words.measure_of(label.key.statistic()),
                    window: plan.words.window,
                    relative_day: label.key.relative_day(),
                    level,
                    draws: covered.draws,
                    singular: covered.singular,
                    covers_zero: covers.zero,
                    zero_share,
                    zero_low,
                    zero_high,
                    covers_mean: covers.mean,
                    mean_share,
                    mean_low,
                    mean_high,
                    null_mean: (!column.studentised)
                        .then(|| hypothesis.scale.value(effect.null_mean / grid.step, 1)),
                    unit: (!column.studentised).then(|| label.unit.clone()),
                    engine: engine(plan).into(),
                });
            }
        }
    }
    rows
}

/// Sums what `add(picks, draws, sums)` adds for each block of draws, and the draws that it answers.
fn sum(
    plan: &EventPlan,
    draws: u64,
    on: &Threads,
    len: usize,
    add: impl Fn(&Picks, usize, &mut [i128]) -> u64 + Sync,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(u64, Vec<i128>)> {
    let threads = on.count();
    let worker = |_| Worker {
        sampler: plan.design.sampler(),
        picks: Picks::new(BLOCK, plan.design.picks()),
        solved: 0,
        sums: vec![0; len],
    };
    let mut workers: Vec<Worker> = (0..threads).map(worker).collect();
    let mut done = 0;
    while done < draws {
        let end = draws.min(done.saturating_add((threads * BLOCKS * BLOCK) as u64));
        // Every thread takes the next block that nobody has.
        let next = AtomicU64::new(done);
        on.run(|| {
            workers.par_iter_mut().for_each(|worker| {
                loop {
                    let first = next.fetch_add(BLOCK as u64, Ordering::Relaxed);
                    if first >= end {
                        break;
                    }
                    let draws = BLOCK.min((end - first) as usize);
                    worker
                        .sampler
                        .fill(plan.seed, first, draws, &mut worker.picks);
                    worker.solved += add(&worker.picks, draws, &mut worker.sums);
                }
            });
        });
        done = end;
        if !progress(done) {
            return Err(Error::Interrupted { draws: done });
        }
    }
    let mut solved = 0;
    let mut sums = vec![0; len];
    for worker in workers {
        solved += worker.solved;
        for (sum, of_worker) in sums.iter_mut().zip(worker.sums) {
            *sum += of_worker;
        }
    }
    Ok((solved, sums))
}
