//! Statistics: picked scores folded into integer numerators.
//!
//! A statistic folds each *segment* of picks (a group, or all picks pooled) into an integer per
//! score column; *contrasts* are integer combinations of those. Every numerator has a declared
//! denominator, so that no draw is ever divided by floats, and ties are ties.
//!
//! A statistic is one file here, which owns all its facts, its twin in `shaders/statistic/`, and a
//! line in the list below.

mod contrast;
pub(crate) mod facts;
mod fold;
mod fraction;
#[macro_use]
mod list;
mod offset;
mod ranks;
mod residues;
mod table;

/// Hands the statistics to a macro, and what stands behind its name: a line each, `file::Type`, with the
/// keys of a test that are its own.
macro_rules! statistics {
    ($macro:ident $($more:tt)*) => {
        $macro! {
            [
                mean::Mean {}
                mean_ratio::MeanRatio {}
                median::Median {}
                regression::Regression {}
                max_change::MaxChange {}
                trimmed_mean_change::TrimmedMeanChange { trim: f64 }
                product::Product {}
                squares::Squares {}
                variances::Variances {}
                distribution::Distribution {}
                concordance::Concordance {}
                correlation::Correlation {}
                coefficient::Coefficient {}
            ]
            $($more)*
        }
    };
}

statistics!(list);

pub(crate) use {statistics, with_keys};

pub use coefficient::{Dealt, Model as CoefficientModel, NoFit, StandardError};
pub use contrast::Contrast;
pub use facts::{
    Arithmetic, Basis, Key, Looked, Of, OwnKey, Refusal, Shape, Source, StatisticName, Words, Work,
};
pub use fold::Fold;
pub use offset::Offset;
pub use regression::{
    Column, Edge, Effect, Estimate, FARTHEST_DAY, Fit, Grid, Hac, MAX_GROUPS, Model,
};
pub(crate) use regression::{DROPPED_BITS, OnDevice};
pub use table::{LANES, ScoreTable};
pub use variances::Comparison;
