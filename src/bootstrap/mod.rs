//! A bootstrap of a table, from the table to its report.

mod draws;
mod laws;
mod makers;
mod percentile_t;
mod replay;
mod rows;
mod wild;

use std::time::Instant;

use crate::engine::{DeviceChoice, Threads};
use crate::error::Result;
use crate::inference::bootstrap::BootstrapRow;
use crate::load::{DataTable, Source};
use crate::question::resample::{
    Asked, BootstrapSpec, CompiledBootstrap, RowName, SchemeWords, compile, wants,
};
use crate::report::{BootstrapManifest, BootstrapReport, BootstrapStatement, Head, SCHEMA_VERSION};
use crate::resample::IntervalKind;
use crate::run::{Progress, RunOptions};
use laws::{Known, jackknifed};
use makers::Makers;
use rows::Answers;

/// A table and what is asked of it.
///
/// ```
/// use placebo::bootstrap::Bootstrap;
/// use placebo::load::{DataColumn, DataTable};
/// use placebo::question::resample::{BootstrapSpec, BootstrapStatistic};
///
/// # fn main() -> placebo::Result<()> {
/// let flows = vec![1120.0, 1160.0, 963.0, 1210.0, 1160.0, 1160.0, 813.0];
/// let table = DataTable::of([DataColumn::numbers("flow", flows)])?;
/// let spec = BootstrapSpec::new(BootstrapStatistic::Mean, ["flow"]);
/// let report = Bootstrap::of(table, spec).run(&Default::default(), &mut |_, _| true)?;
/// let row = &report.results[0];
/// // The mean's law is a convolution: nothing was drawn.
/// assert_eq!((row.engine.as_str(), row.draws), ("convolution", None));
/// assert!((row.standard_error.unwrap() - 50.0166).abs() < 1e-4);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Bootstrap {
    table: DataTable,
    /// What is asked.
    pub spec: BootstrapSpec,
}

/// Draws made so far, and those that are to be made.
struct Clock<'p, 'o> {
    progress: &'p mut Progress<'o>,
    done: u64,
    total: u64,
}

impl Bootstrap {
    /// Of a table and all that is asked.
    pub fn of(table: DataTable, spec: BootstrapSpec) -> Self {
        Bootstrap { table, spec }
    }

    /// Of a file (`-`: standard input), of which the columns are read that the bootstrap names.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub fn read(source: &Source, file: &str, spec: BootstrapSpec) -> Result<Self> {
        let table = DataTable::read(source, file, &wants(&spec))?;
        Ok(Self::of(table, spec))
    }

    /// The bootstrap as numbers; draws nothing.
    ///
    /// # Errors
    ///
    /// A question that cannot mean anything, or data that cannot be resampled so.
    pub fn compile(&self) -> Result<CompiledBootstrap> {
        compile(&self.table, &self.spec)
    }

    /// What would be drawn and computed, in words, and the rules that fired; draws nothing.
    ///
    /// # Errors
    ///
    /// As for [`Bootstrap::compile`].
    pub fn explain(&self) -> Result<(Vec<BootstrapStatement>, Vec<String>)> {
        let compiled = self.compile()?;
        Ok((self.statements(&compiled), compiled.rules))
    }

    /// Runs the bootstrap. Where exact laws answer all of it nothing is drawn. When `progress` says to stop,
    /// the report is that of the draws done, and says so.
    ///
    /// # Errors
    ///
    /// As for [`Bootstrap::compile`]; a statistic that the data have no value of; threads that cannot be
    /// started.
    pub fn run(
        &self,
        options: &RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<BootstrapReport> {
        let start = Instant::now();
        let compiled = self.compile()?;
        let threads = Threads::new(options.threads)?;
        let mut makers = Makers::new(&threads, options.chunk);
        let (results, notes) = match &compiled.wild {
            None => (
                self.resampled(&compiled.asked, (&mut makers, &options.device), progress)?,
                Vec::new(),
            ),
            Some(wild) => {
                let draws = wild.asked.iter().map(|asked| self.wild_draws(asked));
                let mut clock = Clock {
                    progress,
                    done: 0,
                    total: draws.sum(),
                };
                makers.open(&options.device)?;
                let work = makers.cpu("wild schemes are drawn on the CPU alone");
                let rows = self.wild_rows(wild, work, &mut clock);
                (rows, self.wild_notes(wild))
            }
        };
        Ok(BootstrapReport {
            schema_version: SCHEMA_VERSION,
            manifest: BootstrapManifest {
                head: Head {
                    data: Some(self.table.file.clone())
                        .filter(|file| !file.sha256.is_empty())
                        .into_iter()
                        .collect(),
                    rules: compiled.rules.clone(),
                    notes: [notes, makers.notes.clone()].concat(),
                    ..Head::new(
                        self.spec.seed,
                        self.spec.draws,
                        threads.count(),
                        start.elapsed().as_secs_f64(),
                    )
                },
                complete: results.iter().all(|row| row.complete),
                device: makers.device(),
                schemes: self.statements(&compiled),
            },
            results,
        })
    }

    /// The rows of resamplings.
    fn resampled(
        &self,
        asked: &[Asked],
        (makers, device): (&mut Makers<'_>, &DeviceChoice),
        progress: &mut Progress<'_>,
    ) -> Result<Vec<BootstrapRow>> {
        let known: Vec<(Vec<f64>, Vec<Known>)> = asked
            .iter()
            .map(|asked| {
                let observed = self.observed(asked)?;
                let known = (0..observed.len()).map(|at| self.known(asked, at, observed[at]));
                Ok((observed.clone(), known.collect()))
            })
            .collect::<Result<_>>()?;
        let needs_draws = |known: &Vec<Known>| known.iter().any(|known| self.needs_draws(known));
        let drawing = known.iter().filter(|(_, known)| needs_draws(known)).count() as u64;
        if drawing > 0 {
            makers.open(device)?;
        }
        let mut clock = Clock {
            progress,
            done: 0,
            total: drawing * self.spec.draws,
        };
        let mut results = Vec::new();
        for (asked, (observed, known)) in asked.iter().zip(&known) {
            let accelerations = match self.spec.kinds().contains(&IntervalKind::Bca) {
                true => jackknifed(asked),
                false => vec![None; observed.len()],
            };
            let drawn = needs_draws(known).then(|| {
                let all = (observed.as_slice(), accelerations.as_slice());
                self.drawn(asked, all, makers, &mut clock)
            });
            for (at, &observed) in observed.iter().enumerate() {
                let of_draws = drawn.as_ref().map(|(drawn, whole)| (&drawn[at], *whole));
                let is_asked = self.spec.kinds().contains(&IntervalKind::PercentileT);
                let studentized = is_asked.then(|| {
                    let work = makers.cpu("studentized draws are made on the CPU alone");
                    self.percentile_t(asked, (at, observed), work, &mut clock)
                });
                let answers = Answers {
                    known: &known[at],
                    drawn: of_draws,
                    studentized,
                    acceleration: accelerations[at],
                };
                results.extend(self.rows(asked, at, observed, &answers));
            }
        }
        Ok(results)
    }

    fn statements(&self, compiled: &CompiledBootstrap) -> Vec<BootstrapStatement> {
        let resampled = compiled
            .asked
            .iter()
            .map(|asked| (&asked.rows[0], &asked.words));
        let wild = compiled
            .wild
            .iter()
            .map(|wild| (&wild.asked[0].row, &wild.words));
        let said = resampled.chain(wild);
        said.map(|(row, words)| self.statement(row, words))
            .collect()
    }

    fn statement(&self, row: &RowName, words: &SchemeWords) -> BootstrapStatement {
        let is_wild = self.spec.is_wild();
        BootstrapStatement {
            scheme: words.scheme.clone(),
            size: words.size,
            block: words.block,
            block_auto: words.block_auto,
            units: words.units.to_owned(),
            rows: words.rows,
            parts: words.parts.clone(),
            weights: is_wild.then(|| self.spec.weights.name().to_owned()),
            restricted: is_wild.then_some(self.spec.restricted),
            assumption: words.assumption.clone(),
            statistic: self.spec.statistic.name(),
            definition: self.spec.statistic.definition().to_owned(),
            columns: row.columns.clone(),
        }
    }
}

impl Clock<'_, '_> {
    fn tell(&mut self, done: u64) -> bool {
        (self.progress)(self.done + done, self.total)
    }
}
