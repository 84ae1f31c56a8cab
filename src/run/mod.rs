//! A study from its files to its report.

mod checkpoint;
mod count;
mod figures;
mod keep;
mod merge;
mod part;
mod passes;
mod report;

use std::collections::HashSet;

pub(crate) use checkpoint::{Checkpoint, count_kept};
pub use count::{Answer, Counted, count, count_plans};
pub(crate) use count::{device_of, together};
pub use figures::figures;
pub use keep::{KeptForm, keep_draws};
pub use merge::merge;
pub(crate) use merge::{Merging, another_question, no_part};
pub use part::{Part, PartQuestion, StudyPart, TablePart};
pub use passes::Rules;
pub(crate) use passes::{refuse_order, refuse_parts, refuse_stopping, walks};
pub use report::report;
pub(crate) use report::{is_partial, shortfalls};

use crate::engine::{DeviceChoice, Threads};
use crate::error::{Error, Result};
use crate::load::{Events, FileHash, Market, Panel, load_events, load_panel, load_side};
use crate::plan::Plan;
use crate::question::events::{Compiled, TestFiles, against, compile};
use crate::report::{Context, Labels, Report, StudySummary, StudyText};
use crate::study::{
    BlackoutSpec, DatesSpec, MarketSpec, Parts, SideSpec, Stopping, Study, TestSpec,
};

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
    /// What is asked of the draws beside their tally.
    pub fn rules(&self) -> Rules {
        Rules {
            stopping: self.stopping,
            tail_fit: self.tail_fit,
        }
    }

    /// Refuses to keep the draws in a file, where some pass needs them in their order.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] at `place`, the flag that asks for it.
    pub fn refuse_order(&self, place: &str) -> Result<()> {
        refuse_order(&self.compiled.plans, self.rules(), place)
    }

    /// Refuses to cut the draws into ranges, where some pass needs them together.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] at `place`, the flag that asks for it.
    pub fn refuse_parts(&self, place: &str) -> Result<()> {
        refuse_parts(&self.compiled.plans, self.rules(), place)
    }

    /// What a report of the study says beside its counts.
    pub fn context(&self, study: &Study) -> Context {
        Context {
            study: StudySummary::of(study),
            text: StudyText::of(study),
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
    let mut compiled = compile(study, &inputs.panel, &inputs.events, &inputs.tests)?;
    compiled.rules.extend(unused_labels(study, inputs));
    compiled.rules.extend(market_days(study, inputs)?);
    let prepared = Prepared {
        compiled,
        files: inputs.files(),
        stopping: study.run.stopping(),
        tail_fit: study.run.tail_fit,
    };
    let place = |number| format!("[[test]] {number}");
    refuse_stopping(&prepared.compiled.plans, prepared.rules(), place)?;
    can_vary(&prepared, &study.name)?;
    Ok(prepared)
}

/// What the market's calendar says of the dates of the data, where the study names one.
fn market_days(study: &Study, inputs: &Inputs) -> Result<Vec<String>> {
    let market = match (&study.calendar.check, &inputs.closed) {
        (None, _) => return Ok(Vec::new()),
        (Some(MarketSpec::Name(name)), _) => Market::find(name)
            .map_err(|[problem, remedy]| Error::input("[calendar] check", problem, remedy))?
            .clone(),
        (Some(MarketSpec::File(spec)), closed) => {
            let rows = closed.iter().flat_map(|closed| &closed.rows);
            Market::of(
                &format!("the market of {}", spec.file),
                rows.map(|row| row.date).collect(),
            )
        }
    };
    Ok(against(&market, &inputs.panel))
}

/// Labels of names that nothing has, as a rule: a slip of the pen, or of a series that is left out.
fn unused_labels(study: &Study, inputs: &Inputs) -> Option<String> {
    let is_group =
        |name: &str| name == "all" || inputs.events.rows.iter().any(|of| of.group == name);
    let is_difference = |name: &str| {
        let sides = name.split_once(" - ");
        sides.is_some_and(|(first, second)| is_group(first) && is_group(second))
    };
    let is_series = |name: &str| inputs.panel.series.iter().any(|of| of.name == name);
    let labels = Labels::new(&study.labels);
    let names = labels.names();
    let unused: Vec<String> = names
        .filter(|name| !is_series(name) && !is_group(name) && !is_difference(name))
        .map(|name| format!("`{name}`"))
        .collect();
    match unused.as_slice() {
        [] => None,
        names => Some(format!(
            "[labels]: no series and no group here has the name {}",
            names.join(", ")
        )),
    }
}

/// Refuses a study of which no placebo set can change any value.
fn can_vary(prepared: &Prepared, study: &str) -> Result<()> {
    let is_fixed = |plan: &Plan| (0..plan.hypotheses.len()).all(|h| plan.is_fixed(h));
    // That a test has one admissible set is said in its rows.
    let cannot = |plan: &Plan| is_fixed(plan) && !plan.is_alone();
    match prepared.compiled.plans.iter().all(|plan| cannot(plan)) {
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
    /// The days on which the market is closed that the data's dates are compared with, where a file has them.
    pub closed: Option<Events>,
}

impl Inputs {
    /// Series and events of a study whose tests read no further files.
    pub fn of(panel: Panel, events: Events) -> Self {
        Inputs {
            panel,
            events,
            tests: Vec::new(),
            closed: None,
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
            .chain(tests)
            .chain(self.closed.as_ref().map(|closed| &closed.file));
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
    let market = study.calendar.check.as_ref();
    let closed = market
        .and_then(MarketSpec::side)
        .map(|file| load_side(&study.source, &file));
    Ok(Inputs {
        panel,
        events,
        tests,
        closed: closed.transpose()?,
    })
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
