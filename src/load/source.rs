//! Where files come from: the bundled data, a folder, or a program that holds them.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::bundled;
use super::nearest::did_you_mean;
use crate::error::Cause;
use crate::visible::visible;
use crate::{Error, Result};

/// Where a study's relative paths are looked up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Source {
    /// The data compiled into the program.
    #[default]
    Bundled,
    /// A folder; absolute paths are taken as they are.
    Folder(PathBuf),
    /// Files that a program holds.
    Held(Held),
}

/// Contents of files, by the names that a study gives them, and where all other files are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    files: Arc<BTreeMap<String, Vec<u8>>>,
    beside: Box<Source>,
}

/// A file that was read, and the SHA-256 of its bytes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// The file as the study names it.
    pub file: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

impl FileHash {
    /// The hash of `bytes`, read from `file`.
    pub fn of(file: &str, bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        FileHash {
            file: visible(file).into_owned(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

impl Held {
    /// Whether there is a file of this name among the held ones.
    pub(super) fn has(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// Where all other files are.
    pub(super) fn beside(&self) -> &Source {
        &self.beside
    }
}

impl Source {
    /// The same, with a file of this name whose content is held in memory: CSV, Parquet or Arrow IPC.
    #[must_use]
    pub fn holding(self, name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let (mut files, beside) = match self {
            Source::Held(Held { files, beside }) => (files, beside),
            other => (Arc::default(), Box::new(other)),
        };
        Arc::make_mut(&mut files).insert(name.into(), bytes);
        Source::Held(Held { files, beside })
    }

    /// Where the files are that no program holds.
    pub fn on_disk(&self) -> &Source {
        match self {
            Source::Held(held) => held.beside.on_disk(),
            other => other,
        }
    }

    /// The source in words, for messages and the manifest.
    pub fn describe(&self) -> String {
        match self {
            Source::Bundled => "the bundled data".to_owned(),
            Source::Folder(folder) if folder.as_os_str().is_empty() => "folder .".to_owned(),
            Source::Folder(folder) => format!("folder {}", folder.display()),
            Source::Held(held) => held.beside.describe(),
        }
    }

    /// Whether there is a file of this very name.
    pub(super) fn has(&self, file: &str) -> bool {
        match self {
            Source::Bundled => bundled::FILES.iter().any(|(name, _)| *name == file),
            Source::Folder(folder) => folder.join(file).exists(),
            Source::Held(held) => held.has(file) || held.beside.has(file),
        }
    }

    /// What to do about a name that no file has: take the nearest.
    pub(super) fn remedy(&self, file: &str) -> String {
        match self {
            Source::Bundled => {
                let names = || bundled::FILES.iter().map(|(name, _)| *name);
                format!(
                    "{}The bundled files are {}.",
                    did_you_mean(file, names()),
                    super::quoted_list(names())
                )
            }
            Source::Folder(folder) => missing_file_remedy(&folder.join(file)),
            Source::Held(held) => held.beside.remedy(file),
        }
    }

    /// The bytes of `file`, as they are; `-` is standard input, which is read once and kept.
    pub fn read(&self, file: &str) -> Result<Vec<u8>> {
        if file == STANDARD_INPUT {
            return standard_input();
        }
        refuse_address(file)?;
        let bytes = match self {
            Source::Bundled => read_bundled(file)?,
            Source::Folder(folder) => read_path(file, &folder.join(file), &self.describe())?,
            Source::Held(held) => match held.files.get(file) {
                Some(bytes) => bytes.clone(),
                None => held.beside.read(file)?,
            },
        };
        match bytes.is_empty() {
            false => Ok(bytes),
            true => Err(
                Error::input(file, "the file is empty", "Download or export it again.")
                    .because(bad_file(file)),
            ),
        }
    }

    /// The text of `file` without a byte order mark, and the hash of its bytes.
    pub fn read_text(&self, file: &str) -> Result<(String, FileHash)> {
        let bytes = self.read(file)?;
        let hash = FileHash::of(file, &bytes);
        Ok((decode(file, bytes)?, hash))
    }
}

/// `bytes` of `file` as text without a byte order mark.
pub(super) fn decode(file: &str, bytes: Vec<u8>) -> Result<String> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::input(file, "this is UTF-16 text", SAVE_AS_UTF8).because(bad_file(file)));
    }
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(file, &error))?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    match text.find('\0') {
        None => Ok(text),
        Some(offset) => Err(Error::input(
            format!("{file}, line {}", line_at(text.as_bytes(), offset)),
            "there is a zero byte: this is binary data or UTF-16, not UTF-8 text",
            SAVE_AS_UTF8,
        )
        .because(bad_file(file))),
    }
}

/// The name of a file that stands for standard input.
pub(super) const STANDARD_INPUT: &str = "-";
/// The most bytes read from standard input, which may never end.
const MOST_INPUT: u64 = 8 << 30;

/// What standard input holds. A quick look reads its files more than once.
fn standard_input() -> Result<Vec<u8>> {
    static KEPT: OnceLock<std::result::Result<Vec<u8>, String>> = OnceLock::new();
    let read = || {
        let mut bytes = Vec::new();
        let read = std::io::stdin()
            .lock()
            .take(MOST_INPUT)
            .read_to_end(&mut bytes);
        match read {
            Err(error) => Err(format!("it cannot be read: {error}")),
            Ok(0) => Err("it is empty".to_owned()),
            Ok(_) => Ok(bytes),
        }
    };
    KEPT.get_or_init(read).clone().map_err(|problem| {
        Error::input(
            "standard input",
            problem,
            "Pipe a table into it, or name a file.",
        )
    })
}

/// How a file is called in messages.
pub(super) fn name_of(file: &str) -> &str {
    match file {
        STANDARD_INPUT => "standard input",
        file => file,
    }
}

/// Refuses an address on the web or of a store.
pub(super) fn refuse_address(file: &str) -> Result<()> {
    let Some((scheme, rest)) = file.split_once("://") else {
        return Ok(());
    };
    let is_scheme =
        (2..=10).contains(&scheme.len()) && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_scheme {
        return Ok(());
    }
    let remedy = match (scheme, rest.split(['?', '#']).next()) {
        ("http" | "https" | "ftp", Some(path)) => {
            let name = path.rsplit('/').next().filter(|name| name.contains('.'));
            format!(
                "Download it first, so that the data are kept with the study: curl -L -o {} '{file}'; then name that file.",
                name.unwrap_or("data.csv")
            )
        }
        _ => "Copy it to a file first, and name that.".to_owned(),
    };
    Err(
        Error::input(file, "this is an address, and only files are read", remedy)
            .because(bad_file(file)),
    )
}

const SAVE_AS_UTF8: &str = "Save the file as UTF-8 (in Excel: `CSV UTF-8`).";

fn read_bundled(file: &str) -> Result<Vec<u8>> {
    match bundled::FILES.iter().find(|(name, _)| *name == file) {
        Some((_, bytes)) => Ok(bytes.to_vec()),
        None => Err(Error::input(
            file,
            "the bundled data have no such file",
            Source::Bundled.remedy(file),
        )
        .because(no_file(file))),
    }
}

fn no_file(file: &str) -> Cause {
    Cause::NoFile { file: file.into() }
}

/// That a file is there, and is not what it is to be.
pub(super) fn bad_file(file: &str) -> Cause {
    Cause::BadFile { file: file.into() }
}

fn read_path(file: &str, path: &Path, place: &str) -> Result<Vec<u8>> {
    let metadata =
        std::fs::metadata(path).map_err(|error| unreadable(file, path, place, &error))?;
    if metadata.is_dir() {
        return Err(Error::input(
            file,
            "this is a folder, not a file",
            "Name a file inside it.",
        )
        .because(bad_file(file)));
    }
    // A device such as /dev/zero would never end.
    if !metadata.is_file() {
        return Err(Error::input(
            file,
            "this is a device or a pipe, not a regular file",
            "Save the data to a file first.",
        )
        .because(bad_file(file)));
    }
    std::fs::read(path).map_err(|error| unreadable(file, path, place, &error))
}

fn unreadable(file: &str, path: &Path, place: &str, error: &std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::input(
            file,
            format!("there is no such file (looked in {place})"),
            missing_file_remedy(path),
        )
        .because(no_file(file)),
        ErrorKind::PermissionDenied => Error::input(
            file,
            "no permission to read it",
            "Make the file readable for your user, or copy it to where you can read it.",
        )
        .because(bad_file(file)),
        _ => Error::input(
            file,
            format!("it cannot be read: {error}"),
            "Check the path and the disk.",
        )
        .because(bad_file(file)),
    }
}

/// Names the file of that folder whose name is nearest.
fn missing_file_remedy(path: &Path) -> String {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return format!(
            "The folder {} cannot be listed either; check the path.",
            folder.display()
        );
    };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let asked = path.file_name().unwrap_or_default().to_string_lossy();
    let hint = did_you_mean(&asked, names.iter().map(String::as_str));
    format!("{hint}Paths in a study file are relative to that file.")
}

fn not_utf8(file: &str, error: &std::string::FromUtf8Error) -> Error {
    let offset = error.utf8_error().valid_up_to();
    Error::input(
        format!("{file}, line {}", line_at(error.as_bytes(), offset)),
        format!("the byte at offset {offset} is not UTF-8 text"),
        SAVE_AS_UTF8,
    )
    .because(bad_file(file))
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    1 + bytes[..offset]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Source) {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let source = Source::Folder(folder.path().to_owned());
        (folder, source)
    }

    fn message(result: Result<impl std::fmt::Debug>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    }

    #[test]
    fn hashes_are_those_of_the_file_as_it_is() {
        let (_folder, source) = folder_with(&[("a.csv", b"\xef\xbb\xbfabc")]);
        let (text, hash) = source.read_text("a.csv").unwrap();
        assert_eq!(text, "abc");
        assert_eq!(hash, FileHash::of("a.csv", b"\xef\xbb\xbfabc"));
        assert_eq!(
            FileHash::of("x", b"abc").sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_missing_file_names_the_nearest_one() {
        let (_folder, source) = folder_with(&[("yields.csv", b"x")]);
        let text = message(source.read("yeilds.csv"));
        assert!(
            text.starts_with("yeilds.csv: there is no such file (looked in folder "),
            "{text}"
        );
        assert!(text.contains("Did you mean `yields.csv`?"), "{text}");
        let text = message(source.read("nowhere/yields.csv"));
        assert!(text.contains("cannot be listed either"), "{text}");
        let text = message(Source::Bundled.read("macro_new.csv"));
        assert!(text.contains("Did you mean `macro_news.csv`?"), "{text}");
    }

    #[test]
    fn held_files_stand_before_those_of_a_folder() {
        let (_folder, source) = folder_with(&[("a.csv", b"abc"), ("b.csv", b"b")]);
        let held = source.clone().holding("a.csv", b"held".to_vec());
        let held = held.holding("c", b"c".to_vec());
        assert_eq!(held.read("a.csv").unwrap(), b"held");
        assert_eq!(held.read("b.csv").unwrap(), b"b");
        assert_eq!(held.read("c").unwrap(), b"c");
        assert!(held.has("c") && held.has("b.csv") && !held.has("d"));
        assert_eq!(held.describe(), source.describe());
        assert_eq!(held.on_disk(), &source);
        assert!(message(held.read("b.cvs")).contains("Did you mean `b.csv`?"));
        let empty = source.holding("c", Vec::new());
        assert!(message(empty.read("c")).contains("the file is empty"));
    }

    #[test]
    fn absolute_paths_are_taken_as_they_are() {
        let (folder, _) = folder_with(&[("a.csv", b"abc")]);
        let path = folder.path().join("a.csv");
        let elsewhere = Source::Folder("elsewhere".into());
        assert_eq!(elsewhere.read(path.to_str().unwrap()).unwrap(), b"abc");
    }

    #[test]
    fn folders_empty_files_and_other_encodings_are_refused() {
        let (folder, source) = folder_with(&[("empty.csv", b""), ("latin.csv", b"a,b\n1,\xe9\n")]);
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        assert!(message(source.read("sub")).contains("this is a folder"));
        assert!(message(source.read("empty.csv")).contains("the file is empty"));
        let text = message(source.read_text("latin.csv"));
        assert!(
            text.starts_with("latin.csv, line 2: the byte at offset 6"),
            "{text}"
        );
        assert!(text.contains("UTF-8"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_refused() {
        let text = message(Source::Bundled.read("/dev/zero"));
        assert!(text.contains("no such file"), "{text}");
        let text = message(Source::Folder(PathBuf::new()).read("/dev/zero"));
        assert!(text.contains("not a regular file"), "{text}");
    }

    // The system grants a superuser every read, so the mapping itself is tested.
    #[test]
    fn a_refused_read_says_so() {
        let refused = std::io::Error::from(ErrorKind::PermissionDenied);
        let text = unreadable("a.csv", Path::new("a.csv"), "folder .", &refused).to_string();
        assert!(
            text.starts_with("a.csv: no permission to read it"),
            "{text}"
        );
    }
}
