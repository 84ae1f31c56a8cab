//! Which hypotheses have an exact null law.

use super::exact::{Tails, median_tails};
use super::pvalue::equal_tailed;
use super::sum_law::{sum_operations, sum_tails};
use crate::null::NullDesign;
use crate::plan::{Mirror, Plan};
use crate::statistic::{ScoreTable, Statistic};
use crate::study::Convention;

/// The p-value of a hypothesis under its exact null law, by the plan's convention. The law holds
/// the observed set already, so nothing is added. It may take `ceiling` operations.
///
/// # Errors
///
/// Why there is none, as a clause for the report.
pub fn exact_p(plan: &Plan, hypothesis: usize, ceiling: u64) -> Result<f64, String> {
    let at = &plan.hypotheses[hypothesis];
    let tails = exact_law(plan, hypothesis, at.observed, ceiling)?;
    Ok(match plan.facts.convention {
        Convention::Lower => tails.lower,
        Convention::Upper => tails.upper,
        Convention::EqualTailed => equal_tailed(tails.lower, tails.upper),
        Convention::Symmetric => {
            if matches!(plan.origin(hypothesis), Some((fold, ..)) if fold.is_median()) {
                return Err("the centre of a symmetric p is itself simulated".into());
            }
            match at.mirror {
                None | Some(Mirror::Centre) => 1.0,
                Some(Mirror::AtOrBelow(image)) => {
                    tails.upper + exact_law(plan, hypothesis, image, ceiling)?.lower
                }
                Some(Mirror::AtOrAbove(image)) => {
                    tails.lower + exact_law(plan, hypothesis, image, ceiling)?.upper
                }
            }
        }
    })
}

/// The tails of a hypothesis' exact null law at a numerator, by [`median_tails`] or [`sum_tails`].
///
/// # Errors
///
/// Why there is none, as a clause for the report.
pub fn exact_law(
    plan: &Plan,
    hypothesis: usize,
    numerator: i64,
    ceiling: u64,
) -> Result<Tails, String> {
    let NullDesign::Uniform(_) = &plan.design;
    let Some((fold, contrast, column)) = plan.origin(hypothesis) else {
        return Err("there is no such hypothesis".to_owned());
    };
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
            sum_tails(
                &scores(plan, mean.scores(), column),
                picks,
                numerator,
                ceiling,
            )
        }
        Statistic::Regression(_) => {
            Err("the null law of a regression's effect has no closed form".to_owned())
        }
        Statistic::Median(median) => {
            if contrast.terms.len() != 1 {
                return Err("a difference of two medians has no closed form".to_owned());
            }
            let levels = &median.levels()[column];
            let scores: Vec<i32> = scores(plan, median.ranks(), column)
                .into_iter()
                .map(|rank| levels[rank as usize])
                .collect();
            Ok(median_tails(&scores, picks, numerator))
        }
    }
}

/// Operations that a hypothesis' exact law takes, about one a nanosecond; laws of medians take
/// next to none.
pub fn law_operations(plan: &Plan, hypothesis: usize) -> u64 {
    match plan.origin(hypothesis) {
        Some((fold, contrast, column)) if contrast.terms.iter().all(|&(_, w)| w == 1) => {
            let Statistic::Mean(mean) = fold.statistic() else {
                return 0;
            };
            let segments = contrast.terms.iter();
            let picks = segments.map(|&(s, _)| fold.segments()[s].len).sum();
            let scores = scores(plan, mean.scores(), column);
            sum_operations(&scores, picks, plan.hypotheses[hypothesis].observed)
        }
        _ => 0,
    }
}

/// A column of a table, at the positions that draws pick from.
fn scores(plan: &Plan, table: &ScoreTable, column: usize) -> Vec<i32> {
    (0..plan.design.positions())
        .map(|position| table.get(position, column))
        .collect()
}

#[cfg(test)]
mod tests;
