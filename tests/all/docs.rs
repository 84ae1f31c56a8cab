//! What the README and the pages show, run: the commands of their `sh` and `console` blocks in one folder a
//! document, in their order, and the studies of their `toml` blocks read; and that their links lead somewhere.
//!
//! A `console` block shows commands after `$ ` and below each what it prints, `[...]` for lines left out. Of
//! an `sh` block nothing is compared. Both run `placebo` alone; a comment may follow. A picture that a
//! document shows is one of those that its commands write.

use std::collections::HashSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use placebo::load::Source;
use placebo::study::Study;

use crate::folder::Folder;

/// The page whose commands `tests/newcomer.sh` walks through.
const FIRST_STUDY: &str = "docs/first-study.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents: the README, and the pages of `docs/` and of the folders in it.
fn documents() -> Vec<(PathBuf, String)> {
    let pages = root().join("docs/**/*.md");
    let pages = glob::glob(pages.to_str().expect("a path")).expect("a pattern");
    let mut paths: Vec<PathBuf> = pages.map(|path| path.expect("a page")).collect();
    paths.push(root().join("README.md"));
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a document");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// The fenced blocks of a document, each with its language.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = text.split("```").collect();
    assert!(parts.len() % 2 == 1, "a fence is not closed");
    let inside = parts.iter().skip(1).step_by(2);
    inside
        .map(|block| block.split_once('\n').expect("a block has lines"))
        .collect()
}

/// A folder with what the documents speak of: `prices.csv` and `launches.csv` as the first study makes them,
/// `launches.toml` where the document does not make it itself, and tables.
fn folder(text: &str) -> Folder {
    let tables = tables();
    let files: Vec<(&str, &str)> = tables
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let folder = Folder::with(&files);
    let first = std::fs::read_to_string(root().join(FIRST_STUDY)).expect("it is there");
    for (_, block) in blocks(&first).iter().filter(|(of, _)| *of == "bash") {
        let made = Command::new("bash")
            .args(["-euc", block])
            .current_dir(folder.0.path())
            .status();
        assert!(made.expect("bash").success(), "{block}");
    }
    if !text.contains("placebo init prices.csv") {
        let init = "placebo init prices.csv --events launches.csv --out launches.toml";
        run(&folder, init);
    }
    folder
}

/// The tables that documents test.
fn tables() -> [(&'static str, String); 7] {
    let mut trial = String::from("yield,treatment,block,before,after,patient\n");
    let mut survey = String::from("answer,arm\n");
    let mut macros = String::from("date,vix,forecast\n");
    let mut genes = String::from("gene_a,gene_b,tumour,batch\n");
    for row in 0..24 {
        let number = (row * row * 7 + row * 3) % 23;
        let (two, block) = (["new", "old"][row % 2], row / 8);
        let patient = row % 2 * 6 + row / 4;
        let _ = writeln!(
            trial,
            "{number},{two},{block},{},{},{patient}",
            row % 5,
            row % 7 + 1
        );
        let _ = writeln!(survey, "{},{two}", ["yes", "no", "perhaps"][number % 3]);
        let _ = writeln!(
            macros,
            "2020-{:02}-{:02},{},{}",
            row / 2 + 1,
            1 + row % 2 * 14,
            20 + number,
            2030 + (number * 5) % 11
        );
        let _ = writeln!(genes, "{number},{},{two},{block}", (number * 3) % 19);
    }
    let days = |days: usize| {
        let rows = (0..days).map(|day| format!("{}\n", day * day % 19));
        std::iter::once("y\n".to_owned()).chain(rows).collect()
    };
    [
        ("january.csv", days(31)),
        ("february.csv", days(28)),
        ("trial.csv", trial),
        ("survey.csv", survey),
        ("macro.csv", macros),
        ("genes.csv", genes),
        ("npk.csv", include_str!("../data/tables/npk.csv").into()),
    ]
}

/// Runs a command line and gives what it printed.
fn run(folder: &Folder, line: &str) -> String {
    let line = line.split(" #").next().expect("a line").trim();
    // Every second part stands in quotes.
    let parts = line.split('"').enumerate();
    let args: Vec<&str> = parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        })
        .skip(1)
        .collect();
    let output = folder.placebo(&args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}\n{said}");
    String::from_utf8(output.stdout).expect("it is text")
}

/// Whether lines are what was printed, but for those left out.
fn shown(lines: &[&str], printed: &str) -> Result<(), String> {
    let printed: Vec<&str> = printed.lines().collect();
    let mut from = 0;
    for (number, part) in lines.split(|line| *line == "[...]").enumerate() {
        let mut places = from..=printed.len().saturating_sub(part.len());
        let place = places.find(|&at| printed[at..].starts_with(part));
        match place {
            Some(at) if number > 0 || at == 0 => from = at + part.len(),
            _ => return Err(format!("this is not printed there:\n{}", part.join("\n"))),
        }
    }
    let all = lines.last() == Some(&"[...]") || from == printed.len();
    all.then_some(())
        .ok_or_else(|| "more is printed below".into())
}

#[test]
fn commands_run_and_print_what_is_shown() {
    let (mut ran, mut compared) = (0, 0);
    let first = root().join(FIRST_STUDY);
    for (path, text) in documents().iter().filter(|(path, _)| *path != first) {
        let folder = folder(text);
        for (language, block) in blocks(text) {
            match language {
                "sh" => {
                    for line in block.lines().filter(|line| line.starts_with("placebo ")) {
                        run(&folder, line);
                        ran += 1;
                    }
                }
                "console" => {
                    for shows in block.split("$ ").skip(1) {
                        let lines: Vec<&str> = shows.lines().collect();
                        let printed = run(&folder, lines[0]);
                        if let Err(reason) = shown(&lines[1..], &printed) {
                            panic!(
                                "{}: $ {}\n{reason}\n\nprinted:\n{printed}",
                                path.display(),
                                lines[0]
                            );
                        }
                        compared += 1;
                    }
                }
                _ => {}
            }
        }
        pictures_are_those_made(path, text, &folder);
    }
    assert!(ran >= 40 && compared >= 3, "{ran} {compared}");
}

/// Each SVG that a document shows is what its commands wrote; `PLACEBO_WRITE=1` puts it there.
fn pictures_are_those_made(path: &Path, text: &str, folder: &Folder) {
    for (_, target) in links(text).iter().filter(|(_, to)| to.ends_with(".svg")) {
        let shown = path.parent().expect("a folder").join(target);
        let name = shown.file_name().expect("a file");
        let made = std::fs::read(folder.0.path().join("pictures").join(name));
        let made = made.unwrap_or_else(|_| panic!("{target}: no command writes it"));
        if std::env::var_os("PLACEBO_WRITE").is_some() {
            std::fs::write(&shown, &made).expect("it can be written");
        }
        let there = std::fs::read(&shown).unwrap_or_default();
        let message = "is not what the program makes: PLACEBO_WRITE=1 puts it there";
        assert!(there == made, "{}: {message}", shown.display());
    }
}

/// The commands of the first study, each with the output that the page shows, and the first answer within 25
/// lines. The script clones and builds where it is run by hand.
#[test]
fn a_newcomers_walk() {
    let output = Command::new("bash")
        .arg(root().join("tests/newcomer.sh"))
        .arg(env!("CARGO_BIN_EXE_placebo"))
        .output()
        .expect("bash");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("steps are as the page shows them"), "{out}");
}

/// Text outside of code: no fenced blocks, and spans as so many spaces.
fn prose(text: &str) -> String {
    let outside: String = text.split("```").step_by(2).collect();
    let spans = outside.split('`').enumerate();
    spans
        .map(|(at, part)| match at % 2 {
            0 => part.to_owned(),
            _ => " ".repeat(part.len()),
        })
        .collect()
}

/// The links and pictures of a document: their words and their targets.
fn links(text: &str) -> Vec<(String, String)> {
    let text = prose(text);
    let parts = text.split("](");
    let starts = parts.clone().map(|part| part.rsplit('[').next());
    starts
        .zip(parts.skip(1))
        .map(|(words, rest)| {
            let target = rest.split(')').next().expect("a target");
            (words.unwrap_or_default().to_owned(), target.to_owned())
        })
        .collect()
}

/// The anchors of a page, one a heading, as forges and mdBook make them.
fn anchors(text: &str) -> HashSet<String> {
    let outside: String = text.split("```").step_by(2).collect();
    let headings = outside.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn links_lead_to_what_is_there() {
    let mut inside = 0;
    for (path, text) in documents() {
        for (words, target) in links(&text) {
            let place = format!("{}: [{words}]({target})", path.display());
            assert!(!words.trim().is_empty(), "{place} has no words");
            if target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target.as_str(), ""));
            let to = match file {
                "" => path.clone(),
                file => path.parent().expect("a folder").join(file),
            };
            assert!(to.exists(), "{place}: nothing is there");
            if !anchor.is_empty() {
                let page = std::fs::read_to_string(&to).expect("a page");
                assert!(anchors(&page).contains(anchor), "{place}: no such heading");
            }
            inside += 1;
        }
    }
    assert!(inside >= 80, "{inside}");
}

/// A book has the pages that its summary names.
#[test]
fn every_page_stands_in_the_summary_once() {
    let docs = root().join("docs");
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).expect("it is there");
    let mut named: Vec<PathBuf> = links(&summary)
        .iter()
        .map(|(_, to)| docs.join(to))
        .collect();
    let mut pages: Vec<PathBuf> = documents().into_iter().map(|(path, _)| path).collect();
    pages.retain(|path| path.starts_with(&docs) && !path.ends_with("SUMMARY.md"));
    named.sort();
    pages.sort();
    assert_eq!(named, pages);
    // A page is called what its first heading says.
    for (words, to) in links(&summary).iter().filter(|(_, to)| to != "README.md") {
        let page = std::fs::read_to_string(docs.join(to)).expect("a page");
        assert_eq!(page.lines().next(), Some(&*format!("# {words}")), "{to}");
    }
}

#[test]
fn the_readme_is_short_and_has_one_picture() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("it is there");
    assert!(readme.lines().count() <= 150);
    let pictures = links(&readme)
        .iter()
        .filter(|(_, to)| to.ends_with(".svg"))
        .count();
    assert_eq!(pictures, 1);
    // The first command, and the second.
    let (_, set_up) = &blocks(&readme)[0];
    let commands: Vec<&str> = set_up
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .collect();
    assert_eq!(commands, ["cargo run --release", "bash tests/run.sh"]);
}

/// A block of a study's keys is read with as little around it as it takes.
#[test]
fn studies_can_be_read() {
    let mut read = 0;
    for (path, text) in documents() {
        for (_, block) in blocks(&text)
            .iter()
            .filter(|(language, _)| *language == "toml")
        {
            let mut study = String::new();
            for (table, least) in [
                ("[data]", "[data]\nfiles = [\"a.csv\"]\n"),
                ("[events]", "[events]\nfile = \"e.csv\"\n"),
                (
                    "[[test]]",
                    "[[test]]\nstatistic = \"mean-change\"\nwindow = [0, 4]\n",
                ),
            ] {
                if !block.contains(table) {
                    study += least;
                }
            }
            study += block;
            if let Err(error) = Study::from_toml(&study, "block.toml", Source::Bundled) {
                panic!("{}: {error}\n{study}", path.display());
            }
            read += 1;
        }
    }
    assert!(read >= 6, "{read}");
}

#[test]
fn lines_are_left_out_where_it_is_said() {
    let printed = "a\nb\nc\nd\n";
    assert!(shown(&["a", "b", "c", "d"], printed).is_ok());
    assert!(shown(&["a", "[...]", "c", "d"], printed).is_ok());
    assert!(shown(&["a", "b", "[...]"], printed).is_ok());
    for wrong in [
        &["a", "b"][..],
        &["b", "[...]"],
        &["a", "d", "[...]"],
        &["a", "[...]", "b"],
    ] {
        assert!(shown(wrong, printed).is_err(), "{wrong:?}");
    }
}
