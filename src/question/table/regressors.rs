//! The regressors of a coefficient: what a draw deals anew, and the statistic.

use std::collections::HashMap;
use std::ops::Range;

use super::coefficient::Method;
use super::compile::Side;
use super::data::{Data, Named, Variable};
use super::design::{Arranged, Placing};
use super::folds::{CentreOf, Folded, Folding, Value};
use super::scores::{Scored, fixed};
use super::spec::{TableNull, TableSpec, TableStatistic};
use super::words::Shown;
use super::{Formula, Term};
use crate::error::{Error, Result};
use crate::load::{Levels, quoted_list};
use crate::null::Picks;
use crate::plan::{Centre, SCORE_LIMIT, Scale};
use crate::statistic::{
    Coefficient, CoefficientModel, NoFit, ScoreTable, StandardError, Statistic,
};

/// The most nuisance columns, and cells of all of them: 128 MiB of floats.
const MOST_COLUMNS: usize = 512;
const MOST_CELLS: usize = 1 << 24;

/// The regressors of a test, by row.
pub(super) struct Regressors<'a> {
    formula: &'a Formula,
    method: Method,
    variable: Named,
    numbers: Vec<f64>,
    scored: Scored,
    /// Columns, and the term of each.
    nuisance: Vec<(Vec<i32>, Term)>,
    clusters: Option<Vec<u32>>,
    /// `A - B` of two groups.
    label: String,
    /// Rules that fired.
    pub rules: Vec<String>,
}

impl<'a> Regressors<'a> {
    /// Of a table's rows, where a coefficient is asked for; `side` holds the variable.
    ///
    /// # Errors
    ///
    /// Numbers that leave the fixed-point range, or too many columns.
    pub fn asked(
        data: &Data,
        side: &Side,
        formula: &'a Formula,
        spec: &TableSpec,
        file: &str,
    ) -> Result<Option<Self>> {
        if spec.coefficient.is_none() {
            return Ok(None);
        }
        let mut rules = Vec::new();
        let mut scores = |name: &str, numbers: &[f64]| -> Result<Scored> {
            let scored = finest(numbers, &format!("{file}, `{name}`"))?;
            if scored.rounding_error > 0.0 {
                rules.push(format!(
                    "`{name}` is rounded to steps: largest rounding error {:.1e}",
                    scored.rounding_error
                ));
            }
            Ok(scored)
        };
        let variable = data.variables[0].clone();
        let (numbers, label) = match side {
            Side::Groups(levels) => {
                let codes = levels.codes.iter();
                let numbers = codes.map(|&code| f64::from(u8::from(code == 0))).collect();
                (numbers, levels.names.join(" - "))
            }
            Side::Numbers(numbers) => (numbers.clone(), String::new()),
            Side::Alone => return Ok(None),
        };
        let scored = scores(&variable.name, &numbers)?;
        let mut nuisance = Vec::new();
        for named in &data.variables[1..] {
            match &named.cells {
                Variable::Numbers(numbers) => {
                    let scored = scores(&named.name, numbers)?;
                    nuisance.push((scored.scores, named.term.clone()));
                }
                Variable::Levels(levels) => {
                    for level in 1..levels.names.len() as u32 {
                        let codes = levels.codes.iter();
                        let column = codes.map(|&code| i32::from(code == level)).collect();
                        nuisance.push((column, named.term.clone()));
                    }
                }
            }
        }
        let most = (MOST_CELLS / data.rows.len().max(1)).min(MOST_COLUMNS);
        if let Some((_, term)) = nuisance.get(most) {
            return Err(formula.refused(
                &term.at,
                format!(
                    "{} columns beside the variable, factors' levels among them; of {} rows at most {most} are fitted",
                    nuisance.len(),
                    data.rows.len()
                ),
                "Name fewer columns, or factors of fewer levels.",
            ));
        }
        Ok(Some(Regressors {
            formula,
            method: spec.method,
            label,
            variable,
            numbers,
            scored,
            nuisance,
            clusters: data.clusters.as_ref().map(|levels| levels.codes.clone()),
            rules,
        }))
    }

    /// The variable as numbers, where it is not what is dealt.
    pub fn numbers_beside(&self) -> Option<Side> {
        (self.method != Method::Assign).then(|| Side::Numbers(self.numbers.clone()))
    }

    /// What the statement of the null calls the other columns.
    fn others(&self) -> String {
        let mut names: Vec<String> = self.nuisance.iter().map(|(_, term)| term.name()).collect();
        names.dedup();
        quoted_list(names.iter().map(String::as_str))
    }

    /// The arrangement of a variable that is assigned anew, with what that assumes.
    pub fn assigned(&self, arranged: Arranged, placing: &Placing<'_>, null: TableNull) -> Arranged {
        let name = &self.variable.name;
        let over = match placing.cluster {
            Some(cluster) => format!("whole clusters of `{cluster}`"),
            None => "rows".to_owned(),
        };
        match null {
            TableNull::Relabeling | TableNull::Permutation => Arranged {
                assumption: format!(
                    "{}`{name}` was assigned to {over} at random, and that it moves no outcome: any of these could have had any of its values",
                    within(placing)
                ),
                ..arranged
            },
            _ => arranged,
        }
    }

    /// Deals what is left of the outcomes over the rows, within strata where there are such.
    ///
    /// # Errors
    ///
    /// More rows than the design takes.
    pub fn permuted(&self, placing: &Placing<'_>) -> Result<Arranged> {
        let data = placing.data;
        let deals_outcomes = self.method == Method::Manly;
        // Rows of which all is the same that is dealt are one.
        let mut parts: Vec<&Named> = data.outcomes.iter().collect();
        match self.method {
            Method::Manly => {}
            Method::TerBraak => parts.extend(&data.variables),
            _ => parts.extend(&data.variables[1..]),
        }
        let mut known: HashMap<Vec<u64>, u32> = HashMap::new();
        let codes = (0..data.rows.len()).map(|row| {
            let cells = parts.iter().map(|named| match &named.cells {
                // Both zeros are one number.
                Variable::Numbers(values) => (values[row] + 0.0).to_bits(),
                Variable::Levels(levels) => levels.codes[row].into(),
            });
            let next = known.len() as u32;
            *known.entry(cells.collect()).or_insert(next)
        });
        let codes: Vec<u32> = codes.collect();
        let levels = Levels {
            names: (1..=known.len()).map(|level| level.to_string()).collect(),
            codes,
        };
        let name = &self.variable.name;
        let arranged = placing.relabeled(&levels, TableNull::Permutation, name)?;
        let what = match (self.method, self.nuisance.is_empty()) {
            _ if deals_outcomes => "the outcomes are".to_owned(),
            (Method::TerBraak, _) => {
                "what is left of the outcomes beside all variables is".to_owned()
            }
            (_, true) => "the outcomes are".to_owned(),
            (_, false) => format!("what is left of the outcomes beside {} is", self.others()),
        };
        Ok(Arranged {
            name: arranged
                .name
                .replacen(TableNull::Permutation.name(), self.method.name(), 1),
            assumption: format!(
                "{}{what} exchangeable over rows where `{name}` moves no outcome",
                within(placing)
            ),
            // With the variable's own part taken out, no draw is like the observed outcomes.
            admissible: self.method != Method::TerBraak,
            ..arranged
        })
    }

    /// Why p is approximate, if it is.
    pub fn approximate(&self, data: &Data) -> Option<String> {
        match self.method {
            Method::Assign => None,
            Method::TerBraak => Some(
                "the residuals that are exchanged are estimated with the variable's coefficient among others".to_owned(),
            ),
            Method::FreedmanLane | Method::Manly => {
                let strata = data.strata.as_ref();
                let stratum = |row: usize| strata.map_or(0, |levels| levels.codes[row] as usize);
                let is_constant = |column: &Vec<i32>| {
                    let mut firsts = HashMap::new();
                    let mut rows = (0..column.len()).map(|row| (stratum(row), column[row]));
                    rows.all(|(stratum, value)| *firsts.entry(stratum).or_insert(value) == value)
                };
                if self.nuisance.iter().all(|(column, _)| is_constant(column)) {
                    return None;
                }
                Some(match self.method {
                    Method::Manly => format!(
                        "{} may move the outcomes, which are exchanged as they are",
                        self.others()
                    ),
                    _ => format!(
                        "what is left of the outcomes beside {} is estimated; p is exact where these columns are constant within strata",
                        self.others()
                    ),
                })
            }
        }
    }

    fn refused(&self, error: NoFit) -> Error {
        let refuse = |at: &Range<usize>, problem: String, remedy: &str| {
            self.formula.refused(at, problem, remedy)
        };
        let at = &self.variable.term.at;
        let name = &self.variable.name;
        match error {
            NoFit::Nuisance(column) => {
                let (_, term) = &self.nuisance[column];
                refuse(
                    &term.at,
                    format!(
                        "`{}` is collinear: it is a combination of the constant and the columns before it",
                        term.name()
                    ),
                    "Leave it, or one of those, out.",
                )
            }
            NoFit::Nearly(column) => {
                let (_, term) = &self.nuisance[column];
                refuse(
                    &term.at,
                    format!(
                        "`{}` is nearly collinear: less than a millionth of it is no combination of the constant and the columns before it",
                        term.name()
                    ),
                    "Take its mean from it, or leave it out.",
                )
            }
            NoFit::Variable => refuse(
                at,
                format!(
                    "`{name}` is a combination of the other columns and the constant: it has no coefficient beside them"
                ),
                "Leave one of the others out.",
            ),
            NoFit::Parameters(rows, parameters) => refuse(
                at,
                format!("{rows} rows are too few for {parameters} coefficients"),
                "Name fewer columns, or factors of fewer levels.",
            ),
            NoFit::Malformed => Error::input(
                "--coefficient",
                "the regression's parts do not fit each other",
                "Report this as a fault of placebo.",
            ),
        }
    }
}

/// A regressor's numbers as they are; where they do not fit, less their mean, as the constant takes it, if
/// that makes steps finer.
fn finest(numbers: &[f64], place: &str) -> Result<Scored> {
    let plain = fixed(numbers, SCORE_LIMIT, place);
    if matches!(&plain, Ok(scored) if scored.rounding_error == 0.0) {
        return plain;
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let about: Vec<f64> = numbers.iter().map(|number| number - mean).collect();
    match (plain, fixed(&about, SCORE_LIMIT, place)) {
        (Ok(plain), Ok(about)) if about.rounding_error >= plain.rounding_error => Ok(plain),
        (_, Ok(about)) => Ok(about),
        (plain, Err(_)) => plain,
    }
}

fn within(placing: &Placing<'_>) -> String {
    match &placing.strata {
        Some(strata) => format!("within each stratum of {strata} "),
        None => String::new(),
    }
}

impl Folding<'_> {
    /// Coefficients of outcomes, or their ratios to standard errors.
    pub(super) fn coefficients(&self, studentised: bool, outcomes: &[usize]) -> Result<Folded> {
        let Some(regressors) = self.regressors else {
            return Err(Error::input(
                "--coefficient",
                "no variable is named",
                "Name one of the formula's.",
            ));
        };
        self.unless_picks_vary(match studentised {
            true => TableStatistic::CoefficientT,
            false => TableStatistic::Coefficient,
        })?;
        let scored: Vec<Scored> = outcomes
            .iter()
            .map(|&outcome| self.scores(outcome))
            .collect::<Result<_>>()?;
        let cells: Vec<Vec<i32>> = scored.iter().map(|of| of.scores.clone()).collect();
        let observed = &self.arranged.observed;
        let mut slots = observed.clone();
        for segment in self.arranged.design.segments() {
            // A slot that is empty now deals what the others of its group do.
            let first = observed[segment.start];
            let slots = slots[segment.range()].iter_mut();
            slots
                .filter(|slot| **slot == Picks::NOBODY)
                .for_each(|slot| *slot = first);
        }
        let model = CoefficientModel {
            variable: regressors.scored.scores.clone(),
            nuisance: regressors
                .nuisance
                .iter()
                .map(|(column, _)| column.clone())
                .collect(),
            outcomes: ScoreTable::from_columns(&cells),
            slots,
            dealt: regressors.method.dealt(),
            error: match (studentised, regressors.method, &regressors.clusters) {
                (false, ..) => StandardError::None,
                (true, Method::Assign, Some(codes)) => StandardError::Clustered(codes.clone()),
                (true, Method::Assign, None) => StandardError::Robust,
                (true, ..) => StandardError::Classical,
            },
        };
        let coefficient = Coefficient::new(model).map_err(|error| regressors.refused(error))?;
        let unit = |of: &Scored| of.scale.value(1.0, of.denominator);
        let scales: Vec<Scale> = scored
            .iter()
            .enumerate()
            .map(|(column, of)| Scale {
                exponent: 0,
                step: match studentised {
                    true => coefficient.step(column),
                    false => coefficient.step(column) * (unit(of) / unit(&regressors.scored)),
                },
            })
            .collect();
        let fold = self.of_one(Statistic::Coefficient(coefficient));
        let centre = |_: &Scored| match studentised {
            true => CentreOf::At(Centre::ZERO),
            false => CentreOf::Draws,
        };
        let mut values: Vec<Value> =
            self.values(&fold, outcomes, &scored, centre, |_, _| Shown::Value);
        for (value, scale) in values.iter_mut().zip(scales) {
            value.group = regressors.label.clone();
            value.scale = scale;
            value.denominator = 1;
        }
        Ok((fold, values))
    }
}
