//! The files compiled into the program; `data/README.md` tells their origins.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A bundled file's name and bytes.
macro_rules! file {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../data/", $name)))
    };
}

/// Data files by name.
pub(super) const FILES: &[(&str, &[u8])] = &[
    file!("ai_model_releases.csv"),
    file!("andrews_farboodi_releases.csv"),
    file!("fred_DFII10_DFII30.csv"),
    file!("macro_news.csv"),
    file!("treasury_par_yields_2022.csv"),
    file!("treasury_par_yields_2023.csv"),
    file!("treasury_par_yields_2024.csv"),
    file!("treasury_par_yields_2025.csv"),
];

/// Studies by name, in the order in which they are shown.
pub(crate) const STUDIES: &[(&str, &str)] = &[
    ("bjorkegren", include_str!("../../data/bjorkegren.toml")),
    (
        "andrews-farboodi",
        include_str!("../../data/andrews-farboodi.toml"),
    ),
];

/// Writes the bundled studies and their data to a folder, which is made when it is missing, and
/// names the files written.
///
/// # Errors
///
/// A file of that name is there already, or the folder cannot be written.
pub fn export_bundled(folder: &Path) -> Result<Vec<PathBuf>> {
    let output = |path: &Path, source| Error::Output {
        place: path.display().to_string(),
        source,
    };
    let studies = STUDIES
        .iter()
        .map(|(name, text)| (format!("{name}.toml"), text.as_bytes()));
    let files: Vec<(PathBuf, &[u8])> = studies
        .chain(FILES.iter().map(|(name, bytes)| (name.to_string(), *bytes)))
        .map(|(name, bytes)| (folder.join(name), bytes))
        .collect();
    if let Some((there, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Error::input(
            there.display().to_string(),
            "a file of this name is there already",
            "name another folder",
        ));
    }
    std::fs::create_dir_all(folder).map_err(|error| output(folder, error))?;
    files
        .into_iter()
        .map(|(path, bytes)| match crate::write::create(&path, bytes) {
            Ok(()) => Ok(path),
            Err(error) => Err(output(&path, error)),
        })
        .collect()
}
