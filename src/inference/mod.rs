//! From counts and exact laws to p-values, intervals and moments.

mod binomial;
mod centre;
mod exact;
mod law;
mod pvalue;
mod summary;

pub use binomial::clopper_pearson;
pub use centre::centred_on;
pub use exact::{Tails, contrast_moments, median_tails, sum_moments};
pub use law::{exact_law, exact_p};
pub use pvalue::{Counts, MonteCarloP, convention_label, far_draws, monte_carlo};
pub use summary::{NullSummary, null_summary};
