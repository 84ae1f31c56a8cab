//! The numbers of a study's figures that no result row has: paths over all days of the window with their bands and
//! events, p-value functions, and calendars.

use jiff::civil::Date;

use super::{Answer, Counted, Inputs, Progress, RunOptions, count, prepare_on};
use crate::error::Result;
use crate::inference::{distinct, path_bands, pointwise, written};
use crate::picture::{Band, Calendar, Day, EffectP, Hair, MeanPath, Standing, path_range};
use crate::plan::{Convention, MAX_HISTOGRAMS};
use crate::question::events::{Eligibility, EventPlan};
use crate::report::Figures;
use crate::statistic::{Of, StatisticName};
use crate::study::{Study, TestSpec};

/// The most placebo paths behind bands, and the most sets of a design that are each made once for them.
const PATHS: u64 = 10_000;

/// Shares that the pointwise bands hold, the widest first, and the share of the simultaneous one.
const FAN: [f64; 3] = [0.95, 0.8, 0.5];
const SIMULTANEOUS: f64 = 0.95;

/// The most series whose paths are drawn.
const MOST_SERIES: usize = 30;

/// Calendars of more rows than this are too fine to be drawn.
const MOST_ROWS: usize = 8_000;

/// The numbers of a study's figures, from its counted draws and, for paths over all days of a window, from
/// draws of their own: the first of the same ones, at most 10,000. What cannot be drawn is left out, and
/// said in a note. `progress` is told the draws of paths; once it says to stop there are none.
///
/// # Errors
///
/// The system cannot start the threads.
pub fn figures(
    study: &Study,
    inputs: &Inputs,
    counted: &Counted,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Figures> {
    let mut figures = Figures {
        effects: counted.answers.iter().flat_map(effects).collect(),
        calendars: calendars(counted),
        ..Figures::default()
    };
    let series = inputs.panel.series.len();
    if series > MOST_SERIES {
        figures.notes.push(format!(
            "paths are drawn of the first {MOST_SERIES} of {series} series"
        ));
    }
    for test in path_tests(study) {
        match paths(study, test, inputs, options, progress) {
            Ok(found) => figures.paths.extend(found),
            Err(error)
                if error.cause().is_some() || matches!(error, crate::Error::Input { .. }) =>
            {
                figures
                    .notes
                    .push(format!("no path over all days of a window: {error}"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(figures)
}

/// The p-value functions of a plan's intervals.
fn effects(answer: &Answer) -> Vec<EffectP> {
    let plan = &answer.plan;
    let (Some(intervals), Some(sets)) = (&plan.intervals, &answer.intervals) else {
        return Vec::new();
    };
    let members = intervals.members.iter().zip(sets);
    let effect = |(&h, set): (&usize, &crate::inference::EffectSet)| {
        let key = &plan.labels[h].key;
        let parts = set.parts.as_ref().filter(|_| set.p_of_effects.len() > 1)?;
        Some(EffectP {
            series: key.series().to_owned(),
            group: key.group().to_owned(),
            about: format!("{}, day {}", key.statistic(), key.relative_day()),
            null: plan.words.null.clone(),
            unit: plan.labels[h].unit.clone(),
            points: set.p_of_effects.clone(),
            observed: plan.hypotheses[h].observed_value()?,
            level: intervals.level,
            set: parts.clone(),
            set_text: written(parts, set.step),
        })
    };
    members.filter_map(effect).collect()
}

/// The statistic of a test whose values over the days of its window make a path.
fn path_statistic(test: &TestSpec) -> Option<StatisticName> {
    let summed = Of::Effects {
        daily: false,
        studentised: false,
    };
    let statistics = test.statistics();
    let of = |wanted: Of| statistics.iter().copied().find(|it| it.of == wanted);
    of(summed)
        .or_else(|| of(Of::Changes))
        .or_else(|| of(Of::Sizes))
}

/// The first test of each path that differs by more than its null design.
fn path_tests(study: &Study) -> Vec<&TestSpec> {
    let key = |test: &TestSpec| {
        let statistic = path_statistic(test)?;
        let has_days = test.window[0] < test.window[1];
        has_days.then(|| (statistic, test.window, test.measure, test.groups.clone()))
    };
    let mut tests: Vec<&TestSpec> = Vec::new();
    for test in &study.tests {
        if key(test).is_some() && !tests.iter().any(|had| key(had) == key(test)) {
            tests.push(test);
        }
    }
    tests
}

/// The relative days of a path: all of the window, or every so many where there are too many values to keep
/// the histograms of.
fn days(test: &TestSpec, is_effect: bool, labels: usize) -> Vec<i32> {
    let [first, last] = test.window;
    let has_change = |day: &i32| is_effect || test.measure.spans(first, *day);
    let all: Vec<i32> = (first..=last).filter(has_change).collect();
    let every = all.len().div_ceil((MAX_HISTOGRAMS / labels.max(1)).max(2));
    let is_kept = |day: &i32| (last - day) % every as i32 == 0;
    all.into_iter().filter(is_kept).collect()
}

/// The study with one test, of values on many days, and nothing else asked.
fn path_study(study: &Study, test: TestSpec) -> Study {
    let mut of_path = study.clone();
    of_path.tests = vec![test];
    let run = &mut of_path.run;
    run.draws = run.draws.min(PATHS);
    run.enumerate = run.enumerate.min(PATHS);
    (run.stop_at, run.until, run.tail_fit) = (None, None, false);
    of_path
}

/// The paths of a test: a series and a group each.
fn paths(
    study: &Study,
    test: &TestSpec,
    inputs: &Inputs,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Vec<MeanPath>> {
    let Some(statistic) = path_statistic(test) else {
        return Ok(Vec::new());
    };
    let number = study.tests.iter().position(|had| std::ptr::eq(had, test));
    let groups = inputs.events.rows.iter().map(|event| event.group.as_str());
    let groups = distinct(groups).len();
    let labels = inputs.panel.series.len().min(MOST_SERIES)
        * (groups + 1 + groups * groups.saturating_sub(1) / 2);
    let days = days(test, statistic.is_effect(), labels);
    let mut of_path = test.clone();
    of_path.statistic = statistic.name().into();
    of_path.days.clone_from(&days);
    of_path.convention = Convention::EqualTailed;
    (of_path.starts, of_path.spans) = (Vec::new(), Vec::new());
    (of_path.family, of_path.interval) = (None, None);
    let of_path = path_study(study, of_path);
    let mut panel = inputs.panel.clone();
    panel.series.truncate(MOST_SERIES);
    let files = number.and_then(|number| inputs.tests.get(number));
    let read = Inputs {
        panel,
        events: inputs.events.clone(),
        tests: files.cloned().into_iter().collect(),
        closed: inputs.closed.clone(),
    };
    let prepared = prepare_on(&of_path, &read)?;
    let on_cpu = RunOptions {
        device: crate::engine::DeviceChoice::Cpu,
        ..options.clone()
    };
    let draws = of_path.run.draws;
    let counted = count(&prepared, 0..draws, draws, &on_cpu, progress)?;
    let Some(answer) = counted.answers.first().filter(|_| counted.complete) else {
        return Ok(Vec::new());
    };
    let plan = &answer.plan;
    let of = |key: fn(&crate::question::Key) -> &str| {
        distinct(plan.labels.iter().map(move |label| key(&label.key)))
    };
    let (series, groups) = (of(|key| key.series()), of(|key| key.group()));
    let mut found: Vec<(&str, usize, Vec<usize>)> = Vec::new();
    for series in series {
        for (place, group) in groups.iter().enumerate() {
            let is_of = |h: &usize| {
                let key = &plan.labels[*h].key;
                key.series() == series && key.group() == *group
            };
            let mut path: Vec<usize> = (0..plan.labels.len()).filter(is_of).collect();
            path.sort_by_key(|&h| plan.labels[h].key.relative_day());
            found.push((series, place, path));
        }
    }
    let range = 0..plan.draws(draws);
    let members: Vec<Vec<usize>> = found.iter().map(|(.., path)| path.clone()).collect();
    let threads = (range, options.threads);
    let mut go_on = true;
    let bands = path_bands(
        plan,
        &answer.tally,
        &members,
        SIMULTANEOUS,
        threads,
        &mut |_| {
            go_on = progress(answer.tally.draws(), answer.tally.draws());
            go_on
        },
    )?;
    let Some(bands) = bands else {
        return Ok(Vec::new());
    };
    let hairs = hairs(study, test, &days, &read);
    let formula = plan.words.formulas.first().cloned().unwrap_or_default();
    let paths = found
        .into_iter()
        .zip(bands)
        .map(|((series, place, path), band)| {
            let group = groups[place];
            let fan = FAN.map(|share| Band {
                share,
                ends: path
                    .iter()
                    .map(|&h| pointwise(&plan.hypotheses[h], &answer.tally.hypotheses[h], share))
                    .collect(),
            });
            MeanPath {
                series: series.to_owned(),
                group: group.to_owned(),
                colour: place,
                window: plan.words.window,
                formula: formula.clone(),
                unit: path
                    .first()
                    .map_or_else(String::new, |&h| plan.labels[h].unit.clone()),
                null: plan.words.null.clone(),
                draws: answer.tally.draws(),
                days: path
                    .iter()
                    .map(|&h| plan.labels[h].key.relative_day())
                    .collect(),
                observed: path
                    .iter()
                    .map(|&h| plan.hypotheses[h].observed_value())
                    .collect(),
                fan: fan.to_vec(),
                p_sup: Some(band.p_sup),
                simultaneous: Some(Band {
                    share: SIMULTANEOUS,
                    ends: band.ends,
                }),
                hairs: match statistic.of {
                    Of::Sizes => Vec::new(),
                    _ => hairs_of(hairs.as_ref(), series, group),
                },
                range: (0.0, 0.0),
            }
        });
    let mut paths: Vec<MeanPath> = paths.collect();
    for of_series in paths.chunk_by_mut(|a, b| a.series == b.series) {
        let range = path_range(of_series);
        of_series.iter_mut().for_each(|path| path.range = range);
    }
    Ok(paths)
}

/// A plan of the mean change over the days of a path, which holds each event's own changes; none where the
/// events have no such changes.
fn hairs(study: &Study, test: &TestSpec, days: &[i32], inputs: &Inputs) -> Option<EventPlan> {
    let mut of_events = TestSpec::new("mean-change", test.window);
    of_events.measure = test.measure;
    of_events.pool = test.pool;
    of_events.dates.clone_from(&test.dates);
    of_events.groups.clone_from(&test.groups);
    of_events.days = days.to_vec();
    let prepared = prepare_on(&path_study(study, of_events), inputs).ok()?;
    prepared.compiled.plans.into_iter().next()
}

/// The changes of each event of a group, a hair an event.
fn hairs_of(plan: Option<&EventPlan>, series: &str, group: &str) -> Vec<Hair> {
    let Some(plan) = plan else {
        return Vec::new();
    };
    let is_of = |h: &usize| {
        let key = &plan.labels[*h].key;
        key.series() == series && key.group() == group
    };
    let mut path: Vec<usize> = (0..plan.labels.len()).filter(is_of).collect();
    path.sort_by_key(|&h| plan.labels[h].key.relative_day());
    // A difference of groups, and all of them together, have no events of their own.
    let segment = path
        .first()
        .and_then(|&h| match plan.origin(h)?.1.terms[..] {
            [(segment, _)] => Some(segment),
            _ => None,
        });
    let Some(segment) = segment else {
        return Vec::new();
    };
    let events = plan.design.segments()[segment].of(&plan.observed);
    let hair = |&position: &u32| {
        let value = |&h: &usize| {
            let (fold, _, column) = plan.origin(h)?;
            let score = fold.statistic().score(position as usize, column)?;
            Some(plan.hypotheses[h].scale.value(f64::from(score), 1))
        };
        Hair {
            name: plan.words.dates[position as usize].to_string(),
            values: path.iter().map(value).collect(),
        }
    };
    let mut hairs: Vec<Hair> = events.iter().map(hair).collect();
    hairs.sort_by(|a, b| a.name.cmp(&b.name));
    hairs
}

/// The calendars of the null designs that draw dates, those of the same dates once.
fn calendars(counted: &Counted) -> Vec<Calendar> {
    let mut calendars: Vec<Calendar> = Vec::new();
    for Answer { plan, .. } in &counted.answers {
        let rows = &plan.words.calendar;
        if rows.is_empty() || rows.len() > MOST_ROWS {
            continue;
        }
        let calendar = calendar(plan, rows);
        match calendars.iter_mut().find(|had| had.days == calendar.days) {
            Some(had) if had.nulls.contains(&plan.words.null) => {}
            Some(had) => had.nulls.extend(calendar.nulls),
            None => calendars.push(calendar),
        }
    }
    calendars
}

fn calendar(plan: &EventPlan, rows: &[(Date, Eligibility)]) -> Calendar {
    let mut days: Vec<Day> = rows
        .iter()
        .map(|&(date, eligibility)| Day {
            date: date.to_string(),
            year: date.year().into(),
            day_of_year: date.day_of_year().unsigned_abs(),
            standing: match eligibility {
                Eligibility::Eligible => Standing::Eligible,
                Eligibility::NoWindow => Standing::NoWindow,
                Eligibility::TakenOut => Standing::TakenOut,
            },
            events: Vec::new(),
        })
        .collect();
    for (group, segment) in plan.design.segments().iter().enumerate() {
        for &position in segment.of(&plan.observed) {
            let date = plan.words.dates[position as usize];
            if let Ok(row) = rows.binary_search_by_key(&date, |row| row.0) {
                days[row].events.push(group);
            }
        }
    }
    Calendar {
        nulls: vec![plan.words.null.clone()],
        window: plan.words.window,
        groups: plan.groups.clone(),
        days,
    }
}
