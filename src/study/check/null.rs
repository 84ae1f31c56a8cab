//! What a test's null design takes, and what goes with it.

use super::{Checked, refuse};
use crate::null::{Key, Moves};
use crate::study::keys::homes;
use crate::study::{Block, CalendarUnit, Measure, Null, OffRows, Parts, Pool, TestSpec, Transform};

/// The designs that something holds of, as values of the key `null`.
fn designs(holds: impl Fn(&Null) -> bool) -> String {
    let designs = Null::ALL.iter().copied().filter(|null| holds(null));
    let names: Vec<String> = designs.map(|null| format!("\"{}\"", null.name())).collect();
    names.join(" or ")
}

/// Keys that belong to some null designs.
pub(super) fn null_keys(
    key_of: &dyn Fn(&str) -> String,
    test: &TestSpec,
    transform: Transform,
) -> Checked {
    let null = test.null.name();
    let given = test.given();
    if test.pool == Pool::List && !test.null.takes(Key::Dates) {
        return refuse(
            key_of("pool"),
            format!("`{null}` {}", Key::Dates.problem()),
            format!(
                "Take the pool \"full-window\" or \"all\", or null = {}.",
                designs(|null| null.takes(Key::Dates))
            ),
        );
    }
    let of_others = |key: &&Key| given.contains(&key.name()) && !test.null.takes(**key);
    // That of `edge` hangs on the pool as well: see below.
    let mut of_others = Key::ALL
        .iter()
        .filter(of_others)
        .filter(|&&key| key != Key::Edge);
    if let Some(&key) = of_others.next() {
        let name = key.name();
        let others = homes(name)
            .into_iter()
            .filter(|(table, _)| table.name != "test");
        let others = others.map(|(table, other)| {
            format!(
                " There is another `{name}` in {}: {}",
                table.heading(),
                other.help
            )
        });
        return refuse(
            key_of(name),
            format!("`{null}` {}", key.problem()),
            format!(
                "Leave `{name}` out, or take null = {}.{}",
                designs(|null| null.takes(key)),
                Vec::from_iter(others).concat()
            ),
        );
    }
    if let Some((key, example)) = test.null.facts().needs
        && !given.contains(&key.name())
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
            format!(
                "Leave `edge` out, or add null = {} and pool = \"all\".",
                designs(|null| null.takes(Key::Edge))
            ),
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
    match test.null.moves() {
        Moves::Series => made_anew(key_of, test, transform),
        Moves::Dates | Moves::Rotations | Moves::Labels | Moves::Signs => Ok(()),
    }
}

/// What a design takes that makes the series anew.
fn made_anew(key_of: &dyn Fn(&str) -> String, test: &TestSpec, transform: Transform) -> Checked {
    let null = test.null.name();
    if test.pool != Pool::FullWindow {
        return refuse(
            key_of("pool"),
            format!("`{null}` draws no dates, and resamples about events with whole windows alone"),
            "Leave `pool` out, or take another null design.",
        );
    }
    let [first, last] = test.window;
    let days = i64::from(last) - i64::from(first) + 1;
    match test.block {
        Some(Block::Rows(0)) => {
            return refuse(
                key_of("block"),
                "a block of 0 rows holds no day",
                "Give a whole number of at least 1, or \"auto\".",
            );
        }
        Some(Block::Rows(rows)) if test.resamples() && i64::from(rows) < days => {
            return refuse(
                key_of("block"),
                format!(
                    "blocks of {rows} rows are shorter than the window [{first}, {last}] of {days} days, whose \
                     changes they are to keep together"
                ),
                format!("Give at least {days}, or \"auto\"."),
            );
        }
        _ => {}
    }
    if test.block.is_some() && test.cluster.is_some() {
        return refuse(
            key_of("block"),
            "`block` and `cluster` both say which days get one sign",
            "Keep one of them.",
        );
    }
    match &test.cluster {
        Some(Parts::Column(_)) => {
            return refuse(
                key_of("cluster"),
                format!("`{null}` signs the days of the series, and a column parts events"),
                "Take \"month\", \"quarter\" or \"year\", or runs of days by `block`.",
            );
        }
        Some(Parts::Calendar(CalendarUnit::Weekday)) => {
            return refuse(
                key_of("cluster"),
                "weekdays come back in every week: their days are no clusters that could be independent of each other",
                "Take \"month\", \"quarter\" or \"year\", or runs of days by `block`.",
            );
        }
        Some(Parts::Calendar(_)) | None => {}
    }
    if test.measure == Measure::Endpoints && transform == Transform::PercentChange {
        return refuse(
            key_of("measure"),
            format!(
                "`{null}` makes daily changes anew, and a percent change between the ends of a window is no sum of them"
            ),
            "Leave `measure` out: percent changes are summed. Or take [data] transform = \"log-change\".",
        );
    }
    if test.interval.is_some() {
        return refuse(
            key_of("interval"),
            format!(
                "an interval is inverted from one set of draws, and under `{null}` each effect would leave other changes to make the series from"
            ),
            "Leave `interval` out, or put it into a test with another null design.",
        );
    }
    Ok(())
}
