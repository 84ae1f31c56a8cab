//! Quantiles of draws by ranks, on a device: the ranks at their place, of which the CPU makes the same values. Twin:
//! `shaders/resample/ranks.wgsl`.

use super::kernel::{MOST_WORDS, PART_WORDS, SumsPass, on_device};
use super::{OrderStatistic, Ranked, Resampling, Scheme, quantile_place};
use crate::kernel::{Kernel, within_budget};

impl Resampling {
    /// Rows of every draw; `None` where draws differ in it.
    pub(super) fn rows_of_draws(&self) -> Option<u64> {
        let are_rows = self.units.iter().flatten().all(|unit| unit.len() == 1);
        match self.scheme {
            _ if !are_rows => None,
            Scheme::Poisson { .. } | Scheme::Bayesian => None,
            Scheme::MOutOfN { size } => Some(size.into()),
            _ => Some(self.rows() as u64),
        }
    }

    /// What a device does for a quantile; or why none can.
    pub(super) fn ranks_on_device(&self, ranked: &Ranked) -> Result<SumsPass, String> {
        let OrderStatistic::Quantile { q, rule } = ranked.statistic() else {
            return Err("trimmed means are made on the CPU alone".into());
        };
        let Some(rows) = self.rows_of_draws() else {
            return Err(
                "quantiles of draws that differ in their number of rows are made on the CPU alone"
                    .into(),
            );
        };
        let (place, weight) = quantile_place(q, rule, rows);
        let sizes = self.sizes();
        let mut shape = vec![0; PART_WORDS * sizes.len()];
        let mut loops = 0;
        let mut kernel = None;
        for (part, &units) in sizes.iter().enumerate() {
            let (scheme, [_, shader]) = on_device(self.scheme, units)
                .ok_or_else(|| format!("`{}` is drawn on the CPU alone", self.scheme.name()))?;
            kernel = Some(shader);
            loops += scheme.runs * scheme.loops + units as usize;
            let own_at = shape.len();
            shape.extend(scheme.words.iter().map(|&word| word as i32));
            let ranks_at = shape.len();
            shape.extend(ranked.of_part(part).map(|rank| rank as i32));
            let told = [units as usize, ranks_at, own_at];
            for (word, told) in shape[PART_WORDS * part..].iter_mut().zip(told) {
                *word = told as i32;
            }
        }
        let distinct = ranked.distinct();
        let passes = distinct.next_power_of_two().trailing_zeros() as usize + 1;
        within_budget(loops * passes, "ranking so many rows")?;
        if shape.len() > MOST_WORDS {
            return Err("the ranks of so many rows do not fit a device's binding".into());
        }
        Ok(SumsPass {
            kernel: Kernel {
                shader: kernel.ok_or("there is nothing to draw")?,
                constants: vec![
                    ("STREAM", self.scheme.stream().into()),
                    ("PARTS", sizes.len() as f64),
                    ("DISTINCT", distinct as f64),
                    ("PLACE", place as f64),
                    ("HAS_NEXT", f64::from(u8::from(weight > 0.0))),
                ],
            },
            // A rank is a sum of one number.
            limbs: 2,
            sums: 2,
            shape,
        })
    }

    /// The quantile of a draw whose ranks at its place these are.
    pub(super) fn of_ranks(&self, ranked: &Ranked, ranks: &[i128]) -> Option<f64> {
        let OrderStatistic::Quantile { q, rule } = ranked.statistic() else {
            return None;
        };
        let (_, weight) = quantile_place(q, rule, self.rows_of_draws()?);
        let &[low, next] = ranks else {
            return None;
        };
        Some(ranked.between(low as usize, next as usize, weight))
    }
}
