//! What a run would do: its null designs, draws, time and memory, without a draw.

use crate::engine::estimate;
use crate::inference::{Laws, MOST_OPERATIONS, exact_ceilings, null_statement, observed_fit};
use crate::question::events::EventPlan;
use crate::question::numbers;
use crate::report::{Context, Preview, SCHEMA_VERSION, SeriesPreview, TestPreview};
use crate::run::{Rules, walks};

/// What a run of a study's plans would do, on so many CPU threads.
pub fn preview(context: Context, plans: &[EventPlan], threads: usize) -> Preview {
    let estimates: Vec<_> = plans.iter().map(|plan| estimate(plan)).collect();
    let allowed = exact_ceilings(&numbers(plans), context.exact);
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
            let rules = Rules {
                stopping: context.stopping,
                tail_fit: context.tail_fit,
            };
            walks(plan, rules) as f64 * estimate.seconds_a_draw * plan.draws(context.draws) as f64
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

fn test(plan: &EventPlan, asked: u64, raw: bool, stops: bool) -> TestPreview {
    let null = null_statement(plan);
    let drawn = (!stops).then(|| asked.saturating_add(u64::from(!raw)));
    let p_denominator = null.p_denominator.or(drawn);
    let tails = plan.convention.tails() as f64;
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
            .words
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
