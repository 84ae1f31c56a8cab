//! Studies by name or path.

use std::path::{Path, PathBuf};

use super::{Parts, Study, StudyFile, parse};
use crate::error::Cause;
use crate::load::bundled::STUDIES;
use crate::load::{Source, did_you_mean, files, quoted_list};
use crate::{Error, Result};

impl Study {
    /// A study from its TOML text. `place` names the text in messages, and the
    /// study itself where it has no `name`; `source` is where its files are.
    pub fn from_toml(text: &str, place: &str, source: Source) -> Result<Study> {
        let mut study = parse::study(text, place)?;
        if study.name.is_empty() {
            let stem = Path::new(place).file_stem().unwrap_or_default();
            study.name = stem.to_string_lossy().into_owned();
        }
        study.source = source;
        study.text = StudyFile(text.to_owned());
        Ok(study)
    }

    /// The text of a study file that says all that the study does, but where its files are.
    ///
    /// # Errors
    ///
    /// A number that a study file cannot hold.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| {
            Error::input(
                format!("study {}", self.name),
                format!("no study file says what it asks: {error}"),
                "Take numbers below 2^63.",
            )
        })
    }

    /// A bundled study by its name, or else a study file by its path.
    pub fn open(name_or_path: &str) -> Result<Study> {
        if let Some((name, text)) = STUDIES.iter().find(|(name, _)| *name == name_or_path) {
            return Study::from_toml(text, &format!("{name}.toml"), Source::Bundled);
        }
        let path = Path::new(name_or_path);
        if path.extension().is_none_or(|extension| extension != "toml") {
            let file = format!("{name_or_path}.toml");
            let near = Path::new(&file).is_file().then_some(file);
            return Err(unknown(name_or_path, near.as_deref()));
        }
        // Relative paths, absolute ones and their messages are those of any data file.
        let (text, _) = Source::Folder(".".into()).read_text(name_or_path)?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        Study::from_toml(&text, name_or_path, Source::Folder(folder.to_owned()))
    }

    /// The files that the study reads, as paths; none of the bundled data. A pattern without a match has
    /// none: reading it is refused elsewhere.
    pub fn input_files(&self) -> Vec<PathBuf> {
        let Source::Folder(folder) = self.source.on_disk() else {
            return Vec::new();
        };
        let mut names = files(&self.source, &self.data.files).unwrap_or_default();
        names.extend(Some(self.events.file.clone()).filter(|file| !file.is_empty()));
        let market = self.calendar.check.as_ref();
        names.extend(market.and_then(|market| Some(market.side()?.file)));
        for test in &self.tests {
            names.extend(test.dates.as_ref().map(|dates| dates.file.clone()));
            names.extend(test.blackout.as_ref().map(|dates| dates.file.clone()));
            names.extend(test.sets.as_ref().map(|sets| sets.file.clone()));
            for parts in [&test.within, &test.cluster].into_iter().flatten() {
                if let Parts::Column(column) = parts {
                    names.extend(column.file.clone());
                }
            }
        }
        names.extend(self.grid.pools.iter().map(|pool| pool.file.clone()));
        names.into_iter().map(|name| folder.join(name)).collect()
    }

    /// The bundled studies' names and titles.
    pub fn bundled() -> Vec<(&'static str, String)> {
        let title = |name| Study::open(name).ok().and_then(|study| study.title);
        STUDIES
            .iter()
            .map(|(name, _)| (*name, title(name).unwrap_or_default()))
            .collect()
    }
}

/// `file`: the study file that was meant, when only its ending is missing.
fn unknown(name: &str, file: Option<&str>) -> Error {
    let known = || STUDIES.iter().map(|(name, _)| *name);
    let hint = match file {
        Some(file) => format!("Did you mean `{file}`? "),
        None if Path::new(name).is_file() => {
            format!(
                "For a file of data, `placebo init {name} --events EVENTS.csv` writes a study. "
            )
        }
        None => did_you_mean(name, known()),
    };
    Error::input(
        format!("study {name}"),
        "no bundled study has this name",
        format!(
            "{hint}The bundled studies are {}; give a study of your own by its path, ending in `.toml`.",
            quoted_list(known())
        ),
    )
    .because(Cause::UnknownName {
        kind: "study",
        name: name.to_owned(),
    })
}
