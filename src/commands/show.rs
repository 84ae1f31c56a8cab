//! `placebo show` and `placebo compare`.

use std::path::{Path, PathBuf};

use crate::report::{Difference, Figures, Saved, null_plots, pictures, to_html};
use crate::{Error, Result};
use clap::Args;

use super::format::View;
use super::page::Pages;
use super::run::detail;
use super::shared::{Results, Shown};

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A result in JSON, Parquet or Arrow, of `run`, `test`, `bootstrap` or `merge`
    file: PathBuf,
    #[command(flatten)]
    results: Results,
    #[command(flatten)]
    pages: Pages,
    /// Print the null distribution of what stands out in rows of block characters, too
    #[arg(long)]
    plot: bool,
    /// In the table, every row under each null design too
    #[arg(long)]
    details: bool,
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// A result in JSON, Parquet or Arrow
    a: PathBuf,
    /// Another one
    b: PathBuf,
    #[command(flatten)]
    shown: Shown,
    /// In the table, every cell that differs
    #[arg(long)]
    details: bool,
}

/// Prints a result again, in any form; draws nothing.
pub fn show(args: &ShowArgs) -> Result<()> {
    args.results.check()?;
    args.results
        .out
        .spare_files(std::slice::from_ref(&args.file))?;
    args.pages.check_files(std::slice::from_ref(&args.file))?;
    let detail = detail(args.details);
    match read(&args.file)? {
        Saved::Study(report) => {
            args.results.write_again(&*report, detail)?;
            args.say_more(|| null_plots(&report))?;
            let figures = Figures::of_rows();
            args.pages.write(
                || to_html(&report, &figures),
                || pictures(&report, &figures),
            )
        }
        Saved::Table(report) => {
            args.results.write_again(&*report, detail)?;
            args.say_more(|| report.null_plots())?;
            args.pages.write(|| report.to_html(), || report.pictures())
        }
        Saved::Bootstrap(report) => {
            if args.plot {
                return Err(Error::input(
                    "--plot",
                    "a bootstrap has no null distribution",
                    "--report draws its replicates and intervals",
                ));
            }
            args.results.write_again(&*report, detail)?;
            args.pages.write(|| report.to_html(), || report.pictures())
        }
    }
}

impl ShowArgs {
    /// Writes the plots that are asked for.
    fn say_more(&self, plots: impl FnOnce() -> Vec<String>) -> Result<()> {
        match self.plot {
            true => self.results.out.say_more(&plots().concat()),
            false => Ok(()),
        }
    }
}

/// Says what two results say differently.
pub fn compare(args: &CompareArgs) -> Result<()> {
    let out = &args.shown.out;
    out.check()?;
    out.spare_files(&[args.a.clone(), args.b.clone()])?;
    let found = Difference::of(&read(&args.a)?, &read(&args.b)?);
    out.write(&match args.shown.format {
        View::Json => found.to_json(),
        View::Table => found.to_table(out.width(), args.details),
    })
}

fn read(file: &Path) -> Result<Saved> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| {
        Error::input(
            &name,
            format!("it cannot be read: {error}"),
            "Name a file that `run`, `test` or `bootstrap` wrote with --out.",
        )
    })?;
    Saved::from_bytes(bytes, &name)
}
