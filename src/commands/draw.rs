//! `placebo draw`.

use crate::null::Stretch;
use crate::plan::Hypothesis;
use crate::question::events::EventPlan;
use crate::report::{Decimals, Labels};
use crate::run::prepare;
use crate::study::Study;
use crate::table_test::TableDraw;
use crate::{Error, Result};
use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::format::View;
use super::number::whole;
use super::shared::{Draws, Exact, Seed, Shown, Work};
use super::table::{Assignments, Question};

#[derive(Debug, Args)]
pub struct DrawArgs {
    /// A bundled study's name, the path of a study file, or a table and what is asked of it
    study: String,
    /// What is asked of a table, as of `test`
    formula: Option<String>,
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
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    sets: Assignments,
}

/// Replays one draw of every test of a study.
pub fn draw(args: &DrawArgs) -> Result<()> {
    args.shown.out.check()?;
    args.work.threads();
    if let Some(formula) = &args.formula {
        return draw_of_table(args, formula);
    }
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
            let labels = Labels::new(&study.labels);
            let mut text = format!(
                "{}, draw {} of seed {}\n",
                study.name, args.index, study.run.seed
            );
            for plan in &plans {
                text += &as_table(plan, args.index, &labels);
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
    let mut object = json!({
        "null": plan.words.null, "window": plan.words.window, "measure": plan.words.measure,
        "groups": groups, "values": values,
    });
    if let Some(stretches) = &draw.stretches {
        let of_rows = made_from(plan, stretches).into_iter().map(|made| {
            let [first, last, from, to] = made.dates;
            json!({
                "first": first, "last": last, "rows": made.rows, "from": from, "to": to,
                "negated": made.negated,
            })
        });
        object["series"] = of_rows.collect();
    }
    object
}

/// What some neighbouring rows of a draw's series are made from.
struct MadeFrom {
    /// The first and the last row's date, and those of the changes there.
    dates: [Date; 4],
    rows: u32,
    negated: bool,
}

/// What a draw's series is made from, by the dates of its rows.
fn made_from(plan: &EventPlan, stretches: &[Stretch]) -> Vec<MadeFrom> {
    let dates = plan.words.remade.as_ref().map_or(&[][..], |of| &of.dates);
    let made = stretches.iter().scan(0, |row, stretch| {
        let first = *row;
        *row += stretch.len as usize;
        let (from, last) = (stretch.from as usize, stretch.len as usize - 1);
        Some(MadeFrom {
            dates: [first, first + last, from, from + last].map(|row| dates[row]),
            rows: stretch.len,
            negated: stretch.negated,
        })
    });
    made.collect()
}

/// A draw's value as JSON has it: a number, null where there is none, and in words where it is infinite.
fn value_of(h: &Hypothesis, numerator: Option<i64>) -> serde_json::Value {
    let numerator = numerator.filter(|_| h.void.is_none());
    match numerator.map(|numerator| h.value(numerator)) {
        Some(value) if value.is_infinite() => json!(value.to_string()),
        value => json!(value),
    }
}

fn as_table(plan: &EventPlan, index: u64, labels: &Labels) -> String {
    let draw = plan.draw(index);
    let [first, last] = plan.words.window;
    let mut text = format!("\n{}, window {first:+} to {last:+} days\n", plan.words.null);
    for (statistic, formula) in plan.words.statistics.iter().zip(&plan.words.formulas) {
        text += &format!("{statistic}: {formula}\n");
    }
    for (group, positions) in plan.groups.iter().zip(&draw.groups) {
        let mut sorted = positions.clone();
        sorted.sort_unstable_by_key(|&position| plan.words.dates[position as usize]);
        let dates = dates(plan, &sorted).join(" ");
        text += &format!("  {}: {dates}\n", labels.of(group));
    }
    if let Some(stretches) = &draw.stretches {
        let made = made_from(plan, stretches).into_iter().map(|made| {
            let [first, last, from, to] = made.dates.map(|date| date.to_string());
            let sign = if made.negated { "-" } else { "+" };
            [first, last, made.rows.to_string(), sign.into(), from, to]
        });
        let headings = ["Rows from", "to", "Rows", "Sign", "Made from", "to"];
        text += &side_by_side(headings, made.collect(), &[2]);
    }
    let headings = [
        "Statistic",
        "Series",
        "Group",
        "Day",
        "This draw",
        "Observed",
        "Unit",
    ];
    let mut rows_shown = Vec::new();
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
        rows_shown.push([
            label.key.statistic().to_owned(),
            labels.of(label.key.series()).into_owned(),
            labels.of(label.key.group()).into_owned(),
            label.key.relative_day().to_string(),
            value.map_or("-".into(), text),
            match (observed, &h.void) {
                (None, None) => h.value(h.observed).to_string(),
                (observed, _) => observed.map_or("-".into(), text),
            },
            label.unit.clone(),
        ]);
    }
    text += &side_by_side(headings, rows_shown, &[3, 4, 5]);
    text
}

/// Rows under headings, without rules; the columns `numbers` are set to the right.
fn side_by_side<const N: usize>(
    headings: [&str; N],
    rows: Vec<[String; N]>,
    numbers: &[usize],
) -> String {
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .force_no_tty()
        .set_header(headings);
    for row in rows {
        table.add_row(row);
    }
    for &column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

/// Replays one draw of every null design of a test of a table.
fn draw_of_table(args: &DrawArgs, formula: &str) -> Result<()> {
    let out = &args.shown.out;
    args.sets.spare(&args.study, &[out])?;
    let draws = Draws {
        draws: None,
        seed: args.seed,
    };
    let spec = args
        .question
        .spec(formula, &args.sets, &draws, &args.exact)?;
    let seed = spec.seed;
    let drawn = args.sets.read(&args.study, spec)?.draw_at(args.index)?;
    out.write(&match args.shown.format {
        View::Json => {
            let object = json!({
                "table": args.study, "formula": formula, "seed": seed, "index": args.index,
                "tests": drawn,
            });
            format!("{object:#}\n")
        }
        View::Table => {
            let head = format!("{formula}, draw {} of seed {seed}\n", args.index);
            drawn.iter().fold(head, |text, draw| text + &of_table(draw))
        }
    })
}

fn of_table(draw: &TableDraw) -> String {
    let mut text = format!("\n{}, rows of the table from 1\n", draw.null);
    for group in &draw.groups {
        let rows: Vec<String> = group.rows.iter().map(i64::to_string).collect();
        text += &format!("  {}: {}\n", group.group, rows.join(" "));
    }
    let rows = draw.values.iter().map(|value| {
        let decimals = Decimals::of(value.value.into_iter().chain(value.observed));
        let number = |value: Option<f64>| value.map_or("-".into(), |value| decimals.text(value));
        [
            value.outcome.clone(),
            value.statistic.clone(),
            value.group.clone(),
            number(value.value),
            number(value.observed),
            match value.compares {
                None => "no value",
                Some(..0) => "below",
                Some(0) => "equal",
                Some(1..) => "above",
            }
            .to_owned(),
        ]
    });
    let headings = [
        "Outcome",
        "Statistic",
        "Group",
        "This draw",
        "Observed",
        "This draw is",
    ];
    text + &side_by_side(headings, rows.collect(), &[3, 4])
}
