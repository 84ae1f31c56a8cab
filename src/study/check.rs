//! Whether a study that can be read also makes sense.

use std::collections::HashSet;
use std::hash::Hash;

use super::{
    CalendarKind, Convention, DataSpec, Ends, EventsSpec, FamilySpec, Gap, IntervalSpec, Keep,
    Measure, Null, OffRows, Parts, PathSpec, Pool, RunSpec, SampleSpec, Study, TestSpec, Transform,
};
use crate::load::{did_you_mean, quoted_list};
use crate::null::{Key, Moves};
use crate::statistic::{FARTHEST_DAY as FARTHEST_DAY_OF_EFFECTS, Kind, StatisticName};
use crate::{Error, Result};

/// Relative days and shifts farther out than this are taken for mistakes.
const FARTHEST_DAY: i32 = 10_000;

/// A value that cannot be used, and its key; tests are numbered: `test.0.window`.
pub(super) struct Finding {
    pub key: String,
    pub problem: String,
    pub remedy: String,
}

type Checked = std::result::Result<(), Finding>;

fn refuse(
    key: impl Into<String>,
    problem: impl Into<String>,
    remedy: impl Into<String>,
) -> Checked {
    Err(Finding {
        key: key.into(),
        problem: problem.into(),
        remedy: remedy.into(),
    })
}

impl Study {
    /// Checks a study that was built or changed in the program, as by a flag.
    pub fn check(&self) -> Result<()> {
        check(self).map_err(
            |Finding {
                 key,
                 problem,
                 remedy,
             }| {
                Error::input(format!("study {}, key {key}", self.name), problem, remedy)
            },
        )
    }
}

/// The first value of a study that cannot be used.
pub(super) fn check(study: &Study) -> Checked {
    if study.name.chars().any(char::is_control) {
        return refuse(
            "name",
            "the name holds a line break, a tab or another control character",
            "Write it on one line; it is the key of every result row.",
        );
    }
    data(&study.data)?;
    if study.calendar.kind == CalendarKind::Weekdays && study.calendar.gap == Gap::Drop {
        return refuse(
            "calendar.gap",
            "a weekdays calendar has every weekday for a row and drops none",
            "Leave `gap` out: values are carried forward. Or use kind = \"observed\".",
        );
    }
    sample(&study.sample)?;
    events(&study.events)?;
    if study.tests.is_empty() {
        return refuse(
            "test",
            "there is no test",
            "Add a [[test]] with `statistic` and `window`.",
        );
    }
    for (i, spec) in study.tests.iter().enumerate() {
        test(&format!("test.{i}"), spec, study.data.transform)?;
        if let Some(j) = study.tests[..i]
            .iter()
            .position(|other| same_rows(spec, other))
        {
            return refuse(
                format!("test.{i}"),
                format!(
                    "it repeats a statistic, window and day of [[test]] number {}",
                    j + 1
                ),
                "Remove one of the two; a row of the results must be named by them.",
            );
        }
    }
    grid(study)?;
    let interval = study.tests.iter().position(|test| test.interval.is_some());
    if let (true, Some(i)) = (study.run.raw, interval) {
        return refuse(
            "run.raw",
            format!(
                "the `interval` of [[test]] number {} keeps the effects whose (b+1)/(m+1) is above a level, and has no form with b/m",
                i + 1
            ),
            "Leave `raw` out (--raw), or the interval.",
        );
    }
    run(&study.run)
}

fn run(run: &RunSpec) -> Checked {
    if run.draws == 0 {
        return refuse(
            "run.draws",
            "zero draws",
            "Ask for at least one draw, such as 1_000_000.",
        );
    }
    if run.stop_at == Some(0) {
        return refuse(
            "run.stop_at",
            "a stop at the zeroth draw as extreme as the observed value makes no draw",
            "Give at least 1, such as 10.",
        );
    }
    // Also where it is not a number.
    if let Some(level) = run.until
        && !(level > 0.0 && level < 1.0)
    {
        return refuse(
            "run.until",
            format!("{level} does not lie between 0 and 1"),
            "Give the level that p is compared with, such as 0.05.",
        );
    }
    if run.stop_at.is_some() && run.until.is_some() {
        return refuse(
            "run.until",
            "it excludes `stop_at`: a run has one rule to stop by",
            "Keep `stop_at` for p-values, or `until` for decisions at a level.",
        );
    }
    if run.raw && run.stopping().is_some() {
        return refuse(
            "run.raw",
            "`stop_at` and `until` have p-values of their own, and no b/m",
            "Leave `raw` out, or the rule.",
        );
    }
    Ok(())
}

fn data(data: &DataSpec) -> Checked {
    if data.files.is_empty() {
        return refuse(
            "data.files",
            "the list is empty",
            "Name at least one data file.",
        );
    }
    unique("data.files", "file", &data.files)?;
    unique("data.series", "series", &data.series)?;
    if data.changes.is_some() && data.transform != Transform::None {
        return refuse(
            "data.changes",
            "it says how changes that the files hold add up, but the transform takes changes of levels",
            "Leave it out, or state transform = \"none\" if the series hold changes.",
        );
    }
    if let Some(value) = data.missing.iter().find(|value| !value.is_finite()) {
        return refuse(
            "data.missing",
            format!("{value} is not a finite number"),
            "Name the numbers that stand for a missing value, such as -99.99.",
        );
    }
    match data.quantum {
        Some(quantum) if !(quantum.is_finite() && quantum > 0.0) => refuse(
            "data.quantum",
            format!("{quantum} is not a positive, finite number"),
            "Give the step of the data, such as 0.01, or leave it out.",
        ),
        _ => Ok(()),
    }
}

fn sample(sample: &SampleSpec) -> Checked {
    let SampleSpec {
        from,
        to,
        around_events,
    } = sample;
    if around_events.is_some() && (from.is_some() || to.is_some()) {
        return refuse(
            "sample.around_events",
            "it excludes `from` and `to`",
            "Give the sample either by its dates or around the events.",
        );
    }
    match (from, to) {
        (Some(from), Some(to)) if from > to => refuse(
            "sample.to",
            format!("{to} is before `from`, {from}"),
            "Exchange the two dates.",
        ),
        _ => Ok(()),
    }
}

fn events(events: &EventsSpec) -> Checked {
    if events.group.is_none() && !events.groups.is_empty() {
        return refuse(
            "events.groups",
            "groups are listed, but no column names them",
            "Add `group`, the column that holds them.",
        );
    }
    unique("events.groups", "group", &events.groups)?;
    in_reach("events.shift", events.shift)
}

fn test(key: &str, test: &TestSpec, transform: Transform) -> Checked {
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
    null_keys(&key_of, test)?;

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
    for given in test.statistic_keys() {
        if asked.iter().any(|&kind| takes(kind, given).is_some()) {
            continue;
        }
        let mut known = StatisticName::all();
        let takers = known.find_map(|of| Some((of.name, takes(of.kind, given)?)));
        let (name, problem) = takers.map_or(("", "no statistic takes it"), |(name, key)| {
            (name, key.problem)
        });
        return refuse(
            key_of(given),
            problem,
            format!("Leave `{given}` out, or ask for the statistic \"{name}\"."),
        );
    }
    for kind in asked {
        if let Err(refusal) = kind.check(&test.keys()) {
            return refuse(key_of(refusal.key), refusal.problem, refusal.remedy);
        }
    }
    Ok(())
}

/// Every statistic, by name.
fn statistic_names() -> impl Iterator<Item = &'static str> {
    StatisticName::all().map(StatisticName::name)
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
    if first < -FARTHEST_DAY_OF_EFFECTS || last > FARTHEST_DAY_OF_EFFECTS {
        return refuse(
            key_of("window"),
            format!(
                "the overlap regression takes windows of at most {FARTHEST_DAY_OF_EFFECTS} days to either side"
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

/// What `[grid]` varies.
fn grid(study: &Study) -> Checked {
    let grid = &study.grid;
    if let Some(test) = grid
        .tests
        .iter()
        .find(|&&test| test == 0 || test > study.tests.len())
    {
        return refuse(
            "grid.tests",
            format!("there is no [[test]] number {test}"),
            format!("Number them from 1 to {}.", study.tests.len()),
        );
    }
    for (key, name) in grid
        .statistic
        .iter()
        .map(|name| ("grid.statistic", name))
        .chain(grid.statistics.iter().map(|name| ("grid.statistics", name)))
    {
        if StatisticName::find(name).is_none() {
            return refuse(
                key,
                format!("unknown statistic `{name}`"),
                format!(
                    "{}The statistics are {}.",
                    did_you_mean(name, statistic_names()),
                    quoted_list(statistic_names())
                ),
            );
        }
    }
    // One that a test cannot have is left out with its reason, when the grid runs.
    for &of in &grid.windows {
        window("grid.windows", of)?;
    }
    for controls in &grid.controls {
        if controls.series.is_empty() {
            return refuse(
                "grid.controls",
                "the list of series is empty",
                "Name the series whose changes are taken out.",
            );
        }
    }
    Ok(())
}

/// Keys that belong to some null designs.
fn null_keys(key_of: &dyn Fn(&str) -> String, test: &TestSpec) -> Checked {
    let null = test.null.name();
    // Whether a key is there, and what designs that do not take it say.
    let keys = [
        (Key::SameDay, test.same_day.is_some(), "deals no labels"),
        (Key::Within, test.within.is_some(), "knows no strata"),
        (Key::Cluster, test.cluster.is_some(), "knows no clusters"),
        (Key::Keep, test.keep.is_some(), "deals no labels"),
        (Key::MinGap, test.min_gap.is_some(), "keeps no least gap"),
        (Key::Ends, test.ends.is_some(), "shuffles no gaps"),
        (Key::Sets, test.sets.is_some(), "reads no sets"),
        (
            Key::Blackout,
            test.blackout.is_some(),
            "draws no dates from a pool",
        ),
        (
            Key::AvoidEvents,
            test.avoid_events.is_some(),
            "draws no dates from a pool, or needs the events there",
        ),
    ];
    for (key, given, problem) in keys {
        if given && !test.null.takes(key) {
            let designs = Null::ALL.iter().filter(|null| null.takes(key));
            let names: Vec<String> = designs.map(|null| format!("\"{}\"", null.name())).collect();
            let name = key.name();
            let remedy = match key {
                Key::SameDay => "Leave `same_day` out, or add null = \"labels\"; for two events of one group on one day there is `same_day` of [events].".to_owned(),
                _ => format!("Leave `{name}` out, or take null = {}.", names.join(" or ")),
            };
            return refuse(key_of(name), format!("`{null}` {problem}"), remedy);
        }
    }
    if test.pool == Pool::List && !test.null.takes(Key::ListedPool) {
        return refuse(
            key_of("pool"),
            format!("`{null}` draws no dates from a list"),
            "Take the pool \"full-window\" or \"all\", or null = \"uniform\".",
        );
    }
    if let Some((key, example)) = test.null.facts().needs
        && !keys.iter().any(|&(given, there, _)| given == key && there)
    {
        return refuse(
            key_of("null"),
            format!("`{null}` needs the key `{}`", key.name()),
            format!("Add it: {example}."),
        );
    }
    if test.min_gap == Some(0) {
        return refuse(
            key_of("min_gap"),
            "a gap of 0 rows would let a date be drawn twice",
            "Give at least 1: 1 means distinct dates, 2 that neighbours are not drawn together.",
        );
    }
    if let Some(sets) = &test.sets
        && sets.off_calendar == OffRows::Drop
    {
        return refuse(
            key_of("sets.off_calendar"),
            "a date cannot be left out of its set, as each set has as many dates as there are events",
            "Take \"back\", \"forward\" or \"error\".",
        );
    }
    if test.keep.is_some() && test.cluster.is_none() && !test.keeps_days_together() {
        return refuse(
            key_of("keep"),
            "no events keep together, each is a cluster of its own",
            "Leave `keep` out, or say which events keep one label: cluster = { column = \"NAME\" }.",
        );
    }
    if test.same_day.is_some() && test.cluster.is_some() {
        return refuse(
            key_of("cluster"),
            "`same_day` and `cluster` both say which events keep one label",
            "Keep one of them: cluster = \"day\" is same_day = \"together\".",
        );
    }
    if let Some(Parts::Column(column)) = &test.within
        && !test.null.moves().keeps_dates()
        && column.file.is_none()
    {
        return refuse(
            key_of("within"),
            format!(
                "the column `{}` of the events says nothing of other dates",
                column.column
            ),
            "Name a file with a row a date: within = { file = \"regimes.csv\", column = \"regime\" }.",
        );
    }
    if test.null.moves() == Moves::Signs
        && let Some(sizes) = test.statistics().iter().find(|s| s.is_absolute())
    {
        return refuse(
            key_of("statistic"),
            format!(
                "`{null}` changes the signs of responses, and `{}` has none",
                sizes.name()
            ),
            "Take the statistic without `absolute`, or another null design.",
        );
    }
    if test.edge.is_some() && !(test.null.takes(Key::Edge) && test.pool == Pool::All) {
        return refuse(
            key_of("edge"),
            "only windows of rotations over all dates reach the sample's ends",
            "Leave `edge` out, or add null = \"circular-shift\" and pool = \"all\".",
        );
    }
    if test.wraps()
        && let Some(cuts) = test.statistics().iter().find(|s| !s.is_effect())
    {
        return refuse(
            key_of("edge"),
            format!(
                "`{}` cannot continue a window at the sample's other end",
                cuts.name()
            ),
            "Add edge = \"cut\", or take pool = \"full-window\".",
        );
    }
    Ok(())
}

fn window(key: &str, [first, last]: [i32; 2]) -> Checked {
    in_reach(key, first)?;
    in_reach(key, last)?;
    match first <= last {
        true => Ok(()),
        false => refuse(
            key,
            format!("the window's first day {first} is after its last day {last}"),
            "Give the earlier day first, as in [-15, 15].",
        ),
    }
}

fn in_reach(key: &str, day: i32) -> Checked {
    match (-FARTHEST_DAY..=FARTHEST_DAY).contains(&day) {
        true => Ok(()),
        false => refuse(
            key,
            format!("{day} is more than {FARTHEST_DAY} rows from the event"),
            "Count in calendar rows (days), not in dates.",
        ),
    }
}

fn unique<T: Eq + Hash + std::fmt::Display>(key: &str, what: &str, values: &[T]) -> Checked {
    let mut seen = HashSet::new();
    match values.iter().find(|value| !seen.insert(*value)) {
        None => Ok(()),
        Some(twice) => refuse(
            key,
            format!("the {what} `{twice}` is named twice"),
            "Name it once.",
        ),
    }
}

/// Whether two tests would give result rows of one name.
fn same_rows(a: &TestSpec, b: &TestSpec) -> bool {
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
        let free = test.ends == Some(Ends::Free);
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
