//! A bootstrap of a table, from the table to its report.

use std::time::Instant;

use crate::engine::{Threads, fold_replicates};
use crate::error::{Error, Result};
use crate::inference::bootstrap::{
    Atoms, BootstrapRow, Gathered, LinearLaw, MOST_KEPT, Moments, RankSearch, Replicates,
    acceleration, ends, high_rank, low_rank, quantile_law, shares,
};
use crate::load::{DataTable, Source};
use crate::question::resample::{Asked, BootstrapSpec, CompiledBootstrap, compile, wants};
use crate::report::{BootstrapManifest, BootstrapReport, BootstrapStatement, Head, SCHEMA_VERSION};
use crate::resample::{Estimator, IntervalKind, Run, Scheme};
use crate::run::{Progress, RunOptions};

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
/// assert!((row.standard_error.unwrap() - 50.9446).abs() < 1e-4);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Bootstrap {
    table: DataTable,
    /// What is asked.
    pub spec: BootstrapSpec,
}

/// What is known of a statistic's law without draws.
enum Known {
    /// All of it, and what answers.
    Law(Atoms, Moments, &'static str),
    /// Its mean and standard deviation.
    Moments(Moments),
    Nothing,
}

/// What draws say of a statistic.
struct Drawn {
    replicates: Replicates,
    /// Values of the ranks that the intervals take, two an interval that takes some.
    ends: Option<Vec<f64>>,
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
        let statements = compiled.asked.iter().map(|asked| self.statement(asked));
        Ok((statements.collect(), compiled.rules))
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
        let CompiledBootstrap { asked, rules } = self.compile()?;
        let threads = Threads::new(options.threads)?;
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
        let mut clock = Clock {
            progress,
            done: 0,
            total: drawing * self.spec.draws,
        };
        let mut results = Vec::new();
        let mut complete = true;
        for (asked, (observed, known)) in asked.iter().zip(&known) {
            let accelerations = match self.spec.intervals.contains(&IntervalKind::Bca) {
                true => jackknifed(asked),
                false => vec![None; observed.len()],
            };
            let drawn = match needs_draws(known) {
                false => None,
                true => {
                    let all = (observed.as_slice(), accelerations.as_slice());
                    let (drawn, whole) =
                        self.drawn(asked, all, &threads, options.chunk, &mut clock);
                    complete &= whole;
                    Some((drawn, whole))
                }
            };
            for (at, &observed) in observed.iter().enumerate() {
                let of_draws = drawn.as_ref().map(|(drawn, whole)| (&drawn[at], *whole));
                let rows = self.rows(
                    asked,
                    at,
                    observed,
                    (&known[at], of_draws),
                    accelerations[at],
                );
                results.extend(rows);
            }
        }
        Ok(BootstrapReport {
            schema_version: SCHEMA_VERSION,
            manifest: BootstrapManifest {
                head: Head {
                    data: Some(self.table.file.clone())
                        .filter(|file| !file.sha256.is_empty())
                        .into_iter()
                        .collect(),
                    rules,
                    ..Head::new(
                        self.spec.seed,
                        self.spec.draws,
                        threads.count(),
                        start.elapsed().as_secs_f64(),
                    )
                },
                complete,
                schemes: asked.iter().map(|asked| self.statement(asked)).collect(),
            },
            results,
        })
    }

    fn statement(&self, asked: &Asked) -> BootstrapStatement {
        let words = &asked.words;
        BootstrapStatement {
            scheme: words.scheme.clone(),
            block: words.block,
            block_auto: words.block_auto,
            units: words.units.to_owned(),
            rows: words.rows,
            parts: words.parts.clone(),
            assumption: words.assumption.clone(),
            statistic: self.spec.statistic.name(),
            definition: self.spec.statistic.definition().to_owned(),
            columns: asked.rows[0].columns.clone(),
        }
    }

    /// The statistics of the data.
    fn observed(&self, asked: &Asked) -> Result<Vec<f64>> {
        let resampling = &asked.resampling;
        let mut values = vec![0.0; resampling.estimators.len()];
        resampling.observed(&mut resampling.scratch(), &mut values);
        match values.iter().position(|value| value.is_nan()) {
            None => Ok(values),
            Some(at) => {
                let row = &asked.rows[at];
                Err(Error::input(
                    format!("{}, {}", self.table.file.file, row.columns.join(", ")),
                    format!(
                        "`{}` has no value: what it divides by is zero (a column is constant, or regressors are collinear)",
                        row.statistic
                    ),
                    "Take another statistic, or other columns.",
                ))
            }
        }
    }

    /// What is known of a statistic's law without draws.
    fn known(&self, asked: &Asked, at: usize, observed: f64) -> Known {
        if !self.spec.exact {
            return Known::Nothing;
        }
        let resampling = &asked.resampling;
        if let Estimator::Order(ranked) = &resampling.estimators[at] {
            let of_rows = resampling.scheme == Scheme::Iid
                && resampling.units.len() == 1
                && resampling.units[0].len() == resampling.rows();
            let law = of_rows.then(|| quantile_law(ranked)).flatten();
            return law.map_or(Known::Nothing, |law| {
                let moments = law.moments(observed);
                Known::Law(law, moments, "binomial")
            });
        }
        let Some(linear) = LinearLaw::of(resampling, at) else {
            return Known::Nothing;
        };
        let moments = Moments {
            mean: observed + linear.bias(),
            sd: linear.standard_error(),
            below: f64::NAN,
            equal: f64::NAN,
        };
        match linear.atoms() {
            None => Known::Moments(moments),
            Some(law) => {
                let (below, equal) = law.at(linear.observed());
                let moments = Moments {
                    below,
                    equal,
                    ..moments
                };
                Known::Law(law, moments, "convolution")
            }
        }
    }

    fn needs_draws(&self, known: &Known) -> bool {
        let all_normal = || {
            self.spec
                .intervals
                .iter()
                .all(|kind| *kind == IntervalKind::Normal)
        };
        match known {
            Known::Law(..) => false,
            Known::Moments(_) => !all_normal(),
            Known::Nothing => true,
        }
    }

    /// The draws of a resampling: its replicates and, in further passes where they are not kept, the values
    /// at the ends of intervals. Whether all were made.
    fn drawn(
        &self,
        asked: &Asked,
        (observed, accelerations): (&[f64], &[Option<f64>]),
        threads: &Threads,
        chunk: Option<u64>,
        clock: &mut Clock<'_, '_>,
    ) -> (Vec<Drawn>, bool) {
        let BootstrapSpec { draws, seed, .. } = self.spec;
        let keeps = draws <= MOST_KEPT;
        let all = || {
            observed
                .iter()
                .map(|&observed| Replicates::new(observed, keeps))
                .collect::<Vec<_>>()
        };
        let (replicates, done) = fold_replicates(
            &asked.resampling,
            seed,
            0..draws,
            threads,
            chunk,
            (
                all,
                |all, values| {
                    all.iter_mut()
                        .zip(values)
                        .for_each(|(of, &value)| of.add(value))
                },
                |all, more| {
                    all.iter_mut()
                        .zip(more)
                        .for_each(|(of, more)| of.merge(more))
                },
            ),
            &mut |done| clock.tell(done),
        );
        clock.done += done;
        let mut whole = done == draws;
        let mut searches: Vec<RankSearch> = replicates
            .iter()
            .zip(accelerations)
            .map(|(replicates, acceleration)| {
                let ranks = self.ranks(replicates, *acceleration);
                replicates.clone().search(&ranks)
            })
            .collect();
        while whole && searches.iter().any(|search| search.values().is_none()) {
            clock.total += draws;
            let room = || {
                searches
                    .iter()
                    .map(RankSearch::gathers)
                    .collect::<Vec<Gathered>>()
            };
            let (gathered, done) = fold_replicates(
                &asked.resampling,
                seed,
                0..draws,
                threads,
                chunk,
                (
                    room,
                    |all, values| {
                        all.iter_mut()
                            .zip(values)
                            .for_each(|(of, &value)| of.add(value))
                    },
                    |all, more| {
                        all.iter_mut()
                            .zip(more)
                            .for_each(|(of, more)| of.merge(more))
                    },
                ),
                &mut |done| clock.tell(done),
            );
            clock.done += done;
            whole &= done == draws;
            let each = searches.iter_mut().zip(gathered);
            each.for_each(|(search, gathered)| search.narrow(gathered));
        }
        let drawn = replicates
            .into_iter()
            .zip(searches)
            .map(|(replicates, search)| Drawn {
                replicates,
                ends: search.values(),
            });
        (drawn.collect(), whole)
    }

    /// The ranks that intervals take of replicates, two an interval.
    fn ranks(&self, replicates: &Replicates, acceleration: Option<f64>) -> Vec<u64> {
        let Some(moments) = replicates.moments() else {
            return Vec::new();
        };
        let n = replicates.defined();
        let of = |kind: &IntervalKind| {
            let shares = shares(
                *kind,
                self.spec.level,
                &moments,
                acceleration.unwrap_or(0.0),
            );
            let [low, high] = shares.ok().flatten()?;
            Some([low_rank(low, n), high_rank(high, n)])
        };
        self.spec
            .intervals
            .iter()
            .filter_map(of)
            .flatten()
            .collect()
    }

    /// A row an interval.
    fn rows(
        &self,
        asked: &Asked,
        at: usize,
        observed: f64,
        (known, drawn): (&Known, Option<(&Drawn, bool)>),
        accelerated: Option<f64>,
    ) -> Vec<BootstrapRow> {
        let (name, words) = (&asked.rows[at], &asked.words);
        let drawn = drawn.filter(|_| self.needs_draws(known));
        let of_draws = drawn.and_then(|(drawn, _)| drawn.replicates.moments());
        let (moments, engine) = match known {
            Known::Law(_, moments, engine) => (Some(*moments), *engine),
            Known::Moments(moments) => (Some(*moments), "closed-form"),
            Known::Nothing => (of_draws, "monte-carlo"),
        };
        // Only the ends of an interval that takes some stand in the list.
        let mut drawn_ends = drawn
            .and_then(|(drawn, _)| drawn.ends.clone())
            .unwrap_or_default()
            .into_iter();
        let centred = matches!(asked.resampling.scheme, Scheme::MovingBlock { .. });
        let rows = self.spec.intervals.iter().map(|&kind| {
            let level = self.spec.level;
            let has_moments = matches!(known, Known::Moments(_));
            let is_drawn = drawn.is_some() && !(kind == IntervalKind::Normal && has_moments);
            // Ties and shares are those of the law that gives the ends.
            let of_ends = match known {
                Known::Law(_, moments, _) => Some(*moments),
                Known::Moments(exact) => Some(of_draws.map_or(*exact, |drawn| Moments {
                    below: drawn.below,
                    equal: drawn.equal,
                    ..*exact
                })),
                Known::Nothing => of_draws,
            };
            let mut reason = None;
            if kind == IntervalKind::Bca && accelerated.is_none() {
                reason = Some(
                    "the statistic is the same without each unit: its acceleration is taken as 0"
                        .to_owned(),
                );
            }
            let found = of_ends
                .ok_or("fewer than two draws have a value")
                .and_then(|moments| {
                    let shares = shares(kind, level, &moments, accelerated.unwrap_or(0.0))?;
                    let ends_of_law = match (shares, known) {
                        (None, _) => Some([f64::NAN; 2]),
                        (Some([low, high]), Known::Law(law, ..)) => {
                            law.low(low).zip(law.high(high)).map(|(l, h)| [l, h])
                        }
                        (Some(_), _) => drawn_ends
                            .next()
                            .zip(drawn_ends.next())
                            .map(|(l, h)| [l, h]),
                    };
                    let of_law =
                        ends_of_law.ok_or("the draws were stopped before its ends were found")?;
                    Ok(ends(kind, level, observed, &moments, of_law, centred))
                });
            let interval = match found {
                Ok(ends) => Some(ends),
                Err(why) => {
                    reason = Some(why.to_owned());
                    None
                }
            };
            BootstrapRow {
                statistic: name.statistic.clone(),
                columns: name.columns.clone(),
                coefficient: name.coefficient.clone(),
                scheme: words.scheme.clone(),
                block: words.block,
                block_auto: words.block_auto,
                group: words.group.clone(),
                cluster: words.cluster.clone(),
                rows: words.rows,
                observed: Some(observed),
                standard_error: moments.map(|moments| moments.sd),
                bias: moments.map(|moments| moments.mean - observed),
                interval_kind: kind.name().into(),
                interval_level: level,
                interval_low: interval.map(|ends| ends[0]),
                interval_high: interval.map(|ends| ends[1]),
                interval_engine: interval.map(|_| match is_drawn {
                    true => "monte-carlo".into(),
                    false => engine.into(),
                }),
                interval_reason: reason,
                draws: drawn
                    .map(|(drawn, _)| drawn.replicates.defined() + drawn.replicates.undefined()),
                undefined: drawn.map(|(drawn, _)| drawn.replicates.undefined()),
                engine: engine.into(),
                complete: drawn.is_none_or(|(_, whole)| whole),
            }
        });
        rows.collect()
    }
}

impl Clock<'_, '_> {
    fn tell(&mut self, done: u64) -> bool {
        (self.progress)(self.done + done, self.total)
    }
}

/// The acceleration of each statistic by leaving out one unit at a time, or one block.
fn jackknifed(asked: &Asked) -> Vec<Option<f64>> {
    let resampling = &asked.resampling;
    let mut scratch = resampling.scratch();
    let statistics = resampling.estimators.len();
    let mut parts = vec![Vec::new(); statistics];
    for (part, &units) in resampling.sizes().iter().enumerate() {
        let (len, starts) = match resampling.scheme {
            Scheme::Iid => (1, units),
            Scheme::MovingBlock { length } => (length, units - length + 1),
            Scheme::CircularBlock { length } => (length, units),
            Scheme::Stationary { mean_length } => (mean_length.round().max(1.0) as u32, units),
        };
        let mut without = vec![Vec::with_capacity(starts as usize); statistics];
        let mut values = vec![0.0; statistics];
        for start in 0..starts {
            resampling.without(part, Run { start, len }, &mut scratch, &mut values);
            without
                .iter_mut()
                .zip(&values)
                .for_each(|(of, &value)| of.push(value));
        }
        parts
            .iter_mut()
            .zip(without)
            .for_each(|(of, part)| of.push(part));
    }
    parts.iter().map(|parts| acceleration(parts)).collect()
}
