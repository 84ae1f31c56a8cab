//! The dates of the data beside a market's calendar, and events by the time of day.

use placebo::run::prepare;
use placebo::study::Study;

use crate::folder::{Folder, PRICES, STUDY, edit};

fn open(folder: &Folder) -> placebo::Result<Study> {
    Study::open(folder.0.path().join("study.toml").to_str().expect("UTF-8"))
}

/// The rules of a study with these keys before its events, and these other files.
fn rules(keys: &str, files: &[(&str, &str)]) -> placebo::Result<Vec<String>> {
    let study = edit(STUDY, &[("[events]\n", &format!("{keys}\n[events]\n"))]);
    let folder = Folder::with(&[&[("study.toml", study.as_str())], files].concat());
    Ok(prepare(&open(&folder)?)?.compiled.rules)
}

/// The prices without the row of a date.
fn without(date: &str) -> String {
    let lines = PRICES.lines().filter(|line| !line.starts_with(date));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The bundled yields of four years have a row on every day when the American bond market was open, by another source.
#[test]
fn the_bundled_yields_keep_the_bond_markets_days() {
    let mut study = Study::open("andrews-farboodi").expect("it is bundled");
    study.calendar.check = Some(placebo::study::MarketSpec::Name("SIFMA_US".into()));
    let prepared = prepare(&study).expect("it is sound");
    let said = "the rows from 2022-01-03 to 2025-12-31 are the days when SIFMA_US is open";
    assert!(
        prepared.compiled.rules.iter().any(|rule| rule == said),
        "{:?}",
        prepared.compiled.rules
    );
}

#[test]
fn rows_on_closed_days_and_open_days_without_a_row_are_said() {
    // From Monday, the first of January 2024, on ten days in a row.
    let without = without("2024-01-09");
    let found = rules("[calendar]\ncheck = \"XNYS\"", &[("prices.csv", &without)]).unwrap();
    assert!(
        found.contains(
            &"3 rows are on days when XNYS is closed: 2024-01-01, 2024-01-06, 2024-01-07"
                .to_owned()
        ),
        "{found:?}"
    );
    assert!(found.contains(&"1 open day of XNYS has no row: 2024-01-09".to_owned()));
    let holidays = ("holidays.csv", "day,what\n2024-01-02,local\n");
    let keys = "[calendar]\ncheck = { file = \"holidays.csv\", date = \"day\" }";
    let found = rules(keys, &[holidays]).unwrap();
    assert!(
        found.contains(
            &"3 rows are on days when the market of holidays.csv is closed: 2024-01-02, 2024-01-06, 2024-01-07"
                .to_owned()
        ),
        "{found:?}"
    );
    assert!(!found.iter().any(|rule| rule.contains("no row")));
    let long_ago = "date,oil\n1980-01-01,1\n1980-01-02,2\n1980-01-03,1\n1980-01-04,3\n1980-01-05,1\n\
                    1980-01-06,2\n1980-01-07,4\n";
    let events = ("events.csv", "date\n1980-01-03\n1980-01-04\n");
    let keys = "[calendar]\ncheck = \"TARGET\"";
    let found = rules(keys, &[("prices.csv", long_ago), events]).unwrap();
    assert!(
        found
            .iter()
            .any(|rule| rule.contains("says nothing of the data")),
        "{found:?}"
    );
    for (keys, said) in [
        (
            "[calendar]\ncheck = \"XNYX\"",
            "there is no calendar `XNYX`",
        ),
        ("[calendar]\ncheck = { file = \"none.csv\" }", "none.csv"),
        ("[calendar]\ncheck = 3", "expected a calendar's name"),
    ] {
        let error = rules(keys, &[]).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

/// The dates of a study's events, by what its keys and its file say.
fn placed(keys: &str, events: &str) -> (Vec<String>, Vec<String>) {
    let study = edit(
        STUDY,
        &[
            (
                "file = \"events.csv\"\n",
                &format!("file = \"events.csv\"\n{keys}\n"),
            ),
            (
                "window = [-1, 1]\nmeasure = \"endpoints\"",
                "window = [0, 0]",
            ),
        ],
    );
    // No row on the ninth.
    let prices = without("2024-01-09");
    let files = [
        ("study.toml", &*study),
        ("events.csv", events),
        ("prices.csv", &*prices),
    ];
    let folder = Folder::with(&files);
    let prepared = prepare(&open(&folder).expect("it is sound")).expect("it is sound");
    let plan = &prepared.compiled.plans[0];
    let dates = plan.observed.iter();
    let mut dates: Vec<String> = dates
        .map(|&position| plan.words.dates[position as usize].to_string())
        .collect();
    dates.sort();
    (dates, prepared.compiled.rules)
}

/// News at or after the close counts on the next row, on the market's clock, whatever zone the file is in.
#[test]
fn news_after_the_close_counts_on_the_next_row() {
    let words = "date,when\n2024-01-03,bmo\n2024-01-04,AMC\n";
    let (dates, found) = placed("time = \"when\"", words);
    assert_eq!(dates, ["2024-01-03", "2024-01-05"]);
    assert!(
        found.iter().any(|rule| rule
            .contains("by column `when` 1 of 2 events is at or after the market's close, and so on the row after")),
        "{found:?}"
    );
    // What comes after the close of a day without a row cannot go back to the row before.
    let no_row = "date,when\n2024-01-09,amc\n2024-01-03,amc\n";
    let keys = "time = \"when\"\noff_calendar = \"back\"";
    assert_eq!(placed(keys, no_row).0, ["2024-01-04", "2024-01-10"]);
    let no_row = "date,when\n2024-01-09,bmo\n2024-01-03,\n";
    assert_eq!(placed(keys, no_row).0, ["2024-01-03", "2024-01-08"]);
    let clock = "date,when\n2024-01-03,15:59\n2024-01-04,4:00 pm\n";
    let keys = "time = \"when\"\ncut_off = \"16:00\"";
    assert_eq!(placed(keys, clock).0, ["2024-01-03", "2024-01-05"]);
    // Half past three at night in London is the evening before in New York.
    let instants = "date\n2024-01-03T20:59:00Z\n2024-01-05 03:30:00+00:00\n";
    let keys = "time = \"date\"\ncut_off = \"16:00\"\nzone = \"America/New_York\"";
    let (dates, found) = placed(keys, instants);
    assert_eq!(dates, ["2024-01-03", "2024-01-05"]);
    assert!(
        found
            .iter()
            .any(|rule| rule.contains("16:00 (America/New_York)")
                && rule.contains("1 has another date")),
        "{found:?}"
    );
    let local = "date,when\n2024-01-03,20:59\n2024-01-05,03:30\n";
    let keys =
        "time = \"when\"\ncut_off = \"16:00\"\nzone = \"America/New_York\"\ntime_zone = \"UTC\"";
    assert_eq!(placed(keys, local).0, ["2024-01-03", "2024-01-05"]);
}

#[test]
fn times_that_cannot_be_placed_are_refused() {
    let run = |keys: &str, events: &str| {
        let study = edit(
            STUDY,
            &[(
                "file = \"events.csv\"\n",
                &format!("file = \"events.csv\"\n{keys}\n"),
            )],
        );
        let folder = Folder::with(&[("study.toml", &study), ("events.csv", events)]);
        open(&folder)
            .and_then(|study| prepare(&study))
            .unwrap_err()
            .to_string()
    };
    let clock = "date,when\n2024-01-03,15:59\n2024-01-04,16:00\n";
    for (keys, events, said) in [
        (
            "time = \"when\"",
            clock,
            "line 2, column when: `15:59` is a time, and no cut-off",
        ),
        ("cut_off = \"16:00\"", clock, "no column has the times"),
        (
            "time = \"when\"\ncut_off = \"teatime\"",
            clock,
            "`teatime` is no time of day",
        ),
        (
            "time = \"when\"\ncut_off = \"16:00\"\nzone = \"Mars/Base\"",
            clock,
            "there is no zone `Mars/Base`",
        ),
        (
            "time = \"when\"\ncut_off = \"16:00\"\ntime_zone = \"UTC\"",
            clock,
            "the market's zone is not known",
        ),
        (
            "time = \"whem\"\ncut_off = \"16:00\"",
            clock,
            "there is no column `whem`",
        ),
        (
            "time = \"when\"\ncut_off = \"16:00\"",
            "date,when\n2024-01-10,17:00\n2024-01-04,9:00\n",
            "after the close, and so on the next row, the event is outside the data",
        ),
    ] {
        let error = run(keys, events);
        assert!(error.contains(said), "{said}: {error}");
    }
}
