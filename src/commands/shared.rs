//! Flags that commands share: each is here once, and means the same everywhere.

use clap::{Args, ValueEnum};
use placebo::engine::bounded_threads;
use placebo::study::{Exact, Study};

use super::number::{positive, whole};
use super::output::say;

/// Which draws are made.
#[derive(Debug, Clone, Default, Args)]
pub struct Draws {
    /// Placebo draws a test, instead of the study's
    #[arg(long, value_name = "N", value_parser = positive)]
    pub draws: Option<u64>,
    #[command(flatten)]
    pub seed: Seed,
}

/// The seed of draws.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Seed {
    /// Seed, instead of the study's
    #[arg(long, value_name = "S", value_parser = whole)]
    seed: Option<u64>,
}

/// Whether exact laws answer beside draws.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ExactLaws {
    /// Compute exact laws beside the draws where they are known: auto (up to some seconds in all) or never
    #[arg(long, value_name = "WHEN")]
    exact: Option<ExactArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExactArg {
    /// As far as the operations of all rows together reach
    Auto,
    /// Only where all sets are made anyway
    Never,
}

/// How much of the machine a command takes, and what it says meanwhile.
#[derive(Debug, Clone, Default, Args)]
pub struct Work {
    /// CPU threads, of everything that the command does [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    threads: Option<u64>,
    /// Say nothing but errors, and that a device asked for did not do the work
    #[arg(long, short)]
    pub quiet: bool,
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

impl ExactLaws {
    /// The study with this rule.
    pub fn put(&self, study: &mut Study) {
        study.run.exact = match self.exact {
            Some(ExactArg::Auto) => Exact::Auto,
            Some(ExactArg::Never) => Exact::Never,
            None => study.run.exact,
        };
    }
}

impl Work {
    /// The number of threads, if one was asked for: as many as are used, which is said where those are
    /// fewer. The whole process keeps to it from then on.
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
