//! Specification curves: a study's tests with events left out, other pools, windows, statistics,
//! subsamples and controls, and a joint test over them.

mod joint;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use jiff::civil::Date;
use rayon::prelude::*;

use self::joint::{Joint, Member};
use crate::engine::Threads;
use crate::error::{Error, Result};
use crate::inference::{MOST_OPERATIONS, NOT_ASKED, PlanCounts, null_statement, result_rows};
use crate::load::{Events, Panel, load_panel, load_side};
use crate::question::events::{
    Compiled, EventPlan, TestFiles, compile, parts::name as part_name, residualised,
};
use crate::report::{
    GridManifest, GridReport, GridRow, Head, SCHEMA_VERSION, StudySummary, StudyText,
};
use crate::run::{Inputs, Prepared, Progress, RunOptions, count, read};
use crate::study::{Exact, Incomplete, Measure, OneOrMany, Parts, Pool, Study, TestSpec};

/// The most specifications of a study.
const MOST_SPECIFICATIONS: usize = 20_000;
/// The most draws of the joint test.
const MOST_JOINT_DRAWS: u64 = 10_000;

/// One specification, before it is compiled.
struct Specification {
    /// Number of the base test, from 0.
    test: usize,
    dimension: String,
    choice: String,
    study: Study,
    events: Events,
    /// Index of the controls that the panel is residualised on.
    controls: Option<usize>,
    /// Observed picks of the base plan that are left out.
    left_out: Vec<usize>,
}

/// Runs the grid of a study: every specification as a test of its own, and over those that the same
/// placebo sets can answer a joint test.
///
/// # Errors
///
/// [`Error::Input`]: the study, or a specification that cannot be tested, by its name;
/// [`Error::Interrupted`] when `progress` says to stop.
pub fn grid(
    study: &Study,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<GridReport> {
    let started = Instant::now();
    let inputs = read(study)?;
    let base = compile(study, &inputs.panel, &inputs.events, &inputs.tests)?;
    let panels: Vec<Panel> = study
        .grid
        .controls
        .iter()
        .map(|spec| {
            let mut data = study.data.clone();
            data.series.clone_from(&spec.series);
            let controls = load_panel(&study.source, &data.reading())?;
            let controls = on_dates(&controls, &inputs.panel.dates);
            residualised(
                &inputs.panel,
                &controls,
                spec,
                study.sample,
                study.data.transform,
            )
        })
        .collect::<Result<_>>()?;
    let all = specifications(study, &inputs, &base.plans)?;
    let number_of_all = all.len() as u64;
    let compile_each = |spec: &Specification| {
        let panel = spec.controls.map_or(&inputs.panel, |at| &panels[at]);
        compiled(spec, panel, &inputs)
    };
    let on = Threads::new(options.threads)?;
    let found: Vec<std::result::Result<EventPlan, String>> =
        on.run(|| all.par_iter().map(compile_each).collect::<Result<_>>())?;
    // One that cannot be tested is left out with its reason; the rest stands.
    let mut left_out = Vec::new();
    let (mut specifications, mut plans) = (Vec::new(), Vec::new());
    for (number, (spec, found)) in all.into_iter().zip(found).enumerate() {
        match found {
            Ok(plan) => {
                specifications.push((number, spec));
                plans.push(plan);
            }
            Err(reason) => left_out.push((number, spec, reason)),
        }
    }
    let mut rules = base.rules.clone();
    rules.extend(panels.iter().flat_map(|panel| panel.rules.iter().cloned()));
    let mut seen = HashSet::new();
    rules.retain(|rule| seen.insert(rule.clone()));
    let prepared = Prepared {
        compiled: Compiled {
            plans,
            rules: Vec::new(),
        },
        files: Vec::new(),
        stopping: None,
        tail_fit: false,
    };
    let draws = study.run.draws;
    let counted = count(&prepared, 0..draws, draws, options, progress)?;
    if !counted.complete {
        return Err(Error::Interrupted {
            draws: counted.draws(),
        });
    }
    let joint: Vec<Joint> = (0..base.plans.len())
        .map(|test| {
            let of_test = specifications.iter().zip(&counted.answers).enumerate();
            let of_test = of_test.filter(|(_, ((_, spec), _))| spec.test == test);
            let members: Vec<Member> = of_test
                .filter_map(|(at, ((_, spec), of))| {
                    Member::new(at, &of.plan, &spec.left_out, &base.plans[test])
                })
                .collect();
            on.run(|| Joint::new(&base.plans[test], &members, draws.min(MOST_JOINT_DRAWS)))
        })
        .collect();
    let together: HashSet<(usize, usize)> = joint
        .iter()
        .flat_map(|joint| joint.members.iter().copied())
        .collect();
    let hypotheses: usize = counted
        .answers
        .iter()
        .map(|of| of.plan.hypotheses.len())
        .sum();
    let ceiling = (40 * MOST_OPERATIONS / hypotheses.max(1) as u64).min(MOST_OPERATIONS);
    let mut results = Vec::new();
    let of_plans = specifications.iter().zip(&counted.answers);
    for (at, ((number, spec), answer)) in of_plans.enumerate() {
        let (plan, tally) = (&answer.plan, &answer.tally);
        let counts = PlanCounts {
            plan,
            tally,
            family: None,
            intervals: None,
            stops: None,
            far_tails: None,
        };
        let exact = |_| match study.run.exact {
            Exact::Auto => Ok(ceiling),
            Exact::Never => Err(NOT_ASKED.to_owned()),
        };
        let rows = on.run(|| result_rows(&study.name, &counts, study.run.raw, &exact));
        for row in rows.into_iter().filter(|row| !row.is_constant()) {
            let is_row = |h: &usize| {
                let of = &plan.labels[*h].key;
                (of.series(), of.group(), of.statistic(), of.relative_day())
                    == (
                        row.series(),
                        row.group(),
                        row.statistic(),
                        row.relative_day(),
                    )
            };
            let Some(h) = (0..plan.hypotheses.len()).find(is_row) else {
                continue;
            };
            if !varies(plan, h, &spec.left_out, &base.plans[spec.test]) {
                continue;
            }
            results.push(GridRow {
                test: spec.test + 1,
                specification: *number,
                dimension: spec.dimension.clone(),
                choice: spec.choice.clone(),
                events: plan.units_of(h),
                series: row.series().to_owned(),
                group: row.group().to_owned(),
                statistic: row.statistic().to_owned(),
                null: row.null().to_owned(),
                measure: plan.words.measure_of(row.statistic()),
                window: row.window(),
                relative_day: row.relative_day(),
                observed: row.observed,
                unit: row.unit,
                null_mean: row.null_mean,
                null_sd: row.null_sd,
                null_q025: row.null_q025,
                null_q975: row.null_q975,
                draws: row.draws,
                p: row.p,
                p_reason: row.p_reason,
                p_mc_low: row.p_mc_low,
                p_mc_high: row.p_mc_high,
                p_exact: row.p_exact,
                engine: row.engine,
                reference: plan.words.reference.is_some(),
                joint: together.contains(&(at, h)),
            });
        }
    }
    for (number, spec, reason) in &left_out {
        results.extend(rows_left_out(*number, spec, &base.plans[spec.test], reason));
    }
    results.sort_by_key(|row| row.specification);
    Ok(GridReport {
        schema_version: SCHEMA_VERSION,
        study: StudySummary::of(study),
        manifest: GridManifest {
            head: Head {
                data: inputs.files(),
                study: StudyText::of(study),
                rules,
                notes: counted.notes,
                ..Head::new(
                    study.run.seed,
                    draws,
                    counted.threads,
                    started.elapsed().as_secs_f64(),
                )
            },
            joint_draws: draws.min(MOST_JOINT_DRAWS),
            specifications: number_of_all,
            device: counted.device,
            caveats: (1..)
                .zip(&base.plans)
                .filter_map(|(test, plan)| {
                    let caveats = null_statement(plan).caveats();
                    (!caveats.is_empty()).then(|| format!("[[test]] {test}: {caveats}."))
                })
                .collect(),
            transform: study.data.transform,
            left_out: left_out
                .iter()
                .map(|(_, spec, reason)| {
                    format!("[[test]] {}, {}: {reason}", spec.test + 1, spec.name())
                })
                .collect(),
        },
        curves: joint
            .into_iter()
            .enumerate()
            .flat_map(|(test, joint)| joint.curves(test + 1, study.run.raw))
            .collect(),
        results,
    })
}

/// A panel's series on other dates.
fn on_dates(panel: &Panel, dates: &[Date]) -> Panel {
    let mut found = panel.clone();
    found.dates = dates.to_vec();
    for (series, of) in found.series.iter_mut().zip(&panel.series) {
        let value = |date: &Date| of.values[panel.dates.binary_search(date).ok()?];
        series.values = dates.iter().map(value).collect();
    }
    found
}

/// The specifications of all tests, the study's own first.
fn specifications(
    study: &Study,
    inputs: &Inputs,
    base: &[EventPlan],
) -> Result<Vec<Specification>> {
    let grid = &study.grid;
    let mut all = Vec::new();
    let varied = |test: &usize| grid.tests.is_empty() || grid.tests.contains(&(test + 1));
    for (test, plan) in base.iter().enumerate().filter(|(test, _)| varied(test)) {
        let mut of_test = study.clone();
        of_test.tests = vec![study.tests[test].clone()];
        if let Some(statistic) = &grid.statistic {
            take_statistic(&mut of_test.tests[0], statistic);
        }
        let own = || Specification {
            test,
            dimension: "own".into(),
            choice: String::new(),
            study: of_test.clone(),
            events: inputs.events.clone(),
            controls: None,
            left_out: Vec::new(),
        };
        all.push(own());
        let mut vary = |dimension: &str, choice: String, change: &dyn Fn(&mut Specification)| {
            let mut spec = own();
            (spec.dimension, spec.choice) = (dimension.to_owned(), choice);
            change(&mut spec);
            all.push(spec);
        };
        for (number, pool) in grid.pools.iter().enumerate() {
            vary("pool", pool.to_string(), &|spec| {
                spec.study.tests[0].pool = Pool::List;
                spec.study.tests[0].dates = Some(grid.pools[number].clone());
            });
        }
        for &window in &grid.windows {
            let [first, last] = window;
            vary("window", format!("{first}..{last}"), &|spec| {
                spec.study.tests[0].window = window;
                spec.study.tests[0].days = Vec::new();
                spec.study.events.incomplete = Incomplete::Drop;
            });
        }
        for span in grid.spans.iter().filter(|_| plan.regression().is_some()) {
            vary("span", format!("{}..{}", span[0], span[1]), &|spec| {
                spec.study.tests[0].spans = vec![*span];
            });
        }
        for statistic in &grid.statistics {
            vary("statistic", statistic.clone(), &|spec| {
                take_statistic(&mut spec.study.tests[0], statistic);
            });
        }
        for (number, controls) in grid.controls.iter().enumerate() {
            vary("controls", controls.to_string(), &|spec| {
                spec.controls = Some(number)
            });
        }
        let (from, to, _) = plan.words.sample;
        for &unit in &grid.subsamples {
            let dates = inputs
                .panel
                .dates
                .iter()
                .filter(|&&date| from <= date && date <= to);
            let mut spans: Vec<(String, Date, Date)> = Vec::new();
            for &date in dates {
                let name = part_name(unit, date);
                match spans.iter_mut().find(|(had, ..)| *had == name) {
                    Some(span) => span.2 = date,
                    None => spans.push((name, date, date)),
                }
            }
            for (name, from, to) in spans {
                vary("subsample", name, &|spec| {
                    spec.study.sample.from = Some(from);
                    spec.study.sample.to = Some(to);
                    spec.study.sample.around_events = None;
                    spec.study.events.incomplete = Incomplete::Drop;
                });
            }
        }
        let slots: Vec<usize> = plan.event_slots().collect();
        let at = |&slot: &usize| plan.words.dates[plan.observed[slot] as usize];
        let dates: Vec<Date> = slots.iter().map(at).collect();
        for parts in &grid.leave_out_by {
            for (choice, events) in events_by(parts, study, plan, &dates)? {
                vary("leave out", choice, &|spec| {
                    spec.left_out = events.iter().map(|&event| slots[event]).collect();
                });
            }
        }
        for &k in &grid.leave_out {
            if choose(dates.len(), k) > MOST_SPECIFICATIONS as f64 {
                return Err(too_many());
            }
            for events in subsets(dates.len(), k) {
                let names: Vec<String> = events.iter().map(|&e| dates[e].to_string()).collect();
                vary(&format!("leave out {k}"), names.join(" "), &|spec| {
                    spec.left_out = events.iter().map(|&event| slots[event]).collect();
                });
            }
        }
        if all.len() > MOST_SPECIFICATIONS {
            return Err(too_many());
        }
    }
    Ok(all)
}

/// Asks for one statistic; the overlap regression knows one measure.
fn take_statistic(test: &mut TestSpec, name: &str) {
    test.statistic = OneOrMany::One(name.to_owned());
    if test
        .statistics()
        .iter()
        .all(|statistic| statistic.is_effect())
    {
        test.measure = Measure::Cumulative;
    }
}

fn too_many() -> Error {
    Error::input(
        "[grid] leave_out",
        format!("more than {MOST_SPECIFICATIONS} specifications"),
        "leave fewer events out at once",
    )
}

/// How many sets of `k` of `n` there are.
fn choose(n: usize, k: usize) -> f64 {
    (1..=k).fold(1.0, |sets, j| {
        sets * (n + 1).saturating_sub(j) as f64 / j as f64
    })
}

/// The observed events in each part, by their number.
fn events_by(
    parts: &Parts,
    study: &Study,
    plan: &EventPlan,
    dates: &[Date],
) -> Result<Vec<(String, Vec<usize>)>> {
    let names: Vec<String> = match parts {
        Parts::Calendar(unit) => dates.iter().map(|&date| part_name(*unit, date)).collect(),
        Parts::Column(column) => {
            let spec = parts.side("leave_out_by", &study.events);
            let events = match spec.filter(|_| column.file.is_none()) {
                Some(spec) => load_side(&study.source, &spec.file)?,
                None => {
                    return Err(Error::input(
                        "[grid] leave_out_by",
                        "events are left out by a column of their own file",
                        "leave `file` out",
                    ));
                }
            };
            let by_line: HashMap<u64, &String> = events
                .rows
                .iter()
                .map(|row| (row.line, &row.group))
                .collect();
            let name = |line: &u64| by_line.get(line).map_or_else(String::new, |n| (*n).clone());
            let lines = plan.event_slots().map(|slot| &plan.words.event_lines[slot]);
            lines.map(name).collect()
        }
    };
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let events = |part: &String| (0..names.len()).filter(|&e| names[e] == *part).collect();
    Ok(sorted
        .iter()
        .map(|part| (format!("{parts}: {part}"), events(part)))
        .collect())
}

/// All sets of `k` of `0..n`, in order.
fn subsets(n: usize, k: usize) -> impl Iterator<Item = Vec<usize>> {
    let first = (0 < k && k < n).then(|| (0..k).collect::<Vec<usize>>());
    std::iter::successors(first, move |last| {
        let moved = (0..k).rev().find(|&i| last[i] < n - k + i)?;
        let mut next = last.clone();
        for (j, at) in (moved..k).enumerate() {
            next[at] = last[moved] + 1 + j;
        }
        Some(next)
    })
}

impl Specification {
    /// What is varied, and how.
    fn name(&self) -> String {
        format!("{} {}", self.dimension, self.choice)
            .trim_end()
            .to_owned()
    }
}

/// Whether a specification says anything of its own about a hypothesis: one that only leaves out events
/// of other groups does not.
fn varies(plan: &EventPlan, hypothesis: usize, left_out: &[usize], base: &EventPlan) -> bool {
    let used = plan.groups_of(hypothesis);
    let is_used = |slot: &usize| {
        let mut of_groups = used.iter().map(|&g| base.design.segments()[g].range());
        of_groups.any(|range| range.contains(slot))
    };
    left_out.is_empty() || plan.groups != base.groups || left_out.iter().any(is_used)
}

/// The rows of a specification that could not be tested: one a series, group and statistic.
fn rows_left_out(
    number: usize,
    spec: &Specification,
    base: &EventPlan,
    reason: &str,
) -> Vec<GridRow> {
    let test = &spec.study.tests[0];
    let mut rows: Vec<GridRow> = Vec::new();
    for label in &base.labels {
        let of = &label.key;
        for (statistic, name) in test.statistic.as_slice().iter().zip(test.statistics()) {
            let known = |row: &GridRow| {
                (row.series.as_str(), row.group.as_str(), &row.statistic)
                    == (of.series(), of.group(), statistic)
            };
            if rows.iter().any(known) {
                continue;
            }
            rows.push(GridRow {
                test: spec.test + 1,
                specification: number,
                dimension: spec.dimension.clone(),
                choice: spec.choice.clone(),
                series: of.series().to_owned(),
                group: of.group().to_owned(),
                statistic: statistic.clone(),
                null: base.words.null.clone(),
                measure: match name.is_effect() {
                    true => Measure::Cumulative,
                    false => test.measure,
                },
                window: test.window,
                relative_day: test.window[1],
                unit: label.unit.clone(),
                p_reason: Some(reason.to_owned()),
                engine: "none".into(),
                ..GridRow::default()
            });
        }
    }
    rows
}

/// The plan of a specification, or why it cannot be tested.
///
/// # Errors
///
/// Its files cannot be read, or the study makes no sense with it; the study's own specification cannot
/// be tested.
fn compiled(
    spec: &Specification,
    panel: &Panel,
    inputs: &Inputs,
) -> Result<std::result::Result<EventPlan, String>> {
    let mut files = inputs.tests.get(spec.test).cloned().unwrap_or_default();
    if spec.dimension == "pool"
        && let Some(dates) = &spec.study.tests[0].dates
    {
        let dates = load_side(&spec.study.source, &dates.side().file)?;
        files = TestFiles {
            dates: Some(dates),
            ..files
        };
    }
    if let Err(error) = spec.study.check() {
        return match error {
            Error::Input { problem, .. } if spec.dimension != "own" => Ok(Err(problem)),
            error => Err(error),
        };
    }
    match plan_of(spec, panel, &files) {
        Err(Error::Input { place, problem, .. }) if spec.dimension != "own" => {
            Ok(Err(format!("{place}: {problem}")))
        }
        found => found.map(Ok),
    }
}

fn plan_of(spec: &Specification, panel: &Panel, files: &TestFiles) -> Result<EventPlan> {
    let mut study = spec.study.clone();
    if study.events.group.is_some() && study.events.groups.is_empty() {
        // In their order with all events, so that a difference keeps its sign without the first of them.
        let mut seen = HashSet::new();
        let groups = spec.events.rows.iter().map(|row| row.group.clone());
        study.events.groups = groups.filter(|group| seen.insert(group.clone())).collect();
    }
    let compile_with = |events: &Events| {
        let compiled = compile(&study, panel, events, std::slice::from_ref(files));
        compiled.map(|mut compiled| compiled.plans.remove(0))
    };
    let mut events = spec.events.clone();
    let own = match spec.left_out.is_empty() {
        true => return compile_with(&events),
        false => compile_with(&events)?,
    };
    let out: Vec<(String, Date)> = spec.left_out.iter().map(|&slot| key(&own, slot)).collect();
    let mut lines: Vec<u64> = spec
        .left_out
        .iter()
        .map(|&s| own.words.event_lines[s])
        .collect();
    // Where an event is left out, another one of its group and day may be counted instead.
    loop {
        events.rows.retain(|row| !lines.contains(&row.line));
        if events.rows.is_empty() {
            return Err(Error::input(
                spec.study.events.place(),
                "no event is left",
                "leave fewer events out",
            ));
        }
        let plan = compile_with(&events)?;
        let events = |plan: &EventPlan| plan.event_slots().count();
        if events(&plan) + spec.left_out.len() == events(&own) {
            return Ok(plan);
        }
        let again = plan
            .event_slots()
            .filter(|&slot| out.contains(&key(&plan, slot)));
        lines = again.map(|slot| plan.words.event_lines[slot]).collect();
        if lines.is_empty() {
            return Ok(plan);
        }
    }
}

/// Group and date of an observed event.
fn key(plan: &EventPlan, slot: usize) -> (String, Date) {
    let segments = plan.design.segments().iter().zip(&plan.groups);
    let group = segments
        .filter(|(segment, _)| segment.range().contains(&slot))
        .map(|(_, group)| group.clone());
    let date = plan.words.dates[plan.observed[slot] as usize];
    (group.collect(), date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_subsets_in_order() {
        let of = |n, k| subsets(n, k).collect::<Vec<_>>();
        assert_eq!(of(4, 2), [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
        assert_eq!([1, 2, 3].map(|k| of(15, k).len()), [15, 105, 455]);
        assert!(of(3, 3).is_empty() && of(3, 0).is_empty());
    }
}
