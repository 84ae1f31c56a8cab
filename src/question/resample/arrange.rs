//! Rows in parts and units.

use std::collections::HashMap;
use std::ops::Range;

use super::columns::Columns;
use super::spec::{BootstrapSpec, BootstrapStatistic as Statistic, SchemeName};
use crate::error::{Cause, Error, Result};
use crate::load::{Levels, quoted_list};
use crate::resample::{MOST_ROWS, Poisson};

/// Rows part by part, and in a part unit by unit.
pub(super) struct Arranged {
    /// The row of the data at each place.
    pub rows: Vec<usize>,
    pub units: Vec<Vec<Range<usize>>>,
    pub parts: Vec<String>,
    /// The most rows that a draw holds.
    pub most: usize,
    /// Where clusters with rows of both groups are resampled: 1 for each place of the first group, else 0.
    pub in_first: Option<Vec<f64>>,
    /// What was decided about them, as a sentence.
    pub rule: Option<String>,
}

/// Puts rows in parts and units.
pub(super) fn arranged(spec: &BootstrapSpec, columns: &Columns) -> Result<Arranged> {
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
    let across = columns.clusters.as_ref().filter(|_| compares);
    let across = across.map_or(0, |clusters| across_groups(clusters, &part_of));
    let groups = part_of.clone();
    let (part_of, parts) = match across {
        0 => (part_of, parts),
        _ => (vec![0; n], vec![String::new()]),
    };
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
    let in_first = |&row: &usize| f64::from(u8::from(groups[row] == 0));
    Ok(Arranged {
        in_first: (across > 0).then(|| rows.iter().map(in_first).collect()),
        rule: (across > 0).then(|| {
            format!(
                "{across} clusters have rows of both groups: clusters are resampled over all rows, each whole, and the \
                 groups' means are those of the rows drawn"
            )
        }),
        rows,
        units,
        parts,
        most,
    })
}

/// Number of clusters with rows of several groups.
fn across_groups(clusters: &Levels, part_of: &[u32]) -> usize {
    let mut groups: Vec<Option<u32>> = vec![None; clusters.names.len()];
    let mut across = vec![false; clusters.names.len()];
    for (&cluster, &part) in clusters.codes.iter().zip(part_of) {
        let at = cluster as usize;
        across[at] |= *groups[at].get_or_insert(part) != part;
    }
    across.iter().filter(|is_across| **is_across).count()
}

impl Arranged {
    pub fn table_rows(&self, columns: &Columns) -> Vec<usize> {
        self.rows
            .iter()
            .map(|&row| columns.table_rows[row])
            .collect()
    }

    pub fn of(&self, values: &[f64]) -> Vec<f64> {
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
