//! Ranges of draws in files: merged they equal one shot, and what does not belong is refused.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use placebo::run::{Counted, RunOptions, count, prepare};
use placebo::study::Study;
use placebo::tally_file::TallyFile;

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
        let file = TallyFile::new(prepared.context(&study), counted.clone());
        TallyFile::from_text(&file.to_text(), "forged")
    };
    assert!(read(&counted).is_ok());
    let forgeries: [fn(&mut Counted); 14] = [
        |c| c.answers.clear(),
        |c| c.answers[0].tally.hypotheses[3].thresholds.clear(),
        |c| c.answers[0].tally.hypotheses[0].thresholds[0] = (90, 90),
        |c| c.answers[0].tally.hypotheses[0].histogram[7] += 1,
        |c| c.answers[1].tally.hypotheses[0].sums.offsets = u128::MAX,
        |c| c.answers[0].plan.hypotheses[0].lattice.bin_shift = 99,
        |c| c.answers[0].plan.observed[0] = 1_000_000,
        |c| c.answers[0].plan.positions = 100,
        |c| drop(c.answers[0].plan.folds.pop()),
        |c| c.answers[1].family = c.answers[0].family.clone(),
        |c| c.answers[0].plan.family.as_mut().unwrap().members[0] = 1_000_000,
        |c| c.answers[0].plan.family.as_mut().unwrap().level = 1.0,
        |c| c.answers[0].family.as_mut().unwrap().members.truncate(1),
        |c| c.answers[0].family.as_mut().unwrap().tails[0].members[0].min_p_step = 101,
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
