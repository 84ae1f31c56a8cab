//! Study, panel and events compiled to plans.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::EventPlan;
use super::calendar::{Calendar, calendar};
use super::claim::Claim;
use super::effects::{CONSTANT, Effects, span_name};
use super::event_groups::counted_events;
use super::event_rows::{EventRows, place};
use super::family;
use super::formula;
use super::hypotheses::{Question, row_name};
use super::key::RowName;
use super::placement::{Placement, Placing, null_name};
use super::planting::Planting;
use super::pool::{EligibleRows, eligible_rows, stratified, without, without_holes};
use super::remake::Remaking;
use super::rules::dedup;
use super::sample::{Sample, list, sample};
use super::scores::{DailyChanges, SeriesScores, Windows, series_outcomes, series_scores};
use super::side_files::Sides;
use super::words::{Eligibility, EventWords, RemadeWords, SeriesFacts};
use crate::error::{Cause, Error, Result};
use crate::load::{Events, FileHash, Panel, quoted_list};
use crate::null::{Key, Moves, NullDesign, Observed, Picks};
use crate::plan::{Hypothesis, MAX_HISTOGRAMS, Plan, Remade};
use crate::question::Key as RowKey;
use crate::statistic::{Edge, StatisticName};
use crate::study::{Keep, Measure, Parts, Pool, Study, TestSpec};
use crate::visible::visible;

/// Most hypotheses of a plan: each takes about a kilobyte, with its row.
const MAX_HYPOTHESES: usize = 1 << 16;

/// What a test reads beside the panel and the events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TestFiles {
    /// The dates of the pool `list`.
    pub dates: Option<Events>,
    /// Dates that are not eligible.
    pub blackout: Option<Events>,
    /// Strata by a column, as groups.
    pub within: Option<Events>,
    /// Clusters by a column, as groups.
    pub cluster: Option<Events>,
    /// The sets of `list`, as groups, and the same rows with the events' groups.
    pub sets: Option<(Events, Events)>,
}

impl TestFiles {
    /// The files read.
    pub fn files(&self) -> impl Iterator<Item = &FileHash> {
        let sets = self.sets.as_ref().map(|(sets, _)| sets);
        let all = [&self.dates, &self.blackout, &self.within, &self.cluster];
        let each = all.into_iter().filter_map(Option::as_ref).chain(sets);
        each.map(|events| &events.file)
    }
}

/// The plans of a study, one a `[[test]]`, and the rules that fired on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// One a `[[test]]`, in the study's order.
    pub plans: Vec<EventPlan>,
    /// Sentences for the report.
    pub rules: Vec<String>,
}

/// Compiles a study over its data. `files` holds what tests read beside it, a test an entry; tests past
/// its end read nothing.
///
/// # Errors
///
/// Everything that makes the question unanswerable: events outside the sample or without a full
/// window, gaps, too few eligible dates, empty groups, numbers that do not fit.
pub fn compile(
    study: &Study,
    panel: &Panel,
    events: &Events,
    files: &[TestFiles],
) -> Result<Compiled> {
    let calendar = calendar(panel, &study.calendar, &study.data)?;
    if calendar.dates.is_empty() {
        return Err(Error::input(
            "[data]",
            "no date has a value of any asked series",
            "check [data] files and series, and [calendar] gap",
        ));
    }
    let placed = place(events, &study.events, &calendar)?;
    let sample = sample(&calendar, &placed, panel, study)?;
    let mut rules: Vec<String> = [
        &study.choices,
        &panel.rules,
        &events.rules,
        &placed.rules,
        &sample.rules,
    ]
    .into_iter()
    .flatten()
    .cloned()
    .collect();
    let mut plans = Vec::new();
    let nothing = TestFiles::default();
    for (number, test) in study.tests.iter().enumerate() {
        let files = files.get(number).unwrap_or(&nothing);
        let placed = placed.of_groups(&test.groups).map_err(|unknown| {
            Error::input(
                format!("{}, [[test]] {}, groups", study.name, number + 1),
                format!("no event is of group `{unknown}`"),
                format!(
                    "the groups are {}",
                    quoted_list(placed.groups.iter().map(String::as_str))
                ),
            )
            .because(Cause::UnknownName {
                kind: "group",
                name: unknown.clone(),
            })
        })?;
        let compiler = Compiler {
            study,
            panel,
            calendar: &calendar,
            sample: &sample,
            placed: &placed,
            test,
            files,
            number,
        };
        plans.push(compiler.plan(&mut rules)?);
    }
    check_keys(&plans, &study.name)?;
    refuse_nothing(study, &plans)?;
    for rule in &mut rules {
        *rule = visible(rule).into_owned();
    }
    Ok(Compiled { plans, rules })
}

/// Refuses tests of which two rows would have the same key.
fn check_keys(plans: &[EventPlan], study: &str) -> Result<()> {
    let mut seen: HashMap<&RowKey, usize> = HashMap::new();
    for (number, plan) in plans.iter().enumerate() {
        for label in &plan.labels {
            let Some(had) = seen.insert(&label.key, number) else {
                continue;
            };
            return Err(Error::input(
                format!("{study}, [[test]] {}", number + 1),
                format!(
                    "its row `{}` would have the name of a row of [[test]] {}",
                    label.key,
                    had + 1
                ),
                "leave one of the two out, or tell them apart by the files and columns that they name",
            ));
        }
    }
    Ok(())
}

/// Pairs of sorted rows that are at most `apart` rows apart.
fn near_pairs(rows: &[usize], apart: usize) -> u64 {
    let of = |(i, &row): (usize, &usize)| rows[..i].partition_point(|&had| had + apart < row);
    let pairs = rows.iter().enumerate().map(|at| at.0 - of(at));
    pairs.map(|pairs| pairs as u64).sum()
}

/// Refuses plans of which no row has an observed value.
fn refuse_nothing(study: &Study, plans: &[EventPlan]) -> Result<()> {
    let mut rows = plans.iter().flat_map(|plan| &plan.hypotheses);
    let Some(reason) = rows.clone().find_map(|row| row.void.as_deref()) else {
        return Ok(());
    };
    if rows.any(|row| row.void.is_none()) {
        return Ok(());
    }
    Err(Error::input(
        format!("{}, [[test]]", study.name),
        format!("no row of the study can be computed: {reason}"),
        "ask for other series, days or groups, or for an effect instead of its ratio",
    ))
}

struct Compiler<'a> {
    study: &'a Study,
    panel: &'a Panel,
    calendar: &'a Calendar,
    sample: &'a Sample,
    placed: &'a EventRows,
    test: &'a TestSpec,
    files: &'a TestFiles,
    number: usize,
}

impl Compiler<'_> {
    fn plan(&self, rules: &mut Vec<String>) -> Result<EventPlan> {
        let named = |key: &str| self.place(key);
        let sides = Sides::new(
            self.test,
            self.files,
            &self.study.events,
            self.calendar,
            rules,
        )?;
        let list = &sides.dates;
        let transform = self.study.data.transform;
        let measure = self.test.measure;
        let first_row = self.sample.first_of_windows(measure, transform);
        let eligible = eligible_rows(self.test, list.as_ref(), self.sample, first_row, named)?;
        let needed = self.needed_days();
        let eligible = without_holes(eligible, self.test, needed, self.sample, named)?;
        if let (Some(spec), Some(list)) = (&self.test.dates, list) {
            rules.push(format!(
                "pool {spec}: {} of {} listed dates stand in the data, {} of them have a whole window {:?} in the sample",
                list.events.len(),
                list.listed,
                eligible.rows.len(),
                self.test.window
            ));
        }
        let eligible = without(
            eligible,
            self.test,
            sides.blackout.as_ref(),
            self.placed,
            self.sample,
            named,
        )?;
        let eligible = match (&self.test.within, &sides.within) {
            (Some(Parts::Column(spec)), Some(strata)) if !self.test.null.moves().keeps_dates() => {
                stratified(eligible, spec, strata, self.sample, named, rules)?
            }
            _ => eligible,
        };
        let events = counted_events(
            self.placed,
            &self.study.events,
            self.test.window,
            |row| self.sample.hole_within(row, needed, self.test.wraps()),
            self.sample,
            &eligible,
            rules,
        )?;
        let remaking = match self.test.null.moves() {
            Moves::Series => {
                let over = (self.panel, self.sample, &self.study.data);
                Some(Remaking::new(self.test, over, rules, &named)?)
            }
            Moves::Dates | Moves::Rotations | Moves::Labels | Moves::Signs => None,
        };
        let Placement {
            design,
            rows,
            observed,
            lines,
        } = Placing {
            test: self.test,
            files: self.files,
            sides: &sides,
            sample: self.sample,
            eligible: &eligible,
            events: &events,
            groups: &self.placed.groups,
            days: remaking.as_ref().map_or(&[], |of| &of.days),
            block: remaking.as_ref().and_then(|of| of.block).unwrap_or(1),
            enumerate: self.study.run.enumerated(),
            place: &named,
        }
        .placement()?;

        let made = remaking
            .as_ref()
            .map(|of| of.made(&design, &observed, &rows, rules))
            .transpose()?;

        self.check_size()?;
        self.check_labels()?;
        let statistics = self.test.statistics();
        let all_series = 0..self.panel.series.len();
        let (mut folds, mut rows_asked, mut series) = (Vec::new(), Vec::new(), Vec::new());
        let (mut scored, mut sums) = (Vec::new(), Vec::new());
        if statistics.iter().any(|statistic| !statistic.is_effect()) {
            let windows = Windows {
                rows: &rows,
                spans: &self.test.changes(),
                first_row,
                sample_rows: self.sample.dates.len(),
            };
            let scores = match &made {
                Some(made) => made.scores.clone(),
                None => all_series
                    .clone()
                    .map(|s| {
                        series_scores(
                            self.panel,
                            self.sample,
                            s,
                            &self.study.data,
                            measure,
                            &windows,
                        )
                    })
                    .collect::<Result<Vec<_>>>()?,
            };
            (folds, rows_asked, sums) = Question {
                panel: self.panel,
                test: self.test,
                scores: &scores,
                groups: &self.placed.groups,
                design: &design,
                observed: &observed,
                made: made.as_ref(),
                place: &named,
            }
            .folds()?;
            series = self.series_facts(&scores);
            scored = scores;
        }
        if statistics.iter().any(|statistic| statistic.is_effect()) {
            let asked = DailyChanges {
                first_row: 0,
                times: 1,
                by: "the overlap regression",
            };
            let outcomes = match &made {
                Some(made) => made.outcomes.clone(),
                None => all_series
                    .map(|s| series_outcomes(self.panel, self.sample, s, &self.study.data, asked))
                    .collect::<Result<Vec<_>>>()?,
            };
            // Changes over holes are no outcomes.
            let among: Vec<usize> = match &made {
                Some(made) => made.rows.clone(),
                None => {
                    let rows = rows.iter();
                    rows.map(|&row| self.sample.among_changes(row)).collect()
                }
            };
            let (fold, effects) = Effects {
                panel: self.panel,
                test: self.test,
                outcomes: &outcomes,
                groups: &self.placed.groups,
                design: &design,
                rows: &among,
                edge: if self.test.wraps() {
                    Edge::Wrap
                } else {
                    Edge::Cut
                },
                observed: &observed,
                made: made.as_ref(),
                place: &|key| self.place(key),
            }
            .fold()?;
            folds.push(fold);
            sums.push(Vec::new());
            rows_asked.extend(effects);
            if series.is_empty() {
                series = self.series_facts(&outcomes);
            }
            scored.extend(outcomes);
        }

        let (hypotheses, names): (Vec<Hypothesis>, Vec<RowName>) = rows_asked.into_iter().unzip();
        for asked in statistics {
            let answered = |name: &RowName| StatisticName::of_row(&name.statistic) == Some(asked);
            if !names.iter().any(answered) {
                return Err(Error::input(
                    self.place("statistic"),
                    format!("nothing makes `{}`", asked.name()),
                    "leave it out, and report this as a fault of placebo",
                ));
            }
        }
        self.check_steps(&scored)?;
        rules.extend(series.iter().filter(|s| s.rounding_error > 0.0).map(|s| {
            format!(
                "fixed point: changes of `{}` are rounded to steps of {:e} {}; largest rounding error {:.2e} {}",
                s.series, s.step, s.unit, s.rounding_error, s.unit
            )
        }));
        if hypotheses.len() > MAX_HISTOGRAMS {
            rules.push(format!(
                "{} results: of more than {MAX_HISTOGRAMS} counts and moments are kept and no histograms, so that `null_q025` and `null_q975` are empty",
                hypotheses.len()
            ));
        }
        dedup(rules);
        let family = self.test.family.as_ref();
        let family = family
            .map(|spec| family::family(spec, &names, &hypotheses, &|key| self.place(key)))
            .transpose()?;
        let planting = Planting {
            test: self.test,
            groups: &self.placed.groups,
            design: &design,
            rows: &rows,
            sample_rows: self.sample.dates.len(),
            first_row,
            sample: self.sample,
            observed: &observed,
            names: &names,
            place: &named,
        };
        let intervals = self.test.interval.as_ref();
        let intervals = intervals.map(|spec| planting.intervals(spec)).transpose()?;
        let remade = made.map(|made| {
            let of_folds = |mut remade: Remade, sums| {
                remade.add_fold(sums);
                remade
            };
            Arc::new(sums.into_iter().fold(made.remade, of_folds))
        });
        let words = self.words(
            &design,
            &eligible,
            &rows,
            (&observed, lines),
            series,
            remaking.as_ref(),
        );
        let label = |name| words.label(name, self.test.convention);
        Ok(EventPlan {
            labels: names.into_iter().map(label).collect(),
            plan: Plan {
                seed: self.study.run.seed,
                design,
                remade,
                folds,
                hypotheses,
                family,
                intervals,
                positions: rows.len(),
                groups: self.placed.groups.clone(),
                observed,
                admissible: words.not_admissible.is_none(),
                convention: self.test.convention,
            },
            words,
        })
    }

    /// The relative days that an event needs rows on: its own, those of its window, and the one before
    /// where the change of the window's first day counts.
    fn needed_days(&self) -> [i32; 2] {
        let statistics = self.test.statistics();
        let counts = self.test.measure == Measure::Cumulative
            || statistics.iter().any(|statistic| statistic.is_effect());
        let [first, last] = self.test.window;
        [(first - i32::from(counts)).min(0), last.max(0)]
    }

    fn words(
        &self,
        design: &NullDesign,
        eligible: &EligibleRows,
        rows: &[usize],
        (observed, event_lines): (&[u32], Vec<u64>),
        series: Vec<SeriesFacts>,
        remaking: Option<&Remaking<'_>>,
    ) -> EventWords {
        let date = |row: usize| self.sample.dates[row];
        let events = observed.iter().filter(|&&p| p != Picks::NOBODY);
        let mut events: Vec<usize> = events.map(|&p| rows[p as usize]).collect();
        events.sort_unstable();
        let [first, last] = self.test.window;
        let overlapping_pairs = near_pairs(&events, (last - first) as usize);
        let holes = self.sample.holes_by_row();
        let standing = Observed {
            picks: observed,
            rows,
            holes: &holes,
        };
        let misses = design.misses(&standing).into_iter();
        let notes: Vec<String> = misses
            .map(|miss| match miss.at.as_slice() {
                [] => format!("{}{}", miss.before, miss.after),
                at => {
                    let dates: Vec<Date> = at.iter().map(|&p| date(rows[p as usize])).collect();
                    format!("{} ({}){}", miss.before, list(&dates), miss.after)
                }
            })
            .collect();
        let claim = Claim::new(
            self.test,
            design,
            &self.placed.groups,
            eligible,
            notes.is_empty(),
            self.study.sample.around_events,
        );
        let sample = &self.sample.dates;
        let (statistics, formulas) = self.statistic_names().into_iter().unzip();
        EventWords {
            dates: rows.iter().map(|&row| date(row)).collect(),
            calendar: match self.test.null.moves() {
                Moves::Dates | Moves::Rotations => self.eligibility(eligible),
                Moves::Labels | Moves::Signs | Moves::Series => Vec::new(),
            },
            series,
            null: null_name(self.test, eligible, remaking.and_then(|of| of.block)),
            window: self.test.window,
            measure: self.test.measure,
            statistics,
            formulas,
            sample: (sample[0], sample[sample.len() - 1], sample.len()),
            ineligible: match (self.test.null.moves().keeps_dates(), self.test.pool) {
                (true, Pool::FullWindow) => String::new(),
                _ => visible(&eligible.ineligible).into_owned(),
            },
            not_admissible: (!notes.is_empty()).then(|| notes.join(". ")),
            overlapping_pairs,
            assumption: claim.assumption,
            reference: claim.reference,
            sample_ends: claim.ends,
            event_lines,
            remade: remaking.map(|of| RemadeWords {
                how: of.words(),
                dates: of.dates.clone(),
            }),
            keep: self
                .test
                .null
                .takes(Key::Keep)
                .then_some(self.test.keep.unwrap_or(Keep::Clusters))
                .filter(|_| self.test.cluster.is_some() || self.test.keeps_days_together()),
        }
    }

    /// The rows of the sample, and whether each is eligible.
    fn eligibility(&self, eligible: &EligibleRows) -> Vec<(Date, Eligibility)> {
        let rows = self.sample.dates.iter().enumerate();
        let of_row = |(row, &date): (usize, &Date)| {
            let is_eligible = eligible.rows.binary_search(&row).is_ok();
            let eligibility = match (is_eligible, eligible.windows.contains(&row)) {
                (true, _) => Eligibility::Eligible,
                (false, true) => Eligibility::TakenOut,
                (false, false) => Eligibility::NoWindow,
            };
            (date, eligibility)
        };
        rows.map(of_row).collect()
    }

    /// The statistics asked for and their formulas, each effect followed by its averages over spans.
    fn statistic_names(&self) -> Vec<(String, String)> {
        let mut names = Vec::new();
        let first = self.test.window[0];
        for statistic in self.test.statistics() {
            if statistic.is_effect() {
                let name = statistic.name().to_owned();
                names.push((name, formula::of_effects(statistic, first)));
                let spans = self.test.spans.iter();
                names.extend(spans.map(|&span| {
                    let formula = formula::of_span(statistic, first, span);
                    (span_name(statistic, span), formula)
                }));
            } else {
                let of = |start| {
                    formula::of_changes(self.test, self.study.data.transform, statistic, start)
                };
                let starts = self.test.starts.iter().copied();
                let starts = std::iter::once(first).chain(starts);
                names
                    .extend(starts.map(|start| (row_name(self.test, statistic, start), of(start))));
            }
        }
        names
    }

    fn series_facts(&self, scores: &[SeriesScores]) -> Vec<SeriesFacts> {
        self.panel
            .series
            .iter()
            .zip(scores)
            .map(|(series, scores)| SeriesFacts {
                series: series.name.clone(),
                unit: scores.unit.clone(),
                step: scores.scale.value(1.0, scores.parts),
                largest: scores
                    .days
                    .iter()
                    .flatten()
                    .map(|score| score.unsigned_abs())
                    .max()
                    .unwrap_or(0),
                rounding_error: scores.rounding_error,
            })
            .collect()
    }

    /// Refuses series whose fixed-point step silences changes: `scored` has them in the panel's order,
    /// once or twice over. The step is as coarse as the largest change asks for, which comes from the
    /// value farthest from the others.
    fn check_steps(&self, scored: &[SeriesScores]) -> Result<()> {
        let series = self.panel.series.iter().zip(&self.sample.values).cycle();
        for (scores, (series, values)) in scored.iter().zip(series) {
            let Some(coarse) = scores.coarse else {
                continue;
            };
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let median = sorted[sorted.len() / 2];
            let distance = |&row: &usize| (values[row] - median).abs();
            let farthest = (0..values.len()).max_by(|a, b| distance(a).total_cmp(&distance(b)));
            let row = farthest.unwrap_or(0);
            return Err(Error::input(
                format!("series `{}`, {}", series.name, self.sample.dates[row]),
                format!(
                    "the value {:e} makes the step of the fixed point {:e}, too coarse for changes with a spread of {:.3e}: half a step is to be at most {:e} of it",
                    values[row], coarse.step, coarse.spread, coarse.share
                ),
                match self.study.data.quantum {
                    Some(_) => "state a finer [data] quantum, or drop or winsorise the value",
                    None => "drop or winsorise the value, or state the [data] quantum to round to",
                },
            ));
        }
        Ok(())
    }

    /// Refuses groups whose labels would name two rows alike: `a`, `b` and a group `a - b`, or a
    /// group named like the regression's constant.
    fn check_labels(&self) -> Result<()> {
        let groups = &self.placed.groups;
        let statistics = self.test.statistics();
        if statistics.iter().any(|statistic| statistic.is_effect())
            && groups.iter().any(|group| group == CONSTANT)
        {
            return Err(Error::input(
                self.study.events.place(),
                format!("a group is named `{CONSTANT}`, as the overlap regression names its own"),
                "rename the group",
            ));
        }
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
                    self.study.events.place(),
                    format!(
                        "two results would be named `{label}`, a difference of groups and another"
                    ),
                    "rename the groups whose names hold ` - `",
                ));
            }
        }
        Ok(())
    }

    /// Refuses more hypotheses than tallies have room for.
    fn check_size(&self) -> Result<()> {
        let statistics = self.test.statistics();
        let effects = statistics.iter().filter(|statistic| statistic.is_effect());
        let changes = statistics.iter().filter(|statistic| !statistic.is_effect());
        let started = self.test.changes().len() - self.test.relative_days().len();
        let each = statistics.len() * self.test.relative_days().len()
            + changes.count() * started
            + effects.count() * self.test.spans.len();
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
                "{hypotheses} results: {groups} group(s) give {labels} labels with their differences, times {series} series, times {each} statistics, days and spans; at most {MAX_HYPOTHESES} fit"
            ),
            "leave groups out with [events] filter, or name fewer series, statistics, days or spans",
        ))
    }

    fn place(&self, key: &str) -> String {
        format!("{}, [[test]] {}, {key}", self.study.name, self.number + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::near_pairs;

    #[test]
    fn pairs_of_windows_that_share_a_row() {
        let rows = [3, 3, 5, 9, 20, 21];
        for apart in [0, 1, 2, 6, 30] {
            let all = (0..rows.len()).flat_map(|j| (0..j).map(move |i| rows[j] - rows[i]));
            let near = all.filter(|&distance| distance <= apart).count() as u64;
            assert_eq!(near_pairs(&rows, apart), near, "{apart}");
        }
        assert_eq!(near_pairs(&[], 3), 0);
    }
}
