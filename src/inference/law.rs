//! Which hypotheses have an exact null law.

use rayon::prelude::*;

use super::exact::{Tails, order_tails};
use super::path_law::PathSum;
use super::pvalue::equal_tailed;
use super::sum_law::{MOST_OPERATIONS, sum_operations, sum_tails};
use crate::null::{HALF_POSITIONS, LawBasis, Paths, Segment};
use crate::plan::Convention;
use crate::plan::{Image, Plan};
use crate::statistic::{Basis, Contrast, Fold, ScoreTable};
use crate::study::Exact;

/// Operations that the exact laws of all rows of a run together may take: some seconds.
const ALL_OPERATIONS: u64 = 4 * MOST_OPERATIONS;

/// Why there is no exact law where none is asked for.
pub const NOT_ASKED: &str = "exact laws are not asked for (exact = \"never\")";

/// By plan and hypothesis whether its exact law is computed, or why not: those that take the fewest
/// operations come first, up to a number for all together.
pub fn exact_ceilings(plans: &[&Plan], exact: Exact) -> Vec<Vec<Result<(), String>>> {
    match exact {
        Exact::Auto => within(plans, ALL_OPERATIONS),
        Exact::Never => {
            let none = |plan: &&Plan| vec![Err(NOT_ASKED.to_owned()); plan.hypotheses.len()];
            plans.iter().map(none).collect()
        }
    }
}

/// The cheapest laws that together take at most `operations`.
fn within(plans: &[&Plan], operations: u64) -> Vec<Vec<Result<(), String>>> {
    let mut costs: Vec<(u64, usize, usize)> = Vec::new();
    for (number, plan) in plans.iter().enumerate() {
        if plan.design.enumeration().is_none() {
            let laws = Laws::new(plan);
            let each = (0..plan.hypotheses.len()).into_par_iter();
            let of_plan: Vec<_> = each.map(|h| (laws.operations(h), number, h)).collect();
            costs.extend(of_plan);
        }
    }
    costs.sort_unstable();
    let all = |plan: &&Plan| vec![Ok(()); plan.hypotheses.len()];
    let mut ceilings: Vec<Vec<Result<(), String>>> = plans.iter().map(all).collect();
    let mut spent = 0u64;
    // One that is too long by itself says so itself.
    for (cost, number, h) in costs.into_iter().filter(|cost| cost.0 <= MOST_OPERATIONS) {
        spent = spent.saturating_add(cost);
        if spent > operations {
            ceilings[number][h] = Err(format!(
                "its law takes {cost} operations, and those of all rows together more than \
                 {operations}; ask for fewer rows at once"
            ));
        }
    }
    ceilings
}

/// The exact null laws of a plan's hypotheses, as far as they have any.
pub struct Laws<'p> {
    plan: &'p Plan,
    law: Law,
    /// The share of an observed set that is no admissible one, counted as one more; 0 where it is one.
    added: f64,
}

/// What a design's laws rest on.
enum Law {
    /// The picks of a group, or of several groups together, are a uniform draw of distinct positions.
    Distinct,
    /// The sets are the paths of a graph.
    Paths(Paths),
    /// Why there are none.
    None(String),
}

impl<'p> Laws<'p> {
    /// The laws of a plan.
    pub fn new(plan: &'p Plan) -> Self {
        let has_law = |fold: &Fold| !matches!(fold.statistic().basis(), Basis::None(_));
        let law = match plan.design.basis() {
            LawBasis::Distinct => Law::Distinct,
            // A graph of many groups is large, and is made for those alone who go along it.
            LawBasis::Paths if !plan.folds.iter().any(has_law) => {
                Law::None("no statistic has an exact law".to_owned())
            }
            LawBasis::Paths => match plan.design.graph() {
                Ok(paths) => Law::Paths(paths),
                Err(limit) => Law::None(limit.to_string()),
            },
            LawBasis::None(reason) => Law::None(reason.to_owned()),
        };
        let added = match plan.admissible {
            true => 0.0,
            false => 1.0 / (libm::pow(10f64, plan.design.admissible_sets().0).round() + 1.0),
        };
        Laws { plan, law, added }
    }

    /// The p-value of a hypothesis under its exact null law, by the plan's convention: that of all
    /// admissible sets made once. An observed set that is none of them counts as one more, `(b + 1)/(n + 1)`
    /// of n sets; else the law holds it. It may take `ceiling` operations.
    ///
    /// # Errors
    ///
    /// Why there is none, as a clause for the report.
    pub fn p(&self, hypothesis: usize, ceiling: u64) -> Result<f64, String> {
        let at = &self.plan.hypotheses[hypothesis];
        let tails = self.tails(hypothesis, at.observed, ceiling)?;
        let with_observed = |share: f64| share + (1.0 - share) * self.added;
        Ok(match self.plan.convention {
            Convention::Lower => with_observed(tails.lower),
            Convention::Upper => with_observed(tails.upper),
            Convention::EqualTailed => {
                equal_tailed(with_observed(tails.lower), with_observed(tails.upper))
            }
            Convention::Symmetric => {
                let (Some(mirror), Some(false)) = (at.mirror, at.centre.map(|c| c.from_draws))
                else {
                    return Err("the centre of a symmetric p is itself simulated".into());
                };
                with_observed(match mirror.counts {
                    Image::Centre => 1.0,
                    Image::AtOrBelow(image) => {
                        tails.upper + self.tails(hypothesis, image, ceiling)?.lower
                    }
                    Image::AtOrAbove(image) => {
                        tails.lower + self.tails(hypothesis, image, ceiling)?.upper
                    }
                })
            }
        })
    }

    /// The tails of a hypothesis' exact null law at a numerator: of sums by [`sum_tails`] or along the
    /// design's graph, of order statistics by `order_tails` or, of one alone, along the graph as the
    /// law of how many picks lie on either side.
    ///
    /// # Errors
    ///
    /// Why there is none, as a clause for the report.
    pub fn tails(&self, hypothesis: usize, numerator: i64, ceiling: u64) -> Result<Tails, String> {
        let Some((fold, contrast, column)) = self.plan.origin(hypothesis) else {
            return Err("there is no such hypothesis".to_owned());
        };
        match (fold.statistic().basis(), &self.law) {
            (Basis::None(reason), _) => Err(reason.to_owned()),
            (_, Law::None(reason)) => Err(reason.clone()),
            (Basis::Sums(scores), Law::Paths(paths)) => {
                weighted_sum(paths, scores, contrast, column).tails(numerator, ceiling)
            }
            (Basis::Sums(scores), Law::Distinct) => {
                let scores = self.scores(scores, column);
                let Some(sum) = SumOf::new(fold, contrast, &scores) else {
                    return Err(
                        "the state space of a difference of two groups is too large".to_owned()
                    );
                };
                sum.tails(&scores, numerator, ceiling)
            }
            (Basis::Ratios(_), Law::Distinct) => {
                Err("the null law of such a ratio of sums has no closed form".to_owned())
            }
            (Basis::Ratios(scores), Law::Paths(paths)) => {
                let at = &self.plan.hypotheses[hypothesis];
                let fraction = at.fraction(numerator);
                let Some(sum) = self.ratio_sum(paths, fold, contrast, scores, column, fraction)
                else {
                    return Err(
                        "the null law of a difference of two means whose numbers of events vary has no closed form"
                            .to_owned(),
                    );
                };
                sum.tails(0, ceiling)
            }
            (Basis::Places { what, places }, law) => {
                let [(segment, _)] = contrast.terms[..] else {
                    return Err(format!("a difference of two {what}s has no closed form"));
                };
                let picks = fold.segments()[segment];
                let Law::Paths(paths) = law else {
                    let positions = 0..self.plan.design.positions();
                    let score = |position| fold.statistic().score(position, column);
                    let scores: Vec<i32> = positions.filter_map(score).collect();
                    return Ok(order_tails(
                        &scores,
                        picks.len,
                        places(picks.len),
                        numerator,
                    ));
                };
                if picks.varies() {
                    return Err(format!(
                        "the null law of a {what} whose number of events varies is not known under this \
                         design"
                    ));
                }
                let [place, upper] = places(picks.len);
                if place != upper {
                    return Err(
                        "the null law of the two middle values of an even number of events is not \
                         known under this design"
                            .to_owned(),
                    );
                }
                // It is at most v when so many picks are at most v, and at least v when so many are at
                // least that.
                let share = |at_least: usize, counts: &dyn Fn(i64) -> bool| {
                    self.count_of(paths, fold, picks, column, counts)
                        .tails(at_least as i64, ceiling)
                        .map(|tails| tails.upper)
                };
                Ok(Tails {
                    lower: share(place + 1, &|score| score <= numerator)?,
                    upper: share(picks.len - place, &|score| score >= numerator)?,
                })
            }
        }
    }

    /// What a hypothesis' exact law is found by.
    pub fn engine(&self, hypothesis: usize) -> &'static str {
        let origin = self.plan.origin(hypothesis);
        let basis = origin.map(|(fold, ..)| fold.statistic().basis());
        match (&self.law, basis) {
            (Law::Distinct, Some(Basis::Places { .. })) => "hypergeometric",
            _ => "dynamic-programming",
        }
    }

    /// How many of the picks of a segment have scores that count, along a design's graph.
    fn count_of<'g>(
        &self,
        paths: &'g Paths,
        fold: &Fold,
        picks: Segment,
        column: usize,
        counts: &dyn Fn(i64) -> bool,
    ) -> PathSum<'g> {
        let groups = self.plan.design.segments();
        PathSum::new(paths, |group, position| {
            let here = picks.range().contains(&groups[group as usize].start);
            let score = fold.statistic().score(position as usize, column);
            i64::from(here && score.is_some_and(|score| counts(score.into())))
        })
    }

    /// Operations that a hypothesis' exact law takes, about one a nanosecond; laws of order statistics
    /// of distinct positions take next to none.
    pub fn operations(&self, hypothesis: usize) -> u64 {
        let Some((fold, contrast, column)) = self.plan.origin(hypothesis) else {
            return 0;
        };
        let scores = match (fold.statistic().basis(), &self.law, &contrast.terms[..]) {
            (Basis::Sums(scores), ..) => scores,
            (Basis::Ratios(scores), Law::Paths(paths), _) => {
                let at = &self.plan.hypotheses[hypothesis];
                let fraction = at.fraction(at.observed);
                return self
                    .ratio_sum(paths, fold, contrast, scores, column, fraction)
                    .map_or(0, |sum| sum.operations());
            }
            (Basis::Places { places, .. }, Law::Paths(paths), &[(segment, _)]) => {
                let picks = fold.segments()[segment];
                let numerator = self.plan.hypotheses[hypothesis].observed;
                let counts = |score: i64| score <= numerator;
                let [place, upper] = places(picks.len);
                if picks.varies() || place != upper {
                    return 0;
                }
                let count = self.count_of(paths, fold, picks, column, &counts);
                return 2 * count.operations();
            }
            _ => return 0,
        };
        match &self.law {
            Law::None(_) => 0,
            Law::Paths(paths) => weighted_sum(paths, scores, contrast, column).operations(),
            Law::Distinct => {
                let scores = self.scores(scores, column);
                SumOf::new(fold, contrast, &scores).map_or(0, |sum| {
                    let (threshold, _) = sum.threshold(self.plan.hypotheses[hypothesis].observed);
                    sum_operations(&scores, sum.picks, threshold)
                })
            }
        }
    }

    /// The sum that is at most zero where the mean of a segment is at most `p / q`, and at least zero
    /// where it is at least that: `q S - p K`, a pick of score `s` adding `q s - p`. `None` for a
    /// difference of means, which is no such sum.
    fn ratio_sum<'g>(
        &self,
        paths: &'g Paths,
        fold: &Fold,
        contrast: &Contrast,
        scores: &ScoreTable,
        column: usize,
        (p, q): (i64, u64),
    ) -> Option<PathSum<'g>> {
        let [(segment, _)] = contrast.terms[..] else {
            return None;
        };
        // Means of so many events have no longer fraction; sums then fit 64 bits.
        if q > HALF_POSITIONS as u64 {
            return None;
        }
        let slots = fold.segments()[segment].range();
        let groups = self.plan.design.segments();
        Some(PathSum::new(paths, |group, position| {
            let here = slots.contains(&groups[group as usize].start);
            let score = i64::from(scores.get(position as usize, column));
            if here { q as i64 * score - p } else { 0 }
        }))
    }

    /// A column of a table, at the positions that draws pick from.
    fn scores(&self, table: &ScoreTable, column: usize) -> Vec<i32> {
        (0..self.plan.design.positions())
            .map(|position| table.get(position, column))
            .collect()
    }
}

/// A contrast of sums over the sets of a graph.
fn weighted_sum<'g>(
    paths: &'g Paths,
    scores: &ScoreTable,
    contrast: &Contrast,
    column: usize,
) -> PathSum<'g> {
    let weight = |group: u32| {
        let of_group = contrast.terms.iter().find(|(g, _)| *g == group as usize);
        of_group.map_or(0, |&(_, weight)| weight)
    };
    PathSum::new(paths, |group, position| {
        weight(group) * i64::from(scores.get(position as usize, column))
    })
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

#[cfg(test)]
mod tests;
