//! A bootstrap of a table, from the table to its report.

mod checkpoint;
mod counts;
mod draws;
mod files;
mod laws;
mod makers;
mod own;
mod part;
mod percentile_t;
mod replay;
mod rows;
mod wild;

use std::time::Instant;

use crate::engine::Threads;
use crate::error::{Error, Result};
use crate::inference::bootstrap::BootstrapRow;
use crate::load::{DataTable, FileHash, Source};
use crate::question::resample::{
    BootstrapSpec, CompiledBootstrap, RowName, SchemeWords, compile, wants,
};
use crate::report::{
    BootstrapManifest, BootstrapReport, BootstrapStatement, Device, Head, SCHEMA_VERSION,
};
use crate::resample::IntervalKind;
use crate::run::{Progress, RunOptions};
use counts::{Counted, Fold, Ready};
use laws::{jackknifed, needs_draws};
use makers::Makers;
use rows::{Answers, rows};

pub use files::merge_files;
pub use part::{BootstrapPart, BootstrapQuestion};

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

/// How draws were made.
#[derive(Debug, Clone)]
struct Made {
    device: Option<Device>,
    threads: usize,
    notes: Vec<String>,
    elapsed_seconds: f64,
}

/// What gives the draws of a fold.
type Take<'a> = dyn FnMut(Fold, &mut Makers<'_>, &mut Clock<'_, '_>) -> Counted + 'a;

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
        if self.spec.first_row.is_some() {
            return Err(Error::input(
                "--first-row",
                "the rows of one of several files are resampled for a part, which is merged with the others'",
                "Write it with --tally FILE, or leave --first-row out.",
            ));
        }
        let ready = self.ready()?;
        let threads = Threads::new(options.threads)?;
        let mut makers = Makers::new(&threads, options.chunk);
        let folds = self.folds(&ready);
        if !folds.is_empty() {
            makers.open(&options.device)?;
        }
        let totals = folds.iter().map(|&fold| self.draws_of(&ready, fold));
        let mut clock = Clock {
            progress,
            done: 0,
            total: totals.sum(),
        };
        let mut take = |fold: Fold, makers: &mut Makers<'_>, clock: &mut Clock<'_, '_>| {
            let all = 0..self.draws_of(&ready, fold);
            self.count(&ready, fold, all, makers, clock)
        };
        let results = self.answered(&ready, &mut take, &mut makers, &mut clock);
        let made = Made {
            device: makers.device(),
            threads: threads.count(),
            notes: makers.notes,
            elapsed_seconds: start.elapsed().as_secs_f64(),
        };
        Ok(self.reported(&ready, results, made))
    }

    /// The rows, of draws that `take` gives fold by fold.
    fn answered(
        &self,
        ready: &Ready,
        take: &mut Take<'_>,
        makers: &mut Makers<'_>,
        clock: &mut Clock<'_, '_>,
    ) -> Vec<BootstrapRow> {
        let mut results = Vec::new();
        let has = |kind: IntervalKind| self.spec.kinds().contains(&kind);
        for (number, (asked, of)) in ready.compiled.asked.iter().zip(&ready.known).enumerate() {
            let accelerations = match has(IntervalKind::Bca) {
                true => jackknifed(asked),
                false => vec![None; of.observed.len()],
            };
            let drawn = of
                .laws
                .iter()
                .any(|known| needs_draws(&self.spec, known))
                .then(|| {
                    let counted = take(Fold::Values(number), makers, clock);
                    self.searched((number, asked), &accelerations, counted, makers, clock)
                });
            for (at, &observed) in of.observed.iter().enumerate() {
                let of_draws = drawn.as_ref().map(|(drawn, whole)| (&drawn[at], *whole));
                let studentized = has(IntervalKind::PercentileT).then(|| {
                    let counted = take(Fold::Studentized(number, at), makers, clock);
                    self.percentile_t(asked, (at, observed), counted, makers, clock)
                });
                let answers = Answers {
                    known: &of.laws[at],
                    drawn: of_draws,
                    studentized,
                    acceleration: accelerations[at],
                };
                results.extend(rows(&self.spec, asked, at, observed, &answers));
            }
        }
        if let Some(question) = &ready.compiled.wild {
            for (number, wild) in question.asked.iter().enumerate() {
                let keeps = self.keeps_wild(wild);
                let kept = keeps.then(|| take(Fold::Wild(number), makers, clock));
                results.push(self.wild_row(wild, &question.words, kept, makers, clock));
            }
        }
        results
    }

    fn reported(&self, ready: &Ready, results: Vec<BootstrapRow>, made: Made) -> BootstrapReport {
        let compiled = &ready.compiled;
        let of_wild = compiled.wild.iter().flat_map(|wild| self.wild_notes(wild));
        let made = Made {
            notes: of_wild.chain(made.notes).collect(),
            ..made
        };
        let statements = self.statements(compiled);
        let rules = compiled.rules.clone();
        report(&self.spec, self.files(), rules, statements, results, made)
    }

    /// The file of the table, where it is in one.
    fn files(&self) -> Vec<FileHash> {
        let file = Some(self.table.file.clone());
        file.filter(|file| !file.sha256.is_empty())
            .into_iter()
            .collect()
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
        said.map(|(row, words)| statement(&self.spec, row, words))
            .collect()
    }
}

/// The report of rows.
fn report(
    spec: &BootstrapSpec,
    data: Vec<FileHash>,
    rules: Vec<String>,
    schemes: Vec<BootstrapStatement>,
    results: Vec<BootstrapRow>,
    made: Made,
) -> BootstrapReport {
    BootstrapReport {
        schema_version: SCHEMA_VERSION,
        manifest: BootstrapManifest {
            head: Head {
                data,
                rules,
                notes: made.notes,
                ..Head::new(spec.seed, spec.draws, made.threads, made.elapsed_seconds)
            },
            complete: results.iter().all(|row| row.complete),
            device: made.device,
            schemes,
        },
        results,
    }
}

/// A scheme in words, with what is asked of it.
fn statement(spec: &BootstrapSpec, row: &RowName, words: &SchemeWords) -> BootstrapStatement {
    let is_wild = spec.is_wild();
    BootstrapStatement {
        scheme: words.scheme.clone(),
        size: words.size,
        block: words.block,
        block_auto: words.block_auto,
        units: words.units.to_owned(),
        rows: words.rows,
        parts: words.parts.clone(),
        weights: is_wild.then(|| spec.weights.name().to_owned()),
        restricted: is_wild.then_some(spec.restricted),
        assumption: words.assumption.clone(),
        statistic: spec.statistic.name(),
        definition: spec.statistic.definition().to_owned(),
        columns: row.columns.clone(),
    }
}

impl Clock<'_, '_> {
    fn tell(&mut self, done: u64) -> bool {
        (self.progress)(self.done + done, self.total)
    }
}
