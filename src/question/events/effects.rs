//! The overlap regression of a test, and a hypothesis for each of its values.

use super::key::RowName;
use super::remake::MadeAnew;
use super::scores::SeriesScores;
use crate::error::{Error, Result};
use crate::load::Panel;
use crate::null::{NullDesign, Picks};
use crate::plan::{Centre, Centres, Convention, Hypothesis, LEAST_SPREAD, Scale, pilot, placed};
use crate::statistic::{
    Column, Contrast, Edge, Effect, Fold, Hac, Keys, MAX_GROUPS, Model, Of, Regression, ScoreTable,
    Statistic, StatisticName,
};
use crate::study::TestSpec;

/// Why a row has no observed value, or nothing to compare it with.
const SAME_ON_ALL_ROWS: &str = "the series has the same change on every row of the sample: the effect and its standard error are zero, and 0/0 has no value";
const NOUGHT: &str = "the effect and its standard error are both zero, and 0/0 has no value: on the rows that tell the effect nothing is left over";
const NOTHING_TO_COMPARE: &str =
    "0/0 in each of the first placebo sets, so that there is nothing to compare it with";

/// The group that results name for the regression's constant.
pub const CONSTANT: &str = "constant";

/// What the regression's hypotheses are made from.
pub(super) struct Effects<'a> {
    pub panel: &'a Panel,
    pub test: &'a TestSpec,
    /// A series a list.
    pub outcomes: &'a [SeriesScores],
    pub groups: &'a [String],
    pub design: &'a NullDesign,
    /// The sample row of each position.
    pub rows: &'a [usize],
    pub edge: Edge,
    pub observed: &'a [u32],
    /// What draws make the series from, where they do.
    pub made: Option<&'a MadeAnew>,
    /// Names a key of the test.
    pub place: &'a dyn Fn(&str) -> String,
}

/// An effect that is asked for: its statistic's name, its day, and its weights.
struct Asked {
    statistic: String,
    of: Of,
    day: i32,
    effect: usize,
    studentised: bool,
}

impl Effects<'_> {
    /// The fold of all effects asked for, and its hypotheses.
    ///
    /// # Errors
    ///
    /// A shape beyond the regression's limits, an observed set whose regressors are collinear, or a
    /// null design whose draws all are.
    pub(super) fn fold(&self) -> Result<(Fold, Vec<(Hypothesis, RowName)>)> {
        let (effects, asked) = self.asked();
        let series = self.outcomes.len();
        let columns: Vec<Column> = asked
            .iter()
            .flat_map(|asked| {
                (0..series).map(|series| Column {
                    effect: asked.effect,
                    series,
                    studentised: asked.studentised,
                })
            })
            .collect();
        let contrasts = Regression::contrasts(self.groups);
        let regression = self.regression(effects, columns.clone())?;
        let Some(scales) = regression.scales(&contrasts, self.observed) else {
            return Err(Error::input(
                (self.place)("window"),
                "the regression of the events is singular: their relative days cannot be told apart",
                "shorten the window, widen the [sample], or leave groups with few or simultaneous events out",
            ));
        };
        let observed = regression
            .values(&contrasts, &Picks::of(self.observed), 1)
            .remove(0);
        let pilot = self.pilot(&regression, &contrasts)?;
        let centres = Centres::new(self.design, false);
        let symmetric = self.test.convention == Convention::Symmetric;
        let mut grids = Vec::new();
        let mut hypotheses = Vec::new();
        let values = observed.iter().zip(scales).zip(pilot);
        for (value, ((&observed, scale), mut pilot)) in values.enumerate() {
            let column = columns[value % columns.len()];
            let asked = &asked[value % columns.len() / series];
            let scores = &self.outcomes[column.series];
            let constant = column.studentised && regression.level(column.series).is_some();
            let void = match (constant, observed, pilot.len()) {
                (true, ..) => Some(SAME_ON_ALL_ROWS),
                (_, None, _) => Some(NOUGHT),
                (_, _, 0) => Some(NOTHING_TO_COMPARE),
                _ => None,
            };
            let least = LEAST_SPREAD * scale;
            let (grid, numerator, lattice) = placed(observed.unwrap_or(0.0), &mut pilot, least);
            let scale = match column.studentised {
                true => Scale {
                    exponent: 0,
                    step: grid.step,
                },
                false => Scale {
                    exponent: scores.scale.exponent,
                    step: scores.scale.step * grid.step / scores.parts as f64,
                },
            };
            let name = RowName {
                series: self.panel.series[column.series].name.clone(),
                group: contrasts[value / columns.len()].label.clone(),
                statistic: asked.statistic.clone(),
                relative_day: asked.day,
                unit: match column.studentised {
                    true => "se".into(),
                    false => scores.unit.clone(),
                },
            };
            let mut hypothesis = Hypothesis {
                scale,
                denominator: 1,
                of: asked.of,
                ratio: false,
                observed: numerator,
                centre: None,
                void: void.map(str::to_owned),
                mirror: None,
                lattice,
            };
            // A rotation that wraps keeps the regressors' products; the outcomes' mean over all of
            // them is a constant, which the regression's own constant takes.
            let rotated = self.test.wraps() && !column.studentised;
            let rotated = rotated.then_some(Centre::ZERO);
            let made = self
                .made
                .and_then(|of| of.centre_of_effects(column.studentised));
            let contrast = &contrasts[value / columns.len()];
            if let Some(centre) = centres.by_symmetry(contrast, true).or(rotated).or(made) {
                hypothesis.centre_on(centre, symmetric);
            }
            hypotheses.push((hypothesis, name));
            grids.push(grid);
        }
        let regression = Statistic::Regression(regression.with_grids(grids));
        let fold = Fold::new(regression, self.groups, self.design.segments());
        Ok((fold, hypotheses))
    }

    /// The distinct effects, and what is asked of them, statistic by statistic.
    fn asked(&self) -> (Vec<Effect>, Vec<Asked>) {
        let [first, last] = self.test.window;
        let at = |day: i32| (day - first) as usize;
        let days = at(last) + 1;
        let mut effects: Vec<Effect> = Vec::new();
        let mut asked = Vec::new();
        for statistic in self.test.statistics() {
            let Of::Effects { daily, studentised } = statistic.of else {
                continue;
            };
            let weights = |day: i32| -> Vec<f64> {
                let counts = |j| if daily { j == at(day) } else { j <= at(day) };
                (0..days).map(|j| f64::from(u8::from(counts(j)))).collect()
            };
            let mut ask = |name: String, day: i32, weights: Vec<f64>| {
                let effect = Effect { weights };
                let known = effects.iter().position(|had| *had == effect);
                asked.push(Asked {
                    statistic: name,
                    of: statistic.of,
                    day,
                    effect: known.unwrap_or(effects.len()),
                    studentised,
                });
                if known.is_none() {
                    effects.push(effect);
                }
            };
            for &day in self.test.relative_days() {
                ask(statistic.name().to_owned(), day, weights(day));
            }
            for &[from, to] in &self.test.spans {
                let mut sum = vec![0.0; days];
                for day in from..=to {
                    for (sum, weight) in sum.iter_mut().zip(weights(day)) {
                        *sum += weight;
                    }
                }
                let count = f64::from(to - from + 1);
                let mean = sum.into_iter().map(|sum| sum / count).collect();
                ask(span_name(statistic, [from, to]), to, mean);
            }
        }
        (effects, asked)
    }

    fn regression(&self, effects: Vec<Effect>, columns: Vec<Column>) -> Result<Regression> {
        let [first, last] = self.test.window;
        let days = (last - first + 1) as usize;
        let n = self.outcomes[0].days[0].len();
        let parameters = self.groups.len() * days + 1;
        let hac = Hac {
            lags: self.test.hac.lags.unwrap_or(days - 1),
            small_sample: self.test.hac.small_sample,
        };
        let outcomes: Vec<Vec<i32>> = self.outcomes.iter().map(|o| o.days[0].clone()).collect();
        let model = Model {
            outcomes: ScoreTable::from_columns(&outcomes),
            rows: self.rows.iter().map(|&row| row as u32).collect(),
            negated_from: self.design.negated_from().unwrap_or(self.rows.len()),
            window: self.test.window,
            edge: self.edge,
            groups: self.design.segments().to_vec(),
            effects,
            columns,
            hac,
        };
        Regression::new(model).ok_or_else(|| {
            let (key, problem, remedy) = if self.groups.len() > MAX_GROUPS {
                (
                    "groups",
                    format!(
                        "{} groups; the overlap regression takes at most {MAX_GROUPS}",
                        self.groups.len()
                    ),
                    "name some of them in `groups`",
                )
            } else if hac.lags >= n {
                (
                    "hac.lags",
                    format!("{} lags, but the sample has {n} rows", hac.lags),
                    "ask for fewer lags",
                )
            } else {
                (
                    "window",
                    format!(
                        "{parameters} coefficients ({} group(s), {days} relative days and a constant), but the sample has {n} rows",
                        self.groups.len()
                    ),
                    "shorten the window or widen the [sample]",
                )
            };
            Error::input((self.place)(key), problem, remedy)
        })
    }

    /// The plan's [`pilot`], refused where no draw has any value.
    fn pilot(&self, regression: &Regression, contrasts: &[Contrast]) -> Result<Vec<Vec<f64>>> {
        let values = match self.made {
            Some(made) => {
                let remade = &made.remade;
                remade.pilot(regression, contrasts, self.design, self.observed)
            }
            None => pilot(regression, contrasts, self.design),
        };
        if values.iter().all(Vec::is_empty) {
            return Err(Error::input(
                (self.place)("null"),
                "the regressions of the first placebo sets are all singular",
                "shorten the window, widen the [sample], or leave groups with few events out",
            ));
        }
        Ok(values)
    }
}

/// The name of a span's average.
pub(super) fn span_name(statistic: StatisticName, [from, to]: [i32; 2]) -> String {
    statistic.row_name(&Keys::default(), Some(format!("mean {from}..{to}")))
}
