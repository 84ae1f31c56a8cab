//! Pages and pictures of every kind of result, by the command that makes it and again from its file.

use std::path::Path;

use serde_json::Value;

use crate::folder::{Folder, STUDY, edit};

const TRIAL: &str = "\
yield,arm
4.5,old
5.0,old
4.75,new
5.5,old
6.0,new
5.25,new
6.25,new
4.0,old
6.5,new
";

/// Runs the program, and gives what it printed.
fn stdout(folder: &Folder, args: &[&str]) -> String {
    let run = folder.placebo(args);
    let stderr = String::from_utf8(run.stderr).expect("UTF-8");
    assert_eq!(run.status.code(), Some(0), "{args:?}: {stderr}");
    String::from_utf8(run.stdout).expect("UTF-8")
}

fn text(folder: &Folder, file: &str) -> String {
    std::fs::read_to_string(folder.0.path().join(file)).expect("it is written")
}

/// What is to be run, and what its page says.
const RESULTS: [(&[&str], &str); 4] = [
    (
        &["test", "trial.csv", "yield ~ arm", "--seed", "3"],
        "yield, difference-of-means, old - new: −1; p = 0.0952 (equal-tailed, enumeration).",
    ),
    (
        &[
            "test",
            "trial.csv",
            "yield ~ arm",
            "--exact",
            "never",
            "--draws",
            "400",
            "--statistic",
            "difference-of-means,difference-of-medians",
            "--family",
            "maxt",
        ],
        "; of 2 questions the one with the smallest p.",
    ),
    (
        &[
            "bootstrap",
            "trial.csv",
            "median",
            "yield",
            "--draws",
            "500",
            "--exact",
            "never",
            "--interval",
            "bca,percentile",
        ],
        "median of yield: 5.25, standard error 0.",
    ),
    (
        &["bootstrap", "trial.csv", "mean", "yield", "--draws", "500"],
        "mean of yield: 5.31, standard error 0.",
    ),
];

/// A page is the same from the command and from its result in any form, and pictures have their numbers.
#[test]
fn pages_are_made_again_from_results() {
    for (asked, said) in RESULTS {
        let folder = Folder::with(&[("trial.csv", TRIAL)]);
        for file in ["r.parquet", "r.arrow", "r.json"] {
            let out = [
                "--out",
                file,
                "--report",
                "a.html",
                "--figures",
                "a",
                "--quiet",
            ];
            stdout(&folder, &[asked, &out].concat());
            stdout(
                &folder,
                &[
                    "show",
                    file,
                    "--out",
                    "again.csv",
                    "--report",
                    "b.html",
                    "--figures",
                    "b",
                ],
            );
            let (a, b) = (text(&folder, "a.html"), text(&folder, "b.html"));
            assert!(a == b, "{file}: {asked:?}");
            assert!(a.contains(said), "{said}: {a}");
            assert!(a.starts_with("<!DOCTYPE html>") && a.ends_with("</html>"));
            let [made, again] = ["a", "b"].map(|of| names(&folder.0.path().join(of)));
            assert_eq!(made, again);
            let svg = made.iter().filter(|name| name.ends_with(".svg"));
            assert_eq!(a.matches("role=\"img\"").count(), svg.count());
            assert!(!made.is_empty(), "{asked:?}");
            for name in &made {
                assert_eq!(
                    text(&folder, &format!("a/{name}")),
                    text(&folder, &format!("b/{name}"))
                );
            }
            stdout(
                &folder,
                &[asked, &["--format", "csv", "--out", "r.csv", "--quiet"]].concat(),
            );
            assert_eq!(text(&folder, "again.csv"), text(&folder, "r.csv"), "{file}");
        }
        let same = stdout(&folder, &["compare", "r.parquet", "r.json"]);
        assert!(same.starts_with("The same results"), "{same}");
    }
}

/// The names of a folder's files, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    let mut names: Vec<String> = names.map(|name| name.expect("UTF-8")).collect();
    names.sort_unstable();
    names
}

/// Of a study's result the null distributions stand in its file: their picture is that of the run.
#[test]
fn a_study_is_drawn_again_from_its_result() {
    let study = edit(
        STUDY,
        &[
            ("mean-change", "median-change"),
            ("draws = 100", "draws = 2000"),
        ],
    );
    let folder = Folder::with(&[("study.toml", &study)]);
    let run = ["run", "study.toml", "--device", "cpu", "--out", "r.parquet"];
    let made = ["--plot", "--report", "a.html", "--figures", "a"];
    let plotted = stdout(&folder, &[&run[..], &made].concat());
    assert!(
        plotted.contains('█') && plotted.contains("2,000 draws"),
        "{plotted}"
    );
    let shown = [
        "show",
        "r.parquet",
        "--plot",
        "--report",
        "b.html",
        "--figures",
        "b",
    ];
    let again = stdout(&folder, &shown);
    assert!(again.ends_with(&plotted), "{again}");
    let [made, again] = ["a", "b"].map(|of| names(&folder.0.path().join(of)));
    assert!(made.iter().any(|name| name.starts_with("path-")));
    let laws: Vec<&String> = made
        .iter()
        .filter(|name| name.starts_with("null-"))
        .collect();
    assert!(!laws.is_empty());
    for law in laws {
        assert!(again.contains(law), "{law}");
        assert_eq!(
            text(&folder, &format!("a/{law}")),
            text(&folder, &format!("b/{law}"))
        );
    }
    assert!(text(&folder, "b.html").contains("this page was made from their file"));
}

/// The counts of a histogram are the row's draws, and those on the far side of the observed value its tail.
#[test]
fn histograms_hold_the_draws_of_their_rows() {
    let study = edit(STUDY, &[("draws = 100", "draws = 3000")]);
    let folder = Folder::with(&[("study.toml", &study)]);
    stdout(
        &folder,
        &["run", "study.toml", "--device", "cpu", "--out", "r.json"],
    );
    stdout(
        &folder,
        &["run", "study.toml", "--device", "cpu", "--out", "r.csv"],
    );
    let json: Value = serde_json::from_str(&text(&folder, "r.json")).expect("JSON");
    let csv = text(&folder, "r.csv");
    let mut csv = csv::Reader::from_reader(csv.as_bytes());
    let headings = csv.headers().expect("a header").clone();
    let lines: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    let mut seen = 0;
    for (row, line) in json["results"].as_array().expect("rows").iter().zip(&lines) {
        let list = |name: &str| -> Vec<f64> {
            let at = headings.iter().position(|heading| heading == name);
            let cell: Value = serde_json::from_str(&line[at.expect("a column")]).expect("a list");
            assert_eq!(cell, row[name]);
            let items = cell.as_array().expect("a list").iter();
            items.map(|item| item.as_f64().expect("a number")).collect()
        };
        let (edges, counts) = (list("null_edges"), list("null_counts"));
        assert_eq!(counts.len(), edges.len() + 1);
        let number = |name: &str| row[name].as_f64().expect("a number");
        assert_eq!(counts.iter().sum::<f64>(), number("draws"));
        assert!(edges.is_sorted());
        let observed = number("observed");
        let is_upper = number("above") <= number("below");
        let bars = edges.windows(2).zip(&counts[1..]);
        let beyond = bars.filter(|(ends, _)| {
            let middle = (ends[0] + ends[1]) / 2.0;
            if is_upper {
                middle >= observed
            } else {
                middle <= observed
            }
        });
        let outside = if is_upper {
            counts[counts.len() - 1]
        } else {
            counts[0]
        };
        let tail = if is_upper {
            number("above")
        } else {
            number("below")
        };
        let counted = beyond.map(|(_, count)| count).sum::<f64>() + outside;
        assert_eq!(counted, tail + number("equal"));
        seen += 1;
    }
    assert!(seen > 0);
}

/// What a bootstrap does not have is refused, and no place is written that is read.
#[test]
fn what_cannot_be_drawn_is_refused() {
    let folder = Folder::with(&[("trial.csv", TRIAL)]);
    let asked = ["bootstrap", "trial.csv", "mean", "yield", "--out", "r.json"];
    stdout(&folder, &asked);
    for (args, problem) in [
        (&["show", "r.json", "--plot"][..], "no null distribution"),
        (
            &["show", "r.json", "--report", "r.json"],
            "it would replace",
        ),
        (
            &["test", "trial.csv", "yield ~ arm", "--report", "trial.csv"],
            "it would replace",
        ),
        (
            &[
                "bootstrap",
                "trial.csv",
                "mean",
                "yield",
                "--figures",
                "trial.csv",
            ],
            "it is no folder",
        ),
        (
            &[
                "test",
                "trial.csv",
                "yield ~ arm",
                "--report",
                "a.html",
                "--explain",
            ],
            "cannot be used with",
        ),
    ] {
        let run = folder.placebo(args);
        let stderr = String::from_utf8(run.stderr).expect("UTF-8");
        assert_eq!(
            (run.status.code(), run.stdout.len()),
            (Some(2), 0),
            "{args:?}"
        );
        assert!(stderr.contains(problem), "{stderr}");
    }
}
