//! What an engine is.

use std::ops::Range;

use super::Tally;
use crate::error::Result;

/// Runs draws of the one plan it was made for.
pub trait Engine {
    /// The tally of the draws `range`. Equal for every engine, thread count and way to cut ranges.
    ///
    /// # Errors
    ///
    /// A device that fails, or answers with totals that cannot be right.
    fn run(&mut self, range: Range<u64>) -> Result<Tally>;

    /// Draws after which work may be cut without loss: the size of the engine's own slices.
    fn slice(&self) -> u64;

    /// Draws so far that another engine had to make, because this one's floats could not decide them.
    fn replayed(&self) -> u64 {
        0
    }
}
