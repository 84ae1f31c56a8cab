//! `list`: placebo sets that the user lists. Twin: `shaders/null/listed.wgsl`.

use serde::{Deserialize, Serialize};

use super::uniform::HALF_POSITIONS;
use super::{DesignError, Picks, Segment, segments_of};

/// Sets given one by one: draw `i` is set `i` of the list, and no random number is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    positions: u32,
    /// The picks of a set, groups one after the other, set after set.
    sets: Vec<u32>,
    segments: Vec<Segment>,
}

impl Listed {
    /// The most picks of all sets together: what a binding of every device holds.
    pub const MAX_PICKS: usize = 1 << 24;

    /// Sets of groups of sizes `sizes` over `positions` positions.
    ///
    /// # Errors
    ///
    /// A group without a member, a position outside, no set, a set in part, more than 2^16 positions or
    /// [`Listed::MAX_PICKS`] picks.
    pub fn new(positions: usize, sizes: &[usize], sets: Vec<u32>) -> Result<Self, DesignError> {
        DesignError::unless_addressable(positions, HALF_POSITIONS)?;
        DesignError::unless_filled(sizes)?;
        if sets.is_empty() {
            return Err(DesignError::NoSet);
        }
        if sets.len() > Self::MAX_PICKS {
            return Err(DesignError::TooManyListed {
                picks: sets.len(),
                most: Self::MAX_PICKS,
            });
        }
        let picks = sizes.iter().fold(0, |sum: usize, &k| sum.saturating_add(k));
        if !sets.len().is_multiple_of(picks) {
            return Err(DesignError::Malformed("a set is not whole"));
        }
        DesignError::unless_inside(&sets, positions)?;
        Ok(Listed {
            positions: positions as u32,
            sets,
            segments: segments_of(sizes),
        })
    }

    /// Whether a design that was read from a file is one that [`Listed::new`] makes.
    pub(super) fn is_sound(&self) -> bool {
        let sizes: Vec<usize> = self.segments.iter().map(|segment| segment.len).collect();
        Self::new(self.positions(), &sizes, self.sets.clone()).as_ref() == Ok(self)
    }

    /// Number of positions.
    pub fn positions(&self) -> usize {
        self.positions as usize
    }

    /// Picks a draw.
    pub fn picks(&self) -> usize {
        self.segments.iter().map(|segment| segment.len).sum()
    }

    /// Number of sets.
    pub fn sets(&self) -> u64 {
        (self.sets.len() / self.picks()) as u64
    }

    /// The picks of all sets.
    pub(crate) fn all_picks(&self) -> &[u32] {
        &self.sets
    }

    /// Where each group stands among the picks.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The most events of a set that share a position.
    pub(crate) fn most_on_a_day(&self) -> usize {
        let of_set = |set: &[u32]| {
            let mut set = set.to_vec();
            set.sort_unstable();
            set.chunk_by(|a, b| a == b).map(<[u32]>::len).max()
        };
        let sets = self.sets.chunks(self.picks());
        sets.filter_map(of_set).max().unwrap_or(1)
    }

    /// Whether a set is in the list, whatever the order within its groups.
    pub fn contains(&self, set: &[u32]) -> bool {
        let sorted = |set: &[u32]| {
            let mut set = set.to_vec();
            for segment in &self.segments {
                set[segment.range()].sort_unstable();
            }
            set
        };
        let wanted = sorted(set);
        self.sets
            .chunks(self.picks())
            .any(|set| sorted(set) == wanted)
    }

    /// The picks of draws `first..first + draws`, round the list's end.
    pub(super) fn fill(&self, first: u64, draws: usize, picks: &mut Picks) {
        let k = self.picks();
        for draw in 0..draws {
            let set = ((first + draw as u64) % self.sets()) as usize;
            picks.row_mut(draw)[..k].copy_from_slice(&self.sets[set * k..][..k]);
        }
    }
}
