//! Files to a [`Panel`] of dates by series and a list of [`Events`].

mod events;
mod panel;
mod source;

pub use events::{Event, Events};
pub use panel::{Panel, Series};
pub use source::{FileHash, Source};
