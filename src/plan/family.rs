//! Which hypotheses of a plan are one family.

use serde::{Deserialize, Serialize};

/// What makes the values of a family's members comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standardise {
    /// Distances from each member's null mean, in its null standard deviations.
    #[default]
    Placebo,
    /// Nothing: distances from zero in the members' common unit.
    None,
}

/// Hypotheses whose p-values are adjusted for each other. It is fixed before the first draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Indices of the plan's hypotheses, ascending.
    pub members: Vec<usize>,
    /// What makes their values comparable.
    pub standardise: Standardise,
    /// The probability that any simultaneous band misses its member under the null.
    pub level: f64,
}

impl Family {
    /// The most members whose null laws are kept, which minP needs.
    pub const MOST_RANKED: usize = 2048;

    /// Whether minP is counted.
    pub fn is_ranked(&self) -> bool {
        self.members.len() <= Self::MOST_RANKED
    }
}
