//! `placebo man`.

use std::path::PathBuf;

use crate::write::replace;
use crate::{Error, Result};
use clap::{Args, Command};
use clap_mangen::Man;

use super::help::command;
use super::output::Out;

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder of the pages, which is made where there is none
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Writes the manual pages, `placebo.1` and one a command.
pub fn man(args: &ManArgs) -> Result<()> {
    let folder = &args.folder;
    if folder.exists() && !folder.is_dir() {
        return Err(Error::input(
            folder.display().to_string(),
            "this is a file, not a folder",
            "Name a folder, one that exists or a new one.",
        ));
    }
    let failed = |place: &PathBuf| {
        let place = place.display().to_string();
        move |source| Error::Output { place, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut text = String::new();
    let mut whole = command();
    whole.build();
    let pages = whole.get_subcommands().filter(|of| of.get_name() != "help");
    let pages: Vec<(String, Command)> = pages
        .map(|of| (format!("placebo-{}", of.get_name()), of.clone()))
        .collect();
    for (name, command) in [("placebo".to_owned(), whole.clone())]
        .into_iter()
        .chain(pages)
    {
        let file = folder.join(format!("{name}.1"));
        let mut page = Vec::new();
        let man = Man::new(
            command
                .display_name(name.clone())
                .bin_name(name.replacen('-', " ", 1)),
        );
        man.title(name).render(&mut page).map_err(failed(&file))?;
        replace(&file, &page).map_err(failed(&file))?;
        text += &format!("{}\n", file.display());
    }
    Out::default().write(&text)
}
