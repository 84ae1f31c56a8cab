//! Size and power of a test of a table: effects planted on arrangements that its null design draws.

use std::time::Instant;

use rayon::prelude::*;

use super::power::rejections::{CHUNK, MONTE_CARLO_LEVEL, Rejections, check_numbers, words};
use super::power::simulate;
use crate::engine::{DeviceChoice, Threads};
use crate::error::{Error, Result};
use crate::inference::clopper_pearson;
use crate::null::Picks;
use crate::question::table::{CompiledTable, TablePlan, TableRows};
use crate::report::{Head, SCHEMA_VERSION, TablePowerManifest, TablePowerReport, TablePowerRow};
use crate::run::{Rules, RunOptions, count_plans};
use crate::table_test::{TableTest, null_statement};

/// Streams of the generator, apart from those of the null designs.
const PLACES: u32 = 111;
const TIES: u32 = 112;
const SEEDS: u32 = 113;

/// What is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct TablePowerOptions {
    /// Effects that are planted on every outcome: on each row of the first group, on each row of one sample,
    /// or on each unit of a variable of numbers. 0 checks the size.
    pub effects: Vec<f64>,
    /// Data sets an effect.
    pub sets: u64,
    /// Draws a data set.
    pub draws: u64,
    /// Levels of the tests.
    pub levels: Vec<f64>,
    /// CPU threads; `None`: one a processor.
    pub threads: Option<usize>,
}

/// Counts over data sets, by effect, plan and hypothesis.
type Sums = Vec<Vec<Vec<Rejections>>>;

/// Runs a test on many arrangements of its table, and counts how often it rejects.
///
/// A data set is the table in an arrangement that its null design draws, with the effect planted; it is
/// compiled and tested like the table itself. A data set, its draws and the ties of its randomised p-values
/// are pure functions of the seed and its number.
///
/// # Errors
///
/// Those of [`TableTest::compile`], a family, an option that cannot be used; [`Error::Interrupted`] when
/// `progress` says to stop.
pub fn table_power(
    test: &TableTest,
    options: &TablePowerOptions,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<TablePowerReport> {
    let started = Instant::now();
    check_numbers(&options.effects, &options.levels)?;
    let refuse = |flag: &str, problem: &str| Err(Error::input(flag, problem, "Leave it out."));
    if test.spec.max_t {
        return refuse("--family", "the rates are those of each outcome's own p");
    }
    if test.spec.interval.is_some() {
        return refuse(
            "--interval",
            "rates are counted of p-values, not of intervals",
        );
    }
    let rows = test.rows()?;
    let base = rows.compile(test.sets())?;
    let simulation = Simulation {
        test,
        rows,
        base: &base,
        options,
    };
    let on = Threads::new(options.threads)?;
    let mut sums = simulation.none();
    for first in (0..options.sets).step_by(CHUNK as usize) {
        let range = first..options.sets.min(first + CHUNK);
        let chunk = on.run(|| {
            range
                .clone()
                .into_par_iter()
                .map(|set| simulation.test(set))
                .try_reduce(|| simulation.none(), |a, b| Ok(plus(a, &b)))
        })?;
        sums = plus(sums, &chunk);
        if !progress(range.end, options.sets) {
            return Err(Error::Interrupted { draws: range.end });
        }
    }
    let results = simulation.results(&sums);
    let mut rules = base.rules.clone();
    if test.spec.max_shift.is_some() {
        rules.push(
            "data sets are moved by such a shift around the circle of all rows, seam and all"
                .into(),
        );
    }
    Ok(TablePowerReport {
        schema_version: SCHEMA_VERSION,
        formula: test.spec.formula.clone(),
        manifest: TablePowerManifest {
            head: Head {
                data: test.files(),
                rules,
                ..Head::new(
                    test.spec.seed,
                    options.draws,
                    on.count(),
                    started.elapsed().as_secs_f64(),
                )
            },
            effects: options.effects.clone(),
            sets: options.sets,
            levels: options.levels.clone(),
            nulls: base.plans.iter().map(null_statement).collect(),
        },
        results,
    })
}

fn plus(mut a: Sums, b: &Sums) -> Sums {
    let mine = a.iter_mut().flatten().flatten();
    for (mine, theirs) in mine.zip(b.iter().flatten().flatten()) {
        mine.merge(theirs);
    }
    a
}

struct Simulation<'a> {
    test: &'a TableTest,
    rows: TableRows<'a>,
    base: &'a CompiledTable,
    options: &'a TablePowerOptions,
}

impl Simulation<'_> {
    fn none(&self) -> Sums {
        let none = Rejections::none(&self.options.levels);
        let of_plan = |plan: &TablePlan| vec![none.clone(); plan.hypotheses.len()];
        let plans: Vec<Vec<Rejections>> = self.base.plans.iter().map(of_plan).collect();
        vec![plans; self.options.effects.len()]
    }

    fn words(&self, set: u64, stream: u32) -> impl FnMut() -> u32 {
        words(self.test.spec.seed, [set as u32, 0, stream])
    }

    /// One data set, with each effect.
    fn test(&self, set: u64) -> Result<Sums> {
        let mut sums = self.none();
        // All plans are of one null design.
        let plan = &self.base.plans[0];
        let picks = self.placebo_picks(plan, set);
        let mut seeds = self.words(set, SEEDS);
        let seed = u64::from(seeds()) | u64::from(seeds()) << 32;
        let options = RunOptions {
            device: DeviceChoice::Cpu,
            threads: Some(1),
            chunk: None,
        };
        let draws = self.options.draws;
        for (e, &effect) in self.options.effects.iter().enumerate() {
            let rows = self.rows.drawn(plan, picks.row(0), effect)?;
            let mut plans = rows.compile(self.test.sets())?.plans;
            plans.iter_mut().for_each(|plan| plan.seed = seed);
            let rules = Rules::default();
            let counted = count_plans(&plans, rules, 0..draws, draws, &options, &mut |_, _| true)?;
            let mut ties = self.words(set, TIES);
            for (answer, into) in counted.answers.iter().zip(&mut sums[e]) {
                let tallies = answer.tally.hypotheses.iter().enumerate();
                for ((h, tally), into) in tallies.zip(into) {
                    let v = simulate::uniform(&mut ties);
                    into.count(&answer.plan, h, tally, v, &self.options.levels);
                }
            }
        }
        Ok(sums)
    }

    /// A random admissible set.
    fn placebo_picks(&self, plan: &TablePlan, set: u64) -> Picks {
        let mut words = self.words(set, PLACES);
        let (seed, index) = match plan.design.enumeration() {
            Some(sets) => (0, (simulate::uniform(&mut words) * sets as f64) as u64),
            None => (u64::from(words()) | u64::from(words()) << 32, set),
        };
        let mut picks = Picks::new(1, plan.design.picks());
        plan.design.sampler().fill(seed, index, 1, &mut picks);
        picks
    }

    fn results(&self, sums: &Sums) -> Vec<TablePowerRow> {
        let mut results = Vec::new();
        for (number, plan) in self.base.plans.iter().enumerate() {
            for (&effect, of) in self.options.effects.iter().zip(sums) {
                for (label, rejections) in plan.labels.iter().zip(&of[number]) {
                    for (&level, &count) in self.options.levels.iter().zip(&rejections.counts) {
                        let sets = self.options.sets;
                        let (low, high) = clopper_pearson(count, sets, MONTE_CARLO_LEVEL);
                        results.push(TablePowerRow {
                            study: self.test.name().to_owned(),
                            key: label.key.clone(),
                            effect,
                            level,
                            sets,
                            rejections: count,
                            rate: count as f64 / sets as f64,
                            rate_low: low,
                            rate_high: high,
                            uniformity: rejections.uniformity(),
                        });
                    }
                }
            }
        }
        results
    }
}
