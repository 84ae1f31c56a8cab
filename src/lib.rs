//! placebo

pub mod error;
pub mod inference;
pub mod load;
pub mod report;
pub mod study;

pub use error::{Error, Result};
