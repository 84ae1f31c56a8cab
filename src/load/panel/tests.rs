use std::sync::Arc;

use super::*;
use crate::load::csv::tests::folder_with;
use crate::load::table::Rows;
use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use jiff::civil::date;
use proptest::prelude::*;

const TREASURY: [&str; 4] = [
    "treasury_par_yields_2022.csv",
    "treasury_par_yields_2023.csv",
    "treasury_par_yields_2024.csv",
    "treasury_par_yields_2025.csv",
];

fn spec(files: &[&str], series: &[&str]) -> Reading {
    Reading {
        files: files.iter().map(|name| name.to_string()).collect(),
        series: series.iter().map(|name| name.to_string()).collect(),
        ..Reading::default()
    }
}

fn bundled(files: &[&str], series: &[&str]) -> Panel {
    load_panel(&Source::Bundled, &spec(files, series)).unwrap()
}

fn test_data() -> Source {
    Source::Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data").into())
}

/// One file `a.csv`, all its series.
fn load(text: &str) -> Result<Panel> {
    let (_folder, source) = folder_with(&[("a.csv", text)]);
    load_panel(&source, &spec(&["a.csv"], &[]))
}

fn message(result: Result<Panel>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

fn value(panel: &Panel, series: &str, day: Date) -> Option<f64> {
    let row = panel.dates.binary_search(&day).ok()?;
    let series = panel.series.iter().find(|s| s.name == series)?;
    series.values[row]
}

fn known(panel: &Panel, series: &str) -> Vec<(Date, f64)> {
    let series = panel.series.iter().find(|s| s.name == series).unwrap();
    let pairs = panel.dates.iter().zip(&series.values);
    pairs
        .filter_map(|(&day, value)| Some((day, (*value)?)))
        .collect()
}

#[test]
fn four_treasury_years_are_one_panel() {
    let panel = bundled(&TREASURY, &["10 Yr", "30 Yr"]);
    assert_eq!(panel.dates.len(), 998);
    assert!(panel.dates.is_sorted());
    assert_eq!(known(&panel, "10 Yr").len(), 998);
    let peak = date(2023, 10, 19);
    assert_eq!(value(&panel, "10 Yr", peak), Some(4.98));
    assert_eq!(value(&panel, "30 Yr", peak), Some(5.11));
    assert_eq!(value(&panel, "10 Yr", date(2024, 9, 16)), Some(3.63));
    let names: Vec<_> = panel.series.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["10 Yr", "30 Yr"]);
    let files: Vec<_> = panel.files.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(files, TREASURY);
    assert!(panel.rules.is_empty(), "{:?}", panel.rules);
}

#[test]
fn columns_come_and_go_between_years() {
    let panel = bundled(&TREASURY, &[]);
    assert_eq!(panel.series.len(), 14);
    let new_tenor = known(&panel, "1.5 Month");
    assert_eq!(new_tenor[0].0, date(2025, 2, 18));
    assert_eq!(known(&panel, "4 Mo")[0].0, date(2022, 10, 19));
    // The days that were filled from another source lack it.
    assert_eq!(value(&panel, "1.5 Month", date(2025, 12, 30)), None);
    assert_eq!(value(&panel, "1.5 Month", date(2025, 12, 31)), Some(3.75));
}

#[test]
fn treasury_and_fred_make_one_panel() {
    let mut files = TREASURY.to_vec();
    files.push("fred_DFII10_DFII30.csv");
    let panel = bundled(&files, &["DFII10", "10 Yr"]);
    assert_eq!(panel.series[0].name, "DFII10");
    assert_eq!(known(&panel, "DFII10").len(), 998);
    assert_eq!(panel.dates.len(), 1043);
    // A holiday is a date of the FRED file, without a value anywhere.
    let holiday = date(2023, 7, 4);
    assert!(panel.dates.contains(&holiday));
    assert_eq!(value(&panel, "DFII10", holiday), None);
    assert_eq!(value(&panel, "DFII10", date(2022, 1, 3)), Some(-0.97));
}

#[test]
fn both_fred_headers_agree_with_the_treasury() {
    let treasury = bundled(&TREASURY, &["10 Yr"]);
    let mut compared = 0;
    for file in ["fred_DGS10.csv", "fred_DGS10_old_layout.csv"] {
        let fred = load_panel(&test_data(), &spec(&[file], &[])).unwrap();
        for (day, yields) in known(&treasury, "10 Yr") {
            if fred.dates.binary_search(&day).is_ok() {
                assert_eq!(value(&fred, "DGS10", day), Some(yields), "{day}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 1120);
}

#[test]
fn equal_values_of_two_files_are_a_stated_rule() {
    let files = ["fred_DGS10_old_layout.csv", "fred_DGS10.csv"];
    let panel = load_panel(&test_data(), &spec(&files, &["DGS10"])).unwrap();
    let overlap = known(&panel, "DGS10")
        .iter()
        .filter(|(day, _)| *day >= date(2024, 1, 1) && *day <= date(2024, 6, 26))
        .count();
    assert_eq!(
        panel.rules,
        [format!(
            "fred_DGS10.csv: {overlap} values of `DGS10` are in an earlier file too; they are equal and count once"
        )]
    );
}

#[test]
fn different_values_of_two_files_name_both() {
    let (_folder, source) = folder_with(&[
        ("a.csv", "date,x\n2024-01-01,1\n2024-01-02,2\n"),
        ("b.csv", "date,x\n\n2024-01-02,3\n"),
    ]);
    let text = message(load_panel(&source, &spec(&["a.csv", "b.csv"], &[])));
    assert_eq!(
        text,
        "b.csv, line 3, column x: `x` is 3 on 2024-01-02, but 2 in a.csv, line 3\n  \
         Remove one of the two values, or leave one file out of `files`."
    );
}

#[test]
fn a_missing_value_of_one_file_is_taken_from_the_other() {
    let (_folder, source) = folder_with(&[
        ("a.csv", "date,x\n2024-01-01,\n2024-01-02,2\n"),
        ("b.csv", "DATE,x\n2024-01-01,1\n2024-01-02,.\n"),
    ]);
    let panel = load_panel(&source, &spec(&["a.csv", "b.csv"], &[])).unwrap();
    assert_eq!(panel.series[0].values, [Some(1.0), Some(2.0)]);
}

#[test]
fn unknown_series_name_the_nearest() {
    let text = message(load_panel(
        &Source::Bundled,
        &spec(&TREASURY, &["10 Yr", "20Yr"]),
    ));
    assert!(
        text.starts_with("key data.series: no file has a series `20Yr`\n"),
        "{text}"
    );
    assert!(
        text.contains("Did you mean `20 Yr`? The files have `1 Mo`, "),
        "{text}"
    );
}

#[test]
fn series_that_are_not_asked_may_hold_text() {
    let (_folder, source) = folder_with(&[("a.csv", "date,x,note\n2024-01-01,1,fine\n")]);
    assert!(load_panel(&source, &spec(&["a.csv"], &["x"])).is_ok());
    let panel = load_panel(&source, &spec(&["a.csv"], &[])).unwrap();
    assert_eq!(
        panel.rules,
        ["a.csv: columns that hold no series are left out: `note`"]
    );
    let text = message(load_panel(&source, &spec(&["a.csv"], &["note"])));
    assert!(
        text.starts_with("a.csv, column note: it holds no numbers"),
        "{text}"
    );
}

#[test]
fn bad_cells_name_file_line_and_column() {
    for (text, place, remedy) in [
        (
            "date,x\n2024-01-01,1\n\n2024-01-02,abc\n",
            "a.csv, line 4, column x: `abc` is not a number",
            "plain decimal",
        ),
        (
            &format!("date,x\n2024-01-01,{}\n", "9".repeat(10_000_000)),
            "a.csv, line 2, column x: `9999999999999999999999999999999999999999...` is too large",
            "coarser unit",
        ),
        (
            "date,x\n2024-01-01,inf\n",
            "a.csv, line 2, column x: `inf` is not a finite number",
            "empty",
        ),
        (
            "date,x\n2024-01-01,\"1,234\"\n",
            "a.csv, line 2, column x: `1,234` is 1234 with a decimal point and 1.234 with a decimal comma",
            "--decimal",
        ),
        (
            "date,x\n01-32-2024,1\n",
            "a.csv, line 2, column date: `01-32-2024` is not a date of the form MM/DD/YYYY or DD/MM/YYYY",
            "01/31/2024",
        ),
        (
            "date,x\n,1\n",
            "a.csv, line 2, column date: there is no date",
            "remove the row",
        ),
    ] {
        let found = message(load(text));
        assert!(found.starts_with(place), "{found}");
        assert!(found.contains(remedy), "{found}");
    }
}

#[test]
fn years_are_rows() {
    let panel = load_panel(&test_data(), &spec(&["nile.csv"], &[])).unwrap();
    assert_eq!(panel.dates.len(), 100);
    assert_eq!(value(&panel, "flow", date(1871, 12, 31)), Some(1120.0));
    assert_eq!(
        panel.rules,
        [
            "nile.csv: each date is a year and stands as its last day: `1871` in line 2 is 1871-12-31; windows count years"
        ]
    );
}

#[test]
fn dates_must_run_one_way_without_repeats() {
    for (text, expected) in [
        (
            "date,x\n2024-01-02,1\n2024-01-03,1\n2024-01-01,2\n",
            "a.csv, line 4: the date 2024-01-01 stands after 2024-01-03 (line 3), but dates must run one way, as the rows above do",
        ),
        (
            "date,x\n2024-01-03,1\n2024-01-02,1\n2024-01-04,2\n",
            "a.csv, line 4: the date 2024-01-04 stands after 2024-01-02 (line 3), but dates must run one way, as the rows above do",
        ),
        (
            "DATE,x\n2024-01-02,1\n2024-01-02,1\n",
            "a.csv, line 3: the date 2024-01-02 is on line 2 already",
        ),
        (
            "Date,10 Yr\n01/16/2024,1\n01/16/2024,1\n",
            "a.csv, line 3: the date 2024-01-16 is on line 2 already",
        ),
    ] {
        let found = message(load(text));
        assert!(found.starts_with(expected), "{found}");
        assert!(found.contains("\n  "), "{found}");
    }
}

#[test]
fn files_without_data_are_refused() {
    assert!(message(load("date,x\n")).contains("a.csv: there is a header but no row of data"));
    assert!(message(load("date\n2024-01-01\n")).contains("no series"));
    assert!(message(load("")).contains("a.csv: the file is empty"));
    let text = message(load_panel(&Source::Bundled, &spec(&[], &[])));
    assert!(
        text.starts_with("key data.files: the list is empty"),
        "{text}"
    );
}

#[test]
fn each_layout_reads_its_missing_values() {
    for text in [
        "Date,1 Mo,10 Yr\n01/17/2024,,1\n01/16/2024,N/A,2\n",
        "observation_date,1 Mo,10 Yr\n2024-01-02,.,2\n2024-01-03,,1\n",
        "when,1 Mo,10 Yr\n2024-01-02,NA,2\n2024-01-03,,1\n",
    ] {
        let panel = load(text).unwrap();
        assert_eq!(panel.series[0].values, [None, None]);
        assert_eq!(panel.series[1].values, [Some(2.0), Some(1.0)]);
    }
}

/// Batches as a reader of another format would hand them over.
fn table(days: &[&[i32]]) -> Table {
    let fields = vec![
        Field::new("day", DataType::Date32, false),
        Field::new("x", DataType::Float64, true),
    ];
    let schema = Arc::new(Schema::new(fields));
    let batch = |days: &&[i32]| {
        let values: Vec<f64> = days.iter().map(|&day| f64::from(day)).collect();
        let columns: [ArrayRef; 2] = [
            Arc::new(Date32Array::from(days.to_vec())),
            Arc::new(Float64Array::from(values)),
        ];
        RecordBatch::try_new(schema.clone(), columns.to_vec()).unwrap()
    };
    Table {
        file: FileHash::of("a.parquet", b""),
        names: vec!["x".to_owned()],
        batches: days.iter().map(batch).collect(),
        rows: Rows::Numbered,
        usual: vec!["x".to_owned()],
        rules: Vec::new(),
    }
}

#[test]
fn several_batches_fold_like_one() {
    let panel = fold(vec![table(&[&[0, 1], &[], &[365]])], &Reading::default()).unwrap();
    assert_eq!(
        panel.dates,
        [date(1970, 1, 1), date(1970, 1, 2), date(1971, 1, 1)]
    );
    assert_eq!(panel.series[0].values, [Some(0.0), Some(1.0), Some(365.0)]);
}

#[test]
fn typed_days_are_checked_too() {
    let text = message(fold(vec![table(&[&[0, 1], &[1]])], &Reading::default()));
    assert!(
        text.starts_with("a.parquet, row 3: the date 1970-01-02 is on row 2 already"),
        "{text}"
    );
    let text = message(fold(vec![table(&[&[0, i32::MAX]])], &Reading::default()));
    assert!(
        text.starts_with("a.parquet: day 2147483647 since 1970 is no date"),
        "{text}"
    );
}

/// A real file with some bytes replaced.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let (_, text) = crate::load::bundled::FILES[2];
    let changes = proptest::collection::vec((0..2000usize, any::<u8>()), 1..6);
    changes.prop_map(move |changes| {
        let mut bytes = text[..2000].to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(bytes in prop_oneof![
        mutated(),
        proptest::collection::vec(any::<u8>(), 0..200),
        "(Date|DATE|date),(x|1 Mo)\n([0-9,./\"\n-]{0,14}\n){0,4}".prop_map(String::into_bytes),
    ]) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), bytes).unwrap();
        let source = Source::Folder(folder.path().to_owned());
        if let Ok(panel) = load_panel(&source, &spec(&["a.csv"], &[])) {
            prop_assert!(panel.dates.windows(2).all(|pair| pair[0] < pair[1]));
            for series in &panel.series {
                prop_assert_eq!(series.values.len(), panel.dates.len());
                prop_assert!(series.values.iter().flatten().all(|value| value.is_finite()));
            }
        }
    }
}
