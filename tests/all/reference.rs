//! The reference page of keys is that of the table of keys.

use std::path::Path;

use placebo::report::columns_reference;
use placebo::study::reference;

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
