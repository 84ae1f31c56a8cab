//! What the overlap regression says of itself.

use super::Regression;
use crate::kernel::{Buffer, PICKS, Shader};
use crate::null::{Picks, Segment};
use crate::statistic::facts::{
    Arithmetic, Basis, Facts, Key, Of, Refusal, Shape, Source, Words, Work,
};
use crate::statistic::fold::Values;
use crate::statistic::{Contrast, Fold, Keys, Offset, ScoreTable, Statistic};

/// Nanoseconds of a multiplication and a sum.
const FLOP: f64 = 0.06;

const EVENTS: &str = include_str!("../../../shaders/statistic/regression_events.wgsl");

/// Effects.
pub(super) const ESTIMATES: Shader = Shader {
    name: "overlap regression",
    entry_point: "regression_values",
    binds: &[
        Buffer::Slice,
        Buffer::Picks,
        Buffer::Values,
        Buffer::Tables,
        Buffer::Levels,
        Buffer::Shape,
        Buffer::Tallies,
        Buffer::Kept,
    ],
    files: &[
        PICKS,
        EVENTS,
        include_str!("../../../shaders/statistic/regression.wgsl"),
    ],
};

/// Their standard errors, after [`ESTIMATES`].
pub(super) const ERRORS: Shader = Shader {
    name: "overlap regression, standard errors",
    entry_point: "regression_errors",
    binds: &[
        Buffer::Slice,
        Buffer::Picks,
        Buffer::Values,
        Buffer::Tables,
        Buffer::Levels,
        Buffer::Shape,
        Buffer::Tallies,
        Buffer::Kept,
    ],
    files: &[
        PICKS,
        EVENTS,
        include_str!("../../../shaders/statistic/regression_errors.wgsl"),
    ],
};

const fn effect(daily: bool, studentised: bool) -> Of {
    Of::Effects { daily, studentised }
}

impl Facts for Regression {
    const NAMES: &'static [(&'static str, Of)] = &[
        ("overlap-regression", effect(false, false)),
        ("overlap-regression-t", effect(false, true)),
        ("overlap-regression-daily", effect(true, false)),
        ("overlap-regression-daily-t", effect(true, true)),
    ];
    const KEYS: &'static [Key] = &[
        Key {
            name: "spans",
            own: None,
            problem: "only effects of the overlap regression are averaged over spans",
        },
        Key {
            name: "hac",
            own: None,
            problem: "only the overlap regression has HAC standard errors",
        },
    ];
    const SOURCE: Source = Source::Outcomes;
    const SHADERS: Result<&'static [Shader], &'static str> = Ok(&[ESTIMATES, ERRORS]);

    fn formula(of: Of, _: &Keys, words: &Words<'_>) -> String {
        let (daily, studentised) = match of {
            Of::Effects { daily, studentised } => (daily, studentised),
            Of::Changes | Of::Sizes => (false, false),
        };
        let what = match daily {
            true => "the effect of each day alone".to_owned(),
            false => format!("effects summed from day {} to the day", words.first),
        };
        let over = match studentised {
            true => ", over the HAC standard error",
            false => "",
        };
        format!("{what}{over}")
    }

    fn check(_: &Keys) -> Result<(), Refusal> {
        Ok(())
    }

    fn over(&self, _: &ScoreTable) -> Option<Self> {
        None
    }

    fn columns(&self) -> usize {
        self.columns.len()
    }

    fn score(&self, _: usize, _: usize) -> Option<i32> {
        None
    }

    fn shape(&self) -> Shape {
        Shape::Effect
    }

    fn is_odd(&self) -> bool {
        true
    }

    fn arithmetic(&self) -> Arithmetic {
        Arithmetic::Screened
    }

    /// Effects of each group, and of each two groups their difference.
    fn contrasts(&self, labels: &[String], groups: &[Segment]) -> (Vec<Segment>, Vec<Contrast>) {
        (groups.to_vec(), Regression::contrasts(labels))
    }

    /// Its values count as the ends of their grids beyond them, whatever the scores.
    fn bounds(&self, _: &Fold, _: &Contrast, _: &[i32]) -> (i64, i64) {
        let grids = || self.grids.iter();
        (
            grids().map(|grid| grid.floor).min().unwrap_or(0),
            grids().map(|grid| grid.ceiling).max().unwrap_or(0),
        )
    }

    fn moments(&self, _: &Fold, _: &Contrast, _: &[i32]) -> Option<(f64, f64)> {
        None
    }

    fn basis(&self) -> Basis<'_> {
        Basis::None("the null law of a regression's effect has no closed form")
    }

    fn fold<W: Offset>(&self, picks: &Picks, values: &mut Values<'_, W>) {
        self.put_values(values.fold().contrasts(), picks, values);
    }

    fn numerators(&self, fold: &Fold, picks: &Picks) -> Vec<Option<i64>> {
        let values = self.values(fold.contrasts(), picks, 1).remove(0);
        let on_grids = values.into_iter().zip(&self.grids);
        on_grids
            .map(|(value, grid)| value.map(|value| grid.numerator(value)))
            .collect()
    }

    fn work(&self, _: &[Segment]) -> Result<Work<'_>, &'static str> {
        Ok(Work::Fits(self))
    }

    /// Elimination, and the long-run variances where they are asked for.
    fn nanoseconds(&self, _: &Fold) -> f64 {
        let parameters = self.parameters() as f64;
        let series = self.outcomes.columns() as f64;
        let studentised = self.columns.iter().filter(|column| column.studentised);
        let pairs = self.groups.len() * (self.groups.len() + 1) / 2;
        let windows = 6.0 * (studentised.count() * pairs * self.outcomes.positions()) as f64;
        FLOP * (parameters.powi(3) / 3.0 + 4.0 * parameters.powi(2) * series + windows)
    }
}

impl Statistic {
    /// The overlap regression, where it is that.
    pub fn regression(&self) -> Option<&Regression> {
        match self {
            Statistic::Regression(regression) => Some(regression),
            _ => None,
        }
    }
}
