//! What the calendar carries forward, leaves out and cannot bridge; changes are put on it as their levels
//! are.

use crate::common::{events_on, walks};
use crate::folder::Folder;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use nalgebra::{DMatrix, DVector};
use placebo::load::{Events, Panel, Series};
use placebo::null::philox4x32_10;
use placebo::question::events::{Compiled, EventPlan, TestFiles, compile};
use placebo::study::Study;
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
    let first = date(2023, 1, 1);
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

/// The return before a holiday does not count twice: the holiday is no row, or, where the study says
/// that values are carried forward, one with a change of 0, as the same data give as levels.
#[test]
fn a_return_is_not_carried_over_a_holiday() {
    // Weekdays, but the 17th of January.
    let days = (2..=41).filter(|day| (day - 2) % 7 < 5);
    let folder = Folder::with(&[
        ("returns.csv", &small_changes(days, (16, "5.00"), &[17])),
        ("events.csv", "date\n2023-01-16\n"),
        ("study.toml", &weekday_study("[0, 2]", "")),
    ]);
    let run = || {
        let report = report(&folder, &["study.toml"]);
        let row = &report["results"][0];
        let rules = report["manifest"]["rules"].to_string();
        (row["observed"].as_f64(), row["p"].as_f64(), rules)
    };
    // 5.00, -0.01 and 0.01, as from the 13th on; one of six sums as large, of 27.
    let (observed, p, rules) = run();
    assert_eq!((observed, p), (Some(5.0), Some(6.0 / 27.0)));
    assert!(
        rules.contains("weekdays that no file has are no rows of changes")
            && rules.contains("2023-01-17"),
        "{rules}"
    );
    // 5.00, 0 on the holiday, and -0.01; the sums from the 12th and the 13th on are larger.
    let filled = weekday_study("[0, 2]", "").replace(
        "kind = \"weekdays\"",
        "kind = \"weekdays\"\ngap = \"carry-forward\"",
    );
    std::fs::write(folder.0.path().join("study.toml"), filled).unwrap();
    let (observed, p, rules) = run();
    assert_eq!((observed, p), (Some(4.99), Some(6.0 / 28.0)));
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
    let (observed, rules) = run("changes = \"simple\"\nquantum = 1e-7\n");
    let monday = 6.0 * 0.99 * 1.01 - 1.0;
    assert!((observed - (monday - 0.01)).abs() < 1e-7, "{observed}");
    assert!(
        rules.contains("compounded (changes = \\\"simple\\\", as fractions of one)"),
        "{rules}"
    );
    let (observed, _) = run("changes = \"simple\"\nunit = \"percent\"\nquantum = 1e-7\n");
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
    assert!(message.contains("gap = \"drop\"") && message.contains("[sample] from = 2023-02-08"));
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

/// A study of all series in one file, by more keys.
fn study(data: &str, rest: &str) -> Study {
    toml::from_str(&format!(
        "[data]\nfiles = [\"a.csv\"]\n{data}\n{rest}\n[run]\ndraws = 100\n"
    ))
    .expect("the study of a test is well-formed")
}

fn plans(study: &Study, panel: &Panel, events: &Events) -> placebo::Result<Compiled> {
    compile(study, panel, events, &[])
}

fn dates_of(plan: &EventPlan, picks: &[u32]) -> Vec<Date> {
    picks
        .iter()
        .map(|&p| plan.words.dates[p as usize])
        .collect()
}

/// A random walk on daily rows `0..before`, and again from `after` on.
fn with_hole(before: usize, after: usize, rows: usize) -> Panel {
    let mut panel = walks(rows, 1);
    let kept = |row: &usize| !(before..after).contains(row);
    let rows: Vec<usize> = (0..rows).filter(kept).collect();
    panel.dates = rows.iter().map(|&row| panel.dates[row]).collect();
    for series in &mut panel.series {
        series.values = rows.iter().map(|&row| series.values[row]).collect();
    }
    panel
}

/// Weekdays of a year with prices that differ from day to day.
fn year(year: i16) -> String {
    let days = std::iter::successors(Some(date(year, 1, 1)), |day| Some(*day + 1.day()));
    let days = days.take_while(|day| day.year() == year);
    let days = days.filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
    let mut text = "date,close\n".to_owned();
    for (i, day) in days.enumerate() {
        text += &format!("{day},{}\n", price(year, i));
    }
    text
}

fn price(year: i16, i: usize) -> f64 {
    (9000 + 700 * i64::from(year - 2022) + (i * i * 7 % 113) as i64) as f64 / 100.0
}

/// `placebo ARGS`, its exit code and what it printed.
fn printed(folder: &Folder, args: &[&str]) -> (Option<i32>, String, String) {
    let output = folder.placebo(args);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Files of 2022 and 2024 with an event in 2023: said, and not moved to another year.
#[test]
fn the_file_of_a_year_is_missing() {
    let study = "[data]\nfiles = [\"y_*.csv\"]\n[events]\nfile = \"events.csv\"\n\
        [[test]]\nstatistic = \"mean-change\"\nwindow = [-3, 3]\n";
    let drop = study.replace("events.csv\"\n", "events.csv\"\nincomplete = \"drop\"\n");
    let weekdays = format!("{drop}[calendar]\nkind = \"weekdays\"\n");
    let folder = Folder::with(&[
        ("y_2022.csv", &year(2022)),
        ("y_2024.csv", &year(2024)),
        ("events.csv", "date\n2022-03-01\n2023-06-15\n2024-05-01\n"),
        ("study.toml", study),
        ("drop.toml", &drop),
        ("weekdays.toml", &weekdays),
    ]);
    let look = [
        "run",
        "--data",
        "y_*.csv",
        "--events",
        "events.csv",
        "--window=-3..3",
        "--statistic",
        "mean-change",
        "--device",
        "cpu",
        "--format",
        "json",
    ];
    let file = |name| ["run", name, "--device", "cpu", "--format", "json"];
    let hole = "no row between 2022-12-30 and 2024-01-01 (367 days apart)";
    // 2022-03-01 is row 41 of 260, 2024-05-01 row 87 of its year.
    let change = |of: i16, row: usize| price(of, row + 3) - price(of, row - 4);
    let wanted = (change(2022, 41) + change(2024, 87)) / 2.0;
    for args in [&look[..], &file("drop.toml"), &file("weekdays.toml")] {
        let (code, out, message) = printed(&folder, args);
        assert_eq!(code, Some(0), "{message}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let rules = report["manifest"]["rules"].to_string();
        assert!(
            rules.contains(&format!("hole: {hole}; events do not move across it")),
            "{rules}"
        );
        assert!(
            rules.contains(&format!(
                "event dropped: events.csv, line 3 (2023-06-15) is at a hole of the data, with {hole}"
            )),
            "{rules}"
        );
        let row = &report["results"][0];
        let observed = row["observed"].as_f64().unwrap();
        assert!((observed - wanted).abs() < 1e-9, "{observed} {wanted}");
        // 260 and 262 rows; of each year the first four and the last three have no whole window.
        let sets = (253 + 255) * (253 + 255 - 1) / 2;
        assert_eq!(row["draws"], sets);
    }
    let (code, _, message) = printed(&folder, &file("study.toml"));
    assert_eq!(code, Some(2));
    assert!(
        message.contains("line 3 (2023-06-15): the event is at a hole"),
        "{message}"
    );
    assert!(message.contains(hole), "{message}");
    let (code, out, _) = printed(&folder, &["check", "drop.toml"]);
    assert_eq!(code, Some(0));
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains(hole) && flat.contains("7 dates whose window lies over a hole"),
        "{out}"
    );
    // The draft says it, and runs.
    let init = [
        "init",
        "y_*.csv",
        "--events",
        "events.csv",
        "--out",
        "mine.toml",
    ];
    let (code, _, message) = printed(&folder, &init);
    assert_eq!(code, Some(0), "{message}");
    let text = std::fs::read_to_string(folder.0.path().join("mine.toml")).unwrap();
    assert!(text.contains(&format!("# A hole: {hole}.\n")), "{text}");
    assert!(text.contains("1 event (2023-06-15)"), "{text}");
    assert!(text.contains("2 of 3 events"), "{text}");
    let (code, _, message) = printed(&folder, &file("mine.toml"));
    assert_eq!(code, Some(0), "{message}");
}

/// Windows end at the last row before a hole, and begin on the second row after it, as the first one's
/// change spans the hole; between ends, on the first.
#[test]
fn windows_touch_a_hole_and_do_not_cross_it() {
    // Rows 0 to 39, and 40 to 79 a month later.
    let panel = with_hole(40, 70, 110);
    let counted = |row: usize, rest: &str| {
        let events = events_on(&panel, &[(10, "all"), (row, "all")]);
        let study = study(
            "",
            &format!(
                "[events]\nfile = \"e.csv\"\nincomplete = \"drop\"\n\
                 [[test]]\nwindow = [-2, 3]\n{rest}"
            ),
        );
        let compiled = plans(&study, &panel, &events).unwrap();
        let plan = &compiled.plans[0];
        let at_hole = compiled.rules.iter().any(|rule| {
            rule.contains(
                "lies over a hole of the data, with no row between 2020-02-09 and 2020-03-11",
            )
        });
        assert_eq!(at_hole, plan.observed.len() == 1);
        (plan.observed.len(), plan.design.positions())
    };
    let mean = "statistic = \"mean-change\"\n";
    let ends = "statistic = \"mean-change\"\nmeasure = \"endpoints\"\n";
    for (row, sums, between) in [
        (36, 2, 2),
        (37, 1, 1),
        (39, 1, 1),
        (40, 1, 1),
        (42, 1, 2),
        (43, 2, 2),
    ] {
        // Eligible: rows 3 to 36 and 43 to 76; 2 to 36 and 42 to 76.
        assert_eq!(counted(row, mean), (sums, 34 + 34), "{row}");
        assert_eq!(counted(row, ends), (between, 35 + 35), "{row}");
    }
    // All dates: cut at the sample's ends, and never over the hole; so with windows that wrap.
    let all = "statistic = \"mean-change\"\npool = \"all\"\n";
    assert_eq!(counted(38, all), (1, 80 - 6));
    let shift = "statistic = \"mean-change\"\nnull = \"circular-shift\"\n";
    assert_eq!(counted(43, shift), (2, 68));
    let gaps = "statistic = \"mean-change\"\nnull = \"gap-shuffle\"\n";
    assert_eq!(counted(43, gaps), (2, 68));
}

/// Events at a hole go to no row across it, whichever way they are moved.
#[test]
fn events_do_not_move_across_a_hole() {
    let panel = with_hole(40, 71, 110);
    // Sunday 2020-02-09 is the last row before it, Thursday 2020-03-12 the first after.
    let placed = |day: Date, keys: &str| {
        let mut events = events_on(&panel, &[(10, "all"), (10, "all")]);
        events.rows[1].date = day;
        let study = study(
            "",
            &format!(
                "[events]\nfile = \"e.csv\"\nsame_day = \"count\"\n{keys}\n\
                 [[test]]\nstatistic = \"mean-change\"\nwindow = [0, 0]\n"
            ),
        );
        plans(&study, &panel, &events).map(|compiled| {
            let plan = &compiled.plans[0];
            dates_of(plan, &plan.observed)
        })
    };
    for way in ["back", "forward", "error"] {
        let keys = format!("off_calendar = \"{way}\"");
        let message = placed(date(2020, 2, 20), &keys).unwrap_err().to_string();
        assert!(
            message.contains("at a hole of the data, with no row between 2020-02-09"),
            "{message}"
        );
        let dropped = placed(date(2020, 2, 20), &format!("{keys}\nincomplete = \"drop\"")).unwrap();
        assert_eq!(dropped.len(), 1);
    }
    let message = placed(date(2020, 2, 8), "shift = 5")
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("moved by shift = 5, the event is at a hole"),
        "{message}"
    );
    assert!(placed(date(2020, 3, 12), "shift = -1").is_err());
    assert_eq!(
        placed(date(2020, 2, 8), "shift = 1").unwrap()[1],
        date(2020, 2, 9)
    );
    assert_eq!(placed(date(2020, 3, 13), "").unwrap()[1], date(2020, 3, 13));
    // The first row's own change spans the hole.
    assert!(placed(date(2020, 3, 12), "").is_err());
    // The rows around the events end at a hole.
    let around = "[sample]\naround_events = 5\n[events]\nfile = \"e.csv\"\n\
        [[test]]\nstatistic = \"mean-change\"\nwindow = [0, 0]\n";
    let near = |row: usize| {
        plans(
            &study("", around),
            &panel,
            &events_on(&panel, &[(row, "all")]),
        )
        .is_ok()
    };
    assert!(near(34) && !near(35) && !near(44) && near(45));
}

/// Blackouts and gaps between dates end at a hole; strata hold the dates that are left.
#[test]
fn pools_beside_a_hole() {
    let panel = with_hole(40, 70, 110);
    let test = |keys: &str| {
        study(
            "",
            &format!(
                "[events]\nfile = \"e.csv\"\n[[test]]\nstatistic = \"mean-change\"\n\
                 window = [0, 1]\n{keys}"
            ),
        )
    };
    let events = events_on(&panel, &[(10, "all"), (60, "all")]);
    // Row 38 blacks rows 36 to 38 out, as row 39 has no window; rows 40 and later lie across the hole.
    let blackout = test("blackout = { file = \"b.csv\", margin = 3 }\n");
    let mut dates = events_on(&panel, &[(38, "all"), (38, "all")]);
    dates.rows[1].date = date(2020, 2, 20);
    let files = TestFiles {
        blackout: Some(dates),
        ..TestFiles::default()
    };
    let compiled = compile(&blackout, &panel, &events, &[files]).unwrap();
    let rule =
        "1 date outside the data (2020-01-01 to 2020-04-19, with holes) left out: 2020-02-20";
    assert!(
        compiled.rules.iter().any(|had| had.ends_with(rule)),
        "{:?}",
        compiled.rules
    );
    let plan = &compiled.plans[0];
    let rows = plan.design.positions();
    // Rows 1 to 34 and 41 to 78.
    assert_eq!(rows, 34 + 38);
    assert!(plan.words.dates[..rows].contains(&panel.dates[41]));
    assert!(!plan.words.dates[..rows].contains(&panel.dates[36]));

    let avoid = plans(
        &test("avoid_events = 3\n"),
        &panel,
        &events_on(&panel, &[(38, "all")]),
    );
    assert_eq!(avoid.unwrap().plans[0].design.positions(), 34 + 38);

    // Rows 38 and 41 are far apart in time: as one of each side and any two of one side 30 apart.
    let spaced = plans(&test("null = \"spaced\"\nmin_gap = 30\n"), &panel, &events).unwrap();
    let sets = spaced.plans[0].design.admissible_sets().1;
    let (before, after) = (1..39, 41..79);
    let one_side = |rows: std::ops::Range<i32>| {
        let n = rows.len() as i32;
        (30..n).map(|gap| n - gap).sum::<i32>()
    };
    let all = before.len() as i32 * after.len() as i32 + one_side(before) + one_side(after);
    assert_eq!(sets, Some(all as u128));

    let within = plans(&test("within = \"month\"\n"), &panel, &events).unwrap();
    let plan = &within.plans[0];
    assert_eq!(plan.design.positions(), 38 + 38);
}

/// The regression leaves out the change over the hole: least squares by hand on the others.
#[test]
fn the_regression_has_no_change_over_a_hole() {
    let panel = with_hole(40, 70, 110);
    let rows = [12, 20, 33, 50, 61];
    let placed: Vec<(usize, &str)> = rows.iter().map(|&row| (row, "all")).collect();
    let events = events_on(&panel, &placed);
    let from = panel.dates[1];
    for interval in ["", "interval = {}\n"] {
        let study = study(
            "",
            &format!(
                "[sample]\nfrom = {from}\n[events]\nfile = \"e.csv\"\n\
                 [[test]]\nstatistic = \"overlap-regression\"\nwindow = [-1, 2]\n{interval}"
            ),
        );
        let compiled = plans(&study, &panel, &events).unwrap();
        let plan = &compiled.plans[0];
        let values: Vec<f64> = panel.series[0].values.iter().flatten().copied().collect();
        let kept: Vec<usize> = (1..80).filter(|&row| row != 40).collect();
        let x = DMatrix::from_fn(kept.len(), 5, |r, c| match c {
            4 => 1.0,
            c => rows.iter().filter(|&&e| e + c == kept[r] + 1).count() as f64,
        });
        let y = DVector::from_iterator(
            kept.len(),
            kept.iter().map(|&row| values[row] - values[row - 1]),
        );
        let beta = x.svd(true, true).solve(&y, 0.0).unwrap();
        let wanted: f64 = beta.iter().take(4).sum();
        let hypothesis = &plan.hypotheses[0];
        let observed = hypothesis.value(hypothesis.observed);
        assert!((observed - wanted).abs() < 1e-8, "{observed} {wanted}");
    }
    // A sample that begins after the hole has no change on its first date.
    let late = study(
        "",
        &format!(
            "[sample]\nfrom = {}\n[events]\nfile = \"e.csv\"\nincomplete = \"drop\"\n\
             [[test]]\nstatistic = \"overlap-regression\"\nwindow = [-1, 2]\n",
            panel.dates[40]
        ),
    );
    let message = plans(&late, &panel, &events).unwrap_err().to_string();
    assert!(
        message.contains("a hole of the data lies before it"),
        "{message}"
    );
    assert!(
        message.contains(&format!("from = {}", panel.dates[41])),
        "{message}"
    );
}

/// Rotations of windows that wrap: the dates left take each other's places, and each regression is that of
/// the rows without the one after the hole.
#[test]
fn rotations_beside_a_hole() {
    let panel = with_hole(40, 70, 110);
    let rows = [12, 20, 33, 50, 61];
    let placed: Vec<(usize, &str)> = rows.iter().map(|&row| (row, "all")).collect();
    let study = study(
        "",
        &format!(
            "[sample]\nfrom = {}\n[events]\nfile = \"e.csv\"\n[[test]]\nnull = \"circular-shift\"\n\
             pool = \"all\"\nstatistic = \"overlap-regression\"\nwindow = [-1, 2]\n",
            panel.dates[1]
        ),
    );
    let compiled = plans(&study, &panel, &events_on(&panel, &placed)).unwrap();
    let plan = &compiled.plans[0];
    // Of rows 1 to 79 those but 38 to 41, whose days -1 to 2 hold the change of row 40.
    let eligible: Vec<usize> = (1..80).filter(|row| !(38..42).contains(row)).collect();
    let dates: Vec<Date> = eligible.iter().map(|&row| panel.dates[row]).collect();
    assert_eq!(plan.words.dates, dates);
    let values: Vec<f64> = panel.series[0].values.iter().flatten().copied().collect();
    let kept: Vec<usize> = (1..80).filter(|&row| row != 40).collect();
    let n = kept.len();
    let place = |row: usize| kept.iter().position(|&kept| kept == row).unwrap();
    let y = DVector::from_iterator(n, kept.iter().map(|&row| values[row] - values[row - 1]));
    for shift in [0, 7, 31, 70] {
        let moved = rows.map(|row| {
            let at = eligible.iter().position(|&known| known == row).unwrap();
            place(eligible[(at + shift) % eligible.len()])
        });
        let x = DMatrix::from_fn(n, 5, |r, c| match c {
            4 => 1.0,
            c => moved.iter().filter(|&&e| (e + c + n - 1) % n == r).count() as f64,
        });
        let beta = x.svd(true, true).solve(&y, 0.0).unwrap();
        let wanted: f64 = beta.iter().take(4).sum();
        let numerator = plan.draw(shift as u64).numerators[0].unwrap();
        let drawn = plan.hypotheses[0].value(numerator);
        assert!((drawn - wanted).abs() < 1e-8, "{drawn} {wanted}");
    }
}

/// A hole of one series of two: its dates are left out for both, and nothing is carried over it.
#[test]
fn a_hole_of_one_series() {
    let mut panel = walks(120, 2);
    for row in 50..80 {
        panel.series[1].values[row] = None;
    }
    let events = events_on(&panel, &[(20, "all"), (60, "all"), (100, "all")]);
    let keys = |calendar: &str| {
        study(
            "",
            &format!(
                "[calendar]\n{calendar}\n[events]\nfile = \"e.csv\"\nincomplete = \"drop\"\n\
                 [[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\n"
            ),
        )
    };
    for calendar in ["gap = \"carry-forward\"", "gap = \"drop\""] {
        let compiled = plans(&keys(calendar), &panel, &events).unwrap();
        let plan = &compiled.plans[0];
        // Rows 2 to 48 and 82 to 118.
        assert_eq!(plan.design.positions(), 47 + 37, "{calendar}");
        assert_eq!(plan.observed.len(), 2);
        let what = match calendar.contains("drop") {
            true => "no row between",
            false => "no value of `walk 1` between",
        };
        let hole = format!("hole: {what} {} and {}", panel.dates[49], panel.dates[80]);
        assert!(
            compiled.rules.iter().any(|rule| rule.starts_with(&hole)),
            "{:?}",
            compiled.rules
        );
    }
    let weekdays = plans(&keys("kind = \"weekdays\""), &panel, &events).unwrap();
    let plan = &weekdays.plans[0];
    let inside = |day: &Date| panel.dates[49] < *day && *day < panel.dates[80];
    assert!(!plan.words.dates.iter().any(inside));

    // A series that has ended is not carried on, and said so.
    for row in 80..120 {
        panel.series[1].values[row] = None;
    }
    let message = plans(&keys("gap = \"carry-forward\""), &panel, &events)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains(&format!("of {}, is too old", panel.dates[49])),
        "{message}"
    );
    let to = format!("[sample] to = {})", panel.dates[49]);
    assert!(message.contains(&to), "{message}");
    let message = plans(&keys(""), &panel, &events).unwrap_err().to_string();
    assert!(
        message.contains("gap = \"drop\" (") && message.contains(&to),
        "{message}"
    );
}

/// Months without one year are a hole; months, quarters and years as such are none.
#[test]
fn monthly_data() {
    let mut panel = walks(96, 1);
    let month = |i: i16| date(2010 + i / 12, (i % 12 + 1) as i8, 1);
    panel.dates = (0..96).map(month).collect();
    let events = |panel: &Panel| events_on(panel, &[(10, "all"), (70, "all")]);
    let study = study(
        "",
        "[events]\nfile = \"e.csv\"\n[[test]]\nstatistic = \"mean-change\"\nwindow = [-1, 1]\n",
    );
    let compiled = plans(&study, &panel, &events(&panel)).unwrap();
    assert!(!compiled.rules.iter().any(|rule| rule.contains("hole")));
    assert_eq!(compiled.plans[0].design.positions(), 96 - 3);
    panel.dates.drain(36..48);
    panel.series[0].values.drain(36..48);
    let compiled = plans(&study, &panel, &events(&panel)).unwrap();
    let hole = "hole: no row between 2012-12-01 and 2014-01-01 (396 days apart)";
    assert!(compiled.rules.iter().any(|rule| rule.starts_with(hole)));
    assert_eq!(compiled.plans[0].design.positions(), 84 - 6);
}

/// Random numbers below a bound.
fn numbers(seed: u32) -> impl FnMut(u32) -> u32 {
    let mut at = 0;
    move |below| {
        at += 1;
        philox4x32_10([at, seed, 0, 7], [3, 1])[0] % below
    }
}

/// A panel of changes with weekends, gaps and, in some, a hole; all series begin on the first date.
fn random_changes(next: &mut impl FnMut(u32) -> u32) -> Panel {
    let (series, hole) = (1 + next(2) as usize, next(2) == 0);
    let weekends = next(3);
    let first = date(2024, 1, 1);
    let days: Vec<Date> = (0..110)
        .filter(|day| !(hole && (45..65).contains(day)))
        .map(|day| first + i64::from(day).days())
        .filter(|day| {
            let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            *day == first
                || if is_weekend {
                    next(3) < weekends
                } else {
                    next(12) > 0
                }
        })
        .collect();
    let series = (0..series).map(|s| Series {
        name: format!("s{s}"),
        values: days
            .iter()
            .map(|day| {
                let change = f64::from(next(401)) / 100.0 - 2.0;
                (*day == first || s == 0 || next(10) > 0).then_some(change)
            })
            .map(|change| change.map(|change| (change * 100.0).round() / 100.0))
            .collect(),
    });
    Panel {
        series: series.collect(),
        dates: days,
        files: vec![],
        rules: vec![],
    }
}

/// The levels that changes make, from a date before the first on.
fn levels(changes: &Panel, start: f64, step: impl Fn(f64, f64) -> f64) -> Panel {
    let mut panel = changes.clone();
    // A Friday, so that it is a row of every calendar.
    panel.dates.insert(0, date(2023, 12, 29));
    for series in &mut panel.series {
        let mut level = start;
        for value in series.values.iter_mut().flatten() {
            level = step(level, *value);
            *value = level;
        }
        series.values.insert(0, Some(start));
    }
    panel
}

fn random_keys(next: &mut impl FnMut(u32) -> u32, dates: &[Date]) -> String {
    // Without a gap rule a weekday that no file has is a row of levels alone.
    let calendar = [
        "kind = \"weekdays\"\ngap = \"carry-forward\"",
        "gap = \"carry-forward\"",
        "gap = \"drop\"",
        "gap = \"error\"",
    ][next(4) as usize];
    let from = dates[next(4) as usize];
    let to = dates[dates.len() - 1 - next(4) as usize];
    let way = ["back", "forward"][next(2) as usize];
    let window = [[-2, 2], [0, 1], [0, 0], [1, 3]][next(4) as usize];
    let pool = ["full-window", "all"][next(2) as usize];
    let statistics = match next(3) {
        0 => "\"overlap-regression\"",
        1 => "\"mean-change\", \"median-absolute-change\"",
        _ => "\"median-change\", \"overlap-regression\"",
    };
    format!(
        "[calendar]\n{calendar}\n[sample]\nfrom = {from}\nto = {to}\n\
         [events]\nfile = \"e.csv\"\noff_calendar = \"{way}\"\nincomplete = \"drop\"\n\
         [[test]]\nstatistic = [{statistics}]\nwindow = {window:?}\npool = \"{pool}\"\n"
    )
}

fn random_events(next: &mut impl FnMut(u32) -> u32, panel: &Panel) -> Events {
    let mut events = events_on(panel, &[(0, "all"); 5]);
    for event in &mut events.rows {
        event.date = date(2024, 1, 4) + i64::from(next(100)).days();
    }
    events
}

/// A study on changes that add is the study on their levels: the same integers, so the same counts.
#[test]
fn additive_changes_are_their_levels() {
    let mut compared = 0;
    for seed in 0..160 {
        let mut next = numbers(seed);
        let changes = random_changes(&mut next);
        let levels = levels(&changes, 50.0, |level, change| {
            ((level + change) * 100.0).round() / 100.0
        });
        let keys = random_keys(&mut next, &changes.dates);
        let events = random_events(&mut next, &changes);
        let ours = plans(&study("transform = \"none\"", &keys), &changes, &events);
        let theirs = plans(
            &study("transform = \"level-change\"", &keys),
            &levels,
            &events,
        );
        let (ours, theirs) = match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => (ours, theirs),
            (Err(ours), Err(theirs)) => {
                assert_eq!(ours.to_string(), theirs.to_string(), "{keys}");
                continue;
            }
            (ours, theirs) => panic!("{keys}\n{:?}\n{:?}", ours.err(), theirs.err()),
        };
        let (ours, theirs) = (&ours.plans[0], &theirs.plans[0]);
        assert_eq!(ours.words.dates, theirs.words.dates, "{keys}");
        assert_eq!(ours.design, theirs.design, "{keys}");
        assert_eq!(ours.observed, theirs.observed, "{keys}");
        assert_eq!(ours.folds, theirs.folds, "{keys}");
        assert_eq!(ours.hypotheses, theirs.hypotheses, "{keys}");
        compared += 1;
    }
    assert!(compared > 80, "{compared}");
}

/// The level after a change.
type Step = fn(f64, f64) -> f64;

/// The same of log changes, and of returns that compound, to the precision of levels in 64 bits.
#[test]
fn log_changes_and_returns_are_their_levels() {
    let mut compared = [0, 0];
    for seed in 200..280 {
        let mut next = numbers(seed);
        let changes = {
            let mut changes = random_changes(&mut next);
            for value in changes.series.iter_mut().flat_map(|s| &mut s.values) {
                *value = value.map(|value| value / 70.0);
            }
            changes
        };
        let keys = random_keys(&mut next, &changes.dates);
        let events = random_events(&mut next, &changes);
        let kinds: [(&str, &str, f64, Step); 2] = [
            ("", "log-change", 1.0, |level, change| level * change.exp()),
            (
                "changes = \"simple\"",
                "percent-change",
                100.0,
                |level, change| level * (1.0 + change),
            ),
        ];
        for (kind, (changes_are, transform, unit, step)) in kinds.into_iter().enumerate() {
            let levels = levels(&changes, 50.0, step);
            let ours = study(&format!("transform = \"none\"\n{changes_are}"), &keys);
            let theirs = study(&format!("transform = \"{transform}\""), &keys);
            let ours = plans(&ours, &changes, &events);
            let theirs = plans(&theirs, &levels, &events);
            let (ours, theirs) = match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => (ours, theirs),
                (Err(ours), Err(theirs)) => {
                    assert_eq!(ours.to_string(), theirs.to_string(), "{keys}");
                    continue;
                }
                (ours, theirs) => panic!("{keys}\n{:?}\n{:?}", ours.err(), theirs.err()),
            };
            let (ours, theirs) = (&ours.plans[0], &theirs.plans[0]);
            assert_eq!(ours.words.dates, theirs.words.dates, "{keys}");
            assert_eq!(ours.design, theirs.design, "{keys}");
            for (ours, theirs) in ours.hypotheses.iter().zip(&theirs.hypotheses) {
                let (a, b) = (ours.value(ours.observed), theirs.value(theirs.observed));
                assert!((a * unit - b).abs() < 1e-6, "{a} {b}\n{keys}");
            }
            compared[kind] += 1;
        }
    }
    assert!(compared.iter().all(|&n| n > 40), "{compared:?}");
}
