//! `placebo check`.

use crate::Result;
use crate::campaign::preview;
use crate::report::preview_table;
use crate::run::prepare;
use crate::study::Study;
use clap::Args;
use serde_json::json;

use super::format::View;
use super::output::hint;
use super::script::quoted;
use super::shared::{Draws, Exact, Shown, Work};
use super::table::{Assignments, Question, explained};

#[derive(Debug, Args)]
#[command(mut_arg("threads", |threads| threads.help("CPU threads that the estimates are for [default: one a processor]")))]
pub struct CheckArgs {
    /// A bundled study's name, the path of a study file, or a table and what is asked of it
    study: String,
    /// What is asked of a table, as of `test`
    formula: Option<String>,
    #[command(flatten)]
    draws: Draws,
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

/// Reads and compiles a study, draws nothing, and says what a run would do.
pub fn check(args: &CheckArgs) -> Result<()> {
    args.shown.out.check()?;
    let threads = args.work.threads();
    if let Some(formula) = &args.formula {
        return check_table(args, formula);
    }
    let mut study = Study::open(&args.study)?;
    args.draws.put(&mut study, None);
    args.exact.put(&mut study, None);
    args.shown.out.spare(Some(&args.study), &study)?;
    let prepared = prepare(&study)?;
    let here = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.unwrap_or_else(here);
    let preview = preview(prepared.context(&study), &prepared.compiled.plans, threads);
    let out = &args.shown.out;
    out.write(&match args.shown.format {
        View::Table => preview_table(&preview, out.width()),
        View::Json => preview.to_json(),
    })?;
    if !args.work.quiet {
        hint(&format!("placebo run {}", quoted(&args.study)));
    }
    Ok(())
}

/// The same of a table.
fn check_table(args: &CheckArgs, formula: &str) -> Result<()> {
    let out = &args.shown.out;
    args.sets.spare(&args.study, &[out])?;
    let spec = args
        .question
        .spec(formula, &args.sets, &args.draws, &args.exact)?;
    let test = args.sets.read(&args.study, spec)?;
    out.write(&match args.shown.format {
        View::Table => explained(&test, out)?,
        View::Json => {
            let (nulls, rules) = test.explain()?;
            format!(
                "{:#}\n",
                json!({"formula": formula, "nulls": nulls, "rules": rules})
            )
        }
    })
}
