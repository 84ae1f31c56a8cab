//! Which tail a p-value counts.

use serde::{Deserialize, Serialize};

/// Which p-value is reported as `p`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Convention {
    /// `min(1, 2 min(lower, upper))`, ties counted in both tails.
    #[default]
    EqualTailed,
    /// Draws at or below the observed value.
    Lower,
    /// Draws at or above the observed value.
    Upper,
    /// Draws at least as far from the null's expectation as the observed value.
    Symmetric,
}

impl Convention {
    /// The name in the study file.
    pub fn name(self) -> &'static str {
        match self {
            Convention::EqualTailed => "equal-tailed",
            Convention::Lower => "lower",
            Convention::Upper => "upper",
            Convention::Symmetric => "symmetric",
        }
    }

    /// Tails whose counts p takes together: in an enumeration of n sets p moves by so many n-ths.
    pub fn tails(self) -> u64 {
        match self {
            Convention::EqualTailed => 2,
            Convention::Lower | Convention::Upper | Convention::Symmetric => 1,
        }
    }
}
