//! Forms of output.

use clap::ValueEnum;

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
