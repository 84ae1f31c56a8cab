//! Pages and pictures of results.

use std::fs;
use std::path::{Path, PathBuf};

use crate::picture::Picture;
use crate::report::{Figures, Report, to_html, to_index};
use crate::study::Study;
use crate::write::replace;
use crate::{Error, Result};
use clap::Args;

use super::output::{Out, say};

/// Where a page of the results goes, and its pictures.
#[derive(Debug, Clone, Default, Args)]
pub struct Pages {
    /// Write a page with pictures, tables and methods to this HTML file, too; it needs no network
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Write each picture to this folder, too, as SVG with its numbers as CSV
    #[arg(long, value_name = "FOLDER")]
    pub figures: Option<PathBuf>,
}

impl Pages {
    /// Whether any is asked for.
    pub fn are_asked(&self) -> bool {
        self.report.is_some() || self.figures.is_some()
    }

    /// Refuses places that cannot be written, or that the study reads, before anything is computed for them.
    pub fn check(&self, path: Option<&str>, study: &Study) -> Result<()> {
        self.page().spare(path, study)?;
        self.check_files(&[])
    }

    /// The same where these files are read.
    pub fn check_files(&self, inputs: &[PathBuf]) -> Result<()> {
        let page = self.page();
        page.check()?;
        page.spare_files(inputs)?;
        match &self.figures {
            Some(folder) if folder.exists() && !folder.is_dir() => Err(Error::input(
                format!("--figures {}", folder.display()),
                "it is no folder",
                "name a folder, which is made if it is not there",
            )),
            _ => Ok(()),
        }
    }

    fn page(&self) -> Out {
        Out::to_file("--report", self.report.clone())
    }

    /// Writes what is asked for, the page in one step, each of them made when it is asked for.
    pub fn write(
        &self,
        page: impl FnOnce() -> String,
        pictures: impl FnOnce() -> Vec<Picture>,
    ) -> Result<()> {
        if let Some(file) = &self.report {
            put(file, page())?;
        }
        if let Some(folder) = &self.figures {
            write_pictures(folder, &pictures())?;
        }
        Ok(())
    }
}

fn put(file: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    replace(file, content.as_ref()).map_err(|source| Error::Output {
        place: file.display().to_string(),
        source,
    })
}

/// Writes pictures to a folder, each with its numbers.
fn write_pictures(folder: &Path, pictures: &[Picture]) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| Error::Output {
        place: folder.display().to_string(),
        source,
    })?;
    for picture in pictures {
        put(
            &folder.join(format!("{}.svg", picture.id)),
            picture.to_svg(),
        )?;
        put(
            &folder.join(format!("{}.csv", picture.id)),
            picture.numbers.to_csv(),
        )?;
        #[cfg(feature = "png")]
        {
            let place = folder.join(format!("{}.png", picture.id));
            let png = picture.to_png().map_err(|problem| Error::Output {
                place: place.display().to_string(),
                source: std::io::Error::other(problem),
            })?;
            put(&place, &png)?;
        }
    }
    Ok(())
}

/// Where the pages of the bundled studies go.
const FOLDER: &str = "placebo-report";

/// Writes the pages of reports and one that leads to them into a folder beside where the command is run, and
/// says so. That they cannot be written there is no reason to fail: the reports were printed.
pub fn write_folder(pages: &[(Report, Figures)]) {
    let folder = Path::new(FOLDER);
    let name = |report: &Report| format!("{}.html", report.study.name);
    let write = || -> Result<()> {
        fs::create_dir_all(folder).map_err(|source| Error::Output {
            place: FOLDER.into(),
            source,
        })?;
        for (report, figures) in pages {
            put(&folder.join(name(report)), to_html(report, figures))?;
        }
        let files: Vec<String> = pages.iter().map(|(report, _)| name(report)).collect();
        let reports = pages.iter().zip(&files);
        let reports: Vec<(&Report, &str)> = reports
            .map(|((report, _), file)| (report, file.as_str()))
            .collect();
        put(&folder.join("index.html"), to_index(&reports))
    };
    match write() {
        Ok(()) => say(&format!(
            "pictures, tables and methods: {FOLDER}/index.html, to be opened in a browser"
        )),
        Err(error) => say(&format!("note: no {FOLDER}: {error}")),
    }
}
