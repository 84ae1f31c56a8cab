//! From a table and what is asked of it to units, sums and statistics.

use serde::{Deserialize, Serialize};

use super::arrange::{Arranged, arranged};
use super::checks::{check_intervals, check_of_files, check_sums, check_weighted};
use super::columns::{Columns, Regression, named_columns};
use super::scheme::{SchemeWords, scheme_of};
use super::spec::{BootstrapSpec, BootstrapStatistic as Statistic, SchemeName};
use super::wild::{WildQuestion, wild_question};
use crate::error::{Error, Result};
use crate::load::{DataTable, quoted_list};
use crate::resample::{
    CentredTable, Estimator, IntervalKind, OrderStatistic, QuantileRule, Ranked, Resampling,
    Scheme, Scored, Smooth, SmoothKind, SumTable,
};

/// A bootstrap as numbers, with the names of its rows.
#[derive(Debug, Clone)]
pub struct CompiledBootstrap {
    /// Columns that are resampled together stand together.
    pub asked: Vec<Asked>,
    /// The wild bootstraps, in the place of all others.
    pub wild: Option<WildQuestion>,
    /// Rules that fired, as sentences.
    pub rules: Vec<String>,
}

/// A resampling, and what its statistics are called.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The numbers.
    pub resampling: Resampling,
    /// The table's row at each place, from 0.
    pub table_rows: Vec<usize>,
    /// The columns of its sums.
    pub columns: Vec<String>,
    /// A name for each of its statistics.
    pub rows: Vec<RowName>,
    /// The scheme in words.
    pub words: SchemeWords,
}

/// What a statistic is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowName {
    /// The statistic with its parameters.
    pub statistic: String,
    /// The columns that it is of.
    pub columns: Vec<String>,
    /// The coefficient, of a regression.
    pub coefficient: Option<String>,
}

/// Turns what is asked into numbers.
///
/// # Errors
///
/// A question that cannot mean anything, or data that cannot be resampled so.
pub fn compile(table: &DataTable, spec: &BootstrapSpec) -> Result<CompiledBootstrap> {
    let columns = named_columns(table, spec)?;
    let mut rules = columns.rules.clone();
    check_intervals(spec)?;
    check_weighted(spec)?;
    check_of_files(spec, &columns)?;
    if spec.is_wild() {
        let wild = Some(wild_question(spec, &columns)?);
        return Ok(CompiledBootstrap {
            asked: Vec::new(),
            wild,
            rules,
        });
    }
    let arranged = arranged(spec, &columns)?;
    rules.extend(arranged.rule.clone());
    let mut asked = Vec::new();
    match (spec.statistic, &columns.regression) {
        (Statistic::Ols, Some(regression)) => {
            asked.push(regressed(
                spec, regression, &columns, &arranged, &mut rules,
            )?);
        }
        (Statistic::RatioOfMeans | Statistic::Pearson, _) if columns.values.len() == 2 => {
            let names = columns.names();
            asked.push(of_columns(
                spec,
                &[0, 1],
                names,
                &columns,
                &arranged,
                &mut rules,
            )?);
        }
        (Statistic::DifferenceOfMeans, _) if spec.group.is_none() => {
            asked.push(of_columns(
                spec,
                &[0],
                spec.columns.clone(),
                &columns,
                &arranged,
                &mut rules,
            )?);
        }
        _ => {
            for (number, name) in columns.names().into_iter().enumerate() {
                asked.push(of_columns(
                    spec,
                    &[number],
                    vec![name],
                    &columns,
                    &arranged,
                    &mut rules,
                )?);
            }
        }
    }
    rules.dedup();
    Ok(CompiledBootstrap {
        asked,
        wild: None,
        rules,
    })
}

/// A resampling of one statistic of some columns.
fn of_columns(
    spec: &BootstrapSpec,
    numbers: &[usize],
    names: Vec<String>,
    columns: &Columns,
    arranged: &Arranged,
    rules: &mut Vec<String>,
) -> Result<Asked> {
    let values: Vec<Vec<f64>> = numbers
        .iter()
        .map(|&c| arranged.of(&columns.values[c].1))
        .collect();
    let series = numbers.iter().zip(&values);
    let series: Vec<(&str, &[f64])> = series
        .map(|(&c, values)| (columns.values[c].0.as_str(), values.as_slice()))
        .collect();
    let (scheme, words) = scheme_of(spec, &series, arranged, rules)?;
    let scored: Vec<Scored> = values
        .iter()
        .chain(&arranged.in_first)
        .map(|v| Scored::new(v, arranged.most))
        .collect();
    let scored: Vec<&Scored> = scored.iter().collect();
    let order = |statistic| {
        let ranked = Ranked::new(statistic, scored[0], &arranged.units);
        let ranked = match scheme {
            Scheme::Bayesian => ranked.for_weights(),
            _ => ranked,
        };
        let estimator = Estimator::Order(Box::new(ranked));
        (Vec::new(), Vec::new(), estimator)
    };
    let smooth = |kind| {
        let of = Smooth::new(kind, &scored);
        let table = SumTable::new(of.features(), &scored, &arranged.units);
        let centred = centred(spec, &of, &scored, arranged);
        (vec![table], centred, Estimator::Smooth { table: 0, of })
    };
    let in_groups = spec.group.is_some();
    let across = arranged.in_first.is_some();
    let (tables, centred, estimator) = match spec.statistic {
        Statistic::Mean => smooth(SmoothKind::Mean),
        Statistic::Sum => smooth(SmoothKind::Sum),
        Statistic::Variance => smooth(SmoothKind::Variance),
        Statistic::Sd => smooth(SmoothKind::Sd),
        Statistic::Sharpe => smooth(SmoothKind::Sharpe),
        Statistic::DifferenceOfMeans if across => smooth(SmoothKind::DifferenceOfGroups),
        Statistic::RatioOfMeans if across => smooth(SmoothKind::RatioOfGroups),
        Statistic::DifferenceOfMeans if in_groups => smooth(SmoothKind::DifferenceOfMeans),
        // The column is the difference already.
        Statistic::DifferenceOfMeans => smooth(SmoothKind::Mean),
        Statistic::RatioOfMeans if in_groups => smooth(SmoothKind::RatioOfPartMeans),
        Statistic::RatioOfMeans => smooth(SmoothKind::RatioOfMeans),
        Statistic::Pearson => smooth(SmoothKind::Pearson),
        Statistic::Ols => smooth(SmoothKind::Coefficient(0)),
        Statistic::Median => order(OrderStatistic::Quantile {
            q: 0.5,
            rule: QuantileRule::Linear,
        }),
        Statistic::Quantile { q, rule } => order(OrderStatistic::Quantile { q, rule }),
        Statistic::TrimmedMean { trim } => order(OrderStatistic::TrimmedMean { trim }),
    };
    Ok(Asked {
        resampling: Resampling {
            scheme,
            units: arranged.units.clone(),
            tables,
            centred,
            estimators: vec![estimator],
        },
        table_rows: arranged.table_rows(columns),
        columns: numbers
            .iter()
            .map(|&c| columns.values[c].0.clone())
            .collect(),
        rows: vec![RowName {
            statistic: spec.statistic.name(),
            columns: names,
            coefficient: None,
        }],
        words,
    })
}

/// The sums of centred columns, where weights or standard errors take them.
fn centred(
    spec: &BootstrapSpec,
    of: &Smooth,
    scored: &[&Scored],
    arranged: &Arranged,
) -> Vec<CentredTable> {
    let is_weighted = spec.scheme == Some(SchemeName::Bayesian);
    let has_errors = spec.kinds().contains(&IntervalKind::PercentileT) && !of.kind().is_linear();
    match is_weighted || has_errors {
        true => vec![CentredTable::new(of, scored, &arranged.units)],
        false => Vec::new(),
    }
}

/// A resampling of a regression.
fn regressed(
    spec: &BootstrapSpec,
    regression: &Regression,
    columns: &Columns,
    arranged: &Arranged,
    rules: &mut Vec<String>,
) -> Result<Asked> {
    let all: Vec<Vec<f64>> = columns.values.iter().map(|(_, v)| arranged.of(v)).collect();
    check_sums(columns)?;
    let named = columns.values.iter().zip(&all);
    let series: Vec<(&str, &[f64])> = named
        .filter(|((name, _), _)| !regression.made.contains(name))
        .map(|((name, _), values)| (name.as_str(), values.as_slice()))
        .collect();
    let (scheme, words) = scheme_of(spec, &series, arranged, rules)?;
    let scored: Vec<Scored> = all.iter().map(|v| Scored::new(v, arranged.most)).collect();
    let scored: Vec<&Scored> = scored.iter().collect();
    let wanted = wanted(spec, regression)?;
    let of = |&which: &usize| Estimator::Smooth {
        table: 0,
        of: Smooth::new(SmoothKind::Coefficient(which), &scored),
    };
    let features = Smooth::new(SmoothKind::Coefficient(0), &scored);
    Ok(Asked {
        resampling: Resampling {
            scheme,
            units: arranged.units.clone(),
            tables: vec![SumTable::new(features.features(), &scored, &arranged.units)],
            centred: centred(spec, &features, &scored, arranged),
            estimators: wanted.iter().map(of).collect(),
        },
        table_rows: arranged.table_rows(columns),
        columns: columns.names(),
        rows: wanted
            .iter()
            .map(|&which| row_name(spec, regression, which))
            .collect(),
        words,
    })
}

/// The coefficients that are asked for, 0 being the constant.
pub(super) fn wanted(spec: &BootstrapSpec, regression: &Regression) -> Result<Vec<usize>> {
    let names = regression.coefficients();
    match &spec.coefficient {
        None => Ok((0..names.len()).collect()),
        Some(name) => match names.iter().position(|known| known == name) {
            Some(at) => Ok(vec![at]),
            None => Err(Error::input(
                "--coefficient",
                format!("the regression has no coefficient `{name}`"),
                format!("It has {}.", quoted_list(names.iter().map(String::as_str))),
            )),
        },
    }
}

pub(super) fn row_name(spec: &BootstrapSpec, regression: &Regression, which: usize) -> RowName {
    RowName {
        statistic: spec.statistic.name(),
        columns: regression.columns.clone(),
        coefficient: Some(regression.coefficients()[which].clone()),
    }
}
