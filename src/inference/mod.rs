//! From counts and exact laws to p-values, intervals and moments.

mod adaptive;
mod adjust;
mod bars;
mod binomial;
pub mod bootstrap;
mod centre;
mod column;
mod confidence_set;
mod exact;
mod family;
mod far_tail;
mod intervals;
mod lad;
mod law;
mod neighbours;
mod normal;
mod observed_fit;
mod own;
mod path_band;
mod path_law;
mod pvalue;
mod rows;
mod sequential;
mod sum_law;
mod summary;
mod tail_fit;
#[cfg(test)]
mod testing;

pub(crate) use adaptive::Follower;
pub use adaptive::{Side, Stopped, StoppedP, StoppedTail, Watcher};
pub use adjust::{benjamini_hochberg, benjamini_yekutieli, holm};
pub(crate) use bars::{BARS, bars};
pub use binomial::clopper_pearson;
pub use centre::centred_on;
pub(crate) use column::{Cell, key_column, tidy};
pub use column::{Kind, ResultColumn, Tidy};
pub use exact::{Tails, median_tails};
pub use family::{AdjustedP, adjusted_p, standardiser};
pub use far_tail::{FarTail, far_tails};
pub use intervals::{EffectSet, effect_sets};
pub use lad::{Lad, LadError, LadRange, lad};
pub use law::{Laws, NOT_ASKED, exact_ceilings};
pub use neighbours::{Neighbours, neighbours};
pub(crate) use normal::normal_quantile;
pub use observed_fit::{Constant, HacTest, ObservedFit, observed_fit, unit_of_scores};
pub(crate) use own::Compared;
pub use own::{Compute, Own, SetWords, Sets};
pub use path_band::{PathBand, path_bands, pointwise};
pub use pvalue::{CountedP, Counts, convention_label, counted_p, counts_of, least_p, why_no_p};
pub use rows::{
    COUNTED_AT, ClusterCounts, ClusterRule, FamilyStatement, GroupSize, NullBars, NullStatement,
    PlanCounts, ResultRow, SampleSpan, Standing, SupMember, add_deviations, engine, null_statement,
    result_rows, standings,
};
pub(crate) use rows::{IN_STEPS, distinct, family_statement, row_order, written};
pub use sequential::{
    BoundaryTable, Bounds, IntervalCounts, Spending, Stop, StoppingRule, TailDraws,
};
pub use sum_law::{MOST_OPERATIONS, sum_tails};
pub use summary::{NullSummary, null_summary};
pub use tail_fit::{Pareto, TailFit};
