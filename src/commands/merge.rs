//! `placebo merge`.

use std::path::PathBuf;

use clap::Args;
use placebo::load::Source;
use placebo::run::report;
use placebo::table_test::TablePart;
use placebo::tally_file::{TallyFile, merge as merge_files};
use placebo::{Error, Result};

use super::run::write_report;
use super::shared::{Results, Work};
use super::table::open;
use super::test::write_table_report;

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Tally files of `run`, or of `test`, that together hold every draw once
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The table that `test` read, where it is another file now
    #[arg(long, value_name = "FILE")]
    data: Option<String>,
    /// Its listed assignments, where they are in another file now
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
    args.results.out.check()?;
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
    if files.iter().any(|(_, text)| TablePart::is_one(text)) {
        return merge_parts(args, files);
    }
    if let Some(flag) = [(&args.data, "--data"), (&args.sets, "--sets")]
        .iter()
        .find_map(|(given, flag)| given.as_ref().map(|_| *flag))
    {
        return Err(Error::input(
            flag,
            "these tally files need no data to be merged",
            "leave it out",
        ));
    }
    let files = files.into_iter().map(|(name, text)| {
        let file = TallyFile::from_text(&text, &name)?;
        Ok((name, file))
    });
    let files = files.collect::<Result<Vec<_>>>()?;
    let (context, counted) = merge_files(files)?;
    let report = report(context, counted, None, &|| false);
    write_report(&report, &args.results, args.details)
}

/// Merges parts of a test of a table, whose plan is made again from the table.
fn merge_parts(args: &MergeArgs, files: Vec<(String, String)>) -> Result<()> {
    if args.details {
        return Err(Error::input(
            "--details",
            "these are parts of a test of a table, whose report has none",
            "leave it out",
        ));
    }
    let parts = files.into_iter().map(|(name, text)| {
        let part = TablePart::from_text(&text, &name)?;
        Ok((name, part))
    });
    let parts = parts.collect::<Result<Vec<_>>>()?;
    let (_, first) = &parts[0];
    let data = args.data.as_ref().unwrap_or(&first.data);
    let sets = args.sets.as_ref().or(first.sets.as_ref());
    let read: Vec<PathBuf> = [Some(data), sets]
        .into_iter()
        .flatten()
        .map(PathBuf::from)
        .collect();
    args.results.out.spare_files(&read)?;
    let test = open(data, sets.map(String::as_str), first.spec.clone())?;
    write_table_report(&test.merge(parts)?, &args.results)
}
