//! Every column of every row, the same on the CPU and on a GPU.

use crate::common;
use placebo::engine::DeviceChoice;
use placebo::load::{Events, Panel};
use placebo::question::events::compile;
use placebo::report::DEVICE_FLOATS;
use placebo::run::{Prepared, RunOptions, count, report};
use placebo::study::Study;
use serde_json::Value;

/// Every null design, and its variants that pick differently.
const DESIGNS: &[&str] = &[
    "null = \"uniform\"",
    "null = \"uniform\"\npool = \"all\"",
    "null = \"uniform\"\nwithin = \"quarter\"",
    "null = \"spaced\"\nmin_gap = 3",
    "null = \"gap-shuffle\"",
    "null = \"gap-shuffle\"\nends = \"free\"",
    "null = \"labels\"",
    "null = \"labels\"\nwithin = \"quarter\"",
    "null = \"labels\"\nsame_day = \"together\"",
    "null = \"circular-shift\"",
    "null = \"circular-shift\"\npool = \"all\"",
    "null = \"circular-shift\"\npool = \"all\"\nedge = \"cut\"",
    "null = \"signs\"",
];

const CONVENTIONS: &[&str] = &["equal-tailed", "symmetric", "lower", "upper"];

const SUMS: &str =
    "[\"mean-change\", \"median-change\", \"mean-absolute-change\", \"median-absolute-change\"]";
const REGRESSIONS: &str =
    "[\"overlap-regression\", \"overlap-regression-daily\", \"overlap-regression-t\"]";

/// Rows of a study on one device, and what made them.
fn rows(study: &Study, prepared: &Prepared, device: DeviceChoice) -> (Vec<Value>, String) {
    let options = RunOptions {
        device,
        ..RunOptions::default()
    };
    let draws = study.run.draws;
    let counted = count(prepared, 0..draws, draws, &options, &mut |_, _| true).expect("it runs");
    let device = counted.device.kind.clone();
    let report = report(prepared.context(study), counted, None, &|| false);
    assert_eq!(report.manifest.head.notes, [""; 0]);
    let rows = report.results.iter();
    let rows = rows.map(|row| serde_json::to_value(row).expect("a row becomes JSON"));
    (rows.collect(), device)
}

/// Runs a study on both devices; how many rows it has, and how many draws of them have no value.
fn compare(study: &Study, prepared: &Prepared, name: &str) -> (usize, u64) {
    let (cpu, on_cpu) = rows(study, prepared, DeviceChoice::Cpu);
    let (gpu, on_gpu) = rows(study, prepared, DeviceChoice::Gpu);
    assert_eq!(on_cpu, "cpu");
    assert_ne!(on_gpu, "cpu", "{name}: no draw was made on a GPU");
    assert_eq!(cpu.len(), gpu.len());
    let mut singular = 0;
    for (one, other) in cpu.iter().zip(&gpu) {
        let is_effect = one["statistic"]
            .as_str()
            .unwrap()
            .starts_with("overlap-regression");
        for (column, value) in one.as_object().unwrap() {
            let found = &other[column];
            let is_float = is_effect && DEVICE_FLOATS.contains(&column.as_str());
            if is_float && value.is_array() {
                assert!(found.is_array(), "{name}, {column}");
                continue;
            }
            match (is_float, value.as_f64()) {
                // Of some hundred draws, each to 7 digits.
                (true, Some(value)) => {
                    let spread = one["null_sd"].as_f64().unwrap_or(1.0).abs();
                    let bin = one["bin_width"].as_f64().unwrap_or(0.0);
                    let found = found.as_f64().expect("both have it or none");
                    assert!(
                        (found - value).abs() <= 1e-3 * spread + 1.001 * bin,
                        "{name}, {column}: {found} is not {value}"
                    );
                }
                _ => assert_eq!(found, value, "{name}, {column} of {one}"),
            }
        }
        same_histograms(one, other, name);
        singular += one["singular"].as_u64().unwrap_or(0);
    }
    (cpu.len(), singular)
}

/// A draw near the end of a bar may be in the next one by a device's floats: few are, and none is lost.
fn same_histograms(one: &Value, other: &Value, name: &str) {
    let list = |row: &Value, column: &str| -> Option<Vec<f64>> {
        let items = row[column].as_array()?.iter();
        Some(items.map(|item| item.as_f64().expect("a number")).collect())
    };
    let (Some(counts), Some(found)) = (list(one, "null_counts"), list(other, "null_counts")) else {
        assert_eq!(one["null_counts"], other["null_counts"], "{name}");
        return;
    };
    let draws: f64 = counts.iter().sum();
    assert_eq!(draws, found.iter().sum::<f64>(), "{name}");
    if list(one, "null_edges") == list(other, "null_edges") {
        let moved = counts.iter().zip(&found).map(|(a, b)| (a - b).abs());
        let moved = moved.sum::<f64>() / 2.0;
        assert!(moved <= 1.0 + draws / 100.0, "{name}: {moved} of {draws}");
    }
}

fn study(panel: &Panel, test: &str, draws: u64) -> Study {
    toml::from_str(&format!(
        "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[sample]\nfrom = {}\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [[test]]\nwindow = [-1, 2]\ndays = [0, 2]\n{test}\n\
         [run]\ndraws = {draws}\nseed = 3\nenumerate = 0\n",
        panel.dates[1]
    ))
    .expect("the study of a test is well-formed")
}

fn prepared(study: &Study, panel: &Panel, events: &Events) -> Prepared {
    Prepared {
        compiled: compile(study, panel, events, &[]).expect("it compiles"),
        files: vec![],
        stopping: None,
        tail_fit: false,
    }
}

/// A policy rate in quarters of a percent that moves on every twelfth day, and random walks.
fn coarse_and_fine() -> Panel {
    let mut panel = common::walks(140, 2);
    let fine = panel.series[1].values.clone();
    let mut level = 5.25;
    for (day, value) in panel.series[0].values.iter_mut().enumerate() {
        if day % 12 == 7 {
            let up = fine[day] >= fine[day - 1];
            level += if up { 0.25 } else { -0.25 };
        }
        *value = Some(level);
    }
    panel
}

/// Small groups.
fn few(panel: &Panel) -> Events {
    let rows = [9, 19, 31, 44, 55, 70, 79, 103, 127];
    let placed: Vec<(usize, &str)> = rows
        .into_iter()
        .zip("abaababba".split("").skip(1))
        .collect();
    common::events_on(panel, &placed)
}

#[test]
fn every_column_of_every_row_is_the_same_under_every_design() {
    let panel = coarse_and_fine();
    let events = few(&panel);
    let (mut compared, mut singular) = (0, 0);
    for (number, design) in DESIGNS.iter().enumerate() {
        for (turn, convention) in CONVENTIONS.iter().enumerate() {
            for statistic in [SUMS, REGRESSIONS] {
                // Two conventions see the same draws in other ways: each design has two of the four
                // with many draws, and the others with few.
                let draws = if (number + turn) % 2 == 0 { 200 } else { 40 };
                let test =
                    format!("statistic = {statistic}\nconvention = \"{convention}\"\n{design}");
                let study = study(&panel, &test, draws);
                let prepared = prepared(&study, &panel, &events);
                let found = compare(&study, &prepared, &test);
                compared += found.0;
                singular += found.1;
            }
        }
    }
    assert!(compared > 3000, "{compared} rows");
    assert!(singular > 1000, "{singular} values 0/0");
}

/// One change that is a thousand times the others: 32-bit floats keep four digits of these.
#[test]
fn a_far_outlier_moves_no_count() {
    let mut panel = common::walks(140, 2);
    for value in panel.series[0].values.iter_mut().skip(60).flatten() {
        *value += 2000.0;
    }
    let events = few(&panel);
    for design in [DESIGNS[0], DESIGNS[6]] {
        let test = format!("statistic = {REGRESSIONS}\n{design}");
        let study = study(&panel, &test, 2000);
        let prepared = prepared(&study, &panel, &events);
        compare(&study, &prepared, &test);
    }
}

/// A symmetric p of a regression about a centre that only draws can tell, on fine data with outliers.
#[test]
fn a_simulated_centre_is_the_same_on_both_engines() {
    let mut panel = common::walks(260, 2);
    for (day, value) in panel.series[1].values.iter_mut().enumerate() {
        // No lattice in sight, and a level that jumps.
        let jump = if day > 120 { 4.3 } else { 0.0 };
        *value = value.map(|value| value + jump + (day as f64 * 0.7).sin() / 7.0);
    }
    let events = few(&panel);
    let test =
        format!("statistic = {REGRESSIONS}\nconvention = \"symmetric\"\nnull = \"gap-shuffle\"");
    for seed in [3, 7] {
        let mut study = study(&panel, &test, 700);
        study.run.seed = seed;
        let prepared = prepared(&study, &panel, &events);
        compare(&study, &prepared, &test);
    }
}
