//! Every mistake that a user can make: exit code 2, nothing on stdout, and a message that names
//! the place and the remedy.

use jiff::ToSpan;

use crate::folder::{EVENTS, Folder, PRICES, STUDY, edit};

/// Runs `placebo ARGS` over the base study with `files` in place of its own, and asserts that it
/// is refused with every one of `parts` in the message.
fn refused(files: &[(&str, &str)], args: &[&str], parts: &[&str]) {
    let folder = Folder::with(files);
    let output = folder.placebo(args);
    let message = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(output.stdout.is_empty(), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

const RUN: [&str; 4] = ["run", "study.toml", "--device", "cpu"];

fn study(edits: &[(&str, &str)], parts: &[&str]) {
    refused(&[("study.toml", &edit(STUDY, edits))], &RUN, parts);
}

fn prices(text: &str, parts: &[&str]) {
    refused(&[("prices.csv", text)], &RUN, parts);
}

fn events(text: &str, parts: &[&str]) {
    refused(&[("events.csv", text)], &RUN, parts);
}

fn flags(flags: &[&str], parts: &[&str]) {
    let args = [&RUN[..2], flags].concat();
    refused(&[], &args, parts);
}

#[test]
fn the_base_study_itself_runs() {
    let output = Folder::with(&[]).placebo(&RUN);
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.is_empty());
}

#[test]
fn missing_files() {
    study(
        &[("\"prices.csv\"", "\"price.csv\"")],
        &[
            "price.csv: there is no such file",
            "Did you mean `prices.csv`?",
        ],
    );
    study(
        &[("events.csv", "event.csv")],
        &[
            "event.csv: there is no such file",
            "Did you mean `events.csv`?",
        ],
    );
    refused(
        &[],
        &["run", "studdy.toml"],
        &[
            "studdy.toml: there is no such file",
            "Did you mean `study.toml`?",
        ],
    );
    study(
        &[("\"prices.csv\"", "\".\"")],
        &["a folder, not a file", "Name a file"],
    );
}

#[test]
fn missing_columns() {
    events(
        &EVENTS.replace("date", "day"),
        &[
            "events.csv, header: there is no column `date` (key events.date)",
            "The columns are `day`, `kind`, `weight`",
        ],
    );
    let with = |keys: &str| format!("file = \"events.csv\"\n{keys}");
    for (keys, key) in [
        ("group = \"kinds\"", "events.group"),
        ("filter = { kinds = \"speech\" }", "events.filter"),
    ] {
        study(
            &[("file = \"events.csv\"", &with(keys))],
            &[
                &format!("events.csv, header: there is no column `kinds` (key {key})"),
                "Did you mean `kind`?",
            ],
        );
    }
    study(
        &[("\"oil\"", "\"oill\"")],
        &[
            "key data.series: no file has a series `oill`",
            "Did you mean `oil`?",
            "The files have `oil`, `gas`",
        ],
    );
    prices(
        "date\n2024-01-01\n",
        &[
            "prices.csv, header: there is one column",
            "one column a series",
        ],
    );
}

#[test]
fn unreadable_numbers() {
    for (cell, problem, remedy) in [
        ("high", "`high` is not a number", "Write a plain decimal"),
        (
            "11.2%",
            "`11.2%` is not a number",
            "Remove the percent sign",
        ),
        (
            "inf",
            "`inf` is not a finite number",
            "Leave the field empty",
        ),
        (
            "-Infinity",
            "`-Infinity` is not a finite number",
            "Leave the field empty",
        ),
        ("1e999", "`1e999` is too large", "Use a coarser unit"),
        (
            "\"11,20\"",
            "`11,20` has a decimal comma, but `10.0` in prices.csv, line 2",
            "Write all numbers in one way",
        ),
    ] {
        prices(
            &edit(PRICES, &[("11.2", cell)]),
            &["prices.csv, line 6, column oil:", problem, remedy],
        );
    }
    prices(
        &edit(PRICES, &[("11.2,", "11,2,")]),
        &[
            "prices.csv, line 6: 4 fields, but the header has 3",
            "comma inside a field",
        ],
    );
}

#[test]
fn unreadable_dates() {
    for (cell, problem, remedy) in [
        (
            "2024-02-30",
            "`2024-02-30` is not a date",
            "Write dates that exist",
        ),
        (
            "05.01.2024",
            "`05.01.2024` is not written as",
            "Write all dates in one way",
        ),
        (
            "1871",
            "`1871` is not written as",
            "Write all dates in one way",
        ),
        ("soon", "`soon` is not a date", "2024-01-31"),
        ("", "there is no date", "Write a date as YYYY-MM-DD"),
    ] {
        prices(
            &edit(PRICES, &[("2024-01-05", cell)]),
            &["prices.csv, line 6, column date:", problem, remedy],
        );
        events(
            &edit(EVENTS, &[("2024-01-06", cell)]),
            &["events.csv, line 3, column date:", problem, remedy],
        );
    }
}

#[test]
fn duplicate_and_unsorted_dates() {
    prices(
        &edit(PRICES, &[("2024-01-05", "2024-01-04")]),
        &[
            "prices.csv, line 6: the date 2024-01-04 is on line 5 already",
            "Keep one row a date",
        ],
    );
    prices(
        &edit(PRICES, &[("2024-01-05", "2024-01-02")]),
        &[
            "prices.csv, line 6: the date 2024-01-02 stands after 2024-01-04 (line 5)",
            "Sort the rows by date",
        ],
    );
    // Two files that contradict each other.
    refused(
        &[
            (
                "more.csv",
                "date,oil\n2024-01-10,11.1\n2024-01-11,11.4\n2024-01-12,11\n",
            ),
            ("other.csv", "date,oil\n2024-01-12,12\n"),
            (
                "study.toml",
                &edit(
                    STUDY,
                    &[(
                        "\"prices.csv\"",
                        "\"prices.csv\", \"more.csv\", \"other.csv\"",
                    )],
                ),
            ),
        ],
        &RUN,
        &[
            "other.csv, line 2, column oil: `oil` is 12 on 2024-01-12, but 11 in more.csv, line 4",
            "Remove one of the two values",
        ],
    );
}

#[test]
fn events_without_a_place_in_the_sample() {
    events(
        &edit(EVENTS, &[("2024-01-06", "2024-03-01")]),
        &[
            "events.csv, line 3 (2024-03-01): the event is outside the data",
            "2024-01-01 to 2024-01-10",
            "incomplete = \"drop\"",
        ],
    );
    study(
        &[("[events]", "[sample]\nto = 2024-01-05\n\n[events]")],
        &[
            "events.csv, line 3 (2024-01-06): the event is outside the sample, 2024-01-01 to 2024-01-05",
            "widen the [sample]",
        ],
    );
    events(
        &edit(EVENTS, &[("2024-01-06", "2024-01-10")]),
        &[
            "events.csv, line 3 (2024-01-10): the event has no full window [-1, 1]",
            "dates with one run from 2024-01-02 to 2024-01-09",
            "shorten the window",
        ],
    );
    // Shifted off the end of the data.
    study(
        &[("file = \"events.csv\"", "file = \"events.csv\"\nshift = 5")],
        &[
            "events.csv, line 3 (2024-01-06): moved by shift = 5",
            "outside the data",
        ],
    );
    // News of a day without a row meets the next one's market, unless the study says otherwise.
    let gap = edit(PRICES, &[("2024-01-06,10.9,1.1\n", "")]);
    let strict = "file = \"events.csv\"\noff_calendar = \"error\"";
    let strict = edit(STUDY, &[("file = \"events.csv\"", strict)]);
    refused(
        &[("prices.csv", &gap), ("study.toml", &strict)],
        &RUN,
        &[
            "events.csv, line 3 (2024-01-06): the event is on a date that is no calendar row",
            "off_calendar = \"back\" or \"forward\"",
        ],
    );
}

#[test]
fn samples_that_cannot_be_drawn_from() {
    // Nine events, eight eligible dates; the same day counts twice.
    let crowd: String = (2..=9).map(|day| format!("2024-01-0{day}\n")).collect();
    refused(
        &[
            ("events.csv", &format!("date\n{crowd}2024-01-03\n")),
            (
                "study.toml",
                &edit(STUDY, &[("[events]", "[events]\nsame_day = \"count\"")]),
            ),
        ],
        &RUN,
        &[
            "[[test]] 1",
            "9 events but only 8 eligible dates",
            "widen the [sample]",
        ],
    );
    study(
        &[("[-1, 1]", "[-6, 6]")],
        &[
            "[[test]] 1, window",
            "no date of the sample (10 rows)",
            "[-6, 6]",
            "shorten the window",
        ],
    );
    study(
        &[("[events]", "[sample]\nfrom = 2025-01-01\n\n[events]")],
        &[
            "[sample]",
            "no date with data",
            "2024-01-01 to 2024-01-10",
            "widen the sample",
        ],
    );
    study(
        &[("[events]", "[sample]\naround_events = 5\n\n[events]")],
        &[
            "events.csv, line 2 (2024-01-03)",
            "the data (2024-01-01 to 2024-01-10) do not reach 5 rows",
            "load more data",
        ],
    );
}

#[test]
fn gaps_in_the_sample() {
    let gap = edit(PRICES, &[("2024-01-05,11.2", "2024-01-05,")]);
    let both = edit(STUDY, &[("\"oil\"", "\"oil\", \"gas\"")]);
    refused(
        &[("prices.csv", &gap), ("study.toml", &both)],
        &RUN,
        &[
            "series `oil`, 2024-01-05",
            "there is no value on a date of the sample",
            "gap = \"carry-forward\" or \"drop\"",
        ],
    );
    // No earlier value to carry: the stated rule is not offered again.
    let late = edit(PRICES, &[("2024-01-01,10.0", "2024-01-01,")]);
    for calendar in ["gap = \"carry-forward\"", "kind = \"weekdays\""] {
        let rule = format!("[calendar]\n{calendar}\n\n[events]\noff_calendar = \"back\"");
        refused(
            &[
                ("prices.csv", &late),
                ("study.toml", &edit(&both, &[("[events]", &rule)])),
            ],
            &RUN,
            &[
                "series `oil`, 2024-01-01",
                "no earlier value",
                "[sample] from = 2024-01-02)",
                "leave `oil` out",
            ],
        );
    }
}

#[test]
fn empty_groups() {
    let group = |keys: &str| format!("file = \"events.csv\"\ngroup = \"kind\"\n{keys}");
    study(
        &[(
            "file = \"events.csv\"",
            &group("groups = [\"meeting\", \"speech\", \"leak\"]"),
        )],
        &[
            "events.csv: the group `leak` of `groups` has no event",
            "Take it out of `groups`",
        ],
    );
    study(
        &[("file = \"events.csv\"", &group("groups = [\"meeting\"]"))],
        &[
            "events.csv, line 3, column kind: the group `speech` is not one of `meeting`",
            "Add it to `groups`",
        ],
    );
    study(
        &[("file = \"events.csv\"", &group("filter = { weight = 3 }"))],
        &[
            "events.csv: the filter weight = 3 leaves no event",
            "holds `1`, `2`",
        ],
    );
    refused(
        &[
            ("events.csv", &edit(EVENTS, &[("2024-01-06", "2024-01-10")])),
            (
                "study.toml",
                &edit(
                    STUDY,
                    &[("file = \"events.csv\"", &group("incomplete = \"drop\""))],
                ),
            ),
        ],
        &RUN,
        &[
            "no event of group `speech` has a whole window [-1, 1]",
            "shorten the window",
        ],
    );
    refused(
        &[
            ("events.csv", &edit(EVENTS, &[("speech", "")])),
            (
                "study.toml",
                &edit(STUDY, &[("file = \"events.csv\"", &group(""))]),
            ),
        ],
        &RUN,
        &[
            "events.csv, line 3, column kind: the event has no group",
            "Name its group",
        ],
    );
}

#[test]
fn groups_that_cannot_be_told_apart_or_are_too_many() {
    let grouped = edit(
        STUDY,
        &[(
            "file = \"events.csv\"",
            "file = \"events.csv\"\ngroup = \"kind\"",
        )],
    );
    refused(
        &[
            (
                "events.csv",
                "date,kind\n2024-01-03,a\n2024-01-04,b\n2024-01-05,a - b\n",
            ),
            ("study.toml", &grouped),
        ],
        &RUN,
        &[
            "events.csv: two results would be named `a - b`",
            "rename the groups",
        ],
    );
    let first = jiff::civil::date(2024, 1, 1);
    let dates: Vec<_> = first
        .series(1.day())
        .take(733)
        .map(|d| d.to_string())
        .collect();
    let prices: String = dates.iter().map(|date| format!("{date},1\n")).collect();
    let events: String = dates[1..=730]
        .iter()
        .map(|date| format!("{date},on {date}\n"))
        .collect();
    refused(
        &[
            ("prices.csv", &format!("date,oil\n{prices}")),
            ("events.csv", &format!("date,kind\n{events}")),
            ("study.toml", &grouped),
        ],
        &RUN,
        &[
            "[[test]] 1, statistic: 266816 results: 730 group(s)",
            "at most 65536",
            "leave groups out",
        ],
    );
}

#[test]
fn empty_files() {
    prices(
        "",
        &[
            "prices.csv: the file is empty",
            "Download or export it again",
        ],
    );
    events(
        "",
        &[
            "events.csv: the file is empty",
            "Download or export it again",
        ],
    );
    refused(
        &[("study.toml", "")],
        &RUN,
        &["study.toml: the file is empty"],
    );
    prices(
        "date,oil\n",
        &[
            "prices.csv: there is a header but no row",
            "leave it out of `files`",
        ],
    );
    events(
        "date\n",
        &[
            "events.csv: there is a header but no event",
            "Add one row an event",
        ],
    );
    prices(
        "\n\n",
        &[
            "prices.csv: there is no header line",
            "a line of column names",
        ],
    );
}

#[test]
fn zero_draws() {
    flags(&["--draws", "0"], &["'0'", "--draws <N>", "at least 1"]);
    study(
        &[("draws = 100", "draws = 0")],
        &[
            "study.toml, line 13, key run.draws: zero draws",
            "at least one draw",
        ],
    );
}

#[test]
fn unknown_devices() {
    flags(
        &["--device", "gtx"],
        &[
            "device gtx: no adapter has this name",
            "`cpu`, `gpu`",
            "placebo devices",
        ],
    );
    flags(
        &["--device", "999"],
        &["device 999: no adapter has this number", "placebo devices"],
    );
    flags(&["--device", "cpuu"], &["Did you mean `cpu`?"]);
    flags(&["--device", ""], &["device", "no adapter has this name"]);
}

#[test]
fn unknown_studies() {
    refused(
        &[],
        &["run", "andrews-farbodi"],
        &[
            "study andrews-farbodi: no bundled study",
            "Did you mean `andrews-farboodi`?",
            "ending in `.toml`",
        ],
    );
    refused(
        &[],
        &["draw", "bjorkgren", "--index", "0"],
        &["Did you mean `bjorkegren`?"],
    );
    // A study file whose ending was left out.
    refused(
        &[],
        &["run", "study"],
        &["study study", "Did you mean `study.toml`?"],
    );
}

#[test]
fn unknown_keys_and_names() {
    study(
        &[("draws = 100", "drawz = 100")],
        &[
            "study.toml, line 13, key run.drawz",
            "unknown key `drawz`",
            "Did you mean `draws`?",
        ],
    );
    study(
        &[("[run]", "[runs]")],
        &[
            "study.toml, line 12, key runs",
            "unknown key `runs`",
            "Did you mean `run`?",
        ],
    );
    study(
        &[("mean-change", "mean-chang")],
        &[
            "study.toml, line 9, key test.statistic: unknown statistic `mean-chang`",
            "Did you mean `mean-change`?",
        ],
    );
    study(
        &[("window = [-1, 1]", "window = [-1, 1]\nnull = \"uniformly\"")],
        &[
            "line 11, key test.null",
            "unknown value `uniformly`",
            "Did you mean `uniform`?",
        ],
    );
    study(
        &[("series", "transform = \"log\"\nseries")],
        &[
            "line 3, key data.transform",
            "unknown value `log`",
            "Did you mean `log-change`?",
        ],
    );
}

#[test]
fn values_of_the_wrong_kind() {
    for (from, to, parts) in [
        (
            "window = [-1, 1]",
            "",
            ["key `window` is missing", "such as [-15, 15]"],
        ),
        (
            "[-1, 1]",
            "[1]",
            ["a window has two days, not 1", "such as [-15, 15]"],
        ),
        (
            "[-1, 1]",
            "[1, -1]",
            ["key test.window", "Give the earlier day first"],
        ),
        (
            "draws = 100",
            "draws = -5",
            ["line 13, key run.draws", "a whole number"],
        ),
        (
            "draws = 100",
            "draws = 1e3",
            ["line 13, key run.draws", "a whole number"],
        ),
        ("[run]", "[run", ["study.toml, line 12", "Correct the TOML"]),
        (
            "\"oil\"",
            "\"oil\", \"oil\"",
            ["key data.series", "named twice"],
        ),
        (
            "\"oil\"]",
            "\"oil\"]\nquantum = -0.1",
            ["key data.quantum", "Give the step"],
        ),
        (
            "[data]",
            "data = 5\n[datum]",
            ["line 1, key data", "written as [data]"],
        ),
        (
            "[-1, 1]",
            "[-1, 1]\ndays = [2]",
            ["key test.days", "outside the window"],
        ),
        (
            "[-1, 1]",
            "[-1, 2147483648]",
            ["line 10, key test.window", "such as [-15, 15]"],
        ),
        (
            "[run]",
            "[sample]\nfrom = \"soon\"\n[run]",
            ["key sample.from", "`soon` is not a date"],
        ),
    ] {
        study(&[(from, to)], &parts);
    }
}

#[test]
fn names_with_control_characters_and_keys_given_twice() {
    study(
        &[("[data]", "name = \"a\\nb\"\n[data]")],
        &["study.toml, line 1, key name", "Write it on one line"],
    );
    study(
        &[("[run]", "[run]\n\"se\\ned\" = 1")],
        &["line 13, key run.se\\ned", "unknown key `se\\ned`"],
    );
    study(
        &[(
            "window",
            "convention = \"lower\"\ntwo_sided = \"upper\"\nwindow",
        )],
        &[
            "key test",
            "`convention` is given twice",
            "Keep one of the two",
        ],
    );
}

#[test]
fn changes_that_do_not_exist_or_do_not_fit() {
    for (transform, cell) in [
        ("log-change", "-11.2"),
        ("log-change", "0"),
        ("percent-change", "0"),
    ] {
        refused(
            &[
                ("prices.csv", &edit(PRICES, &[("11.2", cell)])),
                (
                    "study.toml",
                    &edit(
                        STUDY,
                        &[(
                            "\"oil\"]",
                            &format!("\"oil\"]\ntransform = \"{transform}\""),
                        )],
                    ),
                ),
            ],
            &RUN,
            &[
                "series `oil`, 2024-01-05",
                &format!("the value {cell} has no"),
                transform,
                "transform = \"level-change\"",
            ],
        );
    }
    study(
        &[("\"oil\"]", "\"oil\"]\nquantum = 1e-10")],
        &[
            "series `oil`",
            "steps of the stated quantum",
            "state a coarser [data] quantum",
        ],
    );
}

#[test]
fn output_that_cannot_be_written() {
    for out in ["nowhere/rows.json", "."] {
        flags(
            &["--device", "cpu", "--out", out],
            &[
                &format!("--out {out}"),
                "name a file in a folder that exists",
            ],
        );
    }
    refused(
        &[],
        &[
            "draw",
            "study.toml",
            "--index",
            "0",
            "--out",
            "nowhere/draw.json",
        ],
        &["--out nowhere/draw.json: its folder does not exist"],
    );
}

#[test]
fn tallies_that_do_not_fit_together() {
    let folder = Folder::with(&[("cut.tally", "{\"format\":\"placebo-tally\"")]);
    for (range, seed, file) in [
        ("0..40", "1", "a"),
        ("40..100", "1", "b"),
        ("40..100", "2", "c"),
    ] {
        let counted = folder.placebo(&[
            "run",
            "study.toml",
            "--device",
            "cpu",
            "--range",
            range,
            "--seed",
            seed,
            "--tally",
            file,
        ]);
        assert_eq!(counted.status.code(), Some(0));
        assert!(counted.stdout.is_empty());
    }
    for (args, parts) in [
        (
            &["a", "a"][..],
            [
                "a: draws 0..40 are counted already in a",
                "merge each range once",
            ],
        ),
        (
            &["a"],
            ["no file has the draws 40..100", "run --range 40..100"],
        ),
        (
            &["a", "c"],
            ["c: it answers another question than a", "same seed"],
        ),
        (
            &["prices.csv"],
            ["prices.csv: this is no tally file", "placebo run --tally"],
        ),
        (
            &["cut.tally"],
            ["cut.tally: this is no tally file", "placebo run --tally"],
        ),
        (&["a", "bb"], ["bb: there is no such file", "bb"]),
    ] {
        let output = folder.placebo(&[&["merge"], args].concat());
        let message = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(output.stdout.is_empty());
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
    flags(
        &["--range", "5..5", "--tally", "t"],
        &["'5..5'", "--range", "the range is empty"],
    );
    flags(&["--range", "0..5"], &["--tally <FILE>"]);
    flags(
        &["--range", "50..200", "--tally", "t"],
        &[
            "--range 50..200: the study has 100 draws a test",
            "more --draws",
        ],
    );
    flags(
        &["--tally", "nowhere/t"],
        &[
            "--tally nowhere/t: its folder does not exist",
            "name a file",
        ],
    );
}

#[test]
fn keys_of_null_designs() {
    let window = "window = [-1, 1]";
    let with = |keys: &str| format!("{window}\n{keys}");
    for (keys, parts) in [
        (
            "null = \"label\"",
            &[
                "key test.null: unknown value `label`",
                "Did you mean `labels`?",
            ][..],
        ),
        (
            "null = \"labels\"",
            &[
                "[[test]] 1, null: `labels` deals",
                "there is one group",
                "[events] group",
            ],
        ),
        (
            "null = \"labels\"\npool = \"list\"\ndates = { file = \"events.csv\" }",
            &[
                "key test.pool: `labels` draws no dates from a list",
                "\"full-window\"",
            ],
        ),
        (
            "same_day = \"apart\"",
            &[
                "key test.same_day: `uniform` deals no labels",
                "null = \"labels\"",
            ],
        ),
        (
            "null = \"labels\"\nsame_day = \"unique\"",
            &["unknown value `unique`", "Known here: `apart`, `together`"],
        ),
        (
            "pool = \"all\"\nedge = \"cut\"",
            &[
                "key test.edge: only windows of rotations",
                "null = \"circular-shift\"",
            ],
        ),
        (
            "null = \"circular-shift\"\nedge = \"cut\"",
            &[
                "key test.edge: only windows of rotations over all dates",
                "pool = \"all\"",
            ],
        ),
        (
            "null = \"circular-shift\"\npool = \"all\"",
            &["`mean-change` cannot continue a window", "edge = \"cut\""],
        ),
        (
            "null = \"circular-shift\"\npool = \"all\"\nedge = \"wrap\"",
            &[
                "key test.edge: `mean-change` cannot continue",
                "edge = \"cut\"",
            ],
        ),
        (
            "null = \"circular-shift\"\nedg = \"cut\"",
            &["key test.edg: unknown key `edg`", "Did you mean `edge`?"],
        ),
    ] {
        study(&[(window, &with(keys))], parts);
    }

    // Two kinds of events on one day, and a day too many.
    let labels = edit(
        STUDY,
        &[
            (window, &with("null = \"labels\"\nsame_day = \"together\"")),
            (
                "file = \"events.csv\"",
                "file = \"events.csv\"\ngroup = \"kind\"\nsame_day = \"count\"",
            ),
        ],
    );
    let refuse = |events: &str, parts: &[&str]| {
        refused(
            &[("study.toml", &labels), ("events.csv", events)],
            &RUN,
            parts,
        );
    };
    refuse(
        "date,kind\n2024-01-03,meeting\n2024-01-06,speech\n2024-01-06,meeting\n",
        &[
            "[[test]] 1, same_day: events of the groups `speech` (2024-01-06) and `meeting` (2024-01-06) cannot keep one label",
            "same_day = \"apart\"",
        ],
    );
    for (keys, parts) in [
        ("null = \"spaced\"", ["`spaced`", "needs the key `min_gap`"]),
        ("null = \"spaced\"\nmin_gap = 0", ["min_gap", "drawn twice"]),
        (
            "null = \"spaced\"\nmin_gap = 9",
            ["min_gap", "at most 1 of the 8 eligible dates"],
        ),
        ("null = \"list\"", ["needs the key `sets`", "sets.csv"]),
        ("min_gap = 3", ["min_gap", "`uniform` keeps no least gap"]),
        (
            "within = { column = \"kind\" }",
            ["within", "says nothing of other dates"],
        ),
        ("within = \"decade\"", ["within", "quarter"]),
        (
            "null = \"signs\"\nwithin = \"year\"",
            ["within", "`signs` knows no strata"],
        ),
        (
            "null = \"gap-shuffle\"\navoid_events = 1",
            ["avoid_events", "gap-shuffle"],
        ),
        (
            "avoid_events = 20",
            ["avoid_events", "no eligible date is left"],
        ),
        (
            "cluster = \"day\"",
            ["cluster", "`uniform` knows no clusters"],
        ),
        ("starts = [1]", ["starts", "no later start"]),
    ] {
        let study = edit(STUDY, &[(window, &with(keys))]);
        refused(&[("study.toml", &study)], &RUN, &parts);
    }

    let rotated = edit(STUDY, &[(window, &with("null = \"circular-shift\""))]);
    refused(
        &[("study.toml", &rotated)],
        &["draw", "study.toml", "--index", "8"],
        &[
            "--index 8: [[test]] 1 makes each of its 8 sets once",
            "from 0 to 7",
        ],
    );
    refused(
        &[],
        &[
            "run",
            "--data",
            "prices.csv",
            "--events",
            "events.csv",
            "--window=-1..1",
            "--null",
            "circular",
        ],
        &["--null", "circular", "circular-shift"],
    );
}

#[test]
fn keys_of_the_overlap_regression() {
    let window = "window = [-1, 1]";
    let with = |keys: &str| format!("{window}\n{keys}");
    for (keys, parts) in [
        (
            "spans = [[0, 1]]",
            &[
                "key test.spans: only effects of the overlap regression are averaged over spans",
                "Leave `spans` out, or ask for the statistic \"overlap-regression\".",
            ][..],
        ),
        (
            "hac = { lags = 3 }",
            &[
                "key test.hac: only the overlap regression has HAC standard errors",
                "Leave `hac` out, or ask for the statistic \"overlap-regression\".",
            ],
        ),
        (
            "groups = [\"open\"]",
            &[
                "study, [[test]] 1, groups: no event is of group `open`",
                "the groups are `all`",
            ],
        ),
        (
            "groups = [\"all\", \"all\"]",
            &[
                "key test.groups: the group `all` is named twice",
                "Name it once.",
            ],
        ),
    ] {
        study(&[(window, &with(keys))], parts);
    }

    let effects = ("mean-change", "overlap-regression");
    let measure = ("measure = \"endpoints\"\n", "\n");
    // Changes exist from the second row on.
    let sample = ("[run]", "[sample]\nfrom = 2024-01-02\n\n[run]");
    for (keys, parts) in [
        (
            "window = [-1, 1]\nspans = [[0, 2]]",
            &[
                "line 11, key test.spans: the span [0, 2] is not inside the window [-1, 1]",
                "Give the earlier day first, both within the window.",
            ][..],
        ),
        (
            "window = [-1, 1]\nspans = [[1, 0]]",
            &["key test.spans: the span [1, 0] is not inside the window"],
        ),
        (
            "window = [-1, 1]\nspans = [[0, 1], [0, 1]]",
            &[
                "key test.spans: the span [0, 1] is named twice",
                "Name it once.",
            ],
        ),
        (
            "window = [-1, 1]\nspans = [[0]]",
            &["line 11, key test.spans", "such as [[0, 5], [0, 15]]"],
        ),
        (
            "window = [-1, 1]\nhac = { lag = 3 }",
            &["unknown key `lag`", "Did you mean `lags`?"],
        ),
        (
            "window = [-1, 1]\nhac = { lags = -3 }",
            &["key test.hac.lags", "a whole number, not negative"],
        ),
        (
            "window = [-1, 1]\nhac = { lags = 9 }",
            &[
                "study, [[test]] 1, hac.lags: 9 lags, but the sample has 9 rows",
                "ask for fewer lags",
            ],
        ),
        (
            "window = [-61, 1]",
            &[
                "line 10, key test.window: the overlap regression takes windows of at most 60 days to either side",
                "Shorten the window.",
            ],
        ),
        (
            "window = [-1, 1]\nspans = [[0, 1]]\n[[test]]\nstatistic = \"overlap-regression\"\n\
             window = [-1, 1]\ndays = [0]\nspans = [[0, 1]]",
            &["it repeats a statistic, window and day of [[test]] number 1"],
        ),
    ] {
        study(&[effects, measure, sample, (window, keys)], parts);
    }

    // Two kinds of events, with these dates and this window.
    let grouped = |window: &str, kinds: &[(&str, &str)], parts: &[&str]| {
        let study = edit(
            STUDY,
            &[
                effects,
                measure,
                sample,
                (
                    "window = [-1, 1]",
                    &format!("window = {window}\nnull = \"labels\""),
                ),
                ("\"events.csv\"", "\"events.csv\"\ngroup = \"kind\""),
            ],
        );
        let rows: String = kinds
            .iter()
            .map(|(day, kind)| format!("2024-01-{day},{kind}\n"))
            .collect();
        let events = format!("date,kind\n{rows}");
        refused(
            &[("study.toml", &study), ("events.csv", &events)],
            &RUN,
            parts,
        );
    };
    grouped(
        "[-2, 2]",
        &[("04", "meeting"), ("07", "speech")],
        &[
            "[[test]] 1, window: 11 coefficients (2 group(s), 5 relative days and a constant), but the sample has 9 rows",
            "shorten the window or widen the [sample]",
        ],
    );
    grouped(
        "[-1, 1]",
        &[("05", "meeting"), ("05", "speech")],
        &[
            "[[test]] 1, window: the regression of the events is singular",
            "leave groups with few or simultaneous events out",
        ],
    );
    grouped(
        "[0, 1]",
        &[
            ("02", "a"),
            ("03", "b"),
            ("05", "c"),
            ("07", "d"),
            ("08", "e"),
        ],
        &[
            "[[test]] 1, groups: 5 groups; the overlap regression takes at most 4",
            "name some of them in `groups`",
        ],
    );
    grouped(
        "[-1, 1]",
        &[("03", "constant"), ("06", "speech")],
        &[
            "events.csv: a group is named `constant`",
            "rename the group",
        ],
    );
}

#[test]
fn arguments_that_are_no_numbers() {
    for (flag, value) in [
        ("--draws", "many"),
        ("--draws", "18446744073709551616"),
        ("--seed", "-1"),
        ("--threads", "0"),
        ("--chunk", "0"),
        ("--format", "xml"),
        ("--convention", "two-tailed"),
    ] {
        flags(&[&format!("{flag}={value}")], &[flag, value]);
    }
    refused(&[], &["draw", "study.toml"], &["--index"]);
    refused(
        &[],
        &["studies", "--export", "prices.csv"],
        &["--export prices.csv: this is a file", "name a folder"],
    );
    refused(&[], &["rum"], &["'rum'", "'run'"]);
}

#[test]
fn keys_of_families() {
    let family = |keys: &str, parts: &[&str]| {
        let keys = format!(
            "series = [\"oil\", \"gas\"]\n\n[events]\nfile = \"events.csv\"\ngroup = \"kind\"\n\n\
             [[test]]\ndays = [0, 1]\nfamily = {keys}\n"
        );
        let base = "series = [\"oil\"]\n\n[events]\nfile = \"events.csv\"\n\n[[test]]\n";
        study(&[(base, &keys)], parts);
    };
    family(
        "{ group = [\"speech\"] }",
        &["key test.family", "unknown key `group`", "`groups`"],
    );
    family(
        "{ groups = [\"speach\"] }",
        &[
            "study, [[test]] 1, family.groups",
            "no row of the test has `speach`",
            "Did you mean `speech`?",
            "`meeting`, `speech`, `all`, `meeting - speech`",
        ],
    );
    family(
        "{ statistics = [\"median-change\"] }",
        &[
            "family.statistics",
            "`median-change`",
            "The rows have `mean-change`.",
        ],
    );
    family(
        "{ series = [\"coal\"] }",
        &["family.series", "`coal`", "`oil`, `gas`"],
    );
    family("{ days = [0, 2] }", &["family.days", "`2`", "`0`, `1`"]);
    family(
        "{ days = [1, 1] }",
        &["key test.family.days", "the day `1` is named twice"],
    );
    for level in ["0", "1.0", "-0.1", "nan"] {
        family(
            &format!("{{ level = {level} }}"),
            &[
                "key test.family.level",
                "does not lie between 0 and 1",
                "0.05",
            ],
        );
    }
    family(
        "{ standardise = \"sd\" }",
        &["test.family.standardise", "`placebo`", "`none`"],
    );
    family("true", &["test.family", "{ days = [0, 5, 15] }"]);
    // Units that cannot be compared, and names that no row has together.
    let edits = [
        (
            "statistic = \"mean-change\"\nwindow = [-1, 1]\nmeasure = \"endpoints\"",
            "statistic = [\"overlap-regression\", \"overlap-regression-t\"]\nwindow = [0, 1]\n\
             FAMILY",
        ),
        (
            "series = [\"oil\"]",
            "series = [\"oil\"]\n\n[sample]\nfrom = 2024-01-02",
        ),
    ];
    let text = edit(STUDY, &edits);
    for (family, parts) in [
        (
            "family = { standardise = \"none\" }",
            &[
                "family.standardise",
                "values in units and in se cannot be compared",
                "standardise = \"placebo\"",
            ][..],
        ),
        (
            "spans = [[0, 1]]\ndays = [0]\n\
             family = { statistics = [\"overlap-regression(mean 0..1)\"], days = [0] }",
            &[
                "[[test]] 1, family",
                "together",
                "leave out one of the family's lists",
            ],
        ),
    ] {
        refused(
            &[("study.toml", &text.replace("FAMILY", family))],
            &RUN,
            parts,
        );
    }
    // Ranges of draws.
    let text = edit(
        STUDY,
        &[("window = [-1, 1]", "window = [-1, 1]\nfamily = {}")],
    );
    let range = ["--range", "0..50", "--tally", "t"];
    refused(
        &[("study.toml", &text)],
        &[&RUN[..2], &range].concat(),
        &[
            "--range",
            "a family compares its members over all draws",
            "in one piece",
        ],
    );
}
