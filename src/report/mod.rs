//! Result rows, the manifest of a run, and their forms: JSON, CSV and a terminal table.

mod bench;
mod bench_table;
mod bootstrap;
mod columns;
mod comparison;
mod coverage;
mod coverage_table;
#[cfg(test)]
mod example;
mod family_table;
mod figures;
mod grid;
mod grid_table;
mod interval_table;
mod manifest;
mod number;
mod output;
mod page;
mod power;
mod power_table;
mod preview;
mod preview_table;
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
pub use bench::{
    BenchDevice, BenchManifest, BenchReport, BenchRow, BreakEven, Ceilings, Spends, Spread,
};
pub use bench_table::bench_table;
pub use bootstrap::{
    BootstrapDraw, BootstrapManifest, BootstrapReport, BootstrapStatement, DrawnValue,
};
pub use coverage::{COVERAGE_READING, CoverageManifest, CoverageReport, CoverageRow};
pub use coverage_table::coverage_table;
pub use figures::Figures;
pub use grid::{Curve, GridManifest, GridReport, GridRow};
pub use grid_table::grid_table;
pub use manifest::{Context, Device, Head, Manifest, StudySummary};
pub use number::Decimals;
pub use output::{DEVICE_FLOATS, Report, SCHEMA_VERSION, to_csv, to_json};
pub use page::{Origin, pictures, to_html, to_index};
pub use power::{PowerManifest, PowerReport, PowerRow};
pub use power_table::power_table;
pub use preview::{Preview, SeriesPreview, TestPreview};
pub use preview_table::preview_table;
pub use table::to_table;
pub use table_power::{TablePowerManifest, TablePowerReport, TablePowerRow};
pub use table_test::{TableManifest, TableNullStatement, TableReport};
