//! Result rows, the manifest of a run, and their forms: text, JSON, CSV, Parquet, Arrow, LaTeX and Markdown.

mod answer;
mod bench;
mod bench_table;
mod binary;
mod bootstrap;
mod columns;
mod comparison;
mod coverage;
mod coverage_table;
mod difference;
#[cfg(test)]
mod example;
mod family_table;
mod figures;
mod flat;
mod grid;
mod grid_table;
mod interval_table;
mod json;
mod labels;
mod manifest;
mod number;
mod output;
mod page;
mod paper;
mod plot;
mod power;
mod power_table;
mod preview;
mod preview_table;
mod reference;
mod saved;
mod statement;
mod table;
mod table_power;
mod table_test;

pub use crate::inference::bootstrap::BootstrapRow;
pub use crate::inference::{
    ClusterCounts, ClusterRule, FamilyStatement, GroupSize, NullStatement, ResultRow, SampleSpan,
    SupMember,
};
pub use crate::visible::visible;
pub use answer::{finding, multiplicity};
pub use arrow::error::ArrowError;
pub use bench::{
    BenchDevice, BenchManifest, BenchReport, BenchRow, BreakEven, Ceilings, Spends, Spread,
};
pub use bench_table::bench_table;
pub use binary::ABOUT;
pub use bootstrap::{
    BootstrapDraw, BootstrapManifest, BootstrapReport, BootstrapStatement, DrawnValue,
};
pub use coverage::{COVERAGE_READING, CoverageManifest, CoverageReport, CoverageRow};
pub use coverage_table::coverage_table;
pub use difference::{CellDiffers, ColumnDiffers, Difference, Differs};
pub use figures::Figures;
pub use flat::{Flat, origin_columns};
pub use grid::{Curve, GridManifest, GridReport, GridRow};
pub use grid_table::grid_table;
pub use labels::{Labelled, Labels};
pub use manifest::{Context, Device, Head, Made, Manifest, StudySummary, StudyText};
pub use number::{Decimals, rate};
pub use output::{DEVICE_FLOATS, Forms, Report, SCHEMA_VERSION, to_csv, to_json};
pub use page::{pictures, to_html, to_index};
pub use paper::Paper;
pub use plot::null_plots;
pub use power::{PowerManifest, PowerReport, PowerRow};
pub use power_table::power_table;
pub use preview::{Preview, SeriesPreview, TestPreview};
pub use preview_table::preview_table;
pub use reference::columns_reference;
pub use saved::Saved;
pub use table::{Detail, to_table};
pub use table_power::{TablePowerManifest, TablePowerReport, TablePowerRow};
pub use table_test::{TableManifest, TableNullStatement, TableReport};
