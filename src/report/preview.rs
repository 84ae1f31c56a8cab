//! What a study will do, before a draw is made.

use serde::Serialize;

use super::assemble::null_statement;
use super::manifest::{Context, NullStatement, StudySummary};
use super::output::SCHEMA_VERSION;
use crate::engine::estimate;
use crate::inference::{Laws, MOST_OPERATIONS, exact_ceilings, observed_fit};
use crate::load::FileHash;
use crate::plan::Plan;

/// Everything that `placebo check` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// The files read.
    pub data: Vec<FileHash>,
    /// Rules that fired.
    pub rules: Vec<String>,
    /// The tests, in the study's order.
    pub tests: Vec<TestPreview>,
    /// Placebo draws a test, as asked.
    pub draws: u64,
    /// The rule by which draws stop before that number.
    pub stopping: Option<String>,
    /// CPU threads that the estimates are for.
    pub threads: usize,
    /// Estimated seconds of all draws and exact laws on these threads; right within a factor of two or three.
    pub seconds: f64,
    /// Estimated bytes of working memory, whatever the number of draws.
    pub memory_bytes: u64,
}

/// One test before a draw is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestPreview {
    /// The null design in words and numbers.
    pub null: NullStatement,
    /// Placebo draws of the test: those asked for, or all sets of an enumeration.
    pub draws: u64,
    /// What counts are divided by for p; empty where draws decide their number.
    pub p_denominator: Option<u64>,
    /// The step in which p moves; empty likewise.
    pub p_step: Option<f64>,
    /// Result rows that the test gives.
    pub rows: usize,
    /// Rows of its family; 0 without one.
    pub family: usize,
    /// How each series became integers.
    pub series: Vec<SeriesPreview>,
}

/// A series in fixed point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesPreview {
    /// The series.
    pub series: String,
    /// Unit of its changes.
    pub unit: String,
    /// What one step is worth in that unit.
    pub quantum: f64,
    /// Largest change, in steps.
    pub largest: u32,
    /// How many times larger changes could be before the fixed-point range ends.
    pub headroom: f64,
    /// Largest rounding error in that unit; 0 where steps are exact.
    pub rounding_error: f64,
}

impl Preview {
    /// Of a study's plans, for so many CPU threads.
    pub fn new(context: Context, plans: &[Plan], threads: usize) -> Self {
        let estimates: Vec<_> = plans.iter().map(estimate).collect();
        let allowed = exact_ceilings(plans, context.exact);
        let laws: u64 = plans
            .iter()
            .zip(&allowed)
            .filter(|(plan, _)| plan.design.enumeration().is_none())
            .flat_map(|(plan, allowed)| {
                let laws = Laws::new(plan);
                let allowed = allowed.iter().enumerate().filter(|(_, of)| of.is_ok());
                allowed.map(|(h, _)| laws.operations(h)).collect::<Vec<_>>()
            })
            .filter(|&operations| operations <= MOST_OPERATIONS)
            .fold(0, u64::saturating_add);
        let seconds: f64 = plans
            .iter()
            .zip(&estimates)
            .map(|(plan, estimate)| {
                let fits = context.tail_fit && plan.design.enumeration().is_none();
                let passes = plan.passes() + u64::from(fits);
                passes as f64 * estimate.seconds_a_draw * plan.draws(context.draws) as f64
            })
            .sum();
        Preview {
            schema_version: SCHEMA_VERSION,
            study: context.study,
            data: context.files,
            rules: context.rules,
            tests: plans
                .iter()
                .map(|plan| test(plan, context.draws, context.raw, context.stopping.is_some()))
                .collect(),
            draws: context.draws,
            stopping: context.stopping.map(|rule| rule.to_string()),
            threads,
            seconds: (seconds + laws as f64 * 1e-9) / threads as f64,
            memory_bytes: estimates
                .iter()
                .map(|estimate| estimate.bytes_shared + estimate.bytes_a_thread * threads as u64)
                .max()
                .unwrap_or(0),
        }
    }

    /// As one JSON object.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("plain structs become JSON");
        json.push('\n');
        json
    }
}

fn test(plan: &Plan, asked: u64, raw: bool, stops: bool) -> TestPreview {
    let null = null_statement(plan);
    let drawn = (!stops).then(|| asked.saturating_add(u64::from(!raw)));
    let p_denominator = null.p_denominator.or(drawn);
    let tails = plan.facts.convention.tails() as f64;
    TestPreview {
        null,
        p_denominator,
        p_step: p_denominator.map(|of| tails / of as f64),
        draws: plan.draws(asked),
        rows: plan.hypotheses.len() + observed_fit(plan).constants.len(),
        family: plan
            .family
            .as_ref()
            .map_or(0, |family| family.members.len()),
        series: plan
            .series
            .iter()
            .map(|facts| SeriesPreview {
                series: facts.series.clone(),
                unit: facts.unit.clone(),
                quantum: facts.step,
                largest: facts.largest,
                headroom: facts.headroom(),
                rounding_error: facts.rounding_error,
            })
            .collect(),
    }
}
