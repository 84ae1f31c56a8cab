//! Whether a study that can be read also makes sense.

mod null;
mod test;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use super::{
    CalendarKind, DataSpec, EventsSpec, Gap, MarketSpec, RunSpec, SampleSpec, StatisticName, Study,
    Transform,
};
use crate::error::Cause;
use crate::load::{Market, Missing, did_you_mean, quoted_list};
use crate::{Error, Result};
use test::{same_rows, test};

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
                    .because(Cause::BadValue { key })
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
    labels(&study.labels)?;
    data(&study.data)?;
    one_source(&study.data, &study.events)?;
    for test in &study.tests {
        for (key, parts) in [
            ("test.within", &test.within),
            ("test.cluster", &test.cluster),
        ] {
            let is_own =
                matches!(parts, Some(super::Parts::Column(column)) if column.file.is_none());
            if is_own && !study.events.dates.is_empty() {
                return refuse(
                    key,
                    "it names a column of events, but their dates stand in the study",
                    "Name the file of the column.",
                );
            }
        }
    }
    if study.calendar.kind == CalendarKind::Weekdays && study.calendar.gap == Gap::Drop {
        return refuse(
            "calendar.gap",
            "a weekdays calendar has every weekday for a row and drops none",
            "Leave `gap` out: values are carried forward. Or use kind = \"observed\".",
        );
    }
    if let Some(MarketSpec::Name(name)) = &study.calendar.check
        && let Err([problem, remedy]) = Market::find(name)
    {
        return refuse("calendar.check", problem, remedy);
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

/// A label tells its name from the others.
fn labels(labels: &BTreeMap<String, String>) -> Checked {
    let mut seen = HashMap::new();
    for (name, label) in labels {
        let key = || format!("labels.{name}");
        if label.trim().is_empty() {
            return refuse(key(), "an empty label", "Write one, or leave the line out.");
        }
        if let Some(other) = seen.insert(label, name) {
            return refuse(
                key(),
                format!("`{other}` and `{name}` have one label, `{label}`"),
                "Give each a label of its own; tables tell them apart by it.",
            );
        }
    }
    Ok(())
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

/// Events have one source, and standard input holds one table.
fn one_source(data: &DataSpec, events: &EventsSpec) -> Checked {
    match (events.file.is_empty(), events.dates.is_empty()) {
        (true, true) => {
            return refuse(
                "events.file",
                "there is neither a file of events nor their dates",
                "Name a file, or state dates = [2025-01-27].",
            );
        }
        (false, false) => {
            return refuse(
                "events.dates",
                "there is a file of events, too",
                "Leave one of the two out.",
            );
        }
        _ => {}
    }
    let of_rows = [
        ("events.group", events.group.is_some()),
        ("events.filter", !events.filter.is_empty()),
    ];
    if let Some((key, _)) = of_rows
        .iter()
        .find(|(_, is)| *is && !events.dates.is_empty())
    {
        return refuse(
            *key,
            "it names a column of events, but their dates stand in the study",
            "Write the events to a file, with that column.",
        );
    }
    match events.file == "-" && data.files.iter().any(|file| file == "-") {
        false => Ok(()),
        true => refuse(
            "events.file",
            "standard input, `-`, holds the data already",
            "Name a file for one of the two.",
        ),
    }
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
    let mut marks = data.missing.iter().filter_map(Missing::number);
    if let Some(value) = marks.find(|value| !value.is_finite()) {
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
    if let Err((key, problem, remedy)) = events.list().check_times() {
        return refuse(format!("events.{key}"), problem, remedy);
    }
    in_reach("events.shift", events.shift)
}

/// Every statistic, by name.
fn statistic_names() -> impl Iterator<Item = &'static str> {
    StatisticName::all().map(StatisticName::name)
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
