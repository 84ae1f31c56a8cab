//! What the calendar carries forward, leaves out and cannot bridge.

mod common;
mod folder;

use folder::Folder;
use serde_json::Value;

/// The result rows of `placebo ARGS`.
fn results(folder: &Folder, args: &[&str]) -> Vec<Value> {
    report(folder, args)["results"].as_array().unwrap().clone()
}

/// The report of `placebo run ARGS` on the CPU.
fn report(folder: &Folder, args: &[&str]) -> Value {
    let args = [&["run"], args, &["--device", "cpu", "--format", "json"]].concat();
    let output = folder.placebo(&args);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{message}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Changes of -0.01 and 0.01 in turn on the given days of January and February 2023, but for a large
/// one and days without any.
fn small_changes(days: impl Iterator<Item = i64>, large: (i64, &str), without: &[i64]) -> String {
    use jiff::ToSpan;
    let first = jiff::civil::date(2023, 1, 1);
    let mut text = "date,ret\n".to_owned();
    for (i, day) in days.enumerate().filter(|(_, day)| !without.contains(day)) {
        let small = if i % 2 == 0 { "-0.01" } else { "0.01" };
        let value = if day == large.0 { large.1 } else { small };
        text += &format!("{},{value}\n", first + (day - 1).days());
    }
    text
}

/// One study on a weekdays calendar of changes.
fn weekday_study(window: &str, data: &str) -> String {
    format!(
        "[data]\nfiles = [\"returns.csv\"]\ntransform = \"none\"\n{data}\
         [calendar]\nkind = \"weekdays\"\n[events]\nfile = \"events.csv\"\n\
         [[test]]\nstatistic = \"mean-change\"\nnull = \"uniform\"\nwindow = {window}\n"
    )
}

/// A holiday after a large return has a change of 0: the return does not count twice.
#[test]
fn a_return_is_not_carried_over_a_holiday() {
    // Weekdays, but the 17th of January.
    let days = (2..=41).filter(|day| (day - 2) % 7 < 5);
    let folder = Folder::with(&[
        ("returns.csv", &small_changes(days, (16, "5.00"), &[17])),
        ("events.csv", "date\n2023-01-16\n"),
        ("study.toml", &weekday_study("[0, 2]", "")),
    ]);
    let report = report(&folder, &["study.toml"]);
    let row = &report["results"][0];
    // 5.00, 0 on the holiday, and -0.01; the sums from the 12th and the 13th on are larger.
    assert_eq!(row["observed"], 4.99);
    assert_eq!(row["p"], 6.0 / 28.0);
    let rules = report["manifest"]["rules"].to_string();
    assert!(
        rules.contains("have a change of 0 there, as their level is carried forward: 2023-01-17"),
        "{rules}"
    );
}

/// A weekend's changes are part of Monday's.
#[test]
fn returns_of_a_weekend_are_not_lost() {
    let returns = small_changes(2..=30, (7, "5.00"), &[]);
    let run = |data: &str| {
        let folder = Folder::with(&[
            ("returns.csv", &returns),
            ("events.csv", "date\n2023-01-06\n"),
            ("study.toml", &weekday_study("[0, 1]", data)),
        ]);
        let report = report(&folder, &["study.toml"]);
        let observed = report["results"][0]["observed"].as_f64().unwrap();
        (observed, report["manifest"]["rules"].to_string())
    };
    // -0.01 on Friday; 5.00, -0.01 and 0.01 until Monday.
    let (observed, rules) = run("");
    assert_eq!(observed, 4.99);
    assert!(
        rules.contains("join the next row's, added (changes = \\\"additive\\\"): 2023-01-09"),
        "{rules}"
    );
    let (observed, rules) = run("changes = \"simple\"\n");
    let monday = 6.0 * 0.99 * 1.01 - 1.0;
    assert!((observed - (monday - 0.01)).abs() < 1e-7, "{observed}");
    assert!(
        rules.contains("compounded (changes = \\\"simple\\\", as fractions of one)"),
        "{rules}"
    );
    let (observed, _) = run("changes = \"simple\"\nunit = \"percent\"\n");
    let monday = 100.0 * (1.05 * 0.9999 * 1.0001 - 1.0);
    assert!(
        (observed - 100.0 * (monday - 0.01)).abs() < 1e-4,
        "{observed}"
    );
}

/// A series that begins late is refused with remedies of which each helps.
#[test]
fn remedies_for_a_late_series_help() {
    let mut text = "date,AAA,BBB\n".to_owned();
    for day in 1..=28 {
        let late = if day < 8 {
            String::new()
        } else {
            format!("0.0{}", day % 7 + 1)
        };
        text += &format!("2023-02-{day:02},0.0{},{late}\n", day % 5 + 1);
    }
    let folder = Folder::with(&[
        ("returns.csv", &text),
        ("events.csv", "date\n2023-02-13\n2023-02-20\n"),
    ]);
    let look = |more: &[&str]| {
        let flags = ["run", "--data", "returns.csv", "--events", "events.csv"];
        let rest = ["--transform", "none", "--window=-1..1", "--device", "cpu"];
        let output = folder.placebo(&[&flags, &rest[..], more].concat());
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, message) = look(&[]);
    assert_eq!(code, Some(2));
    assert!(message.contains("series `BBB`, 2023-02-01"), "{message}");
    assert!(!message.contains("carry-forward"), "{message}");
    assert!(message.contains("gap = \"drop\"") && message.contains("from = 2023-02-08"));
    assert_eq!(look(&["--gap", "drop"]).0, Some(0));
    assert_eq!(look(&["--series", "AAA"]).0, Some(0));
    let study = "[data]\nfiles = [\"returns.csv\"]\ntransform = \"none\"\n\
        [sample]\nfrom = 2023-02-08\n[events]\nfile = \"events.csv\"\n\
        [[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\n";
    std::fs::write(folder.0.path().join("late.toml"), study).unwrap();
    assert_eq!(results(&folder, &["late.toml"]).len(), 2);
    let (_, message) = look(&["--gap", "carry-forward"]);
    assert!(!message.contains("carry-forward"), "{message}");
}
