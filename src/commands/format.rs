//! Forms of output.

use std::path::Path;

use crate::{Error, Result};
use clap::ValueEnum;

/// Form of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One object: schema_version, study, manifest, results
    Json,
    /// One line a result
    Csv,
    /// One row a result, each column of its type
    Parquet,
    /// The same as an Arrow IPC file (Feather)
    Arrow,
    /// Tables for papers, with booktabs
    Latex,
    /// Tables for papers and forges
    Markdown,
}

impl Format {
    /// The form that a file's ending speaks for; `None` for endings that are of none.
    fn of(file: &Path) -> Option<Self> {
        let ending = file.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "json" => Format::Json,
            "csv" => Format::Csv,
            "parquet" => Format::Parquet,
            "arrow" | "feather" => Format::Arrow,
            "tex" => Format::Latex,
            "md" => Format::Markdown,
            _ => return None,
        })
    }

    /// The form that is asked for by name, by the ending of a file, or by both where they agree.
    ///
    /// # Errors
    ///
    /// They contradict each other, or the ending is that of pages.
    pub fn asked(named: Option<Format>, file: Option<&Path>) -> Result<Self> {
        if let Some(page) = file.filter(|file| is_page(file)) {
            return Err(Error::input(
                format!("--out {}", page.display()),
                "a page is more than a table of results",
                format!(
                    "write it with --report {} (run, test, bootstrap, grid, power and show have pages), or give --out another ending",
                    page.display()
                ),
            ));
        }
        match (named, file.and_then(Format::of)) {
            (Some(named), Some(by_ending)) if named != by_ending => {
                let name = |format: Format| {
                    let value = format.to_possible_value();
                    value.map_or_else(String::new, |value| value.get_name().to_owned())
                };
                Err(Error::input(
                    format!(
                        "--format {} --out {}",
                        name(named),
                        file.unwrap_or(Path::new("")).display()
                    ),
                    format!("the file's ending speaks for {}", name(by_ending)),
                    "leave --format out, or give the file another ending",
                ))
            }
            (named, by_ending) => Ok(named.or(by_ending).unwrap_or(Format::Table)),
        }
    }

    /// Whether `placebo show` takes it: it holds all of a report.
    pub fn is_shown_again(self) -> bool {
        matches!(self, Format::Json | Format::Parquet | Format::Arrow)
    }

    /// Whether it is no text.
    pub fn is_binary(self) -> bool {
        matches!(self, Format::Parquet | Format::Arrow)
    }
}

/// Whether a file's ending is that of pages.
fn is_page(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ["html", "htm"].contains(&ending.to_ascii_lowercase().as_str()))
}

/// Form of what is no report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum View {
    /// For people
    Table,
    /// One object
    Json,
}
