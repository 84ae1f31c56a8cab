//! From a table and a question to plans.

use super::coefficient;
use super::data::{Data, Named, Variable, no_number};
use super::design::{Arranged, Placing};
use super::folds::{CentreOf, Folding, Value};
use super::regressors::Regressors;
use super::spec::{Alternative, Asks, TableNull, TableSpec, TableStatistic};
use super::words::TableWords;
use super::{Formula, Method, TablePlan};
use crate::error::{Error, Result};
use crate::load::{DataTable, Levels, did_you_mean, quoted_list};
use crate::null::LawBasis;
use crate::plan::{
    Centre, Centres, Convention, Family, Hypothesis, Intervals, Lattice, NUMERATOR_LIMIT, Plan,
    Standardise, probed_moments, sorted_pool,
};
use crate::question::{Key, Label};
use crate::statistic::{Fold, Of, ScoreTable, Shape, Statistic};

/// A test of a table as plans.
#[derive(Debug, Clone)]
pub struct CompiledTable {
    /// One for statistics of two tails, one for those of one.
    pub plans: Vec<TablePlan>,
    /// Rules that fired, as sentences.
    pub rules: Vec<String>,
}

/// The right-hand side of a formula.
#[derive(Debug, Clone)]
pub(super) enum Side {
    Alone,
    Groups(Levels),
    Numbers(Vec<f64>),
}

impl Side {
    fn is_numbers(&self) -> bool {
        matches!(self, Side::Numbers(_))
    }
}

/// The plans of a test, over the columns that its formula names; `sets` lists its assignments, where its
/// null design is such a list.
///
/// # Errors
///
/// [`Error::Input`] and [`Error::Formula`]: a question that cannot mean anything, or a table that has no
/// answer.
pub fn compile(
    table: &DataTable,
    spec: &TableSpec,
    sets: Option<&DataTable>,
) -> Result<CompiledTable> {
    TableRows::read(table, spec)?.compile(sets)
}

/// The rows that a test is of, and what stands on both sides of its formula.
#[derive(Debug, Clone)]
pub struct TableRows<'a> {
    table: &'a DataTable,
    spec: &'a TableSpec,
    formula: Formula,
    pub(super) data: Data,
    pub(super) side: Side,
    rules: Vec<String>,
}

impl<'a> TableRows<'a> {
    /// Those of a table.
    ///
    /// # Errors
    ///
    /// A question that cannot mean anything of this table.
    pub fn read(table: &'a DataTable, spec: &'a TableSpec) -> Result<Self> {
        let formula = Formula::parse(&spec.formula)?;
        coefficient::unless_fit(&formula, spec)?;
        let flags = [spec.cluster.as_deref(), spec.order.as_deref()];
        let data = Data::of(table, &formula, flags, spec.missing)?;
        let data = coefficient::first(data, spec);
        if data.rows.is_empty() {
            return Err(Error::input(
                &table.file.file,
                "no row is left to test",
                "Give rows with values in all columns of the formula.",
            ));
        }
        let mut compiling = Compiling {
            table,
            spec,
            formula: &formula,
            rules: Vec::new(),
        };
        let (data, side) = compiling.side(data)?;
        let rules = data.rules.iter().cloned().chain(compiling.rules).collect();
        Ok(TableRows {
            table,
            spec,
            formula,
            data,
            side,
            rules,
        })
    }

    /// What a draw of a coefficient's test deals anew.
    pub(super) fn method(&self) -> Method {
        self.spec.method
    }

    /// Their plans; `sets` lists assignments, where the null design is such a list.
    ///
    /// # Errors
    ///
    /// A question that cannot mean anything, or rows that have no answer.
    pub fn compile(&self, sets: Option<&DataTable>) -> Result<CompiledTable> {
        let (data, side) = (&self.data, &self.side);
        let mut compiling = Compiling {
            table: self.table,
            spec: self.spec,
            formula: &self.formula,
            rules: self.rules.clone(),
        };
        let asked = compiling.asked(data, side)?;
        compiling.unless_one_tailed(&asked)?;
        compiling.unless_all_equal(data)?;
        let file = &self.table.file.file;
        let regressors = Regressors::asked(data, side, &self.formula, self.spec, file)?;
        let regressors = regressors.as_ref();
        compiling
            .rules
            .extend(regressors.iter().flat_map(|of| of.rules.iter().cloned()));
        let arranged = compiling.arranged(data, side, sets, regressors)?;
        let beside = regressors.and_then(Regressors::numbers_beside);
        let side = beside.as_ref().unwrap_or(side);
        let mut plans = Vec::new();
        for one_tail in [false, true] {
            let of_plan: Vec<_> = asked
                .iter()
                .filter(|(statistic, _)| statistic.has_one_tail() == one_tail)
                .collect();
            if !of_plan.is_empty() {
                let plan = compiling.plan(data, side, &arranged, regressors, &of_plan, one_tail)?;
                plans.push(plan);
            }
        }
        let mut rules = compiling.rules;
        rules.dedup();
        Ok(CompiledTable { plans, rules })
    }
}

struct Compiling<'a> {
    table: &'a DataTable,
    spec: &'a TableSpec,
    formula: &'a Formula,
    rules: Vec<String>,
}

impl Compiling<'_> {
    /// The variable as groups or numbers, and the rows of the groups that are asked for.
    fn side(&mut self, data: Data) -> Result<(Data, Side)> {
        let Some(variable) = data.variables.first() else {
            if let Some(groups) = self.spec.groups.first() {
                return Err(Error::input(
                    "--groups",
                    format!("the formula has no variable with a group `{groups}`"),
                    "Name the variable on the right of `~`.",
                ));
            }
            return Ok((data, Side::Alone));
        };
        let asks_numbers = self
            .spec
            .statistics
            .iter()
            .any(|statistic| matches!(statistic.asks(), Asks::Numbers | Asks::Ordered));
        let is_rotated = self.spec.null == Some(TableNull::CircularShift);
        let levels = match &variable.cells {
            Variable::Levels(levels) => levels.clone(),
            Variable::Numbers(values) => {
                let is_binary = values.iter().all(|&value| value == 0.0 || value == 1.0);
                let varies = values.iter().any(|value| *value != values[0]);
                if !is_binary || !varies || asks_numbers || is_rotated {
                    let numbers = values.clone();
                    return Ok((data, Side::Numbers(numbers)));
                }
                self.rules.push(format!(
                    "`{}` has the values 0 and 1: two groups, 1 and 0",
                    variable.name
                ));
                Levels {
                    codes: values.iter().map(|&v| u32::from(v == 0.0)).collect(),
                    names: vec!["1".into(), "0".into()],
                }
            }
        };
        let (name, at) = (variable.name.clone(), variable.term.at.clone());
        let (data, levels) = self.chosen(data, levels, &name)?;
        if levels.names.len() < 2 {
            return Err(self.formula.refused(
                &at,
                format!(
                    "`{name}` has one group, {}",
                    quoted_list(levels.names.iter().map(String::as_str))
                ),
                "Name a column with two groups or more, or write \"y ~ 1\" for one sample.",
            ));
        }
        Ok((data, Side::Groups(levels)))
    }

    /// The groups in the order that is asked for, others left out.
    fn chosen(&mut self, data: Data, levels: Levels, name: &str) -> Result<(Data, Levels)> {
        let asked = &self.spec.groups;
        if asked.is_empty() {
            return Ok((data, levels));
        }
        let mut places = vec![None; levels.names.len()];
        for (place, group) in asked.iter().enumerate() {
            let names = || levels.names.iter().map(String::as_str);
            let level = names().position(|name| name == group);
            let level = level.ok_or_else(|| {
                Error::input(
                    "--groups",
                    format!("`{name}` has no group `{group}`"),
                    format!(
                        "{}The groups are {}.",
                        did_you_mean(group, names()),
                        quoted_list(names())
                    ),
                )
            })?;
            if places[level].replace(place as u32).is_some() {
                return Err(Error::input(
                    "--groups",
                    format!("the group `{group}` is there twice"),
                    "Name each group once.",
                ));
            }
        }
        let place = |row: usize| places[levels.codes[row] as usize];
        let codes: Vec<u32> = (0..data.rows.len()).filter_map(place).collect();
        if codes.len() < data.rows.len() {
            self.rules.push(format!(
                "{} rows of other groups are left out (--groups)",
                data.rows.len() - codes.len()
            ));
        }
        let data = data.keeping(|row| place(row).is_some());
        let names = asked.clone();
        Ok((data, Levels { codes, names }))
    }

    /// The statistics, each with its outcomes.
    fn asked(&self, data: &Data, side: &Side) -> Result<Vec<(TableStatistic, Vec<usize>)>> {
        let mut asked: Vec<(TableStatistic, Vec<usize>)> = Vec::new();
        for (at, outcome) in data.outcomes.iter().enumerate() {
            let statistics = match self.spec.statistics.as_slice() {
                [] => vec![self.default_for(data, outcome, side)?],
                stated => stated.to_vec(),
            };
            for statistic in statistics {
                self.unless_unfit(statistic, outcome, data, side)?;
                match asked.iter_mut().find(|(known, _)| *known == statistic) {
                    Some((_, outcomes)) if outcomes.contains(&at) => {}
                    Some((_, outcomes)) => outcomes.push(at),
                    None => asked.push((statistic, vec![at])),
                }
            }
        }
        Ok(asked)
    }

    fn default_for(&self, data: &Data, outcome: &Named, side: &Side) -> Result<TableStatistic> {
        if self.spec.coefficient.is_some() {
            return Ok(self.spec.method.statistic());
        }
        Ok(match (&outcome.cells, side) {
            (Variable::Numbers(_), Side::Alone) => TableStatistic::Mean,
            (Variable::Numbers(_), Side::Groups(levels)) => match levels.names.len() {
                2 => TableStatistic::DifferenceOfMeans,
                _ => TableStatistic::F,
            },
            (Variable::Numbers(_), Side::Numbers(_)) => TableStatistic::Pearson,
            (Variable::Levels(_), Side::Groups(_)) => {
                let column = self.table.column(&outcome.name);
                if column.is_some_and(|column| column.is_mostly_numbers()) {
                    return Err(self.no_number(outcome));
                }
                TableStatistic::ChiSquared
            }
            (Variable::Levels(_), Side::Alone) => return Err(self.no_number(outcome)),
            (Variable::Levels(_), Side::Numbers(_)) => {
                let variable = &data.variables[0];
                return Err(self.formula.refused(
                    &outcome.term.at,
                    format!(
                        "`{}` has categories, and `{}` is of numbers",
                        outcome.name, variable.name
                    ),
                    format!(
                        "Exchange the two, or take groups: factor({}).",
                        variable.name
                    ),
                ));
            }
        })
    }

    /// Refuses a statistic of what an outcome and the variable are not.
    fn unless_unfit(
        &self,
        statistic: TableStatistic,
        outcome: &Named,
        data: &Data,
        side: &Side,
    ) -> Result<()> {
        let groups = match side {
            Side::Alone => 0,
            Side::Numbers(_) => 1,
            Side::Groups(levels) => levels.names.len(),
        };
        let name = statistic.name();
        let variable = data.variables.first();
        let at = variable.map_or(&outcome.term.at, |variable| &variable.term.at);
        let of = |what: &str, remedy: &str| {
            Err(self
                .formula
                .refused(at, format!("{name} asks for {what} here"), remedy))
        };
        let of_numbers = matches!(outcome.cells, Variable::Numbers(_));
        match statistic.asks() {
            Asks::Categories => match (groups, of_numbers) {
                (..=1, _) => return of("groups", "Name a column of groups, or write factor()."),
                (_, true) => {
                    return Err(self.formula.refused(
                        &outcome.term.at,
                        format!(
                            "{name} asks for categories, and `{}` is of numbers",
                            outcome.name
                        ),
                        format!("Write factor({}).", outcome.name),
                    ));
                }
                _ => return Ok(()),
            },
            Asks::Ordered if groups == 0 => {
                return of("a variable", "Write one on the right of `~`.");
            }
            Asks::Ordered => return Ok(()),
            _ if !of_numbers => return Err(self.no_number(outcome)),
            _ => {}
        }
        match (statistic.asks(), groups) {
            (Asks::OneSample, 1..) => of("`~ 1`", "Write \"y ~ 1\", or \"after - before ~ 1\"."),
            (Asks::Numbers, 0 | 2..) => of("a column of numbers", "Name one on the right of `~`."),
            (Asks::Coefficient, 3..) => of(
                &format!("a column of numbers or two groups, not {groups}"),
                "Choose two with --groups A,B.",
            ),
            (Asks::TwoGroups | Asks::TwoGroupsOrOne, 3..) => of(
                &format!("two groups, not {groups}"),
                "Choose two with --groups A,B, or ask for f or kruskal-wallis.",
            ),
            (Asks::TwoGroups | Asks::Pairs | Asks::Groups, 0)
            | (Asks::TwoGroups | Asks::Pairs | Asks::Groups | Asks::TwoGroupsOrOne, 1) => of(
                "groups",
                "Name a column of groups on the right of `~`, or write factor().",
            ),
            _ => Ok(()),
        }
    }

    fn no_number(&self, outcome: &Named) -> Error {
        let column = self.table.column(&outcome.name);
        let found = column.and_then(|column| column.first_that_is_no_number());
        no_number(self.formula, self.table, &outcome.term, found)
    }

    fn unless_one_tailed(&self, asked: &[(TableStatistic, Vec<usize>)]) -> Result<()> {
        let one = asked.iter().find(|(statistic, _)| statistic.has_one_tail());
        match (self.spec.alternative, one) {
            (Some(_), Some((statistic, _))) => Err(Error::input(
                "--alternative",
                format!(
                    "only large values of {} speak against the null: its p is that of the upper tail",
                    statistic.name()
                ),
                "Leave --alternative out.",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses outcomes and a variable that never change.
    fn unless_all_equal(&self, data: &Data) -> Result<()> {
        let is_constant = |named: &Named| match &named.cells {
            Variable::Numbers(values) => values.iter().all(|value| *value == values[0]),
            Variable::Levels(levels) => levels.names.len() < 2,
        };
        let alone = data.variables.is_empty();
        let is_fixed = |named: &Named| match &named.cells {
            // Signs change what is not zero.
            Variable::Numbers(values) if alone => values.iter().all(|value| *value == 0.0),
            _ => is_constant(named),
        };
        let all = data.outcomes.iter().all(is_fixed);
        let fixed = data.outcomes.first().filter(|_| all);
        let variable = data.variables.iter().find(|named| is_constant(named));
        match fixed.or(variable) {
            None => Ok(()),
            Some(named) => Err(self.formula.refused(
                &named.term.at,
                format!(
                    "all values of `{}` are equal: nothing can be tested",
                    named.name
                ),
                "Name a column whose values differ.",
            )),
        }
    }

    fn arranged(
        &self,
        data: &Data,
        side: &Side,
        sets: Option<&DataTable>,
        regressors: Option<&Regressors<'_>>,
    ) -> Result<Arranged> {
        let strata: Vec<String> = self.formula.strata.iter().map(|term| term.name()).collect();
        let placing = Placing {
            table: self.table,
            data,
            strata: (!strata.is_empty()).then(|| strata.join(" + ")),
            cluster: self.spec.cluster.as_deref(),
            enumerated: match self.spec.exact {
                true => TableSpec::ENUMERATED,
                false => 0,
            },
        };
        let null = self.spec.null.unwrap_or(match side {
            Side::Alone => TableNull::Signs,
            Side::Groups(_) => TableNull::Relabeling,
            Side::Numbers(_) => TableNull::Permutation,
        });
        if self.spec.max_shift.is_some() && null != TableNull::CircularShift {
            return Err(Error::input(
                "--max-shift",
                format!("the null design is {}, which moves no series", null.name()),
                "Ask for --null circular-shift, or leave --max-shift out.",
            ));
        }
        match (regressors, self.spec.method) {
            (None, _) => self.placed(&placing, null, side, sets),
            (Some(regressors), Method::Assign) => {
                let arranged = self.placed(&placing, null, side, sets)?;
                Ok(regressors.assigned(arranged, &placing, null))
            }
            (Some(regressors), _) => regressors.permuted(&placing),
        }
    }

    /// A null design on the rows.
    fn placed(
        &self,
        placing: &Placing<'_>,
        null: TableNull,
        side: &Side,
        sets: Option<&DataTable>,
    ) -> Result<Arranged> {
        let data = placing.data;
        let refuse = |problem: &str, remedy: &str| Err(Error::input("--null", problem, remedy));
        let stratum = self.formula.strata.first();
        let variable = data
            .variables
            .first()
            .map_or("", |named| named.name.as_str());
        let constrained = stratum.is_some() || placing.cluster.is_some();
        match (null, side) {
            (TableNull::List, Side::Groups(levels)) => match sets {
                Some(_) if constrained => refuse(
                    "listed assignments are restricted by their list alone",
                    "Leave --cluster, `|` and what follows out.",
                ),
                Some(sets) => placing.listed(levels, sets),
                None => refuse("there is no list of assignments", "Name one with --sets FILE."),
            },
            (TableNull::List, Side::Numbers(_)) => refuse(
                "listed assignments are of groups",
                "Write factor() for the variable.",
            ),
            (TableNull::Signs, Side::Alone) => match stratum {
                Some(stratum) => Err(self.formula.refused(
                    &stratum.at,
                    "strata do not restrict the signs of rows",
                    "Leave `|` and what follows out; --cluster changes whole clusters' signs together.",
                )),
                None => placing.signed(),
            },
            (_, Side::Alone) => refuse(
                "one sample has no variable to assign anew",
                "Leave --null out: its design is signs.",
            ),
            (TableNull::Signs, _) => refuse(
                "signs are changed of one sample",
                "Write \"y ~ 1\", or \"after - before ~ 1\".",
            ),
            (TableNull::CircularShift, Side::Numbers(_)) => match (stratum, placing.cluster) {
                (Some(stratum), _) => Err(self.formula.refused(
                    &stratum.at,
                    "a series is moved as a whole, not within strata",
                    "Leave `|` and what follows out.",
                )),
                (_, Some(_)) => refuse(
                    "a series is moved as a whole, not by cluster",
                    "Leave --cluster out.",
                ),
                (None, None) => placing.rotated(self.spec.max_shift),
            },
            (TableNull::CircularShift, Side::Groups(_)) => refuse(
                "a series of groups is not moved against another",
                "Give the groups numbers, such as 0 and 1.",
            ),
            (TableNull::Relabeling | TableNull::Permutation, Side::Groups(levels)) => {
                placing.relabeled(levels, null, variable)
            }
            (TableNull::Relabeling | TableNull::Permutation, Side::Numbers(numbers)) => {
                let levels = Variable::Numbers(numbers.clone()).levels();
                placing.relabeled(&levels, null, variable)
            }
        }
    }

    fn plan(
        &mut self,
        data: &Data,
        side: &Side,
        arranged: &Arranged,
        regressors: Option<&Regressors<'_>>,
        asked: &[&(TableStatistic, Vec<usize>)],
        one_tail: bool,
    ) -> Result<TablePlan> {
        let groups: Vec<String> = match side {
            Side::Groups(levels) => levels.names.clone(),
            Side::Alone | Side::Numbers(_) => vec!["all".into()],
        };
        let folding = Folding {
            spec: self.spec,
            arranged,
            outcomes: &data.outcomes,
            groups: &groups,
            strata: data.strata.as_ref().map(|strata| strata.codes.as_slice()),
            variable: match side {
                Side::Numbers(numbers) => Some(numbers),
                Side::Alone | Side::Groups(_) => None,
            },
            regressors,
            file: &self.table.file.file,
        };
        let convention = match (one_tail, self.spec.alternative) {
            (true, _) | (_, Some(Alternative::Greater)) => Convention::Upper,
            (_, Some(Alternative::Less)) => Convention::Lower,
            _ => self.spec.convention.unwrap_or(match self.spec.max_t {
                true => Convention::Symmetric,
                false => Convention::EqualTailed,
            }),
        };
        let variable = data
            .variables
            .first()
            .map_or("1", |named| named.name.as_str());
        let (mut folds, mut hypotheses) = (Vec::new(), Vec::new());
        // Of each fold.
        let mut shifted = Vec::new();
        let (mut labels, mut shown) = (Vec::new(), Vec::new());
        for (place, (statistic, outcomes)) in asked.iter().enumerate() {
            for (fold, values) in folding.folds(*statistic, outcomes)? {
                self.check_range(&fold, arranged)?;
                hypotheses.extend(self.hypotheses(&fold, &values, arranged, convention)?);
                for value in values {
                    let outcome = &data.outcomes[value.outcome].name;
                    if value.rounding_error > 0.0 {
                        self.rules.push(format!(
                            "`{outcome}` ({}) is rounded to steps: largest rounding error {:.1e}",
                            statistic.name(),
                            value.rounding_error
                        ));
                    }
                    labels.push(Label {
                        key: Key::new([
                            ("outcome", outcome.as_str().into()),
                            ("variable", variable.into()),
                            ("statistic", statistic.name().into()),
                            ("group", value.group.into()),
                            ("null", arranged.name.as_str().into()),
                            ("convention", convention.name().into()),
                        ]),
                        unit: String::new(),
                        place,
                    });
                    shown.push(value.shown);
                }
                folds.push(fold);
                shifted.push(statistic.has_shifts());
            }
        }
        let family = self
            .spec
            .max_t
            .then(|| family(&folds, &hypotheses))
            .flatten();
        if let Some(family) = family.as_ref().filter(|family| !family.is_ranked()) {
            self.rules.push(format!(
                "of a family of {} outcomes maxT is counted alone: the null laws of more than {}, which minP needs, are not kept",
                family.members.len(),
                Family::MOST_RANKED
            ));
        }
        let intervals = match self.spec.interval {
            Some(level) if !one_tail => Some(shifts(level, arranged, &folds, &shifted)?),
            _ => None,
        };
        let sizes = arranged.observed_groups();
        let words = TableWords {
            null: arranged.name.clone(),
            assumption: arranged.assumption.clone(),
            approximate: regressors.and_then(|of| of.approximate(data)),
            variable: data
                .variables
                .first()
                .map_or(String::new(), |named| named.name.clone()),
            statistics: asked.iter().map(|(s, _)| s.name().to_owned()).collect(),
            definitions: asked
                .iter()
                .map(|(s, _)| s.definition().to_owned())
                .collect(),
            rows: data.rows.len(),
            table_rows: data.rows.iter().map(|&row| row as u32 + 1).collect(),
            admissible: arranged.admissible,
            groups: match side.is_numbers() {
                true => Vec::new(),
                false => groups
                    .iter()
                    .cloned()
                    .zip(sizes.iter().map(|of| of.len()))
                    .collect(),
            },
            shown,
        };
        let names = match side {
            _ if self.spec.method != Method::Assign => arranged.rows(data),
            // A group stands for each of its values, or for all rows where these move together.
            Side::Numbers(numbers) if arranged.design.segments().len() > 1 => {
                Variable::Numbers(numbers.clone()).levels().names
            }
            Side::Alone | Side::Groups(_) | Side::Numbers(_) => groups,
        };
        Ok(TablePlan {
            plan: Plan {
                seed: self.spec.seed,
                positions: arranged.design.positions(),
                design: arranged.design.clone(),
                remade: None,
                folds,
                hypotheses,
                family,
                intervals,
                groups: names,
                observed: arranged.observed.clone(),
                admissible: arranged.admissible,
                convention,
            },
            labels,
            words,
        })
    }

    /// Refuses sums that could leave the range.
    fn check_range(&self, fold: &Fold, arranged: &Arranged) -> Result<()> {
        let Statistic::Mean(_) = fold.statistic() else {
            return Ok(());
        };
        let positions = 0..arranged.design.positions();
        let columns = 0..fold.columns();
        let largest = positions
            .flat_map(|p| columns.clone().map(move |c| (p, c)))
            .filter_map(|(p, c)| fold.statistic().score(p, c))
            .map(|score| i128::from(score.unsigned_abs()))
            .max();
        let is_far = fold.contrasts().iter().any(|contrast| {
            let picks = contrast.terms.iter().map(|&(segment, weight)| {
                i128::from(weight.abs()) * fold.segments()[segment].len as i128
            });
            picks.sum::<i128>() * largest.unwrap_or(0) >= NUMERATOR_LIMIT
        });
        match is_far {
            false => Ok(()),
            true => Err(Error::input(
                &self.table.file.file,
                "the sum of so many rows leaves the fixed-point range",
                "Round the outcome to fewer digits, or test fewer rows.",
            )),
        }
    }

    fn hypotheses(
        &self,
        fold: &Fold,
        values: &[Value],
        arranged: &Arranged,
        convention: Convention,
    ) -> Result<Vec<Hypothesis>> {
        let design = &arranged.design;
        let symmetric = convention == Convention::Symmetric;
        let linear = fold.statistic().shape() == Shape::Linear;
        let centres = Centres::new(design, symmetric && linear);
        let positions = design.positions();
        let column = |c: usize| -> Vec<i32> {
            let scores = (0..positions).map(|p| fold.statistic().score(p, c).unwrap_or(0));
            scores.collect()
        };
        let pools: Vec<Vec<i32>> = (0..fold.columns())
            .map(|c| sorted_pool(design, &column(c)))
            .collect();
        let distinct = design.basis() == LawBasis::Distinct;
        let is_open = fold.may_be_undefined();
        let mut probed = None;
        let observed = match fold.statistic() {
            Statistic::Coefficient(coefficient) => coefficient.observed(),
            _ => fold.numerators(&arranged.observed),
        };
        let mut hypotheses = Vec::with_capacity(values.len());
        for (at, (value, observed)) in values.iter().zip(observed).enumerate() {
            let contrast = &fold.contrasts()[at / fold.columns()];
            let c = at % fold.columns();
            let pool = &pools[c];
            let known = distinct.then(|| fold.statistic().moments(fold, contrast, pool));
            let (mean, spread) = match known.flatten() {
                Some(moments) => moments,
                None => probed.get_or_insert_with(|| probed_moments(fold, design))[at],
            };
            let bounds = fold.bounds(contrast, pool);
            let lattice = Lattice::new(bounds, mean, spread, observed.unwrap_or(bounds.0));
            let mut hypothesis = Hypothesis {
                scale: value.scale,
                denominator: value.denominator,
                of: Of::Changes,
                ratio: fold.statistic().shape() == Shape::Ratio,
                observed: observed.unwrap_or(bounds.0),
                void: match observed {
                    Some(_) => None,
                    None => Some(void(fold).into()),
                },
                centre: None,
                mirror: None,
                lattice: match is_open {
                    true => lattice.opened(),
                    false => lattice,
                },
            };
            let by_symmetry = || {
                let odd = fold.statistic().is_odd();
                centres.by_symmetry(contrast, odd)
            };
            let centre: Option<Centre> = match value.centre {
                CentreOf::At(centre) => Some(centre),
                CentreOf::Draws => by_symmetry(),
                CentreOf::Sums => {
                    let cells = column(c);
                    by_symmetry().or_else(|| centres.of_sums(contrast, |p| i64::from(cells[p])))
                }
            };
            if let Some(centre) = centre {
                hypothesis.centre_on(centre, symmetric);
            }
            hypotheses.push(hypothesis);
        }
        Ok(hypotheses)
    }
}

/// Why the observed arrangement has no value.
fn void(fold: &Fold) -> &'static str {
    match fold.statistic() {
        Statistic::Coefficient(_) => {
            "the regression leaves no residuals, and the coefficient is zero"
        }
        _ => "the observed groups do not vary",
    }
}

/// The shifts of groups that get confidence sets: of the folds that `shifted` says, those of differences of
/// means, and of a mean.
fn shifts(level: f64, arranged: &Arranged, folds: &[Fold], shifted: &[bool]) -> Result<Intervals> {
    let mut first = 0;
    let mut members = Vec::new();
    for (fold, &shifted) in folds.iter().zip(shifted) {
        let is_mean = matches!(
            fold.statistic(),
            Statistic::Mean(_) | Statistic::MeanRatio(_)
        );
        let moves = fold.contrasts().iter().map(|contrast| {
            contrast.difference_of().is_some() || arranged.design.segments().len() == 1
        });
        for (at, moves) in moves.enumerate() {
            let of_contrast = first + at * fold.columns()..first + (at + 1) * fold.columns();
            if shifted && is_mean && moves {
                members.extend(of_contrast);
            }
        }
        first += fold.values();
    }
    if members.is_empty() {
        return Err(Error::input(
            "--interval",
            "none of the statistics is a mean or a difference of means, whose shifts have sets",
            "Ask for mean or difference-of-means, or leave --interval out.",
        ));
    }
    let positions = arranged.design.positions();
    let observed = arranged.observed_groups();
    let mut patterns: Vec<Vec<i32>> = Vec::new();
    for rows in &observed {
        let mut pattern = vec![0; positions];
        rows.iter().for_each(|&row| pattern[row as usize] = 1);
        patterns.push(pattern);
    }
    if observed.len() > 1 {
        patterns.push(vec![1; positions]);
    }
    if let Some(negated) = arranged.design.negated_from() {
        for pattern in &mut patterns {
            let (plain, negative) = pattern.split_at_mut(negated);
            negative.iter_mut().zip(plain).for_each(|(n, p)| *n = -*p);
        }
    }
    Ok(Intervals {
        level,
        path: "shift".into(),
        members,
        digits: 0,
        changes: 1,
        change_of: vec![0; first],
        increments: ScoreTable::from_columns(&vec![vec![0]; patterns.len()]),
        scores: ScoreTable::from_columns(&patterns),
    })
}

/// All hypotheses with a value as one family: studentised ones as they are.
fn family(folds: &[Fold], hypotheses: &[Hypothesis]) -> Option<Family> {
    let members: Vec<usize> = (0..hypotheses.len())
        .filter(|&h| hypotheses[h].void.is_none())
        .collect();
    let studentised = folds.iter().all(|fold| match fold.statistic() {
        Statistic::Variances(variances) => variances.is_studentised(),
        Statistic::Coefficient(coefficient) => coefficient.is_studentised(),
        _ => false,
    });
    (!members.is_empty()).then_some(Family {
        members,
        standardise: match studentised {
            true => Standardise::None,
            false => Standardise::Placebo,
        },
        level: 0.05,
    })
}
