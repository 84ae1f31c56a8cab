//! A statistic over its score columns, ready to fold picks.

use super::{Contrast, LANES, Mean, MeanRatio, Median, Offset, Regression, ScoreTable};
use crate::null::{Picks, Segment};
use serde::{Deserialize, Serialize};

/// The statistics, each with the table that it reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Statistic {
    /// See [`Mean`].
    Mean(Mean),
    /// See [`MeanRatio`].
    MeanRatio(MeanRatio),
    /// See [`Median`].
    Median(Median),
    /// See [`Regression`].
    Regression(Regression),
}

/// A statistic, its segments and its contrasts over some score columns. Its values are ordered by
/// contrast, then by column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    statistic: Statistic,
    segments: Vec<Segment>,
    contrasts: Vec<Contrast>,
    columns: usize,
}

impl Fold {
    /// Means of `scores` for groups standing at `groups` among the picks.
    pub fn mean(scores: &ScoreTable, labels: &[String], groups: &[Segment]) -> Self {
        if groups.iter().any(|group| group.varies()) {
            let ratio = MeanRatio::new(scores.clone());
            let (segments, contrasts) = ratio.contrasts(labels, groups);
            return Fold {
                columns: scores.columns(),
                statistic: Statistic::MeanRatio(ratio),
                segments,
                contrasts,
            };
        }
        let (segments, contrasts) = Mean::contrasts(labels, groups);
        Fold {
            columns: scores.columns(),
            statistic: Statistic::Mean(Mean::new(scores.clone())),
            segments,
            contrasts,
        }
    }

    /// Medians of `scores` for groups standing at `groups` among the picks.
    pub fn median(scores: &ScoreTable, labels: &[String], groups: &[Segment]) -> Self {
        let (segments, contrasts) = Median::contrasts(labels, groups);
        Fold {
            columns: scores.columns(),
            statistic: Statistic::Median(Median::new(scores)),
            segments,
            contrasts,
        }
    }

    /// A regression with groups named `labels`.
    pub fn regression(regression: Regression, labels: &[String]) -> Self {
        Fold {
            columns: regression.columns().len(),
            segments: regression.groups().to_vec(),
            contrasts: Regression::contrasts(labels),
            statistic: Statistic::Regression(regression),
        }
    }

    /// The statistic and its table.
    pub fn statistic(&self) -> &Statistic {
        &self.statistic
    }

    /// Whether the statistic is the median, whose expectation has no closed form.
    pub fn is_median(&self) -> bool {
        matches!(self.statistic, Statistic::Median(_))
    }

    /// The segments that contrasts refer to.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The contrasts.
    pub fn contrasts(&self) -> &[Contrast] {
        &self.contrasts
    }

    /// Score columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Values a draw: contrasts x columns.
    pub fn values(&self) -> usize {
        self.contrasts.len() * self.columns
    }

    /// Whether a fold that was read from a file is one, over so many positions.
    pub(crate) fn is_sound(&self, positions: usize) -> bool {
        let fits = |table: &ScoreTable| {
            table.is_sound() && (table.positions(), table.columns()) == (positions, self.columns)
        };
        let varies = self.segments.iter().any(|segment| segment.varies());
        let statistic = match &self.statistic {
            Statistic::Mean(mean) => fits(mean.scores()) && !varies,
            Statistic::MeanRatio(mean) => {
                let steps = |contrast: &Contrast| contrast.denominator == mean.denominator();
                fits(mean.scores()) && mean.is_sound() && self.contrasts.iter().all(steps)
            }
            Statistic::Median(median) => fits(median.ranks()) && median.is_sound(),
            Statistic::Regression(regression) => {
                regression.is_sound(positions, self.contrasts.len() * self.columns)
                    && regression.columns().len() == self.columns
                    && regression.groups() == self.segments
            }
        };
        let terms = self.contrasts.iter().all(|contrast| {
            !contrast.terms.is_empty()
                && contrast.terms.iter().all(|&(segment, weight)| {
                    segment < self.segments.len() && weight.unsigned_abs() < 1 << 32
                })
        });
        statistic && terms
    }

    /// Smallest and largest numerator of a contrast over all sets of distinct positions, given the
    /// sorted scores of its column. The bounds hold; they need not be reached.
    pub fn bounds(&self, contrast: &Contrast, sorted: &[i32]) -> (i64, i64) {
        // Its values count as the ends of their grids beyond them, whatever the scores.
        if let Statistic::Regression(regression) = &self.statistic {
            let grids = || regression.grids().iter();
            return (
                grids().map(|grid| grid.floor).min().unwrap_or(0),
                grids().map(|grid| grid.ceiling).max().unwrap_or(0),
            );
        }
        let bounds = |segment: Segment| match &self.statistic {
            Statistic::Mean(_) => Mean::bounds(sorted, segment.len),
            Statistic::MeanRatio(mean) => mean.bounds(sorted, segment),
            Statistic::Median(_) => Median::bounds(sorted, segment),
            Statistic::Regression(_) => (0, 0),
        };
        let mut low = 0;
        let mut high = 0;
        for &(segment, weight) in &contrast.terms {
            let (least, most) = bounds(self.segments[segment]);
            low += weight * if weight > 0 { least } else { most };
            high += weight * if weight > 0 { most } else { least };
        }
        // A difference is rounded once, its bounds twice.
        if let (Statistic::MeanRatio(_), [_, _, ..]) = (&self.statistic, &contrast.terms[..]) {
            (low, high) = (low - 1, high + 1);
        }
        (low, high)
    }

    /// Numerators of `draws` draws, less their floors: `out[value * draws + draw]`;
    /// [`Offset::UNDEFINED`] where a draw has no value.
    pub(crate) fn offsets<W: Offset>(
        &self,
        picks: &Picks,
        floors: &[W],
        draws: usize,
        out: &mut [W],
    ) {
        let mut values = Values {
            fold: self,
            floors,
            draws,
            out,
        };
        match &self.statistic {
            Statistic::Mean(mean) => mean.fold(&self.segments, picks, &mut values),
            Statistic::MeanRatio(mean) => {
                mean.fold(&self.segments, &self.contrasts, picks, &mut values);
            }
            Statistic::Median(median) => median.fold(&self.segments, picks, &mut values),
            Statistic::Regression(regression) => {
                regression.fold(&self.contrasts, picks, &mut values);
            }
        }
    }

    /// The numerators of one set of picks; `None` where the set has no value.
    pub fn numerators(&self, picks: &[u32]) -> Vec<Option<i64>> {
        let picks = Picks::of(picks);
        if let Statistic::Regression(regression) = &self.statistic {
            return regression.numerators(&self.contrasts, &picks);
        }
        let mut out = vec![0u64; self.values()];
        self.offsets(&picks, &vec![0; self.values()], 1, &mut out);
        out.into_iter().map(|value| Some(value as i64)).collect()
    }

    /// Whether values are rounded to the steps of a grid, instead of being whole by themselves.
    pub(crate) fn is_rounded(&self) -> bool {
        match self.statistic {
            Statistic::Mean(_) | Statistic::Median(_) => false,
            Statistic::MeanRatio(_) | Statistic::Regression(_) => true,
        }
    }

    /// Whether a draw may have no value.
    pub(crate) fn may_be_undefined(&self) -> bool {
        matches!(self.statistic, Statistic::Regression(_))
    }
}

/// Where a statistic puts a draw's segment numerators; contrasts are formed on the way.
pub(super) struct Values<'a, W> {
    fold: &'a Fold,
    floors: &'a [W],
    draws: usize,
    out: &'a mut [W],
}

impl<W: Offset> Values<'_, W> {
    pub(super) fn draws(&self) -> usize {
        self.draws
    }

    /// Says that no draw has a value, until one is put.
    pub(super) fn leave_undefined(&mut self) {
        self.out.fill(W::UNDEFINED);
    }

    /// Takes one numerator of one draw.
    #[inline(always)]
    pub(super) fn put_one(&mut self, draw: usize, value: usize, numerator: i64) {
        let offset = W::wrap(numerator).plus(self.floors[value].times(W::wrap(-1)));
        self.out[value * self.draws + draw] = offset;
    }

    /// Takes the segment numerators of columns `first..first + columns` of one draw.
    #[inline(always)]
    pub(super) fn put(
        &mut self,
        draw: usize,
        first: usize,
        columns: usize,
        segments: &[[W; LANES]],
    ) {
        for (c, contrast) in self.fold.contrasts.iter().enumerate() {
            let mut total = [W::default(); LANES];
            for &(segment, weight) in &contrast.terms {
                for lane in 0..LANES {
                    total[lane] = total[lane].plus(segments[segment][lane].times(W::wrap(weight)));
                }
            }
            let value = c * self.fold.columns + first;
            for (lane, total) in total.iter().enumerate().take(columns) {
                let floor = self.floors[value + lane];
                self.out[(value + lane) * self.draws + draw] = total.plus(floor.times(W::wrap(-1)));
            }
        }
    }
}
