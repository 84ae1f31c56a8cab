//! A test of a table whose arrangement is one that it draws, with an effect planted: what its power is
//! counted over.

use super::compile::{Side, TableRows};
use super::data::Variable;
use super::{Method, TablePlan};
use crate::error::{Error, Result};
use crate::load::Levels;
use crate::plan::decimals;

impl TableRows<'_> {
    /// The same rows in the arrangement `picks` of a draw of `plan`, with an effect on every outcome: so
    /// much for each row of the first group, for each row of one sample, or for each unit of a variable of
    /// numbers.
    ///
    /// # Errors
    ///
    /// An effect on categories; residuals that are dealt, of which no assignment is one.
    pub fn drawn(&self, plan: &TablePlan, picks: &[u32], effect: f64) -> Result<Self> {
        if self.method() != Method::Assign {
            return Err(Error::input(
                "--method",
                format!(
                    "{} deals parts of the outcomes, and assigns nothing that a table could be made of",
                    self.method().name()
                ),
                "Take --method assign.",
            ));
        }
        let rows = self.data.rows.len();
        let segments = plan.design.segments();
        // What the effect of each row is a multiple of, and where its outcome comes from.
        let mut unit = vec![0.0; rows];
        let mut source: Vec<usize> = (0..rows).collect();
        let mut negated = vec![false; rows];
        let side = match &self.side {
            Side::Alone => {
                unit.fill(1.0);
                for &position in picks {
                    let position = position as usize;
                    negated[position % rows] = position >= rows;
                }
                Side::Alone
            }
            Side::Groups(levels) => {
                let mut codes = vec![0; rows];
                for (group, segment) in segments.iter().enumerate() {
                    for &row in segment.of(picks) {
                        codes[row as usize] = group as u32;
                        unit[row as usize] = f64::from(u8::from(group == 0));
                    }
                }
                Side::Groups(Levels {
                    codes,
                    names: levels.names.clone(),
                })
            }
            Side::Numbers(numbers) if segments.len() > 1 => {
                let levels = Variable::Numbers(numbers.clone()).levels();
                let mut values = vec![0.0; segments.len()];
                for (&code, &number) in levels.codes.iter().zip(numbers) {
                    values[code as usize] = number;
                }
                for (value, segment) in values.iter().zip(segments) {
                    for &row in segment.of(picks) {
                        unit[row as usize] = *value;
                    }
                }
                Side::Numbers(unit.clone())
            }
            Side::Numbers(numbers) => {
                // As far as the draw moves the first of its rows, around the circle.
                let moved = picks[0] as usize + rows - plan.observed[0] as usize;
                for (row, source) in source.iter_mut().enumerate() {
                    *source = (row + moved) % rows;
                }
                unit.clone_from(numbers);
                Side::Numbers(numbers.clone())
            }
        };
        let mut data = self.data.clone();
        for outcome in &mut data.outcomes {
            match &mut outcome.cells {
                Variable::Numbers(values) => {
                    // Decimals stay decimals.
                    let digits = [&values[..], &[effect], &unit].map(decimals);
                    let power = match digits {
                        [Some(own), Some(a), Some(b)] => Some(10f64.powi(own.max(a + b))),
                        _ => None,
                    };
                    let of_row = |row: usize| {
                        let value = values[source[row]];
                        let value = if negated[row] { -value } else { value };
                        let added = effect * unit[row];
                        match (added, power) {
                            (0.0, _) => value,
                            (_, None) => value + added,
                            (_, Some(power)) => ((value + added) * power).round() / power,
                        }
                    };
                    *values = (0..rows).map(of_row).collect();
                }
                Variable::Levels(levels) => {
                    if effect != 0.0 {
                        return Err(Error::input(
                            "--effect",
                            format!(
                                "`{}` has categories, to which no effect is added",
                                outcome.name
                            ),
                            "Take --effect 0, which gives the size.",
                        ));
                    }
                    let codes = source.iter().map(|&row| levels.codes[row]);
                    levels.codes = codes.collect();
                }
            }
        }
        let mut drawn = self.clone();
        (drawn.data, drawn.side) = (data, side);
        Ok(drawn)
    }
}
