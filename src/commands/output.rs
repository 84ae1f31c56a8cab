//! Results to stdout or to a file.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use placebo::report::visible;
use placebo::{Error, Result};

/// Where a command's results go.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Out {
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[arg(skip = "--out")]
    flag: &'static str,
}

impl Out {
    /// To a file, if one is named by `flag`.
    pub fn to_file(flag: &'static str, out: Option<PathBuf>) -> Self {
        Out { out, flag }
    }

    /// Refuses a file that cannot be written, before anything is computed for it.
    pub fn check(&self) -> Result<()> {
        let Some(file) = &self.out else {
            return Ok(());
        };
        let problem = if file.is_dir() {
            "it is a folder"
        } else if !folder(file).is_dir() {
            "its folder does not exist"
        } else {
            return Ok(());
        };
        Err(Error::input(
            format!("{} {}", self.flag, file.display()),
            problem,
            "name a file in a folder that exists",
        ))
    }

    /// Writes a text. A file appears in one step, so that a reader never sees half of it; when it
    /// cannot be written, the text goes to stdout and is not lost.
    pub fn write(&self, text: &str) -> Result<()> {
        let Some(file) = &self.out else {
            return to_stdout(text);
        };
        replace(text, file).map_err(|source| {
            let lost = Error::Output {
                place: file.display().to_string(),
                source,
            };
            to_stdout(text).err().unwrap_or(lost)
        })
    }

    /// Whether the text is read by a person on a terminal.
    pub fn is_terminal(&self) -> bool {
        self.out.is_none() && std::io::stdout().is_terminal()
    }

    /// Width of that terminal.
    pub fn width(&self) -> Option<u16> {
        self.is_terminal()
            .then(|| comfy_table::Table::new().width())
            .flatten()
    }

    /// Whether headings are made bold: on a terminal, unless `NO_COLOR` is set.
    pub fn color(&self) -> bool {
        self.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }
}

/// One message to the user. That nobody reads it, or a full disk, is no reason to fail.
pub fn say(message: &str) {
    let lines: Vec<_> = message.lines().map(visible).collect();
    let _ = writeln!(std::io::stderr(), "{}", lines.join("\n"));
}

fn to_stdout(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever read the pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|source| Error::Output {
            place: "stdout".into(),
            source,
        }),
    }
}

/// The folder in which a file is, or is to be.
pub fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn replace(text: &str, file: &Path) -> std::io::Result<()> {
    // A device or a pipe is written to and stays what it is.
    if file.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return File::options()
            .write(true)
            .open(file)?
            .write_all(text.as_bytes());
    }
    // So does a link: the file behind it is replaced.
    let file = &file.canonicalize().unwrap_or_else(|_| file.to_owned());
    // Made like any other file, with the permissions that the user's settings give.
    let mut written =
        tempfile::Builder::new().make_in(folder(file), |path| File::create_new(path))?;
    written.write_all(text.as_bytes())?;
    written.persist(file)?;
    Ok(())
}
