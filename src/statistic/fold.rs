//! A statistic over its score columns, ready to fold picks.

use std::ops::Range;
use std::sync::Arc;

use super::{Arithmetic, Contrast, LANES, Offset, ScoreTable, Shape, Statistic};
use crate::null::{Drawn, GroupSum, Picks, Segment};

/// A statistic, its segments and its contrasts over some score columns. Its values are ordered by
/// contrast, then by column.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// Shared by copies of the fold, whose tables may be large.
    statistic: Arc<Statistic>,
    segments: Vec<Segment>,
    contrasts: Vec<Contrast>,
    columns: usize,
}

impl Fold {
    /// A statistic of groups named `labels`, standing at `groups` among the picks.
    pub fn new(statistic: Statistic, labels: &[String], groups: &[Segment]) -> Self {
        let (segments, contrasts) = statistic.contrasts(labels, groups);
        Fold {
            columns: statistic.columns(),
            statistic: Arc::new(statistic),
            segments,
            contrasts,
        }
    }

    /// The same with those of its contrasts that are kept.
    pub(crate) fn only(mut self, keep: impl Fn(&Contrast) -> bool) -> Self {
        self.contrasts.retain(keep);
        self
    }

    /// The statistic and its table.
    pub fn statistic(&self) -> &Statistic {
        &self.statistic
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

    /// The same numerators by the picks that a design accepts alone, each less a constant, which stands
    /// beside them (modulo 2^64); `None` where they are no sums over groups.
    pub(crate) fn of_drawn(&self, drawn: &Drawn) -> Option<(Fold, Vec<i64>)> {
        if self.statistic.shape() != Shape::Linear || self.segments.len() != drawn.groups.len() {
            return None;
        }
        let total = |group: &GroupSum, column: usize| -> Option<i64> {
            let over = group.over.iter();
            let scores = over.map(|&position| self.statistic.score(position as usize, column));
            scores.map(|score| score.map(i64::from)).sum()
        };
        let of_group = |group| -> Option<Vec<i64>> {
            let columns = 0..self.columns;
            columns.map(|column| total(group, column)).collect()
        };
        let totals: Option<Vec<Vec<i64>>> = drawn.groups.iter().map(of_group).collect();
        let totals = totals?;
        let mut constants = Vec::with_capacity(self.values());
        let mut contrasts = Vec::with_capacity(self.contrasts.len());
        for contrast in &self.contrasts {
            let mut weights = vec![0; drawn.segments.len()];
            let mut constant = vec![0i64; self.columns];
            for &(group, weight) in &contrast.terms {
                for &(segment, sign) in &drawn.groups[group].terms {
                    weights[segment] += sign * weight;
                }
                for (constant, total) in constant.iter_mut().zip(&totals[group]) {
                    *constant = constant.wrapping_add(total.wrapping_mul(weight));
                }
            }
            constants.extend(constant);
            let weights = weights.into_iter().enumerate();
            contrasts.push(Contrast {
                terms: weights.filter(|&(_, weight)| weight != 0).collect(),
                ..contrast.clone()
            });
        }
        let fold = Fold {
            statistic: self.statistic.clone(),
            segments: drawn.segments.clone(),
            contrasts,
            columns: self.columns,
        };
        Some((fold, constants))
    }

    /// Smallest and largest numerator of a contrast over all sets of distinct positions, given the
    /// sorted scores of its column. The bounds hold; they need not be reached.
    pub fn bounds(&self, contrast: &Contrast, sorted: &[i32]) -> (i64, i64) {
        self.statistic.bounds(self, contrast, sorted)
    }

    /// Bounds of a contrast, given those of a segment.
    pub(super) fn combined(
        &self,
        contrast: &Contrast,
        bounds: impl Fn(Segment) -> (i64, i64),
    ) -> (i64, i64) {
        let mut low = 0;
        let mut high = 0;
        for &(segment, weight) in &contrast.terms {
            let (least, most) = bounds(self.segments[segment]);
            low += weight * if weight > 0 { least } else { most };
            high += weight * if weight > 0 { most } else { least };
        }
        (low, high)
    }

    /// Rows that the segments gather from all tiles of a table: what folding a draw takes.
    pub(super) fn gathered(&self) -> f64 {
        let rows: usize = self.segments.iter().map(|segment| segment.len).sum();
        self.columns.div_ceil(LANES) as f64 * rows as f64
    }

    /// Numerators of `draws` draws in some columns (see [`Fold::tiles`]), less their floors, contrast by
    /// contrast: `out[(contrast * columns.len() + column) * draws + draw]`; [`Offset::UNDEFINED`] where a
    /// draw has no value. Floors stand alike, one a value.
    pub(crate) fn offsets<W: Offset>(
        &self,
        picks: &Picks,
        columns: &Range<usize>,
        floors: &[W],
        draws: usize,
        out: &mut [W],
    ) {
        let mut values = Values {
            fold: self,
            columns: columns.clone(),
            floors,
            draws,
            out,
        };
        self.statistic.fold(picks, &mut values);
    }

    /// Columns that are folded together, so that all contrasts have about `most` values: of what is made
    /// from outcomes, all.
    pub(crate) fn tiles(&self, most: usize) -> impl Iterator<Item = Range<usize>> {
        let each = most / self.contrasts.len().max(1) / LANES * LANES;
        let each = match self.statistic.regression() {
            Some(_) => self.columns,
            None => each.max(LANES),
        };
        let columns = self.columns;
        (0..columns)
            .step_by(each.max(1))
            .map(move |first| first..columns.min(first + each))
    }

    /// The numerators of one set of picks; `None` where the set has no value.
    pub fn numerators(&self, picks: &[u32]) -> Vec<Option<i64>> {
        self.statistic.numerators(self, &Picks::of(picks))
    }

    /// The numerators of one set, of a statistic of which every set has a value.
    pub(super) fn whole(&self, picks: &Picks) -> Vec<Option<i64>> {
        let mut out = vec![0u64; self.values()];
        let floors = vec![0; self.values()];
        self.offsets(picks, &(0..self.columns), &floors, 1, &mut out);
        out.into_iter().map(|value| Some(value as i64)).collect()
    }

    /// The numerators of `draws` sets over other scores, value by value: `[value * draws + draw]`; `None` where
    /// the statistic is not made from scores, or a set may have no value.
    pub(crate) fn numerators_over(
        &self,
        scores: &ScoreTable,
        picks: &Picks,
        draws: usize,
    ) -> Option<Vec<i64>> {
        if self.may_be_undefined() {
            return None;
        }
        let fold = Fold {
            statistic: Arc::new(self.statistic.over(scores)?),
            ..self.clone()
        };
        let mut out = vec![0u64; self.values() * draws];
        let floors = vec![0; self.values()];
        fold.offsets(picks, &(0..self.columns), &floors, draws, &mut out);
        Some(out.into_iter().map(|value| value as i64).collect())
    }

    /// Whether values are rounded to the steps of a grid, instead of being whole by themselves.
    pub(crate) fn is_rounded(&self) -> bool {
        match self.statistic.arithmetic() {
            Arithmetic::Exact | Arithmetic::Compared => false,
            Arithmetic::Rounded | Arithmetic::Screened => true,
        }
    }

    /// Whether a draw may have no value.
    pub(crate) fn may_be_undefined(&self) -> bool {
        match self.statistic.arithmetic() {
            Arithmetic::Exact | Arithmetic::Rounded => false,
            Arithmetic::Compared | Arithmetic::Screened => true,
        }
    }
}

/// Where a statistic puts a draw's segment numerators; contrasts are formed on the way.
pub(crate) struct Values<'a, W> {
    fold: &'a Fold,
    columns: Range<usize>,
    floors: &'a [W],
    draws: usize,
    out: &'a mut [W],
}

impl<'a, W: Offset> Values<'a, W> {
    /// The segments, contrasts and columns that they are of.
    pub(super) fn fold(&self) -> &'a Fold {
        self.fold
    }

    pub(super) fn draws(&self) -> usize {
        self.draws
    }

    /// The columns that are folded.
    pub(super) fn columns(&self) -> Range<usize> {
        self.columns.clone()
    }

    /// The tiles of a table that are folded: see [`ScoreTable::tiles`].
    pub(super) fn tiles<'t>(
        &self,
        table: &'t ScoreTable,
    ) -> impl Iterator<Item = (usize, usize, &'t [[i32; LANES]])> + use<'t, W> {
        let columns = self.columns.clone();
        table.tiles_of(columns)
    }

    /// Where a value stands.
    #[inline(always)]
    fn at(&self, contrast: usize, column: usize) -> usize {
        contrast * self.columns.len() + column - self.columns.start
    }

    /// Says that no draw has a value, until one is put.
    pub(super) fn leave_undefined(&mut self) {
        self.out.fill(W::UNDEFINED);
    }

    /// Takes one numerator of one draw.
    #[inline(always)]
    pub(super) fn put_one(
        &mut self,
        draw: usize,
        (contrast, column): (usize, usize),
        numerator: i64,
    ) {
        let floor = self.floors[contrast * self.fold.columns + column];
        let slot = self.at(contrast, column);
        self.out[slot * self.draws + draw] = W::wrap(numerator).plus(floor.times(W::wrap(-1)));
    }

    /// Takes the segment numerators of columns `first..first + columns` of all draws, a list a segment.
    #[inline(always)]
    pub(super) fn put_all(&mut self, first: usize, columns: usize, segments: &[Vec<[W; LANES]>]) {
        let draws = self.draws;
        for (c, contrast) in self.fold.contrasts.iter().enumerate() {
            let mut floors = [W::default(); LANES];
            floors[..columns]
                .copy_from_slice(&self.floors[c * self.fold.columns + first..][..columns]);
            let at = self.at(c, first) * draws;
            let out = &mut self.out[at..][..columns * draws];
            let mut draw = 0;
            while draw < draws {
                // A square of draws and columns at a time is turned.
                let mut square = [[W::default(); LANES]; LANES];
                let some = LANES.min(draws - draw);
                for (d, total) in square.iter_mut().enumerate().take(some) {
                    for &(segment, weight) in &contrast.terms {
                        let of_segment = &segments[segment][draw + d];
                        for lane in 0..LANES {
                            let term = of_segment[lane].times(W::wrap(weight));
                            total[lane] = total[lane].plus(term);
                        }
                    }
                    for lane in 0..LANES {
                        total[lane] = total[lane].plus(floors[lane].times(W::wrap(-1)));
                    }
                }
                for (lane, column) in out.chunks_exact_mut(draws).enumerate().take(LANES) {
                    let turned: [W; LANES] = std::array::from_fn(|d| square[d][lane]);
                    column[draw..draw + some].copy_from_slice(&turned[..some]);
                }
                draw += LANES;
            }
        }
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
            let floors = &self.floors[c * self.fold.columns + first..];
            let slot = self.at(c, first);
            let out = self.out[slot * self.draws + draw..].iter_mut();
            let of_columns = total.iter().zip(floors).take(columns);
            for (out, (total, floor)) in out.step_by(self.draws).zip(of_columns) {
                *out = total.plus(floor.times(W::wrap(-1)));
            }
        }
    }
}
