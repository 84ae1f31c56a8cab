//! Which hypotheses have an exact null law.

use super::exact::{Tails, median_tails};
use super::pvalue::equal_tailed;
use super::sum_law::{sum_operations, sum_tails};
use crate::null::{Design, Labels, NullDesign};
use crate::plan::{Mirror, Plan};
use crate::statistic::{Contrast, Fold, ScoreTable, Statistic};
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
    lawful(&plan.design)?;
    let Some((fold, contrast, column)) = plan.origin(hypothesis) else {
        return Err("there is no such hypothesis".to_owned());
    };
    match fold.statistic() {
        Statistic::Mean(mean) => {
            let scores = scores(plan, mean.scores(), column);
            let Some(sum) = SumOf::new(fold, contrast, &scores) else {
                return Err("the state space of a difference of two groups is too large".to_owned());
            };
            sum.tails(&scores, numerator, ceiling)
        }
        Statistic::Regression(_) => {
            Err("the null law of a regression's effect has no closed form".to_owned())
        }
        Statistic::Median(median) => {
            let [(segment, _)] = contrast.terms[..] else {
                return Err("a difference of two medians has no closed form".to_owned());
            };
            let levels = &median.levels()[column];
            let scores: Vec<i32> = scores(plan, median.ranks(), column)
                .into_iter()
                .map(|rank| levels[rank as usize])
                .collect();
            Ok(median_tails(
                &scores,
                fold.segments()[segment].len,
                numerator,
            ))
        }
    }
}

/// Operations that a hypothesis' exact law takes, about one a nanosecond; laws of medians take
/// next to none.
pub fn law_operations(plan: &Plan, hypothesis: usize) -> u64 {
    let (Ok(()), Some((fold, contrast, column))) = (lawful(&plan.design), plan.origin(hypothesis))
    else {
        return 0;
    };
    let Statistic::Mean(mean) = fold.statistic() else {
        return 0;
    };
    let scores = scores(plan, mean.scores(), column);
    SumOf::new(fold, contrast, &scores).map_or(0, |sum| {
        let (threshold, _) = sum.threshold(plan.hypotheses[hypothesis].observed);
        sum_operations(&scores, sum.picks, threshold)
    })
}

/// Whether the picks of a group, or of several groups together, are a uniform draw of distinct
/// positions, or why not.
fn lawful(design: &NullDesign) -> Result<(), String> {
    match design.design() {
        Design::Uniform(_) | Design::Labels(Labels::Whole(_)) => Ok(()),
        Design::Strata(_)
        | Design::Labels(Labels::Strata(_))
        | Design::Spaced(_)
        | Design::GapShuffle(_)
        | Design::Signs(_) => Err("the null design has no closed law".into()),
        Design::CircularShift(_) => Err("all rotations are enumerated instead".into()),
        Design::Listed(_) => Err("all listed sets are counted instead".into()),
    }
}

/// A contrast of sums as a sum of one set of positions, which is itself a uniform draw: its
/// numerator is `weight` times that sum plus `constant`.
struct SumOf {
    picks: usize,
    weight: i64,
    constant: i64,
}

impl SumOf {
    /// Of a group, of several groups together, or of the difference of two groups that share out
    /// all positions: there the first group's sum tells the second's. `None` for other differences.
    fn new(fold: &Fold, contrast: &Contrast, scores: &[i32]) -> Option<Self> {
        let len = |segment: usize| fold.segments()[segment].len;
        if contrast.terms.iter().all(|&(_, weight)| weight == 1) {
            return Some(SumOf {
                picks: contrast.terms.iter().map(|&(s, _)| len(s)).sum(),
                weight: 1,
                constant: 0,
            });
        }
        match contrast.terms[..] {
            [(a, weight), (b, other)] if weight > other && len(a) + len(b) == scores.len() => {
                let total: i64 = scores.iter().map(|&score| i64::from(score)).sum();
                Some(SumOf {
                    picks: len(a),
                    weight: weight - other,
                    constant: other * total,
                })
            }
            _ => None,
        }
    }

    /// The largest sum whose numerator is at most `numerator`, and whether it is just that.
    fn threshold(&self, numerator: i64) -> (i64, bool) {
        let above = numerator - self.constant;
        (above.div_euclid(self.weight), above % self.weight == 0)
    }

    fn tails(&self, scores: &[i32], numerator: i64, ceiling: u64) -> Result<Tails, String> {
        let (threshold, met) = self.threshold(numerator);
        let tails = sum_tails(scores, self.picks, threshold, ceiling)?;
        if met {
            return Ok(tails);
        }
        Ok(Tails {
            upper: sum_tails(scores, self.picks, threshold + 1, ceiling)?.upper,
            ..tails
        })
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
