//! `[run]`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::keys::keyed;

keyed! {
/// `[run]`: how many draws, from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunSpec {
    /// Placebo draws a test; default: 1_000_000.
    #[takes("a whole number such as 1_000_000")]
    pub draws: u64,
    /// Seed of the counter-based generator; default: 1.
    #[takes("a whole number, not negative")]
    pub seed: u64,
    /// Whether exact laws, and enumerations of all admissible sets, may answer; default: auto.
    #[takes("\"auto\" or \"never\"")]
    pub exact: Exact,
    /// The most sets that an enumeration makes, where `exact` lets it; default: 10_000_000.
    #[takes("a whole number, not negative")]
    pub enumerate: u64,
    /// Draws stop, for each tail, at so many as extreme as the observed value; excludes `until`.
    #[takes("a whole number of at least 1")]
    pub stop_at: Option<u64>,
    /// Draws stop once it is clear on which side of this level p lies; excludes `stop_at`.
    #[takes("a number between 0 and 1 such as 0.05")]
    pub until: Option<f64>,
    /// Whether a tail is fitted where few draws reach the observed value; default: false.
    #[takes("true or false")]
    pub tail_fit: bool,
    /// Whether `b/m` is reported instead of `(b+1)/(m+1)`, only to reproduce a publication; default: false.
    #[takes("true or false")]
    pub raw: bool,
}
}

/// Whether exact laws, and enumerations, may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exact {
    /// Laws where they are known, as far as the operations of all rows together reach; enumerations of as
    /// many sets as `enumerate` says.
    #[default]
    Auto,
    /// Draws alone answer, but of designs that make each of their sets anyway (rotations, lists).
    Never,
}

impl Default for RunSpec {
    fn default() -> Self {
        RunSpec {
            draws: 1_000_000,
            seed: 1,
            exact: Exact::Auto,
            enumerate: 10_000_000,
            stop_at: None,
            until: None,
            tail_fit: false,
            raw: false,
        }
    }
}

impl RunSpec {
    /// The most sets of a design that are made each once instead of drawn.
    pub fn enumerated(&self) -> u64 {
        match self.exact {
            Exact::Auto => self.enumerate,
            Exact::Never => 0,
        }
    }

    /// The rule by which the draws themselves decide their number, if there is one.
    pub fn stopping(&self) -> Option<Stopping> {
        let exceedances = self.stop_at.map(Stopping::Exceedances);
        exceedances.or(self.until.map(Stopping::Level))
    }
}

/// How draws decide when they are enough.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
pub enum Stopping {
    /// At so many draws at least as extreme as the observed value (Besag and Clifford 1991).
    Exceedances(u64),
    /// Once it is clear on which side of this level p lies (Gandy 2009).
    Level(f64),
}

impl fmt::Display for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopping::Exceedances(h) => write!(f, "besag-clifford(h = {h})"),
            Stopping::Level(level) => write!(f, "gandy({level})"),
        }
    }
}
