//! What a test asks for.

use super::null::null_keys;
use super::{Checked, in_reach, refuse, statistic_names, unique, window};
use crate::load::{did_you_mean, quoted_list};
use crate::statistic::{FARTHEST_DAY, Kind, StatisticName};
use crate::study::{
    Convention, Ends, FamilySpec, IntervalSpec, Keep, Measure, PathSpec, Pool, TestSpec, Transform,
};

/// One test, whose key is `key`.
pub(super) fn test(key: &str, test: &TestSpec, transform: Transform) -> Checked {
    let key_of = |name: &str| format!("{key}.{name}");
    let statistics = test.statistic.as_slice();
    if statistics.is_empty() {
        return refuse(
            key_of("statistic"),
            "the list is empty",
            format!("Name at least one of {}.", quoted_list(statistic_names())),
        );
    }
    unique(&key_of("statistic"), "statistic", statistics)?;
    if let Some(unknown) = statistics
        .iter()
        .find(|name| StatisticName::find(name).is_none())
    {
        return refuse(
            key_of("statistic"),
            format!("unknown statistic `{unknown}`"),
            format!(
                "{}Known: {}.",
                did_you_mean(unknown, statistic_names()),
                quoted_list(statistic_names())
            ),
        );
    }

    match (test.pool, &test.dates) {
        (Pool::List, None) => {
            return refuse(
                key_of("pool"),
                "the pool is a list, but no file is named",
                "Add `dates`, such as dates = { file = \"dates.csv\" }.",
            );
        }
        (Pool::FullWindow | Pool::All, Some(_)) => {
            return refuse(
                key_of("dates"),
                "a file of dates is named, but the pool is no list",
                "Add pool = \"list\", or leave `dates` out.",
            );
        }
        (Pool::List, Some(dates)) => in_reach(&key_of("dates.shift"), dates.shift)?,
        _ => {}
    }
    null_keys(&key_of, test, transform)?;

    let [first, last] = test.window;
    window(&key_of("window"), test.window)?;
    measure(&key_of, test, transform)?;
    starts(&key_of, test)?;
    unique(&key_of("days"), "day", &test.days)?;
    for &day in &test.days {
        if !(first..=last).contains(&day) {
            return refuse(
                key_of("days"),
                format!("day {day} lies outside the window [{first}, {last}]"),
                "Widen the window or leave the day out.",
            );
        }
        if !test.measure.spans(first, day) {
            return refuse(
                key_of("days"),
                format!(
                    "between its ends the change up to day {day}, the window's first, is zero for every event"
                ),
                "Leave the day out, begin the window one day earlier, or take measure = \"cumulative\".",
            );
        }
    }
    if let Some(spec) = &test.family {
        family(&key_of, spec)?;
    }
    if let Some(spec) = &test.interval {
        interval(&key_of, spec, test, transform)?;
    }
    statistic_keys(&key_of, test)?;
    effects(key_of, test)
}

/// The keys that some statistics take.
fn statistic_keys(key_of: &dyn Fn(&str) -> String, test: &TestSpec) -> Checked {
    unique(&key_of("groups"), "group", &test.groups)?;
    let asked: Vec<Kind> = test.statistics().iter().map(|asked| asked.kind).collect();
    let takes = |kind: Kind, given: &str| kind.keys().iter().find(|key| key.name == given);
    for given in test.given() {
        let mut known = StatisticName::all();
        let takers = known.find_map(|of| Some((of.name, takes(of.kind, given)?)));
        if let Some((name, key)) = takers
            && !asked.iter().any(|&kind| takes(kind, given).is_some())
        {
            return refuse(
                key_of(given),
                key.problem,
                format!("Leave `{given}` out, or ask for the statistic \"{name}\"."),
            );
        }
    }
    for kind in asked {
        if let Err(refusal) = kind.check(&test.keys()) {
            return refuse(key_of(refusal.key), refusal.problem, refusal.remedy);
        }
    }
    Ok(())
}

/// What the window measures.
fn measure(key_of: &dyn Fn(&str) -> String, test: &TestSpec, transform: Transform) -> Checked {
    let [first, last] = test.window;
    if test.measure == Measure::Cumulative {
        return Ok(());
    }
    let statistics = test.statistics();
    if statistics.iter().all(|statistic| statistic.is_effect()) {
        return refuse(
            key_of("measure"),
            "the overlap regression sums the effects of single days: it has no change between the ends of a window",
            "Leave `measure` out, or ask for changes, such as \"mean-change\".",
        );
    }
    if transform == Transform::None {
        return refuse(
            key_of("measure"),
            "the series hold changes (transform = \"none\"), which have no level at the ends of a window",
            "Leave `measure` out: changes are summed over the window's days.",
        );
    }
    if first == last {
        return refuse(
            key_of("window"),
            format!(
                "between its ends the change over the window [{first}, {last}] is zero for every event"
            ),
            "Begin the window one day earlier, or take measure = \"cumulative\": the daily change of that day.",
        );
    }
    Ok(())
}

fn family(key_of: &dyn Fn(&str) -> String, spec: &FamilySpec) -> Checked {
    unique(&key_of("family.groups"), "group", &spec.groups)?;
    unique(&key_of("family.statistics"), "statistic", &spec.statistics)?;
    unique(&key_of("family.series"), "series", &spec.series)?;
    unique(&key_of("family.days"), "day", &spec.days)?;
    // Also where it is not a number.
    if !(spec.level > 0.0 && spec.level < 1.0) {
        return refuse(
            key_of("family.level"),
            format!("{} does not lie between 0 and 1", spec.level),
            "Give the probability that any band may miss under the null, such as 0.05.",
        );
    }
    Ok(())
}

fn interval(
    key_of: &dyn Fn(&str) -> String,
    spec: &IntervalSpec,
    test: &TestSpec,
    transform: Transform,
) -> Checked {
    unique(&key_of("interval.groups"), "group", &spec.groups)?;
    // Also where it is not a number.
    if !(spec.level > 0.0 && spec.level < 1.0) {
        return refuse(
            key_of("interval.level"),
            format!("{} does not lie between 0 and 1", spec.level),
            "Give the level of confidence, such as 0.95.",
        );
    }
    let [first, last] = test.window;
    if let PathSpec::Days(days) = &spec.path {
        let wanted = i64::from(last) - i64::from(first) + 1;
        if days.len() as i64 != wanted {
            return refuse(
                key_of("interval.path"),
                format!(
                    "{} numbers for a window of {wanted} days, [{first}, {last}]",
                    days.len()
                ),
                "Give one number for each relative day: what an effect of one has added by then.",
            );
        }
        if days.iter().any(|day| !day.is_finite()) || days.iter().all(|&day| day == 0.0) {
            return refuse(
                key_of("interval.path"),
                "the path is zero on all days, or not finite on some",
                "Give what an effect of one has added to the series by each relative day.",
            );
        }
    }
    if transform == Transform::PercentChange {
        return refuse(
            key_of("interval"),
            "a percent change is a ratio, and an effect cannot be taken out of it by subtraction",
            "Take [data] transform = \"log-change\": effects are then in log points.",
        );
    }
    if test.convention == Convention::Symmetric {
        return refuse(
            key_of("interval"),
            "the symmetric p of each effect would need a null expectation of its own",
            "Take the equal-tailed, lower or upper convention, or leave `interval` out.",
        );
    }
    Ok(())
}

/// Windows and spans of the overlap regression.
fn effects(key_of: impl Fn(&str) -> String, test: &TestSpec) -> Checked {
    let [first, last] = test.window;
    if !test.statistics().into_iter().any(StatisticName::is_effect) {
        return Ok(());
    }
    if first < -FARTHEST_DAY || last > FARTHEST_DAY {
        return refuse(
            key_of("window"),
            format!(
                "the overlap regression takes windows of at most {FARTHEST_DAY} days to either side"
            ),
            "Shorten the window.",
        );
    }
    for (i, span) in test.spans.iter().enumerate() {
        let [from, to] = *span;
        if !(first <= from && from < to && to <= last) {
            return refuse(
                key_of("spans"),
                format!("the span [{from}, {to}] is not inside the window [{first}, {last}]"),
                "Give the earlier day first, both within the window.",
            );
        }
        if test.spans[..i].contains(span) {
            return refuse(
                key_of("spans"),
                format!("the span [{from}, {to}] is named twice"),
                "Name it once.",
            );
        }
    }
    Ok(())
}

/// Days from which changes are taken as well.
fn starts(key_of: &dyn Fn(&str) -> String, test: &TestSpec) -> Checked {
    let [first, last] = test.window;
    unique(&key_of("starts"), "day", &test.starts)?;
    if let Some(start) = test
        .starts
        .iter()
        .find(|&&start| start <= first || !test.measure.spans(start, last))
    {
        return refuse(
            key_of("starts"),
            format!("day {start} is no later start of a change in the window [{first}, {last}]"),
            match test.measure {
                Measure::Cumulative => {
                    "Give days after the window's first, from which changes begin anyway, up to its last."
                }
                Measure::Endpoints => {
                    "Give days after the window's first, from which changes begin anyway, and before its last."
                }
            },
        );
    }
    if test.starts.is_empty() {
        return Ok(());
    }
    if test
        .statistics()
        .iter()
        .all(|statistic| statistic.is_effect())
    {
        return refuse(
            key_of("starts"),
            "the overlap regression has effects of days, not changes from a start",
            "Leave `starts` out, or ask for averages over `spans`.",
        );
    }
    if test.interval.is_some() {
        return refuse(
            key_of("starts"),
            "an interval is about changes from the window's first day",
            "Leave `starts` or `interval` out, or put them into two tests.",
        );
    }
    Ok(())
}

/// Whether two tests would give result rows of one name.
pub(super) fn same_rows(a: &TestSpec, b: &TestSpec) -> bool {
    // The regression has one measure, whatever the changes beside it have.
    let named = |test: &TestSpec, statistic: &StatisticName| statistic.row_name(&test.keys(), None);
    let shares_statistic = a.statistics().iter().any(|statistic| {
        let name = named(a, statistic);
        b.statistics().iter().any(|other| named(b, other) == name)
            && (statistic.is_effect() || a.measure == b.measure)
    });
    let shares_day = a
        .relative_days()
        .iter()
        .any(|day| b.relative_days().contains(day));
    let shares_span = a.spans.iter().any(|span| b.spans.contains(span));
    let key = |test: &TestSpec| {
        let null = (test.null, test.pool, test.dates.clone(), test.window);
        let null = (null, test.convention);
        let together = (test.keeps_days_together(), test.keep == Some(Keep::Units));
        let parts = (test.within.clone(), test.cluster.clone(), test.min_gap);
        let pool = (test.blackout.clone(), test.avoid_events, test.sets.clone());
        let free = (test.ends == Some(Ends::Free), test.block, test.effect);
        (
            null,
            together,
            test.wraps(),
            test.groups.clone(),
            parts,
            pool,
            free,
        )
    };
    key(a) == key(b) && shares_statistic && (shares_day || shares_span)
}
