//! From counts and exact laws to p-values, intervals and moments.

mod binomial;
mod exact;
mod expectation;
mod law;
mod pvalue;
mod sum_law;
mod summary;
#[cfg(test)]
mod testing;

pub use binomial::clopper_pearson;
pub use exact::{Tails, exact_p, median_tails};
pub use expectation::null_expectation;
pub use law::exact_law;
pub use pvalue::{Counts, MonteCarloP, convention_label, monte_carlo};
pub use sum_law::sum_tails;
pub use summary::{NullSummary, null_summary};
