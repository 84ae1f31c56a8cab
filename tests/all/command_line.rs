//! What the binary prints and promises.

use crate::common::named;
use std::collections::{BTreeSet, HashSet};
use std::process::Output;
use std::time::{Duration, Instant};

use crate::folder::{EVENTS, Folder, STUDY, edit};
use placebo::run::prepare;
use placebo::study::Study;
use serde_json::Value;

const STUDIES: [&str; 2] = ["andrews-farboodi", "bjorkegren"];

/// The bundled releases without their regression: two groups, integer statistics.
const CHANGES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/data/release_changes.toml"
);

/// Stdout of `placebo ARGS`, which must succeed without a word of a panic.
fn stdout(folder: &Folder, args: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = folder.placebo(args);
    let stderr = String::from_utf8(stderr).expect("UTF-8");
    assert_eq!(status.code(), Some(0), "{args:?}: {stderr}");
    String::from_utf8(stdout).expect("UTF-8")
}

/// The report of `placebo run STUDY FLAGS --format json`.
fn report(folder: &Folder, study: &str, flags: &[&str]) -> Value {
    let args = [&["run", study, "--format", "json"], flags].concat();
    serde_json::from_str(&stdout(folder, &args)).expect("one JSON value")
}

/// The `results` of a run on the CPU, unless `flags` say otherwise.
fn results(folder: &Folder, study: &str, flags: &[&str]) -> Vec<Value> {
    let device: &[&str] = match flags.contains(&"--device") {
        true => &[],
        false => &["--device", "cpu"],
    };
    let report = report(folder, study, &[flags, device].concat());
    report["results"].as_array().expect("an array").clone()
}

/// What makes a row's key, and its counts.
fn counts(rows: &[Value]) -> Vec<(String, [u64; 3])> {
    rows.iter()
        .map(|row| {
            let key = format!(
                "{} {} {} {} {}",
                row["series"], row["group"], row["statistic"], row["window"], row["relative_day"]
            );
            let count = |name: &str| row[name].as_u64().expect("a count");
            (key, ["below", "equal", "above"].map(count))
        })
        .collect()
}

/// Whether a number read from JSON is `expected`; the reader may be off by its last digit.
fn is(value: &Value, expected: f64) -> bool {
    let value = value.as_f64().expect("a number");
    (value - expected).abs() <= 4.0 * f64::EPSILON * expected.abs()
}

#[test]
fn json_is_one_object_with_every_field() {
    let report = report(
        &Folder::with(&[]),
        "andrews-farboodi",
        &["--draws", "2000", "--device", "cpu"],
    );
    let keys: BTreeSet<&str> = report.as_object().unwrap().keys().map(|k| &**k).collect();
    assert_eq!(
        keys,
        BTreeSet::from(["schema_version", "study", "manifest", "results"])
    );
    let manifest = &report["manifest"];
    assert_eq!(manifest["seed"], 1);
    assert_eq!(manifest["draws"], 2000);
    assert_eq!(manifest["device"]["kind"], "cpu");
    assert!(manifest["placebo_version"].is_string());
    assert!(manifest["elapsed_seconds"].as_f64().unwrap() > 0.0);
    assert!(manifest["draws_per_second"].as_f64().unwrap() > 0.0);
    let data = manifest["data"].as_array().unwrap();
    assert_eq!(data.len(), 6);
    assert!(
        data.iter()
            .all(|file| file["sha256"].as_str().unwrap().len() == 64)
    );
    let rules: Vec<&str> = manifest["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r.as_str().unwrap())
        .collect();
    assert!(
        rules.iter().any(|rule| rule.contains("2023-03-14")),
        "{rules:?}"
    );

    let rows = report["results"].as_array().unwrap();
    // Two windows, seven series, four statistics, one group.
    assert_eq!(rows.len(), 2 * 7 * 4);
    let mut row_keys = HashSet::new();
    for row in rows {
        for name in [
            "series",
            "group",
            "statistic",
            "null",
            "unit",
            "convention",
            "engine",
        ] {
            assert!(row[name].is_string(), "{name}: {row}");
        }
        for name in ["relative_day", "draws", "below", "equal", "above"] {
            assert!(row[name].is_i64(), "{name}: {row}");
        }
        for name in [
            "observed",
            "p_lower",
            "p_upper",
            "p",
            "p_mc_low",
            "p_mc_high",
            "null_mean",
            "null_sd",
            "null_q025",
            "null_q975",
        ] {
            assert!(row[name].is_number(), "{name}: {row}");
        }
        assert!(row["window"].as_array().unwrap().len() == 2, "{row}");
        assert!(row["p_exact"].is_number(), "{row}");
        assert!(row["p_exact_reason"].is_null(), "{row}");
        assert_eq!(row["draws"], 2000);
        let number = |name: &str| row[name].as_f64().unwrap();
        assert_eq!(number("below") + number("equal") + number("above"), 2000.0);
        let share = |b: f64| (b + 1.0) / 2001.0;
        assert!(is(
            &row["p_lower"],
            share(number("below") + number("equal"))
        ));
        assert!(is(
            &row["p_upper"],
            share(number("above") + number("equal"))
        ));
        assert!(
            number("p_mc_low") <= number("p") && number("p") <= number("p_mc_high"),
            "{row}"
        );
        assert!(number("null_q025") <= number("null_mean"), "{row}");
        assert!(number("null_mean") <= number("null_q975"), "{row}");
        let key = [
            "study",
            "series",
            "group",
            "statistic",
            "null",
            "window",
            "relative_day",
        ]
        .map(|name| row[name].to_string());
        assert!(row_keys.insert(key), "{row}");
    }
}

#[test]
fn csv_has_the_numbers_of_json() {
    let folder = Folder::with(&[]);
    let flags = ["--draws", "300", "--device", "cpu"];
    let rows = results(&folder, "bjorkegren", &flags);
    let csv = stdout(
        &folder,
        &[&["run", "bjorkegren", "--format", "csv"], &flags[..]].concat(),
    );
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let lines: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(&rows) {
        // The last four say where the rows are from: `results.rs` looks at them.
        for (name, cell) in header.iter().zip(line).take(header.len() - 4) {
            let value = match name {
                "window_from" => &row["window"][0],
                "window_to" => &row["window"][1],
                name => row.get(name).expect("a field of the row"),
            };
            match value {
                Value::Null => assert_eq!(cell, "", "{name}"),
                Value::String(text) => assert_eq!(cell, text, "{name}"),
                Value::Bool(holds) => assert_eq!(cell, holds.to_string(), "{name}"),
                Value::Array(_) => assert_eq!(cell, value.to_string(), "{name}"),
                number => assert!(is(number, cell.parse().unwrap()), "{name}: {cell}"),
            }
        }
    }
}

#[test]
fn a_seed_names_its_counts() {
    let folder = Folder::with(&[]);
    let of = |seed| results(&folder, CHANGES, &["--draws", "2000", "--seed", seed]);
    let one = of("1");
    assert_eq!(one, of("1"));
    assert_eq!(one, results(&folder, CHANGES, &["--draws", "2000"]));
    for other in ["2", "4294967297", "18446744073709551615"] {
        let other = of(other);
        let same = counts(&one)
            .iter()
            .zip(counts(&other))
            .filter(|(a, b)| a.1 == b.1)
            .count();
        assert!(same <= 2, "{same} of {} rows", one.len());
        for (a, b) in one.iter().zip(&other) {
            assert_eq!(a["observed"], b["observed"]);
            assert_eq!(a["p_exact"], b["p_exact"]);
        }
    }
}

#[test]
fn threads_and_chunks_change_nothing() {
    let folder = Folder::with(&[]);
    let draws = ["--draws", "20000"];
    let of = |flags: &[&str]| results(&folder, CHANGES, &[&draws, flags].concat());
    let reference = of(&["--threads", "1"]);
    for flags in [
        ["--threads", "2"],
        ["--threads", "7"],
        ["--chunk", "333"],
        ["--chunk", "4096"],
        ["--chunk", "18446744073709551615"],
    ] {
        assert_eq!(reference, of(&flags), "{flags:?}");
    }
    let few = results(&folder, CHANGES, &["--draws", "300", "--chunk", "1"]);
    assert_eq!(few, results(&folder, CHANGES, &["--draws", "300"]));

    let effects = |flags: &[&str]| {
        results(
            &folder,
            "bjorkegren",
            &[&["--draws", "600"], flags].concat(),
        )
    };
    let reference = effects(&["--threads", "1"]);
    for flags in [["--threads", "3"], ["--chunk", "77"]] {
        assert_eq!(reference, effects(&flags), "{flags:?}");
    }
}

#[test]
fn no_more_threads_are_used_than_find_work() {
    let folder = Folder::with(&[]);
    let flags = ["run", CHANGES, "--draws", "1000", "--format", "json"];
    let many = folder.placebo(&[&flags[..], &["--threads", "1000"]].concat());
    assert!(many.status.success());
    let used = 4 * std::thread::available_parallelism().unwrap().get();
    let said = String::from_utf8(many.stderr).unwrap();
    let note = format!("note: --threads 1000: {used} are used, four a processor\n");
    assert!(said.contains(&note), "{said}");
    let report: Value = serde_json::from_slice(&many.stdout).unwrap();
    assert_eq!(report["manifest"]["threads"], used);
    let few = folder.placebo(&[&flags[..], &["--threads", "1"]].concat());
    let few: Value = serde_json::from_slice(&few.stdout).unwrap();
    assert_eq!(report["results"], few["results"]);
}

/// The system's logarithms come with and without fused multiply-adds, by the processor, and differ in
/// the last digit.
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
#[test]
fn every_digit_is_the_same_on_a_processor_without_fused_multiply_adds() {
    let folder = Folder::with(&[]);
    let run = |tunables: &str| {
        let output = assert_cmd::cargo::cargo_bin_cmd!("placebo")
            .current_dir(folder.0.path())
            .args([
                "run",
                "andrews-farboodi",
                "--draws",
                "3000",
                "--device",
                "cpu",
            ])
            .args(["--format", "csv", "--tail-fit"])
            .env("GLIBC_TUNABLES", tunables)
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let plain = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4";
    assert_eq!(run(plain), run(""));
}

/// What results are made of calls no elementary function of the system.
#[test]
fn elementary_functions_are_those_of_the_libm_crate() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let is_code = path.extension().is_some_and(|it| it == "rs");
            if !is_code || path.ends_with("tests.rs") {
                continue;
            }
            read += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for line in code.lines() {
                let line = line.split("//").next().unwrap();
                for call in [
                    ".ln()",
                    ".exp()",
                    ".ln_1p()",
                    ".exp_m1()",
                    ".powf(",
                    ".sin()",
                    ".cos()",
                    "erf::erf",
                    "factorial::ln_factorial",
                ] {
                    assert!(!line.contains(call), "{}: {line}", path.display());
                }
            }
        }
    }
    assert!(read > 100, "{read}");
}

#[test]
fn ranges_merge_to_the_whole() {
    let folder = Folder::with(&[]);
    for (range, device, file) in [
        ("700..3_000", "cpu", "late"),
        ("0..1", "cpu", "first"),
        ("1..700", "gpu", "early"),
    ] {
        let flags = [
            "--draws", "3e3", "--range", range, "--tally", file, "--device", device,
        ];
        let shown = stdout(
            &folder,
            &[&["run", "andrews-farboodi"], &flags[..]].concat(),
        );
        assert_eq!(shown, "");
    }
    let merged = stdout(
        &folder,
        &["merge", "late", "first", "early", "--format", "json"],
    );
    let merged: Value = serde_json::from_str(&merged).unwrap();
    let whole = results(&folder, "andrews-farboodi", &["--draws", "3000"]);
    assert_eq!(merged["results"].as_array().unwrap(), &whole);
}

#[test]
fn the_gpu_gives_the_rows_of_the_cpu() {
    let folder = Folder::with(&[]);
    for study in ["andrews-farboodi", CHANGES] {
        let flags = |device| ["--draws", "50000", "--device", device];
        let gpu = report(&folder, study, &flags("gpu"));
        let device = &gpu["manifest"]["device"];
        assert_ne!(device["kind"], "cpu", "no GPU driver ran the shaders");
        assert!(
            gpu["manifest"]["notes"].as_array().unwrap().is_empty(),
            "{}",
            gpu["manifest"]
        );
        let cpu = results(&folder, study, &flags("cpu"));
        assert_eq!(
            gpu["results"].as_array().unwrap(),
            &cpu,
            "{study} on {device}"
        );
    }
}

/// Drivers have nothing to say where there is no session, as in batch jobs and containers.
#[test]
fn drivers_are_quiet_without_a_session() {
    for session in [None, Some("no/absolute/path"), Some("/nonexistent")] {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("placebo");
        command.arg("devices");
        match session {
            None => command.env_remove("XDG_RUNTIME_DIR"),
            Some(session) => command.env("XDG_RUNTIME_DIR", session),
        };
        let output = command.output().expect("it runs");
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{session:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("GPU, Vulkan"));
    }
}

#[test]
fn devices_are_chosen_by_number_and_by_name() {
    let folder = Folder::with(&[]);
    let listed = stdout(&folder, &["devices"]);
    assert!(listed.starts_with("cpu: "), "{listed}");
    let first = listed
        .lines()
        .find_map(|line| line.strip_prefix("0: "))
        .expect("no GPU driver: install one (Debian: mesa-vulkan-drivers)");
    let (name, _) = first
        .rsplit_once(" (")
        .expect("name, then kind and backend");
    for detail in ["driver:", "workgroup memory (bytes):", "subgroups:"] {
        assert!(listed.contains(detail), "{listed}");
    }
    let upper = name.to_uppercase();
    let cpu = results(&folder, CHANGES, &["--draws", "3000"]);
    for choice in ["0", name, &upper] {
        let run = report(&folder, CHANGES, &["--draws", "3000", "--device", choice]);
        assert_eq!(run["manifest"]["device"]["name"], name, "{choice}");
        assert_eq!(run["results"].as_array().unwrap(), &cpu, "{choice}");
    }
    let upper = report(&folder, CHANGES, &["--draws", "3", "--device", "CPU"]);
    assert_eq!(upper["manifest"]["device"]["kind"], "cpu");
}

#[test]
fn draws_shown_one_by_one_are_the_draws_that_were_counted() {
    let folder = Folder::with(&[]);
    let shown: Value = serde_json::from_str(&stdout(
        &folder,
        &[
            "draw",
            "andrews-farboodi",
            "--index",
            "3",
            "--format",
            "json",
        ],
    ))
    .unwrap();
    let study = Study::open("andrews-farboodi").unwrap();
    let plans = prepare(&study).unwrap().compiled.plans;
    assert_eq!(shown["index"], 3);
    assert_eq!(shown["seed"], 1);

    // The command shows what the library replays, and that is a set of eligible dates.
    let tests = shown["tests"].as_array().unwrap();
    for ((test, plan), size) in tests.iter().zip(&plans).zip([15, 16]) {
        let dates: Vec<&str> = test["groups"][0]["dates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| d.as_str().unwrap())
            .collect();
        let distinct: HashSet<&&str> = dates.iter().collect();
        assert_eq!((dates.len(), distinct.len()), (size, size));
        let eligible: HashSet<String> = plan.words.dates.iter().map(|d| d.to_string()).collect();
        assert!(dates.iter().all(|date| eligible.contains(*date)));
        let draw = plan.draw(3);
        for ((value, h), numerator) in test["values"]
            .as_array()
            .unwrap()
            .iter()
            .zip(&plan.hypotheses)
            .zip(draw.numerators.into_iter().flatten())
        {
            assert!(is(&value["value"], h.value(numerator)), "{value}");
            assert!(is(&value["observed"], h.value(h.observed)), "{value}");
        }
    }

    // Re-tallied by hand, the first 200 draws have the counts of `run`.
    let rows = results(&folder, "andrews-farboodi", &["--draws", "200"]);
    let mut compared = 0;
    for plan in &plans {
        let draws: Vec<_> = (0..200).map(|index| plan.draw(index).numerators).collect();
        for (i, h) in named(plan).iter().enumerate() {
            let count = |holds: fn(&i64, &i64) -> bool| {
                draws
                    .iter()
                    .filter(|draw| draw[i].is_some_and(|value| holds(&value, &h.observed)))
                    .count()
            };
            let row = rows
                .iter()
                .find(|row| {
                    row["series"] == *h.key.series()
                        && row["statistic"] == *h.key.statistic()
                        && row["window"] == serde_json::json!(plan.words.window)
                })
                .unwrap();
            assert_eq!(row["below"], count(i64::lt), "{row}");
            assert_eq!(row["equal"], count(i64::eq), "{row}");
            assert_eq!(row["above"], count(i64::gt), "{row}");
            compared += 1;
        }
    }
    assert_eq!(compared, rows.len());
}

#[test]
fn the_last_draw_index_is_a_draw() {
    let folder = Folder::with(&[]);
    let shown = stdout(
        &folder,
        &["draw", "study.toml", "--index", "18446744073709551615"],
    );
    assert!(
        shown.starts_with("study, draw 18446744073709551615 of seed 1"),
        "{shown}"
    );
    let one = results(&folder, "study.toml", &["--draws", "1"]);
    let row = &one[0];
    let counts = ["below", "equal", "above"].map(|name| row[name].as_u64().unwrap());
    assert_eq!(counts.iter().sum::<u64>(), 1);
    assert_eq!(row["p"], 1.0);
}

#[test]
fn conventions_are_labelled() {
    let folder = Folder::with(&[]);
    let of = |flags: &[&str]| results(&folder, CHANGES, &[&["--draws", "2000"], flags].concat());
    let all =
        |rows: &[Value], convention: &str| rows.iter().all(|row| row["convention"] == convention);
    let plain = of(&[]);
    assert!(all(&plain, "equal-tailed"));
    let lower = of(&["--convention", "lower"]);
    assert!(all(&lower, "lower"));
    assert!(lower.iter().all(|row| row["p"] == row["p_lower"]));
    let upper = of(&["--convention", "upper"]);
    assert!(all(&upper, "upper"));
    assert!(upper.iter().all(|row| row["p"] == row["p_upper"]));
    let raw = of(&["--raw", "--convention", "lower"]);
    for row in &raw {
        let label = row["convention"].as_str().unwrap();
        assert!(label.contains("lower") && label.contains("raw"), "{label}");
        let share =
            (row["below"].as_u64().unwrap() + row["equal"].as_u64().unwrap()) as f64 / 2000.0;
        assert!(is(&row["p"], share), "{row}");
    }
    assert_eq!(counts(&plain), counts(&raw));
}

#[test]
fn a_file_holds_what_stdout_would() {
    let folder = Folder::with(&[]);
    let flags = ["--draws", "500", "--device", "cpu"];
    for format in ["json", "csv", "table"] {
        let args = [&["run", "study.toml", "--format", format], &flags[..]].concat();
        let shown = stdout(&folder, &args);
        let quiet = stdout(&folder, &[&args[..], &["--out", "rows.txt"]].concat());
        assert_eq!(quiet, "");
        let written = std::fs::read_to_string(folder.0.path().join("rows.txt")).unwrap();
        let untimed = |text: &str| -> Vec<String> {
            let timing = [
                "elapsed_seconds",
                "draws_per_second",
                "draws/s",
                "\"command\"",
                "\"started\"",
                "\"finished\"",
            ];
            text.lines()
                .filter(|line| !timing.iter().any(|word| line.contains(word)))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(untimed(&shown), untimed(&written), "{format}");
        assert!(shown.lines().count() > 1, "{format}");
    }
    let mut left: Vec<_> = std::fs::read_dir(folder.0.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["events.csv", "prices.csv", "rows.txt", "study.toml"]);
}

#[cfg(unix)]
#[test]
fn links_and_devices_stay_what_they_are() {
    let folder = Folder::with(&[("rows.json", "old")]);
    let (link, file) = (
        folder.0.path().join("link"),
        folder.0.path().join("rows.json"),
    );
    std::os::unix::fs::symlink("rows.json", &link).unwrap();
    stdout(
        &folder,
        &[
            "run",
            "study.toml",
            "--device",
            "cpu",
            "--format",
            "json",
            "--out",
            "link",
        ],
    );
    assert!(link.is_symlink());
    assert!(std::fs::read_to_string(file).unwrap().starts_with("{\n"));
    let shown = stdout(
        &folder,
        &[
            "run",
            "study.toml",
            "--device",
            "cpu",
            "--out",
            "/dev/stdout",
        ],
    );
    assert!(shown.contains("mean-change"), "{shown}");
}

#[test]
fn stderr_has_one_line_when_it_is_no_terminal() {
    let output =
        Folder::with(&[]).placebo(&["run", CHANGES, "--draws", "400000", "--device", "cpu"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "release-changes: draws made on CPU (cpu)\n");
    assert!(!String::from_utf8(output.stdout).unwrap().contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn closed_pipes_and_full_disks_do_not_panic() {
    use std::process::{Command, Stdio};
    let folder = Folder::with(&[]);
    let start = |stderr: Stdio| {
        Command::new(assert_cmd::cargo::cargo_bin!("placebo"))
            .current_dir(folder.0.path())
            .args(["run", "study.toml", "--device", "cpu", "--format", "json"])
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap()
    };
    let mut child = start(Stdio::piped());
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "study: draws made on CPU (cpu)\n"
    );
    let mut child = start(Stdio::piped());
    drop(child.stderr.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"{\n"));
}

/// `--threads` bounds every thread of the process, those of exact laws and of compiling among them.
#[cfg(target_os = "linux")]
#[test]
fn threads_are_as_many_as_asked() {
    let most = |threads: &str| {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("placebo"))
            .args([
                "grid",
                "andrews-farboodi",
                "--draws",
                "500",
                "--threads",
                threads,
            ])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut most = 0;
        while child.try_wait().unwrap().is_none() {
            let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id()));
            most = most.max(tasks.map_or(0, Iterator::count));
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(child.wait().unwrap().success());
        most
    };
    let (one, three) = (most("1"), most("3"));
    assert_eq!(one + 2, three);
    // The main thread, the one of the pool, and that of Ctrl-C.
    assert!(one <= 3, "{one}");
}

/// Ctrl-C ends the run, and what is printed are the draws made until then and no others.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_within_a_second() {
    use std::process::{Command, Stdio};
    let folder = Folder::with(&[]);
    for chunk in [&[][..], &["--chunk", "18446744073709551615"]] {
        let child = Command::new(assert_cmd::cargo::cargo_bin!("placebo"))
            .current_dir(folder.0.path())
            .args(["run", CHANGES, "--device", "cpu", "--format", "json"])
            .args(["--draws", "18446744073709551615"])
            .args(chunk)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let stopped = Instant::now();
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -INT {}", child.id())])
            .status()
            .unwrap();
        assert!(sent.success());
        let output = child.wait_with_output().unwrap();
        let took = stopped.elapsed();
        assert_eq!(output.status.code(), Some(130));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("interrupted"), "{message}");
        // The promise is one second; a machine under test may be busy.
        assert!(took < Duration::from_secs(3), "{took:?}");

        let partial: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(partial["manifest"]["complete"], false);
        assert!(
            partial["manifest"]["notes"][0]
                .as_str()
                .unwrap()
                .contains("partial")
        );
        let rows = partial["results"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["complete"] == false));
        let draws = rows[0]["draws"].to_string();
        let whole = report(&folder, CHANGES, &["--device", "cpu", "--draws", &draws]);
        assert_eq!(whole["manifest"]["complete"], true);
        // Exact laws that take long are left out when the user waits for the end.
        let counted = |rows: &[Value]| -> Vec<Value> {
            let mut rows = rows.to_vec();
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                row.remove("complete");
                row.remove("p_exact");
                row.remove("p_exact_engine");
                row.remove("p_exact_reason");
            }
            rows
        };
        let whole = whole["results"].as_array().unwrap();
        assert!(counted(whole) == counted(rows));
    }
}

/// Two groups, every statistic, on the bundled yields as plain files.
fn yields() -> (Vec<[String; 3]>, String, String) {
    let rows: Vec<[String; 3]> = (0..260)
        .scan((400i64, 77i64), |(a, b), t: i64| {
            *a += (t * t * 7 + t * 13) % 23 - 11;
            *b += (t * t * 5 + t * 3) % 19 - 9;
            let date = jiff::civil::date(2023, 1, 1) + jiff::Span::new().days(t);
            Some([date.to_string(), a.to_string(), b.to_string()])
        })
        .collect();
    let events = (0..21).map(|e| {
        let kind = if e % 3 == 0 { "open" } else { "closed" };
        format!("{},{kind}\n", rows[8 + 11 * e][0])
    });
    let events = format!("date,kind\n{}", events.collect::<String>());
    let study = "[data]\nfiles = [\"prices.csv\"]\n\
        [events]\nfile = \"events.csv\"\ngroup = \"kind\"\ngroups = [\"open\", \"closed\"]\n\
        [[test]]\nmeasure = \"endpoints\"\nwindow = [-5, 5]\ndays = [1, 5]\nstatistic = [\"mean-change\", \
        \"median-change\", \"mean-absolute-change\", \"median-absolute-change\"]\n\
        [run]\ndraws = 5000\nenumerate = 0\n";
    (rows, events, study.to_owned())
}

/// The rows as CSV in units of a hundredth, after `change` of each value.
fn csv_of(rows: &[[String; 3]], change: impl Fn(i64) -> i64) -> String {
    let cell = |text: &str| change(text.parse().unwrap()) as f64 / 100.0;
    let lines = rows
        .iter()
        .map(|[date, a, b]| format!("{date},{},{}\n", cell(a), cell(b)));
    format!("date,a,b\n{}", lines.collect::<String>())
}

#[test]
fn counts_do_not_depend_on_how_the_data_are_written() {
    let (rows, events, study) = yields();
    let plain = csv_of(&rows, |v| v);
    let run = |files: &[(&str, &str)]| {
        let base = [
            ("prices.csv", &*plain),
            ("events.csv", &events),
            ("study.toml", &study),
        ];
        results(
            &Folder::with(&[&base[..], files].concat()),
            "study.toml",
            &[],
        )
    };
    let reference = run(&[]);
    // Four statistics, two series, two days; open, closed, all and open - closed.
    assert_eq!(reference.len(), 4 * 2 * 2 * 4);
    let reference = counts(&reference);
    assert!(
        reference
            .iter()
            .filter(|(_, [below, _, above])| *below > 0 && *above > 0)
            .count()
            > 50
    );

    let higher = csv_of(&rows, |v| v + 12_345);
    assert_eq!(
        counts(&run(&[("prices.csv", &higher)])),
        reference,
        "a constant more"
    );
    let doubled = csv_of(&rows, |v| 2 * v);
    assert_eq!(
        counts(&run(&[("prices.csv", &doubled)])),
        reference,
        "doubled"
    );
    let stated = study.replace("[events]", "quantum = 0.02\n[events]");
    assert_eq!(
        counts(&run(&[("prices.csv", &doubled), ("study.toml", &stated)])),
        reference,
        "doubled, in steps of two"
    );
    let percent = study.replace("[events]", "unit = \"percent\"\n[events]");
    assert_eq!(
        counts(&run(&[("study.toml", &percent)])),
        reference,
        "in basis points"
    );

    let reversed: Vec<&str> = events.lines().skip(1).collect();
    let reversed: String = reversed
        .iter()
        .rev()
        .map(|line| format!("{line}\n"))
        .collect();
    let reversed = format!("date,kind\n{reversed}");
    assert_eq!(
        counts(&run(&[("events.csv", &reversed)])),
        reference,
        "events reversed"
    );
    let crlf = events.replace('\n', "\r\n");
    assert_eq!(counts(&run(&[("events.csv", &crlf)])), reference, "CRLF");

    let (early, late) = (csv_of(&rows[..100], |v| v), csv_of(&rows[100..], |v| v));
    for files in ["\"early.csv\", \"late.csv\"", "\"late.csv\", \"early.csv\""] {
        let split = study.replace("\"prices.csv\"", files);
        let split = [
            ("early.csv", &*early),
            ("late.csv", &late),
            ("study.toml", &split),
        ];
        assert_eq!(counts(&run(&split)), reference, "{files}");
    }

    // Other data, other counts: the comparison can fail.
    let mirrored = csv_of(&rows, |v| -v);
    assert_ne!(counts(&run(&[("prices.csv", &mirrored)])), reference);
}

#[test]
fn a_mirrored_series_mirrors_its_counts() {
    let (rows, events, study) = yields();
    let study = study.replace(", \"mean-absolute-change\", \"median-absolute-change\"", "");
    let run = |sign: i64| {
        let prices = csv_of(&rows, |v| sign * v);
        let files = [
            ("prices.csv", &*prices),
            ("events.csv", &events),
            ("study.toml", &study),
        ];
        counts(&results(&Folder::with(&files), "study.toml", &[]))
    };
    for ((key, [below, equal, above]), (mirror_key, mirror)) in run(1).into_iter().zip(run(-1)) {
        assert_eq!((key, [above, equal, below]), (mirror_key, mirror));
    }
}

#[test]
fn a_shift_is_the_same_as_later_events() {
    let shifted = edit(
        STUDY,
        &[("file = \"events.csv\"", "file = \"events.csv\"\nshift = 2")],
    );
    let later = edit(EVENTS, &[("01-06", "01-08"), ("01-03", "01-05")]);
    let by_shift = results(
        &Folder::with(&[("study.toml", &shifted)]),
        "study.toml",
        &[],
    );
    let by_date = results(&Folder::with(&[("events.csv", &later)]), "study.toml", &[]);
    assert_eq!(by_shift, by_date);
    // 2024-01-05 and 2024-01-08: 10.9 - 11.0 and 10.6 - 10.7.
    let observed = by_shift[0]["observed"].as_f64().unwrap();
    assert!((observed + 0.1).abs() < 1e-12, "{observed}");
}

#[test]
fn windows_need_not_hold_the_event_and_pools_may_cut_them() {
    for (window, pool, observed) in [
        // y(t+2) - y(t+1), y(t-1) - y(t-2), and with the sample's ends cut.
        ("[1, 2]", "full-window", (11.2 - 11.0 + 10.4 - 10.7) / 2.0),
        ("[-2, -1]", "full-window", (10.5 - 10.0 + 11.2 - 11.0) / 2.0),
        ("[-3, 0]", "all", (10.1 - 10.0 + 10.9 - 10.1) / 2.0),
        ("[-5, 5]", "all", (10.4 - 10.0 + 11.1 - 10.0) / 2.0),
    ] {
        let test = format!("window = {window}\npool = \"{pool}\"");
        let study = edit(STUDY, &[("window = [-1, 1]", &test)]);
        let rows = results(&Folder::with(&[("study.toml", &study)]), "study.toml", &[]);
        let found = rows[0]["observed"].as_f64().unwrap();
        assert!(
            (found - observed).abs() < 1e-12,
            "{window} {pool}: {found}, not {observed}"
        );
        assert_eq!(rows[0]["null"], format!("uniform({pool})"));
    }
}

#[test]
fn a_constant_series_alone_cannot_be_tested() {
    let flat: String = (1..=9)
        .map(|day| format!("2024-01-0{day},5.25\n"))
        .collect();
    let files = [("prices.csv", &*format!("date,oil\n{flat}"))];
    let output = Folder::with(&files).placebo(&["run", "study.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("nothing can be tested"), "{error}");
}

#[test]
fn studies_are_listed_and_exported_ready_to_run() {
    let folder = Folder::with(&[]);
    let listed = stdout(&folder, &["studies"]);
    let files = stdout(&folder, &["studies", "--export", "mine"]);
    for study in STUDIES {
        assert!(listed.contains(&format!("placebo run {study}")), "{listed}");
        let path = format!("mine/{study}.toml");
        assert!(files.contains(&path), "{files}");
        let own = results(&folder, &path, &["--draws", "500"]);
        assert_eq!(own, results(&folder, study, &["--draws", "500"]));
    }
    let again = folder.placebo(&["studies", "--export", "mine"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        String::from_utf8(again.stderr)
            .unwrap()
            .contains("there already")
    );
}

#[test]
fn without_a_command_both_studies_are_shown() {
    let shown = stdout(&Folder::with(&[]), &[]);
    for essential in [
        "andrews-farboodi",
        "bjorkegren",
        "30-year TIPS",
        "open - closed",
        "by null design",
        "exact",
        "--details",
    ] {
        assert!(shown.contains(essential), "{essential}");
    }
    assert!(shown.starts_with("bjorkegren: "));
    // Null designs have tables of their own only on request.
    assert!(!shown.contains("circular-shift(all, wrap), window"));
    let flags = [
        "run",
        "bjorkegren",
        "--details",
        "--draws",
        "100",
        "--device",
        "cpu",
    ];
    let details = stdout(&Folder::with(&[]), &flags);
    for essential in [
        "circular-shift(all, wrap), window -15 to +15 days",
        "HAC: Newey-West, Bartlett weights, 30 lags, no small-sample factor; normal p.",
        "pre-trend",
        "shift wrap = circular-shift(all, wrap)",
    ] {
        assert!(details.contains(essential), "{essential}");
    }
}
