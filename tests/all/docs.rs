//! What the documents show, run: the commands of their `sh` and `console` blocks in one folder a document,
//! in their order, and the studies of their `toml` blocks read.
//!
//! A `console` block shows commands after `$ ` and below each what it prints, `[...]` for lines left out. Of
//! an `sh` block nothing is compared. Both run `placebo` alone; a comment may follow.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use placebo::load::Source;
use placebo::study::Study;

use crate::common;
use crate::folder::Folder;

/// The documents: the README and those of `docs/`.
fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(root.join("docs")).expect("docs/");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.push(root.join("README.md"));
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

/// A folder with what the documents speak of: `prices.csv` on working days, `launches.csv`, and tables.
fn folder() -> Folder {
    let panel = common::walks(560, 1);
    let mut prices = String::from("date,shop\n");
    let start: jiff::civil::Date = "2023-01-02".parse().expect("a date");
    let closed: jiff::civil::Date = "2023-04-07".parse().expect("a date");
    let days = start.series(jiff::Span::new().days(1)).take(545);
    let open = days.filter(|day| day.weekday().to_monday_zero_offset() < 5 && *day != closed);
    for (day, value) in open.zip(&panel.series[0].values) {
        let _ = writeln!(
            prices,
            "{day},{}",
            100.0 + value.expect("walks have all values")
        );
    }
    let launches = "date,kind\n2023-02-14,launch\n2023-03-18,launch\n2023-04-07,recall\n2023-06-20,launch\n\
                    2023-09-12,recall\n2023-11-16,launch\n2024-02-08,recall\n2024-06-27,launch\n";
    let tables = tables();
    let mut all: Vec<(&str, &str)> = vec![("prices.csv", &prices), ("launches.csv", launches)];
    all.extend(tables.iter().map(|(name, text)| (*name, text.as_str())));
    Folder::with(&all)
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
    for (path, text) in documents() {
        let folder = folder();
        for (language, block) in blocks(&text) {
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
        // What `init` wrote is what the document shows of it.
        for (_, block) in blocks(&text)
            .iter()
            .filter(|(_, block)| block.contains("\"launches.csv\""))
        {
            let written = folder.0.path().join("launches.toml");
            let written = std::fs::read_to_string(written).expect("launches.toml");
            assert!(
                written.contains(block.trim_end()),
                "{block}\n\nwritten:\n{written}"
            );
        }
    }
    assert!(ran >= 8 && compared >= 2, "{ran} {compared}");
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
