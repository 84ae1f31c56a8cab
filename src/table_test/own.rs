//! A test of a table by a statistic that a program computes.

use std::ops::Range;
use std::time::Instant;

use super::TableTest;
use super::rows::{null_statement, show};
use crate::engine::Tally;
use crate::error::{Error, Result};
use crate::inference::{
    Compared, Follower, NOT_ASKED, Own, PlanCounts, SetWords, Sets, result_rows,
};
use crate::null::Picks;
use crate::plan::Convention;
use crate::question::table::{Alternative, Shown, TablePlan};
use crate::report::{Head, SCHEMA_VERSION, TableManifest, TableReport};
use crate::run::{Progress, device_of};

/// Words of the draws that are shown at a time, about, and the most draws.
const WORDS: usize = 1 << 18;
const MOST_DRAWS: usize = 1 << 12;

impl TableTest {
    /// Runs the test with a statistic of one's own, of which sets are rows: in place `i` of a draw stands the row whose
    /// outcome the draw gives to row `i`, numbers from 0, beside the variable as it is. Where a draw changes
    /// signs, sets are these, 1 and -1. The draws, the null design and the tally are those of every
    /// test. All sets are made where they are no more than the draws asked for.
    ///
    /// # Errors
    ///
    /// As for [`TableTest::run`]; what only built-in statistics answer, such as a family; a design whose groups vary in
    /// size; those of what computes the statistic.
    pub fn run_own(&self, own: &mut Own<'_>, progress: &mut Progress<'_>) -> Result<TableReport> {
        let started = Instant::now();
        let (plan, rules) = self.own_plan(own)?;
        let shown = Shower::of(&plan, self.table.rows())?;
        let observed = own.observed(&shown.observed())?;
        let draws = plan.draws(self.spec.draws);
        let block = (WORDS / shown.rows.max(1)).clamp(1, MOST_DRAWS) as u64;
        let pilot = own.values(&shown.draws(0..draws.min(block)))?;
        let compared = own.compared(observed, &pilot);
        let plan = &of_one(plan.clone(), &compared, own, &self.spec.formula);
        let mut tally = Tally::empty(plan);
        let mut follower = match self.spec.stopping {
            Some(rule) => Some(Follower::new(plan.convention, rule)?),
            None => None,
        };
        let mut done = 0;
        let mut go_on = true;
        while done < draws && go_on {
            let mut range = done..draws.min(done + block);
            let values = match done {
                0 => pilot.clone(),
                _ => own.values(&shown.draws(range.clone()))?,
            };
            let mut offsets: Vec<u64> =
                values.iter().map(|&value| compared.offset(value)).collect();
            let hypothesis = &plan.hypotheses[0];
            if let Some(end) = follower
                .as_mut()
                .and_then(|of| of.look(hypothesis, range.start, &offsets))
            {
                range.end = end;
                go_on = false;
            }
            offsets.truncate((range.end - range.start) as usize);
            tally.hypotheses[0].count(&hypothesis.lattice, &offsets);
            tally.cover(range.clone())?;
            done = range.end;
            let told = progress(done, draws);
            go_on = go_on && told;
        }
        let ended = follower.as_ref().is_some_and(Follower::is_done);
        let complete = done == draws || ended;
        let stops = follower.map(|of| [of.finish()]);
        let partial = !complete && plan.design.enumeration().is_some();
        let mut results = Vec::new();
        if done > 0 && !partial {
            let counts = PlanCounts {
                plan,
                tally: &tally,
                family: None,
                intervals: None,
                stops: stops.as_ref().map(|of| &of[..]).zip(self.spec.stopping),
                far_tails: None,
            };
            let no_law = |_: usize| Err(NOT_ASKED.to_owned());
            results = result_rows(self.name(), &counts, false, &no_law);
            for row in &mut results {
                row.complete = complete;
                row.singular = Some(tally.hypotheses[0].undefined);
                // Neighbours of rotations are those of the outcome, and not of this statistic.
                (row.lag1_correlation, row.crossings, row.effective_draws) = (None, None, None);
                show(row, Shown::Shifted(observed));
                row.observed = Some(observed);
            }
        }
        Ok(TableReport {
            schema_version: SCHEMA_VERSION,
            formula: self.spec.formula.clone(),
            manifest: TableManifest {
                head: Head {
                    data: self.files(),
                    rules,
                    ..Head::new(
                        self.spec.seed,
                        self.spec.draws,
                        1,
                        started.elapsed().as_secs_f64(),
                    )
                },
                complete,
                stopping: self.spec.stopping.map(|rule| rule.to_string()),
                tail_fit: false,
                device: Some(device_of(None)),
                nulls: vec![null_statement(plan)],
            },
            results,
        })
    }

    /// The plan of the formula's own statistic, whose draws these are, and the rules that fired.
    fn own_plan(&self, own: &Own<'_>) -> Result<(TablePlan, Vec<String>)> {
        let spec = &self.spec;
        let built_in = [
            (!spec.statistics.is_empty(), "a second statistic"),
            (spec.max_t, "a family"),
            (spec.interval.is_some(), "an interval of shifts"),
            (spec.tail_fit, "a fitted tail"),
            (spec.coefficient.is_some(), "a coefficient"),
            (
                spec.convention == Some(Convention::Symmetric),
                "the symmetric convention, which needs the null's expectation",
            ),
        ];
        if let Some((_, what)) = built_in.iter().find(|(is, _)| *is) {
            return Err(own.refuse(
                format!("{what} is not of a statistic of one's own"),
                "Leave it out, or take a built-in statistic.",
            ));
        }
        let mut compiled = self.compile()?;
        let mut plan = compiled.plans.remove(0);
        if plan
            .design
            .enumeration()
            .is_some_and(|sets| sets > spec.draws)
        {
            plan.plan.design = plan.design.at_random();
        }
        plan.plan.convention = spec.convention.unwrap_or(match spec.alternative {
            Some(Alternative::Greater) => Convention::Upper,
            Some(Alternative::Less) => Convention::Lower,
            Some(Alternative::TwoSided) | None => Convention::EqualTailed,
        });
        Ok((plan, compiled.rules))
    }
}

/// The plan with one hypothesis, that of a statistic of one's own.
fn of_one(mut plan: TablePlan, compared: &Compared, own: &Own<'_>, formula: &str) -> TablePlan {
    plan.plan.hypotheses = vec![compared.hypothesis.clone()];
    plan.plan.family = None;
    plan.plan.intervals = None;
    plan.labels.truncate(1);
    let key = plan.labels[0].key.clone();
    plan.labels[0].key = key
        .with("statistic", own.name.as_str())
        .with("group", "all");
    plan.words.statistics = vec![own.name.clone()];
    plan.words.definitions = vec![format!(
        "a statistic of one's own of {formula}; values within {:e} of the observed one's size are equal to it",
        own.tolerance
    )];
    plan.words.shown = vec![Shown::Shifted(compared.observed)];
    plan
}

/// Draws as what a statistic of one's own is shown.
struct Shower<'p> {
    plan: &'p TablePlan,
    /// Rows of the table.
    rows: usize,
}

impl<'p> Shower<'p> {
    fn of(plan: &'p TablePlan, rows: usize) -> Result<Self> {
        match plan.design.segments().iter().any(|of| of.varies()) {
            false => Ok(Shower { plan, rows }),
            true => Err(Error::input(
                "cluster",
                "groups vary in size from draw to draw, and have no places that outcomes are dealt to",
                "Take a built-in statistic, or clusters of one size.",
            )),
        }
    }

    /// The observed set.
    fn observed(&self) -> Sets {
        self.of_picks(1, &Picks::of(&self.plan.observed))
    }

    /// The sets of some draws.
    fn draws(&self, range: Range<u64>) -> Sets {
        let draws = (range.end - range.start) as usize;
        let mut picks = Picks::new(draws, self.plan.design.picks());
        let mut sampler = self.plan.design.sampler();
        sampler.fill(self.plan.seed, range.start, draws, &mut picks);
        self.of_picks(draws, &picks)
    }

    fn of_picks(&self, draws: usize, picks: &Picks) -> Sets {
        let row_of = |position: u32| self.plan.words.table_rows[position as usize] as usize - 1;
        let of = match self.plan.design.negated_from() {
            Some(kept) => {
                let mut signs = vec![1.0; draws * self.rows];
                for (draw, signs) in signs.chunks_mut(self.rows).enumerate() {
                    let negated = picks.row(draw).iter().filter(|&&of| of as usize >= kept);
                    negated.for_each(|&of| signs[row_of(of - kept as u32)] = -1.0);
                }
                SetWords::Weights(signs)
            }
            None => {
                let mut all: Vec<i64> = Vec::with_capacity(draws * self.rows);
                (0..draws).for_each(|_| all.extend(0..self.rows as i64));
                let places: Vec<usize> = self.plan.observed.iter().map(|&of| row_of(of)).collect();
                for (draw, rows) in all.chunks_mut(self.rows).enumerate() {
                    for (&place, &of) in places.iter().zip(picks.row(draw)) {
                        rows[place] = row_of(of) as i64;
                    }
                }
                SetWords::Rows(all)
            }
        };
        Sets {
            rows: self.rows,
            of,
        }
    }
}
