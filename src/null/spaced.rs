//! `spaced`: distinct dates at least a minimum gap apart. Twin: `shaders/null/spaced.wgsl`.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use super::paths::{By, Choice, Choices, Paths};
use super::uniform::{HALF_POSITIONS, blocks, selections};
use super::{DesignError, Picks, Seen, Segment, Uniform, segments_of};

/// Groups of distinct positions, no two of which stand on rows less than `gap` apart, whatever their
/// groups; every such labelled selection is equally likely.
///
/// # The sampler, once and for all
///
/// Stream 3. Where the rows have no holes, `k` positions of `n - (k - 1)(gap - 1)` are drawn by the
/// sampler of [`Uniform`], and the pick above which `j` others lie moves up by `j (gap - 1)`: one to
/// one with the admissible sets, of which there are therefore C(n - (k-1)(gap-1), k), times the ways
/// to share them out among groups. Else the draw is a path of a graph (`paths.rs`) with
/// choices position by position: each group that has room, then none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spaced {
    rows: Vec<u32>,
    gap: u32,
    sizes: Vec<usize>,
    segments: Vec<Segment>,
}

impl Spaced {
    /// Stream of this design in the generator's counter.
    pub(crate) const STREAM: u32 = 3;

    /// Groups of sizes `sizes` out of positions on `rows` (ascending).
    ///
    /// # Errors
    ///
    /// A group without a member, rows that do not ascend, no gap, less room than dates, more than 2^16
    /// positions.
    pub fn new(rows: Vec<u32>, gap: u32, sizes: &[usize]) -> Result<Self, DesignError> {
        DesignError::unless_addressable(rows.len(), HALF_POSITIONS)?;
        DesignError::unless_filled(sizes)?;
        if rows.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(DesignError::Malformed("rows do not ascend"));
        }
        if gap == 0 {
            return Err(DesignError::Malformed("the least gap is one row"));
        }
        let wanted = sizes.iter().fold(0, |sum: usize, &k| sum.saturating_add(k));
        let room = Self::most(&rows, gap);
        if wanted > room {
            return Err(DesignError::TooFewPositions { wanted, room });
        }
        let design = Spaced {
            segments: segments_of(sizes),
            sizes: sizes.to_vec(),
            rows,
            gap,
        };
        let segments = design
            .compressed()
            .map(|sampler| sampler.segments().to_vec());
        Ok(Spaced {
            segments: segments.unwrap_or(design.segments),
            ..design
        })
    }

    /// The most dates that fit `gap` apart.
    pub fn most(rows: &[u32], gap: u32) -> usize {
        let mut free = 0u64;
        let taken = rows.iter().filter(|&&row| {
            let fits = u64::from(row) >= free;
            if fits {
                free = u64::from(row) + u64::from(gap);
            }
            fits
        });
        taken.count()
    }

    /// Whether a design that was read from a file is one that [`Spaced::new`] makes.
    pub(super) fn is_sound(&self) -> bool {
        Self::new(self.rows.clone(), self.gap, &self.sizes).as_ref() == Ok(self)
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        self.rows.len()
    }

    /// The least difference of two dates' rows.
    pub fn gap(&self) -> u32 {
        self.gap
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether dates on these rows, ascending, are far enough apart.
    pub fn allows(&self, rows: &[u32]) -> bool {
        rows.windows(2).all(|pair| pair[1] - pair[0] >= self.gap)
    }

    /// Picks a draw.
    pub fn picks(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// The sampler of positions before they move apart; `None` where the rows have holes.
    pub(crate) fn compressed(&self) -> Option<Uniform> {
        let holes = self.rows.windows(2).any(|pair| pair[1] - pair[0] > 1);
        if holes {
            return None;
        }
        let less = (self.picks() - 1).checked_mul(self.gap as usize - 1)?;
        Uniform::new(self.rows.len().checked_sub(less)?, &self.sizes).ok()
    }

    /// The number of admissible sets.
    ///
    /// # Errors
    ///
    /// Rows with holes need a graph that is too large.
    pub fn admissible_sets(&self) -> Result<BigUint, DesignError> {
        match self.compressed() {
            Some(sampler) => Ok(selections(sampler.positions(), self.sizes.iter().copied())),
            None => Ok(self.paths(By::Chance)?.sets().clone()),
        }
    }

    /// The sets as paths.
    pub(super) fn paths(&self, by: By) -> Result<Paths, DesignError> {
        let n = self.rows.len();
        // Positions that fit from each position on, counted from the end.
        let mut fit = vec![0; n + 1];
        for i in (0..n).rev() {
            fit[i] = fit[i + 1].max(1 + fit[self.next(i)]);
        }
        Paths::new(&Dates { of: self, fit }, &self.segments, by)
    }

    /// The first position that may follow a date at `position`.
    fn next(&self, position: usize) -> usize {
        let free = u64::from(self.rows[position]) + u64::from(self.gap);
        self.rows.partition_point(|&row| u64::from(row) < free)
    }

    /// The picks of draws `first..first + draws`, for rows without holes.
    pub(super) fn fill(
        &self,
        sampler: &Uniform,
        (seed, first, draws): (u64, u64, usize),
        seen: &mut Seen,
        picks: &mut Picks,
    ) {
        let mut order: Vec<u32> = Vec::with_capacity(sampler.picks());
        for draw in 0..draws {
            let words = blocks(seed, first + draw as u64, Self::STREAM);
            let row = picks.row_mut(draw);
            sampler.draw(words, seen, row);
            order.clear();
            order.extend(0..sampler.picks() as u32);
            order.sort_unstable_by_key(|&pick| row[pick as usize]);
            for (below, &pick) in (0..).zip(&order) {
                row[pick as usize] += below * (self.gap - 1);
            }
        }
    }
}

/// Position by position.
struct Dates<'a> {
    of: &'a Spaced,
    fit: Vec<usize>,
}

impl Choices for Dates<'_> {
    /// The next position, and what each group still takes.
    type State = (usize, Vec<usize>);

    fn root(&self) -> Self::State {
        (0, self.of.sizes.clone())
    }

    fn choices(&self, (position, left): &Self::State) -> Vec<Choice<Self::State>> {
        let wanted: usize = left.iter().sum();
        let mut choices = Vec::new();
        if *position >= self.of.rows.len() {
            return choices;
        }
        let next = self.of.next(*position);
        if self.fit[next] + 1 >= wanted {
            for group in (0..left.len()).filter(|&g| left[g] > 0) {
                let mut left = left.clone();
                left[group] -= 1;
                choices.push(Choice {
                    picks: vec![(group as u32, *position as u32)],
                    next: (wanted > 1).then_some((next, left)),
                });
            }
        }
        if self.fit[position + 1] >= wanted {
            choices.push(Choice {
                picks: Vec::new(),
                next: Some((position + 1, left.clone())),
            });
        }
        choices
    }
}
