//! `spaced`: distinct dates at least a minimum gap apart. Twin: `shaders/null/spaced.wgsl`.

use num_bigint::BigUint;
use pulp::{Arch, Simd, WithSimd};

use super::ahead::{At, LANES};
use super::distinct::{Candidates, Distinct, HALF_POSITIONS, seen_words, selections};
use super::expectation::along;
use super::law::NO_LEVEL;
use super::paths::{By, Choice, Choices, PathRun, Paths};
use super::source::{DISTINCT, SEEN_COLUMN, SEEN_WORKGROUP};
use super::{
    DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves,
    Observed, Picks, PicksPass, Placed, Remake, Rule, Run, Seen, Segment, segments_of,
};
use crate::kernel::{Buffer, PHILOX, PICKS, Shader, within_budget};

/// Groups of distinct positions, no two of which stand on rows less than `gap` apart, whatever their
/// groups; every such labelled selection is equally likely.
///
/// # The sampler, once and for all
///
/// Stream 3. Where the rows have no holes, `k` positions of `n - (k - 1)(gap - 1)` are drawn by the
/// sampler of [`Distinct`], and the pick above which `j` others lie moves up by `j (gap - 1)`: one to
/// one with the admissible sets, of which there are therefore C(n - (k-1)(gap-1), k), times the ways
/// to share them out among groups. Else the draw is a path of a graph (`paths.rs`) with
/// choices position by position: each group that has room, then none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spaced {
    rows: Vec<u32>,
    gap: u32,
    sizes: Vec<usize>,
    segments: Vec<Segment>,
}

impl Spaced {
    /// Stream of this design in the generator's counter.
    const STREAM: u32 = 3;

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

    /// Whether dates on these rows, ascending, are far enough apart.
    pub fn allows(&self, rows: &[u32]) -> bool {
        rows.windows(2).all(|pair| pair[1] - pair[0] >= self.gap)
    }

    /// Picks a draw.
    pub fn picks(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// The sampler of positions before they move apart; `None` where the rows have holes.
    fn compressed(&self) -> Option<Distinct> {
        let holes = self.rows.windows(2).any(|pair| pair[1] - pair[0] > 1);
        if holes {
            return None;
        }
        let less = (self.picks() - 1).checked_mul(self.gap as usize - 1)?;
        Distinct::new(self.rows.len().checked_sub(less)?, &self.sizes).ok()
    }

    /// The first position that may follow a date at `position`.
    fn next(&self, position: usize) -> usize {
        let free = u64::from(self.rows[position]) + u64::from(self.gap);
        self.rows.partition_point(|&row| u64::from(row) < free)
    }
}

impl Law for Spaced {
    const FACTS: Facts = Facts {
        name: "spaced",
        file: "spaced",
        streams: &[Self::STREAM],
        shaders: &SHADERS,
        moves: Moves::Dates,
        positions: "eligible dates",
        keys: &[Key::MinGap, Key::Blackout, Key::AvoidEvents, Key::Dates],
        needs: Some((Key::MinGap, "min_gap = 5")),
        clause: |sizes, positions| {
            format!(
                "takes {sizes} of the {positions} eligible dates, no two of them nearer than the gap,"
            )
        },
        overlap: None,
        single_group: None,
        reference: NO_LEVEL,
    };
    type Running<'d> = SpacedRun<'d>;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        let gap = ground.gap;
        // Over a hole any gap is wide enough.
        let apart = |&row: &usize| {
            ground.holes[row]
                .saturating_mul(gap.min(1 << 16))
                .saturating_add(row as u32)
        };
        ground.over_pool(|_, groups| {
            let rows: Vec<u32> = ground.eligible.iter().map(apart).collect();
            let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
            let (wanted, room) = (sizes.iter().sum(), Self::most(&rows, gap));
            match wanted > room {
                true => Err(DesignError::TooNear { wanted, room, gap }),
                false => Spaced::new(rows, gap, &sizes),
            }
        })
    }

    fn positions(&self) -> usize {
        self.rows.len()
    }

    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn sets(&self) -> Result<BigUint, DesignError> {
        match self.compressed() {
            Some(sampler) => Ok(selections(sampler.positions(), self.sizes.iter().copied())),
            None => Ok(self.paths(By::Chance)?.sets().clone()),
        }
    }

    fn each_once(&self) -> Option<u64> {
        None
    }

    fn paths(&self, by: By) -> Result<Paths, DesignError> {
        let n = self.rows.len();
        // Positions that fit from each position on, counted from the end.
        let mut fit = vec![0; n + 1];
        for i in (0..n).rev() {
            fit[i] = fit[i + 1].max(1 + fit[self.next(i)]);
        }
        Paths::new(&Dates { of: self, fit }, &self.segments, by)
    }

    fn running(&self) -> Result<SpacedRun<'_>, DesignError> {
        Ok(match self.compressed() {
            Some(sampler) => SpacedRun::Apart {
                of: self,
                ahead: Candidates::new(),
                seen: Seen::new(sampler.positions()),
                sampler,
            },
            None => SpacedRun::Paths(PathRun::new(self.paths(By::Chance)?, Self::STREAM)),
        })
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        None
    }

    fn drawn(&self) -> Option<Drawn> {
        None
    }

    fn basis(&self) -> LawBasis {
        LawBasis::Paths
    }

    fn most_on_a_position(&self) -> usize {
        1
    }

    fn exchanges(&self, a: usize, b: usize) -> bool {
        self.sizes[a] == self.sizes[b]
    }

    fn inclusion(&self) -> Option<Inclusion> {
        let paths = self.paths(By::Chance).ok()?;
        Some(along(&paths, self.positions(), self.sizes.len()))
    }

    fn negated_from(&self) -> Option<usize> {
        None
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    fn misses(&self, observed: &Observed) -> Vec<Miss> {
        let beside = observed.beside(self.positions(), "outside the pool");
        let misses = observed.shared().into_iter().chain(beside);
        misses.chain(observed.near(self.gap)).collect()
    }

    fn assumption(&self) -> &'static str {
        "the event dates were a random draw from all sets of eligible dates that keep the gap"
    }

    fn draws_ends(&self) -> bool {
        true
    }

    fn ranks_single(&self) -> bool {
        false
    }

    fn inflation(&self, groups: &[usize]) -> Option<Inflation> {
        let over = Inflation::over(self.positions(), &self.segments, groups, Rule::About);
        Some(over)
    }
}

/// Repeats looked up in workgroup memory, and in device memory.
const SHADERS: [Shader; 2] = [
    Shader {
        name: "spaced, workgroup",
        entry_point: "spaced_picks",
        binds: &[Buffer::Slice, Buffer::Picks, Buffer::Tallies],
        files: &[PICKS, PHILOX[0], PHILOX[1], SEEN_WORKGROUP, DISTINCT, TWIN],
    },
    Shader {
        name: "spaced, storage",
        entry_point: "spaced_picks",
        binds: &[Buffer::Slice, Buffer::Picks, Buffer::Taken, Buffer::Tallies],
        files: &[PICKS, PHILOX[0], PHILOX[1], SEEN_COLUMN, DISTINCT, TWIN],
    },
];
const TWIN: &str = include_str!("../../shaders/null/spaced.wgsl");

/// Draws dates that keep the gap.
#[derive(Debug, Clone)]
pub(crate) enum SpacedRun<'d> {
    /// Distinct positions, which then move apart.
    Apart {
        of: &'d Spaced,
        sampler: Distinct,
        ahead: Candidates,
        seen: Seen,
    },
    /// Over rows with holes.
    Paths(PathRun),
}

impl Run for SpacedRun<'_> {
    fn fill(&mut self, seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let (of, sampler, ahead, seen) = match self {
            SpacedRun::Apart {
                of,
                sampler,
                ahead,
                seen,
            } => (of, sampler, ahead, seen),
            SpacedRun::Paths(run) => return run.fill(seed, first, draws, picks),
        };
        let mut below = vec![0; sampler.picks()];
        for from in (0..draws).step_by(LANES) {
            let at = At::new(seed, Spaced::STREAM, first + from as u64);
            sampler.look_ahead(at, ahead);
            for draw in from..draws.min(from + LANES) {
                let row = picks.row_mut(draw);
                sampler.draw(ahead, draw - from, seen, row);
                let row = &mut row[..sampler.picks()];
                below_each(row, &mut below);
                for (pick, below) in row.iter_mut().zip(&below) {
                    *pick += below * (of.gap - 1);
                }
            }
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        let (of, sampler) = match self {
            SpacedRun::Apart { of, sampler, .. } => (of, sampler),
            SpacedRun::Paths(run) => return run.kernel(),
        };
        let (picks, words) = (sampler.picks(), seen_words(sampler.positions()));
        let moving = picks.saturating_mul(picks + 2);
        within_budget(
            sampler.loops() + words + moving,
            "drawing this many dates apart",
        )?;
        let mut constants = sampler.constants(Spaced::STREAM);
        constants.push(("GAP", of.gap.into()));
        let pass = PicksPass::new(SHADERS[0], constants, Vec::new());
        Ok(pass.looking_up(sampler.positions(), SHADERS))
    }

    fn steps(&self) -> usize {
        match self {
            SpacedRun::Apart { .. } => 0,
            SpacedRun::Paths(run) => run.steps(),
        }
    }
}

/// Picks of which each is compared with each other one; more are sorted.
const COMPARED: usize = 128;

/// How many of some distinct picks, all below 2^16, are smaller than each.
fn below_each(picks: &[u32], below: &mut [u32]) {
    if picks.len() <= COMPARED {
        return Arch::new().dispatch(Compared { picks, below });
    }
    let mut order: Vec<u32> = (0..).zip(picks).map(|(at, pick)| pick << 16 | at).collect();
    order.sort_unstable();
    for (smaller, place) in (0..).zip(order) {
        below[place as usize & 0xffff] = smaller;
    }
}

struct Compared<'a> {
    picks: &'a [u32],
    below: &'a mut [u32],
}

impl WithSimd for Compared<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Compared { picks, below } = self;
        // Whole vectors, the last one filled up: what is left over would be compared pick by pick.
        for (below, some) in below.chunks_mut(LANES).zip(picks.chunks(LANES)) {
            let mut compared = [0; LANES];
            compared[..some.len()].copy_from_slice(some);
            let mut smaller = [0; LANES];
            for &one in picks {
                for lane in 0..LANES {
                    smaller[lane] += u32::from(one < compared[lane]);
                }
            }
            below.copy_from_slice(&smaller[..some.len()]);
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
