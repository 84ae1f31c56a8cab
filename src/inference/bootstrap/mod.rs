//! Bootstrap laws: exact ones, what is kept of draws, and intervals of either.

mod exact_sum;
mod intervals;
mod law;
mod linear_law;
mod order_law;
mod replicates;
mod row;
mod wild;

pub use exact_sum::ExactSum;
pub use intervals::{acceleration, ends, shares};
pub use law::{Atoms, Moments};
pub use linear_law::LinearLaw;
pub use order_law::quantile_law;
pub use replicates::{Gathered, MOST_KEPT, RankSearch, Replicates, high_rank, low_rank};
pub use row::BootstrapRow;
pub use wild::{EndSearch, WildCounts, observed_t};
