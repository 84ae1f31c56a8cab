//! A coefficient beside nuisance columns: what is asked.

use serde::{Deserialize, Serialize};

use super::data::Data;
use super::spec::{Asks, TableSpec, TableStatistic};
use super::{Formula, Term};
use crate::error::{Error, Result};
use crate::load::{did_you_mean, quoted_list};
use crate::statistic::Dealt;

/// What a draw of a test of a coefficient deals anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Method {
    /// The variable, as a random assignment would have.
    #[default]
    Assign,
    /// The residuals of the outcome on the nuisance columns (Freedman and Lane 1983).
    FreedmanLane,
    /// The outcome (Manly 1986).
    Manly,
    /// The residuals of the outcome on all columns (ter Braak 1992).
    TerBraak,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 4] = [
        Method::Assign,
        Method::FreedmanLane,
        Method::Manly,
        Method::TerBraak,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Method::Assign => "assign",
            Method::FreedmanLane => "freedman-lane",
            Method::Manly => "manly",
            Method::TerBraak => "ter-braak",
        }
    }

    pub(super) fn dealt(self) -> Dealt {
        match self {
            Method::Assign => Dealt::Variable,
            Method::FreedmanLane => Dealt::Residuals,
            Method::Manly => Dealt::Outcomes,
            Method::TerBraak => Dealt::FullResiduals,
        }
    }

    /// The statistic where none is asked for.
    pub(super) fn statistic(self) -> TableStatistic {
        match self {
            Method::Assign => TableStatistic::Coefficient,
            _ => TableStatistic::CoefficientT,
        }
    }
}

/// Refuses several variables of which none is named, and a name, method or statistic that does not go with
/// the formula.
pub(super) fn unless_fit(formula: &Formula, spec: &TableSpec) -> Result<()> {
    let mut asked = spec.statistics.iter();
    let is_of = |statistic: &&TableStatistic| statistic.asks() == Asks::Coefficient;
    let Some(name) = &spec.coefficient else {
        if let [_, nuisance, ..] = &formula.variables[..] {
            return Err(formula.refused(
                &nuisance.at,
                "one variable is tested at a time",
                "Name the one whose coefficient is tested with --coefficient; columns within whose values the variable was assigned go after `|`.",
            ));
        }
        return match asked.find(is_of) {
            None => Ok(()),
            Some(statistic) => Err(Error::input(
                "--statistic",
                format!(
                    "{} is of the variable that --coefficient names",
                    statistic.name()
                ),
                "Add --coefficient NAME.",
            )),
        };
    };
    let names: Vec<String> = formula.variables.iter().map(Term::name).collect();
    let names = || names.iter().map(String::as_str);
    if !names().any(|known| known == name) {
        return Err(Error::input(
            "--coefficient",
            match names().count() {
                0 => format!("the formula has no variable, and none is `{name}`"),
                _ => format!("the formula has no variable `{name}`"),
            },
            match names().count() {
                0 => "Name it on the right of `~`.".to_owned(),
                _ => format!(
                    "{}The variables are {}.",
                    did_you_mean(name, names()),
                    quoted_list(names())
                ),
            },
        ));
    }
    if let Some(statistic) = asked.find(|statistic| !is_of(statistic)) {
        return Err(Error::input(
            "--statistic",
            format!("{} is no statistic of a coefficient", statistic.name()),
            "Ask for coefficient or coefficient-t, or leave --coefficient out.",
        ));
    }
    if spec.method == Method::Assign {
        return Ok(());
    }
    let method = spec.method.name();
    let refuse =
        |flag: &str, problem: String, remedy: &str| Err(Error::input(flag, problem, remedy));
    if spec.statistics.contains(&TableStatistic::Coefficient) {
        return refuse(
            "--statistic",
            format!("{method} compares ratios of the coefficient to its standard error"),
            "Ask for coefficient-t, or leave --statistic out.",
        );
    }
    if spec.null.is_some() {
        return refuse(
            "--null",
            format!("{method} is a null design by itself"),
            "Leave --null and --sets out, or take --method assign.",
        );
    }
    match spec.cluster {
        None => Ok(()),
        Some(_) => refuse(
            "--cluster",
            format!("{method} exchanges rows one by one, and clusters keep together"),
            "Take --method assign, or a row a cluster.",
        ),
    }
}

/// Puts the variable that is tested before the others.
pub(super) fn first(mut data: Data, spec: &TableSpec) -> Data {
    let name = spec.coefficient.as_deref();
    let mut variables = data.variables.iter();
    let at = variables.position(|named| Some(named.name.as_str()) == name);
    if let Some(at) = at {
        data.variables[..=at].rotate_right(1);
    }
    data
}
