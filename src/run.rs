//! A study from its files to its report.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::engine::{
    Adapter, Cpu, DeviceChoice, Engine, FamilyCounts, Gpu, Next, Schedule, Tally, Threads,
    count_family,
};
use crate::error::{Error, Result};
use crate::inference::{
    EffectSet, FarTail, MOST_OPERATIONS, PlanCounts, ResultRow, Stopped, Watcher, add_deviations,
    centred_on, effect_sets, engine, exact_ceilings, family_statement, far_tails, null_statement,
    result_rows,
};
use crate::load::{Events, FileHash, Panel, load_events, load_panel, load_side};
use crate::question::events::{Compiled, EventPlan, TestFiles, compile};
use crate::question::numbers;
use crate::report::{Context, Device, Head, Manifest, Report, SCHEMA_VERSION, StudySummary};
use crate::study::{BlackoutSpec, DatesSpec, Parts, SideSpec, Stopping, Study, TestSpec};
use crate::visible::visible;

/// Operations that all exact laws together may take once the user waits for the end: a fraction of
/// a second.
const QUICK_OPERATIONS: u64 = 400_000_000;

/// Where and how a study is run; none of it changes a count.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// The device.
    pub device: DeviceChoice,
    /// CPU threads; `None`: one a processor.
    pub threads: Option<usize>,
    /// The most draws a chunk; a chunk is about 80 ms of work at most.
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
    /// How draws decide when they are enough, where they do.
    pub stopping: Option<Stopping>,
    /// Whether tails are fitted where few draws reach the observed value.
    pub tail_fit: bool,
}

impl Prepared {
    /// What a report of the study says beside its counts.
    pub fn context(&self, study: &Study) -> Context {
        let shown = |text: &str| visible(text).into_owned();
        Context {
            study: StudySummary {
                name: shown(&study.name),
                title: study.title.as_deref().map(shown),
                citation: study.citation.as_deref().map(shown),
            },
            draws: study.run.draws,
            raw: study.run.raw,
            stopping: self.stopping,
            tail_fit: self.tail_fit,
            exact: study.run.exact,
            files: self.files.clone(),
            rules: self.compiled.rules.clone(),
        }
    }
}

/// The draws of a study counted: all of them, a range, or those before it was stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// The plans, with the null expectations that the draws had to give first.
    pub plans: Vec<EventPlan>,
    /// A plan a tally.
    pub tallies: Vec<Tally>,
    /// Of each plan the counts of its family; `None` where it has none, or was stopped before them.
    pub families: Vec<Option<FamilyCounts>>,
    /// Of each plan the confidence sets of its intervals, one a member; `None` where it has none, or
    /// was stopped before them.
    pub intervals: Vec<Option<Vec<EffectSet>>>,
    /// Of each plan the stops of its hypotheses, where its draws stop by a rule; never in a tally
    /// file, as they need the draws in their order.
    #[serde(skip)]
    pub stops: Vec<Option<Vec<Stopped>>>,
    /// Of each plan its far tails, where they were asked for; never in a tally file, as they need all
    /// draws.
    #[serde(skip)]
    pub far_tails: Vec<Option<Vec<FarTail>>>,
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

/// Reads a study's files and compiles its plans; draws nothing.
///
/// # Errors
///
/// [`Error::Input`], naming the place and the remedy.
pub fn prepare(study: &Study) -> Result<Prepared> {
    prepare_on(study, &read(study)?)
}

/// The same of inputs that are there: what the study says of files is not looked at.
///
/// # Errors
///
/// [`Error::Input`], naming the place and the remedy.
pub fn prepare_on(study: &Study, inputs: &Inputs) -> Result<Prepared> {
    study.check()?;
    let compiled = compile(study, &inputs.panel, &inputs.events, &inputs.tests)?;
    let prepared = Prepared {
        compiled,
        files: inputs.files(),
        stopping: study.run.stopping(),
        tail_fit: study.run.tail_fit,
    };
    can_stop(&prepared)?;
    can_vary(&prepared, &study.name)?;
    Ok(prepared)
}

/// Refuses a study of which no placebo set can change any value.
fn can_vary(prepared: &Prepared, study: &str) -> Result<()> {
    let is_fixed = |plan: &EventPlan| (0..plan.hypotheses.len()).all(|h| plan.is_fixed(h));
    // That a test has one admissible set is said in its rows.
    let cannot = |plan: &EventPlan| is_fixed(plan) && !plan.is_alone();
    match prepared.compiled.plans.iter().all(cannot) {
        false => Ok(()),
        true => Err(Error::input(
            study,
            "nothing can be tested: no placebo set can give another value than the observed one, as of a series that never changes",
            "check [data] series and the [sample], or take another null design",
        )),
    }
}

/// What a study's files hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    /// The series.
    pub panel: Panel,
    /// The events.
    pub events: Events,
    /// What tests read beside them, a test an entry.
    pub tests: Vec<TestFiles>,
}

impl Inputs {
    /// Series and events of a study whose tests read no further files.
    pub fn of(panel: Panel, events: Events) -> Self {
        Inputs {
            panel,
            events,
            tests: Vec::new(),
        }
    }

    /// The files read, each once; what was in memory has no hash, and is none.
    pub fn files(&self) -> Vec<FileHash> {
        let tests = self.tests.iter().flat_map(TestFiles::files);
        let all = self
            .panel
            .files
            .iter()
            .chain([&self.events.file])
            .chain(tests);
        let mut seen = HashSet::new();
        all.filter(|file| !file.sha256.is_empty() && seen.insert(&file.file))
            .cloned()
            .collect()
    }
}

/// Checks a study and reads its files.
///
/// # Errors
///
/// [`Error::Input`], naming the place and the remedy.
pub fn read(study: &Study) -> Result<Inputs> {
    study.check()?;
    let panel = load_panel(&study.source, &study.data.reading())?;
    let events = load_events(&study.source, &study.events.list())?;
    let tests: Vec<TestFiles> = study
        .tests
        .iter()
        .map(|test| test_files(study, test))
        .collect::<Result<_>>()?;
    Ok(Inputs {
        panel,
        events,
        tests,
    })
}

/// Whether the draws of every plan may decide their own number.
fn can_stop(prepared: &Prepared) -> Result<()> {
    let Some(stopping) = prepared.stopping else {
        return Ok(());
    };
    let key = match stopping {
        Stopping::Exceedances(_) => "--stop-at (`stop_at`)",
        Stopping::Level(_) => "--until (`until`)",
    };
    for (number, plan) in prepared.compiled.plans.iter().enumerate() {
        let (problem, instead) = if plan.design.enumeration().is_some() {
            continue;
        } else if plan.intervals.is_some() {
            (
                "an interval keeps an effect by the counts of a number of draws that is fixed in advance",
                "leave `interval` out",
            )
        } else if plan.family.is_some() {
            (
                "a family compares its members over a number of draws that is fixed in advance",
                "leave `family` out",
            )
        } else if plan.lacks_centre() {
            (
                "a symmetric p of medians or regressions, or of labels with the events of a day together, needs the mean of all draws before it can count any",
                "ask for the equal-tailed p",
            )
        } else {
            continue;
        };
        return Err(Error::input(
            format!("[[test]] {}", number + 1),
            format!("{problem}, and with {key} the draws decide how many they are"),
            format!("{instead}, or run without {key}"),
        ));
    }
    Ok(())
}

/// Reads what a test needs beside the panel and the events.
fn test_files(study: &Study, test: &TestSpec) -> Result<TestFiles> {
    let read = |spec: SideSpec| load_side(&study.source, &spec.file);
    let column = |key, parts: &Option<Parts>| {
        let spec = parts
            .as_ref()
            .and_then(|parts| parts.side(key, &study.events));
        spec.map(read).transpose()
    };
    let dates = test.dates.as_ref().map(DatesSpec::side);
    let blackout = test.blackout.as_ref().map(BlackoutSpec::side);
    let sets = test.sets.as_ref().map(|sets| {
        let of_sets = read(sets.as_sets())?;
        Ok::<_, Error>((of_sets, read(sets.as_groups())?))
    });
    Ok(TestFiles {
        dates: dates.map(read).transpose()?,
        blackout: blackout.map(read).transpose()?,
        within: column("within", &test.within)?,
        cluster: column("cluster", &test.cluster)?,
        sets: sets.transpose()?,
    })
}

/// Runs a study. When `progress` says to stop, the report is that of the draws done, and its
/// manifest says so.
///
/// # Errors
///
/// [`Error::Input`] before anything is drawn, [`Error::Device`] when the CPU cannot run the draws
/// either.
pub fn run(study: &Study, options: &RunOptions, progress: &mut Progress<'_>) -> Result<Report> {
    finish(study, &prepare(study)?, options, progress)
}

/// Runs a study on inputs that are there: what it says of files is not looked at.
///
/// # Errors
///
/// Those of [`run`].
pub fn run_on(
    study: &Study,
    inputs: &Inputs,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Report> {
    finish(study, &prepare_on(study, inputs)?, options, progress)
}

fn finish(
    study: &Study,
    prepared: &Prepared,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Report> {
    let draws = study.run.draws;
    let counted = count(prepared, 0..draws, draws, options, progress)?;
    let stopped = !counted.complete;
    let context = prepared.context(study);
    let on = Threads::new(options.threads)?;
    Ok(on.run(|| report(context, counted, options.chunk, &|| stopped)))
}

/// Counts the draws `range` of every plan, out of the `draws` that the study asks for. Of a plan that
/// enumerates its sets it is [`Plan::part`] of them.
///
/// # Errors
///
/// A symmetric p-value whose null expectation only all draws can tell, a family or intervals, asked
/// for in ranges; [`Error::Device`] when the CPU cannot run the draws either.
pub fn count(
    prepared: &Prepared,
    range: Range<u64>,
    draws: u64,
    options: &RunOptions,
    progress: &mut Progress<'_>,
) -> Result<Counted> {
    let plans = &prepared.compiled.plans;
    if range != (0..draws) && plans.iter().any(|plan| plan.lacks_centre()) {
        return Err(Error::input(
            "--range",
            "a symmetric p of medians, or of labels with the events of a day together, needs the mean of all draws before it can count any",
            "run it in one piece, or ask for the equal-tailed p",
        ));
    }
    if range != (0..draws) && plans.iter().any(|plan| plan.family.is_some()) {
        return Err(Error::input(
            "--range",
            "a family compares its members over all draws at once: their null laws come first",
            "run it in one piece, or leave `family` out",
        ));
    }
    if range != (0..draws) && plans.iter().any(|plan| plan.intervals.is_some()) {
        return Err(Error::input(
            "--range",
            "an interval keeps an effect by the counts of all draws at once",
            "run it in one piece, or leave `interval` out",
        ));
    }
    if range != (0..draws) && (prepared.stopping.is_some() || prepared.tail_fit) {
        return Err(Error::input(
            "--range",
            "stopping rules look at the draws in their order from the first on, and tails are fitted to the farthest of all",
            "run it in one piece, or without --stop-at, --until and --tail-fit (`stop_at`, `until`, `tail_fit`)",
        ));
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
    let fits = |plan: &EventPlan| prepared.tail_fit && plan.design.enumeration().is_none();
    // Falls when draws turn out not to be needed.
    let mut total = plans.iter().fold(0u64, |total, plan| {
        let part = plan.part(&range, draws);
        let passes = plan.passes() + u64::from(fits(plan));
        total.saturating_add((part.end - part.start).saturating_mul(passes))
    });
    let schedule = Schedule {
        chunk: options.chunk,
    };
    let mut done = 0;
    let mut go_on = true;
    let mut counted = Counted {
        plans: Vec::new(),
        tallies: Vec::new(),
        families: Vec::new(),
        intervals: Vec::new(),
        stops: Vec::new(),
        far_tails: Vec::new(),
        complete: true,
        device: cpu_device(),
        threads: 0,
        replayed: 0,
        notes: Vec::new(),
        elapsed_seconds: 0.0,
    };
    for plan in plans {
        let part = plan.part(&range, draws);
        let wanted = part.end - part.start;
        let mut plan = plan.clone();
        let mut family = None;
        let mut far = None;
        let mut complete = go_on;
        if go_on && plan.lacks_centre() {
            // A regression's values are a device's floats, and its centre decides counts.
            let adapter = runner.adapter.take_if(|_| plan.regression().is_some());
            let first = runner.tally(&plan, part.clone(), None, &mut |draws| {
                go_on = progress(done + draws, total);
                go_on
            })?;
            runner.adapter = runner.adapter.or(adapter);
            done += first.draws();
            complete = first.draws() == wanted;
            if complete {
                plan.plan = centred_on(&plan, &first);
            }
        }
        let rule = prepared.stopping;
        let rule = rule.filter(|_| plan.design.enumeration().is_none());
        let mut watcher = match rule {
            Some(rule) => Some(Watcher::new(&plan, rule, options.threads)?),
            None => None,
        };
        let mut tally = Tally::empty(&plan);
        if go_on {
            tally = runner.tally(&plan, part.clone(), watcher.as_mut(), &mut |draws| {
                go_on = progress(done + draws, total);
                go_on
            })?;
            done += tally.draws();
        }
        let needed = watcher.as_ref().and_then(Watcher::end).unwrap_or(wanted);
        let spared = wanted - needed;
        complete &= tally.draws() == needed;
        total -= spared;
        if plan.family.is_some() && go_on {
            let threads = options.threads;
            family = count_family(&plan, part.clone(), threads, schedule, &mut |draws| {
                go_on = progress(done + draws, total);
                go_on
            })?;
            done += 2 * wanted;
        }
        complete &= family.is_some() == plan.family.is_some();
        let mut sets = None;
        if plan.intervals.is_some() && complete && go_on {
            let mut made = 0;
            let mut passed = |draws| {
                made = draws;
                // How many passes medians take shows on the way.
                go_on = progress(done + draws, total.max(done + draws));
                go_on
            };
            let threads = options.threads;
            sets = effect_sets(&plan, &tally, part.clone(), threads, schedule, &mut passed)?;
            done += made;
            complete = sets.is_some();
        }
        if fits(&plan) && complete {
            let part = part.start..part.start + needed;
            let threads = options.threads;
            total -= spared;
            far = far_tails(&plan, &tally, part, threads, schedule, &mut |draws| {
                go_on = progress(done + draws, total);
                go_on
            })?;
            done += needed;
            complete = far.is_some();
        }
        counted.complete &= complete;
        counted.stops.push(watcher.map(Watcher::finish));
        counted.tallies.push(tally);
        counted.families.push(family);
        counted.intervals.push(sets);
        counted.far_tails.push(far);
        counted.plans.push(plan);
    }
    counted.device = together(runner.made_on);
    counted.threads = runner.threads;
    counted.replayed = runner.replayed;
    counted.notes = runner.notes;
    // Whole microseconds, few enough digits for a tally file's reader to get the same number.
    counted.elapsed_seconds = started.elapsed().as_micros().max(1) as f64 / 1e6;
    Ok(counted)
}

/// The report of counted draws. `stopped` says whether the user waits for the end: exact laws that
/// take long are then left out.
pub fn report(
    context: Context,
    counted: Counted,
    chunk: Option<u64>,
    stopped: &(dyn Fn() -> bool + Sync),
) -> Report {
    let rows: usize = counted.plans.iter().map(|plan| plan.hypotheses.len()).sum();
    let ceilings = exact_ceilings(&numbers(&counted.plans), context.exact);
    let most = || match stopped() {
        true => QUICK_OPERATIONS / rows.max(1) as u64,
        false => MOST_OPERATIONS,
    };
    let draws: u64 = counted.tallies.iter().map(Tally::draws).sum();
    let mut notes = counted.notes;
    let mut results: Vec<ResultRow> = Vec::new();
    let mut families = Vec::new();
    for (number, (plan, tally)) in counted.plans.iter().zip(&counted.tallies).enumerate() {
        let family = counted.families[number].as_ref();
        let intervals = &counted.intervals[number];
        let stops = counted.stops.get(number).and_then(Option::as_deref);
        let far_tails = counted.far_tails.get(number).and_then(Option::as_deref);
        let draws = plan.draws(context.draws);
        let partial = tally.draws() < draws && !stops.is_some_and(are_done);
        let enumerates = plan.design.enumeration().is_some();
        if partial {
            notes.push(format!(
                "partial: [[test]] {} has {} of {draws} draws{}",
                number + 1,
                tally.draws(),
                match enumerates {
                    true =>
                        "; a part of an enumeration gives no p-value, and its rows are left out",
                    false => "",
                }
            ));
        }
        if enumerates && (context.stopping.is_some() || context.tail_fit) {
            notes.push(format!(
                "[[test]] {} makes each of its sets once: an enumeration needs no stopping rule and no tail-fit",
                number + 1
            ));
        }
        if context.tail_fit && !enumerates && far_tails.is_none() {
            notes.push(format!(
                "interrupted: the tail-fits of [[test]] {} are left out, as they need all draws",
                number + 1
            ));
        }
        match (family, &plan.family) {
            (Some(counts), _) => families.extend(family_statement(plan, counts, context.raw)),
            (None, Some(_)) => notes.push(format!(
                "interrupted: the family of [[test]] {} is left out, as it needs all draws",
                number + 1
            )),
            (None, None) => {}
        }
        if plan.intervals.is_some() && intervals.is_none() {
            notes.push(format!(
                "interrupted: the intervals of [[test]] {} are left out, as they need all draws",
                number + 1
            ));
        }
        if tally.draws() > 0 && !(partial && enumerates) {
            let counts = PlanCounts {
                plan,
                tally,
                family,
                intervals: intervals.as_deref(),
                stops: stops.zip(context.stopping),
                far_tails,
            };
            let name = &context.study.name;
            let ceiling = |h: usize| ceilings[number][h].clone().map(|()| most());
            let mut rows = result_rows(name, &counts, context.raw, &ceiling);
            // Tests of one null design and window share their constants.
            rows.retain(|row| {
                !row.is_constant() || !results.iter().any(|had| had.is_same_question(row))
            });
            if !stopped() {
                notes.extend(add_deviations(&mut rows, &results, plan));
            }
            results.extend(rows);
        }
    }
    if stopped() {
        notes.push(
            "interrupted: exact laws that take long, and least absolute deviations, are left out"
                .into(),
        );
    }
    let complete = counted.complete && !stopped();
    for row in &mut results {
        row.complete = complete;
    }
    let mut engines: Vec<&str> = counted.plans.iter().map(|plan| engine(plan)).collect();
    engines.sort_unstable();
    engines.dedup();
    Report {
        schema_version: SCHEMA_VERSION,
        study: context.study,
        manifest: Manifest {
            head: Head {
                data: context.files,
                rules: context.rules,
                notes,
                ..Head::new(
                    counted.plans.first().map_or(0, |plan| plan.seed),
                    context.draws,
                    counted.threads,
                    counted.elapsed_seconds,
                )
            },
            complete: counted.complete,
            raw: context.raw,
            stopping: context.stopping.map(|rule| rule.to_string()),
            tail_fit: context.tail_fit,
            engine: engines.join(" and "),
            device: counted.device,
            replayed_draws: counted.replayed,
            chunk,
            nulls: counted.plans.iter().map(null_statement).collect(),
            families,
            draws_per_second: draws as f64 / counted.elapsed_seconds,
        },
        results,
    }
}

/// Whether every hypothesis has stopped.
fn are_done(stops: &[Stopped]) -> bool {
    stops.iter().all(Stopped::is_done)
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
        plan: &EventPlan,
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
