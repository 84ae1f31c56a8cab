//! Pools of dates against hand enumeration, and what `placebo check` says of them.

mod folder;

use folder::{Folder, STUDY, edit};
use serde_json::Value;

/// Levels of the made-up series on ten days, in tenths.
const OIL: [i64; 10] = [100, 105, 101, 110, 112, 109, 107, 104, 106, 111];

fn json(folder: &Folder, args: &[&str]) -> Value {
    let output = folder.placebo(&[args, &["--format", "json"]].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Two-sided p of a sum over all pairs of `pool`, the exact law's own answer.
fn enumerated(pool: &[usize], observed: i64, change: impl Fn(usize) -> i64) -> f64 {
    let sums: Vec<i64> = (0..pool.len())
        .flat_map(|a| (0..a).map(move |b| (a, b)))
        .map(|(a, b)| change(pool[a]) + change(pool[b]))
        .collect();
    let share = |counts: fn(&i64, i64) -> bool| {
        sums.iter().filter(|sum| counts(sum, observed)).count() as f64 / sums.len() as f64
    };
    let tail = share(|sum, observed| *sum <= observed).min(share(|sum, observed| *sum >= observed));
    (2.0 * tail).min(1.0)
}

#[test]
fn a_list_of_dates_is_the_pool() {
    // Events stand on rows 2 and 5; the list has rows 1, 2, 4, 6 and 8, one twice, one date outside
    // the data and one without a full window.
    let list = "day,kind\n2024-01-02,x\n2024-01-03,x\n2024-01-05,x\n2024-01-05,x\n2024-01-07,x\n\
                2024-01-09,x\n2024-01-10,x\n2025-01-01,x\n2024-01-04,y\n";
    let dates = "{ file = \"list.csv\", date = \"day\", filter = { kind = \"x\" } }";
    let pool = format!("window = [-1, 1]\npool = \"list\"\ndates = {dates}");
    let study = edit(
        STUDY,
        &[
            ("window = [-1, 1]", &pool),
            ("draws = 100", "draws = 40000"),
        ],
    );
    let folder = Folder::with(&[("study.toml", &study), ("list.csv", list)]);
    let report = json(&folder, &["run", "study.toml", "--device", "cpu"]);
    let row = &report["results"][0];
    assert_eq!(row["null"], "uniform(list: list.csv, day, kind = x)");

    let change = |row: usize| OIL[row + 1] - OIL[row - 1];
    let observed = change(2) + change(5);
    assert_eq!(row["observed"].as_f64().unwrap(), observed as f64 / 20.0);
    let exact = enumerated(&[1, 2, 4, 6, 8], observed, change);
    assert!((row["p_exact"].as_f64().unwrap() - exact).abs() < 1e-12);
    assert!((row["p"].as_f64().unwrap() - exact).abs() < 0.02);

    let null = &report["manifest"]["nulls"][0];
    assert_eq!(null["eligible_dates"], 5);
    assert_eq!(null["admissible_sets"], "10");
    // Row 5 is in no pool: the observed set is not admissible.
    assert_eq!(null["observed_admissible"], false);
    assert!(
        null["observed_note"]
            .as_str()
            .unwrap()
            .contains("2024-01-06")
    );
    let rules = report["manifest"]["rules"].to_string();
    assert!(
        rules.contains("7 of 8 listed dates stand in the data, 5 of them"),
        "{rules}"
    );
}

#[test]
fn all_dates_have_windows_cut_at_the_ends() {
    let pool = "window = [-1, 1]\npool = \"all\"";
    let study = edit(STUDY, &[("window = [-1, 1]", pool)]);
    let folder = Folder::with(&[("study.toml", &study)]);
    let report = json(&folder, &["run", "study.toml", "--device", "cpu"]);
    let row = &report["results"][0];
    let change = |row: usize| OIL[(row + 1).min(9)] - OIL[row.saturating_sub(1)];
    let exact = enumerated(&(0..10).collect::<Vec<_>>(), change(2) + change(5), change);
    assert_eq!(row["null"], "uniform(all)");
    assert!((row["p_exact"].as_f64().unwrap() - exact).abs() < 1e-12);
    assert_eq!(report["manifest"]["nulls"][0]["admissible_sets"], "45");
}

#[test]
fn check_says_what_a_run_would_do() {
    let folder = Folder::with(&[]);
    let preview = json(&folder, &["check", "bjorkegren", "--threads", "2"]);
    let test = &preview["tests"][0];
    let null = &test["null"];
    assert_eq!(null["sample"]["rows"], 732);
    assert_eq!(null["eligible_dates"], 702);
    assert_eq!(null["group_sizes"][0]["size"], 23);
    assert_eq!(null["group_sizes"][1]["size"], 24);
    assert_eq!(null["observed_admissible"], false);
    // 702! / (23! 24! 655!) = 7.74e86
    let log10 = null["admissible_sets_log10"].as_f64().unwrap();
    assert!((log10 - 86.888_9).abs() < 1e-3, "{log10}");
    assert!(null["admissible_sets"].is_null());
    // Statistics, groups, series and days; and a constant a series.
    assert_eq!(test["rows"], 3 * 3 * 7 * 6 + 7);
    let series = &test["series"][4];
    assert_eq!(
        (&series["series"], &series["unit"]),
        (&"30 Yr".into(), &"bp".into())
    );
    assert_eq!(series["quantum"], 1.0);
    // The largest change of a day.
    assert_eq!(series["largest"], 28);
    assert_eq!(series["rounding_error"], 0.0);
    assert_eq!(preview["data"].as_array().unwrap().len(), 6);
    assert!(preview["seconds"].as_f64().unwrap() > 0.0);
    assert!(preview["memory_bytes"].as_u64().unwrap() > 100_000);

    let text = folder.placebo(&["check", "bjorkegren"]);
    let text = String::from_utf8(text.stdout).unwrap();
    for part in [
        "Each placebo set takes 23 (open) and 24 (closed) of the 702 eligible dates",
        "about 7.74e86; the observed set is not one of them",
        "the filter in_paper = 1 leaves out 21 of 68 rows",
    ] {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(part), "{text}");
    }
}
