//! The draws of tests of tables: shifts without the seam, draws looked at one by one, rules that end them,
//! ranges that are merged.

use crate::folder::Folder;
use crate::tables::{counts, drawn, made_up, on, spec};
use placebo::campaign::table_power::{TablePowerOptions, table_power};
use placebo::load::{DataColumn, DataTable};
use placebo::question::table::TableNull;
use placebo::report::{ResultRow, TablePowerRow};
use placebo::study::Stopping;
use placebo::table_test::TableTest;

fn rows(test: &TableTest, device: &str) -> Vec<ResultRow> {
    test.run(&on(device), &mut |_, _| true)
        .expect("it runs")
        .results
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let (a, b) = (mean(x), mean(y));
    let cross = |u: &[f64], v: &[f64], a: f64, b: f64| -> f64 {
        u.iter().zip(v).map(|(p, q)| (p - a) * (q - b)).sum()
    };
    cross(x, y, a, b) / (cross(x, x, a, a) * cross(y, y, b, b)).sqrt()
}

fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        below as f64 + (equal as f64 + 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}

/// The truncated shifts of Yuan and Shou (2024) by brute force: windows of the outcome against the middle
/// rows of the variable, whose correlations have a variance of their own each.
#[test]
fn shifts_without_the_seam_are_windows_against_the_middle() {
    let table = made_up(37);
    let column = |name: &str| table.column(name).unwrap().as_numbers().unwrap().to_vec();
    let (x, y) = (column("x"), column("y1"));
    for (most, statistic) in [
        (9, "pearson"),
        (9, "spearman"),
        (17, "pearson"),
        (1, "spearman"),
    ] {
        let mut asked = spec("y1 ~ x", statistic);
        asked.null = Some(TableNull::CircularShift);
        asked.max_shift = Some(most);
        let row = &rows(&TableTest::of(made_up(37), asked), "cpu")[0];
        let (x, y) = match statistic {
            "spearman" => (mid_ranks(&x), mid_ranks(&y)),
            _ => (x.clone(), y.clone()),
        };
        let middle = &x[most..37 - most];
        let values: Vec<f64> = (0..=2 * most)
            .map(|first| correlation(middle, &y[first..first + middle.len()]))
            .collect();
        let observed = values[most];
        assert!((row.observed.unwrap() - observed).abs() < 1e-9, "{row:#?}");
        let count = |is: &dyn Fn(f64) -> bool| values.iter().filter(|v| is(**v)).count() as u64;
        let expected = [
            count(&|v| v < observed - 1e-12),
            count(&|v| (v - observed).abs() <= 1e-12),
            count(&|v| v > observed + 1e-12),
        ];
        assert_eq!(counts(row), expected.map(Some), "{most} {statistic}");
        assert_eq!(row.draws, Some(2 * most as u64 + 1));
        assert!(row.effective_draws.is_some_and(|worth| worth >= 1.0));
        let name = format!("circular-shift(max-shift {most})");
        assert_eq!(row.key.text("null"), name);
    }
}

/// A window of equal values has no correlation: it counts among the shifts, and in no tail.
#[test]
fn windows_of_equal_values_are_in_no_tail() {
    let x = vec![1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 1.0, 3.0, 9.0, 2.0, 6.0];
    let y = vec![3.0, 3.0, 3.0, 3.0, 3.0, 8.0, 1.0, 6.0, 2.0, 9.0, 4.0];
    let table = DataTable::of([DataColumn::numbers("x", x), DataColumn::numbers("y", y)]);
    let mut asked = spec("y ~ x", "");
    asked.null = Some(TableNull::CircularShift);
    asked.max_shift = Some(3);
    let row = &rows(&TableTest::of(table.unwrap(), asked), "cpu")[0];
    assert_eq!((row.draws, row.singular), (Some(7), Some(1)), "{row:#?}");
    let counted: u64 = counts(row).iter().flatten().sum();
    assert_eq!(counted, 6);
}

/// Each draw that is looked at stands to the observed value as the counts say.
#[test]
fn draws_looked_at_are_those_that_are_counted() {
    let signs = "difference-of-means,welch-t,rank-sum,f";
    for (formula, statistic) in [
        ("y1 ~ two", signs),
        ("y1 ~ two | block", signs),
        ("y1 - y2 ~ 1", "mean,signed-rank"),
        ("y1 ~ x", "pearson,kendall"),
    ] {
        let mut asked = drawn(formula, statistic);
        asked.draws = 200;
        let test = TableTest::of(made_up(24), asked);
        let report = rows(&test, "cpu");
        for row in &report {
            let mut found = [0u64; 3];
            for index in 0..200 {
                let draws = test.draw_at(index).unwrap();
                let values = draws.iter().flat_map(|draw| &draw.values);
                let statistic = row.key.text("statistic");
                let value = values
                    .filter(|value| value.statistic == statistic)
                    .find(|value| value.group == row.key.text("group"))
                    .expect("it is there");
                found[(value.compares.unwrap() + 1) as usize] += 1;
            }
            assert_eq!(counts(row), found.map(Some), "{formula} {:?}", row.key);
        }
        // Every row stands in one group.
        let draw = &test.draw_at(7).unwrap()[0];
        let mut all: Vec<i64> = draw
            .groups
            .iter()
            .flat_map(|of| &of.rows)
            .map(|r| r.abs())
            .collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(1..=24), "{formula}");
    }
    // The observed arrangement is the first of a circle.
    let mut asked = spec("y1 ~ x", "pearson");
    asked.null = Some(TableNull::CircularShift);
    let draw = TableTest::of(made_up(24), asked)
        .draw_at(0)
        .unwrap()
        .remove(0);
    let value = &draw.values[0];
    assert_eq!((value.value, value.compares), (value.observed, Some(0)));
}

/// A stopping rule ends the draws where it says, on both engines.
#[test]
fn rules_end_the_draws() {
    let of = |stopping: Stopping, device: &str| {
        let mut asked = drawn("y1 ~ two", "difference-of-means");
        asked.draws = 1_000_000;
        asked.stopping = Some(stopping);
        rows(&TableTest::of(made_up(40), asked), device).remove(0)
    };
    let stopped = ["cpu", "gpu"].map(|device| of(Stopping::Exceedances(20), device));
    assert_eq!(stopped[0], stopped[1]);
    // Each tail ends at its 20th draw at least as extreme; the reported p is h/l of the two, doubled.
    let row = &stopped[0];
    assert!(row.draws.unwrap() < 2_000, "{row:#?}");
    assert!(row.p.unwrap() > 0.02, "{row:#?}");
    let sure = of(Stopping::Level(0.05), "cpu");
    assert!(sure.draws.unwrap() < 100_000, "{sure:#?}");
    // A family needs a number of draws that is fixed in advance.
    let mut asked = drawn("y* ~ two", "welch-t");
    (asked.max_t, asked.stopping) = (true, Some(Stopping::Exceedances(20)));
    let test = TableTest::of(made_up(40), asked);
    let error = test.run(&on("cpu"), &mut |_, _| true).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(
        error
            .to_string()
            .contains("a number that is fixed in advance"),
        "{error}"
    );
}

/// A tail that few draws reach is fitted, beside p.
#[test]
fn far_tails_are_fitted() {
    let values = (0..40).map(|i| f64::from(i % 7) + if i < 20 { 6.0 } else { 0.0 });
    let groups = (0..40).map(|i| Some(if i < 20 { "a" } else { "b" }));
    let table = DataTable::of([
        DataColumn::numbers("y", values.collect()),
        DataColumn::texts("g", groups),
    ]);
    let mut asked = drawn("y ~ g", "difference-of-means");
    (asked.draws, asked.tail_fit) = (20_000, true);
    let row = &rows(&TableTest::of(table.unwrap(), asked), "cpu")[0];
    assert!(
        row.p_tail_fit.is_some_and(|p| p > 0.0 && p < 1e-3) != row.tail_fit_reason.is_some(),
        "{row:#?}"
    );
}

const TABLE: &str = "arm,block,y\nt,1,5.1\nc,1,4.0\nt,2,6.3\nc,2,4.4\nt,1,5.9\nc,1,5.2\nt,2,4.9\nc,2,5.0\n\
                     t,1,7.1\nc,1,4.1\nt,2,5.5\nc,2,3.9\nt,1,4.8\nc,1,5.3\nt,2,6.0\nc,2,4.2\n";

/// Standard output of a command that succeeds.
fn succeeds(folder: &Folder, args: &[&str]) -> String {
    let done = folder.placebo(args);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{args:?}: {said}");
    String::from_utf8(done.stdout).expect("UTF-8")
}

/// Its results as JSON.
fn results(folder: &Folder, args: &[&str]) -> serde_json::Value {
    let text = succeeds(folder, &[args, &["--format", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    report["results"].clone()
}

/// The error of a command that is refused.
fn refused(folder: &Folder, args: &[&str], said: &str) {
    let done = folder.placebo(args);
    let error = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{args:?}: {error}");
    assert!(error.contains(said), "{args:?}: {error}");
}

/// Ranges merged are one shot, for draws and for an enumeration; the table may have moved.
#[test]
fn parts_merge_to_one_shot() {
    let formula = "y ~ arm | block";
    let other = TABLE.replace("7.1", "7.2");
    let folder = Folder::with(&[
        ("trial.csv", TABLE),
        ("moved.csv", TABLE),
        ("other.csv", &other),
    ]);
    let path = |name: &str| folder.0.path().join(name);
    for exact in ["auto", "never"] {
        let all = [
            "test",
            "trial.csv",
            formula,
            "--device",
            "cpu",
            "--draws",
            "1000",
        ];
        let flags = ["--statistic", "welch-t", "--exact", exact];
        let with = |more: &[&'static str]| [&all[..], &flags, more].concat();
        for (file, range) in [("a", "0..300"), ("b", "300..301"), ("c", "301..1000")] {
            succeeds(&folder, &with(&["--range", range, "--tally", file]));
        }
        let whole = results(&folder, &with(&[]));
        assert_eq!(results(&folder, &["merge", "c", "a", "b"]), whole);
        let moved = ["merge", "a", "b", "c", "--data", "moved.csv"];
        let count = |of: &serde_json::Value| of[0]["above"].as_u64().expect("a count");
        assert_eq!(count(&results(&folder, &moved)), count(&whole));
        // A part that is there twice, missing, over another table, damaged.
        refused(
            &folder,
            &["merge", "a", "b", "b", "c"],
            "merge each range once",
        );
        refused(&folder, &["merge", "a", "c"], "--range 300..301");
        let over_other = ["merge", "a", "b", "c", "--data", "other.csv"];
        refused(&folder, &over_other, "another SHA-256");
        let text = std::fs::read_to_string(path("a")).expect("it is there");
        std::fs::write(
            path("a"),
            text.replacen("\"draws\":1000", "\"draws\":1001", 1),
        )
        .expect("a file");
        refused(&folder, &["merge", "a", "b", "c"], "damaged");
    }
    // 40 rows have too many arrangements to be made one by one, and a sum's exact law.
    let long: String = (0..40)
        .map(|i| format!("{},{}\n", ["t", "c"][i % 2], i * i % 17))
        .collect();
    std::fs::write(path("long.csv"), format!("arm,y\n{long}")).expect("a file");
    let exact = ["test", "long.csv", "y ~ arm", "--tally", "e"];
    refused(&folder, &exact, "exact laws answer this test");
    let family = [
        "--family", "maxt", "--exact", "never", "--range", "0..9", "--tally", "e",
    ];
    let family = [&["test", "trial.csv", formula][..], &family].concat();
    refused(&folder, &family, "over all draws at once");
}

/// `check` says what `test --explain` says, and `draw` replays a draw.
#[test]
fn tables_are_checked_and_replayed() {
    let folder = Folder::with(&[("trial.csv", TABLE)]);
    let asked = ["trial.csv", "y ~ arm | block"];
    let said = succeeds(&folder, &[&["check"], &asked[..]].concat());
    let explained = succeeds(&folder, &[&["test"], &asked[..], &["--explain"]].concat());
    assert_eq!(said, explained);
    assert!(said.contains("4,900 different arrangements"), "{said}");
    let replay = ["--index", "3", "--format", "json"];
    let text = succeeds(&folder, &[&["draw"], &asked[..], &replay].concat());
    let draw: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let test = &draw["tests"][0];
    assert_eq!(test["null"], "relabeling(within block)");
    assert_eq!(test["groups"][0]["rows"].as_array().map(Vec::len), Some(8));
    // Sets that are each made once end somewhere.
    let beyond = ["--index", "4900"];
    refused(
        &folder,
        &[&["draw"], &asked[..], &beyond].concat(),
        "numbered from 0",
    );
    // Flags of a formula ask for one.
    refused(
        &folder,
        &["check", "trial.csv", "--cluster", "arm"],
        "FORMULA",
    );
}

/// Without an effect the rejections are the level's, with one those of the normal law.
#[test]
fn power_is_that_of_the_normal_law() {
    let mut asked = drawn("y1 ~ two", "difference-of-means");
    asked.seed = 5;
    let test = TableTest::of(made_up(40), asked);
    let options = TablePowerOptions {
        effects: vec![0.0, 25.0],
        sets: 600,
        draws: 199,
        levels: vec![0.05, 0.2],
        threads: None,
    };
    let report = table_power(&test, &options, &mut |_, _| true).unwrap();
    let rate = |effect: f64, level: f64| {
        let is_it = |row: &&TablePowerRow| (row.effect, row.level) == (effect, level);
        report.results.iter().find(is_it).expect("it is there").rate
    };
    let error = |p: f64| 3.0 * (p * (1.0 - p) / 600.0).sqrt();
    for level in [0.05, 0.2] {
        let found = rate(0.0, level);
        assert!(
            (found - level).abs() < error(level),
            "size {found} at {level}"
        );
    }
    // The difference has the effect for its mean; the null's spread holds the effect, too.
    let y = test_column("y1");
    let n = y.len() as f64;
    let mean = y.iter().sum::<f64>() / n;
    let variance = y.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let (share, effect) = (0.5f64, 25.0f64);
    let of = |variance: f64| (variance / (n * share * (1.0 - share))).sqrt();
    let null = of(variance + share * (1.0 - share) * effect * effect * n / (n - 1.0));
    let expected = normal((effect - 1.959_964 * null) / of(variance));
    let found = rate(25.0, 0.05);
    assert!(
        (found - expected).abs() < error(expected) + 0.02,
        "{found} {expected}"
    );
    let uniform = |row: &TablePowerRow| row.uniformity.expect("it is there");
    assert!(
        report
            .results
            .iter()
            .filter(|row| row.effect == 0.0)
            .all(|row| uniform(row) > 1e-3)
    );
}

fn test_column(name: &str) -> Vec<f64> {
    let table = made_up(40);
    table.column(name).unwrap().as_numbers().unwrap().to_vec()
}

/// The normal law's distribution function.
fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// Every null design has its level on arrangements of its own.
#[test]
fn sizes_are_the_levels() {
    for (formula, statistic, null) in [
        ("y1 ~ two | block", "welch-t", None),
        ("y1 - y2 ~ 1", "signed-rank", None),
        ("y1 ~ x", "spearman", None),
        ("y1 ~ x", "pearson", Some(TableNull::CircularShift)),
        ("answer ~ three", "chi-squared", None),
    ] {
        let mut asked = drawn(formula, statistic);
        asked.null = null;
        let test = TableTest::of(made_up(40), asked);
        let options = TablePowerOptions {
            effects: vec![0.0],
            sets: 300,
            draws: 199,
            levels: vec![0.1],
            threads: None,
        };
        let report = table_power(&test, &options, &mut |_, _| true).unwrap();
        let found = report.results[0].rate;
        // Ties and few shifts make p coarser, never too small.
        assert!(
            (0.02..0.1 + 3.0 * (0.09f64 / 300.0).sqrt()).contains(&found),
            "{formula} {found}"
        );
    }
    let categories = TableTest::of(made_up(40), drawn("answer ~ three", "chi-squared"));
    let options = TablePowerOptions {
        effects: vec![1.0],
        sets: 2,
        draws: 19,
        levels: vec![0.05],
        threads: None,
    };
    let error = table_power(&categories, &options, &mut |_, _| true).unwrap_err();
    assert!(error.to_string().contains("has categories"), "{error}");
}
