//! What files may hold, and what is said about it: side files of dates, headers, dates, missing values.

mod folder;

use std::process::Output;

use folder::{Folder, edit};
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
    assert!(rules.contains("r.csv: 1 of 30 rows have no `regime`"), "{rules}");
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
    assert!(text.contains("`blackout`") && text.contains("\"drop\""), "{text}");
    // 18 dates have a whole window; sets are pairs of those left.
    for (off_calendar, left, rule) in [
        ("drop", 17, "1 date of no calendar row left out: 2020-03-15"),
        ("back", 16, "1 date of no calendar row moved back: 2020-03-15 to 2020-03-13"),
        ("forward", 16, "1 date of no calendar row moved forward: 2020-03-15 to 2020-03-16"),
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
    assert!(text.contains("s.csv, line 4 (2021-03-08): the date is outside the data"), "{text}");
}

#[test]
fn every_name_may_be_a_regime() {
    // `all` names all groups together among events; days know no groups.
    let all = regimes().replace(",u", ",all");
    let report = run(&weekday_folder(REGIMES, ("r.csv", &all)));
    assert_eq!(report["results"][0]["draws"], 81);
}
