//! `placebo run`, and `placebo` alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, ValueEnum, value_parser};
use indicatif::{ProgressBar, ProgressStyle};
use placebo::engine::DeviceChoice;
use placebo::report::{Report, to_csv, to_json, to_table};
use placebo::run::{RunOptions, run as run_study};
use placebo::study::{Convention, Study};
use placebo::{Error, Result};

use super::output::{Out, say};

/// Set by Ctrl-C; looked at after every chunk.
static STOP: AtomicBool = AtomicBool::new(false);

/// How long a chunk may go on after Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(700);

#[derive(Debug, Args)]
pub struct RunArgs {
    /// A bundled study's name, or the path of a study file
    study: String,
    /// Placebo draws a test, instead of the study's
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    draws: Option<u64>,
    /// Seed, instead of the study's
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// auto (a hardware GPU if there is one, else the CPU), cpu, gpu, or an adapter's number or name
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    device: DeviceChoice,
    /// CPU threads [default: one a processor]
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..=1024))]
    threads: Option<u64>,
    /// Draws a chunk; results do not depend on it [default: about 80 ms of work]
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    chunk: Option<u64>,
    /// Which p-value is reported as p, instead of the study's
    #[arg(long)]
    convention: Option<ConventionArg>,
    /// Report b/m instead of (b+1)/(m+1): only to reproduce a publication
    #[arg(long)]
    raw: bool,
    /// Form of the results
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    out: Out,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ConventionArg {
    /// Twice the smaller tail, ties counted in both
    EqualTailed,
    /// Draws at or below the observed value
    Lower,
    /// Draws at or above the observed value
    Upper,
}

/// Runs one study.
pub fn run(args: &RunArgs) -> Result<()> {
    args.out.check()?;
    let mut study = Study::open(&args.study)?;
    study.run.draws = args.draws.unwrap_or(study.run.draws);
    study.run.seed = args.seed.unwrap_or(study.run.seed);
    study.run.raw |= args.raw;
    if let Some(convention) = args.convention {
        for test in &mut study.tests {
            test.convention = match convention {
                ConventionArg::EqualTailed => Convention::EqualTailed,
                ConventionArg::Lower => Convention::Lower,
                ConventionArg::Upper => Convention::Upper,
            };
        }
    }
    let options = RunOptions {
        device: args.device.clone(),
        threads: args.threads.map(|threads| threads as usize),
        chunk: args.chunk,
    };
    let report = with_progress(&study, &options)?;
    args.out.write(&match args.format {
        Format::Table => to_table(&report, args.out.width(), args.out.color()),
        Format::Json => to_json(&report),
        Format::Csv => to_csv(&report),
    })
}

/// Runs every bundled study and prints its tables.
pub fn bundled() -> Result<()> {
    let out = Out::default();
    for (i, (name, _)) in Study::bundled().iter().enumerate() {
        let report = with_progress(&Study::open(name)?, &RunOptions::default())?;
        let gap = if i > 0 { "\n\n" } else { "" };
        out.write(&format!(
            "{gap}{}",
            to_table(&report, out.width(), out.color())
        ))?;
    }
    Ok(())
}

fn with_progress(study: &Study, options: &RunOptions) -> Result<Report> {
    // Setting the handler again changes nothing.
    let _ = ctrlc::set_handler(|| {
        STOP.store(true, Ordering::Relaxed);
        // The run ends at the next chunk, and the program with it; a chunk as long as --chunk can
        // make it is not waited for.
        std::thread::sleep(PATIENCE);
        say("error: interrupted");
        std::process::exit(130);
    });
    // Hidden where stderr is no terminal.
    let bar = ProgressBar::new(0).with_style(style()?);
    bar.set_message(study.name.clone());
    let report = run_study(study, options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        !STOP.load(Ordering::Relaxed)
    });
    bar.finish_and_clear();
    if let Ok(report) = &report {
        let device = &report.manifest.device;
        say(&format!(
            "{}: {} draws a test on {} ({})",
            study.name, report.manifest.draws, device.name, device.kind
        ));
        for note in &report.manifest.notes {
            say(&format!("note: {note}"));
        }
    }
    report
}

fn style() -> Result<ProgressStyle> {
    ProgressStyle::with_template(
        "{msg} {wide_bar} {human_pos}/{human_len} draws  {per_sec}  {eta} left",
    )
    .map_err(|error| Error::Output {
        place: "progress bar".into(),
        source: std::io::Error::other(error),
    })
}
