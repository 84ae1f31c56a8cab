//! `placebo merge`.

use std::path::PathBuf;

use clap::Args;
use placebo::load::Source;
use placebo::run::report;
use placebo::tally_file::{TallyFile, merge as merge_files};
use placebo::{Error, Result};

use super::run::write_report;
use super::shared::{Results, Work};

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Tally files that together hold every draw once
    #[arg(required = true)]
    files: Vec<PathBuf>,
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
            Ok((name.to_owned(), TallyFile::from_text(&text, name)?))
        })
        .collect::<Result<Vec<_>>>()?;
    let (context, counted) = merge_files(files)?;
    let report = report(context, counted, None, &|| false);
    write_report(&report, &args.results, args.details)
}
