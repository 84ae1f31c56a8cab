//! Event studies: from panel, events and study to plans about changes around dates.

pub(crate) mod calendar;
mod changes;
mod claim;
mod compile;
mod controls;
mod effects;
mod event_groups;
pub(crate) mod event_rows;
mod family;
pub(crate) mod formula;
pub(crate) mod holes;
mod hypotheses;
mod key;
mod market;
pub(crate) mod parts;
mod placement;
mod planting;
mod pool;
mod remake;
mod rules;
mod sample;
mod scores;
mod side_files;
mod words;

pub use compile::{Compiled, TestFiles, compile};
pub use controls::residualised;
pub use effects::CONSTANT;
pub use key::{
    CONVENTION, EventKey, GROUP, MEASURE, NULL, RELATIVE_DAY, SERIES, STATISTIC, WINDOW,
};
pub use words::{Eligibility, EventWords, RemadeWords, SeriesFacts};

pub(crate) use market::against;

use super::Labelled;

/// A plan of a test of an event study.
pub type EventPlan = Labelled<EventWords>;
