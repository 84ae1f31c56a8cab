//! Intervals of a bootstrap law, by their names.

use serde::{Deserialize, Serialize};

/// How an interval is made of a bootstrap law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntervalKind {
    /// The law's own quantiles (Efron 1979).
    Percentile,
    /// Quantiles mirrored at the observed value (Davison and Hinkley 1997, 5.6).
    Basic,
    /// The normal law with the bootstrap's bias and standard error (the same, 5.5).
    Normal,
    /// Percentiles corrected for bias (Efron 1981).
    Bc,
    /// Corrected for bias and for how the standard error changes (Efron 1987).
    Bca,
    /// Quantiles of replicates over their own standard errors (Efron 1982; Hall 1988).
    PercentileT,
    /// The values of a coefficient that its test does not reject.
    Inversion,
}

impl IntervalKind {
    /// All of them.
    pub const ALL: [IntervalKind; 7] = [
        IntervalKind::Percentile,
        IntervalKind::Basic,
        IntervalKind::Normal,
        IntervalKind::Bc,
        IntervalKind::Bca,
        IntervalKind::PercentileT,
        IntervalKind::Inversion,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            IntervalKind::Percentile => "percentile",
            IntervalKind::Basic => "basic",
            IntervalKind::Normal => "normal",
            IntervalKind::Bc => "bc",
            IntervalKind::Bca => "bca",
            IntervalKind::PercentileT => "percentile-t",
            IntervalKind::Inversion => "inversion",
        }
    }

    /// Whether it is made of the law of replicates; else of tests.
    pub fn is_of_a_law(self) -> bool {
        self != IntervalKind::Inversion
    }
}
