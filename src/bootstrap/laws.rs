//! What is known of a bootstrap's laws before anything is drawn.

use super::Bootstrap;
use crate::error::{Error, Result};
use crate::inference::bootstrap::{Atoms, LinearLaw, Moments, acceleration, quantile_law};
use crate::question::resample::{Asked, BootstrapSpec};
use crate::resample::{Estimator, IntervalKind, Run, Scheme};

/// What is known of a statistic's law without draws.
pub(super) enum Known {
    /// All of it, and what answers.
    Law(Atoms, Moments, &'static str),
    /// Its mean and standard deviation.
    Moments(Moments),
    Nothing,
}

impl Bootstrap {
    /// The statistics of the data.
    pub(super) fn observed(&self, asked: &Asked) -> Result<Vec<f64>> {
        let resampling = &asked.resampling;
        let mut values = vec![0.0; resampling.estimators.len()];
        resampling.observed(&mut resampling.scratch(), &mut values);
        match values.iter().position(|value| value.is_nan()) {
            None => Ok(values),
            Some(at) => {
                let row = &asked.rows[at];
                Err(Error::input(
                    format!("{}, {}", self.table.file.file, row.columns.join(", ")),
                    format!(
                        "`{}` has no value: what it divides by is zero (a column is constant, or regressors are collinear)",
                        row.statistic
                    ),
                    "Take another statistic, or other columns.",
                ))
            }
        }
    }

    /// What is known of a statistic's law without draws.
    pub(super) fn known(&self, asked: &Asked, at: usize, observed: f64) -> Known {
        if !self.spec.exact {
            return Known::Nothing;
        }
        let resampling = &asked.resampling;
        if let Estimator::Order(ranked) = &resampling.estimators[at] {
            let of_rows = resampling.scheme == Scheme::Iid
                && resampling.units.len() == 1
                && resampling.units[0].len() == resampling.rows();
            let law = of_rows.then(|| quantile_law(ranked)).flatten();
            return law.map_or(Known::Nothing, |law| {
                let moments = law.moments(observed);
                Known::Law(law, moments, "binomial")
            });
        }
        let Some(linear) = LinearLaw::of(resampling, at) else {
            return Known::Nothing;
        };
        let moments = Moments {
            mean: observed + linear.bias(),
            sd: linear.standard_error(),
            below: f64::NAN,
            equal: f64::NAN,
        };
        match linear.atoms() {
            None => Known::Moments(moments),
            Some(law) => {
                let (below, equal) = law.at(linear.observed());
                let moments = Moments {
                    below,
                    equal,
                    ..moments
                };
                Known::Law(law, moments, "convolution")
            }
        }
    }
}

/// Whether intervals take draws.
pub(super) fn needs_draws(spec: &BootstrapSpec, known: &Known) -> bool {
    // Studentized draws are made by themselves.
    let others = [IntervalKind::Normal, IntervalKind::PercentileT];
    let all_normal = || spec.kinds().iter().all(|kind| others.contains(kind));
    match known {
        Known::Law(..) => false,
        Known::Moments(_) => !all_normal(),
        Known::Nothing => true,
    }
}

/// How many neighbouring units a jackknife leaves out at a time, and how many such runs there are.
pub(super) fn left_out(scheme: Scheme, units: u32) -> (u32, u32) {
    match scheme {
        Scheme::Iid | Scheme::MOutOfN { .. } | Scheme::Poisson { .. } | Scheme::Bayesian => {
            (1, units)
        }
        Scheme::MovingBlock { length } => (length, units - length + 1),
        Scheme::CircularBlock { length } => (length, units),
        Scheme::Stationary { mean_length } => (mean_length.round().max(1.0) as u32, units),
    }
}

/// The acceleration of each statistic by leaving out one unit at a time, or one block.
pub(super) fn jackknifed(asked: &Asked) -> Vec<Option<f64>> {
    let resampling = &asked.resampling;
    let mut scratch = resampling.scratch();
    let statistics = resampling.estimators.len();
    let mut parts = vec![Vec::new(); statistics];
    for (part, &units) in resampling.sizes().iter().enumerate() {
        let (len, starts) = left_out(resampling.scheme, units);
        let mut without = vec![Vec::with_capacity(starts as usize); statistics];
        let mut values = vec![0.0; statistics];
        for start in 0..starts {
            resampling.without(part, Run { start, len }, &mut scratch, &mut values);
            without
                .iter_mut()
                .zip(&values)
                .for_each(|(of, &value)| of.push(value));
        }
        parts
            .iter_mut()
            .zip(without)
            .for_each(|(of, part)| of.push(part));
    }
    parts.iter().map(|parts| acceleration(parts)).collect()
}
