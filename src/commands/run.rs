//! `placebo run`, and `placebo` alone.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::engine::DeviceChoice;
use crate::report::{Detail, Figures, Report, null_plots, pictures, to_html};
use crate::run::{
    Counted, Inputs, KeptForm, Prepared, RunOptions, count, figures, keep_draws, prepare,
    prepare_on, read, report,
};
use crate::study::Study;
use crate::{Error, Result};
use clap::Args;
use indicatif::ProgressBar;

use super::bar::Bar;
use super::format::Format;
use super::number::positive;
use super::output::{Out, hint, say};
use super::page::{Pages, write_folder};
use super::quick::QuickArgs;
use super::reading::Reading;
use super::shared::{ConventionArg, Device, Draws, Exact, Part, Results, Stops, Work};

/// Set by Ctrl-C; looked at after every chunk.
static STOP: AtomicBool = AtomicBool::new(false);

#[derive(Debug, Args)]
#[command(mut_arg("report", |page| page.conflicts_with("tally")))]
#[command(mut_arg("figures", |folder| folder.conflicts_with("tally")))]
pub struct RunArgs {
    /// A bundled study's name, or the path of a study file
    #[arg(required_unless_present = "data", conflicts_with_all = ["QuickArgs", "Reading"])]
    study: Option<String>,
    #[command(flatten)]
    draws: Draws,
    /// Which p-value is reported as p, instead of the study's
    #[arg(long)]
    convention: Option<ConventionArg>,
    /// Report b/m instead of (b+1)/(m+1): only to reproduce a publication
    #[arg(long, conflicts_with_all = ["stop_at", "until"])]
    raw: bool,
    #[command(flatten)]
    stops: Stops,
    #[command(flatten)]
    exact: Exact,
    #[command(flatten)]
    part: Part,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    results: Results,
    #[command(flatten)]
    pages: Pages,
    /// In the table, the law of every statistic under each null design too
    #[arg(long, conflicts_with = "tally")]
    details: bool,
    /// Print the null distribution of what stands out, under each null design, in rows of block characters, too
    #[arg(long, conflicts_with = "tally")]
    plot: bool,
    /// Write every draw's statistics to this .parquet or .arrow file, a row a draw
    #[arg(long, value_name = "FILE", conflicts_with_all = ["tally", "checkpoint", "stop_at", "until"])]
    keep_draws: Option<PathBuf>,
    // Last: its heading holds for every flag below it.
    #[command(flatten)]
    quick: QuickArgs,
    #[command(flatten)]
    reading: Reading,
}

/// Where a study is run, and what is said meanwhile.
#[derive(Debug, Clone, Default, Args)]
struct How {
    #[command(flatten)]
    device: Device,
    /// The most draws a chunk; results do not depend on it
    #[arg(long, value_name = "N", value_parser = positive)]
    chunk: Option<u64>,
    #[command(flatten)]
    work: Work,
}

/// Runs one study.
pub fn run(args: &RunArgs) -> Result<()> {
    let tally = Out::to_file("--tally", args.part.tally.clone());
    let kept_draws = Out::to_file(KEEP_DRAWS, args.keep_draws.clone());
    args.results.check()?;
    tally.check()?;
    kept_draws.check()?;
    let kept_form = kept_draws
        .file()
        .map(|file| KeptForm::of(file, KEEP_DRAWS))
        .transpose()?;
    let threads = args.how.work.threads();
    let study = args.study()?;
    for out in [&args.results.out, &tally, &kept_draws] {
        out.spare(args.study.as_deref(), &study)?;
    }
    let draws = study.run.draws;
    let asked = args.part.range(draws)?;
    if asked.end > draws {
        return Err(Error::input(
            format!("--range {}..{}", asked.start, asked.end),
            format!("the study has {draws} draws a test"),
            "ask for a range inside, or for more --draws (the same for every range)",
        ));
    }
    args.pages.check(args.study.as_deref(), &study)?;
    let inputs = read(&study)?;
    let prepared = prepare_on(&study, &inputs)?;
    if args.part.tally.is_some() {
        prepared.refuse_order("--tally")?;
    }
    let kept = args.part.checkpoint.as_deref();
    let counted = with_progress(&study, &prepared, (asked, kept), &args.how, threads)?;
    let complete = counted.complete;
    let draws = counted.draws();
    if args.part.tally.is_some() {
        tally.write(&prepared.part(&study, counted)?.to_text())?;
    } else {
        let after = after_the_draws(&study.name, args.how.work.quiet);
        let context = prepared.context(&study);
        let drawn = match args.pages.are_asked() {
            true => Some(drawn(&study, &inputs, &counted, &args.how, threads)?),
            false => None,
        };
        let mut report = report(context, counted, args.how.chunk, &stopped);
        after.finish_and_clear();
        if !report.manifest.complete || stopped() {
            say(&format!(
                "note: {} gets the partial results of an interrupted run; its rows say so under `complete`",
                args.results.out.place()
            ));
        }
        write_report(&mut report, &args.results, detail(args.details))?;
        if let Some(figures) = drawn {
            let page = || to_html(&report, &figures);
            args.pages.write(page, || pictures(&report, &figures))?;
        }
        if args.plot {
            args.results.out.say_more(&null_plots(&report).concat())?;
        }
        if !args.how.work.quiet {
            args.hint();
        }
    }
    interrupted(complete, draws)?;
    match (kept_draws.file(), kept_form) {
        (Some(file), Some(form)) => keep(&study, &prepared, file, form, &args.how, threads),
        _ => Ok(()),
    }
}

/// The flag that names the file of draws.
const KEEP_DRAWS: &str = "--keep-draws";

/// Makes the draws once more, and writes them.
fn keep(
    study: &Study,
    prepared: &Prepared,
    file: &Path,
    form: KeptForm,
    how: &How,
    threads: Option<usize>,
) -> Result<()> {
    let bar = Bar::new(&format!("{}: keeping draws", study.name), how.work.quiet)?;
    let mut tell = |done, total| {
        bar.tell(done, total);
        !stopped()
    };
    let kept = keep_draws(prepared, study.run.draws, file, form, threads, &mut tell);
    bar.finish_and_clear();
    interrupted(true, kept?)
}

/// The numbers of the figures of counted draws.
fn drawn(
    study: &Study,
    inputs: &Inputs,
    counted: &Counted,
    how: &How,
    threads: Option<usize>,
) -> Result<Figures> {
    let options = RunOptions {
        device: how.device.device.clone(),
        threads,
        chunk: how.chunk,
    };
    figures(study, inputs, counted, &options, &mut |_, _| !stopped())
}

/// Runs every bundled study and prints its tables.
pub fn bundled() -> Result<()> {
    let mut pages = Vec::new();
    for (i, (name, _)) in Study::bundled().iter().enumerate() {
        let study = Study::open(name)?;
        let inputs = read(&study)?;
        let prepared = prepare_on(&study, &inputs)?;
        let counted = with_progress(
            &study,
            &prepared,
            (0..study.run.draws, None),
            &How::default(),
            None,
        )?;
        let (complete, draws) = (counted.complete, counted.draws());
        let figures = drawn(&study, &inputs, &counted, &How::default(), None)?;
        let mut report: Report = report(prepared.context(&study), counted, None, &stopped);
        let results = Results::default();
        results.out.write(if i > 0 { "\n\n" } else { "" })?;
        write_report(&mut report, &results, Detail::Answer)?;
        interrupted(complete, draws)?;
        pages.push((report, figures));
    }
    write_folder(&pages);
    Ok(())
}

impl RunArgs {
    /// Refuses what no task of an array can run, at `place`, and to write the results to `out` over what is
    /// read; gives the study's name.
    pub fn check_shards(&self, place: &str, out: &Out) -> Result<String> {
        let study = self.study()?;
        out.spare(self.study.as_deref(), &study)?;
        self.part.range(study.run.draws)?;
        prepare(&study)?.refuse_parts(place)?;
        Ok(study.name)
    }

    /// Says what can follow: what this call has not asked for.
    fn hint(&self) {
        let mut next = Vec::new();
        let file = self.results.out.file();
        let form = self.results.form();
        match file.filter(|_| form.is_ok_and(Format::is_shown_again)) {
            Some(file) => next.push(format!("`placebo show {}` prints it again", file.display())),
            None => next.push("--out results.parquet keeps the results".to_owned()),
        }
        if !self.details {
            next.push("--details shows every row".to_owned());
        }
        hint(&next.join("; "));
    }

    /// The study with the flags that change it.
    fn study(&self) -> Result<Study> {
        let mut study = match &self.study {
            Some(study) => Study::open(study)?,
            None => self.quick.study(&self.reading)?,
        };
        self.draws.put(&mut study, None);
        study.run.raw |= self.raw;
        // A rule given here replaces the study's.
        let stops = &self.stops;
        if stops.rule().is_some() {
            (study.run.stop_at, study.run.until) = (stops.stop_at, stops.until);
        }
        study.run.tail_fit |= stops.tail_fit;
        self.exact.put(&mut study, None);
        if let Some(convention) = self.convention {
            for test in &mut study.tests {
                test.convention = convention.into();
            }
        }
        Ok(study)
    }
}

/// How much a table says, with `--details` and without.
pub fn detail(details: bool) -> Detail {
    match details {
        true => Detail::All,
        false => Detail::Usual,
    }
}

/// Writes a report; `detail` is that of its text.
pub fn write_report(report: &mut Report, results: &Results, detail: Detail) -> Result<()> {
    results.write(report, detail)
}

/// Whether Ctrl-C was pressed.
pub fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// An error that sets the exit code when draws are missing, or exact laws because of Ctrl-C; what
/// there is was written by then.
fn interrupted(complete: bool, draws: u64) -> Result<()> {
    if complete && !stopped() {
        return Ok(());
    }
    Err(Error::Interrupted { draws })
}

fn with_progress(
    study: &Study,
    prepared: &Prepared,
    (draws, kept): (Range<u64>, Option<&Path>),
    how: &How,
    threads: Option<usize>,
) -> Result<Counted> {
    stop_on_ctrl_c();
    let options = RunOptions {
        device: how.device.device.clone(),
        threads,
        chunk: how.chunk,
    };
    let bar = Bar::new(&study.name, how.work.quiet)?;
    let all = study.run.draws;
    let mut tell = |done, total| {
        bar.tell(done, total);
        !stopped()
    };
    let counted = match kept {
        None => count(prepared, draws, all, &options, &mut tell),
        Some(folder) => prepared.count_kept(study, folder, draws, &options, &mut tell),
    };
    bar.finish_and_clear();
    if let Ok(counted) = &counted {
        if !how.work.quiet {
            say(&format!(
                "{}: draws made on {} ({})",
                study.name, counted.device.name, counted.device.kind
            ));
        }
        // Whoever asked for a device hears that it did not do the work.
        let asked = !matches!(how.device.device, DeviceChoice::Auto | DeviceChoice::Cpu);
        if asked || !how.work.quiet {
            for note in &counted.notes {
                say(&format!("note: {note}"));
            }
        }
    }
    counted
}

/// Lets Ctrl-C end the draws; a second one does not wait for what is done to be printed. Setting the
/// handler again changes nothing.
pub fn stop_on_ctrl_c() {
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
}

/// What is computed once the bar of draws has gone, hidden where stderr is no terminal.
fn after_the_draws(study: &str, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let after = ProgressBar::new_spinner();
    after.set_message(format!(
        "{study}: exact laws and least absolute deviations (--exact never leaves the laws out)"
    ));
    after.enable_steady_tick(std::time::Duration::from_millis(200));
    after
}
