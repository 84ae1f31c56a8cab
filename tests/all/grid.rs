//! `placebo grid`: specification curves against independent computations and against tests of their own.

use crate::folder;
use std::collections::BTreeMap;

use placebo::campaign::grid::grid;
use placebo::engine::DeviceChoice;
use placebo::report::{GridReport, GridRow};
use placebo::run::RunOptions;
use placebo::study::Study;

use crate::folder::{Folder, STUDY, edit};

fn run(study: &Study, threads: usize) -> GridReport {
    let options = RunOptions {
        device: DeviceChoice::Cpu,
        threads: Some(threads),
        chunk: None,
    };
    grid(study, &options, &mut |_, _| true).unwrap()
}

/// The bundled study's grid: every median of the left-out sets and of the residualised changes is that of
/// `tests/reference/grid.py`, and p-values of other specifications are those of the published tests.
#[test]
fn the_bundled_grid() {
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = 2_000;
    let report = run(&study, 2);
    let mut found: BTreeMap<(String, String, String), f64> = BTreeMap::new();
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for row in report
        .results
        .iter()
        .filter(|row| row.statistic == "median-change")
    {
        let choice = match row.dimension.starts_with("leave out ") {
            true => row.choice.clone(),
            false => String::new(),
        };
        if row.series == "10 Yr" {
            *of.entry(&row.dimension).or_default() += 1;
        }
        found.insert(
            (row.dimension.clone(), row.series.clone(), choice),
            row.observed.unwrap(),
        );
    }
    assert_eq!(
        [of["leave out 1"], of["leave out 2"], of["leave out 3"]],
        [15, 105, 455]
    );
    assert_eq!(
        (of["pool"], of["window"], of["subsample"], of["leave out"]),
        (2, 4, 2, 7)
    );
    let mut met = 0;
    for line in include_str!("../reference/grid.tsv").lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let key = (
            cells[0].to_owned(),
            cells[1].to_owned(),
            cells[2].to_owned(),
        );
        let expected: f64 = cells[3].parse().unwrap();
        // Residual levels are rounded to 1e-4 basis points.
        assert!(
            (found[&key] - expected).abs() < 3e-4,
            "{line}: {}",
            found[&key]
        );
        met += 1;
    }
    assert_eq!(met, 575 + 6);
    // Published: the median change over +-15 and +-5 days, and the mean change.
    let exact = |dimension: &str, choice: &str| {
        let row = |row: &&GridRow| {
            row.series == "10 Yr" && row.dimension == dimension && row.choice == choice
        };
        report.results.iter().find(row).unwrap().p_exact.unwrap()
    };
    assert_eq!(format!("{:.4}", exact("own", "")), "0.1492");
    assert_eq!(format!("{:.4}", exact("window", "-5..5")), "0.1211");
    assert_eq!(
        format!("{:.5}", exact("statistic", "mean-change")),
        "0.03127"
    );
    assert_eq!(
        format!("{:.4}", exact("statistic", "median-absolute-change")),
        "0.9457"
    );
    // The same integers on one thread.
    assert_eq!(run(&study, 1).curves, report.curves);
    assert!(report.curves.iter().all(|curve| curve.draws == 2_000));
}

/// A joint test by brute force: the specifications of a small study, every placebo set through each.
#[test]
fn a_joint_test_by_hand() {
    let text = edit(
        STUDY,
        &[
            (
                "statistic = \"mean-change\"",
                "statistic = \"median-change\"",
            ),
            (
                "[run]",
                "[grid]\nleave_out = [1]\nstatistics = [\"mean-change\"]\n\n[run]",
            ),
        ],
    );
    let folder = Folder::with(&[("study.toml", &text)]);
    let output = folder.placebo(&["grid", "study.toml", "--draws", "500", "--format", "json"]);
    assert!(output.status.success(), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let curve = &report["curves"][0];
    assert_eq!(curve["specifications"], 4);
    let dates: Vec<serde_json::Value> = (0..500)
        .map(|index| {
            let index = index.to_string();
            let args = ["draw", "study.toml", "--index", &index, "--format", "json"];
            let draw = folder.placebo(&args);
            serde_json::from_slice(&draw.stdout).unwrap()
        })
        .collect();
    // The change about each date, in tenths: the file's prices.
    let prices = [100, 105, 101, 110, 112, 109, 107, 104, 106, 111];
    let change = |date: &str| {
        let day: usize = date[8..].parse().unwrap();
        prices[day] - prices[day - 2]
    };
    // Twice: own median, mean, without the first, without the second.
    let values = |a: i32, b: i32| [a + b, a + b, 2 * b, 2 * a].map(f64::from);
    let mut rows: Vec<[f64; 4]> = dates
        .iter()
        .map(|draw| {
            let picked = draw["tests"][0]["groups"][0]["dates"].as_array().unwrap();
            let at = |i: usize| change(picked[i].as_str().unwrap());
            values(at(0), at(1))
        })
        .collect();
    let events: Vec<&str> = folder::EVENTS
        .lines()
        .skip(1)
        .map(|line| &line[..10])
        .collect();
    let observed = values(change(events[0]), change(events[1]));
    rows.push(observed);
    let n = rows.len() as f64;
    let z = |row: &[f64; 4]| -> [f64; 4] {
        std::array::from_fn(|v| {
            let mean = rows.iter().map(|row| row[v]).sum::<f64>() / n;
            let variance = rows.iter().map(|row| row[v].powi(2)).sum::<f64>() / n - mean * mean;
            (row[v] - mean) / variance.sqrt()
        })
    };
    let summary = |row: &[f64; 4]| {
        let mut z = z(row);
        z.sort_unstable_by(f64::total_cmp);
        (
            (z[1] + z[2]) / 2.0,
            z.iter().fold(0.0f64, |most, z| most.max(z.abs())),
        )
    };
    let (median, largest) = summary(&observed);
    let all: Vec<(f64, f64)> = rows.iter().map(summary).collect();
    let near = 1e-9;
    let lower = all.iter().filter(|s| s.0 <= median + near).count() as f64 / n;
    let upper = all.iter().filter(|s| s.0 >= median - near).count() as f64 / n;
    let far = all.iter().filter(|s| s.1 >= largest - near).count() as f64 / n;
    let number = |key: &str| curve[key].as_f64().unwrap();
    assert!((number("median_z") - median).abs() < 1e-9);
    assert!((number("largest_z") - largest).abs() < 1e-9);
    assert!((number("p_median") - (2.0 * lower.min(upper)).min(1.0)).abs() < 1e-12);
    assert!((number("p_largest") - far).abs() < 1e-12);
}

/// Output of a grid as JSON.
fn json(folder: &Folder, args: &[&str]) -> serde_json::Value {
    let args = [&["grid", "study.toml", "--format", "json"], args].concat();
    let output = folder.placebo(&args);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A year of prices that takes every value mod 7, on each of its first `days` weekdays' stand-ins.
fn days(year: &str, days: usize, sign: i32) -> String {
    let months = (1..=12).flat_map(|month| (1..=28).map(move |day| (month, day)));
    let rows = months.take(days).enumerate().map(|(i, (month, day))| {
        let step = (i * i * 31 + i * 17) % 23;
        format!("{year}-{month:02}-{day:02},{}\n", sign * step as i32)
    });
    rows.collect()
}

/// Negating the data changes signs alone: the median of an even number of specifications is the mean of
/// the middle two.
#[test]
fn a_grid_of_negated_data() {
    let study = edit(
        STUDY,
        &[
            ("window = [-1, 1]", "window = [-5, 5]"),
            ("[run]", "[grid]\nwindows = [[-1, 1]]\n\n[run]"),
        ],
    );
    let events = "date\n2020-01-24\n2020-02-18\n2020-02-20\n2020-02-27\n2020-03-02\n2020-03-13\n";
    let curve = |sign: i32| {
        let prices = format!("date,oil\n{}", days("2020", 90, sign));
        let files = [
            ("study.toml", study.as_str()),
            ("prices.csv", prices.as_str()),
            ("events.csv", events),
        ];
        let report = json(&Folder::with(&files), &["--draws", "4000"]);
        let own = report["results"][0]["observed"].as_f64().unwrap();
        (report["curves"][0].clone(), own)
    };
    let ((one, observed), (other, negated)) = (curve(1), curve(-1));
    assert_eq!(observed, -negated);
    assert_eq!(one["specifications"], 2);
    for key in ["p_median", "p_largest", "largest_z", "draws"] {
        assert_eq!(one[key], other[key], "{key}");
    }
    let median = |curve: &serde_json::Value| curve["median_z"].as_f64().unwrap();
    assert_eq!(median(&one), -median(&other));
}

/// A specification that cannot be tested has a line and rows with its reason; the others stand.
#[test]
fn specifications_that_cannot_be_tested() {
    let study = |grid: &str| edit(STUDY, &[("[run]", &format!("[grid]\n{grid}\n\n[run]"))]);
    let prices = format!("date,oil\n{}{}", days("2022", 150, 1), days("2023", 150, 1));
    let events = "date\n2022-01-11\n2022-02-21\n2022-03-14\n2022-04-04\n";
    for (grid, dimension, choice, reason) in [
        (
            "subsamples = [\"year\"]",
            "subsample",
            "2023",
            "no event has a whole window [-1, 1]",
        ),
        (
            "leave_out_by = [\"year\"]",
            "leave out",
            "year: 2022",
            "no event is left",
        ),
        (
            "windows = [[-200, 200]]",
            "window",
            "-200..200",
            "whole window [-200, 200]",
        ),
        (
            "windows = [[2, 2]]",
            "window",
            "2..2",
            "between its ends the change over the window [2, 2] is zero",
        ),
    ] {
        let files = [
            ("study.toml", study(grid)),
            ("prices.csv", prices.clone()),
            ("events.csv", events.to_owned()),
        ];
        let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let folder = Folder::with(&files);
        let report = json(&folder, &["--draws", "200"]);
        let rows = report["results"].as_array().unwrap();
        let own = &rows[0];
        assert_eq!(
            (&own["dimension"], &own["events"]),
            (&"own".into(), &4.into())
        );
        assert!(own["p"].is_number() && own["p_reason"].is_null());
        let out = rows
            .iter()
            .find(|row| row["dimension"] == dimension && row["choice"] == choice);
        let out = out.unwrap();
        assert!(out["observed"].is_null() && out["p"].is_null() && out["p_exact"].is_null());
        assert!(out["p_reason"].as_str().unwrap().contains(reason), "{out}");
        assert_eq!(out["joint"], false);
        let lines = report["manifest"]["left_out"].as_array().unwrap();
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0]
                .as_str()
                .unwrap()
                .starts_with(&format!("[[test]] 1, {dimension} {choice}: "))
        );
        let table = folder.placebo(&["grid", "study.toml", "--draws", "200"]);
        let table = String::from_utf8(table.stdout).unwrap();
        let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            table.contains("Specifications left out") && table.contains(reason),
            "{table}"
        );
    }
}

/// A row counts the events of its own groups, and leaving out an event of another group is no
/// specification of it, in the rows as in the joint test; a regression rests on all events.
#[test]
fn rows_of_groups_count_their_own_events() {
    let study = edit(
        STUDY,
        &[
            (
                "file = \"events.csv\"",
                "file = \"events.csv\"\ngroup = \"kind\"",
            ),
            (
                "[run]",
                "[grid]\nleave_out = [1]\nstatistics = [\"median-change\"]\n\n[run]",
            ),
        ],
    );
    let prices = format!("date,oil\n{}", days("2022", 150, 1));
    let events =
        "date,kind\n2022-01-11,a\n2022-02-21,b\n2022-03-14,a\n2022-04-04,a\n2022-04-14,b\n";
    let files = [
        ("study.toml", study.as_str()),
        ("prices.csv", prices.as_str()),
        ("events.csv", events),
    ];
    let folder = Folder::with(&files);
    let report = json(&folder, &["--draws", "200"]);
    let rows = report["results"].as_array().unwrap();
    for (group, own, left_out) in [("a", 3, 3), ("b", 2, 2), ("all", 5, 5), ("a - b", 5, 5)] {
        let of = |dimension: &str| -> Vec<&serde_json::Value> {
            let of = rows.iter().filter(|row| row["group"] == group);
            of.filter(|row| row["dimension"] == dimension).collect()
        };
        assert_eq!(of("own")[0]["events"], own, "{group}");
        let without = of("leave out 1");
        assert_eq!(without.len(), left_out, "{group}");
        assert!(
            without.iter().all(|row| row["events"] == own - 1),
            "{group}"
        );
        let curves = report["curves"].as_array().unwrap();
        let curve = curves.iter().find(|curve| curve["group"] == group).unwrap();
        // Its own, the other statistic, and those without an event.
        assert_eq!(curve["specifications"], 2 + left_out, "{group}");
    }
    let text = edit(
        &study,
        &[
            ("\"mean-change\"", "\"overlap-regression\""),
            ("measure = \"endpoints\"\n", ""),
        ],
    );
    let text = edit(
        &text,
        &[("[events]", "[sample]\nfrom = 2022-01-02\n\n[events]")],
    );
    let folder = Folder::with(&[("study.toml", &text), files[1], files[2]]);
    let report = json(&folder, &["--draws", "50"]);
    let rows = report["results"].as_array().unwrap();
    let effects = rows
        .iter()
        .filter(|row| row["dimension"] == "leave out 1" && row["group"] == "a");
    let effects: Vec<_> = effects.collect();
    assert_eq!(effects.len(), 5);
    assert!(effects.iter().all(|row| row["events"] == 4));
}

#[test]
fn grids_that_cannot_be() {
    let refused = |grid: &str, parts: &[&str]| {
        let text = edit(STUDY, &[("[run]", &format!("[grid]\n{grid}\n\n[run]"))]);
        let folder = Folder::with(&[("study.toml", &text)]);
        let output = folder.placebo(&["grid", "study.toml"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        for part in parts {
            assert!(error.contains(part), "`{part}` is not in {error}");
        }
    };
    refused("tests = [2]", &["grid.tests", "no [[test]] number 2"]);
    refused(
        "statistics = [\"mean-chnge\"]",
        &["grid.statistics", "mean-change"],
    );
    refused("leaveout = [1]", &["leaveout", "leave_out"]);
    refused("controls = [{ series = [] }]", &["grid.controls", "empty"]);
    refused(
        "controls = [{ series = [\"gas\"], lags = 4 }]",
        &["[grid] controls", "coefficients"],
    );
}
