//! Pools of dates against hand enumeration, and what `placebo check` says of them.

use crate::folder::{Folder, STUDY, edit};
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
    // The observed set is none of the ten pairs: it counts as one more.
    let share = enumerated(&[1, 2, 4, 6, 8], observed, change);
    let exact = (10.0 * share / 2.0 + 1.0) / 11.0 * 2.0;
    assert!((row["p_exact"].as_f64().unwrap() - exact).abs() < 1e-12);
    assert!((row["p"].as_f64().unwrap() - share).abs() < 0.02);

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

/// The words of a text, without its line breaks.
fn flat(text: &[u8]) -> String {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A made-up series on 64 days, in tenths: multiples of 5,003 modulo 211.
fn levels() -> Vec<i64> {
    (0..64)
        .map(|day: i64| 1000 + day * day * 5003 % 211)
        .collect()
}

fn day(row: usize) -> String {
    let first = jiff::civil::date(2024, 1, 1);
    (first + jiff::Span::new().days(row as i64)).to_string()
}

/// A study of that series with events on these rows, of groups `a` and `b` where `groups` says so; the
/// sample, the keys of the test and of the run as given.
fn made_up(rows: &[(usize, &str)], groups: bool, sample: &str, test: &str, run: &str) -> Folder {
    let prices: String = levels()
        .iter()
        .enumerate()
        .map(|(row, level)| format!("{},{}.{}\n", day(row), level / 10, level % 10))
        .collect();
    let events: String = rows
        .iter()
        .map(|&(row, group)| format!("{},{group}\n", day(row)))
        .collect();
    let group = if groups { "group = \"kind\"\n" } else { "" };
    let study = format!(
        "[data]\nfiles = [\"prices.csv\"]\n[sample]\n{sample}\n[events]\nfile = \"events.csv\"\n{group}\
         same_day = \"count\"\n[[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\nmeasure = \"endpoints\"\n{test}\n[run]\n{run}\n"
    );
    Folder::with(&[
        ("study.toml", &study),
        ("prices.csv", &format!("date,oil\n{prices}")),
        ("events.csv", &format!("date,kind\n{events}")),
    ])
}

/// Draws that avoid the events' dates cannot be like them: nothing is assumed of how the events were
/// drawn and no level is claimed, in any report; the inflation is said with its numbers.
#[test]
fn draws_that_avoid_the_events_are_a_reference_distribution() {
    let rows: Vec<(usize, &str)> = (0..12)
        .map(|i| (3 + 5 * i, if i < 5 { "a" } else { "b" }))
        .collect();
    let test = "null = \"uniform\"\navoid_events = 0";
    let folder = made_up(&rows, true, "", test, "draws = 200");
    // 62 dates have whole windows; the events stand on 12 of them.
    let parts = [
        "A reference distribution: the draws avoid the events' own dates (avoid_events = 0)",
        "p claims no level",
        "(N' + k)/(N' - k) times the variance of the draws' means, with N' = 50 eligible dates left: \
         55/45 = 1.22 for k = 5 (a), 57/43 = 1.33 for k = 7 (b), 62/38 = 1.63 for k = 12 (all).",
    ];
    for args in [
        &["run", "study.toml", "--device", "cpu"][..],
        &["check", "study.toml"],
        &[
            "power",
            "study.toml",
            "--effect",
            "0",
            "--sets",
            "20",
            "--draws",
            "99",
        ],
    ] {
        let output = folder.placebo(args);
        let text = flat(&output.stdout);
        for part in parts {
            assert!(
                text.contains(part),
                "`{part}` is not in:\n{text}\n{output:?}"
            );
        }
        assert!(!text.contains("random draw from"), "{text}");
        assert!(!text.contains("ssumes that"), "{text}");
    }
    let null = &json(&folder, &["run", "study.toml", "--device", "cpu"])["manifest"]["nulls"][0];
    assert_eq!(null["assumption"], "");
    assert_eq!(null["observed_admissible"], false);
    let reference = null["reference"].as_str().unwrap();
    assert!(reference.starts_with("A reference distribution"));
}

/// The printed inflation is what all placements of the events give, whatever the changes: the mean square
/// of the observed mean about that of the dates left, over the mean variance of the draws.
#[test]
fn the_inflation_is_that_of_all_placements() {
    let x: Vec<f64> = [3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, -6.0, 5.0].to_vec();
    let (n, k) = (x.len(), 3);
    let mean = |set: &[usize]| set.iter().map(|&i| x[i]).sum::<f64>() / set.len() as f64;
    let sets = |from: &[usize]| -> Vec<Vec<usize>> {
        (0u32..1 << from.len())
            .filter(|bits| bits.count_ones() as usize == k)
            .map(|bits| {
                let inside = (0..from.len()).filter(|i| bits >> i & 1 == 1);
                inside.map(|i| from[i]).collect()
            })
            .collect()
    };
    let (mut observed, mut drawn) = (0.0, 0.0);
    for events in sets(&(0..n).collect::<Vec<_>>()) {
        let left: Vec<usize> = (0..n).filter(|i| !events.contains(i)).collect();
        let centre = mean(&left);
        observed += (mean(&events) - centre).powi(2);
        let draws = sets(&left);
        let squares = draws.iter().map(|draw| (mean(draw) - centre).powi(2));
        drawn += squares.sum::<f64>() / draws.len() as f64;
    }
    assert!((observed / drawn - 9.0 / 3.0).abs() < 1e-12);
    // Nine dates with whole windows, three of them events.
    let rows = [(1, "a"), (4, "a"), (9, "a")];
    let sample = format!("from = {}\nto = {}", day(0), day(10));
    let folder = made_up(&rows, false, &sample, "avoid_events = 0", "draws = 50");
    let text = flat(&folder.placebo(&["check", "study.toml"]).stdout);
    assert!(
        text.contains("N' = 6 eligible dates left: 9/3 = 3.00 for k = 3."),
        "{text}"
    );
}

/// One event against all other dates is the exact rank test, and keeps its level: over every date that
/// the event could have had, p is at most alpha on at most that share of them.
#[test]
fn one_event_against_the_other_dates_is_a_rank_test() {
    let test = "null = \"uniform\"\navoid_events = 0\nconvention = \"upper\"";
    let levels = levels();
    let change = |row: usize| levels[row + 1] - levels[row - 1];
    let mut ps = Vec::new();
    for row in [1, 17, 33, 62] {
        let folder = made_up(&[(row, "a")], false, "", test, "draws = 50");
        let report = json(&folder, &["run", "study.toml", "--device", "cpu"]);
        let p = report["results"][0]["p"].as_f64().unwrap();
        // The rank among all 62 dates.
        let above = (1..63)
            .filter(|&other| change(other) >= change(row))
            .count();
        assert!((p - above as f64 / 62.0).abs() < 1e-12, "{p} {above}");
        ps.push(p);
        let null = &report["manifest"]["nulls"][0];
        assert_eq!(
            null["assumption"],
            "the event's date was a random draw from the 61 dates and its own: (b + 1)/(61 + 1) is then \
             the exact rank test"
        );
        assert!(null["reference"].is_null());
    }
    let ranks = (1..63).map(|row| {
        (1..63)
            .filter(|&other| change(other) >= change(row))
            .count()
    });
    let ranks: Vec<usize> = ranks.collect();
    for least in 1..=62 {
        assert!(ranks.iter().filter(|&&rank| rank <= least).count() <= least);
    }
    // Drawn instead of made once each, or with a margin, it is none.
    let family = "avoid_events = 2\nfamily = {}";
    let folder = made_up(&[(20, "a")], false, "", family, "draws = 50");
    let text = flat(&folder.placebo(&["run", "study.toml"]).stdout);
    assert!(text.contains("Sup test: p = "), "{text}");
    let claim = "Like the p-values that it adjusts, it claims no level.";
    assert!(text.contains(claim), "{text}");
    for (test, run) in [
        ("avoid_events = 0", "draws = 50\nenumerate = 0"),
        ("avoid_events = 2", "draws = 50"),
    ] {
        let folder = made_up(&[(20, "a")], false, "", test, run);
        let text = flat(&folder.placebo(&["check", "study.toml"]).stdout);
        assert!(!text.contains("rank test"), "{text}");
        assert!(text.contains("A reference distribution"), "{text}");
    }
}

/// Wherever the observed set is none of the placebo sets, nothing says that it was drawn.
#[test]
fn no_sentence_claims_that_an_impossible_set_was_drawn() {
    let list: String = (2..40)
        .filter(|row| *row != 22)
        .map(|row| format!("{}\n", day(row)))
        .collect();
    let sets = format!(
        "set,date\n1,{}\n1,{}\n2,{}\n2,{}\n",
        day(5),
        day(6),
        day(9),
        day(30)
    );
    let apart = [(10, "a"), (22, "a")];
    for (rows, test) in [
        (&[(10, "a"), (10, "a"), (30, "a")][..], "null = \"uniform\""),
        (
            &[(10, "a"), (12, "a"), (30, "a")],
            "null = \"spaced\"\nmin_gap = 5",
        ),
        (
            &[(10, "a"), (10, "a"), (30, "a")],
            "null = \"uniform\"\nwithin = \"month\"",
        ),
        (
            &apart,
            "null = \"uniform\"\npool = \"list\"\ndates = { file = \"list.csv\" }",
        ),
        (&apart, "null = \"list\"\nsets = { file = \"sets.csv\" }"),
        (
            &apart,
            "null = \"uniform\"\nblackout = { file = \"out.csv\" }",
        ),
    ] {
        let folder = made_up(rows, false, "", test, "draws = 50");
        for (name, text) in [
            ("list.csv", format!("date\n{list}")),
            ("sets.csv", sets.clone()),
            ("out.csv", format!("date\n{}\n", day(22))),
        ] {
            std::fs::write(folder.0.path().join(name), text).unwrap();
        }
        for command in ["run", "check"] {
            let output = folder.placebo(&[command, "study.toml"]);
            let text = flat(&output.stdout);
            assert!(output.status.success(), "{test}: {output:?}");
            assert!(text.contains("A reference distribution"), "{test}: {text}");
            assert!(text.contains("p claims no level"), "{test}: {text}");
            assert!(!text.contains("ssumes that"), "{test}: {text}");
            assert!(!text.contains("random draw"), "{test}: {text}");
        }
    }
    // The same events on distinct dates of the pool: the assumption stands.
    let folder = made_up(&apart, false, "", "null = \"uniform\"", "draws = 50");
    let text = flat(&folder.placebo(&["check", "study.toml"]).stdout);
    assert!(
        text.contains("Assumes that the event dates were a random draw from the eligible dates."),
        "{text}"
    );
    assert!(!text.contains("reference distribution"), "{text}");
}

/// A sample around the events is their choice, which designs that place events elsewhere say.
#[test]
fn samples_around_events_say_so() {
    let rows = [(20, "a"), (30, "b"), (34, "a"), (41, "b")];
    let span = format!("from = {}\nto = {}", day(10), day(51));
    let sentence = "The sample's ends are the events' choice ([sample] around_events = 10";
    for (test, says) in [
        ("null = \"uniform\"", true),
        ("null = \"uniform\"\nwithin = \"weekday\"", true),
        ("null = \"spaced\"\nmin_gap = 2", true),
        ("null = \"gap-shuffle\"\nends = \"free\"", true),
        ("null = \"gap-shuffle\"", false),
        ("null = \"labels\"", false),
        ("null = \"signs\"", false),
        ("null = \"circular-shift\"", false),
    ] {
        for (sample, says) in [("around_events = 10", says), (&span, false)] {
            let folder = made_up(&rows, true, sample, test, "draws = 50");
            for command in ["run", "check"] {
                let output = folder.placebo(&[command, "study.toml"]);
                let text = flat(&output.stdout);
                assert!(output.status.success(), "{test}: {output:?}");
                assert_eq!(text.contains(sentence), says, "{test}, {sample}: {text}");
            }
        }
    }
    // Data sets of the study's own series keep one sample, and say that.
    let folder = made_up(&rows, true, "around_events = 10", "null = \"uniform\"", "");
    let power = |law: &str| {
        let args = [
            "power",
            "study.toml",
            "--effect",
            "0",
            "--sets",
            "9",
            "--draws",
            "19",
        ];
        flat(
            &folder
                .placebo(&[&args[..], &["--series", law]].concat())
                .stdout,
        )
    };
    assert!(power("iid").contains(sentence));
    let own = power("own");
    assert!(
        !own.contains(sentence)
            && own.contains("keep the sample that the study's own events chose")
    );
}

/// A grid marks the rows whose p claims no level, and says why.
#[test]
fn grids_mark_reference_distributions() {
    let rows = [(10, "a"), (22, "a"), (30, "a"), (47, "a")];
    let grid = "\n[grid]\nleave_out = [1]\n";
    for (test, marked) in [("avoid_events = 1", true), ("null = \"uniform\"", false)] {
        let folder = made_up(&rows, false, "", test, &format!("draws = 50\n{grid}"));
        let report = json(&folder, &["grid", "study.toml"]);
        let results = report["results"].as_array().unwrap();
        assert_eq!(results.len(), 5);
        assert!(results.iter().all(|row| row["reference"] == marked));
        let output = folder.placebo(&["grid", "study.toml"]);
        let text = flat(&output.stdout);
        assert_eq!(text.contains("(*) No level is claimed"), marked, "{text}");
        assert_eq!(
            text.contains("[[test]] 1: A reference distribution: the draws avoid"),
            marked
        );
    }
}
