use super::*;
use crate::load::csv::tests::folder_with;
use crate::study::Study;
use jiff::civil::date;
use proptest::prelude::*;

const FILE: &str = "date,kind,year\n2024-01-02,a,1\n2024-01-01,b,1\n\n2024-01-03,a,2\nsoon,a,3\n";

/// An event file `e.csv` under the `[events]` keys of `toml`.
fn load(text: &str, toml: &str) -> Result<Events> {
    let (_folder, source) = folder_with(&[("e.csv", text)]);
    let study = format!(
        "[data]\nfiles = [\"a.csv\"]\n[events]\nfile = \"e.csv\"\n{toml}\n\
         [[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\n"
    );
    let study = Study::from_toml(&study, "s.toml", source.clone()).unwrap();
    load_events(&source, &study.events.list())
}

fn message(text: &str, toml: &str) -> String {
    let error = load(text, toml).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

fn bundled(study: &str) -> Events {
    let study = Study::open(study).unwrap();
    load_events(&study.source, &study.events.list()).unwrap()
}

#[test]
fn andrews_and_farboodi_have_18_releases() {
    let events = bundled("andrews-farboodi");
    assert_eq!(events.rows.len(), 18);
    assert!(events.rows.iter().all(|row| row.group == "all"));
    let days: BTreeSet<Date> = events.rows.iter().map(|row| row.date).collect();
    assert_eq!(days.len(), 17);
    assert_eq!(events.rows[0].line, 2);
    assert!(events.rules.is_empty());
}

#[test]
fn bjoerkegren_has_23_open_and_24_closed_releases() {
    let events = bundled("bjorkegren");
    let count = |group| events.rows.iter().filter(|row| row.group == group).count();
    assert_eq!((count("open"), count("closed")), (23, 24));
    assert_eq!(
        events.rules,
        ["ai_model_releases.csv: the filter in_paper = 1 leaves out 21 of 68 rows"]
    );
}

#[test]
fn rows_keep_their_order_and_lines() {
    let events = load(FILE, "group = \"kind\"\nfilter = { year = [1, \"2\"] }").unwrap();
    let row = |day, group: &str, line| Event {
        date: date(2024, 1, day),
        group: group.to_owned(),
        line,
        after_close: false,
    };
    assert_eq!(
        events.rows,
        [row(2, "a", 2), row(1, "b", 3), row(3, "a", 5)]
    );
    assert_eq!(
        events.rules,
        ["e.csv: the filter year = [1, 2] leaves out 1 of 4 rows"]
    );
}

#[test]
fn filters_compare_by_type() {
    assert!(FilterValue::Integer(1).accepts("1"));
    assert!(FilterValue::Integer(1).accepts("1.0") && FilterValue::Integer(1).accepts("01"));
    assert!(!FilterValue::Integer(1).accepts("10") && !FilterValue::Integer(1).accepts("one"));
    assert!(!FilterValue::Integer((1 << 53) + 1).accepts("9007199254740992"));
    assert!(FilterValue::Number(0.5).accepts("0.50") && !FilterValue::Number(0.5).accepts("0.51"));
    assert!(FilterValue::Truth(true).accepts("True") && FilterValue::Truth(false).accepts("FALSE"));
    assert!(!FilterValue::Truth(true).accepts("1") && !FilterValue::Truth(true).accepts(""));
    assert!(!FilterValue::Text("1".into()).accepts("1.0"));
    assert!(FilterValue::Text(String::new()).accepts(""));
    let any = FilterValue::Any(vec![FilterValue::Integer(1), FilterValue::Text("x".into())]);
    assert!(any.accepts("x") && any.accepts("1") && !any.accepts("y"));
    assert_eq!(any.to_string(), "[1, x]");
}

#[test]
fn errors_name_place_and_remedy() {
    let header = "e.csv, header: there is no column";
    for (toml, expected, remedy) in [
        (
            "date = \"dat\"",
            format!("{header} `dat` (key events.date)"),
            "Did you mean `date`?",
        ),
        (
            "group = \"kin\"",
            format!("{header} `kin` (key events.group)"),
            "Did you mean `kind`?",
        ),
        (
            "filter = { yeer = 1 }",
            format!("{header} `yeer` (key events.filter)"),
            "Did you mean `year`?",
        ),
        (
            "filter = { year = 9 }",
            "e.csv: the filter year = 9 leaves no event".into(),
            "Column `year` holds `1`, `2`, `3`.",
        ),
        (
            "",
            "e.csv, line 6, column date: `soon` is not a date".into(),
            "YYYY-MM-DD",
        ),
        (
            "group = \"kind\"\ngroups = [\"a\"]",
            "e.csv, line 3, column kind: the group `b` is not one of `a`".into(),
            "Add it to `groups`",
        ),
        (
            "group = \"kind\"\ngroups = [\"a\", \"b\"]\nfilter = { year = 2 }",
            "e.csv: the group `b` of `groups` has no event".into(),
            "the kept rows have `a`",
        ),
    ] {
        let found = message(FILE, toml);
        assert!(found.starts_with(&expected), "{found}");
        assert!(found.contains(remedy), "{found}");
    }
    assert!(
        message("date,g\n2024-01-01,\n", "group = \"g\"")
            .starts_with("e.csv, line 2, column g: the event has no group")
    );
    assert!(
        message("date,g\n2024-01-01,all\n", "group = \"g\"")
            .contains("`all` is the name of all groups together")
    );
    assert!(message("date\n", "").starts_with("e.csv: there is a header but no event"));
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(text in "(date|day),kind\n([0-9/\"-]{0,11},[ab,\n\"]{0,3}\n){0,4}") {
        for toml in ["", "group = \"kind\"\ngroups = [\"a\", \"b\"]", "filter = { kind = \"a\" }"] {
            if let Ok(events) = load(&text, toml) {
                prop_assert!(!events.rows.is_empty());
            }
        }
    }
}
