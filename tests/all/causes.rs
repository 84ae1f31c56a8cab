//! What is wrong with an input, as a program is told it.

use placebo::Cause;
use placebo::run::prepare;
use placebo::study::Study;

use crate::folder::{EVENTS, Folder, PRICES, STUDY, edit};

/// The cause for which the study of a folder is refused.
fn cause(files: &[(&str, &str)]) -> Cause {
    let folder = Folder::with(files);
    let path = folder.0.path().join("study.toml");
    let study = Study::open(path.to_str().expect("it is text"));
    let error = study
        .and_then(|study| prepare(&study))
        .expect_err("it is refused");
    error.cause().expect("it is an input").clone()
}

fn of_study(edits: &[(&str, &str)]) -> Cause {
    cause(&[("study.toml", &edit(STUDY, edits))])
}

#[test]
fn keys_and_values() {
    assert_eq!(
        of_study(&[("window =", "windw =")]),
        Cause::UnknownKey {
            key: "test.windw".into(),
            nearest: Some("window"),
        }
    );
    assert_eq!(
        of_study(&[("window = [-1, 1]\n", "")]),
        Cause::NoKey {
            key: "test.window".into(),
        }
    );
    let bad = |key: &str| Cause::BadValue { key: key.into() };
    assert_eq!(
        of_study(&[("\"endpoints\"", "\"end\"")]),
        bad("test.measure")
    );
    assert_eq!(of_study(&[("draws = 100", "draws = 0")]), bad("run.draws"));
    assert_eq!(of_study(&[("draws = 100", "draws = -1")]), bad("run.draws"));
    assert_eq!(
        of_study(&[("[run]", "min_gap = 3\n[run]")]),
        bad("test.min_gap")
    );
}

#[test]
fn files_and_their_cells() {
    let no_file = of_study(&[("\"prices.csv\"", "\"price.csv\"")]);
    assert_eq!(
        no_file,
        Cause::NoFile {
            file: "price.csv".into()
        }
    );
    let empty = cause(&[("prices.csv", "")]);
    assert_eq!(
        empty,
        Cause::BadFile {
            file: "prices.csv".into()
        }
    );
    assert_eq!(
        cause(&[("events.csv", &edit(EVENTS, &[("date,", "day,")]))]),
        Cause::NoColumn {
            file: "events.csv".into(),
            column: "date".into(),
        }
    );
    assert_eq!(
        cause(&[(
            "prices.csv",
            &edit(PRICES, &[("11.2", "11,2")]).replace("11,2,", "x,")
        )]),
        Cause::BadCell {
            file: "prices.csv".into(),
            line: 6,
            column: "oil".into(),
        }
    );
    assert_eq!(
        cause(&[("prices.csv", &edit(PRICES, &[("2024-01-04", "2024-01-03")]))]),
        Cause::DateOutOfOrder {
            file: "prices.csv".into(),
        }
    );
    let series = of_study(&[("\"oil\"", "\"oli\"")]);
    assert_eq!(
        series,
        Cause::UnknownName {
            kind: "series",
            name: "oli".into(),
        }
    );
}

#[test]
fn events_and_dates() {
    let date = |text: &str| text.parse().expect("a date");
    assert_eq!(
        cause(&[("events.csv", &edit(EVENTS, &[("2024-01-06", "2025-01-06")]))]),
        Cause::EventOutside {
            date: date("2025-01-06"),
            line: 3,
        }
    );
    assert_eq!(
        cause(&[("events.csv", &edit(EVENTS, &[("2024-01-06", "2024-01-10")]))]),
        Cause::EventOutside {
            date: date("2024-01-10"),
            line: 3,
        }
    );
    assert_eq!(
        cause(&[
            ("prices.csv", &edit(PRICES, &[("11.0,", ",")])),
            ("study.toml", &edit(STUDY, &[("series = [\"oil\"]\n", "")])),
        ]),
        Cause::NoValue {
            series: "oil".into(),
            date: date("2024-01-04"),
        }
    );
    // Of eight eligible dates in a row no two are eight rows apart.
    let spaced = |gap: &str| {
        of_study(&[(
            "[run]",
            &format!("null = \"spaced\"\nmin_gap = {gap}\n[run]"),
        )])
    };
    assert_eq!(
        spaced("8"),
        Cause::TooFewDates {
            eligible: 1,
            needed: 2,
        }
    );
}
