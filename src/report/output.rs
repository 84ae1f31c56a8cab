//! A report as JSON or CSV.

use serde::Serialize;
use serde_json::Value;

use super::{Manifest, ResultRow, StudySummary};
use crate::question::Key;
use crate::question::events::EventKey;

/// Version of the result schema; it rises when a field changes its name or meaning.
pub const SCHEMA_VERSION: u32 = 5;

/// The only columns that may depend on the device, and of effects of the overlap regression only: a GPU
/// gives them from its 32-bit floats. All else of a row, its counts and p-values among it, is the same
/// wherever the draws were made.
pub const DEVICE_FLOATS: [&str; 4] = ["null_mean", "null_sd", "null_q025", "null_q975"];

/// Everything that a run says.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// One JSON object, indented, ending in a line feed.
pub fn to_json(report: &Report) -> String {
    json_text(report)
}

/// Any report as one JSON object, indented, ending in a line feed.
pub(super) fn json_text(report: &impl Serialize) -> String {
    let mut json = serde_json::to_string_pretty(report).expect("plain structs become JSON");
    json.push('\n');
    json
}

/// Rows of any report as CSV: a header and one line a row, each cell what the JSON form has under that
/// name, and the two ends of a window under `window_from` and `window_to`.
///
/// A name that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
/// Injection"); numbers stay as they are.
pub(super) fn csv_text(columns: &[&str], rows: &[impl Serialize]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).expect("memory can be written");
    for row in rows {
        let row = serde_json::to_value(row).expect("plain structs become JSON");
        let cells = columns.iter().map(|column| cell(&row, column));
        writer.write_record(cells).expect("memory can be written");
    }
    let bytes = writer.into_inner().expect("memory can be written");
    String::from_utf8(bytes).expect("fields are UTF-8")
}

fn cell(row: &Value, column: &str) -> String {
    let end = |suffix: &str, end: usize| Some(&row[column.strip_suffix(suffix)?][end]);
    let ends = || end("_from", 0).or_else(|| end("_to", 1));
    match row.get(column).or_else(ends) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => {
            let starts = text.starts_with(['=', '+', '-', '@']);
            let is_formula = NAMES.contains(&column) && starts && text.parse::<f64>().is_err();
            match is_formula {
                true => format!("'{text}"),
                false => text.clone(),
            }
        }
        // A list of names.
        Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            match names.join(", ") {
                text if text.starts_with(['=', '+', '-', '@']) => format!("'{text}"),
                text => text,
            }
        }
        Some(other) => other.to_string(),
    }
}

/// Columns whose cells hold names from outside.
const NAMES: [&str; 9] = [
    "study", "series", "group", "null", "choice", "family", "test", "outcome", "variable",
];

/// Columns of the CSV form after the study and the key: the other fields of [`ResultRow`].
const COLUMNS: [&str; 58] = [
    "observed",
    "observed_reason",
    "unit",
    "se_hac",
    "p_hac",
    "lad_low",
    "lad_high",
    "draws",
    "below",
    "equal",
    "above",
    "singular",
    "p_lower",
    "p_upper",
    "p",
    "p_reason",
    "p_least",
    "p_mc_low",
    "p_mc_high",
    "p_exact",
    "p_exact_engine",
    "p_exact_reason",
    "complete",
    "engine",
    "null_mean",
    "null_sd",
    "null_reason",
    "null_q025",
    "null_q975",
    "bin_width",
    "lag1_correlation",
    "crossings",
    "effective_draws",
    "family",
    "p_maxt",
    "p_maxt_step",
    "p_minp",
    "p_minp_step",
    "p_holm",
    "p_bh",
    "p_by",
    "sim_low",
    "sim_high",
    "interval_kind",
    "interval_level",
    "interval_low",
    "interval_high",
    "interval_set",
    "interval_path",
    "interval_reason",
    "stopping",
    "decision",
    "p_tail_fit",
    "p_tail_fit_low",
    "p_tail_fit_high",
    "tail_shape",
    "tail_goodness",
    "tail_fit_reason",
];

/// The results as CSV: a header and one line a row. The columns of the key are those of the question,
/// those of event studies where there is no row to tell.
pub fn to_csv(report: &Report) -> String {
    rows_csv(&report.results)
}

/// Rows of any question as CSV.
pub(super) fn rows_csv(results: &[ResultRow]) -> String {
    let none = || Key::from(EventKey::default());
    let first = results.first();
    let of_key = first.map_or_else(none, |row| row.key.clone()).headings();
    let columns = std::iter::once("study").chain(of_key.iter().map(String::as_str));
    let columns: Vec<&str> = columns.chain(COLUMNS).collect();
    csv_text(&columns, results)
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
                let value = match column.as_str() {
                    "window_from" => &row["window"][0],
                    "window_to" => &row["window"][1],
                    name => &row[name],
                };
                match value {
                    serde_json::Value::Null => assert_eq!(cell, "", "{column}"),
                    serde_json::Value::String(text) => assert_eq!(cell, text, "{column}"),
                    number => assert_eq!(cell, number.to_string(), "{column}"),
                }
            }
            assert_eq!(row.as_object().unwrap().len() + 1, headings.len());
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
        assert_eq!(&line[10], "-1.25");
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
