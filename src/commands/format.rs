//! Forms of a report.

use clap::{Args, ValueEnum};
use placebo::report::{Report, to_csv, to_json, to_table};

use super::output::Out;

/// How results are written.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Form {
    /// Form of the results
    #[arg(long, default_value = "table")]
    format: Format,
    /// In the table, the law of every statistic under each null design too
    #[arg(long)]
    details: bool,
}

/// Form of the results.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
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

impl Form {
    /// The report in this form.
    pub fn text(self, report: &Report, out: &Out) -> String {
        match self.format {
            Format::Table => to_table(report, out.width(), out.color(), self.details),
            Format::Json => to_json(report),
            Format::Csv => to_csv(report),
        }
    }
}
