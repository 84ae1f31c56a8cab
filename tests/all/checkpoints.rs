//! Draws that are kept: whatever ends a run, the same command goes on where it was.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::folder::Folder;
use crate::tables::{drawn, made_up, on};
use placebo::load::Source;
use placebo::question::table::TableSpec;
use placebo::run::{count, prepare};
use placebo::study::Study;
use placebo::table_test::TableTest;

fn results(folder: &Folder, args: &[&str]) -> serde_json::Value {
    let done = folder.placebo(&[args, &["--format", "json"]].concat());
    assert!(done.status.success(), "{done:?}");
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["manifest"]["complete"], true);
    report["results"].clone()
}

/// Stopped again and again, and begun anew each time.
#[test]
fn a_study_goes_on_where_it_was_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut study = Study::open("andrews-farboodi").unwrap();
    study.run.draws = 60_000;
    let prepared = prepare(&study).unwrap();
    let one_shot = count(&prepared, 0..60_000, 60_000, &on("cpu"), &mut |_, _| true).unwrap();
    let total = one_shot.draws();
    let mut stops = 0;
    let kept = loop {
        let mut first = None;
        let mut tell = |done: u64, _: u64| done < *first.get_or_insert(done) + total / 7;
        let kept = prepared.count_kept(&study, folder.path(), 0..60_000, &on("cpu"), &mut tell);
        let kept = kept.unwrap();
        if kept.complete {
            break kept;
        }
        stops += 1;
        assert!(stops < 100, "it does not go on");
    };
    assert!(stops >= 3, "it was stopped {stops} times");
    assert_eq!(kept.answers, one_shot.answers);
    // What is all there is not made again.
    let again = prepared.count_kept(
        &study,
        folder.path(),
        0..60_000,
        &on("cpu"),
        &mut |done, all| {
            assert_eq!(done, all, "a draw is made again");
            true
        },
    );
    assert_eq!(again.unwrap().answers, one_shot.answers);
}

/// More draws add the rest, on another device too; an enumeration is made whole.
#[test]
fn more_draws_add_the_rest() {
    let folder = Folder::with(&[]);
    for (draws, device) in [("300", "cpu"), ("2500", "gpu"), ("2600", "cpu")] {
        let args = [
            "run",
            "study.toml",
            "--quiet",
            "--draws",
            draws,
            "--device",
            device,
        ];
        let whole = results(&folder, &args);
        let kept = results(&folder, &[&args[..], &["--checkpoint", "kept"]].concat());
        assert_eq!(kept, whole, "{draws}");
    }
    let refused = |args: &[&str], said: &str| {
        let base = ["run", "study.toml", "--quiet", "--checkpoint", "kept"];
        let done = folder.placebo(&[&base[..], args].concat());
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{error}");
    };
    refused(
        &["--draws", "2600", "--seed", "2"],
        "another question, or of another seed",
    );
    refused(&["--draws", "2000"], "keeps draws up to 2600");
    refused(&["--draws", "2600", "--stop-at", "10"], "--checkpoint");
    refused(
        &["--draws", "2600", "--range", "0..50", "--tally", "x"],
        "name another folder",
    );
    let file = folder.0.path().join("kept/checkpoint.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() / 2]).unwrap();
    refused(&["--draws", "2600"], "this is no tally file");
    std::fs::write(
        &file,
        text.replacen("\"thresholds\":[[", "\"thresholds\":[[1", 1),
    )
    .unwrap();
    refused(&["--draws", "2600"], "damaged");
    std::fs::write(&file, text).unwrap();
    let prices = folder.0.path().join("prices.csv");
    let had = std::fs::read_to_string(&prices).unwrap();
    std::fs::write(&prices, had.replace("11.2", "11.3")).unwrap();
    refused(&["--draws", "2600"], "another SHA-256");
}

/// kill -9 at any moment loses a few seconds at most, and no integer.
#[test]
fn a_killed_run_goes_on() {
    let rows = |i: usize| {
        let values: Vec<String> = (0..40)
            .map(|c| (i * i * (c + 3) % 97).to_string())
            .collect();
        format!("{},{}\n", ["a", "b"][i % 2], values.join(","))
    };
    let names: Vec<String> = (0..40).map(|c| format!("y{c}")).collect();
    let body: String = (0..400).map(rows).collect();
    let table = format!("g,{}\n{body}", names.join(","));
    let folder = Folder::with(&[("wide.csv", &table)]);
    let args = [
        "test",
        "wide.csv",
        "y* ~ g",
        "--statistic",
        "welch-t",
        "--draws",
        "40000",
        "--exact",
        "never",
        "--device",
        "cpu",
        "--quiet",
    ];
    let whole = results(&folder, &args);
    let kept = [&args[..], &["--checkpoint", "kept"]].concat();
    for milliseconds in [150, 2500, 900, 3300] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_placebo"))
            .current_dir(folder.0.path())
            .args(&kept)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        // Nothing is caught: that is SIGKILL.
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert_eq!(results(&folder, &kept), whole);
}

/// Shards of a table merge to one shot, whatever their order; a kept shard is one, too.
#[test]
fn shards_merge_to_one_shot() {
    let folder = Folder::with(&[]);
    let run = [
        "run",
        "study.toml",
        "--quiet",
        "--draws",
        "997",
        "--device",
        "cpu",
    ];
    let whole = results(&folder, &run);
    let mut files: Vec<String> = Vec::new();
    for shard in 1..=5 {
        let (of, file) = (format!("{shard}/5"), format!("part{shard}"));
        let mut args = [&run[..], &["--shard", &of, "--tally", &file]].concat();
        if shard == 3 {
            args.extend(["--checkpoint", "kept"]);
        }
        let done = folder.placebo(&args);
        assert!(done.status.success(), "{done:?}");
        files.push(file);
    }
    files.reverse();
    let merge: Vec<&str> = std::iter::once("merge")
        .chain(files.iter().map(String::as_str))
        .collect();
    assert_eq!(results(&folder, &merge), whole);
    let lacking = folder.placebo(&merge[..merge.len() - 1]);
    let error = String::from_utf8(lacking.stderr).unwrap();
    assert!(error.contains("no file has the draws 0..199"), "{error}");
}

/// The library's way, over a table in a file.
#[test]
fn a_test_of_a_table_is_kept() {
    let folder = Folder::with(&[("t.csv", "g,y\na,1\nb,2\na,4\nb,1.5\na,3\nb,0.5\n")]);
    let spec = TableSpec {
        draws: 5000,
        ..drawn("y ~ g", "welch-t")
    };
    let source = Source::Folder(folder.0.path().to_owned());
    let test = TableTest::read(&source, "t.csv", spec).unwrap();
    let compiled = test.compile().unwrap();
    let kept = folder.0.path().join("kept");
    let count = |range: std::ops::Range<u64>| {
        test.count_kept(&compiled, &kept, range, &on("cpu"), &mut |_, _| true)
    };
    let half = count(0..2000).unwrap();
    assert_eq!(half.draws(), 2000);
    let all = count(0..5000).unwrap();
    let one_shot = test.run(&on("cpu"), &mut |_, _| true).unwrap();
    assert_eq!(test.report(&compiled, all).results, one_shot.results);
    // In memory there is no file whose hash tells that it is the same.
    let in_memory = TableTest::of(made_up(20), drawn("y1 ~ two", "welch-t"));
    assert!(in_memory.part(0..10, &on("cpu"), &mut |_, _| true).is_err());
    let compiled = in_memory.compile().unwrap();
    let refused = in_memory.count_kept(&compiled, &kept, 0..10, &on("cpu"), &mut |_, _| true);
    assert!(refused.unwrap_err().to_string().contains("in no file"));
}
