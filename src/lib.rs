//! placebo

pub mod engine;
pub mod error;
pub mod inference;
pub mod load;
pub mod null;
pub mod plan;
pub mod report;
pub mod run;
pub mod statistic;
pub mod study;

pub use error::{Error, Result};
