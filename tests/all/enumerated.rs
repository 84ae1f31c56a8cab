//! Statistics of small studies against their definition, set by set, and on both engines.

use crate::common;
use placebo::engine::{Adapter, Cpu, Engine, Gpu};
use placebo::load::{Events, Panel};
use placebo::question::events::{EventPlan, compile};
use placebo::report::ResultRow;
use placebo::run::{Prepared, RunOptions, count, report};
use placebo::study::Study;

pub const CONVENTIONS: [&str; 4] = ["equal-tailed", "symmetric", "lower", "upper"];
pub const DESIGNS: [&str; 3] = ["uniform", "labels", "signs"];

/// A statistic: the keys of its test, and what it is of some scores as a whole fraction, whose denominator
/// hangs on their number alone.
pub struct Defined {
    pub keys: String,
    pub value: fn(&[i64]) -> (i64, i64),
}

/// Changes with ties, and events of two groups on some of their days.
const CHANGES: [i64; 10] = [3, -1, 4, -1, -5, 9, -2, 6, 4, 3];
const EVENTS: [(usize, &str); 6] = [(1, "a"), (2, "b"), (4, "a"), (5, "a"), (7, "b"), (9, "a")];
const GROUPS: [usize; 2] = [4, 2];

/// The values of `a`, `b`, all and `a - b`, over denominators that are the same for every set.
fn values(of: &Defined, a: &[i64], b: &[i64]) -> [i64; 4] {
    let value = of.value;
    let ((p, q), (r, s)) = (value(a), value(b));
    [p, r, value(&[a, b].concat()).0, p * s - r * q]
}

/// All ways to take `k` of some things, with what is left.
fn choices(of: &[i64], k: usize) -> Vec<(Vec<i64>, Vec<i64>)> {
    let of_bits = |bits: &u32| bits.count_ones() as usize == k;
    let split = |bits: u32| {
        let taken = |at: &usize| bits >> at & 1 == 1;
        let side = |is_taken: bool| {
            (0..of.len())
                .filter(move |at| taken(at) == is_taken)
                .map(|at| of[at])
        };
        (side(true).collect(), side(false).collect())
    };
    (0..1 << of.len()).filter(of_bits).map(split).collect()
}

/// The values of every admissible set of a design, the same set counted once.
fn sets(of: &Defined, design: &str) -> Vec<[i64; 4]> {
    let events: Vec<i64> = EVENTS.iter().map(|&(day, _)| CHANGES[day]).collect();
    match design {
        "uniform" => choices(&CHANGES, GROUPS[0])
            .into_iter()
            .flat_map(|(a, rest)| {
                let others = choices(&rest, GROUPS[1]).into_iter();
                others.map(move |(b, _)| values(of, &a, &b))
            })
            .collect(),
        "labels" => choices(&events, GROUPS[0])
            .into_iter()
            .map(|(a, b)| values(of, &a, &b))
            .collect(),
        "signs" => (0..1 << events.len())
            .map(|bits: u32| {
                let signed = |group: &str| -> Vec<i64> {
                    let of_group = (0..EVENTS.len()).filter(|&at| EVENTS[at].1 == group);
                    let sign = |at: usize| if bits >> at & 1 == 1 { -1 } else { 1 };
                    of_group.map(|at| sign(at) * events[at]).collect()
                };
                values(of, &signed("a"), &signed("b"))
            })
            .collect(),
        _ => unreachable!("no such design"),
    }
}

fn panel(changes: &[i64]) -> Panel {
    let mut panel = common::walks(changes.len(), 1);
    panel.series[0].values = changes.iter().map(|&change| Some(change as f64)).collect();
    panel
}

fn study(keys: &str, enumerate: u64) -> Study {
    toml::from_str(&format!(
        "[data]\nfiles = [\"changes.csv\"]\ntransform = \"none\"\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\ngroups = [\"a\", \"b\"]\n\
         [[test]]\nwindow = [0, 0]\n{keys}\n[run]\ndraws = 3000\nenumerate = {enumerate}\n"
    ))
    .expect("the study of a test is well-formed")
}

fn rows(study: &Study, panel: &Panel, events: &Events, device: &str) -> Vec<ResultRow> {
    let prepared = Prepared {
        compiled: compile(study, panel, events, &[]).expect("it compiles"),
        files: vec![],
        stopping: None,
        tail_fit: false,
    };
    let options = RunOptions {
        device: device.parse().expect("a device"),
        ..RunOptions::default()
    };
    let draws = study.run.draws;
    let counted = count(&prepared, 0..draws, draws, &options, &mut |_, _| true);
    let report = report(
        prepared.context(study),
        counted.expect("it runs"),
        None,
        &|| false,
    );
    assert_eq!(report.manifest.head.notes, [""; 0], "the device took it");
    report.results
}

/// The p of a convention, straight from its definition; `values` holds the observed one.
fn defined_p(convention: &str, values: &[i64], observed: i64) -> f64 {
    let n = values.len() as i64;
    let share = |counts: &dyn Fn(i64) -> bool| {
        values.iter().filter(|&&value| counts(value)).count() as f64 / n as f64
    };
    let (lower, upper) = (share(&|v| v <= observed), share(&|v| v >= observed));
    let sum: i64 = values.iter().sum();
    match convention {
        "lower" => lower,
        "upper" => upper,
        "equal-tailed" => (2.0 * lower.min(upper)).min(1.0),
        _ => share(&|v| (n * v - sum).abs() >= (n * observed - sum).abs()),
    }
}

/// Every row of an enumeration, under every design and convention: its counts and its p are those of the
/// definition, and both engines count the same, of draws too.
pub fn every_set_counts_as_defined(of: &Defined) {
    let panel = panel(&CHANGES);
    let events = common::events_on(&panel, &EVENTS);
    let mut compared = 0;
    for design in DESIGNS {
        let sets = sets(of, design);
        for convention in CONVENTIONS {
            let keys = format!(
                "{}\nnull = \"{design}\"\nconvention = \"{convention}\"",
                of.keys
            );
            let all = study(&keys, 100_000);
            let enumerated = rows(&all, &panel, &events, "cpu");
            assert_eq!(enumerated.len(), 4, "{keys}");
            for (row, label) in enumerated.iter().zip(["a", "b", "all", "a - b"]) {
                assert_eq!(row.group(), label);
                let at = ["a", "b", "all", "a - b"]
                    .iter()
                    .position(|of| *of == label);
                let of_row: Vec<i64> = sets.iter().map(|set| set[at.unwrap()]).collect();
                let group = |name: &str| -> Vec<i64> {
                    let of_group = EVENTS.iter().filter(|event| event.1 == name);
                    of_group.map(|&(day, _)| CHANGES[day]).collect()
                };
                let observed = values(of, &group("a"), &group("b"))[at.unwrap()];
                let number = |counts: &dyn Fn(i64) -> bool| {
                    of_row.iter().filter(|&&value| counts(value)).count() as u64
                };
                let context = format!("{keys}\n{row:#?}");
                assert_eq!(row.below, Some(number(&|v| v < observed)), "{context}");
                assert_eq!(row.equal, Some(number(&|v| v == observed)), "{context}");
                assert_eq!(row.above, Some(number(&|v| v > observed)), "{context}");
                if row.p_reason.is_none() {
                    let p = defined_p(convention, &of_row, observed);
                    assert!((row.p.unwrap() - p).abs() < 1e-12, "{p}, {context}");
                    compared += 1;
                }
            }
            assert_eq!(rows(&all, &panel, &events, "gpu"), enumerated, "{keys}");
            let drawn = study(&keys, 0);
            let on_cpu = rows(&drawn, &panel, &events, "cpu");
            assert_eq!(rows(&drawn, &panel, &events, "gpu"), on_cpu, "{keys}");
        }
    }
    assert!(compared >= 40, "{compared}");
}

/// The rows of the small study with its changes multiplied by `factor`.
pub fn small_rows(keys: &str, enumerate: u64, factor: i64) -> Vec<ResultRow> {
    let changes = CHANGES.map(|change| factor * change);
    let panel = panel(&changes);
    let events = common::events_on(&panel, &EVENTS);
    rows(&study(keys, enumerate), &panel, &events, "cpu")
}

/// Larger studies, the same integers on both engines: several columns, groups of odd and even numbers, and
/// numbers of events that vary where `varies` says that the statistic has them.
pub fn engines_agree(keys: &str, varies: bool) {
    let mut plans = vec![
        common::plan(300, 6, &[16, 31], keys),
        common::plan(
            120,
            3,
            &[3, 1, 6],
            &format!("{keys}\npool = \"all\"\ndays = [-1, 0, 10]"),
        ),
        common::plan(31, 2, &[16, 15], keys),
        common::plan(
            200,
            2,
            &[5, 8],
            &format!("{keys}\nnull = \"signs\"\nconvention = \"symmetric\""),
        ),
        common::plan(
            260,
            2,
            &[5, 9],
            &format!("{keys}\nnull = \"circular-shift\""),
        ),
        common::plan(5000, 2, &[9, 30], keys),
    ];
    if varies {
        plans.push(same_days(keys));
    }
    // Sums of such scores take two words.
    let mut panel = common::walks(320, 2);
    for series in &mut panel.series {
        for value in series.values.iter_mut().flatten() {
            *value *= 1e7;
        }
    }
    let events = common::events(&panel, &[25, 36], 10, 310);
    plans.push(common::compiled(&panel, &events, keys));
    let adapter = Adapter::all()
        .expect("adapters")
        .into_iter()
        .min_by_key(Adapter::kind);
    let adapter = adapter
        .expect("no Vulkan, Metal or DX12 driver: install one (Debian: mesa-vulkan-drivers)");
    for (number, plan) in plans.iter().enumerate() {
        let draws = plan.draws(9000);
        let reference = Cpu::new(plan, Some(1)).unwrap().run(0..draws).unwrap();
        let found = Gpu::new(plan, &adapter).unwrap().run(0..draws).unwrap();
        assert!(found == reference, "plan {number}");
        let parts = Cpu::new(plan, Some(2)).unwrap().run(0..draws).unwrap();
        assert!(parts == reference, "plan {number}, two threads");
    }
}

/// Groups of as many days as observed, so that their numbers of events vary.
fn same_days(keys: &str) -> EventPlan {
    let panel = common::walks(120, 2);
    let rows = [12, 17, 17, 23, 30, 34, 41, 41, 41, 55, 56, 57, 68, 68, 80];
    let label = |at: usize| if rows[at] % 2 == 0 { "b" } else { "a" };
    let placed: Vec<(usize, &str)> = (0..rows.len()).map(|at| (rows[at], label(at))).collect();
    let events = common::events_on(&panel, &placed);
    let plan = common::compiled(
        &panel,
        &events,
        &format!("{keys}\nnull = \"labels\"\nsame_day = \"together\""),
    );
    assert!(
        plan.design
            .segments()
            .iter()
            .any(|segment| segment.varies())
    );
    plan
}
