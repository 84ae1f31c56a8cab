//! One draw of a bootstrap, to look at.

use super::Bootstrap;
use crate::error::{Error, Result};
use crate::report::{BootstrapDraw, DrawnValue};

impl Bootstrap {
    /// Draw `index`: what it takes, and what the statistics make of it. The draws of a run are these.
    ///
    /// # Errors
    ///
    /// As for [`Bootstrap::compile`]; an index past the last of draws that are all made once.
    pub fn replay(&self, index: u64) -> Result<Vec<BootstrapDraw>> {
        let compiled = self.compile()?;
        let seed = self.spec.seed;
        let mut draws = Vec::new();
        for asked in &compiled.asked {
            let (parts, values) = asked.resampling.replay(seed, index);
            let weights = asked.resampling.weights(seed, index);
            let rows = parts
                .into_iter()
                .flatten()
                .map(|at| asked.table_rows[at] + 1);
            let rows = rows.filter(|_| weights.is_none());
            let values = asked
                .rows
                .iter()
                .zip(values)
                .map(|(name, value)| DrawnValue {
                    statistic: name.statistic.clone(),
                    columns: name.columns.clone(),
                    coefficient: name.coefficient.clone(),
                    value: Some(value).filter(|value| !value.is_nan()),
                });
            draws.push(BootstrapDraw {
                index,
                seed,
                scheme: asked.words.scheme.clone(),
                rows: rows.collect(),
                weights: weights.into_iter().flatten().flatten().collect(),
                values: values.collect(),
            });
        }
        if let Some(wild) = &compiled.wild {
            let first = &wild.asked[0];
            let listed = self.is_listed(first).then(|| self.wild_draws(first));
            if let Some(all) = listed.filter(|all| index >= *all) {
                return Err(Error::input(
                    "--index",
                    format!("there are {all} draws, all signs of the clusters, from 0"),
                    format!("Give a number below {all}, or draw at random with --exact never."),
                ));
            }
            let weights = match listed {
                Some(_) => first.drawn.signs_of(index),
                None => {
                    let mut weights = vec![0.0; first.drawn.groups()];
                    self.spec.weights.fill(seed, index, &mut weights);
                    weights
                }
            };
            let values = wild.asked.iter().map(|asked| {
                let mut drawn = None;
                let mut scratch = asked.drawn.scratch();
                self.wild_each(asked, index..index + 1, &mut scratch, |t| drawn = Some(t));
                let t = drawn.map(|drawn| {
                    let [above, below] = drawn.at(self.spec.null_value - asked.estimate);
                    above / below.sqrt() * asked.factor
                });
                DrawnValue {
                    statistic: "t".into(),
                    columns: asked.row.columns.clone(),
                    coefficient: asked.row.coefficient.clone(),
                    value: t.filter(|t| t.is_finite()),
                }
            });
            draws.push(BootstrapDraw {
                index,
                seed,
                scheme: wild.words.scheme.clone(),
                rows: Vec::new(),
                values: values.collect(),
                weights,
            });
        }
        Ok(draws)
    }
}
