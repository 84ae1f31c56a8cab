//! The draws of plans, pass by pass.

use std::ops::Range;
use std::time::Instant;

use super::passes::{self, Pass, Rules};
use super::{Prepared, Progress, RunOptions};
use crate::engine::{Adapter, Cpu, Engine, FamilyCounts, Gpu, Next, Schedule, Tally, count_family};
use crate::error::{Error, Result};
use crate::inference::{EffectSet, FarTail, Stopped, Watcher, centred_on, effect_sets, far_tails};
use crate::plan::Plan;
use crate::question::Labelled;
use crate::question::events::EventWords;
use crate::report::Device;

/// The draws of plans counted: all of them, a range, or those before it was stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted<W = EventWords> {
    /// A plan an answer.
    pub answers: Vec<Answer<W>>,
    /// Whether all draws asked for were made, or as many as a rule needed.
    pub complete: bool,
    /// Where the draws were made.
    pub device: Device,
    /// CPU threads.
    pub threads: usize,
    /// Draws that a GPU's 32-bit floats could not decide, and that were made again in 64 bits.
    pub replayed: u64,
    /// Devices that failed, and who took over.
    pub notes: Vec<String>,
    /// Wall time.
    pub elapsed_seconds: f64,
}

/// What the draws of a plan answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<W = EventWords> {
    /// The plan, with the null expectations that the draws had to give first.
    pub plan: Labelled<W>,
    /// Its tally.
    pub tally: Tally,
    /// The counts of its family; `None` where it has none, or was stopped before them.
    pub family: Option<FamilyCounts>,
    /// The confidence sets of its intervals, one a member; `None` where it has none, or was stopped before
    /// them.
    pub intervals: Option<Vec<EffectSet>>,
    /// The stops of its hypotheses, where its draws stop by a rule.
    pub stops: Option<Vec<Stopped>>,
    /// Its far tails, where they were asked for.
    pub far_tails: Option<Vec<FarTail>>,
}

impl<W> Counted<W> {
    /// Draws made, of all plans together.
    pub fn draws(&self) -> u64 {
        self.answers.iter().map(|of| of.tally.draws()).sum()
    }
}

/// Counts the draws `range` of every plan of a study, out of the `draws` that it asks for. Of a plan that
/// enumerates its sets it is [`Plan::part`] of them.
///
/// # Errors
///
/// A pass that needs all draws, asked for in ranges; [`Error::Device`] when the CPU cannot run the draws
/// either.
pub fn count(
    prepared: &Prepared,
    range: Range<u64>,
    draws: u64,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Counted> {
    let plans = &prepared.compiled.plans;
    count_plans(plans, prepared.rules(), range, draws, options, progress)
}

/// The same of any question's plans.
///
/// # Errors
///
/// Those of [`count`].
pub fn count_plans<W: Clone>(
    plans: &[Labelled<W>],
    rules: Rules,
    range: Range<u64>,
    draws: u64,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Counted<W>> {
    if passes::is_part(&range, draws) {
        passes::refuse_parts(plans, rules, "--range")?;
    }
    let (adapter, failure) = match options.device.adapter() {
        Ok(adapter) => (adapter, None),
        Err(error @ Error::Device { .. }) => (None, Some(error)),
        Err(error) => return Err(error),
    };
    let mut runner = Runner {
        options,
        adapter: adapter.as_ref(),
        notes: Vec::new(),
        threads: 0,
        made_on: Vec::new(),
        replayed: 0,
    };
    if let Some(failure) = failure {
        runner.note(&failure);
    }
    let started = Instant::now();
    let total = plans.iter().fold(0u64, |total, plan| {
        let part = plan.part(&range, draws);
        let times = passes::walks(plan, rules);
        total.saturating_add((part.end - part.start).saturating_mul(times))
    });
    let mut walk = Walk {
        rules,
        total,
        done: 0,
        go_on: true,
        progress,
    };
    let mut answers = Vec::new();
    let mut complete = true;
    for plan in plans {
        let (answer, whole) = walk.plan(plan, plan.part(&range, draws), &mut runner)?;
        complete &= whole;
        answers.push(answer);
    }
    Ok(Counted {
        answers,
        complete,
        device: together(runner.made_on),
        threads: runner.threads,
        replayed: runner.replayed,
        notes: runner.notes,
        // Whole microseconds, few enough digits for a tally file's reader to get the same number.
        elapsed_seconds: started.elapsed().as_micros().max(1) as f64 / 1e6,
    })
}

/// The passes of all plans, and how far they are.
struct Walk<'a, 'p> {
    rules: Rules,
    /// Draws of all passes; falls when draws turn out not to be needed.
    total: u64,
    done: u64,
    go_on: bool,
    progress: &'a mut Progress<'p>,
}

impl Walk<'_, '_> {
    /// The answer of a plan's draws `part`, and whether all passes had all draws that they needed.
    fn plan<W: Clone>(
        &mut self,
        plan: &Labelled<W>,
        part: Range<u64>,
        runner: &mut Runner<'_>,
    ) -> Result<(Answer<W>, bool)> {
        let mut answer = Answer {
            tally: Tally::empty(plan),
            plan: plan.clone(),
            family: None,
            intervals: None,
            stops: None,
            far_tails: None,
        };
        let (wanted, threads) = (part.end - part.start, runner.options.threads);
        let schedule = Schedule {
            chunk: runner.options.chunk,
        };
        // Draws that the rest of the run has no use for.
        let mut spared = 0;
        let mut complete = self.go_on;
        for pass in Pass::of(plan, self.rules) {
            if !(self.go_on && complete) {
                complete = false;
                break;
            }
            let (before, times) = (self.done, pass.times());
            self.total -= times * spared;
            let all = self.total;
            let mut tell = |draws: u64| {
                // How many walks medians take for an interval shows on the way.
                let total = all.max(before + draws);
                self.go_on = (self.progress)(before + draws, total);
                self.go_on
            };
            let range = part.start..part.end - spared;
            let plan = &answer.plan.plan;
            let mut made = times * (wanted - spared);
            match pass {
                Pass::Centre => {
                    // A regression's values are a device's floats, and its centre decides counts.
                    let adapter = runner.adapter.take_if(|_| plan.regression().is_some());
                    let first = runner.tally(plan, range, None, &mut tell)?;
                    runner.adapter = runner.adapter.or(adapter);
                    made = first.draws();
                    complete = first.draws() == wanted;
                    if complete {
                        answer.plan.plan = centred_on(plan, &first);
                    }
                }
                Pass::Tally => {
                    answer.tally = runner.tally(plan, range, None, &mut tell)?;
                    made = answer.tally.draws();
                    complete = made == wanted;
                }
                Pass::Stopped => {
                    let mut watcher = match self.rules.stopping {
                        Some(rule) => Watcher::new(plan, rule, threads)?,
                        None => continue,
                    };
                    answer.tally = runner.tally(plan, range, Some(&mut watcher), &mut tell)?;
                    made = answer.tally.draws();
                    let needed = watcher.end().unwrap_or(wanted);
                    complete = made == needed;
                    spared = wanted - needed;
                    answer.stops = Some(watcher.finish());
                }
                Pass::Family => {
                    let tally = &answer.tally;
                    answer.family = count_family(plan, tally, range, threads, schedule, &mut tell)?;
                    complete = answer.family.is_some();
                }
                Pass::Intervals => {
                    made = 0;
                    let mut told = |draws| {
                        made = draws;
                        tell(draws)
                    };
                    let tally = &answer.tally;
                    answer.intervals =
                        effect_sets(plan, tally, range, threads, schedule, &mut told)?;
                    complete = answer.intervals.is_some();
                }
                Pass::Tails => {
                    let tally = &answer.tally;
                    answer.far_tails = far_tails(plan, tally, range, threads, schedule, &mut tell)?;
                    complete = answer.far_tails.is_some();
                }
            }
            self.done += made;
            if pass == Pass::Stopped {
                self.total -= spared;
            }
        }
        Ok((answer, complete))
    }
}

/// Runs plans on the chosen device, with the CPU standing in where that fails.
struct Runner<'a> {
    options: &'a RunOptions,
    /// `None`: the CPU, also once the adapter's device failed.
    adapter: Option<&'a Adapter>,
    notes: Vec<String>,
    threads: usize,
    made_on: Vec<Device>,
    replayed: u64,
}

impl Runner<'_> {
    fn tally(
        &mut self,
        plan: &Plan,
        range: Range<u64>,
        mut watcher: Option<&mut Watcher<'_>>,
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
        let adapter = self.adapter;
        let mut on_gpu = gpu.is_some();
        let mut on_cpu = gpu.is_none();
        let (engine, stand_in): (&mut dyn Engine, Option<&mut dyn Engine>) = match &mut gpu {
            Some(gpu) => (gpu, Some(&mut cpu)),
            None => (&mut cpu, None),
        };
        let schedule = Schedule {
            chunk: self.options.chunk,
        };
        let start = range.start;
        let mut after = |chunk: &Range<u64>, counts: &Tally| {
            let end = watcher.as_mut().and_then(|it| it.chunk(chunk, counts));
            match end {
                Some(end) if end < chunk.end => Next::EndAt(end),
                _ if !progress(chunk.end - start) => Next::Stop,
                Some(end) => Next::EndAt(end),
                None => Next::GoOn,
            }
        };
        let mut failures = Vec::new();
        let tally = schedule.run(
            plan,
            engine,
            stand_in,
            range,
            &mut after,
            &mut |error, done| {
                failures.push(error.to_string());
                on_gpu = done > 0;
                on_cpu = true;
            },
        );
        for failure in failures {
            self.note(&failure);
            // It would fail the next plan too, or keep it waiting.
            self.adapter = None;
        }
        self.replayed += gpu.as_ref().map_or(0, Engine::replayed);
        let made_on = [
            adapter.filter(|_| on_gpu).map(gpu_device),
            on_cpu.then(cpu_device),
        ];
        for device in made_on.into_iter().flatten() {
            if !self.made_on.contains(&device) {
                self.made_on.push(device);
            }
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

fn gpu_device(adapter: &Adapter) -> Device {
    Device {
        name: adapter.name().to_owned(),
        kind: adapter.kind().to_string(),
        backend: Some(adapter.backend()),
        driver: Some(adapter.driver()),
    }
}

/// An adapter as reports have it; `None`: the CPU.
pub(crate) fn device_of(adapter: Option<&Adapter>) -> Device {
    adapter.map_or_else(cpu_device, gpu_device)
}

fn cpu_device() -> Device {
    Device {
        name: "CPU".into(),
        kind: "cpu".into(),
        backend: None,
        driver: None,
    }
}

/// The devices that made the draws, as one.
pub(crate) fn together(mut devices: Vec<Device>) -> Device {
    devices.sort_by(|a, b| a.name.cmp(&b.name));
    devices.dedup();
    match devices.len() {
        0 => cpu_device(),
        1 => devices.remove(0),
        _ => {
            let all = |part: fn(&Device) -> &str| {
                let parts: Vec<&str> = devices.iter().map(part).collect();
                parts.join(" and ")
            };
            Device {
                name: all(|device| &device.name),
                kind: all(|device| &device.kind),
                backend: None,
                driver: None,
            }
        }
    }
}
