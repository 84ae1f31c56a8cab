//! Which hypotheses have an exact null law.

use super::exact::{Tails, median_tails};
use super::sum_law::sum_tails;
use crate::null::NullDesign;
use crate::plan::Plan;
use crate::statistic::{ScoreTable, Statistic};

/// The exact null law of a hypothesis at its observed value, by [`median_tails`] or [`sum_tails`].
///
/// # Errors
///
/// Why there is none, as a clause for the report.
pub fn exact_law(plan: &Plan, hypothesis: usize) -> Result<Tails, String> {
    let NullDesign::Uniform(_) = &plan.design;
    let Some((fold, contrast, column)) = plan.origin(hypothesis) else {
        return Err("there is no such hypothesis".to_owned());
    };
    let observed = plan.hypotheses[hypothesis].observed;
    let picks = contrast
        .terms
        .iter()
        .map(|&(segment, _)| fold.segments()[segment].len)
        .sum();
    // The positions of a group, or of several groups together, are themselves a uniform draw.
    match fold.statistic() {
        Statistic::Mean(mean) => {
            if contrast.terms.iter().any(|&(_, weight)| weight != 1) {
                return Err("the state space of a difference of two groups is too large".to_owned());
            }
            sum_tails(&scores(mean.scores(), column), picks, observed)
        }
        Statistic::Median(median) => {
            if contrast.terms.len() != 1 {
                return Err("a difference of two medians has no closed form".to_owned());
            }
            let levels = &median.levels()[column];
            let scores: Vec<i32> = scores(median.ranks(), column)
                .into_iter()
                .map(|rank| levels[rank as usize])
                .collect();
            Ok(median_tails(&scores, picks, observed))
        }
    }
}

/// A column of a table.
pub(super) fn scores(table: &ScoreTable, column: usize) -> Vec<i32> {
    (0..table.positions())
        .map(|position| table.get(position, column))
        .collect()
}

#[cfg(test)]
mod tests;
