//! What files may hold, and what is said about it: side files of dates, headers, dates, missing values.

use std::process::Output;

use crate::folder::{Folder, edit};
use serde_json::Value;

/// Weekdays of March 2020, Monday the 2nd to Friday the 27th.
const WEEKDAYS: &str = "\
date,a
2020-03-02,-1
2020-03-03,-1
2020-03-04,3
2020-03-05,11
2020-03-06,2
2020-03-09,-5
2020-03-10,0
2020-03-11,8
2020-03-12,3
2020-03-13,-1
2020-03-16,5
2020-03-17,3
2020-03-18,-2
2020-03-19,3
2020-03-20,-2
2020-03-23,-4
2020-03-24,-2
2020-03-25,-2
2020-03-26,-10
2020-03-27,-19
";

const TWO_EVENTS: &str = "date\n2020-03-06\n2020-03-17\n";

const WEEKDAY_STUDY: &str = "\
[data]
files = [\"w.csv\"]
[events]
file = \"we.csv\"
[[test]]
statistic = \"mean-change\"
measure = \"endpoints\"
window = [-1, 1]
";

/// A regime for every day of March 2020, another one from Saturday the 14th.
fn regimes() -> String {
    let day = |day| {
        let regime = if day < 14 { "u" } else { "v" };
        format!("2020-03-{day:02},{regime}\n")
    };
    "date,regime\n".to_owned() + &(1..=31).map(day).collect::<String>()
}

/// The weekday study with keys of its test and one more file.
fn weekday_folder(keys: &str, file: (&str, &str)) -> Folder {
    let study = format!("{WEEKDAY_STUDY}{keys}\n");
    Folder::with(&[
        ("w.csv", WEEKDAYS),
        ("we.csv", TWO_EVENTS),
        ("w.toml", &study),
        file,
    ])
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn run(folder: &Folder) -> Value {
    json(&folder.placebo(&["run", "w.toml", "--device", "cpu", "--format", "json"]))
}

/// The message of a run that is refused, on one line.
fn refusal(folder: &Folder, args: &[&str]) -> String {
    let output = folder.placebo(args);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(folder: &Folder) -> String {
    refusal(folder, &["run", "w.toml", "--device", "cpu"])
}

fn rules(report: &Value) -> String {
    report["manifest"]["rules"].to_string()
}

const REGIMES: &str = "within = { file = \"r.csv\", column = \"regime\" }";

/// Friday keeps its own regime, whatever the weekend's is.
#[test]
fn days_of_a_regime_file_that_are_no_rows_do_not_count() {
    let report = run(&weekday_folder(REGIMES, ("r.csv", &regimes())));
    // Nine dates in either stratum: rows 1 to 9, and 10 to 18, one event each.
    let row = &report["results"][0];
    let counts = ["draws", "below", "equal", "above"].map(|key| row[key].as_u64().unwrap());
    assert_eq!(counts, [81, 3, 2, 76]);
    let rules = rules(&report);
    for part in [
        "within r.csv: 6 dates of no calendar row left out: 2020-03-07, 2020-03-08",
        "within r.csv: 5 dates outside the data (2020-03-02 to 2020-03-27) left out: 2020-03-01",
    ] {
        assert!(rules.contains(part), "{rules}");
    }
}

#[test]
fn two_values_of_one_row_are_refused_with_both_lines() {
    let twice = regimes() + "2020-03-09,v\n";
    let text = refused(&weekday_folder(REGIMES, ("r.csv", &twice)));
    for part in ["r.csv, lines 10 and 33:", "2020-03-09", "`u` and `v`"] {
        assert!(text.contains(part), "{text}");
    }
    // Moved back, Saturday's regime meets Friday's.
    let back = edit(REGIMES, &[(" }", ", off_calendar = \"back\" }")]);
    let text = refused(&weekday_folder(&back, ("r.csv", &regimes())));
    assert!(text.contains("r.csv, lines 14 and 15:"), "{text}");
    assert!(text.contains("`u` and `v`"), "{text}");
    assert!(text.contains("off_calendar"), "{text}");
    // The same value twice is one.
    let same = regimes() + "2020-03-09,u\n";
    let report = run(&weekday_folder(REGIMES, ("r.csv", &same)));
    assert_eq!(report["results"][0]["draws"], 81);
    assert!(rules(&report).contains("1 date on the row of an earlier one count"));
}

#[test]
fn dates_without_a_regime_are_not_eligible_and_counted() {
    // One row is missing, one has no value.
    let holes = edit(
        &regimes(),
        &[("2020-03-10,u\n", ""), ("2020-03-25,v\n", "2020-03-25,\n")],
    );
    let report = run(&weekday_folder(REGIMES, ("r.csv", &holes)));
    assert_eq!(report["results"][0]["draws"], 8 * 8);
    let rules = rules(&report);
    assert!(
        rules.contains("r.csv: 1 of 30 rows have no `regime`"),
        "{rules}"
    );
    assert!(
        rules.contains(
            "2 dates without a `regime` in r.csv are not eligible: 2020-03-10, 2020-03-25"
        ),
        "{rules}"
    );
    // An event's own date needs one.
    let holes = edit(&regimes(), &[("2020-03-06,u\n", "")]);
    let text = refused(&weekday_folder(REGIMES, ("r.csv", &holes)));
    assert!(
        text.contains("r.csv, column regime: there is no value for the event of 2020-03-06"),
        "{text}"
    );
}

/// A Sunday names no row: nothing is taken out for it unless a key says so.
#[test]
fn a_blackout_on_a_sunday_is_refused_or_placed_as_its_key_says() {
    let dates = "day,kind\n2020-03-15,FOMC\n2020-03-18,FOMC\n2021-01-27,FOMC\n2020-03-19,CPI\n";
    let keys = |more: &str| {
        format!(
            "blackout = {{ file = \"b.csv\", date = \"day\", filter = {{ kind = \"FOMC\" }}{more} }}"
        )
    };
    let text = refused(&weekday_folder(&keys(""), ("b.csv", dates)));
    assert!(
        text.contains("b.csv, line 2 (2020-03-15): the date is no calendar row"),
        "{text}"
    );
    assert!(
        text.contains("`blackout`") && text.contains("\"drop\""),
        "{text}"
    );
    // 18 dates have a whole window; sets are pairs of those left.
    for (off_calendar, left, rule) in [
        ("drop", 17, "1 date of no calendar row left out: 2020-03-15"),
        (
            "back",
            16,
            "1 date of no calendar row moved back: 2020-03-15 to 2020-03-13",
        ),
        (
            "forward",
            16,
            "1 date of no calendar row moved forward: 2020-03-15 to 2020-03-16",
        ),
    ] {
        let keys = keys(&format!(", off_calendar = \"{off_calendar}\""));
        let report = run(&weekday_folder(&keys, ("b.csv", dates)));
        assert_eq!(report["results"][0]["draws"], left * (left - 1) / 2);
        let rules = rules(&report);
        for part in [
            &format!("blackout b.csv: {rule}"),
            "blackout b.csv: 1 date outside the data (2020-03-02 to 2020-03-27) left out: 2021-01-27",
            "b.csv: the filter kind = FOMC leaves out 1 of 4 rows",
        ] {
            assert!(rules.contains(part), "{rules}");
        }
    }
}

#[test]
fn pools_and_sets_take_no_date_that_is_no_row() {
    let pool = "pool = \"list\"\ndates = { file = \"p.csv\" }";
    let dates = "date\n2020-03-06\n2020-03-08\n2020-03-17\n2020-03-20\n";
    let text = refused(&weekday_folder(pool, ("p.csv", dates)));
    assert!(text.contains("p.csv, line 3 (2020-03-08)"), "{text}");
    let forward = edit(pool, &[(" }", ", off_calendar = \"forward\" }")]);
    let report = run(&weekday_folder(&forward, ("p.csv", dates)));
    assert_eq!(report["results"][0]["draws"], 6);
    assert!(rules(&report).contains("moved forward: 2020-03-08 to 2020-03-09"));

    let list = "null = \"list\"\nsets = { file = \"s.csv\" }";
    let sets = "set,date\na,2020-03-06\na,2020-03-17\nb,2020-03-08\nb,2020-03-24\n";
    let text = refused(&weekday_folder(list, ("s.csv", sets)));
    assert!(text.contains("s.csv, line 4 (2020-03-08)"), "{text}");
    let back = edit(list, &[(" }", ", off_calendar = \"back\" }")]);
    let report = run(&weekday_folder(&back, ("s.csv", sets)));
    assert_eq!(report["results"][0]["draws"], 2);
    assert!(rules(&report).contains("sets s.csv: 1 date of no calendar row moved back"));
    let dropped = edit(list, &[(" }", ", off_calendar = \"drop\" }")]);
    let text = refused(&weekday_folder(&dropped, ("s.csv", sets)));
    assert!(text.contains("key test.sets.off_calendar"), "{text}");
    let outside = sets.replace("2020-03-08", "2021-03-08");
    let text = refused(&weekday_folder(list, ("s.csv", &outside)));
    assert!(
        text.contains("s.csv, line 4 (2021-03-08): the date is outside the data"),
        "{text}"
    );
}

#[test]
fn every_name_may_be_a_regime() {
    // `all` names all groups together among events; days know no groups.
    let all = regimes().replace(",u", ",all");
    let report = run(&weekday_folder(REGIMES, ("r.csv", &all)));
    assert_eq!(report["results"][0]["draws"], 81);
}

/// The quick look at a data file and an event file.
fn quick<'a>(data: &'a str, events: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = ["run", "--data", data, "--events", events, "--window=-1..1"];
    [&base, more, &["--device", "cpu"]].concat()
}

fn quick_json(folder: &Folder, data: &str, more: &[&str]) -> Value {
    let more = [more, &["--format", "json"]].concat();
    json(&folder.placebo(&quick(data, "we.csv", &more)))
}

fn files(files: &[(&str, &str)]) -> Folder {
    let own = [("w.csv", WEEKDAYS), ("we.csv", TWO_EVENTS)];
    Folder::with(&[&own, files].concat())
}

/// A first line of data would be lost as a header.
#[test]
fn a_file_without_a_header_is_refused_whatever_it_is_for() {
    let body = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    let (data, events) = (body(WEEKDAYS), body(TWO_EVENTS));
    let folder = files(&[
        ("d.csv", &data),
        ("e.csv", &events),
        ("n.csv", "1,2\n3,4\n"),
    ]);
    for (args, place) in [
        (
            quick("d.csv", "we.csv", &[]),
            "d.csv, line 1: there is no header: the first line holds a date, `2020-03-02`",
        ),
        (
            quick("w.csv", "e.csv", &[]),
            "e.csv, line 1: there is no header: the first line holds a date, `2020-03-06`",
        ),
        (
            quick("n.csv", "we.csv", &[]),
            "n.csv, line 1: there is no header: the first line holds only numbers",
        ),
        (vec!["init", "d.csv", "--events", "we.csv"], "d.csv, line 1"),
    ] {
        let text = refusal(&folder, &args);
        assert!(text.contains(place), "{text}");
        assert!(
            text.contains("Put a line of column names above it"),
            "{text}"
        );
    }
    for (keys, text) in [
        (REGIMES, body(&regimes())),
        ("blackout = { file = \"r.csv\" }", events.clone()),
        (
            "pool = \"list\"\ndates = { file = \"r.csv\" }",
            events.clone(),
        ),
        (
            "null = \"list\"\nsets = { file = \"r.csv\" }",
            "a,2020-03-06\na,2020-03-17\n".into(),
        ),
        (
            "null = \"signs\"\ncluster = { file = \"r.csv\", column = \"c\" }",
            body(&regimes()),
        ),
    ] {
        let text = refused(&weekday_folder(keys, ("r.csv", &text)));
        assert!(text.contains("r.csv, line 1: there is no header"), "{text}");
    }
}

/// First days of months, newest first, as the Treasury's header has it: 12 January or 1 December?
#[test]
fn dates_that_can_be_read_two_ways_are_refused_until_a_key_settles_them() {
    let months: Vec<(i32, i32)> = (2010..2020)
        .flat_map(|y| (1..=12).map(move |m| (y, m)))
        .collect();
    let file = |date: &dyn Fn(i32, i32) -> String, header: &str| {
        let rows = months
            .iter()
            .rev()
            .map(|&(y, m)| format!("{},{}.{m:02}\n", date(y, m), y - 2006));
        header.to_owned() + &rows.collect::<String>()
    };
    let day_first = file(&|y, m| format!("01/{m:02}/{y}"), "Date,10 Yr\n");
    let month_first = file(&|y, m| format!("{m:02}/01/{y}"), "Date,10 Yr\n");
    let dotted = file(&|y, m| format!("1.{m}.{y}"), "when,10 Yr\n");
    let iso = file(&|y, m| format!("{y}-{m:02}-01"), "when,10 Yr\n");
    let folder = files(&[
        ("day.csv", &day_first),
        ("month.csv", &month_first),
        ("dots.csv", &dotted),
        ("iso.csv", &iso),
        ("we.csv", "date\n2012-05-16\n2014-02-10\n2016-11-09\n"),
    ]);
    let text = refusal(&folder, &quick("day.csv", "we.csv", &[]));
    for part in [
        "day.csv, line 2, column Date: `01/12/2019` is 2019-01-12 with the month first and 2019-12-01 with the day first",
        "date_format = \"month-first\" or \"day-first\"",
        "--date-format",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // By key, the same numbers as ISO dates give; with the other one, other dates.
    let p = |report: Value| {
        (
            report["results"].clone(),
            report["manifest"]["nulls"][0]["sample"].clone(),
        )
    };
    let expected = p(quick_json(
        &folder,
        "iso.csv",
        &["--date-format", "year-first"],
    ));
    assert_eq!(expected.1["rows"], 120);
    assert_eq!(expected.1["from"], "2010-01-01");
    for (file, format) in [
        ("day.csv", "day-first"),
        ("month.csv", "month-first"),
        ("dots.csv", "day-first"),
    ] {
        let found = p(quick_json(&folder, file, &["--date-format", format]));
        assert_eq!(found.1, expected.1, "{file}");
        for (row, of_iso) in found
            .0
            .as_array()
            .unwrap()
            .iter()
            .zip(expected.0.as_array().unwrap())
        {
            for key in ["observed", "p", "below", "equal", "above"] {
                assert_eq!(row[key], of_iso[key], "{file}, {key}");
            }
        }
    }
    // Months first leave as much doubt: 1 January could be 1 January to 12 January.
    refusal(&folder, &quick("month.csv", "we.csv", &[]));
}

#[test]
fn dates_that_can_be_read_one_way_are_read_and_it_is_said() {
    let rows = |format: &dyn Fn(u32) -> String| {
        let rows = (2..28).map(|day| format!("{},{}\n", format(day), day * day % 7));
        "when,a\n".to_owned() + &rows.collect::<String>()
    };
    let folder = files(&[
        ("d.csv", &rows(&|day| format!("{day:02}/03/2020"))),
        ("m.csv", &rows(&|day| format!("03-{day:02}-2020"))),
        ("mixed.csv", "when,a\n13/01/2020,1\n01/13/2020,2\n"),
    ]);
    for (file, rule) in [
        (
            "d.csv",
            "d.csv: dates are day/month/year: `13/03/2020` in line 13 can be nothing else",
        ),
        (
            "m.csv",
            "m.csv: dates are month-day-year: `03-13-2020` in line 13 can be nothing else",
        ),
    ] {
        let report = quick_json(&folder, file, &[]);
        let sample = &report["manifest"]["nulls"][0]["sample"];
        assert_eq!(
            (&sample["from"], &sample["to"]),
            (&"2020-03-02".into(), &"2020-03-27".into())
        );
        let rules = rules(&report);
        assert!(
            rules.contains(rule) && rules.contains("date_format"),
            "{rules}"
        );
    }
    let text = refusal(&folder, &quick("mixed.csv", "we.csv", &[]));
    assert!(
        text.contains("mixed.csv, line 3, column when: `01/13/2020` is no date with the day first, and `13/01/2020` (line 2) none with the month first"),
        "{text}"
    );
}

/// Marks for missing values are said, and by key no values.
#[test]
fn numbers_that_stand_for_no_value_are_said_and_left_out_by_key() {
    let marked = WEEKDAYS
        .replace("2020-03-11,8", "2020-03-11,-99.99")
        .replace("2020-03-23,-4", "2020-03-23,-99.99");
    let folder = files(&[("m.csv", &marked)]);
    let report = quick_json(&folder, "m.csv", &[]);
    let said = rules(&report);
    for part in [
        "warning: `a` has 2 values of -99.99",
        "missing = [-99.99]",
        "--missing=-99.99",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let report = quick_json(&folder, "m.csv", &["--missing", "-99.99"]);
    let said = rules(&report);
    assert!(
        said.contains("`a`: 2 values of -99.99 count as missing"),
        "{said}"
    );
    assert!(!said.contains("warning"), "{said}");
    // Rows without a value of any series are no rows.
    assert_eq!(report["manifest"]["nulls"][0]["sample"]["rows"], 18);
    // With a study file the flag has no place.
    let text = refusal(&folder, &["run", "w.toml", "--missing", "-99.99"]);
    assert!(text.contains("cannot be used with"), "{text}");
    // Honest data are not suspected.
    assert!(!rules(&quick_json(&folder, "w.csv", &[])).contains("warning"));
    // A study file has the key, too.
    let study = WEEKDAY_STUDY.replace("[\"w.csv\"]", "[\"m.csv\"]\nmissing = [-99.99, -999]");
    std::fs::write(folder.0.path().join("w.toml"), study).unwrap();
    assert_eq!(run(&folder)["manifest"]["nulls"][0]["sample"]["rows"], 18);
}

#[test]
fn a_second_column_of_dates_is_said_with_its_key() {
    let events = "announced,effective\n2020-03-06,2020-03-09\n2020-03-17,2020-03-18\n";
    let data = WEEKDAYS
        .lines()
        .map(|line| match line.split_once(',') {
            Some(("date", name)) => format!("settled,date,{name}\n"),
            Some((date, value)) => format!("2021-{},{date},{value}\n", &date[5..]),
            None => String::new(),
        })
        .collect::<String>();
    let folder = files(&[("e.csv", events), ("two.csv", &data)]);
    let run = |data, more: &[&str]| {
        let more = [more, &["--format", "json"]].concat();
        json(&folder.placebo(&quick(data, "e.csv", &more)))
    };
    let observed = |report: &Value| report["results"][1]["observed"].as_f64().unwrap();
    let first = run("w.csv", &[]);
    let said = rules(&first);
    assert!(
        said.contains("e.csv: the dates are those of column `announced`; `effective` holds dates, too; [events] date (--event-date) names another"),
        "{said}"
    );
    let second = run("w.csv", &["--event-date", "effective"]);
    assert!(!rules(&second).contains("holds dates"));
    assert_ne!(observed(&first), observed(&second));
    // The same for the data.
    let by_key = run("two.csv", &["--date-column", "date"]);
    assert_eq!(observed(&by_key), observed(&first));
    let text = refusal(
        &folder,
        &quick("two.csv", "e.csv", &["--date-column", "dtae"]),
    );
    assert!(
        text.contains("there is no column `dtae` (key data.date_column)"),
        "{text}"
    );
    assert!(text.contains("Did you mean `date`?"), "{text}");
    let events = "date\n2021-03-08\n2021-03-17\n";
    let folder = files(&[("two.csv", &data), ("we.csv", events)]);
    let said = rules(&quick_json(&folder, "two.csv", &[]));
    assert!(
        said.contains("two.csv: the dates are those of column `settled`, the first such one; `date` left out; [data] date_column (--date-column) names another"),
        "{said}"
    );
}

/// Escape sequences, marks that turn the direction of writing, and line ends reach no terminal.
#[test]
fn names_and_messages_show_what_they_hide() {
    let evil = "\u{1b}[2Jx\u{202e}y";
    let data = WEEKDAYS.replace("date,a", &format!("date,\"{evil}\nz\""));
    let events = format!("date,kind\n2020-03-06,\"=1+1{evil}\"\n2020-03-17,b\n");
    let folder = files(&[("d.csv", &data), ("e.csv", &events)]);
    let clean = |text: &[u8]| {
        let text = String::from_utf8(text.to_vec()).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        text
    };
    for format in ["table", "json", "csv"] {
        let more = ["--group", "kind", "--format", format];
        let output = folder.placebo(&quick("d.csv", "e.csv", &more));
        assert!(output.status.success(), "{output:?}");
        clean(&output.stderr);
        let text = clean(&output.stdout);
        if format == "csv" {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let line = reader.records().next().unwrap().unwrap();
            assert_eq!(&line[1], "\\u{1b}[2Jx\\u{202e}y\\nz");
            assert!(text.contains("'=1+1\\u{1b}"), "{text}");
            assert_eq!(text.lines().count(), 1 + reader.records().count() + 1);
        }
    }
    // The name can be asked for as it is, and as it is shown.
    for name in [format!("{evil}\nz"), "\\u{1b}[2Jx\\u{202e}y\\nz".to_owned()] {
        quick_json(&folder, "d.csv", &["--series", &name]);
    }
    let output = folder.placebo(&quick("d.csv", &format!("no{evil}.csv"), &[]));
    assert_eq!(output.status.code(), Some(2));
    assert!(clean(&output.stderr).contains("no\\u{1b}[2Jx"));
    let study = format!("{WEEKDAY_STUDY}unknown\u{202e} = 1\n[data2]\n");
    std::fs::write(folder.0.path().join("w.toml"), study).unwrap();
    clean(&folder.placebo(&["run", "w.toml"]).stderr);
}

#[cfg(target_os = "linux")]
mod limits {
    use std::fs::File;
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
    };
    use assert_cmd::Command;
    use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::file::properties::WriterProperties;

    use super::*;

    /// The message of a run that may have 1 GB of address space, stacks and libraries among them.
    fn in_a_gigabyte(folder: &Folder, args: &[&str], code: i32) -> String {
        let script = "ulimit -v 1000000 && exec \"$0\" \"$@\"";
        let binary = assert_cmd::cargo::cargo_bin!("placebo");
        let output = Command::new("sh")
            .current_dir(folder.0.path())
            .args(["-c", script])
            .arg(binary)
            .args(args)
            .timeout(std::time::Duration::from_secs(300))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    #[test]
    fn files_of_commas_and_columns_take_little_memory() {
        let commas = "date".to_owned() + &",".repeat(100_000_000) + "\n";
        let folder = files(&[("commas.csv", &commas)]);
        let text = in_a_gigabyte(&folder, &quick("commas.csv", "we.csv", &[]), 2);
        assert!(
            text.contains("commas.csv, line 1: the line has more than 100000 fields"),
            "{text}"
        );
        let wide = |columns: usize| {
            let names: String = (1..columns).map(|c| format!(",c{c}")).collect();
            let row = |line: &str| {
                let (date, value) = line.split_once(',').unwrap();
                format!("{date}{}\n", format!(",{value}").repeat(columns - 1))
            };
            format!("date{names}\n") + &WEEKDAYS.lines().skip(1).map(row).collect::<String>()
        };
        let (most, more) = (wide(100_000), wide(100_001));
        let folder = files(&[("most.csv", &most), ("more.csv", &more)]);
        in_a_gigabyte(
            &folder,
            &quick("most.csv", "we.csv", &["--series", "c99999"]),
            0,
        );
        let text = in_a_gigabyte(&folder, &quick("most.csv", "we.csv", &[]), 2);
        assert!(text.contains("results"), "{text}");
        let text = in_a_gigabyte(&folder, &quick("more.csv", "we.csv", &[]), 2);
        assert!(
            text.contains("more.csv, line 1: the line has more than"),
            "{text}"
        );
    }

    /// Two kilobytes of Parquet whose dates are one text of 60 MB, forty times.
    #[test]
    fn a_dictionary_with_a_huge_text_is_refused() {
        let folder = files(&[]);
        let texts = StringArray::from(vec!["x".repeat(60_000_000)]);
        let dates = DictionaryArray::new(Int32Array::from(vec![0; 40]), Arc::new(texts));
        let columns: [(&str, ArrayRef); 2] = [
            ("date", Arc::new(dates)),
            ("a", Arc::new(Float64Array::from(vec![1.0; 40]))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_dictionary_page_size_limit(1 << 28)
            .build();
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            .with_skip_arrow_metadata(true);
        let path = folder.0.path().join("d.parquet");
        let file = File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new_with_options(file, batch.schema(), options).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        assert!(path.metadata().unwrap().len() < 20_000);
        let text = in_a_gigabyte(&folder, &quick("d.parquet", "we.csv", &[]), 2);
        assert!(
            text.contains("a value of 60000000 bytes stands where dates"),
            "{text}"
        );
    }

    /// A pipe without a writer would be waited for without end.
    #[test]
    fn special_files_are_refused_at_once() {
        let folder = files(&[]);
        let pipe = folder.0.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).output().unwrap();
        assert!(made.status.success());
        std::fs::create_dir(folder.0.path().join("sub.csv")).unwrap();
        let kinds = "this is a device or a pipe, not a regular file";
        for (args, problem) in [
            (quick("pipe", "we.csv", &[]), kinds),
            (quick("w.csv", "pipe", &[]), kinds),
            (quick("/dev/zero", "we.csv", &[]), kinds),
            (quick("sub.csv", "we.csv", &[]), "this is a folder"),
            (vec!["merge", "pipe"], kinds),
            (vec!["init", "pipe", "--events", "we.csv"], kinds),
        ] {
            let text = in_a_gigabyte(&folder, &args, 2);
            assert!(text.contains(problem), "{text}");
        }
    }
}

/// A name in the folder that is not UTF-8 and that nobody asked for changes nothing.
#[cfg(target_os = "linux")]
#[test]
fn other_names_in_the_folder_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let folder = files(&[]);
    let name = std::ffi::OsStr::from_bytes(b"x\xff.dat");
    std::fs::write(folder.0.path().join(name), "x").unwrap();
    let report = quick_json(&folder, "w.*", &["--series", "a"]);
    assert_eq!(report["results"][0]["series"], "a");
    let text = refusal(&folder, &quick("x*", "we.csv", &[]));
    assert!(text.contains("whose name is not UTF-8"), "{text}");
}
