//! File patterns such as `yields_*.csv` to the files that match.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern, PatternError, glob_with};

use super::{Source, bundled};
use crate::{Error, Result};

/// The same files on every system: upper and lower case differ, `*` and `?` stay
/// within one folder (`**` does not), and hidden files must be named.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// How folders are walked: with the dot asked for, `glob` panics at a name that is not UTF-8. What is
/// found is matched once more.
const WALK: MatchOptions = MatchOptions {
    require_literal_leading_dot: false,
    ..OPTIONS
};

/// The files that `names` stand for, in their order; those of a pattern by name. A
/// file that is matched twice counts once.
pub(crate) fn files(source: &Source, names: &[String]) -> Result<Vec<String>> {
    let mut seen = HashSet::new();
    let mut files = Vec::new();
    for name in names {
        for file in matches(source, name)? {
            if seen.insert(identity(source, &file)) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn matches(source: &Source, name: &str) -> Result<Vec<String>> {
    super::source::refuse_address(name)?;
    // A file of this very name is meant by it, whatever its characters.
    if !is_pattern(name) || source.has(name) {
        return Ok(vec![name.to_owned()]);
    }
    let malformed = |error: PatternError| {
        Error::input(
            format!("key data.files, `{name}`"),
            format!("the pattern is malformed: {}", error.msg),
            "Use `*` for any characters, `?` for one and `[ab]` for one of several.",
        )
    };
    let mut found = match source {
        Source::Bundled => {
            let pattern = Pattern::new(name).map_err(malformed)?;
            let names = bundled::FILES.iter().map(|(name, _)| (*name).to_owned());
            names
                .filter(|file| pattern.matches_with(file, OPTIONS))
                .collect()
        }
        Source::Folder(folder) => {
            Pattern::new(name).map_err(malformed)?;
            in_folder(folder, name)?
        }
        Source::Held(held) => return matches(held.beside(), name),
    };
    found.sort();
    match found.is_empty() {
        false => Ok(found),
        true => Err(Error::input(
            name,
            format!(
                "no file matches this pattern (looked in {})",
                source.describe()
            ),
            source.remedy(name),
        )),
    }
}

/// Matches as the study would name them: relative to its folder, unless absolute.
fn in_folder(folder: &Path, name: &str) -> Result<Vec<String>> {
    let unreadable =
        |problem: String| Error::input(name, problem, "Name the files one by one instead.");
    let malformed =
        |error: PatternError| unreadable(format!("the pattern is malformed: {}", error.msg));
    let text = folder
        .to_str()
        .ok_or_else(|| unreadable("the study's folder has a name that is not UTF-8".to_owned()))?;
    // Without `.` parts, which paths that are found do not have.
    let plain: PathBuf = Path::new(name)
        .components()
        .filter(|part| *part != Component::CurDir)
        .collect();
    let wanted = Pattern::new(&plain.to_string_lossy()).map_err(malformed)?;
    refuse_names_not_utf8(folder, &plain, &unreadable)?;
    let pattern = Path::new(&Pattern::escape(text)).join(&plain);
    let paths = glob_with(&pattern.to_string_lossy(), WALK).map_err(malformed)?;
    let mut found = Vec::new();
    for path in paths {
        let path = path.map_err(|error| unreadable(error.to_string()))?;
        if path.is_dir() {
            continue;
        }
        let relative = match plain.is_absolute() {
            true => &path,
            false => path.strip_prefix(folder).unwrap_or(&path),
        };
        let Some(file) = relative.to_str() else {
            return Err(not_utf8(relative, &unreadable));
        };
        if wanted.matches_with(file, OPTIONS) {
            found.push(file.to_owned());
        }
    }
    Ok(found)
}

fn not_utf8(path: &Path, unreadable: &dyn Fn(String) -> Error) -> Error {
    unreadable(format!(
        "it matches `{}`, whose name is not UTF-8",
        path.display()
    ))
}

/// Walking passes over names that are not UTF-8 without a word; one that the pattern is meant for is
/// refused.
fn refuse_names_not_utf8(
    folder: &Path,
    plain: &Path,
    unreadable: &dyn Fn(String) -> Error,
) -> Result<()> {
    let parent = plain.parent().unwrap_or(Path::new(""));
    let (Some(last), false) = (plain.file_name(), is_pattern(&parent.to_string_lossy())) else {
        return Ok(());
    };
    let Ok(last) = Pattern::new(&last.to_string_lossy()) else {
        return Ok(());
    };
    let folder = match folder.join(parent) {
        here if here.as_os_str().is_empty() => PathBuf::from("."),
        folder => folder,
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_none() && last.matches_with(&name.to_string_lossy(), OPTIONS) {
            return Err(not_utf8(Path::new(&name), unreadable));
        }
    }
    Ok(())
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// What makes two names one file.
fn identity(source: &Source, file: &str) -> PathBuf {
    match source {
        Source::Bundled => file.into(),
        Source::Folder(folder) => {
            let path = folder.join(file);
            path.canonicalize().unwrap_or(path)
        }
        Source::Held(held) if held.has(file) => file.into(),
        Source::Held(held) => identity(held.beside(), file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> (tempfile::TempDir, Source) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        let source = Source::Folder(folder.path().to_owned());
        (folder, source)
    }

    fn found(source: &Source, names: &[&str]) -> Result<Vec<String>> {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        files(source, &names)
    }

    #[test]
    fn bundled_files_match_by_name() {
        let files = found(&Source::Bundled, &["treasury_*_202[34].csv", "treasury_*"]).unwrap();
        let year = |year| format!("treasury_par_yields_{year}.csv");
        assert_eq!(files, [2023, 2024, 2022, 2025].map(year));
    }

    #[test]
    fn folders_match_by_name_and_once() {
        let (folder, source) =
            folder_with(&["b1.csv", "a1.csv", "a2.parquet", "sub/a3.csv", ".a.csv"]);
        std::fs::create_dir(folder.path().join("a9.csv")).unwrap();
        assert_eq!(found(&source, &["a*"]).unwrap(), ["a1.csv", "a2.parquet"]);
        assert_eq!(
            found(&source, &["*.csv", "a1.csv", "./b1.csv", "a?.*"]).unwrap(),
            ["a1.csv", "b1.csv", "a2.parquet"]
        );
        assert_eq!(found(&source, &["*/a*.csv"]).unwrap(), ["sub/a3.csv"]);
        assert_eq!(found(&source, &["**/a3.csv"]).unwrap(), ["sub/a3.csv"]);
        let absolute = folder.path().join("b*.csv");
        let elsewhere = Source::Folder("elsewhere".into());
        let files = found(&elsewhere, &[absolute.to_str().unwrap()]).unwrap();
        assert_eq!(files, [folder.path().join("b1.csv").to_str().unwrap()]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_not_utf8_are_passed_over_or_refused() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let (folder, source) = folder_with(&["a1.csv", "./b1.csv"]);
        std::fs::write(folder.path().join(OsStr::from_bytes(b"z\xff.csv")), b"x").unwrap();
        std::fs::write(folder.path().join(OsStr::from_bytes(b".\xff.csv")), b"x").unwrap();
        assert_eq!(
            found(&source, &["a*.csv", "./b*"]).unwrap(),
            ["a1.csv", "b1.csv"]
        );
        let text = found(&source, &["*.csv"]).unwrap_err().to_string();
        assert!(
            text.contains("z\u{fffd}.csv`, whose name is not UTF-8"),
            "{text}"
        );
        assert!(text.contains("one by one"), "{text}");
    }

    #[test]
    fn special_characters_of_real_names_are_themselves() {
        let (folder, _) = folder_with(&["in [1]/a[1].csv", "in [1]/b.csv"]);
        let source = Source::Folder(folder.path().join("in [1]"));
        assert_eq!(
            found(&source, &["a[1].csv", "b*"]).unwrap(),
            ["a[1].csv", "b.csv"]
        );
    }

    #[test]
    fn a_pattern_without_a_match_names_the_nearest_file() {
        let (_folder, source) = folder_with(&["yields_2023.csv"]);
        let text = found(&source, &["yeilds_*.csv"]).unwrap_err().to_string();
        assert!(
            text.starts_with("yeilds_*.csv: no file matches this pattern (looked in folder "),
            "{text}"
        );
        assert!(text.contains("Did you mean `yields_2023.csv`?"), "{text}");
        let text = found(&Source::Bundled, &["macro_new*.cvs"])
            .unwrap_err()
            .to_string();
        assert!(text.contains("Did you mean `macro_news.csv`?"), "{text}");
        let text = found(&source, &["a[.csv"]).unwrap_err().to_string();
        assert!(
            text.starts_with("key data.files, `a[.csv`: the pattern is malformed"),
            "{text}"
        );
    }
}
