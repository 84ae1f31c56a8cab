//! A test of a table, from the table to its report.

mod draw;
mod own;
mod part;
mod rows;

use std::ops::Range;

pub use draw::{DrawnGroup, DrawnValue, TableDraw};

pub(crate) use self::rows::null_statement;
use self::rows::{answer, answered_row, show};
use crate::error::Result;
use crate::inference::{
    Laws, MOST_OPERATIONS, NOT_ASKED, PlanCounts, exact_ceilings, result_rows, row_order,
};
use crate::load::{DataTable, FileHash, Source};
use crate::question::numbers;
use crate::question::table::{
    CompiledTable, Formula, TablePlan, TableRows, TableSpec, TableWords, compile,
};
use crate::report::{Head, SCHEMA_VERSION, TableManifest, TableNullStatement, TableReport};
use crate::run::{
    Counted, Progress, Rules, RunOptions, count_plans, is_partial, refuse_stopping, shortfalls,
};
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

/// The draws of a test counted.
pub type TableCounts = Counted<TableWords>;

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
        let compiled = self.compile()?;
        let exact = self.exact(&compiled.plans);
        let counted = match answer_all(&compiled.plans, &exact) {
            true => None,
            false => Some(self.draw(&compiled, 0..self.spec.draws, options, progress)?),
        };
        Ok(self.reported(&compiled, &exact, counted))
    }

    /// Counts a range of its draws, whether exact laws answer or not.
    fn draw(
        &self,
        compiled: &CompiledTable,
        range: Range<u64>,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<TableCounts> {
        let rules = self.rules();
        refuse_stopping(&compiled.plans, rules, |number| {
            compiled.plans[number - 1].words.null.clone()
        })?;
        count_plans(
            &compiled.plans,
            rules,
            range,
            self.spec.draws,
            options,
            progress,
        )
    }

    fn rules(&self) -> Rules {
        Rules {
            stopping: self.spec.stopping,
            tail_fit: self.spec.tail_fit,
        }
    }

    /// The report of what was compiled and counted.
    pub fn report(&self, compiled: &CompiledTable, counted: TableCounts) -> TableReport {
        let exact = self.exact(&compiled.plans);
        self.reported(compiled, &exact, Some(counted))
    }

    /// The same, with what exact laws say; nothing counted: they answer all of it.
    fn reported(
        &self,
        compiled: &CompiledTable,
        exact: &[Vec<Option<Answer>>],
        counted: Option<TableCounts>,
    ) -> TableReport {
        let CompiledTable { plans, rules } = compiled;
        let study = &self.table.file.file;
        let asked = self.rules();
        let draws = self.spec.draws;
        let mut notes = counted.as_ref().map_or(Vec::new(), |of| of.notes.clone());
        let mut results = Vec::new();
        for (number, (plan, exact)) in plans.iter().zip(exact).enumerate() {
            let order = row_order(plan);
            let of = counted.as_ref().map(|counted| &counted.answers[number]);
            let rows = match of {
                None => order
                    .iter()
                    .map(|&h| answered_row(study, plan, h))
                    .collect(),
                Some(of) => {
                    notes.extend(shortfalls(&plan.words.null, of, draws, asked));
                    let partial = is_partial(of, draws) && plan.design.enumeration().is_some();
                    if of.tally.draws() == 0 || partial {
                        continue;
                    }
                    let counts = PlanCounts {
                        plan: &of.plan,
                        tally: &of.tally,
                        family: of.family.as_ref(),
                        intervals: of.intervals.as_deref(),
                        stops: of.stops.as_deref().zip(asked.stopping),
                        far_tails: of.far_tails.as_deref(),
                    };
                    let no_law = |_: usize| Err(NOT_ASKED.to_owned());
                    result_rows(study, &counts, false, &no_law)
                }
            };
            for (mut row, &h) in rows.into_iter().zip(&order) {
                row.complete = counted.as_ref().is_none_or(|counted| counted.complete);
                match &exact[h] {
                    Some(exact) => answer(&mut row, exact),
                    None => {
                        let undefined = of.map(|of| of.tally.hypotheses[h].undefined);
                        row.singular = undefined.filter(|_| row.draws.is_some());
                    }
                }
                show(&mut row, plan.words.shown[h]);
                results.push(row);
            }
        }
        TableReport {
            schema_version: SCHEMA_VERSION,
            formula: self.spec.formula.clone(),
            manifest: TableManifest {
                head: Head {
                    data: self.files(),
                    rules: rules.clone(),
                    notes,
                    ..Head::new(
                        self.spec.seed,
                        draws,
                        counted.as_ref().map_or(0, |of| of.threads),
                        counted.as_ref().map_or(0.0, |of| of.elapsed_seconds),
                    )
                },
                complete: counted.as_ref().is_none_or(|of| of.complete),
                stopping: asked.stopping.map(|rule| rule.to_string()),
                tail_fit: asked.tail_fit,
                device: counted.as_ref().map(|of| of.device.clone()),
                nulls: plans.iter().map(null_statement).collect(),
            },
            results,
        }
    }

    /// The rows that it is of.
    pub(crate) fn rows(&self) -> Result<TableRows<'_>> {
        TableRows::read(&self.table, &self.spec)
    }

    /// The listed assignments, where there are such.
    pub(crate) fn sets(&self) -> Option<&DataTable> {
        self.sets.as_ref()
    }

    /// What messages call the table.
    pub fn name(&self) -> &str {
        &self.table.file.file
    }

    pub(crate) fn files(&self) -> Vec<FileHash> {
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

/// Whether exact laws answer all that plans ask.
fn answer_all(plans: &[TablePlan], exact: &[Vec<Option<Answer>>]) -> bool {
    plans.iter().zip(exact).all(|(plan, exact)| {
        plan.family.is_none() && plan.intervals.is_none() && exact.iter().all(Option::is_some)
    })
}
