//! Files to a [`Panel`] of dates by series and a list of [`Events`].
//!
//! A reader of one format (`csv`, typed by `layout`; `parquet` and `ipc`, typed by
//! `columnar`) yields a `Table` of typed Arrow record batches; `panel` folds tables
//! whatever their format was. `kind` tells formats apart, `pattern` finds the files.

pub(crate) mod bundled;
mod ceiling;
mod cell;
mod columnar;
mod columns;
mod contained;
mod csv;
mod data_table;
mod date_format;
mod dates;
mod events;
mod ipc;
mod kind;
mod layout;
mod memory;
mod nearest;
mod numbers;
mod panel;
mod parquet;
mod pattern;
mod sentinel;
mod source;
mod spec;
mod table;

pub use bundled::export_bundled;
pub use columns::Columns;
pub use data_table::{ColumnKind, DataColumn, DataTable, Levels};
pub use events::{Event, Events, load_events, load_side};
pub(crate) use layout::is_yield;
pub(crate) use nearest::{did_you_mean, nearest, quoted_list};
pub use panel::{Panel, Series, load_panel};
pub(crate) use pattern::files;
pub use source::{FileHash, Source};
pub use spec::{DateFormat, EventList, FilterValue, Reading, SideFile, SideRows};
