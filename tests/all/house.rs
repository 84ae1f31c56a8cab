//! The house: who may know whom, read from the paths of the library's files. `docs/architecture.md` tells
//! why.

use std::path::{Path, PathBuf};

/// Known to everyone, knowing only each other.
const WORDS: [&str; 4] = ["visible", "contained", "write", "error"];
/// The floor, known to everyone; each knows those before it.
const FLOOR: [&str; 5] = ["kernel", "null", "statistic", "plan", "resample"];
/// The rooms, in the direction of the work; each may know those before it.
const ROOMS: [&str; 13] = [
    "load",
    "study",
    "question",
    "draft",
    "engine",
    "inference",
    "picture",
    "report",
    "run",
    "table_test",
    "bootstrap",
    "campaign",
    "commands",
];

/// The library's files, without what is compiled for tests alone.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !["tests", "testing", "example"].contains(&name) {
            let text = std::fs::read_to_string(&path).unwrap();
            let own = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            found.push((path, own.to_owned()));
        }
    }
    found
}

/// The room of a file, and what it says of others: the first name after each `crate::`.
fn known() -> Vec<(String, String, PathBuf)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for (path, text) in files(&source) {
        let of = path.strip_prefix(&source).unwrap().to_owned();
        let first = of.iter().next().unwrap().to_str().unwrap();
        let room = first.trim_end_matches(".rs").to_owned();
        for rest in text.split("crate::").skip(1) {
            let inside = rest.strip_prefix('{');
            let names = match inside.and_then(|list| list.split_once('}')) {
                Some((list, _)) => list.split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let name = name.trim_start();
                let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
                let name = name[..end.unwrap_or(name.len())].to_owned();
                found.push((room.clone(), name, of.clone()));
            }
        }
    }
    found
}

/// Whether a room may know another one.
fn may(room: &str, other: &str) -> bool {
    let at = |list: &[&str], name: &str| list.iter().position(|known| *known == name);
    let before = |list: &[&str]| match (at(list, room), at(list, other)) {
        (Some(room), Some(other)) => other <= room,
        _ => false,
    };
    let is_word = WORDS.contains(&other) || ["Error", "Result"].contains(&other);
    match (at(&WORDS, room), at(&FLOOR, room)) {
        (Some(_), _) => before(&WORDS),
        (None, Some(_)) => is_word || before(&FLOOR),
        (None, None) => is_word || FLOOR.contains(&other) || before(&ROOMS),
    }
}

#[test]
fn nobody_knows_what_stands_to_the_right() {
    let known = known();
    assert!(known.len() > 300, "{}", known.len());
    let wrong: Vec<String> = known
        .iter()
        .filter(|(room, other, _)| !["lib", "main"].contains(&room.as_str()) && !may(room, other))
        .map(|(_, other, path)| format!("{} knows {other}", path.display()))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
    // A name that is no room would be passed over.
    for (room, from, to) in [
        ("load", "load", "study"),
        ("null", "null", "study"),
        ("plan", "plan", "question"),
        ("run", "run", "campaign"),
    ] {
        assert!(known.iter().any(|(had, ..)| had == room) && !may(from, to));
    }
}

/// The floor, plans among it, and the engine know no date, the report computes nothing.
#[test]
fn rooms_keep_to_their_work() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let never = |rooms: &[&str], word: &str| {
        for room in rooms {
            let folder = source.join(room);
            let mut of = Vec::new();
            if folder.is_dir() {
                of.extend(files(&folder));
            }
            let file = folder.with_extension("rs");
            if file.is_file() {
                of.push((file.clone(), std::fs::read_to_string(file).unwrap()));
            }
            assert!(!of.is_empty(), "{room}");
            for (path, text) in of {
                assert!(!text.contains(word), "{} says {word}", path.display());
            }
        }
    };
    never(
        &[
            "kernel",
            "null",
            "statistic",
            "plan",
            "resample",
            "engine",
            "inference",
            "report",
        ],
        "jiff",
    );
    never(
        &[
            "kernel",
            "null",
            "statistic",
            "plan",
            "resample",
            "inference",
            "report",
            "load",
        ],
        "wgpu",
    );
    never(&["engine"], "crate::study");
    never(&["engine"], "crate::question");
    never(&["report"], "crate::engine");
    never(&["report"], "rayon");
    never(
        &["load", "study", "plan", "question", "inference", "report"],
        "indicatif",
    );
}

/// A shader and the Rust that it names as its twin name each other, and each shader is read by somebody.
#[test]
fn shaders_and_their_twins_name_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source: Vec<(PathBuf, String)> = files(&root.join("src"));
    let mut twins = 0;
    for folder in ["common", "null", "statistic", "tally", "resample"] {
        for entry in std::fs::read_dir(root.join("shaders").join(folder)).unwrap() {
            let file = entry.unwrap().path();
            let shader = file.strip_prefix(root).unwrap().display().to_string();
            let text = std::fs::read_to_string(&file).unwrap();
            let names_it = |(_, text): &&(PathBuf, String)| text.contains(&shader);
            assert!(
                source.iter().any(|of| names_it(&of)),
                "{shader}: nobody reads it"
            );
            for rest in text.split("src/").skip(1) {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_/.".contains(c));
                let twin = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
                let path = root.join("src").join(twin);
                let of_twin = |(path_of, _): &&(PathBuf, String)| path_of.starts_with(&path);
                let mut of_twin = source.iter().filter(of_twin).peekable();
                assert!(of_twin.peek().is_some(), "{shader}: there is no src/{twin}");
                assert!(
                    of_twin.any(|of| names_it(&of)),
                    "src/{twin} does not name {shader}"
                );
                twins += 1;
            }
        }
    }
    assert!(twins >= 15, "{twins}");
}
