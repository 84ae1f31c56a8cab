//! Results to stdout or to a file.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::report::visible;
use crate::study::Study;
use crate::write::{folder, input_named, replace};
use crate::{Error, Result};

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

    /// Refuses to replace the study file named on the command line, or a file that the study reads.
    pub fn spare(&self, study: Option<&str>, of: &Study) -> Result<()> {
        let mut inputs = of.input_files();
        inputs.extend(study.filter(|_| !inputs.is_empty()).map(PathBuf::from));
        self.spare_files(&inputs)
    }

    /// Refuses to replace one of these files, which the command reads.
    pub fn spare_files(&self, inputs: &[PathBuf]) -> Result<()> {
        let found = self.out.as_deref().and_then(|out| input_named(out, inputs));
        match found {
            None => Ok(()),
            Some(input) => Err(Error::input(
                format!("{} {}", self.flag, self.place()),
                format!(
                    "it would replace {}, which this command reads",
                    input.display()
                ),
                "name another file",
            )),
        }
    }

    /// The file, where one is named.
    pub fn file(&self) -> Option<&Path> {
        self.out.as_deref()
    }

    /// The file's name; stdout without one.
    pub fn place(&self) -> String {
        let file = self.out.as_ref();
        file.map_or("stdout".into(), |file| file.display().to_string())
    }

    /// Writes a text. A file appears in one step, so that a reader never sees half of it; when it
    /// cannot be written, the text goes to stdout and is not lost.
    pub fn write(&self, text: &str) -> Result<()> {
        self.write_bytes(text.as_bytes())
    }

    /// Writes what need not be a text, likewise.
    pub fn write_bytes(&self, bytes: &[u8]) -> Result<()> {
        let Some(file) = &self.out else {
            return to_stdout(bytes);
        };
        replace(file, bytes).map_err(|source| {
            let lost = Error::Output {
                place: file.display().to_string(),
                source,
            };
            // No terminal is given what it cannot show.
            match std::str::from_utf8(bytes) {
                Ok(_) => to_stdout(bytes).err().unwrap_or(lost),
                Err(_) => lost,
            }
        })
    }

    /// Writes to stdout what goes with results, wherever these go.
    pub fn say_more(&self, text: &str) -> Result<()> {
        to_stdout(text.as_bytes())
    }

    /// Whether the text is read by a person on a terminal.
    pub fn is_terminal(&self) -> bool {
        self.out.is_none() && std::io::stdout().is_terminal()
    }

    /// Width of that terminal, or what `COLUMNS` says it is; of stdout that is no terminal, what `COLUMNS` says.
    pub fn width(&self) -> Option<u16> {
        let told = std::env::var("COLUMNS").ok();
        let told = told.and_then(|columns| columns.trim().parse().ok());
        let told = told.filter(|&columns: &u16| columns > 0 && self.out.is_none());
        let found = || comfy_table::Table::new().width();
        told.or_else(|| self.is_terminal().then(found).flatten())
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

/// What to do next, told to people on a terminal alone.
pub fn hint(text: &str) {
    if std::io::stderr().is_terminal() {
        say(&format!("next: {text}"));
    }
}

fn to_stdout(bytes: &[u8]) -> Result<()> {
    match std::io::stdout().lock().write_all(bytes) {
        // Whoever read the pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|source| Error::Output {
            place: "stdout".into(),
            source,
        }),
    }
}
