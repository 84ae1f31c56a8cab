//! What cannot be computed has a reason, and what is said beside numbers is so.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::folder::{EVENTS, Folder, STUDY, edit};

fn json(folder: &Folder, args: &[&str]) -> Value {
    let args = [args, &["--format", "json"]].concat();
    let output = folder.placebo(&args);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A table with its lines joined.
fn text(folder: &Folder, args: &[&str]) -> String {
    let output = folder.placebo(args);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(folder: &Folder, args: &[&str], parts: &[&str]) {
    let output = folder.placebo(args);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let error = String::from_utf8(output.stderr).unwrap();
    for part in parts {
        assert!(error.contains(part), "`{part}` is not in {error}");
    }
}

const ENUMERATED: (&str, &str) = ("enumerate = 0\n", "");

/// All pairs of the eight dates with a window as the observed events: p moves by the step that is
/// printed, and none is smaller than the smallest possible p that each row states, ties at the extremes
/// among the changes.
#[test]
fn steps_and_smallest_p_of_an_enumeration() {
    for (convention, tails) in [
        ("equal-tailed", 2),
        ("lower", 1),
        ("upper", 1),
        ("symmetric", 1),
    ] {
        let study = edit(
            STUDY,
            &[
                ENUMERATED,
                (
                    "window =",
                    &format!("convention = \"{convention}\"\nwindow ="),
                ),
            ],
        );
        let mut seen = BTreeSet::new();
        let mut stated = BTreeSet::new();
        for a in 2..=9 {
            for b in a + 1..=9 {
                let events = format!("date\n2024-01-{a:02}\n2024-01-{b:02}\n");
                let folder = Folder::with(&[("study.toml", &study), ("events.csv", &events)]);
                let report = json(&folder, &["run", "study.toml", "-q"]);
                let row = &report["results"][0];
                let p = row["p"].as_f64().unwrap() * 28.0;
                assert!((p - p.round()).abs() < 1e-9);
                seen.insert(p.round() as u64);
                stated.insert((row["p_least"].as_f64().unwrap() * 28.0).round() as u64);
                let null = &report["manifest"]["nulls"][0];
                assert_eq!(null["p_denominator"], 28);
                assert_eq!(null["p_step"], f64::from(tails) / 28.0);
            }
        }
        let least = *seen.first().unwrap();
        assert_eq!(
            stated.into_iter().collect::<Vec<_>>(),
            [least],
            "{convention}"
        );
        // Whole steps, but where p ends at 1.
        let whole = |p: &u64| *p == 28 || p.is_multiple_of(tails as u64);
        assert!(seen.iter().all(whole), "{convention}: {seen:?}");
        let folder = Folder::with(&[("study.toml", &study)]);
        let said = format!(
            "p moves in steps of {tails}/28 = {:.4}",
            f64::from(tails) / 28.0
        );
        assert!(text(&folder, &["run", "study.toml"]).contains(&said));
        assert!(text(&folder, &["check", "study.toml"]).contains(&said));
        if least * 20 > 28 {
            let floor = format!(
                "The smallest possible p is {:.4}, above 0.05",
                least as f64 / 28.0
            );
            assert!(
                text(&folder, &["run", "study.toml"]).contains(&floor),
                "{floor}"
            );
        }
    }
}

/// `check` knows how many draws there will be, and what is added to them.
#[test]
fn check_states_the_step_of_the_p_to_come() {
    let steps = |study: &str, events: &str| {
        let folder = Folder::with(&[("study.toml", study), ("events.csv", events)]);
        let preview = json(&folder, &["check", "study.toml"]);
        let test = &preview["tests"][0];
        let of = test["p_denominator"].as_u64();
        let said = text(&folder, &["check", "study.toml"]);
        match (of, test["p_step"].as_f64()) {
            (Some(of), Some(step)) => {
                let tails = (step * of as f64).round();
                assert!(
                    said.contains(&format!("p moves in steps of {tails}/{of} =")),
                    "{said}"
                );
                Some((tails as u64, of))
            }
            _ => {
                assert!(!said.contains("p moves"), "{said}");
                None
            }
        }
    };
    assert_eq!(steps(STUDY, EVENTS), Some((2, 101)));
    let raw = edit(STUDY, &[("draws = 100", "draws = 100\nraw = true")]);
    assert_eq!(steps(&raw, EVENTS), Some((2, 100)));
    let lower = edit(STUDY, &[("window =", "convention = \"lower\"\nwindow =")]);
    assert_eq!(steps(&lower, EVENTS), Some((1, 101)));
    let stops = edit(STUDY, &[("draws = 100", "draws = 100\nstop_at = 10")]);
    assert_eq!(steps(&stops, EVENTS), None);
    let enumerated = edit(STUDY, &[ENUMERATED]);
    assert_eq!(steps(&enumerated, EVENTS), Some((2, 28)));
    // Two events of different groups on one day are no draw of distinct dates: one more.
    let shared = edit(
        &enumerated,
        &[(
            "file = \"events.csv\"",
            "file = \"events.csv\"\ngroup = \"kind\"",
        )],
    );
    let events = "date,kind\n2024-01-03,a\n2024-01-03,b\n";
    assert_eq!(steps(&shared, events), Some((2, 57)));
}

#[test]
fn one_admissible_set_cannot_reject() {
    let events: String = (2..=9).map(|day| format!("2024-01-{day:02}\n")).collect();
    let events = format!("date\n{events}");
    for study in [STUDY.to_owned(), edit(STUDY, &[ENUMERATED])] {
        let folder = Folder::with(&[("study.toml", &study), ("events.csv", &events)]);
        let report = json(&folder, &["run", "study.toml", "-q"]);
        let row = &report["results"][0];
        assert!(row["p"].is_null() && row["p_exact"].is_null() && row["p_mc_low"].is_null());
        assert_eq!(
            row["p_reason"],
            "one admissible set: this test cannot reject"
        );
        assert!((row["observed"].as_f64().unwrap() - 0.1 / 8.0 * 6.0).abs() < 0.2);
        for command in ["run", "check"] {
            let said = text(&folder, &[command, "study.toml"]);
            assert!(
                said.contains("One admissible set: this test cannot reject"),
                "{said}"
            );
            assert!(!said.contains("steps of"), "{said}");
        }
    }
}

/// A constant series has rows with the reason beside those of the others, whose adjusted p-values do not
/// count it; alone it stops the run.
#[test]
fn constant_series() {
    let prices = "date,oil,peg\n2024-01-01,10.0,3.6\n2024-01-02,10.5,3.6\n2024-01-03,10.1,3.6\n\
                  2024-01-04,11.0,3.6\n2024-01-05,11.2,3.6\n2024-01-06,10.9,3.6\n2024-01-07,10.7,3.6\n\
                  2024-01-08,10.4,3.6\n2024-01-09,10.6,3.6\n2024-01-10,11.1,3.6\n";
    let both = edit(
        STUDY,
        &[
            ("[\"oil\"]", "[\"oil\", \"peg\"]"),
            (
                "\"mean-change\"",
                "[\"mean-change\", \"median-change\", \"mean-absolute-change\"]",
            ),
            ("window =", "family = {}\nwindow ="),
        ],
    );
    let reason = "no placebo set can give another value than the observed one";
    for study in [both.clone(), edit(&both, &[ENUMERATED])] {
        let folder = Folder::with(&[("study.toml", &study), ("prices.csv", prices)]);
        let report = json(&folder, &["run", "study.toml", "-q"]);
        let alone = edit(&study, &[("[\"oil\", \"peg\"]", "[\"oil\"]")]);
        let one = json(
            &Folder::with(&[("study.toml", &alone)]),
            &["run", "study.toml", "-q"],
        );
        let rows = report["results"].as_array().unwrap();
        let of = |name: &str| -> Vec<&Value> {
            let rows = rows.iter();
            rows.filter(|row| row["series"] == name).collect()
        };
        assert_eq!((of("oil").len(), of("peg").len()), (3, 3));
        for row in of("peg") {
            assert_eq!(row["observed"], 0.0);
            for key in [
                "p", "p_lower", "p_upper", "p_exact", "p_maxt", "p_holm", "p_least",
            ] {
                assert!(row[key].is_null(), "{key}: {row}");
            }
            assert_eq!(row["p_reason"], reason);
            assert_eq!(row["p_exact_reason"], reason);
        }
        for (row, alone) in of("oil").iter().zip(one["results"].as_array().unwrap()) {
            for key in ["p", "p_exact", "p_holm", "p_bh", "p_by", "p_maxt", "p_minp"] {
                assert_eq!(row[key], alone[key], "{key}");
            }
            assert!(row["p_reason"].is_null());
        }
        let said = text(&folder, &["run", "study.toml"]);
        assert!(
            said.contains(&format!(
                "No p (peg: mean-change, median-change, mean-absolute-change): {reason}."
            )),
            "{said}"
        );
    }
    let alone = edit(&both, &[("[\"oil\", \"peg\"]", "[\"peg\"]")]);
    let folder = Folder::with(&[("study.toml", &alone), ("prices.csv", prices)]);
    refused(&folder, &["run", "study.toml"], &["nothing can be tested"]);
}

const GROUPED: (&str, &str) = (
    "file = \"events.csv\"",
    "file = \"events.csv\"\ngroup = \"kind\"",
);
const KINDS: &str = "date,kind\n2024-01-03,a\n2024-01-04,b\n2024-01-05,b\n2024-01-08,a\n";

/// Rows of single groups under `labels` are about the difference; all events together are no test.
#[test]
fn labels_of_single_groups() {
    let study = edit(
        STUDY,
        &[GROUPED, ("window =", "null = \"labels\"\nwindow =")],
    );
    let folder = Folder::with(&[("study.toml", &study), ("events.csv", KINDS)]);
    let clause =
        "a placebo for the difference of that group from the rest of the events, not for its level";
    for command in ["run", "check"] {
        assert!(text(&folder, &[command, "study.toml"]).contains(clause));
    }
    let report = json(&folder, &["run", "study.toml", "-q"]);
    for row in report["results"].as_array().unwrap() {
        assert_eq!(row["p"].is_null(), row["group"] == "all", "{row}");
    }
    let uniform = edit(STUDY, &[GROUPED]);
    let folder = Folder::with(&[("study.toml", &uniform), ("events.csv", KINDS)]);
    assert!(!text(&folder, &["run", "study.toml"]).contains("a placebo for the difference"));
}

/// Pairs of events at most two rows apart share a row of their windows of three: (3, 4), (3, 5), (4, 5).
#[test]
fn overlapping_windows_are_counted() {
    for (null, words) in [
        ("uniform", "drawn dates overlap as chance has it"),
        ("signs", "hold the same changes"),
    ] {
        let study = edit(
            STUDY,
            &[("window =", &format!("null = \"{null}\"\nwindow ="))],
        );
        let with = |events: &str| Folder::with(&[("study.toml", &study), ("events.csv", events)]);
        let folder = with(KINDS);
        let said = text(&folder, &["run", "study.toml"]);
        assert!(
            said.contains("The windows of 3 pairs of events, of 6, overlap"),
            "{said}"
        );
        assert!(said.contains(words), "{said}");
        let apart = text(
            &with("date\n2024-01-03\n2024-01-06\n"),
            &["run", "study.toml"],
        );
        assert!(!apart.contains("overlap:"), "{apart}");
    }
}

/// The null's name tells files and columns, so that no two rows have one key; the same test twice is
/// refused.
#[test]
fn keys_of_rows_are_unique() {
    let sets =
        "first,second,date\nx,p,2024-01-03\nx,q,2024-01-06\ny,p,2024-01-04\ny,q,2024-01-07\n";
    let tests = |a: &str, b: &str, null: &str| {
        let head = edit(
            STUDY,
            &[(
                "[[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\nmeasure = \"endpoints\"\n",
                "",
            )],
        );
        let one = |key: &str| {
            format!(
                "[[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\nmeasure = \"endpoints\"\nnull = \"{null}\"\n{key}\n"
            )
        };
        edit(&head, &[("[run]", &format!("{}{}[run]", one(a), one(b)))])
    };
    let keys = |study: &str, files: &[(&str, &str)]| {
        let folder = Folder::with(&[&[("study.toml", study)], files].concat());
        let report = json(&folder, &["run", "study.toml", "-q"]);
        let rows = report["results"].as_array().unwrap();
        let nulls: BTreeSet<String> = rows.iter().map(|row| row["null"].to_string()).collect();
        assert_eq!((rows.len(), nulls.len()), (2, 2), "{nulls:?}");
        assert_eq!(report["manifest"]["nulls"][0]["null"], rows[0]["null"]);
    };
    let study = tests(
        "sets = { file = \"sets.csv\", set = \"first\" }",
        "sets = { file = \"sets.csv\", set = \"second\" }",
        "list",
    );
    keys(&study, &[("sets.csv", sets)]);
    let blackout = "date,other\n2024-01-05,2024-01-08\n";
    let study = tests(
        "blackout = { file = \"out.csv\" }",
        "blackout = { file = \"out.csv\", date = \"other\" }",
        "uniform",
    );
    keys(&study, &[("out.csv", blackout)]);
    let study = tests("", "", "uniform");
    refused(
        &Folder::with(&[("study.toml", &study)]),
        &["run", "study.toml"],
        &["repeats"],
    );
}

/// The raw form is heeded, or refused where there is none.
#[test]
fn raw_is_heeded_or_refused() {
    let raw = |edits: &[(&str, &str)]| {
        let study = edit(
            STUDY,
            &[&[("draws = 100", "draws = 100\nraw = true")], edits].concat(),
        );
        Folder::with(&[("study.toml", &study)])
    };
    let interval = raw(&[("window =", "interval = {}\nwindow =")]);
    refused(&interval, &["run", "study.toml"], &["run.raw", "interval"]);
    refused(
        &raw(&[]),
        &["power", "study.toml", "--sets", "10"],
        &["[run] raw", "rejects more often"],
    );
    for rule in ["stop_at = 3", "until = 0.05"] {
        let folder = raw(&[("raw = true", &format!("raw = true\n{rule}"))]);
        refused(&folder, &["run", "study.toml"], &["run.raw"]);
    }
    // b of 100 draws.
    let whole = |p: &Value| {
        let count = p.as_f64().unwrap() * 100.0;
        assert!((count - count.round()).abs() < 1e-9, "{p}");
    };
    let family = raw(&[("window =", "family = {}\nwindow =")]);
    let report = json(&family, &["run", "study.toml", "-q"]);
    for key in ["p", "p_lower", "p_maxt", "p_minp"] {
        whole(&report["results"][0][key]);
    }
    let grid = raw(&[("[run]", "[grid]\nstatistics = [\"median-change\"]\n\n[run]")]);
    let report = json(&grid, &["grid", "study.toml", "--draws", "100", "-q"]);
    whole(&report["results"][0]["p"]);
    whole(&report["curves"][0]["p_median"]);
    whole(&report["curves"][0]["p_largest"]);
}

/// The exact p is that of all sets made once, also where the observed set is none of them, whether they
/// are enumerated or its law is known.
#[test]
fn exact_p_does_not_depend_on_what_answers() {
    // An event outside the pool, and the largest change of all.
    let events = "date,kind\n2024-01-03,a\n2024-01-06,a\n";
    let dates = "date\n2024-01-02\n2024-01-04\n2024-01-05\n2024-01-06\n2024-01-07\n2024-01-08\n2024-01-09\n";
    for convention in ["equal-tailed", "lower", "upper", "symmetric"] {
        let study = edit(
            STUDY,
            &[(
                "window =",
                &format!(
                    "pool = \"list\"\ndates = {{ file = \"dates.csv\" }}\nconvention = \"{convention}\"\nwindow ="
                ),
            )],
        );
        let folder = Folder::with(&[
            ("study.toml", &study),
            ("events.csv", events),
            ("dates.csv", dates),
        ]);
        let drawn = json(&folder, &["run", "study.toml", "-q"]);
        let study = edit(&study, &[ENUMERATED]);
        let folder = Folder::with(&[
            ("study.toml", &study),
            ("events.csv", events),
            ("dates.csv", dates),
        ]);
        let made = json(&folder, &["run", "study.toml", "-q"]);
        let (drawn, made) = (&drawn["results"][0], &made["results"][0]);
        assert_eq!(made["engine"], "enumeration");
        assert_eq!(drawn["engine"], "monte-carlo");
        let (a, b) = (
            drawn["p_exact"].as_f64().unwrap(),
            made["p_exact"].as_f64().unwrap(),
        );
        assert!((a - b).abs() < 1e-12, "{convention}: {a} {b}");
        // 21 sets and the observed one.
        assert!((b * 22.0 - (b * 22.0).round()).abs() < 1e-9);
    }
}

/// Rotations: what they assume, and what they are worth, from their values one by one.
#[test]
fn rotations_say_what_they_are_worth() {
    let study = edit(
        STUDY,
        &[("window =", "null = \"circular-shift\"\nwindow =")],
    );
    let folder = Folder::with(&[("study.toml", &study)]);
    let report = json(&folder, &["run", "study.toml", "-q"]);
    let row = &report["results"][0];
    let n = row["draws"].as_u64().unwrap() as usize;
    let values: Vec<f64> = (0..n)
        .map(|index| {
            let index = index.to_string();
            let draw = json(&folder, &["draw", "study.toml", "--index", &index]);
            draw["tests"][0]["values"][0]["value"].as_f64().unwrap()
        })
        .collect();
    let mean = values.iter().sum::<f64>() / n as f64;
    let rho = |lag: usize| {
        let product = |lag: usize| -> f64 {
            (0..n)
                .map(|i| (values[i] - mean) * (values[(i + lag) % n] - mean))
                .sum()
        };
        product(lag) / product(0)
    };
    let mut sum = 0.0;
    for lag in 1..n {
        if rho(lag) <= 0.0 {
            break;
        }
        sum += rho(lag);
    }
    let close = |key: &str, expected: f64| {
        let found = row[key].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-9, "{key}: {found} {expected}");
    };
    close("lag1_correlation", rho(1));
    close("crossings", n as f64 * rho(1).acos() / std::f64::consts::PI);
    close("effective_draws", n as f64 / (1.0 + 2.0 * sum));
    let said = text(&folder, &["run", "study.toml"]);
    for part in [
        "read around a circle",
        "cross the mean about",
        "independent ones",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

/// Exact laws and enumerations can be left out.
#[test]
fn exact_laws_on_request_only() {
    let folder = Folder::with(&[]);
    let row = |args: &[&str]| {
        let report = json(&folder, &[&["run", "study.toml", "-q"], args].concat());
        report["results"][0].clone()
    };
    assert!(row(&[])["p_exact"].is_number());
    let never = row(&["--exact", "never"]);
    assert!(never["p_exact"].is_null() && never["p"].is_number());
    let reason = never["p_exact_reason"].as_str().unwrap();
    assert!(reason.contains("not asked for"), "{reason}");
    let enumerated = Folder::with(&[("study.toml", &edit(STUDY, &[ENUMERATED]))]);
    let row = |args: &[&str]| {
        let report = json(&enumerated, &[&["run", "study.toml", "-q"], args].concat());
        report["results"][0].clone()
    };
    let made = row(&[]);
    assert_eq!(
        (&made["engine"], &made["p_exact"], &made["complete"]),
        (&"enumeration".into(), &made["p"], &true.into())
    );
    // Without them the same study draws as if it had more sets than are made.
    assert_eq!(row(&["--exact", "never"]), never);
    let key = edit(STUDY, &[("draws = 100", "draws = 100\nexact = \"never\"")]);
    let folder = Folder::with(&[("study.toml", &key)]);
    let report = json(&folder, &["run", "study.toml", "-q"]);
    assert_eq!(report["results"][0]["p_exact_reason"], reason);
    let report = json(&folder, &["run", "study.toml", "-q", "--exact", "auto"]);
    assert!(report["results"][0]["p_exact"].is_number());
}

/// A run never replaces what it reads, by whatever name.
#[test]
fn files_that_are_read_are_not_replaced() {
    let study = edit(
        STUDY,
        &[
            ("\"prices.csv\"", "\"pri*.csv\""),
            ("window =", "blackout = { file = \"out.csv\" }\nwindow ="),
        ],
    );
    let files = [
        ("study.toml", study.as_str()),
        ("out.csv", "date\n2024-01-05\n"),
    ];
    let folder = Folder::with(&files);
    std::fs::create_dir(folder.0.path().join("sub")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        folder.0.path().join("events.csv"),
        folder.0.path().join("link"),
    )
    .unwrap();
    let before = |name: &str| std::fs::read(folder.0.path().join(name)).unwrap();
    let names = ["study.toml", "prices.csv", "events.csv", "out.csv"];
    let texts = names.map(before);
    for command in ["run", "check", "grid", "power", "draw"] {
        for name in names.iter().chain(&["./sub/../prices.csv", "link"]) {
            let mut args = vec![command, "study.toml", "--out", name];
            if command == "draw" {
                args.extend(["--index", "1"]);
            }
            refused(&folder, &args, &["would replace", "--out"]);
        }
    }
    refused(
        &folder,
        &["run", "study.toml", "--tally", "prices.csv"],
        &["would replace", "--tally"],
    );
    let tally = folder.placebo(&["run", "study.toml", "-q", "--tally", "all.tally"]);
    assert!(tally.status.success());
    refused(
        &folder,
        &["merge", "all.tally", "--out", "all.tally"],
        &["would replace"],
    );
    let quick = [
        "run",
        "--data",
        "prices.csv",
        "--events",
        "events.csv",
        "--window",
        "-1..1",
    ];
    let args = [&quick[..], &["--out", "events.csv"]].concat();
    refused(&folder, &args, &["would replace"]);
    assert_eq!(names.map(before), texts);
    let done = folder.placebo(&["run", "study.toml", "-q", "--out", "results.json"]);
    assert!(done.status.success(), "{done:?}");
}

/// A file that cannot be written whole is not there at all, and one that was there stays.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_half_files() {
    let folder = Folder::with(&[("results.csv", "mine\n")]);
    let placebo = assert_cmd::cargo::cargo_bin!("placebo")
        .display()
        .to_string();
    for (command, file) in [
        (
            "init prices.csv --events events.csv --out new.toml",
            "new.toml",
        ),
        ("studies --export mine", "mine/andrews-farboodi.toml"),
        (
            "run study.toml -q --format csv --out results.csv",
            "results.csv",
        ),
    ] {
        // No file may grow: as on a full disk, but for the error's name.
        let script = format!("trap '' XFSZ; ulimit -f 0; exec {placebo} {command}");
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.0.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}: {output:?}");
        let left = std::fs::read_to_string(folder.0.path().join(file)).ok();
        assert_eq!(
            left.as_deref(),
            (file == "results.csv").then_some("mine\n"),
            "{command}"
        );
    }
}
