//! Which hypotheses have an exact null law.

use super::exact::{Tails, median_tails};
use super::pvalue::equal_tailed;
use crate::null::NullDesign;
use crate::plan::{Mirror, Plan};
use crate::statistic::Statistic;
use crate::study::Convention;

/// The p-value of a hypothesis under its exact null law, by the plan's convention. The law holds
/// the observed set already, so nothing is added.
///
/// # Errors
///
/// Why there is none, as a clause for the report.
pub fn exact_p(plan: &Plan, hypothesis: usize) -> Result<f64, String> {
    let at = &plan.hypotheses[hypothesis];
    let tails = exact_law(plan, hypothesis, at.observed)?;
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
                    tails.upper + exact_law(plan, hypothesis, image)?.lower
                }
                Some(Mirror::AtOrAbove(image)) => {
                    tails.lower + exact_law(plan, hypothesis, image)?.upper
                }
            }
        }
    })
}

/// The tails of a hypothesis' exact null law at a numerator.
///
/// # Errors
///
/// Why there is none, as a clause for the report.
pub fn exact_law(plan: &Plan, hypothesis: usize, numerator: i64) -> Result<Tails, String> {
    let NullDesign::Uniform(_) = &plan.design;
    let Some((fold, contrast, column)) = plan.origin(hypothesis) else {
        return Err("there is no such hypothesis".into());
    };
    // A group's positions, or all groups' together, are themselves a uniform draw.
    let &[(segment, _)] = contrast.terms.as_slice() else {
        return Err(match fold.statistic() {
            Statistic::Mean(_) => "the law of a mean is not computed",
            Statistic::Median(_) => "a difference of two medians has no closed form",
        }
        .into());
    };
    match fold.statistic() {
        Statistic::Mean(_) => Err("the law of a mean is not computed".into()),
        Statistic::Median(median) => {
            let levels = &median.levels()[column];
            let scores: Vec<i32> = (0..plan.design.positions())
                .map(|position| levels[median.ranks().get(position, column) as usize])
                .collect();
            let picks = fold.segments()[segment].len;
            Ok(median_tails(&scores, picks, numerator))
        }
    }
}
