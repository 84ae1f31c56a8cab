//! The report of counted draws.

use super::{Answer, Counted, Rules};
use crate::inference::{
    MOST_OPERATIONS, PlanCounts, ResultRow, Stopped, add_deviations, engine, exact_ceilings,
    family_statement, null_statement, result_rows,
};
use crate::plan::Plan;
use crate::report::{Context, Head, Manifest, Report, SCHEMA_VERSION};

/// Operations that all exact laws together may take once the user waits for the end: a fraction of
/// a second.
const QUICK_OPERATIONS: u64 = 400_000_000;

/// The report of counted draws. `stopped` says whether the user waits for the end: exact laws that
/// take long are then left out.
pub fn report(
    context: Context,
    counted: Counted,
    chunk: Option<u64>,
    stopped: &(dyn Fn() -> bool + Sync),
) -> Report {
    let draws = counted.draws();
    let answers = &counted.answers;
    let rows: usize = answers.iter().map(|of| of.plan.hypotheses.len()).sum();
    let plans: Vec<&Plan> = answers.iter().map(|of| &of.plan.plan).collect();
    let ceilings = exact_ceilings(&plans, context.exact);
    let most = || match stopped() {
        true => QUICK_OPERATIONS / rows.max(1) as u64,
        false => MOST_OPERATIONS,
    };
    let mut notes = counted.notes.clone();
    let mut results: Vec<ResultRow> = Vec::new();
    let mut families = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        let (plan, tally) = (&answer.plan, &answer.tally);
        let (family, intervals) = (answer.family.as_ref(), &answer.intervals);
        let (stops, far_tails) = (answer.stops.as_deref(), answer.far_tails.as_deref());
        let rules = Rules {
            stopping: context.stopping,
            tail_fit: context.tail_fit,
        };
        let name = format!("[[test]] {}", number + 1);
        notes.extend(shortfalls(&name, answer, context.draws, rules));
        if let Some(counts) = family {
            families.extend(family_statement(plan, counts, context.raw));
        }
        let partial = is_partial(answer, context.draws);
        let enumerates = plan.design.enumeration().is_some();
        if tally.draws() > 0 && !(partial && enumerates) {
            let counts = PlanCounts {
                plan,
                tally,
                family,
                intervals: intervals.as_deref(),
                stops: stops.zip(context.stopping),
                far_tails,
            };
            let name = &context.study.name;
            let ceiling = |h: usize| ceilings[number][h].clone().map(|()| most());
            let mut rows = result_rows(name, &counts, context.raw, &ceiling);
            // Tests of one null design and window share their constants.
            rows.retain(|row| {
                !row.is_constant() || !results.iter().any(|had| had.is_same_question(row))
            });
            if !stopped() {
                notes.extend(add_deviations(&mut rows, &results, plan));
            }
            results.extend(rows);
        }
    }
    if stopped() {
        notes.push(
            "interrupted: exact laws that take long, and least absolute deviations, are left out"
                .into(),
        );
    }
    let complete = counted.complete && !stopped();
    for row in &mut results {
        row.complete = complete;
    }
    let mut engines: Vec<&str> = plans.iter().map(|plan| engine(plan)).collect();
    engines.sort_unstable();
    engines.dedup();
    Report {
        schema_version: SCHEMA_VERSION,
        study: context.study,
        manifest: Manifest {
            head: Head {
                data: context.files,
                study: context.text,
                rules: context.rules,
                notes,
                ..Head::new(
                    plans.first().map_or(0, |plan| plan.seed),
                    context.draws,
                    counted.threads,
                    counted.elapsed_seconds,
                )
            },
            complete: counted.complete,
            raw: context.raw,
            stopping: context.stopping.map(|rule| rule.to_string()),
            tail_fit: context.tail_fit,
            engine: engines.join(" and "),
            device: counted.device,
            replayed_draws: counted.replayed,
            chunk,
            nulls: answers.iter().map(|of| null_statement(&of.plan)).collect(),
            families,
            draws_per_second: draws as f64 / counted.elapsed_seconds,
        },
        results,
    }
}

/// Whether an answer lacks draws of the `asked` ones: neither all are there nor has a rule stopped them.
pub(crate) fn is_partial<W>(answer: &Answer<W>, asked: u64) -> bool {
    let are_done = |stops: &[Stopped]| stops.iter().all(Stopped::is_done);
    let draws = answer.plan.draws(asked);
    answer.tally.draws() < draws && !answer.stops.as_deref().is_some_and(are_done)
}

/// What the draws of a plan, which its question calls `name`, leave unanswered of what was asked, in notes.
pub(crate) fn shortfalls<W>(
    name: &str,
    answer: &Answer<W>,
    asked: u64,
    rules: Rules,
) -> Vec<String> {
    let plan = &answer.plan;
    let enumerates = plan.design.enumeration().is_some();
    let mut notes = Vec::new();
    if is_partial(answer, asked) {
        notes.push(format!(
            "partial: {name} has {} of {} draws{}",
            answer.tally.draws(),
            plan.draws(asked),
            match enumerates {
                true => "; a part of an enumeration gives no p-value, and its rows are left out",
                false => "",
            }
        ));
    }
    if enumerates && (rules.stopping.is_some() || rules.tail_fit) {
        notes.push(format!(
            "{name} makes each of its sets once: an enumeration needs no stopping rule and no tail-fit"
        ));
    }
    if rules.tail_fit && !enumerates && answer.far_tails.is_none() {
        notes.push(format!(
            "interrupted: the tail-fits of {name} are left out, as they need all draws"
        ));
    }
    if plan.family.is_some() && answer.family.is_none() {
        notes.push(format!(
            "interrupted: the family of {name} is left out, as it needs all draws"
        ));
    }
    if plan.intervals.is_some() && answer.intervals.is_none() {
        notes.push(format!(
            "interrupted: the intervals of {name} are left out, as they need all draws"
        ));
    }
    notes
}
