//! `placebo init`.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::draft::Draft;
use crate::load::Source;
use crate::run::prepare;
use crate::study::Study;
use crate::write::{create, folder};
use crate::{Error, Result};
use clap::Args;

use super::output::{Out, say};
use super::reading::Reading;
use super::shared::Work;

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Data files: a column of dates, then one column a series
    #[arg(required = true)]
    data: Vec<String>,
    /// Event file: one row an event, with a column of dates
    #[arg(long, value_name = "FILE")]
    events: String,
    /// Series to ask for [default: every one with values around the events]
    #[arg(long, value_name = "NAME", num_args = 1..)]
    series: Vec<String>,
    /// Write the study to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    work: Work,
}

/// Writes a study file from what the data and the events hold.
pub fn init(args: &InitArgs) -> Result<()> {
    if let Some(out) = &args.out {
        check_new(out)?;
    }
    args.work.threads();
    let mut draft = Draft::read(
        &Source::Folder(".".into()),
        args.reading.data(&args.data, &args.series),
        args.events.clone(),
    )?;
    let folder = args.out.as_deref().map_or(Path::new("."), folder);
    for file in draft.files.iter_mut().chain([&mut draft.events]) {
        *file = from_folder(folder, file);
    }
    let text = draft.to_toml();
    // What is written runs.
    let source = Source::Folder(folder.to_owned());
    prepare(&Study::from_toml(&text, "the drafted study", source)?)?;
    let Some(out) = &args.out else {
        return Out::default().write(&text);
    };
    write_new(out, &text)?;
    if !args.work.quiet {
        say(&format!(
            "{} is written; read it, then try `placebo check` and `placebo run` on it",
            out.display()
        ));
    }
    Ok(())
}

/// Refuses a file that cannot be a new study file, before anything is read for it.
fn check_new(out: &Path) -> Result<()> {
    Out::to_file("--out", Some(out.to_owned())).check()?;
    if out.extension().is_none_or(|extension| extension != "toml") {
        return Err(Error::input(
            format!("--out {}", out.display()),
            "the name of a study file ends in `.toml`",
            format!("Name it {}.", out.with_extension("toml").display()),
        ));
    }
    match out.exists() {
        true => Err(there_already(out)),
        false => Ok(()),
    }
}

fn there_already(out: &Path) -> Error {
    Error::input(
        format!("--out {}", out.display()),
        "a file of this name is there already",
        "Name another file, or remove that one; it may hold your changes.",
    )
}

fn write_new(out: &Path, text: &str) -> Result<()> {
    create(out, text.as_bytes()).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => there_already(out),
        _ => Error::Output {
            place: out.display().to_string(),
            source,
        },
    })
}

/// A file named from the current folder, named from another one; absolute where there is no way
/// between them.
fn from_folder(folder: &Path, file: &str) -> String {
    if Path::new(file).is_absolute() || folder == Path::new(".") {
        return file.to_owned();
    }
    between(folder, Path::new(file)).unwrap_or_else(|| {
        let absolute = std::path::absolute(file).unwrap_or_else(|_| file.into());
        absolute.to_string_lossy().into_owned()
    })
}

fn between(folder: &Path, file: &Path) -> Option<String> {
    // Links in the way to a file are followed, but not the file itself: its name is the user's.
    let from = folder.canonicalize().ok()?;
    let to = crate::write::folder(file).canonicalize().ok()?;
    let (from, to): (Vec<Component>, Vec<Component>) =
        (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    // Two disks share no root.
    if shared == 0 {
        return None;
    }
    let up = from[shared..].iter().map(|_| Some(".."));
    let down = to[shared..].iter().map(|part| part.as_os_str().to_str());
    let name = file.file_name()?.to_str();
    let parts: Option<Vec<&str>> = up.chain(down).chain([name]).collect();
    Some(parts?.join("/"))
}
