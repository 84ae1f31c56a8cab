//! From two CSV files to a study and its results: `init`, and `run` on flags alone.

use std::path::Path;
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use placebo::load::Source;
use placebo::study::Study;
use predicates::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

const RUN: [&str; 6] = ["--draws", "500", "--device", "cpu", "--format", "json"];

/// A folder of these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn placebo(folder: &Path, args: &[&str]) -> Output {
    cargo_bin_cmd!("placebo")
        .current_dir(folder)
        .args(args)
        .output()
        .expect("it runs")
}

/// Stdout of a command that must succeed.
fn done(folder: &Path, args: &[&str]) -> String {
    let output = placebo(folder, args);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {message}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Asserts that a command is refused, with every one of `parts` in the message.
fn refused(folder: &Path, args: &[&str], parts: &[&str]) {
    let output = placebo(folder, args);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
    assert!(output.stdout.is_empty(), "{args:?}");
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

/// The results of a study file, or of flags.
fn results(folder: &Path, args: &[&str]) -> Value {
    let text = done(folder, &[&["run"], args, &RUN].concat());
    let mut report: Value = serde_json::from_str(&text).expect("JSON");
    let results = report["results"].take();
    assert!(!results.as_array().expect("a list").is_empty());
    results
}

/// Weekdays from a Monday on, two prices each; the second is missing on two days.
fn prices(days: usize) -> String {
    let is_weekday = |date: &Date| !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let dates = std::iter::successors(Some(date(2024, 1, 1)), |date| Some(*date + 1.day()));
    let mut text = "Date,ACME,Globex\n".to_owned();
    for (i, date) in dates.filter(is_weekday).take(days).enumerate() {
        let price = 100 + (i * i + 3 * i) % 17;
        let other = match i {
            30 | 31 => String::new(),
            _ => format!("{}.{}", 40 + i % 7, i % 10),
        };
        text += &format!("{date},{price}.25,{other}\n");
    }
    text
}

const NEWS: &str = "\
id,day,kind,note
1,2024-02-01,launch,x
2,2024-02-10,recall,y
3,2024-02-20,launch,z
4,2024-02-20,recall,w
5,2024-03-05,launch,v
6,2024-03-20,recall,u
7,2024-12-24,launch,t
";

#[test]
fn a_plain_file_with_gaps_weekends_repeats_and_groups() {
    let folder = folder(&[("prices.csv", &prices(80)), ("news.csv", NEWS)]);
    let at = folder.path();
    let text = done(at, &["init", "prices.csv", "--events", "news.csv"]);
    for part in [
        "\"ACME\",\n    \"Globex\",\n",
        "# unit = \"percent\"\n",
        "kind = \"observed\"\n",
        "#   \"Globex\" on 2024-02-12, 2024-02-13\n",
        "gap = \"carry-forward\"\n",
        "date = \"day\"\n",
        "# group = \"kind\"  # events: \"launch\" 3, \"recall\" 3\n",
        "no row: 1 event (2024-02-10)",
        "off_calendar = \"forward\"\n",
        "an earlier event: 1 event (2024-02-20)",
        "same_day = \"unique\"\n",
        "in the sample: 1 event (2024-12-24)",
        "incomplete = \"drop\"\n",
        "6 of 7 events",
        "window = [-5, 5]\n",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    assert!(!text.contains("group = \"note\""), "{text}");

    // With --out it is the same text, and it runs.
    done(
        at,
        &[
            "init",
            "prices.csv",
            "--events",
            "news.csv",
            "--out",
            "mine.toml",
        ],
    );
    assert_eq!(std::fs::read_to_string(at.join("mine.toml")).unwrap(), text);
    let study = Study::from_toml(&text, "mine.toml", Source::Folder(at.into())).unwrap();
    assert_eq!(study.data.series, ["ACME", "Globex"]);
    assert_eq!(results(at, &["mine.toml"]).as_array().unwrap().len(), 4);

    // Choices that are offered run too.
    let grouped = text
        .replace("# group =", "group =")
        .replace("# days =", "days =");
    std::fs::write(at.join("grouped.toml"), grouped).unwrap();
    let groups = results(at, &["grouped.toml"]);
    assert!(
        groups
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["group"] == "recall")
    );
}

#[test]
fn what_is_not_found_is_not_written() {
    let events = "date,kind\n2024-02-01,a\n2024-03-05,b\n";
    let one = prices(80).replace(",Globex", ",");
    let one: String = one
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n")
        .collect();
    let folder = folder(&[("prices.csv", &one), ("events.csv", events)]);
    let text = done(
        folder.path(),
        &["init", "prices.csv", "--events", "events.csv"],
    );
    for key in [
        "gap =",
        "off_calendar",
        "same_day",
        "incomplete",
        "group =",
        "\nfrom =",
    ] {
        assert!(!text.contains(key), "`{key}` is in:\n{text}");
    }
}

#[test]
fn a_short_sample_has_a_short_window() {
    let events = "date\n2024-01-10\n2024-01-17\n";
    let folder = folder(&[("prices.csv", &prices(25)), ("events.csv", events)]);
    let args = [
        "init",
        "prices.csv",
        "--events",
        "events.csv",
        "--out",
        "short.toml",
    ];
    done(folder.path(), &args);
    let study = Study::open(folder.path().join("short.toml").to_str().unwrap()).unwrap();
    assert_eq!(study.tests[0].window, [-2, 2]);
    results(folder.path(), &["short.toml"]);
}

#[test]
fn bundled_yields_are_known_as_percent() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    done(at, &["studies", "--export", "data"]);
    std::fs::create_dir(at.join("studies")).unwrap();
    let args = [
        "init",
        "data/treasury_par_yields_2023.csv",
        "data/treasury_par_yields_2024.csv",
        "data/fred_DFII10_DFII30.csv",
        "--events",
        "data/andrews_farboodi_releases.csv",
        "--out",
        "studies/af.toml",
    ];
    done(at, &args);
    // From another folder the study still finds its files.
    let path = at.join("studies/af.toml");
    let study = Study::open(path.to_str().unwrap()).unwrap();
    assert_eq!(study.data.files[0], "../data/treasury_par_yields_2023.csv");
    assert_eq!(study.data.unit.as_deref(), Some("percent"));
    let folder = tempfile::tempdir().unwrap();
    let rows = results(folder.path(), &[path.to_str().unwrap()]);
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .all(|row| row["unit"] == "bp")
    );

    // The FRED series are longer; the sample is the years that all of them share. Three bills lack values
    // from 2024-12-16 to 2024-12-30, and the window of the event of 2024-12-11 lies over that hole.
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\nfrom = 2023-01-03\n"), "{text}");
    assert!(
        text.contains("# group = \"weights\"  # events: \"closed\" 14, \"open\" 2\n"),
        "{text}"
    );
}

#[test]
fn chosen_series_leave_a_column_of_text_alone() {
    let text: String = prices(40)
        .lines()
        .map(|line| format!("{line},word\n"))
        .collect();
    let folder = folder(&[("prices.csv", &text), ("events.csv", "date\n2024-01-25\n")]);
    let args = ["init", "prices.csv", "--events", "events.csv"];
    let text = done(folder.path(), &args);
    assert!(!text.contains("\"word\""), "{text}");
    let text = done(folder.path(), &[&args[..], &["--series", "ACME"]].concat());
    assert!(text.contains("series = [\n    \"ACME\",\n]"), "{text}");
    let args = [&args[..], &["--series", "word"]].concat();
    refused(
        folder.path(),
        &args,
        &["column word", "it holds no numbers"],
    );
}

#[test]
fn mistakes_are_refused_with_their_remedy() {
    let folder = folder(&[
        ("prices.csv", &prices(80)),
        ("news.csv", NEWS),
        ("undated.csv", "what,when\nx,May 5\n"),
        ("later.csv", "date\n2031-01-01\n"),
    ]);
    let at = folder.path();
    let init = |data, events, more: &[&str], parts: &[&str]| {
        refused(
            at,
            &[&["init", data, "--events", events], more].concat(),
            parts,
        );
    };
    init(
        "price.csv",
        "news.csv",
        &[],
        &[
            "price.csv: there is no such file",
            "Did you mean `prices.csv`?",
        ],
    );
    init(
        "prices.csv",
        "new.csv",
        &[],
        &["new.csv: there is no such file", "Did you mean `news.csv`?"],
    );
    init(
        "prices.csv",
        "undated.csv",
        &[],
        &["undated.csv, header: no column holds a date", "YYYY-MM-DD"],
    );
    init(
        "prices.csv",
        "later.csv",
        &[],
        &["later.csv: the data, 2024-01-01 to", "check the dates"],
    );
    init(
        "prices.csv",
        "news.csv",
        &["--series", "ACNE"],
        &["no file has a series `ACNE`", "Did you mean `ACME`?"],
    );
    init(
        "prices.csv",
        "news.csv",
        &["--out", "mine.txt"],
        &["ends in `.toml`", "Name it mine.toml"],
    );
    init(
        "prices.csv",
        "news.csv",
        &["--out", "no/mine.toml"],
        &["its folder does not exist"],
    );

    std::fs::write(at.join("mine.toml"), "mine").unwrap();
    init(
        "prices.csv",
        "news.csv",
        &["--out", "mine.toml"],
        &["there already", "Name another file"],
    );
    assert_eq!(
        std::fs::read_to_string(at.join("mine.toml")).unwrap(),
        "mine"
    );
}

#[test]
fn flags_alone_are_the_same_study() {
    let study = "\
[data]
files = [\"prices.csv\"]
series = [\"Globex\", \"ACME\"]
transform = \"percent-change\"

[calendar]
gap = \"drop\"

[events]
file = \"news.csv\"
date = \"day\"
group = \"kind\"
incomplete = \"drop\"

[[test]]
statistic = [\"mean-change\", \"median-absolute-change\"]
null = \"uniform\"
pool = \"all\"
window = [-3, 3]
days = [-1, 3]
";
    let folder = folder(&[
        ("prices.csv", &prices(80)),
        ("news.csv", NEWS),
        ("prices.toml", study),
    ]);
    let at = folder.path();
    let flags = "--data prices.csv --events news.csv --window -3,3 --series Globex ACME \
        --transform percent-change --gap drop --group kind --pool all --days -1,3 --null uniform \
        --statistic mean-change median-absolute-change";
    let flags: Vec<&str> = flags.split_whitespace().collect();
    // The study has the name of the data file, so not even that differs.
    assert_eq!(results(at, &flags), results(at, &["prices.toml"]));

    let plain = [
        "--data",
        "prices.csv",
        "--events",
        "news.csv",
        "--window",
        "-3..3",
    ];
    refused(
        at,
        &[&["run"], &plain[..]].concat(),
        &["series `Globex`, 2024-02-12", "--gap"],
    );
    let rows = results(at, &[&plain[..], &["--series", "ACME"]].concat());
    assert_eq!(rows.as_array().unwrap().len(), 2);
    for (args, part) in [
        (vec!["run"], "<STUDY>"),
        (vec!["run", "--data", "prices.csv"], "--window"),
        (
            vec!["run", "prices.toml", "--window", "-3..3"],
            "cannot be used with",
        ),
        ([&["run"], &plain[..5], &["3"]].concat(), "such as -5..5"),
        (
            vec!["run", "prices.csv"],
            "`placebo init prices.csv --events EVENTS.csv` writes a study",
        ),
        (
            [&["run"], &plain[..], &["--null", "normal"]].concat(),
            "expected one of `uniform`",
        ),
    ] {
        refused(at, &args, &[part]);
    }
}

#[test]
fn completions_and_build_info() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        assert!(done(folder.path(), &["completions", shell]).contains("placebo"));
    }
    let short = done(folder.path(), &["-V"]);
    assert_eq!(short, format!("placebo {}\n", env!("CARGO_PKG_VERSION")));
    let long = done(folder.path(), &["--version"]);
    let all = ["\ntarget: ", "\nprofile: ", "\nfeatures: cli"].map(predicate::str::contains);
    assert!(long.starts_with(short.trim_end()), "{long}");
    assert!(all.iter().all(|part| part.eval(&long)), "{long}");
}
