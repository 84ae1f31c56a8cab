//! Adjusted p-values of a family.

use super::pvalue::equal_tailed;
use crate::engine::{FamilyCounts, MemberCounts, Tail, TailCounts};
use crate::plan::Standardise;
use crate::plan::{Family, Plan};

/// The adjusted p-values of one member, and its simultaneous band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdjustedP {
    /// Single-step maxT (Westfall and Young 1993).
    pub max_t: f64,
    /// Step-down maxT (Westfall and Young 1993, algorithm 4.1); of studentised values Romano and
    /// Wolf's (2005).
    pub max_t_step: f64,
    /// Single-step minP; `None` of more members than are ranked ([`Family::is_ranked`]).
    pub min_p: Option<f64>,
    /// Step-down minP (Westfall and Young 1993, algorithm 2.8).
    pub min_p_step: Option<f64>,
    /// Lower end of the simultaneous band, in the member's unit; `None` for upper tails.
    pub low: Option<f64>,
    /// Upper end; `None` for lower tails.
    pub high: Option<f64>,
}

/// Adjusted p-values in the family's order: `(b + 1)/(m + 1)` with `b` of `m` draws, `b/m` where draws
/// are enumerated and hold the observed set, and where `raw` asks for it. Equal-tailed they are
/// `min(1, 2 min(lower, upper))` of the one-sided ones, as p itself is: each tail controls half the
/// error rate (Bonferroni), and no adjusted p lies below its member's own.
///
/// A band is the member's centre, plus and minus its scale times what the family's largest
/// standardised value exceeds in a share `level` of the draws at most, half of it in each tail. Under
/// the null all bands together hold their members with probability `1 - level`.
pub fn adjusted_p(
    plan: &Plan,
    family: &Family,
    counts: &FamilyCounts,
    raw: bool,
) -> Vec<AdjustedP> {
    let added =
        u64::from(!plan.draws_hold_observed() && (plan.design.enumeration().is_some() || !raw));
    let share = |b: u64| (b + added) as f64 / (counts.draws + added) as f64;
    let some_p = |member: usize, count: fn(&MemberCounts) -> Option<u64>| {
        let tails = counts.tails.iter();
        let tails = tails.map(|tail| count(&tail.members[member]).map(share));
        let tails: Option<Vec<f64>> = tails.collect();
        Some(match tails?[..] {
            [lower, upper] => equal_tailed(lower, upper),
            [only] => only,
            _ => 1.0,
        })
    };
    let p = |member, count: fn(&MemberCounts) -> Option<u64>| some_p(member, count).unwrap_or(1.0);
    let members = family.members.iter().zip(&counts.members).enumerate();
    members
        .map(|(member, (&h, law))| {
            let hypothesis = &plan.hypotheses[h];
            let unit = |numerator| hypothesis.scale.value(numerator, hypothesis.denominator);
            let reach = |of: Tail| {
                let counted = |tail: &&TailCounts| tail.tail == of || tail.tail == Tail::Both;
                let reach = counts.tails.iter().find(counted)?.reach?;
                (law.scale > 0.0).then_some(reach * law.scale + 2.0 * law.error)
            };
            AdjustedP {
                max_t: p(member, |counts| Some(counts.max_t)),
                max_t_step: p(member, |counts| Some(counts.max_t_step)),
                min_p: some_p(member, |counts| counts.min_p),
                min_p_step: some_p(member, |counts| counts.min_p_step),
                low: reach(Tail::Lower).map(|reach| unit(law.centre - reach)),
                high: reach(Tail::Upper).map(|reach| unit(law.centre + reach)),
            }
        })
        .collect()
}

/// How a family's values are made comparable, as result rows name it. The step-down maxT of
/// studentised values as they are is Romano and Wolf's (2005).
pub fn standardiser(plan: &Plan, family: &Family) -> &'static str {
    let mut members = family.members.iter();
    match family.standardise {
        Standardise::Placebo => "placebo-standardised",
        Standardise::None if members.all(|&h| plan.is_studentised(h)) => {
            "studentised (Romano-Wolf)"
        }
        Standardise::None => "raw",
    }
}
