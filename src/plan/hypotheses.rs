//! Statistics over score columns, and a hypothesis for each of their values.

use super::Lattice;
use super::plan::Hypothesis;
use super::scores::SeriesScores;
use super::symmetric::{Centre, Mirror};
use crate::error::{Error, Result};
use crate::load::Panel;
use crate::null::Segment;
use crate::statistic::{Contrast, Fold, ScoreTable, Statistic};
use crate::study::{Convention, StatisticName, Summary, TestSpec};

/// Largest size of a numerator; offsets and their differences stay clear of 63 bits.
const NUMERATOR_LIMIT: i128 = 1 << 60;

/// What hypotheses are made from.
pub(super) struct Question<'a> {
    pub panel: &'a Panel,
    pub test: &'a TestSpec,
    /// A series a list.
    pub scores: &'a [SeriesScores],
    pub groups: &'a [String],
    /// Where each group stands among the picks.
    pub segments: &'a [Segment],
    pub observed: &'a [u32],
    /// Positions that draws pick from; those past them are observed only.
    pub eligible: usize,
}

/// A score column: where it comes from.
struct Column {
    series: usize,
    day: usize,
    absolute: bool,
}

impl Question<'_> {
    /// A fold a summary asked for, and the hypotheses of all their values.
    ///
    /// # Errors
    ///
    /// A numerator leaves the fixed-point range.
    pub(super) fn folds(&self) -> Result<(Vec<Fold>, Vec<Hypothesis>)> {
        let mut folds = Vec::new();
        let mut hypotheses = Vec::new();
        for summary in [Summary::Mean, Summary::Median] {
            let columns = self.columns(summary);
            if columns.is_empty() {
                continue;
            }
            let cells: Vec<Vec<i32>> = columns.iter().map(|column| self.cells(column)).collect();
            let fold = match summary {
                Summary::Mean => Fold::mean,
                Summary::Median => Fold::median,
            }(
                &ScoreTable::from_columns(&cells),
                self.groups,
                self.segments,
            );
            self.check_range(&fold, &cells)?;
            let pools: Vec<Vec<i32>> = cells
                .into_iter()
                .map(|mut cells| {
                    cells.truncate(self.eligible);
                    cells.sort_unstable();
                    cells
                })
                .collect();
            let observed = fold.numerators(self.observed).into_iter().flatten();
            for (value, observed) in observed.enumerate() {
                let contrast = &fold.contrasts()[value / fold.columns()];
                let c = value % fold.columns();
                let column = &columns[c];
                let scores = &self.scores[column.series];
                let statistic = StatisticName::Change {
                    summary,
                    absolute: column.absolute,
                };
                let centre = centre(&fold, contrast, &pools[c]);
                let mirror = match self.test.convention {
                    Convention::Symmetric => centre.map(|centre| Mirror::of(observed, centre)),
                    _ => None,
                };
                hypotheses.push(Hypothesis {
                    series: self.panel.series[column.series].name.clone(),
                    group: contrast.label.clone(),
                    statistic: statistic.name().to_owned(),
                    relative_day: self.test.relative_days()[column.day],
                    unit: scores.unit.clone(),
                    scale: scores.scale,
                    denominator: contrast.denominator,
                    observed,
                    mirror,
                    lattice: lattice(&fold, contrast, &pools[c], observed, mirror),
                });
            }
            folds.push(fold);
        }
        Ok((folds, hypotheses))
    }

    /// Refuses numerators that could leave the range, the observed ones included.
    fn check_range(&self, fold: &Fold, cells: &[Vec<i32>]) -> Result<()> {
        let largest = cells
            .iter()
            .flatten()
            .map(|score| i128::from(score.unsigned_abs()))
            .max();
        let far = fold.contrasts().iter().find(|contrast| {
            let picks: i128 = contrast
                .terms
                .iter()
                .map(|&(segment, weight)| {
                    i128::from(weight.abs()) * fold.segments()[segment].len as i128
                })
                .sum();
            largest.unwrap_or(0) * picks >= NUMERATOR_LIMIT
        });
        match far {
            None => Ok(()),
            Some(contrast) => Err(Error::input(
                "[data] quantum",
                format!(
                    "the mean `{}` of so many events leaves the fixed-point range",
                    contrast.label
                ),
                "state a coarser [data] quantum, or use fewer events",
            )),
        }
    }

    /// Signed columns before absolute ones, series by series, day by day.
    fn columns(&self, summary: Summary) -> Vec<Column> {
        let asked = self.test.statistics();
        let mut columns = Vec::new();
        for absolute in [false, true] {
            if !asked.contains(&StatisticName::Change { summary, absolute }) {
                continue;
            }
            for series in 0..self.scores.len() {
                columns.extend((0..self.test.relative_days().len()).map(|day| Column {
                    series,
                    day,
                    absolute,
                }));
            }
        }
        columns
    }

    fn cells(&self, column: &Column) -> Vec<i32> {
        let signed = &self.scores[column.series].days[column.day];
        if column.absolute {
            signed.iter().map(|score| score.abs()).collect()
        } else {
            signed.clone()
        }
    }
}

/// The expectation of a contrast's numerator under uniform draws, exact where it is known: means
/// of K picks have K times the mean score. Medians have no such form.
fn centre(fold: &Fold, contrast: &Contrast, pool: &[i32]) -> Option<Centre> {
    match fold.statistic() {
        Statistic::Median(_) | Statistic::Regression(_) => None,
        Statistic::Mean(_) => {
            let sum: i128 = pool.iter().map(|&score| i128::from(score)).sum();
            let weight: i128 = contrast
                .terms
                .iter()
                .map(|&(segment, weight)| i128::from(weight) * fold.segments()[segment].len as i128)
                .sum();
            Some(Centre {
                numerator: weight * sum,
                denominator: pool.len() as i128,
            })
        }
    }
}

/// The lattice of a contrast over a column's sorted eligible scores.
fn lattice(
    fold: &Fold,
    contrast: &Contrast,
    pool: &[i32],
    observed: i64,
    mirror: Option<Mirror>,
) -> Lattice {
    let n = pool.len() as f64;
    let mean = pool.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
    let variance = pool
        .iter()
        .map(|&s| (f64::from(s) - mean).powi(2))
        .sum::<f64>()
        / n;
    let mut centre = 0.0;
    let mut spread = 0.0;
    for &(segment, weight) in &contrast.terms {
        let (weight, picks) = (weight as f64, fold.segments()[segment].len as f64);
        match fold.statistic() {
            // The variance of a contrast of distinct draws is sigma^2/(N - 1) times
            // N sum w^2 k - (sum w k)^2; without the last term it is a bound, good enough for bins.
            Statistic::Mean(_) => {
                centre += weight * picks * mean;
                spread += weight.powi(2) * picks * variance * n / (n - 1.0).max(1.0);
            }
            _ => {
                let scores = 2.0 - picks % 2.0;
                centre += weight * scores * mean;
                spread += 2.0 * (weight * scores).powi(2) * variance;
            }
        }
    }
    let mut lattice = Lattice::new(fold.bounds(contrast, pool), centre, spread.sqrt(), observed);
    lattice.set_mirror(mirror);
    lattice
}
