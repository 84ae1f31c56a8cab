//! The scheme of a bootstrap, and the length of its blocks.

use super::arrange::Arranged;
use super::spec::{Block, BootstrapSpec, SchemeName};
use crate::error::{Error, Result};
use crate::resample::{Scheme, block_lengths};

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

/// The scheme for these columns.
pub(super) fn scheme_of(
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
        (
            SchemeName::Cluster | SchemeName::Poisson | SchemeName::Bayesian | SchemeName::MOutOfN,
            Some(_),
        )
        | (_, None) => {}
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
            (SchemeName::Poisson, _) => Scheme::Poisson {
                before: spec.first_row.map_or(0, |first| first - 1),
            },
            (SchemeName::Bayesian, _) => Scheme::Bayesian,
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
