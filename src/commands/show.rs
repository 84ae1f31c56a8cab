//! `placebo show` and `placebo compare`.

use std::path::{Path, PathBuf};

use clap::Args;
use placebo::report::{Difference, Saved};
use placebo::{Error, Result};

use super::format::View;
use super::run::detail;
use super::shared::{Results, Shown};

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A result in JSON, Parquet or Arrow, of `run`, `test` or `merge`
    file: PathBuf,
    #[command(flatten)]
    results: Results,
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
    match read(&args.file)? {
        Saved::Study(report) => args.results.write_again(&*report, detail(args.details)),
        Saved::Table(report) => args.results.write_again(&*report, detail(args.details)),
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
            "Name a file that `run` or `test` wrote with --out.",
        )
    })?;
    Saved::from_bytes(bytes, &name)
}
