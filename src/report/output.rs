//! The forms of a report.

use serde::{Deserialize, Serialize};

use super::answer::papers;
use super::json::json_text;
use super::paper::{to_latex, to_markdown};
use super::{Detail, Flat, Head, Manifest, Paper, ResultRow, StudySummary, to_table};
use crate::question::events::EventKey;

/// Version of the result schema; it rises when a field changes its name or meaning.
pub const SCHEMA_VERSION: u32 = 5;

/// The only columns that may depend on the device, and of effects of the overlap regression only: a GPU
/// gives them from its 32-bit floats. All else of a row, its counts and p-values among it, is the same
/// wherever the draws were made.
pub const DEVICE_FLOATS: [&str; 6] = [
    "null_mean",
    "null_sd",
    "null_q025",
    "null_q975",
    "null_edges",
    "null_counts",
];

/// Everything that a run says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The study.
    pub study: StudySummary,
    /// How the results came about.
    pub manifest: Manifest,
    /// The results.
    pub results: Vec<ResultRow>,
}

/// A report in every form.
pub trait Forms: Serialize {
    /// What its manifest begins with.
    fn head(&self) -> &Head;

    /// The same, to say by what command it was made.
    fn head_mut(&mut self) -> &mut Head;

    /// Its rows, for programs.
    fn flat(&self) -> Flat;

    /// Its tables, for print.
    fn papers(&self) -> Vec<Paper>;

    /// All of it, for the terminal: in lines of at most `width`, where one is known, with bold headings in
    /// `color`.
    fn text(&self, width: Option<u16>, color: bool, detail: Detail) -> String;

    /// One JSON object, indented, ending in a line feed.
    fn to_json(&self) -> String {
        json_text(self)
    }

    /// The rows as CSV: a header and one line a row.
    fn to_csv(&self) -> String {
        self.flat().to_csv()
    }

    /// The tables in LaTeX.
    fn to_latex(&self) -> String {
        to_latex(&self.papers(), self.head())
    }

    /// The tables in Markdown.
    fn to_markdown(&self) -> String {
        to_markdown(&self.papers(), self.head())
    }
}

impl Forms for Report {
    fn head(&self) -> &Head {
        &self.manifest.head
    }

    fn head_mut(&mut self) -> &mut Head {
        &mut self.manifest.head
    }

    fn flat(&self) -> Flat {
        Flat::new(
            &self.results,
            &EventKey::default().into(),
            self.head(),
            self,
        )
    }

    fn papers(&self) -> Vec<Paper> {
        papers(self)
    }

    fn text(&self, width: Option<u16>, color: bool, detail: Detail) -> String {
        to_table(self, width, color, detail)
    }
}

/// One JSON object, indented, ending in a line feed.
pub fn to_json(report: &Report) -> String {
    report.to_json()
}

/// The results as CSV: a header and one line a row.
pub fn to_csv(report: &Report) -> String {
    report.to_csv()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::events::{GROUP, NULL, SERIES};
    use crate::report::example::report;

    #[test]
    fn json_is_one_object_with_nulls() {
        let json = to_json(&report());
        assert!(json.ends_with("}\n"));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value.as_object().unwrap().len(), 4);
        assert_eq!(value["schema_version"], 5);
        assert_eq!(value["study"]["name"], "made-up");
        assert_eq!(value["manifest"]["nulls"][0]["group_sizes"][0]["size"], 16);
        let row = &value["results"][0];
        assert_eq!(row["window"], serde_json::json!([-15, 15]));
        assert_eq!(row["measure"], "cumulative");
        assert_eq!(row["p_exact"], 0.1492);
        assert!(row["p_exact_reason"].is_null());
        assert!(row["bin_width"].is_null());
    }

    #[test]
    fn csv_has_a_cell_for_every_field() {
        let report = report();
        let csv = to_csv(&report);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(lines.len(), report.results.len());
        let json: serde_json::Value = serde_json::from_str(&to_json(&report)).unwrap();
        for (line, row) in lines.iter().zip(json["results"].as_array().unwrap()) {
            for (column, cell) in headings.iter().zip(line) {
                let manifest = &json["manifest"];
                let value = match column.as_str() {
                    "window_from" => &row["window"][0],
                    "window_to" => &row["window"][1],
                    "seed" | "placebo_version" => &manifest[column],
                    "study_sha256" => &manifest["study"]["sha256"],
                    "data_sha256" => {
                        let file = &manifest["data"][0];
                        let [hash, name] =
                            [&file["sha256"], &file["file"]].map(|of| of.as_str().unwrap());
                        assert_eq!(cell, format!("{hash} {name}"));
                        continue;
                    }
                    name => &row[name],
                };
                match value {
                    serde_json::Value::Null => assert_eq!(cell, "", "{column}"),
                    serde_json::Value::String(text) => assert_eq!(cell, text, "{column}"),
                    number => assert_eq!(cell, number.to_string(), "{column}"),
                }
            }
            // A window has two columns, and where rows are from four.
            let own = &headings[..row.as_object().unwrap().len() + 1];
            assert_eq!(headings.len(), own.len() + 4);
        }
    }

    #[test]
    fn names_are_no_formulas_and_numbers_stay_numbers() {
        let mut report = report();
        let row = &mut report.results[0];
        let key = row.key.clone().with(SERIES, "=HYPERLINK(\"x\")");
        row.key = key.with(GROUP, "@a - -b").with(NULL, "-5");
        row.observed = Some(-1.25);
        let csv = to_csv(&report);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let line = reader.records().next().unwrap().unwrap();
        assert_eq!(&line[1], "'=HYPERLINK(\"x\")");
        assert_eq!(&line[2], "'@a - -b");
        assert_eq!(&line[4], "-5");
        assert_eq!(&line[11], "-1.25");
    }

    #[test]
    fn csv_without_results_is_its_header() {
        let mut report = report();
        report.results.clear();
        let csv = to_csv(&report);
        assert_eq!(csv.lines().count(), 1);
        assert!(
            csv.starts_with("study,series,group,statistic,null,measure,convention,window_from")
        );
    }
}
