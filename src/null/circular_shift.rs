//! `circular-shift`: the observed pattern, rotated over the positions.

use super::{DesignError, Picks, Segment, Uniform, segments_of};
use serde::{Deserialize, Serialize};

/// All rotations of a pattern over `n` positions.
///
/// Draw `i` is the rotation by `i`: a pick at position `p` moves to `(p + i) mod n`, in the order of
/// the observed picks. There are `n` draws, each made once, and draw 0 is the observed set itself;
/// no random number is read. Positions that the pattern holds twice stay together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircularShift {
    positions: u32,
    pattern: Vec<u32>,
    segments: Vec<Segment>,
}

impl CircularShift {
    /// Over `positions` positions, with the observed positions of each group.
    ///
    /// # Errors
    ///
    /// A group without a member, an event outside the positions, more positions than
    /// [`Uniform::MAX_POSITIONS`].
    pub fn new(positions: usize, groups: &[Vec<u32>]) -> Result<Self, DesignError> {
        let pattern = groups.concat();
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        DesignError::unless_addressable(positions, Uniform::MAX_POSITIONS)?;
        DesignError::unless_filled(&sizes)?;
        DesignError::unless_inside(&pattern, positions)?;
        Ok(CircularShift {
            positions: positions as u32,
            segments: segments_of(&sizes),
            pattern,
        })
    }

    /// Whether a design that was read from a file is one that [`CircularShift::new`] makes.
    pub(super) fn is_sound(&self) -> bool {
        let groups: Option<Vec<Vec<u32>>> = self
            .segments
            .iter()
            .map(|s| {
                Some(
                    self.pattern
                        .get(s.start..s.start.checked_add(s.len)?)?
                        .to_vec(),
                )
            })
            .collect();
        groups
            .map(|groups| Self::new(self.positions(), &groups))
            .is_some_and(|made| made.as_ref() == Ok(self))
    }

    /// Number of positions, and of rotations.
    pub fn positions(&self) -> usize {
        self.positions as usize
    }

    /// The observed picks, group by group.
    pub fn pattern(&self) -> &[u32] {
        &self.pattern
    }

    /// The most events of a draw that share a position.
    pub(crate) fn most_on_a_day(&self) -> usize {
        let mut pattern = self.pattern.clone();
        pattern.sort_unstable();
        let runs = pattern.chunk_by(|a, b| a == b);
        runs.map(<[u32]>::len).max().unwrap_or(1)
    }

    /// Where each group stands among the picks, in the order of the groups.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The picks of draws `first..first + draws` into the rows of `picks`.
    pub(super) fn fill(&self, first: u64, draws: usize, picks: &mut Picks) {
        let n = self.positions;
        for draw in 0..draws {
            let shift = ((first + draw as u64) % u64::from(n)) as u32;
            for (pick, &position) in picks.row_mut(draw).iter_mut().zip(&self.pattern) {
                let moved = position + shift;
                *pick = if moved < n { moved } else { moved - n };
            }
        }
    }
}
