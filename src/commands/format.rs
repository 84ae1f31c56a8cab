//! Forms of a report.

use clap::ValueEnum;
use placebo::report::{Report, to_csv, to_json, to_table};

use super::output::Out;

/// Form of the results.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One object: schema_version, study, manifest, results
    Json,
    /// One line a result
    Csv,
}

/// Form of what is no report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum View {
    /// For people
    Table,
    /// One object
    Json,
}

impl Format {
    /// The report in this form.
    pub fn text(self, report: &Report, out: &Out) -> String {
        match self {
            Format::Table => to_table(report, out.width(), out.color()),
            Format::Json => to_json(report),
            Format::Csv => to_csv(report),
        }
    }
}
