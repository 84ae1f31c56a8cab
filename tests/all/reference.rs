//! The reference page of keys is that of the table of keys.

use std::path::Path;

use placebo::campaign::table_power::{TablePowerOptions, table_power};
use placebo::load::{DataColumn, DataTable};
use placebo::report::{Flat, Forms, columns_reference};
use placebo::run::{RunOptions, run};
use placebo::study::{Study, reference};
use placebo::table_test::TableTest;

/// `PLACEBO_WRITE=1 cargo test --test all reference::` writes it anew.
#[test]
fn the_page_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    if std::env::var_os("PLACEBO_WRITE").is_some() {
        std::fs::write(&page, reference()).expect("it can be written");
    }
    let there = std::fs::read_to_string(&page).expect("docs/reference.md");
    assert!(
        there == reference(),
        "docs/reference.md is not what the table of keys says: PLACEBO_WRITE=1 writes it"
    );
}

/// `docs/columns.md` defines every column that a result has.
#[test]
fn the_page_of_columns_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/columns.md");
    if std::env::var_os("PLACEBO_WRITE").is_some() {
        std::fs::write(&page, columns_reference()).expect("it can be written");
    }
    let there = std::fs::read_to_string(&page).expect("docs/columns.md");
    assert!(
        there == columns_reference(),
        "docs/columns.md is not what the lists of columns say: PLACEBO_WRITE=1 writes it"
    );
    for row in there.lines().filter(|line| line.starts_with("| `")) {
        let about = row.trim_end_matches(" |").rsplit(" | ").next();
        assert!(about.is_some_and(|about| about.len() > 8), "{row}");
    }
}

/// A key whose column the list lacks would have an empty line in every file.
#[test]
fn every_column_of_a_result_is_defined() {
    let mut study = Study::open("andrews-farboodi").expect("it is bundled");
    study.run.draws = 20;
    let options = RunOptions {
        device: "cpu".parse().expect("it is a device"),
        ..RunOptions::default()
    };
    let of_study = run(&study, &options, &mut |_, _| true).expect("it runs");
    let arms = ["a", "b", "a", "b", "a", "b"].map(Some);
    let table = DataTable::of([
        DataColumn::texts("arm", arms),
        DataColumn::numbers("y", vec![1.0, 2.0, 4.0, 3.0, 6.0, 7.0]),
    ]);
    let test = TableTest::new(table.expect("it is a table"), "y ~ arm");
    let of_table = test.run(&options, &mut |_, _| true).expect("it runs");
    let power = TablePowerOptions {
        effects: vec![0.0],
        sets: 2,
        draws: 9,
        levels: vec![0.1],
        threads: None,
    };
    let of_power = table_power(&test, &power, &mut |_, _| true).expect("it runs");
    for Flat { columns, .. } in [of_study.flat(), of_table.flat(), of_power.flat()] {
        for column in columns {
            assert!(column.about.len() > 8, "{}", column.name);
        }
    }
}
