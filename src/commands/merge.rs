//! `placebo merge`.

use std::path::{Path, PathBuf};

use crate::bootstrap::{Bootstrap, BootstrapPart, BootstrapQuestion, merge_files};
use crate::load::Source;
use crate::report::Detail;
use crate::run::{Part, PartQuestion, TablePart, report};
use crate::{Error, Result};
use clap::Args;

use super::run::{detail, write_report};
use super::shared::{Results, Work};
use super::table::open;

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Tally files of `run`, of `test` or of `bootstrap`, that together hold every draw once
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The folder of the study's files, or the table that `test` or `bootstrap` read, where it is another one now
    #[arg(long, value_name = "PATH")]
    data: Option<String>,
    /// The listed assignments of `test`, where they are in another file now
    #[arg(long, value_name = "FILE")]
    sets: Option<String>,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    results: Results,
    /// In the table, the law of every statistic under each null design too
    #[arg(long)]
    details: bool,
}

/// Merges the tallies of ranges into the results of one shot.
pub fn merge(args: &MergeArgs) -> Result<()> {
    args.results.check()?;
    args.work.threads();
    args.results.out.spare_files(&args.files)?;
    let files = args
        .files
        .iter()
        .map(|path| {
            let name = path.to_str().ok_or_else(|| {
                Error::input(
                    path.display().to_string(),
                    "the name is not UTF-8",
                    "rename the file",
                )
            })?;
            let (text, _) = Source::Folder(".".into()).read_text(name)?;
            Ok((name.to_owned(), text))
        })
        .collect::<Result<Vec<(String, String)>>>()?;
    if files.iter().any(|(_, text)| BootstrapPart::is_one(text)) {
        return merge_bootstrap(args, files);
    }
    let parts = files.into_iter().map(|(name, text)| {
        let part = Part::from_text(&text, &name)?;
        Ok((name, part))
    });
    let parts = parts.collect::<Result<Vec<_>>>()?;
    match parts.first().map(|(_, part)| part.question.clone()) {
        Some(PartQuestion::Table(table)) => merge_table(args, &table, parts),
        _ => merge_study(args, parts),
    }
}

/// Refuses a flag that says nothing of these parts.
fn refuse(is_given: bool, flag: &str, problem: &str) -> Result<()> {
    match is_given {
        false => Ok(()),
        true => Err(Error::input(flag, problem, "leave it out")),
    }
}

fn merge_study(args: &MergeArgs, parts: Vec<(String, Part)>) -> Result<()> {
    refuse(
        args.sets.is_some(),
        "--sets",
        "these are parts of a study, which has its own",
    )?;
    let folder = args.data.as_deref().map(Path::new);
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Error::input(
            format!("--data {}", folder.display()),
            "these are parts of a study, and this is no folder",
            "name the folder of its files",
        ));
    }
    let (context, counted) = crate::run::merge(parts, folder)?;
    let mut report = report(context, counted, None, &|| false);
    write_report(&mut report, &args.results, detail(args.details))
}

fn merge_bootstrap(args: &MergeArgs, files: Vec<(String, String)>) -> Result<()> {
    let problem = "these are parts of a bootstrap, which has none";
    refuse(args.details, "--details", problem)?;
    refuse(args.sets.is_some(), "--sets", problem)?;
    let parts = files.into_iter().map(|(name, text)| {
        let part = BootstrapPart::from_text(&text, &name)?;
        Ok((name, part))
    });
    let parts = parts.collect::<Result<Vec<_>>>()?;
    if parts.iter().any(|(_, part)| part.is_of_files()) {
        let problem = "parts of several files hold their sums, and no file is read";
        refuse(args.data.is_some(), "--data", problem)?;
        return args.results.write(&mut merge_files(parts)?, Detail::Usual);
    }
    let BootstrapQuestion { spec, data } = parts[0].1.question.clone();
    let data = args.data.as_ref().unwrap_or(&data);
    args.results.out.spare_files(&[PathBuf::from(data)])?;
    let bootstrap = Bootstrap::read(&Source::Folder(".".into()), data, spec)?;
    args.results
        .write(&mut bootstrap.merge(parts)?, Detail::Usual)
}

fn merge_table(args: &MergeArgs, table: &TablePart, parts: Vec<(String, Part)>) -> Result<()> {
    let problem = "these are parts of a test of a table, whose report has none";
    refuse(args.details, "--details", problem)?;
    let data = args.data.as_ref().unwrap_or(&table.data);
    let sets = args.sets.as_ref().or(table.sets.as_ref());
    let read: Vec<PathBuf> = [Some(data), sets]
        .into_iter()
        .flatten()
        .map(PathBuf::from)
        .collect();
    args.results.out.spare_files(&read)?;
    let test = open(data, sets.map(String::as_str), table.spec.clone())?;
    args.results.write(&mut test.merge(parts)?, Detail::Usual)
}
