//! Tests whose null makes the series anew: the daily changes, the length of blocks, fits and residuals.

use std::collections::HashMap;

use jiff::civil::Date;

use super::parts::name;
use super::sample::Sample;
use super::scores::{DailyChanges, SeriesScores, series_outcomes};
use crate::error::{Cause, Error, Result, thousands};
use crate::load::Panel;
use crate::null::{BlockBootstrap, NullDesign};
use crate::plan::{Centre, Course, Remade, SCORE_LIMIT, WindowSum};
use crate::resample::block_lengths;
use crate::statistic::{Contrast, Edge, Fold, Hac, Model, Regression, ScoreTable, Shape};
use crate::study::{Block, CalendarUnit, DataSpec, Measure, OwnEffect, Parts, TestSpec};

/// The finest part of a step to which residuals of a regression are rounded.
const FINEST: u64 = 1 << 16;

/// So few clusters of days have hardly more assignments of signs than a test at 5 % takes.
const FEW: u32 = 6;

/// What a test's null makes series from.
pub(super) struct Remaking<'a> {
    test: &'a TestSpec,
    panel: &'a Panel,
    sample: &'a Sample,
    /// A series a list of daily changes.
    daily: Vec<SeriesScores>,
    /// The first sample row that has one.
    first_row: usize,
    /// The dates of the changes.
    pub dates: Vec<Date>,
    /// The cluster of each change, numbered in the order of their first ones.
    pub days: Vec<u32>,
    /// Rows of a block, where days are resampled or signed in runs.
    pub block: Option<u32>,
    /// Names a key of the test.
    place: &'a dyn Fn(&str) -> String,
}

/// The series that a test is about, and what its draws are made from.
pub(super) struct MadeAnew {
    pub remade: Remade,
    /// A series a list: the observed changes over each of the test's windows, an event each.
    pub scores: Vec<SeriesScores>,
    /// A series a list: its daily changes, in the same parts of a step.
    pub outcomes: Vec<SeriesScores>,
    /// The row of each event among the daily changes.
    pub rows: Vec<usize>,
    signs: bool,
}

/// Days of a window.
fn days([first, last]: [i32; 2]) -> usize {
    (last - first + 1) as usize
}

impl<'a> Remaking<'a> {
    /// Of a test over its panel.
    ///
    /// # Errors
    ///
    /// Daily changes that are not there or do not fit, blocks that are longer than the series, too many rows.
    pub(super) fn new(
        test: &'a TestSpec,
        (panel, sample, data): (&'a Panel, &'a Sample, &DataSpec),
        rules: &mut Vec<String>,
        place: &'a dyn Fn(&str) -> String,
    ) -> Result<Self> {
        let effects = test.statistics().iter().any(|of| of.is_effect());
        let (first_row, by) = match effects {
            true => (0, "the overlap regression".to_owned()),
            false => {
                let first = sample.first_change(data.transform);
                (first, format!("`{}`", test.null.name()))
            }
        };
        let asked = |times| DailyChanges {
            first_row,
            times,
            by: &by,
        };
        let rows = asked(1).rows(sample);
        let mut daily = Vec::new();
        for s in 0..panel.series.len() {
            let first = series_outcomes(panel, sample, s, data, asked(1))?;
            // How many times a change the sums over windows come to.
            let times = room(&first.days[0], test);
            daily.push(series_outcomes(panel, sample, s, data, asked(times))?);
        }
        let dates: Vec<Date> = rows.iter().map(|&row| sample.dates[row]).collect();
        let mut remaking = Remaking {
            test,
            panel,
            sample,
            daily,
            first_row,
            days: Vec::new(),
            block: None,
            dates,
            place,
        };
        remaking.block = remaking.block(rules)?;
        remaking.days = remaking.days();
        let coins = remaking.days.iter().max().map_or(0, |&last| last + 1);
        if !test.resamples() && coins < FEW {
            rules.push(format!(
                "{}: {coins} clusters of days have {} assignments of signs, so that p cannot be small",
                test.null.name(),
                1u32 << coins
            ));
        }
        Ok(remaking)
    }

    fn error(&self, key: &str, problem: String, remedy: &str) -> Error {
        Error::input((self.place)(key), problem, remedy)
    }

    /// Rows of a block.
    fn block(&self, rules: &mut Vec<String>) -> Result<Option<u32>> {
        let n = self.dates.len();
        let (test, null) = (self.test, self.test.null.name());
        let resamples = test.resamples();
        if resamples && n > BlockBootstrap::MAX_ROWS {
            let cause = Cause::TooLarge {
                found: n,
                most: BlockBootstrap::MAX_ROWS,
            };
            let problem = format!(
                "{} daily changes, and `{null}` takes at most {}",
                thousands(n),
                thousands(BlockBootstrap::MAX_ROWS)
            );
            let remedy = "shorten the [sample], or take coarser data";
            return Err(self.error("null", problem, remedy).because(cause));
        }
        let window = match resamples {
            true => days(test.window) as u32,
            false => 1,
        };
        let rows = match test.block {
            Some(Block::Rows(rows)) => rows,
            None if !resamples => return Ok(None),
            Some(Block::Named(_)) | None => {
                let of_series = self.daily.iter().zip(&self.panel.series);
                let lengths = of_series.filter_map(|(daily, series)| {
                    let changes = daily.days[0].iter().map(|&change| f64::from(change));
                    let lengths = block_lengths(&changes.collect::<Vec<f64>>())?;
                    Some((lengths.circular, series.name.as_str()))
                });
                let longest = lengths.max_by(|a, b| a.0.total_cmp(&b.0));
                let auto = longest.map_or(1.0, |(auto, _)| auto.round().max(1.0)) as u32;
                let rows = auto.max(window).min(n as u32);
                let found = match longest {
                    Some((auto, series)) => format!(
                        "the data's own length (Politis and White 2004) is {auto:.2}, the longest of the series', of `{series}`"
                    ),
                    None => {
                        "no series has a length of its own: each is constant, or has too few rows"
                            .to_owned()
                    }
                };
                let window = match resamples {
                    true => format!(", and the window has {window} days"),
                    false => String::new(),
                };
                rules.push(format!("{null}: blocks of {rows} rows: {found}{window}"));
                rows
            }
        };
        match rows as usize <= n {
            true => Ok(Some(rows)),
            false => Err(self.error(
                "block",
                format!(
                    "blocks of {} rows are longer than the series of {} daily changes",
                    thousands(rows as usize),
                    thousands(n)
                ),
                "give at most as many, shorten the window, or widen the [sample]",
            )),
        }
    }

    /// The clusters of days.
    fn days(&self) -> Vec<u32> {
        let n = self.dates.len() as u32;
        match (&self.test.cluster, self.block) {
            (Some(Parts::Calendar(unit)), _) => {
                let mut numbers = HashMap::new();
                let number = |date: &Date| {
                    let next = numbers.len() as u32;
                    *numbers.entry(name(*unit, *date)).or_insert(next)
                };
                self.dates.iter().map(number).collect()
            }
            (_, Some(block)) if !self.test.resamples() => (0..n).map(|row| row / block).collect(),
            _ => (0..n).collect(),
        }
    }

    /// The series' place of a sample row among the daily changes.
    fn place_of(&self, row: usize) -> usize {
        self.sample.among_changes(row) - self.first_row
    }

    /// Fits, residuals and scores, about events that stand on sample `rows`.
    ///
    /// # Errors
    ///
    /// Effects that cannot be taken out, or sums that leave the fixed-point range.
    pub(super) fn made(
        &self,
        design: &NullDesign,
        observed: &[u32],
        rows: &[usize],
        rules: &mut Vec<String>,
    ) -> Result<MadeAnew> {
        let signs = design.remakes().is_some_and(|of| of.signs());
        let rows: Vec<usize> = rows.iter().map(|&row| self.place_of(row)).collect();
        let n = self.dates.len() as u32;
        let (fitted, level) = match self.test.effect {
            Some(OwnEffect::Removed) => {
                let fitted = self.without_effects(design, observed, &rows)?;
                (fitted, self.apart(&rows)?)
            }
            Some(OwnEffect::Kept) | None => (self.about_means(rules), vec![[0, n]]),
        };
        let course = self.course(level);
        let (mut outcomes, mut scores) = (Vec::new(), Vec::new());
        let windows = self.windows();
        let widest = windows.iter().map(|&window| days(window)).max();
        for (s, (daily, fitted)) in self.daily.iter().zip(&fitted).enumerate() {
            let parts = fitted.parts as i64;
            let changes: Vec<i64> = daily.days[0]
                .iter()
                .map(|&d| parts * i64::from(d))
                .collect();
            let sum = |row: usize, [first, last]: [i32; 2]| -> i64 {
                let at = |day: i32| (row as i64 + i64::from(day)) as usize;
                changes[at(first)..=at(last)].iter().sum()
            };
            let observed = windows.iter().map(|&window| {
                let sums: Vec<i64> = rows.iter().map(|&row| sum(row, window)).collect();
                sums
            });
            let observed: Vec<Vec<i64>> = observed.collect();
            let bound = fitted.alone(&course).largest(0, widest.unwrap_or(1));
            let fits = |sum: &i64| sum.abs() < SCORE_LIMIT;
            if !(fits(&bound) && observed.iter().flatten().chain(&changes).all(fits)) {
                return Err(Error::input(
                    format!("series `{}`", self.panel.series[s].name),
                    format!(
                        "sums over the window under `{}` leave the fixed-point range",
                        self.test.null.name()
                    ),
                    "state a coarser [data] quantum, or shorten the window",
                ));
            }
            let narrow = |of: &[i64]| of.iter().map(|&sum| sum as i32).collect::<Vec<i32>>();
            let of_days = |days: Vec<Vec<i32>>| SeriesScores {
                days,
                parts: fitted.parts,
                ..daily.clone()
            };
            outcomes.push(of_days(vec![narrow(&changes)]));
            scores.push(of_days(observed.iter().map(|of| narrow(of)).collect()));
        }
        let residuals: Vec<Vec<i32>> = fitted.iter().map(|of| of.residuals.clone()).collect();
        let fits = fitted.iter().map(|of| of.fit).collect();
        let events = rows.iter().map(|&row| row as u32).collect();
        Ok(MadeAnew {
            remade: Remade::new(fits, &residuals, events, course),
            scores,
            outcomes,
            rows,
            signs,
        })
    }

    /// The relative rows whose changes each of the test's windows sums.
    fn windows(&self) -> Vec<[i32; 2]> {
        let changes = self.test.changes().into_iter();
        changes
            .map(|[first, last]| match self.test.measure {
                Measure::Cumulative => [first, last],
                Measure::Endpoints => [first + 1, last],
            })
            .collect()
    }

    /// How draws make the series, with these rows for their level.
    fn course(&self, level: Vec<[u32; 2]>) -> Course {
        Course {
            signs: !self.test.resamples(),
            block: self.block.unwrap_or(1) as usize,
            level,
        }
    }

    /// The rows in no event's window.
    fn apart(&self, rows: &[usize]) -> Result<Vec<[u32; 2]>> {
        let [first, last] = self.test.window.map(i64::from);
        let mut rows: Vec<i64> = rows.iter().map(|&row| row as i64).collect();
        rows.sort_unstable();
        let mut level = Vec::new();
        let mut from = 0;
        let n = self.dates.len() as i64;
        for end in rows.iter().map(|row| row + first).chain([n]) {
            if from < end {
                level.push([from as u32, end as u32]);
            }
            from = from.max(end + last - first + 1);
        }
        match level.is_empty() {
            false => Ok(level),
            true => Err(self.error(
                "effect",
                "every day lies in an event's window, and none is left that effects could be told from".into(),
                "take effect = \"kept\", a shorter window, or a wider [sample]",
            )),
        }
    }

    /// Each series about its mean, the fit of a regression with a constant alone: in parts of a step in which
    /// the mean of every draw is whole, or that of the series, the finest that fit; else rounded to a step.
    fn about_means(&self, rules: &mut Vec<String>) -> Vec<Fitted> {
        let n = self.dates.len() as u64;
        let course = self.course(vec![[0, n as u32]]);
        let window = days(self.test.window).min(n as usize);
        // A draw's mean of signed distances from the mean is a fraction of n^2.
        let whole = if course.signs { n * n } else { n };
        let of_series = self.daily.iter().zip(&self.panel.series);
        let fitted = of_series.map(|(daily, series)| {
            let changes = &daily.days[0];
            let finest = |of: u64| {
                let finer =
                    std::iter::successors(Some(FINEST), |&more| (more > 1).then_some(more / 2));
                let mut fitted = finer.filter_map(|more| Fitted::about_mean(changes, of * more));
                fitted.find(|fitted| fitted.fits(changes, window, &course))
            };
            if let Some(exact) = finest(whole) {
                return exact;
            }
            // Scores have 28 bits, and so have their distances from the mean in twice the step.
            let rounded = finest(n).or_else(|| Fitted::about_mean(changes, 1));
            let rounded = rounded.unwrap_or(Fitted {
                parts: 1,
                fit: 0,
                residuals: changes.clone(),
            });
            rules.push(format!(
                "{}: mean changes of `{}` are rounded to steps of {:e} {}",
                self.test.null.name(),
                series.name,
                daily.scale.value(1.0, rounded.parts),
                daily.unit
            ));
            rounded
        });
        fitted.collect()
    }

    /// Each series as the overlap regression of the events fits it: the constant, and the residuals, rounded to
    /// the finest part of a step in which sums over the window fit.
    fn without_effects(
        &self,
        design: &NullDesign,
        observed: &[u32],
        rows: &[usize],
    ) -> Result<Vec<Fitted>> {
        let test = self.test;
        let changes: Vec<Vec<i32>> = self.daily.iter().map(|of| of.days[0].clone()).collect();
        let window = days(test.window);
        let refuse = |problem: &str| {
            let problem =
                format!("effects are taken out by the overlap regression of the events, {problem}");
            self.error(
                "effect",
                problem,
                "take effect = \"kept\", another window, or fewer groups",
            )
        };
        let model = Model {
            outcomes: ScoreTable::from_columns(&changes),
            rows: rows.iter().map(|&row| row as u32).collect(),
            negated_from: rows.len(),
            window: test.window,
            edge: Edge::Cut,
            groups: design.segments().to_vec(),
            effects: Vec::new(),
            columns: Vec::new(),
            hac: Hac {
                lags: 0,
                small_sample: false,
            },
        };
        let Some(regression) = Regression::new(model) else {
            return Err(refuse(
                "which takes 1 to 4 groups, windows of 2 days and more, up to 60 to either side, and fewer \
                 coefficients than rows",
            ));
        };
        let labels: Vec<String> = design.segments().iter().map(|_| String::new()).collect();
        let contrasts: Vec<Contrast> = Regression::contrasts(&labels);
        let Some(fit) = regression.fit(&contrasts, observed) else {
            return Err(refuse(
                "which is singular: their relative days cannot be told apart",
            ));
        };
        let course = self.course(self.apart(rows)?);
        let of_series = changes.iter().zip(&fit.coefficients);
        let fitted = of_series.map(|(changes, coefficients)| {
            let constant = coefficients[coefficients.len() - 1];
            let mut residuals: Vec<f64> =
                changes.iter().map(|&d| f64::from(d) - constant).collect();
            for (group, segment) in design.segments().iter().enumerate() {
                let effects = &coefficients[group * window..][..window];
                for &event in segment.of(observed) {
                    let first = (rows[event as usize] as i64 + i64::from(test.window[0])) as usize;
                    for (residual, effect) in residuals[first..].iter_mut().zip(effects) {
                        *residual -= effect;
                    }
                }
            }
            let mut parts = FINEST;
            loop {
                let whole = |x: f64| (x * parts as f64).round() as i32;
                let fitted = Fitted {
                    parts,
                    fit: whole(constant),
                    residuals: residuals.iter().map(|&residual| whole(residual)).collect(),
                };
                if parts == 1 || fitted.fits(changes, window, &course) {
                    return fitted;
                }
                parts /= 2;
            }
        });
        Ok(fitted.collect())
    }

    /// How draws make the series, after "makes the series anew:".
    pub(super) fn words(&self) -> String {
        let n = thousands(self.dates.len());
        let block = self.block.map(|rows| thousands(rows as usize));
        if self.test.resamples() {
            let effect = match self.test.effect {
                Some(OwnEffect::Removed) => {
                    "the effects that the overlap regression finds by group and relative day are taken out of the \
                     events' own windows first, and each draw is centred: apart from the windows it has the mean \
                     change that the series has apart from events"
                }
                Some(OwnEffect::Kept) | None => {
                    "those of the events' own windows are among them, their effect kept, and each draw is centred on \
                     the sample's mean change"
                }
            };
            return format!(
                "the {n} daily changes of each series, never its levels, are resampled in circular blocks of {} rows, \
                 all series by the same blocks; {effect}",
                block.unwrap_or_default()
            );
        }
        let coin = match (&self.test.cluster, block) {
            (Some(Parts::Calendar(unit)), _) if *unit != CalendarUnit::Day => {
                format!("each calendar {}", Parts::Calendar(*unit))
            }
            (_, Some(rows)) => format!("each run of {rows} days"),
            _ => "each day".to_owned(),
        };
        format!(
            "each of the {n} daily changes of a series is the sample's mean change plus or minus its distance from it, \
             the residual of the overlap regression with all effects zero, by the toss of a coin for {coin}, the same \
             for all series; each draw is centred on that mean"
        )
    }
}

/// How many times the largest change the sums of a draw over the window come to, rounded up, where at least
/// `block` rows move together.
fn room(changes: &[i32], test: &TestSpec) -> usize {
    let largest = changes.iter().map(|change| change.unsigned_abs()).max();
    let (Some(largest @ 1..), Some(fitted)) = (largest, Fitted::about_mean(changes, 1)) else {
        return 1;
    };
    let window = days(test.window).min(changes.len());
    let course = Course {
        signs: !test.resamples(),
        block: window,
        level: vec![[0, changes.len() as u32]],
    };
    let bound = fitted.alone(&course).largest(0, window);
    // Residuals without effects are somewhat larger than changes, and fewer rows are their level.
    let spare = match test.effect {
        Some(OwnEffect::Removed) => 3,
        Some(OwnEffect::Kept) | None => 1,
    };
    spare * (bound as u64).div_ceil(largest.into()) as usize + 1
}

/// What a series is made from, in parts of a step.
struct Fitted {
    parts: u64,
    fit: i32,
    residuals: Vec<i32>,
}

impl Fitted {
    /// Changes about their mean, rounded to so many parts of a step; `None` where they do not fit 32 bits.
    fn about_mean(changes: &[i32], parts: u64) -> Option<Self> {
        let (n, sum) = (
            changes.len() as i128,
            changes.iter().map(|&d| i128::from(d)).sum::<i128>(),
        );
        let mean = (2 * sum * i128::from(parts) + n).div_euclid(2 * n);
        let residual = |&d: &i32| i32::try_from(i128::from(parts) * i128::from(d) - mean).ok();
        Some(Fitted {
            parts,
            fit: i32::try_from(mean).ok()?,
            residuals: changes.iter().map(residual).collect::<Option<_>>()?,
        })
    }

    /// A series of its own, about no event.
    fn alone(&self, course: &Course) -> Remade {
        let residuals = std::slice::from_ref(&self.residuals);
        Remade::new(vec![self.fit], residuals, Vec::new(), course.clone())
    }

    /// Whether sums over so many days, of the changes too, stay in the range of scores.
    fn fits(&self, changes: &[i32], days: usize, course: &Course) -> bool {
        let as_they_are = Fitted {
            parts: 1,
            fit: 0,
            residuals: changes.to_vec(),
        };
        let sums = as_they_are.alone(course).largest(0, days);
        let largest = sums.saturating_mul(self.parts as i64);
        self.alone(course).largest(0, days).max(largest) < SCORE_LIMIT
    }
}

impl MadeAnew {
    /// The sum that a score of a series over one of the test's windows is.
    pub(super) fn window_sum(
        &self,
        test: &TestSpec,
        series: usize,
        [first, last]: [i32; 2],
        absolute: bool,
    ) -> WindowSum {
        let first = match test.measure {
            Measure::Cumulative => first,
            Measure::Endpoints => first + 1,
        };
        WindowSum {
            series,
            rows: [first, last],
            absolute,
        }
    }

    /// Scores between which those of all draws lie, each as often as there are events.
    pub(super) fn pool(&self, sum: WindowSum) -> Vec<i32> {
        let largest = self.remade.largest(sum.series, days(sum.rows)) as i32;
        let least = if sum.absolute { 0 } else { -largest };
        let events = self.rows.len();
        [vec![least; events], vec![largest; events]].concat()
    }

    /// The null's expectation of an effect, where it is known: every row has one expectation, which the
    /// constant takes; ratios to standard errors change their signs with the residuals.
    pub(super) fn centre_of_effects(&self, studentised: bool) -> Option<Centre> {
        (self.signs || !studentised).then_some(Centre::ZERO)
    }

    /// The null's expectation of a contrast, where it is known: of sums that of every day; with signs changed,
    /// that of any statistic which changes its sign with the scores, the value about which it is symmetric.
    pub(super) fn centre(
        &self,
        fold: &Fold,
        contrast: &Contrast,
        sum: WindowSum,
    ) -> Option<Centre> {
        if sum.absolute {
            return None;
        }
        let terms = contrast.terms.iter();
        let centre = |numerator: i128| Centre {
            numerator,
            denominator: 1,
            error: 0,
            from_draws: false,
        };
        let all = i128::from(self.remade.mean(sum.series)?) * days(sum.rows) as i128;
        match (
            fold.statistic().shape(),
            self.signs && fold.statistic().is_odd(),
        ) {
            (Shape::Linear, _) => {
                let picks = terms.map(|&(segment, weight)| {
                    i128::from(weight) * fold.segments()[segment].len as i128
                });
                Some(centre(picks.sum::<i128>() * all))
            }
            (_, true) => {
                // A segment of equal scores comes to its denominator times the score.
                let alike = vec![all as i32; fold.segments().iter().map(|s| s.len).sum()];
                let at = terms.map(|&(segment, weight)| {
                    let (low, high) = fold.bounds(&Contrast::segment("", segment, 1), &alike);
                    (low == high).then(|| i128::from(weight) * i128::from(low))
                });
                Some(centre(at.sum::<Option<i128>>()?))
            }
            _ => None,
        }
    }
}
