//! Coverage of nominal HAC intervals: published shares, a dense replay, and what the command prints.

use crate::common;
use std::collections::HashSet;

use crate::folder::{Folder, STUDY, edit};
use placebo::campaign::coverage::{Covered, count, coverage};
use placebo::engine::Threads;
use placebo::question::events::EventPlan;
use placebo::statistic::{Regression, Statistic};
use placebo::study::{OneOrMany, Pool, Study};
use serde_json::Value;

const LEVELS: [f64; 2] = [0.9, 0.95];

/// One group of 23 days, the change to day 15, from full-window days and from all days.
#[test]
fn shares_of_one_group_are_the_known_ones() {
    let mut study = Study::open("bjorkegren").unwrap();
    study.data.series = vec!["10 Yr".into(), "30 Yr".into()];
    study.run.draws = 20_000;
    let mut test = study.tests[0].clone();
    test.statistic = OneOrMany::One("overlap-regression".into());
    test.groups = vec!["open".into()];
    test.days = vec![15];
    test.pool = Pool::FullWindow;
    let mut all = test.clone();
    all.pool = Pool::All;
    study.tests = vec![test, all];
    let report = coverage(&study, &[0.95, 0.9], None, &mut |_, _| true).unwrap();
    assert_eq!(report.results.len(), 2 * 2 * 2);
    for null in &report.manifest.nulls {
        // The sample is that of all events, the placebo sets are those of one group.
        assert_eq!(null.sample.rows, 732);
        let sizes: Vec<u64> = null.group_sizes.iter().map(|group| group.size).collect();
        assert_eq!(sizes, [23]);
    }
    for (test, series, level, share) in [
        (1, "30 Yr", 0.95, 0.917),
        (1, "30 Yr", 0.9, 0.856),
        (1, "10 Yr", 0.95, 0.909),
        (1, "10 Yr", 0.9, 0.847),
        (2, "30 Yr", 0.95, 0.920),
        (2, "30 Yr", 0.9, 0.860),
    ] {
        let row = report
            .results
            .iter()
            .find(|row| (row.test, row.series.as_str(), row.level) == (test, series, level))
            .unwrap();
        assert_eq!((row.draws, row.singular), (20_000, 0));
        assert!((row.zero_share - share).abs() < 0.012, "{row:?}");
        assert!(row.zero_low < row.zero_share && row.zero_share < row.zero_high);
        assert!(row.zero_high - row.zero_low < 0.011);
        assert_eq!(row.zero_share, row.covers_zero as f64 / 20_000.0);
        // The null's mean is not zero; intervals cover it more often, but less than they say.
        assert!(row.mean_share > row.zero_share, "{row:?}");
        assert!(row.mean_share < level, "{row:?}");
        assert_eq!(row.unit.as_deref(), Some("bp"));
        assert!((0.5..4.0).contains(&row.null_mean.unwrap()), "{row:?}");
    }
}

fn counted(plan: &EventPlan, draws: u64, threads: usize) -> Covered {
    let on = Threads::new(Some(threads)).unwrap();
    count(plan, draws, &LEVELS, &on, &mut |_| true).unwrap()
}

fn regression(plan: &EventPlan) -> &Regression {
    match plan.folds[0].statistic() {
        Statistic::Regression(regression) => regression,
        other => panic!("{other:?}"),
    }
}

/// The solution of a dense system, by elimination with the largest pivots.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs()));
        let pivot = pivot.unwrap();
        a.swap(k, pivot);
        b.swap(k, pivot);
        let (above, below) = a.split_at_mut(k + 1);
        for (i, row) in below.iter_mut().enumerate() {
            let factor = row[k] / above[k][k];
            for (cell, pivot) in row.iter_mut().zip(&above[k]) {
                *cell -= factor * pivot;
            }
            b[k + 1 + i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let sum: f64 = (k + 1..n).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - sum) / a[k][k];
    }
    b
}

/// Estimates and Newey-West errors of a draw by textbook formulas, over the dense regressors.
fn dense(plan: &EventPlan, draw: u64) -> Vec<(f64, f64)> {
    let regression = regression(plan);
    let outcomes = regression.outcomes();
    let (n, p, days) = (
        outcomes.positions(),
        regression.parameters(),
        regression.days(),
    );
    let mut x = vec![vec![0.0; p]; n];
    for (group, positions) in plan.draw(draw).groups.iter().enumerate() {
        for &position in positions {
            let first =
                i64::from(regression.rows()[position as usize]) + i64::from(regression.window()[0]);
            for day in 0..days {
                let row = first + day as i64;
                if (0..n as i64).contains(&row) {
                    x[row as usize][group * days + day] += 1.0;
                }
            }
        }
    }
    for row in &mut x {
        row[p - 1] = 1.0;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let column = |j: usize| x.iter().map(|row| row[j]).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..p).map(column).collect();
    let normal: Vec<Vec<f64>> = columns
        .iter()
        .map(|a| columns.iter().map(|b| dot(a, b)).collect())
        .collect();
    let mut found = Vec::new();
    for contrast in plan.folds[0].contrasts() {
        for effect in regression.effects() {
            let mut weights = vec![0.0; p];
            for &(group, sign) in &contrast.terms {
                for (j, weight) in effect.weights.iter().enumerate() {
                    weights[group * days + j] = sign as f64 * weight;
                }
            }
            let combination = solve(normal.clone(), weights.clone());
            for series in 0..outcomes.columns() {
                let y: Vec<f64> = (0..n).map(|t| f64::from(outcomes.get(t, series))).collect();
                let right = columns.iter().map(|column| dot(column, &y)).collect();
                let b = solve(normal.clone(), right);
                let u: Vec<f64> = (0..n)
                    .map(|t| (y[t] - dot(&x[t], &b)) * dot(&x[t], &combination))
                    .collect();
                let lags = regression.hac().lags;
                let variance = dot(&u, &u)
                    + (1..=lags)
                        .map(|lag| {
                            let weight = 1.0 - lag as f64 / (lags + 1) as f64;
                            2.0 * weight * dot(&u[lag..], &u[..n - lag])
                        })
                        .sum::<f64>();
                found.push((dot(&weights, &b), variance.sqrt()));
            }
        }
    }
    found
}

#[test]
fn counts_are_those_of_a_dense_replay_on_any_number_of_threads() {
    const DRAWS: u64 = 300;
    for keys in ["pool = \"full-window\"", "pool = \"all\""] {
        let panel = common::walks(110, 2);
        let events = common::events(&panel, &[5, 6], 15, 95);
        let plan = common::compiled_on_changes(
            &panel,
            &events,
            &format!("statistic = \"overlap-regression\"\ndays = [0, 10]\n{keys}"),
        );
        let one = counted(&plan, DRAWS, 1);
        assert_eq!(one, counted(&plan, DRAWS, 2));
        assert_eq!(one.draws, DRAWS);
        let draws: Vec<Vec<(f64, f64)>> = (0..DRAWS).map(|draw| dense(&plan, draw)).collect();
        assert_eq!(one.effects.len(), 3 * 2 * 2);
        for (value, effect) in one.effects.iter().enumerate() {
            let of_value = || draws.iter().map(|draw| draw[value]);
            let mean = of_value().map(|(estimate, _)| estimate).sum::<f64>() / DRAWS as f64;
            assert!((effect.null_mean - mean).abs() < 1e-8 * mean.abs().max(1.0));
            for (covers, z) in effect.levels.iter().zip([1.644853626951, 1.959963984540]) {
                let cover = |point: f64| {
                    of_value()
                        .filter(|(estimate, error)| (estimate - point).abs() <= z * error)
                        .count() as u64
                };
                assert_eq!((covers.zero, covers.mean), (cover(0.0), cover(mean)));
                assert!(covers.zero > DRAWS / 4 && covers.zero < DRAWS);
            }
        }
    }
}

/// One event a group: the regressors are collinear wherever the two windows overlap.
#[test]
fn singular_draws_are_left_out_and_counted() {
    let panel = common::walks(62, 1);
    let events = common::events_on(&panel, &[(15, "a"), (45, "b")]);
    let keys = "statistic = \"overlap-regression\"";
    let plan = common::compiled_on_changes(&panel, &events, keys);
    let found = counted(&plan, 1000, 2);
    let singular = (0..1000)
        .filter(|&draw| plan.draw(draw).numerators[0].is_none())
        .count() as u64;
    assert!(singular > 0);
    assert_eq!((found.draws, found.singular), (1000 - singular, singular));
}

/// The study of the other tests, as an overlap regression on ten days.
fn regression_study(keys: &str) -> String {
    edit(
        STUDY,
        &[(
            "statistic = \"mean-change\"\nwindow = [-1, 1]\nmeasure = \"endpoints\"\n",
            &format!("statistic = \"overlap-regression\"\nwindow = [0, 1]\n{keys}"),
        )],
    )
}

fn in_folder(study: &str, flags: &[&str]) -> (Option<i32>, String, String) {
    // The regression needs the price before the sample.
    let study = edit(
        study,
        &[("[events]", "[sample]\nfrom = 2024-01-02\n[events]")],
    );
    let folder = Folder::with(&[("study.toml", &study)]);
    let output = folder.placebo(&[&["coverage", "study.toml"], flags].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn json_and_csv_have_a_row_for_each_effect_and_level() {
    let study = regression_study("days = [0, 1]\n");
    let (code, json, stderr) = in_folder(&study, &["--format", "json", "--draws", "500"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(stderr, "");
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["schema_version"], 5);
    let manifest = &report["manifest"];
    assert_eq!(manifest["seed"], 1);
    assert_eq!(manifest["draws"], 500);
    assert_eq!(manifest["levels"], serde_json::json!([0.9, 0.95]));
    assert_eq!(manifest["data"].as_array().unwrap().len(), 2);
    assert_eq!(manifest["nulls"][0]["design"], "uniform");
    assert!(manifest["reading"].as_str().unwrap().contains("too small"));
    let rows = report["results"].as_array().unwrap();
    let keys: HashSet<String> = rows
        .iter()
        .map(|row| {
            let key = [
                "test",
                "series",
                "group",
                "statistic",
                "relative_day",
                "level",
            ];
            key.map(|name| row[name].to_string()).join(" ")
        })
        .collect();
    assert_eq!((rows.len(), keys.len()), (4, 4));
    for row in rows {
        let count = |name: &str| row[name].as_u64().unwrap();
        assert_eq!(count("draws") + count("singular"), 500);
        assert!(count("covers_zero") <= count("draws") && count("covers_mean") <= count("draws"));
    }

    let (_, csv, _) = in_folder(&study, &["--format", "csv", "--draws", "500"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(rows) {
        // A window has two columns, and where the rows are from four.
        assert_eq!(row.as_object().unwrap().len() + 5, headers.len());
        for (column, cell) in headers.iter().zip(line).take(headers.len() - 4) {
            match column {
                "window_from" => assert_eq!(cell, "0"),
                "window_to" => assert_eq!(cell, "1"),
                name => assert_eq!(cell, row[name].to_string().trim_matches('"'), "{name}"),
            }
        }
    }
}

#[test]
fn rotations_are_all_made_once_and_shares_have_no_error() {
    let study = regression_study("null = \"circular-shift\"\npool = \"all\"\n");
    let flags = ["--format", "json", "--level", "0.5", "--draws", "3"];
    let (code, json, stderr) = in_folder(&study, &flags);
    assert_eq!(code, Some(0), "{stderr}");
    let report: Value = serde_json::from_str(&json).unwrap();
    let row = &report["results"][0];
    assert_eq!(row["engine"], "enumeration");
    assert_eq!(
        row["draws"].as_u64().unwrap() + row["singular"].as_u64().unwrap(),
        9
    );
    assert_eq!(row["zero_low"], row["zero_share"]);
    assert_eq!(row["mean_high"], row["mean_share"]);
}

#[test]
fn table_says_how_to_read_it() {
    let study = regression_study("");
    let (code, table, stderr) = in_folder(&study, &["--draws", "500", "--level", "0.95"]);
    assert_eq!(code, Some(0), "{stderr}");
    let words = table.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "A nominal 95 % interval should cover zero in 95 % of placebo sets; where it covers less, HAC p-values are too small.",
        "[[test]] 1: uniform(full-window), window +0 to +1 days",
        "Series Group Day 95 % covers zero 95 % null mean Null mean",
        "500 placebo sets a test",
    ] {
        assert!(words.contains(part), "{part}: {table}");
    }
}

#[test]
fn what_cannot_be_checked_is_refused_with_a_remedy() {
    let (code, _, stderr) = in_folder(STUDY, &[]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no test asks for the overlap regression"));
    assert!(stderr.contains("Add statistic = \"overlap-regression\" to a [[test]]."));
    for level in ["0", "1", "95", "nan"] {
        let (code, _, stderr) = in_folder(&regression_study(""), &["--level", level]);
        assert_eq!(code, Some(2));
        assert!(stderr.contains("lies between 0 and 1"), "{stderr}");
    }
}

/// Tests of other statistics are left out, and said to be.
#[test]
fn other_tests_are_named() {
    let study =
        regression_study("") + "\n[[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\n";
    let (code, table, stderr) = in_folder(&study, &["--draws", "100"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("[[test]] 2 does not ask for the overlap regression"));
    assert!(table.contains("[[test]] 2 does not ask"));
}
