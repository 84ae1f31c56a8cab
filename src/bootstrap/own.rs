//! A bootstrap of a statistic that a program computes.

use std::ops::Range;
use std::time::Instant;

use super::draws::{Drawn, ranks};
use super::laws::{Known, left_out};
use super::rows::{Answers, rows};
use super::{Bootstrap, Made, report, statement};
use crate::error::Result;
use crate::inference::bootstrap::{Replicates, acceleration};
use crate::inference::{Own, SetWords, Sets};
use crate::question::resample::{Asked, RowName};
use crate::report::BootstrapReport;
use crate::resample::{Drawer, IntervalKind, Run, Scheme};
use crate::run::{Progress, device_of};

/// Words of the draws that are shown at a time, about, and the most draws.
const WORDS: usize = 1 << 18;
const MOST_DRAWS: usize = 1 << 12;

impl Bootstrap {
    /// Runs the bootstrap of a statistic of one's own, of which sets are the rows that a draw takes, numbers from 0, or
    /// a weight for each row of the table where a draw does not take as many every time (`poisson`, clusters) or
    /// weights them (`bayesian`). The columns that the bootstrap names say which rows have values, and by which series a
    /// length of blocks is chosen. Draws are those of every bootstrap.
    ///
    /// # Errors
    ///
    /// As for [`Bootstrap::run`]; wild schemes, and `percentile-t`, which studentizes; those of what computes the
    /// statistic.
    pub fn run_own(
        &self,
        own: &mut Own<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<BootstrapReport> {
        let started = Instant::now();
        let mut compiled = self.compile()?;
        let kinds = self.spec.kinds();
        if compiled.wild.is_some() || kinds.contains(&IntervalKind::PercentileT) {
            return Err(own.refuse(
                "wild schemes and percentile-t know the standard errors of built-in statistics alone",
                "Take another scheme and another interval.",
            ));
        }
        let mut asked = compiled.asked.remove(0);
        asked.rows = vec![RowName {
            statistic: own.name.clone(),
            columns: self.spec.columns.clone(),
            coefficient: None,
        }];
        let shown = Shower::of(&asked, self.table.rows());
        let observed = own.observed(&shown.observed())?;
        let acceleration = match kinds.contains(&IntervalKind::Bca) {
            true => shown.acceleration(own)?,
            false => None,
        };
        let tolerance = own.tolerance * observed.abs();
        let mut replicates = Replicates::new(observed, true);
        let block = (WORDS / shown.rows.max(1)).clamp(1, MOST_DRAWS) as u64;
        let (mut done, mut go_on) = (0, true);
        while done < self.spec.draws && go_on {
            let range = done..self.spec.draws.min(done + block);
            for value in own.values(&shown.draws(self.spec.seed, range.clone()))? {
                let is_equal = (value - observed).abs() <= tolerance;
                replicates.add(if is_equal { observed } else { value });
            }
            done = range.end;
            go_on = progress(done, self.spec.draws);
        }
        let ranks = ranks(&self.spec, &replicates, acceleration);
        let drawn = Drawn {
            ends: replicates.clone().search(&ranks).values(),
            replicates,
        };
        let answers = Answers {
            known: &Known::Nothing,
            drawn: Some((&drawn, done == self.spec.draws)),
            studentized: None,
            acceleration,
        };
        let results = rows(&self.spec, &asked, 0, observed, &answers);
        let mut said = statement(&self.spec, &asked.rows[0], &asked.words);
        said.statistic.clone_from(&own.name);
        said.definition = "a statistic of one's own".into();
        let made = Made {
            device: Some(device_of(None)),
            threads: 1,
            notes: Vec::new(),
            elapsed_seconds: started.elapsed().as_secs_f64(),
        };
        let rules = compiled.rules;
        Ok(report(
            &self.spec,
            self.files(),
            rules,
            vec![said],
            results,
            made,
        ))
    }
}

/// Draws as what a statistic of one's own is shown.
struct Shower<'a> {
    asked: &'a Asked,
    drawer: Drawer,
    /// Rows of the table.
    rows: usize,
    /// Whether draws are weights.
    weighs: bool,
}

impl<'a> Shower<'a> {
    fn of(asked: &'a Asked, rows: usize) -> Self {
        let resampling = &asked.resampling;
        let units = resampling.units.iter().flatten();
        let varies = matches!(resampling.scheme, Scheme::Bayesian | Scheme::Poisson { .. });
        Shower {
            asked,
            drawer: resampling.drawer(),
            rows,
            weighs: varies || units.into_iter().any(|rows| rows.len() > 1),
        }
    }

    /// The data themselves.
    fn observed(&self) -> Sets {
        let whole = |len| vec![Run { start: 0, len }];
        let sizes = self.asked.resampling.sizes();
        self.of_runs([sizes.into_iter().map(whole).collect()])
    }

    /// The sets of some draws.
    fn draws(&self, seed: u64, range: Range<u64>) -> Sets {
        let resampling = &self.asked.resampling;
        if resampling.scheme == Scheme::Bayesian {
            let of_draw = |draw| resampling.weights(seed, draw).unwrap_or_default();
            let weights = range.flat_map(|draw| {
                let mut all = vec![0.0; self.rows];
                for (part, weights) in of_draw(draw).iter().enumerate() {
                    for (unit, &weight) in resampling.units[part].iter().zip(weights) {
                        unit.clone()
                            .for_each(|place| all[self.asked.table_rows[place]] = weight);
                    }
                }
                all
            });
            return Sets {
                rows: self.rows,
                of: SetWords::Weights(weights.collect()),
            };
        }
        self.of_runs(range.map(|draw| {
            let mut runs = vec![Vec::new(); resampling.units.len()];
            self.drawer.fill(seed, draw, &mut runs);
            runs
        }))
    }

    fn of_runs(&self, draws: impl IntoIterator<Item = Vec<Vec<Run>>>) -> Sets {
        let rows = draws.into_iter().map(|runs| {
            let places = self.asked.resampling.places(&runs).into_iter().flatten();
            places.map(|place| self.asked.table_rows[place]).collect()
        });
        self.of_rows(rows)
    }

    /// Sets of rows, all of one length unless they are shown as weights.
    fn of_rows(&self, draws: impl Iterator<Item = Vec<usize>>) -> Sets {
        if self.weighs {
            let weights = draws.flat_map(|rows| {
                let mut all = vec![0.0; self.rows];
                rows.into_iter().for_each(|row| all[row] += 1.0);
                all
            });
            return Sets {
                rows: self.rows,
                of: SetWords::Weights(weights.collect()),
            };
        }
        let mut length = 0;
        let words = draws.flat_map(|rows| {
            length = rows.len();
            rows.into_iter().map(|row| row as i64)
        });
        let of = SetWords::Rows(words.collect());
        Sets { rows: length, of }
    }

    /// The acceleration by leaving out one unit at a time, or one block; none where nothing differs.
    fn acceleration(&self, own: &mut Own<'_>) -> Result<Option<f64>> {
        let resampling = &self.asked.resampling;
        let sizes = resampling.sizes();
        let mut parts = Vec::new();
        for (part, &units) in sizes.iter().enumerate() {
            let (len, starts) = left_out(resampling.scheme, units);
            let without = |start: u32| {
                let kept = (0..units).filter(|unit| (unit + units - start) % units >= len);
                let kept = kept.map(|start| Run { start, len: 1 }).collect();
                let whole = sizes.iter().map(|&len| vec![Run { start: 0, len }]);
                let mut runs: Vec<Vec<Run>> = whole.collect();
                runs[part] = kept;
                runs
            };
            let block = (WORDS / self.rows.max(1)).clamp(1, MOST_DRAWS);
            let mut values = Vec::new();
            for first in (0..starts).step_by(block) {
                let last = starts.min(first + block as u32);
                values.extend(own.values(&self.of_runs((first..last).map(without)))?);
            }
            parts.push(values);
        }
        Ok(acceleration(&parts))
    }
}
