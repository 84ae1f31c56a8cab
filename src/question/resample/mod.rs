//! Bootstraps of a table: a statistic of its columns, and a scheme that resamples its rows.

mod columns;
mod compile;
mod spec;
mod wild;

pub use columns::wants;
pub use compile::{Asked, CompiledBootstrap, RowName, SchemeWords, WildQuestion, compile};
pub use spec::{Block, BootstrapSpec, BootstrapStatistic, SchemeName, find_interval};
pub use wild::{AskedWild, find_weights};
