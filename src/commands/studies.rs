//! `placebo studies`.

use std::path::PathBuf;

use crate::load::export_bundled;
use crate::study::Study;
use crate::{Error, Result};
use clap::Args;

use super::output::{Out, hint};
use super::script::quoted;

#[derive(Debug, Args)]
pub struct StudiesArgs {
    /// Write the bundled study files and their data to this folder, to start a study of your own from
    #[arg(long, value_name = "FOLDER")]
    export: Option<PathBuf>,
}

/// Lists the bundled studies, or writes their files.
pub fn studies(args: &StudiesArgs) -> Result<()> {
    let mut text = String::new();
    match &args.export {
        Some(folder) => {
            if folder.exists() && !folder.is_dir() {
                return Err(Error::input(
                    format!("--export {}", folder.display()),
                    "this is a file, not a folder",
                    "name a folder, one that exists or a new one",
                ));
            }
            for file in export_bundled(folder)? {
                text += &format!("{}\n", file.display());
            }
        }
        None => {
            for (name, title) in Study::bundled() {
                text += &format!("{name}\n    {title}\n    placebo run {name}\n");
            }
        }
    }
    Out::default().write(&text)?;
    if let Some(folder) = &args.export {
        let study = folder.join("andrews-farboodi.toml");
        hint(&format!("placebo run {}", quoted(&study.to_string_lossy())));
    }
    Ok(())
}
