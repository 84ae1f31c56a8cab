//! Statistics over score columns, and a hypothesis for each of their values.

use std::cell::LazyCell;

use super::key::RowName;
use super::remake::MadeAnew;
use super::scores::SeriesScores;
use crate::error::{Cause, Error, Result};
use crate::load::{Panel, quoted_list};
use crate::null::{LawBasis, NullDesign};
use crate::plan::{
    Centres, Convention, Hypothesis, Lattice, NUMERATOR_LIMIT, WindowSum, change_signs,
    probed_moments, sorted_pool,
};
use crate::statistic::{Fold, Kind, Refusal, ScoreTable, Shape, Source, StatisticName};
use crate::study::TestSpec;

/// What hypotheses are made from.
pub(super) struct Question<'a> {
    pub panel: &'a Panel,
    pub test: &'a TestSpec,
    /// A series a list.
    pub scores: &'a [SeriesScores],
    pub groups: &'a [String],
    /// Draws pick from its positions; those past them are observed only.
    pub design: &'a NullDesign,
    pub observed: &'a [u32],
    /// What draws make the series from, where they do.
    pub made: Option<&'a MadeAnew>,
    /// Names a key of the test.
    pub place: &'a dyn Fn(&str) -> String,
}

/// The name of changes in rows; other starts than the window's first day are told.
pub(super) fn row_name(test: &TestSpec, statistic: StatisticName, start: i32) -> String {
    let other = (start != test.window[0]).then(|| format!("from {start}"));
    statistic.row_name(&test.keys(), other)
}

/// A hypothesis, and what its row is called.
type Named = (Hypothesis, RowName);

/// Folds, the hypotheses of all their values, and the sums that each fold's columns are where draws make the
/// series anew.
pub(super) type Asked = (Vec<Fold>, Vec<Named>, Vec<Vec<WindowSum>>);

/// A score column: where it comes from.
struct Column {
    series: usize,
    /// The change, among those of the test.
    span: usize,
    statistic: StatisticName,
}

impl Question<'_> {
    /// A fold for each statistic of the events' scores, and the hypotheses of all their values.
    ///
    /// # Errors
    ///
    /// A numerator leaves the fixed-point range, or a statistic is none of such groups.
    pub(super) fn folds(&self) -> Result<Asked> {
        let mut folds = Vec::new();
        let mut hypotheses = Vec::new();
        let mut sums_of_folds = Vec::new();
        let spans = self.test.changes();
        for &kind in Kind::ALL {
            let Source::Scores(make) = kind.source() else {
                continue;
            };
            let columns = self.columns(kind);
            if columns.is_empty() {
                continue;
            }
            let cells: Vec<Vec<i32>> = columns.iter().map(|column| self.cells(column)).collect();
            let (table, groups) = (ScoreTable::from_columns(&cells), self.design.segments());
            let statistic = make(&table, groups, &self.test.keys());
            let statistic = statistic.map_err(|refusal| self.refused(refusal))?;
            let fold = Fold::new(statistic, self.groups, groups);
            let sums: Option<Vec<WindowSum>> = self.made.map(|made| {
                let sum = |of: &Column| {
                    let span = spans[of.span];
                    made.window_sum(self.test, of.series, span, of.statistic.is_absolute())
                };
                columns.iter().map(sum).collect()
            });
            let pools: Vec<Vec<i32>> = match (self.made, &sums) {
                (Some(made), Some(sums)) => sums.iter().map(|&sum| made.pool(sum)).collect(),
                _ => {
                    let pools = cells.iter().map(|cells| sorted_pool(self.design, cells));
                    pools.collect()
                }
            };
            self.check_range(&fold, &columns, &[&cells[..], &pools[..]].concat())?;
            // No formula for distinct positions fits the other designs.
            let distinct = self.design.basis() == LawBasis::Distinct;
            let probed = LazyCell::new(|| match (self.made, &sums) {
                (Some(made), Some(sums)) => {
                    let remade = &made.remade;
                    remade.probed_moments(&fold, sums, self.design, self.observed)
                }
                _ => probed_moments(&fold, self.design),
            });
            let symmetric = self.test.convention == Convention::Symmetric;
            // Some designs take a graph for it, and only the symmetric p needs it.
            let linear = symmetric && fold.statistic().shape() == Shape::Linear;
            let centres = Centres::new(self.design, linear);
            let observed = fold.numerators(self.observed).into_iter().flatten();
            for (value, observed) in observed.enumerate() {
                let contrast = &fold.contrasts()[value / fold.columns()];
                let c = value % fold.columns();
                let column = &columns[c];
                let scores = &self.scores[column.series];
                let statistic = column.statistic;
                let odd = fold.statistic().is_odd() && !statistic.is_absolute();
                let by_symmetry = centres.by_symmetry(contrast, odd);
                let of_series = || {
                    let sums = sums.as_ref()?;
                    self.made?.centre(&fold, contrast, sums[c])
                };
                let of_sums = || centres.of_sums(contrast, |p| i64::from(cells[c][p]));
                let [first, last] = spans[column.span];
                let known = distinct.then(|| fold.statistic().moments(&fold, contrast, &pools[c]));
                let (mean, spread) = known.flatten().unwrap_or_else(|| probed[value]);
                let bounds = fold.bounds(contrast, &pools[c]);
                let name = RowName {
                    series: self.panel.series[column.series].name.clone(),
                    group: contrast.label.clone(),
                    statistic: row_name(self.test, statistic, first),
                    relative_day: last,
                    unit: scores.unit.clone(),
                };
                let mut hypothesis = Hypothesis {
                    scale: scores.scale,
                    denominator: contrast.denominator * scores.parts,
                    of: statistic.of,
                    ratio: fold.statistic().shape() == Shape::Ratio,
                    observed,
                    void: None,
                    centre: None,
                    mirror: None,
                    lattice: Lattice::new(bounds, mean, spread, observed),
                };
                if let Some(centre) = by_symmetry.or_else(of_sums).or_else(of_series) {
                    hypothesis.centre_on(centre, symmetric);
                }
                hypotheses.push((hypothesis, name));
            }
            folds.push(fold);
            sums_of_folds.extend(sums);
        }
        Ok((folds, hypotheses, sums_of_folds))
    }

    fn refused(&self, refusal: Refusal) -> Error {
        Error::input((self.place)(refusal.key), refusal.problem, refusal.remedy).because(
            Cause::BadValue {
                key: format!("test.{}", refusal.key),
            },
        )
    }

    /// Refuses numerators that could leave the range, the observed ones included.
    fn check_range(&self, fold: &Fold, columns: &[Column], cells: &[Vec<i32>]) -> Result<()> {
        let mut asked: Vec<&str> = columns.iter().map(|of| of.statistic.name()).collect();
        asked.dedup();
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
                    "{} of `{}` with so many events leaves the fixed-point range",
                    quoted_list(asked),
                    contrast.label
                ),
                "state a coarser [data] quantum, or use fewer events",
            )),
        }
    }

    /// Signed columns before absolute ones, as they are named, series by series, change by change.
    fn columns(&self, kind: Kind) -> Vec<Column> {
        let asked = self.test.statistics();
        let mut columns = Vec::new();
        for statistic in StatisticName::all().filter(|of| of.kind == kind && asked.contains(of)) {
            for series in 0..self.scores.len() {
                columns.extend((0..self.test.changes().len()).map(|span| Column {
                    series,
                    span,
                    statistic,
                }));
            }
        }
        columns
    }

    fn cells(&self, column: &Column) -> Vec<i32> {
        let signed = &self.scores[column.series].days[column.span];
        if column.statistic.is_absolute() {
            return signed.iter().map(|score| score.abs()).collect();
        }
        let mut cells = signed.clone();
        change_signs(self.design, &mut cells);
        cells
    }
}
