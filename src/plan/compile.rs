//! Study, panel and events compiled to plans.

use std::collections::HashSet;

use super::calendar::calendar;
use super::event_rows::{EventRow, EventRows, place};
use super::plan::{Hypothesis, NullFacts, Plan};
use super::sample::{Sample, sample};
use super::scores::{SeriesScores, series_scores};
use super::{Lattice, SCORE_LIMIT};
use crate::error::{Error, Result};
use crate::load::{Events, Panel};
use crate::null::{NullDesign, Uniform};
use crate::statistic::{Contrast, Fold, ScoreTable, Statistic};
use crate::study::{Incomplete, Pool, SameDay, StatisticName, Study, Summary, TestSpec};

/// Largest span of a numerator; offsets and their differences stay clear of 63 bits.
const SPAN_LIMIT: f64 = (1u64 << 61) as f64;

/// Most hypotheses of a plan. Every thread has a tally of its own, of 8 KiB a hypothesis.
const MAX_HYPOTHESES: usize = 1 << 14;

/// The plans of a study, one a `[[test]]`, and the rules that fired on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// One a `[[test]]`, in the study's order.
    pub plans: Vec<Plan>,
    /// Sentences for the report.
    pub rules: Vec<String>,
}

/// Compiles a study over its data.
///
/// # Errors
///
/// Everything that makes the question unanswerable: events outside the sample or without a full
/// window, gaps, too few eligible dates, empty groups, numbers that do not fit.
pub fn compile(study: &Study, panel: &Panel, events: &Events) -> Result<Compiled> {
    let calendar = calendar(panel, study.calendar);
    if calendar.dates.is_empty() {
        return Err(Error::input(
            "[data]",
            "no date has a value of any asked series",
            "check [data] files and series, and [calendar] gap",
        ));
    }
    let placed = place(events, &study.events, &calendar)?;
    let sample = sample(&calendar, &placed, panel, study)?;
    let mut rules = [&panel.rules, &events.rules, &placed.rules, &sample.rules]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let mut plans = Vec::new();
    for test in &study.tests {
        plans.push(
            Compiler {
                study,
                panel,
                sample: &sample,
                placed: &placed,
                test,
            }
            .plan(&mut rules)?,
        );
    }
    Ok(Compiled { plans, rules })
}

struct Compiler<'a> {
    study: &'a Study,
    panel: &'a Panel,
    sample: &'a Sample,
    placed: &'a EventRows,
    test: &'a TestSpec,
}

/// A score column: where it comes from.
struct Column {
    series: usize,
    day: i32,
    absolute: bool,
}

impl Compiler<'_> {
    fn plan(&self, rules: &mut Vec<String>) -> Result<Plan> {
        let eligible = self.eligible()?;
        let groups = self.event_groups(&eligible, rules)?;
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let design = self.design(eligible.len(), &sizes)?;

        let mut observed = vec![0; design.picks()];
        for (segment, rows) in design.segments().iter().zip(&groups) {
            for (pick, row) in observed[segment.range()].iter_mut().zip(rows) {
                *pick = (row - eligible.start) as u32;
            }
        }

        let days = self.test.relative_days();
        let names = self.test.statistics();
        self.check_size(names.len() * days.len())?;
        self.check_labels()?;
        let scores = (0..self.panel.series.len())
            .map(|s| {
                series_scores(
                    self.panel,
                    self.sample,
                    s,
                    &self.study.data,
                    eligible.clone(),
                    self.test.window[0],
                    days,
                )
            })
            .collect::<Result<Vec<_>>>()?;
        self.state_fixed_point(&scores, rules);

        let mut folds = Vec::new();
        let mut hypotheses = Vec::new();
        for summary in [Summary::Mean, Summary::Median] {
            let asked = |absolute| names.contains(&StatisticName { summary, absolute });
            let columns: Vec<Column> = [false, true]
                .into_iter()
                .filter(|&absolute| asked(absolute))
                .flat_map(|absolute| {
                    (0..scores.len()).flat_map(move |series| {
                        days.iter().map(move |&day| Column {
                            series,
                            day,
                            absolute,
                        })
                    })
                })
                .collect();
            if columns.is_empty() {
                continue;
            }
            let cells: Vec<Vec<i32>> = columns
                .iter()
                .map(|column| {
                    let day = days.iter().position(|&d| d == column.day).unwrap_or(0);
                    let signed = &scores[column.series].days[day];
                    if column.absolute {
                        signed.iter().map(|score| score.abs()).collect()
                    } else {
                        signed.clone()
                    }
                })
                .collect();
            let table = ScoreTable::from_columns(&cells);
            let fold = match summary {
                Summary::Mean => Fold::mean,
                Summary::Median => Fold::median,
            }(&table, &self.placed.groups, design.segments());
            let numerators = fold.numerators(&observed);
            let sorted: Vec<Vec<i32>> = cells
                .into_iter()
                .map(|mut cell| {
                    cell.sort_unstable();
                    cell
                })
                .collect();
            for (value, &numerator) in numerators.iter().enumerate() {
                let contrast = &fold.contrasts()[value / fold.columns()];
                let c = value % fold.columns();
                let column = &columns[c];
                let scores = &scores[column.series];
                hypotheses.push(Hypothesis {
                    series: self.panel.series[column.series].name.clone(),
                    group: contrast.label.clone(),
                    statistic: StatisticName {
                        summary,
                        absolute: column.absolute,
                    }
                    .name()
                    .to_owned(),
                    relative_day: column.day,
                    unit: scores.unit.clone(),
                    scale: scores.scale,
                    denominator: contrast.denominator,
                    observed: numerator,
                    lattice: lattice(&fold, contrast, &sorted[c], numerator)?,
                });
            }
            folds.push(fold);
        }

        Ok(Plan {
            seed: self.study.run.seed,
            facts: self.facts(&eligible, &groups, &names),
            design: NullDesign::Uniform(design),
            folds,
            hypotheses,
            dates: self.sample.dates[eligible].to_vec(),
            groups: self.placed.groups.clone(),
            observed,
        })
    }

    /// The eligible rows of the sample.
    fn eligible(&self) -> Result<std::ops::Range<usize>> {
        let rows = self.sample.dates.len();
        let [first, last] = self.test.window;
        let eligible = match self.test.pool {
            Pool::All => 0..rows,
            Pool::FullWindow => {
                let start = first.min(0).unsigned_abs() as usize;
                start..rows.saturating_sub(last.max(0) as usize).max(start)
            }
        };
        if eligible.is_empty() {
            return Err(Error::input(
                self.place("window"),
                format!("no date of the sample ({rows} rows) has a whole window [{first}, {last}]"),
                "shorten the window or widen the [sample]",
            ));
        }
        if eligible.len() > Uniform::MAX_POSITIONS {
            return Err(Error::input(
                self.place("pool"),
                format!(
                    "{} eligible dates; `uniform` draws from at most {}",
                    eligible.len(),
                    Uniform::MAX_POSITIONS
                ),
                "shorten the [sample]",
            ));
        }
        Ok(eligible)
    }

    /// The sample rows of the events with an eligible date, a group a list.
    fn event_groups(
        &self,
        eligible: &std::ops::Range<usize>,
        rules: &mut Vec<String>,
    ) -> Result<Vec<Vec<usize>>> {
        let [first, last] = self.test.window;
        let mut groups: Vec<Vec<usize>> = vec![Vec::new(); self.placed.groups.len()];
        let mut taken: Vec<(usize, usize)> = Vec::new();
        for event in &self.placed.events {
            let row = event
                .row
                .checked_sub(self.sample.first_row)
                .filter(|row| eligible.contains(row));
            let Some(row) = row else {
                self.incomplete(event, eligible, rules)?;
                continue;
            };
            let same_day = taken.contains(&(event.group, row));
            taken.push((event.group, row));
            if same_day && self.study.events.same_day == SameDay::Unique {
                rules.push(format!(
                    "same day: {} shares {} with another event{}, counted once",
                    event.place,
                    self.sample.dates[row],
                    of_group(&self.placed.groups, event.group),
                ));
                continue;
            }
            groups[event.group].push(row);
        }
        dedup(rules);
        match groups.iter().position(Vec::is_empty) {
            None => Ok(groups),
            Some(empty) => Err(Error::input(
                &self.study.events.file,
                format!(
                    "no event{} has a whole window [{first}, {last}] in the sample",
                    of_group(&self.placed.groups, empty)
                ),
                "check [events] filter and groups, shorten the window, or widen the [sample]",
            )),
        }
    }

    fn incomplete(
        &self,
        event: &EventRow,
        eligible: &std::ops::Range<usize>,
        rules: &mut Vec<String>,
    ) -> Result<()> {
        let [first, last] = self.test.window;
        let sample = &self.sample.dates;
        let inside =
            event.row >= self.sample.first_row && event.row - self.sample.first_row < sample.len();
        let problem = if inside {
            format!(
                "the event has no full window [{first}, {last}] in the sample; dates with one run from {} to {}",
                sample[eligible.start],
                sample[eligible.end - 1]
            )
        } else {
            format!(
                "the event is outside the sample, {} to {}",
                sample[0],
                sample[sample.len() - 1]
            )
        };
        if self.study.events.incomplete == Incomplete::Error {
            return Err(Error::input(
                &event.place,
                problem,
                "state [events] incomplete = \"drop\", filter the event out, shorten the window, or widen the [sample]",
            ));
        }
        rules.push(format!(
            "event dropped at window [{first}, {last}]: {}: {problem}",
            event.place
        ));
        Ok(())
    }

    fn design(&self, positions: usize, sizes: &[usize]) -> Result<Uniform> {
        Uniform::new(positions, sizes).ok_or_else(|| {
            Error::input(
                self.place("pool"),
                format!(
                    "{} events but only {positions} eligible dates: distinct dates cannot be drawn",
                    sizes.iter().sum::<usize>()
                ),
                "widen the [sample], shorten the window, or use fewer events",
            )
        })
    }

    fn facts(
        &self,
        eligible: &std::ops::Range<usize>,
        groups: &[Vec<usize>],
        statistics: &[StatisticName],
    ) -> NullFacts {
        let dates = &self.sample.dates;
        let [first, last] = self.test.window;
        let rest = dates.len() - eligible.len();
        let (pool, ineligible) = match self.test.pool {
            Pool::FullWindow => (
                "full-window",
                format!("{rest} dates without a whole window [{first}, {last}] in the sample"),
            ),
            Pool::All => (
                "all",
                "none: windows are cut at the sample's ends".to_owned(),
            ),
        };
        let mut rows: Vec<usize> = groups.iter().flatten().copied().collect();
        rows.sort_unstable();
        let shared: Vec<_> = rows
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .map(|pair| dates[pair[0]])
            .collect();
        let not_admissible = (!shared.is_empty()).then(|| {
            format!(
                "events share a date ({}), which the dates of a draw never do",
                super::sample::list(&shared)
            )
        });
        NullFacts {
            null: format!("uniform({pool})"),
            window: self.test.window,
            statistics: statistics.iter().map(|s| s.name().to_owned()).collect(),
            convention: self.test.convention,
            sample: (dates[0], dates[dates.len() - 1], dates.len()),
            ineligible,
            not_admissible,
        }
    }

    /// States the quanta: one sentence for the exact series, one for each rounded one.
    fn state_fixed_point(&self, scores: &[SeriesScores], rules: &mut Vec<String>) {
        for (series, scores) in self.panel.series.iter().zip(scores) {
            if scores.rounding_error > 0.0 {
                rules.push(format!(
                    "fixed point: changes of `{}` are rounded to steps of {:e} {}; largest rounding error {:.2e} {}",
                    series.name,
                    scores.scale.value(1.0, 1),
                    scores.unit,
                    scores.rounding_error,
                    scores.unit
                ));
            }
        }
        dedup(rules);
    }

    /// Refuses groups whose labels would name two rows alike: `a`, `b` and a group `a - b`.
    fn check_labels(&self) -> Result<()> {
        let groups = &self.placed.groups;
        let differences = (0..groups.len())
            .flat_map(|b| (0..b).map(move |a| format!("{} - {}", groups[a], groups[b])));
        // Only a name that holds the sign itself can be taken for a difference.
        if !groups.iter().any(|group| group.contains(" - ")) {
            return Ok(());
        }
        let mut seen: HashSet<String> = groups.iter().cloned().collect();
        for label in differences {
            if let Some(label) = seen.replace(label) {
                return Err(Error::input(
                    &self.study.events.file,
                    format!(
                        "two results would be named `{label}`, a difference of groups and another"
                    ),
                    "rename the groups whose names hold ` - `",
                ));
            }
        }
        Ok(())
    }

    /// Refuses more hypotheses than tallies have room for; `each`: those of a series and a label.
    fn check_size(&self, each: usize) -> Result<()> {
        let (groups, series) = (self.placed.groups.len(), self.panel.series.len());
        let labels = match groups {
            1 => 1,
            _ => groups + 1 + groups * (groups - 1) / 2,
        };
        let hypotheses = labels.saturating_mul(series).saturating_mul(each);
        if hypotheses <= MAX_HYPOTHESES {
            return Ok(());
        }
        Err(Error::input(
            self.place("statistic"),
            format!(
                "{hypotheses} results: {groups} group(s) give {labels} labels with their differences, times {series} series, times {each} statistics and days; at most {MAX_HYPOTHESES} fit"
            ),
            "leave groups out with [events] filter, or name fewer series, statistics or days",
        ))
    }

    fn place(&self, key: &str) -> String {
        let number = self
            .study
            .tests
            .iter()
            .position(|test| std::ptr::eq(test, self.test))
            .map_or(1, |t| t + 1);
        format!("{}, [[test]] {number}, {key}", self.study.name)
    }
}

/// The lattice of a contrast over a column's sorted scores.
fn lattice(fold: &Fold, contrast: &Contrast, sorted: &[i32], observed: i64) -> Result<Lattice> {
    let bounds = fold.bounds(contrast, sorted);
    if bounds.1 as f64 - bounds.0 as f64 >= SPAN_LIMIT {
        return Err(Error::input(
            "[data] quantum",
            format!(
                "sums of up to {SCORE_LIMIT} steps over this many events leave the fixed-point range"
            ),
            "state a coarser [data] quantum",
        ));
    }
    let n = sorted.len() as f64;
    let mean = sorted.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
    let variance = sorted
        .iter()
        .map(|&s| (f64::from(s) - mean).powi(2))
        .sum::<f64>()
        / n;
    let mut centre = 0.0;
    let mut spread = 0.0;
    for &(segment, weight) in &contrast.terms {
        let (weight, picks) = (weight as f64, fold.segments()[segment].len as f64);
        match fold.statistic() {
            // Sums of distinct draws correlate negatively within a group, and contrasts of groups
            // add at most: an upper bound of the variance is wide enough for bins.
            Statistic::Mean(_) => {
                centre += weight * picks * mean;
                spread += weight.powi(2) * picks * variance * n / (n - 1.0).max(1.0);
            }
            Statistic::Median(_) => {
                let scores = 2.0 - picks % 2.0;
                centre += weight * scores * mean;
                spread += 2.0 * (weight * scores).powi(2) * variance;
            }
        }
    }
    Ok(Lattice::new(bounds, centre, spread.sqrt(), &[observed]))
}

fn of_group(groups: &[String], group: usize) -> String {
    if groups.len() > 1 {
        format!(" of group `{}`", groups[group])
    } else {
        String::new()
    }
}

/// Drops repeats: two tests state the same rule once.
fn dedup(rules: &mut Vec<String>) {
    let mut seen = HashSet::new();
    rules.retain(|rule| seen.insert(rule.clone()));
}
