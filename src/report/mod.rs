//! Result rows, the manifest of a run, and their forms: JSON, CSV and a terminal table.

mod assemble;
#[cfg(feature = "cli")]
mod columns;
#[cfg(feature = "cli")]
mod comparison;
mod coverage;
#[cfg(feature = "cli")]
mod coverage_table;
mod deviations;
mod distinct;
#[cfg(test)]
mod example;
mod family;
#[cfg(feature = "cli")]
mod family_table;
mod grid;
#[cfg(feature = "cli")]
mod grid_table;
mod interval;
#[cfg(feature = "cli")]
mod interval_table;
mod manifest;
#[cfg(feature = "cli")]
mod number;
mod output;
mod power;
#[cfg(feature = "cli")]
mod power_table;
mod preview;
#[cfg(feature = "cli")]
mod preview_table;
mod row;
#[cfg(feature = "cli")]
mod statement;
#[cfg(feature = "cli")]
mod table;

pub use crate::visible::visible;
pub use assemble::{PlanCounts, engine, null_statement, result_rows};
pub use coverage::{
    COVERAGE_READING, CoverageManifest, CoverageReport, CoverageRow, coverage_rows,
};
#[cfg(feature = "cli")]
pub use coverage_table::coverage_table;
pub use deviations::add_deviations;
pub(crate) use family::family_statement;
pub use family::{FamilyStatement, SupMember};
pub use grid::{Curve, GridManifest, GridReport, GridRow};
#[cfg(feature = "cli")]
pub use grid_table::grid_table;
pub use manifest::{
    ClusterCounts, ClusterRule, Context, Device, GroupSize, Manifest, NullStatement, SampleSpan,
    StudySummary,
};
#[cfg(feature = "cli")]
pub use number::Decimals;
pub use output::{DEVICE_FLOATS, Report, SCHEMA_VERSION, to_csv, to_json};
pub use power::{PowerManifest, PowerReport, PowerRow};
#[cfg(feature = "cli")]
pub use power_table::power_table;
pub use preview::{Preview, SeriesPreview, TestPreview};
#[cfg(feature = "cli")]
pub use preview_table::preview_table;
pub use row::ResultRow;
#[cfg(feature = "cli")]
pub use table::to_table;
