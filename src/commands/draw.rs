//! `placebo draw`.

use clap::Args;
use placebo::plan::Hypothesis;
use placebo::question::events::EventPlan;
use placebo::report::Decimals;
use placebo::run::prepare;
use placebo::study::Study;
use placebo::{Error, Result};
use serde_json::json;

use super::format::View;
use super::number::whole;
use super::shared::{Exact, Seed, Shown, Work};

#[derive(Debug, Args)]
pub struct DrawArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    /// Index of the draw, from 0
    #[arg(long, value_name = "I", value_parser = whole)]
    index: u64,
    #[command(flatten)]
    seed: Seed,
    #[command(flatten)]
    exact: Exact,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    shown: Shown,
}

/// Replays one draw of every test of a study.
pub fn draw(args: &DrawArgs) -> Result<()> {
    args.shown.out.check()?;
    args.work.threads();
    let mut study = Study::open(&args.study)?;
    args.shown.out.spare(Some(&args.study), &study)?;
    args.seed.put(&mut study);
    args.exact.put(&mut study, None);
    let plans = prepare(&study)?.compiled.plans;
    let numbered = plans.iter().zip(1..);
    let short = numbered.filter_map(|(plan, number)| Some((number, plan.design.enumeration()?)));
    for (number, draws) in short {
        if args.index >= draws {
            return Err(Error::input(
                format!("--index {}", args.index),
                format!("[[test]] {number} makes each of its {draws} sets once, numbered from 0"),
                format!("Ask for an index from 0 to {}.", draws - 1),
            ));
        }
    }
    args.shown.out.write(&match args.shown.format {
        View::Json => {
            let tests: Vec<_> = plans.iter().map(|plan| as_json(plan, args.index)).collect();
            let object = json!({
                "study": study.name, "seed": study.run.seed, "index": args.index, "tests": tests,
            });
            format!("{object:#}\n")
        }
        View::Table => {
            let mut text = format!(
                "{}, draw {} of seed {}\n",
                study.name, args.index, study.run.seed
            );
            for plan in &plans {
                text += &as_table(plan, args.index);
            }
            text
        }
    })
}

/// The dates of each group, in the order in which they were drawn; a minus before a date whose response
/// changes its sign.
fn dates(plan: &EventPlan, positions: &[u32]) -> Vec<String> {
    let kept = plan.design.negated_from().unwrap_or(usize::MAX);
    let date = |&position: &u32| {
        let sign = if position as usize >= kept { "-" } else { "" };
        format!("{sign}{}", plan.words.dates[position as usize])
    };
    positions.iter().map(date).collect()
}

fn as_json(plan: &EventPlan, index: u64) -> serde_json::Value {
    let draw = plan.draw(index);
    let groups: Vec<_> = plan
        .groups
        .iter()
        .zip(&draw.groups)
        .map(|(group, positions)| json!({"group": group, "dates": dates(plan, positions)}))
        .collect();
    let values: Vec<_> = plan
        .hypotheses
        .iter()
        .zip(&plan.labels)
        .zip(&draw.numerators)
        .map(|((h, label), &numerator)| {
            let key = &label.key;
            json!({
                "series": key.series(), "group": key.group(), "statistic": key.statistic(),
                "relative_day": key.relative_day(), "value": value_of(h, numerator),
                "observed": h.observed_value(), "unit": label.unit,
            })
        })
        .collect();
    json!({
        "null": plan.words.null, "window": plan.words.window, "measure": plan.words.measure,
        "groups": groups, "values": values,
    })
}

/// A draw's value as JSON has it: a number, null where there is none, and in words where it is infinite.
fn value_of(h: &Hypothesis, numerator: Option<i64>) -> serde_json::Value {
    let numerator = numerator.filter(|_| h.void.is_none());
    match numerator.map(|numerator| h.value(numerator)) {
        Some(value) if value.is_infinite() => json!(value.to_string()),
        value => json!(value),
    }
}

fn as_table(plan: &EventPlan, index: u64) -> String {
    let draw = plan.draw(index);
    let [first, last] = plan.words.window;
    let mut text = format!("\n{}, window {first:+} to {last:+} days\n", plan.words.null);
    for (statistic, formula) in plan.words.statistics.iter().zip(&plan.words.formulas) {
        text += &format!("{statistic}: {formula}\n");
    }
    for (group, positions) in plan.groups.iter().zip(&draw.groups) {
        let mut sorted = positions.clone();
        sorted.sort_unstable_by_key(|&position| plan.words.dates[position as usize]);
        text += &format!("  {group}: {}\n", dates(plan, &sorted).join(" "));
    }
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .force_no_tty()
        .set_header([
            "Statistic",
            "Series",
            "Group",
            "Day",
            "This draw",
            "Observed",
            "Unit",
        ]);
    let rows = plan.hypotheses.iter().zip(&plan.labels);
    for ((h, label), &numerator) in rows.zip(&draw.numerators) {
        let numerator = numerator.filter(|_| h.void.is_none());
        let (value, observed) = (numerator.map(|n| h.value(n)), h.observed_value());
        let finite = |value: &f64| value.is_finite();
        let decimals = Decimals::of(value.filter(finite).into_iter().chain(observed));
        let text = |value: f64| match value.is_finite() {
            true => decimals.text(value),
            false => value.to_string(),
        };
        table.add_row([
            label.key.statistic().to_owned(),
            label.key.series().to_owned(),
            label.key.group().to_owned(),
            label.key.relative_day().to_string(),
            value.map_or("-".into(), text),
            match (observed, &h.void) {
                (None, None) => h.value(h.observed).to_string(),
                (observed, _) => observed.map_or("-".into(), text),
            },
            label.unit.clone(),
        ]);
    }
    for column in [3, 4, 5] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    for line in table.lines() {
        text += line.trim_end();
        text.push('\n');
    }
    text
}
