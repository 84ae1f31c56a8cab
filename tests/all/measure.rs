//! What a window is: sums of daily changes and changes between ends, against sums by hand, under every
//! transform, at the sample's ends, and in every form of the output.

use crate::common;
use crate::common::named;
use std::collections::HashSet;

use crate::folder::{Folder, STUDY, edit};
use jiff::ToSpan;
use placebo::load::{Events, Panel};
use placebo::question::events::{Compiled, EventPlan, compile};
use placebo::study::Study;
use serde_json::Value;

const TRANSFORMS: [&str; 4] = ["level-change", "log-change", "percent-change", "none"];

/// A study over the panel `walks.csv`, its sample from row `from` on.
fn study(panel: &Panel, transform: &str, from: Option<usize>, test: &str) -> Study {
    let sample = from.map_or(String::new(), |row| {
        format!("[sample]\nfrom = {}\n", panel.dates[row])
    });
    let text = format!(
        "[data]\nfiles = [\"walks.csv\"]\ntransform = \"{transform}\"\n{sample}\
         [events]\nfile = \"events.csv\"\n[[test]]\n{test}\n[run]\nseed = 5\nenumerate = 0\n"
    );
    let study: Study = toml::from_str(&text).unwrap();
    study
        .check()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    study
}

fn compiled(panel: &Panel, events: &Events, study: &Study) -> Compiled {
    compile(study, panel, events, &[]).unwrap()
}

fn plan_of(panel: &Panel, events: &Events, study: &Study) -> EventPlan {
    compiled(panel, events, study).plans.remove(0)
}

/// A change by hand, day by day: over days `a` to `b` of row `row`, of the rows from `from` on.
fn by_hand(
    y: &[f64],
    transform: &str,
    measure: &str,
    from: usize,
    row: usize,
    [a, b]: [i32; 2],
) -> f64 {
    let at = |day: i32| row as i32 + day;
    if measure == "endpoints" {
        let cut = |row: i32| row.clamp(from as i32, y.len() as i32 - 1) as usize;
        let (first, last) = (y[cut(at(a))], y[cut(at(b))]);
        return match transform {
            "level-change" => last - first,
            "log-change" => last.ln() - first.ln(),
            _ => 100.0 * (last / first - 1.0),
        };
    }
    let days = (at(a)..=at(b)).filter_map(|t| usize::try_from(t).ok());
    days.filter(|t| (from..y.len()).contains(t))
        .map(|t| match (transform, t.checked_sub(1)) {
            ("none", _) => y[t],
            // The data's first row has no change.
            (_, None) => 0.0,
            ("level-change", Some(before)) => y[t] - y[before],
            ("log-change", Some(before)) => y[t].ln() - y[before].ln(),
            (_, Some(before)) => 100.0 * (y[t] / y[before] - 1.0),
        })
        .sum()
}

fn summary(statistic: &str, mut changes: Vec<f64>) -> f64 {
    if statistic.contains("absolute") {
        changes.iter_mut().for_each(|change| *change = change.abs());
    }
    if statistic.starts_with("mean") {
        return changes.iter().sum::<f64>() / changes.len() as f64;
    }
    changes.sort_unstable_by(f64::total_cmp);
    let middle = changes.len() / 2;
    match changes.len() % 2 {
        1 => changes[middle],
        _ => (changes[middle - 1] + changes[middle]) / 2.0,
    }
}

/// Observed values and those of draws are the summaries of changes by hand, and the eligible rows those
/// whose window holds nothing unknown.
#[test]
fn changes_are_those_by_hand() {
    let panel = common::walks(60, 2);
    let events = common::events_on(&panel, &[(9, "all"), (20, "all"), (21, "all"), (47, "all")]);
    let four = "statistic = [\"mean-change\", \"median-change\", \"mean-absolute-change\", \
                \"median-absolute-change\"]\n";
    let mut compared = 0;
    for transform in TRANSFORMS {
        for (measure, days, starts) in [
            ("cumulative", "[-4, 0, 5]", "[-2, 0, 5]"),
            ("endpoints", "[-3, 0, 5]", "[-2, 0]"),
        ] {
            if (transform, measure) == ("none", "endpoints") {
                continue;
            }
            for (from, pool) in [
                (None, "full-window"),
                (None, "all"),
                (Some(3), "full-window"),
                (Some(3), "all"),
            ] {
                let keys = format!(
                    "{four}window = [-4, 5]\nmeasure = \"{measure}\"\ndays = {days}\n\
                     starts = {starts}\npool = \"{pool}\""
                );
                let plan = plan_of(&panel, &events, &study(&panel, transform, from, &keys));
                let first = from.unwrap_or(0);
                // A sum from row 0 on lacks that row's change, but where the series holds changes.
                let known = match (measure, transform, from) {
                    ("cumulative", "level-change" | "log-change" | "percent-change", None) => 1,
                    _ => first,
                };
                let row_of = |position: u32| {
                    let date = plan.words.dates[position as usize];
                    panel.dates.binary_search(&date).unwrap()
                };
                let eligible: Vec<usize> =
                    (0..plan.design.positions() as u32).map(row_of).collect();
                let whole: Vec<usize> = match pool {
                    "all" => (first..60).collect(),
                    _ => (known + 4..55).collect(),
                };
                assert_eq!(eligible, whole, "{transform} {measure} {from:?} {pool}");
                let drawn = (0..20).map(|index| {
                    let draw = plan.draw(index);
                    let values = draw.numerators.iter().map(|n| n.unwrap()).collect();
                    (draw.groups[0].clone(), values)
                });
                let observed = plan.hypotheses.iter().map(|h| h.observed).collect();
                let sets: Vec<(Vec<u32>, Vec<i64>)> =
                    std::iter::once((plan.observed.clone(), observed))
                        .chain(drawn)
                        .collect();
                for (picks, values) in &sets {
                    for (h, &value) in named(&plan).iter().zip(values) {
                        let (name, start) = match h.key.statistic().split_once("(from ") {
                            Some((name, start)) => {
                                (name, start.trim_end_matches(')').parse().unwrap())
                            }
                            None => (h.key.statistic(), -4),
                        };
                        let s = panel.series.iter().position(|s| s.name == h.key.series());
                        let y: Vec<f64> = panel.series[s.unwrap()]
                            .values
                            .iter()
                            .flatten()
                            .copied()
                            .collect();
                        let days = [start, h.key.relative_day()];
                        let changes = picks
                            .iter()
                            .map(|&p| by_hand(&y, transform, measure, first, row_of(p), days))
                            .collect();
                        let expected = summary(name, changes);
                        let found = h.value(value);
                        assert!(
                            (found - expected).abs() < 1e-6,
                            "{transform} {measure} {from:?} {pool} {name} {days:?}: {found}, not {expected}"
                        );
                        compared += 1;
                    }
                }
                // Three days from the first, and from each start those that the measure reaches.
                let (of_days, of_starts) = match measure {
                    "cumulative" => (3, 2 + 2 + 1),
                    _ => (3, 2 + 1),
                };
                assert_eq!(plan.hypotheses.len(), 2 * 4 * (of_days + of_starts));
            }
        }
    }
    assert!(compared > 20_000, "{compared}");
}

/// `[0, 0]` is the daily change of the event's day; the first date of the data has one only where the
/// series holds changes.
#[test]
fn a_window_of_one_day() {
    let panel = common::walks(30, 1);
    let y: Vec<f64> = panel.series[0].values.iter().flatten().copied().collect();
    let events = common::events_on(&panel, &[(1, "all"), (12, "all"), (29, "all")]);
    for transform in TRANSFORMS {
        let study = study(
            &panel,
            transform,
            None,
            "statistic = \"mean-change\"\nwindow = [0, 0]",
        );
        let plan = plan_of(&panel, &events, &study);
        let first = usize::from(transform != "none");
        assert_eq!(plan.design.positions(), 30 - first);
        assert_eq!(plan.words.dates[0], panel.dates[first]);
        let of = |row| by_hand(&y, transform, "cumulative", 0, row, [0, 0]);
        let expected = (of(1) + of(12) + of(29)) / 3.0;
        let h = &plan.hypotheses[0];
        assert!((h.value(h.observed) - expected).abs() < 1e-7, "{transform}");
        let why = &plan.words.ineligible;
        assert_eq!(
            why.contains("2020-01-01 has no daily change, as there is no value before it"),
            first == 1,
            "{why}"
        );
        // An event on that date has no whole window.
        let early = common::events_on(&panel, &[(0, "all"), (12, "all")]);
        assert_eq!(compile(&study, &panel, &early, &[]).is_err(), first == 1);
    }
}

/// A study on changes is the study on the levels that they cumulate to: the same rows, eligible dates
/// and draws, whatever the window and the pool.
#[test]
fn changes_and_their_levels_give_one_answer() {
    let changes = common::walks(50, 2);
    let mut levels = changes.clone();
    levels.dates.insert(0, changes.dates[0] - 1.day());
    for series in &mut levels.series {
        let mut level = 100.0;
        let cumulated = series.values.iter().map(|change| {
            level = f64::round(100.0 * (level + change.unwrap())) / 100.0;
            Some(level)
        });
        series.values = std::iter::once(Some(100.0)).chain(cumulated).collect();
    }
    let events = common::events_on(&changes, &[(7, "all"), (15, "all"), (40, "all")]);
    for window in ["[-3, 2]", "[0, 0]", "[2, 6]", "[-5, -2]"] {
        for keys in [
            "",
            "pool = \"all\"",
            "null = \"signs\"",
            "null = \"circular-shift\"",
        ] {
            let test = format!(
                "statistic = [\"mean-change\", \"median-absolute-change\"]\nwindow = {window}\n{keys}"
            );
            let test = match keys {
                "null = \"signs\"" => test.replace(", \"median-absolute-change\"", ""),
                _ => test,
            };
            // The levels' sample begins with the first change.
            let of_changes = plan_of(&changes, &events, &study(&changes, "none", None, &test));
            let of_levels = plan_of(
                &levels,
                &events,
                &study(&levels, "level-change", Some(1), &test),
            );
            assert_eq!(of_changes.words.dates, of_levels.words.dates, "{test}");
            assert_eq!(of_changes.words.ineligible, of_levels.words.ineligible);
            for (a, b) in of_changes.hypotheses.iter().zip(&of_levels.hypotheses) {
                assert_eq!(a.value(a.observed), b.value(b.observed), "{test}");
            }
            for index in 0..30 {
                let values = |plan: &EventPlan| -> Vec<f64> {
                    let draw = plan.draw(index % plan.draws(30));
                    let numerators = plan.hypotheses.iter().zip(draw.numerators);
                    numerators.map(|(h, n)| h.value(n.unwrap())).collect()
                };
                assert_eq!(values(&of_changes), values(&of_levels), "{test}");
            }
        }
    }
}

fn output(folder: &Folder, args: &[&str]) -> String {
    let output = folder.placebo(args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(folder: &Folder, args: &[&str]) -> Value {
    serde_json::from_str(&output(folder, &[args, &["--format", "json"]].concat())).unwrap()
}

fn rules(report: &Value) -> String {
    report["manifest"]["rules"].to_string()
}

/// Two tests that differ in the convention alone: rows, tables and families of their own.
#[test]
fn the_convention_names_a_row() {
    let test = "window = [-1, 1]\nmeasure = \"endpoints\"\n";
    let head = "\n[[test]]\nstatistic = \"mean-change\"\n";
    let both = format!("{test}family = {{}}\n{head}{test}convention = \"upper\"\nfamily = {{}}\n");
    let study = edit(STUDY, &[(test, &both)]);
    let folder = Folder::with(&[("study.toml", &study)]);
    let run = ["run", "study.toml", "--device", "cpu"];
    let report = json(&folder, &run);
    let rows = report["results"].as_array().unwrap();
    let p = |row: usize| rows[row]["p"].as_f64().unwrap();
    let tail = |row: usize, key: &str| rows[row][key].as_f64().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["convention"], "equal-tailed");
    assert_eq!(rows[1]["convention"], "upper");
    assert_eq!(
        p(0),
        f64::min(1.0, 2.0 * tail(0, "p_lower").min(tail(0, "p_upper")))
    );
    assert_eq!(p(1), tail(1, "p_upper"));
    let of = |list: &str, key: &str| -> Vec<Value> {
        let list = report["manifest"][list].as_array().unwrap().iter();
        list.map(|entry| entry[key].clone()).collect()
    };
    assert_eq!(of("nulls", "convention"), ["equal-tailed", "upper"]);
    assert_eq!(
        of("families", "p_sup"),
        [rows[0]["p_maxt"].clone(), rows[1]["p_maxt"].clone()]
    );
    let table = output(&folder, &[&run[..], &["--details"]].concat());
    assert!(
        table.contains("p: equal-tailed,") && table.contains("p: upper,"),
        "{table}"
    );
    assert_eq!(table.matches("Sup test: p = ").count(), 2);
}

/// Two tests that differ in the measure alone: rows, tables and families of their own.
#[test]
fn the_measure_names_a_row() {
    let both = "window = [-1, 1]\ndays = [0, 1]\nfamily = {}\nmeasure = \"cumulative\"\n[[test]]\n\
                statistic = \"mean-change\"\nwindow = [-1, 1]\ndays = [0, 1]\nfamily = {}\n\
                measure = \"endpoints\"\n";
    let study = edit(
        STUDY,
        &[("window = [-1, 1]\nmeasure = \"endpoints\"\n", both)],
    );
    let folder = Folder::with(&[("study.toml", &study)]);
    let run = ["run", "study.toml", "--device", "cpu"];
    let report = json(&folder, &run);
    let rows = report["results"].as_array().unwrap();
    let keys: HashSet<String> = rows
        .iter()
        .map(|row| {
            [
                "series",
                "group",
                "statistic",
                "null",
                "measure",
                "convention",
                "window",
                "relative_day",
            ]
            .map(|key| row[key].to_string())
            .join("|")
        })
        .collect();
    assert_eq!((rows.len(), keys.len()), (4, 4));
    // Prices 10.0, 10.5, 10.1, 11.0, 11.2, 10.9, 10.7, ..; events on rows 2 and 5.
    let value = |measure: &str, day: i64| {
        let of = |row: &&Value| row["measure"] == measure && row["relative_day"] == day;
        rows.iter().find(of).unwrap()["observed"].as_f64().unwrap()
    };
    for (measure, day, expected) in [
        ("cumulative", 0, (10.1 - 10.0 + 10.9 - 11.0) / 2.0),
        ("cumulative", 1, (11.0 - 10.0 + 10.7 - 11.0) / 2.0),
        ("endpoints", 0, (10.1 - 10.5 + 10.9 - 11.2) / 2.0),
        ("endpoints", 1, (11.0 - 10.5 + 10.7 - 11.2) / 2.0),
    ] {
        let found = value(measure, day);
        assert!((found - expected).abs() < 1e-12, "{measure} {day}: {found}");
    }
    let nulls = report["manifest"]["nulls"].as_array().unwrap();
    assert_eq!(nulls[0]["eligible_dates"], 7);
    assert_eq!(nulls[1]["eligible_dates"], 8);
    let families = report["manifest"]["families"].as_array().unwrap();
    assert_eq!(families.len(), 2);
    assert_eq!(families[1]["measure"], "endpoints");

    let table = output(&folder, &run);
    for part in [
        "mean-change: mean over events of the sum of the daily changes of days -1 to the day\n",
        "mean-change: mean over events of y(the day) - y(-1)\n",
        "of the 7 eligible dates",
        "of the 8 eligible dates",
    ] {
        assert!(table.contains(part), "`{part}` is not in:\n{table}");
    }
    // Two tables and two families, each with its two rows.
    assert_eq!(table.matches("Family of 2 rows").count(), 2);
    let csv = output(&folder, &[&run[..], &["--format", "csv"]].concat());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|h| h == "measure");
    let column: Vec<String> = reader
        .records()
        .map(|line| line.unwrap()[at.unwrap()].to_owned())
        .collect();
    assert_eq!(
        column,
        ["cumulative", "cumulative", "endpoints", "endpoints"]
    );
}

/// Each form of the output says what its numbers are.
#[test]
fn tables_state_their_formula() {
    let folder = Folder::with(&[]);
    let flat = |args: &[&str]| {
        let text = output(&folder, args);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let quick = [
        "run",
        "--data",
        "prices.csv",
        "--events",
        "events.csv",
        "--series",
        "oil",
        "--device",
        "cpu",
    ];
    for (flags, formula) in [
        (
            &["--window=-1..1"][..],
            "median-change: median over events of the sum of the daily changes of days -1 to 1",
        ),
        (
            &["--window=0..0", "--statistic", "mean-absolute-change"],
            "mean-absolute-change: mean over events of |daily change of day 0|",
        ),
        (
            &["--window=-1..1", "--transform", "log-change"],
            "of the sum of the daily log changes of days -1 to 1",
        ),
        (
            &["--window=-1..1", "--transform", "percent-change"],
            "of the sum of the daily percent changes of days -1 to 1",
        ),
        (
            &["--window=-1..1", "--measure", "endpoints"],
            "mean over events of y(1) - y(-1)",
        ),
        (
            &[
                "--window=-1..1",
                "--measure",
                "endpoints",
                "--transform",
                "log-change",
            ],
            "mean over events of ln y(1) - ln y(-1)",
        ),
        (
            &[
                "--window=-1..1",
                "--measure",
                "endpoints",
                "--transform",
                "percent-change",
            ],
            "mean over events of 100 (y(1)/y(-1) - 1)",
        ),
    ] {
        let text = flat(&[&quick[..], flags, &["--details"]].concat());
        assert!(text.contains(formula), "`{formula}` is not in {text}");
    }
    let formula = "mean-change: mean over events of y(1) - y(-1)";
    for args in [
        &["check", "study.toml"][..],
        &["draw", "study.toml", "--index", "0"],
        &[
            "power",
            "study.toml",
            "--effect",
            "0",
            "--sets",
            "2",
            "--draws",
            "9",
        ],
    ] {
        let text = flat(args);
        assert!(text.contains(formula), "{text}");
    }
    let text = flat(&["grid", "study.toml", "--draws", "20"]);
    assert!(text.contains("Window A..B: y(B) - y(A)."), "{text}");
}

/// A grid's rows have a measure; the regression beside changes between ends has its own.
#[test]
fn a_grid_of_measures() {
    let grid = "[grid]\nwindows = [[-1, 2]]\nstatistics = [\"overlap-regression\"]\n[run]";
    let study = edit(STUDY, &[("[run]", grid)]);
    let folder = Folder::with(&[("study.toml", &study)]);
    let measures = |study: &str| -> Vec<(String, Value)> {
        std::fs::write(folder.0.path().join("study.toml"), study).unwrap();
        let report = json(&folder, &["grid", "study.toml", "--draws", "50"]);
        let rows = report["results"].as_array().unwrap().clone();
        let name = |row: &Value| format!("{} {}", row["dimension"], row["choice"]).replace('"', "");
        rows.iter()
            .map(|row| (name(row), row["measure"].clone()))
            .collect()
    };
    let found = measures(&study);
    let of = |name: &str| {
        let found = found.iter().find(|(had, _)| had.trim() == name);
        found.map(|(_, measure)| measure.clone())
    };
    assert_eq!(of("own"), Some("endpoints".into()));
    assert_eq!(of("window -1..2"), Some("endpoints".into()));
    assert_eq!(
        of("statistic overlap-regression"),
        Some("cumulative".into())
    );
    let sums = study.replace("measure = \"endpoints\"\n", "");
    let sums = measures(&sums.replace("[[-1, 2]]", "[[-1, 2], [0, 0]]"));
    assert!(sums.iter().all(|(_, measure)| measure == "cumulative"));
    assert!(sums.iter().any(|(name, _)| name == "window 0..0"));
}

/// A step on the event's day is all of a sum that begins there, and no part of a change from its end.
#[test]
fn power_agrees_with_the_measure() {
    let rates = |measure: &str| -> f64 {
        let prices: String = (1..=28)
            .map(|day| format!("2024-02-{day:02},{}.{}\n", 10 + day % 2, day % 7))
            .collect();
        let study = edit(
            STUDY,
            &[
                ("window = [-1, 1]", "window = [0, 1]"),
                ("endpoints", measure),
                (
                    "[events]\nfile = \"events.csv\"",
                    "[events]\nfile = \"e.csv\"",
                ),
            ],
        );
        let events: String = (1..=4).map(|e| format!("2024-02-{:02}\n", 6 * e)).collect();
        let folder = Folder::with(&[
            ("study.toml", &study),
            ("prices.csv", &format!("date,oil\n{prices}")),
            ("e.csv", &format!("date\n{events}")),
        ]);
        let args = [
            "power",
            "study.toml",
            "--effect",
            "50",
            "--sets",
            "60",
            "--draws",
            "199",
        ];
        let report = json(&folder, &[&args[..], &["--level", "0.05"]].concat());
        report["results"][0]["rate"].as_f64().unwrap()
    };
    assert_eq!(rates("cumulative"), 1.0);
    assert!(rates("endpoints") < 0.25);
}

const RETURNS: &str = include_str!("../data/returns.csv");
const CLOSES: &str = include_str!("../data/closes.csv");
const DATES: [&str; 7] = [
    "2023-01-30",
    "2023-02-16",
    "2023-03-07",
    "2023-03-24",
    "2023-04-12",
    "2023-05-01",
    "2023-05-18",
];

fn dates_csv() -> String {
    format!("date\n{}\n", DATES.join("\n"))
}

/// `[0, 0]` of values as they are is the value of the event's day, on every date of the file.
#[test]
fn the_return_of_the_events_day() {
    let events = dates_csv();
    let folder = Folder::with(&[("returns.csv", RETURNS), ("e.csv", &events)]);
    let found = json(
        &folder,
        &[
            "run",
            "--data",
            "returns.csv",
            "--events",
            "e.csv",
            "--window=0..0",
            "--transform",
            "none",
            "--draws",
            "500",
            "--statistic",
            "mean-change",
        ],
    );
    let of = |date: &str| -> f64 {
        let line = RETURNS
            .lines()
            .find_map(|line| line.strip_prefix(date)?.strip_prefix(','));
        line.unwrap().parse().unwrap()
    };
    let expected = DATES.iter().map(|date| of(date)).sum::<f64>() / 7.0;
    let row = &found["results"][0];
    assert!((row["observed"].as_f64().unwrap() - expected).abs() < 1e-12);
    assert_eq!(row["measure"], "cumulative");
    assert_eq!(found["manifest"]["nulls"][0]["eligible_dates"], 120);
}

/// A file of values that look like changes is read as one, and said to be.
#[test]
fn changes_are_known_by_their_looks() {
    let events = dates_csv();
    // The changes of the prices, in hundredths.
    let lines: Vec<(&str, i64)> = CLOSES
        .lines()
        .skip(1)
        .map(|line| {
            let (date, price) = line.split_once(',').unwrap();
            let price: f64 = price.parse().unwrap();
            (date, (100.0 * price).round() as i64)
        })
        .collect();
    let returns: String = lines
        .windows(2)
        .map(|pair| format!("{},{}\n", pair[1].0, (pair[1].1 - pair[0].1) as f64 / 100.0))
        .collect();
    let returns = format!("date,ret\n{returns}");
    let folder = Folder::with(&[("returns.csv", &returns), ("e.csv", &events)]);
    let quick = [
        "run",
        "--data",
        "returns.csv",
        "--events",
        "e.csv",
        "--window=-2..2",
        "--draws",
        "500",
    ];
    let stated = json(&folder, &[&quick[..], &["--transform", "none"]].concat());
    let found = json(&folder, &quick);
    assert_eq!(stated["results"], found["results"]);
    let text = rules(&found);
    assert!(
        text.contains("transform none: `ret` look like changes already"),
        "{text}"
    );
    assert!(!rules(&stated).contains("look like changes"));

    let init = output(&folder, &["init", "returns.csv", "--events", "e.csv"]);
    assert!(
        init.contains("\n# `ret` look like changes already"),
        "{init}"
    );
    assert!(init.contains("\ntransform = \"none\"\n"), "{init}");
    assert!(!init.contains("endpoints"), "{init}");
}

/// A quick look with the regression begins on the first row with a change, as a study that says so.
#[test]
fn the_regression_begins_where_changes_do() {
    let events = dates_csv();
    let study = "[data]\nfiles = [\"closes.csv\"]\n[sample]\nfrom = 2023-01-03\n\
                 [events]\nfile = \"e.csv\"\n[[test]]\nstatistic = \"overlap-regression\"\n\
                 window = [-2, 2]\n[run]\ndraws = 300\n";
    let open = study.replace("[sample]\nfrom = 2023-01-03\n", "");
    let folder = Folder::with(&[
        ("closes.csv", CLOSES),
        ("e.csv", &events),
        ("closes.toml", study),
        ("open.toml", &open),
    ]);
    let quick = [
        "run",
        "--data",
        "closes.csv",
        "--events",
        "e.csv",
        "--statistic",
        "overlap-regression",
        "--window=-2..2",
        "--transform",
        "level-change",
        "--draws",
        "300",
    ];
    let stated = json(&folder, &["run", "closes.toml"]);
    assert!(!rules(&stated).contains("the sample begins"));
    for args in [&quick[..], &["run", "open.toml"]] {
        let report = json(&folder, args);
        let rules = rules(&report);
        assert!(
            rules.contains("the sample begins on 2023-01-03, the first date on which every series has a daily change"),
            "{rules}"
        );
        let (found, expected) = (&report["results"][0], &stated["results"][0]);
        for key in ["observed", "p", "se_hac", "below", "above", "measure"] {
            assert_eq!(found[key], expected[key], "{key}");
        }
        assert_eq!(
            report["manifest"]["nulls"][0]["sample"]["from"],
            "2023-01-03"
        );
    }
    // A beginning that is stated is kept.
    let early = study.replace("01-03", "01-02");
    std::fs::write(folder.0.path().join("early.toml"), early).unwrap();
    let refused = folder.placebo(&["run", "early.toml"]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("[sample] from = 2023-01-03"), "{message}");
}

/// What the quick look and `init` propose for prices that double, and that a stated unit or transform
/// keeps its own.
#[test]
fn prices_that_double_are_taken_in_logs() {
    let prices: String = (1..=28)
        .map(|day| format!("2024-02-{day:02},{}\n", 100 + 5 * day + day * day % 7))
        .collect();
    let files = [
        ("p.csv", format!("date,price\n{prices}")),
        ("e.csv", "date\n2024-02-10\n2024-02-19\n".to_owned()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let folder = Folder::with(&files);
    let run = |more: &[&str]| {
        let quick = [
            "run",
            "--data",
            "p.csv",
            "--events",
            "e.csv",
            "--window=-1..1",
        ];
        json(&folder, &[&quick[..], more].concat())
    };
    let report = run(&[]);
    assert_eq!(report["results"][0]["unit"], "log");
    let text = rules(&report);
    assert!(
        text.contains("transform log-change: all values are positive, and the largest of `price` is up to about 2.3 times its least; --transform level-change otherwise"),
        "{text}"
    );
    for (more, unit) in [
        (["--transform", "level-change"], "units"),
        (["--unit", "USD"], "USD"),
    ] {
        let report = run(&more);
        assert_eq!(report["results"][0]["unit"], unit);
        assert!(!rules(&report).contains("times its least"));
    }
    let init = output(&folder, &["init", "p.csv", "--events", "e.csv"]);
    for part in [
        "# all values are positive, and the largest of `price` is up to about 2.3 times its least.\n",
        "transform = \"log-change\"\n",
        "# The sum of the daily changes of days -",
        "# measure = \"endpoints\"\n",
    ] {
        assert!(init.contains(part), "`{part}` is not in:\n{init}");
    }
}

/// News of a weekend meets Monday's market, in a study and in a quick look; each move is a rule.
#[test]
fn weekend_news_meets_mondays_market() {
    // Monday 2024-01-01 to Friday 2024-01-26.
    let days = (1..=26).filter(|day| (day - 1) % 7 < 5);
    let prices: String = days
        .enumerate()
        .map(|(i, day)| format!("2024-01-{day:02},{}\n", 50 + (i * i + 2 * i) % 11))
        .collect();
    let prices = format!("date,oil\n{prices}");
    let study = edit(STUDY, &[("measure = \"endpoints\"\n", "")]);
    let answer = |events: &str, args: &[&str]| {
        let folder = Folder::with(&[
            ("study.toml", &study),
            ("prices.csv", &prices),
            ("events.csv", events),
        ]);
        json(&folder, args)
    };
    let quick = [
        "run",
        "--data",
        "prices.csv",
        "--events",
        "events.csv",
        "--window=-1..1",
        "--draws",
        "50",
    ];
    let (weekend, monday) = ("date\n2024-01-13\n", "date\n2024-01-15\n");
    for args in [&["run", "study.toml"][..], &quick] {
        let (moved, there) = (answer(weekend, args), answer(monday, args));
        assert_eq!(moved["results"], there["results"]);
        let text = rules(&moved);
        assert!(
            text.contains("moved forward: events.csv, line 2 (2024-01-13) to 2024-01-15"),
            "{text}"
        );
    }
}

/// What is refused, with its reason.
#[test]
fn refusals() {
    let folder = Folder::with(&[]);
    let quick = ["run", "--data", "prices.csv", "--events", "events.csv"];
    for (flags, parts) in [
        (
            &[
                "--window=-1..1",
                "--measure",
                "endpoints",
                "--statistic",
                "overlap-regression",
            ][..],
            ["sums the effects of single days", "Leave `measure` out"],
        ),
        (
            &[
                "--window=-1..1",
                "--measure",
                "endpoints",
                "--transform",
                "none",
            ],
            ["the series hold changes", "Leave `measure` out"],
        ),
        (
            &["--window=0..0", "--measure", "endpoints"],
            ["is zero for every event", "measure = \"cumulative\""],
        ),
        (
            &["--window=-1..1", "--measure", "end"],
            ["--measure", "cumulative"],
        ),
        (
            &["--window=2..1"],
            ["is after its last day 1", "earlier day first"],
        ),
    ] {
        let output = folder.placebo(&[&quick[..], flags].concat());
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).unwrap();
        for part in parts {
            assert!(message.contains(part), "`{part}` is not in {message}");
        }
    }
}
