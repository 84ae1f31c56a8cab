//! `circular-shift`: the observed pattern, rotated over the positions. Twin:
//! `shaders/null/circular_shift.wgsl`.

use num_bigint::BigUint;

use super::distinct::{Distinct, HALF_POSITIONS};
use super::law::NO_LEVEL;
use super::paths::{By, Paths};
use super::{
    DesignError, Drawn, Facts, Ground, Inclusion, Inflation, Key, Law, LawBasis, Miss, Moves,
    Observed, Picks, PicksPass, Placed, Remake, Run, Segment, segments_of,
};
use crate::kernel::{Buffer, PICKS, Shader, within_budget};

/// Rotations of a pattern over `n` positions: all, or the first of them, which do not reach the seam.
///
/// Draw `i` is the rotation by `i`: a pick at position `p` moves to `(p + i) mod n`, in the order of
/// the pattern. Each rotation is made once; no random number is read. Of all `n`, draw 0 is the observed
/// set itself. Positions that the pattern holds twice stay together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircularShift {
    positions: u32,
    rotations: u32,
    pattern: Vec<u32>,
    segments: Vec<Segment>,
}

impl CircularShift {
    /// Over `positions` positions, with the observed positions of each group.
    ///
    /// # Errors
    ///
    /// A group without a member, an event outside the positions, more positions than
    /// [`Distinct::MAX_POSITIONS`].
    pub fn new(positions: usize, groups: &[Vec<u32>]) -> Result<Self, DesignError> {
        let pattern = groups.concat();
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        DesignError::unless_addressable(positions, Distinct::MAX_POSITIONS)?;
        DesignError::unless_filled(&sizes)?;
        DesignError::unless_inside(&pattern, positions)?;
        Ok(CircularShift {
            positions: positions as u32,
            rotations: positions as u32,
            segments: segments_of(&sizes),
            pattern,
        })
    }

    /// The rotations of positions `0..picks` by `0..=positions - picks`: none of them reaches the seam
    /// between the last position and the first.
    ///
    /// # Errors
    ///
    /// As for [`CircularShift::new`].
    pub fn without_seam(positions: usize, picks: usize) -> Result<Self, DesignError> {
        let all = Self::new(positions, &[(0..picks as u32).collect()])?;
        Ok(CircularShift {
            rotations: (positions - picks + 1) as u32,
            ..all
        })
    }
}

const SHADER: Shader = Shader {
    name: "circular-shift",
    entry_point: "circular_shift_picks",
    binds: &[Buffer::Slice, Buffer::Picks, Buffer::Shape, Buffer::Tallies],
    files: &[
        PICKS,
        include_str!("../../shaders/null/circular_shift.wgsl"),
    ],
};

impl Law for CircularShift {
    const FACTS: Facts = Facts {
        name: "circular-shift",
        file: "circular_shift",
        streams: &[],
        shaders: &[SHADER],
        moves: Moves::Rotations,
        positions: "eligible dates",
        keys: &[Key::Edge],
        needs: None,
        clause: |sizes, positions| {
            format!("moves the events together, {sizes}, around the {positions} dates")
        },
        overlap: None,
        single_group: None,
        reference: NO_LEVEL,
    };
    type Running<'d> = &'d CircularShift;

    fn place(ground: &Ground) -> Result<Placed<Self>, DesignError> {
        ground.over_pool(Self::new)
    }

    fn positions(&self) -> usize {
        self.positions as usize
    }

    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn sets(&self) -> Result<BigUint, DesignError> {
        Ok(self.rotations.into())
    }

    fn each_once(&self) -> Option<u64> {
        Some(self.rotations.into())
    }

    fn paths(&self, _by: By) -> Result<Paths, DesignError> {
        Err(DesignError::Malformed("rotations have no graph"))
    }

    fn running(&self) -> Result<&CircularShift, DesignError> {
        Ok(self)
    }

    fn remakes(&self) -> Option<&dyn Remake> {
        None
    }

    fn drawn(&self) -> Option<Drawn> {
        None
    }

    fn basis(&self) -> LawBasis {
        LawBasis::None("all rotations are enumerated instead")
    }

    fn most_on_a_position(&self) -> usize {
        let mut pattern = self.pattern.clone();
        pattern.sort_unstable();
        let runs = pattern.chunk_by(|a, b| a == b);
        runs.map(<[u32]>::len).max().unwrap_or(1)
    }

    fn exchanges(&self, _a: usize, _b: usize) -> bool {
        false
    }

    fn inclusion(&self) -> Option<Inclusion> {
        (self.rotations == self.positions)
            .then(|| Inclusion::even(&self.segments, self.positions()))
    }

    fn negated_from(&self) -> Option<usize> {
        None
    }

    fn one_label(&self) -> Option<Vec<&[u32]>> {
        None
    }

    /// The observed set is one of the rotations, that by 0 of all.
    fn misses(&self, _observed: &Observed) -> Vec<Miss> {
        Vec::new()
    }

    fn assumption(&self) -> &'static str {
        "the series could as well be read around a circle, its end followed by its start, from any day on; of a stationary series that holds approximately"
    }

    /// The circle is that of the whole sample.
    fn draws_ends(&self) -> bool {
        false
    }

    fn ranks_single(&self) -> bool {
        false
    }

    fn inflation(&self, _groups: &[usize]) -> Option<Inflation> {
        None
    }
}

impl Run for &CircularShift {
    fn fill(&mut self, _seed: u64, first: u64, draws: usize, picks: &mut Picks) {
        let (n, rotations) = (self.positions, u64::from(self.rotations));
        for draw in 0..draws {
            let shift = ((first + draw as u64) % rotations) as u32;
            for (pick, &position) in picks.row_mut(draw).iter_mut().zip(&self.pattern) {
                let moved = position + shift;
                *pick = if moved < n { moved } else { moved - n };
            }
        }
    }

    fn kernel(&self) -> Result<PicksPass, String> {
        let picks = self.pattern.len();
        within_budget(picks, "moving this many events")?;
        let shape = self.pattern.iter().map(|&position| position as i32);
        let constants = vec![
            ("POSITIONS", self.positions.into()),
            ("ROTATIONS", self.rotations.into()),
            ("PICKS", picks as f64),
        ];
        Ok(PicksPass {
            packed: self.positions as usize <= HALF_POSITIONS,
            ..PicksPass::new(SHADER, constants, shape.collect())
        })
    }

    fn steps(&self) -> usize {
        0
    }
}
