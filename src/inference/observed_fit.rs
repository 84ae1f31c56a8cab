//! The regression of the observed events: HAC standard errors, their p-values, and the constants.

use crate::plan::Plan;
use crate::statistic::{Estimate, Regression};

/// The classical test of an estimate, beside the permutation test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HacTest {
    /// HAC standard error, in the hypothesis' unit; none for a ratio to it.
    pub error: Option<f64>,
    /// Two-sided p-value by the normal law; none where the standard error is zero.
    pub p: Option<f64>,
}

/// The constant of a series' regression: its mean change a day, apart from events.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// A hypothesis about an effect on the series, in the estimate's unit.
    pub hypothesis: usize,
    /// The estimate.
    pub value: f64,
    /// Its test.
    pub test: HacTest,
}

/// What one fit of a plan's observed events tells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObservedFit {
    /// One a hypothesis of the plan, `None` where it is no effect of a regression.
    pub tests: Vec<Option<HacTest>>,
    /// One a series of which an effect is asked for.
    pub constants: Vec<Constant>,
}

/// Fits a plan's observed events once.
pub fn observed_fit(plan: &Plan) -> ObservedFit {
    let mut observed = ObservedFit {
        tests: vec![None; plan.hypotheses.len()],
        ..ObservedFit::default()
    };
    let Some((fold, regression, range)) = plan.regression() else {
        return observed;
    };
    let Some(fit) = regression.fit(fold.contrasts(), &plan.observed) else {
        return observed;
    };
    let columns = regression.columns();
    for (value, h) in range.clone().enumerate() {
        let column = columns[value % columns.len()];
        let estimate = fit.effects[value / columns.len()][column.effect][column.series];
        let unit = (!column.studentised).then(|| unit_of_scores(plan, regression, value, h));
        observed.tests[h] = Some(hac_test(estimate, unit));
    }
    for (series, &estimate) in fit.constants.iter().enumerate() {
        // The first effect on the series tells the unit of its scores.
        let effect = columns
            .iter()
            .position(|c| c.series == series && !c.studentised);
        let Some(value) = effect else { continue };
        let h = range.start + value;
        let unit = unit_of_scores(plan, regression, value, h);
        observed.constants.push(Constant {
            hypothesis: h,
            value: estimate.value * unit,
            test: hac_test(estimate, Some(unit)),
        });
    }
    observed
}

/// What a score is worth in the unit of hypothesis `h`, a value of the regression.
pub fn unit_of_scores(plan: &Plan, regression: &Regression, value: usize, h: usize) -> f64 {
    let step = regression.grids()[value].step;
    plan.hypotheses[h].scale.value(1.0 / step, 1)
}

fn hac_test(estimate: Estimate, unit: Option<f64>) -> HacTest {
    let z = estimate.value / estimate.error;
    HacTest {
        error: unit.map(|unit| estimate.error * unit),
        p: z.is_finite().then(|| normal_p(z)),
    }
}

/// The two-sided p-value of a standard normal value.
fn normal_p(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sided_normal_p() {
        for (z, p) in [
            (0.0, 1.0),
            (1.0, 0.317_310_507_862_914_1),
            (-1.959_963_984_540_054, 0.05),
            (6.0, 1.973_175_290_075_396e-9),
        ] {
            assert!((normal_p(z) / p - 1.0).abs() < 1e-9, "{z}: {}", normal_p(z));
        }
        let flat = Estimate {
            value: 0.0,
            error: 0.0,
        };
        let test = hac_test(flat, Some(2.0));
        assert_eq!((test.error, test.p), (Some(0.0), None));
    }
}
