//! The list of statistics: what each of them has to have beside its file.

use std::path::Path;
use std::process::Command;

use crate::common;
use crate::enumerated::{Defined, engines_agree, every_set_counts_as_defined, small_rows};
use placebo::null::Null;
use placebo::question::events::compile;
use placebo::run::{Prepared, RunOptions, count, report};
use placebo::statistic::{Kind, StatisticName};
use placebo::study::Study;

fn file(path: &str) -> Option<String> {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// The comment at the head of a file.
fn head(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with("//"));
    lines.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_has_a_shader_of_its_name_or_says_why_not() {
    for kind in Kind::ALL {
        let name = kind.file();
        let shader = format!("shaders/statistic/{name}.wgsl");
        let source = file(&format!("src/statistic/{name}.rs"));
        let source = source.or_else(|| file(&format!("src/statistic/{name}/mod.rs")));
        let source = source.unwrap_or_else(|| panic!("{name}: no source"));
        match kind.shaders() {
            Ok(shaders) => {
                let text = file(&shader).unwrap_or_else(|| panic!("{shader} is not there"));
                let twin = format!("src/statistic/{name}");
                assert!(head(&text).contains(&twin), "{shader} does not name {twin}");
                assert!(
                    head(&source).contains(&shader),
                    "{name} does not name {shader}"
                );
                assert!(
                    shaders[0].files.contains(&text.as_str()),
                    "{name} runs another"
                );
            }
            Err(reason) => {
                assert!(!reason.is_empty(), "{name}");
                assert_eq!(file(&shader), None, "{name} runs on the CPU alone");
            }
        }
    }
}

#[test]
fn each_is_explained() {
    let pages = ["docs/study-file.md", "docs/overlapping.md"];
    let pages = pages.map(|page| file(page).expect("there is one"));
    let rows: Vec<&str> = pages
        .iter()
        .flat_map(|page| page.lines())
        .filter(|line| line.starts_with('|'))
        .collect();
    for asked in StatisticName::all() {
        let name = format!("`{}`", asked.name);
        let explained = rows
            .iter()
            .any(|row| row.split('|').nth(1).unwrap().contains(&name));
        assert!(explained, "no page has a row for {name}");
    }
    for kind in Kind::ALL {
        for own in kind.own_keys() {
            let key = kind.keys().iter().find(|key| key.name == *own);
            let key = key.unwrap_or_else(|| panic!("{own}: its statistic does not take it"));
            let says = key.own.expect("it says what it takes");
            assert!(!says.takes.is_empty() && !says.help.is_empty() && !key.problem.is_empty());
        }
    }
}

/// A name that no fold answers would leave a report without rows.
#[test]
fn each_makes_rows() {
    let panel = common::walks(60, 2);
    let events = common::events(&panel, &[3, 4], 8, 50);
    let study = |statistics: &str| -> Study {
        toml::from_str(&format!(
            "[data]\nfiles = [\"walks.csv\"]\nunit = \"percent\"\n[sample]\nfrom = {}\n\
             [events]\nfile = \"events.csv\"\ngroup = \"group\"\n\
             [[test]]\nstatistic = {statistics}\nwindow = [-1, 1]\n[run]\ndraws = 50\n",
            panel.dates[1]
        ))
        .expect("the study of a test is well-formed")
    };
    let rows = |statistics: &str| {
        let study = study(statistics);
        study.check().expect("it is sound");
        let prepared = Prepared {
            compiled: compile(&study, &panel, &events, &[]).expect("it compiles"),
            files: vec![],
            stopping: None,
            tail_fit: false,
        };
        let options = RunOptions {
            device: "cpu".parse().unwrap(),
            ..RunOptions::default()
        };
        let counted = count(&prepared, 0..50, 50, &options, &mut |_, _| true).expect("it runs");
        let report = report(prepared.context(&study), counted, None, &|| false);
        let rows = report.results.into_iter().filter(|row| !row.is_constant());
        rows.collect::<Vec<_>>()
    };
    let mut names = Vec::new();
    for asked in StatisticName::all() {
        let found = rows(&format!("{:?}", asked.name));
        let of_both_groups = found.iter().filter(|row| row.group() == "a - b").count();
        assert_eq!(of_both_groups, 2, "{}: a row a series", asked.name);
        for row in found {
            assert_eq!(StatisticName::of_row(row.statistic()), Some(asked));
            assert!(row.observed.is_some() && row.p.is_some(), "{row:?}");
            assert_eq!(row.draws, Some(50));
        }
        names.push(asked.name);
    }
    let all = rows(&format!("{names:?}"));
    for name in names {
        assert!(all.iter().any(|row| row.statistic() == name), "{name}");
    }
}

#[test]
fn means_and_medians_are_their_definitions() {
    every_set_counts_as_defined(&Defined {
        keys: "statistic = \"mean-change\"".into(),
        value: |scores| (scores.iter().sum(), scores.len() as i64),
    });
    every_set_counts_as_defined(&Defined {
        keys: "statistic = \"median-change\"".into(),
        value: |scores| {
            let mut sorted = scores.to_vec();
            sorted.sort_unstable();
            let half = sorted.len() / 2;
            (sorted[(sorted.len() - 1) / 2] + sorted[half], 2)
        },
    });
    let both = "statistic = [\"mean-change\", \"median-change\"]";
    engines_agree(both, false);
    engines_agree("statistic = \"median-change\"", true);
    let negated = small_rows(both, 0, -1);
    for (row, other) in small_rows(both, 0, 1).iter().zip(negated) {
        assert_eq!(
            (row.below, row.equal),
            (other.above, other.equal),
            "{row:#?}"
        );
    }
}

/// The lists' macros declare the files, where `cargo fmt` does not look.
#[test]
fn files_of_the_lists_are_formatted() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let statistics = Kind::ALL.iter().flat_map(|kind| {
        let folder = source.join("statistic");
        let own = folder.join(format!("{}.rs", kind.file()));
        [own, folder.join(kind.file()).join("mod.rs")]
    });
    let designs = Null::ALL.iter().map(|null| {
        let file = format!("{}.rs", null.facts().file);
        source.join("null").join(file)
    });
    let files: Vec<_> = statistics
        .chain(designs)
        .filter(|file| file.is_file())
        .collect();
    assert_eq!(files.len(), Kind::ALL.len() + Null::ALL.len());
    let formatted = Command::new("rustfmt")
        .args(["--check", "--edition", "2024"])
        .args(files)
        .output();
    // Where the toolchain has no rustfmt there is nothing to hold.
    if let Ok(output) = formatted {
        let found = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{found}");
    }
}
