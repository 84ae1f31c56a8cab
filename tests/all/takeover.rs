//! Devices that fail: another engine takes over, it is said, and no draw is lost or counted twice.

#[cfg(target_os = "linux")]
use crate::common;
use crate::fault;
use std::ops::Range;

use placebo::engine::{Cpu, Engine, Next, Schedule, Tally};
use placebo::question::events::{Compiled, EventPlan};
use placebo::run::{Prepared, RunOptions, count};
use placebo::{Error, Result};

/// Fails for good after some chunks.
struct Failing<'p> {
    engine: Cpu<'p>,
    chunks: u32,
}

impl Engine for Failing<'_> {
    fn run(&mut self, range: Range<u64>) -> Result<Tally> {
        if self.chunks == 0 {
            return Err(Error::Device {
                device: "stub".into(),
                problem: "lost".into(),
            });
        }
        self.chunks -= 1;
        self.engine.run(range)
    }

    fn slice(&self) -> u64 {
        1000
    }
}

fn plan() -> EventPlan {
    common::plan(
        100,
        2,
        &[4, 5],
        "statistic = [\"mean-change\", \"median-change\"]",
    )
}

fn run(plan: &EventPlan, chunks: u32, spare: bool) -> (Result<Tally>, Vec<(String, u64)>) {
    let mut failing = Failing {
        engine: Cpu::new(plan, Some(1)).unwrap(),
        chunks,
    };
    let mut cpu = Cpu::new(plan, Some(2)).unwrap();
    let stand_in: Option<&mut dyn Engine> = if spare { Some(&mut cpu) } else { None };
    let mut failures = Vec::new();
    let schedule = Schedule { chunk: Some(1000) };
    let tally = schedule.run(
        plan,
        &mut failing,
        stand_in,
        500..20_500,
        &mut |_, _| Next::GoOn,
        &mut |error, done| failures.push((error.to_string(), done)),
    );
    (tally, failures)
}

#[test]
fn another_engine_takes_over_from_the_chunk_that_failed() {
    let plan = plan();
    let one_shot = Cpu::new(&plan, Some(1)).unwrap().run(500..20_500).unwrap();
    for chunks in [0, 1, 7] {
        let (tally, failures) = run(&plan, chunks, true);
        assert!(tally.unwrap() == one_shot);
        assert_eq!(
            failures,
            [("stub: lost".to_owned(), u64::from(chunks) * 1000)]
        );
    }
}

#[test]
fn without_another_engine_the_failure_is_told() {
    let (tally, failures) = run(&plan(), 3, false);
    assert_eq!(tally.unwrap_err().exit_code(), 1);
    assert!(failures.is_empty());
}

#[test]
fn what_progress_stops_is_the_tally_of_the_draws_done() {
    let plan = plan();
    let mut cpu = Cpu::new(&plan, Some(1)).unwrap();
    let schedule = Schedule { chunk: Some(300) };
    let tally = schedule
        .run(
            &plan,
            &mut cpu,
            None,
            0..9000,
            &mut |chunk, _| match chunk.end < 900 {
                true => Next::GoOn,
                false => Next::Stop,
            },
            &mut |_, _| {},
        )
        .unwrap();
    let draws = tally.draws();
    assert!((900..1200).contains(&draws), "{draws}");
    assert!(tally == Cpu::new(&plan, Some(1)).unwrap().run(0..draws).unwrap());
}

/// A plan beyond a device's limits runs on the CPU, and the report says both.
#[test]
fn a_plan_too_large_for_the_device_runs_on_the_cpu() {
    let plan = common::plan(33_000, 1, &[4096], "statistic = \"median-change\"");
    let prepared = Prepared {
        compiled: Compiled {
            plans: vec![plan.clone()],
            rules: vec![],
        },
        files: vec![],
        stopping: None,
        tail_fit: false,
    };
    let options = RunOptions {
        device: "gpu".parse().unwrap(),
        ..Default::default()
    };
    let counted = count(&prepared, 0..20, 20, &options, &mut |_, _| true).unwrap();
    assert_eq!(counted.device.name, "CPU");
    assert!(
        counted.notes[0].contains("loop iterations a thread"),
        "{:?}",
        counted.notes
    );
    assert!(counted.notes[0].ends_with("the CPU took over"));
    let reference = Cpu::new(&plan, Some(1)).unwrap().run(0..20).unwrap();
    assert!(counted.answers[0].tally == reference);
}

/// A study of walks, with its files in a folder.
#[cfg(target_os = "linux")]
fn study(tests: &str) -> tempfile::TempDir {
    let panel = common::walks(150, 2);
    let events = common::events(&panel, &[4, 5], 20, 130);
    let mut series = String::from("date,one,two\n");
    for (t, date) in panel.dates.iter().enumerate() {
        let [one, two] = [0, 1].map(|s| panel.series[s].values[t].unwrap());
        series += &format!("{date},{one},{two}\n");
    }
    let mut dates = String::from("date,group\n");
    for event in &events.rows {
        dates += &format!("{},{}\n", event.date, event.group);
    }
    let study = format!(
        "[data]\nfiles = [\"series.csv\"]\nunit = \"percent\"\n\
         [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
         [sample]\nfrom = {}\n{tests}\n[run]\nseed = 7\nenumerate = 0\n",
        panel.dates[1]
    );
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("series.csv", series),
        ("events.csv", dates),
        ("study.toml", study),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[cfg(target_os = "linux")]
#[test]
fn a_driver_that_fails_costs_no_draw_of_means_and_medians() {
    let mean = "[[test]]\nstatistic = \"mean-change\"\nwindow = [-2, 2]\n\
                [[test]]\nstatistic = \"median-change\"\nwindow = [-2, 2]";
    // A mean is summed as it is drawn, so that its second dispatch is the tally.
    costs_no_draw(mean, ["40000", "8192"], "tallies", &[]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_driver_that_fails_costs_no_draw_of_regressions() {
    let regression = "[[test]]\nstatistic = [\"overlap-regression\", \"overlap-regression-t\"]\n\
                      window = [-2, 2]\npool = \"all\"";
    // What a device's 32-bit floats may move, and no count.
    let floats = &placebo::report::DEVICE_FLOATS;
    costs_no_draw(regression, ["2500", "512"], "values", floats);
}

/// Whatever a driver does, the command ends well, with the results of the CPU but for the columns
/// `floats`, and says who made them. `second`: what is short where the second dispatch is.
#[cfg(target_os = "linux")]
fn costs_no_draw(tests: &str, [draws, chunk]: [&str; 2], second: &str, floats: &[&str]) {
    use serde_json::Value;

    const NONE: &str = "none";
    // Whether the device made draws before it failed.
    const SOME: bool = true;
    const NO: bool = false;

    // Two submissions must be answered in time before the third one hangs.
    let patience = |fault: &str, from: u32| match (fault, from) {
        ("hang", 1) => "1",
        ("hang", _) => "10",
        _ => "120",
    };
    let driver = fault::FaultyDriver::build();
    let folder = study(tests);
    let run = |device: &str, fault: &str, from: u32| {
        let output = assert_cmd::cargo::cargo_bin_cmd!("placebo")
            .current_dir(folder.path())
            .args(["run", "study.toml", "--draws", draws, "--chunk", chunk])
            .args(["--device", device, "--quiet", "--format", "json"])
            .envs(driver.environment(fault, from))
            .env("PLACEBO_PATIENCE", patience(fault, from))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.success(),
            "{fault} {from}: {}: {said}",
            output.status
        );
        let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
        for row in report["results"].as_array_mut().unwrap() {
            for column in floats {
                assert!(row.as_object_mut().unwrap().remove(*column).is_some());
            }
        }
        (report, said.trim_end().to_owned())
    };
    let (expected, said) = run("cpu", NONE, 1);
    assert_eq!(said, "");
    let (sound, said) = run("gpu", NONE, 1);
    assert_eq!(said, "");
    assert_eq!(sound["results"], expected["results"]);
    let device = sound["manifest"]["device"]["name"].as_str().unwrap();
    assert!(!device.contains("CPU"), "{device}");

    for (fault, from, made, problem) in [
        ("device", 1, NO, "it gives no device"),
        ("memory", 1, NO, "memory"),
        ("map", 1, NO, ""),
        ("pipeline", 1, NO, ""),
        ("pipeline", 4, NO, ""),
        ("submit", 1, NO, "the device is lost"),
        ("submit", 3, SOME, "the device is lost"),
        ("wait", 1, NO, "the device is lost"),
        ("wait", 3, SOME, "the device is lost"),
        ("hang", 1, NO, "no answer within 1 s"),
        ("hang", 3, SOME, "no answer within 10 s"),
        (
            "dropped",
            1,
            NO,
            "an answer came back that is not the submission's",
        ),
        (
            "dropped",
            3,
            SOME,
            "an answer came back that is not the submission's",
        ),
        (
            "short",
            1,
            NO,
            "picks came back: the driver cut a shader short",
        ),
        (
            "short",
            2,
            NO,
            &format!("{second} came back: the driver cut a shader short"),
        ),
        ("short", 9, SOME, "came back: the driver cut a shader short"),
    ] {
        let case = format!("{fault} from {from} on");
        let (report, said) = run("gpu", fault, from);
        assert_eq!(report["results"], expected["results"], "{case}");
        assert_eq!(report["manifest"]["complete"], true, "{case}");
        let makers = match made {
            SOME => format!("CPU and {device}"),
            NO => "CPU".to_owned(),
        };
        assert_eq!(
            report["manifest"]["device"]["name"],
            makers.as_str(),
            "{case}"
        );
        let notes: Vec<&str> = report["manifest"]["notes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| note.as_str().unwrap())
            .collect();
        assert!(!notes.is_empty(), "{case}");
        for note in &notes {
            assert!(note.starts_with(device), "{case}: {note}");
            assert!(note.ends_with("; the CPU took over"), "{case}: {note}");
        }
        assert!(notes[0].contains(problem), "{case}: {}", notes[0]);
        let heard: Vec<String> = notes.iter().map(|note| format!("note: {note}")).collect();
        assert_eq!(said, heard.join("\n"), "{case}");
    }
}

/// A panic that aborts cannot be caught.
#[test]
fn no_profile_aborts_on_a_panic() {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    let profiles = manifest["profile"].as_table().unwrap();
    assert!(profiles.contains_key("release"));
    for (name, profile) in profiles {
        assert_eq!(profile.get("panic"), None, "{name}");
    }
}
