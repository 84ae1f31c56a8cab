//! Bootstraps of a table: a statistic of its columns, and a scheme that resamples its rows.

mod columns;
mod compile;
mod spec;

pub use columns::wants;
pub use compile::{Asked, CompiledBootstrap, RowName, SchemeWords, compile};
pub use spec::{Block, BootstrapSpec, BootstrapStatistic, SchemeName, find_interval};
