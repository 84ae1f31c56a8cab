//! Files to a [`Panel`] of dates by series and a list of [`Events`].
//!
//! A reader of one format (`csv`, typed by `layout`; `parquet` and `ipc`, typed by
//! `columnar`) yields a `Table` of typed Arrow record batches; `panel` folds tables
//! whatever their format was. `kind` tells formats apart, `pattern` finds the files, `partition` reads the
//! columns in their folders' names.
//!
//! Of a text `records` makes fields, and `heading` finds the table in them; `day` and `date_format` read
//! dates, `numerals` numbers. `long` turns a row a date and series into a column a series.

mod as_text;
pub(crate) mod bundled;
mod by_file;
mod ceiling;
mod cell;
mod columnar;
mod columns;
mod contained;
mod csv;
mod data_table;
mod date_format;
mod dates;
mod day;
mod events;
mod heading;
mod ipc;
mod kind;
mod layout;
mod long;
mod market;
mod memory;
mod nearest;
mod numbers;
mod numerals;
mod packed;
mod panel;
mod parquet;
mod partition;
mod pattern;
mod prices;
mod records;
mod sentinel;
mod source;
mod spec;
mod table;
mod tenors;

pub use bundled::export_bundled;
pub use columns::Columns;
pub use data_table::{ColumnKind, DataColumn, DataTable, Levels};
pub use events::{Event, Events, load_events, load_side};
pub use market::Market;
pub(crate) use nearest::{did_you_mean, nearest, quoted_list};
pub use panel::{Panel, Series, load_panel};
pub(crate) use pattern::files;
pub use source::{FileHash, Held, Source};
pub use spec::{
    DateFormat, Decimal, Delimiter, EventList, FilterValue, Layout, Missing, Reading, SideFile,
    SideRows,
};
pub(crate) use tenors::is_yield;
