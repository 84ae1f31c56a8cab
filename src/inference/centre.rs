//! Null expectations that only draws can tell.

use crate::engine::{HypothesisTally, Tally};
use crate::plan::Convention;
use crate::plan::{Centre, Hypothesis, Plan};

/// Parts of a step in which errors are told, so that rounding them up costs next to nothing.
const PARTS: i128 = 1 << 16;

/// A mean of draws is taken to lie within so many of its standard errors of the expectation.
const ERRORS: f64 = 3.0;

/// The plan with the null expectations that symmetric p-values still lack (medians have no closed
/// form) taken as the mean of the draws of a first pass and the observed set together; of all draws
/// alone where they are enumerated and the observed set is one of them. Of draws at random it has an
/// error of three standard errors; of an enumeration none, but for the steps to which a
/// regression's values are rounded.
pub fn centred_on(plan: &Plan, tally: &Tally) -> Plan {
    let mut centred = plan.clone();
    let symmetric = plan.convention == Convention::Symmetric;
    for (h, counted) in tally.hypotheses.iter().enumerate() {
        let rounded = matches!(plan.origin(h), Some((fold, ..)) if fold.is_rounded());
        let hypothesis = &mut centred.hypotheses[h];
        if symmetric && hypothesis.mirror.is_none() {
            let centre = mean(plan, hypothesis, counted, rounded);
            hypothesis.centre_on(centre, symmetric);
        }
    }
    centred
}

fn mean(plan: &Plan, hypothesis: &Hypothesis, tally: &HypothesisTally, rounded: bool) -> Centre {
    let added = i128::from(!plan.draws_hold_observed());
    let n = tally.summed();
    let denominator = PARTS * (i128::from(n) + added).max(1);
    let floor = hypothesis.lattice.floor;
    let (_, variance) = tally.sums.moments(n, floor);
    let sampling = match plan.design.enumeration() {
        Some(_) => 0.0,
        None => ERRORS * (variance / n.max(1) as f64).sqrt(),
    };
    Centre {
        numerator: PARTS * (tally.sums.total(n, floor) + added * i128::from(hypothesis.observed)),
        denominator,
        error: (sampling * denominator as f64).ceil() as i128 + i128::from(rounded) * denominator,
        from_draws: true,
    }
}
