//! `placebo grid`: specification curves against independent computations and against tests of their own.

use std::collections::BTreeMap;

use placebo::engine::DeviceChoice;
use placebo::grid::grid;
use placebo::report::{GridReport, GridRow};
use placebo::run::RunOptions;
use placebo::study::Study;

mod folder;

use folder::{Folder, STUDY, edit};

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
            row.observed,
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
    for line in include_str!("reference/grid.tsv").lines().skip(1) {
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
        (z[2], z.iter().fold(0.0f64, |most, z| most.max(z.abs())))
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
    refused("windows = [[-9, 9]]", &["[grid], window -9..9"]);
    refused("controls = [{ series = [] }]", &["grid.controls", "empty"]);
    refused(
        "controls = [{ series = [\"gas\"], lags = 4 }]",
        &["[grid] controls", "coefficients"],
    );
}
