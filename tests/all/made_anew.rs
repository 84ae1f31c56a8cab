//! Nulls that make the series anew, `null = "block-bootstrap"` and `null = "wild"`: their draws against NumPy, the
//! same counts however they are cut, what they refuse and what they say.

use std::fmt::Write;

use placebo::campaign::power::{PowerOptions, SeriesLaw, power};
use placebo::engine::{Cpu, Engine, Schedule, count_family};
use placebo::null::Stretch;
use placebo::plan::Plan;
use placebo::question::events::{EventPlan, compile};
use placebo::report::ResultRow;
use placebo::run::{RunOptions, run};
use placebo::study::Study;

use crate::common;
use crate::common::named;
use crate::folder::{EVENTS, Folder, PRICES, STUDY, edit};

/// The events of the reference script.
const PLACED: [(usize, &str); 7] = [
    (12, "a"),
    (30, "b"),
    (33, "a"),
    (61, "b"),
    (62, "a"),
    (95, "b"),
    (101, "a"),
];
const STATISTICS: &str = "statistic = [\"mean-change\", \"mean-absolute-change\", \"median-change\", \
     \"median-absolute-change\", \"max-change\", \"trimmed-mean-change\", \"overlap-regression\", \
     \"overlap-regression-t\"]";

/// The plan of the reference script's panel and events under `keys`, a line each or parted by `; `.
fn plan(keys: &str) -> EventPlan {
    let panel = common::walks(121, 2);
    let events = common::events_on(&panel, &PLACED);
    let study: Study = toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[sample]\nfrom = {}\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nwindow = [-2, 3]\n{}\n[run]\nseed = 20240229\n",
        panel.dates[1],
        keys.replace("; ", "\n")
    ))
    .expect("a study");
    study.check().expect("one that makes sense");
    let compiled = compile(&study, &panel, &events, &[]);
    compiled.expect("it compiles").plans.remove(0)
}

/// `tests/reference/made_anew.py` with NumPy 2.4.6: the sampler from its specification, means, medians and the
/// like of the resampled and signed series, least squares and its Newey-West errors by matrices.
#[test]
fn draws_are_those_of_numpy() {
    let table = include_str!("../reference/made_anew.tsv");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    let mut compared = 0;
    for of_keys in rows.chunk_by(|a, b| a[0] == b[0]) {
        let keys = match of_keys[0][0] {
            "observed" => "null = \"wild\"",
            keys => keys,
        };
        let plan = plan(&format!("{STATISTICS}; {keys}"));
        // Residuals without effects, and the means of signed ones, are rounded to parts of a step.
        let error = match keys.contains("removed") || keys.contains("wild") {
            true => 1e-3,
            false => 1e-9,
        };
        for of_draw in of_keys.chunk_by(|a, b| a[1] == b[1]) {
            let index = of_draw[0][1].parse::<u64>().ok();
            let numerators = match index {
                Some(index) => plan.draw(index).numerators,
                None => plan.hypotheses.iter().map(|h| Some(h.observed)).collect(),
            };
            for (h, numerator) in named(&plan).iter().zip(numerators) {
                let is_its = |row: &&Vec<&str>| {
                    row[2] == h.key.statistic()
                        && row[3] == h.key.series()
                        && row[4] == h.key.group()
                };
                let row = of_draw.iter().find(is_its).expect("NumPy has it");
                let expected: f64 = row[5].parse().unwrap();
                let found = h.value(numerator.expect("a value"));
                assert!(
                    (found - expected).abs() <= error * expected.abs().max(1.0),
                    "{keys}, draw {index:?}, {}: {found}, not {expected}",
                    h.key
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, rows.len());
    assert!(compared > 1500, "{compared}");
}

fn counts(plan: &Plan, threads: usize, ranges: &[std::ops::Range<u64>]) -> placebo::engine::Tally {
    let mut cpu = Cpu::new(plan, Some(threads)).unwrap();
    let parts = ranges.iter().map(|range| cpu.run(range.clone()).unwrap());
    let merged = parts.reduce(|mut all, part| {
        all.merge(&part).unwrap();
        all
    });
    merged.unwrap()
}

/// One thread and three, whole and cut, by ranges in any order: the same tally and family.
#[test]
fn counts_do_not_depend_on_threads_chunks_or_ranges() {
    for keys in [
        "null = \"block-bootstrap\"",
        "null = \"block-bootstrap\"; effect = \"removed\"; convention = \"symmetric\"",
        "null = \"wild\"; cluster = \"month\"",
    ] {
        let plan = plan(&format!(
            "{STATISTICS}; {keys}; days = [0, 3]; family = {{}}"
        ));
        let once = counts(&plan, 1, std::slice::from_ref(&(0..1000)));
        assert_eq!(once.draws(), 1000);
        assert!(
            once == counts(&plan, 3, &[500..777, 0..1, 777..1000, 1..500]),
            "{keys}"
        );
        let tally = counts(&plan, 1, std::slice::from_ref(&(0..300)));
        let family = |threads, chunk| {
            let schedule = Schedule { chunk };
            let counts = count_family(&plan, &tally, 0..300, Some(threads), schedule, &mut |_| {
                true
            });
            counts.unwrap()
        };
        assert!(family(1, None).is_some());
        assert!(family(1, None) == family(2, Some(7)), "{keys}");
        // A replayed draw has the values that are counted for it.
        for (h, hypothesis) in plan.hypotheses.iter().enumerate() {
            let below = (0..20).filter(|&draw| {
                let numerator = plan.draw(draw).numerators[h];
                numerator.is_some_and(|numerator| numerator < hypothesis.observed)
            });
            let counted = counts(&plan, 1, std::slice::from_ref(&(0..20)));
            assert_eq!(
                below.count() as u64,
                counted.hypotheses[h].thresholds[0].0,
                "{keys}"
            );
        }
    }
}

/// A draw's rows follow each other, those of a block in their order around the series, and signs by cluster.
#[test]
fn stretches_are_whole_series() {
    let series = |plan: &EventPlan, draw| {
        let stretches = plan.draw(draw).stretches.expect("it makes the series anew");
        let rows = |s: &Stretch| {
            let negated = s.negated;
            (s.from..s.from + s.len).map(move |row| (row, negated))
        };
        stretches
            .iter()
            .flat_map(rows)
            .collect::<Vec<(u32, bool)>>()
    };
    let blocks = plan("statistic = \"mean-change\"; null = \"block-bootstrap\"; block = 7");
    for draw in 0..50 {
        let rows = series(&blocks, draw);
        assert_eq!(rows.len(), 120);
        for block in rows.chunks(7) {
            let follow = |pair: &[(u32, bool)]| pair[1].0 == (pair[0].0 + 1) % 120;
            assert!(block.windows(2).all(follow), "{block:?}");
            assert!(block.iter().all(|row| !row.1));
        }
    }
    let runs = plan("statistic = \"mean-change\"; null = \"wild\"; block = 50");
    let mut seen = std::collections::BTreeSet::new();
    for draw in 0..100 {
        let rows = series(&runs, draw);
        assert!(rows.iter().map(|row| row.0).eq(0..120));
        let signs = rows.chunks(50).map(|run| {
            assert!(run.iter().all(|row| row.1 == run[0].1));
            run[0].1
        });
        seen.insert(signs.collect::<Vec<bool>>());
    }
    assert_eq!(seen.len(), 8, "every way to sign three runs");
}

/// The expectation that the symmetric p is about is known without draws where it is said to be, and right: for
/// blocks of a circle the mean of all starts, for signs the mean of all signs.
#[test]
fn expectations_are_those_of_all_draws() {
    let symmetric = "statistic = [\"mean-change\", \"median-change\", \"overlap-regression\", \
                     \"overlap-regression-t\"]; convention = \"symmetric\"";
    let blocks = plan(&format!("{symmetric}; null = \"block-bootstrap\""));
    let wild = plan(&format!("{symmetric}; null = \"wild\""));
    for (plan, known) in [(&blocks, false), (&wild, true)] {
        let tally = counts(plan, 2, std::slice::from_ref(&(0..4000)));
        for (h, of) in named(plan).iter().enumerate() {
            let always = ["mean-change", "overlap-regression"].contains(&h_statistic(of.key));
            assert_eq!(of.centre.is_some(), known || always, "{}", of.key);
            let Some(centre) = of.centre else { continue };
            let (mean, variance) = {
                let counted = &tally.hypotheses[h];
                counted.sums.moments(counted.summed(), of.lattice.floor)
            };
            let error = (variance / 4000.0).sqrt();
            assert!(
                (mean - centre.value()).abs() < 4.5 * error,
                "{}: {mean} +- {error}, not {}",
                of.key,
                centre.value()
            );
        }
    }
}

fn h_statistic(key: &placebo::question::Key) -> &str {
    key.statistic()
}

/// Where no windows overlap, the mean change less the window's share of the level is proportional to the overlap
/// regression's effect, in every draw: two ways through the code, and the same counts.
#[test]
fn without_overlap_means_and_effects_are_one_test() {
    let panel = common::walks(121, 2);
    let placed = [12, 30, 61, 73, 95].map(|row| (row, "a"));
    let events = common::events_on(&panel, &placed);
    for keys in [
        "\"block-bootstrap\"",
        "\"block-bootstrap\"\nblock = 11",
        "\"wild\"",
        "\"wild\"\nblock = 4",
    ] {
        let study: Study = toml::from_str(&format!(
            "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[sample]\nfrom = {}\n[events]\nfile = \"events.csv\"\n\
             [[test]]\nwindow = [-2, 3]\nstatistic = [\"mean-change\", \"overlap-regression\"]\nnull = {keys}\n",
            panel.dates[1]
        ))
        .unwrap();
        let plan = compile(&study, &panel, &events, &[])
            .unwrap()
            .plans
            .remove(0);
        let tally = counts(&plan, 2, std::slice::from_ref(&(0..3000)));
        let of: Vec<_> = tally.hypotheses.iter().map(|h| h.thresholds[0]).collect();
        assert_eq!(of.len(), 4);
        assert_eq!(of[..2], of[2..], "{keys}");
        assert!(
            of.iter().all(|&(below, _)| (300..2700).contains(&below)),
            "{keys}: {of:?}"
        );
    }
}

/// On AR(0.5) series and event dates that have nothing to do with them the block bootstrap rejects about as often
/// as it says; signs by day, which pass the correlation over, far too often; uniform dates hold their level as
/// well.
#[test]
fn size_on_autocorrelated_series() {
    let mut prices = String::from("date,a\n");
    let panel = common::walks(400, 1);
    for (row, date) in panel.dates.iter().enumerate() {
        let _ = writeln!(prices, "{date},{:.2}", panel.series[0].values[row].unwrap());
    }
    let mut events = String::from("date\n");
    // Distances without a pattern.
    for row in [23, 58, 71, 112, 131, 176, 203, 214, 259, 291, 322, 367] {
        let _ = writeln!(events, "{}", panel.dates[row]);
    }
    let tests = ["block-bootstrap", "wild", "uniform"].map(|null| {
        format!(
            "[[test]]\nstatistic = [\"mean-change\", \"overlap-regression\"]\nwindow = [-3, 3]\nnull = \"{null}\"\n{}",
            if null == "block-bootstrap" { "block = 14\n" } else { "" }
        )
    });
    let study = format!(
        "[data]\nfiles = [\"prices.csv\"]\nunit = \"percent\"\n[events]\nfile = \"events.csv\"\n{}[run]\nseed = 3\n",
        tests.concat()
    );
    let folder = Folder::with(&[
        ("study.toml", &study),
        ("prices.csv", &prices),
        ("events.csv", &events),
    ]);
    let study = Study::open(folder.0.path().join("study.toml").to_str().unwrap()).unwrap();
    let options = |law| PowerOptions {
        effects: vec![0.0],
        sets: 400,
        draws: 199,
        levels: vec![0.1],
        law,
        group: None,
        threads: None,
    };
    let report = power(&study, &options(SeriesLaw::Ar { phi: 0.5 }), &mut |_, _| {
        true
    })
    .unwrap();
    let rate = |test: usize, statistic: &str| {
        let mut rows = report.results.iter();
        let row = rows.find(|row| row.test == test && row.statistic == statistic);
        row.unwrap().rate
    };
    // 1,000 other sets gave 0.121, 0.288 and 0.121 of effects, and 0.067 of means of uniform dates, which pass over
    // that the dates stand apart: three standard errors of 400 sets to either side.
    let near = |test, statistic, expected: f64| {
        let error = (expected * (1.0 - expected) / 400.0).sqrt();
        let rate = rate(test, statistic);
        assert!(
            (rate - expected).abs() < 3.0 * error,
            "{test}, {statistic}: {rate}"
        );
    };
    for (test, effect, mean) in [(1, 0.121, 0.121), (2, 0.288, 0.288), (3, 0.121, 0.067)] {
        near(test, "overlap-regression", effect);
        near(test, "mean-change", mean);
    }
    let own = power(&study, &options(SeriesLaw::Own), &mut |_, _| true);
    let own = own.unwrap_err().to_string();
    assert!(own.contains("`block-bootstrap` moves no event"), "{own}");
}

/// A study of the folder's own files under other keys.
fn rows(keys: &str) -> Vec<ResultRow> {
    let text = edit(
        STUDY,
        &[("measure = \"endpoints\"", keys), ("[-1, 1]", "[0, 1]")],
    );
    let folder = Folder::with(&[("study.toml", &text)]);
    let study = Study::open(folder.0.path().join("study.toml").to_str().unwrap()).unwrap();
    let options = RunOptions::default();
    run(&study, &options, &mut |_, _| true).unwrap().results
}

/// All nulls of one study have one observed value, also of logarithms and between the ends of a window.
#[test]
fn observed_values_are_those_of_other_designs() {
    for more in ["", "measure = \"endpoints\"\n"] {
        for transform in ["level-change", "log-change"] {
            let of = |null: &str| {
                let keys = format!("{more}null = \"{null}\"\n[data2]");
                let text = edit(
                    STUDY,
                    &[
                        ("measure = \"endpoints\"", keys.trim_end_matches("[data2]")),
                        (
                            "series = ",
                            &format!("transform = \"{transform}\"\nseries = "),
                        ),
                        (
                            "\"mean-change\"",
                            "[\"mean-change\", \"median-change\", \"max-change\"]",
                        ),
                    ],
                );
                let folder = Folder::with(&[("study.toml", &text)]);
                let path = folder.0.path().join("study.toml");
                let study = Study::open(path.to_str().unwrap()).unwrap();
                run(&study, &RunOptions::default(), &mut |_, _| true)
                    .unwrap()
                    .results
            };
            let uniform = of("uniform");
            for null in ["block-bootstrap", "wild"] {
                for (made, other) in of(null).iter().zip(&uniform) {
                    let [made, other] = [made, other].map(|row| row.observed.unwrap());
                    assert!((made - other).abs() < 1e-8, "{null}: {made}, not {other}");
                }
            }
        }
    }
}

/// Where the data have a hole, its change is no row of the series, and events count from their own rows.
#[test]
fn holes_are_no_changes() {
    let mut prices = String::from("date,a\n");
    let panel = common::walks(90, 1);
    for (row, date) in panel
        .dates
        .iter()
        .enumerate()
        .filter(|(row, _)| !(40..60).contains(row))
    {
        let _ = writeln!(prices, "{date},{:.2}", panel.series[0].values[row].unwrap());
    }
    let events = [10, 25, 70, 80]
        .map(|row| format!("{}\n", panel.dates[row]))
        .concat();
    let tests = ["uniform", "block-bootstrap", "wild"].map(|null| {
        let statistics =
            "[\"mean-change\", \"max-change\", \"overlap-regression\", \"overlap-regression-t\"]";
        format!("[[test]]\nstatistic = {statistics}\nwindow = [-2, 3]\nnull = \"{null}\"\n")
    });
    let study = format!(
        "[data]\nfiles = [\"prices.csv\"]\n[sample]\nfrom = {}\n[events]\nfile = \"events.csv\"\n{}[run]\ndraws = 200\n",
        panel.dates[1],
        tests.concat()
    );
    let events = format!("date\n{events}");
    let folder = Folder::with(&[
        ("study.toml", &study),
        ("prices.csv", &prices),
        ("events.csv", &events),
    ]);
    let study = Study::open(folder.0.path().join("study.toml").to_str().unwrap()).unwrap();
    let report = run(&study, &RunOptions::default(), &mut |_, _| true).unwrap();
    let of = |null: &str| {
        let rows = report
            .results
            .iter()
            .filter(|row| row.null().starts_with(null));
        let observed = rows.map(|row| row.observed.unwrap());
        observed.collect::<Vec<f64>>()
    };
    let uniform = of("uniform");
    for null in ["block-bootstrap", "wild"] {
        assert_eq!(of(null).len(), uniform.len());
        for (made, other) in of(null).iter().zip(&uniform) {
            assert!((made - other).abs() < 1e-9, "{null}: {made}, not {other}");
        }
    }
    // 69 changes on 70 rows, one of them after the hole.
    let blocks = &report.manifest.nulls[1].remade;
    assert!(
        blocks.as_ref().unwrap().contains("the 68 daily changes"),
        "{blocks:?}"
    );
}

#[test]
fn no_sentence_calls_it_exact() {
    for row in rows("null = \"block-bootstrap\"\nblock = 4")
        .iter()
        .chain(&rows("null = \"wild\""))
    {
        assert_eq!(row.p_exact, None);
        let reason = row.p_exact_reason.as_ref().unwrap();
        assert!(reason.contains("asymptotic"), "{reason}");
        assert_eq!((row.engine.as_str(), row.draws), ("monte-carlo", Some(100)));
        let (lower, upper) = (row.p_lower.unwrap(), row.p_upper.unwrap());
        let [below, equal, above] = [row.below, row.equal, row.above].map(Option::unwrap);
        assert_eq!(lower, (below + equal + 1) as f64 / 101.0);
        assert_eq!(upper, (above + equal + 1) as f64 / 101.0);
    }
    let two = "null = \"wild\"\nblock = 2\n[[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\n\
               null = \"block-bootstrap\"\neffect = \"removed\"\nblock = 3";
    let text = edit(STUDY, &[("measure = \"endpoints\"", two)]);
    let folder = Folder::with(&[("study.toml", &text)]);
    for args in [
        &["run", "study.toml"][..],
        &["run", "study.toml", "--details"],
        &["check", "study.toml"],
    ] {
        let output = folder.placebo(args);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "wild(block 2)",
            "block-bootstrap(block 3, effect removed)",
            "p is asymptotic",
            "the toss of a coin for each run of 2 days",
            "in circular blocks of 3 rows",
            "have no serial correlation",
        ] {
            assert!(words.contains(part), "`{part}` is not in:\n{text}");
        }
        for never in [
            "possible sets",
            "observed set is",
            "one of them",
            "exact test",
            "exactly",
        ] {
            assert!(!words.contains(never), "`{never}` is in:\n{text}");
        }
    }
    let output = folder.placebo(&["draw", "study.toml", "--index", "3", "--format", "json"]);
    let draw: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for test in 0..2 {
        let series = draw["tests"][test]["series"].as_array().unwrap();
        let rows: u64 = series.iter().map(|of| of["rows"].as_u64().unwrap()).sum();
        // Ten levels have nine changes.
        assert_eq!((rows, &series[0]["first"]), (9, &"2024-01-02".into()));
        assert_eq!(series.last().unwrap()["last"], "2024-01-10");
    }
    let output = folder.placebo(&["draw", "study.toml", "--index", "3"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Made from"), "{text}");
}

/// The quick look knows them, ranges merge, and a checkpoint goes on.
#[test]
fn flags_ranges_and_checkpoints() {
    let folder = Folder::with(&[(
        "study.toml",
        &edit(
            STUDY,
            &[("measure = \"endpoints\"", "null = \"block-bootstrap\"")],
        ),
    )]);
    let results = |args: &[&str]| -> serde_json::Value {
        let output = folder.placebo(&[args, &["--format", "json", "--quiet"]].concat());
        assert!(output.status.success(), "{output:?}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["results"].clone()
    };
    let whole = results(&["run", "study.toml"]);
    for (range, file) in [("60..100", "b.json"), ("0..60", "a.json")] {
        let args = [
            "run",
            "study.toml",
            "--range",
            range,
            "--tally",
            file,
            "--quiet",
        ];
        let output = folder.placebo(&args);
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(results(&["merge", "b.json", "a.json"]), whole);
    assert_eq!(
        results(&["run", "study.toml", "--checkpoint", "kept"]),
        whole
    );
    assert_eq!(
        results(&["run", "study.toml", "--checkpoint", "kept"]),
        whole
    );
    for null in ["block-bootstrap", "wild"] {
        let args = [
            "run",
            "--data",
            "prices.csv",
            "--series",
            "oil",
            "--events",
            "events.csv",
            "--window",
            "0..1",
            "--null",
            null,
        ];
        let rows = results(&args);
        let name = rows[0]["null"].as_str().unwrap();
        assert!(name.starts_with(null), "{name}");
    }
    // Stopping rules and tail-fits count the same draws.
    let stopped = results(&["run", "study.toml", "--stop-at", "5"]);
    assert!(stopped[0]["stopping"].is_string(), "{stopped}");
}

fn refused(edits: &[(&str, &str)], parts: &[&str]) {
    let folder = Folder::with(&[
        ("study.toml", &edit(STUDY, edits)),
        ("prices.csv", PRICES),
        ("events.csv", EVENTS),
    ]);
    let output = folder.placebo(&["run", "study.toml", "--device", "cpu"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

#[test]
fn mistakes_are_told() {
    let test = |keys: &str, parts: &[&str]| refused(&[("measure = \"endpoints\"", keys)], parts);
    test(
        "null = \"block-bootstrap\"\nblock = 2",
        &[
            "key test.block",
            "blocks of 2 rows are shorter than the window [-1, 1] of 3 days",
        ],
    );
    test(
        "null = \"block-bootstrap\"\nblock = 10",
        &[
            "block",
            "blocks of 10 rows are longer than the series of 9 daily changes",
        ],
    );
    test(
        "null = \"wild\"\nblock = 10",
        &["longer than the series of 9 daily changes"],
    );
    test(
        "null = \"wild\"\nblock = 0",
        &["key test.block", "a block of 0 rows"],
    );
    test(
        "null = \"wild\"\nblock = \"automatic\"",
        &[
            "key test.block",
            "a whole number of at least 1, or \"auto\"",
        ],
    );
    test(
        "null = \"wild\"\neffect = \"kept\"",
        &["key test.effect", "`wild` resamples no changes"],
    );
    test(
        "null = \"uniform\"\nblock = 3",
        &["`uniform` resamples no blocks of days"],
    );
    test(
        "null = \"block-bootstrap\"\nefect = \"kept\"",
        &["unknown key `efect`", "`effect`"],
    );
    test(
        "null = \"block-bootstrap\"\neffect = \"gone\"",
        &["unknown value `gone`", "removed"],
    );
    test(
        "null = \"block-bootstap\"",
        &["unknown value `block-bootstap`", "`block-bootstrap`"],
    );
    test(
        "null = \"block-bootstrap\"\npool = \"all\"",
        &[
            "key test.pool",
            "resamples about events with whole windows alone",
        ],
    );
    test(
        "null = \"block-bootstrap\"\nwithin = \"year\"",
        &["knows no strata"],
    );
    test(
        "null = \"wild\"\ncluster = \"month\"\nblock = 2",
        &["`block` and `cluster` both say which days get one sign"],
    );
    test(
        "null = \"wild\"\ncluster = \"weekday\"",
        &["weekdays come back in every week"],
    );
    test(
        "null = \"wild\"\ncluster = { column = \"kind\" }",
        &["a column parts events"],
    );
    test(
        "null = \"wild\"\ninterval = {}",
        &["key test.interval", "each effect would leave other changes"],
    );
    refused(
        &[
            ("window = [-1, 1]", "null = \"wild\"\nwindow = [-1, 1]"),
            ("series = ", "transform = \"percent-change\"\nseries = "),
        ],
        &["a percent change between the ends of a window is no sum of them"],
    );
    refused(
        &[
            ("measure = \"endpoints\"", "null = \"block-bootstrap\""),
            ("[-1, 1]", "[-4, 1]"),
        ],
        &["the event has no full window [-4, 1] in the sample"],
    );
    refused(
        &[
            (
                "measure = \"endpoints\"",
                "null = \"block-bootstrap\"\neffect = \"removed\"",
            ),
            ("[-1, 1]", "[0, 0]"),
        ],
        &[
            "effect",
            "taken out by the overlap regression",
            "windows of 2 days and more",
        ],
    );
}

/// What a device cannot draw the CPU draws, and says so.
#[test]
fn a_device_leaves_it_to_the_cpu() {
    let text = edit(
        STUDY,
        &[("measure = \"endpoints\"", "null = \"block-bootstrap\"")],
    );
    let folder = Folder::with(&[("study.toml", &text)]);
    let output = folder.placebo(&["run", "study.toml", "--device", "gpu", "--format", "json"]);
    assert!(output.status.success(), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let notes = report["manifest"]["notes"].to_string();
    assert!(
        notes.contains("makes the series anew") || notes.contains("make the series anew"),
        "{notes}"
    );
    assert!(notes.contains("the CPU took over"), "{notes}");
    assert_eq!(report["manifest"]["device"]["kind"], "cpu");
}

/// The data's own block length, and never less than the window.
#[test]
fn the_automatic_block_is_no_shorter_than_the_window() {
    let plan_of = |keys: &str| plan(&format!("statistic = \"mean-change\"; {keys}"));
    let auto = plan_of("null = \"block-bootstrap\"");
    assert_eq!(auto.words.null, "block-bootstrap(block 6)");
    let named = plan_of("null = \"block-bootstrap\"; block = \"auto\"");
    assert_eq!(
        (&named.words.null, &named.plan),
        (&auto.words.null, &auto.plan)
    );
    let mut panel = common::walks(400, 1);
    // A random walk of changes asks for long blocks.
    let mut level = 0.0;
    for value in &mut panel.series[0].values {
        level += value.unwrap() - 4.0;
        *value = Some((level * 100.0).round() / 100.0);
    }
    let events = common::events_on(&panel, &[(50, "a"), (200, "a"), (300, "a")]);
    let plan = common::compiled(
        &panel,
        &events,
        "statistic = \"mean-change\"\nnull = \"block-bootstrap\"",
    );
    let block = plan.words.null.trim_matches(|c: char| !c.is_ascii_digit());
    assert!(block.parse::<u32>().unwrap() > 21, "{}", plan.words.null);
}
