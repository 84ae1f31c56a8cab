//! Confidence sets for effects: known answers, and every end against studies from whose series the
//! effect was really taken out.

use crate::common;
use crate::folder::{Folder, STUDY, edit};
use placebo::load::Panel;
use placebo::question::events::{Compiled, compile};
use placebo::report::{Report, ResultRow};
use placebo::run::{Prepared, RunOptions, count, report};
use placebo::study::{LabelDays, Null, Study};

/// A study over a made-up panel, run again and again with other values.
struct Case {
    panel: Panel,
    events: Vec<(usize, &'static str)>,
    /// Keys of the test.
    keys: String,
    transform: &'static str,
    /// What the windows of changes measure.
    measure: &'static str,
    window: [i32; 2],
    /// By relative day of the window; empty: the step.
    path: Vec<f64>,
    draws: u64,
}

const LEVEL: f64 = 0.8;

impl Case {
    fn run(&self, panel: &Panel, interval: bool, options: &RunOptions) -> Report {
        let [from, to] = self.window;
        let path = match self.path.as_slice() {
            [] => "\"step\"".to_owned(),
            days => format!("{days:?}"),
        };
        let interval = match interval {
            true => format!("interval = {{ level = {LEVEL}, path = {path} }}"),
            false => String::new(),
        };
        // Effects and changes that the series hold have one measure.
        let measure = match self.keys.contains("-change") && self.transform != "none" {
            false => "cumulative",
            true => self.measure,
        };
        let study: Study = toml::from_str(&format!(
            "name = \"made-up\"\n[data]\nfiles = [\"walks.csv\"]\ntransform = \"{}\"\n\
             [sample]\nfrom = {}\n\
             [events]\nfile = \"events.csv\"\ngroup = \"group\"\nsame_day = \"count\"\n\
             [[test]]\nwindow = [{from}, {to}]\n{}\nmeasure = \"{measure}\"\n{interval}\n\
             [run]\nseed = 7\ndraws = {}\nenumerate = 0\n",
            self.transform, panel.dates[1], self.keys, self.draws
        ))
        .unwrap();
        study.check().unwrap();
        let events = common::events_on(panel, &self.events);
        let plans = compile(&study, panel, &events, &[]).unwrap().plans;
        let prepared = Prepared {
            compiled: Compiled {
                plans,
                rules: vec![],
            },
            files: vec![],
            stopping: None,
            tail_fit: false,
        };
        let all = 0..self.draws;
        let counted = count(&prepared, all, self.draws, options, &mut |_, _| true).unwrap();
        report(prepared.context(&study), counted, None, &|| false)
    }

    /// What an effect of one at the events of some groups adds to each row of the panel.
    fn pattern(&self, of: &dyn Fn(&str) -> bool) -> Vec<f64> {
        let [first, last] = self.window;
        let path = |day: i64| match (self.path.as_slice(), day - i64::from(first)) {
            ([], _) => f64::from(u8::from(day >= 0)),
            (_, ..0) => 0.0,
            (days, at) => days[at.min(i64::from(last - first)) as usize],
        };
        (0..self.panel.dates.len())
            .map(|row| {
                let events = self.events.iter().filter(|(_, group)| of(group));
                events.map(|&(at, _)| path(row as i64 - at as i64)).sum()
            })
            .collect()
    }

    /// p of a row once an effect of `tau` at the events that the row is about is taken out.
    fn p_without(&self, like: &ResultRow, tau: f64) -> f64 {
        let about = |group: &str| match like.group() {
            "all" => true,
            name => name.split(" - ").next() == Some(group),
        };
        let pattern = self.pattern(&about);
        let mut panel = self.panel.clone();
        let before = |row: usize| row.checked_sub(1).map_or(0.0, |before| pattern[before]);
        for series in &mut panel.series {
            for (row, value) in series.values.iter_mut().enumerate() {
                *value = value.map(|value| match self.transform {
                    "none" => decimal(value - tau * (pattern[row] - before(row))),
                    "log-change" => value * (-tau * pattern[row]).exp(),
                    _ => decimal(value - tau * pattern[row]),
                });
            }
        }
        let report = self.run(&panel, false, &on_cpu(None, None));
        let same = |row: &&ResultRow| row.is_same_question(like);
        // Where no set gives another value there is no p, and nothing is rejected.
        report.results.iter().find(same).unwrap().p.unwrap_or(1.0)
    }

    fn rows(&self) -> Vec<ResultRow> {
        self.run(&self.panel, true, &on_cpu(None, None)).results
    }

    /// Checks the sets of all rows beside each of their ends, and at effects between and outside; how
    /// many rows have a set, and how many of these are no interval.
    fn check(&self) -> (usize, usize) {
        let (mut sets, mut split) = (0, 0);
        for row in self.rows() {
            let Some(set) = &row.interval_set else {
                assert!(
                    row.interval_reason.is_some() || row.is_constant(),
                    "{row:?}"
                );
                continue;
            };
            sets += 1;
            let parts = parts_of(set);
            split += usize::from(parts.len() > 1);
            let step = set
                .split_once(" in steps of ")
                .map(|(_, step)| step.parse::<f64>().unwrap());
            let hull = [row.interval_low, row.interval_high]
                .map(|end| end.unwrap_or(row.observed.unwrap()));
            let near = step.unwrap_or((hull[1] - hull[0]).abs().max(0.01) / 300.0);
            let mut taus = vec![0.0, row.observed.unwrap()];
            for [low, high] in &parts {
                for end in [low, high].into_iter().flatten() {
                    taus.extend([-9.0, -1.0, 1.0, 7.0].map(|steps| end + steps * near));
                }
            }
            for tau in taus {
                // A grid speaks of its effects alone.
                let tau = match step {
                    Some(step) => (tau / step).round() * step,
                    None => tau,
                };
                let tau = decimal(tau);
                // The text is rounded.
                let slack = if step.is_some() {
                    near / 4.0
                } else {
                    near / 30.0
                };
                let inside = parts.iter().any(|[low, high]| {
                    low.is_none_or(|low| low <= tau + slack)
                        && high.is_none_or(|high| tau <= high + slack)
                });
                let p = self.p_without(&row, tau);
                assert_eq!(
                    inside,
                    p > (1.0 - LEVEL) * (1.0 + 1e-12),
                    "{tau}: p = {p} of {row:?}\n{}",
                    self.keys
                );
            }
        }
        (sets, split)
    }
}

/// To seven decimals, which the fixed point holds exactly.
fn decimal(x: f64) -> f64 {
    format!("{x:.7}").parse().unwrap()
}

fn on_cpu(threads: Option<usize>, chunk: Option<u64>) -> RunOptions {
    RunOptions {
        device: "cpu".parse().unwrap(),
        threads,
        chunk,
    }
}

/// The intervals of a set's text.
fn parts_of(set: &str) -> Vec<[Option<f64>; 2]> {
    let set = set.split(" in steps").next().unwrap();
    assert!(!set.contains("more"), "{set}");
    let parts = set.split(" ∪ ").filter(|part| *part != "{}");
    parts
        .map(|part| {
            let (low, high) = part[1..part.len() - 1].split_once(", ").unwrap();
            [low, high].map(|end| end.parse().ok().filter(|end: &f64| end.is_finite()))
        })
        .collect()
}

/// Two groups of events within few days of each other.
fn case(keys: &str) -> Case {
    Case {
        panel: common::walks(60, 1),
        events: vec![
            (8, "a"),
            (11, "b"),
            (12, "a"),
            (19, "a"),
            (24, "b"),
            (25, "a"),
            (33, "b"),
            (40, "a"),
            (41, "b"),
            (49, "b"),
        ],
        keys: keys.into(),
        transform: "level-change",
        measure: "endpoints",
        window: [-3, 4],
        path: vec![],
        draws: 149,
    }
}

const DESIGNS: [&str; 7] = [
    "null = \"uniform\"",
    "null = \"uniform\"\nwithin = \"month\"",
    "null = \"labels\"",
    "null = \"circular-shift\"",
    "null = \"spaced\"\nmin_gap = 2",
    "null = \"gap-shuffle\"",
    "null = \"signs\"",
];

/// Means: all designs, exact at effects close to each end.
#[test]
fn sets_of_means_keep_what_the_test_keeps() {
    let mut split = 0;
    for design in DESIGNS {
        for days in ["[4]", "[0, 2]"] {
            let keys = format!("statistic = \"mean-change\"\n{design}\ndays = {days}");
            let (sets, more) = case(&keys).check();
            // Labels leave the pooled mean as it is, but its set is there.
            assert!(sets >= 4, "{keys}: {sets}");
            split += more;
        }
    }
    assert!(split > 0);
}

/// A ramp with decimals, changes for a series, and logarithms.
#[test]
fn paths_and_transforms() {
    let mut of = case("statistic = \"mean-change\"\nnull = \"uniform\"\npool = \"all\"");
    of.path = vec![0.0, 0.0, 0.125, 0.25, 0.5, 1.0, 1.0, 1.5];
    assert_eq!(of.check().0, 4);
    of.transform = "none";
    assert_eq!(of.check().0, 4);
    of.keys = "statistic = \"overlap-regression\"\nnull = \"labels\"\ndays = [1, 4]".into();
    assert_eq!(of.check().0, 6);
    of.transform = "log-change";
    of.path.clear();
    of.keys = "statistic = \"mean-change\"\nnull = \"labels\"\ndays = [1, 4]".into();
    assert_eq!(of.check().0, 8);
}

/// Sums of daily changes hold the first day's own, to which the path may add.
#[test]
fn sets_of_sums() {
    for (days, starts_at) in [("[-3, 0]", 0.5), ("[4]", 0.0)] {
        for (transform, design) in [
            ("level-change", "null = \"uniform\"\npool = \"all\""),
            ("level-change", "null = \"labels\""),
            ("log-change", "null = \"uniform\""),
        ] {
            let mut of = case(&format!(
                "statistic = \"mean-change\"\n{design}\ndays = {days}"
            ));
            (of.measure, of.transform) = ("cumulative", transform);
            of.path = vec![starts_at, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0];
            assert!(of.check().0 >= 4, "{transform} {design} {days}");
        }
    }
    // A step on day 0 is no part of a change from its end, and all of a sum that begins with it.
    let mut of = case("statistic = [\"mean-change\", \"median-change\"]\nnull = \"uniform\"");
    of.window = [0, 2];
    of.measure = "cumulative";
    assert_eq!(of.check().0, 8);
    // There only a step of another event, inside a window, can move a row.
    of.measure = "endpoints";
    assert!(of.check().0 < 8);
}

/// One tail: the set has one end.
#[test]
fn one_tailed_sets() {
    for (convention, end) in [("lower", 1), ("upper", 0)] {
        let mut of = case(&format!(
            "statistic = [\"mean-change\", \"median-change\"]\nnull = \"signs\"\nconvention = \"{convention}\""
        ));
        of.draws = 59;
        // All but the difference of medians, which the path does not raise.
        assert_eq!(of.check().0, 7);
        // No signs give a mean a larger slope. Half of them give a median of equal effects the same
        // one, and many give differences a larger one: their sets may have no end at all.
        let is_mean = |row: &&ResultRow| row.statistic() == "mean-change" && row.group() != "a - b";
        for row in of.rows().iter().filter(is_mean) {
            let ends = [row.interval_low, row.interval_high];
            assert!(ends[end].is_some() && ends[1 - end].is_none(), "{row:?}");
            assert!(row.interval_reason.is_some(), "{row:?}");
        }
    }
}

/// The regression: sums, days and means over spans, windows whole, cut and wrapped.
#[test]
fn sets_of_effects_keep_what_the_test_keeps() {
    for design in [
        "null = \"uniform\"\npool = \"all\"",
        "null = \"labels\"",
        "null = \"circular-shift\"",
        "null = \"circular-shift\"\npool = \"all\"",
        "null = \"circular-shift\"\npool = \"all\"\nedge = \"cut\"",
    ] {
        let mut of = case(&format!(
            "statistic = [\"overlap-regression\", \"overlap-regression-daily\", \"overlap-regression-t\"]\n\
             {design}\ndays = [-1, 0, 2]\nspans = [[0, 2]]"
        ));
        of.window = [-2, 2];
        let rows = of.rows();
        let named = |name: &str, day: i32| {
            let of_day =
                move |row: &&ResultRow| (row.statistic(), row.relative_day()) == (name, day);
            let rows: Vec<&ResultRow> = rows.iter().filter(of_day).collect();
            assert_eq!(rows.len(), 3);
            rows
        };
        // The path begins on day 0, and later days add nothing to it.
        let none = [("overlap-regression", -1), ("overlap-regression-daily", 2)];
        for (name, day) in none {
            for row in named(name, day) {
                assert_eq!((&row.interval_set, row.interval_low), (&None, None));
                let reason = row.interval_reason.as_deref().unwrap();
                assert!(reason.contains("does not raise"), "{reason}");
            }
        }
        for row in named("overlap-regression-t", 2) {
            let reason = row.interval_reason.as_deref().unwrap();
            assert!(reason.contains("standard error"), "{reason}");
        }
        // Sums at days 0 and 2, their mean, day 0, and the mean of the days.
        assert_eq!(of.check().0, 15);
    }
}

/// Medians, at steps of the grid.
#[test]
fn sets_of_medians_keep_what_the_test_keeps() {
    for design in DESIGNS {
        let keys = format!("statistic = [\"median-change\", \"median-absolute-change\"]\n{design}");
        let absolute = if design.contains("signs") { 0 } else { 4 };
        let keys = match absolute {
            0 => keys.replace(", \"median-absolute-change\"", ""),
            _ => keys,
        };
        let mut of = case(&keys);
        of.draws = 59;
        let sets = of.check().0;
        let rows = of.rows();
        let without = |reason: &str| {
            let has = |row: &&ResultRow| {
                row.interval_reason
                    .as_ref()
                    .is_some_and(|r| r.contains(reason))
            };
            rows.iter().filter(has).count()
        };
        assert_eq!(without("size of a change"), absolute);
        // Events of b stand so close to those of a that half of their windows hold one of a.
        let flat = without("does not raise");
        assert!(flat <= 1 && sets + flat == 4, "{rows:?}");
    }
}

/// Whatever the threads and chunks, and however many breakpoints lie between the cuts.
#[test]
fn sets_do_not_depend_on_threads_or_chunks() {
    let mut of = case(
        "statistic = [\"mean-change\", \"median-change\", \"overlap-regression\"]\npool = \"all\"",
    );
    of.draws = 20_000;
    let sets = |threads, chunk| {
        let report = of.run(&of.panel, true, &on_cpu(Some(threads), chunk));
        let rows = report.results.into_iter();
        rows.map(|row| {
            (
                row.interval_low,
                row.interval_high,
                row.interval_set,
                row.interval_reason,
            )
        })
        .collect::<Vec<_>>()
    };
    let one = sets(1, None);
    assert!(one.iter().filter(|set| set.2.is_some()).count() >= 9);
    assert_eq!(sets(2, Some(777)), one);
    assert_eq!(sets(3, Some(5000)), one);
}

/// Darwin's maize: 15 pairs, all sign flips, the set of effects at 5 %.
#[test]
fn darwins_maize() {
    let pairs = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    let mut panel: Panel = common::walks(16, 1);
    panel.series[0].values = pairs
        .iter()
        .chain(&[0])
        .map(|&d| Some(f64::from(d)))
        .collect();
    let study: Study = toml::from_str(
        "name = \"maize\"\n[data]\nfiles = [\"pairs.csv\"]\ntransform = \"none\"\n\
         [events]\nfile = \"events.csv\"\n\
         [[test]]\nstatistic = \"mean-change\"\nnull = \"signs\"\nwindow = [0, 1]\ndays = [0]\ninterval = {}\n",
    )
    .unwrap();
    let placed: Vec<(usize, &str)> = (0..15).map(|row| (row, "all")).collect();
    let events = common::events_on(&panel, &placed);
    let compiled = compile(&study, &panel, &events, &[]).unwrap();
    let prepared = Prepared {
        compiled,
        files: vec![],
        stopping: None,
        tail_fit: false,
    };
    let options = on_cpu(None, None);
    let counted = count(&prepared, 0..1000, 1000, &options, &mut |_, _| true).unwrap();
    let report = report(prepared.context(&study), counted, None, &|| false);
    let row = &report.results[0];
    assert_eq!(row.engine, "enumeration");
    assert_eq!(row.draws, Some(1 << 15));
    assert_eq!(row.p_upper, Some(863.0 / 32768.0));
    assert_eq!(row.p, Some(1726.0 / 32768.0));
    assert_eq!(row.interval_low, Some(-1.0 / 6.0));
    assert_eq!(row.interval_high, Some(41.0));
    assert_eq!(row.interval_set.as_deref(), Some("[-0.166667, 41]"));
    assert_eq!(
        (row.interval_level, row.interval_path.as_deref()),
        (Some(0.95), Some("step"))
    );
    assert_eq!(row.interval_reason, None);
}

/// The bundled study of releases: the 10-year yield over +-15 days, by several seeds.
#[test]
fn yields_around_releases() {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.data.series = vec!["10 Yr".into()];
    study.tests.truncate(1);
    study.tests[0].interval = Some(toml::from_str("").unwrap());
    let mut ends = Vec::new();
    for seed in 1..=3 {
        (study.run.seed, study.run.draws) = (seed, 50_000);
        let report = placebo::run::run(&study, &on_cpu(None, None), &mut |_, _| true).unwrap();
        for row in &report.results {
            println!(
                "{} {}: p {:?} {:?} {:?}",
                row.statistic(),
                row.observed.unwrap(),
                row.p,
                row.interval_set,
                row.interval_reason
            );
            let [low, high] = [row.interval_low, row.interval_high];
            if row.statistic().contains("absolute") {
                assert_eq!((low, high, &row.interval_set), (None, None, &None));
                continue;
            }
            let (low, high) = (low.unwrap(), high.unwrap());
            // No effect is kept where its p is above 5 %.
            assert_eq!(low <= 0.0 && 0.0 <= high, row.p.unwrap() > 0.05, "{row:?}");
            // Placebo changes are about +8 bp, so that the effect is below the observed change.
            assert!(low < row.observed.unwrap() - 8.0 && row.observed.unwrap() - 8.0 < high);
            ends.push((row.statistic().to_owned(), low, high));
        }
    }
    assert_eq!(ends.len(), 6);
    for (statistic, low, high) in &ends {
        let first = ends.iter().find(|(name, ..)| name == statistic).unwrap();
        assert!(
            (low - first.1).abs() < 1.5 && (high - first.2).abs() < 1.5,
            "{ends:?}"
        );
    }
}

/// The difference of open and closed releases at day 15, under labels and under rotations.
#[test]
fn yields_around_open_and_closed_releases() {
    let mut study = Study::open("bjorkegren").unwrap();
    study.data.series = vec!["30 Yr".into()];
    study.run.draws = 20_000;
    let mut test = study.tests.remove(0);
    test.statistic = placebo::study::OneOrMany::One("overlap-regression".into());
    test.days = vec![15];
    test.spans.clear();
    test.interval = Some(toml::from_str("groups = [\"open - closed\"]").unwrap());
    for null in [Null::Labels, Null::CircularShift] {
        let mut test = test.clone();
        test.null = null;
        test.same_day = (null == Null::Labels).then_some(LabelDays::Apart);
        if null == Null::CircularShift {
            test.pool = placebo::study::Pool::All;
        }
        study.tests = vec![test];
        let report = placebo::run::run(&study, &on_cpu(None, None), &mut |_, _| true).unwrap();
        let asked = report
            .results
            .iter()
            .filter(|row| row.interval_level.is_some());
        let rows: Vec<&ResultRow> = asked.collect();
        let [row] = rows[..] else {
            panic!("{rows:?}");
        };
        println!(
            "{null:?}: p {:?}, {:?} {:?}",
            row.p, row.interval_set, row.interval_reason
        );
        assert!((row.observed.unwrap() - 30.37).abs() < 0.01);
        // p is 0.004 and 0.041: both reject that there is no effect.
        let low = row.interval_low.unwrap();
        assert!(0.0 < low && low < row.observed.unwrap(), "{row:?}");
        // The 31 rotations by at most 15 days have the whole effect in their windows, too: they tell
        // no effect from another, and are too many of 732 for a large one to be rejected.
        match row.interval_high {
            Some(high) => assert!(
                null == Null::Labels && row.observed.unwrap() < high,
                "{row:?}"
            ),
            None => {
                assert_eq!(null, Null::CircularShift);
                let reason = row.interval_reason.as_deref();
                assert_eq!(reason, Some("no high effect is rejected"));
            }
        }
    }
}

/// What is refused, and what a report says.
#[test]
fn keys_and_reports() {
    let with = |interval: &str| {
        let keys = format!("window = [-1, 1]\ninterval = {interval}");
        edit(STUDY, &[("window = [-1, 1]", &keys)])
    };
    let run = |study: &str, args: &[&str]| {
        let folder = Folder::with(&[("study.toml", study)]);
        let all = [&["run", "study.toml", "--device", "cpu"], args].concat();
        folder.placebo(&all)
    };
    for (interval, args, parts) in [
        (
            "{ levels = 0.9 }",
            &[][..],
            ["interval.levels", "Did you mean `level`"],
        ),
        ("{ level = 95 }", &[], ["interval.level", "between 0 and 1"]),
        (
            "{ path = \"stp\" }",
            &[],
            ["interval.path", "\"step\", or a list"],
        ),
        (
            "{ path = [0, 1] }",
            &[],
            ["interval.path", "2 numbers for a window of 3 days"],
        ),
        (
            "{ path = [0, 0, 0] }",
            &[],
            ["interval.path", "zero on all days"],
        ),
        (
            "{ path = [0, 0.12345678901, 1] }",
            &[],
            ["interval.path", "nine decimals"],
        ),
        (
            "{ path = [0, 1e8, 3e8] }",
            &[],
            ["interval.path", "fixed-point range"],
        ),
        (
            "{ groups = [\"open\"] }",
            &[],
            ["interval.groups", "no row of the test has `open`"],
        ),
        (
            "{}",
            &["--convention", "symmetric"],
            ["interval", "symmetric"],
        ),
        (
            "{}",
            &["--range", "0..50", "--tally", "a"],
            ["--range", "leave the intervals out"],
        ),
    ] {
        let output = run(&with(interval), args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        for part in parts {
            assert!(error.contains(part), "`{part}` is not in {error}");
        }
    }
    let percent = edit(
        &with("{}"),
        &[("[data]", "[data]\ntransform = \"percent-change\"")],
    );
    let error = String::from_utf8(run(&percent, &[]).stderr).unwrap();
    assert!(error.contains("log-change"), "{error}");

    let study = edit(
        &with("{ level = 0.5 }"),
        &[(
            "\"mean-change\"",
            "[\"mean-change\", \"mean-absolute-change\"]",
        )],
    );
    let text = String::from_utf8(run(&study, &[]).stdout).unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Effects with 50 % confidence sets under uniform(full-window), window -1 to +1 days",
        "An effect adds to the series at each event, from the event's day on, for good.",
        "that the equal-tailed test does not reject",
        "No set (mean-absolute-change): an effect does not shift the size of a change",
    ] {
        assert!(words.contains(part), "`{part}` is not in {text}");
    }
    let json = run(&study, &["--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let row = &report["results"][0];
    assert_eq!(
        (&row["interval_level"], &row["interval_path"]),
        (&0.5.into(), &"step".into())
    );
    assert!(row["interval_low"].as_f64() < row["interval_high"].as_f64());
    let whole = run(
        &study,
        &["--range", "0..100", "--tally", "all", "--draws", "100"],
    );
    assert!(whole.status.success(), "{whole:?}");
}

/// Stopped on the way: no sets, and a note.
#[test]
fn an_interrupted_pass_leaves_sets_out() {
    let of = case("statistic = [\"mean-change\", \"median-change\"]");
    let study = Study::open("andrews-farboodi").unwrap();
    let text = format!(
        "[data]\nfiles = [\"walks.csv\"]\n[events]\nfile = \"events.csv\"\n\
         [[test]]\nmeasure = \"endpoints\"\nwindow = [-3, 4]\n{}\ninterval = {{}}\n[run]\nenumerate = 0\n",
        of.keys
    );
    let made_up: Study = toml::from_str(&text).unwrap();
    let events = common::events_on(&of.panel, &[(10, "all"), (20, "all"), (30, "all")]);
    let prepared = Prepared {
        compiled: compile(&made_up, &of.panel, &events, &[]).unwrap(),
        files: vec![],
        stopping: None,
        tail_fit: false,
    };
    // One pass counts p, two serve means, and the rest medians.
    for passes in [1.5, 2.5, 3.5] {
        let options = on_cpu(Some(1), Some(500));
        let counted = count(&prepared, 0..1000, 1000, &options, &mut |done, _| {
            (done as f64) < passes * 1000.0
        })
        .unwrap();
        assert!(!counted.complete);
        assert_eq!(counted.answers[0].intervals, None);
        let report = report(prepared.context(&study), counted, None, &|| false);
        assert_eq!(report.results.len(), 2);
        assert!(
            report
                .results
                .iter()
                .all(|row| row.interval_level.is_none())
        );
        let note = "interrupted: the intervals of [[test]] 1 are left out";
        assert!(
            report
                .manifest
                .head
                .notes
                .iter()
                .any(|had| had.starts_with(note))
        );
    }
}
