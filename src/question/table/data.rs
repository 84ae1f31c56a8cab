//! The rows and variables that a formula names.

use std::collections::HashMap;

use super::formula::{Formula, Function, Made, Term};
use super::scores::mid_ranks;
use super::spec::Missing;
use crate::error::{Error, Result};
use crate::load::{ColumnKind, DataColumn, DataTable, Levels, did_you_mean, quoted_list};

/// A term by row.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::question) enum Variable {
    /// NaN where missing.
    Numbers(Vec<f64>),
    Levels(Levels),
}

/// A term with its cells.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::question) struct Named {
    pub name: String,
    pub term: Term,
    pub cells: Variable,
}

/// What a formula asks of a table, over the rows that are tested.
#[derive(Debug, Clone)]
pub(in crate::question) struct Data {
    pub outcomes: Vec<Named>,
    pub variables: Vec<Named>,
    /// The stratum of each row, and how many there are; `None` without strata.
    pub strata: Option<Levels>,
    /// The cluster of each row.
    pub clusters: Option<Levels>,
    /// The table's row of each row.
    pub rows: Vec<usize>,
    /// Rules that fired, as sentences.
    pub rules: Vec<String>,
}

impl Variable {
    fn is_missing(&self, row: usize) -> bool {
        match self {
            Variable::Numbers(values) => values[row].is_nan(),
            Variable::Levels(levels) => levels.codes[row] == Levels::MISSING,
        }
    }

    fn pick(&self, rows: &[usize]) -> Variable {
        match self {
            Variable::Numbers(values) => {
                Variable::Numbers(rows.iter().map(|&row| values[row]).collect())
            }
            Variable::Levels(levels) => Variable::Levels(picked(levels, rows)),
        }
    }

    /// The cells as levels, in the order of their first appearance.
    pub fn levels(&self) -> Levels {
        match self {
            Variable::Levels(levels) => levels.clone(),
            Variable::Numbers(values) => DataColumn::numbers("", values.clone()).levels(),
        }
    }
}

/// Levels of some rows, numbered anew in the order of their first appearance.
fn picked(levels: &Levels, rows: &[usize]) -> Levels {
    let mut known: HashMap<u32, u32> = HashMap::new();
    let mut names = Vec::new();
    let codes = rows.iter().map(|&row| match levels.codes[row] {
        Levels::MISSING => Levels::MISSING,
        code => *known.entry(code).or_insert_with(|| {
            names.push(levels.names[code as usize].clone());
            names.len() as u32 - 1
        }),
    });
    let codes = codes.collect();
    Levels { codes, names }
}

/// Several columns of levels, crossed; missing where one of them is.
pub(super) fn crossed(parts: &[Levels]) -> Option<Levels> {
    let (first, rest) = parts.split_first()?;
    let mut all = first.clone();
    for part in rest {
        let mut known: HashMap<(u32, u32), u32> = HashMap::new();
        let mut names = Vec::new();
        let pairs = all.codes.iter().zip(&part.codes);
        let codes = pairs
            .map(
                |(&a, &b)| match a == Levels::MISSING || b == Levels::MISSING {
                    true => Levels::MISSING,
                    false => *known.entry((a, b)).or_insert_with(|| {
                        let [a, b] = [&all.names[a as usize], &part.names[b as usize]];
                        names.push(format!("{a}, {b}"));
                        names.len() as u32 - 1
                    }),
                },
            )
            .collect();
        all = Levels { codes, names };
    }
    Some(all)
}

/// Reads terms off a table.
struct Reader<'a> {
    table: &'a DataTable,
    formula: &'a Formula,
    columns: HashMap<&'a str, &'a DataColumn>,
    /// The table's rows in the order of the test.
    rows: Vec<usize>,
}

impl Data {
    /// What `formula` asks of `table`; `cluster` and `order` name columns.
    ///
    /// # Errors
    ///
    /// A column that is not there, a function of what is no number, a missing value.
    pub(in crate::question) fn of(
        table: &DataTable,
        formula: &Formula,
        [cluster, order]: [Option<&str>; 2],
        missing: Missing,
    ) -> Result<Self> {
        let columns = table.columns().iter();
        let mut reader = Reader {
            table,
            formula,
            columns: columns
                .map(|column| (column.name.as_str(), column))
                .collect(),
            rows: (0..table.rows()).collect(),
        };
        let mut rules = Vec::new();
        if let Some(order) = order {
            reader.sort(order)?;
            rules.push(format!("rows are in the order of `{order}`"));
        }
        let mut outcomes = Vec::new();
        for term in &formula.outcomes {
            for term in reader.expanded(term)? {
                outcomes.push(reader.named(term)?);
            }
        }
        if let Some(twice) = (1..outcomes.len())
            .find(|&i| outcomes[..i].iter().any(|had| had.name == outcomes[i].name) && i < 1000)
        {
            let Named { name, term, .. } = &outcomes[twice];
            return Err(formula.refused(
                &term.at,
                format!("the outcome `{name}` is there twice"),
                "Name each outcome once.",
            ));
        }
        let all = |terms: &[Term]| -> Result<Vec<Named>> {
            terms
                .iter()
                .map(|term| reader.named(term.clone()))
                .collect()
        };
        let variables = all(&formula.variables)?;
        let strata: Vec<Levels> = all(&formula.strata)?
            .iter()
            .map(|stratum| stratum.cells.levels())
            .collect();
        let strata = crossed(&strata);
        let clusters = cluster.map(|name| reader.flagged("--cluster", name));
        let clusters = clusters.transpose()?.map(|(column, _)| {
            let levels = column.levels();
            picked(&levels, &reader.rows)
        });
        // Changes have no first row.
        let has_changes = |named: &Named| has_changes(&named.term);
        let lost = usize::from(outcomes.iter().chain(&variables).any(has_changes));
        if lost > 0 {
            rules.push("the first row has no change, and is left out".to_owned());
        }
        let named = || outcomes.iter().chain(&variables);
        let is_missing = |row: usize| {
            let of_levels = [&strata, &clusters];
            let mut of_levels = of_levels.into_iter().flatten();
            named().any(|named| named.cells.is_missing(row))
                || of_levels.any(|levels| levels.codes[row] == Levels::MISSING)
        };
        let (without, rows): (Vec<usize>, Vec<usize>) =
            (lost..reader.rows.len()).partition(|&row| is_missing(row));
        match (without.first(), missing) {
            (Some(&row), Missing::Error) => {
                let what = named().find(|named| named.cells.is_missing(row));
                let what = what.map_or("a stratum or a cluster".to_owned(), |named| {
                    format!("`{}`", named.name)
                });
                return Err(Error::input(
                    table.place(reader.rows[row]),
                    format!("{what} has no value"),
                    "Fill it in, or leave rows without a value out with --missing drop.",
                ));
            }
            (Some(_), Missing::Drop) => rules.push(format!(
                "{} of {} rows lack a value and are left out",
                without.len(),
                reader.rows.len() - lost
            )),
            (None, _) => {}
        }
        let keep = |named: Named| Named {
            cells: named.cells.pick(&rows),
            ..named
        };
        Ok(Data {
            strata: strata.map(|levels| picked(&levels, &rows)),
            clusters: clusters.map(|levels| picked(&levels, &rows)),
            outcomes: outcomes.into_iter().map(keep).collect(),
            variables: variables.into_iter().map(keep).collect(),
            rows: rows.iter().map(|&row| reader.rows[row]).collect(),
            rules,
        })
    }

    /// The same over the rows that `keep` keeps.
    pub(in crate::question) fn keeping(self, keep: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.rows.len()).filter(|&row| keep(row)).collect();
        let of = |named: Named| Named {
            cells: named.cells.pick(&rows),
            ..named
        };
        Data {
            outcomes: self.outcomes.into_iter().map(of).collect(),
            variables: self.variables.into_iter().map(of).collect(),
            strata: self.strata.map(|levels| picked(&levels, &rows)),
            clusters: self.clusters.map(|levels| picked(&levels, &rows)),
            rows: rows.iter().map(|&row| self.rows[row]).collect(),
            rules: self.rules,
        }
    }
}

fn has_changes(term: &Term) -> bool {
    match &term.made {
        Made::Column(_) | Made::Pattern(_) => false,
        Made::Difference(a, b) => has_changes(a) || has_changes(b),
        Made::Applied(function, of) => *function == Function::Diff || has_changes(of),
    }
}

impl<'a> Reader<'a> {
    /// A column that a flag names.
    fn flagged(&self, flag: &str, name: &str) -> Result<(&'a DataColumn, &'a str)> {
        let found = self.columns.get_key_value(name);
        found.map(|(&name, &column)| (column, name)).ok_or_else(|| {
            Error::input(
                flag,
                format!("there is no column `{name}`"),
                self.known(name),
            )
        })
    }

    fn known(&self, name: &str) -> String {
        let names = || self.table.names().iter().map(String::as_str);
        format!(
            "{}The columns are {}.",
            did_you_mean(name, names()),
            quoted_list(names())
        )
    }

    /// Puts rows in the order of a column.
    fn sort(&mut self, name: &str) -> Result<()> {
        let (column, name) = self.flagged("--order", name)?;
        let refuse = |problem: String, remedy: &str| Err(Error::input("--order", problem, remedy));
        if let Some(row) = self.rows.iter().find(|&&row| column.is_missing(row)) {
            let place = self.table.place(*row);
            return refuse(
                format!("`{name}` has no value ({place})"),
                "Fill it in, or remove the row.",
            );
        }
        match (column.as_numbers(), column.kind) {
            (Some(values), _) => {
                self.rows.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
            }
            (None, ColumnKind::Date) => {
                let levels = column.levels();
                let text = |row: usize| &levels.names[levels.codes[row] as usize];
                self.rows.sort_by(|&a, &b| text(a).cmp(text(b)));
            }
            (None, _) => {
                return refuse(
                    format!("`{name}` holds neither numbers nor dates (YYYY-MM-DD)"),
                    "Name a column of numbers or dates.",
                );
            }
        }
        Ok(())
    }

    /// A term for each column that its pattern matches.
    fn expanded(&self, term: &Term) -> Result<Vec<Term>> {
        let Some(pattern) = term.pattern() else {
            return Ok(vec![term.clone()]);
        };
        let taken = |name: &str| {
            let others = self.formula.variables.iter().chain(&self.formula.strata);
            others.map(Term::name).any(|other| other == name)
        };
        let names = self.table.names().iter();
        let matching: Vec<Term> = names
            .filter(|name| super::matches(pattern, name) && !taken(name))
            .map(|name| term.with(name))
            .collect();
        match matching.is_empty() {
            false => Ok(matching),
            true => Err(self.formula.refused(
                &term.at,
                format!("no column matches `{pattern}`"),
                self.known(pattern),
            )),
        }
    }

    fn named(&self, term: Term) -> Result<Named> {
        Ok(Named {
            cells: self.cells(&term)?,
            name: term.name(),
            term,
        })
    }

    fn cells(&self, term: &Term) -> Result<Variable> {
        match &term.made {
            Made::Column(name) => {
                let column = self.columns.get(name.as_str()).ok_or_else(|| {
                    let problem = format!("there is no column `{name}`");
                    self.formula.refused(&term.at, problem, self.known(name))
                })?;
                Ok(match column.as_numbers() {
                    Some(values) => {
                        Variable::Numbers(self.rows.iter().map(|&row| values[row]).collect())
                    }
                    None => Variable::Levels(picked(&column.levels(), &self.rows)),
                })
            }
            Made::Pattern(pattern) => Err(self.formula.refused(
                &term.at,
                format!("the pattern `{pattern}` stands for several columns"),
                "Name one column.",
            )),
            Made::Difference(a, b) => {
                let (a, b) = (self.numbers(a)?, self.numbers(b)?);
                Ok(Variable::Numbers(difference(&a, &b)))
            }
            Made::Applied(Function::Factor, of) => Ok(Variable::Levels(self.cells(of)?.levels())),
            Made::Applied(Function::Rank, of) => {
                let values = self.numbers(of)?;
                if values.iter().any(|value| value.is_nan()) {
                    return Err(self.formula.refused(
                        &term.at,
                        "a value is missing, and rows cannot be ranked without it",
                        "Fill it in, or remove the row.",
                    ));
                }
                let ranks = mid_ranks(&values).into_iter();
                Ok(Variable::Numbers(
                    ranks.map(|twice| twice as f64 / 2.0).collect(),
                ))
            }
            Made::Applied(Function::Log, of) => {
                let values = self.numbers(of)?;
                if let Some(row) = values.iter().position(|&value| value <= 0.0) {
                    return Err(self.formula.refused(
                        &term.at,
                        format!(
                            "{} is not positive ({}), and has no logarithm",
                            values[row],
                            self.table.place(self.rows[row])
                        ),
                        "Leave log() out, or take a positive column.",
                    ));
                }
                Ok(Variable::Numbers(
                    values.iter().map(|&value| libm::log(value)).collect(),
                ))
            }
            Made::Applied(Function::Diff, of) => {
                let values = self.numbers(of)?;
                let (later, earlier) = (&values[1.min(values.len())..], &values[..]);
                let changes = difference(later, &earlier[..later.len()]);
                Ok(Variable::Numbers([vec![f64::NAN], changes].concat()))
            }
        }
    }

    fn numbers(&self, term: &Term) -> Result<Vec<f64>> {
        match self.cells(term)? {
            Variable::Numbers(values) => Ok(values),
            Variable::Levels(_) => Err(self.no_number(term)),
        }
    }

    fn no_number(&self, term: &Term) -> Error {
        let name = term.name();
        let column = self.columns.get(name.as_str());
        let found = column.and_then(|column| column.first_that_is_no_number());
        no_number(self.formula, self.table, term, found)
    }
}

/// The error for a term that has to be of numbers; `found`: a row and its cell that is none.
pub(in crate::question) fn no_number(
    formula: &Formula,
    table: &DataTable,
    term: &Term,
    found: Option<(usize, &str)>,
) -> Error {
    let name = term.name();
    let problem = match found {
        Some((row, cell)) => format!(
            "`{name}` is not a column of numbers: {} has `{cell}`",
            table.place(row)
        ),
        None => format!("`{name}` is not of numbers"),
    };
    formula.refused(
        &term.at,
        problem,
        "Correct the cell, name a column of numbers here, or write factor() for categories.",
    )
}

/// Differences of numbers, of decimals as decimals: 0.3 - 0.1 is 0.2.
fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    let known: Vec<f64> = a.iter().chain(b).copied().filter(|v| !v.is_nan()).collect();
    let power = (0..=9).map(|digits| 10f64.powi(digits)).find(|power| {
        let exact = |v: &f64| (v * power).abs() < 1e15 && (v * power).round() / power == *v;
        known.iter().all(exact)
    });
    let pairs = a.iter().zip(b);
    match power {
        Some(power) => pairs
            .map(|(a, b)| ((a * power).round() - (b * power).round()) / power)
            .collect(),
        None => pairs.map(|(a, b)| a - b).collect(),
    }
}
