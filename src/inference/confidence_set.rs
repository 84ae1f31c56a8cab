//! Confidence sets by inverting a test along a path of effects.
//!
//! A draw's statistic is `a* - tau b*` once the effect `tau` is taken out of the data, and the observed
//! one `a - tau b` with `b > 0`. The draw counts in the upper tail where `a* - tau b* >= a - tau b`, in
//! the lower one where `<=` holds: in `tau` each is a closed half-line, everything or nothing. So counts
//! of half-lines by the points where they end, the breakpoints, give the p-value of every effect. A
//! draw with `b* = b` never separates effects; one with `b* > b` counts the other way round, and the
//! set need not be an interval.
//!
//! Breakpoints are exact fractions. Of many draws not all are kept: a first pass counts them between
//! fixed cuts, a second one keeps those of the few cells in which the set may end.

use std::cmp::Ordering;

use super::pvalue::equal_tailed;
use crate::plan::Convention;

/// A fraction, compared exactly.
#[derive(Debug, Clone, Copy)]
pub struct Fraction {
    /// Carries the sign.
    top: i64,
    /// Positive.
    bottom: i64,
}

impl Fraction {
    /// `None` for a denominator of 0. The sizes are below `2^63`.
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        (denominator != 0).then(|| Fraction {
            top: numerator * denominator.signum(),
            bottom: denominator.abs(),
        })
    }

    /// The part above the line.
    pub fn numerator(self) -> i64 {
        self.top
    }

    /// The part below the line, positive.
    pub fn denominator(self) -> i64 {
        self.bottom
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |a: &Self, b: &Self| i128::from(a.top) * i128::from(b.bottom);
        cross(self, other).cmp(&cross(other, self))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fraction {}

/// Numerators `(a, b)` of the series and of the pattern, smaller than `2^62` in size.
pub type Numerators = (i64, i64);

/// The test that is inverted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inversion {
    /// Which tail p is of: equal-tailed, lower or upper.
    pub convention: Convention,
    /// 1 where the observed set counts as one more draw, 0 where the draws hold it.
    pub added: u64,
    /// The test's level.
    pub alpha: f64,
}

impl Inversion {
    /// p of an effect with so many of `draws` draws in the upper and the lower tail.
    pub fn p(&self, (upper, lower): (u64, u64), draws: u64) -> f64 {
        let share = |count: u64| (count + self.added) as f64 / (draws + self.added) as f64;
        match self.convention {
            Convention::Lower => share(lower),
            Convention::Upper => share(upper),
            Convention::EqualTailed | Convention::Symmetric => {
                equal_tailed(share(lower), share(upper))
            }
        }
    }

    /// Whether an effect with that p is kept: `p > alpha`. A p within rounding of the level is not above it.
    pub fn keeps_p(&self, p: f64) -> bool {
        p > self.alpha * (1.0 + 1e-12)
    }

    /// Whether an effect with so many of `draws` draws in the upper and the lower tail is kept.
    pub fn keeps(&self, tails: (u64, u64), draws: u64) -> bool {
        self.keeps_p(self.p(tails, draws))
    }
}

/// Draws whose half-lines end at one place, in both tails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Ends {
    /// `b* < b`: in the upper tail from there on, in the lower one until there.
    rising: u64,
    /// `b* > b`: the other way round.
    falling: u64,
}

impl Ends {
    fn one(slope: i64) -> Self {
        Ends {
            rising: u64::from(slope < 0),
            falling: u64::from(slope > 0),
        }
    }

    fn add(&mut self, other: Ends) {
        self.rising += other.rising;
        self.falling += other.falling;
    }

    fn draws(self) -> u64 {
        self.rising + self.falling
    }
}

/// Where a draw's half-lines end.
enum Place {
    Nowhere,
    Cut(usize),
    /// The cell below the cut of the same index; the last one lies above all cuts.
    Cell(usize, Fraction),
}

/// The half-lines of draws, by cuts and the cells between them. Merging is commutative and associative.
#[derive(Debug, Clone)]
pub struct Breakpoints {
    observed: Numerators,
    draws: u64,
    /// Draws in the upper and in the lower tail whatever the effect.
    always: (u64, u64),
    /// Ascending, each once.
    cuts: Vec<Fraction>,
    at: Vec<Ends>,
    /// By cell, one more than there are cuts.
    within: Vec<Ends>,
}

/// A closed interval; an end that is `None` is infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The smallest effect in it.
    pub low: Option<Fraction>,
    /// The largest.
    pub high: Option<Fraction>,
}

impl Breakpoints {
    /// For the observed `(a, b)` with `b > 0`, and cuts at the breakpoints of some draws.
    pub fn new(observed: Numerators, some: impl Iterator<Item = Numerators>) -> Self {
        let mut cuts: Vec<Fraction> = some.filter_map(|draw| end(observed, draw)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        Breakpoints {
            observed,
            draws: 0,
            always: (0, 0),
            at: vec![Ends::default(); cuts.len()],
            within: vec![Ends::default(); cuts.len() + 1],
            cuts,
        }
    }

    fn place(&self, draw: Numerators) -> Place {
        match end(self.observed, draw) {
            None => Place::Nowhere,
            Some(end) => match self.cuts.binary_search(&end) {
                Ok(cut) => Place::Cut(cut),
                Err(cell) => Place::Cell(cell, end),
            },
        }
    }

    /// Takes in one draw, `a* - tau b*`.
    pub fn add(&mut self, draw: Numerators) {
        self.draws += 1;
        let ends = Ends::one(draw.1 - self.observed.1);
        match self.place(draw) {
            Place::Nowhere => {
                self.always.0 += u64::from(draw.0 >= self.observed.0);
                self.always.1 += u64::from(draw.0 <= self.observed.0);
            }
            Place::Cut(cut) => self.at[cut].add(ends),
            Place::Cell(cell, _) => self.within[cell].add(ends),
        }
    }

    /// Takes in the draws of another tally with the same observed numerators and cuts.
    pub fn merge(&mut self, other: &Self) {
        self.draws += other.draws;
        self.always.0 += other.always.0;
        self.always.1 += other.always.1;
        let mine = self.at.iter_mut().chain(&mut self.within);
        for (mine, &theirs) in mine.zip(other.at.iter().chain(&other.within)) {
            mine.add(theirs);
        }
    }

    /// Calls `see(is_cut, index, (upper, lower))` for all cells and cuts in order, with the draws in both
    /// tails: those of a cut exactly, those of a cell without the half-lines that end within it.
    fn walk(&self, mut see: impl FnMut(bool, usize, (u64, u64))) {
        let all = self.at.iter().chain(&self.within);
        let (mut upper, mut lower) = self.always;
        for ends in all {
            upper += ends.falling;
            lower += ends.rising;
        }
        for (cell, within) in self.within.iter().enumerate() {
            upper -= within.falling;
            lower -= within.rising;
            see(false, cell, (upper, lower));
            upper += within.rising;
            lower += within.falling;
            if let Some(at) = self.at.get(cell) {
                see(true, cell, (upper + at.rising, lower + at.falling));
                upper = upper + at.rising - at.falling;
                lower = lower + at.falling - at.rising;
            }
        }
    }

    /// The cuts, ascending, and p of the effect at each.
    pub fn p_at_cuts(&self, test: &Inversion) -> Vec<(Fraction, f64)> {
        let mut at_cuts = Vec::with_capacity(self.cuts.len());
        self.walk(|is_cut, at, tails| {
            if is_cut {
                at_cuts.push((self.cuts[at], test.p(tails, self.draws)));
            }
        });
        at_cuts
    }

    /// The cells in which the set may end: of which some effects may be kept, and some may not.
    pub fn unclear(&self, test: &Inversion) -> Vec<usize> {
        let mut unclear = Vec::new();
        self.walk(|is_cut, at, tails| {
            if !is_cut && self.kept(test, at, tails).is_none() {
                unclear.push(at);
            }
        });
        unclear
    }

    /// Whether a cell's effects are kept, if all are or none is.
    fn kept(&self, test: &Inversion, cell: usize, (upper, lower): (u64, u64)) -> Option<bool> {
        let more = self.within[cell].draws();
        let least = test.keeps((upper, lower), self.draws);
        let most = test.keeps((upper + more, lower + more), self.draws);
        (least == most).then_some(least)
    }

    /// Puts the breakpoints of some cells where they are.
    pub fn resolve(&mut self, found: Kept) {
        let mut points = found.sorted.into_iter().peekable();
        let (mut cuts, mut at, mut within) = (Vec::new(), Vec::new(), Vec::new());
        for (cell, &ends) in self.within.iter().enumerate() {
            let cut = self.cuts.get(cell);
            let mut open = ends;
            while let Some((point, ends)) = points.next_if(|(p, _)| cut.is_none_or(|cut| p < cut)) {
                open = Ends::default();
                within.push(open);
                cuts.push(point);
                at.push(ends);
            }
            within.push(open);
            cuts.extend(cut);
            at.extend(self.at.get(cell));
        }
        (self.cuts, self.at, self.within) = (cuts, at, within);
    }

    /// The effects that the test keeps, as separate closed intervals in order; `None` while a cell is
    /// unclear.
    ///
    /// Half-lines are closed, so that p at a breakpoint is at least p on both sides of it, and the set
    /// is closed. A part may be a single point.
    pub fn set(&self, test: &Inversion) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        // The lower end of the part that is not yet closed, and the last effect known to be in it.
        let mut open: Option<(Option<Fraction>, Option<Fraction>)> = None;
        let mut clear = true;
        self.walk(|is_cut, at, tails| {
            let cut = is_cut.then(|| self.cuts[at]);
            let kept = match cut {
                Some(_) => Some(test.keeps(tails, self.draws)),
                None => self.kept(test, at, tails),
            };
            clear &= kept.is_some();
            match (kept == Some(true), &mut open) {
                (true, Some((_, last))) => *last = cut,
                (true, None) => open = Some((cut, cut)),
                (false, Some((low, last))) => {
                    parts.push(Part {
                        low: *low,
                        high: *last,
                    });
                    open = None;
                }
                (false, None) => {}
            }
        });
        parts.extend(open.map(|(low, _)| Part { low, high: None }));
        clear.then_some(parts)
    }
}

/// Where `a* - tau b*` meets `a - tau b`.
fn end((a, b): Numerators, draw: Numerators) -> Option<Fraction> {
    Fraction::new(draw.0 - a, draw.1 - b)
}

/// The breakpoints of some cells, each with its draws, in memory that their number bounds.
///
/// With more than `most` different ones it is *full*: it forgets them and takes nothing in any more.
/// Merging is commutative and associative, and whether the union is full does not depend on who saw
/// which draw.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Ascending.
    cells: Vec<usize>,
    most: usize,
    full: bool,
    /// In order, each breakpoint once.
    sorted: Vec<(Fraction, Ends)>,
    /// Not yet sorted in.
    pending: Vec<(Fraction, Ends)>,
}

impl Kept {
    /// Of the cells `cells`, ascending, at most `most` breakpoints.
    pub fn new(cells: Vec<usize>, most: usize) -> Self {
        Kept {
            cells,
            most,
            full: false,
            sorted: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Takes in one draw that `of` has counted.
    pub fn add(&mut self, of: &Breakpoints, draw: Numerators) {
        let Place::Cell(cell, end) = of.place(draw) else {
            return;
        };
        if self.full || self.cells.binary_search(&cell).is_err() {
            return;
        }
        self.pending.push((end, Ends::one(draw.1 - of.observed.1)));
        // Sorting as often as the number doubles takes no longer, in order, than sorting once.
        if self.pending.len() >= self.sorted.len().max(1024) {
            self.settle();
        }
    }

    /// Takes in what another thread has kept of the same cells.
    pub fn merge(&mut self, other: Self) {
        self.full |= other.full;
        self.pending.extend(other.sorted);
        self.pending.extend(other.pending);
        self.settle();
    }

    /// All breakpoints; `None` where there are too many.
    pub fn finish(mut self) -> Option<Self> {
        self.settle();
        (!self.full).then_some(self)
    }

    /// Sorts the pending breakpoints in; equal ones become one.
    fn settle(&mut self) {
        self.sorted.append(&mut self.pending);
        self.sorted.sort_by_key(|&(end, _)| end);
        self.sorted.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1.add(next.1);
            }
            same
        });
        self.full |= self.sorted.len() > self.most;
        if self.full {
            self.sorted = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests;
