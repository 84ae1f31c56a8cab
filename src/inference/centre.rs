//! Null expectations that only draws can tell.

use crate::engine::Tally;
use crate::plan::{Centre, Mirror, Plan};

/// The plan with the null expectations that symmetric p-values still lack (medians have no closed
/// form) taken as the mean of the draws of a first pass and the observed set together; of all draws
/// alone where they are enumerated and the observed set is one of them. Where a range is wider than
/// 2^24 steps the mean is that of the moment digits.
pub fn centred_on(plan: &Plan, tally: &Tally) -> Plan {
    let mut plan = plan.clone();
    let added = i128::from(!plan.draws_hold_observed());
    for (hypothesis, tally) in plan.hypotheses.iter_mut().zip(&tally.hypotheses) {
        if hypothesis.mirror.is_some() {
            continue;
        }
        let draws = i128::from(tally.summed());
        let lattice = &mut hypothesis.lattice;
        // A digit stands for its middle: twice the sum is whole.
        let twice = 2 * draws * i128::from(lattice.floor)
            + ((tally.sum as i128) << (lattice.moment_shift + 1))
            + draws * ((1 << lattice.moment_shift) - 1);
        let centre = Centre {
            numerator: twice + 2 * added * i128::from(hypothesis.observed),
            denominator: 2 * (draws + added),
        };
        hypothesis.mirror = Some(Mirror::of(hypothesis.observed, centre));
        lattice.set_mirror(hypothesis.mirror);
    }
    plan
}
