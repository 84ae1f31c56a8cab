//! `coefficient`: a regression's coefficient beside nuisance columns, or its ratio to its standard error.
//! On the CPU alone.

mod exact;
mod floats;
mod model;

pub use model::{Dealt, Model, NoFit, StandardError};

use self::exact::{Exact, Exactly};
use self::floats::{Float, Floats, Room};
use super::facts::{Arithmetic, Basis, Facts, Key, Of, Refusal, Shape, Source, Words, Work};
use super::fold::Values;
use super::product::whole_draw;
use super::{Contrast, Fold, Keys, LANES, Offset, ScoreTable};
use crate::kernel::Shader;
use crate::null::{Picks, Segment};

/// Nanoseconds that a product of a draw takes.
const PRODUCT: f64 = 0.5;

/// Steps of a spread, and of a ratio to a standard error.
const STEPS: f64 = (1u64 << 34) as f64;
/// The numerator of infinity; the one before it stands for all values that are farther out.
const INFINITE: i64 = 1 << 52;

const ON_THE_CPU: &str = "a coefficient beside nuisance columns is computed on the CPU alone";

/// The least-squares coefficient of a variable beside nuisance columns and a constant, `x'My / x'Mx` with
/// `M` the projection off these (Frisch and Waugh 1933; Lovell 1963), or its ratio to its standard error.
/// As the nuisance columns stay where they are, a draw takes a few sums of products:
/// `x'Mx = x'x - |Q'x|^2` for an orthonormal basis `Q` of them, and `My` is the same in all draws.
///
/// Values are floats in steps that divide the observed value; but whether one ties with it, or is zero, or
/// has no value, is decided in whole numbers modulo a prime wherever floats are near: a tie is a tie. A
/// draw whose regressors are collinear has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    model: Model,
    exact: Box<Exact>,
    floats: Box<Floats>,
    /// By column.
    observed: Vec<Reference>,
}

/// The observed value of an outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reference {
    exactly: Exactly,
    /// Its size.
    size: f64,
    /// What one step is worth.
    step: f64,
    /// Its numerator.
    numerator: Option<i64>,
}

impl Coefficient {
    /// Of a model.
    ///
    /// # Errors
    ///
    /// Regressors that are combinations of each other, or as many as there are rows.
    pub fn new(model: Model) -> Result<Self, NoFit> {
        model.check()?;
        let exact = Box::new(Exact::new(&model)?);
        let floats = Box::new(Floats::new(&model)?);
        let mut room = Room::new(&model, &floats);
        room.observed(&model, &floats);
        let columns = model.outcomes.columns();
        let tiles =
            (0..columns.div_ceil(LANES)).flat_map(|tile| room.tile(&model, &floats, tile, None));
        let values: Vec<f64> = tiles.take(columns).map(|float| float.value).collect();
        let spread = room.spread();
        let reference = |(column, value): (usize, f64)| {
            let exactly = exact.observed(&model, column);
            let size = match exactly {
                Exactly::Square(0) => 0.0,
                _ => value.abs(),
            };
            // About the null's spread.
            let spread = match model.error {
                StandardError::None => floats.length(column) * spread,
                _ => 1.0,
            };
            let spread = if spread > 0.0 { spread } else { 1.0 };
            let steps = (size / spread * STEPS).round();
            let in_reach = steps >= 1.0 && steps < INFINITE as f64 / 4.0;
            let sign = if value < 0.0 { -1 } else { 1 };
            Reference {
                exactly,
                size,
                step: match in_reach {
                    true => size / steps,
                    false => spread / STEPS,
                },
                numerator: match exactly {
                    Exactly::Undefined => None,
                    Exactly::Infinite => Some(sign * INFINITE),
                    Exactly::Square(0) => Some(0),
                    Exactly::Square(_) => Some(sign * (steps as i64).clamp(1, INFINITE - 1)),
                },
            }
        };
        Ok(Coefficient {
            observed: values.into_iter().enumerate().map(reference).collect(),
            model,
            exact,
            floats,
        })
    }

    /// Whether values are over their standard errors.
    pub fn is_studentised(&self) -> bool {
        self.model.error != StandardError::None
    }

    /// What a step of a column's values is worth, in units of scores.
    pub fn step(&self, column: usize) -> f64 {
        self.observed[column].step
    }

    /// The observed numerators, by column: those of the picked residuals are others, where a draw deals
    /// what the variable leaves of the outcomes, too.
    pub(crate) fn observed(&self) -> Vec<Option<i64>> {
        self.observed.iter().map(|of| of.numerator).collect()
    }

    /// The numerator of a value of a draw.
    fn numerator(&self, column: usize, float: Float, picks: &[u32]) -> Option<i64> {
        let at = &self.observed[column];
        let size = float.value.abs();
        let sign = if float.value < 0.0 { -1 } else { 1 };
        let steps = |size: f64| ((size / at.step).round() as i64).clamp(1, INFINITE - 1);
        // Also where it is not a number.
        let is_far = size > float.error && (size - at.size).abs() > float.error;
        if !is_far {
            match self.exact.of_draw(&self.model, picks, column) {
                Exactly::Undefined => return None,
                Exactly::Infinite => return Some(sign * INFINITE),
                Exactly::Square(0) => return Some(0),
                found if found == at.exactly => return at.numerator.map(|it| sign * it.abs()),
                Exactly::Square(_) => {}
            }
        }
        let numerator = match at.numerator.map(i64::abs) {
            None | Some(INFINITE) => steps(size),
            Some(observed) => match size < at.size {
                true => steps(size).min(observed - 1).max(1),
                false => steps(size).max(observed + 1).min(INFINITE - 1),
            },
        };
        Some(sign * numerator)
    }
}

impl Facts for Coefficient {
    const NAMES: &'static [(&'static str, Of)] = &[];
    const KEYS: &'static [Key] = &[];
    const SOURCE: Source = Source::Another;
    const SHADERS: Result<&'static [Shader], &'static str> = Err(ON_THE_CPU);

    fn formula(_: Of, _: &Keys, words: &Words<'_>) -> String {
        format!("coefficient of a regression of {}", words.scores)
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, _: &ScoreTable) -> Option<Self> {
        None
    }

    fn columns(&self) -> usize {
        self.model.outcomes.columns()
    }

    fn score(&self, _: usize, _: usize) -> Option<i32> {
        None
    }

    fn shape(&self) -> Shape {
        Shape::Between
    }

    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Screened
    }

    /// Of two groups it changes its sign when they are exchanged.
    fn contrasts(&self, _: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        match groups.len() {
            2 => {
                let difference = Contrast::difference("a - b".into(), (0, 1), (1, 1));
                (groups.to_vec(), vec![difference])
            }
            _ => whole_draw(groups),
        }
    }

    fn bounds(&self, _: &Fold, _: &Contrast, _: &[i32]) -> (i64, i64) {
        (-INFINITE, INFINITE)
    }

    /// A t is about 1 in size.
    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        self.is_studentised().then_some((0.0, 1.5 * STEPS))
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a coefficient is made by enumeration alone")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        values.leave_undefined();
        let columns = values.columns();
        let mut room = Room::new(&self.model, &self.floats);
        for draw in 0..values.draws() {
            let picked = &picks.row(draw)[..self.model.slots.len()];
            room.draw(&self.model, &self.floats, picked);
            for first in columns.clone().step_by(LANES) {
                let tile = room.tile(&self.model, &self.floats, first / LANES, Some(picked));
                for (column, float) in (first..columns.end).zip(tile) {
                    if let Some(numerator) = self.numerator(column, float, picked) {
                        values.put_one(draw, (0, column), numerator);
                    }
                }
            }
        }
    }

    fn numerators(&self, _: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        let picked = &picks.row(0)[..self.model.slots.len()];
        let mut room = Room::new(&self.model, &self.floats);
        room.draw(&self.model, &self.floats, picked);
        let tiles = 0..self.columns().div_ceil(LANES);
        let floats =
            tiles.flat_map(|tile| room.tile(&self.model, &self.floats, tile, Some(picked)));
        let floats: Vec<Float> = floats.take(self.columns()).collect();
        let each = floats.into_iter().enumerate();
        each.map(|(column, float)| self.numerator(column, float, picked))
            .collect()
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        Err(ON_THE_CPU)
    }

    fn nanoseconds(&self, _: &Fold) -> f64 {
        let (columns, width) = (self.columns() as f64, self.model.parameters() as f64);
        let products = match (self.model.dealt, &self.model.error) {
            (Dealt::Variable, StandardError::None) => columns + width,
            (Dealt::Variable, _) => 4.0 * columns + 2.0 * width,
            _ => columns * (width + 2.0),
        };
        self.model.rows() as f64 * products * PRODUCT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(error: StandardError) -> Model {
        Model {
            variable: vec![1, 0, 1, 0, 0, 1],
            nuisance: vec![vec![3, 1, 4, 1, 5, 9]],
            outcomes: ScoreTable::from_columns(&[vec![2, 7, 1, 8, 2, 8]]),
            slots: (0..6).collect(),
            dealt: Dealt::Variable,
            error,
        }
    }

    /// By the closed form of two regressors: (Syx Szz - Syz Sxz) / (Sxx Szz - Sxz^2).
    #[test]
    fn the_observed_value_is_the_closed_form() {
        let coefficient = Coefficient::new(model(StandardError::None)).unwrap();
        let of = |a: &[i32], b: &[i32]| {
            let sum = |v: &[i32]| v.iter().sum::<i32>();
            let products: i32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            f64::from(6 * products - sum(a) * sum(b))
        };
        let (x, z) = (&model(StandardError::None).variable, &[3, 1, 4, 1, 5, 9]);
        let y = &[2, 7, 1, 8, 2, 8];
        let expected =
            (of(y, x) * of(z, z) - of(y, z) * of(x, z)) / (of(x, x) * of(z, z) - of(x, z).powi(2));
        let found = coefficient.observed()[0].unwrap() as f64 * coefficient.step(0);
        assert!((found - expected).abs() < 1e-14, "{found} {expected}");
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let with = |change: &dyn Fn(&mut Model)| {
            let mut model = model(StandardError::Robust);
            change(&mut model);
            Coefficient::new(model).unwrap_err()
        };
        let two = vec![1, 0, 1, 0, 0, 1];
        assert_eq!(with(&|m| m.slots[0] = 6), NoFit::Malformed);
        assert_eq!(with(&|m| m.dealt = Dealt::Residuals), NoFit::Malformed);
        assert_eq!(with(&|m| m.nuisance[0].truncate(5)), NoFit::Malformed);
        assert_eq!(with(&|m| m.nuisance.push(two.clone())), NoFit::Variable);
        assert_eq!(
            with(&|m| m.nuisance.push(vec![6, 2, 8, 2, 10, 18])),
            NoFit::Nuisance(1)
        );
        let many = |m: &mut Model| m.nuisance = vec![two.clone(); 4];
        assert_eq!(with(&many), NoFit::Parameters(6, 6));
    }
}
