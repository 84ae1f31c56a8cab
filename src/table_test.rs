//! A test of a table, from the table to its report.

use crate::error::Result;
use crate::inference::{
    Laws, MOST_OPERATIONS, NOT_ASKED, PlanCounts, ResultRow, exact_ceilings, result_rows, row_order,
};
use crate::load::{DataTable, FileHash, Source};
use crate::question::numbers;
use crate::question::table::{CompiledTable, Formula, Shown, TablePlan, TableSpec, compile};
use crate::report::{Head, SCHEMA_VERSION, TableManifest, TableNullStatement, TableReport};
use crate::run::{Counted, Progress, Rules, RunOptions, count_plans};
use crate::study::Exact;

/// A table and what is asked of it.
///
/// ```
/// use placebo::load::{DataColumn, DataTable};
/// use placebo::table_test::TableTest;
///
/// # fn main() -> placebo::Result<()> {
/// // Fisher's lady tells three of the four cups into which milk was poured first.
/// let told = ["milk", "milk", "milk", "tea", "milk", "tea", "tea", "tea"].map(Some);
/// let poured = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
/// let table = DataTable::of([
///     DataColumn::texts("told", told),
///     DataColumn::numbers("poured", poured.to_vec()),
/// ])?;
/// let test = TableTest::new(table, "poured ~ told");
/// let report = test.run(&Default::default(), &mut |_, _| true)?;
/// let row = &report.results[0];
/// // At least three: 17 of the 70 ways to tell them.
/// assert_eq!((row.equal, row.above, row.draws), (Some(16), Some(1), Some(70)));
/// assert_eq!(row.p_upper, Some(17.0 / 70.0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TableTest {
    table: DataTable,
    sets: Option<DataTable>,
    /// What is asked.
    pub spec: TableSpec,
}

/// What an exact law says of a hypothesis.
struct Answer {
    lower: f64,
    upper: f64,
    p: f64,
    engine: &'static str,
}

impl TableTest {
    /// Of a formula, with all else as it is by default.
    pub fn new(table: DataTable, formula: &str) -> Self {
        TableTest {
            table,
            sets: None,
            spec: TableSpec::new(formula),
        }
    }

    /// Of a table and all that is asked.
    pub fn of(table: DataTable, spec: TableSpec) -> Self {
        let sets = None;
        TableTest { table, sets, spec }
    }

    /// The same over listed assignments: a row for each row of the table, a column for each assignment,
    /// and the null design [`List`](crate::question::table::TableNull::List).
    #[must_use]
    pub fn over(self, sets: DataTable) -> Self {
        let sets = Some(sets);
        TableTest { sets, ..self }
    }

    /// Of a file (`-`: standard input), of which the columns are read that the test names.
    ///
    /// # Errors
    ///
    /// A formula that is none, or a file that cannot be read.
    pub fn read(source: &Source, file: &str, spec: TableSpec) -> Result<Self> {
        let formula = Formula::parse(&spec.formula)?;
        let flags = [&spec.cluster, &spec.order];
        let is_flagged = |name: &str| flags.iter().any(|flag| flag.as_deref() == Some(name));
        let wanted = |name: &str| formula.wants(name) || is_flagged(name);
        let table = DataTable::read(source, file, &wanted)?;
        Ok(Self::of(table, spec))
    }

    /// The plans of the test; draws nothing.
    ///
    /// # Errors
    ///
    /// A question that cannot mean anything, or a table that has no answer.
    pub fn compile(&self) -> Result<CompiledTable> {
        compile(&self.table, &self.spec, self.sets.as_ref())
    }

    /// Its null designs and what it asks of them, in words and numbers, and the rules that fired; draws
    /// nothing.
    ///
    /// # Errors
    ///
    /// As for [`TableTest::compile`].
    pub fn explain(&self) -> Result<(Vec<TableNullStatement>, Vec<String>)> {
        let compiled = self.compile()?;
        let nulls = compiled.plans.iter().map(null_statement).collect();
        Ok((nulls, compiled.rules))
    }

    /// Runs the test. Where exact laws answer all of it nothing is drawn. When `progress` says to stop,
    /// the report is that of the draws done, and says so.
    ///
    /// # Errors
    ///
    /// As for [`TableTest::compile`]; [`Error::Device`](crate::Error::Device) when the CPU cannot run the draws either.
    pub fn run(&self, options: &RunOptions, progress: &mut Progress<'_>) -> Result<TableReport> {
        let CompiledTable { plans, rules } = self.compile()?;
        let exact = self.exact(&plans);
        let draws = self.spec.draws;
        let is_answered = plans.iter().zip(&exact).all(|(plan, exact)| {
            plan.family.is_none() && plan.intervals.is_none() && exact.iter().all(Option::is_some)
        });
        let counted: Option<Counted<_>> = match is_answered {
            true => None,
            false => Some(count_plans(
                &plans,
                Rules::default(),
                0..draws,
                draws,
                options,
                progress,
            )?),
        };
        let study = &self.table.file.file;
        let mut results = Vec::new();
        for (number, (plan, exact)) in plans.iter().zip(&exact).enumerate() {
            let order = row_order(plan);
            let rows = match &counted {
                None => order
                    .iter()
                    .map(|&h| answered_row(study, plan, h))
                    .collect(),
                Some(counted) => {
                    let answer = &counted.answers[number];
                    let counts = PlanCounts {
                        plan: &answer.plan,
                        tally: &answer.tally,
                        family: answer.family.as_ref(),
                        intervals: answer.intervals.as_deref(),
                        stops: None,
                        far_tails: None,
                    };
                    if counts.tally.draws() == 0 {
                        continue;
                    }
                    let no_law = |_: usize| Err(NOT_ASKED.to_owned());
                    result_rows(study, &counts, false, &no_law)
                }
            };
            for (mut row, &h) in rows.into_iter().zip(&order) {
                row.complete = counted.as_ref().is_none_or(|counted| counted.complete);
                match &exact[h] {
                    Some(exact) => answer(&mut row, exact),
                    None => {
                        let of = counted.as_ref().map(|counted| &counted.answers[number]);
                        let undefined = of.map(|of| of.tally.hypotheses[h].undefined);
                        row.singular = undefined.filter(|_| row.draws.is_some());
                    }
                }
                show(&mut row, plan.words.shown[h]);
                results.push(row);
            }
        }
        Ok(TableReport {
            schema_version: SCHEMA_VERSION,
            formula: self.spec.formula.clone(),
            manifest: TableManifest {
                head: Head {
                    data: self.files(),
                    rules,
                    notes: counted.as_ref().map_or(Vec::new(), |of| of.notes.clone()),
                    ..Head::new(
                        self.spec.seed,
                        draws,
                        counted.as_ref().map_or(0, |of| of.threads),
                        counted.as_ref().map_or(0.0, |of| of.elapsed_seconds),
                    )
                },
                complete: counted.as_ref().is_none_or(|of| of.complete),
                device: counted.as_ref().map(|of| of.device.clone()),
                nulls: plans.iter().map(null_statement).collect(),
            },
            results,
        })
    }

    fn files(&self) -> Vec<FileHash> {
        let all = std::iter::once(&self.table).chain(&self.sets);
        let files = all.map(|table| table.file.clone());
        files.filter(|file| !file.sha256.is_empty()).collect()
    }

    /// What exact laws say, a plan a list; none where sets are made one by one, or draws are asked for.
    fn exact(&self, plans: &[TablePlan]) -> Vec<Vec<Option<Answer>>> {
        // A family is adjusted by the draws that its members' p-values are of.
        let asked = match self.spec.exact && !self.spec.max_t {
            true => Exact::Auto,
            false => Exact::Never,
        };
        let ceilings = exact_ceilings(&numbers(plans), asked);
        let of_plan = |(plan, ceilings): (&TablePlan, Vec<std::result::Result<(), String>>)| {
            let laws = Laws::new(plan);
            let law = |h: usize| -> Option<Answer> {
                let hypothesis = &plan.hypotheses[h];
                ceilings[h].as_ref().ok()?;
                if plan.design.enumeration().is_some()
                    || hypothesis.void.is_some()
                    || plan.is_fixed(h)
                {
                    return None;
                }
                let tails = laws.tails(h, hypothesis.observed, MOST_OPERATIONS).ok()?;
                Some(Answer {
                    lower: tails.lower,
                    upper: tails.upper,
                    p: laws.p(h, MOST_OPERATIONS).ok()?,
                    engine: laws.engine(h),
                })
            };
            (0..plan.hypotheses.len()).map(law).collect()
        };
        plans.iter().zip(ceilings).map(of_plan).collect()
    }
}

/// The row of a hypothesis of which nothing was drawn.
fn answered_row(study: &str, plan: &TablePlan, h: usize) -> ResultRow {
    let hypothesis = &plan.hypotheses[h];
    ResultRow {
        study: study.to_owned(),
        key: plan.labels[h].key.clone(),
        observed: hypothesis.observed_value(),
        observed_reason: hypothesis.observed_reason(),
        ..ResultRow::default()
    }
}

/// Puts an exact law's answer in the place of that of the draws.
fn answer(row: &mut ResultRow, exact: &Answer) {
    row.p_lower = Some(exact.lower);
    row.p_upper = Some(exact.upper);
    row.p = Some(exact.p);
    (row.p_mc_low, row.p_mc_high) = (row.p, row.p);
    row.p_exact = row.p;
    row.p_exact_engine = Some(exact.engine.into());
    row.p_exact_reason = None;
    row.engine = exact.engine.into();
}

/// Puts a row's values as they are reported.
fn show(row: &mut ResultRow, shown: Shown) {
    match shown {
        Shown::Value => {}
        Shown::Shifted(by) => {
            let values = [
                &mut row.observed,
                &mut row.null_mean,
                &mut row.null_q025,
                &mut row.null_q975,
                &mut row.sim_low,
                &mut row.sim_high,
            ];
            for value in values.into_iter().flatten() {
                *value += by;
            }
        }
        Shown::Instead(value) => {
            row.observed = Some(value).filter(|value| value.is_finite());
            if !value.is_finite() {
                row.observed_reason = Some("the values within groups do not vary".into());
            }
            row.null_reason =
                Some("draws are compared by what rises with the statistic, not by itself".into());
            let nulls = [
                &mut row.null_mean,
                &mut row.null_sd,
                &mut row.null_q025,
                &mut row.null_q975,
                &mut row.bin_width,
                &mut row.sim_low,
                &mut row.sim_high,
            ];
            for value in nulls {
                *value = None;
            }
        }
    }
}

/// The null of a plan in words and numbers.
fn null_statement(plan: &TablePlan) -> TableNullStatement {
    let (log10, exact) = plan.design.admissible_sets();
    let words = &plan.words;
    TableNullStatement {
        null: words.null.clone(),
        assumption: words.assumption.clone(),
        convention: plan.convention.name().into(),
        variable: words.variable.clone(),
        statistics: words.statistics.clone(),
        definitions: words.definitions.clone(),
        rows: words.rows,
        groups: words.groups.clone(),
        observed_admissible: words.admissible,
        admissible: exact.map(|sets| sets.to_string()),
        admissible_log10: log10,
    }
}
