//! What a window measures.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the change of an event over a window `[a, b]` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The sum of the daily changes of days `a` to `b`, both included: the field's `CAR[a, b]`, and what
    /// the overlap regression sums. Of levels it is `y(b) - y(a-1)`; percent changes are summed.
    #[default]
    Cumulative,
    /// From the end of day `a` to the end of day `b`, `y(b) - y(a)`: day `a`'s own change is no part of it.
    Endpoints,
}

impl Measure {
    /// The name in the study file.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Cumulative => "cumulative",
            Measure::Endpoints => "endpoints",
        }
    }

    /// Whether there is a change from day `first` to day `last`.
    pub fn spans(self, first: i32, last: i32) -> bool {
        match self {
            Measure::Cumulative => first <= last,
            Measure::Endpoints => first < last,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
