//! Size and power of a study's tests: effects planted on placebo events, or on simulated series.

pub(super) mod rejections;
pub mod simulate;

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::time::Instant;

use rayon::prelude::*;

use self::rejections::{CHUNK, MONTE_CARLO_LEVEL, Rejections, check_numbers, words};

use crate::engine::Threads;
use crate::error::{Error, Result};
use crate::inference::{adjusted_p, clopper_pearson, null_statement};
use crate::load::{Event, Events, Panel};
use crate::null::{Moves, Picks};
use crate::plan::{Family, Plan, decimals};
use crate::question::Key;
use crate::question::events::{Compiled, EventPlan, compile};
use crate::report::{
    Head, NullStatement, PowerManifest, PowerReport, PowerRow, SCHEMA_VERSION, StudySummary,
    StudyText,
};
use crate::run::{Inputs, Prepared, RunOptions, count, read};
use crate::study::{EventsSpec, Incomplete, OffCalendar, SameDay, SampleSpec, Study, Transform};

/// Streams of the generator, apart from those of the null designs.
const PLACES: u32 = 101;
const SERIES: u32 = 102;
const TIES: u32 = 103;
const SEEDS: u32 = 104;
/// Decimals with which simulated changes and planted effects are rounded at most.
const MOST_DECIMALS: i32 = 9;
/// What data sets of the study's own series do not try.
const KEPT_ENDS: &str = "The data sets keep the sample that the study's own events chose ([sample] around_events); \
                         what it does to the size that each set of events chooses its own is not counted";

/// Where the data sets come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SeriesLaw {
    /// The study's own series, with events at a random admissible set.
    Own,
    /// Independent normal changes, with the study's own events.
    Iid,
    /// Changes of a first-order autoregression.
    Ar {
        /// Correlation of neighbouring changes.
        phi: f64,
    },
    /// Changes of a GARCH(1,1) process.
    Garch {
        /// Weight of the last squared change.
        alpha: f64,
        /// Weight of the last variance.
        beta: f64,
    },
}

impl FromStr for SeriesLaw {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, numbers) = text.split_once(':').unwrap_or((text, ""));
        let numbers: Option<Vec<f64>> = match numbers {
            "" => Some(Vec::new()),
            numbers => numbers.split(',').map(|n| n.trim().parse().ok()).collect(),
        };
        match (name, numbers.as_deref()) {
            ("own", Some([])) => Ok(SeriesLaw::Own),
            ("iid", Some([])) => Ok(SeriesLaw::Iid),
            ("ar", Some(&[phi])) if phi.abs() < 1.0 => Ok(SeriesLaw::Ar { phi }),
            ("garch", Some(&[alpha, beta]))
                if alpha >= 0.0 && beta >= 0.0 && alpha + beta < 1.0 =>
            {
                Ok(SeriesLaw::Garch { alpha, beta })
            }
            _ => Err(
                "expected own, iid, ar:PHI (between -1 and 1) or garch:ALPHA,BETA (not negative, together below 1), such as ar:0.3 or garch:0.1,0.85"
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for SeriesLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SeriesLaw::Own => write!(f, "own"),
            SeriesLaw::Iid => write!(f, "iid"),
            SeriesLaw::Ar { phi } => write!(f, "ar:{phi}"),
            SeriesLaw::Garch { alpha, beta } => write!(f, "garch:{alpha},{beta}"),
        }
    }
}

/// What is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerOptions {
    /// Effects that are planted, in the reported unit: a step of this size on the day of each event of
    /// `group`. 0 checks the size.
    pub effects: Vec<f64>,
    /// Data sets an effect.
    pub sets: u64,
    /// Placebo draws a data set.
    pub draws: u64,
    /// Levels of the tests.
    pub levels: Vec<f64>,
    /// Where data sets come from.
    pub law: SeriesLaw,
    /// The group that has the effect; `None`: the first one, or all events of a test without groups.
    pub group: Option<String>,
    /// CPU threads; `None`: one a processor.
    pub threads: Option<usize>,
}

/// Corrections whose family-wise error is counted, by their names in result rows.
const CORRECTIONS: [&str; 5] = [
    "unadjusted",
    "p_maxt",
    "p_maxt_step",
    "p_minp",
    "p_minp_step",
];

/// How many of them, the first ones, a family has: minP is none of those of many members.
fn corrections(family: &Family) -> usize {
    match family.is_ranked() {
        true => CORRECTIONS.len(),
        false => CORRECTIONS.len() - 2,
    }
}

/// Counts over data sets, by effect, then by test: hypotheses, then the corrections of a family.
#[derive(Debug, Clone)]
struct Sums(Vec<Vec<Vec<Rejections>>>);

/// Runs a study's tests on many data sets, and counts how often they reject.
///
/// Every data set is compiled and tested like the study itself, with draws of its own. A data set, its
/// draws and the ties of its randomised p-values are pure functions of the seed and its number.
///
/// # Errors
///
/// [`Error::Input`]: the study, an option that cannot be used with it; [`Error::Interrupted`] when
/// `progress` says to stop.
pub fn power(
    study: &Study,
    options: &PowerOptions,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<PowerReport> {
    let started = Instant::now();
    let inputs = read(study)?;
    let base = compile(study, &inputs.panel, &inputs.events, &inputs.tests)?;
    let simulation = Simulation::new(study, &inputs, &base.plans, options)?;
    let on = Threads::new(options.threads)?;
    let mut sums = simulation.none();
    for first in (0..options.sets).step_by(CHUNK as usize) {
        let range = first..options.sets.min(first + CHUNK);
        let chunk = on.run(|| {
            range
                .clone()
                .into_par_iter()
                .map(|set| simulation.test(set))
                .try_reduce(|| simulation.none(), |a, b| Ok(a.plus(b)))
        })?;
        sums = sums.plus(chunk);
        if !progress(range.end, options.sets) {
            return Err(Error::Interrupted { draws: range.end });
        }
    }
    let mut results = Vec::new();
    for ((number, plan), base_test) in (1..).zip(&base.plans).zip(0..) {
        for (e, &effect) in options.effects.iter().enumerate() {
            let rejections = &sums.0[e][base_test];
            for (h, rejections) in rejections.iter().enumerate() {
                for (&level, &count) in options.levels.iter().zip(&rejections.counts) {
                    let key = plan.labels.get(h).map(|label| &label.key);
                    let name = |of: fn(&Key) -> &str, else_: &str| key.map_or(else_, of).to_owned();
                    let correction = h.checked_sub(plan.hypotheses.len());
                    let (low, high) = clopper_pearson(count, options.sets, MONTE_CARLO_LEVEL);
                    results.push(PowerRow {
                        study: study.name.clone(),
                        test: number,
                        series: name(Key::series, "all"),
                        group: name(Key::group, "all"),
                        statistic: name(Key::statistic, correction.map_or("", |c| CORRECTIONS[c])),
                        relative_day: key.map(Key::relative_day),
                        null: plan.words.null.clone(),
                        measure: match key {
                            Some(key) => plan.words.measure_of(key.statistic()),
                            None => plan.words.measure,
                        },
                        window: plan.words.window,
                        effect,
                        unit: plan.words.series[0].unit.clone(),
                        level,
                        sets: options.sets,
                        rejections: count,
                        rate: count as f64 / options.sets as f64,
                        rate_low: low,
                        rate_high: high,
                        uniformity: key.and_then(|_| rejections.uniformity()),
                    });
                }
            }
        }
    }
    Ok(PowerReport {
        schema_version: SCHEMA_VERSION,
        study: StudySummary::of(study),
        manifest: PowerManifest {
            head: Head {
                data: inputs.files(),
                study: StudyText::of(study),
                rules: base.rules,
                ..Head::new(
                    study.run.seed,
                    options.draws,
                    on.count(),
                    started.elapsed().as_secs_f64(),
                )
            },
            series: options.law.to_string(),
            effects: options.effects.clone(),
            group: simulation.group.clone(),
            sets: options.sets,
            levels: options.levels.clone(),
            nulls: base
                .plans
                .iter()
                .map(null_statement)
                .map(|null| NullStatement {
                    sample_ends: match options.law {
                        SeriesLaw::Own => null.sample_ends.map(|_| KEPT_ENDS.to_owned()),
                        _ => null.sample_ends,
                    },
                    ..null
                })
                .collect(),
        },
        results,
    })
}

/// A study ready to be given new data.
struct Simulation<'a> {
    study: Study,
    inputs: &'a Inputs,
    plans: &'a [EventPlan],
    options: &'a PowerOptions,
    /// The group that has the effect; empty: all events.
    group: String,
    /// By series: standard deviation of its changes, and its decimals.
    scales: Vec<(f64, i32)>,
}

impl<'a> Simulation<'a> {
    fn new(
        study: &Study,
        inputs: &'a Inputs,
        plans: &'a [EventPlan],
        options: &'a PowerOptions,
    ) -> Result<Self> {
        check(study, plans, options)?;
        let groups = &plans[0].groups;
        let group = match (&options.group, groups.len()) {
            (Some(group), _) => group.clone(),
            (None, 1) => String::new(),
            (None, _) => groups[0].clone(),
        };
        let mut study = study.clone();
        study.run.draws = options.draws;
        if options.law == SeriesLaw::Own {
            let (from, to, _) = plans[0].words.sample;
            study.sample = SampleSpec {
                from: Some(from),
                to: Some(to),
                around_events: None,
            };
            study.events = EventsSpec {
                // The events of a placebo set stand on rows already, as often as they are drawn.
                off_calendar: OffCalendar::Back,
                same_day: SameDay::Count,
                incomplete: Incomplete::Drop,
                shift: 0,
                ..study.events
            };
        }
        let scales = inputs.panel.series.iter().map(|series| {
            let known: Vec<f64> = series.values.iter().flatten().copied().collect();
            (spread(&known, study.data.transform), digits(&known))
        });
        Ok(Simulation {
            scales: scales.collect(),
            study,
            inputs,
            plans,
            options,
            group,
        })
    }

    fn none(&self) -> Sums {
        let of_plan = |plan: &EventPlan| {
            let corrections = plan.family.as_ref().map_or(0, corrections);
            let none = Rejections::none(&self.options.levels);
            vec![none; plan.hypotheses.len() + corrections]
        };
        let tests: Vec<Vec<Rejections>> = self.plans.iter().map(of_plan).collect();
        Sums(vec![tests; self.options.effects.len()])
    }

    /// Words of a stream for data set `set`.
    fn words(&self, set: u64, stream: u32, of: u32) -> impl FnMut() -> u32 {
        words(self.study.run.seed, [set as u32, of, stream])
    }

    /// All tests on one data set, with each effect.
    fn test(&self, set: u64) -> Result<Sums> {
        let mut sums = self.none();
        let mut seeds = self.words(set, SEEDS, 0);
        let mut study = self.study.clone();
        study.run.seed = u64::from(seeds()) | u64::from(seeds()) << 32;
        for (test, plan) in self.plans.iter().enumerate() {
            let signs = plan.design.moves() == Moves::Signs;
            if signs && self.options.law == SeriesLaw::Own {
                // Dates stay: a random assignment of signs takes the place of the observed one.
                let drawn = self.placebo_picks(plan, set, test);
                let Some(drawn) = plan.as_if_observed(drawn.row(0)) else {
                    continue;
                };
                let seed = study.run.seed;
                let compiled = Compiled {
                    plans: vec![EventPlan {
                        plan: Plan { seed, ..drawn },
                        ..plan.clone()
                    }],
                    rules: Vec::new(),
                };
                let mut ties = self.words(set, TIES, test as u32);
                self.count(compiled, &mut ties, &mut sums.0[0][test])?;
                continue;
            }
            let (panel, events) = match self.options.law {
                SeriesLaw::Own => (
                    self.inputs.panel.clone(),
                    self.placebo_events(plan, set, test),
                ),
                law => (self.simulated(law, set), self.inputs.events.clone()),
            };
            let mut of_test = study.clone();
            of_test.tests = vec![study.tests[test].clone()];
            let files = self.inputs.tests.get(test).cloned().unwrap_or_default();
            for (e, &effect) in self.options.effects.iter().enumerate() {
                let panel = self.planted(&panel, &events, effect);
                let compiled = compile(&of_test, &panel, &events, std::slice::from_ref(&files))?;
                let mut ties = self.words(set, TIES, test as u32);
                self.count(compiled, &mut ties, &mut sums.0[e][test])?;
            }
        }
        Ok(sums)
    }

    /// Draws, p-values, rejections.
    fn count(
        &self,
        compiled: Compiled,
        ties: &mut impl FnMut() -> u32,
        into: &mut [Rejections],
    ) -> Result<()> {
        let prepared = Prepared {
            compiled,
            files: Vec::new(),
            stopping: None,
            tail_fit: false,
        };
        let options = RunOptions {
            device: crate::engine::DeviceChoice::Cpu,
            threads: Some(1),
            chunk: None,
        };
        let draws = self.options.draws;
        let counted = count(&prepared, 0..draws, draws, &options, &mut |_, _| true)?;
        let answer = &counted.answers[0];
        let (plan, tally) = (&answer.plan, &answer.tally);
        let levels = &self.options.levels;
        let mut least = f64::INFINITY;
        for (h, tally) in tally.hypotheses.iter().enumerate() {
            let p = into[h].count(plan, h, tally, simulate::uniform(ties), levels);
            if plan.family.as_ref().is_some_and(|f| f.members.contains(&h)) {
                least = least.min(p);
            }
        }
        if let (Some(family), Some(counts)) = (&plan.family, &answer.family) {
            let adjusted = adjusted_p(plan, family, counts, false);
            let least_of = |of: fn(&crate::inference::AdjustedP) -> Option<f64>| {
                adjusted.iter().filter_map(of).fold(f64::INFINITY, f64::min)
            };
            let each = [
                least,
                least_of(|p| Some(p.max_t)),
                least_of(|p| Some(p.max_t_step)),
                least_of(|p| p.min_p),
                least_of(|p| p.min_p_step),
            ];
            for (into, p) in into[plan.hypotheses.len()..].iter_mut().zip(each) {
                into.add(p, levels);
            }
        }
        Ok(())
    }

    /// A random admissible set of a plan.
    fn placebo_picks(&self, plan: &EventPlan, set: u64, test: usize) -> Picks {
        let mut words = self.words(set, PLACES, test as u32);
        let (seed, index) = match plan.design.enumeration() {
            Some(sets) => (0, (simulate::uniform(&mut words) * sets as f64) as u64),
            None => (u64::from(words()) | u64::from(words()) << 32, set),
        };
        let mut picks = Picks::new(1, plan.design.picks());
        plan.design.sampler().fill(seed, index, 1, &mut picks);
        picks
    }

    /// A random admissible set of a plan as events.
    fn placebo_events(&self, plan: &EventPlan, set: u64, test: usize) -> Events {
        let picks = self.placebo_picks(plan, set, test);
        // Labels are dealt over the events themselves, which keep their lines and their order.
        let labels = plan.design.moves() == Moves::Labels;
        let lines: HashMap<u32, u64> = match labels {
            true => plan
                .observed
                .iter()
                .copied()
                .zip(plan.words.event_lines.iter().copied())
                .collect(),
            false => HashMap::new(),
        };
        let mut placed: Vec<(u32, Event)> = Vec::new();
        for (group, segment) in plan.groups.iter().zip(plan.design.segments()) {
            for &position in segment.of(picks.row(0)) {
                let event = Event {
                    date: plan.words.dates[position as usize],
                    group: group.clone(),
                    line: lines
                        .get(&position)
                        .map_or(placed.len() as u64 + 2, |&line| line),
                    after_close: false,
                };
                placed.push((position, event));
            }
        }
        if labels {
            placed.sort_by_key(|&(position, _)| position);
        }
        Events {
            rows: placed.into_iter().map(|(_, event)| event).collect(),
            ..self.inputs.events.clone()
        }
    }

    /// Every series with changes of a law, of its own standard deviation and decimals.
    fn simulated(&self, law: SeriesLaw, set: u64) -> Panel {
        let mut panel = self.inputs.panel.clone();
        let transform = self.study.data.transform;
        for (s, (series, &(spread, digits))) in
            panel.series.iter_mut().zip(&self.scales).enumerate()
        {
            let n = series.values.iter().flatten().count();
            let words = self.words(set, SERIES, s as u32);
            let unit = match law {
                SeriesLaw::Own | SeriesLaw::Iid => simulate::white_noise(n, words),
                SeriesLaw::Ar { phi } => {
                    let variance = 1.0 - phi * phi;
                    let values = simulate::ar1(n, phi, words).unwrap_or_default();
                    values.into_iter().map(|x| x * variance.sqrt()).collect()
                }
                SeriesLaw::Garch { alpha, beta } => {
                    simulate::Garch::new(1.0 - alpha - beta, alpha, beta)
                        .map(|garch| garch.series(n, words))
                        .unwrap_or_default()
                }
            };
            let power = 10f64.powi(digits);
            let mut level = series
                .values
                .iter()
                .flatten()
                .next()
                .copied()
                .unwrap_or(1.0);
            let known = series.values.iter_mut().flatten();
            for (value, change) in known.zip(unit) {
                let change = change * spread;
                *value = match transform {
                    Transform::LevelChange => {
                        level = ((level + change) * power).round() / power;
                        level
                    }
                    Transform::None => (change * power).round() / power,
                    Transform::LogChange | Transform::PercentChange => {
                        level *= libm::exp(change);
                        level
                    }
                };
            }
        }
        panel
    }

    /// The series with a step of `effect` on the day of each event that has it.
    fn planted(&self, panel: &Panel, events: &Events, effect: f64) -> Panel {
        let mut panel = panel.clone();
        if effect == 0.0 {
            return panel;
        }
        let transform = self.study.data.transform;
        let percent = self.study.data.unit.as_deref() == Some("percent");
        let step = match (transform, percent) {
            (Transform::LevelChange | Transform::None, true) => effect / 100.0,
            _ => effect,
        };
        let digits = digits(&[step]);
        let of_group = |event: &&Event| self.group.is_empty() || event.group == self.group;
        let rows: Vec<usize> = events
            .rows
            .iter()
            .filter(of_group)
            .map(|event| panel.dates.partition_point(|&date| date < event.date))
            .collect();
        for (series, &(_, of_series)) in panel.series.iter_mut().zip(&self.scales) {
            let power = 10f64.powi(digits.max(of_series));
            let mut planted = 0.0;
            for (row, value) in series.values.iter_mut().enumerate() {
                let here = rows.iter().filter(|&&r| r == row).count() as f64;
                // The next value has it, where there is none here.
                planted += here;
                let Some(value) = value else { continue };
                let planted = match transform {
                    Transform::None => std::mem::take(&mut planted),
                    _ => planted,
                };
                *value = match transform {
                    Transform::LevelChange | Transform::None => {
                        ((*value + planted * step) * power).round() / power
                    }
                    Transform::LogChange => *value * libm::exp(planted * step),
                    Transform::PercentChange => *value * libm::pow(1.0 + step / 100.0, planted),
                };
            }
        }
        panel
    }
}

/// What cannot be simulated.
fn check(study: &Study, plans: &[EventPlan], options: &PowerOptions) -> Result<()> {
    let refuse =
        |place: &str, problem: String, remedy: &str| Err(Error::input(place, problem, remedy));
    check_numbers(&options.effects, &options.levels)?;
    if study.run.raw {
        return refuse(
            "[run] raw",
            "b/m rejects more often than its level: size and power are those of (b+1)/(m+1)".into(),
            "leave `raw` out of the study",
        );
    }
    if let Some(group) = &options.group
        && let Some(plan) = plans.iter().find(|plan| !plan.groups.contains(group))
    {
        return refuse(
            "--group",
            format!("no event of a test is of group `{group}`"),
            &format!("the groups are {}", plan.groups.join(", ")),
        );
    }
    if options.law == SeriesLaw::Own {
        for (number, plan) in (1..).zip(plans) {
            let place = format!("{}, [[test]] {number}, null", study.name);
            if plan.design.moves() == Moves::Series {
                return refuse(
                    &place,
                    format!(
                        "`{}` moves no event, and so has no other sets of dates that the study's own series could be tested at",
                        plan.design.null().name()
                    ),
                    "simulate the series: --series iid, or ar:0.5",
                );
            }
            if plan.design.moves() == Moves::Signs && options.effects != [0.0] {
                return refuse(
                    &place,
                    format!(
                        "under `{}` the study's own series tell the size alone: its events have no other dates",
                        plan.design.null().name()
                    ),
                    "take --effect 0, or simulate the series: --series iid",
                );
            }
        }
    }
    Ok(())
}

impl Sums {
    fn plus(mut self, other: Sums) -> Sums {
        let mine = self.0.iter_mut().flatten().flatten();
        for (mine, theirs) in mine.zip(other.0.iter().flatten().flatten()) {
            mine.merge(theirs);
        }
        self
    }
}

/// The fewest decimals that hold all values, up to nine.
fn digits(values: &[f64]) -> i32 {
    decimals(values).unwrap_or(MOST_DECIMALS)
}

/// Standard deviation of a series' changes.
fn spread(values: &[f64], transform: Transform) -> f64 {
    let changes: Vec<f64> = match transform {
        Transform::None => values.to_vec(),
        Transform::LevelChange => values.windows(2).map(|v| v[1] - v[0]).collect(),
        Transform::LogChange | Transform::PercentChange => {
            values.windows(2).map(|v| libm::log(v[1] / v[0])).collect()
        }
    };
    let n = changes.len().max(1) as f64;
    let mean = changes.iter().sum::<f64>() / n;
    let variance = changes.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / n;
    variance.sqrt()
}
