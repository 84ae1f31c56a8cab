//! Files to a [`Panel`] of dates by series and a list of [`Events`].
//!
//! A reader of one format (`csv`, typed by `layout`) yields a `Table` of typed
//! Arrow record batches; `panel` folds tables whatever their format was.

pub(crate) mod bundled;
mod cell;
mod columns;
mod csv;
mod events;
mod layout;
mod nearest;
mod panel;
mod source;
mod table;

pub use bundled::export_bundled;
pub use columns::Columns;
pub use events::{Event, Events, load_events};
pub(crate) use layout::is_yield;
pub(crate) use nearest::{did_you_mean, quoted_list};
pub use panel::{Panel, Series, load_panel};
pub use source::{FileHash, Source};
