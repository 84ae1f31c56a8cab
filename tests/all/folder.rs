//! A folder of files made from strings, and the binary run inside it.

use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

/// A study of one series that runs: two events on ten consecutive days.
pub const STUDY: &str = "\
[data]
files = [\"prices.csv\"]
series = [\"oil\"]

[events]
file = \"events.csv\"

[[test]]
statistic = \"mean-change\"
window = [-1, 1]
measure = \"endpoints\"
[run]
draws = 100
enumerate = 0
";

/// Its series.
pub const PRICES: &str = "\
date,oil,gas
2024-01-01,10.0,1.5
2024-01-02,10.5,1.7
2024-01-03,10.1,1.6
2024-01-04,11.0,1.9
2024-01-05,11.2,1.2
2024-01-06,10.9,1.1
2024-01-07,10.7,1.4
2024-01-08,10.4,1.5
2024-01-09,10.6,1.8
2024-01-10,11.1,1.3
";

/// Its events.
pub const EVENTS: &str = "\
date,kind,weight
2024-01-03,meeting,1
2024-01-06,speech,2
";

/// A folder that is removed at the end of a test.
pub struct Folder(pub TempDir);

impl Folder {
    /// The study above as `study.toml`, with `files` in place of its files or beside them.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let all = [
            ("study.toml", STUDY),
            ("prices.csv", PRICES),
            ("events.csv", EVENTS),
        ];
        for (name, text) in all.iter().chain(files) {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        Folder(folder)
    }

    /// `placebo ARGS` in the folder.
    pub fn placebo(&self, args: &[&str]) -> Output {
        cargo_bin_cmd!("placebo")
            .current_dir(self.0.path())
            // The width of whoever runs the tests.
            .env_remove("COLUMNS")
            .args(args)
            .output()
            .expect("it runs")
    }
}

/// The base text with each `(from, to)` replaced; `from` must be there.
pub fn edit(base: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(base.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is not in the text");
        text.replace(from, to)
    })
}
