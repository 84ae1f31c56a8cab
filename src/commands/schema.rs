//! `placebo schema`.

use crate::{Result, study};

use super::output::Out;

/// Prints the JSON Schema of study files.
pub fn schema() -> Result<()> {
    Out::default().write(&study::schema())
}
