//! Flags that commands share: each is here once, and means the same everywhere.

use std::ops::Range;
use std::path::PathBuf;

use crate::engine::{DeviceChoice, bounded_threads};
use crate::plan::Convention;
use crate::question::table::Missing;
use crate::report::{ArrowError, Detail, Forms};
use crate::study::{self, Stopping, Study};
use crate::{Error, Result};
use clap::{Args, ValueEnum};

use super::format::{Format, View};
use super::made::made;
use super::number::{positive, range, share, whole};
use super::output::{Out, say};
use super::shard::Shard;

/// Which draws are made.
#[derive(Debug, Clone, Default, Args)]
pub struct Draws {
    /// Draws a test [default: the study's, or the command's own]
    #[arg(long, value_name = "N", value_parser = positive)]
    pub draws: Option<u64>,
    #[command(flatten)]
    pub seed: Seed,
}

/// The seed of draws.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Seed {
    /// Seed of the draws [default: the study's, or 1]
    #[arg(long, value_name = "S", value_parser = whole)]
    pub seed: Option<u64>,
}

/// What may answer beside draws.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Exact {
    /// Whether exact laws, and enumerations of all placebo sets, may answer [default: the study's, or auto]
    #[arg(long, value_name = "WHEN")]
    exact: Option<When>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum When {
    /// Laws up to some seconds in all, sets up to a study's `enumerate`, or 10^7 of a table
    Auto,
    /// Draws alone answer
    Never,
}

/// When draws are enough, and what is made of few that reach.
#[derive(Debug, Clone, Default, Args)]
pub struct Stops {
    /// Stop each tail at its H-th draw at least as extreme (Besag and Clifford 1991); --draws are the most
    #[arg(long, value_name = "H", value_parser = positive, conflicts_with_all = ["until", "tally", "checkpoint"])]
    pub stop_at: Option<u64>,
    /// Stop once it is clear on which side of LEVEL p lies (Gandy 2009); --draws are the most
    #[arg(long, value_name = "LEVEL", value_parser = share, conflicts_with_all = ["tally", "checkpoint"])]
    pub until: Option<f64>,
    /// Fit a tail where fewer than 10 draws reach the observed value, beside p (Knijnenburg et al. 2009)
    #[arg(long, conflicts_with_all = ["tally", "checkpoint"])]
    pub tail_fit: bool,
}

impl Stops {
    /// The rule, where there is one.
    pub fn rule(&self) -> Option<Stopping> {
        let exceedances = self.stop_at.map(Stopping::Exceedances);
        exceedances.or(self.until.map(Stopping::Level))
    }
}

/// A range of the draws, kept to be merged with others.
#[derive(Debug, Clone, Default, Args)]
pub struct Part {
    /// Count only the draws A..B, into the file of --tally
    #[arg(long, value_name = "A..B", value_parser = range, requires = "tally")]
    range: Option<Range<u64>>,
    /// Count only the share K of N of the draws, or that of this task of an array (auto, or auto/N where the
    /// scheduler does not say N), into the file of --tally
    #[arg(long, value_name = "K/N", requires = "tally", conflicts_with = "range")]
    shard: Option<Shard>,
    /// Keep the draws done in this folder, every few seconds; the same command again goes on there
    #[arg(long, value_name = "FOLDER")]
    pub checkpoint: Option<PathBuf>,
    /// Write the tally to this file, to be merged with other ranges; prints no results
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "out"])]
    pub tally: Option<PathBuf>,
}

impl Part {
    /// The draws that are asked for, out of `draws`.
    pub fn range(&self, draws: u64) -> Result<Range<u64>> {
        match (&self.range, self.shard) {
            (Some(range), _) => Ok(range.clone()),
            (None, Some(shard)) => shard.range(draws),
            (None, None) => Ok(0..draws),
        }
    }
}

/// Which p-value is reported as p.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ConventionArg {
    /// Twice the smaller tail, ties counted in both
    EqualTailed,
    /// Draws at or below the observed value
    Lower,
    /// Draws at or above the observed value
    Upper,
    /// Draws at least as far from the null's expectation
    Symmetric,
}

impl From<ConventionArg> for Convention {
    fn from(convention: ConventionArg) -> Self {
        match convention {
            ConventionArg::EqualTailed => Convention::EqualTailed,
            ConventionArg::Lower => Convention::Lower,
            ConventionArg::Upper => Convention::Upper,
            ConventionArg::Symmetric => Convention::Symmetric,
        }
    }
}

/// What is done about rows of a table without a value.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MissingArg {
    /// Refuse them
    Error,
    /// Leave them out, and say how many
    Drop,
}

impl From<MissingArg> for Missing {
    fn from(missing: MissingArg) -> Self {
        match missing {
            MissingArg::Error => Missing::Error,
            MissingArg::Drop => Missing::Drop,
        }
    }
}

/// Where draws are made.
#[derive(Debug, Clone, Default, Args)]
pub struct Device {
    /// auto (a hardware GPU if there is one, else the CPU), cpu, gpu, or an adapter's number or name
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub device: DeviceChoice,
}

/// How much of the machine a command takes, and what it says meanwhile.
#[derive(Debug, Clone, Default, Args)]
pub struct Work {
    /// CPU threads, of everything that the command does [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub threads: Option<u64>,
    /// Say nothing but errors, and that a device asked for did not do the work
    #[arg(long, short)]
    pub quiet: bool,
}

/// Results as people or programs read them, and where they go.
#[derive(Debug, Clone, Default, Args)]
pub struct Results {
    /// Form of the results [default: by the ending of --out, or else table]
    #[arg(long, value_name = "FORM")]
    pub format: Option<Format>,
    #[command(flatten)]
    pub out: Out,
}

/// What is no table of results, and where it goes.
#[derive(Debug, Clone, Args)]
pub struct Shown {
    /// Form of the output
    #[arg(long, value_name = "FORM", default_value = "table")]
    pub format: View,
    #[command(flatten)]
    pub out: Out,
}

impl Draws {
    /// The study with these draws; without the flag, with its own, or with `otherwise`.
    pub fn put(&self, study: &mut Study, otherwise: Option<u64>) {
        let draws = self.draws.or(otherwise);
        study.run.draws = draws.unwrap_or(study.run.draws);
        self.seed.put(study);
    }
}

impl Seed {
    /// The study with this seed.
    pub fn put(&self, study: &mut Study) {
        study.run.seed = self.seed.unwrap_or(study.run.seed);
    }
}

impl Exact {
    /// The study with this rule; without the flag, with its own, or with `otherwise`.
    pub fn put(&self, study: &mut Study, otherwise: Option<study::Exact>) {
        study.run.exact = self.asked().or(otherwise).unwrap_or(study.run.exact);
    }

    /// The rule, where the flag gives one.
    pub fn asked(&self) -> Option<study::Exact> {
        self.exact.map(|when| match when {
            When::Auto => study::Exact::Auto,
            When::Never => study::Exact::Never,
        })
    }
}

impl Work {
    /// The number of threads, if one was asked for: as many as are used, which is said where those are
    /// fewer. The whole process keeps to it from then on, so that a command asks first of all.
    pub fn threads(&self) -> Option<usize> {
        let asked = self.threads? as usize;
        let used = bounded_threads(asked);
        if used < asked && !self.quiet {
            say(&format!(
                "note: --threads {asked}: {used} are used, four a processor"
            ));
        }
        // A process runs one command, so that no pool is there before.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(used);
        let _ = pool.build_global();
        Some(used)
    }
}

impl Results {
    /// Refuses a file that cannot be written, and a form that contradicts its ending, before anything is
    /// computed.
    pub fn check(&self) -> Result<()> {
        self.out.check()?;
        let form = self.form()?;
        match form.is_binary() && self.out.is_terminal() {
            false => Ok(()),
            true => Err(Error::input(
                "--format",
                "this form is no text, and would go to a terminal",
                "name a file with --out",
            )),
        }
    }

    /// The form that is asked for.
    pub fn form(&self) -> Result<Format> {
        Format::asked(self.format, self.out.file())
    }

    /// Writes a report, and in it by what command it was made; `detail` is that of its text.
    pub fn write(&self, report: &mut impl Forms, detail: Detail) -> Result<()> {
        report.head_mut().made = Some(made());
        self.write_again(report, detail)
    }

    /// Writes a report that is there as it is.
    pub fn write_again(&self, report: &impl Forms, detail: Detail) -> Result<()> {
        let out = &self.out;
        let failed = |error: ArrowError| Error::Output {
            place: out.place(),
            source: std::io::Error::other(error),
        };
        match self.form()? {
            Format::Table => out.write(&report.text(out.width(), out.color(), detail)),
            Format::Json => out.write(&report.to_json()),
            Format::Csv => out.write(&report.to_csv()),
            Format::Latex => out.write(&report.to_latex()),
            Format::Markdown => out.write(&report.to_markdown()),
            Format::Parquet => out.write_bytes(&report.flat().to_parquet().map_err(failed)?),
            Format::Arrow => out.write_bytes(&report.flat().to_arrow().map_err(failed)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command, CommandFactory};

    use crate::commands::cli::Cli;
    use crate::commands::table::OF_A_TABLE;

    /// Which commands have which of the shared flags.
    const SHARED: &[(&str, &str)] = &[
        ("init", "threads quiet"),
        ("run", "draws seed exact device threads quiet format out"),
        ("test", "draws seed exact device threads quiet format out"),
        (
            "bootstrap",
            "draws seed exact device threads quiet format out",
        ),
        ("check", "draws seed exact threads quiet format out"),
        ("coverage", "draws seed exact threads quiet format out"),
        ("power", "draws seed exact threads quiet format out"),
        ("grid", "draws seed exact device threads quiet format out"),
        ("merge", "threads quiet format out"),
        ("show", "format out"),
        ("compare", "format out"),
        ("jobs", "draws seed threads quiet format out"),
        ("draw", "seed exact threads quiet format out"),
        ("studies", ""),
        ("schema", ""),
        ("bench", "device threads quiet format out"),
        ("devices", ""),
        ("completions", ""),
        ("man", ""),
    ];

    const FLAGS: &str = "draws seed exact device threads quiet format out";

    fn flag<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
        command.get_arguments().find(|arg| arg.get_id() == name)
    }

    #[test]
    fn shared_flags_are_the_same_on_every_command_that_has_them() {
        let cli = Cli::command();
        let all: Vec<&str> = cli.get_subcommands().map(Command::get_name).collect();
        let named: Vec<&str> = SHARED.iter().map(|(name, _)| *name).collect();
        assert_eq!(all, named);
        for (name, flags) in SHARED {
            let command = cli.find_subcommand(name).expect("it is there");
            for shared in FLAGS.split(' ') {
                let has = flag(command, shared);
                // `init` writes a new study, no results.
                if (*name, shared) == ("init", "out") {
                    continue;
                }
                let expected = flags.split(' ').any(|flag| flag == shared);
                assert_eq!(has.is_some(), expected, "{name} --{shared}");
                let run = cli.find_subcommand("run").expect("it is there");
                if let (Some(flag), Some(of_run)) = (has, flag(run, shared)) {
                    assert_eq!(flag.get_short(), of_run.get_short(), "{name} --{shared}");
                    assert_eq!(
                        flag.get_value_names(),
                        of_run.get_value_names(),
                        "{name} --{shared}"
                    );
                }
            }
        }
    }

    /// The page of commands names the flags that they have.
    #[test]
    fn the_page_of_commands_names_every_flag() {
        let page = include_str!("../../docs/commands.md");
        for command in Cli::command().get_subcommands() {
            let head = format!("| `placebo {}", command.get_name());
            let rows = page.lines().filter(|line| line.starts_with(&head));
            let text = rows.collect::<Vec<_>>().join(" ");
            let mut named: Vec<&str> = text
                .split("--")
                .skip(1)
                .map(|rest| {
                    let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-');
                    &rest[..end.unwrap_or(rest.len())]
                })
                .collect();
            named.sort_unstable();
            named.dedup();
            // What is asked of a table is named once, at `test`.
            let is_elsewhere = |arg: &&Arg| {
                command.get_name() != "test" && arg.get_help_heading() == Some(OF_A_TABLE)
            };
            let arguments = command.get_arguments().filter(|arg| !is_elsewhere(arg));
            let flags = arguments.filter_map(Arg::get_long);
            let mut flags: Vec<&str> = flags.filter(|flag| *flag != "help").collect();
            flags.sort_unstable();
            assert_eq!(named, flags, "{}", command.get_name());
        }
    }
}
