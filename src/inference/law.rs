//! Which hypotheses have an exact null law.

use super::exact::{Tails, median_tails};
use crate::null::NullDesign;
use crate::plan::Plan;
use crate::statistic::Statistic;

/// The exact null law of a hypothesis at its observed value.
///
/// # Errors
///
/// Why there is none, as a clause for the report.
pub fn exact_law(plan: &Plan, hypothesis: usize) -> Result<Tails, &'static str> {
    let NullDesign::Uniform(_) = &plan.design;
    let Some((fold, contrast, column)) = plan.origin(hypothesis) else {
        return Err("there is no such hypothesis");
    };
    // A group's positions, or all groups' together, are themselves a uniform draw.
    let &[(segment, _)] = contrast.terms.as_slice() else {
        return Err(match fold.statistic() {
            Statistic::Mean(_) => "the law of a mean is not computed",
            Statistic::Median(_) => "a difference of two medians has no closed form",
        });
    };
    match fold.statistic() {
        Statistic::Mean(_) => Err("the law of a mean is not computed"),
        Statistic::Median(median) => {
            let levels = &median.levels()[column];
            let scores: Vec<i32> = (0..median.ranks().positions())
                .map(|position| levels[median.ranks().get(position, column) as usize])
                .collect();
            let picks = fold.segments()[segment].len;
            Ok(median_tails(
                &scores,
                picks,
                plan.hypotheses[hypothesis].observed,
            ))
        }
    }
}
