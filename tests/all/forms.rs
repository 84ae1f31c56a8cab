//! The forms in which people have their files: each is read to the numbers that plain ISO dates, commas and
//! points give, and what was found in it is said. `docs/files.md` lists them.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use crate::folder::Folder;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value;

mod arrow_files;
mod list;

use list::all;

/// Rows of a series; each value has two decimals and four digits before them.
fn rows() -> Vec<(Date, f64)> {
    let mut day = date(2023, 1, 2);
    let mut rows = Vec::new();
    while rows.len() < 60 {
        if day.weekday().to_monday_zero_offset() < 5 {
            let n = rows.len() as i32;
            rows.push((day, f64::from(150_000 + n * n * 37 % 1009 - 11 * n) / 100.0));
        }
        day += 1.day();
    }
    rows
}

const EVENTS: &str = "date\n2023-01-17\n2023-02-08\n2023-02-24\n2023-03-10\n";

/// A table of two columns.
fn table(header: &str, line: &dyn Fn(Date, f64) -> String) -> String {
    let lines = rows()
        .into_iter()
        .map(|(day, value)| line(day, value) + "\n");
    format!("{header}\n{}", lines.collect::<String>())
}

fn plain() -> String {
    table("date,x", &|day, value| format!("{day},{value:.2}"))
}

fn dated(format: &'static str) -> String {
    table("date,x", &|day, value| {
        format!("{},{value:.2}", day.strftime(format))
    })
}

fn quick<'a>(data: &[&'a str], events: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = [
        "--events",
        events,
        "--window=-2..2",
        "--transform",
        "level-change",
    ];
    let device = ["--device", "cpu", "--draws", "500", "--format", "json"];
    [&["run", "--data"], data, &base, more, &device].concat()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a report counts, whatever the series are called.
fn counts(report: &Value) -> Vec<Vec<Value>> {
    let keys = [
        "statistic",
        "observed",
        "p",
        "below",
        "equal",
        "above",
        "draws",
    ];
    let rows = report["results"].as_array().unwrap().iter();
    rows.map(|row| keys.iter().map(|key| row[key].clone()).collect())
        .collect()
}

fn rules(report: &Value) -> String {
    let rules = report["manifest"]["rules"].as_array().unwrap().iter();
    rules
        .map(|rule| rule.as_str().unwrap().to_owned() + "\n")
        .collect()
}

fn folder(files: &[(&str, &[u8])]) -> Folder {
    let folder = Folder::with(&[("e.csv", EVENTS), ("plain.csv", &plain())]);
    for (name, bytes) in files {
        std::fs::write(folder.0.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn every_form_gives_the_same_numbers_and_is_said() {
    let plain = folder(&[]);
    let expected = json(&plain.placebo(&quick(&["plain.csv"], "e.csv", &[])));
    assert_eq!(rules(&expected), "");
    for form in all().into_iter().flat_map(|(_, forms)| forms) {
        let folder = folder(&[("d.csv", &form.bytes)]);
        let report = json(&folder.placebo(&quick(&["d.csv"], "e.csv", form.flags)));
        assert_eq!(counts(&report), counts(&expected), "{}", form.what);
        let rules = rules(&report);
        match form.rule {
            "" => {
                let rest =
                    rules.replace("columns that hold no series are left out: `Unnamed: 0`", "");
                assert!(rest.lines().count() <= 1, "{}: {rules}", form.what);
            }
            rule => assert!(
                rules.contains(&format!("d.csv: {rule}")),
                "{}: {rules}",
                form.what
            ),
        }
    }
}

/// The same of lists of events.
#[test]
fn events_are_read_in_the_forms_of_data() {
    let days = || {
        EVENTS
            .lines()
            .skip(1)
            .map(|day| day.parse::<Date>().unwrap())
    };
    let list = |header: &str, format: &'static str| {
        let lines = days().map(|day| format!("{}\n", day.strftime(format)));
        format!("{header}\n{}", lines.collect::<String>())
    };
    let expected = json(&folder(&[]).placebo(&quick(&["plain.csv"], "e.csv", &[])));
    for (text, rule) in [
        (
            list("date", "%m/%d/%Y"),
            "v.csv: dates are month/day/year: `01/17/2023` in line 2 can be nothing else; [events] date_format (--event-date-format) states it",
        ),
        (
            list("when;what", "%d.%m.%Y;x"),
            "v.csv: dates are day.month.year",
        ),
        (
            list("what\twhen", "x\t%b %d, %Y"),
            "v.csv: fields are separated by tabs",
        ),
        (
            list("date", "%Y%m%d"),
            "v.csv: dates are year, month and day",
        ),
        (
            list("date", "%Y-%m-%dT00:00:00"),
            "v.csv: times of day are midnight",
        ),
    ] {
        let folder = folder(&[("v.csv", text.as_bytes())]);
        let report = json(&folder.placebo(&quick(&["plain.csv"], "v.csv", &[])));
        assert_eq!(counts(&report), counts(&expected), "{text}");
        let rules = rules(&report);
        assert!(rules.contains(rule), "{rules}");
    }
    // What can be read two ways is refused until a flag, or the key, settles it.
    let folder = folder(&[
        ("v.csv", b"date\n01/02/2023\n02/03/2023\n"),
        ("w.csv", b"date\n2023-02-01\n2023-03-02\n"),
        ("t.csv", b"date\n2023-01-17 14:30:00\n"),
    ]);
    let text = refusal(&folder.placebo(&quick(&["plain.csv"], "v.csv", &[])));
    assert!(
        text.contains(
            "`01/02/2023` is 2023-01-02 with the month first and 2023-02-01 with the day first"
        ),
        "{text}"
    );
    assert!(text.contains("[events] date_format"), "{text}");
    let report = json(&folder.placebo(&quick(
        &["plain.csv"],
        "v.csv",
        &["--event-date-format", "day-first"],
    )));
    let iso = json(&folder.placebo(&quick(&["plain.csv"], "w.csv", &[])));
    assert_eq!(counts(&report), counts(&iso));
    let text = refusal(&folder.placebo(&quick(&["plain.csv"], "t.csv", &[])));
    assert!(
        text.contains("`2023-01-17 14:30:00` is not midnight, so its day is unclear"),
        "{text}"
    );
}

/// Dates that stand in the study, or on the command line.
#[test]
fn events_need_no_file() {
    let days: Vec<&str> = EVENTS.lines().skip(1).collect();
    let study = |events: &str| {
        format!(
            "[data]\nfiles = [\"plain.csv\"]\n[events]\n{events}\n[[test]]\nstatistic = \"mean-change\"\nwindow = [-2, 2]\n[run]\ndraws = 500\n"
        )
    };
    let bare = study(&format!("dates = [{}]", days.join(", ")));
    let both = study("file = \"e.csv\"\ndates = [2023-01-17]");
    let grouped = study("dates = [2023-01-17]\ngroup = \"kind\"");
    let within = format!(
        "{}within = {{ column = \"kind\" }}\n",
        bare.replace("[run]\ndraws = 500\n", "")
    );
    let folder = folder(&[
        ("bare.toml", bare.as_bytes()),
        ("file.toml", study("file = \"e.csv\"").as_bytes()),
        ("both.toml", both.as_bytes()),
        ("none.toml", study("").as_bytes()),
        ("grouped.toml", grouped.as_bytes()),
        ("within.toml", within.as_bytes()),
        ("outside.toml", study("dates = [2029-01-01]").as_bytes()),
    ]);
    let run = |name: &str| folder.placebo(&["run", name, "--device", "cpu", "--format", "json"]);
    let expected = json(&run("file.toml"));
    let report = json(&run("bare.toml"));
    assert_eq!(counts(&report), counts(&expected));
    let quick = |events: &[&str]| {
        let base = [
            "run",
            "--data",
            "plain.csv",
            "--window=-2..2",
            "--statistic",
            "mean-change",
            "--transform",
            "level-change",
        ];
        let device = ["--device", "cpu", "--draws", "500", "--format", "json"];
        folder.placebo(&[&base, events, &device].concat())
    };
    assert_eq!(
        counts(&json(&quick(&["--event", &days.join(",")]))),
        counts(&expected)
    );
    for (name, part) in [
        (
            "both.toml",
            "key events.dates: there is a file of events, too",
        ),
        (
            "none.toml",
            "key events.file: there is neither a file of events nor their dates",
        ),
        (
            "grouped.toml",
            "key events.group: it names a column of events, but their dates stand in the study",
        ),
        (
            "within.toml",
            "key test.within: it names a column of events",
        ),
        ("outside.toml", "[events] dates, row 1 (2029-01-01)"),
    ] {
        let text = refusal(&run(name));
        assert!(text.contains(part), "{text}");
    }
    let text = refusal(&quick(&[]));
    assert!(
        text.contains("--events (or --event) and --window"),
        "{text}"
    );
}

/// Rows that are no days: the same numbers as their last days give.
#[test]
fn periods_are_rows() {
    let last = |n: usize, months: i32| {
        let first = date(1990, 1, 1) + (months * (n as i32 + 1)).months() - 1.day();
        first.last_of_month()
    };
    let table = |months: i32, name: &dyn Fn(Date) -> String| {
        let lines = rows().into_iter().enumerate();
        let lines = lines.map(|(n, (_, value))| format!("{},{value:.2}\n", name(last(n, months))));
        format!("period,x\n{}", lines.collect::<String>())
    };
    let list = |months: i32, name: &dyn Fn(Date) -> String| {
        let lines = [11, 25, 37, 50].map(|n| format!("{}\n", name(last(n, months))));
        format!("period\n{}", lines.concat())
    };
    let quarter = |d: Date| (d.month() + 2) / 3;
    let iso = |d: Date| d.to_string();
    type Name = Box<dyn Fn(Date) -> String>;
    let names: Vec<(i32, Name, &str)> = vec![
        (
            3,
            Box::new(move |d| format!("{}Q{}", d.year(), quarter(d))),
            "is a quarter and stands as its last day: `1990Q1` in line 2 is 1990-03-31",
        ),
        (
            3,
            Box::new(move |d| format!("{}-Q{}", d.year(), quarter(d))),
            "is a quarter",
        ),
        (
            3,
            Box::new(move |d| format!("Q{} {}", quarter(d), d.year())),
            "is a quarter",
        ),
        (
            1,
            Box::new(|d| d.strftime("%Y-%m").to_string()),
            "is a month and stands as its last day: `1990-01` in line 2 is 1990-01-31",
        ),
        (
            1,
            Box::new(|d| d.strftime("%Y%m").to_string()),
            "is a month",
        ),
        (
            1,
            Box::new(|d| d.strftime("%b %Y").to_string()),
            "is a month",
        ),
        // Shiller's October has lost its zero.
        (
            1,
            Box::new(|d| {
                d.strftime("%Y.%m")
                    .to_string()
                    .trim_end_matches('0')
                    .to_owned()
            }),
            "is a month",
        ),
        (
            12,
            Box::new(|d| d.year().to_string()),
            "is a year and stands as its last day: `1990` in line 2 is 1990-12-31",
        ),
    ];
    for (months, name, rule) in names {
        let folder = folder(&[
            ("d.csv", table(months, &*name).as_bytes()),
            ("v.csv", list(months, &*name).as_bytes()),
            ("iso.csv", table(months, &iso).as_bytes()),
            ("viso.csv", list(months, &iso).as_bytes()),
        ]);
        let report = json(&folder.placebo(&quick(&["d.csv"], "v.csv", &[])));
        let expected = json(&folder.placebo(&quick(&["iso.csv"], "viso.csv", &[])));
        assert_eq!(counts(&report), counts(&expected), "{rule}");
        let rules = rules(&report);
        assert!(
            rules.contains(&format!("d.csv: each date {rule}")),
            "{rules}"
        );
    }
}

#[test]
fn words_for_missing_are_read_and_said() {
    let blank = plain().replace("1507.27", "");
    let count = plain().matches("1507.27").count();
    assert_eq!(count, 1, "{}", plain());
    let expected = folder(&[("b.csv", blank.as_bytes())]);
    let expected = json(&expected.placebo(&quick(&["b.csv"], "e.csv", &["--gap", "drop"])));
    for word in ["NA", "NaN", "N/A", "#N/A", "null", ".", "-", "ND"] {
        let folder = folder(&[("d.csv", plain().replace("1507.27", word).as_bytes())]);
        let report = json(&folder.placebo(&quick(&["d.csv"], "e.csv", &["--gap", "drop"])));
        assert_eq!(counts(&report), counts(&expected), "{word}");
        let rules = rules(&report);
        let said = rules.contains(&format!("d.csv: cells without a value: `{word}` (1)"));
        assert_eq!(said, word != "NA", "{rules}");
    }
    let folder = folder(&[("d.csv", plain().replace("1507.27", "n.v.").as_bytes())]);
    let text = refusal(&folder.placebo(&quick(&["d.csv"], "e.csv", &["--gap", "drop"])));
    assert!(text.contains("column x: `n.v.` is not a number"), "{text}");
    let report = json(&folder.placebo(&quick(
        &["d.csv"],
        "e.csv",
        &["--gap", "drop", "--missing", "n.v."],
    )));
    assert_eq!(counts(&report), counts(&expected));
}

#[test]
fn what_can_be_read_two_ways_is_refused_with_its_key() {
    let doubtful = table("date,x", &|d, _| {
        format!(
            "{d},\"1,{:03}\"",
            i32::from(d.day_of_year()) * 389 % 900 + 100
        )
    });
    let points = table("date;x", &|d, _| {
        format!("{d};1.{:03}", i32::from(d.day_of_year()) * 389 % 900 + 100)
    });
    let both = plain().replace("1507.27", "\"1507,27\"");
    let years = dated("%d-%b-%y");
    let unnamed = format!("a,b\nc,d\n{}", plain().split_once('\n').unwrap().1);
    let folder = folder(&[
        ("comma.csv", doubtful.as_bytes()),
        ("point.csv", points.as_bytes()),
        ("both.csv", both.as_bytes()),
        ("years.csv", years.as_bytes()),
        ("names.csv", unnamed.as_bytes()),
        ("time.csv", dated("%Y-%m-%d 16:00:00").as_bytes()),
    ]);
    for (file, part) in [
        (
            "comma.csv",
            "comma.csv, line 2, column x: `1,878` is 1878 with a decimal point and 1.878 with a decimal comma, and no number of the file tells which State [data] decimal",
        ),
        (
            "point.csv",
            "`1.878` is 1.878 with a decimal point and 1878 with a decimal comma",
        ),
        (
            "both.csv",
            "has a decimal comma, but `1500.00` in both.csv, line 2, column x a decimal point",
        ),
        ("years.csv", "`02-Jan-23` is not a date"),
        (
            "time.csv",
            "time.csv, line 2, column date: `2023-01-02 16:00:00` is not midnight, so its day is unclear",
        ),
    ] {
        let text = refusal(&folder.placebo(&quick(&[file], "e.csv", &[])));
        assert!(text.contains(part), "{text}");
    }
    for (file, decimal, thousands) in [
        ("comma.csv", ".", true),
        ("comma.csv", ",", false),
        ("point.csv", ",", true),
    ] {
        let report = json(&folder.placebo(&quick(&[file], "e.csv", &["--decimal", decimal])));
        assert_eq!(
            rules(&report).contains("marks between thousands"),
            thousands
        );
    }
}

/// One file a ticker, all with the same names.
#[test]
fn files_with_the_same_names_give_series_named_by_file() {
    let prices = |shift: f64| {
        table("Date,Close,Adj Close", &|d, v| {
            format!("{d},{v:.2},{:.2}", v + shift)
        })
    };
    let folder = folder(&[
        ("NVDA.csv", prices(0.0).as_bytes()),
        ("AMD.csv", prices(1.0).as_bytes()),
    ]);
    let report = json(&folder.placebo(&quick(&["NVDA.csv", "AMD.csv"], "e.csv", &[])));
    let mut names: Vec<&str> = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["series"].as_str().unwrap())
        .collect();
    names.truncate(2);
    assert_eq!(names, ["NVDA: Adj Close", "AMD: Adj Close"]);
    let said = rules(&report);
    assert!(said.contains("`Adj Close` is a series of its own in each file and named by it: `NVDA: Adj Close`, `AMD: Adj Close`"), "{said}");
    assert!(
        said.contains("NVDA.csv: of its prices `Adj Close` is taken; `Close` left out"),
        "{said}"
    );
    let one = json(&folder.placebo(&quick(
        &["NVDA.csv", "AMD.csv"],
        "e.csv",
        &["--series", "NVDA: Adj Close"],
    )));
    let alone = json(&folder.placebo(&quick(&["NVDA.csv"], "e.csv", &[])));
    assert_eq!(counts(&one), counts(&alone));
}

/// A line above the first date is one of units only if no number stands in it, and never in a list of events.
#[test]
fn rows_without_a_date_are_not_taken_for_units() {
    let lost = plain().replace("2023-01-02,", "soon,");
    let folder = folder(&[
        ("d.csv", lost.as_bytes()),
        ("v.csv", b"date,kind\nsoon,a\n2023-01-17,a\n2023-02-08,b\n"),
        ("w.csv", b"date,kind\n2023-01-17,a\n2023-02-08,b\nsoon,\n"),
    ]);
    let text = refusal(&folder.placebo(&quick(&["d.csv"], "e.csv", &[])));
    assert!(
        text.contains("d.csv, line 2, column date: `soon` is not a date"),
        "{text}"
    );
    for (file, line) in [("v.csv", 2), ("w.csv", 4)] {
        let text = refusal(&folder.placebo(&quick(&["plain.csv"], file, &[])));
        let part = format!("{file}, line {line}, column date: `soon` is not a date");
        assert!(text.contains(&part), "{text}");
    }
}

#[test]
fn a_long_table_that_repeats_a_row_is_refused() {
    let text = "date,ticker,close\n2023-01-02,A,1\n2023-01-02,B,2\n2023-01-03,A,3\n2023-01-03,B,4\n2023-01-03,B,5\n";
    let folder = folder(&[("d.csv", text.as_bytes())]);
    let message = refusal(&folder.placebo(&quick(
        &["d.csv"],
        "e.csv",
        &["--layout", "long", "--series-column", "ticker"],
    )));
    assert!(
        message.contains("d.csv, line 6: `B` has a row of 2023-01-03 already (line 5)"),
        "{message}"
    );
    let message = refusal(&folder.placebo(&quick(&["d.csv"], "e.csv", &[])));
    assert!(
        message.contains("the date 2023-01-02 is on line 2 already"),
        "{message}"
    );
}

#[test]
fn standard_input_is_read_and_addresses_are_not() {
    let folder = folder(&[]);
    let args = quick(&["-"], "e.csv", &[]);
    let output = assert_cmd::cargo::cargo_bin_cmd!("placebo")
        .current_dir(folder.0.path())
        .args(&args)
        .write_stdin(plain())
        .output()
        .unwrap();
    let expected = json(&folder.placebo(&quick(&["plain.csv"], "e.csv", &[])));
    assert_eq!(counts(&json(&output)), counts(&expected));
    let text = refusal(&folder.placebo(&quick(&["-"], "-", &[])));
    assert!(
        text.contains("standard input, `-`, holds the data already"),
        "{text}"
    );
    let address = "https://example.org/files/prices.csv?x=1";
    let text = refusal(&folder.placebo(&quick(&[address], "e.csv", &[])));
    assert!(
        text.contains("this is an address, and only files are read"),
        "{text}"
    );
    assert!(
        text.contains("curl -L -o prices.csv 'https://example.org/files/prices.csv?x=1'"),
        "{text}"
    );
    let text = refusal(&folder.placebo(&quick(&["plain.csv"], "https://example.org/e.csv", &[])));
    assert!(text.contains("this is an address"), "{text}");
}

/// `PLACEBO_WRITE=1 cargo test --test all forms::` writes the page anew.
#[test]
fn the_page_lists_every_form() {
    let mut page = String::from(HEAD);
    for (title, forms) in all() {
        write!(
            page,
            "\n## {title}\n\n| form | example | what is said |\n|---|---|---|\n"
        )
        .unwrap();
        for form in forms {
            let text = String::from_utf8(form.bytes);
            let example = text.as_deref().map_or("", |text| {
                let line = text.lines().find(|line| {
                    line.contains("150") || line.contains("1.5") || line.contains("1,5")
                });
                line.unwrap_or_default()
            });
            let shown = |text: &str| match text {
                "" => String::new(),
                text => format!("`` {} ``", text.replace('\t', "⇥").replace('|', "\\|")),
            };
            let rule = match form.rule {
                "" => String::new(),
                rule => rule.replace('|', "\\|"),
            };
            writeln!(page, "| {} | {} | {rule} |", form.what, shown(example)).unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/files.md");
    if std::env::var_os("PLACEBO_WRITE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let there = std::fs::read_to_string(&path).expect("docs/files.md");
    assert!(
        there == page,
        "docs/files.md is not what the tests have: PLACEBO_WRITE=1 writes it"
    );
}

const HEAD: &str = "\
# Files that are read

Data and lists of events are CSV (or text with other separators), Parquet, Arrow IPC files and streams, packed with gzip or
Zstandard or not, or standard input (`-`). What a file is is told by its content, not by its name. Everything that was found
in it and might have been meant otherwise is a line of the report. Each line below is a test: the file gives the numbers
that plain ISO dates, commas and points give.

What can be read two ways is refused with the key that settles it: `01/02/2023` where no date of the column tells
(`date_format`), `1,234` where no number of the file tells (`decimal`). A time of day other than midnight, a year of two
digits and an address on the web are refused.

Cells without a value are empty or one of NA, N/A, #N/A, NaN, null, None, ND, `.`, `-` and `--`, in capitals or not; `missing = [-99.99,
\"n.v.\"]` names others. A number that stands out as -99.99 does is warned of. NaN in Parquet and Arrow is missing.

Periods are rows, too: 2023Q1, 2023-Q1, Q1 2023, 2023-05, 202305, May 2023, 1871, and 1871.01 as Shiller writes months. Each
stands as its last day, so that an event inside it belongs to it; windows count periods.

In Parquet and Arrow, dates are Date32, Date64, timestamps at midnight of their own zone, text in the forms below, or
integers such as 20230131 in a column named so; numbers are integers, floats and decimals of up to 256 bits, and those of
more digits than a 64-bit float has are the nearest float, as their text would be; either may be a dictionary or runs, and
texts may be views or bytes.

Parquet and Arrow in folders parted by a column, as Hive, Spark, pyarrow and polars write them, are read by a pattern:
`prices/year=*/*.parquet` or `prices/**/*.parquet`, in the order of their paths. A column that stands in the names of the
folders alone names the series where the study says so: `series_column = \"ticker\"` for `prices/ticker=*/*.parquet`. Other
such columns are not read.
";
