//! Bootstraps of a table: a statistic of its columns, and a scheme that resamples its rows.

mod arrange;
mod checks;
mod columns;
mod compile;
mod scheme;
mod spec;
mod wild;

pub use columns::wants;
pub use compile::{Asked, CompiledBootstrap, RowName, compile};
pub use scheme::SchemeWords;
pub use spec::{Block, BootstrapSpec, BootstrapStatistic, SchemeName, find_interval};
pub use wild::{AskedWild, WildQuestion, find_weights};
