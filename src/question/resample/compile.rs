//! From a table and what is asked of it to units, sums and statistics.

use std::collections::HashMap;
use std::ops::Range;

use super::columns::{Columns, Regression, named_columns};
use super::spec::{Block, BootstrapSpec, BootstrapStatistic as Statistic, SchemeName};
use super::wild::{AskedWild, wild};
use crate::error::{Cause, Error, Result};
use crate::load::{DataTable, Levels, quoted_list};
use crate::resample::{
    Estimator, IntervalKind, MOST_ROWS, OrderStatistic, Poisson, QuantileRule, Ranked, Resampling,
    Scheme, Scored, Smooth, SmoothKind, SumTable, block_lengths,
};

/// The most numbers in the sums of a regression.
const MOST_SUMS: usize = 1 << 26;

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

/// Wild bootstraps of the coefficients of one regression.
#[derive(Debug, Clone)]
pub struct WildQuestion {
    /// The coefficients.
    pub asked: Vec<AskedWild>,
    /// The scheme in words.
    pub words: SchemeWords,
}

/// A resampling, and what its statistics are called.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The numbers.
    pub resampling: Resampling,
    /// The table's row at each place, from 0.
    pub table_rows: Vec<usize>,
    /// A name for each of its statistics.
    pub rows: Vec<RowName>,
    /// The scheme in words.
    pub words: SchemeWords,
}

/// What a statistic is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowName {
    /// The statistic with its parameters.
    pub statistic: String,
    /// The columns that it is of.
    pub columns: Vec<String>,
    /// The coefficient, of a regression.
    pub coefficient: Option<String>,
}

/// A scheme in words.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemeWords {
    /// Its name.
    pub scheme: String,
    /// Units a draw, of `m-out-of-n`.
    pub size: Option<u32>,
    /// The length of blocks that is used.
    pub block: Option<f64>,
    /// The length that the data's autocorrelations gave.
    pub block_auto: Option<f64>,
    /// The column of groups.
    pub group: Option<String>,
    /// The column of clusters.
    pub cluster: Option<String>,
    /// What is drawn.
    pub units: &'static str,
    /// Number of rows.
    pub rows: usize,
    /// Number of units, and the name of the group, by part.
    pub parts: Vec<(String, usize)>,
    /// What the scheme assumes, as a clause that can follow "assumes that".
    pub assumption: String,
}

/// Rows part by part, and in a part unit by unit.
struct Arranged {
    /// The row of the data at each place.
    rows: Vec<usize>,
    units: Vec<Vec<Range<usize>>>,
    parts: Vec<String>,
    /// The most rows that a draw holds.
    most: usize,
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
    if spec.is_wild() {
        let wild = Some(wild_question(spec, &columns)?);
        return Ok(CompiledBootstrap {
            asked: Vec::new(),
            wild,
            rules,
        });
    }
    let arranged = arranged(spec, &columns)?;
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

/// Refuses intervals that the scheme does not have.
fn check_intervals(spec: &BootstrapSpec) -> Result<()> {
    check_studentized(spec)?;
    let wrong = spec
        .kinds()
        .into_iter()
        .find(|kind| kind.is_of_a_law() == spec.is_wild());
    let Some(kind) = wrong else {
        return Ok(());
    };
    let (problem, remedy) = match spec.is_wild() {
        true => (
            "is made of a law of replicates, and wild schemes test",
            "Take inversion.",
        ),
        false => (
            "inverts the tests of wild schemes",
            "Take percentile, basic, normal, bc or bca.",
        ),
    };
    Err(Error::input(
        "--interval",
        format!("`{}` {problem}", kind.name()),
        remedy,
    ))
}

/// Refuses intervals for which draws lack what they take.
fn check_studentized(spec: &BootstrapSpec) -> Result<()> {
    let kinds = spec.kinds();
    let has = |kind: IntervalKind| kinds.contains(&kind);
    let is_linear = matches!(
        spec.statistic,
        Statistic::Mean | Statistic::Sum | Statistic::DifferenceOfMeans
    );
    let is_fewer = spec.scheme == Some(SchemeName::MOutOfN);
    let refuse = |problem: &str, remedy: &str| Err(Error::input("--interval", problem, remedy));
    if has(IntervalKind::PercentileT) && !is_linear {
        return refuse(
            "`percentile-t` takes a standard error of each draw, which mean, sum and difference-of-means have",
            "Take bca, or another interval.",
        );
    }
    let asks_more = [
        IntervalKind::Bc,
        IntervalKind::Bca,
        IntervalKind::PercentileT,
    ]
    .into_iter()
    .any(has);
    if is_fewer && asks_more {
        return refuse(
            "`m-out-of-n` has no corrected or studentized intervals",
            "Take basic, percentile or normal.",
        );
    }
    Ok(())
}

/// The wild bootstraps that are asked for.
fn wild_question(spec: &BootstrapSpec, columns: &Columns) -> Result<WildQuestion> {
    let refuse = |flag: &str, problem: &str, remedy: &str| Err(Error::input(flag, problem, remedy));
    let Some(regression) = &columns.regression else {
        return refuse(
            "--scheme",
            "wild schemes weight the residuals of a regression",
            "Take the statistic ols and a formula, such as \"y ~ x\".",
        );
    };
    if spec.group.is_some() {
        return refuse(
            "--group",
            "wild schemes keep all rows in their place",
            "Leave it out.",
        );
    }
    if spec.block.is_some() {
        return refuse("--block", "wild schemes have no blocks", "Leave it out.");
    }
    if spec.scheme == Some(SchemeName::WildCluster) && columns.clusters.is_none() {
        return refuse(
            "--scheme",
            "`wild-cluster` weights clusters, and none are named",
            "Name their column with --cluster.",
        );
    }
    check_sums(columns)?;
    let clusters = columns.clusters.as_ref();
    let groups = clusters.map_or(columns.rows, |levels| levels.names.len());
    if groups < 2 {
        return refuse(
            "--cluster",
            "there is one cluster, and its residuals have one weight",
            "A wild bootstrap takes at least two clusters.",
        );
    }
    let wanted = wanted(spec, regression)?;
    let names: Vec<RowName> = wanted
        .iter()
        .map(|&which| row_name(spec, regression, which))
        .collect();
    let by_cluster = clusters.is_some();
    Ok(WildQuestion {
        asked: wild(spec, columns, (&names, &wanted), clusters)?,
        words: SchemeWords {
            scheme: if by_cluster { SchemeName::WildCluster } else { SchemeName::Wild }.name().into(),
            size: None,
            block: None,
            block_auto: None,
            group: None,
            cluster: spec.cluster.clone(),
            units: if by_cluster { "clusters" } else { "rows" },
            rows: columns.rows,
            parts: vec![(String::new(), groups)],
            assumption: match by_cluster {
                true => "errors of different clusters are independent; within a cluster they may depend on each other in any way",
                false => "errors are independent; their variances may differ",
            }
            .into(),
        },
    })
}

/// Puts rows in parts and units.
fn arranged(spec: &BootstrapSpec, columns: &Columns) -> Result<Arranged> {
    let n = columns.rows;
    if n > MOST_ROWS {
        return Err(Error::input(
            "rows",
            format!("there are {n}, and at most {MOST_ROWS} are resampled"),
            "Leave some out.",
        )
        .because(Cause::TooLarge {
            found: n,
            most: MOST_ROWS,
        }));
    }
    let (part_of, parts) = match &columns.strata {
        None => (vec![0; n], vec![String::new()]),
        Some(levels) => (levels.codes.clone(), levels.names.clone()),
    };
    let compares = spec.group.is_some()
        && matches!(
            spec.statistic,
            Statistic::DifferenceOfMeans | Statistic::RatioOfMeans
        );
    if compares && parts.len() != 2 {
        return Err(Error::input(
            "--group",
            format!(
                "{} compares two groups, and there are {}: {}",
                spec.statistic.name(),
                parts.len(),
                quoted_list(parts.iter().map(String::as_str))
            ),
            "Choose two with --groups A,B.",
        ));
    }
    let mut units: Vec<Vec<Vec<usize>>> = vec![Vec::new(); parts.len()];
    match &columns.clusters {
        None => (0..n).for_each(|row| units[part_of[row] as usize].push(vec![row])),
        Some(clusters) => {
            let mut known: HashMap<u32, (u32, usize)> = HashMap::new();
            for (row, (&cluster, &part)) in clusters.codes.iter().zip(&part_of).enumerate() {
                let of_part = &mut units[part as usize];
                let &mut (first, unit) = known.entry(cluster).or_insert_with(|| {
                    of_part.push(Vec::new());
                    (part, of_part.len() - 1)
                });
                if first != part {
                    let [a, b] = [first, part].map(|part| &parts[part as usize]);
                    let name = &clusters.names[cluster as usize];
                    return Err(Error::input(
                        "--cluster",
                        format!("cluster `{name}` has rows of the groups `{a}` and `{b}`"),
                        "Clusters are resampled within groups: name clusters that lie in one, or leave --group out.",
                    ));
                }
                units[part as usize][unit].push(row);
            }
        }
    }
    let what = match &columns.clusters {
        None => "row",
        Some(_) => "cluster",
    };
    for (part, units) in parts.iter().zip(&units) {
        if units.len() < 2 {
            let of = match part.as_str() {
                "" => String::new(),
                group => format!(" of the group `{group}`"),
            };
            return Err(Error::input(
                columns.file.clone(),
                format!("there is one {what}{of}, and every draw of it is itself"),
                format!("A bootstrap takes at least two {what}s."),
            ));
        }
    }
    let largest = |units: &Vec<Vec<usize>>| {
        let most = units.iter().map(Vec::len).max().unwrap_or(0);
        units.len() * most
    };
    // A Poisson number of times is more than once.
    let times = match spec.scheme {
        Some(SchemeName::Poisson) => Poisson::MOST,
        _ => 1,
    };
    let most = times * units.iter().map(largest).sum::<usize>();
    let mut rows = Vec::with_capacity(n);
    let mut place = |of: Vec<usize>| {
        let start = rows.len();
        rows.extend(of);
        start..rows.len()
    };
    let units: Vec<Vec<Range<usize>>> = units
        .into_iter()
        .map(|units| units.into_iter().map(&mut place).collect())
        .collect();
    Ok(Arranged {
        rows,
        units,
        parts,
        most,
    })
}

/// The scheme for these columns.
fn scheme_of(
    spec: &BootstrapSpec,
    series: &[(&str, &[f64])],
    arranged: &Arranged,
    rules: &mut Vec<String>,
) -> Result<(Scheme, SchemeWords)> {
    let name = spec.scheme.unwrap_or(match spec.cluster {
        Some(_) => SchemeName::Cluster,
        None => SchemeName::Iid,
    });
    let refuse =
        |flag: &str, problem: String, remedy: &str| Err(Error::input(flag, problem, remedy));
    match (name, &spec.cluster) {
        (SchemeName::Cluster, None) => {
            return refuse(
                "--scheme",
                "`cluster` resamples clusters, and none are named".into(),
                "Name their column with --cluster.",
            );
        }
        (SchemeName::Cluster | SchemeName::Poisson | SchemeName::MOutOfN, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            return refuse(
                "--scheme",
                format!(
                    "`{}` resamples rows, and clusters are resampled whole",
                    name.name()
                ),
                "Leave --scheme or --cluster out.",
            );
        }
    }
    let mut words = SchemeWords {
        scheme: name.name().into(),
        size: None,
        block: None,
        block_auto: None,
        group: spec.group.clone(),
        cluster: spec.cluster.clone(),
        units: if spec.cluster.is_some() {
            "clusters"
        } else {
            "rows"
        },
        rows: arranged.rows.len(),
        parts: Vec::new(),
        assumption: String::new(),
    };
    let counts = arranged.units.iter().map(Vec::len);
    words.parts = arranged.parts.iter().cloned().zip(counts).collect();
    let units: usize = arranged.units.iter().map(Vec::len).sum();
    match (name, spec.size) {
        (SchemeName::MOutOfN, Some(size)) if (2..=units as u64).contains(&size) => {
            words.size = Some(size as u32);
        }
        (SchemeName::MOutOfN, _) => {
            return refuse(
                "--size",
                format!("`m-out-of-n` draws from 2 to all {units} {}", words.units),
                "Give their number with --size.",
            );
        }
        (_, Some(_)) => {
            return refuse(
                "--size",
                format!("`{}` draws as many as there are", name.name()),
                "Leave it out, or take --scheme m-out-of-n.",
            );
        }
        (_, None) => {}
    }
    if name == SchemeName::MOutOfN && arranged.units.len() > 1 {
        return refuse(
            "--group",
            "`m-out-of-n` draws from all rows together".into(),
            "Leave --group out, or take another scheme.",
        );
    }
    let scheme = match (name.has_blocks(), spec.block) {
        (false, Some(_)) => {
            return refuse(
                "--block",
                format!("`{}` has no blocks", name.name()),
                "Name a scheme with --scheme moving-block, circular-block or stationary.",
            );
        }
        (false, None) => match (name, words.size) {
            (SchemeName::Poisson, _) => Scheme::Poisson,
            (_, Some(size)) => Scheme::MOutOfN { size },
            _ => Scheme::Iid,
        },
        (true, asked) => {
            let is_stationary = name == SchemeName::Stationary;
            let length = match asked {
                Some(Block::Rows(rows)) => rows,
                Some(Block::Auto) | None => {
                    let auto = auto_length(series, arranged, is_stationary, rules)?;
                    words.block_auto = Some(auto);
                    if is_stationary {
                        auto.max(1.0)
                    } else {
                        auto.round().max(1.0)
                    }
                }
            };
            if !is_stationary && length.fract() != 0.0 {
                return refuse(
                    "--block",
                    format!(
                        "`{}` takes blocks of whole numbers of rows, not {length}",
                        name.name()
                    ),
                    "Give a whole number; the stationary bootstrap takes any mean length.",
                );
            }
            let shortest = words.parts.iter().min_by_key(|(_, rows)| *rows);
            if let Some((part, rows)) = shortest.filter(|(_, rows)| length > *rows as f64) {
                let of = match part.as_str() {
                    "" => "the series".to_owned(),
                    group => format!("the group `{group}`"),
                };
                return refuse(
                    "--block",
                    format!("blocks of {length} rows are longer than {of} of {rows} rows"),
                    "Give a length of at most as many.",
                );
            }
            words.block = Some(length);
            let rows = length as u32;
            match name {
                SchemeName::MovingBlock => Scheme::MovingBlock { length: rows },
                SchemeName::CircularBlock => Scheme::CircularBlock { length: rows },
                _ => Scheme::Stationary {
                    mean_length: length,
                },
            }
        }
    };
    words.assumption = scheme.assumption().replace("units", words.units);
    Ok((scheme, words))
}

/// The longest of the columns' (and groups') own block lengths.
fn auto_length(
    series: &[(&str, &[f64])],
    arranged: &Arranged,
    is_stationary: bool,
    rules: &mut Vec<String>,
) -> Result<f64> {
    let mut longest = 0.0f64;
    let mut looked = 0;
    for (name, values) in series {
        for (part, units) in arranged.parts.iter().zip(&arranged.units) {
            let rows = units.iter().cloned().flatten();
            let values: Vec<f64> = rows.map(|at| values[at]).collect();
            let Some(lengths) = block_lengths(&values) else {
                let of = match part.as_str() {
                    "" => format!("`{name}`"),
                    group => format!("`{name}` in the group `{group}`"),
                };
                return Err(Error::input(
                    "--block auto",
                    format!(
                        "{of} has no block length of its own: it is constant, or has too few rows ({})",
                        values.len()
                    ),
                    "Give a number of rows with --block.",
                ));
            };
            longest = longest.max(match is_stationary {
                true => lengths.stationary,
                false => lengths.circular,
            });
            looked += 1;
        }
    }
    if looked > 1 {
        rules.push("the block length is the longest of those of the columns, and groups".into());
    }
    Ok(longest)
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
        .map(|v| Scored::new(v, arranged.most))
        .collect();
    let scored: Vec<&Scored> = scored.iter().collect();
    let order = |statistic| {
        let ranked = Ranked::new(statistic, scored[0], &arranged.units);
        (Vec::new(), Estimator::Order(Box::new(ranked)))
    };
    let smooth = |kind| {
        let of = Smooth::new(kind, &scored);
        let table = SumTable::new(of.features(), &scored, &arranged.units);
        (vec![table], Estimator::Smooth { table: 0, of })
    };
    let in_groups = spec.group.is_some();
    let (tables, estimator) = match spec.statistic {
        Statistic::Mean => smooth(SmoothKind::Mean),
        Statistic::Sum => smooth(SmoothKind::Sum),
        Statistic::Variance => smooth(SmoothKind::Variance),
        Statistic::Sd => smooth(SmoothKind::Sd),
        Statistic::Sharpe => smooth(SmoothKind::Sharpe),
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
            estimators: vec![estimator],
        },
        table_rows: arranged.table_rows(columns),
        rows: vec![RowName {
            statistic: spec.statistic.name(),
            columns: names,
            coefficient: None,
        }],
        words,
    })
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
            estimators: wanted.iter().map(of).collect(),
        },
        table_rows: arranged.table_rows(columns),
        rows: wanted
            .iter()
            .map(|&which| row_name(spec, regression, which))
            .collect(),
        words,
    })
}

/// Refuses regressions whose sums are too many.
fn check_sums(columns: &Columns) -> Result<()> {
    let k = columns.values.len();
    let sums = (k + 1) * (k + 2) / 2;
    if sums * columns.rows <= MOST_SUMS {
        return Ok(());
    }
    let error = Error::input(
        "ols",
        format!(
            "{} regressors over {} rows take {sums} sums a row, and at most {MOST_SUMS} are kept",
            k - 1,
            columns.rows
        ),
        "Take fewer regressors, or fewer rows.",
    );
    Err(error.because(Cause::TooLarge {
        found: sums * columns.rows,
        most: MOST_SUMS,
    }))
}

/// The coefficients that are asked for, 0 being the constant.
fn wanted(spec: &BootstrapSpec, regression: &Regression) -> Result<Vec<usize>> {
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

fn row_name(spec: &BootstrapSpec, regression: &Regression, which: usize) -> RowName {
    RowName {
        statistic: spec.statistic.name(),
        columns: regression.columns.clone(),
        coefficient: Some(regression.coefficients()[which].clone()),
    }
}

impl Arranged {
    fn table_rows(&self, columns: &Columns) -> Vec<usize> {
        self.rows
            .iter()
            .map(|&row| columns.table_rows[row])
            .collect()
    }

    fn of(&self, values: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|&row| values[row]).collect()
    }
}

/// Levels without those that are not named, in the order of `groups`.
pub(super) fn chosen(levels: &Levels, groups: &[String]) -> Result<Levels> {
    let mut of = vec![Levels::MISSING; levels.names.len()];
    for (number, group) in (0..).zip(groups) {
        let at = levels.names.iter().position(|name| name == group);
        let Some(at) = at else {
            return Err(Error::input(
                "--groups",
                format!("there is no group `{group}`"),
                format!(
                    "The groups are {}.",
                    quoted_list(levels.names.iter().map(String::as_str))
                ),
            ));
        };
        if of[at] != Levels::MISSING {
            return Err(Error::input(
                "--groups",
                format!("the group `{group}` is named twice"),
                "Name each group once.",
            ));
        }
        of[at] = number;
    }
    let code = |&code: &u32| match code {
        Levels::MISSING => Levels::MISSING,
        code => of[code as usize],
    };
    Ok(Levels {
        codes: levels.codes.iter().map(code).collect(),
        names: groups.to_vec(),
    })
}
