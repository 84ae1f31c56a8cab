//! Statistics: picked scores folded into integer numerators.
//!
//! A statistic folds each *segment* of picks (a group, or all picks pooled) into an integer per
//! score column; *contrasts* are integer combinations of those. Every numerator has a declared
//! denominator, so that no draw is ever divided by floats, and ties are ties.
//!
//! | statistic | numerator of a segment of K picks | denominator | file | shader |
//! |---|---|---|---|---|
//! | `mean` | sum of the scores | K | `mean.rs` | `shaders/statistic/mean.wgsl` |
//! | `mean` of a varying number of picks | the nearest multiple of a step to the ratio of sum and K | a fixed one | `mean_ratio.rs` | none |
//! | `median` | the middle score, or the sum of the two middle ones; twice the one where K varies | 1, or 2 | `median.rs` | `shaders/statistic/median.wgsl` |
//! | `overlap-regression` | multiples of a step of its own | 1 | `regression/` | `shaders/statistic/regression.wgsl` |

mod contrast;
mod fold;
mod mean;
mod mean_ratio;
mod median;
mod offset;
mod regression;
mod table;

pub use contrast::Contrast;
pub use fold::{Fold, Statistic};
pub use mean::Mean;
pub use mean_ratio::MeanRatio;
pub use median::Median;
pub use offset::Offset;
pub use regression::{
    Column, Edge, Effect, Estimate, FARTHEST_DAY, Fit, Grid, Hac, MAX_GROUPS, Model, Regression,
};
pub use table::{LANES, ScoreTable};
