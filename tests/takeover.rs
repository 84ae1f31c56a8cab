//! Devices that fail: another engine takes over, it is said, and no draw is lost or counted twice.

mod common;

use std::ops::Range;

use placebo::engine::{Cpu, Engine, Next, Schedule, Tally};
use placebo::plan::{Compiled, Plan};
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

fn plan() -> Plan {
    common::plan(
        100,
        2,
        &[4, 5],
        "statistic = [\"mean-change\", \"median-change\"]",
    )
}

fn run(plan: &Plan, chunks: u32, spare: bool) -> (Result<Tally>, Vec<(String, u64)>) {
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
    assert!(counted.tallies == [reference]);
}
