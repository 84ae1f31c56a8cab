//! The columns that a bootstrap names.

use super::arrange::chosen;
use super::spec::{BootstrapSpec, BootstrapStatistic as Statistic};
use crate::error::{Cause, Error, Result};
use crate::load::{DataTable, Levels, did_you_mean, quoted_list};
use crate::question::table::{Data, Formula, Made, Named, Variable, no_number};

/// Columns of numbers, row by row, with groups and clusters.
pub(super) struct Columns {
    /// Name and values; of a regression the outcome, then the regressors.
    pub values: Vec<(String, Vec<f64>)>,
    pub regression: Option<Regression>,
    pub strata: Option<Levels>,
    pub clusters: Option<Levels>,
    pub rows: usize,
    /// The table's row of each.
    pub table_rows: Vec<usize>,
    pub file: String,
    pub rules: Vec<String>,
}

/// What a regression is called.
pub(super) struct Regression {
    /// The columns of its formula.
    pub columns: Vec<String>,
    /// Regressors made of the levels of a column.
    pub made: Vec<String>,
    regressors: Vec<String>,
}

impl Columns {
    pub fn names(&self) -> Vec<String> {
        self.values.iter().map(|(name, _)| name.clone()).collect()
    }
}

impl Regression {
    /// Names of the coefficients, the constant's first.
    pub fn coefficients(&self) -> Vec<String> {
        let constant = "(intercept)".to_owned();
        std::iter::once(constant)
            .chain(self.regressors.iter().cloned())
            .collect()
    }
}

/// Whether a column of a file is one that a bootstrap may read.
pub fn wants(spec: &BootstrapSpec) -> impl Fn(&str) -> bool + Sync + use<> {
    let named: Vec<String> = [&spec.group, &spec.cluster, &spec.order]
        .into_iter()
        .flatten()
        .chain(&spec.columns)
        .cloned()
        .collect();
    let formulas: Vec<Formula> = spec
        .columns
        .iter()
        .filter_map(|text| match spec.statistic {
            Statistic::Ols => Formula::parse(text).ok(),
            _ => Formula::parse(&format!("{text} ~ 1")).ok(),
        })
        .collect();
    move |name: &str| {
        named.iter().any(|known| known == name) || formulas.iter().any(|of| of.wants(name))
    }
}

/// The columns of a table that are asked for.
pub(super) fn named_columns(table: &DataTable, spec: &BootstrapSpec) -> Result<Columns> {
    check_number(spec)?;
    let text = match spec.statistic {
        Statistic::Ols => spec.columns[0].clone(),
        _ => {
            let terms = spec.columns.iter().map(|text| term(table, text));
            let terms = terms.collect::<Result<Vec<String>>>()?;
            let between = match (spec.statistic, &spec.group) {
                (Statistic::DifferenceOfMeans, None) => " - ",
                _ => " + ",
            };
            format!("{} ~ 1", terms.join(between))
        }
    };
    let formula = Formula::parse(&text)?;
    if let Some(stratum) = formula.strata.first() {
        return Err(formula.refused(
            &stratum.at,
            "a bootstrap's formula has no strata",
            "Resample within groups with --group COLUMN.",
        ));
    }
    if let [_, second, ..] = formula.outcomes.as_slice()
        && spec.statistic == Statistic::Ols
    {
        return Err(formula.refused(
            &second.at,
            "a regression has one outcome",
            "Write one column on the left of `~`.",
        ));
    }
    // Groups are strata of the formula's rows.
    let with_groups = match &spec.group {
        Some(group) if table.names().contains(group) => {
            Formula::parse(&format!("{text} | {}", quoted(group)))?
        }
        Some(group) => return Err(no_column(table, "--group", group)),
        None => formula,
    };
    let flags = [spec.cluster.as_deref(), spec.order.as_deref()];
    let mut data = Data::of(table, &with_groups, flags, spec.missing)?;
    if !spec.groups.is_empty() {
        let Some(strata) = &data.strata else {
            return Err(Error::input(
                "--groups",
                "no column of groups is named",
                "Name it with --group.",
            ));
        };
        let levels = chosen(strata, &spec.groups)?;
        let before = data.rows.len();
        let kept: Vec<usize> = (0..before)
            .filter(|&row| levels.codes[row] != Levels::MISSING)
            .collect();
        let codes = kept.iter().map(|&row| levels.codes[row]).collect();
        data = data.keeping(|row| levels.codes[row] != Levels::MISSING);
        data.strata = Some(Levels {
            codes,
            names: levels.names,
        });
        if data.rows.len() < before {
            data.rules.push(format!(
                "{} of {before} rows are of other groups and are left out",
                before - data.rows.len()
            ));
        }
    }
    let (columns, regression) = match spec.statistic {
        Statistic::Ols => regression(table, &with_groups, &data)?,
        _ => {
            let outcomes = data.outcomes.iter();
            let columns = outcomes.map(|named| numbers(table, &with_groups, named));
            (columns.collect::<Result<_>>()?, None)
        }
    };
    Ok(Columns {
        values: columns,
        regression,
        strata: data.strata,
        clusters: data.clusters,
        rows: data.rows.len(),
        table_rows: data.rows,
        file: table.file.file.clone(),
        rules: data.rules,
    })
}

/// Refuses another number of columns than the statistic takes.
fn check_number(spec: &BootstrapSpec) -> Result<()> {
    let found = spec.columns.len();
    let name = spec.statistic.name();
    let (is_right, takes) = match (spec.statistic, &spec.group) {
        (Statistic::Ols, _) => (found == 1, "one formula, such as \"y ~ x1 + x2\""),
        (Statistic::Pearson, _) => (found == 2, "two columns"),
        (Statistic::RatioOfMeans | Statistic::DifferenceOfMeans, None) => {
            (found == 2, "two columns, or one and --group")
        }
        (Statistic::RatioOfMeans | Statistic::DifferenceOfMeans, Some(_)) => {
            (found >= 1, "a column beside --group")
        }
        _ => (found >= 1, "a column"),
    };
    if !is_right {
        return Err(Error::input(
            "columns",
            format!("`{name}` takes {takes}, and {found} are named"),
            "Name the columns after the statistic.",
        ));
    }
    if spec.coefficient.is_some() && spec.statistic != Statistic::Ols {
        return Err(Error::input(
            "--coefficient",
            format!("`{name}` has no coefficients"),
            "Leave it out, or take the statistic ols.",
        ));
    }
    Ok(())
}

/// A column as a term: its name in back-ticks where there is such a column, else as it is.
fn term(table: &DataTable, text: &str) -> Result<String> {
    if table.names().iter().any(|name| name == text) {
        return Ok(quoted(text));
    }
    let formula = Formula::parse(&format!("{text} ~ 1"))?;
    match formula.outcomes.as_slice() {
        [one] => match &one.made {
            Made::Column(name) if !table.names().contains(name) => {
                Err(no_column(table, "columns", name))
            }
            _ => Ok(text.to_owned()),
        },
        _ => Err(Error::input(
            "columns",
            format!("`{text}` is several columns"),
            "Name them one by one.",
        )),
    }
}

/// In back-ticks, unless it holds one.
fn quoted(name: &str) -> String {
    match name.contains('`') {
        true => name.to_owned(),
        false => format!("`{name}`"),
    }
}

fn no_column(table: &DataTable, place: &str, name: &str) -> Error {
    let names = || table.names().iter().map(String::as_str);
    let remedy = format!(
        "{}The columns are {}.",
        did_you_mean(name, names()),
        quoted_list(names())
    );
    let problem = format!("there is no column `{name}`");
    Error::input(place, problem, remedy).because(Cause::NoColumn {
        file: table.file.file.clone(),
        column: name.to_owned(),
    })
}

/// The numbers of a term; truth values are 0 and 1.
fn numbers(table: &DataTable, formula: &Formula, named: &Named) -> Result<(String, Vec<f64>)> {
    let values = match &named.cells {
        Variable::Numbers(values) => values.clone(),
        Variable::Levels(levels) => {
            let worth = |name: &String| match name.as_str() {
                "true" => Some(1.0),
                "false" => Some(0.0),
                _ => None,
            };
            let worth: Option<Vec<f64>> = levels.names.iter().map(worth).collect();
            let Some(worth) = worth else {
                let column = table.column(&named.name);
                let found = column.and_then(|column| column.first_that_is_no_number());
                return Err(no_number(formula, table, &named.term, found));
            };
            levels
                .codes
                .iter()
                .map(|&code| worth[code as usize])
                .collect()
        }
    };
    Ok((named.name.clone(), values))
}

type Regressed = (Vec<(String, Vec<f64>)>, Option<Regression>);

/// The outcome and the regressors; of a column of levels one regressor a level, but for the first.
fn regression(table: &DataTable, formula: &Formula, data: &Data) -> Result<Regressed> {
    let mut columns = vec![numbers(table, formula, &data.outcomes[0])?];
    let mut made = Vec::new();
    for variable in &data.variables {
        let Variable::Levels(levels) = &variable.cells else {
            columns.push(numbers(table, formula, variable)?);
            continue;
        };
        for (code, level) in (0..).zip(&levels.names).skip(1) {
            let is = |&of: &u32| f64::from(u8::from(of == code));
            let name = format!("{}[{level}]", variable.name);
            made.push(name.clone());
            columns.push((name, levels.codes.iter().map(is).collect()));
        }
    }
    let named = data.outcomes.iter().chain(&data.variables);
    let regression = Regression {
        columns: named.map(|named| named.name.clone()).collect(),
        made,
        regressors: columns[1..].iter().map(|(name, _)| name.clone()).collect(),
    };
    Ok((columns, Some(regression)))
}
