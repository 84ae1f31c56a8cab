//! Permutation tests of a table: a formula, a null design on its rows, and statistics of transformed
//! columns. Every classical test is a choice of these (Strasser and Weber 1999).

mod coefficient;
mod compile;
mod data;
mod design;
mod folds;
mod formula;
mod planting;
mod regressors;
mod scores;
mod spec;
mod words;

pub use coefficient::Method;
pub use compile::{CompiledTable, TableRows, compile};
pub(in crate::question) use data::{Data, Named, Variable, no_number};
pub use formula::{Formula, Function, Made, Term, matches};
pub use spec::{Alternative, Asks, Missing, Ranked, TableNull, TableSpec, TableStatistic, Ties};
pub use words::{Shown, TableWords};

use super::Labelled;

/// A plan of a test of a table.
pub type TablePlan = Labelled<TableWords>;
