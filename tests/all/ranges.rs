//! Ranges of draws in files: merged they equal one shot, and what does not belong is refused.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

use crate::folder::Folder;
use placebo::run::{Counted, Part, RunOptions, count, merge, prepare};
use placebo::study::Study;

const STUDY: &str = "andrews-farboodi";
const DRAWS: &str = "30000";

fn placebo(folder: &Path, args: &[&str]) -> Output {
    Command::cargo_bin("placebo")
        .unwrap()
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap()
}

fn tally(folder: &Path, file: &str, args: &[&str]) {
    let output = placebo(
        folder,
        &[&["run", STUDY, "--quiet", "--tally", file], args].concat(),
    );
    assert!(output.status.success(), "{output:?}");
    assert!(output.stdout.is_empty());
}

fn results(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["manifest"]["complete"], true);
    report["results"].clone()
}

/// The error of a merge that must be refused: exit code 2 and nothing on stdout.
fn refused(folder: &Path, files: &[&str]) -> String {
    let output = placebo(folder, &[&["merge"], files].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn seven_uneven_pieces_on_mixed_devices_equal_one_shot() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let one_shot = placebo(
        folder,
        &[
            "run", STUDY, "--draws", DRAWS, "--device", "cpu", "--format", "json", "--quiet",
        ],
    );
    let pieces = [
        ("0..1", "cpu"),
        ("1..9000", "gpu"),
        ("9000..9001", "gpu"),
        ("9001..9100", "cpu"),
        ("9100..20000", "cpu"),
        ("20000..29999", "gpu"),
        ("29999..30000", "cpu"),
    ];
    for (range, device) in pieces {
        let args = ["--draws", DRAWS, "--range", range, "--device", device];
        tally(folder, range, &args);
    }
    let shuffled = [4, 0, 6, 2, 5, 3, 1].map(|i: usize| pieces[i].0);
    let merged = placebo(
        folder,
        &[&["merge", "--format", "json"], &shuffled[..]].concat(),
    );
    assert_eq!(results(&merged), results(&one_shot));
    assert_eq!(results(&merged).as_array().unwrap().len(), 56);

    let missing = refused(folder, &shuffled[1..]);
    assert!(
        missing.contains("no file has the draws 9100..20000"),
        "{missing}"
    );
    assert!(missing.contains("--range 9100..20000"), "{missing}");
    let twice = refused(folder, &["0..1", "9100..20000", "1..9000", "9100..20000"]);
    assert!(
        twice.contains("9100..20000: draws 9100..20000 are counted already in 0..1"),
        "{twice}"
    );
}

#[test]
fn tallies_of_other_questions_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    tally(folder, "half", &["--draws", "1000", "--range", "0..500"]);
    for (file, args, says) in [
        (
            "seed",
            &["--draws", "1000", "--seed", "9", "--range", "500..1000"][..],
            "seed",
        ),
        (
            "draws",
            &["--draws", "2000", "--range", "500..1000"],
            "part of 2000 draws, not 1000",
        ),
        (
            "raw",
            &["--draws", "1000", "--range", "500..1000", "--raw"],
            "differ",
        ),
    ] {
        tally(folder, file, args);
        let error = refused(folder, &["half", file]);
        assert!(
            error.contains(&format!("{file}: it answers another question than half")),
            "{error}"
        );
        assert!(error.contains(says), "{error}");
    }
    let other = placebo(
        folder,
        &[
            "run",
            "bjorkegren",
            "--quiet",
            "--draws",
            "1000",
            "--range",
            "500..1000",
            "--tally",
            "other",
        ],
    );
    assert!(other.status.success());
    let error = refused(folder, &["half", "other"]);
    assert!(error.contains("its study is bjorkegren"), "{error}");
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    tally(folder, "good", &["--draws", "100"]);
    let good = std::fs::read_to_string(folder.join("good")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();

    write(
        "version",
        &good.replacen("\"format_version\":", "\"format_version\":7", 1),
    );
    let error = refused(folder, &["version"]);
    assert!(
        error.contains("version: the tally file has format version 7"),
        "{error}"
    );

    write(
        "changed",
        &good.replacen("\"thresholds\":[[", "\"thresholds\":[[1", 1),
    );
    let error = refused(folder, &["changed"]);
    assert!(
        error.contains("changed: the tally file is damaged"),
        "{error}"
    );

    write("cut", &good[..good.len() / 2]);
    assert!(refused(folder, &["cut"]).contains("cut: this is no tally file"));
    write("text", "date,value\n");
    assert!(refused(folder, &["text"]).contains("text: this is no tally file"));
    assert!(refused(folder, &["absent"]).contains("absent"));
    // The good one is complete by itself.
    results(&placebo(folder, &["merge", "good", "--format", "json"]));
}

/// Files whose checksums are right and whose contents are not: none may be merged, none may panic.
#[test]
fn impossible_tallies_are_refused() {
    let mut study = Study::open(STUDY).unwrap();
    study.run.draws = 100;
    study.tests[0].family = Some(toml::from_str("level = 0.1").unwrap());
    let prepared = prepare(&study).unwrap();
    let options = RunOptions {
        device: "cpu".parse().unwrap(),
        ..Default::default()
    };
    let counted = count(&prepared, 0..100, 100, &options, &mut |_, _| true).unwrap();
    let read = |counted: &Counted| {
        let part = prepared.part(&study, counted.clone())?;
        let part = Part::from_text(&part.to_text(), "forged")?;
        merge(vec![("forged".into(), part)], None)
    };
    let (_, merged) = read(&counted).unwrap();
    assert_eq!(merged.answers, counted.answers);
    let forgeries: [fn(&mut Counted); 9] = [
        |c| c.answers.clear(),
        |c| drop(c.answers.pop()),
        |c| c.answers[0].tally.hypotheses[3].thresholds.clear(),
        |c| c.answers[0].tally.hypotheses[0].thresholds[0] = (90, 90),
        |c| c.answers[0].tally.hypotheses[0].histogram[7] += 1,
        |c| c.answers[1].tally.hypotheses[0].sums.offsets = u128::MAX,
        |c| c.answers[1].family = c.answers[0].family.clone(),
        |c| c.answers[0].family.as_mut().unwrap().members.truncate(1),
        |c| c.answers[0].family.as_mut().unwrap().tails[0].members[0].min_p_step = Some(101),
    ];
    for (i, forge) in forgeries.iter().enumerate() {
        let mut forged = counted.clone();
        forge(&mut forged);
        let error = read(&forged).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("damaged"), "{i}: {error}");
    }
}

#[test]
fn ranges_that_cannot_be_run_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (args, says) in [
        (
            &["--draws", "100", "--range", "50..101", "--tally", "x"][..],
            "the study has 100 draws a test",
        ),
        (&["--range", "5..5", "--tally", "x"], "the range is empty"),
        (&["--range", "0..5"], "--tally"),
        (
            &[
                "--draws",
                "100",
                "--range",
                "0..50",
                "--tally",
                "x",
                "--convention",
                "symmetric",
            ],
            "needs the mean of all draws",
        ),
    ] {
        let output = placebo(folder.path(), &[&["run", STUDY], args].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(says), "{error}");
    }
    assert!(!folder.path().join("x").exists());
}

/// A study's text says all that it does: read again it is the same study.
#[test]
fn studies_are_their_texts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let study = Study::open(path.to_str().unwrap()).unwrap();
            let text = study.to_toml().unwrap();
            let again = Study::from_toml(&text, "again.toml", study.source.clone()).unwrap();
            assert_eq!(again, study, "{text}");
            seen += 1;
        }
    }
    assert!(seen >= 2);
}

/// Every key of a study file stands in the text of a study that gives it.
#[test]
fn texts_hold_every_key() {
    let text = r#"
name = "all"
title = "all keys"
citation = "none"
[data]
files = ["prices.csv"]
series = ["oil"]
transform = "level-change"
[calendar]
kind = "weekdays"
[sample]
from = 2024-01-01
to = 2024-01-10
[events]
file = "events.csv"
date = "date"
filter = { kind = ["meeting", "speech"], weight = 1 }
shift = 1
[[test]]
statistic = ["mean-change", "median-change"]
null = "uniform"
window = [-1, 1]
days = [0, 1]
within = { file = "regimes.csv", column = "regime" }
blackout = { file = "events.csv", off_calendar = "drop" }
convention = "upper"
family = { level = 0.1 }
interval = { level = 0.9, path = [1.0, 0.5, 0.25] }
[[test]]
statistic = "trimmed-mean-change"
trim = 0.2
window = [-1, 1]
cluster = "month"
null = "labels"
[grid]
leave_out = [1]
[run]
draws = 100
seed = 7
stop_at = 10
"#;
    let study = Study::from_toml(text, "all.toml", Default::default());
    let study = study.unwrap_or_else(|error| panic!("{error}"));
    let again = study.to_toml().unwrap();
    assert_eq!(
        Study::from_toml(&again, "all.toml", Default::default()).unwrap(),
        study,
        "{again}"
    );
}

/// The folder may be another one at the merge; other data are refused.
#[test]
fn data_may_move_but_not_change() {
    let folder = Folder::with(&[]);
    let run = |args: &[&str]| folder.placebo(&[&["run", "study.toml", "--quiet"], args].concat());
    for (range, file) in [("0..40", "a"), ("40..100", "b")] {
        let done = run(&["--range", range, "--tally", file]);
        assert!(done.status.success(), "{done:?}");
    }
    let text = std::fs::read_to_string(folder.0.path().join("a")).unwrap();
    assert!(
        !text.contains("\"folds\"") && !text.contains("\"positions\""),
        "a plan is in {text}"
    );
    let one_shot = results(&run(&["--format", "json"]));
    let moved = folder.0.path().join("moved");
    std::fs::create_dir(&moved).unwrap();
    for name in ["prices.csv", "events.csv"] {
        std::fs::rename(folder.0.path().join(name), moved.join(name)).unwrap();
    }
    std::fs::remove_file(folder.0.path().join("study.toml")).unwrap();
    let merge =
        |args: &[&str]| folder.placebo(&[&["merge", "b", "a", "--format", "json"], args].concat());
    assert_eq!(merge(&[]).status.code(), Some(2));
    assert_eq!(results(&merge(&["--data", "moved"])), one_shot);
    let prices = moved.join("prices.csv");
    let text = std::fs::read_to_string(&prices).unwrap();
    std::fs::write(&prices, text.replace("11.2", "11.3")).unwrap();
    let refused = merge(&["--data", "moved"]);
    let error = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(error.contains("prices.csv has another SHA-256"), "{error}");
}
