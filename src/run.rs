//! A study from its files to its report.

use std::time::Instant;

use crate::engine::{Adapter, Cpu, DeviceChoice, Engine, Gpu, Schedule, Tally};
use crate::error::{Error, Result};
use crate::load::{FileHash, load_events, load_panel};
use crate::plan::{Compiled, Plan, compile};
use crate::report::{
    Device, Manifest, Report, SCHEMA_VERSION, StudySummary, null_statement, result_rows,
};
use crate::study::Study;

/// Where and how a study is run; none of it changes a count.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// The device.
    pub device: DeviceChoice,
    /// CPU threads; `None`: one a processor.
    pub threads: Option<usize>,
    /// Draws a chunk; `None`: as many as run in about 80 ms.
    pub chunk: Option<u64>,
}

/// Told after every chunk: draws done and draws in all, over all plans. Answers whether to go on.
pub type Progress<'a> = dyn FnMut(u64, u64) -> bool + 'a;

/// A study compiled over its data.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The plans and the rules that fired.
    pub compiled: Compiled,
    /// The files read.
    pub files: Vec<FileHash>,
}

/// Reads a study's files and compiles its plans; draws nothing.
///
/// # Errors
///
/// [`Error::Input`], naming the place and the remedy.
pub fn prepare(study: &Study) -> Result<Prepared> {
    study.check()?;
    let panel = load_panel(&study.source, &study.data)?;
    let events = load_events(&study.source, &study.events)?;
    let compiled = compile(study, &panel, &events)?;
    let mut files = panel.files;
    files.push(events.file);
    Ok(Prepared { compiled, files })
}

/// Runs a study.
///
/// # Errors
///
/// [`Error::Input`] before anything is drawn, [`Error::Interrupted`] when `progress` says to stop,
/// [`Error::Device`] when the CPU cannot run the draws either.
pub fn run(study: &Study, options: &RunOptions, progress: &mut Progress<'_>) -> Result<Report> {
    let prepared = prepare(study)?;
    let adapter = options.device.adapter()?;
    let mut runner = Runner {
        options,
        adapter: adapter.as_ref(),
        notes: Vec::new(),
        threads: 0,
    };
    let plans = &prepared.compiled.plans;
    let total = study.run.draws.saturating_mul(plans.len() as u64);
    let started = Instant::now();
    let mut results = Vec::new();
    let mut done = 0;
    for plan in plans {
        let tally = runner
            .tally(plan, study.run.draws, &mut |draws| {
                progress(done + draws, total)
            })
            .map_err(|error| match error {
                Error::Interrupted { draws } => Error::Interrupted {
                    draws: done + draws,
                },
                other => other,
            })?;
        done += tally.draws();
        results.extend(result_rows(&study.name, plan, &tally, study.run.raw));
    }
    let elapsed_seconds = started.elapsed().as_secs_f64();
    Ok(Report {
        schema_version: SCHEMA_VERSION,
        study: StudySummary {
            name: study.name.clone(),
            title: study.title.clone(),
            citation: study.citation.clone(),
        },
        manifest: Manifest {
            placebo_version: env!("CARGO_PKG_VERSION").into(),
            seed: study.run.seed,
            draws: study.run.draws,
            raw: study.run.raw,
            engine: "monte-carlo".into(),
            threads: runner.threads,
            device: device(adapter.as_ref()),
            chunk: options.chunk,
            data: prepared.files,
            rules: prepared.compiled.rules,
            notes: runner.notes,
            nulls: plans.iter().map(null_statement).collect(),
            elapsed_seconds,
            draws_per_second: done as f64 / elapsed_seconds,
        },
        results,
    })
}

/// Runs plans on the chosen device, with the CPU standing in where that fails.
struct Runner<'a> {
    options: &'a RunOptions,
    adapter: Option<&'a Adapter>,
    notes: Vec<String>,
    threads: usize,
}

impl Runner<'_> {
    fn tally(
        &mut self,
        plan: &Plan,
        draws: u64,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Tally> {
        let mut cpu = Cpu::new(plan, self.options.threads)?;
        self.threads = cpu.threads();
        let mut gpu = match self.adapter.map(|adapter| Gpu::new(plan, adapter)) {
            Some(Ok(gpu)) => Some(gpu),
            Some(Err(error @ Error::Device { .. })) => {
                self.note(&error);
                None
            }
            Some(Err(error)) => return Err(error),
            None => None,
        };
        let (engine, stand_in): (&mut dyn Engine, Option<&mut dyn Engine>) = match &mut gpu {
            Some(gpu) => (gpu, Some(&mut cpu)),
            None => (&mut cpu, None),
        };
        let schedule = Schedule {
            chunk: self.options.chunk,
        };
        let mut failures = Vec::new();
        let tally = schedule.run(plan, engine, stand_in, 0..draws, progress, &mut |error| {
            failures.push(error.to_string());
        });
        for failure in failures {
            self.note(&failure);
        }
        tally
    }

    fn note(&mut self, failure: &dyn std::fmt::Display) {
        let note = format!("{failure}; the CPU took over");
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

fn device(adapter: Option<&Adapter>) -> Device {
    match adapter {
        Some(adapter) => Device {
            name: adapter.name().to_owned(),
            kind: adapter.kind().to_string(),
            backend: Some(adapter.backend()),
            driver: Some(adapter.driver()),
        },
        None => Device {
            name: "CPU".into(),
            kind: "cpu".into(),
            backend: None,
            driver: None,
        },
    }
}
